#pragma once
// Kept totals -> rows a manager can read: plain counts and sums, and the lift of rules with a
// holdout.
#include "headoffice/days/business_days.hpp"
#include "headoffice/lift/lift.hpp"
#include "headoffice/store/storage.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace sidedish::headoffice {

/// What a report may be split by.
struct ReportBy {
  bool day = false;
  bool store = false;
  bool channel = false;
  bool daypart = false;
  bool rule = false;
  bool arm = false;
};
/// "day,store,channel,daypart,rule,arm" in any order, each at most once. invalid: another word.
Result<ReportBy> parse_report_by(std::string_view text);

struct ReportQuery {
  TotalsFilter filter;
  ReportBy by;
  BusinessDay today = 0;  ///< sales of the kReturnDays before it are provisional
};

/// The kinds a row counts, in their order on the wire.
inline constexpr std::array<std::string_view, 11> kReportKinds{
    "shown",  "withheld", "accepted", "declined", "undone",  "withdrawn",
    "lapsed", "arrived",  "kept",     "voided",   "returned"};

/// Where and when in a day: what is said is one of these, what is not is all of them.
struct Slice {
  std::optional<std::string> store;
  std::optional<std::string> channel;  ///< "cashier"; "" = detail was lost
  std::optional<Daypart> daypart;
  friend bool operator==(const Slice&, const Slice&) = default;
  friend bool operator<(const Slice& a, const Slice& b) {
    return std::tie(a.store, a.channel, a.daypart) < std::tie(b.store, b.channel, b.daypart);
  }
};
/// Of these what the report is split by.
Slice slice_of(ReportBy by, const std::string& store, const std::string& channel,
               const std::string& daypart);

struct ReportRow : Slice {
  std::optional<std::string> day;   ///< "2026-11-21"
  std::optional<std::string> rule;  ///< "" = outside any rule
  std::optional<std::string> arm;
  std::array<std::int64_t, kReportKinds.size()> kinds{};
  std::int64_t baskets = 0;   ///< sales that were not voided
  std::int64_t eligible = 0;  ///< sales with an eligible decision, voided ones too: as assigned
  std::int64_t attached = 0;  ///< of those, with the offer in the final basket
  std::int64_t returned_sales = 0;     ///< eligible sales of which something came back in time
  std::int64_t returned_accepted = 0;  ///< of these, those whose accepted offer came back
  std::map<std::string, std::int64_t> sales;  ///< `baskets` by currency
  std::map<std::string, std::int64_t> total;  ///< their minor units
  std::map<std::string, std::int64_t> margin;
  /// Sums of squares of the two above, for a reader's own standard errors: decimal text on the
  /// wire.
  std::map<std::string, Wide> total_squares;
  std::map<std::string, Wide> margin_squares;
  /// What accepted prompts moved, net of undone, voided and returned.
  std::map<std::string, std::int64_t> price_effect;

  void add(const ReportRow& other);
};

/// May the verdict be believed?
enum class Trust : std::uint8_t {
  ok,
  split,  ///< more units in one arm than planned, p < 0.001
  ends,   ///< of an arm's eligible baskets fewer than 95 % have an end, or the arms differ in it
};

/// One measure, treated minus control, per eligible basket.
struct Measured {
  Lift lift;
  bool alone = false;  ///< a verdict that among this many rules may be luck (e-BH)
  /// Without a verdict yet: the day it is likely, at this pace and with this difference. Empty: not
  /// within a year.
  std::string verdict_on;
  /// The first day that has it, when days before it were counted without; else empty.
  std::string from;
};

/// What a rule earned in one currency, in minor units per eligible sale: each sale within +-cap, net
/// of void, undo and return.
struct MoneyLift {
  std::string currency;
  Minor cap = 0;
  bool provisional = false;  ///< of some sales goods may still come back
  std::string from;          ///< as Measured::from, of both
  Measured revenue;
  /// None: not every product of enough baskets has a cost, or the arms differ in it.
  std::optional<Measured> margin;
};

/// What one rule changed. Itself: the attach rate.
struct RuleLift : Measured, Slice {
  std::string rule;
  /// What was held out as a whole when the period ended: days on which it was something else are not
  /// compared.
  std::string unit = "basket";
  Trust trust = Trust::ok;
  /// By currency, then seconds from open to tender in milliseconds; nothing where trust is not ok.
  std::vector<MoneyLift> money;
  std::optional<Measured> seconds;
};
std::string_view name_of(Verdict verdict) noexcept;  ///< "not_enough_data", ...
std::string_view name_of(Trust trust) noexcept;

struct Report {
  std::string from;
  std::string to;
  std::vector<ReportRow> rows;  ///< ascending by what they are split by
  ReportRow totals;
  std::vector<RuleLift> lifts;  ///< when split by rule and not by day; of rules with a control arm
  /// Over all of these that are by basket and can be trusted, when not split further.
  std::optional<RuleLift> all;
  /// When split by rule and not by day: the kMostRemarks most frequent, most first.
  std::vector<RemarkTotal> remarks;
  std::uint64_t gaps = 0;  ///< ids that have not come
  std::uint64_t rejected = 0;
};

inline constexpr std::size_t kMostRemarks = 200;

/// By daypart it leaves out what has none: its clock could not be believed, or it was counted before
/// dayparts were.
Result<Report> make_report(Storage& storage, ReportQuery query);
std::string write_report(const Report& report);
/// What write_report() wrote; nothing for anything else.
std::optional<Report> read_report(std::string_view json);

struct ReportTotals {
  std::vector<BasketTotal> baskets;
  /// In the order of rules, units, arms, days. Only those of `unit_of` other than the basket.
  std::vector<UnitTotal> units{};
};

/// What lifts of money need beside totals.
struct MoneyFrame {
  std::vector<MoneyCap> caps{};
  BusinessDay today = 0;
};

/// Of rules that have both arms in `totals`, by the phases of their holdout: ascending by rule, then
/// slice. Arms are compared within a week of a phase; days around a change of the holdout are
/// compared day by day and say nothing about the split. What is held out by a larger unit is compared
/// by units, within a phase.
std::vector<RuleLift> lifts_of(const ReportTotals& totals, const std::vector<RulePhase>& phases,
                               ReportBy by, const MoneyFrame& frame = {});

/// Over the rules of `lifts` (not split further) that are held out by basket and can be trusted,
/// compared within each: what the average eligible basket gains. None: no such rule.
std::optional<RuleLift> lift_of_all(const ReportTotals& totals,
                                    const std::vector<RulePhase>& phases,
                                    const std::vector<RuleLift>& lifts, const MoneyFrame& frame);

/// A table for people. Rows that differ in their arm alone stand on one line, treated beside
/// control, with the lift and what it means. Below 1,000 eligible baskets in either arm it says that
/// there is not enough data. Below it, what rules earned, in its own table.
std::string report_table(const Report& report);

}  // namespace sidedish::headoffice
