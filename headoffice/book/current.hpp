#pragma once
// A pack as it is published now, taken apart into its rules, and the catalogue that stands beside it.
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/store/book_store.hpp"
#include "rules/model/pack.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

struct PublishedRule {
  std::string json;  ///< one line
  std::string etag;  ///< without quotes
};

/// Never changes once made.
struct CurrentPack {
  PublishedPack about;
  std::uint64_t newest_pack_version = 0;
  model::Pack pack;
  std::uint64_t catalogue_version = 0;
  model::Catalogue catalogue;        ///< as it stands: what the next publication goes out with
  std::vector<PublishedRule> rules;  ///< as pack.rules
  PublishedRule frame;               ///< what it is beside rules and products (kPackFrame)
  std::map<std::string, std::size_t, std::less<>> index;
  std::vector<model::Finding> warnings;  ///< of the linter, as it stands; pointers from the root

  /// Also of the frame, which is always there. nullptr: no rule of this id is published.
  const PublishedRule* find(std::string_view rule) const;
  const model::StoreSpec* store(std::string_view id) const;
};

/// The packs that were asked for last, each read once. Thread-safe when the store is.
class CurrentPacks {
 public:
  CurrentPacks(BookStore& store, Catalogues& catalogues) : store_(store), catalogues_(catalogues) {}
  /// not_found: nothing of it was ever published. corrupt: what is published cannot be read.
  Result<std::shared_ptr<const CurrentPack>> get(std::string_view pack, UtcMs now);

 private:
  BookStore& store_;
  Catalogues& catalogues_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const CurrentPack>, std::less<>> packs_;
};

/// Stores in which a rule of this JSON can speak at all, by its conditions on stores and groups, as
/// far as they can be read in what somebody is still typing; all of the pack's without any.
std::vector<std::string> stores_of(std::string_view rule_json, const model::Pack& pack);

}  // namespace sidedish::headoffice
