#pragma once
// A terminal's outbox and reporter, and the head office that counts, in one process: what lies
// between them is the test's.
#include "headoffice/days/business_days.hpp"
#include "headoffice/ingest/ingest.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "tests/plugin/agent/bench.hpp"

namespace sidedish::line {

using agent::ReportResult;
using agent::test::Folder;
using agent::test::TestClock;

/// Counts like the real one: the same room, on a database of its own.
struct Office {
  Folder folder{"/dev/shm", "office"};
  TestClock clock;
  headoffice::BusinessDays days{headoffice::zone_files("/usr/share/zoneinfo")};
  std::unique_ptr<headoffice::SqliteStorage> storage;
  std::unique_ptr<headoffice::Ingest> ingest;

  Office() { open(); }
  std::string file() const { return (folder.path / "h.db").string(); }
  void close();
  void open();
  net::Response post(const net::Request& request) { return ingest->post(request); }

  /// Prompts of all days that were counted as shown, those of tallies included.
  std::int64_t shown() const;
  /// The sources of terminal t1.
  std::vector<headoffice::SourceRow> sources() const;
  /// Holds when `expected` outcomes are counted, each once, with no gap.
  void check(std::uint64_t expected) const;
};

/// The outbox of terminal t1 of store mitte, as the agent keeps and reports it.
class Terminal {
 public:
  /// `quota`: rows, as in outbox::OutboxOptions. `sender` outlives it.
  explicit Terminal(net::Sender& sender, std::uint64_t seed, std::uint64_t quota = 200'000);

  void close();  ///< as a crash would: nothing is said to anyone
  void open();
  /// Keeps `count` more outcomes of what a lane of this epoch recorded.
  void keep(std::uint64_t count, std::uint64_t lane_epoch = 7);
  ReportResult attempt(std::chrono::milliseconds timeout = std::chrono::seconds(10));
  /// Until nothing is pending. How many attempts; fails after `most`.
  unsigned drain(unsigned most = 100'000);
  std::uint64_t pending();
  agent::Reporter& reporter() { return *reporter_; }
  agent::SharedOutbox& box() { return *box_; }

  Folder folder{"/dev/shm", "terminal"};
  TestClock clock;
  std::uint64_t kept = 0;

 private:
  net::Sender& sender_;
  std::mt19937_64 random_;
  std::uint64_t quota_;
  std::unique_ptr<agent::SharedOutbox> box_;
  std::unique_ptr<agent::Reporter> reporter_;
};

}  // namespace sidedish::line
