#pragma once
// What becomes of a draft, as the log of changes says it.
#include "headoffice/store/book_store.hpp"

namespace sidedish::headoffice {

struct Deeds {
  const char* drafted;
  const char* discarded;
  const char* submitted;
  const char* approved;
  const char* returned;
  const char* scheduled;
  const char* schedule_failed;
};
inline constexpr Deeds kOfRule{"rule.drafted",        "rule.discarded", "rule.submitted",
                               "rule.approved",       "rule.returned",  "rule.scheduled",
                               "rule.schedule-failed"};
inline constexpr Deeds kOfFrame{"pack.drafted",        "pack.discarded", "pack.submitted",
                                "pack.approved",       "pack.returned",  "pack.scheduled",
                                "pack.schedule-failed"};
/// `rule`: its id, or kPackFrame.
constexpr const Deeds& deeds_of(std::string_view rule) {
  return rule == kPackFrame ? kOfFrame : kOfRule;
}

}  // namespace sidedish::headoffice
