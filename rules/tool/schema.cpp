#include "rules/format/documents.hpp"
#include "rules/tool/tool.hpp"

#include <memory>

namespace sidedish::tool {

void add_schema(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("schema", "print a published JSON Schema (2020-12)");
  const auto which = std::make_shared<std::string>("rules");
  command->add_option("document", *which, "which document")
      ->check(CLI::IsMember({"rules", "catalogue", "overlay"}))
      ->capture_default_str();
  command->callback([which, &io] {
    for (const Asset& asset : format::schemas()) {
      if (asset.name == *which + ".schema.json") io.out << asset.text;
    }
  });
}

}  // namespace sidedish::tool
