// Brute force over the neutral workload (tests/bench/peer/README.md): every rule from scratch, the
// best three kept. What an index has to beat, and what every answer has to equal.
#include "tests/bench/others.hpp"

#include <algorithm>

namespace sidedish::bench {
namespace {

class Brute final : public Matcher {
 public:
  explicit Brute(const Workload& work) : work_(work), skus_(work.skus.size() + 1) {
    for (const Sku& sku : work.skus) {
      skus_.at(sku.number) = sku;
      most_ = std::max(most_, sku.category);
    }
    have_.resize(skus_.size());
    categories_.resize(most_ + 1);
  }
  void begin(const Session& session) override { session_ = &session; }
  void add(const Line& line) override {
    have_[line.sku] = true;
    categories_[skus_[line.sku].category] = true;
    total_ += line.quantity * skus_[line.sku].cents;
  }
  Answer ask() override {
    Answer answer{0, 0, {}};
    int scores[3] = {};
    for (const RuleLine& rule : work_.rules) {
      if (have_[rule.suggest] || !holds(rule)) continue;
      ++answer.matches;
      answer.sum += rule.number;
      rank(rule, answer, scores);
    }
    return answer;
  }
  void end() override {
    have_.assign(have_.size(), false);
    categories_.assign(categories_.size(), false);
    total_ = 0;
  }

 private:
  bool holds(const RuleLine& rule) const {
    return std::ranges::all_of(rule.tests, [&](const Test& test) {
      switch (test.type) {
        case Test::Type::sku:
          return std::ranges::any_of(test.any, [&](std::uint32_t sku) { return bool{have_[sku]}; });
        case Test::Type::category:
          return bool{categories_[test.any.front()]};
        case Test::Type::total:
          return total_ >= test.from;
        case Test::Type::minute:
          return test.from <= session_->minute && session_->minute < test.to;
        case Test::Type::segment:
          break;
      }
      return session_->segment == test.from;
    });
  }
  static void rank(const RuleLine& rule, Answer& answer, int (&scores)[3]) {
    for (unsigned i = 0; i < 3; ++i) {
      if (rule.score <= scores[i]) continue;  // equal scores: the lower number came first
      for (unsigned k = 2; k > i; --k) {
        answer.best[k] = answer.best[k - 1];
        scores[k] = scores[k - 1];
      }
      answer.best[i] = rule.number;
      scores[i] = rule.score;
      return;
    }
  }

  const Workload& work_;
  std::vector<Sku> skus_;
  std::uint32_t most_ = 0;
  const Session* session_ = nullptr;
  std::vector<bool> have_;
  std::vector<bool> categories_;
  std::int64_t total_ = 0;
};

}  // namespace

std::string other_name() { return "brute"; }
std::unique_ptr<Matcher> other_matcher(const Workload& work) {
  return std::make_unique<Brute>(work);
}

}  // namespace sidedish::bench
