#include "sim/stage/process.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern "C" char** environ;

namespace sidedish::sim {
namespace {

void pause_ms(int ms) { poll(nullptr, 0, ms); }

}  // namespace

Result<Process> Process::start(const Options& options) {
  int pipe_ends[2] = {-1, -1};
  if (options.read_output && pipe2(pipe_ends, O_CLOEXEC) != 0)
    return fail(Errc::io, "pipe", std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string log = options.log.empty() ? "/dev/null" : options.log;
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, options.read_output ? pipe_ends[1] : 2, 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Ctrl-C is for the demo: it ends its children in order. A group of their own keeps the
  // terminal's signal away.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);

  std::vector<char*> arguments;
  for (const std::string& argument : options.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  Process process;
  const int error =
      posix_spawn(&process.pid_, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (pipe_ends[1] >= 0) close(pipe_ends[1]);
  process.output_ = pipe_ends[0];
  if (error != 0) {
    process.pid_ = -1;
    return fail(Errc::io, "starting " + options.command[0], std::strerror(error));
  }
  if (process.output_ >= 0) fcntl(process.output_, F_SETFL, O_NONBLOCK);
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)),
      code_(other.code_),
      partial_(std::move(other.partial_)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(output_, other.output_);
  std::swap(code_, other.code_);
  std::swap(partial_, other.partial_);
  return *this;
}

Process::~Process() {
  if (pid_ > 0 && code_ < 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

bool Process::read_lines(std::vector<std::string>& lines) {
  char buffer[65536];
  for (;;) {
    const ssize_t n = read(output_, buffer, sizeof buffer);
    if (n == 0) return false;
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    partial_.append(buffer, static_cast<std::size_t>(n));
    std::size_t start = 0;
    for (std::size_t end = partial_.find('\n'); end != std::string::npos;
         end = partial_.find('\n', start)) {
      lines.push_back(partial_.substr(start, end - start));
      start = end + 1;
    }
    partial_.erase(0, start);
  }
}

bool Process::running() {
  if (pid_ <= 0 || code_ >= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void Process::signal(int number) const {
  if (pid_ > 0 && code_ < 0) kill(pid_, number);
}

int Process::wait(int timeout_ms) {
  for (int waited = 0; running() && waited < timeout_ms; waited += 10) pause_ms(10);
  if (running()) {
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    code_ = 128 + SIGKILL;
  }
  return code_;
}

Result<std::string> await_file(const std::string& file, Process& writer, int timeout_ms) {
  for (int waited = 0; waited < timeout_ms; waited += 10) {
    std::ifstream in(file);
    std::stringstream content;
    if (in && content << in.rdbuf() && !content.str().empty()) return content.str();
    if (!writer.running()) return fail(Errc::network, "waiting for " + file, "the process ended");
    pause_ms(10);
  }
  return fail(Errc::network, "waiting for " + file, "not there in time");
}

}  // namespace sidedish::sim
