#pragma once
// The neutral workload of the rule matchers' benchmark: JSON lines with a catalogue, rules and
// baskets.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sidedish::bench {

struct Sku {
  std::uint32_t number = 0;
  std::uint32_t category = 0;
  std::int64_t cents = 0;
};

struct Test {
  enum class Type { sku, category, total, minute, segment };
  Type type = Type::sku;
  std::vector<std::uint32_t> any;  ///< sku: at least one is in the basket; category: the one
  int from = 0;                    ///< total: at least; minute: from <= m < to; segment: equal
  int to = 0;
};

struct RuleLine {
  std::uint32_t number = 0;
  std::uint32_t suggest = 0;
  int score = 0;  ///< 1..10,000; the answer is by score, best first, then by number
  std::vector<Test> tests;
};

struct Line {
  std::uint32_t sku = 0;
  std::int64_t quantity = 0;
};

struct Session {
  std::uint32_t number = 0;
  int segment = 0;  ///< 0 = an unknown customer
  int minute = 0;   ///< after midnight
  std::vector<Line> lines;
};

struct Workload {
  std::vector<Sku> skus;
  std::vector<RuleLine> rules;
  std::vector<Session> sessions;
};

/// catalog.jsonl, rules-<count>.jsonl and sessions.jsonl of a folder. Throws std::runtime_error.
Workload read_workload(const std::string& folder, const std::string& count);

}  // namespace sidedish::bench
