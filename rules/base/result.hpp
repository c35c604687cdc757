#pragma once
// Expected failures are values. An Error holds its text in place: no allocation, usable without exceptions.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <tl/expected.hpp>

namespace sidedish {

/// What kind of thing went wrong; what a caller can branch on. The text is for people.
enum class Errc : std::uint8_t {
  invalid,      ///< the input breaks its contract; nothing was changed
  not_found,    ///< the named thing does not exist
  corrupt,      ///< bytes that should have been ours are not (checksum, layout)
  unsupported,  ///< well-formed, but of a version or kind this build does not know
  limit,        ///< a stated bound would be passed
  conflict,     ///< somebody else holds it or has changed it
  denied,       ///< wrong owner, mode, host or credential
  io,           ///< the operating system said no
  network,      ///< no answer, a broken answer, or an answer from the wrong party
  internal,     ///< a bug of ours that was noticed
};

/// Code + "doing: cause" text of at most 255 bytes (cut at a UTF-8 boundary).
class Error {
 public:
  Error(Errc code, std::string_view text) noexcept : code_(code) { append(text); }
  /// Two-part convenience: "doing: cause".
  Error(Errc code, std::string_view doing, std::string_view cause) noexcept : code_(code) {
    append(doing);
    append(": ");
    append(cause);
  }
  Errc code() const noexcept { return code_; }
  std::string_view text() const noexcept { return {text_, length_}; }
  /// The same error, seen from one step further out: "doing: <this>".
  Error within(std::string_view doing) const noexcept { return Error(code_, doing, text()); }

 private:
  void append(std::string_view part) noexcept {
    std::size_t n = part.size();
    if (n > sizeof text_ - length_) {
      n = sizeof text_ - length_;
      while (n > 0 && (static_cast<unsigned char>(part[n]) & 0xC0U) == 0x80U) --n;
    }
    if (n > 0) std::memcpy(text_ + length_, part.data(), n);
    length_ = static_cast<std::uint8_t>(length_ + n);
  }
  Errc code_;
  std::uint8_t length_ = 0;
  char text_[255];
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string_view text) noexcept {
  return tl::unexpected<Error>(Error(code, text));
}
inline tl::unexpected<Error> fail(Errc code, std::string_view doing,
                                  std::string_view cause) noexcept {
  return tl::unexpected<Error>(Error(code, doing, cause));
}

}  // namespace sidedish
