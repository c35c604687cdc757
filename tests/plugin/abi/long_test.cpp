// P01, P05, P07 and P08: small here, whole with tests/long/<ID>.
#include "tests/plugin/abi/till.hpp"
#include "tests/support/big_pack.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/no_system_calls.hpp"
#include "tests/support/skip.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>

using namespace tills;

namespace {

constexpr std::int64_t kHour = 3'600'000;

/// A till's calls without a byte of memory of its own, for hosts that count.
struct Bare {
  const Library& lib;
  sidedish_lane* lane;
  char id[24] = "B";
  std::uint64_t seq = 0;
  std::int64_t now = kMorning;

  std::int32_t update(const sidedish_line* lines, std::uint32_t count, std::uint64_t& prompt) {
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    s.basket = {id, std::strlen(id)};
    s.seq = ++seq;
    s.now_utc_ms = now;
    s.now_steady_ms = 1 + now - kMorning;
    s.prices_include_tax = -1;
    std::memcpy(s.currency, "EUR", 4);
    s.lines = lines;
    s.line_count = count;
    sidedish_prompt out[4];
    out[0].struct_size = sizeof out[0];
    std::uint32_t n = 4;
    const std::int32_t status = lib.basket_update(lane, &s, out, &n);
    prompt = n > 0 ? out[0].id : 0;
    return status;
  }
  std::int32_t event(std::int32_t type, const void* token = nullptr, std::size_t size = 0) {
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = type;
    e.basket = {id, std::strlen(id)};
    e.now_utc_ms = now;
    e.now_steady_ms = 1 + now - kMorning;
    e.token = token;
    e.token_size = size;
    return lib.basket_event(lane, &e);
  }
  std::int32_t answer(std::uint64_t prompt, std::int32_t type) {
    sidedish_outcome o{};
    o.struct_size = sizeof o;
    o.type = type;
    o.prompt = prompt;
    o.now_utc_ms = now;
    o.now_steady_ms = 1 + now - kMorning;
    return lib.prompt_outcome(lane, &o);
  }
  /// "B<number>": snprintf may allocate.
  void name(std::uint64_t number) {
    char digits[20];
    std::size_t n = 0;
    do digits[n++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    for (std::size_t i = 0; i < n; ++i) id[1 + i] = digits[n - 1 - i];
    id[1 + n] = 0;
    seq = 0;
  }
};

sidedish_line line_of(std::string_view key, std::int64_t quantity = 1000) {
  sidedish_line line{};
  line.struct_size = sizeof line;
  line.product = text(key);
  line.quantity = quantity;
  line.unit_price = 590;
  return line;
}

/// What one child of P01 tells its parent, in shared memory.
struct Measured {
  std::uint32_t median_ns;
  std::uint32_t p99_ns;
  std::uint64_t prompts;
};

/// A child that makes `updates` updates with every system call but exit forbidden. Its exit status.
int measure(const State& state, std::uint32_t updates, Measured* out) {
  const pid_t child = ::fork();
  if (child != 0) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }
  Till till(state);
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < 400; ++i) keys.push_back(test::big_key(i * 7));
  std::vector<sidedish_line> lines;
  for (const std::string& key : keys) lines.push_back(line_of(key));
  std::vector<std::uint32_t> took(updates);
  Bare bare{till.lib, till.lane};
  const auto heap = ::mallinfo2().uordblks;
  if (!test::forbid_system_calls()) ::_exit(9);
  std::uint64_t prompt = 0;
  for (std::uint32_t i = 0; i < updates; ++i) {
    const std::uint32_t step = i % 8;  // of one sale
    if (step == 0) bare.name(i);
    bare.now += 700;
    const std::uint32_t first = (i / 8) * 11 % 350;
    const auto from = std::chrono::steady_clock::now();  // the vDSO: no system call
    if (bare.update(&lines[first], 1 + (i / 8 % 6) * 8 + step, prompt) != SIDEDISH_OK)
      ::syscall(SYS_exit, 2);
    took[i] = static_cast<std::uint32_t>((std::chrono::steady_clock::now() - from).count());
    if (prompt != 0 && step == 4) {
      ++out->prompts;
      if (bare.answer(prompt, i % 3 == 0 ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED) != SIDEDISH_OK)
        ::syscall(SYS_exit, 3);
    }
    if (step == 7 && bare.event(SIDEDISH_EVENT_COMPLETED) != SIDEDISH_OK) ::syscall(SYS_exit, 4);
  }
  std::sort(took.begin(), took.end());
  out->median_ns = took[updates / 2];
  out->p99_ns = took[updates / 100 * 99];
  ::syscall(SYS_exit, ::mallinfo2().uordblks == heap ? 0 : 5);
  return 0;
}

/// What an agent that keeps up does to a ring.
void keep_up(const std::filesystem::path& ring) {
  const int file = ::open(ring.c_str(), O_RDWR | O_CLOEXEC);
  std::uint64_t head = 0;
  const bool moved = ::pread(file, &head, 8, offsetof(lane::RingHeader, head)) == 8 &&
                     ::pwrite(file, &head, 8, offsetof(lane::RingHeader, tail)) == 8;
  ::close(file);
  REQUIRE(moved);
}

std::size_t entries(const char* folder) {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++n;
  return n;
}

}  // namespace

// A system call or a malloc in Lane::update() is killed: exit status 5.
TEST_CASE("P01: updates on busy cores make no system call and allocate nothing", "[abi][P01]") {
  if (test::kSanitized) {
    test::skipped("sanitizers make system calls of their own");
    return;
  }
  const std::uint32_t updates = test::effort(20'000, 200'000, 1'000'000);
  const std::uint32_t rules = test::effort(500, 10'000, 10'000);
  State state;
  state.publish(test::big_image(rules, 5'000));
  auto* measured = static_cast<Measured*>(
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(measured != MAP_FAILED);
  REQUIRE(measure(state, updates, &measured[0]) == 0);
  std::vector<pid_t> spinners;
  for (unsigned i = 0; i < std::max(2U, std::thread::hardware_concurrency()); ++i) {
    const pid_t spinner = ::fork();
    if (spinner == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (volatile std::uint64_t n = 0;;) n = n + 1;
    }
    spinners.push_back(spinner);
  }
  const int busy = measure(state, updates, &measured[1]);
  for (const pid_t spinner : spinners) {
    ::kill(spinner, SIGKILL);
    ::waitpid(spinner, nullptr, 0);
  }
  CHECK(busy == 0);
  CHECK(measured[0].prompts > updates / 100);
  std::cout << "P01: " << updates << " updates of 1 to 48 lines, " << rules
            << " rules: median quiet " << measured[0].median_ns << " ns, busy "
            << measured[1].median_ns << " ns, ratio "
            << static_cast<double>(measured[1].median_ns) / std::max(1U, measured[0].median_ns)
            << "; p99 " << measured[0].p99_ns << " and " << measured[1].p99_ns
            << " ns; 0 system calls, 0 allocations\n";
  ::munmap(measured, 4096);
}

TEST_CASE("P05: loaded, used and unloaded again and again, nothing is left", "[abi][P05]") {
  const unsigned rounds = test::effort(50, 200, 1'000);
  const State state;
  { Till warm(state); }
  const std::size_t descriptors = entries("/proc/self/fd");
  const std::size_t threads = entries("/proc/self/task");
  for (unsigned i = 0; i < rounds; ++i) {
    Till till(state);
    REQUIRE(till.opened == SIDEDISH_OK);
    REQUIRE(till.ring({{"sku:BURGER", 1000, 590}}).size() == 1);
    const auto ring = till.file();
    keep_up(ring);
    till.lib.lane_close(till.lane);
    std::filesystem::remove(ring);  // as the agent does when all is kept
  }
  CHECK(entries("/proc/self/fd") == descriptors);
  CHECK(entries("/proc/self/task") == threads);
  CHECK(state.run.files().empty());
  std::ifstream maps("/proc/self/maps");
  const std::string all{std::istreambuf_iterator<char>(maps), {}};
  CHECK(all.find("libsidedish") == std::string::npos);
  std::cout << "P05: " << rounds << " loads and unloads, descriptors " << descriptors
            << " before and after\n";
}

TEST_CASE("P05: 64 threads with a lane each, new rules, forks and signals in between",
          "[abi][P05]") {
  const unsigned baskets = test::effort(20, 100, 1'000);
  const unsigned forks = test::effort(10, 50, 200);
  State state;
  Till main_till(state);
  REQUIRE(main_till.ring({{"sku:BURGER", 1000, 590}}).size() == 1);
  static std::atomic<std::uint64_t> signals{0};
  signals = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { signals.fetch_add(1, std::memory_order_relaxed); };
  struct sigaction before {};
  REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);  // no SA_RESTART: calls are interrupted
  std::atomic<unsigned> done{0};
  std::atomic<unsigned> wrong{0};  // the first thing that was: 1 open, 2 a call, 3 a child
  std::vector<std::thread> threads;
  const std::vector<std::byte> images[2] = {packs::compiled(pack()).image, [] {
                                              model::Pack other = pack();
                                              other.rules[0].id = "other-fries";
                                              return packs::compiled(other).image;
                                            }()};
  for (unsigned t = 0; t < 63; ++t) {
    threads.emplace_back([&, t] {
      const std::string terminal = "t" + std::to_string(t + 2);
      sidedish_lane_config lc{};
      lc.struct_size = sizeof lc;
      lc.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
      lc.store = text("mitte");
      lc.terminal = text(terminal);
      sidedish_lane* lane = nullptr;
      if (main_till.lib.lane_open(main_till.host, &lc, &lane) != SIDEDISH_OK) wrong = 1;
      Bare bare{main_till.lib, lane};
      const sidedish_line line = line_of("sku:BURGER");
      for (unsigned i = 0; i < baskets && wrong == 0; ++i) {
        bare.name(i);
        std::uint64_t prompt = 0;
        bool fine = bare.update(&line, 1, prompt) == SIDEDISH_OK && prompt != 0;
        fine = fine && bare.answer(prompt, SIDEDISH_DECLINED) == SIDEDISH_OK;
        fine = fine && bare.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK;
        fine = fine && main_till.lib.lane_refresh(lane) == SIDEDISH_OK;
        if (!fine) wrong = 2;
      }
      main_till.lib.lane_close(lane);
      ++done;
    });
  }
  unsigned forked = 0, published = 0;
  for (unsigned i = 0; done < threads.size() || forked < forks; ++i) {
    for (std::thread& thread : threads) ::pthread_kill(thread.native_handle(), SIGUSR1);
    if (i % 4 == 0 && published < 400) state.publish(images[published++ % 2]);
    if (forked < forks) {
      ++forked;
      const pid_t child = ::fork();
      if (child == 0) {
        Bare bare{main_till.lib, main_till.lane};
        std::uint64_t prompt = 0;
        const sidedish_line line = line_of("sku:COLA");
        const bool good = bare.update(&line, 1, prompt) == SIDEDISH_E_FORKED &&
                          bare.answer(1, SIDEDISH_ACCEPTED) == SIDEDISH_E_FORKED &&
                          bare.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_E_FORKED;
        // Past ThreadSanitizer's _exit: it would call the parent's threads leaked, which a child has not.
        ::syscall(SYS_exit_group, good ? 0 : 1);
      }
      int status = -1;
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      if (status != 0) wrong = 3;
    }
    std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  CHECK(wrong == 0);
  CHECK(signals > 0);
  CHECK(main_till.ring({{"sku:BURGER", 1000, 590}}).size() == 1);
  CHECK(main_till.look().images_refused == 0);
  std::cout << "P05: 64 lanes in 64 threads, " << 63 * baskets << " baskets, " << published
            << " images, " << forked << " forks, " << signals << " signals\n";
}

TEST_CASE("P05: a lane opens and works while the host's timer signals it all the time",
          "[abi][P05]") {
  const unsigned rounds = test::effort(30, 200, 1'000);
  const State state;
  static std::atomic<std::uint64_t> ticks{0};
  ticks = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { ticks.fetch_add(1, std::memory_order_relaxed); };
  struct sigaction before {};
  REQUIRE(::sigaction(SIGALRM, &action, &before) == 0);
  const itimerval often{{0, 200}, {0, 200}}, never{};
  unsigned good = 0;
  REQUIRE(::setitimer(ITIMER_REAL, &often, nullptr) == 0);
  for (unsigned i = 0; i < rounds; ++i) {
    Till till(state);
    good += till.opened == SIDEDISH_OK && till.ring({{"sku:BURGER", 1000, 590}}).size() == 1;
    std::filesystem::remove(till.file());
  }
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  CHECK(good == rounds);
  CHECK(ticks > rounds);
  std::cout << "P05: " << rounds << " lanes opened under " << ticks << " timer signals\n";
}

// Proved by a lane that never gives its image back: 72 images later nothing can be loaded.
TEST_CASE("P07: 72 hours of sales by the injected clock need no more memory than the first ones",
          "[abi][P07]") {
  const unsigned baskets = test::effort(12'000, 60'000, 600'000);
  State state;
  Till till(state);
  const std::string seconds[] = {"sku:COLA", "sku:CHEESE", "plu:112", "name:napkin"};
  const std::int64_t step = 72 * kHour / baskets;
  struct Memory {
    long kib = 0;
    std::size_t descriptors = 0;
  };
  const auto memory = [] {
    Memory out;
    out.descriptors = entries("/proc/self/fd");
    std::ifstream in("/proc/self/status");
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("RssAnon:") || line.starts_with("RssShmem:"))
        out.kib += std::strtol(line.c_str() + 9, nullptr, 10);
    }
    return out;
  };
  const std::vector<std::byte> images[2] = {packs::compiled(pack()).image, [] {
                                              model::Pack other = pack();
                                              other.rules[0].id = "other-fries";
                                              return packs::compiled(other).image;
                                            }()};
  Bare bare{till.lib, till.lane};
  Memory early;
  unsigned images_seen = 0;
  std::vector<char> token(256);
  for (unsigned i = 0; i < baskets; ++i) {
    bare.now = kMorning + i * step;
    bare.name(i);
    std::uint64_t prompt = 0;
    const sidedish_line lines[2] = {line_of("sku:BURGER"), line_of(seconds[i % 4])};
    REQUIRE(bare.update(lines, 1, prompt) == SIDEDISH_OK);
    if (prompt != 0) (void)bare.answer(prompt, i % 2 == 0 ? SIDEDISH_DECLINED : SIDEDISH_ACCEPTED);
    REQUIRE(bare.update(lines, 2, prompt) == SIDEDISH_OK);
    if (i % 7 == 0) {  // parked, its memory taken along, and resumed
      std::size_t size = token.size();
      REQUIRE(till.lib.basket_token(till.lane, {bare.id, std::strlen(bare.id)}, token.data(),
                                    &size) == SIDEDISH_OK);
      REQUIRE(bare.event(SIDEDISH_EVENT_PARKED) == SIDEDISH_OK);
      REQUIRE(bare.event(SIDEDISH_EVENT_RESUMED, token.data(), size) == SIDEDISH_OK);
    }
    // Some just vanish: the lane forgets them by itself.
    if (i % 5 != 0) REQUIRE(bare.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
    if (i % (baskets / 72) == 0) {
      state.publish(images[++images_seen % 2]);
      std::filesystem::remove(state.image(state.generation > 3 ? state.generation - 3 : 0));
      REQUIRE(till.lib.lane_refresh(till.lane) == SIDEDISH_OK);
    }
    if (i % 100 == 0) keep_up(till.file());
    // By now the ring has gone round once: every page of it is there.
    if (i == 8'000) early = memory();
  }
  const Memory late = memory();
  const sidedish_status s = till.look();
  CHECK(s.shown > baskets / 2);
  CHECK(s.images_refused == 0);
  CHECK(s.folded == 0);
  CHECK(s.image_generation == state.generation);
  CHECK(late.descriptors == early.descriptors);
  if (!test::kSanitized) CHECK(late.kib - early.kib <= 1024);
  std::cout << "P07: 72 h, " << baskets << " baskets, " << images_seen << " images, " << s.recorded
            << " records: " << late.kib - early.kib << " KiB more than after 8,000 baskets, "
            << late.descriptors << " descriptors throughout\n";
}

namespace {

/// Bytes that end where memory ends: reading or writing one too many is a crash.
class Edge {
 public:
  explicit Edge(std::size_t room) : room_((room + 4095) / 4096 * 4096) {
    void* at =
        ::mmap(nullptr, room_ + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(at != MAP_FAILED);
    at_ = static_cast<std::byte*>(at);
    REQUIRE(::mprotect(at_ + room_, 4096, PROT_NONE) == 0);
  }
  ~Edge() { ::munmap(at_, room_ + 4096); }
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;
  /// The last `size` bytes, zeroed.
  std::byte* last(std::size_t size) const {
    REQUIRE(size <= room_);
    std::memset(at_ + room_ - size, 0, size);
    return at_ + room_ - size;
  }

 private:
  std::byte* at_;
  std::size_t room_;
};

/// Puts `value` at the edge with this struct_size: as much of it as an older host has, zeros behind
/// it as a later one. Sizes that are refused have nothing behind them but the size itself.
template <class T>
T* put(const Edge& edge, T value, std::uint32_t size, std::uint32_t least) {
  const bool served = size >= least && size <= 65'536;
  const std::size_t real = served ? size : std::max<std::size_t>(4, std::min<std::size_t>(size, 8));
  std::byte* at = edge.last((real + 7) / 8 * 8);
  value.struct_size = size;
  std::memcpy(at, &value, std::min(real, sizeof value));
  return reinterpret_cast<T*>(at);
}

}  // namespace

// Guards read_struct(): it copies no more than struct_size says.
TEST_CASE("P08: whatever size, NULL, text and count a host passes, the answer is a status",
          "[abi][P08]") {
  const unsigned rounds = test::effort(4'000, 40'000, 400'000);
  std::mt19937 engine(static_cast<std::uint32_t>(test::seed_of("P08")));
  const auto dice = [&](std::uint32_t below) {
    return static_cast<std::uint32_t>(engine()) % below;
  };
  const State state;
  Till till(state);
  const Library& lib = till.lib;
  const Edge bought_edge(34UL * sizeof(sidedish_bought));
  const Edge a(65'536), b(65'536), lines_edge(2002UL * 256), facts_edge(17UL * 256), words(65'536);
  const auto size_of = [&](std::uint32_t right) {
    const std::uint32_t odd[] = {0,         1,         3,          4,      8,      right - 8,
                                 right - 1, right + 1, right + 24, 65'536, 65'537, 0xFFFFFFFF};
    return dice(3) != 0 ? right : odd[dice(static_cast<std::uint32_t>(std::size(odd)))];
  };
  // Bytes of a text stand at the very end of memory too; one after the other, they share it.
  std::vector<std::unique_ptr<Edge>> text_edges;
  for (int i = 0; i < 8; ++i) text_edges.push_back(std::make_unique<Edge>(4096));
  std::vector<std::unique_ptr<Edge>> names_edges;
  for (int i = 0; i < 2; ++i) {
    names_edges.push_back(std::make_unique<Edge>(18UL * sizeof(sidedish_text)));
  }
  std::size_t used = 0;
  const auto some_text = [&](std::string_view usual) -> sidedish_text {
    const std::uint32_t kind = dice(60);
    if (kind == 0) return {nullptr, 0};
    if (kind == 1) return {nullptr, dice(100)};
    std::string s(usual);
    if (kind == 2) s += static_cast<char>(128 + dice(128));  // no UTF-8, or the start of some
    if (kind == 3) s = std::string(dice(600), 'x');
    if (kind == 4) s += '\0';
    if (kind == 5) s += "\xED\xA0\x80";
    std::byte* at = text_edges[used++ % text_edges.size()]->last(s.size());
    std::memcpy(at, s.data(), s.size());
    return {reinterpret_cast<const char*>(at), s.size()};
  };
  const auto amount = [&]() -> std::int64_t {
    const std::int64_t odd[] = {0, -1, INT64_MIN, INT64_MAX, 1'000'000'000'001, -590};
    return dice(4) != 0 ? 1000 * (1 + dice(3))
                        : odd[dice(static_cast<std::uint32_t>(std::size(odd)))];
  };
  const auto look = [&] {
    sidedish_status s{};
    s.struct_size = sizeof s;
    REQUIRE(lib.lane_status(till.lane, &s) == SIDEDISH_OK);
    return s;
  };
  std::map<std::int32_t, unsigned> seen;
  std::uint64_t seq = 0;
  const std::uint32_t sold[] = {0, 1, 1, 2, 5, 50, 1999, 2000, 2001, 0xFFFFFFFF};
  for (unsigned i = 0; i < rounds; ++i) {
    const sidedish_status before = look();
    std::int32_t status = -1;
    bool resumes = false;
    switch (dice(6)) {
      case 0:
      case 1: {
        sidedish_snapshot s{};
        s.basket = some_text("B-1");
        s.seq = ++seq;
        s.now_utc_ms = kMorning;
        s.now_steady_ms = 1;
        std::memcpy(s.currency, dice(20) == 0 ? "eur" : "EUR", 4);
        s.prices_include_tax = static_cast<std::int32_t>(dice(4)) - 1;
        s.language = some_text("en");
        s.mode = dice(20) == 0 ? static_cast<std::int32_t>(dice(300)) : 0;
        s.total = dice(10) == 0 ? amount() : 0;
        s.line_count = sold[dice(static_cast<std::uint32_t>(std::size(sold)))];
        s.fact_count = dice(10) == 0 ? dice(18) : 0;
        const std::uint32_t strides[] = {
            sizeof(sidedish_line), sizeof(sidedish_line), sizeof(sidedish_line) + 8, 256, 12, 0};
        const std::uint32_t stride = strides[dice(static_cast<std::uint32_t>(std::size(strides)))];
        if (s.line_count > 0 && dice(30) != 0) {
          const std::uint32_t n = std::min(s.line_count, 2001U);
          std::byte* at = lines_edge.last(std::size_t{n} * std::max(stride, 8U));
          for (std::uint32_t k = 0; k < n; ++k) {
            sidedish_line line = line_of("sku:BURGER");
            if (dice(n < 10 ? 4 : 4000) == 0) {
              line.product = some_text("sku:COLA");
              line.quantity = amount();
              line.unit_price = amount();
              line.kind = static_cast<std::int32_t>(dice(10));
            }
            line.struct_size = stride;
            std::memcpy(at + std::size_t{k} * stride, &line,
                        std::min<std::size_t>(sizeof line, std::max(stride, 8U)));
          }
          s.lines = reinterpret_cast<const sidedish_line*>(at);
        }
        if (s.fact_count > 0 && dice(5) != 0) {
          std::byte* at = facts_edge.last(s.fact_count * sizeof(sidedish_fact));
          for (std::uint32_t k = 0; k < s.fact_count; ++k) {
            sidedish_fact fact{};
            fact.struct_size = sizeof fact;
            fact.name = some_text("weather");
            fact.text = some_text("rain");
            std::memcpy(at + k * sizeof fact, &fact, sizeof fact);
          }
          s.facts = reinterpret_cast<const sidedish_fact*>(at);
        }
        if (dice(5) == 0) {
          s.customer_id = some_text("4711");
          s.segments_known = static_cast<std::int32_t>(dice(3)) - 1;
          s.visit = static_cast<std::int32_t>(dice(5)) - 1;
          s.bought_days = static_cast<std::uint32_t>(engine());
          s.segment_count = dice(10);
          s.avoid_count = dice(18);
          s.bought_count = dice(34);
          const auto names = [&](std::uint32_t count) -> const sidedish_text* {
            if (dice(8) == 0) return nullptr;
            std::byte* at = names_edges[used % 2]->last(count * sizeof(sidedish_text));
            for (std::uint32_t k = 0; k < count; ++k) {
              const sidedish_text name = k == 0 ? some_text("gold") : text("milk");
              std::memcpy(at + k * sizeof name, &name, sizeof name);
            }
            ++used;
            return reinterpret_cast<const sidedish_text*>(at);
          };
          s.segments = names(s.segment_count);
          s.avoid = names(s.avoid_count);
          if (s.bought_count > 0 && dice(5) != 0) {
            std::byte* at = bought_edge.last(s.bought_count * sizeof(sidedish_bought));
            for (std::uint32_t k = 0; k < s.bought_count; ++k) {
              const sidedish_bought one{sizeof(sidedish_bought), dice(400),
                                        k == 0 ? some_text("sku:COLA") : text("sku:BURGER")};
              std::memcpy(at + k * sizeof one, &one, sizeof one);
            }
            s.bought = reinterpret_cast<const sidedish_bought*>(at);
          }
        }
        const std::uint32_t size = size_of(sizeof s);
        sidedish_prompt prompt{};
        std::uint32_t n = dice(3);  // room for as many
        const std::uint32_t prompt_size = n == 1 ? size_of(sizeof prompt) : sizeof prompt;
        sidedish_prompt* room = put(b, prompt, prompt_size, offsetof(sidedish_prompt, replaces));
        if (n == 2) {
          room = reinterpret_cast<sidedish_prompt*>(b.last(2 * sizeof prompt));
          room->struct_size = sizeof prompt;
        }
        status = lib.basket_update(
            till.lane,
            dice(50) == 0 ? nullptr : put(a, s, size, offsetof(sidedish_snapshot, customer_id)),
            dice(20) == 0 ? nullptr : room, dice(50) == 0 ? nullptr : &n);
        break;
      }
      case 2: {
        sidedish_event e{};
        e.type = static_cast<std::int32_t>(dice(11)) - 1;
        resumes = e.type == SIDEDISH_EVENT_RESUMED;
        e.basket = some_text("B-1");
        e.related = some_text("B-2");
        e.token_size = dice(3) == 0 ? dice(400) : 0;
        e.token = e.token_size > 0 && dice(4) != 0 ? words.last(e.token_size) : nullptr;
        e.total = amount();
        e.total_known = static_cast<std::int32_t>(dice(3));
        e.now_utc_ms = kMorning;
        const std::uint32_t size = size_of(sizeof e);
        status = lib.basket_event(till.lane, dice(50) == 0 ? nullptr : put(a, e, size, sizeof e));
        break;
      }
      case 3: {
        sidedish_outcome o{};
        o.type = static_cast<std::int32_t>(dice(16)) - 1;
        o.prompt = dice(4);
        o.by = static_cast<std::int32_t>(dice(5)) - 1;
        o.why = some_text("no price");
        const std::uint32_t size = size_of(sizeof o);
        status = lib.prompt_outcome(till.lane, dice(50) == 0 ? nullptr : put(a, o, size, sizeof o));
        break;
      }
      case 4: {
        sidedish_return r{};
        r.basket = some_text("B-9");
        r.product = some_text("plu:112");
        r.quantity = amount();
        r.value = amount();
        std::memcpy(r.currency, dice(5) == 0 ? "\xFF\xFF\xFF" : "EUR", 4);
        const std::uint32_t size = size_of(sizeof r);
        status = lib.record_return(till.lane, dice(50) == 0 ? nullptr : put(a, r, size, sizeof r));
        break;
      }
      default: {
        std::size_t room = dice(300);
        status = lib.basket_token(till.lane, some_text("B-1"),
                                  dice(10) == 0 ? nullptr : words.last(room), &room);
        sidedish_status s{};
        const std::uint32_t size = size_of(sizeof s);
        const std::int32_t looked = lib.lane_status(till.lane, put(a, s, size, 4));
        REQUIRE((looked == SIDEDISH_OK || looked == SIDEDISH_E_VERSION));
      }
    }
    REQUIRE(status >= SIDEDISH_OK);
    REQUIRE(status <= SIDEDISH_E_VERSION);
    ++seen[status];
    // (A bad token resumes the basket, silent: that is said in the header.)
    if (status != SIDEDISH_OK && !resumes) {
      const sidedish_status after = look();
      REQUIRE(after.shown == before.shown);
      REQUIRE(after.recorded == before.recorded);
    }
    if (i % 100 == 0) keep_up(till.file());
  }
  const char* const names[] = {"OK",    "INVALID",  "STALE",  "NOT_FOUND", "CONFLICT",
                               "LIMIT", "NO_STATE", "FORKED", "NO_MEMORY", "VERSION"};
  std::cout << "P08: " << rounds << " calls:";
  for (const auto& [status, count] : seen) std::cout << " " << names[status] << " " << count;
  std::cout << "; 0 crashes\n";
  for (const std::int32_t status : {SIDEDISH_OK, SIDEDISH_E_INVALID, SIDEDISH_E_NOT_FOUND,
                                    SIDEDISH_E_LIMIT, SIDEDISH_E_VERSION}) {
    CHECK(seen[status] > 0);
  }
  CHECK(till.send({{"sku:BURGER", 1000, 590}}, seq + 1).size() <= 1);
  CHECK(till.status == SIDEDISH_OK);
}
