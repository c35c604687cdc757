#pragma once
// Makes overlays for the tests of the reader and the engine out of plain vectors: a second writer
// of the format, and one that can also make nonsense.
#include "rules/base/hash.hpp"
#include "rules/base/money.hpp"
#include "rules/image/overlay.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace sidedish::testing {

class OverlayBuilder {
 public:
  struct Bytes {
    std::vector<std::uint64_t> words;
    std::span<const std::byte> span() const { return std::as_bytes(std::span(words)); }
    std::byte* data() { return reinterpret_cast<std::byte*>(words.data()); }
    image::OverlayHeader& header() {
      return *reinterpret_cast<image::OverlayHeader*>(words.data());
    }
    void repair() {
      header().size = words.size() * 8;
      header().crc32c = 0;
      header().crc32c = crc32c(span());
    }
  };

  image::OverlayHeader header{};
  std::vector<std::uint64_t> paused;
  std::vector<image::OverlayProduct> products;

  OverlayBuilder() {
    std::memcpy(header.magic, image::kOverlayMagic, 8);
    header.major = image::kOverlayMajor;
    header.pack = hash64("pack");
    header.version = 1;
    header.stock_as_of = 1'795'435'200'000;
    std::memcpy(header.currency, "EUR", 4);
  }

  OverlayBuilder& pause(const std::string& rule) {
    paused.push_back(hash64(rule));
    return *this;
  }
  image::OverlayProduct& product(const std::string& key) {
    for (auto& p : products) {
      if (p.key == hash64(key)) return p;
    }
    products.push_back({hash64(key), 0, 0, 0, Stock::in, 0});
    return products.back();
  }
  OverlayBuilder& recall(const std::string& key) {
    auto& p = product(key);
    p.flags = static_cast<std::uint8_t>(p.flags | image::kRecalled);
    return *this;
  }
  OverlayBuilder& reprice(const std::string& key, Minor price) {
    auto& p = product(key);
    p.flags = static_cast<std::uint8_t>(p.flags | image::kRepriced);
    p.price = price;
    return *this;
  }
  OverlayBuilder& stock(const std::string& key, Stock stock) {
    auto& p = product(key);
    p.flags = static_cast<std::uint8_t>(p.flags | image::kStocked);
    p.stock = stock;
    return *this;
  }

  Bytes build() {
    std::sort(paused.begin(), paused.end());
    paused.erase(std::unique(paused.begin(), paused.end()), paused.end());
    std::sort(products.begin(), products.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
    header.paused = sizeof header;
    header.paused_count = static_cast<std::uint32_t>(paused.size());
    header.products = static_cast<std::uint32_t>(sizeof header + paused.size() * 8);
    header.product_count = static_cast<std::uint32_t>(products.size());
    Bytes out;
    out.words.resize((header.products + products.size() * sizeof(image::OverlayProduct)) / 8);
    std::memcpy(out.data(), &header, sizeof header);
    std::copy(paused.begin(), paused.end(), out.words.begin() + sizeof header / 8);
    if (!products.empty()) {
      std::memcpy(out.data() + header.products, products.data(),
                  products.size() * sizeof(image::OverlayProduct));
    }
    out.repair();
    return out;
  }
};

}  // namespace sidedish::testing
