#include "rules/compile/compile.hpp"
#include "rules/tool/commands.hpp"
#include "rules/tool/report.hpp"

#include <algorithm>

namespace sidedish::tool {
namespace {

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

}  // namespace

void check(const CheckArguments& given, Io& io) {
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

}  // namespace sidedish::tool
