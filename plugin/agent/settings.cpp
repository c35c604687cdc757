#include "plugin/agent/settings.hpp"

#include "plugin/loopback/defences.hpp"
#include "rules/format/wire_json.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace sidedish::agent {

namespace fs = std::filesystem;

std::string default_run_dir() {
  struct statfs kind {};
  const bool tmpfs = ::statfs("/run/sidedish", &kind) == 0 &&
                     static_cast<unsigned long>(kind.f_type) == TMPFS_MAGIC;
  return tmpfs ? "/run/sidedish" : "/dev/shm/sidedish-" + std::to_string(::geteuid());
}

Result<void> read_config(const std::function<bool(std::string_view)>& is_given, Settings& s) {
  std::error_code none;
  if (fs::is_directory(s.config, none)) {
    return fail(Errc::invalid, s.config, "expected a file with JSON, found a folder");
  }
  std::ifstream in(s.config);
  if (!in) {
    // Who names a file means it; the usual place may be empty.
    const int why = errno;
    if (why == ENOENT && !is_given("config")) return {};
    return fail(Errc::not_found, "reading " + s.config, std::strerror(why));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  format::WireFindings findings;
  if (const auto tree = format::parse_wire(text, {}, findings)) {
    format::WireFields fields(tree->root(), "", findings);
    const auto take = [&](const char* name, std::string& to) {
      const auto value = fields.text(name, 4096, false);
      if (fields.has(name) && !is_given(name)) to = value;
    };
    take("state-dir", s.state_dir);
    take("run-dir", s.run_dir);
    take("head-office", s.head_office);
    take("store", s.store);
    take("terminal", s.terminal);
    take("image", s.image);
    take("overlay", s.overlay);
    take("pictures", s.pictures);
    const auto number = [&](const char* name, int& to, int most) {
      const auto value = fields.number(name, 0, most, false);
      if (fields.has(name) && !is_given(name)) {
        to = static_cast<int>(value);
      }
    };
    for (const format::Json origin : fields.array("allow-origin", 64, false)) {
      if (!loopback::is_origin(origin.text())) {
        fields.add("allow-origin", "expected origins like https://pos.example:8443");
      } else if (!is_given("allow-origin")) {
        s.allow_origins.emplace_back(origin.text());
      }
    }
    if (const format::Json pages = fields.object("pages", false)) {
      loopback::read_pages(pages, fields.at("pages"), s.pages, findings);
    }
    number("port", s.port, 65535);
    number("start-splay-ms", s.start_splay_ms, 86'400'000);
    fields.finish();
  }
  if (findings.empty()) return {};
  return fail(Errc::invalid, s.config + findings.front().pointer, findings.front().detail);
}

}  // namespace sidedish::agent
