#include "headoffice/publish/publish.hpp"

#include "headoffice/lift/lift.hpp"
#include "headoffice/overlay/file.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/picture.hpp"
#include "rules/compile/stable.hpp"
#include "rules/format/documents.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"
#include "rules/vectors/vectors.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace sidedish::headoffice {
namespace {

constexpr UtcMs kDayMs = 86'400'000;

Publication publication_of(const model::Pack& pack) {
  Publication out;
  out.pack_id = pack.id;
  out.pack_version = pack.version;
  for (const model::StoreSpec& store : pack.stores) {
    out.stores.push_back({store.id, store.name, store.time_zone, 0, 0});
  }
  out.frame_etag = rule_tag(format::write_frame(pack));
  std::vector<std::string_view> ids;
  for (const model::Rule& rule : pack.rules) ids.push_back(rule.id);
  const std::vector<std::uint32_t> stable = compile::stable_ids(ids);
  for (const model::Rule& rule : pack.rules) {
    out.rule_names.push_back({rule.id, rule.name, stable[out.rule_names.size()],
                              rule.holdout_percent.value_or(pack.settings.holdout_percent),
                              rule_tag(format::write_rule(rule, pack.currency)),
                              std::string(format::name_of(rule.unit))});
  }
  return out;
}

/// Declared from prices alone, before anything is sold.
Minor money_cap_of(const model::Catalogue& catalogue) {
  std::vector<Minor> prices;
  for (const model::Product& product : catalogue.products) prices.push_back(product.price);
  return std::min(declared_cap(std::move(prices)), kMostCap);
}

/// Members that a rule document has not.
bool in_catalogue(std::string_view pointer) {
  return pointer.starts_with("/products") || pointer.starts_with("/categories");
}

/// From pointers within the rule document to pointers within {"rules", "catalogue"}.
std::vector<model::Finding> in_body(std::vector<model::Finding> findings, bool catalogue_beside) {
  for (model::Finding& finding : findings) {
    if (catalogue_beside && finding.pointer.starts_with("/catalogue")) continue;
    if (catalogue_beside && in_catalogue(finding.pointer)) {
      finding.pointer.insert(0, "/catalogue");
      continue;
    }
    finding.pointer.insert(0, "/rules");
  }
  return findings;
}

/// A picture that the catalogue names.
struct NamedPicture {
  std::string product;
  std::string pointer;  ///< within the catalogue
  std::string sha256;
  std::size_t most;  ///< bytes
};

std::vector<NamedPicture> named_pictures(const model::Catalogue& catalogue) {
  std::vector<NamedPicture> out;
  for (std::size_t i = 0; i < catalogue.products.size(); ++i) {
    const model::Product& product = catalogue.products[i];
    const std::string at = "/products/" + std::to_string(i) + "/pictures/";
    const auto& [small, large] = product.pictures;
    if (!small.empty()) out.push_back({product.key, at + "small", small, kMaxSmallPicture});
    if (!large.empty()) out.push_back({product.key, at + "large", large, kMaxLargePicture});
  }
  return out;
}

}  // namespace

// The same pack gives the same image all year.
UtcMs image_begin(UtcMs now) {
  const std::int64_t year = std::stoll(format::format_day(now / kDayMs).substr(0, 4)) - 1;
  return format::parse_day(std::to_string(year) + "-01-01").value_or(0) * kDayMs;
}

std::string rule_tag(std::string_view json) { return net::hex(net::sha256(json)).substr(0, 32); }

Result<std::vector<format::ManifestPicture>> Publisher::pictures_of(
    const model::Catalogue& catalogue, std::string_view base, std::vector<model::Finding>& errors) {
  const std::vector<NamedPicture> named = named_pictures(catalogue);
  std::vector<Sha256> digests;
  for (const NamedPicture& one : named)
    digests.push_back(parse_digest(one.sha256).value_or(Sha256{}));
  const auto found = storage_.about_pictures(digests);
  if (!found) return tl::unexpected<Error>(found.error());
  std::map<std::string, format::ManifestPicture> each;
  for (std::size_t i = 0; i < named.size(); ++i) {
    const auto& [type, size] = (*found)[i];
    std::string pointer = std::string(base) + named[i].pointer;
    if (type.empty()) {
      errors.push_back({named[i].product, std::move(pointer),
                        "expected a picture that head office has got: PUT /v1/pictures/" +
                            named[i].sha256 + " comes first"});
    } else if (size > named[i].most) {
      errors.push_back({named[i].product, std::move(pointer),
                        "expected a picture of at most " + std::to_string(named[i].most) +
                            " bytes, found " + std::to_string(size)});
    }
    each.try_emplace(named[i].sha256, format::ManifestPicture{named[i].sha256, size, type});
  }
  if (each.size() > format::kMaxPictures) {
    errors.push_back({"", std::string(base) + "/products",
                      "expected at most " + std::to_string(format::kMaxPictures) +
                          " different pictures, found " + std::to_string(each.size())});
  }
  std::vector<format::ManifestPicture> out;
  for (auto& entry : each) out.push_back(std::move(entry.second));
  return out;
}

Result<Catalogues::Document> Publisher::standing(PackRead& read,
                                                 std::vector<model::Finding>& errors) {
  auto found = catalogues_.document(read.pack->id);
  if (!found && found.error().code() == Errc::not_found) {
    errors.push_back({"", "/catalogue",
                      "expected a catalogue, inside the rules or beside them: the pack has none "
                      "yet"});
    return Catalogues::Document{};
  }
  if (!found) return found;
  read.catalogue = format::parse_catalogue(found->text).value;
  if (!read.catalogue) return fail(Errc::internal, "the catalogue that stands cannot be read");
  return found;
}

Result<PublishOutcome> Publisher::publish(std::string_view rules, std::string_view catalogue,
                                          const std::optional<RolloutOrder>& rollout,
                                          const std::optional<BookOrder>& book) {
  PublishOutcome out;
  PackRead read = read_(rules, catalogue);
  out.errors = std::move(read.errors);
  if (!out.errors.empty() || !read.pack) return out;
  const bool beside = !read.pack->catalogue.has_value();
  CataloguePublish products;
  std::string stands;
  if (!read.catalogue) {
    auto found = standing(read, out.errors);
    if (!found) return tl::unexpected<Error>(found.error());
    if (!out.errors.empty()) return out;
    products.version = found->head.version;
    stands = std::move(found->text);
    catalogue = stands;
  }
  const CatalogueRows rows = stands.empty() ? rows_of(*read.catalogue) : CatalogueRows{};
  if (stands.empty()) products.rows = &rows;
  auto pictures =
      pictures_of(*read.catalogue, beside ? "/catalogue" : "/rules/catalogue", out.errors);
  if (!pictures) return tl::unexpected<Error>(pictures.error());
  const UtcMs now = clock_.now();
  compile::Options options;
  options.time_begin = image_begin(now);
  compile::Compiled compiled = compile::compile(*read.pack, *read.catalogue, zones_, options);
  for (model::Finding& finding : in_body(std::move(compiled.errors), beside)) {
    out.errors.push_back(std::move(finding));
  }
  if (!out.errors.empty()) return out;
  compiled.image = vectors::with_vectors(compiled.image);
  Publication publication = publication_of(*read.pack);
  const net::Sha256 digest =
      net::sha256({reinterpret_cast<const char*>(compiled.image.data()), compiled.image.size()});
  std::memcpy(publication.image.data(), digest.data(), digest.size());
  publication.image_bytes = compiled.image;
  // One that came inside the rules is kept beside them: published again, the rules take what stands.
  std::string apart;
  if (!beside) {
    model::Pack bare = *read.pack;
    bare.catalogue.reset();
    apart = format::write_rules(bare);
    stands = format::write_catalogue(*read.catalogue);
    rules = apart;
    catalogue = stands;
  }
  publication.rules = rules;
  publication.catalogue = catalogue;
  publication.published_at = now;
  publication.currency = read.pack->currency.text();
  publication.money_cap = money_cap_of(*read.catalogue);
  publication.rollout = rollout;
  publication.products = products;
  publication.book = book;

  Published done;
  done.image_sha256 = net::hex(digest);
  done.image_size = compiled.image.size();
  done.warnings = in_body(compile::lint(*read.pack, *read.catalogue, now), beside);
  const auto taken =
      storage_.pack_version_taken(publication.pack_id, publication.pack_version, publication.image);
  if (!taken) return tl::unexpected<Error>(taken.error());
  if (*taken) {
    done.warnings.push_back({"", "/rules/pack/version",
                             "expected a new version: other content was published as version " +
                                 std::to_string(publication.pack_version) + " of this pack"});
  }
  const auto image = image::Image::open(compiled.image);
  if (!image) return tl::unexpected<Error>(image.error().within("reading the image just made"));
  const auto version =
      storage_.publish(publication,
                       [&](std::string_view store, std::uint64_t number,
                           const StandingState& standing) -> ManifestRow {
                         format::Manifest manifest;
                         manifest.store = store;
                         manifest.version = number;
                         manifest.pack_version = publication.pack_version;
                         manifest.image_sha256 = done.image_sha256;
                         manifest.image_size = done.image_size;
                         manifest.published_at = now;
                         manifest.pictures = *pictures;
                         if (standing.version == 0) return row_of(manifest);
                         // What stands goes on standing: made anew for this image.
                         OverlayFile file = file_of(
                             manifest, make_file(standing.rows, *image, standing.version + 1, now),
                             standing.version + 1);
                         return {number, file.etag, file.body, std::move(file)};
                       });
  if (!version) return tl::unexpected<Error>(version.error());
  done.version = *version;
  for (const StoreRow& store : publication.stores) done.stores.push_back(store.id);
  out.published = std::move(done);
  return out;
}

}  // namespace sidedish::headoffice
