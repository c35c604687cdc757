#pragma once
// What a terminal says of itself to head office: PUT /v1/stores/{store}/terminals/{terminal}/health
// (OUTCOMES.md, "Health"). Both directions; strict, with every finding. Pure, any thread.
#include "rules/base/clock.hpp"
#include "rules/format/wire_json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

/// Something a person should look at. `code` is one of kAlarms; `detail` is for people, in English.
struct Alarm {
  std::string code;
  std::string detail;
  friend bool operator==(const Alarm&, const Alarm&) = default;
};
/// An agent sends these alone. Head office takes any word of its form: those of a later agent are kept.
inline constexpr std::string_view kAlarms[] = {
    "outbox_degraded",  ///< outcomes could not be written, and wait in the rings
    "disk_full",        ///< likewise: there is no room
    "draining",         ///< a ring could not be read
    "reporting",        ///< head office refuses outcomes in a way that needs a person
    "rules",            ///< rules did not come, or did not pass: those before go on
    "no_rules",         ///< there are none at all: nothing is suggested
    "overlay",          ///< what is paused or repriced did not come, or did not pass
    "pictures",         ///< pictures do not come
    "clock_unset",      ///< the terminal's clock stands before the year 2000
};
inline constexpr std::size_t kMostAlarms = 20;
inline constexpr std::size_t kMaxAlarmDetail = 400;  ///< bytes
inline constexpr UtcMs kYear2000 = 946'684'800'000;

struct Health {
  UtcMs time = 0;             ///< of the terminal's own clock
  std::string agent;          ///< version of the program
  std::uint64_t pending = 0;  ///< outcomes that are kept there and not counted yet
  std::uint64_t quarantined = 0;
  std::uint64_t pictures_wanted = 0;   ///< by the rules it runs
  std::uint64_t pictures_present = 0;  ///< of these
  std::uint32_t lanes = 0;             ///< tills and kiosks that are open on it now
  std::vector<Alarm> alarms;           ///< the most urgent first
};
std::string write(const Health& health);
std::optional<Health> read_health(std::string_view json, WireFindings& findings);

/// The member "alarms" alone, and back.
std::string write_alarms(const std::vector<Alarm>& alarms);
std::optional<std::vector<Alarm>> read_alarms(std::string_view json, WireFindings& findings);

}  // namespace sidedish::format
