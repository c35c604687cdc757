#include "rules/base/money.hpp"

#include <bit>

namespace sidedish {
namespace {

__extension__ using Wide = __int128;

// Half to even: the remainder decides, a tie goes to the even quotient.
Wide div_half_even(Wide n, Wide d) noexcept {
  if (d < 0) {
    n = -n;
    d = -d;
  }
  Wide q = n / d;
  Wide r = n % d;
  if (r < 0) {
    r += d;
    --q;
  }
  const Wide twice = r * 2;
  if (twice > d || (twice == d && (q & 1) != 0)) ++q;
  return q;
}

Result<std::int64_t> narrow(Wide value) noexcept {
  if (value > kMaxAmount || value < -static_cast<Wide>(kMaxAmount)) {
    return fail(Errc::limit, "amount beyond 1,000,000,000,000 minor units");
  }
  return static_cast<std::int64_t>(value);
}

constexpr std::int64_t kPow10[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

}  // namespace

Result<Currency> currency(std::string_view iso_code) noexcept {
  struct Row {
    const char* codes;
    std::uint8_t exponent;
  };
  // ISO 4217 amendment 176: everything that is not 2. The rest of the list is 2.
  static constexpr Row kRows[] = {
      {"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ", 0},
      {"BHD IQD JOD KWD LYD OMR TND ", 3},
      {"AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
       "CAD CDF CHF CNY COP "
       "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
       "HTG HUF IDR ILS INR "
       "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
       "MVR MWK MXN MYR MZN "
       "NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
       "SHP SLE SOS SRD SSP "
       "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR "
       "ZMW ZWL ",
       2}};
  if (iso_code.size() == 3) {
    for (const Row& row : kRows) {
      for (const char* p = row.codes; *p != '\0'; p += 4) {
        if (p[0] == iso_code[0] && p[1] == iso_code[1] && p[2] == iso_code[2]) {
          return Currency{{p[0], p[1], p[2], '\0'}, row.exponent};
        }
      }
    }
  }
  return fail(Errc::not_found, "expected an ISO 4217 currency code like EUR");
}

Result<std::int64_t> mul_div(std::int64_t a, std::int64_t b, std::int64_t c) noexcept {
  if (c == 0) return fail(Errc::limit, "division by zero");
  return narrow(div_half_even(static_cast<Wide>(a) * b, c));
}

Result<Minor> extended_price(Milli quantity, Minor unit_price) noexcept {
  Minor whole = 0;  // units without a fraction need no division of 128 bits
  if (quantity % kOne == 0 && !__builtin_mul_overflow(quantity / kOne, unit_price, &whole)) {
    return whole;
  }
  return mul_div(quantity, unit_price, kOne);
}

Result<std::int64_t> parse_decimal(std::string_view text, unsigned exponent) noexcept {
  const auto bad = [] { return fail(Errc::invalid, "expected a decimal number like 12.50"); };
  if (exponent >= std::size(kPow10))
    return fail(Errc::invalid, "expected an exponent of at most 6");
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
  if (i == text.size()) return bad();
  Wide value = 0;
  unsigned decimals = 0;
  bool point = false;
  bool digit = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (point || !digit || i + 1 == text.size()) return bad();
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return bad();
    digit = true;
    if (point && ++decimals > exponent) {
      if (c != '0') return fail(Errc::invalid, "more decimals than the currency or quantity has");
      continue;
    }
    value = value * 10 + (c - '0');
    if (value > kMaxAmount) return narrow(value);
  }
  for (; decimals < exponent; ++decimals) value *= 10;
  return narrow(negative ? -value : value);
}

// Works on the bits: the same on every processor, and -ffast-math in the host changes nothing.
Result<std::int64_t> from_double(double value, unsigned exponent) noexcept {
  if (exponent >= std::size(kPow10))
    return fail(Errc::invalid, "expected an exponent of at most 6");
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const bool negative = (bits >> 63) != 0;
  const int biased = static_cast<int>((bits >> 52) & 0x7FF);
  if (biased == 0x7FF) return fail(Errc::invalid, "expected a finite number");
  if (biased == 0) return 0;  // zero and subnormals
  const auto mantissa = static_cast<Wide>((bits & 0xFFFFFFFFFFFFFULL) | 0x10000000000000ULL);
  const int shift = biased - 1075;  // value = mantissa * 2^shift
  if (shift > 0) return fail(Errc::limit, "amount beyond 1,000,000,000,000 minor units");
  if (shift < -126 + 33) return 0;  // below 1e-9
  // First to units of 1e-9, then to the exponent: what binary floats add as noise is gone after the first step.
  const Wide nano = div_half_even(mantissa * 1'000'000'000, static_cast<Wide>(1) << -shift);
  const Wide scaled = div_half_even(nano * kPow10[exponent], 1'000'000'000);
  return narrow(negative ? -scaled : scaled);
}

}  // namespace sidedish
