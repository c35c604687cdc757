#pragma once
// For what a test cannot prove on this machine. ctest shows the case as skipped; tests/run says it again at its end.
#include <string>

namespace sidedish::test {

/// Says why. The case returns, or goes on with what it can prove: if that fails, it fails.
void skipped(const std::string& why);

}  // namespace sidedish::test
