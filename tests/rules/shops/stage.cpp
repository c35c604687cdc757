#include "tests/rules/shops/stage.hpp"

#include "rules/base/hash.hpp"
#include "rules/compile/overlay.hpp"
#include "rules/engine/render.hpp"
#include "rules/tool/words.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace sidedish::shops {
namespace {

using engine::Fate;

[[noreturn]] void wrong(const std::string& why) { throw std::runtime_error(why); }

template <class T>
T& checked(Result<T>& result) {
  if (!result) wrong(std::string(result.error().text()));
  return *result;
}

const char* word(Kind kind) {
  constexpr const char* kWords[] = {"add_on", "bundle", "upsell", "also_bought", "receipt"};
  return kWords[static_cast<unsigned>(kind)];
}

}  // namespace

Stage::Stage(std::shared_ptr<const tool::Opened> opened)
    : opened_(std::move(opened)),
      image_(opened_->image),
      memory_{engine::open_basket(1, 0), engine::open_lane()},
      scratch_(engine::scratch_bytes(image_) / 8 + 1) {
  context_.capabilities = ~std::uint32_t{0};
  context_.looking_at = image::kNone;
  std::memcpy(context_.currency, image_.settings().currency, sizeof context_.currency);
  laid_.pack = image_.text(image_.settings().pack_id);
  auto money = currency({image_.settings().currency, 3});
  laid_.currency = checked(money);
}

/// Local times that a clock shows twice are taken the first time.
UtcMs Stage::utc(UtcMs local) const {
  const image::Store& store = image_.stores()[context_.store];
  UtcMs at = local;
  for (const image::Offset& offset : image_.offsets().subspan(store.offsets, store.offset_count)) {
    const UtcMs here = local - offset.seconds * 1000;
    if (offset.from > here) break;
    at = here;
  }
  return at;
}

void Stage::at(const std::string& store, const std::string& local, const std::string& channel,
               const std::string& language) {
  context_.store = image_.find_store(store);
  if (context_.store == image::kNone) wrong("no store " + store);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  if (std::sscanf(local.c_str(), "%d-%u-%u %d:%d", &year, &month, &day, &hour, &minute) != 5) {
    wrong("expected a time like 2026-03-03 12:30");
  }
  const std::chrono::sys_days date{std::chrono::year{year} / static_cast<int>(month) /
                                   static_cast<int>(day)};
  context_.now = utc(date.time_since_epoch().count() * std::int64_t{86'400'000} +
                     (hour * 60 + minute) * std::int64_t{60'000});
  if (channel != "till" && channel != "kiosk") wrong("expected till or kiosk");
  context_.channel = channel == "till" ? Channel::cashier : Channel::kiosk;
  context_.language = image_.find_language(language, image::kNone);
  if (context_.language == image::kNone) wrong("no language " + language);
  memory_.basket = engine::open_basket(sale_, context_.now);
}

void Stage::fact(const std::string& name, const std::string& value) {
  const std::uint32_t index = image_.find_fact(name);
  if (index == image::kNone) wrong("no rule asks for the fact " + name);
  context_.facts[context_.fact_count++] = {index, 0, 0, hash64(value)};
}

void Stage::avoid(const std::string& word) {
  const std::uint64_t bit = image_.find_avoid(word);
  context_.avoid |= bit;
  if (bit == 0) context_.avoid_unknown = 1;
}

void Stage::hold(const std::string& name) {
  constexpr const char* kNames[] = {"age_check", "complaint", "manager",
                                    "override",  "opt_out",   "rush"};
  for (unsigned i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) {
      context_.holds |= 1U << i;
      return;
    }
  }
  if (name != "none") wrong("no hold " + name);
  context_.holds = 0;
}

void Stage::cannot(const std::string& what) {
  constexpr const char* kNames[] = {"add", "replace", "convert"};
  for (unsigned i = 0; i < std::size(kNames); ++i) {
    if (what == kNames[i]) context_.capabilities &= ~(1U << i);
  }
}

void Stage::sold_by(const std::string& name) { context_.operator_hash = hash64(name); }

void Stage::lay() {
  ++laid_.version;
  const compile::MadeOverlay made = compile::make_overlay(laid_, image_);
  if (!made.errors.empty()) wrong(made.errors.front().message);
  overlay_bytes_ = tool::Aligned(made.bytes);
  auto opened = image::Overlay::open(overlay_bytes_.bytes());
  overlay_ = checked(opened);
}

void Stage::paused(const std::string& id) {
  laid_.paused.push_back(id);
  lay();
}

void Stage::recalled(const std::string& name) {
  laid_.recalled.push_back("sku:" + name);
  lay();
}

void Stage::stock(const std::string& name, Stock stock, std::uint32_t left) {
  laid_.stock_as_of = context_.now;
  model::StockNow now{"sku:" + name, stock, {}};
  if (left > 0) now.left = left;
  laid_.stock.push_back(std::move(now));
  lay();
}

void Stage::price(const std::string& name, Minor amount) {
  laid_.prices.push_back({"sku:" + name, amount});
  lay();
}

void Stage::next_sale() {
  items_.clear();
  context_.moment = Moment::basket;
  context_.tender_begun = 0;
  memory_.basket = engine::open_basket(++sale_, context_.now);
}

std::uint32_t Stage::product(const std::string& name) const {
  const std::uint32_t index = image_.find_product("sku:" + name);
  if (index == image::kNone) wrong("no product " + name);
  return index;
}

Minor Stage::price_of(std::uint32_t index) const {
  const std::string key(image_.text(image_.products()[index].key));
  for (const auto& now : laid_.prices) {
    if (now.product == key) return now.price;
  }
  return image_.products()[index].price;
}

engine::Item& Stage::item(std::uint32_t index) {
  auto at = std::lower_bound(
      items_.begin(), items_.end(), index,
      [](const engine::Item& one, std::uint32_t wanted) { return one.product < wanted; });
  if (at == items_.end() || at->product != index) {
    at = items_.insert(at, {index, image_.products()[index].stable, 0, 0});
  }
  return *at;
}

engine::Basket Stage::basket() const {
  engine::Basket out{items_, 0, static_cast<std::uint32_t>(items_.size()), 0};
  for (const engine::Item& one : items_) out.total += one.value;
  return out;
}

void Stage::add(const std::string& name, std::int64_t units) {
  const std::uint32_t index = product(name);
  engine::Item& one = item(index);
  one.quantity += units * kOne;
  one.value += units * price_of(index);
  std::erase_if(items_, [](const engine::Item& gone) { return gone.quantity == 0; });
}

void Stage::look(const std::string& name) {
  context_.moment = Moment::browse;
  context_.looking_at = product(name);
}

void Stage::moment(Moment moment, bool tender) {
  context_.moment = moment;
  context_.looking_at = image::kNone;
  context_.tender_begun = tender ? 1 : 0;
  if (moment == Moment::receipt) context_.channel = Channel::receipt;
}

void Stage::answer(engine::Answer what) {
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
    const engine::Prompt prompt = decision_.prompts[i];
    if (what == engine::Answer::accept) carry_out(prompt);
    auto answered = engine::answer(memory_.basket, prompt.id, what);
    checked(answered);
    return;  // the first: the card on top
  }
  wrong("nothing stands that could be answered");
}

/// What the till does after a yes: adds, swaps, or makes a bundle of what is there.
void Stage::carry_out(const engine::Prompt& prompt) {
  const auto slot =
      std::find_if(std::begin(memory_.basket.slots), std::end(memory_.basket.slots),
                   [&](const engine::PromptSlot& one) { return one.id == prompt.id; });
  if (slot == std::end(memory_.basket.slots)) wrong("the prompt is not remembered");
  std::array<engine::Part, engine::kMaxParts> parts;
  const std::uint32_t count = engine::parts_of(image_, overlay_, context_, basket(), *slot, parts);
  for (std::uint32_t i = 0; prompt.kind == Kind::bundle && i < count; ++i) {
    engine::Item& one = item(parts[i].product);
    const Milli there = one.quantity;
    if (parts[i].added != 0) {
      one.quantity += parts[i].quantity;
    } else {
      one.value -= there == 0 ? 0 : one.value * parts[i].quantity / there;
    }
    one.value += parts[i].price;
    one.bound += parts[i].quantity;
    one.bound_value += parts[i].price;
  }
  if (prompt.kind == Kind::bundle) return;
  if (prompt.kind == Kind::upsell) {
    engine::Item& old = item(prompt.also);
    old.value -= old.value * prompt.quantity / old.quantity;
    old.quantity -= prompt.quantity;
  }
  engine::Item& one = item(prompt.product);
  one.quantity += prompt.quantity;
  one.value += price_of(prompt.product) * prompt.quantity / kOne;
  std::erase_if(items_, [](const engine::Item& gone) { return gone.quantity == 0; });
}

std::string Stage::name_of(std::uint32_t index) const {
  return std::string(image_.text(image_.rules()[index].id));
}

std::string Stage::said(const engine::Prompt& prompt) const {
  if (prompt.fresh == 0) return "    it stands: " + name_of(prompt.rule) + '\n';
  const image::Settings& settings = image_.settings();
  const engine::Live live = engine::live_of(image_, overlay_, context_, prompt);
  const engine::TextLimits limits = engine::text_limits(context_.channel);
  const std::uint32_t surface = context_.channel == Channel::kiosk ? 1 : 0;
  const image::Texts& texts =
      image_.texts()[image_.offers()[prompt.offer].texts + context_.language * 2 + surface];
  std::array<char, engine::kRenderBytes> head;
  std::array<char, engine::kRenderBytes> reason;
  std::string out = "    \"";
  out += engine::render(image_, texts.headline, context_.language, live, limits.headline, head);
  out += "\" \"";
  out += engine::render(image_, texts.reason, context_.language, live, limits.reason, reason);
  out += "\"\n      ";
  out += name_of(prompt.rule) + ", " + word(prompt.kind) + ": ";
  if (prompt.action == Action::convert && prompt.quantity == 0) {
    out += "take the bundle's price";
  } else {
    if (prompt.quantity != kOne) out += tool::units(prompt.quantity) + " x ";
    out += tool::product_name(image_, prompt.product);
  }
  if (prompt.kind == Kind::upsell) {
    out += " instead of " + tool::product_name(image_, prompt.also);
  } else if (prompt.also != image::kNone) {
    out += " and " + tool::product_name(image_, prompt.also);
  }
  out += ", " + std::string(prompt.price_effect < 0 ? "" : "+") +
         tool::money(settings, prompt.price_effect);
  if (prompt.saving > 0) out += ", saves " + tool::money(settings, prompt.saving);
  return out + "; worth " + tool::worth(settings, prompt.score) + '\n';
}

/// The three that came next, and everything whose reason holds but that a guard stopped.
std::string Stage::rest(const std::vector<engine::Verdict>& verdicts) const {
  std::vector<engine::Verdict> lost;
  std::string stopped;
  for (const engine::Verdict& v : verdicts) {
    if (v.fate == Fate::lost) lost.push_back(v);
    const bool reason = v.guard != engine::Guard::not_there;  // nothing to swap is no reason at all
    if (v.fate == Fate::guard && reason) {
      stopped += "    stopped: " + name_of(v.rule) + ", " + tool::words(v.guard) + '\n';
    }
  }
  std::stable_sort(lost.begin(), lost.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::string out;
  for (std::size_t i = 0; i < lost.size() && i < 3; ++i) {
    out += (i == 0 ? "    behind it: " : ", ") + name_of(lost[i].rule) + " (" +
           tool::worth(image_.settings(), lost[i].score) + ")";
  }
  if (!out.empty()) out += '\n';
  return out + stopped;
}

std::string Stage::decide() {
  std::vector<engine::Verdict> verdicts(image_.rules().size());
  const auto room = std::as_writable_bytes(std::span(scratch_));
  engine::explain(image_, overlay_, context_, basket(), true, memory_, room, decision_, verdicts);
  engine::decide(image_, overlay_, context_, basket(), true, memory_, room, decision_);
  std::string out;
  for (std::uint32_t i = 0; i < decision_.change_count; ++i) {
    const engine::Change& change = decision_.changes[i];
    out += "    " + name_of(image_.find_rule(change.rule)) +
           (change.kind == OutcomeKind::arrived ? ": the item came by itself\n"
                                                : ": withdrawn, its reason is gone\n");
  }
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) out += said(decision_.prompts[i]);
  if (decision_.prompt_count == 0) {
    out += std::string("    silence: ") + tool::words(decision_.silence) +
           (decision_.rush != 0 ? ", in a rush\n" : "\n");
  }
  return out + rest(verdicts);
}

}  // namespace sidedish::shops
