// Drafts: kept, discarded, handed on.
#include "headoffice/book/book.hpp"

#include "headoffice/book/deeds.hpp"
#include "headoffice/book/frame.hpp"
#include "rules/format/documents.hpp"
#include "rules/format/json.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <array>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;
using Why = BookRefusal::Why;

constexpr std::size_t kMaxWhy = 500;
constexpr std::array<std::string_view, 4> kStates = {"draft", "waiting", "approved", "scheduled"};

tl::unexpected<BookRefusal> refuse(Why why, std::string detail, std::string members = {}) {
  return tl::unexpected<BookRefusal>(
      BookRefusal{.why = why, .detail = std::move(detail), .members = std::move(members)});
}

bool fits(const Expecting& expecting, std::string_view etag) {
  return std::ranges::any_of(expecting.tags,
                             [&](const std::string& tag) { return tag == "*" || tag == etag; });
}

std::string_view or_null(std::string_view json) { return json.empty() ? "null" : json; }

/// What is there now, for whoever built on something else.
std::string theirs(const DraftRow* draft, const PublishedRule* published) {
  JsonWriter json;
  if (draft != nullptr) {
    json.key("theirs").raw(or_null(draft->content)).key("by").text(draft->who);
    json.key("at").text(format::format_time(draft->at));
    json.key("etag").text("\"" + draft->etag + "\"");
  } else {
    json.key("theirs").raw(published != nullptr ? published->json : "null");
    json.key("etag").text(published != nullptr ? "\"" + published->etag + "\"" : "");
  }
  return json.take();
}

std::string state_json(const DraftRow& row) {
  JsonWriter json;
  json.open('{').key("state").text(kStates[static_cast<std::size_t>(row.state)]);
  return json.key("etag").text(row.etag).close('}').take();
}

void add_author(DraftRow& row, const std::string& who) {
  if (std::ranges::find(row.authors, who) == row.authors.end()) row.authors.push_back(who);
}

Told told(const DraftRow& row, bool stale, const std::vector<BookFinding>* findings) {
  JsonWriter json;
  json.open('{').key("etag").text("\"" + row.etag + "\"");
  json.key("state").text(kStates[static_cast<std::size_t>(row.state)]);
  json.key("by").text(row.who).key("at").text(format::format_time(row.at));
  json.key("stale").boolean(stale);
  if (findings != nullptr) {
    json.key("findings");
    write(json, *findings);
  }
  return {json.close('}').take(), row.etag};
}

/// What was asked for is there already, by the same person: the answer was lost, and it came again.
bool is_repeat(const DraftRow* was, const std::string& who, std::string_view json,
               std::string_view why) {
  return was != nullptr && was->state == DraftState::draft && was->who == who &&
         was->content == json && (why.empty() || was->why == why);
}

std::string json_of(const PublishedRule* published) {
  return published != nullptr ? published->json : std::string();
}

bool is_stale(const DraftRow& row, const PublishedRule* published) {
  return row.base != json_of(published);
}

/// Both sides of a draft's change for the log: a rule whole, of the frame what differs. Without a
/// draft there is what is published.
std::pair<std::string, std::string> differing(std::string_view rule, std::string_view before,
                                              std::string_view after, std::string_view published) {
  if (rule != kPackFrame) return {std::string(before), std::string(after)};
  return frame_difference(before.empty() ? published : before, after.empty() ? published : after);
}

BookOutcome<void> check_why(std::string_view why) {
  if (!why.empty() && why.size() <= kMaxWhy) return {};
  return tl::unexpected<BookRefusal>(
      BookRefusal{.why = Why::findings,
                  .detail = "nothing was changed",
                  .findings = {{"/why", "why", "expected a reason of 1 to 500 bytes"}}});
}

}  // namespace

std::string_view name_of(DraftState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

BookOutcome<Book::Current> Book::current(std::string_view pack) {
  auto found = packs_.get(pack, parts_.clock.now());
  if (found) return std::move(*found);
  if (found.error().code() == Errc::not_found) {
    return refuse(Why::missing, "there is no such pack");
  }
  return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = found.error()});
}

BookOutcome<void> Book::admit(const Actor& by, const CurrentPack& current, std::string_view rule,
                              std::span<const std::string_view> versions) const {
  if (rule == kPackFrame) {
    if (by.role != Role::store_manager) return {};
    return refuse(Why::role, "a store manager does not change stores and settings");
  }
  for (const std::string_view version : versions) {
    if (version.empty() || by.may(Right::edit, stores_of(version, current.pack))) continue;
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = Why::role,
                    .detail = "a store manager edits rules of own stores alone",
                    .findings = {{"/when", "other-stores",
                                  "expected a store condition with own stores only"}}});
  }
  return {};
}

BookOutcome<void> Book::edit(
    std::string_view pack, std::span<const std::string> rules,
    const std::function<BookOutcome<std::optional<DraftsWrite>>(const DraftsNow&)>& change) {
  std::optional<BookRefusal> refusal;
  const auto done = parts_.store.edit_drafts(
      pack, rules, [&](const DraftsNow& now) -> Result<std::optional<DraftsWrite>> {
        auto write = change(now);
        if (write) return std::move(*write);
        refusal = std::move(write.error());
        return fail(Errc::invalid, "refused");
      });
  if (refusal) return tl::unexpected<BookRefusal>(std::move(*refusal));
  if (!done) {
    return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = done.error()});
  }
  return {};
}

BookOutcome<Told> Book::save(const Actor& by, std::string_view pack, const std::string& rule,
                             std::string_view json, const Expecting& expecting) {
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const CurrentPack& current = **now_is;
  const auto document = format::JsonDocument::parse(json);
  if (!document.complete() || !document.root().is(format::Json::Type::object)) {
    return tl::unexpected<BookRefusal>(BookRefusal{
        .why = Why::findings,
        .detail = "nothing was kept",
        .findings = {
            {"", "malformed",
             document.errors().empty() ? "expected a rule" : document.errors().front().message}}});
  }
  if (rule != kPackFrame && document.root().find("id").text() != rule) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = Why::findings,
                    .detail = "nothing was kept",
                    .findings = {{"/id", "other-id", "expected the id in the path, " + rule}}});
  }
  return keep(by, current, rule, json, "", expecting);
}

BookOutcome<Told> Book::keep(const Actor& by, const CurrentPack& current, const std::string& rule,
                             std::string_view json, std::string_view why,
                             const Expecting& expecting) {
  const std::string& pack = current.about.id;
  const PublishedRule* const published = current.find(rule);
  const std::string published_json = json_of(published);
  if (!expecting.base.empty() && (published == nullptr || published->etag != expecting.base)) {
    return refuse(Why::edited, "another version of the rule is published",
                  theirs(nullptr, published));
  }
  DraftRow kept;
  auto done =
      edit(pack, {&rule, 1}, [&](const DraftsNow& now) -> BookOutcome<std::optional<DraftsWrite>> {
        const DraftRow* const was = now.drafts[0] ? &*now.drafts[0] : nullptr;
        const std::string_view touched[] = {json, published_json,
                                            was != nullptr ? was->content : std::string_view()};
        if (auto may = admit(by, current, rule, touched); !may) {
          return tl::unexpected<BookRefusal>(may.error());
        }
        bool same = false;
        if (was != nullptr) {
          same = (!expecting.nothing && fits(expecting, was->etag)) ||
                 is_repeat(was, by.id, json, why);
        } else if (expecting.nothing) {
          same = published == nullptr || !expecting.base.empty();
          if (!same) {
            return refuse(Why::unconditional,
                          "expected If-Match with the tag of the published rule");
          }
        } else {
          same = published != nullptr && fits(expecting, published->etag);
        }
        if (!same) return refuse(Why::edited, "somebody else changed it", theirs(was, published));
        if (was != nullptr && was->state == DraftState::scheduled) {
          return refuse(Why::state, "it is scheduled: return it first");
        }
        if (was == nullptr && now.in_pack >= kMaxDrafts) {
          return refuse(Why::state, "a pack has at most 500 drafts");
        }
        if (was != nullptr) kept = *was;
        const std::string before = was != nullptr ? was->content : std::string();
        const bool rebased = was == nullptr || !expecting.base.empty();
        if (was != nullptr && before == json && was->state == DraftState::draft &&
            (why.empty() || was->why == why) && (!rebased || was->base == published_json)) {
          return std::nullopt;
        }
        kept.pack = pack;
        kept.rule = rule;
        kept.content = json;
        kept.etag = rule_tag(json);
        if (rebased) kept.base = published_json;
        if (!why.empty()) kept.why = why;
        kept.state = DraftState::draft;
        kept.who = by.id;
        kept.at = parts_.clock.now();
        kept.approver.clear();
        add_author(kept, by.id);
        DraftsWrite out;
        out.drafts = {kept};
        auto [from, to] = differing(rule, before, kept.content, published_json);
        out.changes.push_back({.at = kept.at,
                               .who = by.id,
                               .what = deeds_of(rule).drafted,
                               .subject = subject_of(pack, rule),
                               .before = std::move(from),
                               .after = std::move(to),
                               .why = std::string(why)});
        return out;
      });
  if (!done) return tl::unexpected<BookRefusal>(std::move(done.error()));
  const auto findings = findings_of(current, rule, kept.content);
  if (!findings) return tl::unexpected<BookRefusal>(findings.error());
  return told(kept, is_stale(kept, published), &*findings);
}

BookOutcome<std::vector<BookFinding>> Book::store_findings(const CurrentPack& current,
                                                           const model::Pack& frame) {
  std::vector<StoreUse> gone;
  if (const auto ids = stores_gone(current, frame); !ids.empty()) {
    const auto fleet = parts_.versions.fleet();
    if (!fleet) {
      return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = fleet.error()});
    }
    for (const FleetStore& store : *fleet) {
      if (std::ranges::find(ids, store.id) == ids.end()) continue;
      StoreUse use{store.id};
      for (const FleetTerminal& till : store.terminals) {
        ++(till.last_at > parts_.clock.now() - kInUse ? use.tills : use.silent);
      }
      gone.push_back(use);
    }
  }
  std::vector<StoreTaken> taken;
  const auto others = parts_.store.packs();
  if (!others) {
    return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = others.error()});
  }
  for (const PublishedPack& other : *others) {
    if (other.id == current.pack.id) continue;
    const auto known = this->current(other.id);
    if (!known) return tl::unexpected<BookRefusal>(known.error());
    for (const model::StoreSpec& store : frame.stores) {
      // What is in both already was put there from outside: whoever edits the frame cannot mend it.
      if (current.store(store.id) != nullptr || (*known)->store(store.id) == nullptr) continue;
      taken.push_back({store.id, other.id});
    }
  }
  return check_stores(frame, gone, taken);
}

BookOutcome<std::vector<BookFinding>> Book::findings_of(const CurrentPack& current,
                                                        std::string_view rule,
                                                        std::string_view json) {
  if (rule != kPackFrame) {
    return check_rule(current, json, parts_.zones, parts_.clock.now()).findings;
  }
  FrameRead checked = check_frame(current, json, parts_.zones, parts_.clock.now());
  if (!checked.pack) return std::move(checked.findings);
  auto stores = store_findings(current, *checked.pack);
  if (!stores) return tl::unexpected<BookRefusal>(std::move(stores.error()));
  stores->insert(stores->end(), checked.findings.begin(), checked.findings.end());
  return std::move(*stores);
}

BookOutcome<std::string> Book::content_of(std::string_view pack, std::string_view rule,
                                          std::uint64_t version) {
  const auto documents = parts_.versions.documents(version);
  if (!documents && documents.error().code() != Errc::not_found) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = Why::storage, .error = documents.error()});
  }
  if (!documents || documents->pack != pack) {
    return refuse(Why::missing, "there is no such version of the pack");
  }
  const auto read = format::parse_rules(documents->rules);
  if (!read.value) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = Why::storage,
                    .error = Error(Errc::corrupt, "reading a published pack",
                                   read.errors.empty() ? "" : read.errors.front().message)});
  }
  const auto found = std::ranges::find(read.value->rules, rule, &model::Rule::id);
  if (found == read.value->rules.end()) {
    return refuse(Why::missing, "the rule is not in this version");
  }
  return format::write_rule(*found, read.value->currency);
}

BookOutcome<Told> Book::version(std::string_view pack, std::string_view rule,
                                std::uint64_t version) {
  const auto content = content_of(pack, rule, version);
  if (!content) return tl::unexpected<BookRefusal>(content.error());
  JsonWriter json;
  json.open('{').key("version").number(version).key("rule").raw(*content);
  return Told{json.close('}').take(), rule_tag(*content)};
}

BookOutcome<Told> Book::take_back(const Actor& by, std::string_view pack, const std::string& rule,
                                  std::uint64_t version, std::string_view why,
                                  const Expecting& expecting) {
  if (auto good = check_why(why); !good) return tl::unexpected<BookRefusal>(good.error());
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const auto content = content_of(pack, rule, version);
  if (!content) return tl::unexpected<BookRefusal>(content.error());
  return keep(by, **now_is, rule, *content, why, expecting);
}

BookOutcome<void> Book::discard(const Actor& by, std::string_view pack, const std::string& rule,
                                const Expecting& expecting) {
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const CurrentPack& current = **now_is;
  const PublishedRule* const published = current.find(rule);
  return edit(pack, {&rule, 1},
              [&](const DraftsNow& now) -> BookOutcome<std::optional<DraftsWrite>> {
                if (!now.drafts[0]) return refuse(Why::missing, "there is no draft of this rule");
                const DraftRow& was = *now.drafts[0];
                const std::string_view touched[] = {was.content, was.base};
                if (auto may = admit(by, current, rule, touched); !may) {
                  return tl::unexpected<BookRefusal>(may.error());
                }
                if (!fits(expecting, was.etag)) {
                  return refuse(Why::edited, "somebody else changed it", theirs(&was, published));
                }
                if (was.state == DraftState::scheduled) {
                  return refuse(Why::state, "it is scheduled: return it first");
                }
                DraftsWrite out;
                out.drafts = {std::nullopt};
                auto [from, to] = differing(rule, was.content, "", json_of(published));
                out.changes.push_back({.at = parts_.clock.now(),
                                       .who = by.id,
                                       .what = deeds_of(rule).discarded,
                                       .subject = subject_of(pack, rule),
                                       .before = std::move(from),
                                       .after = std::move(to)});
                return out;
              });
}

BookOutcome<Told> Book::archive(const Actor& by, std::string_view pack, const std::string& rule,
                                std::string_view why) {
  if (auto good = check_why(why); !good) return tl::unexpected<BookRefusal>(good.error());
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const CurrentPack& current = **now_is;
  const PublishedRule* const published = current.find(rule);
  if (published == nullptr) return refuse(Why::missing, "no such rule is published");
  DraftRow kept;
  auto done =
      edit(pack, {&rule, 1}, [&](const DraftsNow& now) -> BookOutcome<std::optional<DraftsWrite>> {
        const std::string_view touched[] = {published->json};
        if (auto may = admit(by, current, rule, touched); !may) {
          return tl::unexpected<BookRefusal>(may.error());
        }
        if (now.drafts[0]) {
          return refuse(Why::state, "the rule has a draft: publish or discard it first",
                        theirs(&*now.drafts[0], published));
        }
        if (now.in_pack >= kMaxDrafts) return refuse(Why::state, "a pack has at most 500 drafts");
        kept.pack = pack;
        kept.rule = rule;
        kept.etag = rule_tag("");
        kept.base = published->json;
        kept.authors = {by.id};
        kept.who = by.id;
        kept.at = parts_.clock.now();
        kept.why = why;
        DraftsWrite out;
        out.drafts = {kept};
        out.changes.push_back({.at = kept.at,
                               .who = by.id,
                               .what = "rule.drafted",
                               .subject = std::string(pack) + "/" + rule,
                               .before = published->json,
                               .why = std::string(why)});
        return out;
      });
  if (!done) return tl::unexpected<BookRefusal>(std::move(done.error()));
  const auto findings = check_without(current, rule, parts_.clock.now());
  return told(kept, false, &findings);
}

BookOutcome<Told> Book::step(const Actor& by, std::string_view pack, const std::string& rule,
                             DraftStep step, std::string_view why, const Expecting& expecting) {
  if (auto good = check_why(why); !good) return tl::unexpected<BookRefusal>(good.error());
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const CurrentPack& current = **now_is;
  const PublishedRule* const published = current.find(rule);
  const bool machine = by.id == command_line().id;
  // What a frame needs is asked of the store, which cannot be while its drafts are changed.
  std::vector<BookFinding> frame_findings;
  std::string frame_tag;
  if (rule == kPackFrame && step == DraftStep::submit) {
    const auto rows = parts_.store.drafts(pack, rule);
    if (!rows) {
      return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = rows.error()});
    }
    if (!rows->empty()) {
      auto found = findings_of(current, rule, rows->front().content);
      if (!found) return tl::unexpected<BookRefusal>(std::move(found.error()));
      frame_findings = std::move(*found);
      frame_tag = rows->front().etag;
    }
  }
  DraftRow row;
  auto done =
      edit(pack, {&rule, 1}, [&](const DraftsNow& now) -> BookOutcome<std::optional<DraftsWrite>> {
        if (!now.drafts[0]) return refuse(Why::missing, "there is no draft of this rule");
        row = *now.drafts[0];
        const std::string before = state_json(row);
        if (!expecting.tags.empty() && !fits(expecting, row.etag)) {
          return refuse(Why::edited, "somebody else changed it", theirs(&row, published));
        }
        const char* what = deeds_of(rule).submitted;
        if (step == DraftStep::submit) {
          const std::string_view touched[] = {row.content, row.base};
          if (auto may = admit(by, current, rule, touched); !may) {
            return tl::unexpected<BookRefusal>(may.error());
          }
          if (row.state != DraftState::draft) return refuse(Why::state, "it was sent already");
          if (!row.content.empty()) {
            if (rule == kPackFrame && frame_tag != row.etag) {
              return refuse(Why::edited, "somebody else changed it", theirs(&row, published));
            }
            auto found =
                rule == kPackFrame
                    ? frame_findings
                    : check_rule(current, row.content, parts_.zones, parts_.clock.now()).findings;
            if (has_errors(found)) {
              return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::findings,
                                                             .detail = "it stays a draft",
                                                             .findings = std::move(found)});
            }
          }
          row.state = parts_.approval ? DraftState::waiting : DraftState::approved;
          row.why = why;
          add_author(row, by.id);
        } else if (step == DraftStep::approve) {
          what = deeds_of(rule).approved;
          if (row.state != DraftState::waiting) {
            return refuse(Why::state, "it does not wait for approval");
          }
          if (parts_.approval && !machine &&
              std::ranges::find(row.authors, by.id) != row.authors.end()) {
            return refuse(Why::role, "nobody approves an own change");
          }
          row.state = DraftState::approved;
          row.approver = by.id;
        } else {
          what = deeds_of(rule).returned;
          if (row.state == DraftState::draft) return refuse(Why::state, "it is a draft");
          // Whoever wrote it may take it back; else it is for those who approve.
          const bool own = std::ranges::find(row.authors, by.id) != row.authors.end();
          if (!own && !by.may(parts_.approval ? Right::approve : Right::publish)) {
            return refuse(Why::role, "the role " + std::string(name_of(by.role)) +
                                         " may not return what others wrote");
          }
          row.state = DraftState::draft;
          row.approver.clear();
          row.plan = 0;
        }
        DraftsWrite out;
        out.drafts = {row};
        out.changes.push_back({.at = parts_.clock.now(),
                               .who = by.id,
                               .what = what,
                               .subject = subject_of(pack, rule),
                               .before = before,
                               .after = state_json(row),
                               .why = std::string(why)});
        return out;
      });
  if (!done) return tl::unexpected<BookRefusal>(std::move(done.error()));
  return told(row, is_stale(row, published), nullptr);
}

BookOutcome<std::string> Book::check(std::string_view pack, std::string_view json) {
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  const CheckedRule checked = check_rule(**now_is, json, parts_.zones, parts_.clock.now());
  JsonWriter out;
  out.open('{').key("findings");
  write(out, checked.findings);
  return out.close('}').take();
}

BookOutcome<std::string> Book::preview(std::string_view pack, const PreviewOrder& order) {
  const auto now_is = current(pack);
  if (!now_is) return tl::unexpected<BookRefusal>(now_is.error());
  PreviewTold told =
      headoffice::preview(**now_is, order, parts_.zones, parts_.days, parts_.clock.now());
  if (told.errors.empty()) return std::move(told.json);
  return tl::unexpected<BookRefusal>(BookRefusal{
      .why = Why::findings, .detail = "nothing was decided", .findings = std::move(told.errors)});
}

}  // namespace sidedish::headoffice
