#include "plugin/loopback/reading.hpp"

#include "plugin/lane/masks.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/text.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace sidedish::loopback {
namespace {

using format::Json;
using Type = Json::Type;

constexpr std::size_t kMaxFindings = 100;
constexpr std::size_t kMaxText = 256;  // languages, operators, fact texts
constexpr MonoMs kMaxDeadline = 60'000;
constexpr std::int64_t kMaxDays = 36'500;

constexpr WordBit kCapabilities[] = {
    {"add", kCanAdd},         {"replace", kCanReplace},
    {"convert", kCanConvert}, {"apply_promotion", kCanApplyPromotion},
    {"undo", kCanUndo},       {"reports_completion", kReportsCompletion}};
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
constexpr std::string_view kEvents[] = {
    "",       "checkout_started", "tender_started", "tender_cancelled", "completed",
    "parked", "resumed",          "voided",         "replaced_by"};

constexpr std::pair<std::string_view, OutcomeKind> kOutcomes[] = {
    {"accepted", OutcomeKind::accepted},
    {"declined", OutcomeKind::declined},
    {"undone", OutcomeKind::undone},
    {"not_a_fit", OutcomeKind::not_a_fit},
    {"accept_failed", OutcomeKind::accept_failed}};

/// "expected one of a, b, c, found ..."
template <class Words, class Name>
std::string one_of(const Words& words, Name name, const Json& found) {
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

void Findings::add(std::string pointer, std::string_view detail) {
  if (items_.size() < kMaxFindings) items_.push_back({std::move(pointer), std::string(detail)});
}

void Findings::add_errors_of(const format::JsonDocument& document) {
  for (const format::JsonError& error : document.errors()) {
    const bool said = std::any_of(items_.begin(), items_.end(), [&](const net::ProblemItem& item) {
      return item.pointer == error.pointer;
    });
    if (!said) add(error.pointer, error.message);
  }
}

LaneRequest read_lane(const Json& body, Findings& findings) {
  Reader reader(findings);
  LaneRequest out;
  bool has_capabilities = false;
  const bool is_object = reader.members(body, [&](std::string_view name, const Json& value) {
    if (name == "capabilities") {
      has_capabilities = true;
      out.capabilities = reader.bits(value, kCapabilities);
    } else if (name == "barcode_masks") {
      out.barcode_masks = reader.text(value, 0, 256, true);
      lane::Masks masks;
      if (const char* why = lane::Masks::parse(out.barcode_masks, masks)) findings.add(value, why);
    } else if (name == "channel") {
      out.channel = reader.channel(value);
    } else {
      return false;
    }
    return true;
  });
  if (is_object && !has_capabilities) reader.missing(body, "capabilities");
  return out;
}

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

void read_event(const Json& body, EventRequest& out, Findings& findings) {
  Reader reader(findings);
  lane::Event& event = out.event;
  const Json* total = nullptr;
  Json total_at;
  bool has_type = false;
  bool has_basket = false;
  unsigned exponent = 2;
  const bool is_object = reader.members(body, [&](std::string_view name, const Json& value) {
    if (name == "type") {
      has_type = true;
      const auto* known = std::find(std::begin(kEvents) + 1, std::end(kEvents),
                                    value.is(Type::text) ? value.text() : std::string_view("?"));
      if (known == std::end(kEvents)) {
        findings.add(value, one_of(
                                kEvents, [](std::string_view word) { return word; }, value));
      } else {
        event.type = static_cast<BasketEvent>(known - kEvents);
      }
    } else if (name == "basket") {
      has_basket = true;
      event.basket = reader.text(value, 1, 64, true);
    } else if (name == "related") {
      event.related = reader.text(value, 0, 64, true);
    } else if (name == "token") {
      const auto bytes = net::parse_base64(reader.text(value, 0, 1024, true));
      if (bytes) {
        out.token = *bytes;
        event.token = std::as_bytes(std::span(out.token));
      } else {
        findings.add(value, "expected base64 with padding (RFC 4648, section 4)");
      }
    } else if (name == "total") {
      total_at = value;
      total = &total_at;
    } else if (name == "currency") {
      exponent = reader.currency(value).exponent;
    } else {
      return false;
    }
    return true;
  });
  if (!is_object) return;
  if (!has_type) reader.missing(body, "type");
  if (!has_basket) reader.missing(body, "basket");
  if (total != nullptr) {
    event.total = reader.money(*total, exponent);
    event.total_known = true;
    if (total->is(Type::text) && !body.find("currency")) {
      findings.add(*total, "decimal text needs a currency beside it");
    }
  }
  if (event.type == BasketEvent::replaced_by && event.related.empty()) {
    reader.missing(body, "related");
  }
}

OutcomeRequest read_outcome(const Json& body, Findings& findings) {
  Reader reader(findings);
  OutcomeRequest out;
  bool has_lane = false;
  bool has_outcome = false;
  const bool is_object = reader.members(body, [&](std::string_view name, const Json& value) {
    if (name == "lane") {
      has_lane = true;
      out.lane = reader.text(value, 1, 32, true);
      if (!out.lane.empty() && !is_lane_name(out.lane)) {
        reader.expected(value, "a lane's name: a to z, 0 to 9 and -");
      }
    } else if (name == "outcome") {
      has_outcome = true;
      const auto* known = std::find_if(
          std::begin(kOutcomes), std::end(kOutcomes),
          [&](const auto& row) { return value.is(Type::text) && row.first == value.text(); });
      if (known == std::end(kOutcomes)) {
        findings.add(value, one_of(
                                kOutcomes, [](const auto& row) { return row.first; }, value));
      } else {
        out.answer.what = known->second;
      }
    } else if (name == "by") {
      out.answer.by = reader.word(value, "one of staff, customer, unknown", By::unknown);
    } else if (name == "why") {
      out.answer.why = reader.text(value, 0, 120, false);
    } else {
      return false;
    }
    return true;
  });
  if (is_object && !has_lane) reader.missing(body, "lane");
  if (is_object && !has_outcome) reader.missing(body, "outcome");
  return out;
}

lane::Return read_return(const Json& body, Findings& findings) {
  Reader reader(findings);
  lane::Return out;
  unsigned exponent = 2;
  if (const Json code = body.find("currency")) {
    const Currency currency = reader.currency(code);
    std::memcpy(out.currency, currency.code, sizeof out.currency);
    exponent = currency.exponent;
  } else if (body.is(Type::object)) {
    reader.missing(body, "currency");
  }
  bool has_product = false;
  bool has_quantity = false;
  bool has_value = false;
  const bool is_object = reader.members(body, [&](std::string_view name, const Json& value) {
    if (name == "basket") {
      out.basket = reader.text(value, 0, 64, true);
    } else if (name == "product") {
      has_product = true;
      out.product = reader.text(value, 1, 96, true);
    } else if (name == "quantity" || name == "quantity_milli") {
      has_quantity = true;
      out.quantity =
          name == "quantity" ? reader.quantity(value) : reader.integer(value, 1, kMaxAmount);
      if (out.quantity < 0) findings.add(value, "expected more than 0");
    } else if (name == "value") {
      has_value = true;
      out.value = reader.money(value, exponent);
      if (out.value < 0) findings.add(value, "expected 0 or more");
    } else {
      return name == "currency";
    }
    return true;
  });
  if (!is_object) return out;
  if (!has_product) reader.missing(body, "product");
  if (!has_quantity) reader.missing(body, "quantity");
  if (!has_value) reader.missing(body, "value");
  if (has_quantity && findings.empty() && out.quantity == 0) {
    findings.add("/quantity", "expected more than 0");
  }
  return out;
}

std::span<const WordBit> hold_words() noexcept { return kHolds; }

std::string_view outcome_word(OutcomeKind kind) noexcept {
  for (const auto& [word, known] : kOutcomes) {
    if (known == kind) return word;
  }
  return {};
}

std::uint64_t read_prompt_id(std::string_view text) noexcept {
  const bool hex = text.size() == 16 && std::all_of(text.begin(), text.end(), [](char c) {
                     return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                   });
  std::uint64_t id = 0;
  if (hex) std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return id;
}

bool is_lane_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace sidedish::loopback
