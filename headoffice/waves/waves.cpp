#include "headoffice/waves/waves.hpp"

#include "headoffice/waves/words.hpp"
#include "rules/base/text.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kShown = 20;
constexpr std::size_t kMostWhy = 200;
constexpr UtcMs kSayAgain = 10 * 60'000;  // the same again is written so often
constexpr std::string_view kStates[] = {"running", "halted", "done", "superseded"};
constexpr std::string_view kLogged[] = {"publication.advanced", "publication.halted",
                                        "publication.done"};

std::string hex(const Sha256& digest) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : digest) {
    out += kHex[static_cast<unsigned>(byte) >> 4U];
    out += kHex[static_cast<unsigned>(byte) & 15U];
  }
  return out;
}

/// The wave after it; the last is for all, and then there is nothing more to wait for.
RolloutRow next_of(const RolloutRow& row, const std::vector<Wave>& waves) {
  RolloutRow out = row;
  out.state = RolloutState::running;
  if (out.wave + 1 < waves.size()) ++out.wave;
  if (waves.empty() || waves[out.wave].all) out.state = RolloutState::done;
  return out;
}

std::string position(const RolloutRow& row) {
  format::JsonWriter json;
  json.open('{').key("version").number(row.version);
  json.key("wave").number(std::uint64_t{row.wave} + 1);
  json.key("state").text(word_of(row.state));
  return json.close('}').take();
}

}  // namespace

std::string_view word_of(RolloutState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

void write_rollout(format::JsonWriter& json, const RolloutRow& row, std::string_view image,
                   const WaveCount& count) {
  json.open('{').key("version").number(row.version).key("pack").text(row.pack);
  json.key("image").text(image).key("state").text(word_of(row.state));
  json.key("waves").raw(row.waves).key("wave").number(std::uint64_t{row.wave} + 1);
  json.key("advance").text(row.automatic ? "by-report" : "by-command");
  json.key("wait_minutes").number(row.wait / 60'000);
  json.key("since").text(format::format_time(row.since)).key("why").text(row.why);
  json.key("terminals").number(std::uint64_t{count.terminals});
  json.key("healthy").number(std::uint64_t{count.healthy});
  json.key("refused").number(std::uint64_t{count.refused}).close('}');
}

Result<ManifestRow> Waves::manifest(std::string_view store, std::string_view terminal) {
  auto offered = store_.offered(store);
  if (!offered) return tl::unexpected<Error>(offered.error());
  for (OfferedManifest& one : *offered) {
    if (!one.rollout || one.rollout->state == RolloutState::done ||
        is_in(read_waves(one.rollout->waves), one.rollout->wave, store, terminal)) {
      return std::move(one.manifest);
    }
  }
  return fail(Errc::not_found, "nothing is published for this terminal yet");
}

Result<bool> Waves::hear(std::string_view store, const Heard& heard) {
  const auto digest = [](const std::string& text) {
    return is_digest(text) ? text : std::string();
  };
  if (heard.terminal.empty()) return false;
  const UtcMs at = clock_.now();
  HealthRow now{digest(heard.running), digest(heard.refused),
                std::string(std::string_view(heard.why).substr(0, kMostWhy)), at, at};
  const auto before = store_.health(store, heard.terminal);
  if (!before && before.error().code() == Errc::not_found) return false;
  if (!before) return tl::unexpected<Error>(before.error());
  const bool same = *before && (*before)->running == now.running &&
                    (*before)->refused == now.refused && (*before)->why == now.why;
  if (same && now.at - (*before)->at < kSayAgain && now.at >= (*before)->at) return false;
  if (same) now.since = (*before)->since;
  const auto put = store_.put_health(store, heard.terminal, now);
  if (!put) return tl::unexpected<Error>(put.error());
  return !same;
}

Result<WaveCount> Waves::count(const RolloutRow& row, const std::vector<Wave>& waves) {
  const auto terminals = store_.health_of(row.version);
  if (!terminals) return tl::unexpected<Error>(terminals.error());
  const std::string image = hex(row.image);
  WaveCount out;
  for (const TerminalHealth& one : *terminals) {
    if (!is_in(waves, row.wave, one.store, one.terminal)) continue;
    ++out.terminals;
    const bool healthy = one.health && one.health->running == image;
    const bool refused = !healthy && one.health && one.health->refused == image;
    if (healthy) ++out.healthy;
    if (refused) ++out.refused;
    const bool fresh = refused && one.health->since >= row.since;
    if (fresh) ++out.fresh;
    if (refused && !fresh) continue;
    if (refused ? out.why.empty() : !healthy && out.example.empty()) {
      out.example = one.store + "/" + one.terminal;
      if (refused) out.why = one.health->why.empty() ? "it did not pass" : one.health->why;
    }
  }
  return out;
}

Result<std::vector<std::string>> Waves::move(const RolloutRow& was, const RolloutRow& now,
                                             std::string_view who) {
  RolloutRow to = now;
  to.since = clock_.now();
  Change change;
  change.at = to.since;
  change.who = who;
  const bool resumed = was.state == RolloutState::halted && to.state == RolloutState::running;
  change.what = resumed ? "publication.resumed" : kLogged[static_cast<std::size_t>(to.state)];
  change.subject = to.pack;
  change.before = position(was);
  change.after = position(to);
  change.why = to.why;
  const auto moved = store_.move_rollout(was, to, change);
  if (!moved) return tl::unexpected<Error>(moved.error());
  if (!*moved) return fail(Errc::conflict, "the rollout has moved meanwhile");
  return store_.stores_of_version(to.version);
}

Result<std::vector<std::string>> Waves::tick() {
  const auto running = store_.rollouts(true, 1000);
  if (!running) return tl::unexpected<Error>(running.error());
  std::vector<std::string> out;
  for (const RolloutRow& row : *running) {
    const std::vector<Wave> waves = read_waves(row.waves);
    const auto counted = count(row, waves);
    if (!counted) return tl::unexpected<Error>(counted.error());
    RolloutRow now = row;
    const std::size_t heard = counted->healthy + counted->refused;
    if (counted->fresh > 0) {
      now.state = RolloutState::halted;
      now.why = counted->example + " refused it: " + counted->why;
    } else if (heard < counted->terminals) {
      if (clock_.now() - row.since < row.wait) continue;
      now.state = RolloutState::halted;
      now.why = std::to_string(counted->terminals - heard) +
                " terminals have not reported in time, " + counted->example + " among them";
    } else if (row.automatic) {
      now = next_of(row, waves);
      now.why = std::to_string(counted->healthy) + " of " + std::to_string(counted->terminals) +
                " terminals of the wave run it";
    } else {
      continue;
    }
    const auto moved = move(row, now, "head office");
    if (!moved && moved.error().code() == Errc::conflict) continue;
    if (!moved) return tl::unexpected<Error>(moved.error());
    out.insert(out.end(), moved->begin(), moved->end());
  }
  return out;
}

Result<std::vector<std::string>> Waves::order(std::uint64_t version, Order what,
                                              std::string_view who, std::string_view why) {
  const auto all = store_.rollouts(false, 100'000);
  if (!all) return tl::unexpected<Error>(all.error());
  const auto row = std::find_if(all->begin(), all->end(),
                                [&](const RolloutRow& one) { return one.version == version; });
  if (row == all->end()) return fail(Errc::not_found, "no such version goes out in waves");
  const auto wanted = what == Order::resume ? RolloutState::halted : RolloutState::running;
  if (row->state != wanted) {
    return fail(Errc::invalid,
                "the rollout is " + std::string(kStates[static_cast<std::size_t>(row->state)]));
  }
  RolloutRow now = *row;
  if (what == Order::advance) now = next_of(*row, read_waves(row->waves));
  if (what == Order::halt) now.state = RolloutState::halted;
  if (what == Order::resume) now.state = RolloutState::running;
  now.why = why;
  return move(*row, now, who);
}

Result<std::string> Waves::view() {
  const auto all = store_.rollouts(false, kShown);
  if (!all) return tl::unexpected<Error>(all.error());
  format::JsonWriter json;
  json.open('{').key("rollouts").open('[');
  for (const RolloutRow& row : *all) {
    const auto counted = count(row, read_waves(row.waves));
    if (!counted) return tl::unexpected<Error>(counted.error());
    write_rollout(json, row, hex(row.image), *counted);
  }
  return json.close(']').close('}').take();
}

}  // namespace sidedish::headoffice
