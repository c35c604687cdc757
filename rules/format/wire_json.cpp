#include "rules/format/wire_json.hpp"

#include "rules/base/text.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sidedish::format {

std::optional<JsonDocument> parse_wire(std::string_view json, const JsonLimits& limits,
                                       WireFindings& findings) {
  std::optional<JsonDocument> out = JsonDocument::parse(json, limits);
  for (const JsonError& error : out->errors()) {
    add_finding(findings, error.pointer, error.message);
  }
  if (!out->errors().empty()) out.reset();
  return out;
}

void add_finding(WireFindings& findings, std::string pointer, std::string_view detail) {
  if (findings.size() < kMaxFindings) findings.push_back({std::move(pointer), std::string(detail)});
}

WireFields::WireFields(Json value, std::string pointer, WireFindings& findings)
    : value_(value), pointer_(std::move(pointer)), findings_(findings) {
  if (value.is(Json::Type::object)) {
    known_.resize(value.size());
  } else {
    add_finding(findings_, pointer_, "expected an object");
  }
}

std::string WireFields::at(std::string_view name) const { return pointer_ + pointer_step(name); }

void WireFields::add(std::string_view name, std::string_view detail) {
  add_finding(findings_, at(name), detail);
}

bool WireFields::has(std::string_view name) { return static_cast<bool>(any(name, false)); }

Json WireFields::any(std::string_view name, bool required) {
  if (!value_.is(Json::Type::object)) return {};
  std::size_t i = 0;
  for (const Json member : value_) {
    if (member.key() == name) {
      known_[i] = true;
      return member;
    }
    ++i;
  }
  if (required) add(name, "is missing");
  return {};
}

std::string_view WireFields::text(std::string_view name, std::size_t max_bytes, bool required) {
  const Json value = any(name, required);
  if (!value) return {};
  if (!value.is(Json::Type::text)) {
    add(name, "expected text");
  } else if (value.text().size() > max_bytes) {
    add(name, "expected at most " + std::to_string(max_bytes) + " bytes");
  } else {
    return value.text();
  }
  return {};
}

std::int64_t WireFields::number(std::string_view name, std::int64_t low, std::int64_t high,
                                bool required) {
  const Json value = any(name, required);
  if (!value) return 0;
  if (!value.is(Json::Type::integer)) {
    add(name, "expected an integer");
  } else if (value.integer() < low || value.integer() > high) {
    add(name, "expected " + std::to_string(low) + " to " + std::to_string(high));
  } else {
    return value.integer();
  }
  return 0;
}

bool WireFields::boolean(std::string_view name, bool required) {
  const Json value = any(name, required);
  if (value && !value.is(Json::Type::boolean)) add(name, "expected true or false");
  return value.boolean();
}

std::uint64_t WireFields::hex(std::string_view name, std::size_t digits, bool required) {
  const std::size_t before = findings_.size();
  const std::string_view value = text(name, digits, required);
  if (findings_.size() != before || (!required && value.empty() && !has(name))) return 0;
  const bool good = value.size() == digits && std::all_of(value.begin(), value.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  std::uint64_t out = 0;
  if (!good) {
    add(name, "expected " + std::to_string(digits) + " lower-case hexadecimal digits");
  } else {
    std::from_chars(value.data(), value.data() + value.size(), out, 16);
  }
  return out;
}

std::uint64_t WireFields::decimal(std::string_view name, bool required) {
  const std::size_t before = findings_.size();
  const std::string_view value = text(name, 20, required);
  if (findings_.size() != before || (!required && value.empty() && !has(name))) return 0;
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (error != std::errc{} || end != value.data() + value.size() || value.empty() ||
      (value.size() > 1 && value[0] == '0')) {
    add(name, "expected a number as decimal text");
    return 0;
  }
  return out;
}

Json WireFields::array(std::string_view name, std::size_t max, bool required) {
  const Json value = any(name, required);
  if (!value) return {};
  if (!value.is(Json::Type::array)) {
    add(name, "expected an array");
  } else if (value.size() > max) {
    add(name, "expected at most " + std::to_string(max) + " items");
  } else {
    return value;
  }
  return {};
}

Json WireFields::object(std::string_view name, bool required) {
  const Json value = any(name, required);
  if (value && !value.is(Json::Type::object)) {
    add(name, "expected an object");
    return {};
  }
  return value;
}

void WireFields::finish() {
  std::size_t i = 0;
  for (const Json member : value_) {
    if (i < known_.size() && !known_[i]) add(member.key(), "is not known here");
    ++i;
  }
}

namespace {

enum class Look : std::uint8_t { plain, beyond_ascii, special };

constexpr auto kLooks = [] {
  std::array<Look, 256> out{};
  for (std::size_t byte = 0; byte < out.size(); ++byte) {
    if (byte >= 0x80) out[byte] = Look::beyond_ascii;
    if (byte < 0x20 || byte == '"' || byte == '\\') out[byte] = Look::special;
  }
  return out;
}();

/// Takes over in one piece what stands for itself, up to something that looks otherwise.
void take_plain(std::string& out, std::string_view& text, Look most) {
  std::size_t n = 0;
  while (n < text.size() && kLooks[static_cast<unsigned char>(text[n])] <= most) ++n;
  out.append(text.data(), n);
  text.remove_prefix(n);
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  take_plain(out, text, Look::plain);
  const Look most = valid_utf8(text) ? Look::beyond_ascii : Look::plain;
  for (; !text.empty(); take_plain(out, text, most)) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (kLooks[byte] <= most) continue;
    text.remove_prefix(1);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += static_cast<char>(byte);
    } else if (byte > 0 && byte < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += "\xEF\xBF\xBD";
    }
  }
  out += '"';
}

namespace {

void write_value(JsonWriter& json, Json value) {
  switch (value.type()) {
    case Json::Type::boolean:
      json.boolean(value.boolean());
      break;
    case Json::Type::integer:
      json.number(value.integer());
      break;
    case Json::Type::text:
      json.text(value.text());
      break;
    case Json::Type::array:
      json.open('[');
      for (const Json item : value) write_value(json, item);
      json.close(']');
      break;
    case Json::Type::object:
      json.open('{');
      for (const Json member : value) {
        json.member(member.key());
        write_value(json, member);
      }
      json.close('}');
      break;
    case Json::Type::absent:
    case Json::Type::null:
    case Json::Type::refused:
      json.raw("null");
  }
}

}  // namespace

std::string written(Json value) {
  JsonWriter json;
  write_value(json, value);
  return json.take();
}

}  // namespace sidedish::format
