#pragma once
// The image: one flat, position-independent, little-endian file that a terminal decides from.
// README.md in this folder describes it table by table; these structs are that description in C++.
// Only offsets and indices, no pointers; every struct is padding-free and a multiple of 8 bytes or
// a plain integer. Reserved bytes are zero.
#include "rules/model/words.hpp"

#include <cstdint>
#include <type_traits>

namespace sidedish::image {

inline constexpr char kMagic[8] = {'S', 'I', 'D', 'E', 'D', 'I', 'S', 'H'};
inline constexpr std::uint16_t kFormatMajor = 1;  ///< another major version is refused
inline constexpr std::uint16_t kFormatMinor =
    1;  ///< a higher minor version may add tables at the end; 1 added kVectors
inline constexpr std::uint32_t kEngine =
    2;  ///< what this build can decide; Header::engine_min must not be above it
inline constexpr std::uint32_t kEngineUnits =
    2;  ///< least engine of an image with another unit than the basket, or a cap per customer
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;  ///< "no such index"

/// Text: byte offset into table `text`; there a u16 length, then that many bytes of UTF-8. 0 is the
/// empty text (the table begins with two zero bytes).
using TextRef = std::uint32_t;

enum Table : std::uint32_t {
  kText = 0,    ///< bytes
  kSettings,    ///< Settings, exactly one
  kLanguages,   ///< TextRef: BCP 47 tags, fallback first
  kStores,      ///< Store
  kTerminals,   ///< Terminal, grouped by store
  kOffsets,     ///< Offset, grouped by store, ascending
  kCategories,  ///< Category, parents before children
  kProducts,   ///< Product; ordered so that each category with all below it is one contiguous range
  kKeys,       ///< Key: every key and alias of every product
  kKeySlots,   ///< u32: open addressing over kKeys (linear probing, power of two, at most half
               ///< full): index + 1, 0 empty
  kSets,       ///< Set
  kFacts,      ///< Fact names
  kGates,      ///< Gate, one per rule, same index
  kRules,      ///< Rule; pinned ones, then by upper bound of score, best first, then by id: a
               ///< rule's index is its rank
  kOffers,     ///< Offer, grouped by rule, groups in rule order without gaps
  kCode,       ///< u32: conditions in postfix order (code.hpp), grouped by rule, in rule order
  kTexts,      ///< Texts: per offer, languages x surfaces (cashier, kiosk)
  kPostings,   ///< Posting, one per token: products first (same index), then anchor groups
  kIndices,    ///< u32 pool: set members, product names, substitutes, groups, posting lists, store
               ///< lists, pointers of conditions
  kHashes,     ///< u64 pool: accepted values of facts (hash64 of the text)
  kRuleOrder,  ///< u32 rule indices, one per rule, by ascending Rule::stable: finds a remembered
               ///< rule
  kBundles,    ///< Bundle, one per rule of kind bundle, in rule order
  kSlots,      ///< Slot, grouped by bundle, groups in order without gaps
  kDeltas,     ///< Delta, grouped by slot, ascending by product
  kLocales,    ///< Locale, one per language: how numbers and money are written
  kPlurals,    ///< Plural, grouped by locale: the first clause that matches names the class
  kAvoid,      ///< Avoid, ascending by word, at most 64
  kTableCount,  ///< those above are in every image

  kVectors = kTableCount,  ///< Vector; the whole table may be missing
};

/// Where a table is: `offset` from the start of the file, `count` records of `record` bytes. Tables
/// stand in the order of the directory, each at the next multiple of 8 after the one before (an
/// empty one too), and the file ends at the multiple of 8 after the last; the bytes between are
/// zero.
struct Directory {
  std::uint32_t offset;
  std::uint32_t count;
  std::uint32_t record;
  std::uint32_t reserved;
};

struct Header {
  char magic[8];
  std::uint16_t major;
  std::uint16_t minor;
  std::uint32_t engine_min;
  std::uint64_t size;    ///< of the whole file
  std::uint32_t crc32c;  ///< of the whole file with this field as zero
  std::uint32_t tables;  ///< entries of the directory, >= kTableCount of this minor version
  // Directory[tables] follows, then the tables.
};

enum class Objective : std::uint8_t { margin = 0, revenue = 1, units = 2 };

struct Settings {
  char currency[4];
  std::uint8_t exponent;
  std::uint8_t prices_include_tax;
  Objective objective;
  std::uint8_t cashier_prompts;           ///< per sale, 0..4
  std::uint8_t kiosk_prompts;             ///< per sale, 0..4
  std::uint8_t receipt_prompts;           ///< per sale, 0 or 1
  std::uint16_t global_holdout_permille;  ///< 0..500
  std::uint16_t spend_jump_permille;   ///< an offer costs at most this share of the basket so far
  std::uint16_t exploration_permille;  ///< 0..200: share of decisions that try one of the best
  TextRef pack_id;
  std::uint16_t assumed_margin_permille;  ///< of the price, for products without a cost
  std::uint16_t margin_floor_permille;    ///< of a bundle or discount, 0..1000
  std::uint64_t pack_version;
  std::uint64_t salt;        ///< of the global holdout: hash64(pack id)
  std::int64_t score_floor;  ///< micro-minor units (see Offer::score)
  std::int64_t time_begin;   ///< UTC ms covered by kOffsets of every store: begin <= now < end
  std::int64_t time_end;
  std::uint32_t groups;         ///< number of anchor groups (postings beyond the products)
  std::uint32_t context_rules;  ///< token of the rules without item condition: products + groups;
                                ///< its posting is the last one
};

struct Store {
  TextRef id;
  std::uint32_t stable;  ///< stable_id(id)
  TextRef name;
  std::uint32_t language;
  std::uint32_t offsets;  ///< first in kOffsets
  std::uint32_t offset_count;
  std::uint32_t terminals;  ///< first in kTerminals
  std::uint32_t terminal_count;
  std::uint64_t restricted;  ///< bits of the restricted lists that hold here
};

struct Terminal {
  TextRef id;
  std::uint32_t stable;
  std::uint64_t groups;  ///< bit per terminal group of the pack (at most 64)
};

/// From `from` on (UTC ms), local time = UTC + seconds.
struct Offset {
  std::int64_t from;
  std::int32_t seconds;
  std::uint32_t reserved;
};

struct Category {
  TextRef id;
  std::uint32_t parent;         ///< index, or kNone
  std::uint32_t first_product;  ///< range of products in it and below
  std::uint32_t product_end;
};

enum ProductFlag : std::uint16_t {
  kHasCost = 1U << 0,
  kHidden = 1U << 1,
  kRestricted = 1U << 2,
  kAllergensKnown = 1U << 3,
  kStockShift = 4,  // 2 bits: Stock
  kStockMask = 3U << 4,
  kHasPictures = 1U << 6,
};

struct Product {
  std::int64_t price;  ///< minor units per unit, in the convention of Settings::prices_include_tax
  std::int64_t cost;   ///< minor units per unit, when kHasCost
  std::uint64_t avoided;  ///< bit per word of kAvoid: it has the allergen, or does not suit the
                          ///< diet; only what kAllergensKnown says is known
  TextRef key;            ///< primary key, like "sku:FRIES-M"
  std::uint32_t stable;   ///< as of a rule; unique in an image
  std::uint32_t names;  ///< first in kIndices: TextRef per language; when kHasPictures, then those
                        ///< of the digests of the small and of the large picture (64 hexadecimal
                        ///< digits, or empty)
  std::uint32_t category;
  std::uint32_t substitutes;  ///< first in kIndices: product indices, ascending
  std::uint32_t key_id;       ///< stable_id(key): the upper half of what an overlay names it by
  std::uint16_t substitute_count;
  std::uint16_t flags;
  std::uint16_t tax_class;
  std::uint16_t reserved;
  std::uint64_t restricted;  ///< bits of the restricted lists it is in
};

struct Key {
  TextRef key;
  std::uint32_t product;
  std::uint64_t hash;  ///< hash64(key); slot = hash & (slots - 1)
};

/// Products: the range [first, end), or with kListed in `end` so many ascending indices (one or
/// more) at `first` of kIndices. Read through SetView (set_view.hpp).
struct Set {
  std::uint32_t first;
  std::uint32_t end;
};
inline constexpr std::uint32_t kListed = 1U << 31;

struct Fact {
  TextRef name;
  std::uint32_t stable;
};

/// Something that a customer may avoid: an allergen ("milk"), or a diet ("diet:vegan"). Bit = index.
struct Avoid {
  TextRef word;
  std::uint32_t reserved;
};
inline constexpr unsigned kMaxAvoidWords = 64;

enum class Quantity : std::uint8_t { one = 0, per_trigger = 1, ask = 2 };

enum RuleFlag : std::uint8_t {
  kEnabled = 1U << 0,
  kPinned = 1U << 2,  ///< before every rule that is not
  kUnitShift = 3,     // 2 bits: sidedish::Unit of its experiment
  kUnitMask = 3U << 3,
};

enum GateFlag : std::uint8_t {
  kPlain = 1U << 0,      ///< one condition, or an `all` of conditions that combine nothing
  kComplete = 1U << 1,   ///< plain, and every condition is decided by the gate or by being posted
  kFirst = 1U << 2,      ///< the rule is pinned
  kAsksStock = 1U << 3,  ///< one of its conditions is on the offer's stock class
};

/// What is asked of a rule first: 32 bytes that tell most rules from those worth reading. Where the
/// conditions are plain, bounds of the total, time of day and weekday among them are folded in
/// here; the rest is in kCode, which always says everything.
struct Gate {
  std::int64_t bound;         ///< upper bound of any score that the rule can have
  std::uint32_t code;         ///< first word in kCode
  std::uint32_t product;      ///< of an add_on's only offer, else kNone
  std::uint32_t least_total;  ///< minor units; 0 = any
  std::uint16_t from;         ///< from <= minute of local day < to
  std::uint16_t to;
  std::uint16_t node_count;
  std::uint8_t weekdays;          ///< bits, Monday = bit 0
  std::uint8_t speaks;            ///< Rule::channels | Rule::moments << 3; 0 when disabled
  std::uint8_t flags;             ///< GateFlag
  std::uint8_t customer_prompts;  ///< cap per customer, only with Unit::customer; 0 = none
  std::uint16_t customer_days;    ///< 1..365 with a cap, else 0
};
inline constexpr std::uint16_t kMostCustomerDays = 365;

struct Rule {
  TextRef id;
  std::uint32_t stable;  ///< what it is remembered by: stable_id(id), but where that of two ids is
                         ///< the same (README.md); unique in an image, never 0
  TextRef name;
  std::uint32_t offers;  ///< first in kOffers
  std::uint32_t
      pointers;          ///< first in kIndices: a TextRef per condition, JSON pointers in the rule
  std::uint32_t detail;  ///< bundle: index in kBundles; upsell: Set swapped from; else the Set
                         ///< whose units per_trigger counts, or kNone
  std::uint16_t offer_count;
  std::uint16_t holdout_permille;
  std::uint16_t cap_lane_day;         ///< 0 = none
  std::uint16_t cap_shift;            ///< 0 = none
  std::uint16_t spend_jump_permille;  ///< 0 = the settings'; else the smaller of the two counts
  std::uint8_t flags;                 ///< RuleFlag
  std::uint8_t kind;                  ///< sidedish::Kind
  Quantity quantity;
  std::uint8_t channels;  ///< bit per Channel it can ever speak on
  std::uint8_t moments;   ///< bit per Moment
  std::uint8_t priority;  ///< 1..100
  Unit unit() const noexcept { return static_cast<Unit>((flags & kUnitMask) >> kUnitShift); }
};

struct Offer {
  /// prior_ppm * gain * priority / 50: micro-minor units expected per showing. Exact integer
  /// division, rounded down.
  std::int64_t score;
  std::uint32_t prior_ppm;  ///< incremental P, parts per million
  std::uint32_t product;
  std::uint32_t
      texts;  ///< first in kTexts: row = texts + language * 2 + surface (0 cashier, 1 kiosk)
  std::uint32_t
      given;  ///< also_bought: offered only while this product is in the basket; else kNone
};

enum class BundlePrice : std::uint8_t { price = 0, discount = 1, percent = 2 };
inline constexpr unsigned kMaxSlots = 6;
inline constexpr unsigned kMaxBundleUnits = 8;  ///< sum of Slot::max over a bundle
inline constexpr unsigned kMaxTimes = 9;
inline constexpr unsigned kMaxMissing = 2;
inline constexpr unsigned kMaxChoices = 512;  ///< products of one slot

/// A rule's bundle. Its rule has an offer for every product that a slot may lack, and, with
/// kConverts, one more as its last: for the conversion of parts that are all there.
struct Bundle {
  std::int64_t amount;  ///< minor units; percent: whole percent, 1..100
  std::uint32_t slots;  ///< first in kSlots
  std::uint16_t slot_count;
  BundlePrice how;
  std::uint8_t times;     ///< 1..9
  std::uint8_t missing;   ///< 0..2, less than the sum of Slot::min
  std::uint8_t converts;  ///< 1: complete ones are offered too
  std::uint8_t reserved[6];
};

struct Slot {
  TextRef id;
  std::uint32_t set;     ///< what may stand here
  std::uint32_t deltas;  ///< first in kDeltas
  std::uint16_t delta_count;
  std::uint8_t min;
  std::uint8_t max;
};

/// What a product costs on top of the bundle's price.
struct Delta {
  std::int64_t amount;  ///< minor units, not negative
  std::uint32_t product;
  std::uint32_t reserved;
};

struct Texts {
  TextRef headline;  ///< literal, or a program (text_program.hpp)
  TextRef reason;
  TextRef line1;  ///< pole display, at most 20 characters
  TextRef line2;
};

enum class Op : std::uint8_t {
  // n = number of operands popped, in postfix order
  all = 0,
  any = 1,
  none = 2,
  // a = set; min/max in milli units, minor units
  quantity = 3,
  absent = 4,
  value = 5,
  // min/max; minor units, counts, counts, milli units
  total = 6,
  lines = 7,
  distinct = 8,
  units = 9,
  daypart = 10,         ///< min <= minute of local day < max; wraps when max <= min
  weekday = 11,         ///< min = bits, Monday = bit 0
  dates = 12,           ///< min/max = local days since 1970-01-01, both inclusive
  store = 13,           ///< a = first in kIndices, n = count of store indices, ascending
  terminal_group = 14,  ///< min = bits
  channel = 15,         ///< min = bits
  moment = 16,          ///< min = bits
  fact_is = 17,         ///< a = fact, b = first in kHashes, n = count
  fact_range = 18,      ///< a = fact, min/max
  segment = 19,         ///< b = first in kHashes, n = count
  visit = 20,           ///< min = Visit::first or Visit::again
  bought = 21,          ///< a = set, max = days ago at most
  not_bought = 22,      ///< a = set, max = days ago at most
  stock = 23,           ///< min = bits of Stock, of the product offered
};
inline constexpr unsigned kOps = 24;
inline constexpr std::int64_t kNoMin = INT64_MIN;
inline constexpr std::int64_t kNoMax = INT64_MAX;

/// A condition; in the file it is a few words of kCode (code.hpp).
struct Node {
  std::int64_t min;
  std::int64_t max;
  std::uint32_t a;
  std::uint32_t b;
  std::uint16_t n;
  Op op;
  std::uint8_t known;  ///< 1: in a plain rule, decided by its gate or by its being posted
};
inline constexpr unsigned kMaxNodes = 256;  ///< per rule
inline constexpr unsigned kMaxStack = 32;   ///< operands waiting at once

/// Rules anchored at a token, ascending index (best first): `count` entries of kIndices.
struct Posting {
  std::uint32_t best;  ///< the first of them, kNone when there are none
  std::uint32_t rules;
  std::uint32_t count;
  std::uint32_t groups;  ///< of a product: in kIndices, how many anchor groups it belongs to, then
                         ///< these, ascending; kNone = none, and for every other token
};

enum LocaleFlag : std::uint8_t { kRightToLeft = 1U << 0 };

/// How a language writes numbers and the pack's currency (after Unicode CLDR).
struct Locale {
  TextRef decimal;  ///< between units and decimals
  TextRef group;    ///< between groups of three digits
  TextRef before;   ///< of an amount of money: currency, space and direction marks before it
  TextRef after;
  std::uint32_t zero;  ///< code point of the digit 0; 1 to 9 follow it
  std::uint32_t plurals;
  std::uint16_t plural_count;
  std::uint8_t group_from;  ///< digits before the first separator: 1, or 2 ("1234", "12.345")
  std::uint8_t flags;
  std::uint32_t reserved;
};

/// `form` (image::PluralClass) of a number n when n % mod is in [first, last] and n % except_mod is
/// not in [except_first, except_last]; mod 0: n itself.
struct Plural {
  std::uint32_t mod;
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t except_mod;
  std::uint32_t except_first;
  std::uint32_t except_last;  ///< below except_first: no exception
  std::uint32_t form;
  std::uint32_t reserved;
};

/// So many of a product, at its own price.
struct VectorItem {
  std::uint32_t product;
  std::uint32_t units;  ///< 1..100
};

/// What stood on the first place of a decision, the second ...
struct VectorPrompt {
  std::int64_t score;
  std::int64_t quantity;
  std::int64_t price_effect;
  std::int64_t saving;
  std::uint32_t rule;
  std::uint32_t product;
  std::uint8_t arm;  ///< sidedish::Arm
  std::uint8_t reserved[7];
};
inline constexpr unsigned kVectorItems = 3;
inline constexpr unsigned kVectorPrompts = 4;

/// A basket, and what decide() said to it where the image was made: in an empty lane, without
/// overlay, to a host that can do everything and says nothing of facts or customer.
struct Vector {
  std::int64_t now;      ///< UTC ms, within the table of times
  std::uint64_t unit;    ///< key of the basket's experiment
  std::uint32_t engine;  ///< engine::kBehaviour that decided: another one may decide otherwise
  std::uint32_t store;
  std::uint8_t channel;  ///< sidedish::Channel
  std::uint8_t moment;   ///< sidedish::Moment: basket or checkout
  std::uint8_t item_count;
  std::uint8_t prompt_count;
  std::uint32_t reserved;
  VectorItem items[kVectorItems];  ///< ascending by product; unused ones are zero
  VectorPrompt prompts[kVectorPrompts];
};
static_assert(sizeof(VectorPrompt) == 48 && sizeof(Vector) == 248);
static_assert(std::has_unique_object_representations_v<Vector>);

static_assert(sizeof(Locale) == 32 && sizeof(Plural) == 32);
static_assert(sizeof(Directory) == 16 && sizeof(Header) == 32 && sizeof(Settings) == 72);
static_assert(sizeof(Store) == 40 && sizeof(Avoid) == 8 && sizeof(Terminal) == 16 &&
              sizeof(Offset) == 16 && sizeof(Category) == 16);
static_assert(sizeof(Product) == 64 && sizeof(Key) == 16 && sizeof(Set) == 8 && sizeof(Fact) == 8);
static_assert(sizeof(Gate) == 32 && sizeof(Rule) == 40 && sizeof(Offer) == 24 &&
              sizeof(Texts) == 16 && sizeof(Posting) == 16);
static_assert(sizeof(Bundle) == 24 && sizeof(Slot) == 16 && sizeof(Delta) == 16);
static_assert(std::has_unique_object_representations_v<Settings> &&
              std::has_unique_object_representations_v<Rule> &&
              std::has_unique_object_representations_v<Gate> &&
              std::has_unique_object_representations_v<Product>);

}  // namespace sidedish::image
