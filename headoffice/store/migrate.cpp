#include "headoffice/store/migrate.hpp"

namespace sidedish::headoffice {

void check_format(Database& db) {
  const std::int64_t version = db.number("PRAGMA user_version");
  const std::int64_t application = db.number("PRAGMA application_id");
  const auto newest = static_cast<std::int64_t>(migrations().size());
  const bool empty = db.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty && application != kApplicationId) {
    throw DbError(SQLITE_NOTADB, "this is a database of another program; it was not changed");
  }
  if (version > newest) {
    throw DbError(SQLITE_SCHEMA, "the database has format " + std::to_string(version) +
                                     ", this build knows formats up to " + std::to_string(newest) +
                                     "; it was not changed");
  }
}

int migrate(Database& db) {
  const std::int64_t version = db.number("PRAGMA user_version");
  const auto newest = static_cast<std::int64_t>(migrations().size());
  for (std::int64_t step = version; step < newest; ++step) {
    Transaction transaction(db);
    db.script(std::string(migrations()[static_cast<std::size_t>(step)].text));
    db.script("PRAGMA user_version = " + std::to_string(step + 1));
    transaction.commit();
  }
  return static_cast<int>(newest - version);
}

}  // namespace sidedish::headoffice
