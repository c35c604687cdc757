#pragma once
// Stores as they are registered, by programs and by publications.
#include "headoffice/store/database.hpp"
#include "headoffice/store/storage.hpp"

#include <string_view>

namespace sidedish::headoffice {

/// Programs register stores and terminals; who runs them is not known here.
inline constexpr const char* kMachine = "command line";
inline constexpr const char* kRegistered = "registered by a program";

/// Within the caller's transaction, with its row in the log of changes; one that is there as it should
/// be has none. True: it was not there.
bool write_store(Database& db, const StoreRow& store, std::string_view who, std::string_view why);

}  // namespace sidedish::headoffice
