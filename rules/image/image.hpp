#pragma once
// A checked view of an image in memory. Everything is verified once in Image::open(); after that
// every access is in bounds, so the engine needs no checks. The bytes are the caller's and must
// outlive the view. Any number of threads.
#include "rules/base/result.hpp"
#include "rules/image/set_view.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish::image {

/// SHA-256 of the whole file, as named by `current`, the manifest and decision records. All zero =
/// not known.
struct Digest {
  std::uint8_t bytes[32] = {};
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// SHA-256 of a product's picture files, 64 hexadecimal digits each; empty: none.
struct PictureNames {
  std::string_view small;  ///< for 64 px
  std::string_view large;  ///< for 480 px
};

class Image {
 public:
  Image() = default;  ///< no rules: loaded() is false, every table is empty

  /// Verifies magic, version, size, checksum, then every offset, index, range, order and text
  /// (valid UTF-8) of every table, in one pass. `bytes` must be 8-byte aligned. Cost: about the
  /// checksum of the same bytes. corrupt (names the table and index), unsupported (other major
  /// version, newer engine needed), limit.
  static Result<Image> open(std::span<const std::byte> bytes) noexcept;

  bool loaded() const noexcept { return base_ != nullptr; }
  std::span<const std::byte> bytes() const noexcept { return {base_, size_}; }

  /// Only of a loaded image.
  const Settings& settings() const noexcept { return *table<Settings>(kSettings).data(); }
  std::size_t settings_count() const noexcept { return table<Settings>(kSettings).size(); }
  std::span<const TextRef> languages() const noexcept { return table<TextRef>(kLanguages); }
  std::span<const Store> stores() const noexcept { return table<Store>(kStores); }
  std::span<const Terminal> terminals() const noexcept { return table<Terminal>(kTerminals); }
  std::span<const Offset> offsets() const noexcept { return table<Offset>(kOffsets); }
  std::span<const Category> categories() const noexcept { return table<Category>(kCategories); }
  std::span<const Product> products() const noexcept { return table<Product>(kProducts); }
  std::span<const Key> keys() const noexcept { return table<Key>(kKeys); }
  std::span<const std::uint32_t> key_slots() const noexcept {
    return table<std::uint32_t>(kKeySlots);
  }
  std::span<const char> text_pool() const noexcept { return table<char>(kText); }
  std::span<const Set> sets() const noexcept { return table<Set>(kSets); }
  SetView set(std::uint32_t index) const noexcept { return {sets()[index], indices().data()}; }
  std::span<const Fact> facts() const noexcept { return table<Fact>(kFacts); }
  std::span<const Gate> gates() const noexcept { return table<Gate>(kGates); }
  std::span<const Rule> rules() const noexcept { return table<Rule>(kRules); }
  std::span<const Offer> offers() const noexcept { return table<Offer>(kOffers); }
  /// Conditions, see code.hpp.
  std::span<const std::uint32_t> code() const noexcept { return table<std::uint32_t>(kCode); }
  std::span<const Texts> texts() const noexcept { return table<Texts>(kTexts); }
  std::span<const Posting> postings() const noexcept { return table<Posting>(kPostings); }
  std::span<const std::uint32_t> indices() const noexcept { return table<std::uint32_t>(kIndices); }
  std::span<const std::uint32_t> rule_order() const noexcept {
    return table<std::uint32_t>(kRuleOrder);
  }
  std::span<const Bundle> bundles() const noexcept { return table<Bundle>(kBundles); }
  std::span<const Slot> slots() const noexcept { return table<Slot>(kSlots); }
  std::span<const Delta> deltas() const noexcept { return table<Delta>(kDeltas); }
  std::span<const std::uint64_t> hashes() const noexcept { return table<std::uint64_t>(kHashes); }

  std::span<const Locale> locales() const noexcept { return table<Locale>(kLocales); }
  std::span<const Plural> plurals() const noexcept { return table<Plural>(kPlurals); }

  std::span<const Avoid> avoid() const noexcept { return table<Avoid>(kAvoid); }

  /// Empty where the image has none.
  std::span<const Vector> vectors() const noexcept {
    const bool there =
        base_ != nullptr && reinterpret_cast<const Header*>(base_)->tables > kVectors;
    return there ? table<Vector>(kVectors) : std::span<const Vector>();
  }

  std::string_view text(TextRef ref) const noexcept;
  PictureNames pictures(const Product& product) const noexcept;
  /// One of a rule's conditions, in postfix order. Linear: not for the hot path.
  Node node(std::uint32_t rule, std::uint32_t node) const noexcept;
  /// JSON pointer of a rule's condition.
  std::string_view pointer(std::uint32_t rule, std::uint32_t node) const noexcept {
    return text(indices()[rules()[rule].pointers + node]);
  }

  /// Product index of a namespaced key, or kNone. One hash and a probe or two.
  std::uint32_t find_product(std::string_view key) const noexcept;
  /// Store index of an id, or kNone. Linear.
  std::uint32_t find_store(std::string_view id) const noexcept;
  /// Terminal-group bits of a terminal of a store; 0 when it is in none. Linear.
  std::uint64_t terminal_groups(std::uint32_t store, std::string_view terminal) const noexcept;
  /// Fact index, or kNone. Linear.
  std::uint32_t find_fact(std::string_view name) const noexcept;
  /// Bit of an allergen ("milk") or a diet ("diet:vegan"); 0: no such word. Linear.
  std::uint64_t find_avoid(std::string_view word) const noexcept;
  /// Best match of a BCP 47 tag ("de-AT" finds "de"); `fallback` when there is none.
  std::uint32_t find_language(std::string_view tag, std::uint32_t fallback) const noexcept;
  /// Rule index by stable id, or kNone. Binary search over kRuleOrder.
  std::uint32_t find_rule(std::uint32_t stable) const noexcept;
  /// Rule index by id, or kNone. Linear: not for the hot path.
  std::uint32_t find_rule(std::string_view id) const noexcept;

 private:
  // In bounds and aligned: check_envelope() saw to it.
  template <class T>
  std::span<const T> table(Table which) const noexcept {
    if (base_ == nullptr) return {};
    const auto* entry = reinterpret_cast<const Directory*>(base_ + sizeof(Header)) + which;
    return {reinterpret_cast<const T*>(base_ + entry->offset), entry->count};
  }

  const std::byte* base_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sidedish::image
