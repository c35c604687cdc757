#pragma once
// What a publication does to drafts and to the history of rules, inside its transaction.
#include "headoffice/store/database.hpp"
#include "headoffice/store/storage.hpp"

namespace sidedish::headoffice {

/// Before anything is written. Refused conflict: somebody else published, or a draft is another one.
void take_drafts(Database& db, const Publication& publication);
/// Which rules changed against the publication of the pack before.
void add_rule_changes(Database& db, const Publication& publication, std::int64_t version);

}  // namespace sidedish::headoffice
