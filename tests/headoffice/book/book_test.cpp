// Drafts and their ways to a publication, without sockets.
#include "tests/headoffice/book/desk.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;
using Why = BookRefusal::Why;

// Proved by leaving the tag out of Book::save(): the second save then wins.
TEST_CASE("book: of two who build on the same tag the second is told what the first made",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  const std::string tag = rule_tag(desk.published());
  const auto first = desk.save(desk.with_priority(61), desk.edna, kRule, {.tags = {tag}});
  REQUIRE(first);
  const auto second = desk.save(desk.with_priority(62), desk.alan, kRule, {.tags = {tag}});
  CHECK(why(second) == Why::edited);
  CHECK(second.error().members.find("\"by\":\"edna\"") != std::string::npos);
  CHECK(desk.draft().content == desk.with_priority(61));
  REQUIRE(desk.save(desk.with_priority(62), desk.alan, kRule, {.tags = {first->etag}}));
  CHECK(desk.draft().authors == std::vector<std::string>{"edna", "alan"});
  const auto before = desk.store->changes({})->size();
  CHECK(desk.save(desk.with_priority(62), desk.alan));  // nothing new is no change
  CHECK(desk.store->changes({})->size() == before);
}

// Proved by leaving the authors out of Book::step().
TEST_CASE(
    "book: nobody approves an own change, but the command line, or where no approval is asked",
    "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  REQUIRE(desk.save(desk.with_priority(61), desk.alan));
  REQUIRE(desk.step(desk.alan, DraftStep::submit));
  CHECK(why(desk.step(desk.alan, DraftStep::approve)) == Why::role);
  REQUIRE(desk.step(desk.alan, DraftStep::give_back));
  SECTION("the command line may") {
    REQUIRE(desk.save(desk.with_priority(62), command_line()));
    REQUIRE(desk.step(command_line(), DraftStep::submit));
    CHECK(desk.step(command_line(), DraftStep::approve));
    CHECK(desk.book.publish(command_line(), desk.pack.id, {kRule}, "because"));
  }
  SECTION("without approval what is submitted is approved, and editors publish") {
    Book open{desk.parts(false)};
    REQUIRE(open.step(desk.edna, desk.pack.id, kRule, DraftStep::submit, "because", {}));
    CHECK(desk.draft().state == DraftState::approved);
    CHECK(why(desk.book.publish(desk.edna, desk.pack.id, {kRule}, "because")) == Why::role);
    CHECK(open.publish(desk.edna, desk.pack.id, {kRule}, "because"));
    CHECK(desk.published() == desk.with_priority(61));
  }
}

// Proved by publishing the pack as it was when the draft began.
TEST_CASE("book: publishing keeps what else was published meanwhile", "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  model::Rule other = desk.pack.rules[0];
  other.id = "other-fries";
  desk.pack.rules.push_back(other);
  desk.pack.settings.assumed_margin_percent = 42;
  desk.publish_outside();
  REQUIRE(desk.book.publish(desk.alan, desk.pack.id, {kRule}, "lunch"));
  CHECK(desk.published() == desk.with_priority(61));
  CHECK(desk.published(other.id) == Desk::json(other));
  CHECK(desk.now()->pack.settings.assumed_margin_percent == 42);
  CHECK(desk.now()->pack.version == desk.pack.version);  // one more than the last of outside
}

TEST_CASE("book: several drafts are published together or not at all", "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  desk.approved(desk.with_priority(61));
  model::Rule other = desk.pack.rules[0];
  other.id = "other-fries";
  desk.approved(Desk::json(other), other.id);
  REQUIRE(desk.step(desk.edna, DraftStep::give_back, other.id));
  const std::string before = desk.published();
  CHECK(why(desk.book.publish(desk.alan, desk.pack.id, {kRule, other.id}, "lunch")) == Why::state);
  CHECK(desk.published() == before);
  CHECK(desk.draft().state == DraftState::approved);
  REQUIRE(desk.step(desk.edna, DraftStep::submit, other.id));
  REQUIRE(desk.step(desk.alan, DraftStep::approve, other.id));
  REQUIRE(desk.book.publish(desk.alan, desk.pack.id, {kRule, other.id, kRule}, "lunch"));
  CHECK(desk.published(other.id) == Desk::json(other));
  const auto history = desk.store->rule_changes(desk.pack.id, kRule);
  REQUIRE(history);
  REQUIRE(history->size() == 2);
  CHECK(history->front().what == RuleChanged::changed);
  CHECK(history->front().who == "alan");
  CHECK(history->back().who == "command line");
  CHECK(desk.store->check_changes()->broken_at == 0);
}

// What the book has read and merged may have changed when it is committed: somebody saved the draft
// again, or a program published. Proved by leaving either comparison out of take_drafts().
TEST_CASE("book: a draft or a pack that changed while it was merged is not published",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  const std::string after = desk.with_priority(61);
  desk.approved(after);
  model::Pack merged = desk.pack;  // with the next version
  merged.rules[0].priority = 61;
  BookOrder order;
  order.after = desk.now()->about.version;
  order.who = "alan";
  order.why = "lunch";
  order.drafts.push_back({kRule, desk.draft().etag, desk.published(), after});
  const auto publish = [&](const BookOrder& as) {
    return desk.publisher.publish(format::write_rules(merged), "", std::nullopt, as);
  };
  BookOrder saved_again = order;
  saved_again.drafts[0].etag = rule_tag(desk.with_priority(62));
  BookOrder published_meanwhile = order;
  --published_meanwhile.after;
  BookOrder of_a_plan = order;
  of_a_plan.plan = 7;
  for (const BookOrder& stale : {saved_again, published_meanwhile, of_a_plan}) {
    const auto refused = publish(stale);
    REQUIRE(!refused);
    CHECK(refused.error().code() == Errc::conflict);
    CHECK(desk.now()->about.version == order.after);
    CHECK(desk.draft().state == DraftState::approved);
    CHECK(desk.store->changes({})->front().change.what == "rule.approved");
  }
  REQUIRE(publish(order));
  CHECK(desk.published() == after);
  CHECK(desk.store->drafts(desk.pack.id, "")->empty());
}

TEST_CASE("book: the stores of a rule are read out of what is typed", "[headoffice]") {
  const model::Pack pack = Desk::two_stores();
  const auto stores = [&](const std::string& when) {
    std::string all;
    for (const std::string& store : stores_of("{\"when\":" + when + "}", pack)) all += store + " ";
    return all;
  };
  const std::string mitte = R"({"store":["mitte"]})";
  const std::string soho = R"({"store":["soho"]})";
  CHECK(stores(R"({"has":{"items":[]}})") == "mitte soho ");
  CHECK(stores(mitte) == "mitte ");
  CHECK(stores(R"({"store_group":["city"]})") == "mitte ");
  CHECK(stores(R"({"all":[{"has":{}},{"store":["soho","mitte"]},)" + soho + "]}") == "soho ");
  CHECK(stores(R"({"any":[)" + mitte + "," + soho + "]}") == "mitte soho ");
  CHECK(stores(R"({"any":[)" + mitte + R"(,{"has":{}}]})") == "mitte soho ");
  CHECK(stores(R"({"none":[)" + mitte + "]}") == "mitte soho ");
  CHECK(stores(R"({"store":[]})").empty());
  CHECK(stores("7") == "mitte soho ");
}

TEST_CASE("book: a pack has at most 500 drafts", "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  for (std::size_t i = 0; i <= kMaxDrafts; ++i) {
    const std::string id = "r" + std::to_string(i);
    const auto kept = desk.save("{\"id\":\"" + id + "\"}", desk.edna, id, {.nothing = true});
    if (i < kMaxDrafts) {
      REQUIRE(kept);
    } else {
      CHECK(why(kept) == Why::state);
    }
  }
}

// A till manager's line broke under the answer to the first save: the page asked again, and made a second
// rule beside the first. Proved by leaving is_repeat() out of Book::keep().
TEST_CASE(
    "book: what was kept is taken again from its author, whose answer was lost, and from nobody "
    "else",
    "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  const std::string tag = rule_tag(desk.published());
  const std::string mine = desk.with_priority(61);
  SECTION("of a rule that is published") {
    const auto first = desk.save(mine, desk.edna, kRule, {.tags = {tag}});
    REQUIRE(first);
    const auto before = desk.store->changes({})->size();
    const auto again = desk.save(mine, desk.edna, kRule, {.tags = {tag}});
    REQUIRE(again);
    CHECK(again->etag == first->etag);
    CHECK(desk.save(mine, desk.edna, kRule, {.nothing = true, .base = tag}));
    CHECK(desk.store->changes({})->size() == before);
    CHECK(why(desk.save(mine, desk.alan, kRule, {.tags = {tag}})) == Why::edited);
    CHECK(why(desk.save(desk.with_priority(62), desk.edna, kRule, {.tags = {tag}})) == Why::edited);
  }
  SECTION("of a rule that is new") {
    model::Rule rule = packs::burgers().rules[0];
    rule.id = "late-fries";
    const std::string late = Desk::json(rule);
    const auto first = desk.save(late, desk.edna, rule.id, {.nothing = true});
    REQUIRE(first);
    const auto again = desk.save(late, desk.edna, rule.id, {.nothing = true});
    REQUIRE(again);
    CHECK(again->etag == first->etag);
    CHECK(why(desk.save(late, desk.alan, rule.id, {.nothing = true})) == Why::edited);
    REQUIRE(desk.step(desk.edna, DraftStep::submit, rule.id));
    CHECK(why(desk.save(late, desk.edna, rule.id, {.nothing = true})) == Why::edited);
    CHECK(desk.draft(rule.id).state == DraftState::waiting);
  }
}

// Proved by reading the newest documents instead of the version's.
TEST_CASE("book: a rule is taken back as a publication had it, as a draft with its reason",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  const std::string first = desk.published();
  const std::uint64_t old = desk.now()->about.version;
  desk.approved(desk.with_priority(61));
  REQUIRE(desk.book.publish(desk.alan, desk.pack.id, {kRule}, "because"));
  const auto then = desk.book.version(desk.pack.id, kRule, old);
  REQUIRE(then);
  CHECK(then->json == "{\"version\":" + std::to_string(old) + ",\"rule\":" + first + "}");
  CHECK(desk.book.version(desk.pack.id, kRule, old + 1)->etag == rule_tag(desk.with_priority(61)));
  CHECK(why(desk.book.version(desk.pack.id, kRule, old + 9)) == Why::missing);
  CHECK(why(desk.book.version(desk.pack.id, "other-fries", old)) == Why::missing);
  CHECK(why(desk.book.version("other", kRule, old)) == Why::missing);

  const auto take_back = [&](const std::string& reason, const Expecting& expecting) {
    return desk.book.take_back(desk.edna, desk.pack.id, kRule, old, reason, expecting);
  };
  const std::string tag = rule_tag(desk.published());
  CHECK(why(take_back("", {.tags = {tag}})) == Why::findings);
  CHECK(why(take_back("it sold more", {.tags = {rule_tag(first)}})) == Why::edited);
  REQUIRE(take_back("it sold more", {.tags = {tag}}));
  CHECK(desk.draft().content == first);
  CHECK(desk.draft().why == "it sold more");
  CHECK(desk.draft().base == desk.published());
  CHECK(desk.published() == desk.with_priority(61));
  CHECK(desk.store->changes({})->front().change.why == "it sold more");
  REQUIRE(take_back("it did sell more", {.tags = {"*"}}));
  CHECK(desk.draft().why == "it did sell more");
  REQUIRE(desk.step(desk.edna, DraftStep::submit));
  REQUIRE(desk.step(desk.alan, DraftStep::approve));
  REQUIRE(desk.book.publish(desk.alan, desk.pack.id, {kRule}, "because"));
  CHECK(desk.published() == first);
}
