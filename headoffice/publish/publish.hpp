#pragma once
// From the documents of a rule pack to images and manifests that terminals fetch.
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/store/storage.hpp"
#include "rules/compile/compile.hpp"
#include "rules/format/exchange.hpp"
#include "rules/model/pack.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// A pack in words, or everything that is wrong with its documents. Pointers of findings start at
/// the body of POST /v1/publish: "/rules/..." or "/catalogue/...".
struct PackRead {
  std::optional<model::Pack> pack;
  std::optional<model::Catalogue> catalogue;
  std::vector<model::Finding> errors;
};
/// `catalogue` is empty when there is none beside the rules; none inside them either is no error.
using ReadPack = std::function<PackRead(std::string_view rules, std::string_view catalogue)>;

/// The texts of the members of {"rules": {...}, "catalogue": {...}, "rollout": {...}}, as they stand
/// there; all but the first may be missing. invalid: any other shape. What stands inside them is not
/// looked at.
struct PublishBody {
  std::string_view rules;
  std::string_view catalogue;
  std::string_view rollout;
};
Result<PublishBody> split_publish_body(std::string_view json);

struct Published {
  std::uint64_t version = 0;
  std::string image_sha256;  ///< hex
  std::size_t image_size = 0;
  std::vector<std::string> stores;
  std::vector<model::Finding> warnings;
};
/// Where the table of times of an image made now begins: the first of January of last year.
UtcMs image_begin(UtcMs now);

/// The tag of a rule's content: 32 hex digits of the SHA-256 of its JSON.
std::string rule_tag(std::string_view json);

/// Either findings and nothing changed, or `published`.
struct PublishOutcome {
  std::optional<Published> published;
  std::vector<model::Finding> errors;
};

/// Thread-safe when the storage is. What it is given outlives it.
class Publisher {
 public:
  Publisher(Storage& storage, CatalogueStore& catalogues, const Clock& clock,
            compile::ZoneFile zones, ReadPack read)
      : storage_(storage),
        catalogues_(storage, catalogues, clock),
        clock_(clock),
        zones_(std::move(zones)),
        read_(std::move(read)) {}

  /// Reads, checks, compiles, and publishes to every store of the pack, in one transaction of the
  /// store, to all terminals at once or in waves. With what stands of the pack's catalogue; or a
  /// catalogue comes along, beside the rules or inside them, and stands from now on. With `book`
  /// people's drafts go in with it. An error is the storage's.
  Result<PublishOutcome> publish(std::string_view rules, std::string_view catalogue,
                                 const std::optional<RolloutOrder>& rollout = std::nullopt,
                                 const std::optional<BookOrder>& book = std::nullopt);

 private:
  /// What stands of the pack's catalogue, also in words; that there is none is one of `errors`.
  Result<Catalogues::Document> standing(PackRead& read, std::vector<model::Finding>& errors);
  /// The pictures that the catalogue names, each once, by digest; those that are not here, or too
  /// large for their place, are `errors`. `base`: where the catalogue stands in the body.
  Result<std::vector<format::ManifestPicture>> pictures_of(const model::Catalogue& catalogue,
                                                           std::string_view base,
                                                           std::vector<model::Finding>& errors);

  Storage& storage_;
  Catalogues catalogues_;
  const Clock& clock_;
  compile::ZoneFile zones_;
  ReadPack read_;
};

}  // namespace sidedish::headoffice
