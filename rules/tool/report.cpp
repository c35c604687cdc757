#include "rules/tool/report.hpp"

#include <nlohmann/json.hpp>

namespace sidedish::tool {
namespace {

nlohmann::ordered_json list(std::span<const Located> findings) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& [file, finding] : findings) {
    out.push_back({{"file", file},
                   {"id", finding.id},
                   {"pointer", finding.pointer},
                   {"detail", finding.message}});
  }
  return out;
}

}  // namespace

void print_findings(std::ostream& out, std::string_view level, std::span<const Located> findings) {
  for (const auto& [file, finding] : findings) {
    out << level << ": " << file << ": ";
    if (!finding.id.empty()) out << finding.id << ": ";
    if (!finding.pointer.empty()) out << finding.pointer << ": ";
    out << finding.message << '\n';
  }
}

void print_json(std::ostream& out, std::span<const Located> errors,
                std::span<const Located> warnings) {
  const nlohmann::ordered_json all{{"errors", list(errors)}, {"warnings", list(warnings)}};
  out << all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace sidedish::tool
