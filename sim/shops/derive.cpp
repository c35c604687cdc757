#include "sim/shops/derive.hpp"

#include "rules/base/text.hpp"
#include "sim/random/pcg.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace sidedish::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kHeadline = 30;  // characters, as the rule document allows for a till
constexpr std::size_t kReason = 60;

// Lower-case letters, digits and single hyphens, at most `room` of them.
std::string slug(std::string_view text, std::size_t room) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!fine && (out.empty() || out.back() == '-')) continue;
    if (out.size() == room) break;
    out.push_back(fine ? c : '-');
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string unique_slug(std::string_view text, std::size_t room, std::string_view otherwise,
                        std::set<std::string>& taken) {
  std::string base = slug(text, room);
  if (base.empty()) base = otherwise;
  std::string out = base;
  for (int n = 2; !taken.insert(out).second; ++n) {
    const std::string tail = "-" + std::to_string(n);
    out = base.substr(0, room - tail.size()) + tail;
  }
  return out;
}

std::string clean_name(std::string_view name, std::string_view sku, bool& changed) {
  std::string out;
  for (const char c : name) {
    const bool bad = static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '<' || c == '>';
    changed = changed || bad;
    if (bad || c == ' ') {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c);
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.empty()) {
    changed = true;
    out = sku;
  }
  return out;
}

// Which items lie in which baskets, by index; every item at most once in a basket.
struct Evidence {
  std::vector<std::vector<std::uint32_t>> baskets;
  std::vector<std::vector<std::uint32_t>> where;  // item -> baskets
  std::set<std::string> stores;
  std::uint32_t purchases = 0;  // baskets with at least one
  std::uint32_t too_large = 0;
  std::uint64_t unknown_lines = 0;
};

Result<Evidence> collect(ReceiptReader& reader, const Catalogue& catalogue,
                         const DeriveOptions& options) {
  std::map<std::string, std::uint32_t> index;
  for (const auto& p : catalogue.products()) {
    index.emplace(p.key, static_cast<std::uint32_t>(index.size()));
  }
  Evidence out;
  out.where.resize(index.size());
  for (;;) {
    auto receipt = reader.next();
    if (!receipt) return tl::unexpected<Error>(receipt.error());
    if (!*receipt) return out;
    out.stores.insert((*receipt)->store);
    std::vector<std::uint32_t> items;
    for (const auto& line : (*receipt)->lines) {
      if (!is_purchase(**receipt, line)) continue;
      const auto found = index.find(line.product);
      if (found == index.end()) {
        ++out.unknown_lines;
      } else {
        items.push_back(found->second);
      }
    }
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    if (items.empty()) continue;
    ++out.purchases;
    if (items.size() > options.max_items_per_basket) {
      ++out.too_large;
      continue;
    }
    for (const auto i : items)
      out.where[i].push_back(static_cast<std::uint32_t>(out.baskets.size()));
    out.baskets.push_back(std::move(items));
  }
}

struct Candidate {
  std::uint32_t trigger = 0;
  std::uint32_t offer = 0;
  std::uint32_t both = 0;
  std::int64_t surplus = 0;  // both x baskets - trigger baskets x offer baskets; > 0 means lift > 1
};

std::vector<Candidate> find_pairs(const Evidence& evidence, const DeriveOptions& options) {
  std::vector<Candidate> out;
  std::vector<std::uint32_t> together(evidence.where.size());
  const auto all = static_cast<std::int64_t>(evidence.baskets.size());
  for (std::uint32_t a = 0; a < evidence.where.size(); ++a) {
    const auto n_a = static_cast<std::int64_t>(evidence.where[a].size());
    if (evidence.where[a].size() < options.min_baskets) continue;
    std::fill(together.begin(), together.end(), 0U);
    for (const auto basket : evidence.where[a]) {
      for (const auto b : evidence.baskets[basket]) ++together[b];
    }
    for (std::uint32_t b = 0; b < together.size(); ++b) {
      const auto n_b = static_cast<std::int64_t>(evidence.where[b].size());
      // Of the two directions the surer one: the rarer article is the trigger.
      if (b == a || together[b] < options.min_baskets || n_b < n_a || (n_b == n_a && b < a))
        continue;
      const std::int64_t surplus = together[b] * all - n_a * n_b;
      if (surplus <= 0 ||
          together[b] * std::int64_t{1'000'000} < options.min_confidence_ppm * n_a) {
        continue;
      }
      out.push_back({a, b, together[b], surplus});
    }
  }
  std::sort(out.begin(), out.end(), [](const Candidate& x, const Candidate& y) {
    if (x.surplus != y.surplus) return x.surplus > y.surplus;
    return std::pair(x.trigger, x.offer) < std::pair(y.trigger, y.offer);
  });
  return out;
}

Json rule_json(const std::string& id, const Catalogue& catalogue, const Evidence& evidence,
               const std::vector<Candidate>& offers, const DeriveOptions& options) {
  const Product& trigger = catalogue.products()[offers.front().trigger];
  const auto name_of = [&](const Product& p) {
    const auto found = p.name.find(options.language);
    if (found != p.name.end()) return found->second;
    return p.name.empty() ? p.key : p.name.begin()->second;
  };
  const auto all = static_cast<std::int64_t>(evidence.baskets.size());
  Json keys = Json::array();
  Json offer_list = Json::array();
  bool short_names = true;
  for (const auto& offer : offers) {
    const Product& p = catalogue.products()[offer.offer];
    short_names = short_names && count_characters(name_of(p)) + 9 <= kHeadline;
    keys.push_back(p.key);
    // A cautious prior: a quarter of what the pair has beyond chance.
    const auto base = static_cast<std::int64_t>(evidence.where[offer.offer].size()) * 1000 / all;
    const auto sure = std::int64_t{offer.both} * 1000 /
                      static_cast<std::int64_t>(evidence.where[offer.trigger].size());
    offer_list.push_back(
        {{"product", p.key},
         {"extra_adds_per_1000", std::clamp<std::int64_t>((sure - base) / 4, 5, 300)}});
  }
  std::string reason = "Goes well with " + name_of(trigger);
  if (count_characters(reason) > kReason) reason = "Goes well with what is in the basket";
  return {
      {"id", id},
      {"name", "With " + name_of(trigger)},
      {"kind", "add_on"},
      {"when", {{"all", {{{"has", {{"items", {trigger.key}}}}}, {{"lacks", {{"items", keys}}}}}}}},
      {"offers", offer_list},
      {"quantity", "one"},
      {"text",
       {{options.language,
         {{"headline", short_names ? "{offer} as well?" : "Something to go with it?"},
          {"reason", reason}}}}},
      {"extra_adds_per_1000", offer_list[0]["extra_adds_per_1000"]}};
}

}  // namespace

Result<Catalogue> derive_catalogue(const std::vector<Item>& items, const DeriveOptions& options,
                                   std::vector<std::string>& notes) {
  const auto code = currency(options.currency);
  if (!code) return tl::unexpected<Error>(code.error());
  std::int64_t unit = 1;
  for (unsigned i = 0; i < code->exponent; ++i) unit *= 10;
  std::vector<Category> categories;
  std::map<std::string, std::string> category_ids;  // name -> id
  std::set<std::string> taken;
  const auto category = [&](const std::string& name, const std::string& parent) {
    const auto known = category_ids.find(name);
    if (known != category_ids.end()) return known->second;
    bool changed = false;
    Category c;
    c.id = unique_slug(name, 48, "other", taken);
    c.name[options.language] = clean_name(name, "Other", changed);
    c.parent = parent;
    categories.push_back(c);
    category_ids.emplace(name, c.id);
    return c.id;
  };
  std::vector<Product> products;
  std::size_t unpriced = 0;
  std::size_t renamed = 0;
  for (const auto& item : items) {
    Product& p = products.emplace_back();
    p.key = "sku:" + item.sku;
    bool changed = false;
    p.name[options.language] = clean_name(item.name, item.sku, changed);
    renamed += changed ? 1U : 0U;
    std::string parent;
    if (!item.parent_category.empty() && item.parent_category != item.category) {
      parent = category(item.parent_category, "");
    }
    p.category = category(item.category, parent);
    Pcg dice = pcg_for(options.seed, p.key);
    if (item.list_price) {
      p.price = *item.list_price;
    } else {
      ++unpriced;
      p.price = std::max<std::int64_t>(dice.between(2, 12) * unit / 2 - unit / 20, 1);
    }
    const auto cost = mul_div(p.price, dice.between(35, 65), 100);
    p.cost = cost ? *cost : p.price;
    p.tax_class = "standard";
  }
  if (unpriced > 0) {
    notes.push_back(std::to_string(unpriced) + " of " + std::to_string(items.size()) +
                    " products have no price in the data: theirs are invented, seeded, " +
                    money_text(unit - unit / 20, code->exponent) + " to " +
                    money_text(6 * unit - unit / 20, code->exponent) + " " +
                    std::string(code->text()));
  }
  notes.push_back("all costs are invented: seeded, 35 to 65 % of the price");
  if (renamed > 0) {
    notes.push_back(std::to_string(renamed) +
                    " product names were empty or held markup or control characters: cleaned");
  }
  return Catalogue::make(*code, std::move(categories), std::move(products));
}

Result<DerivedShop> derive_shop(const std::filesystem::path& folder, const DeriveOptions& options) {
  const auto code = currency(options.currency);
  if (!code) return tl::unexpected<Error>(code.error());
  ReceiptOptions receipt_options;
  receipt_options.exponent = code->exponent;
  auto reader = ReceiptReader::open(folder, receipt_options);
  if (!reader) return tl::unexpected<Error>(reader.error());
  std::vector<std::string> notes;
  auto catalogue = reader->items().empty() ? Catalogue::load(folder / "catalogue.json")
                                           : derive_catalogue(reader->items(), options, notes);
  if (!catalogue) return tl::unexpected<Error>(catalogue.error());
  const auto evidence = collect(*reader, *catalogue, options);
  if (!evidence) return tl::unexpected<Error>(evidence.error());

  const auto pairs = find_pairs(*evidence, options);
  std::vector<std::vector<Candidate>> chosen;
  std::map<std::uint32_t, std::size_t> rule_of;  // trigger -> place in chosen
  for (const auto& pair : pairs) {
    const auto known = rule_of.find(pair.trigger);
    if (known == rule_of.end()) {
      if (chosen.size() == options.max_rules) continue;
      rule_of.emplace(pair.trigger, chosen.size());
      chosen.push_back({pair});
    } else if (chosen[known->second].size() < options.max_offers) {
      chosen[known->second].push_back(pair);
    }
  }

  std::set<std::string> taken;
  Json stores = Json::array();
  std::map<std::string, std::string> store_ids;
  for (const auto& store : evidence->stores) {
    bool changed = false;
    const std::string id = unique_slug(store, 48, store.empty() ? "main" : "store", taken);
    stores.push_back({{"id", id},
                      {"name", clean_name(store, "Main shop", changed)},
                      {"time_zone", options.time_zone}});
    store_ids.emplace(store, id);
  }
  taken.clear();
  Json rules = Json::array();
  std::vector<PairCount> used;
  for (const auto& offers : chosen) {
    const Product& trigger = catalogue->products()[offers.front().trigger];
    const std::string id = unique_slug("with-" + trigger.key.substr(4), 48, "with", taken);
    rules.push_back(rule_json(id, *catalogue, *evidence, offers, options));
    for (const auto& o : offers) {
      used.push_back({trigger.key, catalogue->products()[o.offer].key, o.both,
                      static_cast<std::uint32_t>(evidence->where[o.trigger].size()),
                      static_cast<std::uint32_t>(evidence->where[o.offer].size())});
    }
  }
  const Json doc = {{"format", "sidedish-rules/1"},
                    {"pack",
                     {{"id", "derived"},
                      {"version", 1},
                      {"note", "pairs found in the receipts, nobody approved them"}}},
                    {"currency", options.currency},
                    {"prices_include_tax", true},
                    {"languages", {options.language}},
                    {"stores", stores},
                    {"settings",
                     {{"objective", "margin"},
                      {"score_floor", money_text(code->exponent >= 2 ? 1 : 0, code->exponent)},
                      {"assumed_margin_percent", 40},
                      {"global_holdout_percent", 5},
                      {"holdout_percent", 50},
                      {"prompts_per_sale", {{"cashier", 1}, {"kiosk", 3}}},
                      {"spend_jump_percent", 100}}},
                    {"rules", rules}};
  if (evidence->too_large > 0) {
    notes.push_back(std::to_string(evidence->too_large) + " baskets of more than " +
                    std::to_string(options.max_items_per_basket) +
                    " products were no evidence for pairs");
  }
  if (evidence->unknown_lines > 0) {
    notes.push_back(std::to_string(evidence->unknown_lines) +
                    " lines name a product that the list of items doesn't have");
  }
  notes.push_back(std::to_string(rules.size()) + " rules from pairs bought together in at least " +
                  std::to_string(options.min_baskets) +
                  " baskets and more often than chance; priors are a quarter of the surplus");
  return DerivedShop{std::move(*catalogue), doc.dump(1) + "\n",  std::move(store_ids),
                     std::move(used),       evidence->purchases, std::move(notes)};
}

}  // namespace sidedish::sim
