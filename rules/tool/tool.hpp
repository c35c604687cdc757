#pragma once
// sidedish-rules: one file per subcommand. A new one is a function here, its .cpp, and a line in
// kCommands of tool.cpp.
#include "rules/base/clock.hpp"

#include <CLI/CLI.hpp>
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

void add_check(CLI::App& app, Io& io);
void add_compile(CLI::App& app, Io& io);
void add_overlay(CLI::App& app, Io& io);
void add_schema(CLI::App& app, Io& io);
void add_show(CLI::App& app, Io& io);
void add_explain(CLI::App& app, Io& io);
void add_replay(CLI::App& app, Io& io);

/// The whole program; returns its exit status (CLI11's own above 99 for wrong arguments).
int run(int argc, const char* const* argv, Io& io);

}  // namespace sidedish::tool
