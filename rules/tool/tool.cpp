#include "rules/tool/tool.hpp"

namespace sidedish::tool {
namespace {

constexpr void (*kCommands[])(CLI::App&, Io&) = {add_check, add_compile, add_overlay, add_schema,
                                                 add_show,  add_explain, add_replay};

}  // namespace

int run(int argc, const char* const* argv, Io& io) {
  CLI::App app("Rule packs: check, compile, look inside", "sidedish-rules");
  app.require_subcommand(1);
  for (const auto add : kCommands) add(app, io);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e, io.out, io.err);
  }
  return io.status;
}

}  // namespace sidedish::tool
