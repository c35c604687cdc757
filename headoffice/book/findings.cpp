#include "headoffice/book/findings.hpp"

#include "rules/format/documents.hpp"

#include <algorithm>
#include <charconv>

namespace sidedish::headoffice {
namespace {

constexpr std::string_view kRules = "/rules/";
constexpr std::string_view kPlain = "invalid";

/// "/rules/12/offers/0" -> 12 and "/offers/0"; nullopt: it stands elsewhere.
struct Place {
  std::size_t rule = 0;
  std::string_view within;
};
std::optional<Place> place_of(std::string_view pointer) {
  if (!pointer.starts_with(kRules)) return std::nullopt;
  pointer.remove_prefix(kRules.size());
  Place out;
  const auto [end, error] =
      std::from_chars(pointer.data(), pointer.data() + pointer.size(), out.rule);
  if (error != std::errc()) return std::nullopt;
  out.within = pointer.substr(static_cast<std::size_t>(end - pointer.data()));
  return out;
}

BookFinding finding_of(const model::Finding& found, std::string_view pointer, bool warning) {
  return {std::string(pointer), std::string(found.code.empty() ? kPlain : found.code),
          found.message, warning};
}

}  // namespace

void write(format::JsonWriter& json, const BookFinding& finding) {
  json.open('{').key("pointer").text(finding.pointer).key("code").text(finding.code);
  json.key("detail").text(finding.detail);
  json.key("severity").text(finding.warning ? "warning" : "error");
  if (!finding.rule.empty()) json.key("rule").text(finding.rule);
  json.close('}');
}

void write(format::JsonWriter& json, const std::vector<BookFinding>& findings) {
  json.open('[');
  for (const BookFinding& finding : findings) write(json, finding);
  json.close(']');
}

bool has_errors(const std::vector<BookFinding>& findings) {
  return std::ranges::any_of(findings, [](const BookFinding& one) { return !one.warning; });
}

std::vector<std::string> rule_ids(const model::Pack& pack) {
  std::vector<std::string> out;
  for (const model::Rule& rule : pack.rules) out.push_back(rule.id);
  return out;
}

std::vector<BookFinding> of_rule(const std::vector<std::string>& rules, std::size_t own,
                                 const std::vector<model::Finding>& found, bool warning,
                                 const std::vector<model::Finding>& before) {
  std::vector<BookFinding> out;
  for (const model::Finding& one : found) {
    const auto place = place_of(one.pointer);
    if (place && place->rule == own) {
      out.push_back(finding_of(one, place->within, warning));
      continue;
    }
    // What stood before is not this rule's doing; places move, the rule's id and the words stay.
    const bool known = std::ranges::any_of(before, [&](const model::Finding& old) {
      return old.id == one.id && old.message == one.message;
    });
    if (known) continue;
    BookFinding other = finding_of(one, place ? place->within : one.pointer, warning);
    if (place && place->rule < rules.size()) other.rule = rules[place->rule];
    out.push_back(std::move(other));
  }
  return out;
}

std::size_t put_rule(model::Pack& pack, model::Rule rule) {
  const auto place = std::ranges::find(pack.rules, rule.id, &model::Rule::id);
  const auto at = static_cast<std::size_t>(place - pack.rules.begin());
  if (place == pack.rules.end()) {
    pack.rules.push_back(std::move(rule));
  } else {
    *place = std::move(rule);
  }
  return at;
}

bool take_rule(model::Pack& pack, std::string_view rule) {
  return std::erase_if(pack.rules, [&](const model::Rule& one) { return one.id == rule; }) > 0;
}

CheckedRule check_rule(const CurrentPack& current, std::string_view json,
                       const compile::ZoneFile& zones, UtcMs now) {
  CheckedRule out;
  auto parsed = format::parse_rule(json, current.pack.currency);
  for (const model::Finding& one : parsed.errors) {
    out.findings.push_back(finding_of(one, one.pointer, false));
  }
  if (!parsed.value) return out;
  out.rule = *parsed.value;
  // Nothing that is checked of a rule depends on other rules: alone, it is quick.
  model::Pack pack = current.pack;
  pack.rules = {std::move(*parsed.value)};
  out.findings = of_rule(rule_ids(pack), 0, compile::check(pack, current.catalogue, zones), false);
  if (!out.findings.empty()) return out;
  pack.rules = current.pack.rules;
  const std::size_t at = put_rule(pack, *out.rule);
  out.findings = of_rule(rule_ids(pack), at, compile::lint(pack, current.catalogue, now), true,
                         current.warnings);
  return out;
}

std::vector<BookFinding> check_without(const CurrentPack& current, std::string_view rule,
                                       UtcMs now) {
  model::Pack pack = current.pack;
  take_rule(pack, rule);
  return of_rule(rule_ids(pack), pack.rules.size(), compile::lint(pack, current.catalogue, now),
                 true, current.warnings);
}

}  // namespace sidedish::headoffice
