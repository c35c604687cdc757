// The sale never waits for us: P01, P02, P05 and P06 in small.
#include "tests/plugin/abi/till.hpp"
#include "tests/support/no_system_calls.hpp"
#include "tests/support/places.hpp"
#include "tests/support/skip.hpp"

#include <atomic>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <thread>

using namespace tills;
using K = OutcomeKind;

namespace {

const Row kBurger{"sku:BURGER", 1000, 590};
const Row kCola{"sku:COLA", 1000, 250};

std::size_t descriptors() {
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++n;
  return n;
}

}  // namespace

// Proved by a system call put into Lane::update: the child is killed.
TEST_CASE("safety: updates, answers and events make no system call and allocate nothing", "[abi]") {
  if (test::kSanitized) {
    test::skipped("sanitizers make system calls of their own");
    return;
  }
  const State state;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Till till(state);
    std::vector<sidedish_line> lines(50);
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < lines.size(); ++i)
      keys.push_back("name:thing " + std::to_string(i));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      lines[i].struct_size = sizeof lines[i];
      lines[i].product = text(i == 0 ? std::string_view("sku:BURGER") : std::string_view(keys[i]));
      lines[i].quantity = 1000;
      lines[i].unit_price = 590;
    }
    sidedish_prompt out[4] = {};
    std::uint64_t prompts = 0;
    char id[16] = "B-000000";
    if (!test::forbid_system_calls()) ::_exit(9);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      for (std::uint32_t k = 0, v = i / 4; k < 6; ++k, v /= 10)
        id[7 - k] = static_cast<char>('0' + v % 10);
      sidedish_snapshot s{};
      s.struct_size = sizeof s;
      s.basket = {id, 8};
      s.seq = i + 1;
      if (i % 2 == 0) s.now_utc_ms = kMorning + i;  // else the vDSO's clock
      if (i % 2 == 0) s.now_steady_ms = 1 + i;
      std::memcpy(s.currency, "EUR", 4);
      s.prices_include_tax = -1;
      s.lines = lines.data();
      s.line_count = 1 + i % 50;
      out[0].struct_size = sizeof out[0];
      std::uint32_t n = 4;
      if (till.lib.basket_update(till.lane, &s, out, &n) != SIDEDISH_OK) ::syscall(SYS_exit, 2);
      if (n > 0) {
        ++prompts;
        sidedish_outcome o{};
        o.struct_size = sizeof o;
        o.type = i % 3 == 0 ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED;
        o.prompt = out[0].id;
        o.now_utc_ms = kMorning + i;
        o.now_steady_ms = 1;
        (void)till.lib.prompt_outcome(till.lane, &o);
      }
      if (i % 4 == 3) {
        sidedish_event e{};
        e.struct_size = sizeof e;
        e.type = SIDEDISH_EVENT_COMPLETED;
        e.basket = {id, 8};
        e.now_utc_ms = kMorning + i;
        e.now_steady_ms = 1;
        if (till.lib.basket_event(till.lane, &e) != SIDEDISH_OK) ::syscall(SYS_exit, 3);
      }
    }
    sidedish_status status{};
    status.struct_size = sizeof status;
    if (till.lib.lane_status(till.lane, &status) != SIDEDISH_OK) ::syscall(SYS_exit, 5);
    // Nobody drains: what found no room in the ring is counted without a system call too.
    if (status.folded == 0) ::syscall(SYS_exit, 6);
    ::syscall(SYS_exit, prompts > 100 ? 0 : 4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_FALSE(WIFSIGNALED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("safety: a full ring keeps exact counts and sums, and prompts go on", "[abi]") {
  const State state;
  Till till(state);
  std::map<K, std::uint64_t> expected;
  std::int64_t total = 0;
  for (int i = 0; i < 6000; ++i) {
    till.basket = "B-" + std::to_string(i);
    const auto prompts = till.ring({kBurger, kCola});
    REQUIRE(prompts.size() == 1);
    ++expected[K::shown];
    REQUIRE(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_OK);
    ++expected[K::declined];
    REQUIRE(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
    ++expected[K::basket];
    total += 840;
    ++expected[K::decision];
  }
  std::map<K, std::uint64_t> got;
  std::int64_t got_total = 0;
  for (const Record& r : records(till.file())) {
    ++got[r.kind];
    if (r.kind == K::basket) got_total += r.o.total;
  }
  const test::RingFile file(till.file());
  std::uint64_t folded = 0;
  for (const lane::TallySlot& slot : file.tallies()) {
    got[static_cast<K>(slot.kind)] += slot.count;
    folded += slot.count;
    if (static_cast<K>(slot.kind) == K::basket) got_total += slot.sum;
  }
  CHECK(folded > 1000);
  CHECK(till.look().folded + till.look().decisions_dropped == folded);
  CHECK(till.look().recorded == 18'000);
  CHECK(got == expected);
  CHECK(got_total == total);
}

TEST_CASE("safety: no state folder, no image, a broken one: sales go on in silence", "[abi]") {
  const State state;
  std::filesystem::remove_all(state.dir());
  {
    Till till(state);
    CHECK(till.opened == SIDEDISH_OK);
    CHECK(till.ring({kBurger}).empty());
    CHECK(till.status == SIDEDISH_OK);
    CHECK(till.look().last_silence == static_cast<int>(Silence::no_image));
    CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
    CHECK(till.kinds() == std::vector<K>{K::basket});
  }
  const std::string file = (state.run.path() / "my.image").string();
  std::ofstream(file) << "this is no image at all";
  Till till(state, SIDEDISH_CAN_ADD, "t1", file.c_str());
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.look().images_refused > 0);
}

TEST_CASE("safety: new rules come at the next basket, never in the middle of one", "[abi]") {
  State state;
  Till till(state);
  CHECK(till.ring({kBurger}).size() == 1);
  model::Pack next = pack();
  next.version = 8;
  next.rules[0].id = "other-fries";
  state.publish(next);
  const auto same = till.ring({kBurger, kCola});
  REQUIRE(same.size() == 1);
  CHECK(same[0].rule == "burger-fries");
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
  till.basket = "B-2";
  const auto other = till.ring({kBurger});
  REQUIRE(other.size() == 1);
  CHECK(other[0].rule == "other-fries");
  CHECK(till.look().image_generation == 2);
  CHECK(till.look().pack_version == 8);
}

TEST_CASE("safety: a broken image leaves the last good one in place, counted once", "[abi]") {
  State state;
  Till till(state);
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::byte> good = packs::compiled(pack()).image;
  std::uint64_t broken = 0;
  for (int i = 0; i < 60; ++i) {
    std::vector<std::byte> bytes = good;
    if (i % 3 == 0)
      bytes.resize(random() % bytes.size());
    else
      bytes[random() % bytes.size()] ^= static_cast<std::byte>(1 + random() % 255);
    state.publish(bytes);
    ++broken;
    till.basket = "B-" + std::to_string(i);
    REQUIRE(till.ring({kBurger}).size() == 1);
    REQUIRE(till.ring({kBurger, kCola}).size() == 1);
    till.event(SIDEDISH_EVENT_COMPLETED);
    REQUIRE(till.look().images_refused == broken);
    REQUIRE(till.look().pack_version == 7);
  }
}

TEST_CASE("safety: a state folder that others may write to is refused", "[abi]") {
  const State state;
  ::chmod(state.dir().c_str(), 0777);
  Till till(state);
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.look().image_generation == 0);
}

TEST_CASE("safety: without a tmpfs the lane opens as E_NO_STATE, is silent and callable", "[abi]") {
  const State state;
  Library lib;
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = 1;
  config.run_dir = text("/proc/nothing");
  sidedish_host* host = nullptr;
  REQUIRE(lib.open(&config, &host) == SIDEDISH_OK);
  sidedish_lane_config lc{};
  lc.struct_size = sizeof lc;
  lc.store = text("mitte");
  lc.terminal = text("t1");
  sidedish_lane* lane = nullptr;
  CHECK(lib.lane_open(host, &lc, &lane) == SIDEDISH_E_NO_STATE);
  REQUIRE(lane != nullptr);
  CHECK(str(lib.lane_error(lane)).size() > 0);
  sidedish_outcome o{};
  o.struct_size = sizeof o;
  o.type = SIDEDISH_ACCEPTED;
  o.prompt = 1;
  CHECK(lib.prompt_outcome(lane, &o) == SIDEDISH_E_NO_STATE);
  sidedish_status s{};
  s.struct_size = sizeof s;
  CHECK(lib.lane_status(lane, &s) == SIDEDISH_OK);
  CHECK(s.recording == 0);
  lib.close(host);
}

TEST_CASE("safety: 200 times loaded, opened, closed and unloaded leave nothing behind", "[abi]") {
  const State state;
  { Till warm(state); }
  const std::size_t before = descriptors();
  for (int i = 0; i < 200; ++i) {
    Till till(state);
    REQUIRE(till.opened == SIDEDISH_OK);
  }
  CHECK(descriptors() == before);
  CHECK(state.run.files().empty());
}

TEST_CASE("safety: a forked child is told so, and harms nothing of its parent's", "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kBurger}).size() == 1);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    till.ring({kBurger, kCola});
    bool good = till.status == SIDEDISH_E_FORKED;
    good = good && till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_E_FORKED;
    good = good && till.answer(1, SIDEDISH_ACCEPTED) == SIDEDISH_E_FORKED;
    sidedish_lane_config lc{};
    lc.struct_size = sizeof lc;
    lc.store = text("mitte");
    lc.terminal = text("t1");
    sidedish_lane* lane = nullptr;
    good = good && till.lib.lane_open(till.host, &lc, &lane) == SIDEDISH_E_FORKED;
    till.lib.close(till.host);
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(test::RingFile(till.file()).header.live == 1);
  CHECK(till.ring({kBurger, kCola}).size() == 1);
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
}

TEST_CASE("safety: 64 lanes are open at once, the 65th is refused", "[abi]") {
  const State state;
  Till till(state);
  sidedish_lane_config lc{};
  lc.struct_size = sizeof lc;
  lc.store = text("mitte");
  lc.terminal = text("t1");
  for (int i = 1; i < 64; ++i) {
    sidedish_lane* lane = nullptr;
    REQUIRE(till.lib.lane_open(till.host, &lc, &lane) == SIDEDISH_OK);
  }
  sidedish_lane* lane = nullptr;
  CHECK(till.lib.lane_open(till.host, &lc, &lane) == SIDEDISH_E_LIMIT);
  CHECK(lane == nullptr);
}

TEST_CASE("safety: eight threads with a lane each share rules that change under them", "[abi]") {
  State state;
  Till main(state);
  std::atomic<bool> good{true};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      sidedish_lane_config lc{};
      lc.struct_size = sizeof lc;
      lc.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
      const std::string terminal = "t" + std::to_string(t);
      lc.store = text("mitte");
      lc.terminal = text(terminal);
      sidedish_lane* lane = nullptr;
      bool fine = main.lib.lane_open(main.host, &lc, &lane) == SIDEDISH_OK;
      for (int i = 0; fine && i < 400; ++i) {
        const std::string id = "B-" + std::to_string(i);
        sidedish_line line{};
        line.struct_size = sizeof line;
        line.product = text("sku:BURGER");
        line.quantity = 1000;
        line.unit_price = 590;
        sidedish_snapshot s{};
        s.struct_size = sizeof s;
        s.basket = text(id);
        s.seq = 1;
        s.now_utc_ms = kMorning;
        std::memcpy(s.currency, "EUR", 4);
        s.prices_include_tax = -1;
        s.lines = &line;
        s.line_count = 1;
        sidedish_prompt out[4] = {};
        out[0].struct_size = sizeof out[0];
        std::uint32_t n = 4;
        fine = main.lib.basket_update(lane, &s, out, &n) == SIDEDISH_OK && n == 1;
        fine = fine && (str(out[0].rule) == "burger-fries" || str(out[0].rule) == "other-fries");
        sidedish_event e{};
        e.struct_size = sizeof e;
        e.type = SIDEDISH_EVENT_COMPLETED;
        e.basket = text(id);
        fine = fine && main.lib.basket_event(lane, &e) == SIDEDISH_OK;
      }
      main.lib.lane_close(lane);
      if (!fine) good = false;
      ++done;
    });
  }
  model::Pack other = pack();
  other.rules[0].id = "other-fries";
  const std::vector<std::byte> images[2] = {packs::compiled(other).image,
                                            packs::compiled(pack()).image};
  for (int i = 0; done < 8; ++i) {
    if (i < 60) state.publish(images[i % 2]);
    std::this_thread::yield();
  }
  for (std::thread& t : threads) t.join();
  CHECK(good);
}

// As it was once, a page was looked for only when there was none: the till stayed deaf.
TEST_CASE("safety: a generation page put in place of another is heard after a refresh", "[abi]") {
  State state;
  Till till(state);
  const auto page = state.run.path() / "generation";
  std::filesystem::copy_file(page, state.run.path() / "fresh");
  std::filesystem::rename(state.run.path() / "fresh", page);
  CHECK(till.lib.lane_refresh(till.lane) == SIDEDISH_OK);
  model::Pack next = pack();
  next.version = 8;
  state.publish(next);
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.look().pack_version == 8);
  till.event(SIDEDISH_EVENT_COMPLETED);

  // Removed, or replaced by something that is none: the one that is mapped goes on.
  std::filesystem::remove(page);
  CHECK(till.lib.lane_refresh(till.lane) == SIDEDISH_OK);
  std::ofstream(page) << "SDGEN001";
  CHECK(till.lib.lane_refresh(till.lane) == SIDEDISH_OK);
  till.basket = "B-2";
  CHECK(till.ring({kBurger}).size() == 1);
}

TEST_CASE("safety: a generation page that others may write to, or not on tmpfs, is not mapped",
          "[abi]") {
  const auto hears = [](State& state, const std::string& run_dir) {
    const Library lib;
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = 1;
    const std::string state_dir = state.dir().string();
    config.state_dir = text(state_dir);
    config.run_dir = text(run_dir);
    sidedish_host* host = nullptr;
    REQUIRE(lib.open(&config, &host) == SIDEDISH_OK);
    const bool mapped = [&] {
      std::ifstream maps("/proc/self/maps");
      const std::string all{std::istreambuf_iterator<char>(maps), {}};
      return all.find(run_dir + "/generation") != std::string::npos;
    }();
    lib.close(host);
    return mapped;
  };
  State state;
  const std::string run = state.run.path().string();
  CHECK(hears(state, run));
  ::chmod((run + "/generation").c_str(), 0664);
  CHECK_FALSE(hears(state, run));
  ::chmod((run + "/generation").c_str(), 0644);
  const std::string disk = sidedish::tests::build_dir() + "/run-on-disk";
  std::filesystem::create_directories(disk);
  std::filesystem::copy_file(run + "/generation", disk + "/generation",
                             std::filesystem::copy_options::overwrite_existing);
  struct statfs kind {};
  REQUIRE(::statfs(disk.c_str(), &kind) == 0);
  if (kind.f_type == TMPFS_MAGIC) {
    test::skipped("the build folder itself is on tmpfs");
  } else {
    CHECK_FALSE(hears(state, disk));
  }
}

// Guards make_read_only(): without it the segment is rw.
TEST_CASE("safety: the loaded image is private memory that nobody can write to", "[abi]") {
  const State state;
  const auto size = packs::compiled(pack()).image.size();
  const auto segments = [&] {
    unsigned found = 0;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      unsigned long from = 0, to = 0;
      char mode[5] = {};
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, mode) != 3) continue;
      if (to - from == (size + 4095) / 4096 * 4096 && std::string(mode) == "r--p" &&
          line.find('/') == std::string::npos)
        ++found;
    }
    return found;
  };
  const unsigned before = segments();
  const Till till(state);
  CHECK(segments() == before + 1);
}

// Proved by a call of umask() in Host::open.
TEST_CASE("safety: the process around it stays as it was: signals, FPU, locale, threads, places",
          "[abi]") {
  const auto process = [] {
    std::string out;
    for (int signal = 1; signal < 65; ++signal) {
      struct sigaction action {};
      if (::sigaction(signal, nullptr, &action) != 0) continue;
      void* handler = nullptr;
      std::memcpy(&handler, &action.sa_handler, sizeof handler);
      out += std::to_string(reinterpret_cast<std::uintptr_t>(handler)) + " " +
             std::to_string(action.sa_flags) + "\n";
    }
    sigset_t blocked;
    REQUIRE(::pthread_sigmask(SIG_BLOCK, nullptr, &blocked) == 0);
    for (int signal = 1; signal < 65; ++signal)
      out += ::sigismember(&blocked, signal) == 1 ? '1' : '0';
    out += "\nrounding " + std::to_string(std::fegetround());
#if defined(__x86_64__)
    out += " mxcsr " + std::to_string(__builtin_ia32_stmxcsr() & ~0x3FU);
#endif
    const mode_t mask = ::umask(0);
    ::umask(mask);
    out += "\nlocale " + std::string(std::setlocale(LC_ALL, nullptr)) + " umask " +
           std::to_string(mask) + " at " + std::filesystem::current_path().string() + " name " +
           std::to_string(::prctl(PR_GET_DUMPABLE)) + "\nenvironment";
    for (char** entry = environ; *entry != nullptr; ++entry) out += std::string("\n") + *entry;
    int threads = 0;
    for ([[maybe_unused]] const auto& t : std::filesystem::directory_iterator("/proc/self/task"))
      ++threads;
    return out + "\nthreads " + std::to_string(threads);
  };
  const State state;
  const std::string before = process();
  {
    Till till(state);
    const auto prompts = till.ring({kBurger});
    REQUIRE(prompts.size() == 1);
    std::int64_t cents = 0;
    CHECK(till.lib.from_double(0.1 + 0.2, 2, &cents) == SIDEDISH_OK);
    CHECK(till.answer(prompts[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
    CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
    CHECK(till.lib.lane_refresh(till.lane) == SIDEDISH_OK);
    CHECK(process() == before);
  }
  CHECK(process() == before);
}
