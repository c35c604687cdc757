#include "rules/format/reader.hpp"

#include "rules/base/text.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_set>

namespace sidedish::format {

bool begin(Reader& in, const JsonDocument& document) {
  for (const JsonError& error : document.errors())
    in.add("malformed", error.pointer, error.message);
  return document.complete();
}

void Reader::expected(Json found, std::string_view what, std::string_view code) {
  // A refused value has been told about already; an absent one was, where it is needed.
  if (found.is(Json::Type::refused) || found.is(Json::Type::absent)) return;
  add(code, found.pointer(), "expected " + std::string(what) + ", found " + found.found());
}

bool Reader::object(Json value, std::initializer_list<std::string_view> members) {
  if (!value.is(Json::Type::object)) {
    expected(value, "an object");
    return false;
  }
  for (const Json member : value) {
    if (std::find(members.begin(), members.end(), member.key()) != members.end()) continue;
    std::string known;
    for (const auto name : members) known += (known.empty() ? "" : ", ") + std::string(name);
    add("unknown-member", member.pointer(), "expected no member beyond " + known);
  }
  return true;
}

Json Reader::need(Json object, std::string_view member) {
  const Json value = object.find(member);
  if (!value && object.is(Json::Type::object)) {
    add("missing-member", object.pointer(),
        "expected a member " + std::string(member) + ", found none");
  }
  return value;
}

std::string Reader::text(Json value, const TextKind& kind) {
  if (value.is(Json::Type::text) && kind.matches(value.text())) return std::string(value.text());
  std::string_view code = "wrong-type";
  if (value.is(Json::Type::text)) {
    const std::string_view text = value.text();
    const bool plain = !has_control(text) && text.find_first_of("<>") == std::string_view::npos;
    code = text.empty() ? "empty" : plain && kind.code == kNotPlain ? "too-long" : kind.code;
  }
  expected(value, kind.expected, code);
  return {};
}

std::int64_t Reader::integer(Json value, std::int64_t least, std::int64_t most) {
  if (value.is(Json::Type::integer) && value.integer() >= least && value.integer() <= most) {
    return value.integer();
  }
  expected(value, "an integer from " + std::to_string(least) + " to " + std::to_string(most),
           value.is(Json::Type::integer) ? "out-of-range" : "wrong-type");
  return least;
}

bool Reader::boolean(Json value) {
  if (!value.is(Json::Type::boolean)) expected(value, "true or false");
  return value.boolean();
}

Minor Reader::money(Json value, unsigned exponent) {
  const std::string digits = text(value, kMoney);
  if (digits.empty()) return 0;
  const auto amount = parse_decimal(digits, exponent);
  if (amount) return *amount;
  expected(value,
           "money with at most " + std::to_string(exponent) +
               " decimals, up to 1,000,000,000,000 of the smallest coin",
           "not-money");
  return 0;
}

bool Reader::array(Json value, std::size_t least) {
  if (!value.is(Json::Type::array)) {
    expected(value, "an array");
    return false;
  }
  if (value.size() < least) {
    add("too-few", value.pointer(),
        "expected at least " + std::to_string(least) + " items, found " +
            std::to_string(value.size()));
  }
  return true;
}

std::vector<std::string> Reader::texts(Json value, const TextKind& kind, std::size_t least) {
  std::vector<std::string> out;
  if (!value || !array(value, least)) return out;
  std::unordered_set<std::string> seen;
  for (const Json item : value) {
    std::string one = text(item, kind);
    if (one.empty()) continue;
    if (!seen.insert(one).second) {
      expected(item, "each only once", "twice");
      continue;
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::size_t Reader::choice(Json value, std::span<const std::string_view> words) {
  const auto it = std::find(words.begin(), words.end(), value.text());
  if (value.is(Json::Type::text) && it != words.end()) {
    return static_cast<std::size_t>(it - words.begin());
  }
  std::string all;
  for (const auto word : words) all += (all.empty() ? "" : " | ") + std::string(word);
  expected(value, all, "unknown-word");
  return 0;
}

std::uint32_t Reader::bits(Json value, std::span<const std::string_view> words) {
  std::uint32_t out = 0;
  if (!array(value, 1)) return out;
  for (const Json item : value) {
    const std::size_t before = errors_.size();
    const std::uint32_t bit = 1U << choice(item, words);
    if (errors_.size() != before || item.is(Json::Type::refused)) continue;
    if ((out & bit) != 0) expected(item, "each only once", "twice");
    out |= bit;
  }
  return out;
}

model::Localised Reader::localised(Json value, const TextKind& kind) {
  model::Localised out;
  if (!value.is(Json::Type::object)) {
    expected(value, "an object of texts by language");
    return out;
  }
  if (value.size() == 0)
    add("empty", value.pointer(), "expected at least one language, found none");
  for (const Json member : value) {
    if (!kLanguageTag.matches(member.key())) {
      add(kLanguageTag.code, member.pointer(), std::string("expected ") + kLanguageTag.expected);
    }
    out.emplace(member.key(), text(member, kind));
  }
  return out;
}

Currency Reader::currency(Json value) {
  const std::string code = text(value, kCurrencyCode);
  if (code.empty()) return {};
  const auto known = sidedish::currency(code);
  if (!known) expected(value, kCurrencyCode.expected, kCurrencyCode.code);
  return known.value_or(Currency{});
}

int Reader::minutes(Json value, const TextKind& kind) {
  const std::string time = text(value, kind);
  if (time.empty()) return 0;
  const auto two = [&](std::size_t i) { return (time[i] - '0') * 10 + (time[i + 1] - '0'); };
  return two(0) * 60 + two(3);
}

std::int64_t Reader::days(Json value) {
  const std::string date = text(value, kDate);
  if (date.empty()) return 0;
  const auto two = [&](std::size_t i) { return (date[i] - '0') * 10 + (date[i + 1] - '0'); };
  const std::chrono::year_month_day day{std::chrono::year{two(0) * 100 + two(2)},
                                        std::chrono::month{static_cast<unsigned>(two(5))},
                                        std::chrono::day{static_cast<unsigned>(two(8))}};
  if (!day.ok()) expected(value, "a date that exists", "not-a-date");
  return std::chrono::sys_days{day}.time_since_epoch().count();
}

}  // namespace sidedish::format
