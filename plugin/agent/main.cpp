// sidedish-agent: run | status | records. The loops around the attempts, and nothing else.
#include "plugin/agent/drain.hpp"
#include "plugin/agent/images.hpp"
#include "plugin/agent/overlays.hpp"
#include "plugin/agent/records.hpp"
#include "plugin/agent/report.hpp"
#include "plugin/agent/status.hpp"
#include "plugin/loopback/api.hpp"
#include "plugin/loopback/token.hpp"
#include "plugin/net/client.hpp"
#include "plugin/net/problem.hpp"
#include "plugin/net/server.hpp"
#include "plugin/store/peek.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <linux/magic.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace sidedish;
namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct SystemClock final : Clock {
  UtcMs now() const noexcept override { return read(CLOCK_REALTIME); }
  MonoMs steady() const noexcept override { return read(CLOCK_BOOTTIME); }
  static std::int64_t read(clockid_t which) noexcept {
    timespec t{};
    ::clock_gettime(which, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1'000'000;
  }
};

std::uint64_t random_number() {
  std::uint64_t out = 0;
  while (::getrandom(&out, sizeof out, 0) != sizeof out) {
  }
  return out;
}
double jitter() { return static_cast<double>(random_number() >> 11U) * 0x1.0p-53; }

struct Settings {
  std::string config = "/etc/sidedish/agent.json";
  std::string state_dir = "/var/lib/sidedish";
  std::string run_dir;
  std::string head_office;
  std::string store;
  std::string terminal;
  std::string image;
  std::string overlay;
  std::string pictures;
  int port = 7410;
  std::string port_file;
  int start_splay_ms = 120'000;
  std::vector<std::string> allow_origins;
  loopback::PagesConfig pages;
};

std::string default_run_dir() {
  struct statfs kind {};
  const bool tmpfs = ::statfs("/run/sidedish", &kind) == 0 &&
                     static_cast<unsigned long>(kind.f_type) == TMPFS_MAGIC;
  return tmpfs ? "/run/sidedish" : "/dev/shm/sidedish-" + std::to_string(::geteuid());
}

/// Members are the long names of the options; what the command line says counts.
Result<void> read_config(CLI::App& command, Settings& s) {
  std::error_code none;
  if (fs::is_directory(s.config, none)) {
    return fail(Errc::invalid, s.config, "expected a file with JSON, found a folder");
  }
  std::ifstream in(s.config);
  if (!in) {
    // Who names a file means it; the usual place may be empty.
    const int why = errno;
    if (why == ENOENT && command.get_option("--config")->empty()) return {};
    return fail(Errc::not_found, "reading " + s.config, std::strerror(why));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  format::WireFindings findings;
  if (const auto tree = format::parse_wire(text, {}, findings)) {
    format::WireFields fields(tree->root(), "", findings);
    const auto given = [&](const char* name) {
      const auto* option = command.get_option_no_throw("--" + std::string(name));
      return option != nullptr && option->count() > 0;
    };
    const auto take = [&](const char* name, std::string& to) {
      const auto value = fields.text(name, 4096, false);
      if (fields.has(name) && !given(name)) to = value;
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
      if (fields.has(name) && !given(name)) {
        to = static_cast<int>(value);
      }
    };
    for (const format::Json origin : fields.array("allow-origin", 64, false)) {
      if (!loopback::is_origin(origin.text())) {
        fields.add("allow-origin", "expected origins like https://pos.example:8443");
      } else if (!given("allow-origin")) {
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

/// The lock file: who has it runs; it holds the port for command lines.
class Lock {
 public:
  ~Lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  Result<void> take(const fs::path& file) {
    fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd_ < 0) return fail(Errc::io, "opening " + file.string(), std::strerror(errno));
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(fd_, F_OFD_SETLK, &lock) == 0) return {};
    return fail(Errc::conflict, "another sidedish-agent has " + file.parent_path().string());
  }
  void write_port(unsigned port) const {
    const std::string text = std::to_string(port) + "\n";
    // For everybody's `status`, whatever the umask.
    if (::fchmod(fd_, 0644) != 0 || ::ftruncate(fd_, 0) != 0 ||
        ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
      spdlog::warn("the lock file could not be written: `status` will not find this agent");
    }
  }

 private:
  int fd_ = -1;
};

class Agent {
 public:
  Agent(Settings settings, std::unique_ptr<outbox::Outbox> box)
      : settings_(std::move(settings)),
        box_(std::move(box)),
        records_(fs::path(settings_.state_dir) / "records"),
        drain_(fs::path(settings_.run_dir) / "rings", box_, records_),
        images_(settings_.state_dir, settings_.run_dir),
        overlays_(settings_.state_dir, settings_.run_dir),
        pictures_(settings_.state_dir),
        api_({.lanes = {settings_.store, settings_.terminal, settings_.state_dir, settings_.run_dir,
                        [](std::string_view text) { spdlog::warn("{}", text); }},
              .token = loopback::draw_token(random_number),
              .origins = settings_.allow_origins,
              .version = SIDEDISH_VERSION,
              .pages = settings_.pages,
              .has_picture = [this](std::string_view sha256) { return pictures_.has(sha256); }},
             clock_) {}

  Result<void> start() {
    if (auto r = images_.open(); !r) return r;
    if (!settings_.image.empty()) look_at_file();
    if (auto r = overlays_.open(); !r) return r;
    look_at_overlay();
    pictures_.open();
    if (!settings_.head_office.empty()) {
      for (auto* client : {&report_client_, &fetch_client_}) {
        auto made = net::Client::create({.base_url = settings_.head_office});
        if (!made) return tl::unexpected(made.error());
        *client = std::move(*made);
      }
      reporter_.emplace(box_, *report_client_, clock_);
    }
    note_image();
    const auto tell = [this](const char* path, auto&& text, const char* type) {
      api_.add(path, loopback::Access::open, [this, text, type] {
        net::Response response;
        response.headers.set("Content-Type", type).set("Cache-Control", "no-store");
        response.body = text(status());
        return response;
      });
    };
    tell("/v1/status", agent::status_json, "application/json");
    tell("/v1/status.txt", agent::status_text, "text/plain; charset=utf-8");
    tell("/metrics", agent::metrics_text, "text/plain; version=0.0.4");
    tell(
        "/healthz", [](const agent::AgentStatus& s) { return agent::health(s) + "\n"; },
        "text/plain; charset=utf-8");
    net::ServerOptions options;
    options.port = static_cast<std::uint16_t>(settings_.port);
    options.threads = 1;
    options.max_connections = 128;  // pages keep theirs
    options.max_connections_per_peer = 128;
    options.clock = &clock_;
    // Requests wait for the port to be known: it is told to nobody before.
    auto server = net::Server::start(options, [this](net::Request q, const net::Reply& r) {
      if (!serving_) return static_cast<void>(r.send(net::problem(503, "starting")));
      api_(std::move(q), r);
    });
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    api_.serve_on(server_->port());
    if (auto r = loopback::write_token(settings_.run_dir, api_.token()); !r) return r;
    serving_ = true;
    return {};
  }
  unsigned port() const { return server_->port(); }

  void run(const sigset_t& signals) {
    if (reporter_) {
      report_thread_ = std::thread([this] { report_loop(); });
      if (settings_.image.empty() && !settings_.store.empty()) {
        fetch_thread_ = std::thread([this] { fetch_loop(); });
      }
    }
    if (!settings_.pictures.empty()) picture_thread_ = std::thread([this] { picture_loop(); });
    tick_thread_ = std::thread([this] {
      while (pause(milliseconds(1000))) api_.tick(online());
    });
    MonoMs looked = clock_.steady();
    for (;;) {
      const agent::DrainReport report = drain_.once();
      note_drain(report);
      if (clock_.steady() - looked >= 1000) {
        looked = clock_.steady();
        if (!settings_.image.empty()) {
          look_at_file();
          note_image();
        }
        look_at_overlay();
      }
      const long ms = report.more && report.trouble.empty() ? 0 : report.live > 0 ? 25 : 250;
      const timespec wait{0, ms * 1'000'000};
      if (::sigtimedwait(&signals, nullptr, &wait) > 0) break;
    }
    stop();
  }

 private:
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    tick_thread_.join();
    server_->stop();  // with its streams
    api_.stop();      // what its lanes say at the end is drained below
    if (fetch_client_) fetch_client_->cancel();
    if (fetch_thread_.joinable()) fetch_thread_.join();
    if (picture_thread_.joinable()) picture_thread_.join();
    for (int i = 0; i < 100; ++i) {
      const auto report = drain_.once();
      note_drain(report);
      if (!report.more || !report.trouble.empty()) break;
    }
    if (report_client_) report_client_->cancel();
    if (report_thread_.joinable()) report_thread_.join();
    if (reporter_) {
      report_client_->resume();
      const MonoMs until = clock_.steady() + 4000;
      while (clock_.steady() < until) {
        const auto result = reporter_->attempt(milliseconds(until - clock_.steady()));
        if (result.what != agent::ReportResult::What::progress) break;
      }
    }
  }

  /// False: stop.
  bool pause(milliseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [this] { return stopping_; });
  }

  bool online() {
    const std::lock_guard lock(mutex_);
    return !reporter_ || report_.failures == 0;
  }

  void report_loop() {
    const milliseconds splay = net::start_splay(milliseconds(settings_.start_splay_ms), jitter());
    if (!pause(splay)) return;
    for (;;) {
      const auto result = reporter_->attempt();
      const milliseconds delay = reporter_->next_delay(result, jitter());
      {
        const std::lock_guard lock(mutex_);
        if (reporter_->status().trouble != report_.trouble && !result.trouble.empty()) {
          spdlog::warn("reporting: {}", result.trouble);
        }
        report_ = reporter_->status();
      }
      if (!pause(delay)) return;
    }
  }

  void fetch_loop() {
    unsigned failures = 0;
    // Rules are wanted at once where there are none; elsewhere the shop's terminals spread out.
    if (!images_.status().sha256.empty() &&
        !pause(net::start_splay(milliseconds(settings_.start_splay_ms), jitter()))) {
      return;
    }
    agent::Images::Taken taken;
    if (settings_.pictures.empty()) {
      taken = [this](const format::Manifest& manifest) {
        return pictures_.want(manifest.pictures);
      };
    }
    std::chrono::seconds wait(30);
    for (;;) {
      const auto changed = images_.fetch(*fetch_client_, settings_.store, wait, taken);
      if (changed && taken) {
        wait = pictures_.take_turn(*fetch_client_, clock_, jitter());
        note_pictures();
      }
      ::malloc_trim(0);
      note_image();
      if (changed && *changed) {
        spdlog::info("rules: generation {} is current", images_.status().generation);
      }
      const bool waiting = !changed && changed.error().code() == Errc::not_found;
      failures = changed ? 0 : failures + 1;
      milliseconds delay = changed ? milliseconds(50) : net::next_delay({}, failures, jitter());
      if (waiting) delay = milliseconds(1000);
      if (!pause(delay)) return;
    }
  }

  void picture_loop() {
    do {
      (void)pictures_.take_folder(settings_.pictures);
      note_pictures();
    } while (pause(milliseconds(1000)));
  }
  void note_pictures() {
    const std::string trouble = pictures_.status().trouble;
    if (trouble != picture_trouble_ && !trouble.empty()) spdlog::warn("pictures: {}", trouble);
    picture_trouble_ = trouble;
  }

  void look_at_file() {
    if (const auto done = images_.take_file(settings_.image); !done) {
      if (images_.status().trouble != file_trouble_) {
        spdlog::error("--image: {}", done.error().text());
      }
    }
    file_trouble_ = images_.status().trouble;
  }

  void look_at_overlay() {
    if (settings_.overlay.empty()) return note_overlay();
    const std::uint64_t before = overlays_.status().generation;
    const auto done = overlays_.take_file(settings_.overlay);
    const agent::OverlayStatus& now = overlays_.status();
    if (!done && now.trouble != overlay_trouble_) spdlog::error("--overlay: {}", now.trouble);
    if (now.generation != before) spdlog::info("overlay: version {} is current", now.version);
    overlay_trouble_ = now.trouble;
    note_overlay();
  }
  void note_overlay() {
    const std::lock_guard lock(mutex_);
    overlay_ = overlays_.status();
  }

  void note_drain(const agent::DrainReport& report) {
    const std::lock_guard lock(mutex_);
    if (!report.trouble.empty() && report.trouble != drain_trouble_) {
      spdlog::error("draining: {}", report.trouble);
    }
    rings_ = report.rings;
    live_ = report.live;
    drain_trouble_ = report.trouble;
  }
  void note_image() {
    const std::lock_guard lock(mutex_);
    image_ = images_.status();
  }

  agent::AgentStatus status() {
    agent::AgentStatus out;
    out.store = settings_.store;
    out.terminal = settings_.terminal;
    out.head_office = settings_.head_office;
    out.now = clock_.now();
    out.pictures = pictures_.status();
    box_.with([&](auto& box) {
      out.outbox = box.status();
      if (auto counters = box.counters()) out.counters = std::move(*counters);
    });
    const loopback::ApiCounts counts = api_.counts();
    out.web.lanes = api_.lanes();
    out.web.streams = counts.streams;
    out.web.updates = counts.updates;
    out.web.late = counts.late;
    for (std::size_t i = 0; i < counts.refused.size(); ++i) {
      out.web.refused.emplace_back(loopback::slug_of(static_cast<loopback::Refused>(i)),
                                   counts.refused[i]);
    }
    const net::ServerStats http = server_->stats();
    for (std::size_t i = 1; i < net::kRefusals; ++i) {
      const auto refusal = static_cast<net::Refusal>(i);
      out.web.http.emplace_back(net::name_of(refusal), http.of(refusal));
    }
    const std::lock_guard lock(mutex_);
    out.image = image_;
    out.overlay = overlay_;
    out.report = report_;
    out.rings = rings_;
    out.live = live_;
    out.drain_trouble = drain_trouble_;
    return out;
  }

  Settings settings_;
  SystemClock clock_;
  agent::SharedOutbox box_;
  agent::Records records_;
  agent::Drain drain_;
  agent::Images images_;
  agent::Overlays overlays_;
  agent::Pictures pictures_;
  loopback::Api api_;
  std::unique_ptr<net::Client> report_client_;
  std::unique_ptr<net::Client> fetch_client_;
  std::optional<agent::Reporter> reporter_;
  std::atomic<bool> serving_ = false;
  std::unique_ptr<net::Server> server_;
  std::thread report_thread_;
  std::thread fetch_thread_;
  std::thread picture_thread_;
  std::thread tick_thread_;
  std::string picture_trouble_;
  std::string file_trouble_;
  std::string overlay_trouble_;

  std::mutex mutex_;  // everything below
  std::condition_variable wake_;
  bool stopping_ = false;
  agent::ImageStatus image_;
  agent::OverlayStatus overlay_;
  agent::ReporterStatus report_;
  unsigned rings_ = 0;
  unsigned live_ = 0;
  std::string drain_trouble_;
};

int complain(const Error& error) {
  spdlog::critical("{}", error.text());
  return 1;
}

int run(const Settings& settings) {
  ::mallopt(M_ARENA_MAX, 2);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (!settings.head_office.empty() && settings.store.empty()) {
    return complain(Error(Errc::invalid, "--head-office needs --store"));
  }
  if (auto made = agent::make_folders(settings.state_dir, settings.run_dir); !made) {
    return complain(made.error());
  }
  const fs::path state = settings.state_dir;
  Lock lock;
  if (auto taken = lock.take(state / "agent.lock"); !taken) return complain(taken.error());
  Lock run_lock;
  if (auto taken = run_lock.take(fs::path(settings.run_dir) / "agent.lock"); !taken) {
    return complain(taken.error());
  }
  const SystemClock clock;
  auto box = outbox::Outbox::open({.file = state / "outbox.db"}, clock, random_number);
  if (!box) return complain(box.error());
  if (const auto broken = (*box)->status().broken_file; !broken.empty()) {
    spdlog::error("the outbox was damaged; kept as {}", broken);
  }
  Agent agent(settings, std::move(*box));
  if (auto started = agent.start(); !started) return complain(started.error());
  lock.write_port(agent.port());
  if (!settings.port_file.empty()) {
    const std::string fresh = settings.port_file + ".tmp";
    std::ofstream(fresh) << agent.port() << "\n";
    fs::rename(fresh, settings.port_file);
  }
  std::cout << "ready http://127.0.0.1:" << agent.port() << std::endl;
  agent.run(signals);
  return 0;
}

int status(const Settings& settings, bool json) {
  const fs::path state = settings.state_dir;
  Lock lock;
  if (fs::exists(state / "agent.lock") && !lock.take(state / "agent.lock")) {
    unsigned port = 0;
    std::ifstream(state / "agent.lock") >> port;
    auto client = net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(port)});
    if (!client) return complain(client.error());
    net::Request request;
    request.method = "GET";
    request.target = json ? "/v1/status" : "/v1/status.txt";
    const auto answer = (*client)->send(request, std::chrono::seconds(5), net::Repeat::idempotent);
    if (!answer) return complain(answer.error());
    std::cout << answer->body << (json ? "\n" : "");
    return answer->status == 200 ? 0 : 1;
  }
  agent::AgentStatus out;
  out.running = false;
  out.store = settings.store;
  out.terminal = settings.terminal;
  out.now = SystemClock().now();
  auto peeked = outbox::peek(state / "outbox.db");
  if (!peeked) return complain(peeked.error());
  out.outbox = peeked->status;
  out.counters = std::move(peeked->counters);
  std::cout << (json ? agent::status_json(out) + "\n" : agent::status_text(out));
  return 0;
}

int records(const Settings& settings, const std::string& to, std::size_t most) {
  std::size_t n = 0;
  for (const auto& entry : agent::Records::list(fs::path(settings.state_dir) / "records")) {
    if (n++ == most) break;
    if (to.empty()) {
      std::cout << entry.file.string() << "  " << entry.lane << "  " << entry.size << " bytes\n";
      continue;
    }
    fs::create_directories(to);
    fs::copy_file(entry.file, fs::path(to) / (entry.lane + "-" + entry.file.filename().string()),
                  fs::copy_options::overwrite_existing);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("sidedish-agent"));
  CLI::App app("Drains rings, keeps and reports outcomes, fetches rules");
  app.require_subcommand(0, 1);
  Settings settings;
  bool json = false;
  std::string to;
  std::size_t most = 1000;
  auto* run_command = app.add_subcommand("run", "the agent itself (default)");
  auto* status_command = app.add_subcommand("status", "of the running agent, or of its files");
  auto* records_command = app.add_subcommand("records", "decision records: list, or --export");
  for (CLI::App* at : {&app, run_command, status_command, records_command}) {
    at->add_option("--config", settings.config, "JSON with the options below by name");
    at->add_option("--state-dir", settings.state_dir, "images, outbox, records");
  }
  for (CLI::App* at : {&app, run_command}) {
    at->add_option("--run-dir", settings.run_dir, "on tmpfs: rings and the generation page");
    at->add_option("--head-office", settings.head_office, "http://host:port");
    at->add_option("--store", settings.store, "store id");
    at->add_option("--terminal", settings.terminal, "terminal id");
    at->add_option("--image", settings.image, "rules from this file, watched for change");
    at->add_option("--overlay", settings.overlay,
                   "what is paused, recalled or repriced, from this file, watched for change");
    at->add_option("--pictures", settings.pictures,
                   "pictures from this folder, named by their SHA-256, instead of head office's");
    at->add_option("--port", settings.port, "loopback port, 0: any")->check(CLI::Range(0, 65535));
    at->add_option("--port-file", settings.port_file, "the port is written here when ready");
    at->add_option("--allow-origin", settings.allow_origins,
                   "a POS page of this origin may ask, like https://pos.example:8443; repeatable")
        ->check([](const std::string& text) {
          return loopback::is_origin(text) ? std::string() : text + " is no origin";
        });
    at->add_option("--ui-dir", settings.pages.folder,
                   "pages from this folder (packaging/pages.mjs --out), for those who write them");
    at->add_option("--start-splay-ms", settings.start_splay_ms, "first report within this time");
  }
  status_command->add_flag("--json", json, "for machines");
  records_command->add_option("--export", to, "copy them into this folder");
  records_command->add_option("--most", most, "newest so many");
  CLI11_PARSE(app, argc, argv);
  CLI::App& given = status_command->parsed()    ? *status_command
                    : records_command->parsed() ? *records_command
                    : run_command->parsed()     ? *run_command
                                                : app;
  try {
    if (const auto read = read_config(given, settings); !read) return complain(read.error());
    if (settings.run_dir.empty()) settings.run_dir = default_run_dir();
    if (&given == status_command) return status(settings, json);
    if (&given == records_command) return records(settings, to, most);
    return run(settings);
  } catch (const std::exception& error) {  // of the standard library's files, and of no other room
    spdlog::critical("{}", error.what());
    return 1;
  }
}
