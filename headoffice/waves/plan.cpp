#include "headoffice/waves/plan.hpp"

#include "rules/base/hash.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

using format::Json;

constexpr std::size_t kMostWaves = 10;
constexpr std::size_t kMostPilots = 1000;
constexpr std::int64_t kLongestWait = 14 * 24 * 60;  // minutes
constexpr std::int64_t kUsualWait = 60;

std::optional<Wave> read_wave(Json value, format::WireFindings& findings) {
  Wave out;
  if (value.text() == "all") {
    out.all = true;
    return out;
  }
  if (!value.is(Json::Type::object)) {
    format::add_finding(findings, value.pointer(), "expected terminals, a percent or \"all\"");
    return std::nullopt;
  }
  format::WireFields fields(value, value.pointer(), findings);
  if (fields.has("percent")) {
    out.percent = static_cast<int>(fields.number("percent", 1, 99));
  } else if (const Json list = fields.array("terminals", kMostPilots)) {
    for (const Json terminal : list) {
      const std::string_view name = terminal.text();
      const std::size_t slash = name.find('/');
      if (slash == 0 || slash == std::string_view::npos || slash + 1 == name.size()) {
        fields.add("terminals", "expected names like mitte/t1");
        break;
      }
      out.terminals.emplace_back(name);
    }
    if (list.size() == 0) fields.add("terminals", "expected a terminal");
  }
  fields.finish();
  return out;
}

std::vector<Wave> read_list(Json list, format::WireFindings& findings) {
  std::vector<Wave> out;
  for (const Json one : list) {
    if (auto wave = read_wave(one, findings)) out.push_back(std::move(*wave));
  }
  const bool last_alone =
      !out.empty() && out.back().all &&
      std::count_if(out.begin(), out.end(), [](const Wave& wave) { return wave.all; }) == 1;
  if (findings.empty() && !last_alone) {
    format::add_finding(findings, list.pointer(),
                        "expected the last wave, and no other, to be \"all\"");
  }
  return out;
}

std::string written(const std::vector<Wave>& waves) {
  format::JsonWriter json;
  json.open('[');
  for (const Wave& wave : waves) {
    if (wave.all) {
      json.text("all");
    } else if (wave.percent > 0) {
      json.open('{').key("percent").number(std::int64_t{wave.percent}).close('}');
    } else {
      json.open('{').key("terminals").open('[');
      for (const std::string& terminal : wave.terminals) json.text(terminal);
      json.close(']').close('}');
    }
  }
  return json.close(']').take();
}

/// `more` reads what only one of the two forms has.
template <class More>
std::optional<RolloutOrder> read_order(std::string_view json, std::string_view pointer,
                                       std::vector<model::Finding>& errors, More&& more) {
  format::WireFindings findings;
  RolloutOrder out;
  if (const auto tree = format::parse_wire(json, {}, findings)) {
    format::WireFields fields(tree->root(), "", findings);
    if (const Json list = fields.array("waves", kMostWaves)) {
      out.waves = written(read_list(list, findings));
    }
    const std::string_view advance = fields.text("advance", 16, false);
    if (!advance.empty() && advance != "by-report" && advance != "by-command") {
      fields.add("advance", "expected by-report or by-command");
    }
    out.automatic = advance != "by-command";
    const bool told = fields.has("wait_minutes");
    out.wait = 60'000 * (told ? fields.number("wait_minutes", 1, kLongestWait) : kUsualWait);
    more(fields, out);
    fields.finish();
  }
  for (auto& finding : findings) {
    errors.push_back({"", std::string(pointer) + finding.pointer, std::move(finding.detail)});
  }
  if (!findings.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<RolloutOrder> read_rollout_order(std::string_view json, std::string_view pointer,
                                               std::vector<model::Finding>& errors) {
  return read_order(json, pointer, errors, [](format::WireFields& fields, RolloutOrder& out) {
    out.who = fields.text("who", 200);
    out.why = fields.text("why", 200);
    if (out.who.empty()) fields.add("who", "expected who wants it");
    if (out.why.empty()) fields.add("why", "expected a reason");
  });
}

std::optional<RolloutOrder> read_rollout_plan(std::string_view json, std::string_view pointer,
                                              std::vector<model::Finding>& errors) {
  return read_order(json, pointer, errors, [](format::WireFields&, RolloutOrder&) {});
}

std::vector<Wave> read_waves(std::string_view json) {
  format::WireFindings findings;
  const auto tree = format::parse_wire(json, {}, findings);
  return tree ? read_list(tree->root(), findings) : std::vector<Wave>();
}

bool is_in(const std::vector<Wave>& waves, std::size_t last, std::string_view store,
           std::string_view terminal) {
  if (terminal.empty()) return false;
  const std::string name = std::string(store) + "/" + std::string(terminal);
  const auto share = static_cast<int>(hash64(name) % 100);
  for (std::size_t i = 0; i < waves.size() && i <= last; ++i) {
    if (waves[i].all || share < waves[i].percent ||
        std::find(waves[i].terminals.begin(), waves[i].terminals.end(), name) !=
            waves[i].terminals.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace sidedish::headoffice
