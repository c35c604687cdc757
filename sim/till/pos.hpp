#pragma once
// A simulated point of sale: owns its basket, prices and sale, and talks to the plugin as sdk/docs
// say a till should: the whole basket after every change, the lifecycle as it happens, and it adds
// a prompted item by its own means.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "sim/till/histogram.hpp"
#include "sim/till/library.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sidedish::sim {

struct PosLine {
  std::string product;
  std::int32_t kind = SIDEDISH_LINE_GOODS;
  Milli quantity = kOne;
  Minor unit_price = 0;
  std::uint64_t from_prompt = 0;
  Minor discount = 0;         ///< off quantity x unit_price
  std::string bundle{};       ///< it belongs to this one
  std::uint64_t made_by = 0;  ///< the prompt that made the bundle

  Minor value() const;
};

/// What the plugin says a bundle or a swap is made of.
struct PosPart {
  std::string product;
  Milli quantity = 0;
  Minor price = 0;
  bool added = false;
};

/// A prompt as the till keeps it: texts copied, because the plugin's live only until the next call.
struct PosPrompt {
  std::uint64_t id = 0;
  std::string product;
  Milli quantity = 0;
  Minor price_effect = 0;
  std::string headline;
  std::string reason;
  std::string rule;
  bool fresh = false;
  std::int32_t action = SIDEDISH_ACTION_ADD;
  std::string replaces{};
  Minor saving = 0;
};

struct PosSetup {
  std::string state_dir;
  std::string run_dir;
  std::string image_file;  ///< instead of state_dir
  std::string store;
  std::string terminal;
  std::string currency;
  std::int32_t channel = SIDEDISH_CHANNEL_CASHIER;
  bool prices_include_tax = true;
};

/// One lane. One thread. Every call into the plugin is timed.
class Pos {
 public:
  static Result<Pos> open(const Library& library, PosSetup setup);
  ~Pos();
  Pos(Pos&& other) noexcept;
  Pos& operator=(Pos&&) = delete;

  void begin(std::string basket, UtcMs now, std::int32_t mode = SIDEDISH_MODE_SALE);
  void set_operator(std::string id) { operator_ = std::move(id); }
  void set_language(std::string tag) { language_ = std::move(tag); }
  void set_fact(std::string name, std::string value);
  void set_holds(std::uint32_t holds) { holds_ = holds; }
  void advance(std::int64_t ms) { now_ += ms; }

  void add(PosLine line) { lines_.push_back(std::move(line)); }
  void remove_last();
  std::vector<PosLine>& lines() { return lines_; }
  Minor total() const;

  std::vector<PosPart> parts(std::uint64_t prompt);
  /// A yes to a swap: so much of the product is taken off; returns what was (for undo()).
  void replace(const PosPrompt& prompt, Minor unit_price);
  /// A yes to a bundle: its parts are marked and priced as they were said, what is missing added.
  /// `unit_price` finds what a product costs singly.
  void convert(const PosPrompt& prompt, const std::vector<PosPart>& parts,
               const std::function<Minor(const std::string&)>& unit_price);
  /// All that a yes changed is as it was before.
  void undo(std::uint64_t prompt);

  /// Sends the basket as it is; what came back replaces prompts().
  std::int32_t update(std::int32_t reason, std::int32_t moment = SIDEDISH_MOMENT_BASKET);
  std::int32_t event(std::int32_t type);
  std::int32_t answer(std::uint64_t prompt, std::int32_t type, std::int32_t by);
  std::int32_t give_back(std::string_view sale, const PosLine& line);
  /// Between two customers.
  void refresh() { library_.lane_refresh(lane_); }

  const std::vector<PosPrompt>& prompts() const { return prompts_; }
  const std::string& basket() const { return basket_; }
  UtcMs now() const { return now_; }
  sidedish_status status() const;
  /// Bytes of outcomes that wait for the agent: a simulated shop, unlike a real one, can wait for
  /// it.
  std::uint64_t waiting() const { return status().ring_used; }
  const Histogram& decide_times() const { return decide_; }
  const Histogram& outcome_times() const { return outcome_; }
  std::string last_error() const { return std::string(view(library_.lane_error(lane_))); }

 private:
  Pos(const Library& library, PosSetup setup) : library_(library), setup_(std::move(setup)) {}
  Library library_;
  PosSetup setup_;
  sidedish_host* host_ = nullptr;
  sidedish_lane* lane_ = nullptr;
  std::string basket_;
  std::string operator_;
  std::string language_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::vector<PosLine> lines_;
  std::vector<PosPrompt> prompts_;
  std::vector<PosLine> swapped_;  ///< taken off for a larger one; made_by: the prompt
  std::uint64_t seq_ = 0;
  UtcMs now_ = 0;
  UtcMs began_ = 0;
  std::int32_t mode_ = SIDEDISH_MODE_SALE;
  std::uint32_t holds_ = 0;
  Histogram decide_;
  Histogram outcome_;
};

}  // namespace sidedish::sim
