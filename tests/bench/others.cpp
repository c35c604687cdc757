// bench-<name> RULES: as sidedish-peer, for the matcher that is linked in.
#include "tests/bench/others.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
  using namespace sidedish::bench;
  const char* data = std::getenv("BENCH_DATA");
  const char* out = std::getenv("BENCH_OUT");
  if (argc != 2 || data == nullptr || out == nullptr) {
    std::fprintf(stderr, "usage: BENCH_DATA=data BENCH_OUT=out [BENCH_MAX_S=8] %s RULES\n",
                 argv[0]);
    return 2;
  }
  try {
    const Workload work = read_workload(data, argv[1]);
    const double base = resident_mb();
    const auto start = std::chrono::steady_clock::now();
    const auto matcher = other_matcher(work);
    const std::chrono::duration<double> build = std::chrono::steady_clock::now() - start;
    drive(other_name(), argv[1], work, *matcher, base, build.count(), out);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
  return 0;
}
