#pragma once
// JSON text (RFC 8259, strict UTF-8) -> calls, in the text's order. Used by the .cpp files of this
// room. Not recursive: what is open is kept in a list that the handler bounds.
#include "rules/base/text.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sidedish::format {

/// Handler: null(), boolean(bool), number_integer(std::int64_t), number_unsigned(std::uint64_t)
/// beyond that, number_other(std::string_view) for fractions, exponents and what fits no 64 bits,
/// string(std::string_view), key(std::string_view), start_object(), end_object(), start_array(),
/// end_array(): false ends the scan. syntax(offset, found) is told what is wrong; the scan ends.
/// Texts live for the call.
template <class Handler>
class JsonScanner {
 public:
  JsonScanner(std::string_view text, Handler& handler)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), handler_(handler) {}

  /// False: it is no JSON, or the handler has had enough.
  bool run() {
    skip();
    for (;;) {
      const Step step = value();
      if (step == Step::failed) return false;
      if (step == Step::opened) continue;
      for (;;) {  // a value is over
        skip();
        if (open_.empty()) return at_ == end_ || bad("something after its end");
        const char close = open_.back() == '{' ? '}' : ']';
        if (at_ != end_ && *at_ == close) {
          if (!end()) return false;
          continue;
        }
        if (at_ == end_ || *at_ != ',') return bad(nullptr);
        ++at_;
        skip();
        if (close == '}' && !member()) return false;
        break;
      }
    }
  }

 private:
  enum class Step : std::uint8_t { failed, opened, done };
  static Step done(bool good) { return good ? Step::done : Step::failed; }

  /// `found` may be nullptr: the character here, or the end.
  bool bad(const char* found) {
    std::string what = found != nullptr ? found : "the end of the text";
    if (found == nullptr && at_ != end_) {
      const auto c = static_cast<unsigned char>(*at_);
      what = c > 0x20 && c < 0x7F ? std::string("'") + *at_ + '\'' : "an unexpected byte";
    }
    handler_.syntax(static_cast<std::size_t>(at_ - begin_), what);
    return false;
  }
  void skip() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool end() {
    const bool object = open_.back() == '{';
    open_.pop_back();
    ++at_;
    return object ? handler_.end_object() : handler_.end_array();
  }
  Step value() {
    if (at_ == end_) return done(bad(nullptr));
    switch (*at_) {
      case '{':
        ++at_;
        if (!handler_.start_object()) return Step::failed;
        open_ += '{';
        skip();
        if (at_ != end_ && *at_ == '}') return done(end());
        return member() ? Step::opened : Step::failed;
      case '[':
        ++at_;
        if (!handler_.start_array()) return Step::failed;
        open_ += '[';
        skip();
        return at_ != end_ && *at_ == ']' ? done(end()) : Step::opened;
      case '"': {
        std::string_view text;
        return done(string(text) && handler_.string(text));
      }
      case 't':
        return done(word("true") && handler_.boolean(true));
      case 'f':
        return done(word("false") && handler_.boolean(false));
      case 'n':
        return done(word("null") && handler_.null());
      default:
        return done(number());
    }
  }
  /// A member's name and the colon.
  bool member() {
    if (at_ == end_ || *at_ != '"') return bad(nullptr);
    std::string_view name;
    if (!string(name) || !handler_.key(name)) return false;
    skip();
    if (at_ == end_ || *at_ != ':') return bad(nullptr);
    ++at_;
    skip();
    return true;
  }
  bool word(std::string_view wanted) {
    for (const char c : wanted) {
      if (at_ == end_ || *at_ != c) return bad(nullptr);
      ++at_;
    }
    return true;
  }
  bool digits() {
    const char* from = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != from || bad(nullptr);
  }
  bool number() {
    const char* from = at_;
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    bool whole = true;
    if (at_ != end_ && *at_ == '.') {
      whole = false;
      ++at_;
      if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      whole = false;
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    std::int64_t value = 0;
    if (whole && std::from_chars(from, at_, value).ec == std::errc{}) {
      return handler_.number_integer(value);
    }
    std::uint64_t large = 0;
    if (whole && *from != '-' && std::from_chars(from, at_, large).ec == std::errc{}) {
      return handler_.number_unsigned(large);
    }
    return handler_.number_other({from, at_});
  }
  /// As it stands in the text when nothing in it is escaped.
  bool string(std::string_view& out) {
    const char* from = ++at_;
    bool plain = true;
    bool ascii = true;
    room_.clear();
    for (;;) {
      if (at_ == end_) return bad("the end of the text within a string");
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') break;
      if (c < 0x20) return bad("a control character within a string");
      ascii = ascii && c < 0x80;
      if (c != '\\') {
        ++at_;
        continue;
      }
      plain = false;
      room_.append(from, at_);
      ++at_;
      if (!escape()) return false;
      from = at_;
    }
    if (plain) {
      out = {from, at_};
    } else {
      out = room_.append(from, at_);
    }
    if (!ascii && !valid_utf8(out)) return bad("bytes that are no UTF-8");
    ++at_;
    return true;
  }
  bool escape() {
    if (at_ == end_) return bad(nullptr);
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (const auto letter = kLetters.find(*at_); letter != std::string_view::npos) {
      room_ += kMeaning[letter];
      ++at_;
      return true;
    }
    std::uint32_t code = 0;
    if (*at_ != 'u') return bad(nullptr);
    if (!unit(code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return bad("half of a surrogate pair");
    if (code >= 0xD800 && code <= 0xDBFF) {
      std::uint32_t low = 0;
      if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return bad("half of a surrogate pair");
      ++at_;
      if (!unit(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return bad("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    put(code);
    return true;
  }
  /// "uXXXX"
  bool unit(std::uint32_t& code) {
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int c = at_ == end_ ? 0 : static_cast<unsigned char>(*at_);
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return bad(nullptr);
      code = code << 4U | static_cast<std::uint32_t>(digit);
    }
    return true;
  }
  void put(std::uint32_t code) {
    const auto byte = [&](std::uint32_t bits) { room_ += static_cast<char>(bits); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
      byte(0xC0U | code >> 6U);
    } else {
      if (code < 0x10000) {
        byte(0xE0U | code >> 12U);
      } else {
        byte(0xF0U | code >> 18U);
        byte(0x80U | (code >> 12U & 0x3FU));
      }
      byte(0x80U | (code >> 6U & 0x3FU));
    }
    byte(0x80U | (code & 0x3FU));
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  Handler& handler_;
  std::string open_;
  std::string room_;  ///< of a string with escapes
};

}  // namespace sidedish::format
