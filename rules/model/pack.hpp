#pragma once
// A rule pack in words: what rules/format reads out of the documents and rules/compile turns into
// an image. Plain data, references still by name; rules/compile resolves them. Not part of the
// plugin (it holds strings and vectors).
#include "rules/base/money.hpp"
#include "rules/model/words.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::model {

/// Text per language tag.
using Localised = std::map<std::string, std::string>;

/// Bounds, both inclusive; absent = unbounded.
struct Range {
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
};

struct Category {
  std::string id;
  Localised name;
  std::string parent;  ///< empty = none
};

/// SHA-256 of picture files in lower-case hex; empty = none.
struct Pictures {
  std::string small;  ///< for 64 px
  std::string large;  ///< for 480 px
};

struct Product {
  std::string key;
  Localised name;
  std::string category;
  std::vector<std::string> tags;
  Minor price = 0;
  std::optional<Minor> cost;
  std::vector<std::string> aliases;
  std::vector<std::string> substitutes;
  Stock stock = Stock::in;
  bool hidden = false;
  bool restricted = false;
  std::optional<std::vector<std::string>> allergens;  ///< absent = unknown
  std::vector<std::string> diets;                     ///< it suits these
  std::string tax_class;
  Pictures pictures{};
};

struct Catalogue {
  Currency currency;
  std::vector<Category> categories;
  std::vector<Product> products;
};

/// Exactly one of the four is set; items not empty.
struct Select {
  std::vector<std::string> items;
  std::string category;
  std::string tag;
  std::string set;
  Range quantity;  ///< milli units
  Range value;     ///< minor units
};

/// Minutes after local midnight, 0..1440; wraps when to <= from.
struct Daypart {
  int from = 0;
  int to = 0;
};

struct Condition {
  enum class Type {
    all,
    any,
    none,
    has,
    lacks,
    total,
    lines,
    distinct,
    items,
    daypart,
    weekday,
    dates,
    store,
    store_group,
    terminal_group,
    channel,
    moment,
    fact,
    segment,
    first_visit,
    bought,
    not_bought,
    stock,
  };
  Type type = Type::all;
  std::string pointer;              ///< JSON pointer within the rule, like "/when/all/0/has"
  std::vector<Condition> children;  ///< all, any, none
  Select select;                    ///< has, lacks, bought, not_bought
  Range range;  ///< total (minor), lines, distinct, items (milli), dates (days since 1970), fact;
                ///< bought, not_bought: max = days ago
  Daypart daypart;                 ///< when names is empty
  std::vector<std::string> names;  ///< store, store_group, terminal_group, segment, fact's texts;
                                   ///< daypart: the one name of a daypart of the settings
  std::string fact;
  std::uint32_t bits = 0;  ///< weekday (Monday = 1), channel, moment, stock (1 << value);
                           ///< first_visit: the Visit it asks for
};

/// Of so many baskets that could have had the offer, so many had it.
struct Evidence {
  std::int64_t baskets = 0;
  std::int64_t with_it = 0;
  std::int64_t as_of = 0;  ///< last day counted, days since 1970-01-01
};

struct OfferSpec {
  std::string product{};
  std::optional<int> extra_adds_per_1000{};
  // also_bought: a pair
  std::string given{};        ///< offered only while this is in the basket
  std::int64_t together = 0;  ///< of `of` baskets with `given`, so many had `product` too
  std::int64_t of = 0;
  bool approved = false;
  std::optional<Evidence> evidence{};
};

/// What a pair that nobody has approved must reach to be asked all the same.
struct PairBar {
  std::int64_t together = 0;
  int percent = 0;  ///< together / of
};

/// Ways to say something, best first; a text alone is one way (and becomes one by itself), an empty
/// one none.
struct Ways : std::vector<std::string> {
  Ways() = default;
  Ways(std::string text) {  // NOLINT(google-explicit-constructor)
    if (!text.empty()) push_back(std::move(text));
  }
  Ways(const char* text)  // NOLINT(google-explicit-constructor)
      : Ways(std::string(text)) {}
  explicit Ways(std::vector<std::string> all) : std::vector<std::string>(std::move(all)) {}
};

struct PromptText {
  Ways headline;
  Ways reason;
};
using Texts = std::map<std::string, PromptText>;  ///< per language tag

enum class QuantityPolicy { one, per_trigger, ask };

/// A place in a bundle: so many units of these products.
struct BundleSlot {
  std::string id;
  Select choose;
  int min = 1;
  int max = 1;
  std::map<std::string, Minor> price_delta;  ///< by product: what it costs on top of `price`
};

enum class BundlePrice { price, discount, percent };

struct Bundle {
  std::vector<BundleSlot> slots;
  BundlePrice how = BundlePrice::price;
  std::int64_t amount = 0;     ///< minor units; percent: whole percent
  int times = 1;               ///< at most so often in one sale
  int missing = 1;             ///< units that may be missing for a near-complete prompt
  std::optional<Minor> worth;  ///< complete: what one conversion is worth to the shop; none: never
};

/// At most `prompts` to one customer in `days` business days, counted from the first of them.
struct CustomerCap {
  int prompts = 0;  ///< 1..255
  int days = 0;     ///< 1..365
};

struct Rule {
  std::string id;
  std::string name;
  Kind kind = Kind::add_on;
  bool enabled = true;
  Condition when;                 ///< optional but for add_on: an `all` of nothing
  std::vector<OfferSpec> offers;  ///< also_bought: its pairs; a bundle offers what its slots lack
  std::optional<PairBar> bar;     ///< also_bought: absent = approved pairs only
  /// also_bought: last day on which its pairs were counted, days since 1970-01-01
  std::optional<std::int64_t> counted;
  Select from;  ///< upsell: what is swapped for an offer
  Bundle bundle;
  QuantityPolicy quantity = QuantityPolicy::one;
  Texts text;
  Texts kiosk_text;
  Texts complete_text;  ///< bundle with complete: the offer to convert
  std::optional<int> spend_jump_percent;
  int extra_adds_per_1000 = 0;
  int priority = 50;
  std::optional<int> holdout_percent;
  int cap_lane_day = 0;
  int cap_shift = 0;
  bool pinned = false;
  Unit unit = Unit::basket;                 ///< of its experiment
  std::optional<CustomerCap> cap_customer;  ///< only with unit customer
};

struct StoreSpec {
  std::string id;
  std::string name;
  std::string time_zone;  ///< IANA
  std::string language;   ///< empty = the pack's first
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> terminals;  ///< terminal group -> terminal ids
  std::string country{};  ///< ISO 3166-1 alpha-2; empty = not said: every restricted list holds
};

/// A category, with all below it, that is never offered in these countries; none: anywhere.
struct RestrictedList {
  std::string category;
  std::vector<std::string> countries;
};

enum class Objective { margin, revenue, units };

struct PackSettings {
  Objective objective = Objective::margin;
  Minor score_floor = 0;
  int assumed_margin_percent = 30;
  int global_holdout_percent = 5;
  int holdout_percent = 50;
  int cashier_prompts = 1;
  int kiosk_prompts = 3;
  int receipt_prompts = 0;
  int spend_jump_percent = 100;
  int margin_floor_percent = 0;  ///< of a bundle, for the worst choice of its parts
  int exploration_percent = 2;
  std::vector<Select> never_offer;
  std::vector<RestrictedList> restricted;
  std::map<std::string, Daypart> dayparts;
};

struct NamedSet {
  std::string id;
  std::vector<std::string> items;
  std::vector<std::string> categories;
  std::vector<std::string> tags;
};

struct Pack {
  std::string id;
  std::uint64_t version = 0;
  std::string note;
  Currency currency;
  bool prices_include_tax = true;
  std::vector<std::string> languages;
  std::vector<StoreSpec> stores;
  PackSettings settings;
  std::optional<Catalogue> catalogue;
  std::vector<NamedSet> sets;
  std::vector<Rule> rules;
};

/// One finding of check or lint: where (rule or product id, JSON pointer), what was expected, what
/// was there.
struct Finding {
  std::string id;       ///< rule, product or store id; empty when it is the document's own
  std::string pointer;  ///< RFC 6901, from the document's root
  std::string message;
  /// A stable word for its kind, "not-in-catalogue", so that others can say it in their language; a
  /// literal. Empty: the message alone.
  std::string_view code{};
};

}  // namespace sidedish::model
