#pragma once
// A web till as its programmer writes one: requests as text, answers as JSON, over the burger bar's
// rules in a fresh state folder; a clock that stands until it is moved. And what the agent would
// find in the rings.
#include "plugin/loopback/api.hpp"
#include "plugin/loopback/token.hpp"
#include "plugin/net/stream.hpp"
#include "tests/plugin/abi/till.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <charconv>
#include <set>
#include <sstream>

namespace web {

using namespace sidedish;
using tills::State;

struct TestClock final : Clock {
  mutable std::atomic<MonoMs> at{1'000};
  std::atomic<MonoMs> step{0};  ///< passes with every look at it
  UtcMs now() const noexcept override { return tills::kMorning + at; }
  MonoMs steady() const noexcept override { return at += step; }
};

/// A server-sent event.
struct Heard {
  std::string event;
  std::string id;
  std::string data;
};

/// An answer, taken apart.
struct Answer {
  int status = 0;
  net::Headers headers;
  std::string body;
  std::shared_ptr<net::Stream> stream{};

  /// What a page has heard since the last look.
  std::vector<Heard> heard() const;

  /// The value at a JSON pointer as text: "" when it is not there, [n] or {n} for arrays and objects.
  std::string at(std::string_view pointer) const {
    const auto document = format::JsonDocument::parse(body);
    format::Json value = document.root();
    while (!pointer.empty()) {
      pointer.remove_prefix(1);
      const std::string_view step = pointer.substr(0, pointer.find('/'));
      pointer.remove_prefix(step.size());
      if (!value.is(format::Json::Type::array)) {
        value = value.find(step);
        continue;
      }
      std::size_t index = 0;
      std::from_chars(step.data(), step.data() + step.size(), index);
      format::Json found;
      for (const format::Json item : value) {
        if (index-- == 0) {
          found = item;
          break;
        }
      }
      value = found;
    }
    if (!value) return "";
    if (value.is(format::Json::Type::text)) return std::string(value.text());
    if (value.is(format::Json::Type::array)) return "[" + std::to_string(value.size()) + "]";
    if (value.is(format::Json::Type::object)) return "{" + std::to_string(value.size()) + "}";
    return value.found();
  }
  std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
  }
};

inline std::vector<Heard> Answer::heard() const {
  std::vector<Heard> out;
  const std::string text = stream->take(false).bytes;
  std::istringstream lines(text);
  Heard one;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("event: ")) one.event = line.substr(7);
    if (line.starts_with("id: ")) one.id = line.substr(4);
    if (line.starts_with("data: ")) one.data = line.substr(6);
    if (line == ":") one.event = "beat";
    if (line.empty() && !one.event.empty()) out.push_back(std::exchange(one, {}));
  }
  return out;
}
/// Their names, in order.
inline std::vector<std::string> topics(const std::vector<Heard>& heard) {
  std::vector<std::string> out;
  for (const Heard& one : heard) out.push_back(one.event);
  return out;
}
/// A value of an event's data.
inline std::string at(const Heard& heard, std::string_view pointer) {
  return Answer{200, {}, heard.data}.at(pointer);
}

inline const std::string kToken(64, 'a');
inline constexpr std::string_view kLane1 =
    R"({"capabilities":["add","undo","reports_completion"]})";

/// The agent's API without an agent.
class Web {
 public:
  explicit Web(const State& state, std::vector<std::string> origins = {"https://pos.example"},
               loopback::PagesConfig pages = {}, loopback::HasPicture has_picture = {})
      : api({.lanes = {"mitte", "t1", state.dir(), state.run.path(), {}},
             .token = kToken,
             .origins = std::move(origins),
             .version = "0.1.0",
             .pages = std::move(pages),
             .has_picture = std::move(has_picture)},
            clock) {
    api.serve_on(7410);
  }

  static net::Request request(std::string method, std::string target, std::string body = {}) {
    net::Request r;
    r.method = std::move(method);
    r.target = std::move(target);
    r.headers.set("Host", "127.0.0.1:7410").set("Authorization", "Bearer " + kToken);
    if (!body.empty()) r.headers.set("Content-Type", "application/json");
    r.body = std::move(body);
    return r;
  }
  Answer send(net::Request r) {
    Answer out;
    api(std::move(r), net::Reply::to([&](net::Response response) {
          out = {response.status, std::move(response.headers), std::move(response.body),
                 std::move(response.stream)};
        }));
    return out;
  }
  Answer call(std::string method, std::string target, std::string body = {}) {
    return send(request(std::move(method), std::move(target), std::move(body)));
  }
  Answer open(std::string_view lane = "1", std::string_view body = kLane1) {
    return call("PUT", "/v1/lanes/" + std::string(lane), std::string(body));
  }
  /// A snapshot of lines given as JSON.
  Answer ring(const std::string& basket, std::uint64_t seq, const std::string& lines,
              const std::string& more = {}, const std::string& lane = "1") {
    return call("POST", "/v1/lanes/" + lane + "/basket",
                R"({"basket":")" + basket + R"(","seq":)" + std::to_string(seq) +
                    R"(,"currency":"EUR","lines":[)" + lines + "]" + more + "}");
  }
  Answer event(const std::string& type, const std::string& basket, const std::string& more = {},
               const std::string& lane = "1") {
    return call("POST", "/v1/lanes/" + lane + "/events",
                R"({"type":")" + type + R"(","basket":")" + basket + "\"" + more + "}");
  }
  Answer answer(const std::string& prompt, const std::string& outcome, const std::string& more = {},
                const std::string& lane = "1") {
    return call("POST", "/v1/prompts/" + prompt + "/outcome",
                R"({"lane":")" + lane + R"(","outcome":")" + outcome + "\"" + more + "}");
  }
  Answer listen(const std::string& last_id = {}, const std::string& lane = "1") {
    net::Request r = request("GET", "/v1/lanes/" + lane + "/events");
    if (!last_id.empty()) r.headers.set("Last-Event-ID", last_id);
    return send(std::move(r));
  }
  std::uint64_t refused(loopback::Refused what) const {
    return api.counts().refused[static_cast<std::size_t>(what)];
  }

  TestClock clock;
  loopback::Api api;
};

inline const std::string kBurger = R"({"product":"sku:BURGER","quantity":"1","unit_price":"5.90"})";
inline const std::string kFries = R"({"product":"sku:FRIES-M","quantity":"1","unit_price":290})";
inline const std::string kCola = R"({"product":"sku:COLA","quantity":"1","unit_price":250})";

/// What all rings of a state hold, decision records left out.
inline std::vector<tills::Record> said(const State& state) {
  std::vector<tills::Record> out;
  for (const auto& file : state.run.files()) {
    for (tills::Record& record : tills::records(file)) {
      if (record.kind != OutcomeKind::decision) out.push_back(std::move(record));
    }
  }
  return out;
}
inline std::vector<OutcomeKind> kinds(const State& state) {
  std::vector<OutcomeKind> out;
  for (const tills::Record& record : said(state)) out.push_back(record.kind);
  return out;
}

}  // namespace web
