// The frame of a pack (stores, settings, sets) goes the way of a rule: a draft by its tag, checks,
// approval, publication, the log.
#include "headoffice/book/frame.hpp"

#include "tests/headoffice/book/desk.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;
using Why = BookRefusal::Why;

namespace {

const std::string kUnit(kPackFrame);

struct Plan : Desk {
  Plan() { publish_outside(); }
  /// The frame as it is published, changed.
  template <class Change>
  std::string frame(const Change& change) {
    model::Pack out = now()->pack;
    change(out);
    return format::write_frame(out);
  }
  std::string with_store(const std::string& id, const std::string& zone = "Europe/Lisbon") {
    return frame([&](model::Pack& out) {
      out.stores.push_back({id, "Ribeira \"1\"", zone, "", {"seaside"}, {}, "PT"});
    });
  }
  std::vector<BookFinding> findings(const std::string& json) {
    return check_frame(*now(), json, packs::zone_file, clock.time).findings;
  }
  void go(const std::string& json) { approved(json, kUnit); }
  std::vector<std::string> log(std::size_t most) {
    std::vector<std::string> out;
    const auto rows = store->changes({});
    REQUIRE(rows);
    for (const ChangeRow& row : *rows) {
      if (out.size() < most) out.push_back(row.change.what + " " + row.change.subject);
    }
    return out;
  }
  std::string told(const Actor& by) {
    const auto frame = book.frame(by, pack.id);
    REQUIRE(frame);
    return frame->json;
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string codes(const std::vector<BookFinding>& findings) {
  std::string out;
  for (const BookFinding& one : findings) {
    if (one.warning) continue;
    out += (out.empty() ? "" : " ") + one.rule + one.pointer + ":" + one.code;
  }
  return out;
}

}  // namespace

// Proved by leaving the frame out of Book::merge(), of take_drafts() and of publish()'s stores.
TEST_CASE("frame: a store and the objective go out together with a rule, and the log has each",
          "[headoffice]") {
  Plan plan;
  const std::string was = plan.published(kUnit);
  const std::string json = plan.frame([](model::Pack& out) {
    out.stores.push_back({"ribeira", "Ribeira", "Europe/Lisbon", "", {"seaside"}, {}, "PT"});
    out.settings.objective = model::Objective::revenue;
  });
  REQUIRE(plan.save(json, plan.edna, kUnit, {.tags = {rule_tag(was)}}));
  CHECK(plan.log(1).front() == "pack.drafted " + plan.pack.id);
  const auto drafted = plan.store->changes({});
  CHECK(drafted->front().change.before == R"({"settings/objective":"margin"})");
  CHECK(has(drafted->front().change.after, R"("settings/objective":"revenue")"));
  CHECK(has(drafted->front().change.after, R"("stores/ribeira/groups":["seaside"])"));
  CHECK(!has(drafted->front().change.after, "soho"));
  REQUIRE(plan.step(plan.edna, DraftStep::submit, kUnit));
  CHECK(why(plan.step(plan.edna, DraftStep::approve, kUnit)) == Why::role);
  REQUIRE(plan.step(plan.alan, DraftStep::approve, kUnit));
  plan.approved(plan.with_priority(61));
  const auto done = plan.book.publish(plan.alan, plan.pack.id, {kRule, kUnit}, "spring");
  REQUIRE(done);
  CHECK(has(done->json, R"("frame":true)"));
  CHECK(!has(done->json, "@frame"));
  CHECK(done->published.stores.size() == 3);
  CHECK(plan.published() == plan.with_priority(61));
  CHECK(plan.published(kUnit) == json);
  CHECK(plan.store->drafts(plan.pack.id, "")->empty());
  CHECK(plan.log(3) == std::vector<std::string>{"store.added stores/ribeira",
                                                "rule.published " + plan.pack.id + "/" + kRule,
                                                "pack.published " + plan.pack.id});
  const Change store = plan.store->changes({})->front().change;
  CHECK(store.who == "alan");
  CHECK(store.why == "spring");
  CHECK(store.after == R"({"name":"Ribeira","time_zone":"Europe/Lisbon"})");
  CHECK(plan.store->check_changes()->broken_at == 0);
  const auto versions = plan.store->versions(plan.pack.id, 9);
  REQUIRE(versions);
  CHECK(versions->front().frame_changed);
  CHECK(versions->front().rules_changed->size() == 1);  // of rules alone
  CHECK(!versions->back().frame_changed);
  CHECK(has(plan.told(plan.edna), R"("who":"alan","why":"spring","what":"changed")"));
  const auto rules = plan.book.rules(plan.edna, plan.pack.id);
  REQUIRE(rules);
  CHECK(!has(*rules, "@frame"));
}

// Proved by comparing no tag for the frame.
TEST_CASE("frame: of two who change it the second sees what the first made", "[headoffice]") {
  Plan plan;
  const std::string tag = rule_tag(plan.published(kUnit));
  REQUIRE(plan.save(plan.with_store("a"), plan.edna, kUnit, {.tags = {tag}}));
  const auto second = plan.save(plan.with_store("b"), plan.alan, kUnit, {.tags = {tag}});
  CHECK(why(second) == Why::edited);
  CHECK(has(second.error().members, R"("theirs":{"pack")"));
  CHECK(has(second.error().members, R"("by":"edna")"));
  CHECK(plan.draft(kUnit).content == plan.with_store("a"));
  REQUIRE(plan.book.discard(plan.alan, plan.pack.id, kUnit, {.tags = {"*"}}));
  CHECK(plan.log(1).front() == "pack.discarded " + plan.pack.id);
  SECTION("what is published meanwhile is a conflict, and nothing goes out") {
    plan.go(plan.with_store("a"));
    plan.pack.settings.holdout_percent = 33;
    plan.publish_outside();
    const auto refused = plan.book.publish(plan.alan, plan.pack.id, {kUnit}, "spring");
    CHECK(why(refused) == Why::published);
    CHECK(has(refused.error().members, R"("conflicts":[{"frame":true)"));
    CHECK(plan.now()->pack.settings.holdout_percent == 33);
    CHECK(plan.now()->pack.stores.size() == 2);
  }
  SECTION("rules that are published meanwhile are none") {
    plan.go(plan.with_store("a"));
    plan.pack.rules[0].priority = 71;
    plan.publish_outside();
    REQUIRE(plan.book.publish(plan.alan, plan.pack.id, {kUnit}, "spring"));
    CHECK(plan.now()->pack.rules[0].priority == 71);
    CHECK(plan.now()->pack.stores.size() == 3);
  }
}

// Proved by leaving compile::check() out of check_frame().
TEST_CASE("frame: what is wrong is told at its place, rules that need it by name", "[headoffice]") {
  Plan plan;
  const auto change = [&](const auto& how) { return codes(plan.findings(plan.frame(how))); };
  CHECK(codes(plan.findings(plan.with_store("ribeira"))).empty());
  CHECK(change([](model::Pack& p) { p.stores[1].time_zone = "Europe/Atlantis"; }) ==
        "/stores/1/time_zone:no-such-zone");
  CHECK(change([](model::Pack& p) { p.stores[1].id = p.stores[0].id; }) == "/stores/1/id:twice");
  CHECK(change([](model::Pack& p) { p.stores[1].language = "fr"; }) ==
        "/stores/1/language:no-such-language");
  CHECK(change([](model::Pack& p) { p.stores[1].name = "<b>"; }) == "/stores/1/name:not-plain");
  CHECK(change([](model::Pack& p) { p.settings.holdout_percent = 91; }) ==
        "/settings/holdout_percent:out-of-range");
  CHECK(change([](model::Pack& p) {
          p.settings.dayparts["noon"] = {600, 600};
        }) == "/settings/dayparts/noon:never-begins");
  CHECK(change([](model::Pack& p) { p.id = "other"; }) == "/pack/id:other-id");
  CHECK(change([](model::Pack& p) { p.stores.clear(); }) == "/stores:too-few");
  std::string strange = plan.published(kUnit);
  strange.insert(1, R"("colour":"red",)");
  CHECK(codes(plan.findings(strange)) == "/colour:unknown-member");
  plan.pack.stores[1].groups = {"travel"};
  model::Condition named;
  named.type = model::Condition::Type::store_group;
  named.names = {"travel"};
  model::Condition both;
  both.children = {plan.pack.rules[0].when, named};
  plan.pack.rules[0].when = both;
  plan.publish_outside();
  const std::string without = plan.frame([](model::Pack& p) { p.stores[1].groups.clear(); });
  CHECK(has(codes(plan.findings(without)), kRule + "/when/all/1/store_group/0:no-such-group"));
  REQUIRE(plan.save(without, plan.edna, kUnit));
  const auto refused = plan.step(plan.edna, DraftStep::submit, kUnit);
  CHECK(why(refused) == Why::findings);
  CHECK(refused.error().findings.front().rule == kRule);
}

// Proved by leaving store_findings() out of Book::findings_of(), and out of Book::merge_frame().
TEST_CASE("frame: a store does not go while its terminals are in use, nor come from another pack",
          "[headoffice]") {
  Plan plan;
  const std::string without = plan.frame([](model::Pack& p) { p.stores.pop_back(); });
  const auto kept = [&](const std::string& json) {
    const auto done = plan.save(json, plan.edna, kUnit);
    REQUIRE(done);
    return done->json;
  };
  CHECK(has(kept(without), R"("findings":[])"));
  REQUIRE(plan.step(plan.edna, DraftStep::submit, kUnit));
  REQUIRE(plan.step(plan.alan, DraftStep::approve, kUnit));
  REQUIRE(plan.store->put_terminal("soho", "t1", plan.clock.time));
  HealthRow health;
  health.at = plan.clock.time;
  REQUIRE(plan.store->put_health("soho", "t1", health));
  const auto refused = plan.book.publish(plan.alan, plan.pack.id, {kUnit}, "over");
  CHECK(why(refused) == Why::findings);
  CHECK(codes(refused.error().findings) == "/stores:store-has-tills");
  CHECK(has(refused.error().findings.front().detail, "1 in soho"));
  CHECK(has(kept(plan.frame([](model::Pack& p) { p.stores.pop_back(); })), "store-has-tills"));
  CHECK(why(plan.step(plan.edna, DraftStep::submit, kUnit)) == Why::findings);
  plan.clock.time += kInUse + 1;
  CHECK(has(kept(without), "store-had-tills"));
  CHECK(plan.step(plan.edna, DraftStep::submit, kUnit));

  model::Pack other = packs::burgers();
  other.id = "other-pack";
  other.stores = {{"elsewhere", "Elsewhere", "Europe/Berlin", "", {}, {}}};
  REQUIRE(plan.publisher.publish(format::write_rules(other), "")->published);
  const std::string taken = kept(plan.with_store("elsewhere"));
  CHECK(has(taken, R"({"pointer":"/stores/2/id","code":"other-pack")"));
}

// Proved by letting Book::admit() pass for kPackFrame, and by telling a store manager of all stores.
TEST_CASE("frame: a store manager reads own stores and changes none", "[headoffice]") {
  Plan plan;
  const Actor stan{"stan", "Stan", Role::store_manager, {"soho"}};
  const Actor vera{"vera", "Vera", Role::viewer, {}};
  REQUIRE(plan.save(plan.with_store("ribeira"), plan.edna, kUnit));
  const std::string own = plan.told(stan);
  CHECK(has(own, R"("stores":[{"id":"soho")"));
  CHECK(!has(own, "mitte"));
  CHECK(!has(own, "ribeira"));
  CHECK(has(own, R"("draft":null,"may_edit":false,"may_approve":false)"));
  const auto refused = plan.save(plan.with_store("x"), stan, kUnit);
  CHECK(why(refused) == Why::role);
  CHECK(why(plan.step(stan, DraftStep::submit, kUnit)) == Why::role);
  CHECK(why(plan.book.discard(stan, plan.pack.id, kUnit, {.tags = {"*"}})) == Why::role);
  CHECK(has(plan.told(vera), "mitte"));
  CHECK(has(plan.told(vera), "ribeira"));
  CHECK(has(plan.told(vera), R"("may_edit":false)"));
  CHECK(has(plan.told(plan.edna), R"("may_edit":true)"));
}

// Proved by asking for the clocks of the stores that are there alone.
TEST_CASE("frame: what comes later waits for the clock of a store that it brings", "[headoffice]") {
  Plan plan;
  plan.go(plan.with_store("honolulu", "America/New_York"));
  const auto planned =
      plan.book.schedule(plan.alan, plan.pack.id, {kUnit}, "spring", "2026-12-01T06:00");
  REQUIRE(planned);
  CHECK(has(*planned, R"("due_at":"2026-12-01T11:00:00.000Z")"));
  CHECK(has(*planned, R"("rules":[],"frame":true)"));
  CHECK(plan.draft(kUnit).state == DraftState::scheduled);
  CHECK(plan.log(1).front() == "pack.scheduled " + plan.pack.id);
  SECTION("and goes out then") {
    plan.clock.time = **plan.book.next_due();
    CHECK(plan.book.run_due()->size() == 3);
    CHECK(plan.now()->pack.stores.size() == 3);
  }
  SECTION("or says why it cannot") {
    plan.pack.settings.holdout_percent = 33;
    plan.publish_outside();
    plan.clock.time = **plan.book.next_due();
    CHECK(plan.book.run_due()->empty());
    CHECK(plan.draft(kUnit).state == DraftState::approved);
    CHECK(has(plan.draft(kUnit).failed, "publish-conflict"));
    CHECK(plan.log(1).front() == "pack.schedule-failed " + plan.pack.id);
  }
}
