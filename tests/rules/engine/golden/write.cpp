// Writes the golden corpus anew, for when a decision or a record is meant to change:
//   cmake --build --preset dev --target golden_write && build/dev/tests/golden_write
#include "tests/rules/engine/golden/step.hpp"

#include <cstdio>
#include <fstream>

using namespace sidedish::testing;

namespace {

void write(std::ofstream& out) {
  const auto put = [&](std::uint32_t kind, std::span<const std::byte> bytes) {
    const std::uint32_t head[2] = {kind, static_cast<std::uint32_t>(bytes.size())};
    out.write(reinterpret_cast<const char*>(head), sizeof head);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    constexpr char kPadding[8] = {};
    out.write(kPadding, static_cast<std::streamsize>((8 - bytes.size() % 8) % 8));
  };
  for (std::uint64_t seed = 9001; seed < 9005; ++seed) {
    Dice dice(seed);
    ImageBuilder pack = random_pack(dice);
    while (pack.rules.size() < 12) pack = random_pack(dice);
    Shop shop(pack);
    put(0, shop.image.bytes());
    for (int i = 0; i < 12; ++i) {
      if (i % 4 == 0) shop.new_sale(dice(1U << 30));
      put(1, step(shop, dice).bytes());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string file = argc == 2 ? argv[1] : SIDEDISH_GOLDEN;
  std::ofstream out(file, std::ios::binary);
  write(out);
  out.close();
  std::printf("%s: %s\n", file.c_str(), out ? "written" : "cannot be written");
  return out ? 0 : 1;
}
