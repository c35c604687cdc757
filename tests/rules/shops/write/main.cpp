// Writes the answers of the shops' scenes anew, for when rules, words or decisions are meant to
// change; whoever does so reads every line of the difference:
//   cmake --build --preset dev --target scenes_write && build/dev/tests/scenes_write
#include "tests/rules/shops/scenes.hpp"

#include <cstdio>
#include <fstream>

using namespace sidedish::shops;

int main() {
  int status = 0;
  for (const char* shop : {"burgerbar", "giftware"}) {
    const std::string file = scene_file(shop);
    const std::string played = play(shop, read_text(file));
    std::ofstream out(file, std::ios::binary);
    out << played;
    out.close();
    std::printf("%s: %s\n", file.c_str(), out ? "written" : "cannot be written");
    status |= out ? 0 : 1;
  }
  return status;
}
