#pragma once
// Reads a host's structs: as long as they say they are, whatever version the host was built with.
#include "plugin/lane/snapshot.hpp"
#include "rules/base/text.hpp"
#include "sdk/include/sidedish/sidedish.h"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace sidedish::abi {

/// A struct of ABI 1.0 or later, of which this build knows the first sizeof(T) bytes; a shorter one
/// is filled with zeros ("not said"). False: shorter than `least`, the first version's size, or
/// absurd.
template <class T>
bool read_struct(const T* from, T& out, std::size_t least = sizeof(T)) noexcept {
  std::uint32_t size = 0;
  std::memcpy(&size, from, sizeof size);
  if (size < least || size > 64 * 1024) return false;
  std::memset(static_cast<void*>(&out), 0, sizeof out);
  std::memcpy(static_cast<void*>(&out), from, size < sizeof out ? size : sizeof out);
  return true;
}

/// Writes as much of `from` as the host has room for: struct_size is the host's and stays.
template <class T>
void write_struct(const T& from, T* to, std::uint32_t size) noexcept {
  const std::size_t n = size < sizeof from ? size : sizeof from;
  std::memcpy(reinterpret_cast<std::byte*>(to) + sizeof size,
              reinterpret_cast<const std::byte*>(&from) + sizeof size, n - sizeof size);
}

/// A text within its bound: no NULL with a length, strict UTF-8, and no control characters where it
/// is a name of something. nullptr when it is fine, else what is wrong.
inline const char* wrong_text(const sidedish_text& text, std::size_t most, bool is_name) noexcept {
  if (text.data == nullptr) return text.size == 0 ? nullptr : "a text is NULL with a length";
  if (text.size > most) return "a text is longer than stated";
  const std::string_view view(text.data, text.size);
  if (!valid_utf8(view)) return "a text is not UTF-8";
  if (is_name && has_control(view)) return "an id or key has control characters";
  return nullptr;
}

inline std::string_view view(const sidedish_text& text) noexcept {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}
inline sidedish_text text(std::string_view view) noexcept { return {view.data(), view.size()}; }

/// Within kMaxAmount on both sides.
inline bool is_amount(std::int64_t value) noexcept {
  return value >= -kMaxAmount && value <= kMaxAmount;
}

/// Three capitals, or nothing at all.
inline bool is_currency(const char (&code)[4]) noexcept {
  if (code[3] != 0) return false;
  if (code[0] == 0) return code[1] == 0 && code[2] == 0;
  for (unsigned i = 0; i < 3; ++i) {
    if (code[i] < 'A' || code[i] > 'Z') return false;
  }
  return true;
}

/// An enum of the host's; a value that we do not know becomes `fallback`.
template <class E>
E known(std::int32_t value, E last, E fallback) noexcept {
  return value >= 0 && value <= static_cast<std::int32_t>(last) ? static_cast<E>(value) : fallback;
}

/// Room for the lists of one snapshot, as many of each as a snapshot may have.
struct Room {
  std::span<lane::Line> lines;
  lane::Fact facts[lane::kMaxFacts];
  std::string_view segments[lane::kMaxSegments];
  std::string_view avoid[lane::kMaxAvoid];
  lane::Bought bought[lane::kMaxBought];
};

/// What a snapshot says, checked. nullptr when it is fine, else what is wrong; `status` says how.
const char* read_snapshot(const sidedish_snapshot& from, Room& room, lane::Snapshot& out,
                          lane::Status& status) noexcept;

}  // namespace sidedish::abi
