// An overlay only takes away (U09: adds nothing, ever). Broken once each: the larger of both scores, the
// cheaper price for the spend-jump guard, the overlay's stock class alone.
#include "tests/rules/engine/random_shop.hpp"

#include <set>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;  ///< rule, product

/// What could be offered if everything that may go before it went: each rule alone, each of its
/// offers alone.
Pairs reachable(const ImageBuilder& pack, const Context& context, const Basket& basket,
                const Memory& memory) {
  Pairs out;
  for (const RuleIn& rule : pack.rules) {
    for (const OfferIn& offer : rule.offers) {
      ImageBuilder alone = pack;
      alone.rules = {rule};
      alone.rules[0].offers = {offer};
      Shop shop(alone);
      shop.context = context;
      shop.memory = memory;
      const Decision& d = shop.decide(basket);
      for (std::uint32_t i = 0; i < d.prompt_count; ++i) {
        if (d.prompts[i].fresh != 0) out.emplace(stable_id(rule.id), d.prompts[i].product);
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("overlay: stock that an overlay calls in stays out when the image says so", "[engine]") {
  ImageBuilder b = burger_bar();
  b.products[1].flags = 2U << image::kStockShift;
  Shop shop(b);
  OverlayBuilder overlay;
  overlay.stock("sku:fries", Stock::in);
  shop.lay(overlay);
  CHECK(shop.explain({{0, 1}})[0].guard == Guard::out_of_stock);
  CHECK(shop.decide({{0, 1}}).prompt_count == 0);
}

TEST_CASE("overlay: no overlay makes an offer that could not have been made without it",
          "[engine]") {
  std::uint64_t offered = 0;
  std::uint64_t changed = 0;
  for (std::uint64_t seed = 1; seed <= 1200; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const ImageBuilder pack = random_pack(dice);
    Shop shop(pack);
    shop.context = random_context(dice);
    const auto items = random_items(dice);
    const Basket basket = Shop::basket(items);
    const Memory before = shop.memory;
    const Decision plain = shop.decide(basket);
    shop.memory = before;
    shop.lay(random_overlay(dice));
    const Decision laid = shop.decide(basket);
    changed += std::memcmp(&plain, &laid, sizeof plain) != 0 ? 1U : 0U;
    if (laid.prompt_count == 0) continue;
    const Pairs possible = reachable(pack, shop.context, basket, before);
    for (std::uint32_t i = 0; i < laid.prompt_count; ++i) {
      const Prompt& p = laid.prompts[i];
      CHECK(possible.count({shop.image.rules()[p.rule].stable, p.product}) == 1);
      CHECK(p.score <= shop.image.offers()[p.offer].score);
      ++offered;
    }
  }
  CHECK(offered > 300);
  CHECK(changed > 100);
}
