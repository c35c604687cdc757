#include "plugin/net/digest.hpp"

#include <algorithm>
#include <cstdlib>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <optional>

namespace sidedish::net {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr bool lower_alpha(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

/// Structured fields (RFC 8941, section 4.2) as far as a dictionary of byte sequences with
/// parameters needs them.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  bool end() const { return text_.empty(); }
  bool eat(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void spaces() {
    while (eat(' ')) continue;
  }
  void optional_whitespace() {
    while (eat(' ') || eat('\t')) continue;
  }

  std::optional<std::string_view> key() {
    if (text_.empty() || !(lower_alpha(text_[0]) || text_[0] == '*')) return std::nullopt;
    return take([](char c) {
      return lower_alpha(c) || digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
    });
  }
  /// ":" base64 ":" (3.3.5); decoded strictly.
  Result<std::string> byte_sequence() {
    if (!eat(':')) return bad();
    const std::size_t end = text_.find(':');
    if (end == std::string_view::npos) return bad();
    auto bytes = parse_base64(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return bytes;
  }
  /// *( ";" *SP key [ "=" bare item ] ): checked and forgotten.
  bool parameters() {
    while (eat(';')) {
      spaces();
      if (!key()) return false;
      if (eat('=') && !bare_item()) return false;
    }
    return true;
  }
  static tl::unexpected<Error> bad() {
    return fail(Errc::invalid, "reading a digest field", "not a dictionary of byte sequences");
  }

 private:
  template <class Accept>
  std::string_view take(Accept accept) {
    const auto end = std::find_if_not(text_.begin(), text_.end(), accept);
    const std::string_view taken = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(taken.size());
    return taken;
  }
  bool bare_item() {
    if (text_.starts_with(':')) return byte_sequence().has_value();
    if (eat('?')) return eat('0') || eat('1');
    if (eat('"')) {
      while (!text_.empty()) {
        const char c = text_.front();
        text_.remove_prefix(1);
        if (c == '"') return true;
        if (c < 0x20 || c == 0x7F) return false;
        if (c == '\\' && !eat('"') && !eat('\\')) return false;
      }
      return false;
    }
    if (text_.starts_with('-') || (!text_.empty() && digit(text_[0]))) {
      eat('-');
      const auto whole = take(digit);
      if (!eat('.')) return !whole.empty() && whole.size() <= 15;
      const auto fraction = take(digit);
      return !whole.empty() && whole.size() <= 12 && !fraction.empty() && fraction.size() <= 3;
    }
    const auto token = take([](char c) {
      return lower_alpha(c) || (c >= 'A' && c <= 'Z') || digit(c) ||
             std::string_view("!#$%&'*+-.^_`|~:/").find(c) != std::string_view::npos;
    });
    return !token.empty() && !digit(token[0]);
  }

  std::string_view text_;
};

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 ||
      size != digest.size()) {
    std::abort();
  }
  return digest;
}

std::string hex(const Sha256& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : digest) {
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < three.size() ? static_cast<unsigned char>(three[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= three.size() ? kAlphabet[bits >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

Result<std::string> parse_base64(std::string_view text) {
  const auto bad = [] { return fail(Errc::invalid, "reading base64", "not RFC 4648, section 4"); };
  if (text.size() % 4 != 0) return bad();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return bad();
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 0xFFU);
      bits &= (1U << have) - 1U;
    }
  }
  if (bits != 0) return bad();
  return out;
}

std::string content_digest(std::string_view bytes) {
  const Sha256 digest = sha256(bytes);
  const std::string text(digest.begin(), digest.end());
  return "sha-256=:" + base64(text) + ':';
}

Result<Sha256> parse_content_digest(std::string_view field) {
  std::optional<std::string> found;
  Fields in(field);
  in.spaces();
  while (!in.end()) {
    const auto key = in.key();
    if (!key || !in.eat('=')) return Fields::bad();
    auto bytes = in.byte_sequence();
    if (!bytes || !in.parameters()) return Fields::bad();
    if (*key == "sha-256") found = std::move(*bytes);
    in.optional_whitespace();
    if (in.end()) break;
    if (!in.eat(',')) return Fields::bad();
    in.optional_whitespace();
    if (in.end()) return Fields::bad();  // a comma promises a member
  }
  if (!found) return fail(Errc::not_found, "reading a digest field", "no sha-256 in it");
  Sha256 digest{};
  if (found->size() != digest.size()) {
    return fail(Errc::invalid, "reading a digest field", "sha-256 is not 32 bytes");
  }
  std::copy(found->begin(), found->end(), digest.begin());
  return digest;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sidedish::net
