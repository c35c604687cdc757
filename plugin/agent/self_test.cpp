#include "plugin/agent/self_test.hpp"

#include "plugin/agent/files.hpp"
#include "plugin/agent/records.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/record.hpp"
#include "rules/vectors/vectors.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <new>
#include <optional>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// Sanitizers map shadow memory and speak to the system by themselves.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIDEDISH_SANITIZED 1
#endif

namespace sidedish::agent {
namespace {

constexpr std::uintmax_t kLargestRecord = std::uintmax_t{1} << 20;

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "name this processor's AUDIT_ARCH_"
#endif

enum class Step : std::uint32_t { begin = 0, vector, record, explanation, done };

/// What the child has come to; shared with its parent.
struct Progress {
  std::atomic<Step> step = Step::begin;
  std::atomic<std::uint32_t> index = 0;
  std::atomic<bool> wrong = false;
  std::atomic<std::uint32_t> vectors = 0;
  std::atomic<std::uint32_t> records = 0;
};

/// All that the child needs, made before it is: it can ask the system for nothing.
struct Task {
  image::Image image;
  std::vector<std::byte> scratch;
  std::vector<engine::Verdict> verdicts;
  std::vector<std::vector<std::uint64_t>> bytes;  ///< of the records
  std::vector<engine::Record> records;
  std::size_t explained = 0;
  const std::function<void(std::uint32_t)>& inside;
};

/// False: something was not as it must be, and `progress` says where.
bool work(Task& task, Progress& progress) {
  std::uint32_t steps = 0;
  const auto at = [&](Step step, std::size_t index) {
    progress.step = step;
    progress.index = static_cast<std::uint32_t>(index);
    if (task.inside) task.inside(steps);
    ++steps;
  };
  at(Step::begin, 0);
  for (std::size_t i = 0; i < task.image.vectors().size(); ++i) {
    at(Step::vector, i);
    const auto answer = vectors::check(task.image, task.image.vectors()[i], task.scratch);
    if (answer == vectors::Answer::different) return false;
    if (answer == vectors::Answer::same) ++progress.vectors;
  }
  for (std::size_t i = 0; i < task.records.size(); ++i) {
    at(Step::record, i);
    const engine::Record& record = task.records[i];
    engine::Decision decision{};
    // Made under other rules: whether it is the same is of no interest, only that it is decided.
    if (!engine::replay(task.image, {}, record, task.scratch, decision)) continue;
    ++progress.records;
    if (i >= task.explained) continue;
    at(Step::explanation, i);
    engine::Decision explained{};
    engine::explain(task.image, {}, record.context, record.basket(), record.head.changed != 0,
                    record.before, task.scratch, explained, task.verdicts);
    if (std::memcmp(&explained, &decision, sizeof decision) != 0) return false;
  }
  return true;
}

void limit(int what, ::rlim_t most) {
  const ::rlimit to{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &to);
}

#ifndef SIDEDISH_SANITIZED
/// Leaves this process its end and no other system call. A filter, and not seccomp's strict mode: that
/// one is refused to a process that has a filter already, as the unit's SystemCallFilter= gives it.
bool seal() {
  constexpr auto kNumber = static_cast<std::uint32_t>(offsetof(::seccomp_data, nr));
  constexpr auto kArch = static_cast<std::uint32_t>(offsetof(::seccomp_data, arch));
  ::sock_filter code[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, kArch},    {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, kArchitecture},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, kNumber},  {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_exit_group},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
  };
  const ::sock_fprog program{sizeof code / sizeof *code, code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#endif

/// Forked from a process with threads, whose locks may be held by nobody now: no allocation, no library
/// with state, nothing but system calls and the engine, which is free of both. That is why it needs no
/// program of its own, which would have to load libraries and read files before it could be sealed.
[[noreturn]] void be_child(Task& task, Progress& progress, const SelfTestLimits& limits,
                           ::rlim_t memory) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // When memory is short, this one goes first.
  if (const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); file >= 0) {
    static_cast<void>(::write(file, "1000", 4) == 4);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, limits.cpu_seconds);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 0);
#ifndef SIDEDISH_SANITIZED
  limit(RLIMIT_AS, memory);
  if (!seal()) ::syscall(SYS_exit_group, 2);
#else
  static_cast<void>(memory);
#endif
  if (!work(task, progress)) {
    progress.wrong = true;
    ::syscall(SYS_exit_group, 1);
  }
  progress.step = Step::done;
  ::syscall(SYS_exit_group, 0);
  __builtin_unreachable();
}

/// fork(), with every signal blocked in the child: those that the agent waits for are not the child's,
/// and what the kernel sends for its own mistakes ends it all the same.
::pid_t fork_child() {
  ::sigset_t all;
  ::sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const ::pid_t child = ::fork();
  const int why = errno;
  if (child != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = why;
  return child;
}

/// Of this process now.
::rlim_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<::rlim_t>(::sysconf(_SC_PAGESIZE));
}

std::string place(const Progress& progress) {
  const std::string index = std::to_string(progress.index.load());
  switch (progress.step.load()) {
    case Step::begin:
      return "before its first decision";
    case Step::vector:
      return "at its test vector " + index;
    case Step::record:
      return "at decision record " + index;
    case Step::explanation:
      return "explaining decision record " + index;
    case Step::done:
      return "after its last decision";
  }
  return {};
}

/// Waits for the end of the child, at most so long; its status, or nothing when it had to be killed.
std::optional<int> end_of(::pid_t child, int pipe, std::chrono::milliseconds most) {
  const auto late = std::chrono::steady_clock::now() + most;
  bool ended = false;
  while (!ended) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        late - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    ::pollfd end{pipe, POLLIN, 0};
    ended = ::poll(&end, 1, static_cast<int>(left.count())) > 0;
  }
  if (!ended) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return ended ? std::optional<int>(status) : std::nullopt;
}

void read_records(const std::filesystem::path& folder, std::size_t most, Task& task) {
  for (const auto& entry : Records::list(folder)) {
    if (task.records.size() == most) break;
    const auto text = read_file(entry.file, kLargestRecord);
    if (!text) continue;  // replaced just now
    std::vector<std::uint64_t> words((text->size() + 7) / 8);
    std::memcpy(words.data(), text->data(), text->size());
    const auto bytes = std::as_bytes(std::span(words)).first(text->size());
    if (auto record = engine::decode_record(bytes)) {
      task.bytes.push_back(std::move(words));
      task.records.push_back(*record);
    }
  }
}

}  // namespace

Result<SelfTestReport> SelfTest::run(std::string_view bytes) const {
  const auto image = image::Image::open(std::as_bytes(std::span(bytes)));
  if (!image) return tl::unexpected(image.error());
  Task task{*image, {}, {}, {}, {}, limits_.explained, inside_};
  task.scratch.resize(engine::scratch_bytes(*image));
  task.verdicts.resize(image->rules().size());
  read_records(records_, limits_.records, task);

  void* shared =
      ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return system_error("mapping memory for", "the self-test");
  auto& progress = *new (shared) Progress;
  int ends[2] = {-1, -1};
  const ::rlim_t memory = address_space() + limits_.memory;
  const ::pid_t child = ::pipe2(ends, O_CLOEXEC) == 0 ? fork_child() : -1;
  if (child == 0) be_child(task, progress, limits_, memory);
  const int why = errno;
  if (ends[1] >= 0) ::close(ends[1]);
  const auto status = child > 0 ? end_of(child, ends[0], limits_.wall) : std::optional<int>();
  if (ends[0] >= 0) ::close(ends[0]);
  const SelfTestReport report{progress.vectors, progress.records};
  const std::string where = place(progress);
  const bool wrong = progress.wrong;
  ::munmap(shared, sizeof(Progress));
  if (child < 0) return fail(Errc::io, "starting the self-test", std::strerror(why));
  if (!status) {
    return fail(Errc::corrupt, "the self-test was not done in time", where);
  }
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return report;
  if (wrong) return fail(Errc::corrupt, "the self-test decided otherwise than it must", where);
  if (WIFSIGNALED(*status)) {
    return fail(Errc::corrupt,
                "the self-test was ended by signal " + std::to_string(WTERMSIG(*status)), where);
  }
  return fail(Errc::io, "starting the self-test", "its limits could not be set");
}

}  // namespace sidedish::agent
