#include "sim/till/till.hpp"

#include <algorithm>

namespace sidedish::sim {
namespace {

constexpr UtcMs kShiftMs = 8LL * 3600 * 1000;

std::int32_t kind_of(LineKind kind) {
  switch (kind) {
    case LineKind::goods:
      return SIDEDISH_LINE_GOODS;
    case LineKind::fee:
      return SIDEDISH_LINE_FEE;
    case LineKind::discount:
      return SIDEDISH_LINE_DISCOUNT;
    case LineKind::log:
      return SIDEDISH_LINE_LOG;
  }
  return SIDEDISH_LINE_UNKNOWN;
}

bool comes_later(const std::vector<ReceiptLine>& lines, std::size_t next, const std::string& key) {
  for (std::size_t i = next; i < lines.size(); ++i) {
    if (lines[i].product == key && lines[i].quantity > 0 && !lines[i].voided) return true;
  }
  return false;
}

}  // namespace

void Till::ring_up(const Receipt& receipt, const std::string& id, UtcMs now) {
  const bool returning = receipt.mode == SaleMode::return_;
  pos_.begin(id, now, returning ? SIDEDISH_MODE_RETURN : SIDEDISH_MODE_SALE);
  pos_.set_operator("shift-" + std::to_string(now / kShiftMs));
  for (const auto& [name, value] : receipt.facts) pos_.set_fact(name, value);
  const Shopper shopper(seed_, receipt.customer.empty() ? receipt.id : receipt.customer,
                        receipt.id);
  Sale sale{shopper, receipt.lines, 0, {}, {}, {}, 0};
  if (!returning) add_unasked(sale);
  ring_up_lines(sale);
  pos_.event(SIDEDISH_EVENT_CHECKOUT_STARTED);
  pos_.advance(1000);
  update(SIDEDISH_REASON_UNKNOWN, SIDEDISH_MOMENT_CHECKOUT);
  answer_prompts(sale);
  for (const PosPrompt& prompt : sale.taken_off) take_back(prompt);
  for (const std::string& product : sale.thought_again) {
    add_extra(product, kOne, 0);
    update(SIDEDISH_REASON_ITEM_ADDED, SIDEDISH_MOMENT_CHECKOUT);
  }
  pos_.event(SIDEDISH_EVENT_TENDER_STARTED);
  pos_.advance(8000);
  pos_.event(SIDEDISH_EVENT_COMPLETED);
  if (returning) {
    for (const PosLine& line : pos_.lines()) {
      if (line.kind == SIDEDISH_LINE_GOODS && line.quantity < 0) pos_.give_back({}, line);
    }
  }
  pos_.refresh();
  ++report_.baskets;
}

void Till::look() {
  const sidedish_status status = pos_.status();
  report_.recorded = status.recorded;
  report_.folded = status.folded;
  report_.withheld = status.withheld;
  report_.decide = pos_.decide_times();
  report_.outcome = pos_.outcome_times();
}

void Till::add_unasked(Sale& sale) const {
  for (const std::string& key : offered_) {
    const Product* product = catalogue_.find(key);
    if (product == nullptr || !sale.shopper.buys_unasked(*product) ||
        comes_later(sale.lines, sale.next, key)) {
      continue;
    }
    sale.lines.push_back({key, {}, LineKind::goods, kOne, product->price, false});
  }
}

void Till::ring_up_lines(Sale& sale) {
  while (sale.next < sale.lines.size()) {
    ReceiptLine line = sale.lines[sale.next++];
    if (const auto taken = sale.taken.find(line.product);
        taken != sale.taken.end() && line.quantity > 0) {
      // Part of it was taken at the prompt already; the rest is rung up now.
      const Milli already = std::min(taken->second, line.quantity);
      sale.taken.erase(taken);
      count(line.product, -already, -extended_price(already, price_of(line)).value_or(0));
      line.quantity -= already;
      if (line.quantity == 0) continue;
    }
    pos_.advance(2500);
    pos_.add({line.product, kind_of(line.kind), line.quantity, price_of(line), 0});
    ++report_.lines;
    update(SIDEDISH_REASON_ITEM_ADDED);
    if (line.voided) {
      pos_.advance(1500);
      pos_.remove_last();
      update(SIDEDISH_REASON_ITEM_REMOVED);
    }
    answer_prompts(sale);
  }
}

void Till::answer_prompts(Sale& sale) {
  const std::vector<PosPrompt> prompts = pos_.prompts();
  for (const PosPrompt& prompt : prompts) {
    if (prompt.fresh) answer(sale, prompt);
  }
}

void Till::answer(Sale& sale, const PosPrompt& prompt) {
  const unsigned exponent = catalogue_.currency().exponent;
  report_.last_prompt =
      "\u201c" + prompt.headline + "\u201d  " + prompt.reason + "  " +
      (prompt.price_effect < 0 ? "saves " + money_text(-prompt.price_effect, exponent)
                               : "+ " + money_text(prompt.price_effect, exponent));
  const std::vector<PosPart> parts =
      prompt.action == SIDEDISH_ACTION_ADD ? std::vector<PosPart>() : pos_.parts(prompt.id);
  const bool adds_nothing = prompt.product.empty();
  const Product* product =
      catalogue_.find(adds_nothing && !parts.empty() ? parts.front().product : prompt.product);
  if (product == nullptr) {
    report_.error = "prompted for a product the shop does not have: " + prompt.product;
    return;
  }
  const bool later = !adds_nothing && comes_later(sale.lines, sale.next, prompt.product);
  Encounter met{product, std::max<Milli>(prompt.quantity / kOne, 1), later, sale.prompts++, false};
  if (prompt.action != SIDEDISH_ACTION_ADD) met.asks = prompt.price_effect;
  met.adds_nothing = adds_nothing;
  const Response response = sale.shopper.respond(met);
  pos_.advance(response.think_ms);
  if (response.arrives_later && !later) sale.thought_again.push_back(prompt.product);
  if (response.answer == Answer::ignore) return;
  const bool yes = response.answer == Answer::accept;
  const std::int32_t by = response.by_customer ? SIDEDISH_BY_CUSTOMER : SIDEDISH_BY_STAFF;
  if (pos_.answer(prompt.id, yes ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED, by) != SIDEDISH_OK) {
    report_.error = "answering a prompt: " + pos_.last_error();
    return;
  }
  ++(yes ? report_.accepted : report_.declined);
  if (!yes) return;
  if (!take(prompt, parts)) {
    report_.error = "no parts of " + prompt.rule + " in " + pos_.basket();
    return;
  }
  pos_.advance(800);
  update(SIDEDISH_REASON_ITEM_ADDED);
  if (response.undone) {
    pos_.advance(2000);
    pos_.answer(prompt.id, SIDEDISH_UNDONE, by);
    take_back(prompt);
  } else if (response.voided_later) {
    sale.taken_off.push_back(prompt);
  } else if (later) {
    sale.taken.emplace(prompt.product, prompt.quantity);
  }
}

bool Till::take(const PosPrompt& prompt, const std::vector<PosPart>& parts) {
  switch (prompt.action) {
    case SIDEDISH_ACTION_REPLACE:
      change(1, [&] { pos_.replace(prompt, single_price(prompt.product)); });
      return true;
    case SIDEDISH_ACTION_CONVERT:
      if (parts.empty()) return false;
      change(1, [&] {
        pos_.convert(prompt, parts, [&](const std::string& key) { return single_price(key); });
      });
      return true;
    default:
      add_extra(prompt.product, prompt.quantity, prompt.id);
      return true;
  }
}

void Till::take_back(const PosPrompt& prompt) {
  if (prompt.action == SIDEDISH_ACTION_ADD) return remove_line_of(prompt.id);
  change(-1, [&] { pos_.undo(prompt.id); });
  update(SIDEDISH_REASON_ITEM_REMOVED);
}

void Till::add_extra(const std::string& key, Milli quantity, std::uint64_t prompt) {
  const Minor price = single_price(key);
  pos_.add({key, SIDEDISH_LINE_GOODS, quantity, price, prompt});
  count(key, quantity, extended_price(quantity, price).value_or(0));
}

void Till::remove_line_of(std::uint64_t prompt) {
  std::vector<PosLine>& lines = pos_.lines();
  const auto line = std::ranges::find(lines, prompt, &PosLine::from_prompt);
  if (line == lines.end()) return;
  count(line->product, -line->quantity,
        -extended_price(line->quantity, line->unit_price).value_or(0));
  lines.erase(line);
  update(SIDEDISH_REASON_ITEM_REMOVED);
}

void Till::update(std::int32_t reason, std::int32_t moment) {
  if (pos_.update(reason, moment) != SIDEDISH_OK) {
    report_.error = "updating " + pos_.basket() + ": " + pos_.last_error();
    return;
  }
  // Also those that come after the last question: nobody asks, and they lapse.
  report_.prompts += static_cast<std::uint64_t>(
      std::ranges::count_if(pos_.prompts(), [](const PosPrompt& one) { return one.fresh; }));
}

Minor Till::price_of(const ReceiptLine& line) const {
  return line.unit_price ? *line.unit_price : single_price(line.product);
}

Minor Till::single_price(const std::string& key) const {
  const Product* product = catalogue_.find(key);
  return product == nullptr ? 0 : product->price;
}

Till::Sums Till::sums() {
  Sums out;
  for (const PosLine& line : pos_.lines()) {
    if (line.kind != SIDEDISH_LINE_GOODS) continue;
    const Product* product = catalogue_.find(line.product);
    out.value += line.value();
    if (product != nullptr && product->cost) {
      out.margin += line.value() - extended_price(line.quantity, *product->cost).value_or(0);
    }
  }
  return out;
}

void Till::count(const std::string& key, Milli quantity, Minor value) {
  const Product* product = catalogue_.find(key);
  // Baskets that hold the product, as the attach rate counts.
  report_.true_adds += quantity > 0 ? 1 : -1;
  report_.true_revenue += value;
  if (product != nullptr && product->cost) {
    report_.true_margin += value - extended_price(quantity, *product->cost).value_or(0);
  }
}

template <class Change>
void Till::change(int adds, Change what) {
  const Sums before = sums();
  what();
  const Sums after = sums();
  report_.true_adds += adds;
  report_.true_revenue += after.value - before.value;
  report_.true_margin += after.margin - before.margin;
}

}  // namespace sidedish::sim
