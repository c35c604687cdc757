#include "headoffice/publish/documents.hpp"

#include "rules/format/documents.hpp"

namespace sidedish::headoffice {
namespace {

void take(std::vector<model::Finding>& out, std::vector<model::Finding> findings,
          std::string_view document) {
  for (model::Finding& finding : findings) {
    finding.pointer.insert(0, document);
    out.push_back(std::move(finding));
  }
}

}  // namespace

PackRead read_documents(std::string_view rules, std::string_view catalogue) {
  PackRead out;
  auto pack = format::parse_rules(rules);
  take(out.errors, std::move(pack.errors), "/rules");
  if (!catalogue.empty()) {
    auto beside = format::parse_catalogue(catalogue);
    take(out.errors, std::move(beside.errors), "/catalogue");
    out.catalogue = std::move(beside.value);
  }
  if (pack.value) {
    if (pack.value->catalogue && !catalogue.empty()) {
      out.errors.push_back({"", "/catalogue", "expected one catalogue: the rules have one inside"});
    } else if (pack.value->catalogue) {
      out.catalogue = pack.value->catalogue;
    }
    out.pack = std::move(pack.value);
  }
  return out;
}

}  // namespace sidedish::headoffice
