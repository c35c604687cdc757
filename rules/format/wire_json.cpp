#include "rules/format/wire_json.hpp"

#include "rules/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace sidedish::format {
namespace {

/// Builds the tree while nlohmann's iterative parser walks; every refusal ends the walk.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(const WireLimits& limits, WireFindings& findings)
      : limits_(limits), findings_(findings) {}
  WireValue take() { return std::move(root_); }

  bool null() override { return put({}); }
  bool boolean(bool value) override {
    WireValue v;
    v.type = WireValue::Type::boolean;
    v.number = value ? 1 : 0;
    return put(std::move(v));
  }
  bool number_integer(number_integer_t value) override {
    WireValue v;
    v.type = WireValue::Type::number;
    v.number = value;
    return put(std::move(v));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse("the number is larger than 9223372036854775807");
    }
    return number_integer(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t, const string_t&) override {
    return refuse("expected an integer, found a fraction, an exponent or a number out of range");
  }
  bool string(string_t& value) override {
    if (value.size() > limits_.text) return refuse("the text is too long");
    WireValue v;
    v.type = WireValue::Type::text;
    v.text = std::move(value);
    return put(std::move(v));
  }
  bool binary(binary_t&) override { return refuse("binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(WireValue::Type::object); }
  bool start_array(std::size_t) override { return open(WireValue::Type::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (value.size() > limits_.text) return refuse("a member's name is too long");
    const auto& members = stack_.back()->items;
    if (std::any_of(members.begin(), members.end(),
                    [&](const WireValue& m) { return m.key == value; })) {
      return refuse("a member is there twice: " + value);
    }
    key_ = std::move(value);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return refuse("not JSON in UTF-8 at byte " + std::to_string(position));
  }

 private:
  bool put(WireValue&& value) { return place(std::move(value)) != nullptr; }
  WireValue* place(WireValue&& value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    WireValue& parent = *stack_.back();
    if (parent.items.size() >= limits_.items) {
      refuse("too many items");
      return nullptr;
    }
    if (parent.type == WireValue::Type::object) value.key = std::move(key_);
    parent.items.push_back(std::move(value));
    return &parent.items.back();
  }
  bool open(WireValue::Type type) {
    if (stack_.size() >= limits_.depth) return refuse("nested too deeply");
    WireValue v;
    v.type = type;
    WireValue* placed = place(std::move(v));
    if (placed == nullptr) return false;
    // Pointers stay good: a parent's list does not grow while a child is open.
    stack_.push_back(placed);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }
  bool refuse(std::string_view detail) {
    std::string pointer;
    for (std::size_t i = 1; i < stack_.size(); ++i) {
      const WireValue& parent = *stack_[i - 1];
      pointer = pointer_step(pointer, parent.type == WireValue::Type::object
                                          ? stack_[i]->key
                                          : std::to_string(parent.items.size() - 1));
    }
    add_finding(findings_, std::move(pointer), detail);
    return false;
  }

  const WireLimits& limits_;
  WireFindings& findings_;
  WireValue root_;
  std::vector<WireValue*> stack_;
  std::string key_;
};

}  // namespace

std::optional<WireValue> parse_wire(std::string_view json, const WireLimits& limits,
                                    WireFindings& findings) {
  if (json.size() > limits.bytes) {
    add_finding(findings, "", "the document is too large");
    return std::nullopt;
  }
  Builder builder(limits, findings);
  // The parser checks UTF-8; what it throws (it should not, with a handler) is one finding too.
  try {
    if (!nlohmann::json::sax_parse(json.begin(), json.end(), &builder)) return std::nullopt;
  } catch (const std::exception&) {
    add_finding(findings, "", "not JSON");
    return std::nullopt;
  }
  return builder.take();
}

std::string pointer_step(const std::string& pointer, std::string_view step) {
  std::string out = pointer + "/";
  for (const char c : step) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

void add_finding(WireFindings& findings, std::string pointer, std::string_view detail) {
  if (findings.size() < kMaxFindings) findings.push_back({std::move(pointer), std::string(detail)});
}

WireFields::WireFields(const WireValue& value, std::string pointer, WireFindings& findings)
    : value_(value), pointer_(std::move(pointer)), findings_(findings) {
  if (value.type == WireValue::Type::object) {
    known_.resize(value.items.size());
  } else {
    add_finding(findings_, pointer_, "expected an object");
  }
}

std::string WireFields::at(std::string_view name) const { return pointer_step(pointer_, name); }

void WireFields::add(std::string_view name, std::string_view detail) {
  add_finding(findings_, at(name), detail);
}

bool WireFields::has(std::string_view name) { return any(name, false) != nullptr; }

const WireValue* WireFields::any(std::string_view name, bool required) {
  if (value_.type != WireValue::Type::object) return nullptr;
  for (std::size_t i = 0; i < value_.items.size(); ++i) {
    if (value_.items[i].key == name) {
      known_[i] = true;
      return &value_.items[i];
    }
  }
  if (required) add(name, "is missing");
  return nullptr;
}

std::string_view WireFields::text(std::string_view name, std::size_t max_bytes, bool required) {
  const WireValue* value = any(name, required);
  if (value == nullptr) return {};
  if (value->type != WireValue::Type::text) {
    add(name, "expected text");
  } else if (value->text.size() > max_bytes) {
    add(name, "expected at most " + std::to_string(max_bytes) + " bytes");
  } else {
    return value->text;
  }
  return {};
}

std::int64_t WireFields::number(std::string_view name, std::int64_t low, std::int64_t high,
                                bool required) {
  const WireValue* value = any(name, required);
  if (value == nullptr) return 0;
  if (value->type != WireValue::Type::number) {
    add(name, "expected an integer");
  } else if (value->number < low || value->number > high) {
    add(name, "expected " + std::to_string(low) + " to " + std::to_string(high));
  } else {
    return value->number;
  }
  return 0;
}

bool WireFields::boolean(std::string_view name, bool required) {
  const WireValue* value = any(name, required);
  if (value == nullptr) return false;
  if (value->type != WireValue::Type::boolean) {
    add(name, "expected true or false");
    return false;
  }
  return value->number != 0;
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

const std::vector<WireValue>* WireFields::array(std::string_view name, std::size_t max,
                                                bool required) {
  const WireValue* value = any(name, required);
  if (value == nullptr) return nullptr;
  if (value->type != WireValue::Type::array) {
    add(name, "expected an array");
  } else if (value->items.size() > max) {
    add(name, "expected at most " + std::to_string(max) + " items");
  } else {
    return &value->items;
  }
  return nullptr;
}

const WireValue* WireFields::object(std::string_view name, bool required) {
  const WireValue* value = any(name, required);
  if (value != nullptr && value->type != WireValue::Type::object) {
    add(name, "expected an object");
    return nullptr;
  }
  return value;
}

void WireFields::finish() {
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (!known_[i]) add(value_.items[i].key, "is not known here");
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
    } else if (byte < 0x20) {
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

}  // namespace sidedish::format
