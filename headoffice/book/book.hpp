#pragma once
// A pack's rules as people edit them: one draft a rule beside what is published, checked, approved,
// and published together or at a time to come. What the pack is beside its rules and products, its
// frame, goes the same way: where a draft is named here, kPackFrame names it. Old versions of one
// rule, and taking one out, are for rules alone: a frame goes back with its pack.
#include "headoffice/book/current.hpp"
#include "headoffice/book/findings.hpp"
#include "headoffice/book/preview.hpp"
#include "headoffice/days/business_days.hpp"
#include "headoffice/people/role.hpp"
#include "headoffice/publish/publish.hpp"
#include "headoffice/store/book_store.hpp"
#include "headoffice/store/wave_store.hpp"
#include "rules/base/clock.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Why not; nothing was changed. Every text may be shown to whoever asked.
struct BookRefusal {
  enum class Why : std::uint8_t {
    storage,        ///< `error` says what
    missing,        ///< no such pack, rule or draft
    role,           ///< this person may not; `findings` may say where
    state,          ///< not as the draft is now
    unconditional,  ///< what it builds on has to be said
    edited,         ///< somebody else changed it meanwhile; `members` has what is there
    published,      ///< somebody else published meanwhile; `members` has "conflicts"
    findings,       ///< `findings` say where
  } why = Why::storage;
  std::string detail{};
  std::vector<BookFinding> findings{};
  std::string members{};  ///< more members of the answer: `"theirs":{...},"etag":"..."`
  Error error{Errc::internal, ""};
};
template <class T>
using BookOutcome = tl::expected<T, BookRefusal>;

/// What a change builds on.
struct Expecting {
  std::vector<std::string> tags{};  ///< If-Match, without quotes; "*" = whatever is there
  bool nothing = false;             ///< If-None-Match: *
  std::string base{};  ///< tag of the published rule that it builds on; empty: what the draft did
};

/// JSON, and the tag of what it speaks of.
struct Told {
  std::string json;
  std::string etag{};  ///< without quotes
};

struct BookPublished {
  Published published;
  std::string json;
};

/// "draft", "waiting", "approved", "scheduled".
std::string_view name_of(DraftState state) noexcept;

enum class DraftStep : std::uint8_t { submit, approve, give_back };

inline constexpr std::size_t kMaxRuleBytes = 64 * 1024;
inline constexpr std::size_t kMaxFrameBytes = 512 * 1024;
inline constexpr UtcMs kInUse = 30 * 86'400'000LL;      ///< a terminal that was heard of since then
inline constexpr std::size_t kMaxDrafts = 500;          ///< of a pack
inline constexpr std::size_t kMaxAtOnce = 200;          ///< rules of one publication
inline constexpr std::size_t kMaxPlans = 50;            ///< of a pack
inline constexpr UtcMs kMaxAhead = 366 * 86'400'000LL;  ///< a plan, at most

struct BookParts {
  BookStore& store;
  Storage& storage;
  CatalogueStore& catalogues;
  WaveStore& versions;
  Publisher& publisher;
  BusinessDays& days;
  const Clock& clock;
  compile::ZoneFile zones;
  bool approval = true;  ///< nobody approves an own change; only approvers publish
};

/// Thread-safe when the store is. What it is given outlives it.
class Book {
 public:
  explicit Book(BookParts parts)
      : parts_(std::move(parts)),
        catalogues_(parts_.storage, parts_.catalogues, parts_.clock),
        packs_(parts_.store, catalogues_) {}

  using Current = std::shared_ptr<const CurrentPack>;
  /// The pack as it is published now.
  BookOutcome<Current> current(std::string_view pack);

  BookOutcome<std::string> packs();
  /// With what a form chooses from.
  BookOutcome<std::string> pack(std::string_view pack);
  BookOutcome<std::string> rules(const Actor& by, std::string_view pack);
  BookOutcome<Told> rule(const Actor& by, std::string_view pack, std::string_view rule);

  /// The frame: published, as it is edited, its history. A store manager sees own stores of what is
  /// published.
  BookOutcome<Told> frame(const Actor& by, std::string_view pack);

  /// A rule as a publication of the pack had it. missing: it was not in that one.
  BookOutcome<Told> version(std::string_view pack, std::string_view rule, std::uint64_t version);

  /// Keeps what is typed, with whatever is wrong in it. Who wrote the draft that is there may send the
  /// same again, whatever it builds on: the answer may have been lost.
  BookOutcome<Told> save(const Actor& by, std::string_view pack, const std::string& rule,
                         std::string_view json, const Expecting& expecting);
  /// A draft of what the rule was in a publication of the pack; the reason stays with it.
  BookOutcome<Told> take_back(const Actor& by, std::string_view pack, const std::string& rule,
                              std::uint64_t version, std::string_view why,
                              const Expecting& expecting);
  BookOutcome<void> discard(const Actor& by, std::string_view pack, const std::string& rule,
                            const Expecting& expecting);
  /// A draft that takes the rule out.
  BookOutcome<Told> archive(const Actor& by, std::string_view pack, const std::string& rule,
                            std::string_view why);
  BookOutcome<Told> step(const Actor& by, std::string_view pack, const std::string& rule,
                         DraftStep step, std::string_view why, const Expecting& expecting);
  BookOutcome<std::string> check(std::string_view pack, std::string_view json);
  /// What names one of these products' keys: rules ("rule"), drafts ("draft"), and sets that no rule
  /// chooses from ("set"), with their names; of the publication that is the newest now.
  struct Uses {
    std::uint64_t publication = 0;
    std::vector<BookFinding> by;
  };
  BookOutcome<Uses> uses(std::string_view pack, std::span<const std::string> keys);
  BookOutcome<std::string> preview(std::string_view pack, const PreviewOrder& order);

  /// Approved drafts, all or none. `rollout`: JSON as read_rollout_plan() takes it; empty: to every
  /// terminal at once. The terminals that it names are the pack's.
  BookOutcome<BookPublished> publish(const Actor& by, std::string_view pack,
                                     std::vector<std::string> rules, std::string_view why,
                                     std::string_view rollout = {});
  /// The same when every store's clock shows `local_at` ("2026-12-01T06:00") or later.
  BookOutcome<std::string> schedule(const Actor& by, std::string_view pack,
                                    std::vector<std::string> rules, std::string_view why,
                                    std::string_view local_at, std::string_view rollout = {});
  /// Carries out the plan that is due first, if one is: published, or its drafts say why not. The
  /// stores that have a new manifest.
  Result<std::vector<std::string>> run_due();
  /// When the next plan is due; nullopt: there is none.
  Result<std::optional<UtcMs>> next_due();

 private:
  BookOutcome<std::string> content_of(std::string_view pack, std::string_view rule,
                                      std::uint64_t version);
  /// An empty reason leaves the one that the draft has.
  BookOutcome<Told> keep(const Actor& by, const CurrentPack& current, const std::string& rule,
                         std::string_view json, std::string_view why, const Expecting& expecting);
  /// Empty `rule`: the list of all.
  BookOutcome<Told> tell(const Actor& by, std::string_view pack, std::string_view rule);
  /// Who may edit every one of these versions of a rule.
  BookOutcome<void> admit(const Actor& by, const CurrentPack& current, std::string_view rule,
                          std::span<const std::string_view> versions) const;
  /// What is wrong with it, seen from itself.
  BookOutcome<std::vector<BookFinding>> findings_of(const CurrentPack& current,
                                                    std::string_view rule, std::string_view json);
  /// Of a frame that can be read: stores that go or come and may not.
  BookOutcome<std::vector<BookFinding>> store_findings(const CurrentPack& current,
                                                       const model::Pack& frame);
  /// Turns an error of edit_drafts() into the refusal that its edit left, if it did.
  BookOutcome<void> edit(
      std::string_view pack, std::span<const std::string> rules,
      const std::function<BookOutcome<std::optional<DraftsWrite>>(const DraftsNow&)>& change);
  struct Merged {
    std::string rules;
    BookOrder order;
    std::string changed;                ///< JSON
    std::vector<std::string> rule_ids;  ///< of the merged pack, by place
    std::vector<std::string> zones;     ///< of its stores
    bool frame = false;                 ///< it is among the drafts
  };
  BookOutcome<Merged> merge(const CurrentPack& current, const std::vector<DraftRow>& drafts);
  /// A frame's draft into the pack that is merged, or what is wrong with it.
  BookOutcome<std::vector<BookFinding>> merge_frame(const CurrentPack& current,
                                                    const DraftRow& draft, model::Pack& pack,
                                                    BookOrder& order);
  /// nullopt: to every terminal at once.
  BookOutcome<std::optional<RolloutOrder>> rollout_of(const CurrentPack& current,
                                                      std::string_view json);
  struct Going {
    std::vector<std::string> rules;
    std::uint64_t plan = 0;
    std::string who;
    std::string why;
    std::string rollout;
  };
  BookOutcome<BookPublished> put_out(std::string_view pack, const Going& order);

  BookParts parts_;
  Catalogues catalogues_;
  CurrentPacks packs_;
};

}  // namespace sidedish::headoffice
