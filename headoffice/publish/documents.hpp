#pragma once
// The documents of a pack as rules/format reads them.
#include "headoffice/publish/publish.hpp"

namespace sidedish::headoffice {

/// A ReadPack. The catalogue stands in the rules or beside them, never both.
PackRead read_documents(std::string_view rules, std::string_view catalogue);

}  // namespace sidedish::headoffice
