#include "plugin/lane/masks.hpp"

#include <cstring>

namespace sidedish::lane {
namespace {

constexpr std::string_view kGtin = "gtin:";
constexpr std::string_view kPlu = "plu:";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_value(char c) noexcept { return c == 'W' || c == 'P'; }

/// GS1 General Specifications, 7.9: weights 3 and 1 in turn, from the right.
char check_digit(const char* digits, std::size_t size) noexcept {
  unsigned sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    sum += static_cast<unsigned>(digits[size - 1 - i] - '0') * (i % 2 == 0 ? 3U : 1U);
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace

const char* Masks::parse_one(std::string_view text, Mask& out) noexcept {
  std::size_t size = 0;
  while (size < text.size() && text[size] != '=') ++size;
  const std::string_view target(text.data() + size, text.size() - size);
  if (!target.empty() && target != "=plu") return "a barcode mask ends in =plu or nothing";
  if (size < 8 || size > sizeof out.places) return "a barcode mask has 8 to 18 places";
  unsigned items = 0, values = 0, runs = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const char c = text[i];
    if (!is_digit(c) && c != 'I' && !is_value(c) && c != 'V' && c != 'C') {
      return "a barcode mask has digits, I, W, P, V and C";
    }
    if (c == 'C' && i + 1 != size) return "the C of a barcode mask is its last place";
    items += c == 'I' ? 1U : 0U;
    values += is_value(c) ? 1U : 0U;
    runs += is_value(c) && text[i - (i > 0 ? 1 : 0)] != c ? 1U : 0U;
    out.places[i] = c;
  }
  // A mask without a fixed digit would take every article number in the shop for a label.
  if (!is_digit(text[0])) return "a barcode mask begins with a digit";
  if (items == 0) return "a barcode mask needs the digits of the product, I";
  if (runs > 1 || values > 9) return "a barcode mask has one run of at most nine W or P";
  out.size = static_cast<std::uint8_t>(size);
  out.to_plu = !target.empty();
  return nullptr;
}

const char* Masks::parse(std::string_view text, Masks& out) noexcept {
  out.count_ = 0;
  Masks read;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && text[end] != ' ') ++end;
    if (read.count_ == kMost) return "more than eight barcode masks";
    const std::string_view one(text.data() + at, end - at);
    if (const char* why = parse_one(one, read.masks_[read.count_])) return why;
    ++read.count_;
    at = end;
  }
  out = read;
  return nullptr;
}

bool Masks::fits(const Mask& mask, const char* digits, std::size_t size) noexcept {
  if (mask.size != size) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_digit(mask.places[i]) && mask.places[i] != digits[i]) return false;
    if (mask.places[i] == 'C' && check_digit(digits, i) != digits[i]) return false;
  }
  return true;
}

bool Masks::read(std::string_view key, Label& out) const noexcept {
  if (count_ == 0 || key.size() <= kGtin.size() || key.size() > kGtin.size() + 18) return false;
  if (std::memcmp(key.data(), kGtin.data(), kGtin.size()) != 0) return false;
  const char* digits = key.data() + kGtin.size();
  const std::size_t size = key.size() - kGtin.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (!is_digit(digits[i])) return false;
  }
  const Mask* mask = nullptr;
  for (std::uint32_t i = 0; i < count_ && mask == nullptr; ++i) {
    if (fits(masks_[i], digits, size)) mask = &masks_[i];
  }
  if (mask == nullptr) return false;
  out = {};
  const std::string_view prefix = mask->to_plu ? kPlu : kGtin;
  std::memcpy(out.text, prefix.data(), prefix.size());
  out.size = static_cast<std::uint8_t>(prefix.size());
  for (std::size_t i = 0; i < size; ++i) {
    const char place = mask->places[i];
    const int digit = digits[i] - '0';
    if (place == 'W') out.weight = out.weight * 10 + digit;
    if (place == 'P') out.price = out.price * 10 + digit;
    const bool of_product = place == 'I' || is_digit(place);
    if (!mask->to_plu) {
      out.text[out.size++] = of_product ? digits[i] : '0';
    } else if (place == 'I' && (digit != 0 || out.size > prefix.size())) {
      out.text[out.size++] = digits[i];
    }
  }
  if (mask->to_plu && out.size == prefix.size()) out.text[out.size++] = '0';
  if (!mask->to_plu && mask->places[size - 1] == 'C') {
    out.text[out.size - 1] = check_digit(out.text + prefix.size(), size - 1);
  }
  return true;
}

}  // namespace sidedish::lane
