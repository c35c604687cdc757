#include "rules/compile/lint_rule.hpp"

#include "rules/compile/contradict.hpp"
#include "rules/compile/lint_bundle.hpp"
#include "rules/compile/locale.hpp"
#include "rules/compile/nodes.hpp"
#include "rules/compile/pattern.hpp"
#include "rules/compile/score.hpp"

#include <algorithm>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;
constexpr std::int64_t kDayMs = 86'400'000;
// Beyond these a rule is probably a slip of the pen, and certainly nobody's to understand.
constexpr std::size_t kManyConditions = 64;
constexpr std::size_t kManyOffers = 50;
constexpr int kManyAdds = 500;                // of 1,000
constexpr std::int64_t kManyUnits = 1000;     // of one selection, or in a basket
constexpr std::int64_t kMuchMoney = 100'000;  // major units
constexpr std::int64_t kFarDays = 3653;       // the image's table of times goes no further
constexpr std::int64_t kLeastClusters = 20;   // of an arm, before a lift is shown
constexpr std::int64_t kManyDays = 28;        // until each arm has them
constexpr std::size_t kFewProducts = 20;      // of a catalogue that may be sold whole

std::int64_t major(const model::Pack& pack) {
  std::int64_t out = 1;
  for (unsigned i = 0; i < pack.currency.exponent; ++i) out *= 10;
  return out;
}

std::size_t leaves(const model::Condition& c) {
  if (c.type != Type::all && c.type != Type::any && c.type != Type::none) return 1;
  std::size_t sum = 0;
  for (const auto& child : c.children) sum += leaves(child);
  return sum;
}

/// Capabilities that a host needs to carry out anything of this rule.
std::uint32_t needed(const model::Rule& rule) {
  switch (rule.kind) {
    case Kind::upsell:
      return kCanReplace;
    case Kind::bundle:
      return rule.bundle.worth ? kCanConvert : kCanAdd | kCanConvert;
    case Kind::receipt:
      return 0;
    case Kind::add_on:
    case Kind::also_bought:
      break;
  }
  return kCanAdd;
}

const char* capability_words(std::uint32_t needed) {
  if (needed == kCanReplace) return "no host can replace an item by another";
  if (needed == kCanConvert) return "no host can convert items to a bundle";
  return needed == kCanAdd ? "no host can add an item"
                           : "no host can add items and convert them to a bundle";
}

class RuleLint {
 public:
  RuleLint(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
           Findings& out)
      : scene_(scene), names_(scene.names), rule_(rule), pointer_(pointer), out_(out) {}

  void run() {
    when();
    absurd();
    experiment();
    languages();
    plurals(rule_.text, "/text");
    plurals(rule_.kiosk_text, "/kiosk_text");
    plurals(rule_.complete_text, "/complete_text");
    offers();
    if (rule_.kind == Kind::bundle) lint_bundle(scene_, rule_, pointer_, out_);
    if (const std::uint32_t all = needed(rule_); (scene_.capabilities & all) != all) {
      tell("no-host", "/kind", std::string(capability_words(all)) + ": it never speaks");
    }
  }

 private:
  void tell(std::string_view code, const std::string& pointer, std::string message) {
    out_.add(code, rule_.id, pointer_ + pointer, std::move(message));
  }

  void experiment() {
    const int holdout = rule_.holdout_percent.value_or(names_.pack.settings.holdout_percent);
    if (holdout == 0) {
      tell("no-holdout", "/holdout_percent",
           "without a holdout no lift will ever be shown for this rule");
      if (rule_.unit != Unit::basket && !rule_.cap_customer) {
        tell("idle-unit", "/unit", "without a holdout its unit says nothing");
      }
    } else if (rule_.unit == Unit::store_day) {
      // Where arms are drawn for whole days, each needs kLeastClusters of them.
      const auto a_day =
          static_cast<std::int64_t>(names_.pack.stores.size()) * std::min(holdout, 100 - holdout);
      const std::int64_t wanted = (kLeastClusters * 100 + a_day - 1) / a_day;
      if (wanted > kManyDays) {
        const std::size_t stores = names_.pack.stores.size();
        tell("few-units", "/unit",
             "with " + (stores == 1 ? "one store" : std::to_string(stores) + " stores") +
                 " it takes some " + std::to_string(wanted) + " days until each arm has " +
                 std::to_string(kLeastClusters) + " days of a store: no lift is shown before");
      }
    }
  }

  void when() {
    const auto last = last_day(rule_.when);
    const std::int64_t today = scene_.now / kDayMs;
    // A day's grace: local days begin up to 14 hours before UTC's.
    if (last && (*last + 1) * kDayMs + kDayMs / 2 < scene_.now) {
      tell("over", "/when", "its last day is over");
    } else if (last && *last - today > kFarDays) {
      tell("far-away", "/when", "its last day is more than ten years away");
    }
    contradictions(rule_.when, names_, [this](const std::string& at, std::string what) {
      tell("contradiction", at, std::move(what));
    });
    const Anchor trigger = trigger_of(rule_.when, names_);
    if (trigger.found && trigger.members.size() == 0) {
      tell("never-speaks", "/when", "the products that it waits for are none: it never speaks");
    }
    const std::size_t all = names_.products().size();
    if (rule_.when.type == Type::has && all > kFewProducts &&
        trigger.members.size() * 4 > all * 3) {
      tell("too-wide", "/when",
           "it waits for " + std::to_string(trigger.members.size()) + " of " + std::to_string(all) +
               " products: it speaks in nearly every sale");
    }
  }

  void languages() {
    for (const auto& language : names_.pack.languages) {
      if (!rule_.text.contains(language)) {
        tell("missing-language", "/text",
             "no text in " + language + ": the first language is used there");
      }
      if (!rule_.kiosk_text.empty() && !rule_.kiosk_text.contains(language) &&
          rule_.text.contains(language)) {
        tell("missing-language", "/kiosk_text",
             "no kiosk text in " + language + ": the till's is used there");
      }
      if (!rule_.complete_text.empty() && !rule_.complete_text.contains(language)) {
        tell("missing-language", "/complete_text",
             "no text for complete ones in " + language + ": the first language is used there");
      }
    }
  }

  /// A count without a class that its language has is said in the words of "other".
  void plurals(const model::Texts& texts, const std::string& member) {
    for (const auto& [language, text] : texts) {
      const LocaleData& locale = locale_data(language);
      for (const auto& [ways, name] :
           {std::pair(&text.headline, "/headline"), std::pair(&text.reason, "/reason")}) {
        std::string missing;
        std::string wrong;
        for (const std::string& way : *ways) {
          const auto pattern = parse_pattern(way, wrong);
          if (!pattern) continue;
          for (const Piece& piece : *pattern) {
            if (piece.type == Piece::Type::plural) missing += missing_classes(piece, locale);
          }
        }
        if (missing.empty()) continue;
        tell("missing-plural", member + "/" + escape(language) + name,
             "a count without the plural class" + missing + " of " + language +
                 ": other is said there");
      }
    }
  }
  static std::string missing_classes(const Piece& piece, const LocaleData& locale) {
    std::string out;
    for (std::size_t i = 0; i < kPluralClasses.size(); ++i) {
      const auto cls = static_cast<image::PluralClass>(i);
      const bool there = std::ranges::any_of(
          piece.branches, [&](const Piece::Branch& branch) { return branch.first == cls; });
      if (has_class(locale, cls) && !there) out += " " + std::string(kPluralClasses[i]);
    }
    return out;
  }

  void offers() {
    std::size_t offerable = 0;
    for (std::size_t k = 0; k < rule_.offers.size(); ++k) {
      const std::uint32_t p = names_.product(std::string_view(rule_.offers[k].product));
      if (p != image::kNone && offer(p, at("/offers", k))) ++offerable;
    }
    if (rule_.offers.empty()) return;
    if (offerable == 0)
      tell("never-speaks", "/offers", "none of its offers can be made today: it never speaks");
    if (best_score(names_, rule_) < names_.pack.settings.score_floor * 1'000'000) {
      tell("below-score-floor", "",
           "its best offer is worth less than the score floor: it never speaks");
    }
  }

  bool offer(std::uint32_t index, const std::string& pointer) {
    const model::Product& p = names_.product(index);
    bool good = true;
    const auto never = [&](bool is, const char* why) {
      if (is) tell("never-offered", pointer, p.key + why);
      good = good && !is;
    };
    never(p.stock == Stock::out, " is out of stock");
    never(p.hidden, " is hidden and never offered");
    never(p.restricted, " is restricted and never offered");
    never(scene_.never_offer.contains(index), " is among the settings' never_offer");
    never(scene_.restricted.contains(index), " is on a restricted list in every store");
    if (const auto most = most_total(rule_.when)) {
      const auto allowed = mul_div(*most, names_.pack.settings.spend_jump_percent, 100);
      never(allowed && p.price > *allowed,
            " costs more than a basket of this rule may be asked to grow by: never offered");
    }
    if (gain_of(p, names_.pack) <= 0)
      tell("earns-nothing", pointer, p.key + " earns nothing when it is sold");
    return good;
  }

  void absurd() {
    if (const std::size_t n = leaves(rule_.when); n > kManyConditions) {
      tell("too-many-conditions", "/when",
           "it has " + std::to_string(n) + " conditions: nobody will see why it speaks");
    }
    if (rule_.offers.size() > kManyOffers) {
      tell("too-many", "/offers",
           "it has " + std::to_string(rule_.offers.size()) + " offers: that is a list");
    }
    if (rule_.extra_adds_per_1000 > kManyAdds) {
      tell("unlikely", "/extra_adds_per_1000",
           "it claims that more than every second customer says yes");
    }
    amounts(rule_.when);
  }

  void amounts(const model::Condition& c) {
    for (const auto& child : c.children) amounts(child);
    const auto much = [&](const std::optional<std::int64_t>& bound, std::int64_t most,
                          const std::string& at, const char* what) {
      if (bound && *bound > most) tell("unlikely", at, std::string("it waits for ") + what);
    };
    const std::int64_t money = kMuchMoney * major(names_.pack);
    const char* dear = "more money than a sale is";
    const char* many = "more items than a sale has";
    if (c.type == Type::has) {
      much(c.select.quantity.min, kManyUnits * kOne, c.pointer + "/quantity/min", many);
      much(c.select.value.min, money, c.pointer + "/value/min", dear);
    } else if (c.type == Type::total) {
      much(c.range.min, money, c.pointer + "/min", dear);
    } else if (c.type == Type::lines || c.type == Type::distinct) {
      much(c.range.min, kManyUnits, c.pointer + "/min", many);
    } else if (c.type == Type::items) {
      much(c.range.min, kManyUnits * kOne, c.pointer + "/min", many);
    }
  }

  const LintScene& scene_;
  const Names& names_;
  const model::Rule& rule_;
  const std::string& pointer_;
  Findings& out_;
};

}  // namespace

void lint_rule(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
               Findings& out) {
  RuleLint(scene, rule, pointer, out).run();
}

std::int64_t best_score(const Names& names, const model::Rule& rule) {
  std::int64_t best = INT64_MIN;
  for (const auto& offer : rule.offers) {
    const std::uint32_t p = names.product(std::string_view(offer.product));
    if (p == image::kNone) continue;
    const auto score =
        score_of(prior_ppm_of(rule, offer), gain_of(names.product(p), names.pack), rule.priority);
    best = std::max(best, score.value_or(INT64_MIN));
  }
  return best;
}

}  // namespace sidedish::compile
