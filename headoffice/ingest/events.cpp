#include "headoffice/ingest/events.hpp"

#include "plugin/net/digest.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace sidedish::headoffice {
namespace {

using format::Json;

constexpr UtcMs kDayMs = 86'400'000;
constexpr UtcMs kOldest = 400 * kDayMs;  // raw events are kept for 13 months
constexpr MonoMs kLongestBasket = 7 * kDayMs;

void append(std::string& out, Json value) {
  switch (value.type()) {
    case Json::Type::absent:
    case Json::Type::refused:
    case Json::Type::null:
      out += "null";
      return;
    case Json::Type::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Json::Type::integer:
      out += std::to_string(value.integer());
      return;
    case Json::Type::text:
      format::append_json(out, value.text());
      return;
    case Json::Type::array:
    case Json::Type::object:
      break;
  }
  const bool object = value.is(Json::Type::object);
  std::vector<Json> items(value.begin(), value.end());
  if (object) {
    std::sort(items.begin(), items.end(), [](Json a, Json b) { return a.key() < b.key(); });
  }
  out += object ? '{' : '[';
  const char* comma = "";
  for (const Json item : items) {
    out += comma;
    comma = ",";
    if (object) {
      format::append_json(out, item.key());
      out += ':';
    }
    append(out, item);
  }
  out += object ? '}' : ']';
}

std::string kind_name(OutcomeKind kind) {
  const std::string_view type = format::type_of(kind);
  constexpr std::string_view kPrompt = "prompt.";
  return std::string(type.starts_with(kPrompt) ? type.substr(kPrompt.size()) : type);
}

bool believable(std::int64_t amount) { return amount >= -kMaxAmount && amount <= kMaxAmount; }

Facts basket_facts(const model::Outcome& o, std::string& refused) {
  if (o.part > 0) return std::monostate();
  if (!believable(o.total) || !believable(o.margin) || !believable(o.items)) {
    refused = "/data: total, margin and items are expected within 1,000,000,000,000";
    return std::monostate();
  }
  BasketFacts facts{.rule = std::string(o.rule),
                    .arm = std::string(format::name_of(o.arm)),
                    .currency = o.currency,
                    .channel = std::string(format::name_of(o.channel)),
                    .mode = std::string(format::name_of(o.mode)),
                    .ended = std::string(format::name_of(o.end)),
                    .eligible = o.eligible,
                    .attached = o.attached,
                    .margin_known = o.margin_known,
                    .n = 1,
                    .total = o.total,
                    .margin = o.margin,
                    .items = o.items,
                    .lines = o.lines,
                    .shown = o.shown,
                    .withheld = o.withheld,
                    .accepted = o.accepted,
                    .open_ms = std::nullopt,
                    .basket = std::string(o.basket),
                    .offer = std::string(o.offer)};
  const MonoMs open = o.tender_at - o.opened_at;
  if (o.tender_at != 0 && o.opened_at != 0 && open >= 0 && open <= kLongestBasket) {
    facts.open_ms = open;
  }
  if (o.unit_of != Unit::basket) {
    facts.unit_of = format::name_of(o.unit_of);
    facts.unit = o.unit;
  }
  return facts;
}

Facts facts_of(const format::OwnedOutcome& owned, std::string& refused) {
  const model::Outcome& o = owned.value;
  if (o.kind == OutcomeKind::basket) return basket_facts(o, refused);
  PromptFacts facts{.kind = kind_name(o.kind),
                    .rule = std::string(o.rule),
                    .arm = std::string(format::name_of(o.arm)),
                    .currency = o.currency,
                    .channel = std::string(format::name_of(o.channel)),
                    .n = 1,
                    .quantity = o.quantity,
                    .price_effect = o.price_effect,
                    .saving = o.saving};
  if (o.kind == OutcomeKind::returned) {
    facts.sale = o.remark;
    facts.offer = o.offer;
  } else if (o.kind == OutcomeKind::not_a_fit || o.kind == OutcomeKind::accept_failed) {
    facts.remark = o.remark;
  }
  return facts;
}

Facts facts_of(const format::Tally& tally, std::string&) {
  const auto n = static_cast<std::int64_t>(tally.count);
  if (tally.kind == OutcomeKind::basket) {
    return BasketFacts{.rule = tally.rule,
                       .arm = std::string(format::name_of(tally.arm)),
                       .currency = tally.currency,
                       .n = n,
                       .total = tally.sum};
  }
  return PromptFacts{.kind = kind_name(tally.kind),
                     .rule = tally.rule,
                     .arm = std::string(format::name_of(tally.arm)),
                     .currency = tally.currency,
                     .channel = "",
                     .n = n,
                     .quantity = 0,
                     .price_effect = tally.sum,
                     .saving = 0};
}

Facts facts_of(const format::Tombstone& stone, std::string&) {
  return TombstoneFacts{stone.from, stone.to,
                        stone.why == format::Lost::folded ? "folded" : "quarantined"};
}

Facts facts_of(const format::Audit& audit, std::string&) {
  AuditFacts facts{format::format_day(audit.day), audit.last, {}, {}};
  const auto copy = [](const std::vector<format::NamedCount>& from, std::vector<NamedCount>& to) {
    for (const auto& [name, n] : from) to.push_back({name, static_cast<std::int64_t>(n)});
  };
  copy(audit.counts, facts.types);
  copy(audit.counters, facts.counters);
  return facts;
}

bool clock_unset(const format::Event& event) {
  const auto* owned = std::get_if<format::OwnedOutcome>(&event.body);
  return owned != nullptr && owned->value.clock == model::ClockQuality::unset;
}

}  // namespace

std::string canonical(Json value) {
  std::string out;
  append(out, value);
  return out;
}

IncomingEvent to_incoming(Json value, const format::Event& event, std::string refused,
                          UtcMs received_at, const ZoneOfStore& zone, BusinessDays& days) {
  IncomingEvent out;
  out.store = event.source.store;
  out.terminal = event.source.terminal;
  char epoch[17];
  std::snprintf(epoch, sizeof epoch, "%016llx",
                static_cast<unsigned long long>(event.source.epoch));
  out.epoch = epoch;
  out.seq = event.sequence;
  out.type = event.type();
  out.at = event.time;
  out.json = canonical(value);
  const net::Sha256 digest = net::sha256(out.json);
  std::memcpy(out.digest.data(), digest.data(), out.digest.size());
  out.refused = std::move(refused);
  if (out.refused.empty()) {
    out.facts =
        std::visit([&](const auto& body) { return facts_of(body, out.refused); }, event.body);
    const auto* stone = std::get_if<format::Tombstone>(&event.body);
    if (stone != nullptr && stone->to >= event.sequence) {
      out.refused = "/data/to: a tombstone speaks of earlier ids only";
    }
  }
  const auto* tally = std::get_if<format::Tally>(&event.body);
  UtcMs counted_at = tally != nullptr ? tally->hour * 3'600'000 : event.time;
  if (clock_unset(event) || counted_at > received_at + kDayMs ||
      counted_at < received_at - kOldest) {
    counted_at = received_at;
    out.day_from_receipt = true;
  }
  const std::string where = zone(out.store);
  out.day = days.day_of(where, counted_at);
  if (out.day_from_receipt) return out;
  const std::string_view part = name_of(days.part_of(where, counted_at));
  if (auto* prompt = std::get_if<PromptFacts>(&out.facts)) prompt->daypart = part;
  if (auto* basket = std::get_if<BasketFacts>(&out.facts)) basket->daypart = part;
  return out;
}

}  // namespace sidedish::headoffice
