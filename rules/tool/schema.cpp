#include "rules/format/documents.hpp"
#include "rules/tool/commands.hpp"

namespace sidedish::tool {

void schema(const std::string& which, Io& io) {
  for (const Asset& asset : format::schemas()) {
    if (asset.name == which + ".schema.json") io.out << asset.text;
  }
}

}  // namespace sidedish::tool
