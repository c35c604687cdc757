#pragma once
// Programs of ours beside a till.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace processes {

/// A program of ours, ended with its owner.
class Process {
 public:
  explicit Process(std::vector<std::string> options) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    std::vector<char*> command;
    for (std::string& option : options) command.push_back(option.data());
    command.push_back(nullptr);
    ::execv(command[0], command.data());
    ::_exit(127);
  }
  ~Process() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    (void)wait();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  bool runs() { return pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == 0; }
  /// When it ends by itself.
  int wait() {
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    return status_;
  }
  int end() {
    ::kill(pid_, SIGTERM);
    return wait();
  }
  /// A line of /proc/<pid>/status in KiB.
  long memory(const std::string& name) const {
    std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(name + ":"))
        return std::strtol(line.c_str() + name.size() + 1, nullptr, 10);
    }
    return -1;
  }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

/// Until it is so, or a minute has passed (a hang detector).
template <class F>
inline bool until(F&& is_so) {
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > late) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace processes
