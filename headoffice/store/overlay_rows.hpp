#pragma once
// Rows of standing and overlay, for the .cpp files that write them inside a transaction of theirs.
#include "headoffice/store/database.hpp"
#include "headoffice/store/overlay_store.hpp"

namespace sidedish::headoffice {

/// Refused not_found: no such store.
std::int64_t store_id_of(Database& db, std::string_view store);
/// Version and rows; without the manifests.
StandingState read_standing(Database& db, std::int64_t store_id);
/// Adds the file with the next version; the store's last few files stay, older ones go.
void add_overlay(Database& db, std::int64_t store_id, const OverlayFile& file);

}  // namespace sidedish::headoffice
