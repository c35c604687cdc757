#pragma once
// sidedish-rules. One file per subcommand: a new one is a function in commands.hpp, its .cpp, and its
// words in tool.cpp.
#include "rules/base/clock.hpp"

#include <ostream>

namespace sidedish::tool {

/// What commands read and write beside files. Status: 0 done, 1 the documents have errors, 2 a file
/// cannot be read or written.
struct Io {
  std::ostream& out;
  std::ostream& err;
  UtcMs now = 0;
  bool progress = false;  ///< err is a terminal: show how far a long job is
  int status = 0;
};

/// The whole program; returns its exit status (CLI11's own above 99 for wrong arguments).
int run(int argc, const char* const* argv, Io& io);

}  // namespace sidedish::tool
