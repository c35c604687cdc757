#include "tests/sdk/conversation.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace conversations {
namespace {

/// "prompts[0].product" -> JSON pointer; "prompts.length" is answered by the size.
json at(const json& answer, const std::string& path) {
  const std::string length = ".length";
  if (path.ends_with(length)) {
    const json list = at(answer, path.substr(0, path.size() - length.size()));
    return list.is_null() ? json(0) : json(list.size());
  }
  std::string pointer = "/";
  for (const char c : path) {
    if (c == '.' || c == '[') {
      pointer += '/';
    } else if (c != ']') {
      pointer += c;
    }
  }
  const json::json_pointer where(pointer);
  return answer.contains(where) ? answer.at(where) : json();
}

/// "$name" -> what was kept under it, anywhere in a value.
json filled(const json& value, const std::map<std::string, json>& kept) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.starts_with('$') ? kept.at(text.substr(1)) : value;
  }
  json out = value;
  if (out.is_structured()) {
    for (json& member : out) member = filled(member, kept);
  }
  return out;
}

json step_answer(const json& step, const std::string& lane, Way& way) {
  if (step.contains("basket")) return way.basket(lane, step["basket"]);
  if (step.contains("event")) return way.event(lane, step["event"]);
  if (step.contains("outcome")) return way.outcome(lane, step["outcome"]);
  if (step.contains("return")) return way.returned(lane, step["return"]);
  if (step.contains("from_double")) {
    return way.from_double(step["from_double"]["value"], step["from_double"]["exponent"]);
  }
  throw std::runtime_error("a step without an action");
}

}  // namespace

bool Conversation::fits(const Way& way) const {
  const json needs = text.value("needs", json::array());
  return std::all_of(needs.begin(), needs.end(), [&](const json& need) { return way.can(need); });
}

std::vector<Conversation> all(const std::filesystem::path& folder) {
  std::vector<Conversation> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".json" || name == "pack" || name.ends_with(".schema")) {
      continue;
    }
    std::ifstream in(entry.path());
    out.push_back({name, json::parse(in)});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

std::vector<std::string> hold(const Conversation& conversation, Way& way) {
  std::vector<std::string> wrong;
  std::map<std::string, json> kept;
  const json usual = {{"1", {{"capabilities", {"add", "undo", "reports_completion"}}}}};
  const json lanes = conversation.text.value("lanes", usual);
  const auto open = [&] {
    for (const auto& [lane, config] : lanes.items()) way.open(lane, config);
  };
  open();
  std::size_t number = 0;
  for (const json& written : conversation.text["steps"]) {
    ++number;
    const json step = filled(written, kept);
    if (step.contains("wait_ms")) {
      way.wait(step["wait_ms"]);
      continue;
    }
    if (step.contains("restart")) {
      way.restart();
      open();
      continue;
    }
    const json answer = step_answer(step, step.value("lane", "1"), way);
    for (const auto& [path, expected] : step["expect"].items()) {
      const json found = at(answer, path);
      const bool differs = expected.is_object();
      if (differs ? found != expected["not"] : found == expected) continue;
      wrong.push_back(conversation.name + ", step " + std::to_string(number) + ": " + path +
                      " should " +
                      (differs ? "not be " + expected["not"].dump() : "be " + expected.dump()) +
                      " and is " + found.dump() + " in " + answer.dump());
    }
    const json keep = step.value("keep", json::object());
    for (const auto& [name, path] : keep.items()) kept[name] = at(answer, path);
  }
  return wrong;
}

}  // namespace conversations
