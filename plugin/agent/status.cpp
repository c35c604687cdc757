#include "plugin/agent/status.hpp"

#include "rules/format/rfc3339.hpp"

namespace sidedish::agent {
namespace {

using format::append_json;

/// An object whose members are written one after the other.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  ~Object() { out_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  std::string& name(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json(out_, key);
    out_ += ':';
    return out_;
  }
  void text(std::string_view key, std::string_view value) { append_json(name(key), value); }
  void number(std::string_view key, std::uint64_t value) { name(key) += std::to_string(value); }
  void flag(std::string_view key, bool value) { name(key) += value ? "true" : "false"; }

 private:
  std::string& out_;
  bool first_ = true;
};

std::uint64_t counter(const AgentStatus& status, const char* name) {
  const auto at = status.counters.find(name);
  return at == status.counters.end() ? 0 : at->second;
}

}  // namespace

std::string health(const AgentStatus& status) {
  if (!status.running) return "the agent is not running";
  if (status.outbox.degraded) return "the outbox could not be written: outcomes wait in the rings";
  if (status.outbox.disk_full) return "the disk is full: outcomes wait in the rings";
  if (!status.report.alarm.empty()) return status.report.alarm;
  if (!status.drain_trouble.empty()) return status.drain_trouble;
  if (!status.report.trouble.empty()) return status.report.trouble;
  if (!status.image.trouble.empty()) return status.image.trouble;
  if (!status.overlay.trouble.empty()) return status.overlay.trouble;
  if (status.image.generation == 0 || status.image.sha256.empty()) return "no rules yet";
  return "ok";
}

std::string status_json(const AgentStatus& status) {
  std::string out;
  {
    Object all(out);
    all.text("health", health(status));
    all.flag("running", status.running);
    all.text("time", format::format_time(status.now));
    all.text("store", status.store);
    all.text("terminal", status.terminal);
    all.text("head_office", status.head_office);
    {
      Object image(all.name("image"));
      image.number("generation", status.image.generation);
      image.text("sha256", status.image.sha256);
      image.number("pack_version", status.image.pack_version);
      image.number("manifest_version", status.image.manifest_version);
      image.number("refused", status.image.refused);
      image.text("refused_sha256", status.image.refused_sha256);
      image.text("self_test", status.image.self_test);
      image.number("self_tests_failed", status.image.self_tests_failed);
      image.text("trouble", status.image.trouble);
    }
    {
      Object overlay(all.name("overlay"));
      overlay.number("generation", status.overlay.generation);
      overlay.text("sha256", status.overlay.sha256);
      overlay.number("version", status.overlay.version);
      overlay.number("paused", status.overlay.paused);
      overlay.number("products", status.overlay.products);
      overlay.number("refused", status.overlay.refused);
      overlay.text("trouble", status.overlay.trouble);
    }
    {
      Object pictures(all.name("pictures"));
      pictures.number("wanted", status.pictures.wanted);
      pictures.number("present", status.pictures.present);
      pictures.number("fetched", status.pictures.fetched);
      pictures.number("refused", status.pictures.refused);
      pictures.number("dropped", status.pictures.dropped);
      pictures.text("trouble", status.pictures.trouble);
    }
    {
      Object rings(all.name("rings"));
      rings.number("open", status.rings);
      rings.number("live", status.live);
      rings.text("trouble", status.drain_trouble);
    }
    {
      Object web(all.name("web"));
      std::string& list = web.name("lanes");
      list += '[';
      for (const std::string& lane : status.web.lanes) {
        if (list.back() != '[') list += ',';
        append_json(list, lane);
      }
      list += ']';
      web.number("streams", status.web.streams);
      web.number("updates", status.web.updates);
      web.number("late", status.web.late);
      Object refused(web.name("refused"));
      for (const auto& [reason, n] : status.web.refused) refused.number(reason, n);
    }
    {
      Object box(all.name("outbox"));
      box.number("kept", counter(status, "kept"));
      box.number("pending", status.outbox.pending);
      box.number("acknowledged", counter(status, "acknowledged"));
      box.number("quarantined", status.outbox.quarantined);
      box.flag("degraded", status.outbox.degraded);
      box.flag("disk_full", status.outbox.disk_full);
      box.flag("ballast", status.outbox.ballast);
      box.text("broken_file", status.outbox.broken_file);
      std::string& list = box.name("sources");
      list += '[';
      for (const outbox::SourceStatus& source : status.outbox.sources) {
        if (list.back() != '[') list += ',';
        Object one(list);
        one.text("source", format::to_uri(source.source));
        one.number("next", source.next);
        one.number("pending", source.pending);
        one.flag("active", source.active);
      }
      list += ']';
    }
    {
      Object report(all.name("report"));
      report.number("counted", status.report.counted);
      report.number("failures", status.report.failures);
      report.number("last_status", static_cast<std::uint64_t>(status.report.last_status));
      if (status.report.last_success != 0) {
        report.text("last_success", format::format_time(status.report.last_success));
      }
      report.text("alarm", status.report.alarm);
      report.text("trouble", status.report.trouble);
    }
    Object counters(all.name("counters"));
    for (const auto& [name, n] : status.counters) counters.number(name, n);
  }
  return out;
}

std::string status_text(const AgentStatus& status) {
  std::string out = "health      " + health(status) + "\n";
  const auto line = [&](std::string_view name, const std::string& value) {
    out += name;
    out.append(12 - name.size(), ' ');
    out += value + "\n";
  };
  line("terminal", status.store + " / " + status.terminal);
  line("head office", status.head_office.empty() ? "none" : status.head_office);
  line("rules", status.image.sha256.empty()
                    ? "none"
                    : "generation " + std::to_string(status.image.generation) + ", " +
                          status.image.sha256.substr(0, 12));
  if (!status.image.self_test.empty()) line("self-test", status.image.self_test);
  if (!status.image.refused_sha256.empty()) {
    line("refused", status.image.refused_sha256.substr(0, 12) + ": " + status.image.trouble);
  }
  line("overlay", status.overlay.sha256.empty()
                      ? "none"
                      : "generation " + std::to_string(status.overlay.generation) + ", version " +
                            std::to_string(status.overlay.version) + ": " +
                            std::to_string(status.overlay.paused) + " rules paused, " +
                            std::to_string(status.overlay.products) + " products changed");
  line("pictures", std::to_string(status.pictures.present) + " of " +
                       std::to_string(status.pictures.wanted) +
                       (status.pictures.trouble.empty() ? "" : ", " + status.pictures.trouble));
  line("lanes", std::to_string(status.live) + " open");
  if (!status.web.lanes.empty()) {
    std::string names;
    for (const std::string& lane : status.web.lanes) names += (names.empty() ? "" : ", ") + lane;
    line("web tills", names + ": " + std::to_string(status.web.updates) + " updates, " +
                          std::to_string(status.web.late) + " late, " +
                          std::to_string(status.web.streams) + " pages listen");
  }
  line("outcomes", std::to_string(counter(status, "kept")) + " kept, " +
                       std::to_string(status.outbox.pending) + " waiting, " +
                       std::to_string(status.outbox.quarantined) + " quarantined");
  for (const auto& [name, n] : status.counters) out += "  " + name + " " + std::to_string(n) + "\n";
  return out;
}

std::string metrics_text(const AgentStatus& status) {
  std::string out;
  const auto gauge = [&](const std::string& name, const char* help, std::uint64_t value) {
    out += "# HELP sidedish_agent_" + name + " " + help + "\n# TYPE sidedish_agent_" + name +
           " gauge\nsidedish_agent_" + name + " " + std::to_string(value) + "\n";
  };
  gauge("outbox_pending", "Events that head office has not acknowledged.", status.outbox.pending);
  gauge("outbox_quarantined", "Events kept aside.", status.outbox.quarantined);
  gauge("outbox_degraded", "1: the last write failed.", status.outbox.degraded ? 1 : 0);
  gauge("disk_full", "1: the disk is full.", status.outbox.disk_full ? 1 : 0);
  gauge("image_generation", "Generation of the current rules, 0: none.", status.image.generation);
  gauge("images_refused", "Images and manifests that did not pass since start.",
        status.image.refused);
  gauge("self_tests_failed", "Of these, images that failed their self-test.",
        status.image.self_tests_failed);
  gauge("overlay_generation", "Generation of the current overlay, 0: none.",
        status.overlay.generation);
  gauge("pictures_wanted", "Pictures that the current rules name.", status.pictures.wanted);
  gauge("pictures_present", "Of these, so many are here.", status.pictures.present);
  gauge("pictures_refused", "Pictures that did not pass since start.", status.pictures.refused);
  gauge("lanes_live", "Open lanes on this terminal.", status.live);
  gauge("report_failures", "Attempts in a row that failed.", status.report.failures);
  gauge("web_lanes", "Open lanes of web tills.", status.web.lanes.size());
  gauge("web_streams", "Pages that listen.", status.web.streams);
  const auto total = [&](const std::string& name, const char* help, const char* label,
                         const std::vector<std::pair<std::string, std::uint64_t>>& values) {
    out += "# HELP sidedish_agent_" + name + " " + help + "\n# TYPE sidedish_agent_" + name +
           " counter\n";
    for (const auto& [value, n] : values) {
      const std::string of = *label == 0 ? "" : "{" + std::string(label) + "=\"" + value + "\"}";
      out += "sidedish_agent_" + name + of + " " + std::to_string(n) + "\n";
    }
  };
  total("web_updates_total", "Baskets of web tills.", "", {{"", status.web.updates}});
  total("web_late_total", "Answers after the caller's deadline.", "", {{"", status.web.late}});
  total("web_refused_total", "Requests of web tills and pages that were refused.", "why",
        status.web.refused);
  total("http_refused_total", "Connections and requests that the server turned away.", "why",
        status.web.http);
  out +=
      "# HELP sidedish_agent_events_total Named counters of the outbox.\n"
      "# TYPE sidedish_agent_events_total counter\n";
  for (const auto& [name, n] : status.counters) {
    out += "sidedish_agent_events_total{what=\"" + name + "\"} " + std::to_string(n) + "\n";
  }
  return out;
}

}  // namespace sidedish::agent
