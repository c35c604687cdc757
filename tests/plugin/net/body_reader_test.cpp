#include "plugin/net/body_reader.hpp"

#include <catch2/catch.hpp>

using namespace sidedish::net;
using State = BodyReader::State;
using Extras = BodyReader::Extras;

namespace {
/// Feeds `bytes` in pieces of n; what is left must be exactly `rest`.
State read(BodyReader reader, std::string_view bytes, std::size_t n, std::string_view rest,
           std::string_view body) {
  State state = State::more;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < bytes.size() && state == State::more; i += n) {
    std::string_view piece = bytes.substr(i, n);
    const std::size_t size = piece.size();
    state = reader.feed(piece);
    taken += size - piece.size();
  }
  if (state == State::done) {
    CHECK(bytes.substr(taken) == rest);
    CHECK(reader.take() == body);
  }
  return state;
}
}  // namespace

// Boost 1.81's reader stops the process on some of these; see body_reader.hpp.
TEST_CASE("body: chunks are read the same in pieces of any size", "[net]") {
  for (std::size_t n = 1; n <= 40; ++n) {
    INFO(n);
    CHECK(read(BodyReader::in_chunks(20, Extras::refuse),
               "3\r\nabc\r\n0000a\r\n0123456789\r\n0\r\n\r\nGET", n, "GET",
               "abc0123456789") == State::done);
    CHECK(read(BodyReader::in_chunks(20, Extras::refuse), "0\r\n\r\nx", n, "x", "") == State::done);
    CHECK(read(BodyReader::in_chunks(20, Extras::skip),
               "3 ;a=\"b\"\r\nabc\r\n0;c\r\nX: y\r\nZ:\r\n\r\nx", n, "x", "abc") == State::done);
    CHECK(read(BodyReader::of_length(3, 3), "abcd", n, "d", "abc") == State::done);
    CHECK(read(BodyReader::of_length(5, 5), "abcd", n, "", "") == State::more);
  }
}

TEST_CASE("body: the limit counts all chunks together", "[net]") {
  CHECK(read(BodyReader::in_chunks(6, Extras::refuse), "3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n", 100, "",
             "abcabc") == State::done);
  CHECK(read(BodyReader::in_chunks(5, Extras::refuse), "3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n", 100, "",
             "") == State::too_large);
  CHECK(read(BodyReader::in_chunks(5, Extras::refuse), "ffffffffffffffff\r\n", 1, "", "") ==
        State::too_large);
  CHECK(read(BodyReader::of_length(6, 5), "x", 1, "", "") == State::too_large);
  std::string_view none;
  CHECK(BodyReader::of_length(6, 5).feed(none) == State::too_large);
  CHECK(BodyReader::of_length(0, 5).feed(none) == State::done);
}

TEST_CASE("body: what is no chunk is refused, with and without extras", "[net]") {
  for (const Extras extras : {Extras::refuse, Extras::skip}) {
    for (const char* bytes : {"\r\n", "g\r\n", "0x1\r\n", "-1\r\n", " 1\r\n", "1\na", "1\r\r",
                              "1\r\nab", "1\r\na\n", "1\r\na\rb", "0\r\n\n", "0\r\n\rx",
                              "00000000000000001\r\n", "1;\n\r\n", "0\r\nX: y\n", "1;\x01\r\n"}) {
      INFO(bytes);
      CHECK(read(BodyReader::in_chunks(100, extras), bytes, 1, "", "") == State::bad);
    }
  }
  CHECK(read(BodyReader::in_chunks(100, Extras::refuse), "1;a\r\n", 1, "", "") == State::bad);
  CHECK(read(BodyReader::in_chunks(100, Extras::refuse), "0\r\nX: y\r\n\r\n", 1, "", "") ==
        State::bad);
  CHECK(read(BodyReader::in_chunks(100, Extras::skip), "0;" + std::string(9000, 'a'), 100, "",
             "") == State::bad);
}
