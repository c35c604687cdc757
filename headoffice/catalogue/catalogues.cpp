#include "headoffice/catalogue/catalogues.hpp"

#include "headoffice/catalogue/words.hpp"
#include "rules/base/picture.hpp"
#include "rules/base/text.hpp"
#include "rules/format/wire_json.hpp"
#include "rules/trust/digest.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace sidedish::headoffice {
namespace {

tl::unexpected<Error> failed(const Error& error) { return tl::unexpected<Error>(error); }

std::string at(std::size_t product, std::string_view member) {
  return "/products/" + std::to_string(product) + std::string(member);
}

/// The document's catalogue, beside the rules or inside them.
Result<CatalogueRows> published_rows(const PackDocuments& documents) {
  if (!documents.catalogue.empty()) {
    const auto read = format::parse_catalogue(documents.catalogue);
    if (read.value) return rows_of(*read.value);
  } else {
    const auto read = format::parse_rules(documents.rules);
    if (read.value && read.value->catalogue) return rows_of(*read.value->catalogue);
  }
  return fail(Errc::not_found, "the pack was published without a catalogue that can be read");
}

std::string etag_of(std::string_view json) {
  const auto digest = trust::sha256(std::as_bytes(std::span(json)));
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; digest && i < 16; ++i) {
    out += kDigits[(*digest)[i] >> 4U];
    out += kDigits[(*digest)[i] & 15U];
  }
  return out + "\"";
}

ProductView view_of(const model::Catalogue& catalogue, std::string json) {
  ProductView out{catalogue.products.front(), catalogue.currency.exponent, std::move(json), {}};
  out.etag = etag_of(out.json);
  return out;
}

/// The findings of the one product of a document, with pointers into it.
std::vector<model::Finding> of_product(std::vector<model::Finding> findings) {
  constexpr std::string_view kBase = "/products/0";
  for (model::Finding& finding : findings) {
    if (finding.pointer.starts_with(kBase)) finding.pointer.erase(0, kBase.size());
    finding.id.clear();
  }
  return findings;
}

struct NamedPicture {
  std::string pointer;
  Sha256 digest;
  std::size_t most;
};

std::vector<NamedPicture> pictures_of(const model::Catalogue& with) {
  std::vector<NamedPicture> out;
  for (std::size_t i = 0; i < with.products.size(); ++i) {
    const auto& [small, large] = with.products[i].pictures;
    if (const auto digest = parse_digest(small)) {
      out.push_back({at(i, "/pictures/small"), *digest, kMaxSmallPicture});
    }
    if (const auto digest = parse_digest(large)) {
      out.push_back({at(i, "/pictures/large"), *digest, kMaxLargePicture});
    }
  }
  return out;
}

/// A key of a product, or one that it names.
struct NamedKey {
  std::size_t product;
  std::string pointer;
  bool own;  ///< it is called so; else a substitute
};

}  // namespace

std::string catalogue_tag(std::uint64_t version) {
  return "\"catalogue-" + std::to_string(version) + "\"";
}

Result<CatalogueHead> Catalogues::head(std::string_view pack) {
  auto head = store_.catalogue(pack);
  if (head || head.error().code() != Errc::not_found) return head;
  const auto documents = store_.newest_documents(pack);
  if (!documents) return failed(documents.error());
  const auto rows = published_rows(*documents);
  if (!rows) return failed(rows.error());
  if (const auto seeded = store_.seed_catalogue(pack, *rows); !seeded) {
    return failed(seeded.error());
  }
  return store_.catalogue(pack);
}

Result<model::Catalogue> Catalogues::top(std::string_view pack) {
  const auto found = head(pack);
  if (!found) return failed(found.error());
  return words_of(found->top, {});
}

Result<Catalogues::Document> Catalogues::document(std::string_view pack) {
  if (const auto found = head(pack); !found) return failed(found.error());
  const auto whole = store_.whole_catalogue(pack);
  if (!whole) return failed(whole.error());
  return Document{whole->head, document_of(whole->head.top, whole->products)};
}

Result<ProductPage> Catalogues::search(std::string_view pack, std::string_view typed,
                                       std::size_t limit, std::size_t offset) {
  const auto found = head(pack);
  if (!found) return failed(found.error());
  const ProductQuery query = query_of(typed, limit + 1, offset);
  auto rows = store_.find_products(pack, query);
  if (!rows) return failed(rows.error());
  ProductPage out;
  out.head = *found;
  out.more = rows->size() > limit;
  if (out.more) rows->resize(limit);
  auto words = words_of(found->top, *rows);
  if (!words) return failed(words.error());
  out.found = std::move(*words);
  if (!out.found.products.empty() && offset == 0) {
    const ProductRow best = row_of(out.found.products.front(), out.found.currency.exponent);
    out.exact = std::any_of(best.keys.begin(), best.keys.end(), [&](const ProductKey& key) {
      return std::find(query.codes.begin(), query.codes.end(), key.code) != query.codes.end();
    });
  }
  return out;
}

Result<ProductPage> Catalogues::called(std::string_view pack, std::span<const std::string> keys) {
  const auto found = head(pack);
  if (!found) return failed(found.error());
  auto owners = store_.key_owners(pack, keys);
  if (!owners) return failed(owners.error());
  std::set<std::string_view> seen{""};
  std::erase_if(*owners, [&](const std::string& key) { return !seen.insert(key).second; });
  const auto rows = store_.products(pack, *owners);
  if (!rows) return failed(rows.error());
  auto words = words_of(found->top, *rows);
  if (!words) return failed(words.error());
  return ProductPage{*found, std::move(*words)};
}

Result<ProductView> Catalogues::product(std::string_view pack, const std::string& key) {
  const auto found = head(pack);
  if (!found) return failed(found.error());
  auto rows = store_.products(pack, {&key, 1});
  if (!rows) return failed(rows.error());
  if (rows->front().empty()) return fail(Errc::not_found, "there is no such product");
  const auto words = words_of(found->top, *rows);
  if (!words) return failed(words.error());
  return view_of(*words, std::move(rows->front()));
}

Result<std::vector<model::Finding>> Catalogues::check(std::string_view pack,
                                                      const model::Catalogue& with) {
  std::vector<model::Finding> out;
  std::unordered_set<std::string_view> categories;
  for (const model::Category& category : with.categories) categories.insert(category.id);
  std::set<std::string> here;
  std::vector<std::string> keys;
  std::vector<NamedKey> named;
  for (std::size_t i = 0; i < with.products.size(); ++i) {
    const model::Product& product = with.products[i];
    here.insert(product.key);
    const auto add = [&](const std::string& key, std::string_view member, bool own) {
      keys.push_back(key);
      named.push_back({i, at(i, member), own});
    };
    add(product.key, "/key", true);
    for (const std::string& alias : product.aliases) add(alias, "/aliases", true);
    for (const std::string& other : product.substitutes) add(other, "/substitutes", false);
    if (!categories.contains(product.category)) {
      out.push_back({product.key, at(i, "/category"), "expected a category of this catalogue"});
    }
    for (const auto& [language, name] : product.name) {
      if (!has_direction(name)) continue;
      out.push_back(
          {product.key, at(i, "/name/" + language), "expected a name without marks of direction"});
    }
  }
  const auto owners = store_.key_owners(pack, keys);
  if (!owners) return failed(owners.error());
  std::map<std::string_view, std::size_t> claimed;  // key -> which product of `with` has it
  for (std::size_t k = 0; k < named.size(); ++k) {
    const auto& [i, pointer, own] = named[k];
    if (!own) continue;
    const std::string& owner = (*owners)[k];
    const bool fresh = claimed.try_emplace(keys[k], i).second;
    const bool others = !owner.empty() && owner != with.products[i].key && !here.contains(owner);
    if (fresh && !others) continue;
    out.push_back({with.products[i].key, pointer,
                   "expected keys and barcodes of no other product, found " + keys[k]});
  }
  for (std::size_t k = 0; k < named.size(); ++k) {
    const auto& [i, pointer, own] = named[k];
    if (own) continue;
    const auto claim = claimed.find(keys[k]);
    const bool self = claim != claimed.end() && claim->second == i;
    if (!self && (claim != claimed.end() || !(*owners)[k].empty())) continue;
    out.push_back({with.products[i].key, pointer,
                   "expected another product of the catalogue, found " + keys[k]});
  }
  const std::vector<NamedPicture> pictures = pictures_of(with);
  std::vector<Sha256> digests;
  for (const NamedPicture& one : pictures) digests.push_back(one.digest);
  const auto about = storage_.about_pictures(digests);
  if (!about) return failed(about.error());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if ((*about)[i].type.empty() || (*about)[i].size > pictures[i].most) {
      out.push_back({"", pictures[i].pointer, "expected a picture that was uploaded"});
    }
  }
  return out;
}

Result<ProductSaved> Catalogues::put(std::string_view pack, const ProductOrder& order) {
  const auto found = head(pack);
  if (!found) return failed(found.error());
  ProductSaved out;
  const auto stands = store_.products(pack, {&order.key, 1});
  if (!stands) return failed(stands.error());
  const std::string& old = stands->front();
  std::optional<ProductView> was;
  if (!old.empty()) {
    const auto words = words_of(found->top, *stands);
    if (!words) return failed(words.error());
    was = view_of(*words, old);
  }
  if (order.etag != (was ? was->etag : "")) {
    out.theirs = was ? *was : ProductView{};
    return out;
  }
  auto read = format::parse_catalogue(document_of(found->top, order.json));
  if (!read.value || read.value->products.size() != 1) {
    out.errors = of_product(std::move(read.errors));
    if (read.value) out.errors.push_back({"", "", "expected one product"});
    return out;
  }
  const model::Product& wanted = read.value->products.front();
  if (wanted.key != order.key) {
    out.errors.push_back({"", "/key", "expected the key that the path names"});
  }
  if (was && was->words.restricted && !wanted.restricted && !order.may_release) {
    out.errors.push_back({"", "/restricted", "expected an admin to take this off"});
  }
  auto others = check(pack, *read.value);
  if (!others) return failed(others.error());
  for (auto& finding : of_product(std::move(*others))) out.errors.push_back(std::move(finding));
  if (!out.errors.empty()) return out;
  const ProductRow row = row_of(wanted, read.value->currency.exponent);
  ProductView saved = view_of(*read.value, row.json);
  if (row.json == old) {
    out.saved = std::move(saved);
    return out;
  }
  const auto done = store_.put_products(pack, found->version, {&row, 1},
                                        {.at = clock_.now(),
                                         .who = order.who,
                                         .what = was ? "product.changed" : "product.added",
                                         .subject = std::string(pack) + "/" + order.key,
                                         .before = old,
                                         .after = row.json,
                                         .why = order.why},
                                        {});
  if (!done && done.error().code() == Errc::conflict) {
    // Somebody changed the catalogue just now: whether it was this product is looked at once more.
    return put(pack, order);
  }
  if (!done) return failed(done.error());
  out.saved = std::move(saved);
  return out;
}

}  // namespace sidedish::headoffice
