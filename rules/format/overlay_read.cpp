#include "rules/format/documents.hpp"
#include "rules/format/reader.hpp"
#include "rules/format/rfc3339.hpp"

#include <array>

namespace sidedish::format {
namespace {

constexpr std::int64_t kMostVersion = 9'007'199'254'740'991;
constexpr std::int64_t kMostLeft = 1'000'000;
constexpr std::array<std::string_view, 3> kStock{"in", "low", "out"};

/// Whether the member's name is a product key; tells when it is none.
bool is_key(Reader& in, Json member) {
  if (kProductKey.matches(member.key())) return true;
  in.add(kProductKey.code, member.pointer(), std::string("expected ") + kProductKey.expected);
  return false;
}

model::StockNow read_stock(Reader& in, Json value) {
  model::StockNow out;
  out.product = value.key();
  if (!value.is(Json::Type::object)) {
    out.stock = static_cast<Stock>(in.choice(value, kStock));
    return out;
  }
  if (!in.object(value, {"class", "left"})) return out;
  if (const Json v = in.need(value, "class")) out.stock = static_cast<Stock>(in.choice(v, kStock));
  if (const Json v = value.find("left")) {
    out.left = static_cast<std::uint32_t>(in.integer(v, 0, kMostLeft));
  }
  return out;
}

void read_stocks(Reader& in, Json value, model::OverlaySpec& out) {
  if (!in.object(value, {"as_of", "products"})) return;
  if (const Json as_of = in.need(value, "as_of")) {
    const auto time =
        as_of.is(Json::Type::text) ? parse_time(as_of.text()) : std::optional<UtcMs>();
    if (!time || *time <= 0) {
      in.expected(as_of, "a time in UTC like 2026-11-21T10:00:00Z");
    } else {
      out.stock_as_of = *time;
    }
  }
  const Json products = in.need(value, "products");
  if (products && !products.is(Json::Type::object)) {
    in.expected(products, "an object of stock classes by product key");
    return;
  }
  for (const Json member : products) {
    if (is_key(in, member)) out.stock.push_back(read_stock(in, member));
  }
}

model::OverlaySpec read_overlay(Reader& in, Json root) {
  static constexpr std::array kFormats{kOverlayFormat};
  model::OverlaySpec out;
  if (!in.object(root, {"format", "pack", "version", "currency", "paused", "stock", "recalled",
                        "prices"})) {
    return out;
  }
  in.choice(in.need(root, "format"), kFormats);
  out.pack = in.text(in.need(root, "pack"), kSlug);
  out.version = static_cast<std::uint64_t>(in.integer(in.need(root, "version"), 1, kMostVersion));
  out.currency = in.currency(in.need(root, "currency"));
  out.paused = in.texts(root.find("paused"), kSlug);
  out.recalled = in.texts(root.find("recalled"), kProductKey);
  if (const Json stock = root.find("stock")) read_stocks(in, stock, out);
  const Json prices = root.find("prices");
  if (prices && !prices.is(Json::Type::object)) {
    in.expected(prices, "an object of prices by product key");
    return out;
  }
  for (const Json price : prices) {
    if (is_key(in, price)) {
      out.prices.push_back({std::string(price.key()), in.money(price, out.currency.exponent)});
    }
  }
  return out;
}

}  // namespace

Parsed<model::OverlaySpec> parse_overlay(std::string_view text) {
  JsonLimits limits;
  limits.bytes = std::size_t{16} << 20;
  limits.long_arrays = {"/paused", "/recalled", "/prices", "/stock/products"};
  const JsonDocument document = JsonDocument::parse(text, limits);
  Reader in;
  Parsed<model::OverlaySpec> out;
  if (begin(in, document)) out.value = read_overlay(in, document.root());
  if (!in.clean()) out.value.reset();
  out.errors = in.take();
  return out;
}

}  // namespace sidedish::format
