#include "rules/trust/digest.hpp"

#include <catch2/catch.hpp>
#include <span>
#include <string_view>

using namespace sidedish;

TEST_CASE("trust: SHA-256 gives the digests of FIPS 180-4's examples") {
  const auto digest = [](std::string_view text) {
    return trust::hex(*trust::sha256(std::as_bytes(std::span(text))));
  };
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
