#include "plugin/loopback/reading.hpp"

#include "plugin/lane/masks.hpp"
#include "plugin/loopback/reader.hpp"
#include "plugin/net/digest.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sidedish::loopback {
namespace {

using format::Json;
using Type = Json::Type;

constexpr std::size_t kMaxFindings = 100;

constexpr WordBit kCapabilities[] = {
    {"add", kCanAdd},         {"replace", kCanReplace},
    {"convert", kCanConvert}, {"apply_promotion", kCanApplyPromotion},
    {"undo", kCanUndo},       {"reports_completion", kReportsCompletion}};
constexpr std::string_view kEvents[] = {
    "",       "checkout_started", "tender_started", "tender_cancelled", "completed",
    "parked", "resumed",          "voided",         "replaced_by"};

constexpr std::pair<std::string_view, OutcomeKind> kOutcomes[] = {
    {"accepted", OutcomeKind::accepted},
    {"declined", OutcomeKind::declined},
    {"undone", OutcomeKind::undone},
    {"not_a_fit", OutcomeKind::not_a_fit},
    {"accept_failed", OutcomeKind::accept_failed}};

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
