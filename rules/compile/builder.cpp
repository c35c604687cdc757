#include "rules/compile/builder.hpp"

#include "rules/base/hash.hpp"
#include "rules/compile/locale.hpp"
#include "rules/compile/stable.hpp"
#include "rules/compile/zone.hpp"

#include <algorithm>
#include <set>

namespace sidedish::compile {
namespace {

std::vector<std::string_view> distinct(const std::set<std::string_view>& names) {
  return {names.begin(), names.end()};
}

std::uint32_t position(const std::vector<std::string_view>& sorted, std::string_view name) {
  return static_cast<std::uint32_t>(std::lower_bound(sorted.begin(), sorted.end(), name) -
                                    sorted.begin());
}

template <class T>
std::uint32_t count_of(const std::vector<T>& table) {
  return static_cast<std::uint32_t>(table.size());
}

void collect_facts(const model::Condition& c, std::set<std::string_view>& out) {
  if (c.type == model::Condition::Type::fact) out.insert(c.fact);
  for (const auto& child : c.children) collect_facts(child, out);
}

}  // namespace

std::vector<model::Finding> Builder::build() {
  std::set<std::string_view> facts_seen, taxes_seen, terminals_seen;
  for (const auto& rule : names_.pack.rules) collect_facts(rule.when, facts_seen);
  for (const auto& product : names_.catalogue.products) {
    if (!product.tax_class.empty()) taxes_seen.insert(product.tax_class);
  }
  for (const auto& store : names_.pack.stores) {
    for (const auto& [group, terminals] : store.terminals) terminals_seen.insert(group);
  }
  fact_names_ = distinct(facts_seen);
  tax_classes_ = distinct(taxes_seen);
  terminal_groups_ = distinct(terminals_seen);

  settings();
  for (const auto& language : names_.pack.languages) {
    out_.languages.push_back(out_.text.intern(language));
  }
  locales();
  stores();
  categories();
  avoid_ = avoid_words(names_.catalogue);
  for (const auto& word : avoid_) out_.avoid.push_back({out_.text.intern(word), 0});
  products();
  keys();
  facts();
  rules();
  sets();
  postings();
  if (const auto& text = out_.text.refused()) {
    errors_.push_back({"", "", "expected UTF-8 text of at most 65,535 bytes, found: " + *text});
  }
  return std::move(errors_);
}

void Builder::settings() {
  const model::Pack& pack = names_.pack;
  const model::PackSettings& from = pack.settings;
  image::Settings& s = out_.settings;
  std::copy(std::begin(pack.currency.code), std::end(pack.currency.code), std::begin(s.currency));
  s.exponent = pack.currency.exponent;
  s.prices_include_tax = pack.prices_include_tax ? 1 : 0;
  s.objective = static_cast<image::Objective>(from.objective);
  s.exploration_permille = static_cast<std::uint16_t>(from.exploration_percent * 10);
  s.receipt_prompts = static_cast<std::uint8_t>(from.receipt_prompts);
  s.cashier_prompts = static_cast<std::uint8_t>(from.cashier_prompts);
  s.kiosk_prompts = static_cast<std::uint8_t>(from.kiosk_prompts);
  s.global_holdout_permille = static_cast<std::uint16_t>(from.global_holdout_percent * 10);
  s.spend_jump_permille = static_cast<std::uint16_t>(from.spend_jump_percent * 10);
  s.margin_floor_permille = static_cast<std::uint16_t>(from.margin_floor_percent * 10);
  s.assumed_margin_permille = static_cast<std::uint16_t>(from.assumed_margin_percent * 10);
  s.pack_id = out_.text.intern(pack.id);
  s.pack_version = pack.version;
  s.salt = hash64(pack.id);
  s.score_floor = from.score_floor * 1'000'000;
  s.time_begin = options_.time_begin;
  s.time_end = options_.time_begin + kTenYearsMs;
}

void Builder::locales() {
  for (const auto& tag : names_.pack.languages) {
    const LocaleData& data = locale_data(tag);
    const Affixes around = affixes(names_.pack.currency, tag);
    image::Locale row{};
    row.decimal = out_.text.intern(decimal_of(tag));
    row.group = out_.text.intern(group_of(tag));
    row.before = out_.text.intern(around.before);
    row.after = out_.text.intern(around.after);
    row.zero = zero_of(tag);
    row.plurals = static_cast<std::uint32_t>(out_.plurals.size());
    const auto clauses = plural_clauses(data);
    out_.plurals.insert(out_.plurals.end(), clauses.begin(), clauses.end());
    row.plural_count = static_cast<std::uint16_t>(clauses.size());
    row.group_from = static_cast<std::uint8_t>(data.group_from);
    row.flags = data.right_to_left ? std::uint8_t{image::kRightToLeft} : std::uint8_t{0};
    out_.locales.push_back(row);
  }
}

void Builder::stores() {
  for (const std::uint32_t i : names_.stores()) {
    const model::StoreSpec& from = names_.pack.stores[i];
    image::Store row{};
    row.id = out_.text.intern(from.id);
    row.stable = stable_id(from.id);
    row.name = out_.text.intern(from.name);
    row.language = from.language.empty() ? 0 : names_.language(from.language);
    const auto& lists = names_.pack.settings.restricted;
    for (std::size_t l = 0; l < lists.size(); ++l) {
      if (holds_in(lists[l], from.country)) row.restricted |= std::uint64_t{1} << l;
    }
    row.offsets = count_of(out_.offsets);
    // Whole seconds outwards, so that the table covers the milliseconds at both ends.
    const auto zone = local_offsets(zones_(from.time_zone), options_.time_begin / 1000,
                                    options_.time_begin / 1000 + kTenYearsMs / 1000 + 1);
    if (!zone) {
      errors_.push_back({from.id, "/stores/" + std::to_string(i) + "/time_zone",
                         "reading the time zone: " + std::string(zone.error().text())});
      continue;
    }
    for (const LocalOffset& offset : *zone) {
      const bool first = out_.offsets.size() == row.offsets;
      const UtcMs at = first ? options_.time_begin : offset.from * 1000;
      if (at < out_.settings.time_end) out_.offsets.push_back({at, offset.seconds, 0});
    }
    row.offset_count = count_of(out_.offsets) - row.offsets;

    std::map<std::string_view, std::uint64_t> terminals;
    for (const auto& [group, ids] : from.terminals) {
      for (const auto& id : ids) terminals[id] |= 1ULL << position(terminal_groups_, group);
    }
    row.terminals = count_of(out_.terminals);
    row.terminal_count = static_cast<std::uint32_t>(terminals.size());
    for (const auto& [id, groups] : terminals) {
      out_.terminals.push_back({out_.text.intern(id), stable_id(id), groups});
    }
    out_.stores.push_back(row);
  }
}

void Builder::categories() {
  for (std::uint32_t c = 0; c < names_.categories().size(); ++c) {
    const Members all = names_.products_of(c);
    out_.categories.push_back(
        {out_.text.intern(names_.catalogue.categories[names_.categories()[c]].id), names_.parent(c),
         all.first, all.end});
  }
}

// What it has that is an allergen, and each diet that it is not said to suit.
std::uint64_t Builder::avoided(const model::Product& product) const {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < avoid_.size(); ++i) {
    const std::string_view word = avoid_[i];
    const bool diet = word.starts_with(kDiet);
    const auto& list = diet ? product.diets : *product.allergens;
    const bool there =
        std::find(list.begin(), list.end(), diet ? word.substr(kDiet.size()) : word) != list.end();
    if (there != diet) bits |= std::uint64_t{1} << i;
  }
  return bits;
}

void Builder::products() {
  std::vector<bool> never(names_.products().size());
  for (const model::Select& select : names_.pack.settings.never_offer) {
    std::vector<std::uint32_t> own;
    for_each(names_.members(select, own), [&](std::uint32_t p) { never[p] = true; });
  }
  const auto& lists = names_.pack.settings.restricted;
  std::vector<std::uint64_t> restricted(names_.products().size());
  for (std::size_t l = 0; l < lists.size(); ++l) {
    for_each(names_.products_of(names_.category(lists[l].category)),
             [&](std::uint32_t p) { restricted[p] |= std::uint64_t{1} << l; });
  }
  std::vector<std::string_view> keys;
  for (const std::uint32_t i : names_.products()) {
    keys.push_back(names_.catalogue.products[i].key);
  }
  const std::vector<std::uint32_t> stable = stable_ids(keys);
  for (std::uint32_t i = 0; i < names_.products().size(); ++i) {
    const model::Product& from = names_.product(i);
    image::Product row{};
    row.restricted = restricted[i];
    row.price = from.price;
    row.cost = from.cost.value_or(0);
    unsigned flags = static_cast<unsigned>(from.stock) << image::kStockShift;
    if (from.cost) flags |= image::kHasCost;
    if (from.hidden || never[i]) flags |= image::kHidden;
    if (from.restricted) flags |= image::kRestricted;
    if (from.allergens) {
      flags |= image::kAllergensKnown;
      row.avoided = avoided(from);
    }
    row.flags = static_cast<std::uint16_t>(flags);
    row.key = out_.text.intern(from.key);
    row.key_id = stable_id(from.key);
    row.stable = stable[i];
    row.category = names_.category(from.category);
    row.tax_class = static_cast<std::uint16_t>(
        from.tax_class.empty() ? 0 : position(tax_classes_, from.tax_class) + 1);
    std::vector<std::uint32_t> list;
    for (const auto& language : names_.pack.languages) {
      list.push_back(out_.text.intern(name_in(from, names_.pack, language)));
    }
    if (const auto& [small, large] = from.pictures; !small.empty() || !large.empty()) {
      row.flags = static_cast<std::uint16_t>(row.flags | image::kHasPictures);
      list.push_back(out_.text.intern(small));
      list.push_back(out_.text.intern(large));
    }
    row.names = indices(list);
    std::set<std::uint32_t> substitutes;
    for (const auto& key : from.substitutes)
      substitutes.insert(names_.product(std::string_view(key)));
    list.assign(substitutes.begin(), substitutes.end());
    row.substitutes = indices(list);
    row.substitute_count = static_cast<std::uint16_t>(list.size());
    out_.products.push_back(row);
  }
}

// Every key once: primary key first, then the aliases by text; the slots by linear probing.
void Builder::keys() {
  for (std::uint32_t i = 0; i < names_.products().size(); ++i) {
    const model::Product& from = names_.product(i);
    const std::set<std::string_view> aliases(from.aliases.begin(), from.aliases.end());
    out_.keys.push_back({out_.text.intern(from.key), i, hash64(from.key)});
    for (const auto& alias : aliases) {
      if (alias != from.key) out_.keys.push_back({out_.text.intern(alias), i, hash64(alias)});
    }
  }
  std::size_t slots = 2;
  while (slots < out_.keys.size() * 2) slots *= 2;
  out_.key_slots.assign(slots, 0);
  for (std::uint32_t i = 0; i < out_.keys.size(); ++i) {
    std::size_t slot = out_.keys[i].hash & (slots - 1);
    while (out_.key_slots[slot] != 0) slot = (slot + 1) & (slots - 1);
    out_.key_slots[slot] = i + 1;
  }
}

void Builder::facts() {
  for (const auto name : fact_names_) {
    out_.facts.push_back({out_.text.intern(name), stable_id(name)});
  }
}

std::uint32_t Builder::indices(std::span<const std::uint32_t> values) {
  const std::uint32_t first = out_.index_count();
  out_.indices.insert(out_.indices.end(), values.begin(), values.end());
  return first;
}

std::uint64_t Builder::terminal_bits(const std::vector<std::string>& groups) const {
  std::uint64_t bits = 0;
  for (const auto& group : groups) bits |= 1ULL << position(terminal_groups_, group);
  return bits;
}

void Builder::sets() {
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    const Members set = pool_[i];
    if (set.range || set.size() == 1) {  // one product is a range too
      const std::uint32_t first = set.range ? set.first : set.list.front();
      out_.sets.push_back({first, set.range ? set.end : first + 1});
    } else if (set.list.empty()) {
      out_.sets.push_back({0, 0});
    } else {
      const auto count = static_cast<std::uint32_t>(set.list.size());
      out_.sets.push_back({indices(set.list), image::kListed | count});
    }
  }
}

void Builder::postings() {
  const std::size_t products = out_.products.size();
  std::vector<std::vector<std::uint32_t>> groups_of(products);
  std::vector<std::uint32_t> groups_at(products, image::kNone);
  for (std::uint32_t g = 0; g < groups_.size(); ++g) {
    for_each(groups_[g], [&](std::uint32_t p) { groups_of[p].push_back(g); });
  }
  for (std::size_t p = 0; p < products; ++p) {
    if (groups_of[p].size() > UINT16_MAX) {
      errors_.push_back({names_.product(static_cast<std::uint32_t>(p)).key, "",
                         "expected at most 65,535 anchor groups with this product, found " +
                             std::to_string(groups_of[p].size())});
      continue;
    }
    if (groups_of[p].empty()) continue;
    // Neighbours mostly belong to the same groups: they share the list.
    if (p > 0 && groups_of[p] == groups_of[p - 1]) {
      groups_at[p] = groups_at[p - 1];
      continue;
    }
    const auto count = count_of(groups_of[p]);
    groups_at[p] = indices({&count, 1});
    indices(groups_of[p]);
  }
  by_product_.resize(products);
  by_group_.resize(groups_.size());
  const auto add = [&](const std::vector<std::uint32_t>& rules, std::uint32_t groups) {
    out_.postings.push_back(
        {rules.empty() ? image::kNone : rules.front(), indices(rules), count_of(rules), groups});
  };
  for (std::size_t p = 0; p < products; ++p) add(by_product_[p], groups_at[p]);
  for (const auto& rules : by_group_) add(rules, image::kNone);
  add(context_, image::kNone);
  out_.settings.groups = static_cast<std::uint32_t>(groups_.size());
  out_.settings.context_rules = static_cast<std::uint32_t>(products + groups_.size());
}

}  // namespace sidedish::compile
