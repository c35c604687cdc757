#pragma once
// The frozen steps from an empty file to today's schema. Internal to plugin/store and its tests.
#include "plugin/store/sqlite.hpp"
#include "rules/base/asset.hpp"

#include <functional>
#include <span>

namespace sidedish::outbox {

inline constexpr std::int64_t kApplicationId = 0x53444F42;  // "SDOB"

/// migrations/NNNN_*.sql in order; step n brings user_version from n-1 to n.
std::span<const Asset> migrations();

/// Brings the file to the last step, each step in one transaction. unsupported: a newer build wrote
/// it; nothing was changed. `before` (tests) is called before each statement.
Result<void> migrate(Connection& db, std::span<const Asset> steps,
                     const std::function<void()>& before = {});

}  // namespace sidedish::outbox
