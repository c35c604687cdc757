// Lifecycle, tokens and answers.
#include "plugin/lane/lane.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::lane {
namespace {

constexpr MonoMs kUndoWithin = 5'000;

/// A yes can be taken back for five seconds, where it was said. Later the item is voided like any other.
bool may_undo(const PromptNote* note, MonoMs now) noexcept {
  return note != nullptr && note->accepted_at != 0 && now - (note->accepted_at - 1) <= kUndoWithin;
}

}  // namespace

Status Lane::event(const Event& event) noexcept {
  if (is_forked()) return Status::forked;
  LiveBasket* basket = find(event.basket);
  const bool opens = event.type == BasketEvent::resumed;
  if (basket == nullptr && !opens) {
    if (event.type == BasketEvent::voided) return Status::ok;
    return refuse(Status::not_found, "no such basket is live in this lane");
  }
  const Now now = read(event.now);
  begin(now);
  Status status = Status::ok;
  switch (event.type) {
    case BasketEvent::checkout_started:
      basket->checkout = true;
      break;
    case BasketEvent::tender_started:
      basket->tender = true;
      basket->tender_at = now.utc;
      break;
    case BasketEvent::tender_cancelled:
      basket->tender = false;
      basket->tender_at = 0;
      break;
    case BasketEvent::completed:
      close(*basket, {End::completed, {}, event.total, event.total_known}, now);
      break;
    case BasketEvent::parked:
      park(*basket, Parked::said, now);
      break;
    case BasketEvent::resumed:
      status = resume(basket, event, now);
      break;
    case BasketEvent::voided:
      close(*basket, {End::voided, {}, 0, false}, now);
      break;
    case BasketEvent::replaced_by:
      status = replace(*basket, event, now);
      break;
  }
  recorder_.end();
  return status;
}

Status Lane::resume(LiveBasket* basket, const Event& event, const Now& now) noexcept {
  const bool has_token = !event.token.empty();
  const Result<engine::BasketMemory> token = engine::unseal(event.token);
  if (basket != nullptr) {
    // This lane still knows it; a token that has seen more has been to another terminal.
    if (has_token && token && token->revision > basket->memory.revision) {
      basket->memory = *token;
      basket->shown = false;
    }
  } else {
    if (!has_room(now)) return refuse_ninth();
    basket = spare();
    take_rules(*basket);
    start(*basket, event.basket, now);
    if (has_token && token) {
      basket->memory = *token;
      std::memcpy(basket->currency, token->currency, sizeof basket->currency);
    } else {
      // What was declined is not known: say nothing.
      basket->memory.flags = static_cast<std::uint16_t>(basket->memory.flags | engine::kBlind);
    }
  }
  activate(*basket, now);
  if (live() > kMaxLive) (void)make_room(now);
  if (has_token && !token) return refuse(Status::invalid, token.error().text());
  return Status::ok;
}

/// The unit of the experiment goes on under the new id; a merge across arms takes both out of it.
Status Lane::replace(LiveBasket& basket, const Event& event, const Now& now) noexcept {
  if (event.related.empty() || event.related == event.basket) {
    return refuse(Status::invalid, "replaced_by needs the id of another basket");
  }
  const Ending ending{End::replaced, event.related, 0, false};
  LiveBasket* target = find(event.related);
  if (target == nullptr) {
    if (basket.mode != Mode::training && basket.mode != Mode::price_check) {
      record_end(basket, ending, now);
    }
    basket.id.set(event.related);
    basket.shown = false;
    return Status::ok;
  }
  engine::BasketMemory& to = target->memory;
  const engine::BasketMemory& from = basket.memory;
  const bool both = (from.flags & to.flags & engine::kEligible) != 0;
  if (basket.mixed ||
      (both && (from.arm != to.arm || from.experiment_rule != to.experiment_rule))) {
    // Neither arm's any more, here or wherever its token goes.
    if (!target->mixed) ++counters_.merged;
    target->mixed = true;
    to.flags = static_cast<std::uint16_t>((to.flags | engine::kSilenced) & ~engine::kEligible);
  } else if (!target->mixed && (from.flags & engine::kEligible) != 0 && !both) {
    engine::take_experiment(to, from);
  }
  if ((from.flags & engine::kSilenced) != 0) {
    to.flags = static_cast<std::uint16_t>(to.flags | engine::kSilenced);
  }
  to.spent = std::max(to.spent, from.spent);
  settle_prompts(basket, End::inferred);
  close(basket, ending, now);
  return Status::ok;
}

Status Lane::token(std::string_view id, std::span<std::byte> out) noexcept {
  if (is_forked()) return Status::forked;
  const LiveBasket* basket = find(id);
  if (basket == nullptr) return refuse(Status::not_found, "no such basket is live in this lane");
  const engine::BasketMemory sealed = engine::seal(basket->memory);
  if (out.size() < sizeof sealed) return refuse(Status::limit, "a token takes 256 bytes");
  std::memcpy(out.data(), &sealed, sizeof sealed);
  return Status::ok;
}

Status Lane::answer(const Answering& answer) noexcept {
  if (is_forked()) return Status::forked;
  if (!recorder_.ring().is_open()) {
    return refuse(Status::no_state, "nothing can be recorded: there is no outcome ring");
  }
  for (LiveBasket& basket : baskets_) {
    if (!basket.used) continue;
    for (engine::PromptSlot& slot : basket.memory.slots) {
      if (slot.id == 0 || slot.id != answer.prompt) continue;
      const Now now = read(answer.now);
      begin(now);
      const bool remark =
          answer.what == OutcomeKind::not_a_fit || answer.what == OutcomeKind::accept_failed;
      if (remark) {
        PromptNote& note = make_note(basket, slot.id);
        const auto bit = static_cast<std::uint8_t>(answer.what == OutcomeKind::not_a_fit ? 1 : 2);
        if ((note.remarks & bit) != 0) return Status::ok;
        note.remarks = static_cast<std::uint8_t>(note.remarks | bit);
      } else {
        const engine::Answer what = answer.what == OutcomeKind::accepted   ? engine::Answer::accept
                                    : answer.what == OutcomeKind::declined ? engine::Answer::decline
                                                                           : engine::Answer::undo;
        if (what == engine::Answer::undo && slot.state == engine::PromptState::accepted &&
            !may_undo(note_of(basket, slot.id), now.steady)) {
          return refuse(Status::conflict, "a yes is taken back within 5 seconds or not at all");
        }
        const Result<engine::Answered> applied = engine::answer(basket.memory, answer.prompt, what);
        if (!applied) {
          const bool gone = applied.error().code() == Errc::not_found;
          return refuse(gone ? Status::not_found : Status::conflict, applied.error().text());
        }
        if (!applied->changed) return Status::ok;
        if (what == engine::Answer::accept) make_note(basket, slot.id).accepted_at = now.steady + 1;
      }
      record_slot(basket, slot, answer.what, answer.by, answer.why);
      recorder_.end();
      return Status::ok;
    }
  }
  return refuse(Status::not_found, "no such prompt in a live basket of this lane");
}

Status Lane::record_return(const Return& what) noexcept {
  if (is_forked()) return Status::forked;
  if (!recorder_.ring().is_open()) {
    return refuse(Status::no_state, "nothing can be recorded: there is no outcome ring");
  }
  begin(read(what.now));
  model::Outcome o;
  o.kind = OutcomeKind::returned;
  o.mode = Mode::return_;
  o.offer = what.product;
  o.quantity = what.quantity;
  o.price_effect = -what.value;
  o.related = what.basket;
  o.remark = what.basket;
  std::memcpy(o.currency, what.currency, sizeof o.currency);
  Label label;
  const Loaded* rules = rules_.acquire();
  if (rules != nullptr) {
    // One product, one key: the rules' own where they know an alias.
    std::uint32_t product = image::kNone;
    if (find_product(rules->image, masks_, what.product, product, label)) o.offer = label.key();
    if (product < rules->image.products().size()) {
      o.offer = rules->image.text(rules->image.products()[product].key);
    }
    if (o.currency[0] == 0) {
      std::memcpy(o.currency, rules->image.settings().currency, sizeof o.currency);
    }
  }
  recorder_.record(o, o.price_effect);
  rules_.release(rules);
  recorder_.end();
  return Status::ok;
}

}  // namespace sidedish::lane
