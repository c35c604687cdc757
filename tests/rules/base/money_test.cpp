#include "rules/base/money.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace sidedish;

TEST_CASE("money: a binary float with noise becomes the amount that was meant", "[base]") {
  CHECK(*from_double(9.290000000000001, 2) == 929);
  CHECK(*from_double(-0.1 - 0.2, 2) == -30);
  CHECK(*from_double(0.125, 2) == 12);  // half to even
  CHECK(*from_double(0.375, 2) == 38);
  CHECK(*from_double(1234.0, 0) == 1234);
  CHECK(*from_double(1.5, 3) == 1500);
  CHECK(from_double(std::numeric_limits<double>::quiet_NaN(), 2).error().code() == Errc::invalid);
  CHECK(from_double(std::numeric_limits<double>::infinity(), 2).error().code() == Errc::invalid);
  CHECK(from_double(1e300, 2).error().code() == Errc::limit);
  CHECK(*from_double(1e-300, 2) == 0);
}

TEST_CASE("money: decimal text is exact or refused", "[base]") {
  CHECK(*parse_decimal("12.50", 2) == 1250);
  CHECK(*parse_decimal("-0.5", 2) == -50);
  CHECK(*parse_decimal("12.500", 2) == 1250);
  CHECK(*parse_decimal("7", 3) == 7000);
  CHECK(parse_decimal("1.234", 2).error().code() == Errc::invalid);
  for (const char* bad : {"", "-", ".5", "5.", "1,000", "1e3", "0x1", " 1", "1.2.3"}) {
    CHECK_FALSE(parse_decimal(bad, 2).has_value());
  }
  CHECK(parse_decimal("99999999999999999999", 2).error().code() == Errc::limit);
}

TEST_CASE("money: exponents follow ISO 4217", "[base]") {
  CHECK(currency("JPY")->exponent == 0);
  CHECK(currency("EUR")->exponent == 2);
  CHECK(currency("KWD")->exponent == 3);
  CHECK_FALSE(currency("EURO").has_value());
  CHECK_FALSE(currency("xyz").has_value());
}

TEST_CASE("money: products round half to even and never overflow silently", "[base]") {
  CHECK(*extended_price(1500, 333) == 500);  // 499.5 -> even
  CHECK(*extended_price(500, 333) == 166);   // 166.5 -> even
  CHECK(*extended_price(-1500, 333) == -500);
  CHECK(mul_div(kMaxAmount, kMaxAmount, 1).error().code() == Errc::limit);
  CHECK(mul_div(1, 1, 0).error().code() == Errc::limit);
}
