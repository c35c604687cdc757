// A basket update over loopback HTTP keep-alive, beside a bare Beast echo of the same bytes, in turns in one run: the
// medians of blocks, and their ratio. Then what the update is made of: reading JSON, deciding, writing JSON.
//
//   bench-agent-api [LINES...]     baskets of so many lines (default 1 5 20 50), 1,000 rules, 5,000 products, seed 20261121
//
// Status 1 when a ratio is above 1.5, the middle one of five runs. A fair echo: one client's code asks both, with the same
// requests over a connection of the same kind that stays open; one thread serves; the answer has the same fields and body.
// All threads share one processor: else it is the kernel's placing of them that decides, and one run of three doubles either time.
#include "plugin/agent/images.hpp"
#include "plugin/loopback/api.hpp"
#include "plugin/loopback/writing.hpp"
#include "plugin/net/server.hpp"
#include "tests/bench/echo.hpp"
#include "tests/support/big_pack.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <optional>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace sidedish;
namespace fs = std::filesystem;
using Time = std::chrono::steady_clock;

constexpr std::size_t kRuns = 5;
constexpr int kBlocks = 20;
constexpr int kBlock = 200;
constexpr double kMost = 1.5;  // times the echo

[[noreturn]] void give_up(std::string_view why) {
  std::fprintf(stderr, "agent_api: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

/// Time enough for the pace of a lane to pass with every request.
struct StridingClock final : Clock {
  mutable std::atomic<MonoMs> at{1'000};
  UtcMs now() const noexcept override { return 1'795'262'400'000; }
  MonoMs steady() const noexcept override { return at += 10; }
};

/// A till's side: one connection, one request at a time.
class Line {
 public:
  explicit Line(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) give_up("connect");
  }
  ~Line() { ::close(fd_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// The answer, head and body.
  std::string ask(const std::string& request) {
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      give_up("send");
    }
    std::string got;
    for (;;) {
      char room[16384];
      const ssize_t n = ::recv(fd_, room, sizeof room, 0);
      if (n <= 0) give_up("the other end closed");
      got.append(room, static_cast<std::size_t>(n));
      const std::size_t end = got.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const std::size_t at = got.find("Content-Length: ");
      if (at > end) give_up("an answer without a length");
      const std::size_t size = std::strtoul(got.c_str() + at + 16, nullptr, 10);
      if (got.size() >= end + 4 + size) return got;
    }
  }

 private:
  int fd_;
};

double median(std::vector<double>& times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                   times.end());
  return times[times.size() / 2];
}

template <class Run>
double once(Run run) {
  const auto from = Time::now();
  run();
  return std::chrono::duration<double, std::micro>(Time::now() - from).count();
}

const std::string kToken(64, 'a');

std::string snapshot(std::uint64_t seq, int lines) {
  std::string out =
      R"({"basket":"B-1","seq":)" + std::to_string(seq) +
      R"(,"reason":"item_added","currency":"EUR","prices_include_tax":true,"lines":[)";
  for (int i = 0; i < lines; ++i) {
    // The quantity of one changes, so that every update is one.
    const auto quantity = i == 0 ? 1 + seq % 2 : 1;
    out += (i == 0 ? R"({"product":")" : R"(,{"product":")") +
           test::big_key(static_cast<std::uint32_t>(i * 7)) + R"(","line_id":")" +
           std::to_string(i) + R"(","quantity":")" + std::to_string(quantity) +
           R"(","unit_price":"3.29","line_total":329})";
  }
  return out + R"(],"deadline_ms":60000})";
}

std::string post(const std::string& body, std::uint16_t port) {
  return "POST /v1/lanes/1/basket HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
         "\r\nAuthorization: Bearer " + kToken +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// State and run folder as the agent makes them.
struct Places {
  fs::path base = test::make_scratch("/dev/shm", "bench");
  fs::path state = base / "state";
  fs::path run = base / "run";
  Places() {
    const auto made = packs::compiled(test::big_pack(1'000, 5'000));
    if (!made.errors.empty()) give_up("the pack does not compile");
    if (!agent::make_folders(state, run)) give_up("no folder on /dev/shm");
    agent::Images images(state, run);
    const std::string_view bytes(reinterpret_cast<const char*>(made.image.data()),
                                 made.image.size());
    const fs::path file = base / "big.image";
    std::ofstream(file, std::ios::binary) << bytes;
    if (!images.open() || !images.take_file(file)) give_up("the image is not taken");
  }
  ~Places() {
    std::error_code ignored;
    fs::remove_all(base, ignored);
  }
};

/// The ratio.
double measure(const Places& places, int lines) {
  StridingClock clock;
  loopback::Api api({.lanes = {"mitte", "t1", places.state, places.run, {}},
                     .token = kToken,
                     .origins = {},
                     .version = "bench"},
                    clock);
  net::ServerOptions options;
  options.threads = 1;
  options.clock = &clock;
  auto server = net::Server::start(
      options, [&](net::Request q, const net::Reply& r) { api(std::move(q), r); });
  if (!server) give_up(server.error().text());
  const std::uint16_t port = (*server)->port();
  api.serve_on(port);
  Line agent(port);
  const std::string open = R"({"capabilities":["add","replace","convert","undo"]})";
  agent.ask("PUT /v1/lanes/1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
            "\r\nAuthorization: Bearer " + kToken +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(open.size()) +
            "\r\n\r\n" + open);
  std::uint64_t seq = 0;
  const std::string answer = agent.ask(post(snapshot(++seq, lines), port));
  Echo echo(answer);
  Line bare(echo.port());
  struct Run {
    double ratio, ours, theirs;
  };
  std::vector<Run> runs;
  for (std::size_t run = 0; run < kRuns; ++run) {
    std::vector<double> ours, theirs;
    for (int block = 0; block < kBlocks; ++block) {
      for (int i = 0; i < kBlock; ++i) {
        const std::string request = post(snapshot(++seq, lines), port);
        ours.push_back(once([&] { (void)agent.ask(request); }));
      }
      for (int i = 0; i < kBlock; ++i) {
        const std::string request = post(snapshot(++seq, lines), port);
        theirs.push_back(once([&] { (void)bare.ask(request); }));
      }
    }
    const double a = median(ours), b = median(theirs);
    runs.push_back({a / b, a, b});
  }
  std::sort(runs.begin(), runs.end(), [](const Run& x, const Run& y) { return x.ratio < y.ratio; });
  const Run middle = runs[kRuns / 2];
  std::printf("%5d lines  %5zu bytes in  %4zu out   echo %6.1f us   agent %6.1f us   ratio %.2f",
              lines, post(snapshot(seq, lines), port).size(), answer.size(), middle.theirs,
              middle.ours, middle.ratio);
  (*server)->stop();
  api.stop();

  // What it is made of.
  lane::Status status = lane::Status::ok;
  const std::string state = places.state.string(), run = places.run.string();
  lane::Host* host = lane::Host::open({state, run, {}, {}, nullptr, nullptr}, status);
  lane::Lane* lane =
      host->open_lane("mitte", "t1", kCanAdd | kCanReplace | kCanConvert, {}, status);
  std::vector<double> reading, deciding, writing;
  const lane::Masks masks;
  const loopback::HasPicture no_pictures;
  for (int i = 0; i < 4'000; ++i) {
    const std::string body = snapshot(++seq, lines);
    loopback::SnapshotRequest said;
    loopback::Findings findings;
    std::optional<format::JsonDocument> document;
    reading.push_back(once([&] {
      document = format::JsonDocument::parse(body);
      loopback::read_snapshot(document->root(), Channel::cashier, lane->line_room(), said,
                              findings);
    }));
    lane::Offered offered[engine::kMaxPrompts];
    std::uint32_t count = 0;
    deciding.push_back(once([&] { (void)lane->update(said.snapshot, offered, count); }));
    writing.push_back(once([&] {
      const loopback::Names names(host->rules(), "mitte", {}, masks, no_pictures);
      for (std::uint32_t k = 0; k < count; ++k) {
        const loopback::Why why = names.why(offered[k], {}, said.snapshot);
        (void)loopback::write_prompt(offered[k], {}, {"B-1", "EUR", 2, Channel::cashier}, why,
                                     names);
      }
    }));
  }
  lane::Host::close(host);
  std::printf("   parse %5.1f   decide %4.1f   write %4.1f us\n", median(reading), median(deciding),
              median(writing));
  return middle.ratio;
}

/// Where this thread is now; those that it starts stay there too.
void stay_on_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  if (::sched_setaffinity(0, sizeof one, &one) != 0) give_up("sched_setaffinity");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {1, 5, 20, 50};
  stay_on_one_processor();
  const Places places;
  double worst = 0;
  for (const int lines : sizes) worst = std::max(worst, measure(places, lines));
  if (worst <= kMost) return 0;
  std::printf("%.2f times the echo: expected at most %.1f\n", worst, kMost);
  return 1;
}
