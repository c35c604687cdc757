// Feeds every file of the given folders and files to a fuzz target: the stored corpus as an
// ordinary test, in builds without libFuzzer. An input that crashes, or trips a sanitizer, ends the
// process and names itself on the last line. Inputs of which none is understood are a failure too.
#include "tests/fuzz/must.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// The name is libFuzzer's: https://llvm.org/docs/LibFuzzer.html#fuzz-target
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

bool replay(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>()};
  if (in.bad() || !in.is_open()) {
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return false;
  }
  std::printf("%s (%zu bytes)\n", file.c_str(), bytes.size());
  std::fflush(stdout);
  // A copy of the exact size on the heap, so that reading one byte too far is seen by the
  // sanitizer.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  bool readable = true;
  for (int i = 1; i < argc; ++i) {
    const fs::path given(argv[i]);
    if (!fs::is_directory(given)) {
      readable = replay(given) && readable;
      ++inputs;
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(given)) {
      if (!entry.is_regular_file()) continue;
      readable = replay(entry.path()) && readable;
      ++inputs;
    }
  }
  if (inputs == 0) std::fprintf(stderr, "no input: name files, or folders with files\n");
  std::printf("%zu inputs, %u of them understood\n", inputs, sidedish::fuzz::understood);
  if (sidedish::fuzz::understood == 0) {
    std::fprintf(stderr, "none of them came through the first checks: the corpus has grown old\n");
  }
  return readable && inputs > 0 && sidedish::fuzz::understood > 0 ? 0 : 1;
}
