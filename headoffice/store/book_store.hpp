#pragma once
// Rules as people edit them: drafts beside what is published, publications to come, and which
// publication changed which rule.
#include "headoffice/store/change_store.hpp"
#include "headoffice/store/storage.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

enum class DraftState : std::uint8_t { draft = 0, waiting = 1, approved = 2, scheduled = 3 };

/// In the place of a rule: what a pack is beside its rules and products (stores, settings, sets). No
/// rule has such an id.
inline constexpr std::string_view kPackFrame = "@frame";

/// At most one of a rule, and one of the frame.
struct DraftRow {
  std::string pack;
  std::string rule;     ///< or kPackFrame
  std::string content;  ///< JSON as it was sent; empty: the rule is to be taken out
  std::string etag;     ///< of `content`
  std::string base;     ///< the published rule that it began from; empty: there was none
  DraftState state = DraftState::draft;
  std::vector<std::string> authors;  ///< whoever wrote at it, each once
  std::string who;                   ///< whoever changed it last
  UtcMs at = 0;
  std::string why;
  std::string approver;    ///< empty: nobody yet
  std::uint64_t plan = 0;  ///< scheduled: id of the plan
  std::string failed;      ///< JSON: why its plan could not be done; empty: nothing went wrong
};

/// What a change of a draft is about, in the log: "burgerbar/burger-fries"; of the frame "burgerbar".
std::string subject_of(std::string_view pack, std::string_view rule);

/// A publication to come.
struct PlanRow {
  std::uint64_t id = 0;
  std::string pack;
  std::string local_at;  ///< "2026-12-01T06:00"
  UtcMs due_at = 0;
  std::string who;
  std::string why;
  std::string rollout{};  ///< JSON (headoffice/waves reads it); empty: to every terminal at once
};

struct DraftsNow {
  std::vector<std::optional<DraftRow>> drafts;  ///< as many as were asked for, in that order
  std::size_t in_pack = 0;                      ///< of all rules
  std::vector<PlanRow> plans;                   ///< of the pack
};
struct DraftsWrite {
  std::vector<std::optional<DraftRow>> drafts;  ///< as they are now; nullopt: gone
  std::optional<PlanRow>
      plan{};  ///< new; its id becomes that of every draft here that is scheduled
  std::vector<Change> changes;
};
/// nullopt: nothing changes. An error ends the call, and nothing was changed. Must not call the store.
using EditDrafts = std::function<Result<std::optional<DraftsWrite>>(const DraftsNow&)>;

/// The newest publication of a pack.
struct PublishedPack {
  std::uint64_t version = 0;
  std::string id;
  std::uint64_t pack_version = 0;
  UtcMs published_at = 0;
};
struct PackText {
  PublishedPack about;
  std::uint64_t newest_pack_version = 0;  ///< of any publication of the pack
  std::string rules;
};

struct RuleChangeRow {
  std::string rule;
  std::uint64_t version = 0;
  RuleChanged what = RuleChanged::added;
  std::string content;  ///< removed by hand: what it was
  UtcMs at = 0;
  std::string who;
  std::string why;
};

/// Thread rules and errors are Storage's.
class BookStore {
 public:
  BookStore() = default;
  BookStore(const BookStore&) = delete;
  BookStore& operator=(const BookStore&) = delete;
  virtual ~BookStore() = default;

  /// Ascending by id.
  virtual Result<std::vector<PublishedPack>> packs() = 0;
  /// not_found: nothing of it was ever published.
  virtual Result<PublishedPack> newest(std::string_view pack) = 0;
  virtual Result<PackText> newest_text(std::string_view pack) = 0;

  /// Ascending by rule; empty `rule`: all of the pack.
  virtual Result<std::vector<DraftRow>> drafts(std::string_view pack, std::string_view rule) = 0;
  /// One transaction, the log of changes with it. A plan that no draft names any more is gone.
  virtual Result<void> edit_drafts(std::string_view pack, std::span<const std::string> rules,
                                   const EditDrafts& edit) = 0;
  /// Of the pack, soonest first.
  virtual Result<std::vector<PlanRow>> plans(std::string_view pack) = 0;
  /// The soonest of all; nullopt: there is none.
  virtual Result<std::optional<PlanRow>> next_plan() = 0;

  /// The last change of every rule of the pack, or (`rule` not empty) all of one rule; newest first.
  virtual Result<std::vector<RuleChangeRow>> rule_changes(std::string_view pack,
                                                          std::string_view rule) = 0;
  /// Where rules of the pack are paused: rule, store.
  virtual Result<std::vector<std::pair<std::string, std::string>>> paused(
      std::string_view pack) = 0;
};

}  // namespace sidedish::headoffice
