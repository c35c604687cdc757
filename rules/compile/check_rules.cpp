#include "rules/base/text.hpp"
#include "rules/compile/bundles.hpp"
#include "rules/compile/check_parts.hpp"
#include "rules/compile/contradict.hpp"
#include "rules/compile/nodes.hpp"
#include "rules/compile/pairs.hpp"
#include "rules/compile/score.hpp"
#include "rules/compile/texts.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;

/// One rule: its conditions, offers and texts.
class RuleCheck {
 public:
  RuleCheck(const Names& names, const model::Rule& rule, std::string pointer, Findings& out)
      : names_(names), rule_(rule), pointer_(std::move(pointer)), out_(out) {}

  void run() {
    numbers();
    const bool needs_when = rule_.kind == Kind::add_on || rule_.kind == Kind::receipt;
    if (needs_when || !is_always(rule_.when)) condition(rule_.when);
    kind();
    shape();
    offers();
    texts();
  }

 private:
  void add(std::string_view code, const std::string& pointer, std::string message) {
    out_.add(code, rule_.id, pointer_ + pointer, std::move(message));
  }

  void numbers() {
    const auto between = [&](int value, int least, int most, const char* name) {
      check_between(value, least, most, rule_.id, pointer_ + name, out_);
    };
    if (rule_.kind > Kind::receipt)
      add("unknown-kind", "/kind", "expected a kind of rule that there is");
    if (rule_.spend_jump_percent) {
      between(*rule_.spend_jump_percent, 1, 1000, "/spend_jump_percent");
    }
    between(rule_.extra_adds_per_1000, 0, 1000, "/extra_adds_per_1000");
    between(rule_.priority, 1, 100, "/priority");
    if (rule_.holdout_percent) between(*rule_.holdout_percent, 0, 90, "/holdout_percent");
    between(rule_.cap_lane_day, 0, UINT16_MAX, "/caps/lane_day");
    between(rule_.cap_shift, 0, UINT16_MAX, "/caps/shift");
    if (rule_.unit > Unit::store_day) add("unknown-unit", "/unit", "expected a unit that there is");
    if (!rule_.cap_customer) return;
    between(rule_.cap_customer->prompts, 1, UINT8_MAX, "/caps/customer/prompts");
    between(rule_.cap_customer->days, 1, image::kMostCustomerDays, "/caps/customer/days");
    if (rule_.unit != Unit::customer) {
      add("cap-without-unit", "/caps/customer",
          "expected unit customer: with other units a cap per customer would thin out one arm");
    }
  }

  void range(const model::Range& r, const std::string& pointer, const char* what) {
    check_range(r, rule_.id, pointer_ + pointer, what, out_);
  }

  void select(const model::Select& s, const std::string& place) {
    check_select(names_, s, rule_.id, pointer_ + place, out_);
  }

  void kind() {
    if (rule_.kind == Kind::upsell) {
      select(rule_.from, "/swap/from");
      check_swap(names_, rule_, pointer_, out_);
    }
    if (rule_.kind == Kind::also_bought) check_pairs(names_, rule_, pointer_, out_);
    if (rule_.kind == Kind::receipt) anywhere(rule_.when);
    if (rule_.kind == Kind::bundle) {
      for (std::size_t i = 0; i < rule_.bundle.slots.size(); ++i) {
        select(rule_.bundle.slots[i].choose, at("/bundle/slots", i) + "/choose");
      }
      check_bundle(names_, rule_, pointer_, out_);
    }
  }

  void anywhere(const model::Condition& c) {
    if (c.type == Type::channel || c.type == Type::moment) {
      add("receipt-anywhere", c.pointer,
          "expected no channel and no moment: a rule of kind receipt speaks there alone");
    }
    for (const auto& child : c.children) anywhere(child);
  }

  template <class Known>
  void named(const model::Condition& c, std::string_view code, const char* what, Known known) {
    if (c.names.empty()) add("empty", c.pointer, std::string("expected ") + what + ", found none");
    for (std::size_t k = 0; k < c.names.size(); ++k) {
      if (!known(c.names[k])) {
        add(code, at(c.pointer, k), std::string("expected ") + what + ", found " + c.names[k]);
      }
    }
  }

  bool terminal_group(std::string_view group) const {
    return std::ranges::any_of(names_.pack.stores, [&](const model::StoreSpec& store) {
      return store.terminals.contains(std::string(group));
    });
  }

  void daypart(const model::Condition& c) {
    const model::Daypart* part = names_.daypart(c);
    if (part == nullptr) {
      add("no-such-daypart", c.pointer,
          "expected a daypart of the settings, found " + c.names.front());
    } else if (c.names.empty()) {
      check_between(part->from, 0, 1439, rule_.id, pointer_ + c.pointer + "/from", out_);
      check_between(part->to, 0, 1440, rule_.id, pointer_ + c.pointer + "/to", out_);
      if (part->from == part->to) add("never-begins", c.pointer, "expected two different times");
    }
  }

  void condition(const model::Condition& c) {
    switch (c.type) {
      case Type::all:
      case Type::any:
      case Type::none:
        if (c.children.empty())
          add("empty", c.pointer, "expected at least one condition, found none");
        for (const auto& child : c.children) condition(child);
        break;
      case Type::has:
      case Type::lacks:
        select(c.select, c.pointer);
        break;
      case Type::total:
      case Type::lines:
      case Type::distinct:
      case Type::items:
        range(c.range, c.pointer, "bounds");
        break;
      case Type::dates:
        range(c.range, c.pointer, "dates");
        break;
      case Type::daypart:
        daypart(c);
        break;
      case Type::weekday:
      case Type::channel:
      case Type::moment:
        if (c.bits == 0) add("empty", c.pointer, "expected at least one, found none");
        break;
      case Type::store:
        named(c, "no-such-store", "a store of this document",
              [&](const std::string& n) { return names_.store(n) != image::kNone; });
        break;
      case Type::store_group:
        named(c, "no-such-group", "a group of at least one store",
              [&](const std::string& n) { return !names_.stores_of(n).empty(); });
        break;
      case Type::terminal_group:
        named(c, "no-such-group", "a terminal group of a store",
              [&](const std::string& n) { return terminal_group(n); });
        break;
      case Type::segment:
        if (c.names.empty()) add("empty", c.pointer, "expected at least one segment, found none");
        break;
      case Type::first_visit:
        if (c.bits != 1 && c.bits != 2) add("wrong-type", c.pointer, "expected true or false");
        break;
      case Type::stock:
        if (c.bits == 0 || c.bits > 3) add("out-of-range", c.pointer, "expected in, low or both");
        break;
      case Type::bought:
      case Type::not_bought:
        select(c.select, c.pointer);
        check_between<std::int64_t>(
            c.range.max.value_or(0), 1, 3650, rule_.id,
            pointer_ + c.pointer + (c.type == Type::bought ? "/within_days" : "/for_days"), out_);
        break;
      case Type::fact:
        range(c.range, c.pointer, "a number");
        if (c.names.empty() && !c.range.min && !c.range.max) {
          add("empty", c.pointer, "expected is, min or max beside the name, found none");
        }
        break;
    }
  }

  /// What only the tree as a whole can be.
  void shape() {
    const model::Condition when = condition_of(rule_);
    const std::vector<NodePlan> plan = plan_nodes(when);
    if (plan.size() > image::kMaxNodes || stack_needed(plan) > image::kMaxStack) {
      add("too-many-conditions", "/when",
          "expected at most " + std::to_string(image::kMaxNodes) + " conditions, nested " +
              "at most " + std::to_string(image::kMaxStack) + " deep, found " +
              std::to_string(plan.size()));
    }
    if (reach_of(rule_.when).channels == 0) {
      add("never-speaks", "/when",
          "expected a channel and a moment that fit together, found none: it never speaks");
    } else if (reach_of(rule_).channels == 0) {
      add("never-speaks", "/when",
          rule_.kind == Kind::bundle
              ? "expected moment basket or checkout: no part of a bundle is in the basket "
                "while its page is looked at"
              : "expected moment basket or checkout: what is looked at is not in the "
                "basket, there is nothing to swap");
    }
    if (rule_.quantity == model::QuantityPolicy::per_trigger && !trigger_of(rule_, names_).found) {
      add("nothing-to-count", "/quantity",
          "expected a has condition that per_trigger can count, found none");
    }
  }

  void offers() {
    if (rule_.kind == Kind::bundle) {
      if (!rule_.offers.empty())
        add("not-in-this-kind", "/offers", "expected none: a bundle offers what it lacks");
      return;
    }
    if (rule_.offers.empty()) {
      add("too-few", rule_.kind == Kind::also_bought ? "/pairs" : "/offers",
          "expected at least one, found none");
    }
    if (rule_.offers.size() > UINT16_MAX)
      add("too-many", "/offers", "expected at most 65,535 offers");
    const Anchor anchor = anchor_of(rule_, names_);
    const bool pairs = rule_.kind == Kind::also_bought;
    std::unordered_set<std::uint32_t> seen;
    for (std::size_t k = 0; k < rule_.offers.size(); ++k) {
      const model::OfferSpec& offer = rule_.offers[k];
      const std::string pointer = at(pairs ? "/pairs" : "/offers", k);
      const std::uint32_t product = names_.product(std::string_view(offer.product));
      if (product == image::kNone) {
        add("not-in-catalogue", pointer + "/product",
            "expected a product of the catalogue, found " + offer.product);
        continue;
      }
      if (!pairs && !seen.insert(product).second) {
        add("twice", pointer + "/product",
            "expected each product once, found " + offer.product + " again");
      }
      if (offer.extra_adds_per_1000) {
        check_between(*offer.extra_adds_per_1000, 0, 1000, rule_.id,
                      pointer_ + pointer + "/extra_adds_per_1000", out_);
      }
      if (rule_.kind == Kind::add_on && anchor.found && anchor.members.size() == 1) {
        bool same = false;
        for_each(anchor.members, [&](std::uint32_t p) { same = p == product; });
        if (same) {
          add("offer-is-trigger", pointer + "/product",
              "expected something else than the only product that triggers "
              "the rule: it is never offered when it is there, found " +
                  offer.product);
        }
      }
      if (offer.evidence && (offer.evidence->baskets < 1 || offer.evidence->with_it < 0 ||
                             offer.evidence->with_it > offer.evidence->baskets)) {
        add("out-of-range", pointer + "/evidence", "expected 0 <= with_it <= baskets");
      }
      if (!score_of(prior_ppm_of(rule_, offer), gain_of(names_.product(product), names_.pack),
                    rule_.priority)) {
        add("too-large", pointer, "expected a price whose score fits 64 bits");
      }
    }
  }

  /// What this kind of rule can never fill in.
  const char* useless(SlotName slot) const {
    const bool upsell = rule_.kind == Kind::upsell;
    if ((slot == SlotName::more || slot == SlotName::from) && !upsell) {
      return "expected {more} and {from} in an upsell only";
    }
    if (slot == SlotName::saving && rule_.kind != Kind::bundle) {
      return "expected {saving} in a bundle only";
    }
    if (slot == SlotName::until && !last_day(rule_.when)) {
      return "expected conditions whose dates end, for {until}";
    }
    const auto counted = [this](const model::OfferSpec& offer) {
      return evidence_of(rule_, offer).has_value();
    };
    if (slot == SlotName::share && std::ranges::none_of(rule_.offers, counted)) {
      return rule_.kind == Kind::also_bought
                 ? "expected the day on which its pairs were counted, for {share}"
                 : "expected an offer with evidence, for {share}";
    }
    return nullptr;
  }

  void way(const std::string& text, const std::string& pointer, bool must_stay) {
    if (!valid_utf8(text) || has_control(text) || has_direction(text) ||
        text.find_first_of("<>") != std::string::npos) {
      add("not-plain", pointer,
          "expected plain text without markup (<, >), control characters and marks of "
          "direction");
    }
    std::string wrong;
    const auto pattern = parse_pattern(text, wrong);
    if (!pattern) {
      add("bad-slot", pointer,
          "expected slots like {offer} and {left, plural, one {...} other {...}}, found " + wrong);
      return;
    }
    each_slot(*pattern, [&](SlotName slot) {
      if (const char* why = useless(slot)) add("useless-slot", pointer, why);
      if (must_stay && may_vanish(slot)) {
        add("headline-may-vanish", pointer,
            "expected a last headline that can always be said, without {left}, {share}, "
            "{until} and {from}");
        must_stay = false;
      }
    });
  }

  void ways(const model::Ways& all, const std::string& pointer, bool must_stay) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      way(all[i], all.size() == 1 ? pointer : at(pointer, i), must_stay && i + 1 == all.size());
    }
  }

  void written(const model::Texts& texts, const std::string& member) {
    for (const auto& [language, text] : texts) {
      const std::string pointer = "/" + member + "/" + escape(language);
      if (!names_.pack.languages.empty() && names_.language(language) == image::kNone) {
        add("no-such-language", pointer,
            "expected one of the pack's languages, found " + language +
                ": nobody would ever see it");
      }
      if (text.headline.empty())
        add("empty", pointer + "/headline", "expected a headline, found none");
      ways(text.headline, pointer + "/headline", true);
      ways(text.reason, pointer + "/reason", false);
    }
  }

  void fits(const model::Ways& all, const Backing& backing, std::size_t limit, Surface surface,
            const std::string& pointer) {
    std::string wrong;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto pattern = parse_pattern(all[i], wrong);
      const std::size_t length = pattern ? widest(*pattern, backing) : 0;
      const std::string place = all.size() == 1 ? pointer : at(pointer, i);
      // One finding per text and surface is enough, however many offers and languages come to it.
      if (length <= limit || !told_.insert({place, surface}).second) continue;
      add("too-long", place,
          std::string("expected at most ") + std::to_string(limit) + " characters " +
              (surface == Surface::kiosk ? "at a kiosk" : "at a till") + " in " +
              std::string(backing.tag) + " with the longest values, found " +
              std::to_string(length) + ": " + all[i] + ", offering " + std::string(backing.offer));
    }
  }

  void texts() {
    written(rule_.text, "text");
    written(rule_.kiosk_text, "kiosk_text");
    written(rule_.complete_text, "complete_text");
    if (names_.pack.languages.empty()) return;
    const std::string& first = names_.pack.languages.front();
    if (!rule_.text.contains(first)) {
      add("missing-language", "/text",
          "expected a text in the pack's first language " + first + ", found none");
    }
    if (!rule_.complete_text.empty() && !rule_.complete_text.contains(first)) {
      add("missing-language", "/complete_text",
          "expected a text in the pack's first language " + first + ", found none");
    }
    lengths(offered_products(names_, rule_), false);
    const std::uint32_t label =
        rule_.kind == Kind::bundle ? label_product(names_, rule_.bundle) : image::kNone;
    if (label != image::kNone) lengths({label}, true);
  }

  void lengths(const std::vector<std::uint32_t>& offered, bool conversion) {
    for (const auto& language : names_.pack.languages) {
      for (const Surface surface : kSurfaces) {
        const Source source = text_source(rule_, names_.pack, language, surface, conversion);
        if (source.text == nullptr) continue;
        const std::string pointer =
            "/" + std::string(source.member) + "/" + escape(source.language);
        const TextLimits limits = text_limits(surface);
        for (const std::uint32_t product : offered) {
          const Backing backing = backing_of(names_, rule_, product, language);
          fits(source.text->headline, backing, limits.headline, surface, pointer + "/headline");
          fits(source.text->reason, backing, limits.reason, surface, pointer + "/reason");
        }
      }
    }
  }

  const Names& names_;
  const model::Rule& rule_;
  std::string pointer_;
  Findings& out_;
  std::set<std::pair<std::string, Surface>> told_;
};

}  // namespace

void check_rules(const Names& names, Findings& out) {
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < names.pack.rules.size(); ++i) {
    const model::Rule& rule = names.pack.rules[i];
    const std::string pointer = at("/rules", i);
    if (rule.id.empty()) {
      out.add("empty", "", pointer + "/id", "expected an id, found none");
    } else if (!ids.insert(rule.id).second) {
      out.add("twice", rule.id, pointer + "/id",
              "expected ids that are unique, found this one twice");
    }
    RuleCheck(names, rule, pointer, out).run();
  }
}

}  // namespace sidedish::compile
