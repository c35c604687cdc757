#include "rules/engine/record.hpp"
#include "tests/plugin/abi/till.hpp"
#include "tests/support/skip.hpp"

#include <cstdlib>
#include <sys/mount.h>
#include <sys/wait.h>

using namespace tills;

namespace {

/// `before`: words in front of the command, assignments to the environment among them.
int run_host(const char* what, const State& state, const std::string& before = "") {
  const std::string command = before + " '" + SIDEDISH_STRANGE_HOST + "' " + what + " '" +
                              state.dir().string() + "' '" + state.run.path().string() +
                              "' > /dev/null";
  return std::system(command.c_str());
}

/// Decisions in the one ring there is, each made again here from its record, byte for byte.
unsigned replayed_decisions(const State& state) {
  REQUIRE(state.run.files().size() == 1);
  const std::vector<std::byte> bytes = packs::compiled(pack(30)).image;
  std::vector<std::uint64_t> aligned(bytes.size() / 8 + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto image = image::Image::open(std::as_bytes(std::span(aligned)).first(bytes.size()));
  REQUIRE(image.has_value());
  std::vector<std::uint64_t> scratch(engine::scratch_bytes(*image) / 8 + 1);
  std::array<model::OutcomeLine, model::kLinesPerPart> lines;
  unsigned replayed = 0;
  for (const auto& body : test::RingFile(state.run.files()[0]).bodies()) {
    const auto outcome = model::decode(body, lines);
    REQUIRE(outcome.has_value());
    if (outcome->kind != OutcomeKind::decision) continue;
    REQUIRE(outcome->parts == 1);
    std::vector<std::uint64_t> record(outcome->decision.size() / 8 + 1);
    std::memcpy(record.data(), outcome->decision.data(), outcome->decision.size());
    const auto read =
        engine::decode_record(std::as_bytes(std::span(record)).first(outcome->decision.size()));
    REQUIRE(read.has_value());
    engine::Decision out;
    const auto same =
        engine::replay(*image, {}, *read, std::as_writable_bytes(std::span(scratch)), out);
    REQUIRE(same.has_value());
    REQUIRE(*same);
    ++replayed;
  }
  return replayed;
}

}  // namespace

TEST_CASE("hosts: a host with -ffast-math, names of ours and a small stack decides the same bytes",
          "[abi]") {
  const State state(pack(30));
  REQUIRE(run_host("decide", state) == 0);
  CHECK(replayed_decisions(state) > 150);
}

TEST_CASE(
    "hosts: without an environment, a known locale, HOME or a network it decides the same bytes",
    "[abi]") {
  for (const char* before : {"env -i", "env -i LC_ALL=none_NO.nothing",
                             "LC_ALL=C.UTF-8 LC_NUMERIC=de_DE.UTF-8", "env -i unshare --net"}) {
    INFO(before);
    if (std::string_view(before).ends_with("--net") && ::geteuid() != 0) {
      test::skipped("without a network: needs root for a namespace of its own");
      continue;
    }
    const State state(pack(30));
    REQUIRE(run_host("decide", state, before) == 0);
    CHECK(replayed_decisions(state) > 150);
  }
}

// Proved by making room for a ring in one call, as it was once: E_NO_STATE in hosts with a busy timer.
TEST_CASE("hosts: signals that interrupt the making of a ring do not leave the lane without one",
          "[abi]") {
  const State state(pack(30));
  REQUIRE(run_host("interrupt", state) == 0);
  CHECK(replayed_decisions(state) > 150);
}

TEST_CASE("hosts: over jemalloc it decides the same bytes", "[abi]") {
  std::string library;
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"}) {
    const std::string file = std::string(folder) + "/libjemalloc.so.2";
    if (std::filesystem::exists(file)) library = file;
  }
  if (library.empty()) {
    test::skipped("libjemalloc2 is not installed (packaging/install tests)");
    return;
  }
  const std::string before = "LD_PRELOAD=" + library;
  const State state(pack(30));
  // It is there: a setting that jemalloc does not know ends the process.
  REQUIRE(run_host("decide", state, before + " MALLOC_CONF=abort_conf:true,no_such:1 2>&1") != 0);
  REQUIRE(run_host("decide", state, before) == 0);
  CHECK(replayed_decisions(state) > 150);
  CHECK(run_host("refuse", state, before) == 0);
}

TEST_CASE("hosts: memory refused at any request is a status or silence, never an abort", "[abi]") {
  const State state;
  CHECK(run_host("refuse", state) == 0);
}

TEST_CASE("hosts: a full tmpfs is E_NO_STATE and silence, and space again is a lane again",
          "[abi]") {
  const State state;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string small = state.run.path() / "small";
    std::filesystem::create_directory(small);
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", small.c_str(), "tmpfs", 0, "size=5m,mode=0770") != 0) {
      ::_exit(77);
    }
    const Library lib;
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = 1;
    config.run_dir = text(small);
    sidedish_lane_config lc{};
    lc.struct_size = sizeof lc;
    lc.store = text("mitte");
    lc.terminal = text("t1");
    sidedish_host* host = nullptr;
    sidedish_lane* one = nullptr;
    sidedish_lane* two = nullptr;
    bool good = lib.open(&config, &host) == SIDEDISH_OK;
    good = good && lib.lane_open(host, &lc, &one) == SIDEDISH_OK;
    good = good && lib.lane_open(host, &lc, &two) == SIDEDISH_E_NO_STATE && two != nullptr;
    lib.lane_close(one);
    lib.lane_close(two);
    good = good && lib.lane_open(host, &lc, &one) == SIDEDISH_OK;
    lib.close(host);
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    test::skipped("needs root for a tmpfs of its own");
    return;
  }
  CHECK(status == 0);
}
