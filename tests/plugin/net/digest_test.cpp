#include "plugin/net/digest.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace sidedish;
using namespace sidedish::net;

TEST_CASE("digest: SHA-256 gives the values of FIPS 180-4's examples", "[net]") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("digest: base64 gives the values of RFC 4648, section 10, both ways", "[net]") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64(bytes) == text);
    CHECK(parse_base64(text).value() == bytes);
  }
  const std::string all_bits("\x00\xFF\xFB\xFF", 4);
  CHECK(base64(all_bits) == "AP/7/w==");
  CHECK(parse_base64("AP/7/w==").value() == all_bits);
}

TEST_CASE("digest: base64 has one spelling for each value", "[net]") {
  for (const char* bad :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8-", "Z m9", "====", "=", "Zg==Zg==", "Zm\n9v"}) {
    INFO(bad);
    CHECK_FALSE(parse_base64(bad).has_value());
  }
}

// RFC 9530, appendices B.1 and D: the same examples, so that a wrong hash, base64 or dictionary
// shows.
TEST_CASE("digest: Content-Digest gives the values of RFC 9530", "[net]") {
  const std::string json = "{\"hello\": \"world\"}\n";
  const std::string value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
  CHECK(content_digest(json) == value);
  CHECK(parse_content_digest(value).value() == sha256(json));
  const std::string both =
      "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/"
      "WkppmM44T3qg==:, "
      "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
  CHECK(parse_content_digest(both).value() == sha256(json));
  CHECK(content_digest("") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
}

TEST_CASE("digest: a digest field is read as a dictionary of RFC 8941", "[net]") {
  const std::string good = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
  for (const std::string& text :
       std::vector<std::string>{"  " + good, good + "  ", good + ";a",
                                good + "; a=1;b=\"x\\\"y\";c=?1;d=tok/en;e=:AA==:;f=-1.5",
                                "md5=:AAAA:\t,\t" + good, "sha-256=:AAAA:, " + good}) {
    INFO(text);
    CHECK(parse_content_digest(text).has_value());
  }
  for (const std::string& text : std::vector<std::string>{
           good + ",", "," + good, good + " x", "SHA-256=:AAAA:", std::string("sha-256"),
           std::string("sha-256=abc"), std::string("sha-256=:AAAA"), std::string("sha-256=:AAAA:"),
           std::string("sha-256 =:AAAA:"), good + ";", good + ";a=", good + ";a=?2",
           good + ";a=\"x", good + ";A", good + ", " + "sha-256=:AAAA:"}) {
    INFO(text);
    const auto digest = parse_content_digest(text);
    REQUIRE_FALSE(digest.has_value());
    CHECK(digest.error().code() == Errc::invalid);
  }
  CHECK(parse_content_digest("").error().code() == Errc::not_found);
  CHECK(parse_content_digest("sha-512=:AAAA:").error().code() == Errc::not_found);
}

TEST_CASE("digest: tokens are equal in every byte or not at all", "[net]") {
  CHECK(constant_time_equal("", ""));
  CHECK(constant_time_equal("secret", "secret"));
  CHECK_FALSE(constant_time_equal("secret", "secreT"));
  CHECK_FALSE(constant_time_equal("secret", "secre"));
  CHECK_FALSE(constant_time_equal("", "a"));
}
