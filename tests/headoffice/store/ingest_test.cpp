#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

struct Office {
  Folder folder;
  std::unique_ptr<SqliteStorage> storage = open(folder.file("h.db"));
  Office() { add_places(*storage); }

  BatchResult send(std::vector<IncomingEvent> events) {
    const auto result = storage->ingest(batch(std::move(events)));
    if (!result) FAIL(std::string(result.error().text()));
    return *result;
  }
  SourceRow source(const char* terminal = "t1") {
    const auto terminals = storage->terminals("mitte");
    REQUIRE(terminals);
    for (const auto& row : *terminals) {
      if (row.id == terminal) {
        REQUIRE(row.sources.size() == 1);
        return row.sources[0];
      }
    }
    FAIL("no terminal");
    return {};
  }
  std::int64_t counter(const char* name) { return (*storage->counters())[name]; }
};

}  // namespace

TEST_CASE("ingest: an event sent twice is counted once, in one batch and in two", "[headoffice]") {
  Office office;
  const IncomingEvent one = event(1, shown());
  auto result = office.send({one, one});
  CHECK(result.accepted == 1);
  CHECK(result.duplicate == 1);
  result = office.send({one, event(2, shown())});
  CHECK(result.accepted == 1);
  CHECK(result.duplicate == 1);
  CHECK(sheet_of_totals(*office.storage) == sheet_of({one, event(2, shown())}));
  CHECK(office.counter("events_duplicate") == 2);
  CHECK(office.counter("events_accepted") == 2);
}

TEST_CASE("ingest: a gap is listed exactly, and gone when it is filled", "[headoffice]") {
  Office office;
  office.send({event(2, shown()), event(9, shown())});
  CHECK(office.source().high_water == 9);
  CHECK(office.source().missing == 7);
  CHECK(office.source().gaps == std::vector<SequenceRange>{{1, 1}, {3, 8}});
  CHECK(office.storage->completeness({})->missing == 7);
  CHECK(office.storage->completeness({"nord"})->missing == 0);
  office.send({event(5, shown())});
  CHECK(office.source().gaps == std::vector<SequenceRange>{{1, 1}, {3, 4}, {6, 8}});
  office.send({event(8, shown()), event(7, shown()), event(6, shown()), event(4, shown()),
               event(3, shown()), event(1, shown())});
  CHECK(office.source().gaps.empty());
  CHECK(office.source().missing == 0);
}

TEST_CASE("ingest: what a tombstone names is no gap, and what comes after it is not counted",
          "[headoffice]") {
  Office office;
  office.send({event(1, shown()), event(6, TombstoneFacts{2, 5, "folded"})});
  CHECK(office.source().missing == 0);
  CHECK(office.source().high_water == 6);
  const auto late = office.send({event(3, shown())});
  CHECK(late.duplicate == 1);
  CHECK(office.counter("events_after_their_tombstone") == 1);
  CHECK(sheet_of_totals(*office.storage) == sheet_of({event(1, shown())}));
}

TEST_CASE("ingest: a tombstone over events that were counted is itself counted", "[headoffice]") {
  Office office;
  office.send({event(1, shown()), event(2, shown())});
  office.send({event(4, TombstoneFacts{2, 3, "folded"})});
  CHECK(office.source().missing == 0);
  CHECK(office.counter("events_counted_and_in_a_tombstone") == 1);
}

TEST_CASE("ingest: a known id with other content is a conflict, and what comes before it counts",
          "[headoffice]") {
  Office office;
  const auto other = [](std::uint64_t seq) { return event(seq, shown("coffee-cake")); };
  office.send({event(1, shown()), event(2, shown()), event(4, shown())});
  const auto result = office.send({other(3), other(4), other(5), other(2)});
  REQUIRE(result.conflict);
  CHECK(result.conflict->first == 2);
  CHECK(result.conflict->terminal == "t1");
  CHECK(result.accepted == 0);
  CHECK(office.source().conflicts == 1);
  const auto below = office.send({other(3), other(4), other(5)});
  REQUIRE(below.conflict);
  CHECK(below.conflict->first == 4);
  CHECK(below.accepted == 1);
  CHECK(office.source().high_water == 4);
  CHECK(sheet_of_totals(*office.storage) ==
        sheet_of({event(1, shown()), event(2, shown()), other(3), event(4, shown())}));
  const auto inside = office.send({event(7, shown()), other(7)});
  REQUIRE(inside.conflict);
  CHECK(inside.conflict->first == 7);
  CHECK(office.source().high_water == 4);
  CHECK(office.counter("source_conflicts") == 3);
}

TEST_CASE("ingest: the same machine under a new epoch is another source", "[headoffice]") {
  Office office;
  office.send({event(1, shown())});
  IncomingEvent again = event(1, shown("coffee-cake"));
  again.epoch = "00000000000000e2";
  CHECK(office.send({again}).accepted == 1);
  const auto terminals = office.storage->terminals("mitte");
  CHECK(terminals->at(0).sources.size() == 2);
}

TEST_CASE("ingest: an unknown terminal means nothing of the batch was taken", "[headoffice]") {
  Office office;
  const auto result =
      office.storage->ingest(batch({event(1, shown()), event(1, shown(), "stranger")}));
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == Errc::denied);
  CHECK(sheet_of_totals(*office.storage).empty());
  CHECK(office.storage->terminals("mitte")->at(0).sources.empty());
}

TEST_CASE("ingest: a refused event is kept with its reason, stays a gap, and counts once",
          "[headoffice]") {
  Office office;
  IncomingEvent bad = event(2, shown());
  bad.refused = "the arm is \"purple\"";
  for (int i = 0; i < 3; ++i) {
    const auto result = office.send({event(1, shown()), bad, event(3, shown())});
    REQUIRE(result.rejected.size() == 1);
    CHECK(result.rejected[0].seq == 2);
    CHECK(result.rejected[0].detail == bad.refused);
  }
  CHECK(office.source().rejected == 1);
  CHECK(office.source().gaps == std::vector<SequenceRange>{{2, 2}});
  office.send({event(4, TombstoneFacts{2, 2, "quarantined"})});
  CHECK(office.source().missing == 0);
  CHECK(office.storage->completeness({"mitte"})->rejected == 1);
}

TEST_CASE("ingest: an event that would overflow a total is refused, and the total stays",
          "[headoffice]") {
  Office office;
  PromptFacts huge = shown();
  huge.price_effect = std::numeric_limits<Minor>::max() - 290;
  CHECK(office.send({event(1, shown()), event(2, huge)}).accepted == 2);
  const auto result = office.send({event(3, shown()), event(4, PromptFacts(shown("other")))});
  CHECK(result.accepted == 1);
  REQUIRE(result.rejected.size() == 1);
  CHECK(result.rejected[0].seq == 3);
  CHECK(office.storage->prompt_totals({kDay, kDay, {"mitte"}, "burger-fries"})
            ->at(0)
            .sum.price_effect == std::numeric_limits<Minor>::max());
}

TEST_CASE("ingest: an audit is compared with what was counted up to its last id", "[headoffice]") {
  Office office;
  office.send({event(1, shown()), event(2, shown()), event(3, BasketFacts{.currency = "EUR"}),
               event(5, AuditFacts{"2026-11-21",
                                   4,
                                   {{"prompt.shown", 2}, {"basket.closed", 2}},
                                   {{"ring_folded", 7}}})});
  CHECK(office.source().audit_day == "2026-11-21");
  REQUIRE(office.source().audit_differences.size() == 1);
  CHECK(office.source().audit_differences[0].type == "basket.closed");
  CHECK(office.source().audit_differences[0].sent == 2);
  CHECK(office.source().audit_differences[0].counted == 1);
  REQUIRE(office.source().counters.size() == 1);
  CHECK(office.source().counters[0].n == 7);
  IncomingEvent basket = event(4, BasketFacts{.currency = "EUR"});
  office.send({basket, event(6, shown())});
  CHECK(office.source().audit_differences.empty());
}

TEST_CASE("ingest: an older audit that comes late does not replace a newer one", "[headoffice]") {
  Office office;
  office.send({event(9, AuditFacts{"2026-11-22", 8, {}, {}})});
  office.send({event(5, AuditFacts{"2026-11-21", 4, {}, {}})});
  CHECK(office.source().audit_day == "2026-11-22");
}

TEST_CASE("ingest: the state kept for a source that is idle is a few rows", "[headoffice]") {
  Office office;
  std::vector<IncomingEvent> events;
  for (std::uint64_t seq = 1; seq <= 500; ++seq) events.push_back(event(seq, shown()));
  office.send(events);
  CHECK(office.source().gaps.empty());
  office.storage.reset();
  Database db(office.folder.file("h.db"));
  CHECK(db.number("SELECT count(*) FROM source") == 1);
  CHECK(db.number("SELECT count(*) FROM gap") == 0);
  CHECK(db.number("SELECT count(*) FROM type_count") == 1);
}
