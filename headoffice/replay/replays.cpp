#include "headoffice/replay/replays.hpp"

#include "headoffice/report/report.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/image/image.hpp"
#include "rules/say/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace sidedish::headoffice {
namespace {

constexpr UtcMs kDayMs = 86'400'000;

std::int64_t whole(double value) { return std::llround(value); }

void write(format::JsonWriter& json, const Bounds& bounds) {
  json.open('{').key("low").number(whole(bounds.low)).key("likely").number(whole(bounds.likely));
  json.key("high").number(whole(bounds.high)).close('}');
}

void write(format::JsonWriter& json, const std::vector<std::int64_t>& samples) {
  json.open('[');
  for (const std::int64_t one : samples) json.number(one);
  json.close(']');
}

void write(format::JsonWriter& json, const ReplayReasons& reasons) {
  std::vector<const ReplayReasons::value_type*> sorted;
  for (const auto& one : reasons) sorted.push_back(&one);
  std::ranges::stable_sort(sorted, std::ranges::greater{},
                           [](const auto* one) { return one->second.baskets; });
  json.open('[');
  for (const auto* one : sorted) {
    json.open('{').key("of").text(one->first).key("why").text(one->second.words);
    json.key("baskets").number(one->second.baskets).key("samples");
    write(json, one->second.samples);
    json.close('}');
  }
  json.close(']');
}

void write(format::JsonWriter& json, const ReplaySample& sample) {
  json.open('{').key("id").number(sample.event).key("store").text(sample.store);
  json.key("terminal").text(sample.terminal).key("at").text(format::format_time(sample.at));
  json.key("channel").text(sample.channel == Channel::kiosk ? "kiosk" : "cashier");
  json.key("why").text(sample.why);
  if (sample.held_out) json.key("held_out").boolean(true);
  if (sample.found.quantity) json.key("found").text(say::units(*sample.found.quantity));
  if (sample.found.value) json.key("found_value").number(*sample.found.value);
  json.key("total").number(sample.total).key("lines").open('[');
  for (const ReplayLine& line : sample.lines) {
    json.open('{').key("product").text(line.product).key("name").text(line.name);
    json.key("quantity").text(say::units(line.quantity)).key("value").number(line.value);
    json.close('}');
  }
  json.close(']').close('}');
}

void write(format::JsonWriter& json, const ReplayResult& result) {
  const trial::RuleTally& tally = result.tally;
  json.open('{').key("baskets").number(result.baskets);
  json.key("prompted").number(tally.prompted).key("held_out").number(tally.withheld);
  json.key("bought_anyway").number(tally.arrived).key("already_bought").number(tally.already);
  json.key("not_qualified").number(tally.unqualified).key("blocked").number(tally.blocked);
  json.key("lost").number(tally.lost).key("silent").number(tally.silent);
  json.key("left_out").open('{').key("no_sales").number(result.no_sales);
  json.key("unfinished").number(result.unfinished).key("empty").number(result.empty);
  json.key("incomplete").number(result.incomplete).key("unreadable").number(result.unreadable);
  json.close('}').key("unknown_lines").number(result.unknown_lines);
  json.key("prompted_samples");
  write(json, result.prompted.samples);
  json.key("already_bought_samples");
  write(json, result.already.samples);
  json.key("conditions");
  write(json, result.unqualified);
  json.key("guards");
  write(json, result.blocked);
  json.key("lost_to");
  write(json, result.lost);
  json.key("silences");
  write(json, result.silent);
  json.key("estimate").open('{').key("showings").number(result.showings);
  json.key("basis").text(result.measured ? "measured" : "assumed").key("extra_adds");
  write(json, result.adds);
  json.key("margin");
  write(json, result.margin);
  json.close('}').key("samples").open('[');
  for (const ReplaySample& sample : result.samples) write(json, sample);
  json.close(']').close('}');
}

BookRefusal refused(BookRefusal::Why why, std::string detail) {
  BookRefusal out;
  out.why = why;
  out.detail = std::move(detail);
  return out;
}

BookRefusal wrong(std::string pointer, std::string code, std::string detail) {
  BookRefusal out = refused(BookRefusal::Why::findings, "the replay cannot be made");
  out.findings.push_back({std::move(pointer), std::move(code), std::move(detail)});
  return out;
}

std::set<std::string> offered(const model::Rule& rule) {
  std::set<std::string> out;
  for (const model::OfferSpec& offer : rule.offers) out.insert(offer.product);
  return out;
}

/// What the holdout tells of the published rule, while it offers the same as the draft: more sales a
/// showing, as lift_of() has them. None: not enough data, or none to be believed.
Result<std::optional<Bounds>> measured(Storage& totals, const model::Pack& pack,
                                       const model::Rule& draft, BusinessDay today) {
  const auto published = std::ranges::find(pack.rules, draft.id, &model::Rule::id);
  if (published == pack.rules.end() || published->kind != draft.kind ||
      offered(*published) != offered(draft)) {
    return std::nullopt;
  }
  ReportQuery query;
  query.filter = {today - kMeasuredDays, today, {}, draft.id};
  query.by.rule = true;
  const auto report = make_report(totals, query);
  if (!report) return tl::unexpected<Error>(report.error());
  for (const RuleLift& one : report->lifts) {
    if (one.rule != draft.id || one.trust != Trust::ok) continue;
    if (one.lift.verdict == Verdict::not_enough_data) continue;
    return Bounds{one.lift.low, one.lift.estimate, one.lift.high};
  }
  return std::nullopt;
}

/// Days of the rule's own that do not hold all of the replay's are stretched over them: what begins
/// next week can be tried on last week's baskets. True: there were such.
bool set_days_aside(model::Condition& when, BusinessDay from, BusinessDay to) {
  if (when.type == model::Condition::Type::all) {
    bool any = false;
    for (model::Condition& one : when.children) {
      if (one.type == model::Condition::Type::dates) any = set_days_aside(one, from, to) || any;
    }
    return any;
  }
  if (when.type != model::Condition::Type::dates) return false;
  const bool begins_later = when.range.min && *when.range.min > from;
  const bool ends_before = when.range.max && *when.range.max < to;
  if (begins_later) when.range.min = from;
  if (ends_before) when.range.max = std::int64_t{to} + 1;  // a business day ends on the next
  return begins_later || ends_before;
}

}  // namespace

struct Replays::Job {
  enum class State : std::uint8_t { waiting, running, done, stopped, failed };

  std::string id;
  std::string who;
  std::string pack;
  std::string rule;
  std::string currency;
  unsigned exponent = 2;
  ReplayScope scope;
  std::vector<std::byte> image;
  ReplayProgress progress;
  bool days_aside = false;
  // Under the mutex:
  State state = State::waiting;
  std::string result;  ///< JSON
  std::string trouble;

  std::string tell() const {
    constexpr std::array kStates{"waiting", "running", "done", "stopped", "failed"};
    format::JsonWriter json(result.size() + 512);
    json.open('{').key("id").text(id).key("pack").text(pack).key("rule").text(rule);
    json.key("state").text(kStates[static_cast<std::size_t>(state)]);
    json.key("done").number(progress.done.load()).key("of").number(progress.of.load());
    json.key("stores").open('[');
    for (const std::string& store : scope.stores) json.text(store);
    json.close(']').key("from").text(format::format_day(scope.from));
    json.key("to").text(format::format_day(scope.to));
    json.key("currency").text(currency).key("exponent").number(std::int64_t{exponent});
    if (days_aside) json.key("days_aside").boolean(true);
    if (!trouble.empty()) json.key("trouble").text(trouble);
    if (!result.empty()) json.key("result").raw(result);
    json.close('}');
    return json.take();
  }
};

Replays::~Replays() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (running_) running_->progress.stop = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

BookOutcome<std::string> Replays::start(const Actor& by, std::string_view pack,
                                        const ReplayOrder& order) {
  const UtcMs now = parts_.clock.now();
  const auto current = parts_.book.current(pack);
  if (!current) return tl::unexpected(current.error());
  auto job = std::make_shared<Job>();
  job->who = by.id;
  job->pack = pack;
  job->currency = (*current)->pack.currency.text();
  job->exponent = (*current)->pack.currency.exponent;
  BusinessDay today = static_cast<BusinessDay>(now / kDayMs);
  for (const model::StoreSpec& store : (*current)->pack.stores) {
    today = std::min(today, parts_.days.day_of(store.time_zone, now));
    if (!order.stores.empty() && std::ranges::find(order.stores, store.id) == order.stores.end()) {
      continue;
    }
    const std::array one{store.id};
    if (by.may(Right::edit, one)) {
      job->scope.stores.push_back(store.id);
    } else if (!order.stores.empty()) {
      return tl::unexpected(refused(BookRefusal::Why::role, store.id + " is not a store of yours"));
    }
  }
  for (const std::string& store : order.stores) {
    if (std::ranges::find(job->scope.stores, store) == job->scope.stores.end()) {
      return tl::unexpected(wrong("/stores", "no-such-store", "the pack has no store " + store));
    }
  }
  if (!by.may(Right::edit, job->scope.stores)) {
    return tl::unexpected(refused(BookRefusal::Why::role, "no store of the pack is yours"));
  }
  job->scope.to = order.to.value_or(today - 1);
  job->scope.from = order.from.value_or(job->scope.to - 6);
  if (job->scope.to < job->scope.from) {
    return tl::unexpected(wrong("/to", "ends-before-start", "expected a day not before /from"));
  }
  if (job->scope.to - job->scope.from >= kMostReplayDays) {
    return tl::unexpected(wrong("/from", "too-many",
                                "expected at most " + std::to_string(kMostReplayDays) + " days"));
  }
  CheckedRule checked = check_rule(**current, order.rule, parts_.zones, now);
  if (!checked.rule || has_errors(checked.findings)) {
    BookRefusal out = refused(BookRefusal::Why::findings, "the rule is not right yet");
    out.findings = std::move(checked.findings);
    return tl::unexpected(std::move(out));
  }
  job->rule = checked.rule->id;
  auto lift = measured(parts_.totals, (*current)->pack, *checked.rule, today);
  if (!lift) {
    return tl::unexpected<BookRefusal>(
        BookRefusal{.why = BookRefusal::Why::storage, .error = lift.error()});
  }
  job->scope.measured = *lift;
  checked.rule->enabled = true;  // what it would do, when it is switched on
  job->days_aside = set_days_aside(checked.rule->when, job->scope.from, job->scope.to);
  model::Pack with = (*current)->pack;
  put_rule(with, std::move(*checked.rule));
  compile::Options options;
  options.time_begin = (std::int64_t{job->scope.from} - 366) * kDayMs;
  compile::Compiled compiled = compile::compile(with, (*current)->catalogue, parts_.zones, options);
  if (!compiled.errors.empty()) {
    const model::Finding& first = compiled.errors.front();
    return tl::unexpected(wrong("", "invalid", first.message));
  }
  job->image = std::move(compiled.image);
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= kMostReplaysWaiting) {
    return tl::unexpected(refused(BookRefusal::Why::state,
                                  "other replays are waiting already: try again in a moment"));
  }
  job->id = std::to_string(next_++);
  waiting_.push_back(job);
  kept_.push_back(job);
  if (kept_.size() > kMostReplaysKept) kept_.pop_front();
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  wake_.notify_all();
  return job->tell();
}

BookOutcome<std::shared_ptr<Replays::Job>> Replays::find(const Actor& by, std::string_view id) {
  const auto found = std::ranges::find_if(kept_, [&](const auto& job) {
    return job->id == id && job->who == by.id && by.may(Right::edit, job->scope.stores);
  });
  if (found != kept_.end()) return *found;
  return tl::unexpected(refused(BookRefusal::Why::missing, "there is no such replay of yours"));
}

BookOutcome<std::string> Replays::tell(const Actor& by, std::string_view id) {
  const std::scoped_lock lock(mutex_);
  return find(by, id).map([](const auto& job) { return job->tell(); });
}

BookOutcome<void> Replays::stop(const Actor& by, std::string_view id) {
  const std::scoped_lock lock(mutex_);
  const auto job = find(by, id);
  if (!job) return tl::unexpected(job.error());
  (*job)->progress.stop = true;
  if (const auto at = std::ranges::find(waiting_, *job); at != waiting_.end()) {
    waiting_.erase(at);
    (*job)->state = Job::State::stopped;
    (*job)->image = {};
  }
  return {};
}

void Replays::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    running_ = waiting_.front();
    waiting_.pop_front();
    running_->state = Job::State::running;
    const auto job = running_;
    lock.unlock();
    run(*job);
    lock.lock();
    running_.reset();
  }
}

void Replays::run(Job& job) {
  using State = Job::State;
  State state = State::failed;
  std::string result, trouble;
  if (const auto image = image::Image::open(job.image); !image) {
    trouble = image.error().text();
  } else if (const std::uint32_t rule = image->find_rule(job.rule); rule == image::kNone) {
    trouble = "the image has no rule " + job.rule;
  } else if (auto found = replay(parts_.baskets, *image, rule, job.scope, job.progress); !found) {
    trouble = found.error().text();
  } else {
    format::JsonWriter json;
    write(json, *found);
    result = json.take();
    state = job.progress.stop ? State::stopped : State::done;
  }
  job.image = {};
  const std::scoped_lock lock(mutex_);
  job.state = state;
  job.result = std::move(result);
  job.trouble = std::move(trouble);
}

}  // namespace sidedish::headoffice
