// instructions_image RULES PRODUCTS FILE: the image of a large invented pack.
#include "tests/support/big_pack.hpp"

#include <cstdlib>
#include <sys/stat.h>

int main(int count, char** given) {
  if (count != 4) return 2;
  const auto number = [&](int i) {
    return static_cast<std::uint32_t>(std::strtoul(given[i], nullptr, 10));
  };
  const std::vector<std::byte> image = sidedish::test::big_image(number(1), number(2));
  std::ofstream out(given[3], std::ios::binary);
  out.write(reinterpret_cast<const char*>(image.data()),
            static_cast<std::streamsize>(image.size()));
  out.close();
  return out && ::chmod(given[3], 0644) == 0 ? 0 : 1;
}
