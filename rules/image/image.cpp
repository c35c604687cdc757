#include "rules/image/image.hpp"

#include "rules/base/hash.hpp"
#include "rules/image/check.hpp"
#include "rules/image/code.hpp"

#include <algorithm>

namespace sidedish::image {
namespace {

// ASCII only: BCP 47 tags have nothing else.
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_tag(const char* a, const char* b, std::size_t n) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::size_t primary(std::string_view tag) noexcept {
  std::size_t n = 0;
  while (n < tag.size() && tag[n] != '-') ++n;
  return n;
}

}  // namespace

Result<Image> Image::open(std::span<const std::byte> bytes) noexcept {
  if (auto ok = check_envelope(bytes); !ok) return tl::unexpected<Error>(ok.error());
  Image image;
  image.base_ = bytes.data();
  image.size_ = bytes.size();
  if (auto ok = check_tables(image); !ok) return tl::unexpected<Error>(ok.error());
  return image;
}

std::string_view Image::text(TextRef ref) const noexcept {
  const std::span<const char> pool = text_pool();
  if (pool.empty()) return {};  // no image
  const auto low = static_cast<unsigned char>(pool[ref]);
  const auto high = static_cast<unsigned char>(pool[ref + 1]);
  return {pool.data() + ref + 2, static_cast<std::size_t>(low | high << 8)};
}

PictureNames Image::pictures(const Product& product) const noexcept {
  if ((product.flags & kHasPictures) == 0) return {};
  const TextRef* refs = indices().data() + product.names + languages().size();
  return {text(refs[0]), text(refs[1])};
}

Node Image::node(std::uint32_t rule, std::uint32_t node) const noexcept {
  Code conditions(code().data() + gates()[rule].code);
  while (node-- > 0) conditions.next();
  return conditions.next();
}

std::uint32_t Image::find_product(std::string_view key) const noexcept {
  const auto slots = key_slots();
  if (slots.empty()) return kNone;
  const auto entries = keys();
  const std::uint64_t hash = hash64(key);
  const std::uint64_t mask = slots.size() - 1;
  for (std::uint64_t at = hash & mask; slots[at] != 0; at = (at + 1) & mask) {
    const Key& entry = entries[slots[at] - 1];
    if (entry.hash == hash && text(entry.key) == key) return entry.product;
  }
  return kNone;
}

std::uint32_t Image::find_store(std::string_view id) const noexcept {
  const auto all = stores();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (text(all[i].id) == id) return i;
  }
  return kNone;
}

std::uint64_t Image::terminal_groups(std::uint32_t store,
                                     std::string_view terminal) const noexcept {
  if (store >= stores().size()) return 0;
  const Store& where = stores()[store];
  const auto all = terminals();
  for (std::uint32_t i = where.terminals; i < where.terminals + where.terminal_count; ++i) {
    if (text(all[i].id) == terminal) return all[i].groups;
  }
  return 0;
}

std::uint32_t Image::find_fact(std::string_view name) const noexcept {
  const auto all = facts();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (text(all[i].name) == name) return i;
  }
  return kNone;
}

std::uint64_t Image::find_avoid(std::string_view word) const noexcept {
  const auto all = avoid();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (text(all[i].word) == word) return std::uint64_t{1} << i;
  }
  return 0;
}

// RFC 4647, 3.4 "lookup" (the longest prefix of whole subtags wins); then any tag of the same
// primary language.
std::uint32_t Image::find_language(std::string_view tag, std::uint32_t fallback) const noexcept {
  const auto all = languages();
  std::uint32_t best = fallback;
  std::size_t best_length = 0;
  std::uint32_t related = kNone;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const std::string_view have = text(all[i]);
    const bool prefix = have.size() <= tag.size() && have.size() > best_length &&
                        same_tag(have.data(), tag.data(), have.size()) &&
                        (have.size() == tag.size() || tag[have.size()] == '-');
    if (prefix) {
      best = i;
      best_length = have.size();
    }
    const std::size_t n = primary(have);
    if (related == kNone && n > 0 && n == primary(tag) && same_tag(have.data(), tag.data(), n)) {
      related = i;
    }
  }
  return best_length == 0 && related != kNone ? related : best;
}

std::uint32_t Image::find_rule(std::uint32_t stable) const noexcept {
  const auto order = rule_order();
  const auto all = rules();
  const auto* at = std::lower_bound(
      order.data(), order.data() + order.size(), stable,
      [&](std::uint32_t rule, std::uint32_t wanted) { return all[rule].stable < wanted; });
  if (at == order.data() + order.size() || all[*at].stable != stable) return kNone;
  return *at;
}

std::uint32_t Image::find_rule(std::string_view id) const noexcept {
  const auto all = rules();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (text(all[i].id) == id) return static_cast<std::uint32_t>(i);
  }
  return kNone;
}

}  // namespace sidedish::image
