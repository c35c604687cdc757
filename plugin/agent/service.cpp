#include "plugin/agent/service.hpp"

#include "plugin/loopback/token.hpp"
#include "plugin/net/problem.hpp"

#include <algorithm>
#include <ctime>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace sidedish::agent {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

namespace {

/// The first question for rules comes within this time of a start; later ones, while head office is
/// away, at most so far apart: a question and its 304 are small, and a pause is to be heard of soon.
constexpr int kFetchSplayMs = 2000;
constexpr net::BackoffPolicy kFetchBackoff{.cap = milliseconds(20'000)};

}  // namespace

Service::Service(Settings settings, std::unique_ptr<outbox::Outbox> box, std::string version)
    : settings_(std::move(settings)),
      version_(std::move(version)),
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
            .version = version_,
            .pages = settings_.pages,
            .has_picture = [this](std::string_view sha256) { return pictures_.has(sha256); }},
           clock_) {}

Result<void> Service::start() {
  if (auto r = images_.open(); !r) return r;
  images_.ask_as(settings_.terminal);
  images_.use(SelfTest(fs::path(settings_.state_dir) / "records"));
  if (!settings_.image.empty()) look_at_file();
  if (auto r = overlays_.open(); !r) return r;
  note_overlay();
  look_at_overlay();
  pictures_.open();
  if (!settings_.head_office.empty()) {
    for (auto* client : {&report_client_, &fetch_client_}) {
      auto made = net::Client::create({.base_url = settings_.head_office});
      if (!made) return tl::unexpected(made.error());
      *client = std::move(*made);
    }
    reporter_.emplace(box_, *report_client_, clock_);
    if (!settings_.terminal.empty()) {
      teller_.emplace(*report_client_, clock_, settings_.store, settings_.terminal);
    }
  }
  note_image();
  return serve();
}

Result<void> Service::serve() {
  const auto tell = [this](const char* path, auto&& text, const char* type) {
    api_.add(path, loopback::Access::open, [this, text, type] {
      net::Response response;
      response.headers.set("Content-Type", type).set("Cache-Control", "no-store");
      response.body = text(status());
      return response;
    });
  };
  tell("/v1/status", status_json, "application/json");
  tell("/v1/status.txt", status_text, "text/plain; charset=utf-8");
  tell("/metrics", metrics_text, "text/plain; version=0.0.4");
  tell(
      "/healthz", [](const AgentStatus& s) { return health(s) + "\n"; },
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

void Service::run(const sigset_t& signals) {
  if (reporter_) {
    report_thread_ = std::thread([this] { report_loop(); });
    if (settings_.image.empty() && !settings_.store.empty()) {
      fetch_thread_ = std::thread([this] { fetch_loop(); });
    }
  }
  if (!settings_.image.empty()) fetch_thread_ = std::thread([this] { file_loop(); });
  if (!settings_.pictures.empty()) picture_thread_ = std::thread([this] { picture_loop(); });
  tick_thread_ = std::thread([this] {
    while (pause(milliseconds(1000))) api_.tick(online());
  });
  MonoMs looked = clock_.steady();
  for (;;) {
    const DrainReport report = drain_.once();
    note_drain(report);
    if (clock_.steady() - looked >= 1000) {
      looked = clock_.steady();
      look_at_overlay();
    }
    // A full disk is tried a few times a second, not as often as a lane speaks.
    const long ms = !report.trouble.empty() ? 250 : report.more ? 0 : report.live > 0 ? 25 : 250;
    const timespec wait{0, ms * 1'000'000};
    if (::sigtimedwait(&signals, nullptr, &wait) > 0) break;
  }
  stop();
}

void Service::stop() {
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
      if (result.what != ReportResult::What::progress) break;
    }
  }
}

bool Service::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

bool Service::online() {
  const std::lock_guard lock(mutex_);
  return !reporter_ || report_.failures == 0;
}

void Service::report_loop() {
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
      if (!result.manifest.empty() && result.manifest != manifest_told_) {
        manifest_told_ = result.manifest;
        manifest_news_ = result.manifest != manifest_tag_;
        wake_.notify_all();
      }
    }
    tell_health();
    if (!pause(delay)) return;
  }
}

void Service::tell_health() {
  if (!teller_ || teller_->resting()) return;
  const format::Health health = health_of(status(), version_);
  if (teller_->due(health)) (void)teller_->attempt(health);
}

void Service::fetch_loop() {
  unsigned failures = 0;
  // Rules are wanted at once where there are none; elsewhere the shop's terminals spread out, but only
  // so far that what was paused in the meantime is obeyed within seconds.
  const milliseconds splay(std::min(settings_.start_splay_ms, kFetchSplayMs));
  if (!images_.status().sha256.empty() && !pause(net::start_splay(splay, jitter()))) return;
  Images::Beside beside;
  if (settings_.overlay.empty()) {
    beside.overlay = [this](const format::Manifest& manifest) {
      return manifest.overlay ? take_overlay(*manifest.overlay) : Result<void>();
    };
  }
  if (settings_.pictures.empty()) {
    beside.rest = [this](const format::Manifest& manifest) {
      return pictures_.want(manifest.pictures);
    };
  }
  std::chrono::seconds wait(30);
  for (;;) {
    const auto changed = images_.fetch(*fetch_client_, settings_.store, wait, beside);
    if (!changed) fetch_client_->hang_up();
    note_manifest();
    if (changed && beside.rest) {
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
    milliseconds delay =
        changed ? milliseconds(50) : net::next_delay(kFetchBackoff, failures, jitter());
    if (waiting) delay = milliseconds(1000);
    if (!pause_for_news(delay)) return;
  }
}

Result<void> Service::take_overlay(const format::ManifestOverlay& named) {
  const std::uint64_t before = overlays_.status().generation;
  auto done = overlays_.fetch(*fetch_client_, named);
  const OverlayStatus& now = overlays_.status();
  if (!done && now.trouble != overlay_trouble_) spdlog::error("overlay: {}", now.trouble);
  if (now.generation != before) spdlog::info("overlay: version {} is current", now.version);
  overlay_trouble_ = now.trouble;
  note_overlay();
  return done;
}

bool Service::pause_for_news(milliseconds time) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, time, [this] { return stopping_ || manifest_news_; });
  manifest_news_ = false;
  return !stopping_;
}

void Service::note_manifest() {
  std::string tag = images_.etag();
  const std::lock_guard lock(mutex_);
  manifest_tag_ = std::move(tag);
}

void Service::picture_loop() {
  do {
    (void)pictures_.take_folder(settings_.pictures);
    note_pictures();
  } while (pause(milliseconds(1000)));
}
void Service::note_pictures() {
  const std::string trouble = pictures_.status().trouble;
  if (trouble != picture_trouble_ && !trouble.empty()) spdlog::warn("pictures: {}", trouble);
  picture_trouble_ = trouble;
}

void Service::file_loop() {
  while (pause(milliseconds(1000))) {
    look_at_file();
    note_image();
  }
}

void Service::look_at_file() {
  if (const auto done = images_.take_file(settings_.image); !done) {
    if (images_.status().trouble != file_trouble_) {
      spdlog::error("--image: {}", done.error().text());
    }
  }
  file_trouble_ = images_.status().trouble;
}

void Service::look_at_overlay() {
  if (settings_.overlay.empty()) return;  // head office's, then
  const std::uint64_t before = overlays_.status().generation;
  const auto done = overlays_.take_file(settings_.overlay);
  const OverlayStatus& now = overlays_.status();
  if (!done && now.trouble != overlay_trouble_) spdlog::error("--overlay: {}", now.trouble);
  if (now.generation != before) spdlog::info("overlay: version {} is current", now.version);
  overlay_trouble_ = now.trouble;
  note_overlay();
}
void Service::note_overlay() {
  const std::lock_guard lock(mutex_);
  overlay_ = overlays_.status();
}

void Service::note_drain(const DrainReport& report) {
  const std::lock_guard lock(mutex_);
  if (!report.trouble.empty() && report.trouble != drain_trouble_) {
    spdlog::error("draining: {}", report.trouble);
  }
  rings_ = report.rings;
  live_ = report.live;
  drain_trouble_ = report.trouble;
}
void Service::note_image() {
  const ImageStatus& now = images_.status();
  std::uint64_t failed = 0;
  {
    const std::lock_guard lock(mutex_);
    failed = now.self_tests_failed - image_.self_tests_failed;
    image_ = now;
  }
  if (failed == 0) return;
  spdlog::error("rules: an image did not become current: {}", now.self_test);
  (void)box_.with([&](auto& box) { return box.count("self_test_failed", failed); });
}

AgentStatus Service::status() {
  AgentStatus out;
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

}  // namespace sidedish::agent
