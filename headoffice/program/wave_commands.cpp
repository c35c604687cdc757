// waves, rollback: publications that go out in waves, and going back.
#include "headoffice/program/asking.hpp"
#include "headoffice/program/commands.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>

namespace sidedish::headoffice {

std::string rollout_json(const RolloutOptions& options) {
  format::JsonWriter json;
  json.open('{').key("waves").open('[');
  for (const std::string& wave : options.waves) {
    json.open('{');
    if (wave.ends_with('%')) {
      json.key("percent").raw(wave.substr(0, wave.size() - 1));
    } else {
      json.key("terminals").open('[');
      for (std::size_t at = 0; at <= wave.size();) {
        const std::size_t comma = std::min(wave.find(',', at), wave.size());
        json.text(wave.substr(at, comma - at));
        at = comma + 1;
      }
      json.close(']');
    }
    json.close('}');
  }
  json.text("all").close(']');
  json.key("advance").text(options.by_command ? "by-command" : "by-report");
  json.key("wait_minutes").number(options.wait_minutes);
  return json.key("who").text(options.who).key("why").text(options.why).close('}').take();
}

int list_waves(const Places& places, bool json) {
  int code = 1;
  const auto answer = get(places, "/v1/waves", code);
  if (!answer) return code;
  const auto tree = json ? std::optional<format::JsonDocument>() : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  if (tree->root().find("rollouts").size() == 0) print("Nothing went out in waves yet.\n");
  for (const format::Json one : tree->root().find("rollouts")) {
    print("version " + number_of(one, "version") + " of " + text_of(one, "pack") + ": " +
          text_of(one, "state") + ", wave " + number_of(one, "wave") + " of " +
          std::to_string(one.find("waves").size()) + ", " + number_of(one, "healthy") + " of " +
          number_of(one, "terminals") + " terminals run it, " + number_of(one, "refused") +
          " refused it; since " + text_of(one, "since") + ": " + text_of(one, "why") + "\n");
  }
  return code;
}

int order_wave(const Places& places, const std::string& version, const std::string& order,
               const RolloutOptions& options, bool json) {
  format::JsonWriter body;
  body.open('{').key("order").text(order).key("why").text(options.why).close('}');
  int code = 1;
  const auto answer =
      send(places, "POST", "/v1/waves/" + net::percent_encoded(version), body.take(), code);
  if (!answer) return code;
  if (json) print(*answer + "\n");
  return json ? code : list_waves(places, false);
}

int roll_back(const Places& places, const std::string& pack, std::int64_t version,
              const RolloutOptions& options, bool json) {
  format::JsonWriter body;
  body.open('{').key("version").number(version).key("why").text(options.why).close('}');
  int code = 1;
  const auto answer = send(places, "POST", "/v1/packs/" + net::percent_encoded(pack) + "/rollback",
                           body.take(), code);
  if (!answer) return code;
  const auto tree = json ? std::optional<format::JsonDocument>() : parse(*answer);
  if (!tree) {
    print(*answer + "\n");
    return code;
  }
  print("Version " + std::to_string(version) + " was published again, as version " +
        number_of(tree->root(), "version") + ".\n");
  return code;
}

}  // namespace sidedish::headoffice
