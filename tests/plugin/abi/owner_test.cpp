// P02 and S10: what belongs to a user whom nobody named, or may be written to by others, is not taken.
#include "tests/plugin/abi/till.hpp"
#include "tests/support/skip.hpp"

#include <fstream>
#include <functional>
#include <grp.h>
#include <sys/wait.h>

using namespace tills;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kStranger = 65534;
const Row kBurger{"sku:BURGER", 1000, 590};

/// A till's first sale in these places, its owner named or not.
struct Start {
  std::int32_t opened = 0;  ///< of the lane
  std::string said;         ///< why, when it is not open
  bool prompted = false;
  std::uint64_t generation = 0;  ///< of the image
};
Start start(const State& state, std::string_view owner = {}, const fs::path& image_file = {}) {
  const Library lib;
  const std::string state_dir = state.dir().string();
  const std::string run_dir = state.run.path().string();
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = SIDEDISH_ABI_MAJOR;
  config.state_dir = text(state_dir);
  config.run_dir = text(run_dir);
  config.owner = text(owner);
  config.image_file = text(image_file.native());
  sidedish_host* host = nullptr;
  REQUIRE(lib.open(&config, &host) == SIDEDISH_OK);
  sidedish_lane_config lc{};
  lc.struct_size = sizeof lc;
  lc.capabilities = SIDEDISH_CAN_ADD;
  lc.store = text("mitte");
  lc.terminal = text("t1");
  sidedish_lane* lane = nullptr;
  Start out;
  out.opened = lib.lane_open(host, &lc, &lane);
  out.said = str(lib.lane_error(lane));
  sidedish_line line{};
  line.struct_size = sizeof line;
  line.product = text(kBurger.product);
  line.quantity = kBurger.quantity;
  line.unit_price = line.line_total = kBurger.price;
  sidedish_snapshot s{};
  s.struct_size = sizeof s;
  s.basket = text("B-1");
  s.seq = 1;
  s.now_utc_ms = kMorning;
  s.now_steady_ms = 1;
  std::memcpy(s.currency, "EUR", 4);
  s.prices_include_tax = 1;
  s.lines = &line;
  s.line_count = 1;
  sidedish_prompt room[4] = {};
  room[0].struct_size = sizeof room[0];
  std::uint32_t n = 4;
  const auto updated = lib.basket_update(lane, &s, room, &n);
  CHECK((updated == SIDEDISH_OK || updated == SIDEDISH_E_NO_STATE));
  out.prompted = updated == SIDEDISH_OK && n > 0;
  sidedish_status status{};
  status.struct_size = sizeof status;
  REQUIRE(lib.lane_status(lane, &status) == SIDEDISH_OK);
  out.generation = status.image_generation;
  lib.close(host);
  return out;
}

/// Each part of a state folder that is looked at.
std::vector<fs::path> parts_of(const State& state) {
  return {state.dir(), state.dir() / "current", state.images(), state.image(1)};
}

bool can_give_away(const State& state) {
  const fs::path probe = state.run.path() / "probe";
  std::ofstream(probe) << "x";
  const bool can = ::chown(probe.c_str(), kStranger, kStranger) == 0;
  fs::remove(probe);
  return can;
}

mode_t mode_of(const fs::path& path) {
  struct stat what {};
  REQUIRE(::stat(path.c_str(), &what) == 0);
  return what.st_mode & 07777U;
}

/// Whether a process of another user, in no group of ours, manages to do it.
bool stranger_can(const std::function<bool()>& act) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(kStranger) != 0 || ::setuid(kStranger) != 0) {
      ::_exit(2);
    }
    ::_exit(act() ? 1 : 0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 2);
  return WEXITSTATUS(status) == 1;
}

bool opens(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
  return file >= 0;
}

}  // namespace

// Seen to fail without the look at S_IWGRP and S_IWOTH in open_state_folder() and open_state_file().
TEST_CASE("owner: no part of a state folder that group or others may write to is taken", "[abi]") {
  const State state;
  REQUIRE(start(state).prompted);
  for (const fs::path& part : parts_of(state)) {
    const mode_t before = mode_of(part);
    for (const mode_t more : {mode_t{S_IWGRP}, mode_t{S_IWOTH}}) {
      INFO(part << " with mode " << std::oct << (before | more));
      REQUIRE(::chmod(part.c_str(), before | more) == 0);
      const Start got = start(state);
      CHECK(got.opened == SIDEDISH_OK);
      CHECK_FALSE(got.prompted);
      CHECK(got.generation == 0);
    }
    REQUIRE(::chmod(part.c_str(), before) == 0);
  }
  REQUIRE(::chmod(state.image(1).c_str(), 0664) == 0);
  CHECK_FALSE(start(state, {}, state.image(1)).prompted);
  REQUIRE(::chmod(state.image(1).c_str(), 0644) == 0);
  CHECK(start(state, {}, state.image(1)).prompted);
}

// Seen to fail with Owners::trusts() that trusts everybody.
TEST_CASE(
    "owner: no part of a state folder that is another user's is taken, unless that user is named",
    "[abi]") {
  const State state;
  if (!can_give_away(state)) {
    return test::skipped("needs root to give files to another user");
  }
  for (const fs::path& part : parts_of(state)) {
    INFO(part);
    REQUIRE(::chown(part.c_str(), kStranger, kStranger) == 0);
    const Start got = start(state);
    CHECK(got.opened == SIDEDISH_OK);
    CHECK_FALSE(got.prompted);
    CHECK(got.generation == 0);
    CHECK(start(state, "65534").prompted);
    CHECK_FALSE(start(state, "65533").prompted);
    REQUIRE(::chown(part.c_str(), 0, 0) == 0);
  }
  REQUIRE(::chown(state.image(1).c_str(), kStranger, kStranger) == 0);
  CHECK_FALSE(start(state, {}, state.image(1)).prompted);
  CHECK(start(state, "65534", state.image(1)).prompted);
}

// Seen to fail without the same looks in open_rings_folder(): lanes open, and rings stand in a stranger's folder.
TEST_CASE(
    "owner: a run folder or rings that everybody may write to, or a link, is E_NO_STATE and "
    "silence",
    "[abi]") {
  const State state;
  const fs::path run = state.run.path();
  for (const fs::path& folder : {run, state.run.rings()}) {
    INFO(folder);
    const mode_t before = mode_of(folder);
    REQUIRE(::chmod(folder.c_str(), 0777) == 0);
    const Start got = start(state);
    CHECK(got.opened == SIDEDISH_E_NO_STATE);
    CHECK(got.said.find("writable by everybody") != std::string::npos);
    CHECK_FALSE(got.prompted);
    REQUIRE(::chmod(folder.c_str(), before) == 0);
  }
  CHECK(state.run.files().empty());
  fs::rename(state.run.rings(), run / "elsewhere");
  fs::create_directory_symlink(run / "elsewhere", state.run.rings());
  CHECK(start(state).opened == SIDEDISH_E_NO_STATE);
  fs::remove(state.run.rings());
  fs::rename(run / "elsewhere", state.run.rings());
  CHECK(start(state).prompted);
}

TEST_CASE(
    "owner: a run folder, rings or page of another user is not used, unless that user is named",
    "[abi]") {
  const State state;
  if (!can_give_away(state)) {
    return test::skipped("needs root to give files to another user");
  }
  for (const fs::path& folder : {state.run.path(), state.run.rings()}) {
    INFO(folder);
    REQUIRE(::chown(folder.c_str(), kStranger, kStranger) == 0);
    const Start got = start(state);
    CHECK(got.opened == SIDEDISH_E_NO_STATE);
    CHECK(got.said.find("another owner") != std::string::npos);
    CHECK_FALSE(got.prompted);
    CHECK(start(state, "65534").prompted);
    REQUIRE(::chown(folder.c_str(), 0, 0) == 0);
  }
  const fs::path page = state.run.path() / "generation";
  const auto mapped = [&] {
    const Till till(state);
    std::ifstream maps("/proc/self/maps");
    const std::string all{std::istreambuf_iterator<char>(maps), {}};
    return all.find(page.native()) != std::string::npos;
  };
  CHECK(mapped());
  REQUIRE(::chown(page.c_str(), kStranger, kStranger) == 0);
  CHECK_FALSE(mapped());
}

// Seen to fail without O_EXCL in Ring::create(): the planted file becomes the ring, its owner reads along.
TEST_CASE("owner: a file or link that stands where a ring would be is left alone, and is no ring",
          "[abi]") {
  const State state;
  const auto self = lane::this_process();
  REQUIRE(self);
  const auto ring = [&](unsigned lane) {
    return state.run.rings() /
           (std::string(self->boot_id) + "." + std::to_string(self->pid) + "." +
            std::to_string(self->start_time) + "." + std::to_string(lane) + ".ring");
  };
  const fs::path target = state.run.path() / "target";
  std::ofstream(target) << "mine";
  std::ofstream(ring(0)) << "planted";
  fs::create_symlink(target, ring(1));
  if (::geteuid() == 0) static_cast<void>(::chown(ring(0).c_str(), kStranger, kStranger));
  const Till till(state);
  REQUIRE(till.opened == SIDEDISH_OK);
  CHECK(till.file() == ring(2));
  CHECK(mode_of(till.file()) == 0660);
  std::string line;
  CHECK((std::getline(std::ifstream(ring(0)), line) && line == "planted"));
  CHECK((std::getline(std::ifstream(target), line) && line == "mine"));
}

// Seen to fail with a ring of mode 0666 in a folder that others may enter.
TEST_CASE("S10: another user neither reads nor writes a ring, nor anything of a state folder",
          "[abi]") {
  const State state;
  if (!can_give_away(state)) return test::skipped("needs root to be another user");
  REQUIRE(::chmod(state.run.path().c_str(), 0755) == 0);
  // As the agent makes it, and once more where everybody may enter: the ring's own mode holds too.
  for (const mode_t mode : {03770U, 03775U}) {
    REQUIRE(::chmod(state.run.rings().c_str(), mode) == 0);
    Till till(state);
    REQUIRE(till.opened == SIDEDISH_OK);
    REQUIRE(till.ring({kBurger}).size() == 1);
    CHECK_FALSE(stranger_can([&] { return opens(till.file(), O_RDONLY); }));
    CHECK_FALSE(stranger_can([&] { return opens(till.file(), O_WRONLY); }));
    CHECK_FALSE(stranger_can([&] { return ::unlink(till.file().c_str()) == 0; }));
    CHECK_FALSE(
        stranger_can([&] { return opens(state.run.rings() / "x.ring", O_CREAT | O_RDWR); }));
  }
  for (const fs::path& part : parts_of(state)) {
    INFO(part);
    CHECK_FALSE(stranger_can([&] { return opens(part, O_WRONLY); }));
  }
  CHECK_FALSE(stranger_can([&] { return opens(state.dir() / "overlay", O_CREAT | O_RDWR); }));
  CHECK_FALSE(stranger_can(
      [&] { return ::rename(state.image(1).c_str(), (state.images() / "other").c_str()) == 0; }));
}
