// CLIPS (Rete) over the neutral workload: a defrule for each rule, facts asserted line by line; what
// matches is its agenda. A set of several SKUs is one fact that a helper rule derives, so that every
// pattern is an equality.
#include "tests/bench/others.hpp"

extern "C" {
#include <clips/clips.h>
}
#include <algorithm>
#include <stdexcept>

namespace sidedish::bench {
namespace {

class Clips final : public Matcher {
 public:
  explicit Clips(const Workload& work) : work_(work), skus_(work.skus.size() + 1) {
    for (const Sku& sku : work.skus) skus_.at(sku.number) = sku;
    environment_ = CreateEnvironment();
    build("(deftemplate sku (slot n))");
    build("(deftemplate cat (slot n))");
    build("(deftemplate member (slot sku) (slot set))");
    build("(deftemplate set (slot n))");
    build("(deftemplate total (slot n))");
    build("(deftemplate when (slot minute) (slot segment))");
    build(
        "(defrule derive (declare (salience 9)) (logical (sku (n ?k)) (member (sku ?k) (set ?s)))"
        " => (assert (set (n ?s))))");
    for (const RuleLine& rule : work.rules) {
      by_number_.resize(std::max(by_number_.size(), std::size_t{rule.number} + 1));
      by_number_[rule.number] = &rule;
      add_rule(rule);
    }
  }
  ~Clips() override { DestroyEnvironment(environment_); }
  Clips(const Clips&) = delete;
  Clips& operator=(const Clips&) = delete;

  void begin(const Session& session) override {
    keep("(when (minute " + std::to_string(session.minute) + ") (segment " +
         std::to_string(session.segment) + "))");
  }
  void add(const Line& line) override {
    const Sku& sku = skus_[line.sku];
    keep("(sku (n " + std::to_string(line.sku) + "))");
    if (std::ranges::find(categories_, sku.category) == categories_.end()) {
      categories_.push_back(sku.category);
      keep("(cat (n " + std::to_string(sku.category) + "))");
    }
    amount_ += line.quantity * sku.cents;
    if (total_ != nullptr) EnvRetract(environment_, total_);
    total_ = assert_fact("(total (n " + std::to_string(amount_) + "))");
  }
  Answer ask() override {
    while (void* first = EnvGetNextActivation(environment_, nullptr)) {
      if (EnvGetActivationName(environment_, first)[0] != 'd') break;
      EnvRun(environment_, 1);
    }
    Answer answer{0, 0, {}};
    const auto better = [&](std::uint32_t a, std::uint32_t b) {
      if (a == 0 || b == 0) return b == 0;
      const int x = by_number_[a]->score;
      const int y = by_number_[b]->score;
      return x != y ? x > y : a < b;
    };
    for (void* at = EnvGetNextActivation(environment_, nullptr); at != nullptr;
         at = EnvGetNextActivation(environment_, at)) {
      auto number =
          static_cast<std::uint32_t>(std::atoi(EnvGetActivationName(environment_, at) + 1));
      ++answer.matches;
      answer.sum += number;
      for (std::uint32_t& place : answer.best) {
        if (better(number, place)) std::swap(number, place);
        if (number == 0) break;
      }
    }
    return answer;
  }
  void end() override {
    if (total_ != nullptr) EnvRetract(environment_, total_);
    for (void* fact : facts_) EnvRetract(environment_, fact);
    total_ = nullptr;
    facts_.clear();
    categories_.clear();
    amount_ = 0;
  }

 private:
  void build(const std::string& text) {
    std::string copy = text;
    if (EnvBuild(environment_, copy.data()) == 0) throw std::runtime_error("CLIPS refuses " + text);
  }
  void* assert_fact(std::string text) { return EnvAssertString(environment_, text.data()); }
  void keep(std::string text) { facts_.push_back(assert_fact(std::move(text))); }

  void add_rule(const RuleLine& rule) {
    std::string items;
    std::string rest;
    std::string when;
    for (const Test& test : rule.tests) {
      const std::string from = std::to_string(test.from);
      switch (test.type) {
        case Test::Type::sku:
          if (test.any.size() == 1) {
            items += " (sku (n " + std::to_string(test.any.front()) + "))";
            break;
          }
          items += " (set (n " + std::to_string(++sets_) + "))";
          for (const std::uint32_t sku : test.any) {
            assert_fact("(member (sku " + std::to_string(sku) + ") (set " + std::to_string(sets_) +
                        "))");
          }
          break;
        case Test::Type::category:
          items += " (cat (n " + std::to_string(test.any.front()) + "))";
          break;
        case Test::Type::total:
          rest += " (total (n ?t&:(>= ?t " + from + ")))";
          break;
        case Test::Type::minute:
          when += " (minute ?m&:(and (>= ?m " + from + ") (< ?m " + std::to_string(test.to) + ")))";
          break;
        case Test::Type::segment:
          when += " (segment " + from + ")";
          break;
      }
    }
    if (!when.empty() || items.empty()) items += " (when" + when + ")";
    build("(defrule r" + std::to_string(rule.number) + items + rest + " (not (sku (n " +
          std::to_string(rule.suggest) + "))) => )");
  }

  const Workload& work_;
  std::vector<Sku> skus_;
  std::vector<const RuleLine*> by_number_;
  void* environment_ = nullptr;
  std::vector<void*> facts_;
  std::vector<std::uint32_t> categories_;
  void* total_ = nullptr;
  std::int64_t amount_ = 0;
  int sets_ = 0;
};

}  // namespace

std::string other_name() { return "clips-6.30"; }
std::unique_ptr<Matcher> other_matcher(const Workload& work) {
  return std::make_unique<Clips>(work);
}

}  // namespace sidedish::bench
