#include "plugin/net/gzip.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace sidedish;
using namespace sidedish::net;

namespace {
constexpr std::size_t kMiB = 1024 * 1024;
Errc code_of(const Result<std::string>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code();
}
}  // namespace

TEST_CASE("gzip: what is packed is unpacked", "[net]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const std::size_t size : {0UL, 1UL, 100UL, 65'535UL, 65'536UL, 65'537UL, 300'000UL}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const auto back = gunzip(gzip(bytes), size, 1000);
    REQUIRE(back.has_value());
    CHECK(*back == bytes);
  }
  CHECK(gzip("same") == gzip("same"));
}

// Made by `printf 'hello\n' | gzip -n | xxd -p`: our reader against another writer.
TEST_CASE("gzip: reads what gzip(1) wrote, members one after the other too", "[net]") {
  const std::string hello(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
      "\x00\x00\x00",
      26);
  CHECK(gunzip(hello, 100, 100).value() == "hello\n");
  CHECK(gunzip(hello + hello, 100, 100).value() == "hello\nhello\n");
}

TEST_CASE("gzip: a bomb stops at the size or the ratio, whichever is nearer", "[net]") {
  const std::string bomb = gzip(std::string(64 * kMiB, '\0'));
  CHECK(bomb.size() < 70'000);
  CHECK(code_of(gunzip(bomb, kMiB, 100'000)) == Errc::limit);
  CHECK(code_of(gunzip(bomb, 1024 * kMiB, 100)) == Errc::limit);
  std::string many;
  const std::string piece = gzip(std::string(60'000, 'x'));
  for (int i = 0; i < 20; ++i) many += piece;
  CHECK(code_of(gunzip(many, kMiB, 100'000)) == Errc::limit);
  const std::string nested = gzip(bomb);
  CHECK(gunzip(nested, kMiB, 100'000).value() == bomb);  // one layer, no more
}

TEST_CASE("gzip: exactly the limit is allowed, one byte more is not", "[net]") {
  const std::string packed = gzip(std::string(1000, 'a'));
  CHECK(gunzip(packed, 1000, 1000).has_value());
  CHECK(code_of(gunzip(packed, 999, 1000)) == Errc::limit);
  CHECK(code_of(gunzip(packed, 0, 1000)) == Errc::limit);
  CHECK(code_of(gunzip(packed, 1000, 0)) == Errc::limit);
  CHECK(gunzip(packed, SIZE_MAX, SIZE_MAX).has_value());
}

TEST_CASE("gzip: cut, damaged and foreign bytes are refused", "[net]") {
  const std::string packed = gzip("a text that is long enough to be worth it, long enough");
  for (std::size_t n = 0; n < packed.size(); ++n) {
    INFO(n);
    CHECK(code_of(gunzip(packed.substr(0, n), kMiB, 1000)) == Errc::corrupt);
  }
  for (std::size_t i = packed.size() - 8; i < packed.size(); ++i) {  // checksum and length
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    CHECK(code_of(gunzip(damaged, kMiB, 1000)) == Errc::corrupt);
  }
  CHECK(code_of(gunzip(packed + "x", kMiB, 1000)) == Errc::corrupt);
  CHECK(code_of(gunzip("{\"json\": true}", kMiB, 1000)) == Errc::corrupt);
  CHECK(code_of(gunzip(std::string("\x78\x9c\x03\x00\x00\x00\x00\x01", 8), kMiB, 1000)) ==
        Errc::corrupt);  // zlib's own wrapper
}

TEST_CASE("gzip: a request's body is unpacked, or the answer says why not", "[net]") {
  Request request;
  request.body = "plain";
  CHECK(unpacked_body(request, {}).value() == "plain");
  request.headers.set("Content-Encoding", "identity");
  CHECK(unpacked_body(request, {}).value() == "plain");
  request.headers.set("content-encoding", "GZIP");
  CHECK(unpacked_body(request, {}).error().status == 400);
  request.body = gzip("packed");
  CHECK(unpacked_body(request, {}).value() == "packed");
  request.body = gzip(std::string(500'000, 'a'));
  CHECK(unpacked_body(request, {.max_size = kMiB, .max_ratio = 100}).error().status == 413);
  CHECK(unpacked_body(request, {.max_size = 1000, .max_ratio = 10'000}).error().status == 413);
  for (const char* other : {"br", "gzip, gzip", "deflate", ""}) {
    request.headers.set("Content-Encoding", other);
    const Response answer = unpacked_body(request, {}).error();
    CHECK(answer.status == 415);
    CHECK(answer.headers.get("Accept-Encoding") == "gzip");
  }
  request.headers.set("Content-Encoding", "gzip").add("Content-Encoding", "gzip");
  CHECK(unpacked_body(request, {}).error().status == 415);
}
