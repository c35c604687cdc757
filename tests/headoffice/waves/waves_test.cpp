// U06: rules go out wave after wave, and no further where they do not pass.
#include "headoffice/waves/waves.hpp"

#include "tests/headoffice/overlay/shop.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr const char* kOrder =
    R"({"waves":[{"terminals":["mitte/t1"]},{"percent":30},"all"],"wait_minutes":30,"who":"Ana","why":"a new meal"})";

std::vector<std::string> pointers_of(const char* json) {
  std::vector<model::Finding> errors;
  CHECK_FALSE(read_rollout_order(json, "/rollout", errors));
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.pointer);
  return out;
}

class Chain : public Shop {
 public:
  Chain() {
    publish();
    for (int i = 1; i <= kTerminals; ++i) {
      REQUIRE(storage->put_terminal("mitte", "t" + std::to_string(i), clock.now()));
    }
    first = manifest("mitte").image_sha256;
  }
  static constexpr int kTerminals = 40;
  std::string first;
  Waves waves() { return {*storage, clock}; }

  /// Publishes a changed pack in waves; its image's digest.
  std::string begin(const char* order = kOrder) {
    std::vector<model::Finding> errors;
    const auto rollout = read_rollout_order(order, "", errors);
    REQUIRE(rollout);
    ++pack.version;
    Publisher publisher(*storage, *storage, clock, packs::zone_file, [&](auto, auto) {
      return PackRead{pack, pack.catalogue, {}};
    });
    const auto done = publisher.publish("{}", "{}", rollout);
    REQUIRE(done);
    REQUIRE(done->published);
    version = done->published->version;
    return done->published->image_sha256;
  }
  std::string told(const std::string& terminal) {
    const auto row = waves().manifest("mitte", terminal);
    REQUIRE(row);
    format::WireFindings findings;
    return format::read_manifest(row->body, findings)->image_sha256;
  }
  /// How many terminals are told of this image.
  int told_of(const std::string& image) {
    int out = 0;
    for (int i = 1; i <= kTerminals; ++i) out += told("t" + std::to_string(i)) == image ? 1 : 0;
    return out;
  }
  /// Everyone who is told of it takes it, and says so.
  void all_take(const std::string& image) {
    for (int i = 1; i <= kTerminals; ++i) {
      const std::string name = "t" + std::to_string(i);
      if (told(name) == image) REQUIRE(waves().hear("mitte", {name, image, "", ""}));
    }
  }
  RolloutRow row() { return storage->rollouts(false, 1)->at(0); }
  std::uint64_t version = 0;
};

}  // namespace

TEST_CASE("waves: pilots, then a share, then all, each when the one before runs it",
          "[headoffice][U06]") {
  Chain chain;
  const std::string image = chain.begin();
  REQUIRE(image != chain.first);
  CHECK(chain.told_of(image) == 1);
  CHECK(chain.told("t1") == image);
  CHECK(chain.told("") == chain.first);
  CHECK(chain.waves().tick()->empty());  // nobody has said anything yet
  chain.all_take(image);
  CHECK(*chain.waves().tick() == std::vector<std::string>{"mitte"});
  CHECK(chain.row().wave == 1);
  const int share = chain.told_of(image);
  CHECK(share > 4);
  CHECK(share < 24);
  CHECK(chain.told("t1") == image);
  CHECK(chain.waves().tick()->empty());
  chain.all_take(image);
  CHECK_FALSE(chain.waves().tick()->empty());
  CHECK(chain.row().state == RolloutState::done);
  CHECK(chain.told_of(image) == Chain::kTerminals);
  CHECK(chain.told("") == image);
  const auto log = chain.storage->changes({.subject = packs::burgers().id});
  REQUIRE(log);
  CHECK(log->at(0).change.what == "publication.done");
  CHECK(log->back().change.why == "a new meal");
}

// Proved by counting refusals as reports.
TEST_CASE("U06: a self-test that fails halts the rollout before the last wave, with the reason",
          "[headoffice][U06]") {
  Chain chain;
  const std::string image = chain.begin();
  chain.all_take(image);
  REQUIRE_FALSE(chain.waves().tick()->empty());
  const int share = chain.told_of(image);
  std::string refusing;
  for (int i = 2; i <= Chain::kTerminals && refusing.empty(); ++i) {
    if (chain.told("t" + std::to_string(i)) == image) refusing = "t" + std::to_string(i);
  }
  chain.all_take(image);
  REQUIRE(chain.waves().hear("mitte", {refusing, chain.first, image, "at its test vector 3"}) ==
          true);
  REQUIRE_FALSE(chain.waves().tick()->empty());
  CHECK(chain.row().state == RolloutState::halted);
  CHECK(chain.row().why == "mitte/" + refusing + " refused it: at its test vector 3");
  CHECK(chain.told_of(image) == share);  // no further; and no way back but a new version
  CHECK(chain.waves().tick()->empty());
  const auto view = chain.waves().view();
  REQUIRE(view);
  CHECK(view->find("\"state\":\"halted\"") != std::string::npos);
  CHECK(view->find("\"refused\":1") != std::string::npos);
}

// Without it, who goes on without a broken terminal would be halted by it again at once.
TEST_CASE("waves: whoever goes on after a halt goes on without those that refused it before",
          "[headoffice]") {
  Chain chain;
  const std::string image = chain.begin(
      R"({"waves":[{"terminals":["mitte/t1","mitte/t2","mitte/t3"]},"all"],"who":"Ana","why":"x"})");
  REQUIRE(chain.waves().hear("mitte", {"t1", image, "", ""}));
  REQUIRE(chain.waves().hear("mitte", {"t2", chain.first, image, "at its test vector 3"}));
  REQUIRE(chain.waves().tick());
  REQUIRE(chain.row().state == RolloutState::halted);
  chain.clock.time += 20 * 60'000;
  REQUIRE(chain.waves().order(chain.version, Waves::Order::resume, "Ana", "t2 is repaired later"));
  REQUIRE(chain.waves().hear("mitte", {"t2", chain.first, image, "at its test vector 3"}) == false);
  CHECK(chain.waves().tick()->empty());
  CHECK(chain.row().state == RolloutState::running);  // t3 is waited for
  SECTION("another refusal halts it again") {
    REQUIRE(chain.waves().hear("mitte", {"t3", chain.first, image, "not in time"}));
    REQUIRE(chain.waves().tick());
    CHECK(chain.row().why == "mitte/t3 refused it: not in time");
  }
  SECTION("and it goes on when all others have it") {
    REQUIRE(chain.waves().hear("mitte", {"t3", image, "", ""}));
    REQUIRE_FALSE(chain.waves().tick()->empty());
    CHECK(chain.row().state == RolloutState::done);
  }
}

TEST_CASE("waves: a wave that says nothing in time halts, and goes on by command", "[headoffice]") {
  Chain chain;
  const std::string image = chain.begin();
  chain.clock.time += 30 * 60'000 - 1;
  CHECK(chain.waves().tick()->empty());
  chain.clock.time += 1;
  CHECK_FALSE(chain.waves().tick()->empty());
  CHECK(chain.row().state == RolloutState::halted);
  CHECK(chain.row().why == "1 terminals have not reported in time, mitte/t1 among them");
  using Order = Waves::Order;
  CHECK_FALSE(chain.waves().order(chain.version, Order::advance, "Ana", "go"));
  REQUIRE(chain.waves().order(chain.version, Order::resume, "Ana", "it was off"));
  CHECK(chain.storage->changes({})->at(0).change.what == "publication.resumed");
  REQUIRE(chain.waves().order(chain.version, Order::advance, "Ana", "go"));
  CHECK(chain.told_of(image) > 4);
  REQUIRE(chain.waves().order(chain.version, Order::halt, "Ana", "stop"));
  CHECK_FALSE(chain.waves().order(4711, Order::halt, "Ana", "stop"));
  CHECK(chain.storage->changes({})->at(0).change.who == "Ana");
}

TEST_CASE("waves: by command, reports alone begin no wave", "[headoffice]") {
  Chain chain;
  const std::string image = chain.begin(
      R"({"waves":[{"terminals":["mitte/t2"]},"all"],"advance":"by-command","who":"Ana","why":"x"})");
  chain.all_take(image);
  CHECK(chain.waves().tick()->empty());
  CHECK(chain.told_of(image) == 1);
  REQUIRE(chain.waves().order(chain.version, Waves::Order::advance, "Ana", "the pilot is fine"));
  CHECK(chain.told_of(image) == Chain::kTerminals);
}

TEST_CASE("waves: a later publication ends one that is on its way, halted or not", "[headoffice]") {
  Chain chain;
  const std::string image = chain.begin();
  chain.all_take(image);
  REQUIRE_FALSE(chain.waves().tick()->empty());
  const int share = chain.told_of(image);
  const std::string next = chain.begin();
  const auto rows = chain.storage->rollouts(false, 2);
  REQUIRE(rows);
  CHECK(rows->at(1).state == RolloutState::superseded);
  CHECK(rows->at(1).why == "version 3 came after it");
  CHECK(chain.told("t1") == next);
  CHECK(chain.told_of(image) == share - 1);
  chain.clock.time += 24 * 3'600'000;
  chain.all_take(next);
  REQUIRE_FALSE(chain.waves().tick()->empty());  // and the old one's terminals are not waited for
  CHECK(chain.row().state == RolloutState::running);
  CHECK_FALSE(chain.waves().order(2, Waves::Order::resume, "Ana", "go"));
  const std::string all = chain.begin(R"({"waves":["all"],"who":"Ana","why":"enough"})");
  CHECK(chain.told_of(all) == Chain::kTerminals);
  CHECK(chain.storage->rollouts(true, 9)->empty());
}

TEST_CASE("waves: a pause during a rollout reaches those with the new rules and those with the old",
          "[headoffice]") {
  Chain chain;
  const std::string image = chain.begin();
  REQUIRE(chain.change(paused("burger-fries")).errors.empty());
  for (const char* terminal : {"t1", "", "t2"}) {
    const auto row = chain.waves().manifest("mitte", terminal);
    format::WireFindings findings;
    const auto manifest = format::read_manifest(row->body, findings);
    REQUIRE(manifest->overlay);
    const auto bytes = chain.storage->blob(*parse_digest(manifest->overlay->sha256));
    REQUIRE(bytes);
    const auto overlay = image::Overlay::open(std::as_bytes(std::span(*bytes)));
    REQUIRE(overlay);
    CHECK(overlay->is_paused("burger-fries"));
    CHECK(overlay->header().pack_version == manifest->pack_version);
  }
  CHECK(chain.told("t1") == image);
}

TEST_CASE("waves: the share of terminals is always the same", "[headoffice]") {
  const std::vector<Wave> tenth{{{}, 10, false}}, third{{{}, 33, false}};
  int few = 0, more = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string name = "t" + std::to_string(i);
    const bool first = is_in(tenth, 0, "mitte", name);
    few += first ? 1 : 0;
    more += is_in(third, 0, "mitte", name) ? 1 : 0;
    if (first) CHECK(is_in(third, 0, "mitte", name));
  }
  CHECK(few > 150);
  CHECK(few < 250);
  CHECK(more > 580);
  CHECK(more < 740);
  CHECK_FALSE(is_in({{{}, 99, false}}, 0, "mitte", ""));
}

TEST_CASE("waves: what a terminal says of itself is believed only in its form", "[headoffice]") {
  Chain chain;
  CHECK(chain.waves().hear("mitte", {"nobody", chain.first, "", ""}) == false);
  CHECK(chain.waves().hear("mitte", {"t1", "<script>", "'; --", std::string(5000, 'x')}) == true);
  const auto health = chain.storage->health("mitte", "t1");
  REQUIRE(health);
  CHECK((*health)->running.empty());
  CHECK((*health)->refused.empty());
  CHECK((*health)->why.size() == 200);
  CHECK(chain.waves().hear("mitte", {"t1", "<script>", "'; --", std::string(5000, 'x')}) == false);
}

TEST_CASE("waves: an order is read whole, with every finding", "[headoffice]") {
  std::vector<model::Finding> errors;
  const auto good = read_rollout_order(kOrder, "", errors);
  REQUIRE(good);
  CHECK(good->waves == R"([{"terminals":["mitte/t1"]},{"percent":30},"all"])");
  CHECK(good->wait == 30 * 60'000);
  CHECK(good->automatic);
  using Pointers = std::vector<std::string>;
  CHECK(pointers_of(R"({"waves":["all"],"who":"a"})") == Pointers{"/rollout/why", "/rollout/why"});
  CHECK(pointers_of(R"({"waves":[{"percent":10}],"who":"a","why":"b"})") ==
        Pointers{"/rollout/waves"});
  CHECK(pointers_of(R"({"waves":["all","all"],"who":"a","why":"b"})") ==
        Pointers{"/rollout/waves"});
  CHECK(pointers_of(R"({"waves":[],"who":"a","why":"b"})") == Pointers{"/rollout/waves"});
  CHECK(pointers_of(R"({"waves":[{"percent":0},"all"],"who":"a","why":"b"})") ==
        Pointers{"/rollout/waves/0/percent"});
  CHECK(pointers_of(R"({"waves":[{"terminals":["t1"]},"all"],"who":"a","why":"b"})") ==
        Pointers{"/rollout/waves/0/terminals"});
  CHECK(pointers_of(R"({"waves":[7,"all"],"advance":"soon","wait_minutes":0,"who":"a","why":"b"})")
            .size() == 3);
}
