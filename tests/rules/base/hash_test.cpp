#include "rules/base/hash.hpp"

#include "rules/base/result.hpp"
#include "rules/base/text.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace sidedish;

TEST_CASE("hash: CRC-32C gives the check value of RFC 3720 in one piece and in two", "[base]") {
  const std::string text = "123456789";
  const auto bytes = std::as_bytes(std::span(text));
  CHECK(crc32c(bytes) == 0xE3069283U);
  CHECK(crc32c(bytes.subspan(4), crc32c(bytes.first(4))) == 0xE3069283U);
  CHECK(crc32c({}) == 0U);
}

TEST_CASE("hash: text hashes are frozen, files and arms depend on them", "[base]") {
  CHECK(hash64("sku:85123A") == hash64("sku:85123A"));
  CHECK(hash64("a", 1) != hash64("a", 2));
  CHECK(hash64("") == 0xEFD01F60BA992926ULL);
}

TEST_CASE("text: UTF-8 is strict", "[base]") {
  CHECK(valid_utf8("K\u00e4se \u304a\u8336 \U0001F35F"));
  for (const char* bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF", "\x80"}) {
    CHECK_FALSE(valid_utf8(bad));
  }
  CHECK(count_characters("\u304a\u8336") == 2);
  CHECK(has_control("a\tb"));
}

TEST_CASE("error: a text that is too long is cut between characters", "[base]") {
  std::string longer(254, 'x');
  longer += "\u00e9";
  const Error error(Errc::invalid, longer);
  CHECK(error.text().size() == 254);
  CHECK(valid_utf8(error.text()));
}
