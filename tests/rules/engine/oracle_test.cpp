// The engine against a second opinion: conditions over the trees the pack was made of, every rule
// looked at, no index, no early end. Written from decisions.md, not from the engine.
#include "tests/rules/engine/random_shop.hpp"
#include "tests/support/effort.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <optional>
#include <string>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

struct Choice {
  bool pinned;
  std::int64_t score;
  std::uint32_t rule;
  std::uint32_t product;
  Milli quantity;
};

class Oracle {
 public:
  Oracle(const ImageBuilder& pack, const OverlayBuilder& overlay, const image::Image& image,
         const Context& context, const Basket& basket, const Memory& memory)
      : pack_(pack), overlay_(overlay), image_(image), c_(context), basket_(basket), m_(memory) {
    for (const Item& i : basket.items) {
      if (i.product != image::kNone) quantity_[i.product] = i.quantity;
      if (i.product != image::kNone) value_[i.product] = i.value;
      negative_ |= i.quantity < 0;
    }
    for (const auto& r : pack.rules) by_stable_[stable_id(r.id)] = &r;
    std::int64_t local = c_.now;
    std::int64_t seconds = 0;
    for (const auto& o : pack.offsets) {
      if (o.from <= c_.now) seconds = o.seconds;
    }
    local += seconds * 1000;
    day_ = local / 86'400'000;
    minute_ = local / 60'000 % 1440;
    business_day_ = (local - 4 * kHour) / 86'400'000;
  }

  const RuleIn& source(std::uint32_t rule) const {
    return *by_stable_.at(image_.rules()[rule].stable);
  }

  bool pinned(std::uint32_t rule) const {
    return (source(rule).fields.flags & image::kPinned) != 0;
  }
  static bool before(const Choice& a, const Choice& b) {
    if (a.pinned != b.pinned) return a.pinned;
    return a.score != b.score ? a.score > b.score : a.rule < b.rule;
  }

  // 1 true, 0 false, nothing unknown.
  // `offered`: stock class of what is offered.
  std::optional<bool> eval(const Cond& cond, Stock offered = Stock::in) const {
    using image::Op;
    const auto& n = cond.node;
    const auto in = [&](std::int64_t v) { return n.min <= v && v <= n.max; };
    const auto sum = [&](const std::map<std::uint32_t, std::int64_t>& of) {
      std::int64_t total = 0;
      for (const auto p : pack_.sets[n.a]) total += of.count(p) != 0 ? of.at(p) : 0;
      return total;
    };
    switch (n.op) {
      case Op::all:
      case Op::any: {
        bool unknown = false;
        const bool decisive = n.op == Op::any;
        for (const auto& child : cond.children) {
          const auto v = eval(child, offered);
          if (!v) unknown = true;
          if (v && *v == decisive) return decisive;
        }
        return unknown ? std::nullopt : std::optional<bool>(!decisive);
      }
      case Op::none: {
        Cond some = cond;
        some.node.op = Op::any;
        const auto v = eval(some, offered);
        return v ? std::optional<bool>(!*v) : std::nullopt;
      }
      case Op::quantity:
        return in(sum(quantity_));
      case Op::value:
        return in(sum(value_));
      case Op::absent:
        return std::none_of(pack_.sets[n.a].begin(), pack_.sets[n.a].end(),
                            [&](std::uint32_t p) { return have(p); });
      case Op::total:
        return in(basket_.total);
      case Op::lines:
        return in(basket_.lines);
      case Op::distinct:
        return in(std::count_if(basket_.items.begin(), basket_.items.end(),
                                [](const Item& i) { return i.quantity > 0; }));
      case Op::units: {
        std::int64_t units = 0;
        for (const Item& i : basket_.items) units += i.quantity;
        return in(units);
      }
      case Op::daypart:
        return n.min < n.max ? minute_ >= n.min && minute_ < n.max
                             : minute_ >= n.min || minute_ < n.max;
      case Op::weekday:
        return (n.min >> ((day_ + 3) % 7) & 1) != 0;
      case Op::dates:
        return in(day_);
      case Op::store:
        return c_.store == pack_.store_lists[n.a];
      case Op::terminal_group:
        return (static_cast<std::uint64_t>(n.min) & c_.terminal_groups) != 0;
      case Op::channel:
        return (n.min >> static_cast<int>(c_.channel) & 1) != 0;
      case Op::moment:
        return (n.min >> static_cast<int>(c_.moment) & 1) != 0;
      case Op::fact_is:
      case Op::fact_range:
        for (std::uint32_t i = 0; i < c_.fact_count; ++i) {
          const FactValue& f = c_.facts[i];
          if (f.fact != n.a) continue;
          if ((f.is_number != 0) != (n.op == Op::fact_range)) return std::nullopt;
          if (f.is_number != 0) return in(f.number);
          for (unsigned k = 0; k < n.n; ++k) {
            if (pack_.hashes[n.b + k] == f.text_hash) return true;
          }
          return false;
        }
        return std::nullopt;
      case Op::segment: {
        for (unsigned i = 0; i < n.n; ++i) {
          for (unsigned k = 0; k < c_.segment_count; ++k) {
            if (c_.segments[k] == pack_.hashes[n.b + i]) return true;
          }
        }
        return c_.segments_known != 0 ? std::optional<bool>(false) : std::nullopt;
      }
      case Op::visit:
        if (c_.visit == Visit::unknown) return std::nullopt;
        return (c_.visit == Visit::first) == (n.min == 1);
      case Op::bought:
      case Op::not_bought: {
        bool lately = false;
        for (unsigned i = 0; i < c_.bought_count; ++i) {
          const auto& set = pack_.sets[n.a];
          lately |= c_.bought[i].days <= n.max &&
                    std::count(set.begin(), set.end(), c_.bought[i].product) != 0;
        }
        if (!lately && c_.bought_days < n.max) return std::nullopt;
        return lately == (n.op == Op::bought);
      }
      case Op::stock:
        return (n.min >> static_cast<int>(offered) & 1) != 0;
    }
    return std::nullopt;
  }

  bool rule_true(std::uint32_t rule) const {
    const RuleIn& r = source(rule);
    return (r.fields.flags & image::kEnabled) != 0 &&
           (r.fields.channels >> static_cast<int>(c_.channel) & 1) != 0 &&
           (r.fields.moments >> static_cast<int>(c_.moment) & 1) != 0 &&
           (eval(r.when, Stock::in) == true || eval(r.when, Stock::low) == true);
  }

  /// What the overlay says of a product; nothing when it is of another pack.
  image::OverlayProduct change(std::uint32_t p) const {
    for (const auto& change : overlay_.products) {
      if (overlay_.header.pack == hash64("pack") && change.key == hash64(pack_.products[p].key)) {
        return change;
      }
    }
    return {};
  }
  bool repriced(std::uint32_t p) const {
    return (change(p).flags & image::kRepriced) != 0 &&
           overlay_.header.pack_version >= pack_.settings.pack_version;
  }
  Minor price(std::uint32_t p) const {
    return repriced(p) ? change(p).price : pack_.products[p].price;
  }
  bool paused(const RuleIn& r) const {
    return overlay_.header.pack == hash64("pack") &&
           std::count(overlay_.paused.begin(), overlay_.paused.end(), hash64(r.id)) != 0;
  }
  /// An offer at the overlay's price; never more than it was compiled with.
  std::int64_t score(const RuleIn& r, const OfferIn& o) const {
    if (!repriced(o.product) || change(o.product).price == pack_.products[o.product].price) {
      return o.score;
    }
    const double price = static_cast<double>(change(o.product).price);
    const image::Settings& s = pack_.settings;
    const double gain = s.objective == image::Objective::revenue ? price
                        : s.objective == image::Objective::units
                            ? 100
                            : std::nearbyint(price * s.assumed_margin_permille / 1000);
    return std::min(o.score,
                    static_cast<std::int64_t>(std::floor(1000 * gain * r.fields.priority / 50)));
  }

  bool product_ok(const RuleIn& r, std::uint32_t p, Milli quantity) const {
    const ProductIn& in = pack_.products[p];
    const bool receipt = r.fields.kind == static_cast<int>(Kind::receipt);
    if (have(p) || (c_.capabilities == 0 && !receipt) || paused(r)) return false;
    if ((change(p).flags & image::kRecalled) != 0 || change(p).stock == Stock::out) return false;
    for (const auto s : in.substitutes) {
      if (have(s)) return false;
    }
    if ((in.flags & (image::kHidden | image::kRestricted)) != 0) return false;
    if ((in.restricted & pack_.restricted) != 0) return false;
    if (c_.avoid_unknown != 0) return false;
    if (c_.avoid != 0 &&
        ((in.flags & image::kAllergensKnown) == 0 || (in.avoided & c_.avoid) != 0)) {
      return false;
    }
    const auto stock = static_cast<Stock>((in.flags & image::kStockMask) >> image::kStockShift);
    if (stock == Stock::out) return false;
    if (eval(r.when, std::max(stock, change(p).stock)) != true) return false;
    std::int64_t share = pack_.settings.spend_jump_permille;
    if (r.fields.spend_jump_permille > 0) {
      share = std::min<std::int64_t>(share, r.fields.spend_jump_permille);
    }
    if (receipt) return true;
    // half to even, of whole units it is exact
    const Minor price = repriced(p) ? std::max(in.price, change(p).price) : in.price;
    return price * (quantity / kOne) * 1000 <= basket_.total * share;
  }

  Milli quantity_for(const RuleIn& r) const {
    if (r.fields.quantity != image::Quantity::per_trigger) return kOne;
    std::int64_t units = 0;
    for (const auto p : pack_.sets[r.fields.detail]) {
      units += quantity_.count(p) != 0 ? quantity_.at(p) : 0;
    }
    return std::min<std::int64_t>(9, std::max<std::int64_t>(1, units / kOne)) * kOne;
  }

  bool capped(std::uint32_t stable, const RuleIn& r) const {
    const bool new_day = business_day_ > m_.lane.business_day;
    const bool new_shift = c_.operator_hash != 0 && m_.lane.operator_hash != 0 &&
                           c_.operator_hash != m_.lane.operator_hash;
    for (const RuleCounter& k : m_.lane.counters) {
      if (k.rule != stable || new_day) continue;
      if (r.fields.cap_lane_day > 0 && k.lane_day >= r.fields.cap_lane_day) return true;
      if (!new_shift && r.fields.cap_shift > 0 && k.shift >= r.fields.cap_shift) return true;
    }
    return customer_capped(stable, r);
  }

  // A day that the lane has seen is not gone back to, but for a clock that was far ahead.
  std::int64_t today() const {
    const std::int64_t last = m_.lane.business_day;
    return business_day_ > last || business_day_ < last - 1 ? business_day_ : last;
  }

  bool customer_capped(std::uint32_t stable, const RuleIn& r) const {
    if (r.customer_prompts == 0 || c_.customer_hash == 0) return false;
    if (m_.lane.customer.customer != c_.customer_hash) return false;
    for (const CustomerCounter& k : m_.lane.customer.counters) {
      const std::int64_t age = today() - k.since_day;
      if (k.rule == stable && age >= 0 && age < r.customer_days) {
        return k.prompts >= r.customer_prompts;
      }
    }
    return false;
  }

  /// Who is in one arm with this basket in experiments of this unit; nothing: nobody is.
  std::optional<std::string> unit(const RuleIn& r, std::uint64_t basket) const {
    const auto n = [](auto number) { return std::to_string(number); };
    switch (r.fields.unit()) {
      case Unit::customer:
        if (c_.customer_hash == 0) return std::nullopt;
        return "customer " + n(c_.customer_hash);
      case Unit::terminal_day:
        if (c_.terminal_hash == 0) return std::nullopt;
        return "terminal " + n(c_.terminal_hash) + " on " + n(today());
      case Unit::store_day:
        return "store " + n(c_.store) + " on " + n(today());
      case Unit::basket:
        break;
    }
    return "basket " + n(basket);
  }

  bool is_given(const RuleIn& r, std::uint32_t product) const {
    return std::any_of(r.offers.begin(), r.offers.end(), [&](const OfferIn& o) {
      return o.product == product && (o.given == image::kNone || have(o.given));
    });
  }
  bool have(std::uint32_t p) const { return quantity_.count(p) != 0 && quantity_.at(p) > 0; }
  bool mute() const {
    return c_.mode != Mode::sale || (c_.holds & ~std::uint32_t{kHoldRush}) != 0 || negative_;
  }

  /// `page`: the same basket with one of the item looked at in it; the caller's.
  void look_at(const Oracle& page, std::uint32_t product) {
    page_ = &page;
    looked_at_ = stable_id(pack_.products[product].key);
  }
  bool is_page() const { return page_ != nullptr; }
  bool is_receipt() const { return c_.moment == Moment::receipt; }
  int stage() const { return is_page() ? 1 : is_receipt() ? 2 : 0; }
  static int stage(const PromptSlot& slot) {
    const auto moment = static_cast<Moment>(slot.moment);
    return moment == Moment::browse ? 1 : moment == Moment::receipt ? 2 : 0;
  }
  // Where a standing prompt is looked at, if anywhere.
  const Oracle* view(const PromptSlot& slot) const {
    if (stage(slot) == 0) return this;
    if (stage(slot) == 2) return is_receipt() ? this : nullptr;
    return is_page() && m_.basket.looking_at == looked_at_ ? page_ : nullptr;
  }

  void run() {
    if (c_.tender_begun != 0 && !is_receipt()) {
      silence = Silence::tender;
      return;
    }
    const Oracle& asked = is_page() ? *page_ : *this;
    std::vector<std::uint32_t> standing_products;
    std::vector<std::uint32_t> standing_rules;
    int standing_here = 0;
    BasketMemory basket = m_.basket;
    for (PromptSlot& slot : basket.slots) {
      if (slot.state != PromptState::shown && slot.state != PromptState::withheld) continue;
      if (is_receipt() && stage(slot) == 0) continue;  // hidden since tender began
      const std::uint32_t rule = image_.find_rule(slot.rule);
      std::uint32_t product = 0;
      while (stable_id(pack_.products[product].key) != slot.offer) ++product;
      const Oracle* where = view(slot);
      if (have(product) && slot.held == 0) {
        slot.state = PromptState::arrived;
        changes.emplace_back(slot.id, OutcomeKind::arrived);
      } else if (mute() || where == nullptr || !where->rule_true(rule) ||
                 !where->is_given(source(rule), product) ||
                 !where->product_ok(source(rule), product, slot.quantity)) {
        slot.state = PromptState::withdrawn;
        changes.emplace_back(slot.id, OutcomeKind::withdrawn);
      } else {
        stand.push_back(slot.id);
        standing_here += stage(slot) == stage() ? 1 : 0;
        standing_products.push_back(product);
        standing_rules.push_back(rule);
      }
    }
    for (const PromptSlot& slot : basket.slots) {
      const bool open = slot.state == PromptState::shown || slot.state == PromptState::withheld;
      if (open && is_receipt() && stage(slot) == 0) {
        standing_rules.push_back(image_.find_rule(slot.rule));
      }
    }
    if (mute()) {
      silence = c_.mode != Mode::sale        ? Silence::not_sale
                : negative_ && c_.holds == 0 ? Silence::negative
                                             : Silence::hold;
      if (c_.mode == Mode::sale && negative_ && (c_.holds & ~std::uint32_t{kHoldRush}) == 0) {
        silence = Silence::negative;
      }
      return;
    }
    if ((basket.flags & kSilenced) != 0) {
      silence = Silence::silenced;
      return;
    }
    if ((c_.channel == Channel::receipt) != is_receipt() ||
        (is_page() && c_.channel != Channel::kiosk)) {
      silence = Silence::no_candidate;
      return;
    }
    if (c_.capabilities == 0 && !is_receipt()) {
      silence = Silence::guarded;
      return;
    }
    const bool till = c_.channel == Channel::cashier;
    int allowed = till ? pack_.settings.cashier_prompts : pack_.settings.kiosk_prompts;
    if ((c_.holds & kHoldRush) != 0) allowed = till ? 0 : allowed / 2;
    int room = allowed - basket.spent;
    if (till) room = stand.empty() ? std::min(room, 1) : 0;
    if (is_page()) room = allowed - standing_here;
    if (is_receipt()) {
      room = pack_.settings.receipt_prompts;
      for (const PromptSlot& slot : basket.slots) {
        room -= slot.state != PromptState::empty && stage(slot) == 2 ? 1 : 0;
      }
    }
    room = std::min(room, 4 - static_cast<int>(stand.size()));
    if (room <= 0) {
      silence = Silence::allowance;
      return;
    }
    int slots = 0;
    for (const PromptSlot& slot : basket.slots) {
      slots += slot.state == PromptState::empty ||
                       (slot.state == PromptState::withdrawn && stage(slot) == 1)
                   ? 1
                   : 0;
    }
    room = std::min(room, slots);
    if (room == 0) {
      silence = Silence::memory_full;
      return;
    }
    std::map<std::uint32_t, Choice> per_product;
    bool held = false;
    bool floor = false;
    bool weak = false;
    for (std::uint32_t r = 0; r < image_.rules().size(); ++r) {
      if (std::count(standing_rules.begin(), standing_rules.end(), r) != 0 || !asked.rule_true(r)) {
        continue;
      }
      const RuleIn& in = source(r);
      std::int64_t top = INT64_MIN;
      for (const auto& o : in.offers) top = std::max(top, o.score);
      if (top < pack_.settings.score_floor) {
        weak = true;
        continue;
      }
      held = true;
      bool closed = false;
      for (const PromptSlot& s : basket.slots) {
        closed |= s.rule == stable_id(in.id) &&
                  (s.state == PromptState::accepted || s.state == PromptState::undone ||
                   s.state == PromptState::arrived);
      }
      if (closed) continue;
      const Milli quantity = asked.quantity_for(in);
      std::optional<Choice> best;
      for (const auto& o : in.offers) {
        bool taken = false;
        for (const PromptSlot& s : basket.slots) {
          taken |= s.offer == stable_id(pack_.products[o.product].key) &&
                   s.state >= PromptState::shown && s.state <= PromptState::undone;
        }
        if (taken || !asked.product_ok(in, o.product, quantity)) continue;
        if (o.given != image::kNone && !asked.have(o.given)) continue;
        const std::int64_t worth = score(in, o);
        if (!best || worth > best->score) {
          best = Choice{pinned(r), worth, r, o.product, quantity};
        }
      }
      if (!best || capped(stable_id(in.id), in)) continue;
      if (best->score < pack_.settings.score_floor) {
        floor = true;
        continue;
      }
      const auto at = per_product.find(best->product);
      if (at == per_product.end() || before(*best, at->second)) {
        per_product[best->product] = *best;
      }
    }
    std::vector<Choice> candidates;
    for (const auto& [p, choice] : per_product) candidates.push_back(choice);
    std::sort(candidates.begin(), candidates.end(), before);
    const std::size_t window = c_.channel == Channel::kiosk ? 8 : 1;
    if (candidates.size() > window) candidates.resize(window);
    std::vector<std::uint32_t> shown = standing_products;
    while (room-- > 0 && !candidates.empty()) {
      auto pick = std::find_if(candidates.begin(), candidates.end(), [&](const Choice& choice) {
        const auto category = pack_.products[choice.product].category;
        return category == image::kNone ||
               std::none_of(shown.begin(), shown.end(), [&](std::uint32_t p) {
                 return pack_.products[p].category == category;
               });
      });
      if (pick == candidates.end()) pick = candidates.begin();
      fresh.push_back(*pick);
      shown.push_back(pick->product);
      candidates.erase(pick);
    }
    if (fresh.empty()) {
      silence = floor  ? Silence::below_floor
                : held ? Silence::guarded
                : weak ? Silence::below_floor
                       : Silence::no_candidate;
    }
  }

  std::vector<std::uint64_t> stand;
  std::vector<std::pair<std::uint64_t, OutcomeKind>> changes;
  std::vector<Choice> fresh;
  Silence silence = Silence::none;

 private:
  const Oracle* page_ = nullptr;
  std::uint32_t looked_at_ = 0;
  const ImageBuilder& pack_;
  const OverlayBuilder& overlay_;
  const image::Image& image_;
  const Context& c_;
  const Basket& basket_;
  const Memory& m_;
  std::map<std::uint32_t, std::int64_t> quantity_;
  std::map<std::uint32_t, std::int64_t> value_;
  std::map<std::uint32_t, const RuleIn*> by_stable_;
  bool negative_ = false;
  std::int64_t day_ = 0;
  std::int64_t minute_ = 0;
  std::int64_t business_day_ = 0;
};

void add_one(std::vector<Item>& items, std::uint32_t product, const ImageBuilder& pack,
             const Oracle& oracle) {
  auto at =
      std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.product >= product; });
  if (at == items.end() || at->product != product) {
    at = items.insert(at, {product, stable_id(pack.products[product].key), 0, 0});
  }
  at->quantity += kOne;
  at->value += oracle.price(product);
}

void compare(const Oracle& oracle, const Decision& d, const image::Image& image) {
  std::vector<std::uint64_t> stand;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> fresh;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> expected;
  for (std::uint32_t i = 0; i < d.prompt_count; ++i) {
    const Prompt& p = d.prompts[i];
    if (p.fresh == 0) stand.push_back(p.id);
    if (p.fresh == 1) fresh.emplace_back(p.rule, p.product);
    if (i > 0) {
      const Prompt& last = d.prompts[i - 1];
      REQUIRE((oracle.pinned(last.rule) != oracle.pinned(p.rule) ? oracle.pinned(last.rule)
                                                                 : last.score >= p.score));
    }
    REQUIRE(image.offers()[p.offer].product == p.product);
  }
  for (const Choice& c : oracle.fresh) expected.emplace_back(c.rule, c.product);
  auto want = oracle.stand;
  std::sort(stand.begin(), stand.end());
  std::sort(want.begin(), want.end());
  std::sort(fresh.begin(), fresh.end());
  std::sort(expected.begin(), expected.end());
  REQUIRE(stand == want);
  REQUIRE(fresh == expected);
  REQUIRE(d.change_count == oracle.changes.size());
  for (std::uint32_t i = 0; i < d.change_count; ++i) {
    REQUIRE(d.changes[i].prompt == oracle.changes[i].first);
    REQUIRE(d.changes[i].kind == oracle.changes[i].second);
  }
  REQUIRE(d.silence == (d.prompt_count > 0 ? Silence::none : oracle.silence));
}

// All that one unit does is in one arm of a rule's experiment; who is nobody's unit is in none.
using Arms = std::map<std::pair<std::uint32_t, std::string>, Arm>;
void arms_agree(const Oracle& oracle, const Memory& before, const Memory& after, const Decision& d,
                Arms& arms) {
  const bool first = d.first_eligible != 0;
  REQUIRE(first == ((after.basket.flags & ~before.basket.flags & kEligible) != 0));
  for (std::uint32_t i = 0; i < d.prompt_count; ++i) {
    const Prompt& p = d.prompts[i];
    if (p.fresh == 0 || p.arm == Arm::global_control) continue;
    const RuleIn& rule = oracle.source(p.rule);
    const auto unit = oracle.unit(rule, before.basket.unit);
    const bool held_out = rule.fields.holdout_permille > 0;
    const bool begun = (before.basket.flags & kEligible) != 0;
    const std::uint32_t stable = stable_id(rule.id);
    const bool part = begun ? before.basket.experiment_rule == stable
                            : after.basket.experiment_rule == stable && first;
    REQUIRE((p.arm != Arm::none) == (held_out && part));
    if (p.arm == Arm::none || begun) continue;
    REQUIRE(unit.has_value());
    REQUIRE(unit_of(after.basket) == rule.fields.unit());
    const auto [known, fresh] = arms.emplace(std::pair(stable, *unit), p.arm);
    REQUIRE(known->second == p.arm);
  }
}

void explain_agrees(Shop& shop, const Basket& basket, const Memory& before, const Decision& d,
                    const Oracle& oracle) {
  std::vector<Verdict> verdicts(shop.image.rules().size());
  Decision again;
  explain(shop.image, shop.overlay, shop.context, basket, true, before, shop.room(), again,
          verdicts);
  REQUIRE(std::memcmp(&again, &d, sizeof d) == 0);
  std::uint32_t prompts = 0;
  for (const Verdict& v : verdicts) {
    const bool offered = v.fate == Fate::offered || v.fate == Fate::withheld;
    prompts += offered ? 1U : 0U;
    if (v.fate == Fate::condition) REQUIRE_FALSE(oracle.rule_true(v.rule));
    if (v.fate == Fate::guard || v.fate == Fate::lost) REQUIRE(oracle.rule_true(v.rule));
    REQUIRE((v.fate == Fate::guard) == (v.guard != Guard::none));
    if (v.node != image::kNone) {
      REQUIRE(v.node < shop.image.gates()[v.rule].node_count);
    }
  }
  REQUIRE(prompts == d.prompt_count);
}

}  // namespace

TEST_CASE("oracle: the engine and a brute-force reading of the rules agree, update by update",
          "[engine][U10]") {
  std::uint64_t prompted = 0;
  std::uint64_t silent = 0;
  std::uint64_t assigned[kUnits] = {};
  // The first ones always; then as many that rotate, or 10,000 of them.
  constexpr std::uint64_t kAlways = 600;
  const std::uint64_t from = test::seed_of("U10") % 1'000'000'000;
  const std::uint64_t more = test::effort(900, 2'000, 10'000);
  for (std::uint64_t i = 1; i <= kAlways + more; ++i) {
    const std::uint64_t seed = i <= kAlways ? i : from + i;
    CAPTURE(seed);
    Dice dice(seed);
    const ImageBuilder pack = random_pack(dice);
    Shop shop(pack);
    OverlayBuilder overlay;
    Arms arms;
    for (int sale = 0; sale < 4; ++sale) {
      shop.new_sale(dice(1U << 30));
      const Channel channel = dice.one_in(2) ? Channel::kiosk : Channel::cashier;
      for (int update = 0; update < 6; ++update) {
        shop.context = random_context(dice);
        shop.context.channel = channel;
        // The overlay may change at any update; rules never do.
        if (update == 0 || dice.one_in(3)) overlay = random_overlay(dice);
        shop.lay(overlay);
        if (channel == Channel::kiosk && dice.one_in(3)) {
          shop.context.moment = Moment::browse;
          shop.context.looking_at = static_cast<std::uint32_t>(dice(kProducts));
        }
        if (update == 5 && dice.one_in(2)) {
          shop.context.moment = Moment::receipt;
          shop.context.channel = dice.one_in(20) ? channel : Channel::receipt;
          shop.context.tender_begun = dice.one_in(2) ? 1 : 0;
        }
        const auto items = random_items(dice);
        const Basket basket = Shop::basket(items);
        // The engine resets caps by the day; the oracle is told what it knew before.
        const Memory before = shop.memory;
        Context seen = shop.context;
        if (seen.moment == Moment::browse) seen.moment = Moment::basket;
        Oracle oracle(pack, overlay, shop.image, seen, basket, before);
        std::vector<Item> with_item = items;
        if (seen.moment != shop.context.moment) {
          add_one(with_item, shop.context.looking_at, pack, oracle);
        }
        Basket page_basket = Shop::basket(with_item);
        page_basket.lines = basket.lines + 1;
        const Oracle page(pack, overlay, shop.image, shop.context, page_basket, before);
        const bool browsing = shop.context.moment == Moment::browse;
        if (browsing) oracle.look_at(page, shop.context.looking_at);
        oracle.run();
        const Decision d = shop.decide(basket);
        compare(oracle, d, shop.image);
        explain_agrees(shop, basket, before, d, browsing ? page : oracle);
        arms_agree(oracle, before, shop.memory, d, arms);
        if (d.first_eligible != 0) ++assigned[static_cast<unsigned>(unit_of(shop.memory.basket))];
        (d.prompt_count > 0 ? prompted : silent) += 1;
        for (const PromptSlot& slot : shop.memory.basket.slots) {
          if (slot.state != PromptState::shown || !dice.one_in(3)) continue;
          const auto what = dice.one_in(4) ? Answer::decline : Answer::accept;
          REQUIRE(answer(shop.memory.basket, slot.id, what));
          break;
        }
      }
    }
  }
  CHECK(prompted > 3000);
  CHECK(silent > 3000);
  for (const std::uint64_t units : assigned) CHECK(units > 50);
  std::cout << "U10: " << kAlways + more << " packs, the rotating ones from " << from + kAlways + 1
            << ": " << prompted << " decisions with prompts, " << silent
            << " without, none other than brute force\n";
}
