// Offsets against the C library, which reads the same files with code of its own.
#include "rules/compile/zone.hpp"

#include "packs.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <stdlib.h>
#include <time.h>

using namespace packs;
using compile::local_offsets;
using compile::posix_offsets;

namespace {

std::int64_t offset_at(const std::vector<compile::LocalOffset>& all, std::int64_t at) {
  std::int64_t seconds = 0;
  for (const auto& o : all) {
    if (o.from <= at) seconds = o.seconds;
  }
  return seconds;
}

class LocalZone {
 public:
  explicit LocalZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  ~LocalZone() {
    unsetenv("TZ");
    tzset();
  }
  static std::int64_t offset(std::int64_t at) {
    const time_t t = at;
    tm local{};
    REQUIRE(localtime_r(&t, &local) != nullptr);
    return local.tm_gmtoff;
  }
};

constexpr std::int64_t kDay = 86'400;

}  // namespace

TEST_CASE("compile: ten years of offsets are those of the C library, in every kind of zone") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const char* zone :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Africa/Casablanca", "America/Sao_Paulo", "Europe/Dublin", "Pacific/Apia", "UTC"}) {
    INFO(zone);
    const LocalZone local(zone);
    // From 2026, and far behind the last transition that any file lists; and in the past.
    for (const std::int64_t begin : {1'767'225'600LL, 2'240'524'800LL, 1'262'304'000LL}) {
      const std::int64_t end = begin + 3653 * kDay;
      const auto offsets = local_offsets(zone_file(zone), begin, end);
      REQUIRE(offsets);
      REQUIRE(!offsets->empty());
      CHECK(offsets->front().from == begin);
      std::size_t wrong = 0;
      std::uniform_int_distribution<std::int64_t> pick(begin, end - 1);
      for (int i = 0; i < 3000; ++i) {
        const std::int64_t at = pick(random);
        if (offset_at(*offsets, at) != LocalZone::offset(at)) ++wrong;
      }
      for (std::size_t i = 1; i < offsets->size(); ++i) {
        const auto& o = (*offsets)[i];
        CHECK(o.from > (*offsets)[i - 1].from);
        CHECK(o.seconds != (*offsets)[i - 1].seconds);
        if (LocalZone::offset(o.from) != o.seconds) ++wrong;
        if (LocalZone::offset(o.from - 1) != (*offsets)[i - 1].seconds) ++wrong;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("compile: POSIX rules follow RFC 8536: Julian days, negative hours, summer all year") {
  const auto berlin = posix_offsets("CET-1CEST,M3.5.0,M10.5.0/3", 1'767'225'600, 1'798'761'600);
  REQUIRE(berlin);
  CHECK(offset_at(*berlin, 1'774'745'999) == 3600);  // 2026-03-29 00:59:59 UTC
  CHECK(offset_at(*berlin, 1'774'746'000) == 7200);
  const auto always = posix_offsets("EST5EDT,0/0,J365/25", 1'767'225'600, 1'798'761'600);
  REQUIRE(always);
  CHECK(offset_at(*always, 1'767'225'600) == -4 * 3600);
  CHECK(offset_at(*always, 1'798'000'000) == -4 * 3600);
  const auto greenland =
      posix_offsets("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1'767'225'600, 1'798'761'600);
  REQUIRE(greenland);
  CHECK(offset_at(*greenland, 1'774'745'999) == -7200);  // 2026-03-28 22:59:59 local
  CHECK(offset_at(*greenland, 1'774'746'000) == -3600);
  for (const char* bad :
       {"", "CE-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,J0,J3", "CET-1 "}) {
    INFO(bad);
    CHECK(!posix_offsets(bad, 1'767'225'600, 1'798'761'600));
  }
}

TEST_CASE("compile: a zone file cut short anywhere or with a byte changed is read or refused") {
  const auto file = zone_file("Europe/Berlin");
  REQUIRE(file.size() > 200);
  for (std::size_t n = 0; n + 1 < file.size(); ++n) {
    CHECK(!local_offsets(std::span(file).first(n), 1'767'225'600, 2'082'844'800));
  }
  for (std::size_t i = 0; i < file.size(); ++i) {
    auto other = file;
    other[i] ^= std::byte{0xFF};
    const auto read = local_offsets(other, 1'767'225'600, 2'082'844'800);
    if (read) CHECK(!read->empty());
  }
}
