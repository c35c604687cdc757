#pragma once
// What every body is read with: members that must be known, words, amounts; each mistake is a
// finding, and reading goes on. In a header because a snapshot of fifty lines calls it a thousand times.
#include "plugin/loopback/reading.hpp"
#include "rules/base/money.hpp"
#include "rules/base/text.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace sidedish::loopback {

inline constexpr std::size_t kMaxText = 256;  ///< languages, operators, fact texts

/// "expected one of a, b, c, found ..."
template <class Words, class Name>
std::string one_of(const Words& words, Name name, const format::Json& found) {
  std::string out = "expected one of ";
  bool first = true;
  for (const auto& word : words) {
    const std::string_view text = name(word);
    if (text.empty()) continue;
    out.append(first ? "" : ", ").append(text);
    first = false;
  }
  return out + ", found " + found.found();
}

/// One request's body, read once from front to back.
class Reader {
 public:
  using Json = format::Json;
  using Type = Json::Type;

  explicit Reader(Findings& findings) : findings_(findings) {}

  void expected(const Json& at, std::string_view what) {
    findings_.add(at, "expected " + std::string(what) + ", found " + at.found());
  }
  /// Calls read(name, member) for each member; it says whether it knows the name.
  template <class Read>
  bool members(const Json& object, Read read) {
    if (!object.is(Type::object)) {
      expected(object, "an object");
      return false;
    }
    for (const Json member : object) {
      if (!read(member.key(), member)) findings_.add(member, "is not known here");
    }
    return true;
  }
  void missing(const Json& object, std::string_view name) {
    findings_.add(object.pointer() + format::pointer_step(name), "is missing");
  }

  /// A text of at most `most` bytes; one that names something has no control characters.
  std::string_view text(const Json& at, std::size_t least, std::size_t most, bool is_name) {
    if (!at.is(Type::text)) {
      expected(at, "a text");
      return {};
    }
    const std::string_view value = at.text();
    if (value.size() < least || value.size() > most) {
      expected(at, "a text of " + std::to_string(least) + " to " + std::to_string(most) + " bytes");
      return {};
    }
    if (is_name && has_control(value)) {
      findings_.add(at, "expected a text without control characters");
      return {};
    }
    return value;
  }
  std::int64_t integer(const Json& at, std::int64_t low, std::int64_t high) {
    if (at.is(Type::integer) && at.integer() >= low && at.integer() <= high) return at.integer();
    expected(at, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
    return low;
  }
  bool boolean(const Json& at) {
    if (!at.is(Type::boolean)) expected(at, "true or false");
    return at.boolean();
  }
  /// Minor units as an integer, or decimal text.
  Minor money(const Json& at, unsigned exponent) {
    if (at.is(Type::integer)) {
      if (is_amount(at.integer())) return at.integer();
      expected(at, "at most 10^12 minor units");
      return 0;
    }
    return decimal(at, exponent,
                   "minor units as an integer (329), or decimal text (\"3.29\", no more decimals "
                   "than the currency has)");
  }
  /// Decimal text; binary fractions do not travel.
  Milli quantity(const Json& at) {
    return decimal(at, 3,
                   "decimal text of at most 3 decimals (\"2\", \"0.350\"), or quantity_milli as "
                   "an integer (350)");
  }
  /// The bits of a list of words, each once.
  template <std::size_t N>
  std::uint32_t bits(const Json& at, const WordBit (&words)[N]) {
    if (!at.is(Type::array)) {
      expected(at, "an array");
      return 0;
    }
    std::uint32_t out = 0;
    for (const Json item : at) {
      const auto* found = std::find_if(std::begin(words), std::end(words), [&](const WordBit& bit) {
        return item.is(Type::text) && bit.word == item.text();
      });
      if (found == std::end(words)) {
        findings_.add(item, one_of(
                                words, [](const WordBit& bit) { return bit.word; }, item));
      } else if ((out & found->bit) != 0) {
        findings_.add(item, "is there twice");
      } else {
        out |= found->bit;
      }
    }
    return out;
  }
  template <class Word>
  Word word(const Json& at, std::string_view what, Word fallback) {
    if (at.is(Type::text)) {
      if (const auto value = format::word<Word>(at.text())) return *value;
    }
    expected(at, what);
    return fallback;
  }
  Channel channel(const Json& at) {
    return word(at, "one of cashier, kiosk, receipt", Channel::cashier);
  }
  /// Three capitals of ISO 4217 that we know the decimals of.
  Currency currency(const Json& at) {
    if (at.is(Type::text)) {
      if (const auto known = sidedish::currency(at.text())) return *known;
    }
    expected(at, "an ISO 4217 currency code like \"EUR\"");
    return {};
  }
  static bool is_amount(std::int64_t value) { return value >= -kMaxAmount && value <= kMaxAmount; }

 private:
  std::int64_t decimal(const Json& at, unsigned exponent, std::string_view what) {
    if (at.is(Type::text)) {
      if (const auto value = parse_decimal(at.text(), exponent)) return *value;
    }
    // A number with a point or an exponent has been refused by the parser: its digits are gone.
    findings_.add(at, "expected " + std::string(what) +
                          (at.is(Type::refused) ? "; a number with a point or an exponent is "
                                                  "a binary fraction and is not taken"
                                                : ", found " + at.found()));
    return 0;
  }
  Findings& findings_;
};

}  // namespace sidedish::loopback
