#include "rules/base/money.hpp"
#include "rules/base/text.hpp"
#include "rules/image/check.hpp"
#include "rules/image/check_rules.hpp"
#include "rules/image/check_texts.hpp"
#include "rules/image/checker.hpp"

namespace sidedish::image {
namespace {

// Keys: where probing will begin is anywhere, so it is asked for early.
constexpr std::size_t kAhead = 16;

constexpr bool amount(std::int64_t value) noexcept {
  return value >= -kMaxAmount && value <= kMaxAmount;
}

bool check_settings(const Image& image, Checker& check) noexcept {
  const auto pool = image.text_pool();
  if (!check.ok(pool.size() >= 2 && pool[0] == 0 && pool[1] == 0, "text", 0,
                "must begin with the empty text")) {
    return false;
  }
  const Settings& s = image.settings();
  const auto is = [&](bool good, const char* why) { return check.ok(good, "settings", 0, why); };
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const std::uint64_t tokens = std::uint64_t{s.groups} + image.products().size();
  return is(letter(s.currency[0]) && letter(s.currency[1]) && letter(s.currency[2]) &&
                s.currency[3] == '\0',
            "currency is not three capital letters") &&
         is(s.exponent <= 4, "exponent") && is(s.prices_include_tax <= 1, "prices_include_tax") &&
         is(s.objective <= Objective::units, "objective") &&
         is(s.cashier_prompts <= 4, "cashier_prompts above 4") &&
         is(s.kiosk_prompts <= 4, "kiosk_prompts above 4") &&
         is(s.receipt_prompts <= 1, "receipt_prompts above 1") &&
         is(s.exploration_permille <= 200, "exploration_permille above 200") &&
         is(s.assumed_margin_permille <= 1000, "assumed_margin_permille above 1000") &&
         is(s.margin_floor_permille <= 1000, "margin_floor_permille above 1000") &&
         is(s.global_holdout_permille <= 500, "global_holdout_permille above 500") &&
         is(s.time_begin < s.time_end, "time_end is not after time_begin") &&
         is(s.context_rules == tokens, "context_rules is not the token after the groups") &&
         is(image.postings().size() == tokens + 1, "postings are not one per token") &&
         check.text(s.pack_id, "settings", 0, "pack_id is not a text") &&
         is(!image.languages().empty() && image.languages().size() <= 256, "number of languages");
}

bool check_places(const Image& image, Checker& check) noexcept {
  const auto languages = image.languages();
  for (std::size_t i = 0; i < languages.size(); ++i) {
    if (!check.text(languages[i], "languages", i, "tag is not a text")) return false;
  }
  const auto terminals = image.terminals();
  for (std::size_t i = 0; i < terminals.size(); ++i) {
    if (!check.text(terminals[i].id, "terminals", i, "id is not a text")) return false;
  }
  const auto offsets = image.offsets();
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (!check.ok(
            offsets[i].seconds >= -86400 && offsets[i].seconds <= 86400 && offsets[i].reserved == 0,
            "offsets", i, "seconds beyond a day")) {
      return false;
    }
  }
  const auto stores = image.stores();
  for (std::size_t i = 0; i < stores.size(); ++i) {
    const Store& s = stores[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "stores", i, why); };
    if (!(check.text(s.id, "stores", i, "id is not a text") &&
          check.text(s.name, "stores", i, "name is not a text") &&
          is(s.language < languages.size(), "language") &&
          is(std::uint64_t{s.terminals} + s.terminal_count <= terminals.size(), "terminals") &&
          is(s.offset_count > 0 && std::uint64_t{s.offsets} + s.offset_count <= offsets.size(),
             "offsets") &&
          check.spend(s.offset_count, "stores", i) &&
          is(offsets[s.offsets].from <= image.settings().time_begin,
             "offsets begin after time_begin"))) {
      return false;
    }
    for (std::uint32_t k = s.offsets + 1; k < s.offsets + s.offset_count; ++k) {
      if (!check.ok(offsets[k - 1].from < offsets[k].from, "offsets", k, "not ascending")) {
        return false;
      }
    }
  }
  return true;
}

bool check_categories(const Image& image, Checker& check) noexcept {
  const auto all = image.categories();
  const std::uint64_t products = image.products().size();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Category& c = all[i];
    const auto is = [&](bool good, const char* why) {
      return check.ok(good, "categories", i, why);
    };
    // A parent stands before its children: no cycle is possible.
    if (!(check.text(c.id, "categories", i, "id is not a text") &&
          is(c.parent == kNone || c.parent < i, "parent does not stand before it") &&
          is(c.first_product <= c.product_end && c.product_end <= products, "range of products") &&
          is(c.parent == kNone || (all[c.parent].first_product <= c.first_product &&
                                   c.product_end <= all[c.parent].product_end),
             "range is not within the parent's"))) {
      return false;
    }
  }
  return true;
}

// Lanes hand a digest out as it stands: it is 64 hexadecimal digits, or there is none.
bool check_pictures(const Image& image, Checker& check, std::uint64_t first,
                    std::uint64_t product) noexcept {
  if (!check.ok(check.in_pool(first, 2), "products", product, "pictures")) return false;
  for (const TextRef ref : image.indices().subspan(first, 2)) {
    if (!check.text(ref, "products", product, "picture is not a text")) return false;
    const std::string_view digest = image.text(ref);
    if (!check.ok(digest.empty() || is_digest(digest), "products", product,
                  "picture is not a digest")) {
      return false;
    }
  }
  return true;
}

bool check_products(const Image& image, Checker& check) noexcept {
  const auto all = image.products();
  const auto categories = image.categories();
  const auto pool = image.indices();
  const std::uint64_t languages = image.languages().size();
  constexpr std::uint16_t kKnown = kHasCost | kHidden | kRestricted | kAllergensKnown |
                                   kHasPictures | static_cast<std::uint16_t>(kStockMask);
  const std::size_t avoid = image.avoid().size();
  const std::uint64_t words =
      avoid == kMaxAvoidWords ? UINT64_MAX : (std::uint64_t{1} << avoid) - 1;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Product& p = all[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "products", i, why); };
    if (!(is(p.price >= 0 && p.price <= kMaxAmount, "price") && is(amount(p.cost), "cost") &&
          is((p.flags & ~unsigned{kKnown}) == 0 && (p.flags & kStockMask) != kStockMask, "flags") &&
          is(p.reserved == 0, "reserved is not zero") && is(p.stable != 0, "stable id is zero") &&
          is((p.avoided & ~words) == 0, "avoided by a word that there is not") &&
          is((p.flags & kAllergensKnown) != 0 || p.avoided == 0, "avoided, and nothing is known") &&
          is(p.category == kNone ||
                 (p.category < categories.size() && categories[p.category].first_product <= i &&
                  i < categories[p.category].product_end),
             "category") &&
          check.text(p.key, "products", i, "key is not a text") &&
          is(check.in_pool(p.names, languages), "names") &&
          check.ascending(p.substitutes, p.substitute_count, all.size(), "products", i,
                          "substitutes") &&
          ((p.flags & kHasPictures) == 0 ||
           check_pictures(image, check, p.names + languages, i)))) {
      return false;
    }
    for (std::uint64_t k = 0; k < languages; ++k) {
      if (!check.text(pool[p.names + k], "products", i, "name is not a text")) return false;
    }
  }
  return true;
}

/// Slots that are not empty; four at a time, there are hundreds of thousands.
std::uint64_t taken(std::span<const std::uint32_t> slots) noexcept {
  std::uint64_t a = 0, b = 0, c = 0, d = 0;
  std::size_t i = 0;
  for (; i + 4 <= slots.size(); i += 4) {
    a += slots[i] != 0 ? 1U : 0U;
    b += slots[i + 1] != 0 ? 1U : 0U;
    c += slots[i + 2] != 0 ? 1U : 0U;
    d += slots[i + 3] != 0 ? 1U : 0U;
  }
  for (; i < slots.size(); ++i) a += slots[i] != 0 ? 1U : 0U;
  return a + b + c + d;
}

// Every key stands in the slot that probing from its hash finds, and there are as many taken slots as
// keys: nothing else is in the table. With half of it empty, every probe ends.
bool check_keys(const Image& image, Checker& check) noexcept {
  const auto keys = image.keys();
  const auto slots = image.key_slots();
  const std::uint64_t size = slots.size();
  if (!check.ok(size > 0 && (size & (size - 1)) == 0 && size >= 2 * keys.size(), "key slots", size,
                "their number is not a power of two, at least twice the keys")) {
    return false;
  }
  const std::uint64_t used = taken(slots);
  if (!check.ok(used == keys.size(), "key slots", used, "keys are missing or there twice")) {
    return false;
  }
  const std::uint64_t mask = size - 1;
  const auto products = image.products();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i + kAhead < keys.size()) {
      const Key& next = keys[i + kAhead];
      __builtin_prefetch(&slots[next.hash & mask]);
      if (next.product < products.size()) __builtin_prefetch(&products[next.product].key);
    }
    if (!check.ok(keys[i].product < products.size(), "keys", i, "no such product") ||
        (keys[i].key != products[keys[i].product].key &&  // which is known to be one
         !check.text(keys[i].key, "keys", i, "key is not a text"))) {
      return false;
    }
    std::uint64_t at = keys[i].hash & mask;
    while (slots[at] != i + 1) {
      if (!check.ok(slots[at] != 0, "keys", i, "probing does not find it") ||
          !check.spend(1, "keys", i)) {
        return false;
      }
      at = (at + 1) & mask;
    }
  }
  return true;
}

bool check_sets(const Image& image, Checker& check) noexcept {
  const auto all = image.sets();
  const std::uint64_t products = image.products().size();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Set& s = all[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "sets", i, why); };
    if ((s.end & kListed) == 0) {
      if (!is(s.first <= s.end && s.end <= products, "range of products")) return false;
      continue;
    }
    const std::uint32_t count = s.end & ~kListed;
    if (!is(count > 0, "an empty list") ||
        !check.ascending(s.first, count, products, "sets", i, "members")) {
      return false;
    }
  }
  return true;
}

bool check_facts(const Image& image, Checker& check) noexcept {
  const auto all = image.facts();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!check.text(all[i].name, "facts", i, "name is not a text")) return false;
  }
  return true;
}

// Each word once: a bit has one meaning.
bool check_avoid(const Image& image, Checker& check) noexcept {
  const auto all = image.avoid();
  if (!check.ok(all.size() <= kMaxAvoidWords, "avoid", all.size(), "more words than bits")) {
    return false;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!check.text(all[i].word, "avoid", i, "word is not a text") ||
        !check.ok(all[i].reserved == 0 &&
                      (i == 0 || image.text(all[i - 1].word) < image.text(all[i].word)),
                  "avoid", i, "not ascending")) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<void> check_tables(const Image& image) noexcept {
  Checker check(image);
  if (image.settings_count() != 1) {
    check.fault(Errc::corrupt, "settings", image.settings_count(), "expected exactly one");
    return check.verdict();
  }
  static_cast<void>(check_settings(image, check) && check_places(image, check) &&
                    check_categories(image, check) && check_avoid(image, check) &&
                    check_products(image, check) && check_keys(image, check) &&
                    check_sets(image, check) && check_facts(image, check) &&
                    check_locales(image, check) && check_rules(image, check) &&
                    check_bundles(image, check) && check_vectors(image, check));
  return check.verdict();
}

}  // namespace sidedish::image
