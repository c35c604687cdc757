#include "rules/engine/match.hpp"

#include "rules/engine/guards.hpp"

#include <algorithm>
#include <compare>

namespace sidedish::engine {

using image::BundlePrice;

namespace {

// What things cost in steps of the search's budget (search.hpp).
constexpr std::uint32_t kPerUnit = 4;        // prices in every slot
constexpr std::uint32_t kLooksPerStep = 16;  // at one number each

}  // namespace

Minor price_of_bundle(const image::Bundle& bundle, Minor singly, std::uint32_t times,
                      Minor deltas) noexcept {
  switch (bundle.how) {
    case BundlePrice::price:
      return bundle.amount * times + deltas;
    case BundlePrice::discount:
      return std::max<Minor>(0, singly - bundle.amount * times);
    case BundlePrice::percent:
      break;
  }
  return singly - mul_div(singly, bundle.amount, 100).value_or(0);
}

std::uint32_t free_units(const Item& item) noexcept {
  const Milli free = item.quantity - item.bound;
  // Three quarters of a kilogram are no piece.
  return free > 0 && free % kOne == 0
             ? static_cast<std::uint32_t>(std::min<Milli>(free / kOne, UINT16_MAX))
             : 0;
}

Minor value_of(const Item& item, std::uint32_t units) noexcept {
  const Milli free = item.quantity - item.bound;
  if (units == 0 || free <= 0) return 0;
  const Minor value = item.value - item.bound_value;
  return units * kOne == free ? value : mul_div(value, units * kOne, free).value_or(0);
}

Matcher::Matcher(const Situation& now, const image::Bundle& bundle, std::uint32_t times) noexcept
    : now_(now),
      bundle_(bundle),
      slots_(now.image.slots().subspan(bundle.slots, bundle.slot_count)),
      times_(std::min<std::uint32_t>(times, image::kMaxTimes)) {
  std::uint32_t most = 0;
  for (const image::Slot& slot : slots_) most += slot.max;
  gather(most * times_);
}

Minor Matcher::delta(unsigned slot, std::uint32_t product) const noexcept {
  const auto deltas = now_.image.deltas().subspan(slots_[slot].deltas, slots_[slot].delta_count);
  const image::Delta* end = deltas.data() + deltas.size();
  const image::Delta* at =
      std::lower_bound(deltas.data(), end, product,
                       [](const image::Delta& d, std::uint32_t p) { return d.product < p; });
  return at != end && at->product == product ? at->amount : 0;
}

// Price: what it costs on top, less what it costs now. Percent: less so many hundredths of that.
// Discount: the dearer first, although it changes nothing.
std::int64_t Matcher::weight(unsigned slot, const Item& item) const noexcept {
  const std::uint32_t units = free_units(item);
  const Minor unit = value_of(item, units) / units;
  switch (bundle_.how) {
    case BundlePrice::price:
      return delta(slot, item.product) - unit;
    case BundlePrice::percent:
      return -unit * bundle_.amount;
    case BundlePrice::discount:
      break;
  }
  return -unit;
}

std::int64_t Matcher::cost_of(unsigned slot, std::uint32_t product, Minor price) const noexcept {
  switch (bundle_.how) {
    case BundlePrice::price:
      return delta(slot, product);
    case BundlePrice::percent:
      return price * (100 - bundle_.amount);
    case BundlePrice::discount:
      break;
  }
  return price;
}

Matcher::Cost Matcher::cost(std::int64_t weight) const noexcept {
  return bundle_.how == BundlePrice::discount ? Cost{0, 0, weight} : Cost{0, weight, 0};
}

void Matcher::gather(std::uint32_t most) noexcept {
  struct Top {
    std::int64_t weight;
    std::uint32_t item;
  };
  Top top[kMaxFilled];
  std::uint32_t chosen[kSlots][kMaxFilled];
  const std::span<const Item> items = now_.basket.items;
  for (unsigned s = 0; s < slots_.size(); ++s) {
    const image::SetView set = now_.set(slots_[s].set);
    std::uint32_t count = 0;
    const Item* end = items.data() + items.size();
    const Item* at =
        std::lower_bound(items.data(), end, set.first(),
                         [](const Item& item, std::uint32_t p) { return item.product < p; });
    for (; at != end && at->product < set.end(); ++at) {
      ++now_.steps;
      if (now_.is_spent()) {
        count_ = 0;  // as if there were nothing
        for (std::uint32_t& none : best_count_) none = 0;
        return;
      }
      if (free_units(*at) == 0 || !set.has(at->product)) continue;
      const Top next{weight(s, *at), static_cast<std::uint32_t>(at - items.data())};
      if (count == most && next.weight >= top[count - 1].weight) continue;
      std::uint32_t hole = count < most ? count++ : count - 1;
      now_.steps += kPerUnit;
      for (; hole > 0 && next.weight < top[hole - 1].weight; --hole) top[hole] = top[hole - 1];
      top[hole] = next;
    }
    best_count_[s] = count;
    for (std::uint32_t i = 0; i < count; ++i) chosen[s][i] = items_[count_++] = top[i].item;
  }
  std::sort(items_, items_ + count_);
  count_ = static_cast<std::uint32_t>(std::unique(items_, items_ + count_) - items_);
  now_.steps += count_ * kPerUnit;
  for (std::uint32_t u = 0; u < count_; ++u) {
    const Item& item = items[items_[u]];
    for (unsigned s = 0; s < slots_.size(); ++s) {
      weights_[u][s] = now_.set(slots_[s].set).has(item.product) ? weight(s, item) : kNever;
    }
  }
  for (unsigned s = 0; s < slots_.size(); ++s) {
    for (std::uint32_t i = 0; i < best_count_[s]; ++i) {
      best_[s][i] = static_cast<std::uint16_t>(
          std::lower_bound(items_, items_ + count_, chosen[s][i]) - items_);
    }
  }
}

/// The cheapest way of one more unit into each slot, and between slots.
struct Matcher::Path {
  static constexpr std::int64_t kFar = INT64_MAX / 4;
  static constexpr std::uint32_t kAddition = UINT32_MAX;
  Cost reach[kSlots];
  std::uint32_t unit[kSlots];  ///< that comes in last, or kAddition
  std::uint32_t from[kSlots];  ///< slot it leaves, or kSlots: from outside
  Cost move[kSlots][kSlots];
  std::uint32_t mover[kSlots][kSlots];
};

void Matcher::enter(Path& path, std::span<const Addition> additions) noexcept {
  for (unsigned s = 0; s < slots_.size(); ++s) {
    path.reach[s] = {Path::kFar, 0, 0};
    path.from[s] = kSlots;
    std::uint32_t& next = next_[s];
    while (next < best_count_[s] && left_[best_[s][next]] == 0) ++next;
    if (next < best_count_[s]) {
      const std::uint32_t u = best_[s][next];
      path.reach[s] = cost(weights_[u][s]);
      path.unit[s] = u;
    } else if (s < additions.size() && additions[s].product != image::kNone &&
               extra_[s] < additions[s].most) {
      const Addition& a = additions[s];
      path.reach[s] = {1, cost_of(s, a.product, a.price), -a.price};
      path.unit[s] = Path::kAddition;
    }
  }
}

void Matcher::moves(Path& path) const noexcept {
  for (unsigned f = 0; f < slots_.size(); ++f) {
    for (unsigned t = 0; t < slots_.size(); ++t) path.move[f][t] = {Path::kFar, 0, 0};
    if (filled_[f] == 0) continue;
    for (std::uint32_t i = 0; i < used_count_; ++i) {
      const std::uint32_t u = used_[i];
      if (placed_[u][f] == 0) continue;
      for (unsigned t = 0; t < slots_.size(); ++t) {
        if (t == f || weights_[u][t] == kNever) continue;
        const Cost c = cost(weights_[u][t] - weights_[u][f]);
        if (c < path.move[f][t]) {
          path.move[f][t] = c;
          path.mover[f][t] = u;
        }
      }
    }
  }
  for (unsigned round = 1; round < slots_.size(); ++round) {
    bool changed = false;
    for (unsigned f = 0; f < slots_.size(); ++f) {
      if (path.reach[f].steps == Path::kFar) continue;
      for (unsigned t = 0; t < slots_.size(); ++t) {
        if (path.move[f][t].steps == Path::kFar) continue;
        const Cost c = path.reach[f] + path.move[f][t];
        if (!(c < path.reach[t])) continue;
        path.reach[t] = c;
        path.unit[t] = path.mover[f][t];
        path.from[t] = f;
        changed = true;
      }
    }
    if (!changed) break;
  }
  now_.steps += 1 + static_cast<std::uint32_t>(slots_.size()) * used_count_ / kLooksPerStep;
}

void Matcher::use(std::uint32_t unit) noexcept {
  std::uint32_t hole = used_count_;
  for (; hole > 0 && used_[hole - 1] >= unit; --hole) {
    if (used_[hole - 1] == unit) return;
  }
  for (std::uint32_t i = used_count_++; i > hole; --i) used_[i] = used_[i - 1];
  used_[hole] = static_cast<std::uint16_t>(unit);
}

bool Matcher::solve(std::uint32_t times, std::span<const Addition> additions) noexcept {
  constexpr std::int64_t kRequired = -1000;  // before everything that is not
  for (std::uint32_t u = 0; u < count_; ++u) {
    left_[u] = static_cast<std::uint16_t>(free_units(now_.basket.items[items_[u]]));
    for (unsigned s = 0; s < slots_.size(); ++s) placed_[u][s] = 0;
  }
  for (unsigned s = 0; s < slots_.size(); ++s) filled_[s] = extra_[s] = next_[s] = 0;
  used_count_ = 0;
  now_.steps += 1 + count_ / kPerUnit;
  Path path;
  for (;;) {
    if (now_.is_spent()) return false;
    enter(path, additions);
    moves(path);
    Cost best{0, 0, 0};  // an optional unit must lower the price effect, or count for a discount
    unsigned sink = kSlots;
    for (unsigned s = 0; s < slots_.size(); ++s) {
      if (path.reach[s].steps == Path::kFar || filled_[s] >= times * slots_[s].max) continue;
      Cost c = path.reach[s];
      if (filled_[s] < times * slots_[s].min) c.steps += kRequired;
      if (c < best) {
        best = c;
        sink = s;
      }
    }
    if (sink == kSlots) break;
    ++filled_[sink];
    for (unsigned t = sink;;) {
      const std::uint32_t u = path.unit[t];
      const unsigned f = path.from[t];
      if (u == Path::kAddition) {
        ++extra_[t];
        break;
      }
      ++placed_[u][t];
      if (f == kSlots) {
        --left_[u];
        use(u);
        break;
      }
      --placed_[u][f];
      t = f;
    }
  }
  for (unsigned s = 0; s < slots_.size(); ++s) {
    if (filled_[s] < times * slots_[s].min) return false;
  }
  return true;
}

void Matcher::write(std::uint32_t times, std::span<const Addition> additions,
                    Match& out) const noexcept {
  out.count = 0;
  out.times = times;
  out.used = 0;
  out.added = 0;
  out.deltas = 0;
  for (unsigned s = 0; s < slots_.size(); ++s) {
    for (std::uint32_t u = 0; u < count_; ++u) {
      if (placed_[u][s] == 0) continue;
      const std::uint32_t product = now_.basket.items[items_[u]].product;
      out.filled[out.count++] = {product, placed_[u][s], static_cast<std::uint8_t>(s), 0};
      out.deltas += delta(s, product) * placed_[u][s];
    }
    if (extra_[s] == 0) continue;
    out.filled[out.count++] = {additions[s].product, static_cast<std::uint16_t>(extra_[s]),
                               static_cast<std::uint8_t>(s), 1};
    out.added += additions[s].price * extra_[s];
    out.deltas += delta(s, additions[s].product) * extra_[s];
  }
  for (std::uint32_t u = 0; u < count_; ++u) {
    std::uint32_t units = 0;
    for (unsigned s = 0; s < slots_.size(); ++s) units += placed_[u][s];
    out.used += value_of(now_.basket.items[items_[u]], units);
  }
  out.price = price_of_bundle(bundle_, out.used + out.added, times, out.deltas);
}

bool Matcher::complete(Match& out) noexcept {
  bool found = false;
  Match next;
  for (std::uint32_t k = 1; k <= times_ && solve(k, {}); ++k) {
    write(k, {}, next);
    if (!found || next.effect() < out.effect()) out = next;
    found = true;
  }
  return found;
}

bool Matcher::completed(std::span<const Addition> additions, unsigned most, Match& out) noexcept {
  if (!solve(1, additions)) return false;
  std::uint32_t extra = 0;
  for (unsigned s = 0; s < slots_.size(); ++s) extra += extra_[s];
  if (extra == 0 || extra > most) return false;
  write(1, additions, out);
  return true;
}

}  // namespace sidedish::engine
