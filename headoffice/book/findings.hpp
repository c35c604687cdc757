#pragma once
// What is wrong with a rule, or odd about it, seen from the rule itself.
#include "headoffice/book/current.hpp"
#include "rules/base/clock.hpp"
#include "rules/compile/compile.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/model/pack.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

struct BookFinding {
  std::string pointer;  ///< RFC 6901 within the rule; empty: the rule as a whole
  std::string code;     ///< stable
  std::string detail;
  bool warning = false;
  std::string rule{};  ///< of another rule of the pack; empty: the one that was asked about
};

void write(format::JsonWriter& json, const BookFinding& finding);
/// As an array.
void write(format::JsonWriter& json, const std::vector<BookFinding>& findings);
bool has_errors(const std::vector<BookFinding>& findings);

std::vector<std::string> rule_ids(const model::Pack& pack);
/// Findings of a whole pack -> those of the rule at `own`, and those of other rules that `before` has
/// not. Pointers start at "/rules/N", N a place in `rules`.
std::vector<BookFinding> of_rule(const std::vector<std::string>& rules, std::size_t own,
                                 const std::vector<model::Finding>& found, bool warning,
                                 const std::vector<model::Finding>& before = {});

struct CheckedRule {
  std::optional<model::Rule> rule;  ///< it could be read
  std::vector<BookFinding> findings;
};
/// Reads the rule, checks it, and lints the pack with it in, as publishing would.
CheckedRule check_rule(const CurrentPack& current, std::string_view json,
                       const compile::ZoneFile& zones, UtcMs now);
/// What the linter has to say of the pack without the rule.
std::vector<BookFinding> check_without(const CurrentPack& current, std::string_view rule,
                                       UtcMs now);

/// The pack with the rule in it: in its place, or behind all others. Returns the place.
std::size_t put_rule(model::Pack& pack, model::Rule rule);
/// False: it is not there.
bool take_rule(model::Pack& pack, std::string_view rule);

}  // namespace sidedish::headoffice
