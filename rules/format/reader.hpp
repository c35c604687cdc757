#pragma once
// From a checked JSON tree to words, collecting everything that is wrong. Used by the .cpp files of
// this room; every rule here has its twin in schema/*.schema.json.
#include "rules/format/json.hpp"
#include "rules/model/pack.hpp"

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

/// A kind of text: how people are told of it, and what it must look like.
struct TextKind {
  const char* expected;
  bool (*matches)(std::string_view);
  std::string_view code;  ///< of a text that does not match, see model::Finding
};
inline constexpr std::string_view kNotPlain = "not-plain";
extern const TextKind kSlug;          ///< [a-z0-9][a-z0-9-]{0,47}
extern const TextKind kName;          ///< [A-Za-z0-9][A-Za-z0-9._-]{0,47}
extern const TextKind kLanguageTag;   ///< [a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}
extern const TextKind kZone;          ///< [A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}
extern const TextKind kCurrencyCode;  ///< [A-Z]{3}
extern const TextKind kCountry;       ///< [A-Z]{2}
extern const TextKind kProductKey;    ///< (sku|gtin|plu|name): and 1 to 92 plain characters
extern const TextKind kDigest;        ///< [0-9a-f]{64}
extern const TextKind kPlain;         ///< 1 to 100 characters, no control characters, no < >
extern const TextKind kNote;          ///< 0 to 500 characters, likewise
extern const TextKind kHeadline;      ///< 1 to 400, likewise; braces are slots
extern const TextKind kReasonText;    ///< 0 to 400, likewise
extern const TextKind kMoney;         ///< (0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?
extern const TextKind kQuantity;      ///< (0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?, more than 0
extern const TextKind kTime;          ///< 00:00 to 23:59
extern const TextKind kEndTime;       ///< 00:00 to 24:00
extern const TextKind kDate;          ///< 2000-01-01 to 2099-12-31

class Reader {
 public:
  /// `code`: a literal, see model::Finding.
  void add(std::string_view code, std::string pointer, std::string message) {
    errors_.push_back({id_, std::move(pointer), std::move(message), code});
  }
  void expected(Json found, std::string_view what, std::string_view code = "wrong-type");
  /// Errors from here on belong to this rule, product or store.
  void enter(std::string_view id) { id_ = id; }
  void leave() { id_.clear(); }

  /// Tells when it is no object, or has members beyond these. False: no object.
  bool object(Json value, std::initializer_list<std::string_view> members);
  /// A member that must be there; tells when it is not.
  Json need(Json object, std::string_view member);

  std::string text(Json value, const TextKind& kind);
  std::string text_or_empty(Json value, const TextKind& kind) {
    return value ? text(value, kind) : std::string();
  }
  std::int64_t integer(Json value, std::int64_t least, std::int64_t most);
  int small(Json value, int least, int most) {
    return static_cast<int>(integer(value, least, most));
  }
  int small_or(Json value, int least, int most, int otherwise) {
    return value ? small(value, least, most) : otherwise;
  }
  bool boolean(Json value);
  bool boolean_or(Json value, bool otherwise) { return value ? boolean(value) : otherwise; }
  Minor money(Json value, unsigned exponent);
  /// Tells when it is no array, or shorter than `least`. False: no array.
  bool array(Json value, std::size_t least);
  /// Unique texts; absent = none.
  std::vector<std::string> texts(Json value, const TextKind& kind, std::size_t least = 0);
  /// One of the words; its place, or 0 after telling.
  std::size_t choice(Json value, std::span<const std::string_view> words);
  /// A bit per word of a list of unique words.
  std::uint32_t bits(Json value, std::span<const std::string_view> words);
  /// {"en": "...", ...}: at least one.
  model::Localised localised(Json value, const TextKind& kind);
  Currency currency(Json value);
  int minutes(Json value, const TextKind& kind);
  std::int64_t days(Json value);

  std::vector<model::Finding> take() { return std::move(errors_); }
  bool clean() const { return errors_.empty(); }

 private:
  std::string id_;
  std::vector<model::Finding> errors_;
};

/// The catalogue document, also as the rule document's member.
model::Catalogue read_catalogue(Reader& in, Json value);
/// Takes over the errors of the text itself. False: there is no tree to read.
bool begin(Reader& in, const JsonDocument& document);

}  // namespace sidedish::format
