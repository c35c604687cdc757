// What one update costs in things that can be counted while a machine is busy: system calls and allocations. What it costs
// in time stands in tests/bench/agent_api.cpp, beside an echo, which needs 6 system calls for each request.
#include "plugin/net/server.hpp"
#include "tests/plugin/loopback/allocations.hpp"
#include "tests/plugin/loopback/web.hpp"
#include "tests/support/skip.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // those have costs of their own

using namespace web;

namespace {

/// The quantity changes, so that every update is one, and the prompt for fries stands.
std::string update(std::uint64_t seq) {
  return R"({"basket":"B","seq":)" + std::to_string(seq) +
         R"(,"currency":"EUR","deadline_ms":60000,"lines":[{"product":"sku:BURGER","quantity":")" +
         std::to_string(1 + seq % 2) + R"(","unit_price":"5.90"}]})";
}

/// The agent's API in a process of its own, stopped at each system call of the thread that serves.
class Traced {
 public:
  explicit Traced(const State& state) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) serve(state, ends[1]);
    ::close(ends[1]);
    std::uint16_t port = 0;
    REQUIRE(::read(ends[0], &port, sizeof port) == sizeof port);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    line_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(line_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    send("PUT", "/v1/lanes/1", kLane1);
    REQUIRE(receive().starts_with("HTTP/1.1 201"));
    REQUIRE(::read(ends[0], &thread_, sizeof thread_) == sizeof thread_);
    ::close(ends[0]);
  }
  ~Traced() {
    ::close(line_);
    ::kill(child_, SIGKILL);
    // Who traces a thread has to see its end, or that of the process does not come.
    int status = 0;
    while (attached_ && ::waitpid(thread_, &status, __WALL) == thread_ && WIFSTOPPED(status)) {
    }
    ::waitpid(child_, nullptr, 0);
  }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  /// False: this machine lets nobody trace.
  bool attach() {
    attached_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, PTRACE_O_TRACESYSGOOD) == 0;
    if (!attached_) return false;
    REQUIRE(::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0);
    REQUIRE(::waitpid(thread_, nullptr, __WALL) == thread_);
    (void)until_idle();
    return true;
  }
  void send(std::string_view method, std::string_view target, std::string_view body) const {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1:7410\r\n");
    text.append("Content-Type: application/json\r\nAuthorization: Bearer ").append(kToken);
    text.append("\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\n\r\n").append(body);
    REQUIRE(::send(line_, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  }
  std::string receive() const {
    char room[8192];
    const ssize_t n = ::recv(line_, room, sizeof room, 0);
    return {room, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
  }
  /// The system calls from here to the next wait for more, which is counted too.
  std::vector<std::uint64_t> until_idle() const {
    std::vector<std::uint64_t> out;
    for (;;) {
      REQUIRE(::ptrace(PTRACE_SYSCALL, thread_, nullptr, nullptr) == 0);
      int status = 0;
      REQUIRE(::waitpid(thread_, &status, __WALL) == thread_);
      REQUIRE(WIFSTOPPED(status));
      __ptrace_syscall_info now{};
      if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread_, sizeof now, &now) <= 0 ||
          now.op != PTRACE_SYSCALL_INFO_ENTRY) {
        continue;
      }
      out.push_back(now.entry.nr);
      const bool waits = now.entry.nr == SYS_epoll_wait || now.entry.nr == SYS_epoll_pwait;
      if (waits && static_cast<int>(now.entry.args[3]) != 0) return out;
    }
  }

 private:
  [[noreturn]] static void serve(const State& state, int to) {
    Web web(state);
    net::ServerOptions options;
    options.threads = 1;
    options.clock = &web.clock;
    bool told = false;
    auto server = net::Server::start(options, [&](net::Request request, const net::Reply& reply) {
      if (!told) {
        const auto self = static_cast<pid_t>(::syscall(SYS_gettid));
        if (::write(to, &self, sizeof self) != sizeof self) ::_exit(1);
        told = true;
      }
      web.clock.at += 10;  // the pace of a lane is not the test's
      web.api(std::move(request), reply);
    });
    const std::uint16_t port = server ? (*server)->port() : 0;
    if (::write(to, &port, sizeof port) != sizeof port) ::_exit(1);
    for (;;) ::pause();
  }

  pid_t child_ = -1;
  pid_t thread_ = -1;
  int line_ = -1;
  bool attached_ = false;
};

}  // namespace

// Seen to fail: with an asynchronous write of every answer.
TEST_CASE("an update over HTTP needs four system calls: wait, read, write, look for more",
          "[loopback]") {
  const State state;
  Traced agent(state);
  if (!agent.attach()) {
    sidedish::test::skipped(
        "this machine does not let a process trace its child: nothing was counted");
    return;
  }
  for (std::uint64_t seq = 1; seq <= 50; ++seq) {
    agent.send("POST", "/v1/lanes/1/basket", update(seq));
    const std::vector<std::uint64_t> calls = agent.until_idle();
    const std::string answer = agent.receive();
    REQUIRE(answer.starts_with("HTTP/1.1 200"));
    REQUIRE(answer.find(R"("product":"sku:FRIES)") != std::string::npos);
    CAPTURE(seq, calls);
    // The first ones: the prompt is recorded, and the timers are set that later ones find ringing late enough.
    if (seq > 5) CHECK(calls.size() <= 4);
  }
}

// Seen to fail: with a reader that copies every text of the body into a string of its own.
TEST_CASE("an update of the API makes at most 30 allocations", "[loopback]") {
  const State state;
  Web web(state);
  REQUIRE(web.open().status == 201);
  for (std::uint64_t seq = 1; seq <= 50; ++seq) {
    web.clock.at += 10;
    net::Request request = Web::request("POST", "/v1/lanes/1/basket", update(seq));
    std::uint64_t made = 0;
    int status = 0;
    const net::Reply reply = net::Reply::to([&](const net::Response& response) {
      made = allocations() - made;
      status = response.status;
    });
    made = allocations();
    web.api(std::move(request), reply);
    REQUIRE(status == 200);
    CAPTURE(seq);
    if (seq > 5) CHECK(made <= 30);
  }
}

#endif
