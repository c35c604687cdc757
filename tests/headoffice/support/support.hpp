#pragma once
// Terminals that send, and the sums that must come of it, kept apart from the store.
#include "headoffice/store/database.hpp"
#include "headoffice/store/sqlite_storage.hpp"

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace sidedish::headoffice::testing {

/// A fresh folder, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline constexpr UtcMs kNoon = 1'795'262'400'000;  // 2026-11-21T12:00:00Z
inline constexpr BusinessDay kDay = 20'778;

std::unique_ptr<SqliteStorage> open(const std::string& file);
/// Store "mitte" with terminals t1 and t2, store "nord" with t1.
void add_places(Storage& storage);

/// `facts` written into the event's json, so that sums can be made from the stored rows alone.
IncomingEvent event(std::uint64_t seq, Facts facts, const std::string& terminal = "t1");
PromptFacts shown(const std::string& rule = "burger-fries");
/// A random event as a terminal would send it.
IncomingEvent random_event(std::mt19937_64& random, std::uint64_t seq);
IncomingBatch batch(std::vector<IncomingEvent> events, UtcMs received_at = kNoon);

/// Every total of the two tables, as text: equal text, equal totals.
using Sheet = std::map<std::string, std::string>;
Sheet sheet_of(const std::vector<IncomingEvent>& events);
Sheet sheet_of_totals(Storage& storage);
/// From the raw rows of a database that nobody has open.
Sheet sheet_of_raw_rows(const std::string& file);

}  // namespace sidedish::headoffice::testing
