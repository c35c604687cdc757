// A product is taken out.
#include "headoffice/catalogue/catalogues.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {

Result<std::vector<std::string>> Catalogues::substituted(std::string_view pack,
                                                         const model::Product& product) {
  std::set<std::string> keys(product.aliases.begin(), product.aliases.end());
  keys.insert(product.key);
  std::set<std::string> out;
  const auto found = head(pack);
  if (!found) return tl::unexpected<Error>(found.error());
  for (const std::string& key : keys) {
    const auto rows = store_.products_with(pack, format::JsonWriter().text(key).take());
    if (!rows) return tl::unexpected<Error>(rows.error());
    const auto words = words_of(found->top, *rows);
    if (!words) return tl::unexpected<Error>(words.error());
    for (const model::Product& other : words->products) {
      const auto& named = other.substitutes;
      if (other.key == product.key || std::ranges::find(named, key) == named.end()) continue;
      const auto english = other.name.find("en");
      const std::string name = english != other.name.end() ? english->second
                               : other.name.empty()        ? std::string()
                                                           : other.name.begin()->second;
      out.insert(name + " (" + other.key + ")");
    }
  }
  return std::vector<std::string>(out.begin(), out.end());
}

Result<ProductRemoved> Catalogues::remove(std::string_view pack, const RemovalOrder& order) {
  for (;;) {
    const auto found = head(pack);
    if (!found) return tl::unexpected<Error>(found.error());
    const auto was = product(pack, order.key);
    if (!was && was.error().code() != Errc::not_found) return tl::unexpected<Error>(was.error());
    ProductRemoved out;
    if (!was || was->etag != order.etag) {
      out.theirs = was ? *was : ProductView{};
      return out;
    }
    if (order.why.empty()) out.errors.push_back({"", "/why", "expected a reason"});
    if (was->words.restricted && !order.may_release) {
      out.errors.push_back({"", "/restricted", "expected an admin to take this out"});
    }
    if (!out.errors.empty()) return out;
    const auto done = store_.remove_product(pack, found->version, order.publication, order.key,
                                            {.at = clock_.now(),
                                             .who = order.who,
                                             .what = "product.removed",
                                             .subject = std::string(pack) + "/" + order.key,
                                             .before = was->json,
                                             .after = {},
                                             .why = order.why});
    if (done) {
      out.removed = true;
      return out;
    }
    if (done.error().code() != Errc::conflict) return tl::unexpected<Error>(done.error());
    // Somebody changed the catalogue just now: whether it was this product is looked at once more.
    // When it was rules that were published, whoever asked them asks again.
    const auto now = head(pack);
    if (!now) return tl::unexpected<Error>(now.error());
    if (now->version == found->version) return tl::unexpected<Error>(done.error());
  }
}

}  // namespace sidedish::headoffice
