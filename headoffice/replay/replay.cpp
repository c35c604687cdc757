#include "headoffice/replay/replay.hpp"

#include "rules/format/outcomes.hpp"
#include "rules/image/worth.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
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
  std::string store;
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
  Run(BasketStore& store, const image::Image& image, std::uint32_t rule,
      const std::optional<Bounds>& measured, ReplayProgress& progress)
      : store_(store),
        image_(image),
        rule_(rule),
        measured_(measured),
        progress_(progress),
        trial_(image, {.only = rule, .judge_every = 1}) {}

  Result<void> over(std::span<const std::string> stores, BusinessDay day) {
    std::int64_t after = 0;
    for (;;) {
      auto page = store_.closed_baskets(stores, day, after, kPage);
      if (!page) return tl::unexpected<Error>(page.error());
      if (page->empty()) return {};
      after = page->back().event;
      for (const ClosedBasketRow& row : *page) {
        if (progress_.stop) return {};
        take(row);
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
  void take(const ClosedBasketRow& row) {
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
      whole.store = row.store;
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
    decide(whole);
    open_.erase(key);
  }

  void decide(const Whole& whole) {
    if (whole.mode != Mode::sale) {
      ++out_.no_sales;
      return;
    }
    if (whole.end != End::completed && whole.end != End::inferred) {
      ++out_.unfinished;
      return;
    }
    const std::uint32_t store = image_.find_store(whole.store);
    auto& lane = lanes_[{store, whole.terminal, whole.channel}];
    if (!lane) lane.emplace(trial_.lane(store, whole.channel));
    if (!trial_.ring_up(*lane, whole.receipt, whole.at)) return;
    enter(whole, *lane);
  }

  void enter(const Whole& whole, const trial::Lane& lane) {
    const trial::RuleCame& came = trial_.last();
    switch (came.came) {
      case trial::Came::prompted:
        prompted(came);
        return add(out_.prompted, whole, came.withheld ? "would be held out" : "would ask");
      case trial::Came::already:
        return add(out_.already, whole, "it is bought already");
      case trial::Came::unqualified: {
        if (came.node == image::kNone) {
          return add(out_.unqualified[""], whole,
                     "it does not speak on this channel or at this moment");
        }
        const image::Node node = image_.node(rule_, came.node);
        std::string words = "asks for " + say::condition_words(image_, node);
        ReplayReason& reason = out_.unqualified[std::string(image_.pointer(rule_, came.node))];
        reason.words = words;
        const std::string found =
            say::found_words(image_, node, lane.context, trial_.last_basket());
        if (!found.empty()) words += ", " + found;
        return add(reason, whole, std::move(words),
                   say::found_number(image_, node, trial_.last_basket()));
      }
      case trial::Came::blocked:
        return because(out_.blocked, std::to_string(static_cast<unsigned>(came.guard)),
                       say::words(came.guard), whole);
      case trial::Came::lost: {
        if (came.winner == image::kNone) {
          return because(out_.lost, "", "another rule was worth more", whole);
        }
        const image::Rule& winner = image_.rules()[came.winner];
        return because(out_.lost, std::string(image_.text(winner.id)),
                       std::string(image_.text(winner.name)), whole);
      }
      case trial::Came::silent:
      case trial::Came::off:
        return because(out_.silent, std::to_string(static_cast<unsigned>(came.silence)),
                       say::words(came.silence), whole);
    }
  }

  void because(ReplayReasons& reasons, std::string name, std::string words, const Whole& whole) {
    ReplayReason& reason = reasons[std::move(name)];
    reason.words = words;
    add(reason, whole, std::move(words));
  }

  void add(ReplayReason& reason, const Whole& whole, std::string why,
           const say::FoundNumber& found = {}) {
    ++reason.baskets;
    if (reason.samples.size() >= kReplaySamples || out_.samples.size() >= kMaxSamples) return;
    reason.samples.push_back(whole.event);
    ReplaySample sample{whole.event,
                        whole.store,
                        whole.terminal,
                        whole.at,
                        whole.channel,
                        std::move(why),
                        trial_.last().withheld,
                        found,
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
    const double rate =
        measured_ ? measured_->likely : image_.offers()[came.prompt.offer].prior_ppm / kMillion;
    const auto margin = static_cast<double>(margin_of(image_, came.prompt));
    ++out_.showings;
    margins_ += margin;
    out_.adds.likely += rate;
    out_.margin.likely += rate * margin;
  }

  void estimate() {
    out_.measured = measured_.has_value();
    if (out_.showings == 0) return;
    const auto shown = static_cast<double>(out_.showings);
    const double rate = out_.adds.likely / shown;
    const Bounds bounds = measured_ ? *measured_ : wilson(rate, kAssumedShowings);
    out_.adds.low = bounds.low * shown;
    out_.adds.high = bounds.high * shown;
    // A rate that is nothing moves no margin; otherwise that of the likely one, less or more often.
    const double each = rate != 0 ? out_.margin.likely / rate : margins_;
    std::tie(out_.margin.low, out_.margin.high) =
        std::minmax(each * bounds.low, each * bounds.high);
  }

  using Till = std::tuple<std::uint32_t, std::string, Channel>;

  BasketStore& store_;
  const image::Image& image_;
  std::uint32_t rule_;
  const std::optional<Bounds>& measured_;
  double margins_ = 0;  ///< of all that were shown, were each accepted
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
  std::vector<std::string> stores;  // the others are none of this pack's
  std::ranges::copy_if(scope.stores, std::back_inserter(stores), [&](const std::string& id) {
    return image.find_store(id) < image.stores().size();
  });
  const auto all = store.count_closed_baskets(stores, scope.from, scope.to);
  if (!all) return tl::unexpected<Error>(all.error());
  progress.of = *all;
  Run run(store, image, rule, scope.measured, progress);
  for (BusinessDay day = scope.from; day <= scope.to && !progress.stop; ++day) {
    if (const auto done = run.over(stores, day); !done) return tl::unexpected<Error>(done.error());
  }
  return run.finish();
}

}  // namespace sidedish::headoffice
