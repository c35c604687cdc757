#include "rules/tool/tool.hpp"

#include <chrono>
#include <iostream>
#include <unistd.h>

int main(int argc, char** argv) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  sidedish::tool::Io io{std::cout, std::cerr, now, isatty(STDERR_FILENO) == 1, 0};
  return sidedish::tool::run(argc, argv, io);
}
