#include "plugin/store/migrations.hpp"

#include <sqlite3.h>

namespace sidedish::outbox {
namespace {

Result<void> run_each(Connection& db, std::string_view sql, const std::function<void()>& before) {
  const char* at = sql.data();
  const char* end = sql.data() + sql.size();
  while (at < end) {
    sqlite3_stmt* raw = nullptr;
    const char* next = nullptr;
    int code = sqlite3_prepare_v2(db.raw(), at, static_cast<int>(end - at), &raw, &next);
    if (code == SQLITE_OK && raw != nullptr) {
      if (before) before();
      code = sqlite3_step(raw);
    }
    sqlite3_finalize(raw);
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
      return tl::unexpected(sqlite_error(code, "migrating the outbox", sqlite3_errmsg(db.raw())));
    }
    at = next;
  }
  return {};
}

}  // namespace

Result<void> migrate(Connection& db, std::span<const Asset> steps,
                     const std::function<void()>& before) {
  const auto version = db.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  const auto last = static_cast<std::int64_t>(steps.size());
  if (*version > last) {
    return fail(Errc::unsupported, "the outbox has version " + std::to_string(*version) +
                                       ", this build knows " + std::to_string(last) +
                                       ": start the newer build; nothing was changed");
  }
  for (std::int64_t step = *version; step < last; ++step) {
    const std::string end = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                            "; PRAGMA user_version=" + std::to_string(step + 1) + "; COMMIT;";
    auto done = run_each(db, "BEGIN IMMEDIATE;", before);
    if (done) done = run_each(db, steps[static_cast<std::size_t>(step)].text, before);
    if (done) done = run_each(db, end, before);
    if (!done) {
      if (db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
      return done;
    }
  }
  return {};
}

}  // namespace sidedish::outbox
