// The basket as a till sends it, with its lines, facts and customer.
#include "plugin/loopback/reader.hpp"

#include <cstring>
#include <limits>

namespace sidedish::loopback {
namespace {

using format::Json;
using Type = Json::Type;

constexpr MonoMs kMaxDeadline = 60'000;
constexpr std::int64_t kMaxDays = 36'500;

constexpr WordBit kHolds[] = {{"age_check", kHoldAgeCheck}, {"complaint", kHoldComplaint},
                              {"manager", kHoldManager},    {"override", kHoldOverride},
                              {"opt_out", kHoldOptOut},     {"rush", kHoldRush}};
constexpr WordBit kFlags[] = {{"voided", kLineVoided},
                              {"weighed", kLineWeighed},
                              {"open_price", kLineOpenPrice},
                              {"age_restricted", kLineAgeRestricted},
                              {"locked", kLineLocked}};

constexpr std::string_view kLineKinds[] = {"goods",    "fee", "deposit", "tender",
                                           "discount", "tax", "comment", "log"};
void read_line(const Json& at, unsigned exponent, lane::Line& out, Reader& reader) {
  out = {};
  bool has_quantity = false;
  bool has_product = false;
  const bool is_object = reader.members(at, [&](std::string_view name, const Json& value) {
    if (name == "product") {
      has_product = true;
      out.product = reader.text(value, 0, 96, true);
    } else if (name == "quantity") {
      has_quantity = true;
      out.quantity = reader.quantity(value);
    } else if (name == "quantity_milli") {
      has_quantity = true;
      out.quantity = reader.integer(value, -kMaxAmount, kMaxAmount);
    } else if (name == "unit_price") {
      out.unit_price = reader.money(value, exponent);
    } else if (name == "line_total") {
      out.line_total = reader.money(value, exponent);
    } else if (name == "kind") {
      // A word that we do not know is never evidence.
      const std::string_view word = reader.text(value, 0, kMaxText, true);
      const auto* known = std::find(std::begin(kLineKinds), std::end(kLineKinds), word);
      out.kind = known == std::end(kLineKinds) ? LineKind::unknown
                                               : static_cast<LineKind>(known - kLineKinds);
    } else if (name == "flags") {
      out.flags = reader.bits(value, kFlags);
    } else if (name == "bundle") {
      out.in_bundle = !reader.text(value, 0, 64, true).empty();
    } else if (name == "line_id") {
      reader.text(value, 0, kMaxText, false);
    } else if (name == "from_prompt") {
      if (read_prompt_id(value.text()) == 0) reader.expected(value, "a prompt's id");
    } else {
      return false;
    }
    return true;
  });
  if (!is_object) return;
  if (!has_quantity) reader.missing(at, "quantity");
  if (out.kind == LineKind::goods && (!has_product || out.product.empty())) {
    reader.missing(at, "product");
  }
}

void read_facts(const Json& at, SnapshotRequest& out, Findings& findings, Reader& reader) {
  if (at.is(Type::object) && at.size() > out.facts.size()) {
    out.too_large = true;
    return findings.add(at, "expected at most 16 facts");
  }
  std::size_t count = 0;
  reader.members(at, [&](std::string_view name, const Json& value) {
    lane::Fact& fact = out.facts[count++];
    fact.name = name;
    if (name.empty() || name.size() > 96 || has_control(name)) {
      findings.add(value, "expected a name of 1 to 96 bytes without control characters");
    }
    fact.is_number = value.is(Type::integer);
    if (fact.is_number) {
      fact.number = value.integer();
    } else if (value.is(Type::text)) {
      fact.text = reader.text(value, 0, kMaxText, false);
    } else {
      reader.expected(value, "a text or an integer");
    }
    return true;
  });
  out.snapshot.facts = std::span(out.facts).first(count);
}

/// The texts of an array into `room`; how many.
template <std::size_t N>
std::span<const std::string_view> read_texts(const Json& at, std::array<std::string_view, N>& room,
                                             SnapshotRequest& out, Findings& findings,
                                             Reader& reader) {
  if (!at.is(Type::array)) {
    reader.expected(at, "an array");
    return {};
  }
  if (at.size() > N) {
    out.too_large = true;
    findings.add(at, "expected at most " + std::to_string(N) + " items");
    return {};
  }
  std::size_t count = 0;
  for (const Json item : at) room[count++] = reader.text(item, 1, 96, true);
  return std::span(room).first(count);
}

void read_bought(const Json& at, SnapshotRequest& out, Findings& findings, Reader& reader) {
  if (!at.is(Type::array)) return reader.expected(at, "an array");
  if (at.size() > out.bought.size()) {
    out.too_large = true;
    return findings.add(at, "expected at most " + std::to_string(out.bought.size()) + " items");
  }
  std::size_t count = 0;
  for (const Json item : at) {
    lane::Bought& bought = out.bought[count++];
    bought = {};
    bool has_days = false;
    const bool is_object = reader.members(item, [&](std::string_view name, const Json& value) {
      if (name == "product") {
        bought.product = reader.text(value, 1, 96, true);
      } else if (name == "days_ago") {
        has_days = true;
        bought.days_ago = static_cast<std::uint32_t>(reader.integer(value, 0, kMaxDays));
      } else {
        return false;
      }
      return true;
    });
    if (is_object && !item.find("product")) reader.missing(item, "product");
    if (is_object && !has_days) reader.missing(item, "days_ago");
  }
  out.snapshot.customer.bought = std::span(out.bought).first(count);
}

void read_customer(const Json& at, SnapshotRequest& out, Findings& findings, Reader& reader) {
  lane::Customer& customer = out.snapshot.customer;
  reader.members(at, [&](std::string_view name, const Json& value) {
    if (name == "id") {
      customer.id = reader.text(value, 0, kMaxText, false);
    } else if (name == "segments") {
      customer.segments = read_texts(value, out.segments, out, findings, reader);
      customer.segments_known = true;
    } else if (name == "avoid") {
      customer.avoid = read_texts(value, out.avoid, out, findings, reader);
    } else if (name == "first_visit") {
      customer.visit = reader.boolean(value) ? Visit::first : Visit::again;
    } else if (name == "bought") {
      read_bought(value, out, findings, reader);
    } else if (name == "bought_days") {
      customer.bought_days = static_cast<std::uint32_t>(reader.integer(value, 0, kMaxDays));
    } else {
      return false;
    }
    return true;
  });
}

}  // namespace

void read_snapshot(const Json& body, Channel channel, std::span<lane::Line> room,
                   SnapshotRequest& out, Findings& findings) {
  Reader reader(findings);
  lane::Snapshot& s = out.snapshot;
  s.channel = channel;
  // What amounts mean depends on it, wherever it stands.
  if (const Json code = body.find("currency")) {
    const Currency currency = reader.currency(code);
    std::memcpy(s.currency, currency.code, sizeof s.currency);
    out.exponent = currency.exponent;
  } else if (body.is(Type::object)) {
    reader.missing(body, "currency");
  }
  bool has_basket = false;
  bool has_seq = false;
  bool has_lines = false;
  const bool is_object = reader.members(body, [&](std::string_view name, const Json& value) {
    if (name == "lines") {
      has_lines = true;
      if (!value.is(Type::array)) {
        reader.expected(value, "an array");
      } else if (value.size() > room.size()) {
        out.too_large = true;
        findings.add(value, "expected at most 2000 lines: a basket with more has no prompts");
      } else {
        std::size_t i = 0;
        for (const Json line : value) read_line(line, out.exponent, room[i++], reader);
        s.lines = room.first(i);
      }
    } else if (name == "basket") {
      has_basket = true;
      s.basket = reader.text(value, 1, 64, true);
    } else if (name == "seq") {
      has_seq = true;
      s.seq = static_cast<std::uint64_t>(
          reader.integer(value, 0, std::numeric_limits<std::int64_t>::max()));
    } else if (name == "currency") {
    } else if (name == "prices_include_tax") {
      s.taxed = reader.boolean(value) ? Taxed::included : Taxed::excluded;
    } else if (name == "total") {
      s.total = reader.money(value, out.exponent);
    } else if (name == "mode") {
      s.mode = reader.word(value, "one of sale, return, exchange, training, price_check",
                           Mode::price_check);
    } else if (name == "holds") {
      s.holds = reader.bits(value, kHolds);
    } else if (name == "channel") {
      s.channel = reader.channel(value);
    } else if (name == "moment") {
      s.moment = reader.word(value, "one of basket, checkout, browse, receipt", Moment::basket);
    } else if (name == "looking_at") {
      s.looking_at = reader.text(value, 0, 96, true);
    } else if (name == "language") {
      s.language = reader.text(value, 0, 64, true);
    } else if (name == "operator_id") {
      s.operator_id = reader.text(value, 0, kMaxText, false);
    } else if (name == "facts") {
      read_facts(value, out, findings, reader);
    } else if (name == "customer") {
      read_customer(value, out, findings, reader);
    } else if (name == "reason") {
      reader.text(value, 0, kMaxText, false);  // information only
    } else if (name == "deadline_ms") {
      out.deadline = reader.integer(value, 0, kMaxDeadline);
    } else {
      return false;
    }
    return true;
  });
  if (!is_object) return;
  if (!has_basket) reader.missing(body, "basket");
  if (!has_seq) reader.missing(body, "seq");
  if (!has_lines) reader.missing(body, "lines");
}

std::span<const WordBit> hold_words() noexcept { return kHolds; }

}  // namespace sidedish::loopback
