#include "headoffice/replay/replay.hpp"

#include "rules/format/outcomes.hpp"
#include "rules/image/worth.hpp"
#include "rules/say/words.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kPage = 2'000;
constexpr std::size_t kMaxSamples = 500;
constexpr double kMillion = 1e6;

/// A basket put together from its parts.
struct Whole {
  receipts::Receipt receipt;
  std::int64_t event = 0;
  std::string terminal;
  UtcMs at = 0;
  Channel channel = Channel::cashier;
  Mode mode = Mode::sale;
  End end = End::open;
  unsigned missing = 0;  ///< parts
};

Minor cost_of(const image::Image& image, std::uint32_t product, Milli quantity) {
  if (product == image::kNone) return 0;
  const Minor each = image::cost_of(image.settings(), image.products()[product]);
  return extended_price(quantity, each).value_or(0);
}

/// What the shop keeps of an accepted prompt.
Minor margin_of(const image::Image& image, const engine::Prompt& prompt) {
  if (prompt.quantity == 0) return prompt.price_effect;  // a conversion costs what it saves
  Minor cost = cost_of(image, prompt.product, prompt.quantity);
  const Minor also = cost_of(image, prompt.also, prompt.quantity);
  cost += prompt.kind == Kind::upsell ? -also : also;
  return prompt.price_effect - cost;
}

class Run {
 public:
  Run(BasketStore& store, const image::Image& image, std::uint32_t rule, ReplayProgress& progress)
      : store_(store),
        image_(image),
        rule_(rule),
        progress_(progress),
        trial_(image, {.only = rule, .judge_every = 1}) {}

  Result<void> over(const std::string& store, BusinessDay day) {
    const std::uint32_t index = image_.find_store(store);
    if (index >= image_.stores().size()) return {};
    std::int64_t after = 0;
    for (;;) {
      auto page = store_.closed_baskets(store, day, after, kPage);
      if (!page) return tl::unexpected<Error>(page.error());
      if (page->empty()) return {};
      after = page->back().event;
      for (const ClosedBasketRow& row : *page) {
        if (progress_.stop) return {};
        take(store, index, row);
        ++progress_.done;
      }
    }
  }

  ReplayResult finish() {
    out_.incomplete += open_.size();
    const trial::TrialCounts& counts = trial_.counts();
    out_.baskets = counts.baskets;
    out_.empty = counts.empty;
    out_.unknown_lines = counts.unknown;
    out_.tally = trial_.rules().front();
    estimate();
    std::ranges::sort(out_.samples, {}, &ReplaySample::event);
    return std::move(out_);
  }

 private:
  void take(const std::string& store, std::uint32_t index, const ClosedBasketRow& row) {
    format::WireFindings findings;
    format::JsonLimits limits;
    limits.bytes = format::kMaxBatchBytes;
    const auto tree = format::parse_wire(row.json, limits, findings);
    if (!tree) {
      ++out_.unreadable;
      return;
    }
    const format::Event event = format::read_event(tree->root(), "", findings);
    const auto* owned = std::get_if<format::OwnedOutcome>(&event.body);
    if (!findings.empty() || owned == nullptr || owned->value.kind != OutcomeKind::basket) {
      ++out_.unreadable;
      return;
    }
    const model::Outcome& said = owned->value;
    std::string key = std::to_string(row.source) + '/' + std::string(said.basket);
    Whole& whole = open_[key];
    if (whole.missing == 0) {
      whole.missing = said.parts;
      whole.receipt.id = key;
      whole.terminal = row.terminal;
    }
    for (const model::OutcomeLine& line : said.basket_lines) {
      receipts::ReceiptLine one;
      one.product = line.key;
      one.quantity = line.quantity;
      one.total = line.value;
      whole.receipt.lines.push_back(std::move(one));
    }
    if (said.part == 0) {
      whole.event = row.event;
      whole.at = said.tender_at != 0  ? said.tender_at
                 : said.ended_at != 0 ? said.ended_at
                                      : said.at;
      whole.channel = said.channel;
      whole.mode = said.mode;
      whole.end = said.end;
    }
    if (--whole.missing > 0) return;
    decide(store, index, whole);
    open_.erase(key);
  }

  void decide(const std::string& store, std::uint32_t index, const Whole& whole) {
    if (whole.mode != Mode::sale) {
      ++out_.no_sales;
      return;
    }
    if (whole.end != End::completed && whole.end != End::inferred) {
      ++out_.unfinished;
      return;
    }
    auto& lane = lanes_[{index, whole.terminal, whole.channel}];
    if (!lane) lane.emplace(trial_.lane(index, whole.channel));
    if (!trial_.ring_up(*lane, whole.receipt, whole.at)) return;
    enter(store, whole, *lane);
  }

  void enter(const std::string& store, const Whole& whole, const trial::Lane& lane) {
    const trial::RuleCame& came = trial_.last();
    switch (came.came) {
      case trial::Came::prompted:
        prompted(came);
        return add(out_.prompted, store, whole, came.withheld ? "would be held out" : "would ask");
      case trial::Came::already:
        return add(out_.already, store, whole, "it is bought already");
      case trial::Came::unqualified: {
        if (came.node == image::kNone) {
          return add(out_.unqualified[""], store, whole,
                     "it does not speak on this channel or at this moment");
        }
        const image::Node node = image_.node(rule_, came.node);
        std::string words = "asks for " + say::condition_words(image_, node);
        ReplayReason& reason = out_.unqualified[std::string(image_.pointer(rule_, came.node))];
        reason.words = words;
        const std::string found =
            say::found_words(image_, node, lane.context, trial_.last_basket());
        if (!found.empty()) words += ", " + found;
        return add(reason, store, whole, std::move(words));
      }
      case trial::Came::blocked:
        return because(out_.blocked, std::to_string(static_cast<unsigned>(came.guard)),
                       say::words(came.guard), store, whole);
      case trial::Came::lost: {
        if (came.winner == image::kNone) {
          return because(out_.lost, "", "another rule was worth more", store, whole);
        }
        const image::Rule& winner = image_.rules()[came.winner];
        return because(out_.lost, std::string(image_.text(winner.id)),
                       std::string(image_.text(winner.name)), store, whole);
      }
      case trial::Came::silent:
      case trial::Came::off:
        return because(out_.silent, std::to_string(static_cast<unsigned>(came.silence)),
                       say::words(came.silence), store, whole);
    }
  }

  void because(ReplayReasons& reasons, std::string name, std::string words,
               const std::string& store, const Whole& whole) {
    ReplayReason& reason = reasons[std::move(name)];
    reason.words = words;
    add(reason, store, whole, std::move(words));
  }

  void add(ReplayReason& reason, const std::string& store, const Whole& whole, std::string why) {
    ++reason.baskets;
    if (reason.samples.size() >= kReplaySamples || out_.samples.size() >= kMaxSamples) return;
    reason.samples.push_back(whole.event);
    ReplaySample sample{whole.event,
                        store,
                        whole.terminal,
                        whole.at,
                        whole.channel,
                        std::move(why),
                        trial_.last_basket().total,
                        {}};
    for (const receipts::ReceiptLine& line : whole.receipt.lines) {
      const std::uint32_t product = image_.find_product(line.product);
      sample.lines.push_back(
          {line.product,
           product == image::kNone ? line.product : say::product_name(image_, product),
           line.quantity, line.total.value_or(0)});
    }
    out_.samples.push_back(std::move(sample));
  }

  void prompted(const trial::RuleCame& came) {
    if (came.withheld) return;
    const double rate = image_.offers()[came.prompt.offer].prior_ppm / kMillion;
    ++out_.showings;
    out_.adds.likely += rate;
    out_.margin.likely += rate * static_cast<double>(margin_of(image_, came.prompt));
  }

  void estimate() {
    if (out_.showings == 0) return;
    const auto shown = static_cast<double>(out_.showings);
    const double rate = out_.adds.likely / shown;
    const Bounds bounds = wilson(rate, kAssumedShowings);
    out_.adds.low = bounds.low * shown;
    out_.adds.high = bounds.high * shown;
    if (rate <= 0) return;
    const double a = out_.margin.likely * bounds.low / rate;
    const double b = out_.margin.likely * bounds.high / rate;
    out_.margin.low = std::min(a, b);
    out_.margin.high = std::max(a, b);
  }

  using Till = std::tuple<std::uint32_t, std::string, Channel>;

  BasketStore& store_;
  const image::Image& image_;
  std::uint32_t rule_;
  ReplayProgress& progress_;
  trial::Trial trial_;
  ReplayResult out_;
  std::map<Till, std::optional<trial::Lane>> lanes_;
  std::map<std::string, Whole> open_;  ///< baskets with parts to come
};

}  // namespace

Bounds wilson(double rate, double n) {
  constexpr double z = 1.959964;  // 95 %
  const double middle = (rate + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), rate, std::min(1.0, middle + half)};
}

Result<ReplayResult> replay(BasketStore& store, const image::Image& image, std::uint32_t rule,
                            const ReplayScope& scope, ReplayProgress& progress) {
  std::uint64_t all = 0;
  for (const std::string& one : scope.stores) {
    const auto count = store.count_closed_baskets(one, scope.from, scope.to);
    if (!count) return tl::unexpected<Error>(count.error());
    all += *count;
  }
  progress.of = all;
  Run run(store, image, rule, progress);
  for (BusinessDay day = scope.from; day <= scope.to && !progress.stop; ++day) {
    for (const std::string& one : scope.stores) {
      if (const auto done = run.over(one, day); !done) return tl::unexpected<Error>(done.error());
    }
  }
  return run.finish();
}

}  // namespace sidedish::headoffice
