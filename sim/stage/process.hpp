#pragma once
// Child processes of the demo: started, read line by line, asked to end, and never left behind.
#include "rules/base/result.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sidedish::sim {

/// One child. Its standard output comes through a pipe when asked for; its standard error goes to
/// `log`. The destructor kills what is still running: a demo that is interrupted leaves nothing
/// behind.
class Process {
 public:
  struct Options {
    std::vector<std::string> command;  ///< path and arguments
    std::string log;  ///< file for standard error (and output, unless read); empty = /dev/null
    bool read_output = false;
  };
  static Result<Process> start(const Options& options);
  /// A place for a child that is not started yet.
  static Process none() { return Process(); }
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  int output() const { return output_; }  ///< readable, non-blocking; -1 when not asked for
  /// Whole lines that have arrived since the last call. False at end of file.
  bool read_lines(std::vector<std::string>& lines);
  bool running();
  void signal(int number) const;
  /// Waits for the end, at most `timeout_ms`; then kills. The exit code, or 128 + the signal.
  int wait(int timeout_ms);

 private:
  Process() = default;
  pid_t pid_ = -1;
  int output_ = -1;
  int code_ = -1;
  std::string partial_;
};

/// The content of a small file once it is there, asked for every 10 ms. network: the process ended
/// or time is over.
Result<std::string> await_file(const std::string& file, Process& writer, int timeout_ms);

}  // namespace sidedish::sim
