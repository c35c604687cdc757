#pragma once
// A book with the burger bar's pack in two stores, on a real store, with a clock of its own.
#include "headoffice/book/book.hpp"
#include "headoffice/publish/documents.hpp"
#include "rules/format/documents.hpp"
#include "tests/headoffice/support/support.hpp"
#include "tests/rules/compile/packs.hpp"

#include <catch2/catch.hpp>

namespace sidedish::headoffice::testing {

struct Hands final : Clock {
  UtcMs now() const noexcept override { return time; }
  MonoMs steady() const noexcept override { return time; }
  UtcMs time = kNoon;
};

inline const std::string kRule = "burger-fries";

struct Desk {
  Folder folder;
  std::unique_ptr<SqliteStorage> store = open(folder.file("h.db"));
  Hands clock;
  BusinessDays days{packs::zone_file};
  Publisher publisher{*store, *store, clock, packs::zone_file, read_documents};
  model::Pack pack = two_stores();
  Book book{parts(true)};

  Actor edna{"edna", "Edna", Role::editor, {}};
  Actor alan{"alan", "Alan", Role::approver, {}};

  /// mitte in Berlin, soho in London.
  static model::Pack two_stores() {
    model::Pack out = packs::burgers();
    out.stores.push_back({"soho", "Soho", "Europe/London", "", {}, {}});
    return out;
  }
  BookParts parts(bool approval) {
    return {*store, *store, *store, *store, publisher, days, clock, packs::zone_file, approval};
  }
  /// As the command line does.
  void publish_outside() {
    const auto done = publisher.publish(format::write_rules(pack), "");
    REQUIRE(done);
    for (const auto& error : done->errors) UNSCOPED_INFO(error.pointer << " " << error.message);
    REQUIRE(done->published);
    ++pack.version;
  }
  std::shared_ptr<const CurrentPack> now() {
    Catalogues catalogues(*store, *store, clock);
    CurrentPacks packs(*store, catalogues);
    const auto current = packs.get(pack.id, clock.time);
    REQUIRE(current);
    return *current;
  }
  std::string published(const std::string& rule = kRule) {
    const auto current = now();
    const PublishedRule* found = current->find(rule);
    return found != nullptr ? found->json : "";
  }
  static std::string json(const model::Rule& rule) {
    return format::write_rule(rule, *currency("EUR"));
  }
  std::string with_priority(int priority) const {
    model::Rule rule = packs::burgers().rules[0];
    rule.priority = priority;
    return json(rule);
  }
  BookOutcome<Told> save(const std::string& json, const Actor& by, const std::string& rule = kRule,
                         const Expecting& expecting = {.tags = {"*"}}) {
    return book.save(by, pack.id, rule, json, expecting);
  }
  BookOutcome<Told> step(const Actor& by, DraftStep what, const std::string& rule = kRule) {
    return book.step(by, pack.id, rule, what, "because", {});
  }
  void approved(const std::string& json, const std::string& rule = kRule) {
    const bool fresh = published(rule).empty();
    REQUIRE(save(json, edna, rule, fresh ? Expecting{.nothing = true} : Expecting{.tags = {"*"}}));
    REQUIRE(step(edna, DraftStep::submit, rule));
    REQUIRE(step(alan, DraftStep::approve, rule));
  }
  DraftRow draft(const std::string& rule = kRule) {
    const auto rows = store->drafts(pack.id, rule);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    return rows->front();
  }
};

template <class T>
BookRefusal::Why why(const BookOutcome<T>& outcome) {
  REQUIRE_FALSE(outcome);
  return outcome.error().why;
}

}  // namespace sidedish::headoffice::testing
