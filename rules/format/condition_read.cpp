#include "rules/format/rules_read.hpp"

#include <algorithm>

namespace sidedish::format {
namespace {

using model::Condition;
using Type = Condition::Type;

constexpr std::int64_t kMostCount = 100'000;
constexpr std::int64_t kMostUnits = 1'000'000;
constexpr std::int64_t kMostDays = 3650;

struct Word {
  std::string_view name;
  Type type;
};
constexpr Word kConditions[] = {
    {"all", Type::all},
    {"any", Type::any},
    {"none", Type::none},
    {"has", Type::has},
    {"lacks", Type::lacks},
    {"total", Type::total},
    {"lines", Type::lines},
    {"distinct", Type::distinct},
    {"items", Type::items},
    {"daypart", Type::daypart},
    {"weekday", Type::weekday},
    {"dates", Type::dates},
    {"store", Type::store},
    {"store_group", Type::store_group},
    {"terminal_group", Type::terminal_group},
    {"channel", Type::channel},
    {"moment", Type::moment},
    {"fact", Type::fact},
    {"segment", Type::segment},
    {"first_visit", Type::first_visit},
    {"bought", Type::bought},
    {"not_bought", Type::not_bought},
    {"stock", Type::stock},
};

/// {"min": ..., "max": ...} with at least one of them, each read by `bound`.
template <class Bound>
model::Range read_range(Reader& in, Json value, Bound bound) {
  model::Range out;
  if (!in.object(value, {"min", "max"})) return out;
  const Json min = value.find("min");
  const Json max = value.find("max");
  if (!min && !max) in.add("empty", value.pointer(), "expected min or max, found neither");
  if (min) out.min = bound(min);
  if (max) out.max = bound(max);
  return out;
}

Milli read_quantity(Reader& in, Json value) {
  if (value.is(Json::Type::integer)) return in.integer(value, 1, kMostUnits) * kOne;
  const std::string text = in.text(value, kQuantity);
  return text.empty() ? 0 : parse_decimal(text, 3).value_or(0);
}

/// What a SELECT may have beside its choice.
enum class Beside { nothing, bounds, within_days, for_days };

bool is_select(Reader& in, Json value, Beside beside) {
  switch (beside) {
    case Beside::bounds:
      return in.object(value, {"items", "category", "tag", "set", "quantity", "value"});
    case Beside::within_days:
      return in.object(value, {"items", "category", "tag", "set", "within_days"});
    case Beside::for_days:
      return in.object(value, {"items", "category", "tag", "set", "for_days"});
    case Beside::nothing:
      break;
  }
  return in.object(value, {"items", "category", "tag", "set"});
}

model::Select read_select(Reader& in, Json value, unsigned exponent, Beside beside) {
  model::Select out;
  if (!is_select(in, value, beside)) return out;
  const bool bounds = beside == Beside::bounds;
  int chosen = 0;
  for (const std::string_view one : {"items", "category", "tag", "set"}) {
    chosen += value.find(one) ? 1 : 0;
  }
  if (chosen != 1) {
    in.add("choose-one-way", value.pointer(),
           "expected exactly one of items, category, tag, set, found " + std::to_string(chosen));
  }
  out.items = in.texts(value.find("items"), kProductKey, 1);
  out.category = in.text_or_empty(value.find("category"), kName);
  out.tag = in.text_or_empty(value.find("tag"), kName);
  out.set = in.text_or_empty(value.find("set"), kName);
  if (const Json q = bounds ? value.find("quantity") : Json()) {
    out.quantity = read_range(in, q, [&](Json v) { return read_quantity(in, v); });
  }
  if (const Json v = bounds ? value.find("value") : Json()) {
    out.value = read_range(in, v, [&](Json m) { return in.money(m, exponent); });
  }
  return out;
}

void read_fact(Reader& in, Json value, Condition& out) {
  if (!in.object(value, {"name", "is", "min", "max"})) return;
  out.fact = in.text(in.need(value, "name"), kName);
  const Json is = value.find("is");
  const Json min = value.find("min");
  const Json max = value.find("max");
  if (is && (min || max))
    in.add("choose-one-way", value.pointer(), "expected is, or min and max, found both");
  if (!is && !min && !max) in.add("empty", value.pointer(), "expected is, min or max, found none");
  out.names = in.texts(is, kPlain, 1);
  if (min) out.range.min = in.integer(min, -kMaxAmount, kMaxAmount);
  if (max) out.range.max = in.integer(max, -kMaxAmount, kMaxAmount);
}

void read_dates(Reader& in, Json value, Condition& out) {
  if (!in.object(value, {"from", "to"})) return;
  const Json from = value.find("from");
  const Json to = value.find("to");
  if (!from && !to) in.add("empty", value.pointer(), "expected from or to, found neither");
  if (from) out.range.min = in.days(from);
  if (to) out.range.max = in.days(to);
}

}  // namespace

model::Select read_products(Reader& in, Json value) {
  return read_select(in, value, 0, Beside::nothing);
}

model::Daypart read_daypart(Reader& in, Json value) {
  model::Daypart out;
  if (!in.object(value, {"from", "to"})) return out;
  out.from = in.minutes(in.need(value, "from"), kTime);
  out.to = in.minutes(in.need(value, "to"), kEndTime);
  return out;
}

// Recursive, but never deeper than the parser's limit of 32.
Condition read_condition(Reader& in, Json value, const std::string& pointer, unsigned exponent) {
  Condition out;
  if (!value.is(Json::Type::object) || value.size() != 1) {
    in.expected(value, "an object with exactly one condition");
    return out;
  }
  const Json member = *value.begin();
  const auto word = std::ranges::find(kConditions, member.key(), &Word::name);
  if (word == std::end(kConditions)) {
    std::string known;
    for (const Word& w : kConditions) known += (known.empty() ? "" : ", ") + std::string(w.name);
    in.add("unknown-member", member.pointer(), "expected a condition (" + known + ")");
    return out;
  }
  out.type = word->type;
  out.pointer = pointer + pointer_step(member.key());
  switch (out.type) {
    case Type::all:
    case Type::any:
    case Type::none: {
      if (!in.array(member, 1)) break;
      std::size_t i = 0;
      for (const Json child : member) {
        out.children.push_back(
            read_condition(in, child, out.pointer + "/" + std::to_string(i++), exponent));
      }
      break;
    }
    case Type::has:
    case Type::lacks:
      out.select = read_select(in, member, exponent,
                               out.type == Type::has ? Beside::bounds : Beside::nothing);
      break;
    case Type::total:
      out.range = read_range(in, member, [&](Json v) { return in.money(v, exponent); });
      break;
    case Type::lines:
    case Type::distinct:
      out.range = read_range(in, member, [&](Json v) { return in.integer(v, 0, kMostCount); });
      break;
    case Type::items:
      out.range =
          read_range(in, member, [&](Json v) { return in.integer(v, 0, kMostUnits) * kOne; });
      break;
    case Type::daypart:
      if (member.is(Json::Type::text)) {
        out.names.push_back(in.text(member, kName));
      } else {
        out.daypart = read_daypart(in, member);
      }
      break;
    case Type::weekday:
      out.bits = in.bits(member, kWeekdays);
      break;
    case Type::dates:
      read_dates(in, member, out);
      break;
    case Type::store:
    case Type::store_group:
    case Type::terminal_group:
      if (in.array(member, 1)) out.names = in.texts(member, kName);
      break;
    case Type::channel:
      out.bits = in.bits(member, kChannels);
      break;
    case Type::moment:
      out.bits = in.bits(member, kMoments);
      break;
    case Type::fact:
      read_fact(in, member, out);
      break;
    case Type::segment:
      if (in.array(member, 1)) out.names = in.texts(member, kName);
      break;
    case Type::first_visit:
      out.bits = static_cast<std::uint32_t>(in.boolean(member) ? Visit::first : Visit::again);
      break;
    case Type::bought:
      out.select = read_select(in, member, exponent, Beside::within_days);
      out.range.max = in.integer(in.need(member, "within_days"), 1, kMostDays);
      break;
    case Type::not_bought:
      out.select = read_select(in, member, exponent, Beside::for_days);
      out.range.max = in.integer(in.need(member, "for_days"), 1, kMostDays);
      break;
    case Type::stock:
      out.bits = in.bits(member, kOffered);
      break;
  }
  return out;
}

}  // namespace sidedish::format
