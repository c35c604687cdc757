// The agent's threads, all of them at work: web tills ask and answer, pages listen, rules and outcomes go to and from a head office.
// Worth its time under ThreadSanitizer; elsewhere it proves that nothing is lost on the way.
// Proved by a note_drain() without its lock, which ThreadSanitizer reports.
#include "plugin/agent/service.hpp"

#include "plugin/net/server.hpp"
#include "tests/plugin/agent/office_image.hpp"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <spdlog/spdlog.h>
#include <thread>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;
using std::chrono::milliseconds;

namespace {

/// A head office on a port: its manifest is polled for long, and every outcome counts once.
class Office {
 public:
  Office() {
    net::ServerOptions options;
    auto started = net::Server::start(
        options, [this](net::Request q, const net::Reply& r) { answer(std::move(q), r); });
    REQUIRE(started);
    server_ = std::move(*started);
  }
  ~Office() { server_->stop(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  void publish(std::uint64_t version) {
    std::string bytes = image_bytes(version);
    const std::lock_guard lock(mutex_);
    image_ = std::move(bytes);
    manifest_ = manifest_of(version, image_);
    tag_ = tag_of(version);
    taken_ = false;
    for (const net::Reply& waiting : waiting_) (void)waiting.send(manifest_);
    waiting_.clear();
  }
  /// Whether the terminal has what was published last, within this time: it asks with its tag then.
  bool taken(milliseconds within) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, within, [&] { return taken_; });
  }
  std::size_t closed() const {
    const std::lock_guard lock(mutex_);
    return closed_.size();
  }

 private:
  void answer(net::Request request, const net::Reply& reply) {
    const std::lock_guard lock(mutex_);
    if (request.target.starts_with("/v1/stores/mitte/manifest")) {
      if (request.headers.get("If-None-Match") == tag_) {
        taken_ = true;
        changed_.notify_all();
        return waiting_.push_back(reply);
      }
      return static_cast<void>(reply.send(manifest_));
    }
    if (request.target.starts_with("/v1/blobs/")) {
      net::Response blob;
      blob.body = image_;
      return static_cast<void>(reply.send(std::move(blob)));
    }
    if (request.method == "PUT") return static_cast<void>(reply.send(json(204, "")));
    format::WireFindings findings;
    const auto text = net::gunzip(request.body, 1 << 20, 1000);
    const auto events = text ? format::read_batch(*text, findings) : std::vector<format::Event>();
    for (const format::Event& event : events) {
      if (event.type() == "basket.closed") closed_.insert(event.sequence);
    }
    format::ReportAnswer taken;
    taken.digest = std::string(request.headers.get("Content-Digest").value_or(""));
    taken.accepted = events.size();
    taken.manifest = tag_;
    (void)reply.send(json(200, format::write(taken)));
  }

  mutable std::mutex mutex_;  // everything below but the server
  std::string image_;
  std::string tag_;
  bool taken_ = false;
  std::condition_variable changed_;
  net::Response manifest_;
  std::vector<net::Reply> waiting_;
  std::set<std::uint64_t> closed_;
  std::unique_ptr<net::Server> server_;
};

/// A program on this machine that speaks with the agent. One thread.
struct Till {
  std::unique_ptr<net::Client> client;
  std::string token;
  unsigned wrong = 0;

  explicit Till(unsigned port, std::string secret) : token(std::move(secret)) {
    auto made = net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(port)});
    if (made) client = std::move(*made);
  }
  std::string ask(const char* method, std::string target, std::string body = {},
                  milliseconds timeout = milliseconds(20'000)) {
    net::Request request;
    request.method = method;
    request.target = std::move(target);
    request.headers.set("Authorization", "Bearer " + token);
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    const auto answer = client->send(request, timeout, net::Repeat::never);
    if (!answer || answer->status >= 300) {
      ++wrong;
      return {};
    }
    return answer->body;
  }
  void sell(const std::string& lane, const std::string& basket) {
    const std::string at = "/v1/lanes/" + lane;
    (void)ask("POST", at + "/basket",
              R"({"basket":")" + basket +
                  R"(","seq":1,"currency":"EUR","deadline_ms":20000,"lines":)"
                  R"([{"product":"sku:BURGER","quantity":"1","unit_price":590}]})");
    (void)ask("GET", at + "/prompts");
    (void)ask("POST", at + "/events", R"({"type":"completed","basket":")" + basket + "\"}");
  }
};

/// A signal that ends Service::run(), blocked in this thread and in those it starts.
struct Ending {
  sigset_t signals{};
  sigset_t before{};
  Ending() {
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  }
  ~Ending() { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); }
  static void send() { ::kill(::getpid(), SIGUSR2); }
};

}  // namespace

TEST_CASE(
    "service: web tills sell and pages listen while rules come and outcomes go, and every sale is "
    "counted",
    "[agent]") {
  constexpr unsigned kTills = 3;
  constexpr unsigned kSales = 30;
  spdlog::set_level(spdlog::level::err);  // the logger is there before the threads, as in main()
  const Ending ending;
  const Folder state{std::filesystem::temp_directory_path(), "service"};
  const Folder run{"/dev/shm", "service"};
  REQUIRE(make_folders(state.path, run.path));
  Office office;
  office.publish(1);

  const SystemClock clock;
  auto box = outbox::Outbox::open({.file = state.path / "outbox.db"}, clock, random_number);
  REQUIRE(box);
  Settings settings;
  settings.state_dir = state.path.string();
  settings.run_dir = run.path.string();
  settings.head_office = office.url();
  settings.store = "mitte";
  settings.terminal = "t1";
  settings.port = 0;
  settings.start_splay_ms = 0;
  Service service(std::move(settings), std::move(*box), "test");
  REQUIRE(service.start());
  const unsigned port = service.port();
  const auto token = read_file(run.path / "token", 100);
  REQUIRE(token);
  const std::string secret = token->substr(0, token->find_last_not_of('\n') + 1);
  std::thread working([&] { service.run(ending.signals); });

  std::atomic<unsigned> wrong = 0;
  std::vector<std::thread> tills;
  Till page(port, secret);
  std::thread listening;
  for (unsigned i = 0; i < kTills; ++i) {
    const std::string lane = std::to_string(i);
    Till till(port, secret);
    (void)till.ask("PUT", "/v1/lanes/" + lane, R"({"capabilities":["add","undo"]})");
    if (i == 0) {
      // Ends with the agent.
      listening = std::thread(
          [&page] { (void)page.ask("GET", "/v1/lanes/0/events", {}, milliseconds(120'000)); });
    }
    tills.emplace_back([lane, &wrong, till = std::move(till)]() mutable {
      for (unsigned sale = 0; sale < kSales; ++sale) till.sell(lane, std::to_string(sale));
      wrong += till.wrong;
    });
  }
  Till watch(port, secret);
  for (std::uint64_t version = 2; version < 5; ++version) {
    office.publish(version);
    // Looked at while it changes.
    bool taken = false;
    for (const MonoMs late = clock.steady() + 60'000; !taken && clock.steady() < late;) {
      (void)watch.ask("GET", "/v1/status");
      (void)watch.ask("GET", "/metrics");
      taken = office.taken(milliseconds(10));
    }
    CHECK(taken);
    const std::string current = "\"manifest_version\":" + std::to_string(version) + ",";
    CHECK(watch.ask("GET", "/v1/status").find(current) != std::string::npos);
  }
  for (std::thread& till : tills) till.join();
  wrong += watch.wrong;
  Ending::send();
  working.join();
  page.client->cancel();
  listening.join();
  CHECK(wrong == 0);
  CHECK(office.closed() == kTills * kSales);
}
