#include "rules/format/documents.hpp"
#include "rules/format/reader.hpp"

#include <array>

namespace sidedish::format {
namespace {

model::Category read_category(Reader& in, Json value) {
  model::Category out;
  if (!in.object(value, {"id", "name", "parent"})) return out;
  out.id = in.text(in.need(value, "id"), kName);
  out.name = in.localised(in.need(value, "name"), kPlain);
  out.parent = in.text_or_empty(value.find("parent"), kName);
  return out;
}

model::Pictures read_pictures(Reader& in, Json value) {
  if (!in.object(value, {"small", "large"})) return {};
  return {in.text_or_empty(value.find("small"), kDigest),
          in.text_or_empty(value.find("large"), kDigest)};
}

model::Product read_product(Reader& in, Json value, unsigned exponent) {
  static constexpr std::array<std::string_view, 3> kStock{"in", "low", "out"};
  model::Product out;
  if (!in.object(value, {"key", "name", "category", "tags", "price", "cost", "aliases",
                         "substitutes", "stock", "hidden", "restricted", "allergens", "diets",
                         "tax_class", "pictures"})) {
    return out;
  }
  in.enter(value.find("key").text());
  out.key = in.text(in.need(value, "key"), kProductKey);
  out.name = in.localised(in.need(value, "name"), kPlain);
  out.category = in.text(in.need(value, "category"), kName);
  out.tags = in.texts(value.find("tags"), kName);
  out.price = in.money(in.need(value, "price"), exponent);
  if (const Json cost = value.find("cost")) out.cost = in.money(cost, exponent);
  out.aliases = in.texts(value.find("aliases"), kProductKey);
  out.substitutes = in.texts(value.find("substitutes"), kProductKey);
  if (const Json stock = value.find("stock")) {
    out.stock = static_cast<Stock>(in.choice(stock, kStock));
  }
  out.hidden = in.boolean_or(value.find("hidden"), false);
  out.restricted = in.boolean_or(value.find("restricted"), false);
  if (const Json allergens = value.find("allergens")) out.allergens = in.texts(allergens, kName);
  out.diets = in.texts(value.find("diets"), kName);
  out.tax_class = in.text_or_empty(value.find("tax_class"), kName);
  if (const Json pictures = value.find("pictures")) out.pictures = read_pictures(in, pictures);
  in.leave();
  return out;
}

}  // namespace

model::Catalogue read_catalogue(Reader& in, Json value) {
  static constexpr std::array kFormats{kCatalogueFormat};
  model::Catalogue out;
  if (!in.object(value, {"format", "currency", "categories", "products"})) return out;
  in.choice(in.need(value, "format"), kFormats);
  out.currency = in.currency(in.need(value, "currency"));
  const Json categories = in.need(value, "categories");
  if (categories && in.array(categories, 0)) {
    for (const Json category : categories) {
      in.enter(category.find("id").text());
      out.categories.push_back(read_category(in, category));
      in.leave();
    }
  }
  const Json products = in.need(value, "products");
  if (products && in.array(products, 0)) {
    out.products.reserve(products.size());
    for (const Json product : products) {
      out.products.push_back(read_product(in, product, out.currency.exponent));
    }
  }
  return out;
}

JsonLimits document_limits() {
  JsonLimits limits;
  limits.bytes = std::size_t{64} << 20;
  limits.long_arrays = {"/rules", "/products", "/catalogue/products"};
  return limits;
}

Parsed<model::Catalogue> parse_catalogue(std::string_view text) {
  const JsonDocument document = JsonDocument::parse(text, document_limits());
  Reader in;
  Parsed<model::Catalogue> out;
  if (begin(in, document)) out.value = read_catalogue(in, document.root());
  if (!in.clean()) out.value.reset();
  out.errors = in.take();
  return out;
}

}  // namespace sidedish::format
