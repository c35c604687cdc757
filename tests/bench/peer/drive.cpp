#include "tests/bench/peer/matcher.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <unistd.h>

namespace sidedish::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kSteps[] = {1, 5, 20, 50};
constexpr std::uint32_t kWarmSessions = 500;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Step {
  std::vector<std::int64_t> ns;
  double matches = 0;
};

struct Row {
  std::uint32_t session;
  std::size_t lines;
  Answer answer;
};

class File {
 public:
  File(const std::string& path, const char* mode) : file_(std::fopen(path.c_str(), mode)) {
    if (file_ == nullptr) throw std::runtime_error("writing " + path + ": no such folder");
  }
  ~File() { std::fclose(file_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  operator std::FILE*() const { return file_; }

 private:
  std::FILE* file_;
};

void write(const Step& step, std::size_t lines, const std::string& name, const std::string& count,
           double base_mb, double build_s, std::FILE* file) {
  if (step.ns.empty()) return;
  std::vector<std::int64_t> ns = step.ns;
  std::sort(ns.begin(), ns.end());
  const auto n = static_cast<double>(ns.size());
  const auto us = [&](double part) {
    const auto at = std::min(ns.size() - 1, static_cast<std::size_t>(part * n));
    return static_cast<double>(ns[at]) / 1000;
  };
  const double sum = static_cast<double>(std::accumulate(ns.begin(), ns.end(), std::int64_t{0}));
  std::fprintf(file,
               "{\"peer\":\"%s\",\"R\":%s,\"lines\":%zu,\"samples\":%zu,\"p50_us\":%.3f,"
               "\"p99_us\":%.3f,\"p999_us\":%.3f,\"max_us\":%.3f,\"mean_us\":%.3f,"
               "\"matched_mean\":%.1f,\"build_s\":%.3f,\"rss_base_mb\":%.1f,\"rss_mb\":%.1f}\n",
               name.c_str(), count.c_str(), lines, ns.size(), us(.5), us(.99), us(.999), us(1),
               sum / n / 1000, step.matches / n, build_s, base_mb, resident_mb());
}

}  // namespace

double resident_mb() {
  std::ifstream in("/proc/self/statm");
  long size = 0;
  long resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void drive(const std::string& name, const std::string& count, const Workload& work,
           Matcher& matcher, double base_mb, double build_s, const std::string& out) {
  const char* limit = std::getenv("BENCH_MAX_S");
  const double most = limit != nullptr ? std::atof(limit) : 8;
  Step steps[std::size(kSteps)];
  std::vector<Row> rows;
  rows.reserve(work.sessions.size() * std::size(kSteps));
  for (Step& step : steps) step.ns.reserve(work.sessions.size());
  for (const bool warm : {true, false}) {
    const auto start = Clock::now();
    for (const Session& session : work.sessions) {
      if (warm && session.number >= kWarmSessions) break;
      if (seconds_since(start) > (warm ? most / 8 : most)) break;
      std::size_t next = 0;
      for (std::size_t n = 1; n <= session.lines.size() && next < std::size(kSteps); ++n) {
        const Line& line = session.lines[n - 1];
        if (n != kSteps[next]) {
          matcher.add(line);
          continue;
        }
        const auto before = Clock::now();
        if (n == 1) matcher.begin(session);
        matcher.add(line);
        const Answer answer = matcher.ask();
        const auto after = Clock::now();
        if (!warm) {
          steps[next].ns.push_back((after - before).count());
          steps[next].matches += static_cast<double>(answer.matches);
          rows.push_back({session.number, n, answer});
        }
        ++next;
      }
      matcher.end();
    }
  }
  const File answers(out + "/answers-" + name + "-" + count + ".txt", "w");
  for (const Row& row : rows) {
    const Answer& a = row.answer;
    std::fprintf(answers, "%u %zu %lld %lld %u %u %u\n", row.session, row.lines,
                 static_cast<long long>(a.matches), static_cast<long long>(a.sum), a.best[0],
                 a.best[1], a.best[2]);
  }
  const File results(out + "/results.jsonl", "a");
  for (std::size_t i = 0; i < std::size(kSteps); ++i) {
    write(steps[i], kSteps[i], name, count, base_mb, build_s, results);
  }
}

}  // namespace sidedish::bench
