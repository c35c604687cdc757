// Rule document -> image: 100,000 rules over 50,000 products, two languages. Read and checked, compiled,
// and how often the progress was told. Beside it nlohmann::json parsing the same two texts. Exit
// status 1 when all of it takes more than 8 times that parse (the least of three runs, in time of
// the processor), when the progress was silent for more than three fifths of the compile or told other than forwards, or when a
// minute is over.
//   compile_rules [RULES PRODUCTS]
#include "rules/compile/compile.hpp"
#include "rules/format/documents.hpp"
#include "tests/bench/grocer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

using namespace sidedish;

namespace {

constexpr double kMost = 8;
constexpr double kLongestSilence = 0.6;  // of the compile
constexpr double kHung = 60;             // seconds
constexpr int kRuns = 3;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "compile_rules: %s\n", why.c_str());
  std::exit(2);
}

/// Of this thread: what others do on the machine is not in it.
double now() {
  timespec t{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0) give_up("no clock");
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

/// Hears the progress and remembers whether it was worth hearing.
class Listener {
 public:
  void start() { last_ = begin_ = now(); }
  void hear(std::size_t done, std::size_t of) {
    const double at = now();
    longest_ = std::max(longest_, at - last_);
    last_ = at;
    forwards_ = forwards_ && done >= done_ && done <= of;
    done_ = done;
    of_ = of;
    ++calls_;
  }
  void stop() { longest_ = std::max(longest_, now() - last_); }
  bool good(std::size_t rules, double took) const {
    return forwards_ && done_ == rules && of_ == rules && longest_ <= took * kLongestSilence;
  }
  double longest() const { return longest_; }
  int calls() const { return calls_; }

 private:
  double begin_ = 0, last_ = 0, longest_ = 0;
  std::size_t done_ = 0, of_ = 0;
  bool forwards_ = true;
  int calls_ = 0;
};

template <class T>
T value_of(format::Parsed<T> parsed) {
  if (!parsed.value) {
    give_up(parsed.errors.front().pointer + ": " + parsed.errors.front().message);
  }
  return std::move(*parsed.value);
}

}  // namespace

int main(int argc, char** argv) {
  const bool asked = argc == 3;
  const std::uint32_t rules = asked ? static_cast<std::uint32_t>(std::atoi(argv[1])) : 100'000;
  const std::uint32_t products = asked ? static_cast<std::uint32_t>(std::atoi(argv[2])) : 50'000;
  model::Pack made = bench::Grocer::pack(rules, products);
  // Without blanks, as programs send it: a document has at most 64 MiB.
  const auto small = [](const std::string& text) {
    return nlohmann::ordered_json::parse(text).dump();
  };
  const std::string goods_text = small(format::write_catalogue(*made.catalogue));
  made.catalogue.reset();
  const std::string rules_text = small(format::write_rules(made));
  made = {};
  double best = 1e9;
  bool told = true;
  for (int run = 0; run < kRuns; ++run) {
    const double start = now();
    const auto pack = value_of(format::parse_rules(rules_text));
    const auto goods = value_of(format::parse_catalogue(goods_text));
    const double read = now() - start;
    Listener listener;
    compile::Options options;
    options.time_begin = 1'767'225'600'000;  // 2026-01-01
    options.progress = [&](std::size_t done, std::size_t of) { listener.hear(done, of); };
    listener.start();
    const auto out = compile::compile(pack, goods, bench::Grocer::zone_file, options);
    listener.stop();
    const double all = now() - start;
    if (!out.errors.empty()) {
      const model::Finding& first = out.errors.front();
      give_up(first.id + " " + first.pointer + ": " + first.message);
    }
    const double before = now();
    std::size_t values = nlohmann::json::parse(rules_text).size();
    values += nlohmann::json::parse(goods_text).size();
    const double bare = now() - before;
    told = told && listener.good(rules, all - read);
    std::printf(
        "%u rules, %u products, %zu bytes of JSON -> %zu: read %.2f s, compiled %.2f s, told %d "
        "times, at most "
        "%.2f s apart; nlohmann parse %.2f s (%zu members), ratio %.1f\n",
        rules, products, rules_text.size() + goods_text.size(), out.image.size(), read, all - read,
        listener.calls(), listener.longest(), bare, values, all / bare);
    best = std::min(best, all / bare);
    if (all > kHung) give_up("more than a minute");
  }
  if (!told) std::printf("the progress was not told, or seldom\n");
  if (best > kMost) std::printf("expected at most %.0f times the parse\n", kMost);
  return told && best <= kMost ? 0 : 1;
}
