#pragma once
// Rows of rollouts and terminals, for the files of this room that read them.
#include "headoffice/store/database.hpp"
#include "headoffice/store/wave_store.hpp"

namespace sidedish::headoffice {

/// Columns from `first` on: version, pack_id, image, waves, automatic, wait_ms, wave, state, since, why.
RolloutRow read_rollout(const Run& row, int first);
/// Columns from `first` on: running, refused, why, at, since.
HealthRow read_health(const Run& row, int first);
/// 0: no such terminal.
std::int64_t terminal_id_of(Database& db, std::string_view store, std::string_view terminal);

}  // namespace sidedish::headoffice
