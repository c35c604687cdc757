#include "plugin/lane/lane.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

namespace sidedish::lane {
namespace {

constexpr UtcMs kYear2000 = 946'684'800'000;
constexpr UtcMs kLastMs = 253'402'300'799'999;  // of the year 9999
constexpr UtcMs kForgottenAfter = 24 * 3'600'000;
constexpr UtcMs kLateAtMost = 4 * 3'600'000;  // no snapshot is on its way for longer
constexpr std::uint64_t kSampleOneIn = 64;    // of silent decisions

std::int64_t read_clock(clockid_t which) noexcept {
  timespec t{};
  ::clock_gettime(which, &t);  // the vDSO: no system call
  return std::int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}

bool withheld(Arm arm) noexcept { return arm == Arm::control || arm == Arm::global_control; }

}  // namespace

Lane::Lane(Rules& rules, const LaneConfig& config) noexcept
    : rules_(rules),
      alive_(config.alive),
      capabilities_(config.capabilities),
      masks_(config.masks),
      epoch_(config.epoch),
      lane_memory_(engine::open_lane()) {
  store_.set(config.store);
  terminal_.set(config.terminal);
}

Lane::~Lane() {
  if (is_forked()) {
    recorder_.ring().forget();
    return;
  }
  const Now now = read({});
  begin(now);
  for (LiveBasket& basket : baskets_) {
    if (basket.used) close(basket, {End::unknown, {}, 0, false}, now);
  }
  recorder_.end();
}

Result<void> Lane::open_ring(int rings_folder, const ProcessName& process,
                             std::uint32_t index) noexcept {
  return recorder_.ring().create(rings_folder,
                                 {process, index, epoch_, store_.view(), terminal_.view()});
}

Status Lane::refuse(Status status, std::string_view why) noexcept {
  error_size_ = static_cast<std::uint16_t>(std::min(why.size(), sizeof error_));
  std::memcpy(error_, why.data(), error_size_);
  return status;
}

Lane::Now Lane::read(const Moments& given) noexcept {
  Now now{};
  now.utc = given.utc != 0 ? given.utc : read_clock(CLOCK_REALTIME);
  now.steady = std::max<MonoMs>(0, given.steady != 0 ? given.steady : read_clock(CLOCK_MONOTONIC));
  now.clock = now.utc < kYear2000   ? model::ClockQuality::unset
              : now.utc < last_utc_ ? model::ClockQuality::went_back
                                    : model::ClockQuality::good;
  now.utc = std::clamp<UtcMs>(now.utc, 0, kLastMs);
  last_utc_ = std::max(last_utc_, now.utc);
  return now;
}

void Lane::begin(const Now& now) noexcept {
  recorder_.begin({store_.view(), terminal_.view(), now.utc, now.steady, now.clock});
}

// ---- rules -------------------------------------------------------------------------------------

const image::Image& Lane::image_of(const LiveBasket& basket) const noexcept {
  return basket.rules != nullptr ? basket.rules->image : no_rules_;
}

/// The rules of a basket, for as long as it lives: those that are current when it begins.
void Lane::take_rules(LiveBasket& basket) noexcept {
  if (rules_.is_news()) {
    const Result<void> loaded = rules_.load();
    if (!loaded && loaded.error().code() == Errc::limit) {
      // Every slot is held by an old basket somewhere: give up those that we have parked.
      for (LiveBasket& other : baskets_) {
        if (!other.used || other.parked == Parked::no) continue;
        for (std::uint32_t i = 0; i < other.goods.count; ++i) {
          other.goods.items[i].product = image::kNone;
        }
        rules_.release(other.rules);
        other.rules = nullptr;
      }
      (void)rules_.load();
    }
  }
  basket.rules = rules_.acquire();
  basket.place = {};
  const std::size_t needed = engine::scratch_bytes(image_of(basket));
  if (needed > scratch_.size() && !scratch_.take(needed)) {
    rules_.release(basket.rules);
    basket.rules = nullptr;
  }
  if (basket.rules == nullptr) return;
  basket.place = find_place(basket.rules->image, store_.view(), terminal_.view());
  generation_ = basket.rules->generation;
  pack_version_ = basket.rules->image.settings().pack_version;
}

Status Lane::refresh() noexcept {
  if (is_forked()) return Status::forked;
  if (active_ != nullptr) return Status::ok;
  const Result<void> loaded = rules_.load();
  (void)rules_.load_overlay();
  LiveBasket& place = *spare();
  take_rules(place);  // makes the room that these rules need, outside a sale
  drop(place);
  if (loaded || loaded.error().code() == Errc::not_found) return Status::ok;
  (void)refuse(Status::ok, loaded.error().text());
  return Status::ok;
}

// ---- live baskets ------------------------------------------------------------------------------

unsigned Lane::live() const noexcept {
  unsigned n = 0;
  for (const LiveBasket& basket : baskets_) n += basket.used ? 1U : 0U;
  return n;
}

LiveBasket* Lane::find(std::string_view id) noexcept {
  for (LiveBasket& basket : baskets_) {
    if (basket.used && basket.id.view() == id) return &basket;
  }
  return nullptr;
}

bool Lane::in_tender(std::string_view basket) noexcept {
  const LiveBasket* found = find(basket);
  return found != nullptr && found->tender;
}

LiveBasket* Lane::spare() noexcept {
  for (LiveBasket& basket : baskets_) {
    if (!basket.used) return &basket;
  }
  return &baskets_[kMaxLive];  // cannot be: kMaxLive of kMaxLive + 1 are used at most
}

End Lane::forgotten() const noexcept {
  return (capabilities_ & kReportsCompletion) != 0 ? End::unknown : End::inferred;
}

bool Lane::has_room(const Now& now) const noexcept {
  if (live() < kMaxLive) return true;
  for (const LiveBasket& basket : baskets_) {
    if (!basket.used) continue;
    if (basket.parked != Parked::said || now.utc - basket.touched_at > kForgottenAfter) return true;
  }
  return false;
}

Status Lane::refuse_ninth() noexcept {
  static_assert(kMaxLive == 8);
  ++counters_.baskets_full;
  return refuse(Status::limit, "8 baskets are parked in this lane: complete or void one of them");
}

LiveBasket* Lane::make_room(const Now& now) noexcept {
  if (live() >= kMaxLive) {
    LiveBasket* oldest = nullptr;
    for (LiveBasket& basket : baskets_) {
      const bool old =
          basket.parked != Parked::said || now.utc - basket.touched_at > kForgottenAfter;
      if (!basket.used || &basket == active_ || !old) continue;
      if (oldest == nullptr || basket.touched < oldest->touched) oldest = &basket;
    }
    if (oldest == nullptr) return nullptr;
    ++counters_.baskets_forgotten;
    close(*oldest, {forgotten(), {}, 0, false}, now);
  }
  return spare();
}

void Lane::start(LiveBasket& basket, std::string_view id, const Now& now) noexcept {
  basket.used = true;
  basket.tender = basket.checkout = basket.mixed = basket.shown = false;
  basket.parked = Parked::no;
  basket.mode = Mode::sale;
  basket.channel = Channel::cashier;
  basket.moment = Moment::basket;
  std::memset(basket.currency, 0, sizeof basket.currency);
  basket.id.set(id);
  basket.seq = 0;
  basket.content = 0;
  basket.tender_at = 0;
  std::memset(basket.notes, 0, sizeof basket.notes);
  const std::uint64_t unit = hash64(terminal_.view(), epoch_ ^ mix64(++opened_));
  basket.memory = engine::open_basket(unit, now.utc);
}

void Lane::drop(LiveBasket& basket) noexcept {
  rules_.release(basket.rules);
  basket.rules = nullptr;
  basket.used = false;
  if (active_ == &basket) active_ = nullptr;
}

/// Another basket is on the till now: the one before is parked, or over when payment had begun.
void Lane::activate(LiveBasket& basket, const Now& now) noexcept {
  if (active_ != nullptr && active_ != &basket) {
    if (active_->tender) {
      close(*active_, {forgotten(), {}, 0, false}, now);
    } else {
      park(*active_, Parked::inferred, now);
    }
  }
  active_ = &basket;
  basket.parked = Parked::no;
  basket.touched = ++clock_;
  basket.touched_at = now.utc;
}

// ---- the snapshot ------------------------------------------------------------------------------

Status Lane::update(const Snapshot& snapshot, std::span<Offered> out,
                    std::uint32_t& count) noexcept {
  count = 0;
  if (is_forked()) return Status::forked;
  ++counters_.updates;
  LiveBasket* basket = find(snapshot.basket);
  const Now now = read(snapshot.now);
  bool used_again = false;
  if (basket != nullptr && basket->shown && snapshot.seq <= basket->seq) {
    used_again = now.utc - basket->touched_at > kLateAtMost;
    if (!used_again) {
      ++counters_.stale;
      return refuse(Status::stale, "the basket is already at this or a later seq");
    }
  }
  begin(now);
  if (used_again) {  // yesterday's, of a host that ends none and counts from 1 again
    close(*basket, {forgotten(), {}, 0, false}, now);
    basket = nullptr;
  }
  const bool known = basket != nullptr;
  if (!known) {
    if (!has_room(now)) {
      ++counters_.refused;
      return refuse_ninth();
    }
    basket = spare();
  }
  if (basket->rules == nullptr) take_rules(*basket);
  // Rules never change in mid-basket; what is paused, recalled or repriced does.
  if (rules_.is_overlay_news()) (void)rules_.load_overlay();
  const image::Image& image = image_of(*basket);
  const std::uint64_t goods_before = known && basket->shown ? basket->goods.hash : 0;
  normalise(image, masks_, snapshot.lines, snapshot.total, rows_, basket->goods);
  engine::Context context = make_context(image, masks_, basket->place,
                                         out.empty() ? 0 : capabilities_, snapshot, false, 0);
  const std::uint64_t content = fingerprint(bytes_of(context), basket->goods.hash);
  if (!known) {
    // A late copy of the last snapshot of a basket that has ended is no new basket.
    if (!used_again && last_closed_.is_set && last_closed_.id.view() == snapshot.basket &&
        last_closed_.seq == snapshot.seq && last_closed_.content == content) {
      drop(*basket);
      ++counters_.stale;
      return refuse(Status::stale, "the basket has ended at this seq");
    }
    start(*basket, snapshot.basket, now);
  }
  activate(*basket, now);
  if (live() > kMaxLive) (void)make_room(now);
  if (basket->tender && basket->shown && goods_before != basket->goods.hash) {
    basket->tender = false;  // nobody adds a line while paying: tender was cancelled
    basket->tender_at = 0;
  }
  const bool changed = !basket->shown || content != basket->content;
  basket->shown = true;
  basket->seq = snapshot.seq;
  basket->content = content;
  basket->mode = snapshot.mode;
  basket->channel = snapshot.channel;
  basket->moment = snapshot.moment;
  std::memcpy(basket->currency, context.currency, sizeof basket->currency);
  context.now = now.utc;
  context.tender_begun = basket->tender ? 1 : 0;
  basket->context = context;
  if (!recorder_.ring().is_open()) {
    counters_.last_silence = Silence::no_image;
    ++counters_.silences[static_cast<unsigned>(Silence::no_image)];
    return Status::ok;
  }
  decide(*basket, context, changed, now);
  recorder_.end();

  const Laid* laid = rules_.acquire_overlay();
  const image::Overlay& overlay = laid != nullptr ? laid->overlay : no_overlay_;
  for (std::uint32_t i = 0; i < decision_.prompt_count && count < out.size(); ++i) {
    const engine::Prompt& prompt = decision_.prompts[i];
    if (withheld(prompt.arm)) continue;
    out[count++] = engine::offered_of(image, overlay, context, prompt, snapshot.seq, said_[i]);
  }
  rules_.release(laid);
  return Status::ok;
}

Status Lane::parts(std::uint64_t prompt, std::span<OfferedPart, engine::kMaxParts> out,
                   std::uint32_t& count) noexcept {
  count = 0;
  if (is_forked()) return Status::forked;
  for (const LiveBasket& basket : baskets_) {
    if (!basket.used || !basket.shown) continue;
    for (const engine::PromptSlot& slot : basket.memory.slots) {
      if (slot.id == 0 || slot.id != prompt || slot.state != engine::PromptState::shown) continue;
      const image::Image& image = image_of(basket);
      engine::Part parts[engine::kMaxParts];
      const Laid* laid = rules_.acquire_overlay();
      const std::uint32_t n = engine::parts_of(image, laid != nullptr ? laid->overlay : no_overlay_,
                                               basket.context, basket.goods.basket(), slot, parts);
      rules_.release(laid);
      for (; count < n; ++count) out[count] = engine::part_of(image, parts[count]);
      return Status::ok;
    }
  }
  return refuse(Status::not_found, "no such prompt stands in a basket of this lane");
}

void Lane::decide(LiveBasket& basket, const engine::Context& context, bool changed,
                  const Now&) noexcept {
  customers_.look_up(context.customer_hash, lane_memory_.customer);
  before_ = {basket.memory, lane_memory_};
  engine::Memory memory = before_;
  const Laid* laid = rules_.acquire_overlay();
  engine::decide(image_of(basket), laid != nullptr ? laid->overlay : no_overlay_, context,
                 basket.goods.basket(), changed, memory, scratch_.bytes(), decision_);
  basket.memory = memory.basket;
  lane_memory_ = memory.lane;
  customers_.keep(lane_memory_.customer);
  counters_.customers_forgotten = customers_.forgotten();
  counters_.last_silence = decision_.silence;
  ++counters_.silences[static_cast<unsigned>(decision_.silence) % kSilenceReasons];
  counters_.caps_full += decision_.caps_full;
  counters_.searches_cut += decision_.cut;
  record_changes(basket);
  record_prompts(basket);
  bool speaks = false;
  for (std::uint32_t i = 0; i < decision_.prompt_count; ++i) {
    speaks = speaks || decision_.prompts[i].fresh != 0;
  }
  const bool sampled = changed && decision_.prompt_count == 0 && basket.rules != nullptr &&
                       mix64(basket.memory.unit + basket.memory.revision) % kSampleOneIn == 0;
  const image::Digest overlay = laid != nullptr ? laid->digest : image::Digest{};
  rules_.release(laid);
  if (speaks || sampled) record_decision(basket, overlay, context, changed);
}

}  // namespace sidedish::lane
