// U03, U04: an image that does not pass its own test, or harms whoever decides from it, is not activated.
#include "plugin/agent/self_test.hpp"

#include "plugin/agent/records.hpp"
#include "rules/engine/record.hpp"
#include "rules/vectors/vectors.hpp"
#include "tests/plugin/agent/bench.hpp"
#include "tests/rules/compile/packs.hpp"
#include "tests/rules/vectors/sealed.hpp"

#include <atomic>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSealedOff = false;  // sanitizers speak to the system by themselves
#else
constexpr bool kSealedOff = true;
#endif

std::vector<std::byte> made(std::uint64_t version) {
  model::Pack pack = packs::burgers();
  pack.version = version;
  const auto compiled = packs::compiled(pack);
  REQUIRE(compiled.errors.empty());
  return vectors::with_vectors(compiled.image);
}
std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// Its first vector says that something else is offered.
std::string wrong(std::uint64_t version) {
  return text_of(sealed::with_vector(made(version), 0, [](image::Vector& v) {
    v.prompt_count = v.prompt_count == 0 ? 1 : 0;
    v.prompts[0] = {};
  }));
}

struct Place {
  Folder state{std::filesystem::temp_directory_path(), "self-test"};
  Folder run{"/dev/shm", "self-test"};
  Place() { REQUIRE(make_folders(state.path, run.path)); }
  std::filesystem::path records() const { return state.path / "records"; }

  /// What a lane would have written about a burger, under these rules.
  void add_record(const std::vector<std::byte>& bytes) const {
    const auto image = image::Image::open(bytes);
    REQUIRE(image);
    engine::Context context{};
    context.now = 1'780'000'000'000;
    context.capabilities = ~0U;
    context.looking_at = image::kNone;
    std::memcpy(context.currency, "EUR", 4);
    const std::uint32_t product = image->find_product("sku:BURGER");
    const engine::Item item{product, image->products()[product].stable, kOne, 590};
    const engine::Basket basket{{&item, 1}, 590, 1, 0};
    const engine::Memory before{engine::open_basket(7, context.now), engine::open_lane()};
    engine::Memory after = before;
    std::vector<std::byte> scratch(engine::scratch_bytes(*image));
    engine::Decision decision{};
    engine::decide(*image, {}, context, basket, true, after, scratch, decision);
    std::vector<std::byte> out(engine::record_size(1));
    REQUIRE(engine::encode_record({}, {}, context, basket, true, before, decision, out));
    REQUIRE(Records(records()).add("t1", 1, out));
  }
};

}  // namespace

TEST_CASE("self-test: an image that decides as written passes, whatever older rules decided",
          "[agent]") {
  Place place;
  const auto old_image = made(1);
  for (int i = 0; i < 3; ++i) place.add_record(old_image);
  std::ofstream(place.records() / "t1.1" / "9.record") << "no record";
  model::Pack pack = packs::burgers();
  pack.version = 2;
  pack.rules[0].id = "something-else";
  const auto next = vectors::with_vectors(packs::compiled(pack).image);
  const auto report = SelfTest(place.records()).run(text_of(next));
  REQUIRE(report);
  CHECK(report->vectors == image::Image::open(next)->vectors().size());
  CHECK(report->records == 3);
  // One without vectors, of an older head office, has the records alone.
  const auto plain = SelfTest(place.records()).run(text_of(packs::compiled(pack).image));
  REQUIRE(plain);
  CHECK(plain->vectors == 0);
  CHECK(plain->records == 3);
}

// Proved by leaving the child's seccomp, then the wall time, out of self_test.cpp.
TEST_CASE("U04: whatever a decision does to the child, the agent stays and names it",
          "[agent][U04]") {
  Place place;
  const std::string image = text_of(made(1));
  SelfTestLimits limits;
  limits.wall = std::chrono::milliseconds(300);
  const auto refused = [&](const std::function<void(std::uint32_t)>& inside) {
    const auto report = SelfTest(place.records(), limits, inside).run(image);
    REQUIRE_FALSE(report);
    CHECK(report.error().code() == Errc::corrupt);
    return std::string(report.error().text());
  };
  CHECK(refused([](std::uint32_t step) {
          if (step == 3) __builtin_trap();
        }).find("at its test vector 2") != std::string::npos);
  volatile bool forever = true;
  CHECK(refused([&](std::uint32_t step) {
          while (step == 2 && forever) {
          }
        }).find("not done in time: at its test vector 1") != std::string::npos);
  if (!kSealedOff) return;
  limits.wall = std::chrono::seconds(20);
  for (const auto& inside : std::vector<std::function<void(std::uint32_t)>>{
           [](std::uint32_t) { (void)::open("/etc/hostname", O_RDONLY | O_CLOEXEC); },
           [](std::uint32_t) {
             (void)::mmap(nullptr, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
           },
           [](std::uint32_t) { (void)::fork(); }}) {
    CHECK(refused(inside).find("ended by signal 31: before its first decision") !=
          std::string::npos);
  }
  CHECK(SelfTest(place.records()).run(image));
}

// systemd gives the agent a filter (SystemCallFilter=): seccomp's strict mode would be refused to it.
TEST_CASE("self-test: the child is sealed off also behind a filter that the agent has already",
          "[agent]") {
  if (!kSealedOff) return;
  Place place;
  const std::string image = text_of(made(1));
  const ::pid_t agent = ::fork();
  REQUIRE(agent >= 0);
  if (agent == 0) {
    ::sock_filter allow{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    const ::sock_fprog program{1, &allow};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
      ::_exit(9);
    }
    const auto opens = [](std::uint32_t) { (void)::open("/etc/hostname", O_RDONLY | O_CLOEXEC); };
    const bool passes = SelfTest(place.records()).run(image).has_value();
    const bool sealed = !SelfTest(place.records(), {}, opens).run(image).has_value();
    ::_exit((passes ? 0 : 1) + (sealed ? 0 : 2));
  }
  int status = 0;
  REQUIRE(::waitpid(agent, &status, 0) == agent);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("self-test: what other threads hold when the child is made does not stop it", "[agent]") {
  Place place;
  const std::string image = text_of(made(1));
  std::atomic<bool> stop = false;
  // Malloc's locks are held at most moments: a child that allocated would hang in one of them.
  std::vector<std::thread> busy;
  for (int i = 0; i < 3; ++i) {
    busy.emplace_back([&] {
      std::size_t n = 0;
      while (!stop) n += std::string(200, 'x').size() + std::vector<int>(50).size();
      (void)n;
    });
  }
  for (int i = 0; i < 50; ++i) CHECK(SelfTest(place.records()).run(image));
  stop = true;
  for (std::thread& thread : busy) thread.join();
}

TEST_CASE(
    "U03: an image that decides otherwise than its vectors say is refused, and the next is taken",
    "[agent][U03]") {
  Place place;
  Images images(place.state.path, place.run.path);
  REQUIRE(images.open());
  images.use(SelfTest(place.records()));
  std::string served = text_of(made(1));
  unsigned version = 1, blobs = 0, waited = 0;
  FakeSender sender;
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    const std::string tag = "\"v" + std::to_string(version) + "\"";
    net::Response response;
    if (!request.target.ends_with("/manifest")) {
      ++blobs;
      response.body = served;
      return response;
    }
    if (request.headers.get("If-None-Match") == tag) {
      ++waited;
      response.status = 304;
      return response;
    }
    format::Manifest manifest;
    manifest.store = "mitte";
    manifest.version = version;
    manifest.image_sha256 = net::hex(net::sha256(served));
    manifest.image_size = served.size();
    response.headers.set("Content-Type", "application/json");
    response.headers.set("ETag", tag);
    response.body = format::write(manifest);
    return response;
  };
  const auto ask = [&] { return images.fetch(sender, "mitte", std::chrono::seconds(0)); };
  REQUIRE(ask() == true);
  const std::string good = images.status().sha256;
  CHECK(images.status().self_test.starts_with("passed: "));

  served = wrong(2);
  ++version;
  REQUIRE(ask() == false);
  CHECK(images.status().sha256 == good);
  CHECK(images.status().refused_sha256 == net::hex(net::sha256(served)));
  CHECK(images.status().self_tests_failed == 1);
  CHECK(images.status().self_test.find("at its test vector 0") != std::string::npos);
  CHECK(images.status().trouble.find("at its test vector 0") != std::string::npos);
  CHECK(blobs == 2);
  REQUIRE(ask() == false);
  CHECK(waited == 1);
  ++version;  // another overlay beside the same image: not fetched again
  REQUIRE(ask() == false);
  CHECK(blobs == 2);
  CHECK_FALSE(images.status().trouble.empty());

  served = text_of(made(3));
  ++version;
  REQUIRE(ask() == true);
  CHECK(images.status().sha256 == net::hex(net::sha256(served)));
  CHECK(images.status().refused_sha256.empty());
  CHECK(images.status().trouble.empty());
}
