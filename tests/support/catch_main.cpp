#define CATCH_CONFIG_MAIN
#include "tests/support/skip.hpp"

#include <catch2/catch.hpp>
#include <iostream>
#include <vector>

namespace {

std::vector<std::string>& reasons() {
  static std::vector<std::string> list;
  return list;
}

// ctest believes the word more than the exit status, so a case that failed does not say it.
struct Skips : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.allOk()) {
      for (const std::string& why : reasons()) std::cout << "SKIPPED: " << why << std::endl;
    }
    reasons().clear();
  }
};
CATCH_REGISTER_LISTENER(Skips)

}  // namespace

void sidedish::test::skipped(const std::string& why) { reasons().push_back(why); }
