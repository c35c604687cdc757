// Approved drafts go out: now, or when their time has come.
#include "headoffice/book/book.hpp"
#include "headoffice/book/deeds.hpp"
#include "headoffice/book/frame.hpp"
#include "headoffice/waves/plan.hpp"
#include "rules/format/documents.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <charconv>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;
using Why = BookRefusal::Why;

constexpr int kTries = 3;
constexpr std::string_view kChanged[] = {"added", "changed", "removed"};
constexpr std::string_view kInRules = "/rules";

tl::unexpected<BookRefusal> refuse(Why why, std::string detail,
                                   std::vector<BookFinding> findings = {}) {
  return tl::unexpected<BookRefusal>(
      BookRefusal{.why = why, .detail = std::move(detail), .findings = std::move(findings)});
}

tl::unexpected<BookRefusal> failed(const Error& error) {
  return tl::unexpected<BookRefusal>(BookRefusal{.why = Why::storage, .error = error});
}

/// "2026-12-01T06:00", as clocks show it.
std::optional<std::int64_t> parse_local(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  return format::parse_time(std::string(text) + ":00Z");
}

BookOutcome<void> check_order(const Actor& by, bool approval, const std::vector<std::string>& rules,
                              std::string_view why) {
  if (!by.may(approval ? Right::approve : Right::publish)) {
    return refuse(Why::role, "the role " + std::string(name_of(by.role)) + " may not publish");
  }
  std::vector<BookFinding> findings;
  if (why.empty() || why.size() > 500) {
    findings.push_back({"/why", "why", "expected a reason of 1 to 500 bytes"});
  }
  if (rules.empty() || rules.size() > kMaxAtOnce) {
    findings.push_back({"/rules", "rules", "expected 1 to 200 rules"});
  }
  if (!findings.empty()) return refuse(Why::findings, "nothing was published", std::move(findings));
  return {};
}

std::string named(std::string_view rule) {
  return rule == kPackFrame ? "the stores and settings" : std::string(rule);
}

/// The drafts of these rules, each there and approved.
BookOutcome<std::vector<DraftRow>> ready(const std::vector<DraftRow>& drafts,
                                         const std::vector<std::string>& rules,
                                         std::uint64_t plan) {
  std::vector<DraftRow> out;
  for (const std::string& rule : rules) {
    const auto draft = std::ranges::find(drafts, rule, &DraftRow::rule);
    if (draft == drafts.end()) return refuse(Why::state, "there is no draft of " + named(rule));
    const bool good = plan == 0 ? draft->state == DraftState::approved
                                : draft->state == DraftState::scheduled && draft->plan == plan;
    if (!good) {
      return refuse(Why::state, "the draft of " + named(rule) + " is not " +
                                    (plan == 0 ? "approved" : "in this plan any more") +
                                    ": it is " + std::string(name_of(draft->state)));
    }
    out.push_back(*draft);
  }
  return out;
}

/// A list of rules, and whether the frame is in it.
void write_units(JsonWriter& json, const std::vector<std::string>& rules) {
  bool frame = false;
  json.key("rules").open('[');
  for (const std::string& rule : rules) {
    if (rule == kPackFrame) {
      frame = true;
    } else {
      json.text(rule);
    }
  }
  json.close(']').key("frame").boolean(frame);
}

std::vector<std::string> each_once(std::vector<std::string> rules) {
  std::ranges::sort(rules);
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

/// Pointers of Publisher ("/rules/rules/3/text") -> rules and places within them.
std::vector<BookFinding> placed(const std::vector<model::Finding>& found,
                                const std::vector<std::string>& rules, bool warning) {
  std::vector<model::Finding> within = found;
  for (model::Finding& one : within) {
    if (one.pointer.starts_with(kInRules)) one.pointer.erase(0, kInRules.size());
  }
  return of_rule(rules, rules.size(), within, warning);
}

std::string joined(const std::vector<BookFinding>& findings) {
  std::string out;
  for (const BookFinding& one : findings) {
    if (out.size() > 300) return out + " ...";
    out.append(out.empty() ? "" : "; ").append(one.rule).append(one.pointer).append(": ");
    out.append(one.detail);
  }
  return out;
}

}  // namespace

BookOutcome<std::vector<BookFinding>> Book::merge_frame(const CurrentPack& current,
                                                        const DraftRow& draft, model::Pack& pack,
                                                        BookOrder& order) {
  // Rules that go with it may need it, or it them: what is checked of them is checked of the whole.
  auto read = read_frame(current, draft.content);
  if (!read.pack) return std::move(read.findings);
  auto found = store_findings(current, *read.pack);
  if (!found) return found;
  std::erase_if(*found, [](const BookFinding& one) { return one.warning; });
  const auto [from, to] = frame_difference(draft.base, format::write_frame(*read.pack));
  order.drafts.push_back({draft.rule, draft.etag, from, to});
  put_frame(pack, std::move(*read.pack));
  return found;
}

BookOutcome<Book::Merged> Book::merge(const CurrentPack& current,
                                      const std::vector<DraftRow>& drafts) {
  Merged out;
  model::Pack pack = current.pack;
  std::vector<BookFinding> findings;
  JsonWriter conflicts;
  JsonWriter changed;
  bool conflict = false;
  conflicts.key("conflicts").open('[');
  changed.open('[');
  out.order.after = current.about.version;
  std::vector<DraftRow> ordered = drafts;  // money in rules is in the frame's currency
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const DraftRow& draft) { return draft.rule == kPackFrame; });
  for (const DraftRow& draft : ordered) {
    const PublishedRule* const published = current.find(draft.rule);
    const std::string now = published != nullptr ? published->json : std::string();
    if (draft.base != now) {
      conflict = true;
      conflicts.open('{');
      if (draft.rule == kPackFrame) {
        conflicts.key("frame").boolean(true);
      } else {
        conflicts.key("rule").text(draft.rule);
      }
      conflicts.key("published").raw(now.empty() ? "null" : now);
      conflicts.key("base").raw(draft.base.empty() ? "null" : draft.base);
      conflicts.key("yours").raw(draft.content.empty() ? "null" : draft.content);
      if (const auto history = parts_.store.rule_changes(current.pack.id, draft.rule);
          history && !history->empty()) {
        const RuleChangeRow& last = history->front();
        conflicts.key("version").number(last.version).key("who").text(last.who);
        conflicts.key("at").text(format::format_time(last.at));
      }
      conflicts.close('}');
      continue;
    }
    if (draft.rule == kPackFrame) {
      auto found = merge_frame(current, draft, pack, out.order);
      if (!found) return tl::unexpected<BookRefusal>(std::move(found.error()));
      findings.insert(findings.end(), found->begin(), found->end());
      out.frame = true;
      continue;
    }
    RuleChanged what = now.empty() ? RuleChanged::added : RuleChanged::changed;
    std::string after;
    if (draft.content.empty()) {
      what = RuleChanged::removed;
      take_rule(pack, draft.rule);
    } else {
      auto parsed = format::parse_rule(draft.content, pack.currency);
      for (const model::Finding& one : parsed.errors) {
        findings.push_back({one.pointer, std::string(one.code.empty() ? "invalid" : one.code),
                            one.message, false, draft.rule});
      }
      if (!parsed.value) continue;
      after = format::write_rule(*parsed.value, pack.currency);
      put_rule(pack, std::move(*parsed.value));
    }
    changed.open('{').key("id").text(draft.rule);
    changed.key("what").text(kChanged[static_cast<std::size_t>(what)]).close('}');
    out.order.drafts.push_back({draft.rule, draft.etag, now, after});
  }
  if (conflict) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = Why::published,
                    .detail = "nothing was published: another version is published than the one "
                              "that the draft began from",
                    .members = conflicts.close(']').take()});
  }
  if (!findings.empty()) return refuse(Why::findings, "nothing was published", std::move(findings));
  pack.version = current.newest_pack_version + 1;
  out.rule_ids = rule_ids(pack);
  for (const model::StoreSpec& store : pack.stores) out.zones.push_back(store.time_zone);
  out.rules = format::write_rules(pack);
  out.changed = changed.close(']').take();
  return out;
}

BookOutcome<std::optional<RolloutOrder>> Book::rollout_of(const CurrentPack& current,
                                                          std::string_view json) {
  if (json.empty()) return std::nullopt;
  std::vector<model::Finding> errors;
  auto order = read_rollout_plan(json, "/rollout", errors);
  std::vector<BookFinding> findings;
  for (model::Finding& error : errors) {
    findings.push_back({std::move(error.pointer), "rollout", std::move(error.message)});
  }
  const std::vector<Wave> waves = order ? read_waves(order->waves) : std::vector<Wave>();
  for (std::size_t w = 0; w < waves.size(); ++w) {
    for (std::size_t t = 0; t < waves[w].terminals.size(); ++t) {
      const std::string& name = waves[w].terminals[t];
      const std::size_t slash = name.find('/');
      const std::string store = name.substr(0, slash);
      const auto known = parts_.storage.has_terminal(store, name.substr(slash + 1));
      if (!known) return failed(known.error());
      if (*known && current.store(store) != nullptr) continue;
      findings.push_back({"/rollout/waves/" + std::to_string(w) + "/terminals/" + std::to_string(t),
                          "no-such-terminal",
                          "expected a terminal of the pack's stores, found " + name});
    }
  }
  if (!findings.empty()) return refuse(Why::findings, "nothing was published", std::move(findings));
  return order;
}

BookOutcome<BookPublished> Book::put_out(std::string_view pack, const Going& order) {
  const std::vector<std::string>& rules = order.rules;
  for (int i = 0;; ++i) {
    const auto known = current(pack);
    if (!known) return tl::unexpected<BookRefusal>(known.error());
    const auto drafts = parts_.store.drafts(pack, "");
    if (!drafts) return failed(drafts.error());
    const auto going = ready(*drafts, rules, order.plan);
    if (!going) return tl::unexpected<BookRefusal>(going.error());
    auto merged = merge(**known, *going);
    if (!merged) return tl::unexpected<BookRefusal>(std::move(merged.error()));
    auto rollout = rollout_of(**known, order.rollout);
    if (!rollout) return tl::unexpected<BookRefusal>(std::move(rollout.error()));
    if (*rollout) {
      (*rollout)->who = order.who;
      (*rollout)->why = order.why;
    }
    merged->order.plan = order.plan;
    merged->order.who = order.who;
    merged->order.why = order.why;
    const auto done = parts_.publisher.publish(merged->rules, "", *rollout, merged->order);
    if (!done) {
      // Somebody else was quicker: whether that matters to these rules is seen by reading anew.
      if (done.error().code() == Errc::conflict && i + 1 < kTries) continue;
      return failed(done.error());
    }
    if (!done->published) {
      return refuse(Why::findings, "nothing was published",
                    placed(done->errors, merged->rule_ids, false));
    }
    JsonWriter json;
    json.open('{').key("version").number(done->published->version);
    json.key("pack_version").number((*known)->newest_pack_version + 1);
    json.key("stores").open('[');
    for (const std::string& store : done->published->stores) json.text(store);
    json.close(']').key("rules").raw(merged->changed);
    json.key("frame").boolean(merged->frame).key("warnings");
    std::vector<BookFinding> warnings = placed(done->published->warnings, merged->rule_ids, true);
    std::erase_if(warnings, [&](const BookFinding& one) {
      return std::ranges::find(rules, one.rule) == rules.end();
    });
    write(json, warnings);
    return BookPublished{*done->published, json.close('}').take()};
  }
}

BookOutcome<BookPublished> Book::publish(const Actor& by, std::string_view pack,
                                         std::vector<std::string> rules, std::string_view why,
                                         std::string_view rollout) {
  if (auto good = check_order(by, parts_.approval, rules, why); !good) {
    return tl::unexpected<BookRefusal>(good.error());
  }
  return put_out(pack,
                 {each_once(std::move(rules)), 0, by.id, std::string(why), std::string(rollout)});
}

BookOutcome<std::string> Book::schedule(const Actor& by, std::string_view pack,
                                        std::vector<std::string> rules, std::string_view why,
                                        std::string_view local_at, std::string_view rollout) {
  if (auto good = check_order(by, parts_.approval, rules, why); !good) {
    return tl::unexpected<BookRefusal>(good.error());
  }
  const auto known = current(pack);
  if (!known) return tl::unexpected<BookRefusal>(known.error());
  const auto local = parse_local(local_at);
  UtcMs due = INT64_MIN;
  const UtcMs now = parts_.clock.now();
  const auto count_in = [&](const std::string& zone) {
    if (local) due = std::max(due, parts_.days.moment_of(zone, *local));
  };
  for (const model::StoreSpec& store : (*known)->pack.stores) count_in(store.time_zone);
  if (!local || due <= now || due > now + kMaxAhead) {
    return refuse(
        Why::findings, "nothing was scheduled",
        {{"/at", "at", "expected a local time to come within a year, as 2026-12-01T06:00"}});
  }
  rules = each_once(std::move(rules));
  const auto drafts = parts_.store.drafts(pack, "");
  if (!drafts) return failed(drafts.error());
  const auto going = ready(*drafts, rules, 0);
  if (!going) return tl::unexpected<BookRefusal>(going.error());
  // What can be known to fail is said now; what changes until then is said then.
  if (auto waves = rollout_of(**known, rollout); !waves) {
    waves.error().detail = "nothing was scheduled";
    return tl::unexpected<BookRefusal>(std::move(waves.error()));
  }
  const auto merged = merge(**known, *going);
  if (!merged) return tl::unexpected<BookRefusal>(merged.error());
  for (const std::string& zone : merged->zones) count_in(zone);  // also of stores that it brings
  JsonWriter json;
  json.open('{').key("publish_at").text(local_at).key("due_at").text(format::format_time(due));
  write_units(json, rules);
  json.close('}');
  auto done =
      edit(pack, rules, [&](const DraftsNow& is) -> BookOutcome<std::optional<DraftsWrite>> {
        for (std::size_t i = 0; i < rules.size(); ++i) {
          if (!is.drafts[i] || is.drafts[i]->state != DraftState::approved ||
              is.drafts[i]->etag != (*going)[i].etag) {
            return refuse(Why::state, "the draft of " + named(rules[i]) + " is another one now");
          }
        }
        if (is.plans.size() >= kMaxPlans) {
          return refuse(Why::state, "a pack has at most 50 publications to come");
        }
        DraftsWrite out;
        out.plan = PlanRow{.pack = std::string(pack),
                           .local_at = std::string(local_at),
                           .due_at = due,
                           .who = by.id,
                           .why = std::string(why),
                           .rollout = std::string(rollout)};
        for (DraftRow draft : *going) {
          draft.state = DraftState::scheduled;
          draft.failed.clear();
          out.changes.push_back({.at = now,
                                 .who = by.id,
                                 .what = deeds_of(draft.rule).scheduled,
                                 .subject = subject_of(pack, draft.rule),
                                 .before = "{\"state\":\"approved\"}",
                                 .after = "{\"state\":\"scheduled\",\"publish_at\":\"" +
                                          std::string(local_at) + "\"}",
                                 .why = std::string(why)});
          out.drafts.emplace_back(std::move(draft));
        }
        return out;
      });
  if (!done) return tl::unexpected<BookRefusal>(std::move(done.error()));
  return json.take();
}

Result<std::vector<std::string>> Book::run_due() {
  const auto plan = parts_.store.next_plan();
  if (!plan) return tl::unexpected<Error>(plan.error());
  const UtcMs now = parts_.clock.now();
  if (!*plan || (*plan)->due_at > now) return std::vector<std::string>();
  const PlanRow& due = **plan;
  const auto drafts = parts_.store.drafts(due.pack, "");
  if (!drafts) return tl::unexpected<Error>(drafts.error());
  std::vector<std::string> rules;
  for (const DraftRow& draft : *drafts) {
    if (draft.plan == due.id) rules.push_back(draft.rule);
  }
  auto done = put_out(due.pack, {rules, due.id, due.who, due.why, due.rollout});
  if (done) return std::move(done->published.stores);
  if (done.error().why == Why::storage) return tl::unexpected<Error>(done.error().error);
  // It cannot be done: the plan is over, and its drafts say why.
  const BookRefusal& why = done.error();
  JsonWriter json;
  json.open('{').key("at").text(format::format_time(now)).key("publish_at").text(due.local_at);
  json.key("code").text(why.why == Why::published  ? "publish-conflict"
                        : why.why == Why::findings ? "invalid-document"
                                                   : "wrong-state");
  json.key("why").text(why.findings.empty() ? why.detail : joined(why.findings)).key("findings");
  write(json, why.findings);
  const std::string story = json.close('}').take();
  const auto told = parts_.store.edit_drafts(
      due.pack, rules, [&](const DraftsNow& is) -> Result<std::optional<DraftsWrite>> {
        DraftsWrite out;
        for (std::size_t i = 0; i < rules.size(); ++i) {
          std::optional<DraftRow> draft = is.drafts[i];
          if (draft && draft->plan == due.id) {
            draft->state = DraftState::approved;
            draft->plan = 0;
            draft->failed = story;
            out.changes.push_back({.at = now,
                                   .who = due.who,
                                   .what = deeds_of(draft->rule).schedule_failed,
                                   .subject = subject_of(due.pack, draft->rule),
                                   .before = "{\"state\":\"scheduled\"}",
                                   .after = story,
                                   .why = due.why});
          }
          out.drafts.push_back(std::move(draft));
        }
        return out;
      });
  if (!told) return tl::unexpected<Error>(told.error());
  return std::vector<std::string>();
}

Result<std::optional<UtcMs>> Book::next_due() {
  const auto plan = parts_.store.next_plan();
  if (!plan) return tl::unexpected<Error>(plan.error());
  if (!*plan) return std::nullopt;
  return (*plan)->due_at;
}

}  // namespace sidedish::headoffice
