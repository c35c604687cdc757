#include "rules/trial/trial.hpp"

#include "rules/base/hash.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::trial {
namespace {

using engine::Fate;
using engine::Guard;

bool before(const engine::Item& item, const engine::Item& other) {
  return item.product != other.product ? item.product < other.product : item.stable < other.stable;
}

}  // namespace

Trial::Trial(const image::Image& image, const Scope& scope)
    : image_(image),
      scope_(scope),
      scratch_(engine::scratch_bytes(image) / 8 + 1),
      verdicts_(scope.only == image::kNone ? image.rules().size() : 1),
      rules_(verdicts_.size()),
      conditions_(image.code().size() + 1) {}

Lane Trial::lane(std::uint32_t store, Channel channel) const {
  Lane out;
  out.memory = {engine::open_basket(1, 0), engine::open_lane()};
  out.context.store = store;
  out.context.language = image_.stores()[store].language;
  out.context.capabilities = ~std::uint32_t{0};
  out.context.looking_at = image::kNone;
  out.context.channel = channel;
  std::memcpy(out.context.currency, image_.settings().currency, sizeof out.context.currency);
  return out;
}

UtcMs Trial::utc(std::uint32_t store, receipts::LocalSeconds local) const {
  const image::Store& here_is = image_.stores()[store];
  UtcMs at = local * 1000;
  for (const image::Offset& offset :
       image_.offsets().subspan(here_is.offsets, here_is.offset_count)) {
    const UtcMs here = (local - offset.seconds) * 1000;
    if (offset.from > here) break;
    at = here;
  }
  return at;
}

/// True when the basket changed.
bool Trial::add(const receipts::ReceiptLine& line) {
  if (line.kind != receipts::LineKind::goods || line.voided) return false;
  const std::uint32_t product = image_.find_product(line.product);
  counts_.unknown += product == image::kNone ? 1U : 0U;
  Minor price = line.unit_price.value_or(0);
  if (!line.unit_price && product != image::kNone) price = image_.products()[product].price;
  const std::uint32_t stable =
      product == image::kNone ? stable_id(line.product) : image_.products()[product].stable;
  const Minor value = line.total ? *line.total : extended_price(line.quantity, price).value_or(0);
  const engine::Item item{product, stable, line.quantity, value};
  const auto at = std::lower_bound(items_.begin(), items_.end(), item, before);
  if (at == items_.end() || before(item, *at)) {
    items_.insert(at, item);
  } else {
    at->quantity += item.quantity;
    at->value += item.value;
  }
  return true;
}

void Trial::update(Lane& lane) {
  engine::decide(image_, {}, lane.context, basket_, true, lane.memory,
                 std::as_writable_bytes(std::span(scratch_)), decision_);
  ++counts_.decisions;
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
    const engine::Prompt& prompt = decision_.prompts[i];
    if (prompt.fresh == 0) continue;
    const bool withheld = prompt.arm == Arm::control || prompt.arm == Arm::global_control;
    told_.push_back({prompt, withheld, false});
  }
  for (std::uint32_t i = 0; i < decision_.change_count; ++i) {
    if (decision_.changes[i].kind != OutcomeKind::arrived) continue;
    for (Told& told : told_) told.arrived |= told.prompt.id == decision_.changes[i].prompt;
  }
}

bool Trial::ring_up(Lane& lane, const receipts::Receipt& receipt, UtcMs at) {
  ++counts_.receipts;
  last_ = {};
  if (receipt.mode == receipts::SaleMode::return_) {
    ++counts_.returns;
    return false;
  }
  lane.context.now = at;
  lane.context.moment = Moment::basket;
  lane.memory.basket = engine::open_basket(hash64(receipt.id), at);
  items_.clear();
  told_.clear();
  basket_ = {};
  for (const auto& line : receipt.lines) {
    if (!add(line)) continue;
    ++basket_.lines;
    basket_.items = items_;
    basket_.total = 0;
    for (const engine::Item& item : items_) basket_.total += item.value;
    update(lane);
  }
  if (items_.empty()) {
    ++counts_.empty;
    return false;
  }
  lane.context.moment = Moment::checkout;
  const engine::Memory before = lane.memory;
  update(lane);
  if (counts_.baskets++ % scope_.judge_every == 0) judge(lane, before);
  if (told_.empty()) {
    ++counts_.silences[static_cast<unsigned>(decision_.silence)];
  } else {
    ++counts_.prompted;
  }
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const std::uint32_t rule = told_[i].prompt.rule;
    const bool again = std::any_of(told_.begin(), told_.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Told& one) { return one.prompt.rule == rule; });
    if (!again) enter(rule, of(i));  // it spoke twice: one basket
  }
  return true;
}

void Trial::judge(const Lane& lane, const engine::Memory& before) {
  ++counts_.judged;
  engine::Decision decision;
  engine::explain(image_, {}, lane.context, basket_, true, before,
                  std::as_writable_bytes(std::span(scratch_)), decision, verdicts_,
                  scope_.only == image::kNone ? 0 : scope_.only);
  for (const engine::Verdict& v : verdicts_) {
    const bool spoke = std::any_of(told_.begin(), told_.end(),
                                   [&](const Told& told) { return told.prompt.rule == v.rule; });
    if (!spoke) enter(v.rule, of(v, decision.silence));
  }
}

bool Trial::offers_one_of(const image::Rule& rule, const image::SetView& set) const {
  for (const image::Offer& offer : image_.offers().subspan(rule.offers, rule.offer_count)) {
    if (set.has(offer.product)) return true;
  }
  return false;
}

RuleCame Trial::of(std::size_t told) const {
  RuleCame out;
  out.came = Came::prompted;
  out.prompt = told_[told].prompt;
  out.withheld = told_[told].withheld;
  out.arrived = told_[told].arrived;
  return out;
}

RuleCame Trial::of(const engine::Verdict& v, Silence silence) const {
  RuleCame out;
  out.node = v.node;
  out.guard = v.guard;
  out.silence = silence;
  switch (v.fate) {
    case Fate::condition: {
      // "Not when there are fries already" of a rule that offers fries: the customer has them.
      out.came = Came::unqualified;
      if (v.node == image::kNone) return out;
      const image::Node node = image_.node(v.rule, v.node);
      if (node.op == image::Op::absent &&
          offers_one_of(image_.rules()[v.rule], image_.set(node.a))) {
        out.came = Came::already;
      }
      return out;
    }
    case Fate::guard: {
      const bool there = v.guard == Guard::in_basket || v.guard == Guard::substitute;
      out.came = there ? Came::already : Came::blocked;
      return out;
    }
    case Fate::lost:
      break;
    case Fate::silent:
      // The sale had its prompt, and this rule was free to speak: it lost to that one.
      if (told_.empty() || silence != Silence::allowance) {
        out.came = Came::silent;
        return out;
      }
      break;
    case Fate::offered:
    case Fate::withheld:
    case Fate::disabled:
      return out;
  }
  out.came = Came::lost;
  if (!told_.empty()) out.winner = told_.front().prompt.rule;
  return out;
}

void Trial::enter(std::uint32_t rule, const RuleCame& came) {
  if (scope_.only != image::kNone) {
    if (rule != scope_.only) return;
    last_ = came;
  }
  RuleTally& tally = rules_[scope_.only == image::kNone ? rule : 0];
  switch (came.came) {
    case Came::prompted:
      ++tally.prompted;
      tally.withheld += came.withheld ? 1U : 0U;
      tally.arrived += came.arrived ? 1U : 0U;
      return;
    case Came::already:
      ++tally.already;
      return;
    case Came::unqualified:
      ++tally.unqualified;
      ++conditions_[came.node == image::kNone ? conditions_.size() - 1
                                              : image_.gates()[rule].code + came.node];
      return;
    case Came::blocked:
      ++tally.blocked;
      ++tally.guards[static_cast<unsigned>(came.guard)];
      return;
    case Came::lost:
      ++tally.lost;
      if (came.winner != image::kNone) ++tally.winners[came.winner];
      return;
    case Came::silent:
      ++tally.silent;
      return;
    case Came::off:
      return;
  }
}

}  // namespace sidedish::trial
