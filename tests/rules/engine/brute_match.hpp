#pragma once
// The best match of a bundle by trying every assignment of every unit to every slot: nothing of the
// engine's is in it. For baskets of a handful of units whose item values divide by their units.
#include "rules/engine/inputs.hpp"
#include "tests/support/image_builder.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

namespace sidedish::testing {

struct BruteMatch {
  int added = 0;
  std::int64_t effect = 0;
  std::int64_t saving = 0;
  int times = 1;
  std::vector<std::pair<int, std::uint32_t>> additions;  ///< slot, product
  std::int64_t used = 0;                                 ///< what the parts that are there cost now
  std::int64_t deltas = 0;                               ///< on top of the bundle's price
};

class BruteMatcher {
 public:
  BruteMatcher(const ImageBuilder& pack, const BundleIn& bundle,
               const std::vector<engine::Item>& items)
      : pack_(pack), bundle_(bundle) {
    for (const auto& product : pack.products) prices_.push_back(product.price);
    for (const auto& item : items) {
      const std::int64_t free = item.quantity - item.bound;
      if (item.product == image::kNone || free <= 0 || free % kOne != 0) continue;
      for (std::int64_t i = 0; i < free / kOne; ++i) {
        units_.push_back({item.product, (item.value - item.bound_value) / (free / kOne)});
      }
    }
  }

  std::optional<BruteMatch> complete() {
    std::optional<BruteMatch> best;
    for (int k = 1; k <= bundle_.times; ++k) {
      const auto one = search(k, {});
      if (one && (!best || one->effect < best->effect)) best = one;
    }
    return best;
  }

  /// What things cost that are not there yet, if not what the pack says.
  void reprice(std::uint32_t product, std::int64_t price) { prices_[product] = price; }

  /// What `times` bundles cost whose parts cost `singly` one by one.
  std::int64_t price(std::int64_t singly, std::int64_t times, std::int64_t deltas) const {
    switch (bundle_.how) {
      case image::BundlePrice::price:
        return bundle_.amount * times + deltas;
      case image::BundlePrice::discount:
        return std::max<std::int64_t>(0, singly - bundle_.amount * times);
      case image::BundlePrice::percent:
        break;
    }
    return singly - half_even(singly * bundle_.amount, 100);
  }

  /// With exactly these added, one unit each: equal ones anywhere, different ones in different slots.
  std::optional<BruteMatch> with(const std::vector<std::uint32_t>& products) {
    std::optional<BruteMatch> best;
    const int slots = static_cast<int>(bundle_.slots.size());
    for (int a = 0; a < slots; ++a) {
      for (int b = 0; b < (products.size() == 2 ? slots : 1); ++b) {
        std::vector<std::pair<int, std::uint32_t>> added{{a, products[0]}};
        if (products.size() == 2) added.emplace_back(b, products[1]);
        if (products.size() == 2 && products[0] != products[1] && a == b) continue;
        if (!std::all_of(added.begin(), added.end(), [&](const auto& one) {
              return fits(static_cast<std::size_t>(one.first), one.second);
            })) {
          continue;
        }
        const auto one = search(1, added);
        if (one &&
            (!best || std::tie(one->effect, best->saving) < std::tie(best->effect, one->saving))) {
          best = one;
        }
      }
    }
    return best;
  }

  /// The matches that are as good as completed()'s, by what they add.
  std::vector<BruteMatch> as_good;

  /// `may(product)`: it may be added.
  std::optional<BruteMatch> completed(const std::function<bool(std::uint32_t)>& may) {
    std::vector<std::pair<int, std::uint32_t>> all;
    for (std::size_t s = 0; s < bundle_.slots.size(); ++s) {
      for (const auto p : pack_.sets[bundle_.slots[s].set]) {
        if (may(p)) all.emplace_back(static_cast<int>(s), p);
      }
    }
    for (int n = 1; n <= bundle_.missing; ++n) {
      std::optional<BruteMatch> best;
      as_good.clear();
      for (std::size_t a = 0; a < all.size(); ++a) {
        for (std::size_t b = n == 2 ? a : 0; b < (n == 2 ? all.size() : 1); ++b) {
          std::vector<std::pair<int, std::uint32_t>> added{all[a]};
          if (n == 2) added.push_back(all[b]);
          const auto one = search(1, added);
          if (one && (!best ||
                      std::tie(one->effect, best->saving) < std::tie(best->effect, one->saving))) {
            best = one;
            as_good.clear();
          }
          if (one && one->effect == best->effect && one->saving == best->saving) {
            as_good.push_back(*one);
          }
        }
      }
      if (best) return best;
    }
    return std::nullopt;
  }

 private:
  struct Unit {
    std::uint32_t product;
    std::int64_t value;
  };

  bool fits(std::size_t slot, std::uint32_t product) const {
    const auto& set = pack_.sets[bundle_.slots[slot].set];
    return std::find(set.begin(), set.end(), product) != set.end();
  }
  std::int64_t delta(std::size_t slot, std::uint32_t product) const {
    const auto& deltas = bundle_.slots[slot].deltas;
    return deltas.count(product) != 0 ? deltas.at(product) : 0;
  }

  std::optional<BruteMatch> search(int k, const std::vector<std::pair<int, std::uint32_t>>& added) {
    times_ = k;
    added_ = added;
    counts_.assign(bundle_.slots.size(), 0);
    std::int64_t extra = 0;
    std::int64_t deltas = 0;
    for (const auto& [s, p] : added) {
      ++counts_[static_cast<std::size_t>(s)];
      extra += prices_[p];
      deltas += delta(static_cast<std::size_t>(s), p);
    }
    best_.reset();
    step(0, 0, extra, deltas);
    return best_;
  }

  void step(std::size_t at, std::int64_t used, std::int64_t extra, std::int64_t deltas) {
    if (at == units_.size()) {
      for (std::size_t s = 0; s < counts_.size(); ++s) {
        const SlotIn& slot = bundle_.slots[s];
        if (counts_[s] < times_ * slot.min || counts_[s] > times_ * slot.max) return;
        // What is added fills what is required, never more.
        for (const auto& [to, p] : added_) {
          if (static_cast<std::size_t>(to) == s && counts_[s] > slot.min) return;
        }
      }
      const std::int64_t sum = used + extra;
      const std::int64_t now = price(sum, times_, deltas);
      const BruteMatch one{
          static_cast<int>(added_.size()), now - used, sum - now, times_, added_, used, deltas};
      if (!best_ || std::tie(one.effect, best_->saving) < std::tie(best_->effect, one.saving)) {
        best_ = one;
      }
      return;
    }
    step(at + 1, used, extra, deltas);
    for (std::size_t s = 0; s < counts_.size(); ++s) {
      if (!fits(s, units_[at].product) || counts_[s] >= times_ * bundle_.slots[s].max) continue;
      ++counts_[s];
      step(at + 1, used + units_[at].value, extra, deltas + delta(s, units_[at].product));
      --counts_[s];
    }
  }

  static std::int64_t half_even(std::int64_t n, std::int64_t d) {
    const std::int64_t q = n / d;
    const std::int64_t twice = n % d * 2;
    return twice > d || (twice == d && q % 2 != 0) ? q + 1 : q;
  }

  const ImageBuilder& pack_;
  const BundleIn& bundle_;
  std::vector<std::int64_t> prices_;
  std::vector<Unit> units_;
  std::vector<int> counts_;
  std::vector<std::pair<int, std::uint32_t>> added_;
  int times_ = 1;
  std::optional<BruteMatch> best_;
};

}  // namespace sidedish::testing
