#include "plugin/agent/lock.hpp"

#include "tests/support/scratch.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <sys/stat.h>

using sidedish::Errc;
using sidedish::agent::Lock;

// Seen to fail: without fchmod().
TEST_CASE("lock: one agent has it, and everybody may read the port in it", "[agent]") {
  const auto folder = sidedish::test::make_scratch("/dev/shm", "lock");
  const auto file = folder / "agent.lock";
  const ::mode_t before = ::umask(0077);
  {
    Lock lock;
    const auto taken = lock.take(file);
    const bool written = lock.write_port(65'535) && lock.write_port(7'410);
    ::umask(before);
    CHECK(taken);
    CHECK(written);
    Lock other;
    const auto refused = other.take(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == Errc::conflict);
    std::string text;
    CHECK(std::getline(std::ifstream(file), text));
    CHECK(text == "7410");
    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0644U);
  }
  Lock next;
  CHECK(next.take(file));
  std::filesystem::remove_all(folder);
}
