#pragma once
// One more link of the chain, for the .cpp files whose transactions change something.
#include "headoffice/store/change_store.hpp"
#include "headoffice/store/database.hpp"

namespace sidedish::headoffice {

/// Within the caller's transaction.
void add_change(Database& db, const Change& change);

}  // namespace sidedish::headoffice
