// The only file that reads command lines: CLI11 takes seconds to compile.
#include "rules/tool/tool.hpp"

#include "rules/tool/commands.hpp"

#include <CLI/CLI.hpp>
#include <iterator>
#include <memory>

namespace sidedish::tool {
namespace {

void add_check(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("check", "find everything that is wrong with a rule document");
  const auto given = std::make_shared<CheckArguments>();
  command->add_option("rules", given->rules, "rule document")->required();
  command->add_option("catalogue", given->catalogue, "catalogue document, unless it is inline");
  command->add_option("--zones", given->zones, "folder of time zones")->capture_default_str();
  command
      ->add_option("--hosts-can", given->hosts_can,
                   "what at least one till or kiosk can do (default: everything)")
      ->delimiter(',')
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kCapabilities), std::end(kCapabilities))));
  command->add_flag("--json", given->json, "findings as JSON");
  command->callback([given, &io] { check(*given, io); });
}

void add_compile(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("compile", "turn a rule document into an image");
  const auto given = std::make_shared<CompileArguments>();
  command->add_option("rules", given->rules, "rule document")->required();
  command->add_option("catalogue", given->catalogue, "catalogue document, unless it is inline");
  command->add_option("-o,--output", given->output, "image to write")->required();
  command->add_option("--zones", given->zones, "folder of time zones")->capture_default_str();
  command->add_option(
      "--begin", given->begin,
      "first day of the ten years of store times (default: 1 January of this year)");
  command->callback([given, &io] { compile_pack(*given, io); });
}

void add_overlay(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("overlay", "turn an overlay document into its flat file");
  const auto given = std::make_shared<OverlayArguments>();
  command->add_option("document", given->document, "overlay document")->required();
  command->add_option("--image", given->image, "image whose rules and products it names")
      ->required();
  command->add_option("-o,--output", given->output, "overlay to write")->required();
  command->callback([given, &io] { make_overlay(*given, io); });
}

void add_schema(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("schema", "print a published JSON Schema (2020-12)");
  const auto which = std::make_shared<std::string>("rules");
  command->add_option("document", *which, "which document")
      ->check(CLI::IsMember({"rules", "catalogue", "overlay"}))
      ->capture_default_str();
  command->callback([which, &io] { schema(*which, io); });
}

void add_show(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("show", "what an image holds");
  const auto path = std::make_shared<std::string>();
  command->add_option("image", *path, "image file")->required();
  command->callback([path, &io] { show(*path, io); });
}

void add_explain(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("explain", "why a decision offered what it did, rule by rule");
  const auto options = std::make_shared<ExplainArguments>();
  command->add_option("record", options->record, "decision record")->required();
  command
      ->add_option("--image", options->image,
                   "image it was decided with, or the agent's folder of images")
      ->required();
  command->add_option(
      "--overlay", options->overlay,
      "overlay it was decided with, or a folder of them (default: beside the images)");
  command->add_flag("--json", options->json, "for programs");
  command->callback([options, &io] { explain(*options, io); });
}

void add_replay(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand(
      "replay", "decide records again and compare the bytes, or try a pack on receipts");
  const auto options = std::make_shared<ReplayArguments>();
  command->add_option("image", options->image, "image file, or the agent's folder of images");
  command->add_option("records", options->records, "decision records, or folders of them");
  command->add_option("--overlay", options->overlay,
                      "overlay of the records, or a folder of them (default: beside the images)");
  command->add_option("--receipts", options->receipts, "folder of receipts to try a pack on");
  command->add_option("--rules", options->rules, "rule document to try, instead of an image");
  command->add_option("--catalogue", options->catalogue, "its catalogue, unless it is inline");
  command->add_option("--zones", options->zones, "folder of time zones")->capture_default_str();
  command->add_option("--store", options->store, "store of the pack (default: its first)");
  command->add_option("--channel", options->channel, "where it speaks")
      ->check(CLI::IsMember({"cashier", "kiosk"}))
      ->capture_default_str();
  command->add_flag("--as-recorded", options->as_recorded,
                    "keep the dates of the receipts (default: moved by whole weeks, to end now)");
  command->add_flag("--json", options->json, "for programs");
  command->callback([options, &io] {
    if (options->receipts.empty()) {
      if (options->image.empty() || options->records.empty()) {
        throw CLI::RequiredError("image and records, or --receipts");
      }
      return replay_records(*options, io);
    }
    if (options->image.empty() == options->rules.empty()) {
      throw CLI::ValidationError("replay", "--receipts needs either --rules or an image");
    }
    replay_receipts(*options, io);
  });
}

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
