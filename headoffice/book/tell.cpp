// What the book answers: packs, lists of rules, one rule.
#include "headoffice/book/book.hpp"
#include "headoffice/book/frame.hpp"
#include "headoffice/book/made_up.hpp"
#include "rules/compile/contradict.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;
using Type = model::Condition::Type;
using Set = std::set<std::string, std::less<>>;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::string_view kKinds[] = {"add_on", "bundle", "upsell", "also_bought", "receipt"};
constexpr std::string_view kObjectives[] = {"margin", "revenue", "units"};
constexpr std::string_view kChanged[] = {"added", "changed", "removed"};

tl::unexpected<BookRefusal> failed(const Error& error) {
  return tl::unexpected<BookRefusal>(BookRefusal{.why = BookRefusal::Why::storage, .error = error});
}

std::string in_quotes(std::string_view etag) { return std::string("\"").append(etag).append("\""); }

template <class Texts>
void write_texts(JsonWriter& json, const Texts& texts) {
  json.open('[');
  for (const auto& one : texts) json.text(one);
  json.close(']');
}

std::string clock_text(int minutes) {
  const auto two = [](int n) { return std::string{char('0' + n / 10), char('0' + n % 10)}; };
  return two(minutes / 60) + ":" + two(minutes % 60);
}

/// Members of a pack, inside an open object.
void write_pack(JsonWriter& json, const CurrentPack& current, bool approval) {
  const model::Pack& pack = current.pack;
  json.key("id").text(pack.id).key("name").text(pack.id);
  json.key("version").number(current.about.version).key("pack_version").number(pack.version);
  json.key("currency").text(pack.currency.text());
  json.key("exponent").number(std::uint64_t{pack.currency.exponent}).key("languages");
  write_texts(json, pack.languages);
  json.key("stores").open('[');
  for (const model::StoreSpec& store : pack.stores) {
    json.open('{').key("id").text(store.id).key("name").text(store.name);
    json.key("time_zone").text(store.time_zone).close('}');
  }
  json.close(']');
  json.key("published_at").text(format::format_time(current.about.published_at));
  json.key("products").number(std::uint64_t{current.catalogue.products.size()});
  json.key("rules").number(std::uint64_t{pack.rules.size()});
  json.key("approval").boolean(approval);
}

void gather(const model::Condition& condition, Set& segments, Set& facts) {
  if (condition.type == Type::segment)
    segments.insert(condition.names.begin(), condition.names.end());
  if (condition.type == Type::fact) facts.insert(condition.fact);
  for (const model::Condition& child : condition.children) gather(child, segments, facts);
}

/// What a form chooses from.
void write_choices(JsonWriter& json, const CurrentPack& current) {
  const model::Pack& pack = current.pack;
  json.key("categories").open('[');
  for (const model::Category& category : current.catalogue.categories) {
    json.open('{').key("id").text(category.id).key("name").open('{');
    for (const auto& [language, name] : category.name) json.member(language).text(name);
    json.close('}');
    if (!category.parent.empty()) json.key("parent").text(category.parent);
    json.close('}');
  }
  json.close(']');
  Set tags, groups, terminals, segments, facts, sets;
  for (const model::Product& product : current.catalogue.products) {
    tags.insert(product.tags.begin(), product.tags.end());
  }
  for (const model::StoreSpec& store : pack.stores) {
    groups.insert(store.groups.begin(), store.groups.end());
    for (const auto& [group, ids] : store.terminals) terminals.insert(group);
  }
  for (const model::Rule& rule : pack.rules) gather(rule.when, segments, facts);
  for (const model::NamedSet& set : pack.sets) sets.insert(set.id);
  const auto list = [&](std::string_view name, const Set& all) {
    json.member(name);
    write_texts(json, all);
  };
  list("tags", tags);
  list("sets", sets);
  list("store_groups", groups);
  list("terminal_groups", terminals);
  list("segments", segments);
  list("facts", facts);
  const model::PackSettings& settings = pack.settings;
  json.key("settings").open('{');
  json.key("objective").text(kObjectives[static_cast<std::size_t>(settings.objective)]);
  const auto percent = [&](std::string_view name, int value) {
    json.member(name).number(std::int64_t{value});
  };
  percent("global_holdout_percent", settings.global_holdout_percent);
  percent("holdout_percent", settings.holdout_percent);
  percent("spend_jump_percent", settings.spend_jump_percent);
  percent("margin_floor_percent", settings.margin_floor_percent);
  json.key("dayparts").open('{');
  for (const auto& [name, part] : settings.dayparts) {
    json.member(name).open('{').key("from").text(clock_text(part.from));
    json.key("to").text(clock_text(part.to)).close('}');
  }
  json.close('}').close('}');
}

struct Shelf {
  const CurrentPack& current;
  std::map<std::string, const DraftRow*, std::less<>> drafts;
  std::map<std::string, const RuleChangeRow*, std::less<>> changes;
  std::map<std::string, std::vector<std::string>, std::less<>> paused;
  std::map<std::uint64_t, const PlanRow*> plans;
  std::int64_t earliest_day = 0;  ///< today, in the store where the day is youngest
  std::int64_t latest_day = 0;
  bool approval = true;
};

std::string_view state_of(const Shelf& shelf, std::string_view id) {
  const auto at = shelf.current.index.find(id);
  if (at == shelf.current.index.end()) {
    const auto draft = shelf.drafts.find(id);
    if (draft == shelf.drafts.end()) return "archived";
    switch (draft->second->state) {
      case DraftState::draft:
        return "draft";
      case DraftState::waiting:
      case DraftState::approved:
        return "waiting";
      case DraftState::scheduled:
        return "scheduled";
    }
  }
  const model::Rule& rule = shelf.current.pack.rules[at->second];
  const auto paused = shelf.paused.find(id);
  if (!rule.enabled ||
      (paused != shelf.paused.end() && paused->second.size() >= shelf.current.pack.stores.size())) {
    return "paused";
  }
  const auto last = compile::last_day(rule.when);
  if (last && *last < shelf.earliest_day) return "ended";
  return first_day(rule.when) > shelf.latest_day ? "scheduled" : "running";
}

void write_draft(JsonWriter& json, const Shelf& shelf, const DraftRow& row,
                 const PublishedRule* published) {
  json.open('{').key("state").text(name_of(row.state));
  if (row.rule != kPackFrame) json.key("what").text(row.content.empty() ? "archive" : "edit");
  json.key("by").text(row.who).key("at").text(format::format_time(row.at));
  json.key("etag").text(in_quotes(row.etag));
  (row.rule == kPackFrame ? json.key("frame") : json.key("rule"))
      .raw(row.content.empty() ? "null" : row.content);
  json.key("base").raw(row.base.empty() ? "null" : row.base);
  json.key("stale").boolean(row.base != (published != nullptr ? published->json : std::string()));
  json.key("authors");
  write_texts(json, row.authors);
  if (!row.why.empty()) json.key("why").text(row.why);
  if (!row.approver.empty()) json.key("approved_by").text(row.approver);
  if (const auto plan = shelf.plans.find(row.plan); plan != shelf.plans.end()) {
    json.key("publish_at").text(plan->second->local_at);
    json.key("due_at").text(format::format_time(plan->second->due_at));
    if (!plan->second->rollout.empty()) json.key("rollout").raw(plan->second->rollout);
  }
  if (!row.failed.empty()) json.key("failed").raw(row.failed);
  json.close('}');
}

/// Somebody else wrote it, and this person may say yes.
bool may_approve(const Actor& by, const DraftRow* row, bool approval) {
  if (row == nullptr || row->state != DraftState::waiting || !by.may(Right::approve)) return false;
  const bool own = std::ranges::find(row->authors, by.id) != row->authors.end();
  return !own || !approval || by.id == command_line().id;
}

void write_history(JsonWriter& json, const std::vector<RuleChangeRow>& changes) {
  json.key("history").open('[');
  for (const RuleChangeRow& row : changes) {
    json.open('{').key("version").number(row.version);
    json.key("at").text(format::format_time(row.at)).key("who").text(row.who);
    json.key("why").text(row.why);
    json.key("what").text(kChanged[static_cast<std::size_t>(row.what)]).close('}');
  }
  json.close(']');
}

/// Members of an entry, inside an open object.
void write_entry(JsonWriter& json, const Shelf& shelf, const std::string& id, const Actor& by) {
  const PublishedRule* const published = shelf.current.find(id);
  const auto draft = shelf.drafts.find(id);
  const DraftRow* const row = draft != shelf.drafts.end() ? draft->second : nullptr;
  const auto change = shelf.changes.find(id);
  std::string name = id;
  std::string kind = "add_on";
  if (published != nullptr) {
    const model::Rule& rule = shelf.current.pack.rules[shelf.current.index.find(id)->second];
    name = rule.name;
    kind = kKinds[static_cast<std::size_t>(rule.kind)];
  } else if (row != nullptr || change != shelf.changes.end()) {
    const auto document =
        format::JsonDocument::parse(row != nullptr ? row->content : change->second->content);
    const auto text = [&](std::string_view member, std::string& into) {
      if (const auto said = document.root().find(member).text(); !said.empty()) into = said;
    };
    text("name", name);
    text("kind", kind);
  }
  json.key("id").text(id).key("name").text(name).key("kind").text(kind);
  json.key("state").text(state_of(shelf, id));
  json.key("version").number(published == nullptr            ? 0
                             : change != shelf.changes.end() ? change->second->version
                                                             : shelf.current.about.version);
  json.key("published").raw(published != nullptr ? published->json : "null");
  if (published != nullptr) {
    json.key("published_etag").text(in_quotes(published->etag));
  } else {
    json.key("published_etag").raw("null");
    if (row == nullptr && change != shelf.changes.end() && !change->second->content.empty()) {
      json.key("archived").raw(change->second->content);
    }
  }
  json.key("draft");
  if (row != nullptr) {
    write_draft(json, shelf, *row, published);
  } else {
    json.raw("null");
  }
  json.key("paused_in");
  const auto paused = shelf.paused.find(id);
  write_texts(json, paused != shelf.paused.end() ? paused->second : std::vector<std::string>());
  // Whoever is bound to no store may for all of them: of 2,000 rules none is read for that.
  const auto may = [&](std::string_view rule) {
    return rule.empty() || by.role != Role::store_manager ||
           by.may(Right::edit, stores_of(rule, shelf.current.pack));
  };
  json.key("may_edit")
      .boolean(by.may(Right::edit) && may(published != nullptr ? published->json : std::string()) &&
               may(row != nullptr ? row->content : std::string()));
  json.key("may_approve").boolean(may_approve(by, row, shelf.approval));
}

}  // namespace

BookOutcome<std::string> Book::packs() {
  const auto rows = parts_.store.packs();
  if (!rows) return failed(rows.error());
  JsonWriter json;
  json.open('{').key("packs").open('[');
  for (const PublishedPack& row : *rows) {
    const auto known = current(row.id);
    if (!known) return tl::unexpected<BookRefusal>(known.error());
    json.open('{');
    write_pack(json, **known, parts_.approval);
    json.close('}');
  }
  return json.close(']').close('}').take();
}

BookOutcome<std::string> Book::pack(std::string_view pack) {
  const auto known = current(pack);
  if (!known) return tl::unexpected<BookRefusal>(known.error());
  JsonWriter json;
  json.open('{');
  write_pack(json, **known, parts_.approval);
  write_choices(json, **known);
  return json.close('}').take();
}

BookOutcome<Told> Book::tell(const Actor& by, std::string_view pack, std::string_view rule) {
  const auto known = current(pack);
  if (!known) return tl::unexpected<BookRefusal>(known.error());
  const auto drafts = parts_.store.drafts(pack, rule);
  if (!drafts) return failed(drafts.error());
  const auto changes = parts_.store.rule_changes(pack, rule);
  if (!changes) return failed(changes.error());
  const auto paused = parts_.store.paused(pack);
  if (!paused) return failed(paused.error());
  const auto plans = parts_.store.plans(pack);
  if (!plans) return failed(plans.error());
  Shelf shelf{**known, {}, {}, {}, {}};
  shelf.approval = parts_.approval;
  for (const DraftRow& row : *drafts) shelf.drafts.emplace(row.rule, &row);
  for (const RuleChangeRow& row : *changes) shelf.changes.emplace(row.rule, &row);  // the newest
  for (const auto& [id, store] : *paused) {
    if (shelf.current.store(store) != nullptr) shelf.paused[id].push_back(store);
  }
  for (const PlanRow& row : *plans) shelf.plans.emplace(row.id, &row);
  shelf.earliest_day = INT64_MAX;
  shelf.latest_day = INT64_MIN;
  for (const model::StoreSpec& store : shelf.current.pack.stores) {
    const std::int64_t day = parts_.days.local_of(store.time_zone, parts_.clock.now()) / kDayMs;
    shelf.earliest_day = std::min(shelf.earliest_day, day);
    shelf.latest_day = std::max(shelf.latest_day, day);
  }
  JsonWriter json;
  if (!rule.empty()) {
    const PublishedRule* const published = shelf.current.find(rule);
    if (published == nullptr && drafts->empty() && changes->empty()) {
      return tl::unexpected<BookRefusal>(
          BookRefusal{.why = BookRefusal::Why::missing, .detail = "there is no such rule"});
    }
    json.open('{');
    write_entry(json, shelf, std::string(rule), by);
    write_history(json, *changes);
    json.close('}');
    return Told{json.take(), !drafts->empty()       ? drafts->front().etag
                             : published != nullptr ? published->etag
                                                    : std::string()};
  }
  Set ids;
  for (const model::Rule& one : shelf.current.pack.rules) ids.insert(one.id);
  for (const DraftRow& row : *drafts) ids.insert(row.rule);
  for (const RuleChangeRow& row : *changes) ids.insert(row.rule);
  ids.erase(std::string(kPackFrame));
  json.open('{').key("rules").open('[');
  for (const std::string& id : ids) {
    json.open('{');
    write_entry(json, shelf, id, by);
    json.close('}');
  }
  return Told{json.close(']').close('}').take()};
}

BookOutcome<Told> Book::frame(const Actor& by, std::string_view pack) {
  const auto known = current(pack);
  if (!known) return tl::unexpected<BookRefusal>(known.error());
  const CurrentPack& current = **known;
  const auto drafts = parts_.store.drafts(pack, kPackFrame);
  if (!drafts) return failed(drafts.error());
  const auto changes = parts_.store.rule_changes(pack, kPackFrame);
  if (!changes) return failed(changes.error());
  const auto plans = parts_.store.plans(pack);
  if (!plans) return failed(plans.error());
  Shelf shelf{current, {}, {}, {}, {}};
  for (const PlanRow& row : *plans) shelf.plans.emplace(row.id, &row);
  // Drafts are not for those who are bound to stores: they speak of all of them.
  const bool bound = by.role == Role::store_manager;
  const DraftRow* const row = drafts->empty() || bound ? nullptr : &drafts->front();
  JsonWriter json;
  json.open('{').key("version").number(current.about.version);
  json.key("published").raw(bound ? frame_of_stores(current.pack, by.stores) : current.frame.json);
  json.key("published_etag").text(in_quotes(current.frame.etag)).key("draft");
  if (row != nullptr) {
    write_draft(json, shelf, *row, &current.frame);
  } else {
    json.raw("null");
  }
  json.key("may_edit").boolean(by.may(Right::edit) && !bound);
  json.key("may_approve").boolean(may_approve(by, row, parts_.approval));
  write_history(json, *changes);
  return Told{json.close('}').take(), row != nullptr ? row->etag : current.frame.etag};
}

BookOutcome<std::string> Book::rules(const Actor& by, std::string_view pack) {
  auto out = tell(by, pack, "");
  if (!out) return tl::unexpected<BookRefusal>(std::move(out.error()));
  return std::move(out->json);
}

BookOutcome<Told> Book::rule(const Actor& by, std::string_view pack, std::string_view rule) {
  return tell(by, pack, rule);
}

}  // namespace sidedish::headoffice
