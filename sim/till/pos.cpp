#include "sim/till/pos.hpp"

#include <chrono>
#include <cstring>
#include <utility>

namespace sidedish::sim {
namespace {

class Timed {
 public:
  explicit Timed(Histogram& histogram)
      : histogram_(histogram), start_(std::chrono::steady_clock::now()) {}
  ~Timed() {
    const auto took = std::chrono::steady_clock::now() - start_;
    histogram_.add(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()));
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Histogram& histogram_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

Result<Pos> Pos::open(const Library& library, PosSetup setup) {
  Pos pos(library, std::move(setup));
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = SIDEDISH_ABI_MAJOR;
  config.state_dir = text(pos.setup_.state_dir);
  config.run_dir = text(pos.setup_.run_dir);
  config.image_file = text(pos.setup_.image_file);
  if (const std::int32_t status = library.open(&config, &pos.host_); status != SIDEDISH_OK) {
    return fail(Errc::io, "sidedish_open", library.status_name(status));
  }
  sidedish_lane_config lane{};
  lane.struct_size = sizeof lane;
  lane.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_CAN_REPLACE | SIDEDISH_CAN_CONVERT |
                      SIDEDISH_CAN_UNDO | SIDEDISH_REPORTS_COMPLETION;
  lane.store = text(pos.setup_.store);
  lane.terminal = text(pos.setup_.terminal);
  if (const std::int32_t status = library.lane_open(pos.host_, &lane, &pos.lane_);
      status != SIDEDISH_OK) {
    return fail(Errc::io, "sidedish_lane_open", library.status_name(status));
  }
  return pos;
}

Pos::Pos(Pos&& other) noexcept
    : library_(other.library_),
      setup_(std::move(other.setup_)),
      host_(std::exchange(other.host_, nullptr)),
      lane_(std::exchange(other.lane_, nullptr)) {}

Pos::~Pos() {
  if (lane_ != nullptr) library_.lane_close(lane_);
  if (host_ != nullptr) library_.close(host_);
}

void Pos::begin(std::string basket, UtcMs now, std::int32_t mode) {
  basket_ = std::move(basket);
  now_ = now;
  began_ = now;
  mode_ = mode;
  holds_ = 0;
  seq_ = 0;
  lines_.clear();
  prompts_.clear();
  swapped_.clear();
  facts_.clear();
}

void Pos::set_fact(std::string name, std::string value) {
  facts_.emplace_back(std::move(name), std::move(value));
}

void Pos::remove_last() {
  if (!lines_.empty()) lines_.pop_back();
}

Minor PosLine::value() const { return extended_price(quantity, unit_price).value_or(0) - discount; }

std::vector<PosPart> Pos::parts(std::uint64_t prompt) {
  sidedish_part out[72] = {};
  out[0].struct_size = sizeof out[0];
  std::uint32_t count = 72;
  std::vector<PosPart> parts;
  if (library_.prompt_parts(lane_, prompt, out, &count) != SIDEDISH_OK) return parts;
  for (std::uint32_t i = 0; i < count; ++i) {
    parts.push_back(
        {std::string(view(out[i].product)), out[i].quantity, out[i].price, out[i].added != 0});
  }
  return parts;
}

void Pos::replace(const PosPrompt& prompt, Minor unit_price) {
  Milli left = prompt.quantity;
  for (std::size_t i = lines_.size(); i > 0 && left > 0; --i) {
    PosLine& line = lines_[i - 1];
    if (line.product != prompt.replaces || !line.bundle.empty() || line.quantity <= 0) continue;
    PosLine off = line;
    off.quantity = std::min(left, line.quantity);
    off.made_by = prompt.id;
    left -= off.quantity;
    line.quantity -= off.quantity;
    if (line.quantity == 0) lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(i - 1));
    swapped_.push_back(std::move(off));
  }
  lines_.push_back(
      {prompt.product, SIDEDISH_LINE_GOODS, prompt.quantity, unit_price, prompt.id, 0, {}, 0});
}

void Pos::convert(const PosPrompt& prompt, const std::vector<PosPart>& parts,
                  const std::function<Minor(const std::string&)>& unit_price) {
  for (const PosPart& part : parts) {
    if (part.added) {
      PosLine line{part.product,  SIDEDISH_LINE_GOODS,
                   part.quantity, unit_price(part.product),
                   prompt.id,     0,
                   prompt.rule,   prompt.id};
      line.discount = line.value() - part.price;
      lines_.push_back(std::move(line));
      continue;
    }
    // Its units may stand on several lines: each gives what it has, the last one what is left over.
    Milli left = part.quantity;
    Minor price = part.price;
    for (std::size_t i = 0; i < lines_.size() && left > 0; ++i) {
      if (lines_[i].product != part.product || !lines_[i].bundle.empty() ||
          lines_[i].quantity < kOne) {
        continue;
      }
      PosLine taken = lines_[i];
      taken.quantity = std::min(left, taken.quantity / kOne * kOne);
      taken.bundle = prompt.rule;
      taken.made_by = prompt.id;
      const Minor share = mul_div(price, taken.quantity, left).value_or(0);
      taken.discount = 0;
      taken.discount = taken.value() - share;
      price -= share;
      left -= taken.quantity;
      lines_[i].quantity -= taken.quantity;
      if (lines_[i].quantity == 0) {
        lines_[i] = std::move(taken);
      } else {
        lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(i), std::move(taken));
        ++i;
      }
    }
  }
}

void Pos::undo(std::uint64_t prompt) {
  std::erase_if(lines_, [&](const PosLine& line) { return line.from_prompt == prompt; });
  for (PosLine& line : lines_) {
    if (line.made_by != prompt) continue;
    line.discount = 0;
    line.bundle.clear();
    line.made_by = 0;
  }
  for (PosLine& line : swapped_) {
    if (line.made_by != prompt) continue;
    line.made_by = 0;
    lines_.push_back(line);
  }
  std::erase_if(swapped_, [](const PosLine& line) { return line.made_by == 0; });
}

Minor Pos::total() const {
  Minor sum = 0;
  for (const PosLine& line : lines_) {
    if (line.kind == SIDEDISH_LINE_GOODS) sum += line.value();
  }
  return sum;
}

std::int32_t Pos::update(std::int32_t reason, std::int32_t moment) {
  std::vector<sidedish_line> lines(lines_.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    sidedish_line& line = lines[i];
    line = sidedish_line{};
    line.struct_size = sizeof line;
    line.kind = lines_[i].kind;
    line.product = text(lines_[i].product);
    line.quantity = lines_[i].quantity;
    line.unit_price = lines_[i].unit_price;
    line.line_total = lines_[i].value();
    line.from_prompt = lines_[i].from_prompt;
    line.bundle = text(lines_[i].bundle);
  }
  std::vector<sidedish_fact> facts(facts_.size());
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    facts[i] = sidedish_fact{};
    facts[i].struct_size = sizeof(sidedish_fact);
    facts[i].name = text(facts_[i].first);
    facts[i].text = text(facts_[i].second);
  }
  sidedish_snapshot snapshot{};
  snapshot.struct_size = sizeof snapshot;
  snapshot.reason = reason;
  snapshot.basket = text(basket_);
  snapshot.seq = ++seq_;
  snapshot.now_utc_ms = now_;
  snapshot.now_steady_ms = now_;
  snapshot.mode = mode_;
  snapshot.holds = holds_;
  snapshot.channel = setup_.channel;
  snapshot.moment = moment;
  snapshot.language = text(language_);
  snapshot.operator_id = text(operator_);
  std::memcpy(snapshot.currency, setup_.currency.data(),
              std::min<std::size_t>(3, setup_.currency.size()));
  snapshot.prices_include_tax = setup_.prices_include_tax ? 1 : 0;
  snapshot.total = total();
  snapshot.lines = lines.data();
  snapshot.line_count = static_cast<std::uint32_t>(lines.size());
  snapshot.facts = facts.data();
  snapshot.fact_count = static_cast<std::uint32_t>(facts.size());

  sidedish_prompt out[4] = {};
  out[0].struct_size = sizeof out[0];
  std::uint32_t count = 4;
  std::int32_t status = SIDEDISH_OK;
  {
    const Timed timed(decide_);
    status = library_.basket_update(lane_, &snapshot, out, &count);
  }
  prompts_.clear();
  if (status != SIDEDISH_OK) return status;
  for (std::uint32_t i = 0; i < count; ++i) {
    prompts_.push_back({out[i].id, std::string(view(out[i].product)), out[i].quantity,
                        out[i].price_effect, std::string(view(out[i].headline)),
                        std::string(view(out[i].reason)), std::string(view(out[i].rule)),
                        out[i].fresh != 0, out[i].action, std::string(view(out[i].replaces)),
                        out[i].saving});
  }
  return status;
}

std::int32_t Pos::event(std::int32_t type) {
  sidedish_event event{};
  event.struct_size = sizeof event;
  event.type = type;
  event.basket = text(basket_);
  event.now_utc_ms = now_;
  event.now_steady_ms = now_;
  if (type == SIDEDISH_EVENT_COMPLETED) {
    event.total = total();
    event.total_known = 1;
  }
  return library_.basket_event(lane_, &event);
}

std::int32_t Pos::answer(std::uint64_t prompt, std::int32_t type, std::int32_t by) {
  sidedish_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.type = type;
  outcome.prompt = prompt;
  outcome.by = by;
  outcome.now_utc_ms = now_;
  outcome.now_steady_ms = now_;
  const Timed timed(outcome_);
  return library_.prompt_outcome(lane_, &outcome);
}

std::int32_t Pos::give_back(std::string_view sale, const PosLine& line) {
  sidedish_return back{};
  back.struct_size = sizeof back;
  back.basket = text(sale);
  back.product = text(line.product);
  back.quantity = line.quantity < 0 ? -line.quantity : line.quantity;
  back.value = extended_price(back.quantity, line.unit_price).value_or(0);
  if (back.value < 0) back.value = -back.value;
  std::memcpy(back.currency, setup_.currency.data(),
              std::min<std::size_t>(3, setup_.currency.size()));
  back.now_utc_ms = now_;
  back.now_steady_ms = now_;
  return library_.record_return(lane_, &back);
}

sidedish_status Pos::status() const {
  sidedish_status status{};
  status.struct_size = sizeof status;
  library_.lane_status(lane_, &status);
  return status;
}

}  // namespace sidedish::sim
