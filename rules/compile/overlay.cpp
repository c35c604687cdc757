#include "rules/compile/overlay.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/compile/findings.hpp"
#include "rules/image/overlay.hpp"
#include "rules/image/worth.hpp"

#include <cstring>
#include <map>
#include <set>

namespace sidedish::compile {
namespace {

class Maker {
 public:
  Maker(const model::OverlaySpec& spec, const image::Image& image) : spec_(spec), image_(image) {}

  MadeOverlay run() {
    head();
    for (std::size_t i = 0; i < spec_.paused.size(); ++i) pause(spec_.paused[i], i);
    for (std::size_t i = 0; i < spec_.recalled.size(); ++i) {
      const std::string& key = spec_.recalled[i];
      (void)product(key, at("/recalled", i), image::kRecalled);
    }
    for (const model::PriceNow& price : spec_.prices) {
      const std::string pointer = "/prices/" + escape(price.product);
      if (auto* p = product(price.product, pointer, image::kRepriced)) {
        p->price = price.price;
        floor(price, pointer);
      }
    }
    for (const model::StockNow& stock : spec_.stock) {
      const std::string pointer = "/stock/products/" + escape(stock.product);
      auto* p = product(stock.product, pointer, image::kStocked);
      if (p == nullptr) continue;
      p->stock = stock.stock;
      if (!stock.left) continue;
      p->flags = static_cast<std::uint8_t>(p->flags | image::kCounted);
      p->left = *stock.left;
    }
    MadeOverlay out;
    out.errors = errors_.take();
    if (out.errors.empty()) out.bytes = serialise();
    return out;
  }

 private:
  void head() {
    const image::Settings& s = image_.settings();
    if (spec_.pack != image_.text(s.pack_id)) {
      errors_.add("", "/pack",
                  "expected the image's pack " + std::string(image_.text(s.pack_id)) + ", found " +
                      spec_.pack);
    }
    const std::string_view currency(s.currency, 3);
    if (spec_.currency.text() != currency || spec_.currency.exponent != s.exponent) {
      errors_.add("", "/currency",
                  "expected the image's currency " + std::string(currency) + ", found " +
                      std::string(spec_.currency.text()));
    }
  }

  void pause(const std::string& rule, std::size_t i) {
    if (image_.find_rule(std::string_view(rule)) == image::kNone) {
      errors_.add(rule, at("/paused", i), "expected a rule of the image, found " + rule);
      return;
    }
    paused_.insert(hash64(rule));
  }

  void floor(const model::PriceNow& price, const std::string& pointer) {
    const image::Settings& s = image_.settings();
    const Minor cost = image::cost_of(s, image_.products()[image_.find_product(price.product)]);
    if (image::above_margin_floor(price.price, cost, s.margin_floor_permille)) return;
    errors_.add(price.product, pointer,
                "expected a price that keeps the margin floor of " +
                    std::to_string(s.margin_floor_permille / 10) + " percent over a cost of " +
                    std::to_string(cost) + ", found " + std::to_string(price.price) +
                    " (minor units)");
  }

  image::OverlayProduct* product(const std::string& key, const std::string& pointer,
                                 image::OverlayFlag flag) {
    const std::uint32_t index = image_.find_product(key);
    if (index == image::kNone) {
      errors_.add(key, pointer, "expected a product of the image, found " + key);
      return nullptr;
    }
    const std::uint64_t hash = hash64(image_.text(image_.products()[index].key));
    image::OverlayProduct& out = products_[hash];
    out.key = hash;
    if ((out.flags & flag) != 0) {
      errors_.add(key, pointer, "expected each product once, found " + key + " by two of its keys");
    }
    out.flags = static_cast<std::uint8_t>(out.flags | flag);
    return &out;
  }

  std::vector<std::byte> serialise() const {
    image::OverlayHeader h{};
    std::memcpy(h.magic, image::kOverlayMagic, sizeof h.magic);
    h.major = image::kOverlayMajor;
    h.pack = hash64(spec_.pack);
    h.pack_version = image_.settings().pack_version;
    h.version = spec_.version;
    h.stock_as_of = spec_.stock.empty() ? 0 : spec_.stock_as_of;
    std::memcpy(h.currency, image_.settings().currency, sizeof h.currency);
    h.paused = sizeof h;
    h.paused_count = static_cast<std::uint32_t>(paused_.size());
    h.products = static_cast<std::uint32_t>(sizeof h + paused_.size() * sizeof(std::uint64_t));
    h.product_count = static_cast<std::uint32_t>(products_.size());
    h.size = h.products + products_.size() * sizeof(image::OverlayProduct);
    std::vector<std::byte> out;
    out.reserve(h.size);
    const auto put = [&out](std::span<const std::byte> bytes) {
      out.insert(out.end(), bytes.begin(), bytes.end());
    };
    put(bytes_of(h));
    for (const std::uint64_t hash : paused_) put(bytes_of(hash));
    for (const auto& [hash, product] : products_) put(bytes_of(product));
    h.crc32c = crc32c(out);
    store(out.data(), h);
    return out;
  }

  const model::OverlaySpec& spec_;
  const image::Image& image_;
  Findings errors_;
  std::set<std::uint64_t> paused_;
  std::map<std::uint64_t, image::OverlayProduct> products_;
};

}  // namespace

MadeOverlay make_overlay(const model::OverlaySpec& spec, const image::Image& image) {
  return Maker(spec, image).run();
}

}  // namespace sidedish::compile
