// What a lane writes down: prompts, what became of them, and the end of every basket.
#include "plugin/lane/lane.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::lane {
namespace {

bool withheld(Arm arm) noexcept { return arm == Arm::control || arm == Arm::global_control; }

/// Net quantity of the product with this stable id at the end.
Milli quantity_of(const Goods& goods, std::uint32_t stable) noexcept {
  Milli sum = 0;
  for (std::uint32_t i = 0; i < goods.count; ++i) {
    if (goods.items[i].stable == stable) sum += goods.items[i].quantity;
  }
  return sum;
}

/// Whether anything belongs to a bundle at the end: what a conversion comes to.
bool has_bundle(const Goods& goods) noexcept {
  return std::any_of(goods.items, goods.items + goods.count,
                     [](const engine::Item& item) { return item.bound > 0; });
}

/// The experiment is about a conversion, which adds nothing.
bool about_conversion(const engine::BasketMemory& memory) noexcept {
  return std::any_of(
      std::begin(memory.slots), std::end(memory.slots), [&](const engine::PromptSlot& slot) {
        return slot.id != 0 && slot.quantity == 0 && slot.rule == memory.experiment_rule &&
               slot.offer == memory.experiment_offer;
      });
}

constexpr std::int64_t kMaxSum = 2000 * kMaxAmount;

}  // namespace

const PromptNote* Lane::note_of(const LiveBasket& basket, std::uint64_t prompt) noexcept {
  for (const PromptNote& note : basket.notes) {
    if (note.prompt == prompt && prompt != 0) return &note;
  }
  return nullptr;
}

/// The note of a prompt; a new one takes the place of one that is no longer remembered.
PromptNote& Lane::make_note(LiveBasket& basket, std::uint64_t prompt) noexcept {
  PromptNote* place = nullptr;
  for (PromptNote& note : basket.notes) {
    if (note.prompt == prompt) return note;
    const bool remembered =
        std::any_of(std::begin(basket.memory.slots), std::end(basket.memory.slots),
                    [&](const engine::PromptSlot& slot) { return slot.id == note.prompt; });
    if (note.prompt == 0 || !remembered) place = &note;
  }
  if (place == nullptr) place = &basket.notes[0];
  *place = {};
  place->prompt = prompt;
  return *place;
}

model::Outcome Lane::about(const LiveBasket& basket, OutcomeKind kind) const noexcept {
  model::Outcome o;
  o.kind = kind;
  o.basket = basket.id.view();
  o.channel = basket.channel;
  o.moment = basket.moment;
  o.mode = basket.mode;
  o.revision = basket.memory.revision;
  std::memcpy(o.currency, basket.currency, sizeof o.currency);
  if (basket.rules != nullptr) o.image_version = basket.rules->image.settings().pack_version;
  return o;
}

/// Ids in words, as far as this basket's rules still know them.
void Lane::name_prompt(const LiveBasket& basket, std::uint32_t rule, std::uint32_t offer,
                       model::Outcome& out) const noexcept {
  const image::Image& image = image_of(basket);
  out.rule_stable = rule;
  const std::uint32_t index = image.find_rule(rule);
  if (index >= image.rules().size()) return;
  const image::Rule& found = image.rules()[index];
  out.rule = image.text(found.id);
  for (const image::Offer& o : image.offers().subspan(found.offers, found.offer_count)) {
    const image::Product& product = image.products()[o.product];
    if (product.stable != offer) continue;
    out.offer = image.text(product.key);
    out.price_effect = extended_price(out.quantity, product.price).value_or(0);
    return;
  }
}

void Lane::record_slot(const LiveBasket& basket, const engine::PromptSlot& slot, OutcomeKind kind,
                       By by, std::string_view why) noexcept {
  model::Outcome o = about(basket, kind);
  o.prompt = slot.id;
  o.arm = slot.arm;
  o.by = by;
  o.quantity = slot.quantity;
  o.moment = static_cast<Moment>(slot.moment);
  o.remark = why;
  name_prompt(basket, slot.rule, slot.offer, o);
  if (const PromptNote* note = note_of(basket, slot.id)) {
    o.price_effect = note->price_effect;
    o.saving = note->saving;
    o.propensity_ppm = note->propensity_ppm;
  }
  recorder_.record(o, o.price_effect);
}

void Lane::record_changes(LiveBasket& basket) noexcept {
  for (std::uint32_t i = 0; i < decision_.change_count; ++i) {
    const engine::Change& change = decision_.changes[i];
    engine::PromptSlot slot{};
    slot.id = change.prompt;
    slot.rule = change.rule;
    slot.offer = change.offer;
    slot.quantity = static_cast<std::uint32_t>(change.quantity);
    slot.arm = change.arm;
    slot.moment = static_cast<std::uint8_t>(change.moment);
    record_slot(basket, slot, change.kind, By::unknown, {});
  }
}

void Lane::record_prompts(LiveBasket& basket) noexcept {
  const image::Image& image = image_of(basket);
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
    const engine::Prompt& prompt = decision_.prompts[i];
    if (prompt.fresh == 0) continue;
    const bool silent = withheld(prompt.arm);
    ++(silent ? counters_.withheld : counters_.shown);
    PromptNote& note = make_note(basket, prompt.id);
    note.price_effect = prompt.price_effect;
    note.saving = prompt.saving;
    note.propensity_ppm = prompt.propensity_ppm;
    model::Outcome o = about(basket, silent ? OutcomeKind::withheld : OutcomeKind::shown);
    o.prompt = prompt.id;
    o.arm = prompt.arm;
    o.prompt_kind = prompt.kind;
    o.moment = prompt.moment;
    o.rule = image.text(image.rules()[prompt.rule].id);
    o.rule_stable = image.rules()[prompt.rule].stable;
    o.offer = image.text(image.products()[prompt.product].key);
    o.revision = prompt.revision;
    o.propensity_ppm = prompt.propensity_ppm;
    o.quantity = prompt.quantity;
    o.price_effect = prompt.price_effect;
    o.saving = prompt.saving;
    recorder_.record(o, o.price_effect);
  }
}

void Lane::record_decision(const LiveBasket& basket, const image::Digest& overlay,
                           const engine::Context& context, bool changed) noexcept {
  const image::Digest digest = basket.rules != nullptr ? basket.rules->digest : image::Digest{};
  const Result<std::size_t> size = engine::encode_record(
      digest, overlay, context, basket.goods.basket(), changed, before_, decision_, record_room_);
  if (!size) return;
  recorder_.record_decision(about(basket, OutcomeKind::decision), {record_room_, *size});
}

/// Prompts that stood, and stand no longer.
void Lane::withdraw_prompts(LiveBasket& basket, OutcomeKind kind) noexcept {
  engine::PromptSlot stood[engine::kPromptSlots];
  const std::uint32_t n = engine::close_prompts(basket.memory, stood);
  for (std::uint32_t i = 0; i < n; ++i) {
    if (withheld(stood[i].arm)) continue;
    record_slot(basket, stood[i], kind, By::unknown, {});
  }
}

/// Accepted prompts: is the item still there at the end? Written once.
void Lane::settle_prompts(LiveBasket& basket, End end) noexcept {
  for (const engine::PromptSlot& slot : basket.memory.slots) {
    if (slot.id == 0 || slot.state != engine::PromptState::accepted) continue;
    const bool kept = slot.quantity == 0
                          ? has_bundle(basket.goods)
                          : quantity_of(basket.goods, slot.offer) > std::max<Milli>(slot.held, 0);
    const bool there = end != End::voided && kept;
    record_slot(basket, slot, there ? OutcomeKind::kept : OutcomeKind::voided, By::unknown, {});
  }
}

void Lane::record_end(LiveBasket& basket, const Ending& ending, const Now& now) noexcept {
  const engine::BasketMemory& memory = basket.memory;
  model::Outcome o = about(basket, OutcomeKind::basket);
  o.end = ending.end;
  o.unit = memory.unit;
  o.related = ending.related;
  o.opened_at = std::max<UtcMs>(0, memory.opened_at);
  o.tender_at = basket.tender_at;
  o.ended_at = now.utc;
  const bool successor =
      ending.end == End::replaced;  // has the goods and the experiment from here on
  if (basket.mixed) {
    o.remark = "merged across arms";
  } else if (!successor && (memory.flags & engine::kEligible) != 0) {
    o.eligible = true;
    o.eligible_at = std::max<UtcMs>(0, engine::eligible_at(memory));
    o.arm = memory.arm;
    o.unit_of = engine::unit_of(memory);
    if (o.unit_of != Unit::basket) o.unit = memory.unit_hash;
    name_prompt(basket, memory.experiment_rule, memory.experiment_offer, o);
    o.price_effect = 0;
    o.attached = about_conversion(memory) ? has_bundle(basket.goods)
                                          : quantity_of(basket.goods, memory.experiment_offer) > 0;
  }
  if (successor) {
    recorder_.record_basket(o, {});
    return;
  }
  for (const engine::PromptSlot& slot : memory.slots) {
    if (slot.id == 0) continue;
    ++(withheld(slot.arm) ? o.withheld : o.shown);
    o.accepted += slot.state == engine::PromptState::accepted ? 1U : 0U;
  }
  const image::Image& image = image_of(basket);
  o.margin_known = basket.shown;
  for (std::uint32_t i = 0; basket.shown && i < basket.goods.count; ++i) {
    const engine::Item& item = basket.goods.items[i];
    outcome_lines_[i] = {basket.goods.key(i), item.quantity, item.value};
    o.items += item.quantity;
    if (item.product >= image.products().size() ||
        (image.products()[item.product].flags & image::kHasCost) == 0) {
      o.margin_known = false;
      continue;
    }
    o.margin +=
        item.value - extended_price(item.quantity, image.products()[item.product].cost).value_or(0);
  }
  o.margin = o.margin_known ? std::clamp(o.margin, -kMaxSum, kMaxSum) : 0;
  o.lines = basket.shown ? basket.goods.lines : 0;
  o.total = ending.total_known ? ending.total : basket.shown ? basket.goods.total : 0;
  recorder_.record_basket(o, {outcome_lines_, basket.shown ? basket.goods.count : 0});
}

void Lane::close(LiveBasket& basket, const Ending& ending, const Now& now) noexcept {
  const bool recorded = basket.mode != Mode::training && basket.mode != Mode::price_check;
  withdraw_prompts(basket, OutcomeKind::lapsed);
  if (ending.end == End::completed || ending.end == End::voided || ending.end == End::inferred) {
    settle_prompts(basket, ending.end);
  }
  if (recorded) record_end(basket, ending, now);
  if (basket.shown) {
    last_closed_.id = basket.id;
    last_closed_.seq = basket.seq;
    last_closed_.content = basket.content;
    last_closed_.is_set = true;
  }
  drop(basket);
}

void Lane::park(LiveBasket& basket, Parked how, const Now& now) noexcept {
  withdraw_prompts(basket, OutcomeKind::withdrawn);
  basket.parked = how;
  basket.touched_at = now.utc;
  if (active_ == &basket) active_ = nullptr;
}

}  // namespace sidedish::lane
