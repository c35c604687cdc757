#include "headoffice/server/book_routes.hpp"

#include "headoffice/server/answers.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <charconv>

namespace sidedish::headoffice {
namespace {

using format::Json;
using format::WireFields;
using Why = BookRefusal::Why;

constexpr std::size_t kMaxText = 4096;

/// Findings with their codes: what problem_of()'s items cannot carry.
net::Response with_findings(int status, std::string_view name, const BookRefusal& refusal) {
  net::Response response = problem_of(status, name, refusal.detail);
  if (!refusal.findings.empty()) {
    format::JsonWriter json;
    json.key("errors");
    write(json, refusal.findings);
    add_member(response, json.take());
  }
  if (!refusal.members.empty()) add_member(response, refusal.members);
  return response;
}

net::Response answer(BookOutcome<std::string> told) {
  return told ? json_answer(std::move(*told)) : problem_of(told.error());
}

net::Response answer(BookOutcome<Told> told) {
  if (!told) return problem_of(told.error());
  net::Response response = json_answer(std::move(told->json));
  if (!told->etag.empty()) response.headers.set("ETag", "\"" + told->etag + "\"");
  return response;
}

std::string_view unquoted(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
  }
  return tag;
}

/// If-Match compares strongly (RFC 9110 section 13.1.1): a weak tag fits nothing.
Expecting expecting_of(const net::Routed& routed) {
  Expecting out;
  for (std::string_view list : routed.request.headers.all("If-Match")) {
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(','), list.size());
      std::string_view tag = list.substr(0, comma);
      list.remove_prefix(std::min(comma + 1, list.size()));
      while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
      while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
      if (tag.starts_with("W/")) {
        out.tags.emplace_back();
      } else if (!tag.empty()) {
        out.tags.emplace_back(unquoted(tag));
      }
    }
  }
  out.nothing = routed.request.headers.get("If-None-Match") == "*";
  out.base = unquoted(routed.query_value("base").value_or(""));
  return out;
}

/// One of these words; the first when it is not there.
template <class Word, std::size_t N>
Word one_of(WireFields& fields, std::string_view name, const std::string_view (&words)[N]) {
  const std::string_view said = fields.text(name, 32, false);
  if (said.empty()) return Word{};
  const auto* const found = std::find(std::begin(words), std::end(words), said);
  if (found != std::end(words)) return static_cast<Word>(found - std::begin(words));
  fields.add(name, "expected another word");
  return Word{};
}

void read_preview(WireFields& fields, PreviewOrder& out) {
  static constexpr std::string_view kChannels[] = {"cashier", "kiosk", "receipt"};
  static constexpr std::string_view kMoments[] = {"basket", "checkout", "browse", "receipt"};
  out.rule = format::written(fields.object("rule"));
  out.channel = one_of<Channel>(fields, "channel", kChannels);
  out.moment = one_of<Moment>(fields, "moment", kMoments);
  out.language = fields.text("language", 64, false);
  out.store = fields.text("store", 64, false);
  if (const std::string_view at = fields.text("at", 64, false); !at.empty()) {
    const auto moment = format::parse_time(at);
    if (!moment) fields.add("at", "expected a time as 2026-11-21T11:32:05Z");
    out.at = moment.value_or(0);
  }
  const Json basket = fields.any("basket", false);
  if (!basket || basket.is(Json::Type::null)) return;
  const Json lines = basket.find("lines");
  if (!lines.is(Json::Type::array) || lines.size() > kMaxPreviewLines || basket.size() != 1) {
    fields.add("basket", "expected null, or lines: at most 200 of {product, quantity}");
    return;
  }
  out.lines.emplace();
  for (const Json line : lines) {
    const Json said = line.find("quantity");
    const auto quantity = said ? parse_decimal(said.text(), 3) : Result<std::int64_t>(kOne);
    const std::string_view product = line.find("product").text();
    if (product.empty() || !quantity || *quantity <= 0 || *quantity > 999 * kOne) {
      fields.add("basket", "expected lines of a product and a quantity as \"2\" or \"0.350\"");
      return;
    }
    out.lines->push_back({std::string(product), *quantity});
  }
}

bool says_nothing(const Expecting& expecting) {
  return expecting.tags.empty() && !expecting.nothing;
}

/// The rule in the path, or the frame where none is. No rule has the frame's name.
std::string unit_of(const net::Routed& routed) {
  const std::string& rule = routed.param("rule");
  if (rule.empty()) return std::string(kPackFrame);
  return rule == kPackFrame ? "no-such/rule" : rule;
}

net::Response unconditional() {
  return headoffice::problem_of(428, "precondition-required",
                                "expected If-Match with the tag of what was read, or "
                                "If-None-Match: * for the first");
}

}  // namespace

net::Response problem_of(const BookRefusal& refusal) {
  switch (refusal.why) {
    case Why::missing:
      return with_findings(404, "not-found", refusal);
    case Why::role:
      return with_findings(403, "not-allowed", refusal);
    case Why::state:
      return with_findings(409, "wrong-state", refusal);
    case Why::unconditional:
      return with_findings(428, "precondition-required", refusal);
    case Why::edited:
      return with_findings(412, "edit-conflict", refusal);
    case Why::published:
      return with_findings(409, "publish-conflict", refusal);
    case Why::findings:
      return with_findings(422, "invalid-document", refusal);
    case Why::storage:
      break;
  }
  return headoffice::problem_of(refusal.error);
}

void BookRoutes::add_to(Door& door) {
  door.person("GET", "/v1/packs", Right::read,
              [this](const auto&, const Actor&) { return answer(book_.packs()); });
  door.person("GET", "/v1/packs/{pack}", Right::read, [this](const auto& routed, const Actor&) {
    return answer(book_.pack(routed.param("pack")));
  });
  door.person("GET", "/v1/packs/{pack}/rules", Right::read,
              [this](const auto& routed, const Actor& by) {
                return answer(book_.rules(by, routed.param("pack")));
              });
  add_drafts(door, "/v1/packs/{pack}/rules/{rule}");
  add_drafts(door, "/v1/packs/{pack}/frame");
  const std::string rule = "/v1/packs/{pack}/rules/{rule}";
  const auto add = [&](const char* method, const char* path, Right right,
                       net::Response (BookRoutes::*handler)(const net::Routed&, const Actor&)) {
    door.person(method, path, right, [this, handler](const net::Routed& routed, const Actor& by) {
      return (this->*handler)(routed, by);
    });
  };
  door.person("GET", rule.c_str(), Right::read, [this](const auto& routed, const Actor& by) {
    return answer(book_.rule(by, routed.param("pack"), unit_of(routed)));
  });
  door.person("GET", "/v1/packs/{pack}/frame", Right::read,
              [this](const auto& routed, const Actor& by) {
                return answer(book_.frame(by, routed.param("pack")));
              });
  door.person("GET", (rule + "/versions/{version}").c_str(), Right::read,
              [this](const net::Routed& routed, const Actor&) { return version(routed); });
  add("POST", (rule + "/take-back").c_str(), Right::edit, &BookRoutes::take_back);
  add("POST", (rule + "/archive").c_str(), Right::edit, &BookRoutes::archive);
  door.person("POST", "/v1/packs/{pack}/check", Right::read,
              [this](const net::Routed& routed, const Actor&) { return check(routed); });
  door.person("POST", "/v1/packs/{pack}/preview", Right::read,
              [this](const net::Routed& routed, const Actor&) { return preview(routed); });
  add("POST", "/v1/packs/{pack}/publish", Right::publish, &BookRoutes::publish);
}

void BookRoutes::add_drafts(Door& door, const std::string& unit) {
  door.person("PUT", (unit + "/draft").c_str(), Right::edit,
              [this](const net::Routed& routed, const Actor& by) { return save(routed, by); });
  door.person("DELETE", (unit + "/draft").c_str(), Right::edit,
              [this](const net::Routed& routed, const Actor& by) { return discard(routed, by); });
  const auto step = [&](const char* name, Right right, DraftStep what) {
    door.person("POST", (unit + "/" + name).c_str(), right,
                [this, what](const net::Routed& routed, const Actor& by) {
                  return this->step(routed, by, what);
                });
  };
  step("submit", Right::edit, DraftStep::submit);
  step("approve", Right::approve, DraftStep::approve);
  step("return", Right::edit, DraftStep::give_back);
}

net::Response BookRoutes::save(const net::Routed& routed, const Actor& by) {
  if (!is_json(routed.request)) {
    return headoffice::problem_of(415, "unsupported-media-type", "expected application/json");
  }
  const std::string unit = unit_of(routed);
  if (unit != kPackFrame && routed.request.body.size() > kMaxRuleBytes) {
    return headoffice::problem_of(413, "too-large", "expected a rule of at most 64 KiB");
  }
  if (routed.request.body.size() > kMaxFrameBytes) {
    return headoffice::problem_of(413, "too-large",
                                  "expected stores and settings of at most 512 KiB");
  }
  const Expecting expecting = expecting_of(routed);
  if (says_nothing(expecting)) return unconditional();
  return answer(book_.save(by, routed.param("pack"), unit, routed.request.body, expecting));
}

net::Response BookRoutes::version(const net::Routed& routed) {
  const std::string& text = routed.param("version");
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) {
    return headoffice::problem_of(404, "not-found", "expected the number of a version");
  }
  return answer(book_.version(routed.param("pack"), unit_of(routed), version));
}

net::Response BookRoutes::take_back(const net::Routed& routed, const Actor& by) {
  const Expecting expecting = expecting_of(routed);
  if (says_nothing(expecting)) return unconditional();
  std::uint64_t version = 0;
  std::string why;
  return with_fields(
      routed.request, "nothing was changed",
      [&](WireFields& fields) {
        version = static_cast<std::uint64_t>(fields.number("version", 1, INT64_MAX));
        why = fields.text("why", kMaxText);
      },
      [&] {
        return answer(
            book_.take_back(by, routed.param("pack"), unit_of(routed), version, why, expecting));
      });
}

net::Response BookRoutes::discard(const net::Routed& routed, const Actor& by) {
  const Expecting expecting = expecting_of(routed);
  if (expecting.tags.empty()) return unconditional();
  const auto done = book_.discard(by, routed.param("pack"), unit_of(routed), expecting);
  if (!done) return problem_of(done.error());
  net::Response response;
  response.status = 204;
  response.headers.set("Cache-Control", "no-store");
  return response;
}

net::Response BookRoutes::check(const net::Routed& routed) {
  std::string rule;
  return with_fields(
      routed.request, "nothing was checked",
      [&](WireFields& fields) { rule = format::written(fields.object("rule")); },
      [&] { return answer(book_.check(routed.param("pack"), rule)); });
}

net::Response BookRoutes::preview(const net::Routed& routed) {
  PreviewOrder order;
  return with_fields(
      routed.request, "nothing was decided",
      [&](WireFields& fields) { read_preview(fields, order); },
      [&] { return answer(book_.preview(routed.param("pack"), order)); });
}

net::Response BookRoutes::step(const net::Routed& routed, const Actor& by, DraftStep step) {
  std::string why;
  return with_fields(
      routed.request, "nothing was changed",
      [&](WireFields& fields) { why = fields.text("why", kMaxText); },
      [&] {
        return answer(
            book_.step(by, routed.param("pack"), unit_of(routed), step, why, expecting_of(routed)));
      });
}

net::Response BookRoutes::archive(const net::Routed& routed, const Actor& by) {
  std::string why;
  return with_fields(
      routed.request, "nothing was changed",
      [&](WireFields& fields) { why = fields.text("why", kMaxText); },
      [&] { return answer(book_.archive(by, routed.param("pack"), unit_of(routed), why)); });
}

net::Response BookRoutes::publish(const net::Routed& routed, const Actor& by) {
  std::vector<std::string> rules;
  std::string why;
  std::string at;
  std::string rollout;
  return with_fields(
      routed.request, "nothing was published",
      [&](WireFields& fields) {
        for (const Json rule : fields.array("rules", kMaxAtOnce)) {
          if (!rule.is(Json::Type::text) || rule.text() == kPackFrame) {
            fields.add("rules", "expected ids of rules");
          }
          rules.emplace_back(rule.text());
        }
        if (fields.boolean("frame", false)) rules.emplace_back(kPackFrame);
        why = fields.text("why", kMaxText);
        at = fields.text("at", 64, false);
        if (fields.has("rollout")) rollout = format::written(fields.object("rollout"));
      },
      [&] {
        if (!at.empty()) {
          auto planned =
              book_.schedule(by, routed.param("pack"), std::move(rules), why, at, rollout);
          if (!planned) return problem_of(planned.error());
          planned_();
          return json_answer(std::move(*planned), 202);
        }
        auto done = book_.publish(by, routed.param("pack"), std::move(rules), why, rollout);
        if (!done) return problem_of(done.error());
        for (const std::string& store : done->published.stores) wake_(store);
        planned_();  // a wave may have nothing to wait for
        return json_answer(std::move(done->json), 201);
      });
}

}  // namespace sidedish::headoffice
