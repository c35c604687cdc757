#pragma once
// Brings a database file to this build's schema, one frozen .sql file after the other.
#include "headoffice/store/database.hpp"
#include "rules/base/asset.hpp"

#include <span>

namespace sidedish::headoffice {

inline constexpr std::int64_t kApplicationId = 0x53444831;  ///< "SDH1"

/// headoffice/store/migrations/*.sql in order; number n brings user_version n-1 to n.
std::span<const Asset> migrations();
/// headoffice/store/schema.sql: what all of them together make.
std::span<const Asset> schema();

/// Throws DbError: the file belongs to another program, or was written by a newer build. Changes
/// nothing.
void check_format(Database& db);

/// Each step is one transaction: a crash leaves the version before or after it. After
/// check_format(). Returns how many steps were taken.
int migrate(Database& db);

}  // namespace sidedish::headoffice
