#include "rules/base/hash.hpp"
#include "rules/compile/check_parts.hpp"
#include "rules/compile/zone.hpp"

#include <set>
#include <unordered_set>

namespace sidedish::compile {
namespace {

/// Enough for any date a pack is compiled for; errors of a zone file show at once.
constexpr std::int64_t kCheckFrom = 946'684'800;       // 2000-01-01
constexpr std::int64_t kCheckTo = kCheckFrom * 4 + 1;  // 2089

void check_settings(const Names& names, Findings& out) {
  const model::PackSettings& s = names.pack.settings;
  const auto between = [&](std::int64_t value, std::int64_t least, std::int64_t most,
                           const char* name) {
    check_between(value, least, most, "", std::string("/settings/") + name, out);
  };
  between(s.score_floor, 0, kMaxAmount, "score_floor");
  between(s.assumed_margin_percent, 0, 100, "assumed_margin_percent");
  between(s.global_holdout_percent, 0, 50, "global_holdout_percent");
  between(s.holdout_percent, 0, 90, "holdout_percent");
  between(s.cashier_prompts, 0, 4, "prompts_per_sale/cashier");
  between(s.kiosk_prompts, 0, 4, "prompts_per_sale/kiosk");
  between(s.receipt_prompts, 0, 1, "prompts_per_sale/receipt");
  between(s.spend_jump_percent, 1, 1000, "spend_jump_percent");
  between(s.margin_floor_percent, 0, 99, "margin_floor_percent");
  between(s.exploration_percent, 0, 20, "exploration_percent");
  for (std::size_t i = 0; i < s.never_offer.size(); ++i) {
    check_select(names, s.never_offer[i], "", at("/settings/never_offer", i), out);
  }
  if (s.restricted.size() > 64) {
    out.add("too-many", "", "/settings/restricted",
            "expected at most 64 lists, found " + std::to_string(s.restricted.size()));
  }
  for (std::size_t i = 0; i < s.restricted.size(); ++i) {
    if (names.category(s.restricted[i].category) == image::kNone) {
      out.add("no-such-category", "", at("/settings/restricted", i) + "/category",
              "expected a category of the catalogue, found " + s.restricted[i].category);
    }
  }
  for (const auto& [name, part] : s.dayparts) {
    const std::string pointer = "/settings/dayparts/" + escape(name);
    check_between(part.from, 0, 1439, "", pointer + "/from", out);
    check_between(part.to, 0, 1440, "", pointer + "/to", out);
    if (part.from == part.to) {
      out.add("never-begins", "", pointer,
              "expected two different times: this daypart never begins or never ends");
    }
  }
}

void check_stores(const Names& names, const ZoneFile& zones, Findings& out) {
  const auto& stores = names.pack.stores;
  if (stores.empty()) out.add("empty", "", "/stores", "expected at least one store, found none");
  std::unordered_set<std::string_view> ids;
  std::unordered_map<std::string_view, std::string> zone_errors;
  std::set<std::string_view> terminal_groups;
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const model::StoreSpec& store = stores[i];
    const std::string pointer = at("/stores", i);
    if (!ids.insert(store.id).second) {
      out.add("twice", store.id, pointer + "/id",
              "expected ids that are unique, found this one twice");
    }
    if (!store.language.empty() && names.language(store.language) == image::kNone) {
      out.add("no-such-language", store.id, pointer + "/language",
              "expected one of the pack's languages, found " + store.language);
    }
    const auto [it, fresh] = zone_errors.try_emplace(store.time_zone);
    if (fresh) {
      const auto file = zones(store.time_zone);
      if (file.empty()) {
        it->second = "expected an IANA time zone like Europe/Berlin, found " + store.time_zone;
      } else if (const auto zone = local_offsets(file, kCheckFrom, kCheckTo); !zone) {
        it->second =
            "reading the time zone " + store.time_zone + ": " + std::string(zone.error().text());
      }
    }
    if (!it->second.empty()) {
      out.add("no-such-zone", store.id, pointer + "/time_zone", it->second);
    }
    for (const auto& [group, terminals] : store.terminals) terminal_groups.insert(group);
  }
  if (terminal_groups.size() > 64) {
    out.add("too-many", "", "/stores",
            "expected at most 64 terminal groups in all, found " +
                std::to_string(terminal_groups.size()));
  }
}

void check_sets(const Names& names, Findings& out) {
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < names.pack.sets.size(); ++i) {
    const model::NamedSet& set = names.pack.sets[i];
    const std::string pointer = at("/sets", i);
    if (!ids.insert(set.id).second) {
      out.add("twice", set.id, pointer + "/id",
              "expected ids that are unique, found this one twice");
    }
    if (set.items.empty() && set.categories.empty() && set.tags.empty()) {
      out.add("empty", set.id, pointer, "expected items, categories or tags, found none");
    }
    for (std::size_t k = 0; k < set.items.size(); ++k) {
      if (names.product(std::string_view(set.items[k])) == image::kNone) {
        out.add("not-in-catalogue", set.id, at(pointer + "/items", k),
                "expected a product of the catalogue, found " + set.items[k]);
      }
    }
    for (std::size_t k = 0; k < set.categories.size(); ++k) {
      if (names.category(set.categories[k]) == image::kNone) {
        out.add("no-such-category", set.id, at(pointer + "/categories", k),
                "expected a category of the catalogue, found " + set.categories[k]);
      }
    }
    for (std::size_t k = 0; k < set.tags.size(); ++k) {
      if (!names.has_tag(set.tags[k])) {
        out.add("no-such-tag", set.id, at(pointer + "/tags", k),
                "expected a tag of at least one product, found " + set.tags[k]);
      }
    }
  }
}

}  // namespace

void check_head(const Names& names, const ZoneFile& zones, Findings& out) {
  const model::Pack& pack = names.pack;
  if (pack.languages.empty())
    out.add("empty", "", "/languages", "expected at least one language, found none");
  std::unordered_set<std::string_view> languages;
  for (std::size_t i = 0; i < pack.languages.size(); ++i) {
    if (!languages.insert(pack.languages[i]).second) {
      out.add("twice", "", at("/languages", i),
              "expected each language once, found " + pack.languages[i]);
    }
  }
  check_stores(names, zones, out);
  check_settings(names, out);
  check_sets(names, out);
}

std::vector<model::Finding> check(const model::Pack& pack, const model::Catalogue& catalogue,
                                  const ZoneFile& zones) {
  const Names names(pack, catalogue);
  Findings out;
  check_head(names, zones, out);
  check_catalogue(names, out);
  check_rules(names, out);
  return out.take();
}

}  // namespace sidedish::compile
