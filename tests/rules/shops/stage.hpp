#pragma once
// One shop with one till, and what happens at it. A wrong word throws std::runtime_error.
#include "rules/engine/decide.hpp"
#include "rules/engine/explain.hpp"
#include "rules/model/overlay.hpp"
#include "rules/tool/records.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sidedish::shops {

class Stage {
 public:
  explicit Stage(std::shared_ptr<const tool::Opened> image);

  // Where and when; nothing is decided.
  void at(const std::string& store, const std::string& local, const std::string& channel,
          const std::string& language);
  void wait(std::int64_t minutes) { context_.now += minutes * 60'000; }
  void fact(const std::string& name, const std::string& value);
  void avoid(const std::string& word);
  void hold(const std::string& name);
  void cannot(const std::string& what);
  void sold_by(const std::string& name);
  void mode_return() { context_.mode = Mode::return_; }
  void paused(const std::string& rule);
  void recalled(const std::string& product);
  void stock(const std::string& product, Stock stock, std::uint32_t left);
  void price(const std::string& product, Minor minor_units);
  void next_sale();

  // What happens; decide() is asked afterwards.
  void add(const std::string& product, std::int64_t units);
  void look(const std::string& product);
  void moment(Moment moment, bool tender);
  void answer(engine::Answer what);

  /// What is said now, in the pack's words, and what stood behind it.
  std::string decide();

 private:
  std::uint32_t product(const std::string& name) const;
  std::uint32_t rule(const std::string& id) const;
  UtcMs utc(UtcMs local) const;
  engine::Basket basket() const;
  void lay();
  engine::Item& item(std::uint32_t product);
  Minor price_of(std::uint32_t product) const;
  void carry_out(const engine::Prompt& prompt);
  std::string said(const engine::Prompt& prompt) const;
  std::string name_of(std::uint32_t rule) const;
  std::string rest(const std::vector<engine::Verdict>& verdicts) const;

  std::shared_ptr<const tool::Opened> opened_;
  const image::Image& image_;
  image::Overlay overlay_;
  tool::Aligned overlay_bytes_;
  model::OverlaySpec laid_;
  engine::Context context_{};
  engine::Memory memory_;
  engine::Decision decision_{};
  std::vector<engine::Item> items_;
  std::vector<std::uint64_t> scratch_;
  std::uint64_t sale_ = 1;
};

}  // namespace sidedish::shops
