#include "plugin/lane/host.hpp"

#include "rules/base/hash.hpp"

#include <cstddef>
#include <cstring>
#include <ctime>
#include <new>
#include <sys/random.h>

namespace sidedish::lane {

Host::Cell* Host::Cell::of(Lane* lane) noexcept {
  return reinterpret_cast<Cell*>(reinterpret_cast<std::byte*>(lane) - offsetof(Cell, room));
}

void Host::log(LogLevel level, std::string_view text) const noexcept {
  if (config_.log != nullptr) config_.log(config_.log_context, level, text.data(), text.size());
}

Host* Host::open(const HostConfig& config, Status& status) noexcept {
  Pages memory;
  if (!memory.take(sizeof(Host))) {
    status = Status::no_memory;
    return nullptr;
  }
  Host* host = new (memory.data()) Host;
  RulesPlaces& places = host->places_;
  places.state_dir = Path(config.state_dir.empty() ? "/var/lib/sidedish" : config.state_dir);
  places.run_dir = config.run_dir.empty() ? default_run_dir() : Path(config.run_dir);
  places.image_file = Path(config.image_file);
  places.owners = owners_named(config.owner.empty() ? "sidedish" : config.owner);
  const bool fits = places.state_dir.fits() && places.run_dir.fits() && places.image_file.fits();
  if (!fits || !host->alive_.take(4096)) {
    status = fits ? Status::no_memory : Status::invalid;
    host->~Host();
    return nullptr;
  }
  host->config_.log = config.log;
  host->config_.log_context = config.log_context;
  if (!host->alive_.wipe_on_fork()) {
    host->log(kLogWarning, "this kernel cannot wipe a page on fork: a forked child must not call");
  }
  *reinterpret_cast<volatile std::uint32_t*>(host->alive_.data()) = 1;
  const Result<void> loaded = host->rules_.open(places);
  if (!loaded) host->log(kLogWarning, loaded.error().text());
  status = Status::ok;
  memory.detach();
  return host;
}

void Host::close(Host* host) noexcept {
  if (host == nullptr) return;
  for (std::atomic<Cell*>& cell : host->lanes_) {
    Cell* open = cell.load(std::memory_order_acquire);
    if (open != nullptr) close_lane(open->lane());
  }
  host->~Host();
  Pages::unmap(host, sizeof(Host));
}

/// Never the same twice, also when a process starts again within a millisecond: ids of records and
/// the experiment's units are drawn from it.
std::uint64_t Host::draw_epoch(std::uint32_t serial) noexcept {
  std::uint64_t epoch = 0;
  if (::getrandom(&epoch, sizeof epoch, GRND_NONBLOCK) == sizeof epoch && epoch != 0) return epoch;
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  const Result<ProcessName> self = this_process();
  const std::uint64_t who = self ? hash64(self->boot_id, self->pid ^ (self->start_time << 24)) : 1;
  return mix64(who ^ mix64(static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000U +
                           static_cast<std::uint64_t>(t.tv_nsec) + serial));
}

Lane* Host::open_lane(std::string_view store, std::string_view terminal, std::uint32_t capabilities,
                      const Masks& masks, Status& status) noexcept {
  const auto* alive = reinterpret_cast<const volatile std::uint32_t*>(alive_.data());
  if (*alive == 0) {
    status = Status::forked;
    return nullptr;
  }
  Pages memory;
  if (!memory.take(sizeof(Cell))) {
    status = Status::no_memory;
    return nullptr;
  }
  auto* cell = reinterpret_cast<Cell*>(memory.data());
  std::uint32_t index = 0;
  for (; index < kMaxLanes; ++index) {
    Cell* nobody = nullptr;
    if (lanes_[index].compare_exchange_strong(nobody, cell, std::memory_order_acq_rel)) break;
  }
  if (index == kMaxLanes) {
    status = Status::limit;
    return nullptr;
  }
  const std::uint32_t serial = serial_.fetch_add(1, std::memory_order_relaxed);
  cell->host = this;
  cell->index = index;
  Lane* lane = new (cell->room)
      Lane(rules_, LaneConfig{store, terminal, capabilities, masks, draw_epoch(serial), alive});
  memory.detach();

  Result<void> ring = [&]() -> Result<void> {
    const Result<ProcessName> self = this_process();
    if (!self) return tl::unexpected<Error>(self.error());
    const Result<File> folder = open_rings_folder(places_.run_dir.c_str(), places_.owners);
    if (!folder) return tl::unexpected<Error>(folder.error());
    return lane->open_ring(folder->get(), *self, serial);
  }();
  (void)lane->refresh();  // the room that the rules need, before the first sale
  status = Status::ok;
  lane->clear_error();
  if (!ring) {
    status = lane->refuse(Status::no_state, ring.error().text());
    log(kLogWarning, ring.error().text());
  }
  return lane;
}

void Host::close_lane(Lane* lane) noexcept {
  if (lane == nullptr) return;
  Cell* cell = Cell::of(lane);
  std::atomic<Cell*>& place = cell->host->lanes_[cell->index];
  lane->~Lane();
  place.store(nullptr, std::memory_order_release);
  Pages::unmap(cell, sizeof(Cell));
}

Status Host::refresh_lane(Lane* lane) noexcept {
  const std::uint64_t before = lane->rules().refused();
  const Status status = lane->refresh();
  if (lane->rules().refused() != before) Cell::of(lane)->host->log(kLogWarning, lane->error());
  lane->clear_error();
  return status;
}

}  // namespace sidedish::lane
