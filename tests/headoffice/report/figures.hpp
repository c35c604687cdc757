#pragma once
// The figures of a report, made anew in SQL from `event` alone.
#include "headoffice/store/database.hpp"

#include <map>
#include <string>

namespace sidedish::headoffice::testing {

inline constexpr std::int64_t kEuroCap = 4'000;
inline constexpr std::int64_t kYenCap = 2'500;

class Figures {
 public:
  struct Interval {
    std::int64_t treated = 0;
    std::int64_t control = 0;
    double estimate = 0;
    double low = 0;
    double high = 0;
  };

  /// `db`: a head office's file that nobody else has open; gets temporary tables.
  explicit Figures(Database& db);
  /// Kinds, counts and sums, as text. key: by_day (day, store, rule and arm) or by_slice (store,
  /// channel, daypart, rule and arm).
  std::map<std::string, std::string> rows(const char* key) const;
  /// By rule, kind and text.
  std::map<std::string, std::int64_t> remarks() const;
  /// measure: attached, revenue, margin, open; slice: channel and daypart, or empty: all. tuned: 0 =
  /// held out by basket; else how many units the interval is tuned to.
  Interval lift(const std::string& measure, const std::string& rule, const std::string& slice = "",
                std::int64_t tuned = 0) const;

 private:
  Database& db_;
};

}  // namespace sidedish::headoffice::testing
