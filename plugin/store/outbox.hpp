#pragma once
// Outcomes waiting for head office. After append() returns, they are on disk ("kept"); until they
// are acknowledged, they are offered again, with the same ids. Head office drops repeats by id. One
// thread per object, one object per file, one process per file.
#include "plugin/store/mark.hpp"
#include "plugin/store/row.hpp"
#include "plugin/store/sqlite.hpp"
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"
#include "rules/format/outcomes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sidedish::outbox {

struct OutboxOptions {
  std::filesystem::path file;
  std::string vfs{};                 ///< an SQLite VFS by name (tests); empty = the system's
  std::uint64_t quota = 200'000;     ///< rows; beyond, detail folds into hourly totals
  std::uint64_t quarantine = 1'000;  ///< rows kept aside; beyond, the oldest go, counted
  std::size_t ballast = 1 << 20;     ///< bytes kept in reserve for a full disk; 0 = none
};

/// One outcome to keep. `count` and `amount`: what it adds to a tally if its detail is folded.
struct NewOutcome {
  std::string_view store;
  std::string_view terminal;
  OutcomeKind kind = OutcomeKind::shown;
  model::RecordId record;
  UtcMs at = 0;
  Arm arm = Arm::none;
  std::string_view rule;
  char currency[4] = {};
  std::uint64_t count = 1;
  std::int64_t amount = 0;
  std::span<const std::byte> body;  ///< <= model::kMaxRecord
};

struct NewTally {
  std::string store;
  std::string terminal;
  format::Tally tally;
};

/// What a ring's tally slot held when it was last added up.
struct SlotSeen {
  std::uint32_t slot = 0;
  std::uint64_t count = 0;
  std::int64_t sum = 0;
};

/// What one poll of one ring found: goes in whole or not at all.
struct Group {
  std::string ring;            ///< name of the cursor; empty: no cursor
  std::uint64_t position = 0;  ///< new cursor
  std::vector<NewOutcome> outcomes;
  std::vector<NewTally> tallies;
  std::vector<SlotSeen> seen;
  std::map<std::string, std::uint64_t> counters;  ///< to be added
};
inline constexpr std::size_t kMaxGroup = 500;

/// One event as it stands in the outbox. `body`: an outcome's bytes, or what the outbox made.
struct Pending {
  std::uint64_t sequence = 0;
  UtcMs at = 0;
  OutcomeKind kind = OutcomeKind::shown;
  std::variant<std::vector<std::byte>, format::Tally, format::Tombstone, format::Audit> body;
};
struct PendingBatch {
  format::Source source;
  std::vector<Pending> events;  ///< ascending by sequence
};

struct SourceStatus {
  format::Source source;
  std::uint64_t next = 1;  ///< sequence of the next event
  std::uint64_t pending = 0;
  bool active = true;  ///< false: an epoch that only drains
};

struct Quarantined {
  std::int64_t no = 0;
  UtcMs at = 0;
  std::string why;
  std::string event;  ///< "source id"
};

struct OutboxStatus {
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  bool degraded = false;  ///< a write failed; the file is reopened and checked before the next one
  bool disk_full = false;
  bool ballast = false;     ///< the reserve is there
  std::string broken_file;  ///< kept from this start or a recovery; empty: none
  std::vector<SourceStatus> sources;
};

class Outbox {
 public:
  using Random = std::function<std::uint64_t()>;

  /// Opens, checks (quick_check) and migrates. A broken file is renamed to
  /// <file>.broken-<UTC ms> and kept; its rows with a good checksum are taken over under their old
  /// ids. unsupported: a newer build's file; conflict: another process has it; limit, io.
  static Result<std::unique_ptr<Outbox>> open(OutboxOptions options, const Clock& clock,
                                              Random random);

  /// Kept when it returns: rows, cursor, tallies and counters in one fsynced transaction; sequences
  /// without gaps are given here. On error nothing of the group is kept or sent: offer it again.
  /// invalid: more than kMaxGroup outcomes. limit: the disk is full. io, corrupt: degraded.
  Result<void> append(const Group& group);

  /// Where this ring was read up to; nullopt: never read.
  Result<std::optional<std::uint64_t>> cursor(std::string_view ring);
  Result<std::vector<SlotSeen>> seen(std::string_view ring);
  /// The ring is drained and gone.
  Result<void> forget(std::string_view ring);

  /// The oldest source's first events, at most `most`, which is at most format::kMaxEvents. Empty:
  /// nothing is pending. Rows that fail their checksum are quarantined on the way.
  Result<PendingBatch> next(std::size_t most);

  /// `from` to `to` of this source are counted at head office: forgotten here. Those in `rejected`
  /// go to quarantine with their reason.
  Result<void> acknowledge(const format::Source& source, std::uint64_t from, std::uint64_t to,
                           const std::map<std::uint64_t, std::string>& rejected = {});
  /// Sets one event aside and tells head office by a tombstone that its id is no gap.
  Result<void> quarantine(const format::Source& source, std::uint64_t sequence,
                          std::string_view why);
  /// Head office has counted `first` of this source with other content: everything from it on gets
  /// a new epoch, ids below it count as acknowledged.
  Result<void> conflict(const format::Source& source, std::uint64_t first);

  /// Turns the totals of lost detail into events, 1,000 at a time. How many.
  Result<std::uint64_t> flush_tallies();
  /// The day whose audit is due when it is over, kept in the file; `today` where there is none yet.
  Result<std::int64_t> audit_day(std::int64_t today);
  /// Appends the audit of every active source of which nothing is pending. How many. The next one due
  /// is today's then; it stays that of `day` while something is pending everywhere.
  Result<std::uint64_t> append_audits(std::int64_t day, std::int64_t today);

  Result<void> count(std::string_view name, std::uint64_t n = 1);
  Result<std::map<std::string, std::uint64_t>> counters();
  Result<std::vector<Quarantined>> quarantined(std::size_t most);
  OutboxStatus status() const;

  /// After a failed write: closes, reopens, checks, reads everything anew; after damage that was
  /// found while at work: salvages. Other calls do it first when it is needed; after io a later call
  /// tries again.
  Result<void> recover();

 private:
  struct SourceRow {
    std::int64_t no = 0;
    format::Source name;
    std::uint64_t next = 1;
    std::uint64_t pending = 0;
    /// Up to here head office may have counted what is pending: next() gave it out, in this life or,
    /// as far as one batch reaches, in the one before.
    std::uint64_t given = 0;
    bool active = true;
  };
  struct Statements;

  Outbox(OutboxOptions options, const Clock& clock, Random random);
  Result<void> open_file();
  Result<void> set_aside_and_salvage(std::string_view why);
  Result<void> replace_broken();
  Result<void> adopt(const std::vector<std::vector<std::byte>>& rows);
  Result<void> load();
  Result<void> drop_ballast();
  void refill_ballast();
  void shrink_log();

  /// Runs `work` in one transaction; on error rolls back, reads the state anew and judges the
  /// error.
  Result<void> transact(const std::function<Result<void>()>& work);
  Result<void> transact_once(const std::function<Result<void>()>& work);
  Result<std::int64_t> source_for(std::string_view store, std::string_view terminal);
  Result<std::int64_t> add_source(const format::Source& source, std::uint64_t next, bool active);
  SourceRow* find(const format::Source& source);
  SourceRow* find(std::int64_t no);
  Result<void> keep_audit_day(std::int64_t day);
  Result<void> put(std::int64_t source, Row row);
  Result<void> put_row(std::int64_t id, int rank, std::span<const std::byte> row);
  Result<void> erase(SourceRow& source, std::uint64_t sequence, const Row& row);
  Result<void> add_sent(std::int64_t source, OutcomeKind kind, std::int64_t n);
  Result<void> add_tally(std::string_view store, std::string_view terminal,
                         const format::Tally& tally);
  Result<void> add_counter(std::string_view name, std::int64_t n);
  Result<void> aside(std::span<const std::byte> row, std::string_view why);
  Result<void> set_aside_one(SourceRow& source, std::uint64_t sequence, std::string_view why);
  Result<void> fold(std::uint64_t rows);
  Result<std::optional<std::vector<std::byte>>> row_bytes(std::int64_t id);
  Result<void> ready();
  Result<void> check_rows();
  /// A call has failed: what must happen before the next one.
  void judge(const Error& error);
  template <class T>
  Result<T> judged(Result<T> result) {
    if (!result) judge(result.error());
    return result;
  }
  Result<PendingBatch> read_next(std::size_t most);

  OutboxOptions options_;
  const Clock& clock_;
  Random random_;
  Connection db_;
  std::shared_ptr<Statements> statements_;
  std::vector<SourceRow> sources_;
  std::uint64_t pending_ = 0;
  std::uint64_t quarantined_ = 0;
  MarkFile mark_;
  std::uint64_t commits_ = 0;
  bool degraded_ = false;
  std::string damaged_;  ///< why, found while at work: salvage before the next call
  bool disk_full_ = false;
  std::string broken_file_;
  std::set<std::pair<std::uint64_t, std::uint64_t>>
      salvaged_;  ///< record ids the ring may still have
  std::vector<std::byte> scratch_;
};

}  // namespace sidedish::outbox
