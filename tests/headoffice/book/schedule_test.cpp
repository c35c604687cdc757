// Publications to come: at their time in every store, after a restart, and what becomes of those that
// cannot be done then.
#include "tests/headoffice/book/desk.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;
using Why = BookRefusal::Why;

namespace {

constexpr const char* kAt = "2026-12-01T06:00";

UtcMs due(Desk& desk) {
  const auto next = desk.book.next_due();
  REQUIRE(next);
  REQUIRE(*next);
  return **next;
}

std::size_t run(Desk& desk, UtcMs at) {
  desk.clock.time = at;
  const auto stores = desk.book.run_due();
  REQUIRE(stores);
  return stores->size();
}

}  // namespace

// Proved by asking for the first store's clock alone.
TEST_CASE("book: a publication to come is done when every store's clock has come to it, once",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  const auto planned = desk.book.schedule(desk.alan, desk.pack.id, {kRule}, "lunch", kAt);
  REQUIRE(planned);
  // 06:00 in London, 07:00 in Berlin.
  CHECK(planned->find("\"due_at\":\"2026-12-01T06:00:00.000Z\"") != std::string::npos);
  CHECK(desk.draft().state == DraftState::scheduled);
  const UtcMs at = due(desk);
  CHECK(run(desk, at - 1) == 0);
  CHECK(desk.draft().state == DraftState::scheduled);
  CHECK(run(desk, at) == 2);
  CHECK(desk.published() == desk.with_priority(61));
  CHECK(desk.store->drafts(desk.pack.id, "")->empty());
  CHECK(desk.store->plans(desk.pack.id)->empty());
  CHECK(run(desk, at) == 0);
  const auto changes = desk.store->changes({});
  REQUIRE(changes);
  CHECK(changes->front().change.what == "rule.published");
  CHECK(changes->front().change.who == "alan");
}

TEST_CASE("book: a publication to come is done by the process that is started after it was due",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  REQUIRE(desk.book.schedule(desk.alan, desk.pack.id, {kRule}, "lunch", kAt));
  desk.clock.time = due(desk) + 48 * 3'600'000;
  desk.store.reset();
  desk.store = open(desk.folder.file("h.db"));
  Publisher publisher(*desk.store, *desk.store, desk.clock, packs::zone_file, read_documents);
  Book book({*desk.store, *desk.store, *desk.store, *desk.store, publisher, desk.days, desk.clock,
             packs::zone_file, true});
  const auto stores = book.run_due();
  REQUIRE(stores);
  CHECK(stores->size() == 2);
  CHECK(desk.published() == desk.with_priority(61));
}

TEST_CASE("book: a local time is that of the clocks, also on the days they are put on and back",
          "[headoffice]") {
  Desk desk;
  desk.pack.stores.resize(1);  // Berlin alone
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  const auto [local, utc] = GENERATE(table<std::string, std::string>({
      {"2027-03-27T06:00", "2027-03-27T05:00:00.000Z"},  // winter
      {"2027-03-28T06:00", "2027-03-28T04:00:00.000Z"},  // summer, since 02:00 that day
      {"2027-03-28T02:30", "2027-03-28T01:30:00.000Z"},  // no clock shows it: 03:30
      {"2027-10-31T02:30", "2027-10-31T00:30:00.000Z"},  // they show it twice: the first
      {"2027-10-31T03:30", "2027-10-31T02:30:00.000Z"},
  }));
  const auto planned = desk.book.schedule(desk.alan, desk.pack.id, {kRule}, "lunch", local);
  REQUIRE(planned);
  INFO(*planned);
  CHECK(planned->find("\"due_at\":\"" + utc + "\"") != std::string::npos);
}

// Proved by leaving the comparison with the published rule out of Book::merge().
TEST_CASE("book: a plan whose rule was published meanwhile is not done, and its drafts say why",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  model::Rule other = desk.pack.rules[0];
  other.id = "other-fries";
  desk.approved(Desk::json(other), other.id);
  REQUIRE(desk.book.schedule(desk.alan, desk.pack.id, {kRule, other.id}, "lunch", kAt));
  const UtcMs at = due(desk);
  desk.pack.rules[0].priority = 40;
  desk.publish_outside();
  CHECK(run(desk, at) == 0);
  CHECK(desk.published() == desk.with_priority(40));
  CHECK(desk.published(other.id).empty());  // nothing half done
  for (const std::string& rule : {kRule, other.id}) {
    const DraftRow row = desk.draft(rule);
    CHECK(row.state == DraftState::approved);
    CHECK(row.plan == 0);
    CHECK(row.failed.find("\"code\":\"publish-conflict\"") != std::string::npos);
  }
  CHECK_FALSE(*desk.book.next_due());
  CHECK(desk.store->changes({})->front().change.what == "rule.schedule-failed");
}

TEST_CASE("book: a plan whose rules do not compile any more says at which place", "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  model::Rule other = desk.pack.rules[0];
  other.id = "cola";
  other.offers = {{"sku:COLA"}};
  desk.approved(Desk::json(other), other.id);
  REQUIRE(desk.book.schedule(desk.alan, desk.pack.id, {other.id}, "lunch", kAt));
  const UtcMs at = due(desk);
  desk.pack.catalogue->products.pop_back();  // no more cola
  desk.publish_outside();
  const std::string before = desk.published();
  CHECK(run(desk, at) == 0);
  CHECK(desk.published() == before);
  const DraftRow row = desk.draft(other.id);
  INFO(row.failed);
  CHECK(row.state == DraftState::approved);
  CHECK(row.failed.find("\"code\":\"invalid-document\"") != std::string::npos);
  CHECK(row.failed.find("\"pointer\":\"/offers/0/product\",\"code\":\"not-in-catalogue\"") !=
        std::string::npos);
  CHECK(row.failed.find("\"rule\":\"cola\"") != std::string::npos);
}

TEST_CASE("book: what is scheduled is returned before it is changed, and its plan is gone with it",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  REQUIRE(desk.book.schedule(desk.alan, desk.pack.id, {kRule}, "lunch", kAt));
  CHECK(why(desk.save(desk.with_priority(62), desk.edna)) == Why::state);
  CHECK(why(desk.book.discard(desk.edna, desk.pack.id, kRule, {.tags = {"*"}})) == Why::state);
  CHECK(why(desk.book.publish(desk.alan, desk.pack.id, {kRule}, "now")) == Why::state);
  REQUIRE(desk.step(desk.edna, DraftStep::give_back));
  CHECK(desk.draft().state == DraftState::draft);
  CHECK_FALSE(*desk.book.next_due());
  CHECK(desk.store->plans(desk.pack.id)->empty());
  for (const char* bad : {"2026-11-21T12:00", "2028-01-01T06:00", "2026-12-01", "soon", ""}) {
    CHECK(why(desk.book.schedule(desk.alan, desk.pack.id, {kRule}, "lunch", bad)) == Why::findings);
  }
}
