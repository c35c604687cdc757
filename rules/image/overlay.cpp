#include "rules/image/overlay.hpp"

#include "rules/base/hash.hpp"
#include "rules/base/money.hpp"
#include "rules/image/fault.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::image {
namespace {

constexpr std::uint8_t kKnownFlags = kRecalled | kRepriced | kStocked | kCounted;
constexpr std::int64_t kLastMs = 253'402'300'799'999;  // of the year 9999

Result<void> bad(std::string_view why) noexcept {
  return fail(Errc::corrupt, "overlay header", why);
}

std::uint32_t checksum(std::span<const std::byte> bytes, const OverlayHeader& header) noexcept {
  OverlayHeader blank = header;
  blank.crc32c = 0;
  std::byte head[sizeof(OverlayHeader)];
  std::memcpy(head, &blank, sizeof head);
  return crc32c(bytes.subspan(sizeof head), crc32c(head));
}

Result<void> check_header(std::span<const std::byte> bytes, const OverlayHeader& h) noexcept {
  if (std::memcmp(h.magic, kOverlayMagic, sizeof h.magic) != 0)
    return bad("this is not an overlay");
  if (h.major != kOverlayMajor) {
    return fail(Errc::unsupported, "overlay header", "made for another major version");
  }
  if (h.size != bytes.size()) return bad("the file is not as long as its header says");
  if (checksum(bytes, h) != h.crc32c) return bad("checksum");
  if (h.paused != sizeof h) return bad("the paused rules do not begin after the header");
  const std::uint64_t products = h.paused + std::uint64_t{h.paused_count} * sizeof(std::uint64_t);
  if (h.products != products) return bad("the products do not begin after the paused rules");
  if (products + std::uint64_t{h.product_count} * sizeof(OverlayProduct) != bytes.size()) {
    return bad("the products do not end with the file");
  }
  if (h.stock_as_of < 0 || h.stock_as_of > kLastMs) return bad("stock_as_of");
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!letter(h.currency[0]) || !letter(h.currency[1]) || !letter(h.currency[2]) ||
      h.currency[3] != '\0') {
    return bad("currency is not three capital letters");
  }
  if (h.reserved != 0) return bad("reserved is not zero");
  return {};
}

const char* wrong(const OverlayProduct& p, bool dated) noexcept {
  const bool stocked = (p.flags & kStocked) != 0;
  const bool counted = (p.flags & kCounted) != 0;
  if (p.flags == 0 || (p.flags & ~unsigned{kKnownFlags}) != 0) return "flags";
  if (p.price < 0 || p.price > kMaxAmount || ((p.flags & kRepriced) == 0 && p.price != 0)) {
    return "price";
  }
  if (p.stock > Stock::out || (!stocked && p.stock != Stock::in)) return "stock";
  if (stocked && !dated) return "stock without a time";
  if (counted ? !stocked : p.left != 0) return "left";
  return p.reserved != 0 ? "reserved is not zero" : nullptr;
}

// A hash whose upper half is `stable` (0 counts as 1: stable_id() is never 0).
constexpr std::uint32_t stable_of(std::uint64_t hash) noexcept {
  const auto upper = static_cast<std::uint32_t>(hash >> 32);
  return upper == 0 ? 1U : upper;
}

}  // namespace

Result<Overlay> Overlay::open(std::span<const std::byte> bytes) noexcept {
  const auto refuse = [](const Error& error) { return tl::unexpected<Error>(error); };
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(Errc::invalid, "overlay", "bytes must be 8-byte aligned");
  }
  if (bytes.size() > kMaxOverlay) return fail(Errc::limit, "overlay", "more than 16 MiB");
  if (bytes.size() < sizeof(OverlayHeader)) {
    return refuse(bad("the file is shorter than a header").error());
  }
  const auto* header = reinterpret_cast<const OverlayHeader*>(bytes.data());
  if (const auto ok = check_header(bytes, *header); !ok) return refuse(ok.error());
  Overlay out;
  out.header_ = header;
  out.paused_ = {reinterpret_cast<const std::uint64_t*>(bytes.data() + header->paused),
                 header->paused_count};
  out.products_ = {reinterpret_cast<const OverlayProduct*>(bytes.data() + header->products),
                   header->product_count};
  for (std::size_t i = 1; i < out.paused_.size(); ++i) {
    if (out.paused_[i - 1] >= out.paused_[i]) {
      return fail_at(Errc::corrupt, "overlay paused", i, "not ascending");
    }
  }
  for (std::size_t i = 0; i < out.products_.size(); ++i) {
    const char* why = wrong(out.products_[i], header->stock_as_of != 0);
    if (i > 0 && out.products_[i - 1].key >= out.products_[i].key) why = "not ascending";
    if (why != nullptr) return fail_at(Errc::corrupt, "overlay products", i, why);
  }
  return out;
}

bool Overlay::fits(const Image& image) const noexcept {
  return header_->pack == hash64(image.text(image.settings().pack_id)) &&
         std::memcmp(header_->currency, image.settings().currency, sizeof header_->currency) == 0;
}

bool Overlay::is_paused(std::string_view id) const noexcept {
  return !paused_.empty() && std::binary_search(paused_.begin(), paused_.end(), hash64(id));
}

const OverlayProduct* Overlay::find(std::uint32_t key_id, std::string_view key) const noexcept {
  const std::uint64_t least = key_id == 1 ? 0 : std::uint64_t{key_id} << 32;
  const OverlayProduct* end = products_.data() + products_.size();
  const OverlayProduct* at =
      std::lower_bound(products_.data(), end, least,
                       [](const OverlayProduct& p, std::uint64_t hash) { return p.key < hash; });
  if (at == end || stable_of(at->key) != key_id) return nullptr;
  const std::uint64_t wanted = hash64(key);
  for (; at != end && stable_of(at->key) == key_id; ++at) {
    if (at->key == wanted) return at;
  }
  return nullptr;
}

}  // namespace sidedish::image
