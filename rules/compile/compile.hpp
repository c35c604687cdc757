#pragma once
// Words -> image. Pure: the same pack, catalogue, zones and time range give the same bytes.
#include "rules/base/clock.hpp"
#include "rules/model/pack.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::compile {

/// The TZif file (RFC 8536) of an IANA zone; an empty vector when there is none. The caller reads
/// files, we do not.
using ZoneFile = std::function<std::vector<std::byte>(std::string_view zone)>;

struct Options {
  UtcMs time_begin = 0;  ///< offsets of every store cover [time_begin, time_begin + ten years)
  /// Called now and then with (done, of): rules compiled so far. May be empty.
  std::function<void(std::size_t, std::size_t)> progress;
};

/// Everything that makes the pack unusable, all at once; empty = it compiles. Names that do not
/// resolve, cyclic categories, currency of the catalogue, texts too long once
/// expanded, no condition, offer equal to trigger ...
std::vector<model::Finding> check(const model::Pack& pack, const model::Catalogue& catalogue,
                                  const ZoneFile& zones);

/// What is allowed but probably not meant: shadowed, contradictory, expired, overlapping or absurd
/// rules, A offers B offers A, offers that are never made, equal priority, no holdout, a missing
/// language, a kind that no host can carry out. `capabilities`: bits that at least one host has.
std::vector<model::Finding> lint(const model::Pack& pack, const model::Catalogue& catalogue,
                                 UtcMs now, std::uint32_t capabilities = ~std::uint32_t{0});

/// Result: the image's bytes; or the findings of check(), never both.
struct Compiled {
  std::vector<std::byte> image;
  std::vector<model::Finding> errors;
};
Compiled compile(const model::Pack& pack, const model::Catalogue& catalogue, const ZoneFile& zones,
                 const Options& options);

}  // namespace sidedish::compile
