#pragma once
// JSON text, member by member. The caller keeps the nesting right; commas are ours.
#include "rules/format/wire_json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sidedish::format {

class JsonWriter {
 public:
  /// `room`: about how many bytes it will be, when that is known.
  explicit JsonWriter(std::size_t room = 0) { out_.reserve(room); }

  JsonWriter& open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  /// As our own code spells it: that it needs no escapes is known when it is compiled.
  class Name {
   public:
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is what callers write
    consteval Name(const char* text) : text_(text) {
      for (const char c : text_) {
        if (c < 0x20 || c > 0x7E || c == '"' || c == '\\') throw "a name with escapes";
      }
    }
    std::string_view text() const { return text_; }

   private:
    std::string_view text_;
  };
  JsonWriter& key(Name name) {
    out_.append(first_ ? "\"" : ",\"").append(name.text()).append("\":");
    first_ = true;
    return *this;
  }
  /// Any name.
  JsonWriter& member(std::string_view name) {
    separate();
    append_json(out_, name);
    out_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& text(std::string_view value) {
    separate();
    append_json(out_, value);
    return *this;
  }
  JsonWriter& number(std::int64_t value) { return digits(value); }
  JsonWriter& number(std::uint64_t value) { return digits(value); }
  JsonWriter& boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
  }
  /// What is JSON already.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  template <class Number>
  JsonWriter& digits(Number value) {
    separate();
    std::array<char, 24> room;
    const auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
    out_.append(room.data(), end);
    return *this;
  }
  std::string out_;
  bool first_ = true;
};

}  // namespace sidedish::format
