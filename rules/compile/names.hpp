#pragma once
// The names of a pack and its catalogue, resolved once: the order of categories and products in the
// image, and what each selector means in product indices. Works on broken packs too (check() needs
// it): what does not resolve is simply not found.
#include "rules/image/layout.hpp"
#include "rules/model/pack.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sidedish::compile {

/// Products of the image: the range [first, end), or a list (ascending, distinct).
struct Members {
  bool range = false;
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  std::span<const std::uint32_t> list;
  std::size_t size() const { return range ? end - first : list.size(); }
};

/// Calls `use(index)` for every member, ascending.
template <class Use>
void for_each(const Members& members, Use use) {
  if (members.range) {
    for (std::uint32_t i = members.first; i < members.end; ++i) use(i);
  } else {
    for (const std::uint32_t i : members.list) use(i);
  }
}

/// What comes before the name of a diet where it stands beside allergens.
inline constexpr std::string_view kDiet = "diet:";
/// Allergens and diets ("diet:vegan") of a catalogue, ascending, each once.
std::vector<std::string> avoid_words(const model::Catalogue& catalogue);

/// Whether a restricted list holds in a store of this country; where that was not said, each does.
bool holds_in(const model::RestrictedList& list, std::string_view country);

/// The references must outlive it. Building: O(n log n).
class Names {
 public:
  Names(const model::Pack& pack, const model::Catalogue& catalogue);

  const model::Pack& pack;
  const model::Catalogue& catalogue;

  /// Image index -> index in the catalogue. Categories in depth-first order, siblings by id;
  /// products by category in that order, then by key. Categories on a cycle are missing.
  const std::vector<std::uint32_t>& categories() const { return categories_; }
  const std::vector<std::uint32_t>& products() const { return products_; }
  const model::Product& product(std::uint32_t index) const {
    return catalogue.products[products_[index]];
  }
  /// Index in the image, or image::kNone.
  std::uint32_t category(std::string_view id) const { return find(category_by_id_, id); }
  std::uint32_t product(std::string_view key) const { return find(product_by_key_, key); }
  /// Products in a category and everything below it.
  Members products_of(std::uint32_t category) const;
  std::uint32_t parent(std::uint32_t category) const { return parents_[category]; }

  /// Stores by id: image index -> index in the pack; and back, or image::kNone.
  const std::vector<std::uint32_t>& stores() const { return stores_; }
  std::uint32_t store(std::string_view id) const { return find(store_by_id_, id); }
  /// Stores of a group, ascending; empty when there is no such group.
  std::vector<std::uint32_t> stores_of(std::string_view group) const;

  bool has_tag(std::string_view tag) const { return tags_.contains(tag); }
  bool has_set(std::string_view id) const { return sets_.contains(id); }
  const model::Daypart* daypart(const model::Condition& condition) const;
  std::uint32_t language(std::string_view tag) const { return find(language_by_tag_, tag); }

  /// What a selector means; names that do not resolve add nothing. `own` keeps a list of items.
  Members members(const model::Select& select, std::vector<std::uint32_t>& own) const;

 private:
  using Index = std::unordered_map<std::string_view, std::uint32_t>;
  static std::uint32_t find(const Index& index, std::string_view name) {
    const auto it = index.find(name);
    return it == index.end() ? image::kNone : it->second;
  }
  void order_categories();
  void order_products();

  std::vector<std::uint32_t> categories_, parents_, products_, stores_;
  std::vector<std::uint32_t> last_below_;  ///< per category: one past the last one below it
  std::vector<std::uint32_t> first_of_;    ///< per category, and one more: its first product
  Index category_by_id_, product_by_key_, store_by_id_, language_by_tag_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> tags_, sets_;
};

}  // namespace sidedish::compile
