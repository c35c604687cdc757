// One more peer of a benchmark of rule matchers; README.md here says what it reads and writes.
#include "tests/bench/peer/matcher.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
  using namespace sidedish::bench;
  const std::string mode = argc == 3 ? argv[2] : "";
  if (mode != "all" && mode != "best" && mode != "call") {
    std::fprintf(
        stderr, "usage: [BENCH_DATA=data] [BENCH_OUT=out] [BENCH_MAX_S=8] %s RULES all|best|call\n",
        argv[0]);
    return 2;
  }
  const auto setting = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : otherwise);
  };
  try {
    const Workload work = read_workload(setting("BENCH_DATA", "data"), argv[1]);
    const double base = resident_mb();
    const auto start = std::chrono::steady_clock::now();
    const auto matcher = mode == "all"    ? all_matcher(work)
                         : mode == "best" ? best_matcher(work)
                                          : call_matcher(work);
    const std::chrono::duration<double> build = std::chrono::steady_clock::now() - start;
    drive("sidedish-" + mode, argv[1], work, *matcher, base, build.count(),
          setting("BENCH_OUT", "out"));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sidedish-peer: %s\n", error.what());
    return 1;
  }
  return 0;
}
