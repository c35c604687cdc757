#pragma once
// The body of a message, taken from bytes as they come: by its length or in chunks (RFC 9112, 7.1).
// Pure.
//
// Not Beast's reader: that of Boost 1.81 asserts when "0\r\n\r\n" comes in pieces, which anybody
// can send.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sidedish::net {

class BodyReader {
 public:
  enum class Extras : std::uint8_t {
    refuse,  ///< a chunk extension or a trailer is State::bad: nothing two readers could see
             ///< differently
    skip,    ///< they are read over, up to 8 KiB of them
  };
  enum class State : std::uint8_t { more, done, bad, too_large };

  static BodyReader of_length(std::uint64_t length, std::size_t max_body);
  static BodyReader in_chunks(std::size_t max_body, Extras extras);

  /// Takes from the front of `bytes` what belongs to the body. After anything but `more`, nothing
  /// more is taken.
  State feed(std::string_view& bytes);
  std::string take() { return std::move(body_); }

 private:
  enum class Step : std::uint8_t {
    fixed,
    size,
    extension,
    size_end,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer,
    trailer_lf,
    last_lf
  };
  BodyReader(Step step, std::size_t max_body) : step_(step), max_body_(max_body) {}
  void take_data(std::string_view& bytes);
  State step(char c);
  State digit(unsigned value);
  State size_line_over();

  Step step_;
  State state_ = State::more;
  Extras extras_ = Extras::refuse;
  std::size_t max_body_;
  std::uint64_t left_ =
      0;  ///< of the fixed body or the chunk; while its size is read, the size so far
  unsigned digits_ = 0;
  std::size_t skipped_ = 0;
  std::string body_;
};

}  // namespace sidedish::net
