#pragma once
// Files for the subcommands.
#include "rules/base/result.hpp"
#include "rules/compile/compile.hpp"
#include "rules/model/pack.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sidedish::tool {

/// The whole file. io; limit beyond 1 GiB.
Result<std::vector<std::byte>> read_file(const std::string& path);
/// All or nothing: a temporary file beside it, fsync, rename, fsync of the folder. io: what was
/// there before is untouched.
Result<void> write_file(const std::string& path, std::span<const std::byte> bytes);
/// Time zones of a folder like /usr/share/zoneinfo.
compile::ZoneFile zones_of(std::string folder);

/// A finding and the file it is in.
struct Located {
  std::string file;
  model::Finding finding;
};

/// Rules and catalogue as words, or everything that is wrong with their texts.
struct Documents {
  std::optional<model::Pack> pack;
  std::optional<model::Catalogue> own;  ///< when the catalogue is a file of its own
  std::vector<Located> errors;
  const model::Catalogue& catalogue() const { return own ? *own : *pack->catalogue; }
  bool usable() const { return pack && (own || pack->catalogue) && errors.empty(); }
};
/// `catalogue` empty: the rule document has it inline. The error is a file that cannot be read.
Result<Documents> read_documents(const std::string& rules, const std::string& catalogue);
/// Which of the two files a finding of compile::check() is in.
Located locate(model::Finding finding, const Documents& documents, const std::string& rules,
               const std::string& catalogue);

}  // namespace sidedish::tool
