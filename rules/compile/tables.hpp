#pragma once
// The tables of an image while they are filled, and the file they become.
#include "rules/image/layout.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sidedish::compile {

/// Table `text`: every text once, in the order of first use.
class TextPool {
 public:
  TextPool() : bytes_(2, std::byte{0}) {}
  image::TextRef intern(std::string_view text);
  const std::vector<std::byte>& bytes() const { return bytes_; }
  /// The first text that an image cannot hold: not UTF-8, or longer than 65,535 bytes.
  const std::optional<std::string>& refused() const { return refused_; }

 private:
  std::vector<std::byte> bytes_;
  std::unordered_map<std::string, image::TextRef> refs_;
  std::optional<std::string> refused_;
};

struct Tables {
  TextPool text;
  image::Settings settings{};
  std::vector<image::TextRef> languages;
  std::vector<image::Store> stores;
  std::vector<image::Terminal> terminals;
  std::vector<image::Offset> offsets;
  std::vector<image::Category> categories;
  std::vector<image::Product> products;
  std::vector<image::Key> keys;
  std::vector<std::uint32_t> key_slots;
  std::vector<image::Set> sets;
  std::vector<image::Fact> facts;
  std::vector<image::Gate> gates;
  std::vector<image::Rule> rules;
  std::vector<image::Offer> offers;
  std::vector<std::uint32_t> code;
  std::vector<image::Texts> texts;
  std::vector<image::Posting> postings;
  std::vector<std::uint32_t> indices;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> rule_order;
  std::vector<image::Bundle> bundles;
  std::vector<image::Slot> slots;
  std::vector<image::Delta> deltas;

  std::vector<image::Locale> locales;
  std::vector<image::Plural> plurals;
  std::vector<image::Avoid> avoid;

  std::uint32_t index_count() const { return static_cast<std::uint32_t>(indices.size()); }
  /// The file; nothing when it would not fit 32-bit offsets.
  std::optional<std::vector<std::byte>> serialise() const;
};

}  // namespace sidedish::compile
