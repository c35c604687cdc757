#include "rules/compile/zone.hpp"

#include <algorithm>
#include <array>

namespace sidedish::compile {
namespace {

constexpr std::int64_t kLongest = 400LL * 366 * 86'400;
constexpr std::size_t kHeader = 44;
constexpr std::uint32_t kMostEntries = 100'000;

/// Big-endian two's complement.
template <class Int>
Int big_endian(const std::byte* p) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value = (value << 8) | std::to_integer<std::uint64_t>(p[i]);
  }
  return static_cast<Int>(value);
}

struct Counts {
  std::uint32_t isut, isstd, leap, transitions, types, chars;
};

struct Block {
  int version = 0;
  Counts counts{};
  std::span<const std::byte> data;  ///< of the block, without its header
  std::span<const std::byte> rest;  ///< of the file
};

/// One header and its data block, with times of `time_size` bytes.
Result<Block> read_block(std::span<const std::byte> bytes, std::size_t time_size) {
  static constexpr std::array kMagic{std::byte{'T'}, std::byte{'Z'}, std::byte{'i'},
                                     std::byte{'f'}};
  if (bytes.size() < kHeader || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    return fail(Errc::corrupt, "expected a TZif header (RFC 8536)");
  }
  Block block;
  const auto version = std::to_integer<unsigned char>(bytes[4]);
  block.version = version == 0 ? 1 : version - '0';
  if (block.version < 1 || block.version > 9) {
    return fail(Errc::unsupported, "expected a TZif version of 1 to 9");
  }
  const auto count = [&](std::size_t i) { return big_endian<std::uint32_t>(&bytes[20 + 4 * i]); };
  block.counts = {count(0), count(1), count(2), count(3), count(4), count(5)};
  const Counts& c = block.counts;
  for (const std::uint32_t n : {c.isut, c.isstd, c.leap, c.transitions, c.types, c.chars}) {
    if (n > kMostEntries) return fail(Errc::corrupt, "more TZif entries than any zone has");
  }
  const std::size_t size = c.transitions * (time_size + 1) + c.types * std::size_t{6} + c.chars +
                           c.leap * (time_size + 4) + c.isstd + c.isut;
  if (bytes.size() - kHeader < size) return fail(Errc::corrupt, "a TZif file that ends too early");
  block.data = bytes.subspan(kHeader, size);
  block.rest = bytes.subspan(kHeader + size);
  return block;
}

struct Zone {
  std::vector<LocalOffset> transitions;
  std::int32_t first = 0;  ///< before the first transition: type 0
};

Result<Zone> read_types(const Block& block, std::size_t time_size) {
  const Counts& c = block.counts;
  if (c.leap != 0) return fail(Errc::unsupported, "a zone that counts leap seconds");
  if (c.types == 0) return fail(Errc::corrupt, "a TZif file without local time types");
  const std::byte* times = block.data.data();
  const std::byte* kinds = times + c.transitions * time_size;
  const std::byte* types = kinds + c.transitions;
  std::vector<std::int32_t> offsets;
  for (std::uint32_t i = 0; i < c.types; ++i) {
    offsets.push_back(big_endian<std::int32_t>(types + std::size_t{6} * i));
    if (offsets.back() < -93'599 || offsets.back() > 93'599) {
      return fail(Errc::corrupt, "a UTC offset beyond 26 hours");
    }
  }
  Zone zone;
  zone.first = offsets[0];
  for (std::uint32_t i = 0; i < c.transitions; ++i) {
    const std::byte* at = times + i * time_size;
    const std::int64_t from =
        time_size == 8 ? big_endian<std::int64_t>(at) : big_endian<std::int32_t>(at);
    const auto kind = std::to_integer<std::uint32_t>(kinds[i]);
    if (kind >= c.types || (i > 0 && from <= zone.transitions.back().from)) {
      return fail(Errc::corrupt, "TZif transitions that are out of order or of no known type");
    }
    zone.transitions.push_back({from, offsets[kind]});
  }
  return zone;
}

/// What follows the second block: a newline, a POSIX TZ string, a newline.
Result<std::string_view> read_footer(std::span<const std::byte> rest) {
  const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
  const std::size_t end = text.size() > 1 ? text.find('\n', 1) : std::string_view::npos;
  if (text.empty() || text[0] != '\n' || end == std::string_view::npos) {
    return fail(Errc::corrupt, "a TZif footer without its newlines");
  }
  return text.substr(1, end - 1);
}

}  // namespace

Result<std::vector<LocalOffset>> local_offsets(std::span<const std::byte> tzif, std::int64_t begin,
                                               std::int64_t end) {
  if (end < begin || end - begin > kLongest || begin < -kLongest || end > 4 * kLongest) {
    return fail(Errc::limit, "expected a span of at most 400 years");
  }
  auto block = read_block(tzif, 4);
  if (!block) return tl::unexpected(block.error());
  std::size_t time_size = 4;
  std::string_view footer;
  if (block->version >= 2) {
    time_size = 8;
    block = read_block(block->rest, time_size);
    if (!block) return tl::unexpected(block.error());
    const auto text = read_footer(block->rest);
    if (!text) return tl::unexpected(text.error());
    footer = *text;
  }
  auto zone = read_types(*block, time_size);
  if (!zone) return tl::unexpected(zone.error());

  std::vector<LocalOffset> all{{begin, zone->first}};
  for (const LocalOffset& t : zone->transitions) {
    if (t.from <= begin) {
      all[0].seconds = t.seconds;
    } else {
      all.push_back(t);
    }
  }
  if (!footer.empty()) {
    const auto later = posix_offsets(footer, begin, end);
    if (!later) return tl::unexpected(later.error());
    const bool none = zone->transitions.empty();
    const std::int64_t last = none ? 0 : zone->transitions.back().from;
    for (const LocalOffset& t : *later) {
      if (!none && t.from <= last) continue;
      if (t.from <= begin) {
        all[0].seconds = t.seconds;
      } else {
        all.push_back(t);
      }
    }
  }
  std::vector<LocalOffset> out;
  for (const LocalOffset& t : all) {
    if (t.from >= end && t.from != begin) break;
    if (out.empty() || out.back().seconds != t.seconds) out.push_back(t);
  }
  return out;
}

}  // namespace sidedish::compile
