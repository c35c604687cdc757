#include "plugin/loopback/lanes.hpp"

#include <algorithm>

namespace sidedish::loopback {
namespace {

constexpr MonoMs kHour = 3'600'000;

void tell(void* context, std::int32_t, const char* text, std::size_t size) {
  const auto& log = *static_cast<const std::function<void(std::string_view)>*>(context);
  if (log) log({text, size});
}

}  // namespace

bool Pace::take(MonoMs now) noexcept {
  if (at_ != 0 && now > at_) {
    thousandths_ = std::min(kAtOnce * 1000, thousandths_ + (now - at_) * kASecond);
  }
  at_ = now;
  if (thousandths_ < 1000) return false;
  thousandths_ -= 1000;
  return true;
}

std::string WebLane::standing() const {
  std::string out = "[";
  for (const auto& [id, prompt] : prompts) out.append(out.size() > 1 ? "," : "").append(prompt);
  return out += ']';
}

Lanes::Lanes(LanesConfig config, const Clock& clock) : config_(std::move(config)), clock_(clock) {}

Lanes::~Lanes() { close_all(); }

/// The lane's own lock is held, or nobody can find it any more.
void Lanes::close(WebLane& lane) const {
  lane::Host::close_lane(lane.lane);
  lane.lane = nullptr;
  lane.rules = nullptr;
  lane.prompts.clear();
  lane.snapshot.clear();
}

bool Lanes::make_room() {
  if (lanes_.size() < lane::kMaxLanes) return true;
  auto oldest = lanes_.end();
  for (auto at = lanes_.begin(); at != lanes_.end(); ++at) {
    const std::lock_guard lock(at->second->mutex);
    if (at->second->lane->live() > 0) continue;
    if (oldest == lanes_.end() || at->second->used < oldest->second->used) oldest = at;
  }
  if (oldest == lanes_.end()) return false;
  {
    const std::lock_guard lock(oldest->second->mutex);
    close(*oldest->second);
  }
  lanes_.erase(oldest);
  return true;
}

bool Lanes::open_host() {
  if (host_ != nullptr || over_) return host_ != nullptr;
  const std::string state = config_.state_dir.string();
  const std::string run = config_.run_dir.string();
  void* log = const_cast<std::function<void(std::string_view)>*>(&config_.log);
  lane::Status status = lane::Status::ok;
  host_ = lane::Host::open({state, run, {}, {}, tell, log}, status);
  return host_ != nullptr;
}

void Lanes::with_rules(const std::function<void(const image::Image&)>& look) {
  const std::lock_guard lock(mutex_);
  if (!open_host()) return;
  const lane::Loaded* loaded = host_->rules().acquire();
  if (loaded != nullptr) look(loaded->image);
  host_->rules().release(loaded);
}

Lanes::Put Lanes::put(std::string_view name, const LaneRequest& wanted) {
  if (config_.store.empty() || config_.terminal.empty()) return Put::no_place;
  const std::lock_guard lock(mutex_);
  if (over_) return Put::limit;
  if (const auto found = lanes_.find(name); found != lanes_.end()) {
    const std::shared_ptr<WebLane> kept = found->second;  // until it is unlocked
    WebLane& lane = *kept;
    const std::lock_guard lane_lock(lane.mutex);
    lane.used = clock_.steady();
    if (lane.capabilities == wanted.capabilities && lane.masks == wanted.barcode_masks) {
      lane.channel = wanted.channel;
      return Put::same;
    }
    if (lane.lane->live() > 0) return Put::conflict;
    close(lane);
    lanes_.erase(found);
  }
  if (!make_room()) return Put::limit;
  lane::Status status = lane::Status::ok;
  if (!open_host()) return Put::no_memory;
  lane::Masks masks;
  (void)lane::Masks::parse(wanted.barcode_masks, masks);  // read_lane() has said that it is fine
  auto lane = std::make_shared<WebLane>();
  lane->lane =
      host_->open_lane(config_.store, config_.terminal, wanted.capabilities, masks, status);
  if (lane->lane == nullptr) return status == lane::Status::limit ? Put::limit : Put::no_memory;
  lane->name = name;
  lane->capabilities = wanted.capabilities;
  lane->masks = wanted.barcode_masks;
  lane->barcodes = masks;
  lane->rules = &host_->rules();
  lane->channel = wanted.channel;
  lane->used = clock_.steady();
  lanes_.emplace(lane->name, std::move(lane));
  return Put::opened;
}

std::shared_ptr<WebLane> Lanes::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = lanes_.find(name);
  return found == lanes_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<WebLane>> Lanes::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<WebLane>> out;
  for (const auto& [name, lane] : lanes_) out.push_back(lane);
  return out;
}

void Lanes::tick() {
  const MonoMs now = clock_.steady();
  {
    // Here rather than in a basket's first update. A basket that is live keeps the rules it has.
    const std::lock_guard lock(mutex_);
    if (host_ != nullptr && host_->rules().is_news()) (void)host_->rules().load();
  }
  for (const auto& lane : all()) {
    const std::lock_guard lock(lane->mutex);
    if (lane->lane == nullptr) continue;
    const lane::Rules& rules = lane->lane->rules();
    if (rules.is_overlay_news() || lane->lane->generation() != rules.generation()) {
      (void)lane::Host::refresh_lane(lane->lane);
    }
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(lanes_, [&](auto& entry) {
    WebLane& lane = *entry.second;
    const std::lock_guard lane_lock(lane.mutex);
    const MonoMs idle = now - lane.used;
    if (idle < (lane.lane->live() > 0 ? 24 * kHour : kHour)) return false;
    close(lane);
    return true;
  });
}

void Lanes::close_all() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  for (const auto& [name, lane] : lanes_) {
    const std::lock_guard lane_lock(lane->mutex);
    close(*lane);
  }
  lanes_.clear();
  lane::Host::close(host_);
  host_ = nullptr;
}

}  // namespace sidedish::loopback
