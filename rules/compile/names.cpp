#include "rules/compile/names.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace sidedish::compile {
namespace {

/// Indices 0..n-1, sorted by `less(a, b)`.
template <class Less>
std::vector<std::uint32_t> sorted(std::size_t n, Less less) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), less);
  return order;
}

void normalise(std::vector<std::uint32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

bool holds_in(const model::RestrictedList& list, std::string_view country) {
  return country.empty() || list.countries.empty() ||
         std::find(list.countries.begin(), list.countries.end(), country) != list.countries.end();
}

Names::Names(const model::Pack& given, const model::Catalogue& products)
    : pack(given), catalogue(products) {
  order_categories();
  order_products();
  for (std::uint32_t i = 0; i < pack.languages.size(); ++i) {
    language_by_tag_.emplace(pack.languages[i], i);
  }
  stores_ = sorted(pack.stores.size(), [&](std::uint32_t a, std::uint32_t b) {
    return pack.stores[a].id < pack.stores[b].id;
  });
  for (std::uint32_t i = 0; i < stores_.size(); ++i) {
    store_by_id_.emplace(pack.stores[stores_[i]].id, i);
  }
  for (const model::NamedSet& set : pack.sets) {
    std::vector<std::uint32_t> list;
    for (const auto& key : set.items) {
      if (const auto p = product(key); p != image::kNone) list.push_back(p);
    }
    for (const auto& id : set.categories) {
      if (const auto c = category(id); c != image::kNone) {
        for_each(products_of(c), [&](std::uint32_t p) { list.push_back(p); });
      }
    }
    for (const auto& tag : set.tags) {
      if (const auto it = tags_.find(tag); it != tags_.end()) {
        list.insert(list.end(), it->second.begin(), it->second.end());
      }
    }
    normalise(list);
    sets_.emplace(set.id, std::move(list));
  }
}

// Depth first from the roots with a stack of our own: a chain of categories may be as long as the
// document allows.
void Names::order_categories() {
  const auto& all = catalogue.categories;
  Index by_id;
  for (std::uint32_t i = 0; i < all.size(); ++i) by_id.emplace(all[i].id, i);
  std::vector<std::vector<std::uint32_t>> below(all.size());
  std::vector<std::uint32_t> stack;
  const auto descending =
      sorted(all.size(), [&](std::uint32_t a, std::uint32_t b) { return all[a].id > all[b].id; });
  for (const std::uint32_t i : descending) {
    const std::uint32_t parent = all[i].parent.empty() ? image::kNone : find(by_id, all[i].parent);
    (parent == image::kNone ? stack : below[parent]).push_back(i);
  }
  std::vector<std::uint32_t> open;  // the path from the root to the current category
  while (!stack.empty()) {
    const std::uint32_t i = stack.back();
    if (i == image::kNone) {  // everything below the innermost open category is done
      last_below_[open.back()] = static_cast<std::uint32_t>(categories_.size());
      open.pop_back();
      stack.pop_back();
      continue;
    }
    const auto index = static_cast<std::uint32_t>(categories_.size());
    stack.back() = image::kNone;
    stack.insert(stack.end(), below[i].begin(), below[i].end());
    parents_.push_back(open.empty() ? image::kNone : open.back());
    open.push_back(index);
    categories_.push_back(i);
    last_below_.push_back(index + 1);
    category_by_id_.emplace(all[i].id, index);
  }
}

void Names::order_products() {
  const auto& all = catalogue.products;
  std::vector<std::uint32_t> rank(all.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) rank[i] = category(all[i].category);
  products_ = sorted(all.size(), [&](std::uint32_t a, std::uint32_t b) {
    return rank[a] != rank[b] ? rank[a] < rank[b] : all[a].key < all[b].key;
  });
  first_of_.assign(categories_.size() + 1, 0);
  for (std::uint32_t c = 0, p = 0; c <= categories_.size(); ++c) {
    while (p < products_.size() && rank[products_[p]] < c) ++p;
    first_of_[c] = p;
  }
  for (std::uint32_t i = 0; i < products_.size(); ++i) {
    const model::Product& p = all[products_[i]];
    product_by_key_.emplace(p.key, i);
    for (const auto& alias : p.aliases) product_by_key_.emplace(alias, i);
    for (const auto& tag : p.tags) {
      auto& list = tags_[tag];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
}

Members Names::products_of(std::uint32_t category) const {
  return {true, first_of_[category], first_of_[last_below_[category]], {}};
}

std::vector<std::uint32_t> Names::stores_of(std::string_view group) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < stores_.size(); ++i) {
    const auto& groups = pack.stores[stores_[i]].groups;
    if (std::find(groups.begin(), groups.end(), group) != groups.end()) out.push_back(i);
  }
  return out;
}

const model::Daypart* Names::daypart(const model::Condition& condition) const {
  if (condition.names.empty()) return &condition.daypart;
  const auto it = pack.settings.dayparts.find(condition.names.front());
  return it == pack.settings.dayparts.end() ? nullptr : &it->second;
}

Members Names::members(const model::Select& select, std::vector<std::uint32_t>& own) const {
  if (!select.category.empty()) {
    const std::uint32_t c = category(select.category);
    return c == image::kNone ? Members{} : products_of(c);
  }
  if (!select.tag.empty()) {
    const auto it = tags_.find(select.tag);
    return it == tags_.end() ? Members{} : Members{false, 0, 0, it->second};
  }
  if (!select.set.empty()) {
    const auto it = sets_.find(select.set);
    return it == sets_.end() ? Members{} : Members{false, 0, 0, it->second};
  }
  own.clear();
  for (const auto& key : select.items) {
    if (const auto p = product(key); p != image::kNone) own.push_back(p);
  }
  normalise(own);
  return {false, 0, 0, own};
}

std::vector<std::string> avoid_words(const model::Catalogue& catalogue) {
  std::set<std::string> words;
  for (const auto& product : catalogue.products) {
    if (product.allergens) words.insert(product.allergens->begin(), product.allergens->end());
    for (const auto& diet : product.diets) words.insert(std::string(kDiet) + diet);
  }
  return {words.begin(), words.end()};
}

}  // namespace sidedish::compile
