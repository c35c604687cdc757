#include "plugin/agent/drain.hpp"

#include "rules/format/wire_words.hpp"
#include "rules/model/outcome.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace sidedish::agent {
namespace {

std::string read_text(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What a ring's file name says of its producer: boot id, pid, start time, lane. Nothing else of it
/// is known before the header is whole.
std::optional<RingName> named(std::string_view file) {
  RingName name;
  constexpr std::size_t kBootId = 36;
  if (file.size() <= kBootId || file[kBootId] != '.') return std::nullopt;
  name.boot_id = file.substr(0, kBootId);
  const char* at = file.data() + kBootId;
  const char* const end = file.data() + file.size();
  const auto number = [&](auto& out) {
    if (at == end || *at != '.') return false;
    const auto [rest, error] = std::from_chars(at + 1, end, out);
    at = rest;
    return error == std::errc{};
  };
  if (!number(name.pid) || !number(name.start_time) || !number(name.lane)) return std::nullopt;
  return std::string_view(at, static_cast<std::size_t>(end - at)) == ".ring" ? std::optional(name)
                                                                             : std::nullopt;
}

bool is_currency(const char (&code)[4]) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return code[3] == 0 &&
         (code[0] == 0 || (capital(code[0]) && capital(code[1]) && capital(code[2])));
}

}  // namespace

bool producer_alive(const RingName& name) {
  std::string boot = read_text("/proc/sys/kernel/random/boot_id");
  if (boot.size() < 36 || name.boot_id != boot.substr(0, 36)) return false;
  const std::string stat = read_text("/proc/" + std::to_string(name.pid) + "/stat");
  std::size_t at = stat.rfind(')');
  if (at == std::string::npos) return false;
  // A zombie writes nothing any more.
  if (at + 2 < stat.size() && (stat[at + 2] == 'Z' || stat[at + 2] == 'X')) return false;
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string::npos) return false;
  return std::strtoull(stat.c_str() + at + 1, nullptr, 10) == name.start_time;
}

Drain::Drain(std::filesystem::path rings, SharedOutbox& outbox, Records& records,
             ProducerAlive alive)
    : rings_path_(std::move(rings)), outbox_(outbox), records_(records), alive_(std::move(alive)) {}

Drain::~Drain() {
  if (folder_ >= 0) ::close(folder_);
}

void Drain::discover(DrainReport& report) {
  if (folder_ < 0) {
    folder_ = ::open(rings_path_.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (folder_ < 0) {
      report.trouble = "opening the rings folder: " + std::string(std::strerror(errno));
      return;
    }
  }
  const int copy = ::openat(folder_, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  DIR* list = copy < 0 ? nullptr : ::fdopendir(copy);
  if (list == nullptr) return;
  while (const dirent* entry = ::readdir(list)) {
    const std::string file = entry->d_name;
    if (!file.ends_with(".ring") || rings_.contains(file)) continue;
    auto reader = RingReader::open(folder_, file);
    if (!reader) {
      if (reader.error().code() == Errc::not_found) {
        remove_unfinished(file, report);
        continue;
      }
      if (std::find(refused_.begin(), refused_.end(), file) != refused_.end()) continue;
      refused_.push_back(file);
      report.trouble = reader.error().text();
      static_cast<void>(outbox_.with([](auto& box) { return box.count("rings_refused"); }));
      continue;
    }
    char epoch[18];
    std::snprintf(epoch, sizeof epoch, "#%016llx",
                  static_cast<unsigned long long>(reader->name().epoch));
    const std::string key = file + epoch;
    const auto state = reader->state();
    const auto cursor = outbox_.with([&](auto& box) { return box.cursor(key); });
    const auto seen = outbox_.with([&](auto& box) { return box.seen(key); });
    if (!state || !cursor || !seen) continue;
    Ring ring{std::move(*reader), key, cursor->value_or(state->tail), ~std::uint64_t{0}, {}, {}};
    for (const outbox::SlotSeen& slot : *seen) ring.seen[slot.slot] = slot;
    rings_.emplace(file, std::move(ring));
  }
  ::closedir(list);
}

void Drain::remove_unfinished(const std::string& file, DrainReport& report) {
  const auto name = named(file);
  if (!name || alive_(*name)) return;
  // Looked at again now that nobody writes to it: it may have been finished in between.
  const auto again = RingReader::open(folder_, file);
  if (again || again.error().code() != Errc::not_found) return;
  if (::unlinkat(folder_, file.c_str(), 0) != 0) return;
  ++report.removed;
  static_cast<void>(outbox_.with([](auto& box) { return box.count("rings_unfinished"); }));
}

DrainReport Drain::once() {
  DrainReport report;
  discover(report);
  for (auto at = rings_.begin(); at != rings_.end();) {
    Ring& ring = at->second;
    // Asked before the ring is read: what a dying process wrote last is seen.
    const bool alive = alive_(ring.reader.name());
    const auto state = ring.reader.state();
    const bool live = state && state->live && alive;
    bool drained = false;
    const auto polled =
        state ? poll(ring, !live, report, drained) : Result<void>(tl::unexpected(state.error()));
    ++report.rings;
    report.live += live ? 1U : 0U;
    if (!polled) report.trouble = polled.error().text();
    const bool broken = !polled && polled.error().code() == Errc::corrupt;
    if ((polled && !live && drained) || (broken && !alive)) {
      ::unlinkat(folder_, at->first.c_str(), 0);
      static_cast<void>(outbox_.with([&](auto& box) { return box.forget(ring.key); }));
      ++report.removed;
      at = rings_.erase(at);
    } else {
      ++at;
    }
  }
  return report;
}

Result<void> Drain::poll(Ring& ring, bool last, DrainReport& report, bool& drained) {
  const auto state = ring.reader.state();
  if (!state) return tl::unexpected(state.error());
  outbox::Group group;
  group.ring = ring.key;
  bodies_.clear();
  found_.clear();
  Pieces before = ring.pieces;
  const auto position = collect(ring, *state, group);
  if (!position) return tl::unexpected(position.error());
  group.position = *position;
  bool tallied = true;
  if (ring.folded != state->folded || last) {
    const auto r = tallies(ring, group);
    tallied = r.has_value();
    // One that changed all the while is looked at again; its records need not wait for that.
    if (!tallied && r.error().code() != Errc::conflict) return r;
  }
  if (lost_ > 0) group.counters["decision_records_lost"] = lost_;
  const bool news = *position != ring.position || !group.seen.empty() || !group.counters.empty();
  if (news) {
    if (!group.outcomes.empty()) group.counters["kept"] += group.outcomes.size();
    // Kept first; only then may the lane write over it.
    if (auto r = outbox_.with([&](auto& box) { return box.append(group); }); !r) {
      ring.pieces = std::move(before);
      return r;
    }
    lost_ = 0;
    keep_records(ring, report);
    for (const outbox::SlotSeen& slot : group.seen) ring.seen[slot.slot] = slot;
    report.outcomes += group.outcomes.size();
    ring.position = *position;
  }
  if (tallied) ring.folded = state->folded;
  if (state->tail != ring.position) {
    if (auto r = ring.reader.move_tail(ring.position); !r) return r;
  }
  const bool emptied = ring.position == state->head;
  drained = emptied && tallied;
  report.more = report.more || !emptied;
  return {};
}

Result<std::uint64_t> Drain::collect(Ring& ring, const RingState& state, outbox::Group& group) {
  std::array<model::OutcomeLine, model::kLinesPerPart> lines;
  bodies_.reserve(outbox::kMaxGroup);
  const auto read =
      ring.reader.read(ring.position, state.head, [&](std::span<const std::byte> bytes) -> bool {
        if (group.outcomes.size() >= outbox::kMaxGroup) return false;
        // The texts of the outcome must live as long as the group.
        bodies_.emplace_back(bytes.begin(), bytes.end());
        const auto o = model::decode(bodies_.back(), lines);
        if (!o) {
          ++group.counters["ring_records_refused"];
          bodies_.pop_back();
          return true;
        }
        if (o->kind == OutcomeKind::decision) {
          take_piece(ring, o->decision, o->part, o->parts, group);
          bodies_.pop_back();
          return true;
        }
        if (!format::is_prompt(o->kind) && o->kind != OutcomeKind::basket) {
          ++group.counters["ring_records_refused"];
          bodies_.pop_back();
          return true;
        }
        const RingName& name = ring.reader.name();
        outbox::NewOutcome add;
        add.store = o->store.empty() ? std::string_view(name.store) : o->store;
        add.terminal = o->terminal.empty() ? std::string_view(name.terminal) : o->terminal;
        add.kind = o->kind;
        add.record = o->record;
        add.at = o->at;
        add.arm = o->arm;
        add.rule = o->rule;
        if (is_currency(o->currency)) std::memcpy(add.currency, o->currency, 4);
        const bool basket = o->kind == OutcomeKind::basket;
        add.count = basket && o->part > 0 ? 0 : 1;
        add.amount = !basket ? o->price_effect : o->part == 0 ? o->total : 0;
        add.body = bodies_.back();
        group.outcomes.push_back(add);
        return true;
      });
  if (!read) return tl::unexpected(read.error());
  if (read->corrupt != 0) ++group.counters["ring_damaged"];
  return read->position;
}

void Drain::take_piece(Ring& ring, std::span<const std::byte> piece, std::uint16_t part,
                       std::uint16_t parts, outbox::Group& group) {
  constexpr std::size_t kLargest = 256 * 1024;
  Pieces& pieces = ring.pieces;
  if (part == 0) pieces = {};
  if (part != pieces.next || pieces.bytes.size() + piece.size() > kLargest) {
    ++group.counters["decision_records_incomplete"];
    return;
  }
  pieces.bytes.insert(pieces.bytes.end(), piece.begin(), piece.end());
  ++pieces.next;
  if (pieces.next == parts) found_.push_back(std::exchange(pieces, {}).bytes);
}

void Drain::keep_records(const Ring& ring, DrainReport& report) {
  const RingName& name = ring.reader.name();
  for (const auto& record : found_) {
    if (records_.add(name.terminal, name.lane, record)) {
      ++report.records;
    } else {
      ++lost_;
    }
  }
}

Result<void> Drain::tallies(Ring& ring, outbox::Group& group) {
  const auto slots = ring.reader.tally();
  if (!slots) return tl::unexpected(slots.error());
  for (std::uint32_t i = 0; i < slots->size(); ++i) {
    const lane::TallySlot& slot = (*slots)[i];
    if (slot.used != 1) continue;
    const auto known = ring.seen.find(i);
    const outbox::SlotSeen before =
        known == ring.seen.end() ? outbox::SlotSeen{i, 0, 0} : known->second;
    if (slot.count == before.count && slot.sum == before.sum) continue;
    const auto kind = static_cast<OutcomeKind>(slot.kind);
    const bool sane = slot.count >= before.count && slot.count < (std::uint64_t{1} << 48) &&
                      (format::is_prompt(kind) || kind == OutcomeKind::basket) && slot.arm <= 3 &&
                      is_currency(slot.currency) && slot.hour > -1'000'000 &&
                      slot.hour < 70'000'000 && slot.sum > -(std::int64_t{1} << 60) &&
                      slot.sum < (std::int64_t{1} << 60);
    group.seen.push_back({i, slot.count, slot.sum});
    if (!sane) {
      ++group.counters["tally_slots_refused"];
      continue;
    }
    outbox::NewTally add;
    add.store = ring.reader.name().store;
    add.terminal = ring.reader.name().terminal;
    add.tally.hour = slot.hour;
    if (slot.rule != 0) {
      char id[10];
      std::snprintf(id, sizeof id, "#%08x", slot.rule);
      add.tally.rule = id;
    }
    add.tally.arm = static_cast<Arm>(slot.arm);
    add.tally.kind = kind;
    std::memcpy(add.tally.currency, slot.currency, 4);
    add.tally.count = slot.count - before.count;
    add.tally.sum = slot.sum - before.sum;
    add.tally.origin = format::Origin::ring;
    group.counters["folded_in_ring"] += add.tally.count;
    group.tallies.push_back(std::move(add));
  }
  return {};
}

}  // namespace sidedish::agent
