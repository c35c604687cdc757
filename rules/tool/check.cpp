#include "rules/compile/compile.hpp"
#include "rules/tool/report.hpp"
#include "rules/tool/tool.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

namespace sidedish::tool {
namespace {

struct Arguments {
  std::string rules, catalogue;
  std::string zones = "/usr/share/zoneinfo";
  std::vector<std::string> hosts_can;
  bool json = false;
};

// In the order of the bits of Capability.
constexpr const char* kCapabilities[] = {"add",  "replace",           "convert", "apply_promotion",
                                         "undo", "reports_completion"};

std::uint32_t capabilities(const std::vector<std::string>& names) {
  if (names.empty()) return ~std::uint32_t{0};
  std::uint32_t out = 0;
  unsigned bit = 0;
  for (const char* capability : kCapabilities) {
    if (std::find(names.begin(), names.end(), capability) != names.end()) out |= 1U << bit;
    ++bit;
  }
  return out;
}

void check(const Arguments& given, Io& io) {
  auto documents = read_documents(given.rules, given.catalogue);
  if (!documents) {
    io.err << documents.error().text() << '\n';
    io.status = 2;
    return;
  }
  std::vector<Located> errors = documents->errors;
  std::vector<Located> warnings;
  if (documents->usable()) {
    const auto place = [&](std::vector<model::Finding> found, std::vector<Located>& out) {
      for (auto& f : found) {
        out.push_back(locate(std::move(f), *documents, given.rules, given.catalogue));
      }
    };
    const model::Catalogue& catalogue = documents->catalogue();
    place(compile::check(*documents->pack, catalogue, zones_of(given.zones)), errors);
    if (errors.empty()) {
      place(compile::lint(*documents->pack, catalogue, io.now, capabilities(given.hosts_can)),
            warnings);
    }
  }
  io.status = errors.empty() ? 0 : 1;
  if (given.json) {
    print_json(io.out, errors, warnings);
    return;
  }
  print_findings(io.out, "error", errors);
  print_findings(io.out, "warning", warnings);
  if (errors.empty()) {
    io.out << given.rules << ": " << documents->pack->rules.size() << " rules are right, "
           << warnings.size() << " warnings\n";
  } else {
    io.out << given.rules << ": " << errors.size() << " errors\n";
  }
}

}  // namespace

void add_check(CLI::App& app, Io& io) {
  auto* command = app.add_subcommand("check", "find everything that is wrong with a rule document");
  const auto given = std::make_shared<Arguments>();
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

}  // namespace sidedish::tool
