#include "rules/tool/trial.hpp"

#include "rules/base/hash.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::tool {
namespace {

using engine::Fate;
using engine::Guard;

bool before(const engine::Item& item, const engine::Item& other) {
  return item.product != other.product ? item.product < other.product : item.stable < other.stable;
}

}  // namespace

Trial::Trial(const image::Image& image, const Place& place)
    : image_(image),
      place_(place),
      memory_{engine::open_basket(1, 0), engine::open_lane()},
      scratch_(engine::scratch_bytes(image) / 8 + 1),
      verdicts_(image.rules().size()),
      rules_(image.rules().size()),
      conditions_(image.code().size() + 1) {
  context_.store = place.store;
  context_.language = image.stores()[place.store].language;
  context_.capabilities = ~std::uint32_t{0};
  context_.looking_at = image::kNone;
  context_.channel = place.channel;
  std::memcpy(context_.currency, image.settings().currency, sizeof context_.currency);
}

/// Local times that a clock shows twice are taken the first time.
UtcMs Trial::utc(receipts::LocalSeconds local) const {
  const image::Store& store = image_.stores()[place_.store];
  UtcMs at = local * 1000;
  for (const image::Offset& offset : image_.offsets().subspan(store.offsets, store.offset_count)) {
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
  const engine::Item item{product, stable, line.quantity,
                          extended_price(line.quantity, price).value_or(0)};
  const auto at = std::lower_bound(items_.begin(), items_.end(), item, before);
  if (at == items_.end() || before(item, *at)) {
    items_.insert(at, item);
  } else {
    at->quantity += item.quantity;
    at->value += item.value;
  }
  return true;
}

void Trial::update(const engine::Basket& basket) {
  engine::decide(image_, {}, context_, basket, true, memory_,
                 std::as_writable_bytes(std::span(scratch_)), decision_);
  ++counts_.decisions;
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
    const engine::Prompt& prompt = decision_.prompts[i];
    if (prompt.fresh == 0) continue;
    const bool withheld = prompt.arm == Arm::control || prompt.arm == Arm::global_control;
    told_.push_back({prompt.rule, prompt.id, withheld, false});
  }
  for (std::uint32_t i = 0; i < decision_.change_count; ++i) {
    if (decision_.changes[i].kind != OutcomeKind::arrived) continue;
    for (Told& told : told_) told.arrived |= told.prompt == decision_.changes[i].prompt;
  }
}

void Trial::ring_up(const receipts::Receipt& receipt) {
  ++counts_.receipts;
  if (receipt.mode == receipts::SaleMode::return_) {
    ++counts_.returns;
    return;
  }
  counts_.untimed += receipt.time ? 0U : 1U;
  context_.now = utc(receipt.time ? *receipt.time + place_.shift : place_.noon);
  context_.moment = Moment::basket;
  memory_.basket = engine::open_basket(hash64(receipt.id), context_.now);
  items_.clear();
  told_.clear();
  engine::Basket basket{};
  for (const auto& line : receipt.lines) {
    if (!add(line)) continue;
    ++basket.lines;
    basket.items = items_;
    basket.total = 0;
    for (const engine::Item& item : items_) basket.total += item.value;
    update(basket);
  }
  if (items_.empty()) {
    ++counts_.empty;
    return;
  }
  context_.moment = Moment::checkout;
  const engine::Memory before = memory_;
  update(basket);
  if (counts_.baskets++ % place_.judge_every == 0) judge(basket, before);
  if (told_.empty()) {
    ++counts_.silences[static_cast<unsigned>(decision_.silence)];
  } else {
    ++counts_.prompted;
  }
  for (std::size_t i = 0; i < told_.size(); ++i) {
    RuleTally& tally = rules_[told_[i].rule];
    const auto same = [&](const Told& other) { return other.rule == told_[i].rule; };
    if (std::find_if(told_.begin(), told_.begin() + static_cast<std::ptrdiff_t>(i), same) !=
        told_.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;  // it spoke twice: one basket
    }
    ++tally.prompted;
    tally.withheld += told_[i].withheld ? 1U : 0U;
    tally.arrived += told_[i].arrived ? 1U : 0U;
  }
}

void Trial::judge(const engine::Basket& basket, const engine::Memory& before) {
  ++counts_.judged;
  engine::Decision decision;
  engine::explain(image_, {}, context_, basket, true, before,
                  std::as_writable_bytes(std::span(scratch_)), decision, verdicts_);
  for (const engine::Verdict& v : verdicts_) {
    const bool spoke = std::any_of(told_.begin(), told_.end(),
                                   [&](const Told& told) { return told.rule == v.rule; });
    if (!spoke) enter(v, decision.silence);
  }
}

bool Trial::offers_one_of(const image::Rule& rule, const image::SetView& set) const {
  for (const image::Offer& offer : image_.offers().subspan(rule.offers, rule.offer_count)) {
    if (set.has(offer.product)) return true;
  }
  return false;
}

void Trial::enter(const engine::Verdict& v, Silence silence) {
  RuleTally& tally = rules_[v.rule];
  switch (v.fate) {
    case Fate::condition: {
      // "Not when there are fries already" of a rule that offers fries: the customer has them.
      if (v.node != image::kNone) {
        const image::Node node = image_.node(v.rule, v.node);
        if (node.op == image::Op::absent &&
            offers_one_of(image_.rules()[v.rule], image_.set(node.a))) {
          ++tally.already;
          return;
        }
      }
      ++tally.unqualified;
      ++conditions_[v.node == image::kNone ? conditions_.size() - 1
                                           : image_.gates()[v.rule].code + v.node];
      return;
    }
    case Fate::guard:
      if (v.guard == Guard::in_basket || v.guard == Guard::substitute) {
        ++tally.already;
        return;
      }
      ++tally.blocked;
      ++tally.guards[static_cast<unsigned>(v.guard)];
      return;
    case Fate::lost:
      break;
    case Fate::silent:
      // The sale had its prompt, and this rule was free to speak: it lost to that one.
      if (told_.empty() || silence != Silence::allowance) {
        ++tally.silent;
        return;
      }
      break;
    case Fate::offered:
    case Fate::withheld:
    case Fate::disabled:
      return;
  }
  ++tally.lost;
  if (!told_.empty()) ++tally.winners[told_.front().rule];
}

}  // namespace sidedish::tool
