#include "rules/compile/compile.hpp"

#include "rules/compile/builder.hpp"

namespace sidedish::compile {
namespace {

constexpr UtcMs kEarliest = 946'684'800'000;  // 2000-01-01: decide() takes no earlier time
constexpr UtcMs kLatest = 4'102'444'800'000;  // 2100-01-01

}  // namespace

Compiled compile(const model::Pack& pack, const model::Catalogue& catalogue, const ZoneFile& zones,
                 const Options& options) {
  Compiled out;
  out.errors = check(pack, catalogue, zones);
  if (options.time_begin < kEarliest || options.time_begin >= kLatest) {
    out.errors.push_back({"", "", "expected a first day from 2000 to 2099 for the table of times"});
  }
  if (!out.errors.empty()) return out;
  const Names names(pack, catalogue);
  Builder builder(names, zones, options);
  out.errors = builder.build();
  if (!out.errors.empty()) return out;
  auto file = builder.tables().serialise();
  if (!file) {
    out.errors.push_back({"", "", "expected a pack whose image stays under 4 GiB"});
    return out;
  }
  out.image = std::move(*file);
  return out;
}

}  // namespace sidedish::compile
