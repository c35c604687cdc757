#include "headoffice/waves/fleet.hpp"

#include "headoffice/waves/words.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <map>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr std::size_t kShownVersions = 100;
constexpr std::string_view kStates[] = {"never", "silent", "refused", "alarm", "behind", "fine"};

constexpr std::string_view kChanged[] = {"added", "changed", "removed"};

using Images = std::map<std::string, PublishedImage, std::less<>>;

/// A rollout that is on its way or halted, with its waves read.
struct OpenRollout {
  RolloutRow row;
  std::vector<Wave> waves;
  std::string image;
  std::vector<std::string> stores;  ///< of those that are shown
  std::size_t terminals = 0;        ///< of the waves that have begun
  std::size_t healthy = 0;
  std::size_t refused = 0;
};

/// The wave in which it comes to the terminal, from 0.
std::size_t wave_of(const std::vector<Wave>& waves, std::string_view store,
                    std::string_view terminal) {
  std::size_t wave = 0;
  while (wave + 1 < waves.size() && !is_in(waves, wave, store, terminal)) ++wave;
  return wave;
}

void write_image(JsonWriter& json, const std::string& image, const Images& known) {
  json.key("image").text(image);
  if (const auto found = known.find(image); found != known.end()) {
    json.key("version").number(found->second.version).key("pack").text(found->second.pack);
    json.key("pack_version").number(found->second.pack_version);
  }
}

void write_report(JsonWriter& json, const HealthReport& row) {
  const format::Health& health = row.health;
  json.open('{').key("at").text(format::format_time(row.at)).key("agent").text(health.agent);
  json.key("clock_ms").number(row.clock_ms);
  json.key("outbox").open('{').key("pending").number(health.pending);
  json.key("quarantined").number(health.quarantined).close('}');
  json.key("pictures").open('{').key("wanted").number(health.pictures_wanted);
  json.key("present").number(health.pictures_present).close('}');
  json.key("lanes").number(std::uint64_t{health.lanes});
  json.key("alarms").raw(format::write_alarms(health.alarms)).close('}');
}

/// How the terminal stands to it.
std::string_view stand(const OpenRollout& rollout, std::size_t wave,
                       const FleetTerminal& terminal) {
  if (terminal.health && terminal.health->running == rollout.image) return "has";
  if (wave > rollout.row.wave) return "later";
  return terminal.health && terminal.health->refused == rollout.image ? "refused" : "waiting";
}

void write_rollouts(JsonWriter& json, const FleetStore& store, const FleetTerminal& terminal,
                    std::vector<OpenRollout>& rollouts) {
  json.key("rollouts").open('[');
  for (OpenRollout& one : rollouts) {
    if (one.stores.empty() || one.stores.back() != store.id) continue;
    const std::size_t wave = wave_of(one.waves, store.id, terminal.id);
    const std::string_view how = stand(one, wave, terminal);
    if (wave <= one.row.wave) {
      ++one.terminals;
      one.healthy += how == "has" ? 1U : 0U;
      one.refused += how == "refused" ? 1U : 0U;
    }
    json.open('{').key("version").number(one.row.version);
    json.key("wave").number(std::uint64_t{wave} + 1).key("state").text(how).close('}');
  }
  json.close(']');
}

void write_terminal(JsonWriter& json, const FleetStore& store, const FleetTerminal& terminal,
                    const Images& known, std::vector<OpenRollout>& rollouts, UtcMs now) {
  const OfferedVersion* may = told(store.offered, store.id, terminal.id);
  const std::string_view image = may != nullptr ? std::string_view(may->published.image) : "";
  const auto state = state_of(terminal, image, now);
  json.open('{').key("id").text(terminal.id);
  json.key("state").text(kStates[static_cast<std::size_t>(state)]);
  if (terminal.last_at != 0) {
    json.key("last_seen").text(format::format_time(terminal.last_at));
  }
  if (may != nullptr) json.key("told").number(may->published.version);
  if (terminal.health && !terminal.health->running.empty()) {
    json.key("running").open('{');
    write_image(json, terminal.health->running, known);
    json.close('}');
  }
  if (terminal.health && !terminal.health->refused.empty()) {
    json.key("refused").open('{');
    write_image(json, terminal.health->refused, known);
    json.key("why").text(terminal.health->why).close('}');
  }
  write_rollouts(json, store, terminal, rollouts);
  if (terminal.report) {
    json.key("report");
    write_report(json, *terminal.report);
  }
  json.close('}');
}

void add_rollouts(const FleetStore& store, std::vector<OpenRollout>& out) {
  for (const OfferedVersion& one : store.offered) {
    if (!one.rollout || (one.rollout->state != RolloutState::running &&
                         one.rollout->state != RolloutState::halted)) {
      continue;
    }
    const auto at = std::find_if(out.begin(), out.end(), [&](const OpenRollout& known) {
      return known.row.version == one.rollout->version;
    });
    if (at != out.end()) {
      at->stores.push_back(store.id);
    } else {
      out.push_back(
          {*one.rollout, read_waves(one.rollout->waves), one.published.image, {store.id}});
    }
  }
}

}  // namespace

TerminalState state_of(const FleetTerminal& terminal, std::string_view told, UtcMs now) {
  if (terminal.last_at == 0) return TerminalState::never;
  if (now - terminal.last_at >= kSilentAfter) return TerminalState::silent;
  const auto& health = terminal.health;
  if (health && !told.empty() && health->running != told && health->refused == told) {
    return TerminalState::refused;
  }
  if (const auto& report = terminal.report) {
    const bool off = report->clock_ms > kClockOff || report->clock_ms < -kClockOff;
    if (off || !report->health.alarms.empty() || report->health.quarantined > 0) {
      return TerminalState::alarm;
    }
  }
  if (!told.empty() && (!health || health->running != told)) return TerminalState::behind;
  return TerminalState::fine;
}

const OfferedVersion* told(std::span<const OfferedVersion> offered, std::string_view store,
                           std::string_view terminal) {
  for (const OfferedVersion& one : offered) {
    if (!one.rollout || one.rollout->state == RolloutState::done ||
        is_in(read_waves(one.rollout->waves), one.rollout->wave, store, terminal)) {
      return &one;
    }
  }
  return nullptr;
}

Result<std::string> Fleet::view(std::span<const std::string> own) {
  auto stores = store_.fleet();
  if (!stores) return tl::unexpected<Error>(stores.error());
  auto images = store_.reported_images();
  if (!images) return tl::unexpected<Error>(images.error());
  Images known;
  for (PublishedImage& one : *images) known.emplace(one.image, one);
  if (!own.empty()) {
    std::erase_if(*stores, [&](const FleetStore& store) {
      return std::find(own.begin(), own.end(), store.id) == own.end();
    });
  }
  const UtcMs now = clock_.now();
  std::vector<OpenRollout> rollouts;
  JsonWriter json;
  json.open('{').key("at").text(format::format_time(now)).key("stores").open('[');
  for (const FleetStore& store : *stores) {
    add_rollouts(store, rollouts);
    json.open('{').key("id").text(store.id).key("name").text(store.name);
    json.key("time_zone").text(store.time_zone);
    if (!store.offered.empty()) json.key("pack").text(store.offered.front().published.pack);
    json.key("terminals").open('[');
    for (const FleetTerminal& terminal : store.terminals) {
      write_terminal(json, store, terminal, known, rollouts, now);
    }
    json.close(']').close('}');
  }
  std::sort(rollouts.begin(), rollouts.end(), [](const OpenRollout& a, const OpenRollout& b) {
    return a.row.version > b.row.version;
  });
  json.close(']').key("rollouts").open('[');
  for (const OpenRollout& one : rollouts) {
    write_rollout(json, one.row, one.image,
                  {.terminals = one.terminals, .healthy = one.healthy, .refused = one.refused});
  }
  return json.close(']').close('}').take();
}

Result<bool> Fleet::report(std::string_view store, std::string_view terminal,
                           const format::Health& health) {
  const UtcMs now = clock_.now();
  return store_.put_report(store, terminal, {now, health.time - now, health});
}

Result<std::string> Fleet::versions(std::string_view pack) {
  const auto rows = store_.versions(pack, kShownVersions);
  if (!rows) return tl::unexpected<Error>(rows.error());
  JsonWriter json;
  json.open('{').key("versions").open('[');
  for (const VersionRow& row : *rows) {
    json.open('{').key("version").number(row.version);
    json.key("pack_version").number(row.pack_version);
    json.key("at").text(format::format_time(row.at));
    json.key("who").text(row.who).key("why").text(row.why);
    if (row.rules_changed) {
      json.key("rules_changed").open('[');
      for (const auto& [rule, what] : *row.rules_changed) {
        json.open('{').key("id").text(rule);
        json.key("what").text(kChanged[static_cast<std::size_t>(what)]).close('}');
      }
      json.close(']').key("frame_changed").boolean(row.frame_changed);
    }
    json.key("wave");
    if (row.rollout) {
      const RolloutRow& rollout = *row.rollout;
      json.open('{').key("state").text(word_of(rollout.state));
      json.key("wave").number(std::uint64_t{rollout.wave} + 1).key("waves").raw(rollout.waves);
      json.key("why").text(rollout.why).close('}');
    } else {
      json.raw("null");
    }
    json.close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace sidedish::headoffice
