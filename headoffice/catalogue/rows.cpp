#include "headoffice/catalogue/rows.hpp"

#include "headoffice/catalogue/words.hpp"

namespace sidedish::headoffice {

ProductRow row_of(const model::Product& product, unsigned exponent) {
  ProductRow out;
  out.json = format::write_product(product, exponent);
  out.keys.push_back({product.key, code_of(product.key)});
  for (const std::string& alias : product.aliases) out.keys.push_back({alias, code_of(alias)});
  out.words = words_of(product.name);
  return out;
}

CatalogueRows rows_of(const model::Catalogue& catalogue) {
  CatalogueRows out;
  out.top = {std::string(catalogue.currency.text()),
             format::write_categories(catalogue.categories)};
  out.products.reserve(catalogue.products.size());
  for (const model::Product& product : catalogue.products) {
    out.products.push_back(row_of(product, catalogue.currency.exponent));
  }
  return out;
}

std::string document_of(const CatalogueTop& top, std::string_view products) {
  std::string out;
  out.reserve(products.size() + top.categories.size() + 128);
  out.append("{\"format\":\"").append(format::kCatalogueFormat).append("\",\"currency\":\"");
  out.append(top.currency).append("\",\"categories\":").append(top.categories);
  out.append(",\"products\":[").append(products).append("]}");
  return out;
}

Result<model::Catalogue> words_of(const CatalogueTop& top, std::span<const std::string> products) {
  std::string joined;
  for (const std::string& product : products) {
    joined.append(joined.empty() ? "" : ",").append(product);
  }
  auto read = format::parse_catalogue(document_of(top, joined));
  if (!read.value) {
    return fail(Errc::internal, "reading products that stand",
                read.errors.empty() ? "" : read.errors.front().message);
  }
  return std::move(*read.value);
}

}  // namespace sidedish::headoffice
