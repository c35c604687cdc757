#pragma once
// JSON names of the loopback API <-> the C header's words, for the drivers of the recorded conversations.
#include "rules/base/money.hpp"

#include <nlohmann/json.hpp>
#include <sidedish/sidedish.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace conversations {

using nlohmann::json;
using Words = std::vector<std::pair<std::string_view, std::int32_t>>;

inline const Words kModes = {
    {"sale", 0}, {"return", 1}, {"exchange", 2}, {"training", 3}, {"price_check", 4}};
inline const Words kHolds = {{"age_check", 1}, {"complaint", 2}, {"manager", 4},
                             {"override", 8},  {"opt_out", 16},  {"rush", 32}};
inline const Words kChannels = {{"cashier", 0}, {"kiosk", 1}, {"receipt", 2}};
inline const Words kMoments = {{"basket", 0}, {"checkout", 1}, {"browse", 2}, {"receipt", 3}};
inline const Words kLineKinds = {{"goods", 0},    {"fee", 1}, {"deposit", 2}, {"tender", 3},
                                 {"discount", 4}, {"tax", 5}, {"comment", 6}, {"log", 7}};
inline const Words kFlags = {
    {"voided", 1}, {"weighed", 2}, {"open_price", 4}, {"age_restricted", 8}, {"locked", 16}};
inline const Words kReasons = {
    {"opened", 1},           {"item_added", 2},    {"item_removed", 3},
    {"quantity_changed", 4}, {"price_changed", 5}, {"discount_changed", 6},
    {"customer_changed", 7}, {"mode_changed", 8},  {"resumed", 9},
    {"merged", 10},          {"split", 11}};
inline const Words kEvents = {
    {"checkout_started", 1}, {"tender_started", 2}, {"tender_cancelled", 3}, {"completed", 4},
    {"parked", 5},           {"resumed", 6},        {"voided", 7},           {"replaced_by", 8}};
inline const Words kCapabilities = {{"add", 1},     {"replace", 2},
                                    {"convert", 4}, {"apply_promotion", 8},
                                    {"undo", 16},   {"reports_completion", 32}};
inline const Words kOutcomes = {
    {"accepted", 3}, {"declined", 4}, {"undone", 5}, {"not_a_fit", 12}, {"accept_failed", 13}};
inline const Words kBy = {{"staff", 1}, {"customer", 2}};
inline const Words kPromptKinds = {
    {"add_on", 0}, {"bundle", 1}, {"upsell", 2}, {"also_bought", 3}, {"receipt", 4}};
inline const Words kActions = {{"none", 0}, {"add", 1}, {"replace", 2}, {"convert", 3}};

/// Throws for a word that is none of these, unless the list is an open one: then `unknown`.
inline std::int32_t number(const Words& words, std::string_view word, std::int32_t unknown = -1) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  if (unknown < 0) throw std::runtime_error("no such word: " + std::string(word));
  return unknown;
}
inline std::uint32_t bits(const Words& words, const json& list) {
  std::uint32_t out = 0;
  for (const json& word : list) {
    out |= static_cast<std::uint32_t>(number(words, word.get_ref<const std::string&>()));
  }
  return out;
}
inline std::string word(const Words& words, std::int32_t value) {
  for (const auto& [name, known] : words) {
    if (known == value) return std::string(name);
  }
  return "unknown";
}
/// Decimal text, or an integer of the smallest unit.
inline std::int64_t amount(const json& value, unsigned exponent) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const auto read = sidedish::parse_decimal(value.get_ref<const std::string&>(), exponent);
  if (!read) throw std::runtime_error("no amount: " + value.dump());
  return *read;
}
/// "1", "0.35"
inline std::string quantity_text(std::int64_t thousandths) {
  std::string out = std::to_string(thousandths / 1000);
  const std::int64_t part = thousandths % 1000;  // of a prompt: never negative
  if (part != 0) out += "." + std::to_string(1000 + part).substr(1);
  if (part != 0) out.erase(out.find_last_not_of('0') + 1);
  return out;
}
inline std::string id_text(std::uint64_t id) {
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(id));
  return out;
}
inline std::uint64_t id_number(const json& text) {
  return std::stoull(text.get_ref<const std::string&>(), nullptr, 16);
}
inline std::string status_text(std::int32_t status) {
  std::string name = sidedish_status_name(status);
  if (name.starts_with("E_")) name = name.substr(2);
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

inline std::string base64(std::string_view bytes) {
  static const char* const kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      three = three << 8 | (i + k < bytes.size() ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kDigits[three >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}
inline std::string unbase64(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    held = held << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) out += static_cast<char>(held >> (count -= 8) & 0xFF);
  }
  return out;
}

}  // namespace conversations
