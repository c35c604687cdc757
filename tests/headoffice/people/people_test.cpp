// Signing in, links, throttling, roles: on the real store, with a clock of its own.
#include "headoffice/people/people.hpp"

#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>

namespace sidedish::headoffice {
namespace {

using Why = Denied::Why;
using namespace testing;

struct Hands final : Clock {
  UtcMs now() const noexcept override { return time; }
  MonoMs steady() const noexcept override { return time; }
  UtcMs time = kNoon;
};

struct Desk {
  Folder folder;
  std::unique_ptr<SqliteStorage> store = open(folder.file("db"));
  Passwords passwords{{1, 8192}};
  Hands clock;
  People people{*store, passwords, clock};

  std::string link(const Invite& invite) {
    auto made = people.invite(command_line(), invite);
    REQUIRE(made);
    return *made;
  }
  SignedIn join(const std::string& id, Role role, std::vector<std::string> stores = {}) {
    auto in = people.join(link({.role = role, .stores = std::move(stores)}), id, "Name of " + id,
                          "correct horse " + std::string(1, id.back()));
    REQUIRE(in);
    return *in;
  }
};

template <class T>
Why why(const Outcome<T>& outcome) {
  REQUIRE_FALSE(outcome);
  return outcome.error().why;
}

}  // namespace

TEST_CASE("people: a link makes one person, once, within a day") {
  Desk desk;
  const std::string link = desk.link({.role = Role::admin});
  const auto invited = desk.people.invited(link);
  REQUIRE(invited);
  CHECK(invited->person.empty());
  CHECK(invited->role == Role::admin);
  SECTION("wrong fields are told by name and leave the link good") {
    const auto pointer = [&](std::string_view id, std::string_view name, std::string_view secret) {
      const auto in = desk.people.join(link, id, name, secret);
      REQUIRE_FALSE(in);
      CHECK(in.error().why == Why::field);
      return in.error().pointer;
    };
    CHECK(pointer("Anna", "Anna", "correct horse") == "/id");
    CHECK(pointer("", "Anna", "correct horse") == "/id");
    CHECK(pointer("an na", "Anna", "correct horse") == "/id");
    CHECK(pointer(std::string(65, 'a'), "Anna", "correct horse") == "/id");
    CHECK(pointer("anna", "", "correct horse") == "/name");
    CHECK(pointer("anna", "An\nna", "correct horse") == "/name");
    CHECK(pointer("anna", "Anna", "too short") == "/password");
    CHECK(pointer("anna", "Anna", std::string(129, 'x')) == "/password");
    CHECK(pointer("anna", "Anna", "my name is anna") == "/password");
    CHECK(desk.people.join(link, "anna", "Anna", "correct horse"));
  }
  SECTION("twice is once too often") {
    const auto in = desk.people.join(link, "anna", "Anna", "correct horse");
    REQUIRE(in);
    CHECK(in->actor.id == "anna");
    CHECK(in->actor.role == Role::admin);
    CHECK(why(desk.people.join(link, "bert", "Bert", "correct horse")) == Why::link);
    CHECK(why(desk.people.invited(link)) == Why::link);
    CHECK(desk.store->people()->size() == 1);
  }
  SECTION("a day later it is over") {
    desk.clock.time += kInvitationLife;
    CHECK(why(desk.people.join(link, "anna", "Anna", "correct horse")) == Why::link);
    CHECK(desk.store->people()->empty());
  }
  SECTION("a name that is taken leaves the link good") {
    desk.join("anna", Role::viewer);
    const auto in = desk.people.join(link, "anna", "Another Anna", "correct horse");
    CHECK(why(in) == Why::field);
    CHECK(in.error().pointer == "/id");
    CHECK(desk.people.join(link, "anna2", "Another Anna", "correct horse"));
  }
  CHECK(why(desk.people.invited("guess")) == Why::link);
}

TEST_CASE("people: name and password sign in, and nobody is told which was wrong") {
  Desk desk;
  desk.join("anna", Role::editor);
  const auto in = desk.people.sign_in("anna", "correct horse a", "10.0.0.1");
  REQUIRE(in);
  CHECK(in->actor.role == Role::editor);
  const auto wrong = desk.people.sign_in("anna", "correct horse b", "10.0.0.1");
  const auto nobody = desk.people.sign_in("berta", "correct horse a", "10.0.0.1");
  CHECK(why(wrong) == Why::credentials);
  CHECK(why(nobody) == Why::credentials);
  CHECK(wrong.error().detail == nobody.error().detail);
  // Nothing that signs anybody in is in the file.
  CHECK(desk.store->person("anna")->password.starts_with("$argon2id$"));
}

TEST_CASE("people: guessing is slowed down, for a name and for an address, over restarts") {
  Desk desk;
  desk.join("anna", Role::editor);
  const auto guess = [&](const char* id, const char* peer) {
    return desk.people.sign_in(id, "correct horse x", peer);
  };
  for (int i = 0; i < 5; ++i) CHECK(why(guess("anna", "10.0.0.1")) == Why::credentials);
  // Five are free; each further one waits twice as long, even with the right password.
  UtcMs wait = 1'000;
  for (int i = 0; i < 12; ++i) {
    CHECK(why(guess("anna", "10.0.0.2")) == Why::credentials);
    const auto early = desk.people.sign_in("anna", "correct horse a", "10.0.0.2");
    CHECK(why(early) == Why::throttled);
    CHECK(early.error().retry_ms == std::min<UtcMs>(wait, 900'000));
    desk.clock.time += early.error().retry_ms;
    wait *= 2;
  }
  CHECK(desk.people.sign_in("anna", "correct horse a", "10.0.0.2"));
  // A good one makes the name free again.
  for (int i = 0; i < 5; ++i) CHECK(why(guess("anna", "10.0.0.3")) == Why::credentials);

  SECTION("an address that tries many names") {
    for (int i = 0; i < 50; ++i) {
      CHECK(why(guess(("n" + std::to_string(i)).c_str(), "10.0.0.9")) == Why::credentials);
    }
    CHECK(why(guess("n51", "10.0.0.9")) == Why::credentials);
    CHECK(why(guess("n52", "10.0.0.9")) == Why::throttled);
    CHECK(why(guess("n52", "10.0.0.8")) == Why::credentials);
  }
  SECTION("a restart forgets nothing") {
    CHECK(why(guess("anna", "10.0.0.3")) == Why::credentials);
    desk.store.reset();
    const auto again = open(desk.folder.file("db"));
    People people(*again, desk.passwords, desk.clock);
    CHECK(why(people.sign_in("anna", "correct horse a", "10.0.0.3")) == Why::throttled);
  }
  SECTION("an hour without a failure forgives") {
    CHECK(why(guess("anna", "10.0.0.3")) == Why::credentials);
    desk.clock.time += 3'600'000 + 1'001;
    for (int i = 0; i < 5; ++i) CHECK(why(guess("anna", "10.0.0.3")) == Why::credentials);
    CHECK(desk.people.sign_in("anna", "correct horse a", "10.0.0.3"));
  }
}

TEST_CASE(
    "people: a session lives while it is used, for a week at most, and ends everywhere at once") {
  Desk desk;
  const SignedIn first = desk.join("anna", Role::editor);
  const auto second = desk.people.sign_in("anna", "correct horse a", "10.0.0.1");
  REQUIRE(second);
  CHECK(first.token != second->token);
  CHECK(first.csrf != second->csrf);
  CHECK(desk.people.who(first.token)->csrf == first.csrf);
  CHECK(why(desk.people.who("")) == Why::session);
  CHECK(why(desk.people.who(first.csrf)) == Why::session);

  SECTION("signing out ends one") {
    REQUIRE(desk.people.sign_out(first.token));
    CHECK(why(desk.people.who(first.token)) == Why::session);
    CHECK(desk.people.who(second->token));
  }
  SECTION("signing out everywhere ends all") {
    CHECK(*desk.people.sign_out_everywhere(first.actor) == 2);
    CHECK(why(desk.people.who(second->token)) == Why::session);
  }
  SECTION("twelve hours without use end it") {
    desk.clock.time += kSessionIdle - 1;
    CHECK(desk.people.who(first.token));
    desk.clock.time += 2;
    CHECK(desk.people.who(first.token));
    CHECK(why(desk.people.who(second->token)) == Why::session);
  }
  SECTION("a week ends it") {
    for (UtcMs t = 0; t < kSessionLife; t += kSessionIdle - 1) {
      CHECK(desk.people.who(first.token));
      desk.clock.time += kSessionIdle - 1;
    }
    CHECK(why(desk.people.who(first.token)) == Why::session);
  }
  SECTION("a new password ends all others") {
    CHECK(why(desk.people.change_password(first.actor, "correct horse b", "a new and long one")) ==
          Why::field);
    const auto fresh =
        desk.people.change_password(first.actor, "correct horse a", "a new and long one");
    REQUIRE(fresh);
    CHECK(desk.people.who(fresh->token));
    CHECK(why(desk.people.who(first.token)) == Why::session);
    CHECK(why(desk.people.who(second->token)) == Why::session);
    CHECK(why(desk.people.sign_in("anna", "correct horse a", "p")) == Why::credentials);
    CHECK(desk.people.sign_in("anna", "a new and long one", "p"));
  }
  SECTION("whoever is disabled is out at once") {
    const SignedIn admin = desk.join("root", Role::admin);
    REQUIRE(desk.people.change(admin.actor, "anna", {.disabled = true}));
    CHECK(why(desk.people.who(first.token)) == Why::session);
    CHECK(why(desk.people.sign_in("anna", "correct horse a", "p")) == Why::credentials);
    CHECK(why(desk.people.invite(admin.actor, {.person = "anna"})) == Why::missing);
  }
}

TEST_CASE("people: a link signs in whoever forgot the password, and it is asked no old one") {
  Desk desk;
  desk.join("root", Role::admin);
  const std::string link = desk.link({.person = "root"});
  CHECK(desk.people.invited(link)->person == "root");
  CHECK(why(desk.people.join(link, "other", "Other", "correct horse")) == Why::link);
  for (int i = 0; i < 9; ++i) (void)desk.people.sign_in("root", "guessing it", "p");
  const auto in = desk.people.sign_in_by_link(link);
  REQUIRE(in);
  CHECK(in->actor.role == Role::admin);
  CHECK(why(desk.people.sign_in_by_link(link)) == Why::link);
  CHECK(desk.people.sign_in("root", "correct horse t", "q"));
  CHECK(why(desk.people.invite(command_line(), {.person = "nobody"})) == Why::missing);
}

TEST_CASE("people: only an admin invites and changes people, and one admin always stays") {
  Desk desk;
  const SignedIn admin = desk.join("root", Role::admin);
  for (const Role role : {Role::viewer, Role::store_manager, Role::editor, Role::approver}) {
    const SignedIn in = desk.join("p" + std::string(name_of(role)), role, {"mitte"});
    CHECK(why(desk.people.invite(in.actor, {})) == Why::role);
    CHECK(why(desk.people.people(in.actor)) == Why::role);
    CHECK(why(desk.people.change(in.actor, "root", {.disabled = true})) == Why::role);
  }
  const auto last = desk.people.change(admin.actor, "root", {.role = Role::viewer});
  CHECK(why(last) == Why::field);
  CHECK(last.error().detail == "no admin would be left");
  CHECK(why(desk.people.change(admin.actor, "root", {.disabled = true})) == Why::field);
  CHECK(desk.store->person("root")->role == "admin");
  CHECK(why(desk.people.change(admin.actor, "nobody", {})) == Why::missing);
  const auto bound =
      desk.people.change(admin.actor, "peditor", {.role = Role::store_manager, .stores = {{}}});
  CHECK(why(bound) == Why::field);
  CHECK(bound.error().pointer == "/stores");
}

TEST_CASE("people: what a role may do, and a store manager for own stores alone") {
  const auto may = [](Role role) {
    const Actor actor{"x", "x", role, {"mitte", "nord"}};
    std::string out;
    for (const Right right : {Right::read, Right::edit, Right::catalogue, Right::publish,
                              Right::approve, Right::people}) {
      out += actor.may(right) ? '1' : '0';
    }
    return out;
  };
  CHECK(may(Role::viewer) == "100000");
  CHECK(may(Role::store_manager) == "110000");
  CHECK(may(Role::editor) == "111100");
  CHECK(may(Role::approver) == "111110");
  CHECK(may(Role::admin) == "111111");
  const Actor manager{"x", "x", Role::store_manager, {"mitte", "nord"}};
  const auto edit = [&](std::vector<std::string> stores) {
    return manager.may(Right::edit, stores);
  };
  CHECK(edit({"mitte"}));
  CHECK(edit({"nord", "mitte"}));
  CHECK_FALSE(edit({"mitte", "sued"}));
  CHECK_FALSE(edit({}));  // all stores
  CHECK(Actor{"x", "x", Role::editor, {}}.may(Right::edit, std::vector<std::string>{"sued"}));
  for (const Role role :
       {Role::viewer, Role::store_manager, Role::editor, Role::approver, Role::admin}) {
    CHECK(parse_role(name_of(role)) == role);
  }
  CHECK_FALSE(parse_role("king"));
}

TEST_CASE("people: every change is a link of a chain that shows what was rewritten or cut") {
  Desk desk;
  const SignedIn admin = desk.join("root", Role::admin);
  desk.join("anna", Role::viewer);
  desk.clock.time += 1'000;
  REQUIRE(desk.people.change(admin.actor, "anna", {.role = Role::editor, .why = "she asked"}));
  const auto rows = desk.store->changes({});
  REQUIRE(rows);
  REQUIRE(rows->size() == 5);
  const ChangeRow& last = rows->front();
  CHECK(last.id == 5);
  CHECK(last.change.who == "root");
  CHECK(last.change.what == "person.changed");
  CHECK(last.change.subject == "people/anna");
  CHECK(last.change.before ==
        R"({"name":"Name of anna","role":"viewer","stores":[],"disabled":false})");
  CHECK(last.change.after ==
        R"({"name":"Name of anna","role":"editor","stores":[],"disabled":false})");
  CHECK(last.change.why == "she asked");
  CHECK(desk.store->changes({.subject = "people/anna"})->size() == 2);
  CHECK(desk.store->changes({.subject = "people"})->size() == 5);
  CHECK(desk.store->changes({.subject = "peop"})->empty());
  CHECK(desk.store->changes({.before = 3, .limit = 1})->front().id == 2);
  CHECK(desk.store->changes({.who = "anna"})->size() == 1);
  const auto whole = desk.store->check_changes();
  CHECK(whole->changes == 5);
  CHECK(whole->broken_at == 0);
  CHECK(whole->last == last.hash);
  desk.store.reset();

  const auto tamper = [&](const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(desk.folder.file("db").c_str(), &db) == SQLITE_OK);
    const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
    sqlite3_close(db);
    return code;
  };
  // The file itself refuses; whoever takes that away is still found.
  CHECK(tamper("UPDATE change SET who = 'bert' WHERE change_id = 2") ==
        SQLITE_CONSTRAINT_TRIGGER % 256);
  CHECK(tamper("DELETE FROM change WHERE change_id = 2") == SQLITE_CONSTRAINT_TRIGGER % 256);
  const char* const worse = GENERATE("UPDATE change SET who = 'bert' WHERE change_id = 2",
                                     "DELETE FROM change WHERE change_id = 2",
                                     "UPDATE change SET at = at + 1 WHERE change_id = 2");
  REQUIRE(tamper("DROP TRIGGER change_stays; DROP TRIGGER change_remains") == SQLITE_OK);
  REQUIRE(tamper(worse) == SQLITE_OK);
  const auto again = open(desk.folder.file("db"));
  CHECK(again->check_changes()->broken_at == 2);
}

}  // namespace sidedish::headoffice
