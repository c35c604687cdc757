#pragma once
// What stands in a store -> the flat file its terminals obey, and the manifest that names it. Pure.
#include "headoffice/store/storage.hpp"
#include "rules/format/exchange.hpp"
#include "rules/image/image.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace sidedish::headoffice {

struct LeftOut {
  std::size_t row = 0;  ///< index in what stands
  std::string why;
};
struct MadeFile {
  std::vector<std::byte> bytes;
  std::vector<LeftOut> left_out;  ///< ascending
};

/// Whatever of `rows` can stand beside this image. Left out: rules and products that it does not
/// have, what belongs to another pack, a price where the catalogue has a newer one or below the
/// margin floor, and what is over.
MadeFile make_file(std::span<const StandingRow> rows, const image::Image& image,
                   std::uint64_t version, UtcMs now);

/// The manifest as its terminals get it.
ManifestRow row_of(const format::Manifest& manifest);
/// The manifest with this file named, of this version.
OverlayFile file_of(format::Manifest manifest, MadeFile made, std::uint64_t version);

}  // namespace sidedish::headoffice
