// A till in a terminal, with Sidedish in its own process.
//
//   c++ -std=c++20 -Isdk/include sdk/examples/cpp/till.cpp -Lbuild/release/lib -lsidedish -o till
//   LD_LIBRARY_PATH=build/release/lib ./till [RULES.image] [RUN_DIR]
//
// A line is what a scanner or a person types:   sku:BURGER 590   rings up a product (price in cents)
//                                               +  adds what is offered      -  no, thank you
//                                               pay  ends the sale
// What is scanned is always a scan: Enter answers no prompt, only + and - do. Without rules, agent or anything, it sells.
#include <charconv>
#include <cstdio>
#include <sidedish/sidedish.hpp>
#include <string>
#include <vector>

namespace {

struct Sold {
  std::string product;
  std::int64_t price;
  std::uint64_t from_prompt;
};

class Till {
 public:
  Till(std::string_view image, std::string_view run_dir) {
    sidedish_config config = sidedish_sdk::Host::config();
    config.image_file = sidedish_sdk::text(image);
    config.run_dir = sidedish_sdk::text(run_dir);
    // Whatever goes wrong here, the lane answers with silence: a till need not ask.
    (void)host_.open(config);
    (void)host_.open_lane("mitte", "t1", SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION, lane_);
  }

  void ring_up(std::string product, std::int64_t price, std::uint64_t from_prompt = 0) {
    sold_.push_back({std::move(product), price, from_prompt});
    std::printf("  %s  %lld\n", sold_.back().product.c_str(), static_cast<long long>(price));
    changed();
  }

  void answer(bool yes) {
    if (offer_ == 0) return;
    const std::uint64_t prompt = std::exchange(offer_, 0);
    (void)lane_.answer(prompt, yes ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED, SIDEDISH_BY_STAFF);
    if (yes) ring_up(offered_, offered_price_, prompt);
  }

  void pay() {
    std::int64_t total = 0;
    for (const Sold& sold : sold_) total += sold.price;
    (void)lane_.event(SIDEDISH_EVENT_TENDER_STARTED, basket_);
    (void)lane_.completed(basket_, total);
    std::printf("paid %lld\n", static_cast<long long>(total));
    sold_.clear();
    offer_ = 0;
    seq_ = 0;
    basket_ = "receipt " + std::to_string(++receipt_);
  }

 private:
  /// After every change: the whole basket. What comes back is shown, what was shown before is gone.
  void changed() {
    std::vector<sidedish_line> lines;
    for (const Sold& sold : sold_) {
      lines.push_back(sidedish_sdk::line(sold.product, 1000, sold.price));
      lines.back().from_prompt = sold.from_prompt;
    }
    sidedish_snapshot basket = sidedish_sdk::snapshot(basket_, ++seq_, "EUR");
    basket.prices_include_tax = 1;
    sidedish_sdk::Prompts prompts;
    (void)lane_.update(basket, lines, prompts);
    offer_ = 0;
    for (const sidedish_prompt& prompt : prompts) {
      offer_ = prompt.id;
      offered_ = sidedish_sdk::view(prompt.product);  // its text lives until the next call only
      offered_price_ = prompt.price_effect;
      std::printf("    %.*s  +%lld  (+ or -)\n", static_cast<int>(prompt.headline.size),
                  prompt.headline.data, static_cast<long long>(prompt.price_effect));
    }
  }

  sidedish_sdk::Host host_;
  sidedish_sdk::Lane lane_;  // closed before the host
  std::vector<Sold> sold_;
  std::string basket_ = "receipt 1";
  std::uint64_t seq_ = 0;
  unsigned receipt_ = 1;
  std::uint64_t offer_ = 0;  ///< of the prompt that is shown
  std::string offered_;
  std::int64_t offered_price_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Till till(argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "");
  for (char room[256]; std::fgets(room, sizeof room, stdin) != nullptr;) {
    std::string typed = room;
    typed.erase(typed.find_last_not_of("\r\n") + 1);
    const auto space = typed.find(' ');
    std::int64_t price = 0;
    if (typed == "+" || typed == "-") {
      till.answer(typed == "+");
    } else if (typed == "pay") {
      till.pay();
    } else if (space != std::string::npos) {
      const char* end = typed.data() + typed.size();
      std::from_chars(typed.data() + space + 1, end, price);
      till.ring_up(typed.substr(0, space), price);
    }
  }
  return 0;
}
