#include "rules/compile/sizes.hpp"
#include "rules/engine/decide.hpp"
#include "rules/engine/matches.hpp"
#include "tests/bench/peer/matcher.hpp"
#include "tests/bench/peer/pack.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace sidedish::bench {
namespace {

class EngineMatcher : public Matcher {
 public:
  EngineMatcher(const Workload& work, bool explicit_lacks)
      : bytes_(make_image(make_pack(work, explicit_lacks))) {
    auto opened = image::Image::open(bytes_);
    if (!opened) throw std::runtime_error(std::string(opened.error().text()));
    image_ = *opened;
    product_.resize(work.skus.size() + 1, image::kNone);
    cents_.resize(product_.size());
    for (const Sku& sku : work.skus) {
      product_.at(sku.number) = image_.find_product(sku_key(sku.number));
      cents_.at(sku.number) = sku.cents;
    }
    for (const image::Rule& rule : image_.rules()) {
      numbers_.push_back(number_of(image_.text(rule.id)));
    }
    scratch_.resize(engine::scratch_bytes(image_) / 8 + 1);
    context_.capabilities = kCanAdd;
    context_.looking_at = image::kNone;
    context_.channel = Channel::kiosk;
    context_.facts[0].fact = image_.find_fact("segment");
    context_.facts[0].is_number = 1;
    std::memcpy(context_.currency, "EUR", 4);
    std::fprintf(stderr, "%zu rules, %.1f index bytes a rule, image of %zu bytes\n",
                 image_.rules().size(), compile::sizes_of(image_).a_rule(image_), bytes_.size());
    fresh_ = {engine::open_basket(1, kMidnight), engine::open_lane()};
    items_.reserve(64);
  }

  void begin(const Session& session) override {
    context_.now = kMidnight + std::int64_t{session.minute} * 60'000;
    context_.facts[0].number = session.segment;
    context_.fact_count = context_.facts[0].fact != image::kNone && session.segment != 0 ? 1 : 0;
  }

  void add(const Line& line) override {
    const std::uint32_t product = product_[line.sku];
    const Minor value = line.quantity * cents_[line.sku];
    const auto at = std::lower_bound(
        items_.begin(), items_.end(), product,
        [](const engine::Item& item, std::uint32_t p) { return item.product < p; });
    items_.insert(at, {product, image_.products()[product].stable, line.quantity * kOne, value});
    total_ += value;
  }

  void end() override {
    items_.clear();
    total_ = 0;
  }

 protected:
  engine::Basket basket() const {
    return {items_, total_, static_cast<std::uint32_t>(items_.size()), 0};
  }
  std::span<std::byte> scratch() { return std::as_writable_bytes(std::span(scratch_)); }

  std::vector<std::byte> bytes_;
  image::Image image_;
  std::vector<std::uint32_t> product_;
  std::vector<Minor> cents_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint64_t> scratch_;
  engine::Context context_{};
  engine::Memory fresh_{};
  std::vector<engine::Item> items_;
  Minor total_ = 0;
};

class AllMatcher final : public EngineMatcher {
 public:
  explicit AllMatcher(const Workload& work) : EngineMatcher(work, true) {
    found_.resize(work.rules.size());
  }
  Answer ask() override {
    Answer answer{0, 0, {}};
    const std::uint32_t count = engine::matches(image_, context_, basket(), scratch(), found_);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t number = numbers_[found_[i]];
      if (i < 3) answer.best[i] = number;
      answer.sum += number;
    }
    answer.matches = count;
    return answer;
  }

 private:
  std::vector<std::uint32_t> found_;
};

class BestMatcher final : public EngineMatcher {
 public:
  explicit BestMatcher(const Workload& work) : EngineMatcher(work, false) {}
  Answer ask() override {
    memory_ = fresh_;
    engine::decide(image_, {}, context_, basket(), true, memory_, scratch(), decision_);
    Answer answer;
    for (std::uint32_t i = 0; i < decision_.prompt_count && i < 3; ++i) {
      answer.best[i] = numbers_[decision_.prompts[i].rule];
    }
    return answer;
  }

 private:
  engine::Memory memory_{};
  engine::Decision decision_{};
};

}  // namespace

std::unique_ptr<Matcher> all_matcher(const Workload& work) {
  return std::make_unique<AllMatcher>(work);
}
std::unique_ptr<Matcher> best_matcher(const Workload& work) {
  return std::make_unique<BestMatcher>(work);
}

}  // namespace sidedish::bench
