// Replays the corpus in builds with other flags than the rest: see sidedish_golden() in CMake.
#include "tests/rules/engine/golden/corpus.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto counts = sidedish::golden::replay_all(argv[1]);
  std::printf("%u images, %u records, %u decide other bytes\n", counts.images, counts.records,
              counts.different);
  return counts.records > 0 && counts.different == 0 ? 0 : 1;
}
