#include "tests/bench/peer/workload.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sidedish::bench {
namespace {

using nlohmann::json;

template <class Take>
void each_line(const std::string& path, Take take) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("reading " + path + ": no such file");
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) take(json::parse(line));
  }
}

Test test_of(const json& from) {
  Test out;
  const std::string type = from.at("t");
  if (type == "sku") {
    out.any = from.at("any").get<std::vector<std::uint32_t>>();
  } else if (type == "cat") {
    out.type = Test::Type::category;
    out.any = {from.at("is").get<std::uint32_t>()};
  } else if (type == "total") {
    out.type = Test::Type::total;
    out.from = from.at("ge");
  } else if (type == "minute") {
    out.type = Test::Type::minute;
    out.from = from.at("from");
    out.to = from.at("to");
  } else if (type == "segment") {
    out.type = Test::Type::segment;
    out.from = from.at("is");
  } else {
    throw std::runtime_error("an unknown condition: " + type);
  }
  return out;
}

}  // namespace

Workload read_workload(const std::string& folder, const std::string& count) {
  Workload out;
  each_line(folder + "/catalog.jsonl", [&](const json& line) {
    out.skus.push_back({line.at("sku"), line.at("cat"), line.at("cents")});
  });
  each_line(folder + "/rules-" + count + ".jsonl", [&](const json& line) {
    RuleLine rule{line.at("id"), line.at("suggest"), line.at("score"), {}};
    for (const json& test : line.at("if")) rule.tests.push_back(test_of(test));
    out.rules.push_back(std::move(rule));
  });
  each_line(folder + "/sessions.jsonl", [&](const json& line) {
    Session session{line.at("session"), line.at("segment"), line.at("minute"), {}};
    for (const json& row : line.at("lines")) session.lines.push_back({row.at(0), row.at(1)});
    out.sessions.push_back(std::move(session));
  });
  return out;
}

}  // namespace sidedish::bench
