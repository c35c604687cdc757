#pragma once
// Everything head office remembers, behind one interface: SQLite today, another database later.
#include "headoffice/store/events.hpp"
#include "headoffice/store/overlay_store.hpp"
#include "headoffice/store/wide.hpp"
#include "rules/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// From 64 lower-case hexadecimal digits; nullopt: anything else.
std::optional<Sha256> parse_digest(std::string_view hex);

struct StoreRow {
  std::string id;
  std::string name;
  std::string time_zone;
  UtcMs created_at = 0;
  std::size_t terminals = 0;
  friend bool operator==(const StoreRow&, const StoreRow&) = default;
};

struct SequenceRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

/// A source's own counts beside ours, for every type where they differ.
struct AuditDifference {
  std::string type;
  std::int64_t sent = 0;
  std::int64_t counted = 0;
};

struct SourceRow {
  std::string epoch;
  std::uint64_t high_water = 0;
  std::uint64_t missing = 0;        ///< sequences below high_water that have not come
  std::vector<SequenceRange> gaps;  ///< ascending, the first 100
  std::uint64_t conflicts = 0;
  std::uint64_t rejected = 0;
  UtcMs first_at = 0;
  UtcMs last_at = 0;
  std::string audit_day;  ///< of the last audit; empty = none yet
  std::vector<AuditDifference> audit_differences;
  std::vector<NamedCount> counters;  ///< as last told by the terminal
};

struct TerminalRow {
  std::string id;
  UtcMs created_at = 0;
  UtcMs last_at = 0;  ///< 0 = never heard of
  std::vector<SourceRow> sources;
};

struct TotalsFilter {
  BusinessDay from = 0;  ///< both inclusive
  BusinessDay to = 0;
  std::vector<std::string> stores;  ///< of these together; empty = all
  std::string rule;                 ///< empty = all
  std::string channel{};            ///< empty = all
  /// Empty = whole days, which have everything; else of these parts alone, each by itself.
  std::vector<std::string> dayparts{};
};

/// What was remarked on a rule's prompts: why one was no fit, or could not be added ("": not said).
struct RemarkTotal {
  std::string rule;
  std::string kind;  ///< "not_a_fit", "accept_failed"
  std::string remark;
  std::int64_t n = 0;
  friend bool operator==(const RemarkTotal&, const RemarkTotal&) = default;
};

struct PromptTotal {
  BusinessDay day = 0;
  std::string store;
  PromptFacts sum;
};

/// Kept for a lift: how many sales, their sum, and that of their squares.
struct KeptSums {
  std::int64_t n = 0;
  std::int64_t sum = 0;
  Wide squares = 0;
  friend bool operator==(const KeptSums&, const KeptSums&) = default;
};

struct BasketTotal {
  BusinessDay day = 0;
  std::string store;
  BasketFacts sum;  ///< attached, margin_known and open_ms unused: counts are below
  std::int64_t attached = 0;
  std::int64_t margin_known = 0;
  std::int64_t tendered = 0;
  MonoMs open_ms = 0;
  Wide total_sq = 0;
  Wide margin_sq = 0;
  Wide open_ms_sq = 0;
  KeptSums capped_open{};  ///< ms, a sale at most kMostOpen
  /// Eligible sales of rules that have a cap: net of what came back within kReturnWindow, each
  /// within +-cap; a voided one is 0.
  KeptSums capped{};
  KeptSums capped_margin{};        ///< of these, where the margin is known
  std::int64_t given_back = 0;     ///< of these, sales something of which came back
  std::int64_t accepted_back = 0;  ///< of these, sales whose accepted offer came back
};

/// What one unit that was held out as a whole, other than a basket, brought on a day: eligible sales
/// of experiments, as `BasketTotal` counts them.
struct UnitTotal {
  BusinessDay day = 0;
  std::string store;
  std::string rule;
  std::string unit_of;  ///< "customer"
  std::uint64_t unit = 0;
  std::string arm;
  std::string currency;
  std::string channel;
  std::string daypart;
  std::int64_t baskets = 0;
  std::int64_t attached = 0;
  std::int64_t ended = 0;  ///< with an end that is known
  std::int64_t timed = 0;
  std::int64_t capped_open = 0;
  std::int64_t capped_n = 0;
  std::int64_t capped = 0;
  std::int64_t capped_margin_n = 0;
  std::int64_t capped_margin = 0;
};

/// The largest, so that a row's sums always fit.
inline constexpr Minor kMostCap = 1'000'000'000;

/// What one sale counts at most in a rule's lift of money. Declared when the rule is first
/// published, and never changed.
struct MoneyCap {
  std::string rule;
  std::string currency;
  Minor cap = 0;
  UtcMs since = 0;
};

/// How complete what we have is.
struct Completeness {
  std::uint64_t sources = 0;
  std::uint64_t missing = 0;
  std::uint64_t rejected = 0;
  std::uint64_t conflicts = 0;
};

/// What lanes recorded, as far as it is here.
struct RecordCount {
  std::uint64_t records = 0;  ///< outcome records with their detail
  std::uint64_t tallied = 0;  ///< outcome records of which only totals came
  std::uint64_t duplicates =
      0;  ///< lane records that are there more than once: 0, or something is broken
};

struct RuleRow {
  std::string id;
  std::string name;
  std::uint32_t stable = 0;
  int holdout_percent = 0;
  std::string etag{};           ///< publish(): of its content, so that a change is seen
  std::string unit = "basket";  ///< publish(): what its holdout holds out as a whole
};

/// What a publication did to a rule.
enum class RuleChanged : std::uint8_t { added = 0, changed = 1, removed = 2 };

/// A draft that goes in with a publication.
struct DraftGoes {
  std::string rule;
  std::string etag;    ///< of the draft: approved or scheduled with this very content, or conflict
  std::string before;  ///< the published rule's JSON; empty: there is none
  std::string after;   ///< empty: it is taken out
};
/// A publication out of people's drafts.
struct BookOrder {
  std::uint64_t after = 0;  ///< the newest publication of the pack, or conflict
  std::vector<DraftGoes> drafts;
  std::uint64_t plan = 0;  ///< the plan that this is; 0: none
  std::string who;
  std::string why;
};

/// From a publication on, until the next phase of the same rule.
struct RulePhase {
  std::string rule;
  UtcMs since = 0;
  int holdout_percent = 0;
  std::string unit = "basket";
};

struct ManifestRow {
  std::uint64_t version = 0;
  std::string etag;
  std::string body;
  std::optional<OverlayFile> overlay{};  ///< publish(): made of what stands; nothing ever stood
};

/// superseded: a later publication of the pack came before it was everywhere; whoever has it keeps it
/// until that one comes.
enum class RolloutState : std::uint8_t { running = 0, halted = 1, done = 2, superseded = 3 };

inline constexpr std::string_view kAllAtOnce = "[\"all\"]";

/// A publication that goes out in waves (headoffice/waves reads and writes the JSON).
struct RolloutOrder {
  std::string waves;  ///< kAllAtOnce: it is done when it begins
  bool automatic = true;
  MonoMs wait = 0;
  std::string who;
  std::string why;
  std::uint64_t again = 0;  ///< going back: the version whose content it is
};

struct CatalogueRows;
/// What a publication does to its pack's catalogue.
struct CataloguePublish {
  const CatalogueRows* rows = nullptr;  ///< stand from now on; null: what stood was published,
  std::uint64_t version = 0;            ///< as it was at this version
};

struct Publication {
  std::string pack_id;
  std::uint64_t pack_version = 0;
  Sha256 image{};
  std::span<const std::byte> image_bytes;
  std::string_view rules;
  std::string_view catalogue;
  UtcMs published_at = 0;
  std::vector<StoreRow> stores;  ///< created when missing; name and time zone follow the pack
  std::vector<RuleRow> rule_names;
  std::string frame_etag{};  ///< of what the pack is beside its rules and products (kPackFrame)
  std::string currency{};
  Minor money_cap = 0;  ///< of rules that have none in this currency yet; 0: they get none
  std::optional<RolloutOrder> rollout{};  ///< none: to every terminal at once
  CataloguePublish products{};            ///< what it does to the pack's catalogue
  std::optional<BookOrder> book{};        ///< none: documents from outside
};

struct PictureRow {
  std::string type;  ///< media type
  std::string bytes;
};

/// A picture without its bytes.
struct PictureAbout {
  std::string type;  ///< empty: it is not here
  std::uint64_t size = 0;
};

/// Body and tag of a store's manifest once its version is known, and the overlay file for its image,
/// with the version after `standing`'s (whose manifests are not filled in). Must not call the store.
using WriteManifest = std::function<ManifestRow(std::string_view store, std::uint64_t version,
                                                const StandingState& standing)>;

/// Thread-safe; calls take turns. Whatever returned success that writes is on disk (fsynced); an
/// error has changed nothing. io: the disk said no; the next call tries to open the file anew.
class Storage {
 public:
  Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  /// Creates the store or changes its name and time zone, at its `created_at`; what changes is in
  /// the log of changes. true: created.
  virtual Result<bool> put_store(const StoreRow& store) = 0;
  /// true: created, and in the log of changes. not_found: no such store.
  virtual Result<bool> put_terminal(std::string_view store, std::string_view terminal,
                                    UtcMs now) = 0;
  virtual Result<std::vector<StoreRow>> stores() = 0;
  /// not_found: no such store.
  virtual Result<StoreRow> store(std::string_view id) = 0;
  virtual Result<bool> has_terminal(std::string_view store, std::string_view terminal) = 0;
  virtual Result<std::vector<TerminalRow>> terminals(std::string_view store) = 0;

  /// One transaction: rows that are new, their totals, marks and gaps. Any order, any repetition
  /// has the same effect. denied: an event of an unknown terminal (nothing was taken).
  virtual Result<BatchResult> ingest(const IncomingBatch& batch) = 0;

  virtual Result<std::vector<PromptTotal>> prompt_totals(const TotalsFilter& filter) = 0;
  virtual Result<std::vector<BasketTotal>> basket_totals(const TotalsFilter& filter) = 0;
  /// In the order of rule, unit, arm, day. Whole days have what has no daypart, too.
  virtual Result<std::vector<UnitTotal>> unit_totals(const TotalsFilter& filter) = 0;
  /// The `most` most frequent, most first; equals in the order of rule, kind and remark.
  virtual Result<std::vector<RemarkTotal>> remarks(const TotalsFilter& filter,
                                                   std::size_t most) = 0;
  virtual Result<Completeness> completeness(const std::vector<std::string>& stores) = 0;
  /// Of all stores. `verify` compares the lanes' own record ids, which reads every row.
  virtual Result<RecordCount> records(bool verify) = 0;
  virtual Result<std::vector<RuleRow>> rules() = 0;
  /// Ascending by rule, then time.
  virtual Result<std::vector<RulePhase>> rule_phases() = 0;
  virtual Result<std::vector<MoneyCap>> money_caps() = 0;

  /// One transaction: image, manifests and overlays of all stores of the publication, rule names.
  /// Which rules changed is remembered. With `book`: its drafts and its plan are gone, and it is in
  /// the log of changes. Returns the new version, higher than any before. conflict: see BookOrder.
  virtual Result<std::uint64_t> publish(const Publication& publication,
                                        const WriteManifest& write) = 0;
  /// Another image was published under this pack id and version.
  virtual Result<bool> pack_version_taken(std::string_view pack, std::uint64_t version,
                                          const Sha256& image) = 0;
  /// not_found: nothing published for the store, or no such store.
  virtual Result<ManifestRow> manifest(std::string_view store) = 0;
  /// An image or an overlay file. not_found.
  virtual Result<std::string> blob(const Sha256& digest) = 0;

  /// true: it is new. The bytes are those of the digest: the caller has seen to it.
  virtual Result<bool> put_picture(const Sha256& digest, const PictureRow& picture, UtcMs now) = 0;
  /// not_found.
  virtual Result<PictureRow> picture(const Sha256& digest) = 0;
  /// As many, in the same order.
  virtual Result<std::vector<PictureAbout>> about_pictures(std::span<const Sha256> digests) = 0;

  /// Named counters of what was refused or repaired, since the database began.
  virtual Result<std::map<std::string, std::int64_t>> counters() = 0;
  virtual Result<void> count(std::string_view name, std::int64_t n) = 0;
  /// Can be read and written now.
  virtual Result<void> check() = 0;
};

}  // namespace sidedish::headoffice
