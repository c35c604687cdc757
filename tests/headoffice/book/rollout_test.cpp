// Drafts that go out in waves, now and at a time to come.
#include "headoffice/waves/waves.hpp"
#include "tests/headoffice/book/desk.hpp"

#include <algorithm>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;
using Why = BookRefusal::Why;

namespace {

constexpr const char* kPilotFirst =
    R"({"waves":[{"terminals":["mitte/t1"]},{"percent":10},"all"],"advance":"by-command","wait_minutes":30})";
constexpr const char* kAt = "2026-12-01T06:00";

struct Chain : Desk {
  Chain() {
    publish_outside();
    for (const char* terminal : {"t1", "t2"}) {
      REQUIRE(store->put_terminal("mitte", terminal, clock.now()));
    }
    approved(with_priority(61));
  }
  std::uint64_t told(const char* terminal) {
    const auto row = Waves(*store, clock).manifest("mitte", terminal);
    REQUIRE(row);
    return row->version;
  }
  std::vector<RolloutRow> rollouts() {
    const auto rows = store->rollouts(false, 10);
    REQUIRE(rows);
    return *rows;
  }
};

}  // namespace

// Proved by publishing without the order: t2 is told at once.
TEST_CASE("book: drafts go out in waves, and who and why are the publication's", "[headoffice]") {
  Chain chain;
  const std::uint64_t before = chain.told("t2");
  const auto done =
      chain.book.publish(chain.alan, chain.pack.id, {kRule}, "a new meal", kPilotFirst);
  REQUIRE(done);
  const std::uint64_t version = done->published.version;
  CHECK(chain.told("t1") == version);
  CHECK(chain.told("t2") == before);
  REQUIRE(chain.rollouts().size() == 1);
  const RolloutRow row = chain.rollouts().front();
  CHECK(row.version == version);
  CHECK(row.state == RolloutState::running);
  CHECK_FALSE(row.automatic);
  CHECK(row.wait == 30 * 60'000);
  CHECK(row.why == "a new meal");
  const auto changes = chain.store->changes({});
  REQUIRE(changes);
  const auto begun = std::ranges::find(*changes, "publication.begun",
                                       [](const ChangeRow& one) { return one.change.what; });
  REQUIRE(begun != changes->end());
  CHECK(begun->change.who == "alan");
  CHECK(begun->change.why == "a new meal");
}

// Proved by asking for no terminal: both orders with unknown ones were taken.
TEST_CASE("book: waves that cannot be are refused at their place, and nothing is published",
          "[headoffice]") {
  Chain chain;
  REQUIRE(chain.store->put_store({"elsewhere", "Elsewhere", "Europe/Berlin", kNoon, 0}));
  REQUIRE(chain.store->put_terminal("elsewhere", "t1", kNoon));
  const auto [order, pointer] = GENERATE(table<std::string, std::string>({
      {R"({"waves":[{"terminals":["mitte/t1","mitte/t9"]},"all"]})",
       "/rollout/waves/0/terminals/1"},
      {R"({"waves":[{"terminals":["elsewhere/t1"]},"all"]})", "/rollout/waves/0/terminals/0"},
      {R"({"waves":[{"percent":10}]})", "/rollout/waves"},
      {R"({"waves":[{"percent":0},"all"]})", "/rollout/waves/0/percent"},
      {R"({"waves":["all"],"wait_minutes":0})", "/rollout/wait_minutes"},
      {R"({"waves":["all"],"advance":"soon"})", "/rollout/advance"},
      {R"({"waves":["all"],"who":"somebody else"})", "/rollout/who"},
  }));
  INFO(order);
  for (const bool later : {false, true}) {
    BookRefusal refusal;
    if (later) {
      const auto done =
          chain.book.schedule(chain.alan, chain.pack.id, {kRule}, "lunch", kAt, order);
      REQUIRE_FALSE(done);
      refusal = done.error();
    } else {
      const auto done = chain.book.publish(chain.alan, chain.pack.id, {kRule}, "lunch", order);
      REQUIRE_FALSE(done);
      refusal = done.error();
    }
    CHECK(refusal.why == Why::findings);
    REQUIRE_FALSE(refusal.findings.empty());
    CHECK(refusal.findings.front().pointer == pointer);
  }
  CHECK(chain.draft().state == DraftState::approved);
  CHECK(chain.rollouts().empty());
  CHECK_FALSE(*chain.book.next_due());
}

TEST_CASE("book: a conflict keeps everything from going out, also in waves", "[headoffice]") {
  Chain chain;
  chain.pack.rules[0].priority = 40;
  chain.publish_outside();
  CHECK(why(chain.book.publish(chain.alan, chain.pack.id, {kRule}, "lunch", kPilotFirst)) ==
        Why::published);
  CHECK(chain.rollouts().empty());
  CHECK(chain.draft().state == DraftState::approved);
}

// Proved by publishing without the order.
TEST_CASE(
    "book: a publication to come goes out in the waves that were ordered, also after a restart",
    "[headoffice]") {
  Chain chain;
  REQUIRE(chain.book.schedule(chain.alan, chain.pack.id, {kRule}, "a new meal", kAt, kPilotFirst));
  const auto told = chain.book.rule(chain.alan, chain.pack.id, kRule);
  REQUIRE(told);
  CHECK(told->json.find(std::string("\"rollout\":") + kPilotFirst) != std::string::npos);
  chain.clock.time = **chain.book.next_due();
  chain.store.reset();
  chain.store = open(chain.folder.file("h.db"));
  Publisher publisher(*chain.store, *chain.store, chain.clock, packs::zone_file, read_documents);
  Book book({*chain.store, *chain.store, *chain.store, *chain.store, publisher, chain.days,
             chain.clock, packs::zone_file, true});
  const auto stores = book.run_due();
  REQUIRE(stores);
  CHECK(stores->size() == 2);
  REQUIRE(chain.rollouts().size() == 1);
  CHECK(chain.rollouts().front().why == "a new meal");
  CHECK(chain.told("t1") == chain.rollouts().front().version);
  CHECK(chain.told("t2") < chain.told("t1"));
}
