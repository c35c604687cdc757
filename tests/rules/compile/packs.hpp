#pragma once
// Packs in words for the tests, and a second, plain reader of images: it knows the README of
// rules/image and nothing of our compiler or checked reader.
#include "rules/base/bytes.hpp"
#include "rules/base/text.hpp"
#include "rules/compile/compile.hpp"
#include "rules/image/layout.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace packs {

using namespace sidedish;
using model::Condition;
using Type = Condition::Type;

inline std::vector<std::byte> zone_file(std::string_view zone) {
  std::ifstream in("/usr/share/zoneinfo/" + std::string(zone), std::ios::binary);
  std::vector<std::byte> out;
  for (auto it = std::istreambuf_iterator<char>(in); it != std::istreambuf_iterator<char>(); ++it) {
    out.push_back(static_cast<std::byte>(*it));
  }
  return out;
}

inline Condition all(std::vector<Condition> children, Type type = Type::all) {
  Condition c;
  c.type = type;
  c.pointer = "/when";
  c.children = std::move(children);
  return c;
}
inline Condition any(std::vector<Condition> children) {
  return all(std::move(children), Type::any);
}
inline Condition has_category(std::string id, Type type = Type::has) {
  Condition c;
  c.type = type;
  c.pointer = "/when";
  c.select.category = std::move(id);
  return c;
}
inline Condition has_items(std::vector<std::string> items, Type type = Type::has) {
  Condition c;
  c.type = type;
  c.pointer = "/when";
  c.select.items = std::move(items);
  return c;
}
inline Condition has_tag(std::string tag) {
  Condition c;
  c.type = Type::has;
  c.pointer = "/when";
  c.select.tag = std::move(tag);
  return c;
}
inline Condition total(std::int64_t min) {
  Condition c;
  c.type = Type::total;
  c.pointer = "/when";
  c.range.min = min;
  return c;
}
inline Condition bits(Type type, std::uint32_t value) {
  Condition c;
  c.type = type;
  c.pointer = "/when";
  c.bits = value;
  return c;
}

inline model::Product product(std::string key, std::string category, Minor price) {
  model::Product p;
  p.name["en"] = "Name of " + key;
  p.key = std::move(key);
  p.category = std::move(category);
  p.price = price;
  return p;
}

inline model::Rule rule(std::string id, Condition when, std::vector<std::string> offers) {
  model::Rule r;
  r.name = "Rule " + id;
  r.id = std::move(id);
  r.when = std::move(when);
  for (auto& o : offers) r.offers.push_back({std::move(o), std::nullopt});
  r.text["en"] = {"Something else?", "It fits"};
  r.extra_adds_per_1000 = 100;
  return r;
}

/// food > burgers, food > sides > fries; two burgers, three fries, a cola outside of food.
inline model::Pack burgers() {
  model::Pack pack;
  pack.id = "burger-bar";
  pack.version = 7;
  pack.currency = *currency("EUR");
  pack.languages = {"en"};
  pack.stores.push_back(
      {"mitte", "Berlin Mitte", "Europe/Berlin", "", {"city"}, {{"drive", {"t7"}}}});
  model::Catalogue c;
  c.currency = pack.currency;
  c.categories = {{"sides", {{"en", "Sides"}}, "food"},
                  {"food", {{"en", "Food"}}, ""},
                  {"fries", {{"en", "Fries"}}, "sides"},
                  {"drinks", {{"en", "Drinks"}}, ""},
                  {"burgers", {{"en", "Burgers"}}, "food"}};
  c.products = {product("sku:FRIES-M", "fries", 290),  product("sku:FRIES-L", "fries", 350),
                product("sku:FRIES-S", "fries", 230),  product("sku:CHEESE", "burgers", 690),
                product("sku:BURGER", "burgers", 590), product("sku:COLA", "drinks", 250)};
  c.products[0].substitutes = {"sku:FRIES-S", "sku:FRIES-L"};
  c.products[0].aliases = {"plu:112", "gtin:4006381333931"};
  c.products[0].tags = {"hot"};
  c.products[3].tags = {"hot"};
  pack.catalogue = std::move(c);
  pack.rules.push_back(rule("burger-fries",
                            all({has_category("burgers"), has_category("fries", Type::lacks)}),
                            {"sku:FRIES-M", "sku:FRIES-L"}));
  return pack;
}

inline compile::Compiled compiled(const model::Pack& pack, UtcMs begin = 1'767'225'600'000) {
  compile::Options options;
  options.time_begin = begin;
  return compile::compile(pack, *pack.catalogue, zone_file, options);
}

/// Reads tables by the directory. Throws std::runtime_error on anything out of bounds.
class Reader {
 public:
  explicit Reader(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

  template <class T>
  std::vector<T> table(image::Table which) const {
    const auto d = at<image::Directory>(sizeof(image::Header) + which * sizeof(image::Directory));
    if (d.record != sizeof(T)) throw std::runtime_error("record size");
    std::vector<T> out;
    for (std::size_t i = 0; i < d.count; ++i) out.push_back(at<T>(d.offset + i * d.record));
    return out;
  }
  image::Header header() const { return at<image::Header>(0); }
  image::Directory directory(std::size_t i) const {
    return at<image::Directory>(sizeof(image::Header) + i * sizeof(image::Directory));
  }
  image::Settings settings() const { return table<image::Settings>(image::kSettings).at(0); }
  std::string text(image::TextRef ref) const {
    const std::size_t offset = directory(image::kText).offset + ref;
    const auto length = at<std::uint16_t>(offset);
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += at<char>(offset + 2 + i);
    return out;
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  template <class T>
  T at(std::size_t offset) const {
    if (offset + sizeof(T) > bytes_.size()) throw std::runtime_error("out of bounds");
    return load<T>(bytes_.data() + offset);
  }
  std::vector<std::byte> bytes_;
};

}  // namespace packs
