#include "plugin/lane/ring.hpp"

#include "tests/support/ring_folder.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <map>
#include <random>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace sidedish;
using namespace sidedish::lane;
using sidedish::test::make_ring;
using sidedish::test::RingFile;
using sidedish::test::RunFolder;

namespace {

model::Outcome shown(std::string_view basket) {
  model::Outcome o;
  o.kind = OutcomeKind::shown;
  o.at = 1'795'000'000'000;
  o.store = "mitte";
  o.terminal = "t1";
  o.basket = basket;
  o.rule = "burger-fries";
  o.rule_stable = 9;
  return o;
}

std::vector<std::uint64_t> counters(const RingFile& file) {
  std::vector<std::uint64_t> out;
  std::array<model::OutcomeLine, model::kLinesPerPart> lines;
  for (const auto& body : file.bodies()) {
    const auto outcome = model::decode(body, lines);
    REQUIRE(outcome.has_value());
    out.push_back(outcome->record.counter);
  }
  return out;
}

}  // namespace

TEST_CASE("ring: the file is whole, private to its group, and names its producer", "[lane]") {
  const RunFolder folder;
  Ring ring;
  const auto old = ::umask(077);
  make_ring(ring, folder, 99);
  ::umask(old);
  REQUIRE(folder.files().size() == 1);
  struct stat what;
  REQUIRE(::stat(folder.files()[0].c_str(), &what) == 0);
  CHECK((what.st_mode & 07777) == 0660);
  CHECK(static_cast<std::uint64_t>(what.st_size) == kRingFileBytes);
  CHECK(static_cast<std::uint64_t>(what.st_blocks) * 512 >=
        kRingFileBytes);  // nothing to refuse later
  const auto self = this_process();
  REQUIRE(self.has_value());
  CHECK(self->pid == static_cast<std::uint64_t>(::getpid()));
  CHECK(self->start_time > 0);
  CHECK(folder.files()[0].filename() == std::string(self->boot_id) + "." +
                                            std::to_string(self->pid) + "." +
                                            std::to_string(self->start_time) + ".0.ring");
  const RingFile file(folder.files()[0]);
  CHECK(std::string_view(file.header.magic, 8) == "SDRING01");
  CHECK(file.header.epoch == 99);
  CHECK(std::string(file.header.store) == "mitte");
  CHECK(std::string(file.header.terminal) == "t1");
  CHECK(file.header.live == 1);
  CHECK(file.header.header_crc == crc32c({reinterpret_cast<const std::byte*>(&file.header),
                                          offsetof(RingHeader, header_crc)}));
}

TEST_CASE("ring: a second lane, and a lane after a reload, get files of their own", "[lane]") {
  const RunFolder folder;
  Ring a;
  Ring b;
  make_ring(a, folder);
  make_ring(b, folder);
  CHECK(folder.files().size() == 2);
}

TEST_CASE("ring: a folder on another file system is refused", "[lane]") {
  const auto process = this_process();
  REQUIRE(process.has_value());
  const int proc = ::open("/proc", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  Ring ring;
  const auto made = ring.create(proc, {*process, 0, 1, "s", "t"});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code() == Errc::unsupported);
  CHECK_FALSE(ring.append(shown("B")));
  ::close(proc);
}

TEST_CASE("ring: a message becomes visible as a whole, at publish", "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  REQUIRE(ring.append(shown("B-1")));
  REQUIRE(ring.append(shown("B-2")));
  CHECK(RingFile(folder.files()[0]).bodies().empty());
  ring.publish();
  const RingFile file(folder.files()[0]);
  CHECK(counters(file) == std::vector<std::uint64_t>{1, 2});
  CHECK(file.header.last_counter == 2);
  CHECK(ring.used() == file.header.head);
}

TEST_CASE("ring: what is rolled back leaves no gap in the record ids", "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  REQUIRE(ring.append(shown("B-1")));
  const Ring::Mark mark = ring.mark();
  REQUIRE(ring.append(shown("B-2")));
  ring.rollback(mark);
  REQUIRE(ring.append(shown("B-3")));
  ring.publish();
  CHECK(counters(RingFile(folder.files()[0])) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("ring: after many turns every record is still there once, in order", "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  const auto path = folder.files()[0];
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::vector<std::byte> body(model::kMaxRecord);
  std::uint64_t written = 0;
  std::uint64_t seen = 0;
  for (int turn = 0; turn < 40; ++turn) {
    for (;;) {
      // All sizes, so that the 8-byte rest at the end of the data area happens too.
      const std::size_t size = 8 + random() % (turn % 2 == 0 ? 64 : model::kMaxRecord - 8);
      std::memcpy(body.data(), &written, sizeof written);
      if (!ring.append_bytes(std::span(body).first(size))) break;
      ++written;
      if (random() % 3 == 0) ring.publish();
      ring.prepare(1);
    }
    ring.publish();
    const RingFile file(path);
    for (const auto& got : file.bodies()) {
      std::uint64_t number = 0;
      std::memcpy(&number, got.data(), sizeof number);
      REQUIRE(number == seen);
      ++seen;
    }
    test::move_tail(path, file.header.head);
  }
  CHECK(seen == written);
  CHECK(written > 100'000);
}

TEST_CASE("ring: a rest of 8 bytes at the end is passed over by both sides", "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  const auto path = folder.files()[0];
  std::vector<std::byte> body(model::kMaxRecord);
  std::uint64_t left = kDataBytes - 8;
  while (left > 0) {
    std::uint64_t take = left < frame_bytes(8192) * 2 ? left : frame_bytes(8192);
    if (take > frame_bytes(model::kMaxRecord)) take = frame_bytes(8192);
    REQUIRE(ring.append_bytes(std::span(body).first(take - sizeof(Frame))));
    ring.publish();
    left -= take;
    const RingFile file(path);
    (void)file.bodies();
    test::move_tail(path, file.header.head);
  }
  REQUIRE(wraps(RingFile(path).header.head));
  REQUIRE(ring.append_bytes(std::span(body).first(24)));
  ring.publish();
  const RingFile file(path);
  REQUIRE(file.bodies().size() == 1);
  CHECK(file.header.head == kDataBytes + frame_bytes(24));
}

TEST_CASE("ring: a full ring takes nothing, and the tally keeps counts and sums exactly",
          "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  while (ring.append(shown("B"))) ring.publish();
  const auto full = RingFile(folder.files()[0]);
  CHECK(kDataBytes - ring.used() < 1024);
  TallyKey key{465'000, 9, {'E', 'U', 'R', 0}, Arm::treated, OutcomeKind::accepted};
  for (int i = 0; i < 1000; ++i) ring.fold(key, 1, 290);
  key.kind = OutcomeKind::returned;
  ring.fold(key, 3, -100);
  const RingFile file(folder.files()[0]);
  CHECK(file.header.head == full.header.head);
  CHECK(file.header.folded == 1003);
  CHECK(file.header.dropped == 0);
  REQUIRE(file.tallies().size() == 2);
  for (const TallySlot& slot : file.tallies()) {
    const bool accepted = slot.kind == static_cast<std::uint8_t>(OutcomeKind::accepted);
    CHECK(slot.count == (accepted ? 1000U : 3U));
    CHECK(slot.sum == (accepted ? 290'000 : -100));
    CHECK(slot.rule == 9);
    CHECK(std::string(slot.currency) == "EUR");
  }
}

TEST_CASE("ring: more keys than slots go to the rest, counted", "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  for (std::uint32_t rule = 1; rule <= 2000; ++rule) {
    ring.fold({1, rule, {'E', 'U', 'R', 0}, Arm::none, OutcomeKind::shown}, 1, 5);
  }
  const RingFile file(folder.files()[0]);
  std::uint64_t count = 0;
  std::int64_t sum = 0;
  for (const TallySlot& slot : file.tallies()) {
    count += slot.count;
    sum += slot.sum;
  }
  CHECK(count == 2000);
  CHECK(sum == 10'000);
  CHECK(file.tallies().size() == kTallySlots);
  CHECK(file.header.dropped == 2000 - (kTallySlots - 1));
}

TEST_CASE("ring: a tail that nobody can have written makes the ring full, not the host crash",
          "[lane]") {
  const RunFolder folder;
  Ring ring;
  make_ring(ring, folder);
  REQUIRE(ring.append(shown("B")));
  ring.publish();
  for (const std::uint64_t tail : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    test::move_tail(folder.files()[0], tail);
    CHECK(ring.used() == kDataBytes);
    CHECK_FALSE(ring.append(shown("B")));
  }
}

TEST_CASE("ring: closing leaves records for the agent and removes a ring without any", "[lane]") {
  const RunFolder folder;
  {
    Ring unused;
    make_ring(unused, folder);
    Ring used;
    make_ring(used, folder);
    REQUIRE(used.append(shown("B")));
    used.publish();
  }
  REQUIRE(folder.files().size() == 1);
  const RingFile file(folder.files()[0]);
  CHECK(file.header.live == 0);
  CHECK(file.bodies().size() == 1);
}

TEST_CASE("ring: a killed producer loses what it had not published, and nothing else", "[lane]") {
  const RunFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Ring ring;
    make_ring(ring, folder);
    for (int i = 0; i < 100; ++i) {
      ring.append(shown("B"));
      ring.publish();
    }
    ring.append(shown("B"));
    ::raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(folder.files().size() == 1);
  CHECK(RingFile(folder.files()[0]).bodies().size() == 100);
}
