// The recorded conversations over the C ABI as it stands in the header, and over the C++ wrapper.
#include "rules/format/documents.hpp"
#include "tests/plugin/abi/till.hpp"
#include "tests/sdk/conversation.hpp"
#include "tests/sdk/words.hpp"
#include "tests/support/places.hpp"

#include <sidedish/sidedish.hpp>

using namespace conversations;

namespace {

std::filesystem::path folder() {
  return std::filesystem::path(sidedish::tests::source_dir()) / "tests/contract/conversations";
}

sidedish::model::Pack pack() {
  std::ifstream in(folder() / "pack.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto read = sidedish::format::parse_rules(text);
  REQUIRE(read.errors.empty());
  return *read.value;
}

std::string_view view_of(const json& object, const char* name) {
  return object.contains(name) ? std::string_view(object[name].get_ref<const std::string&>()) : "";
}

/// The lines of a snapshot. They borrow from it.
std::vector<sidedish_line> lines_of(const json& snapshot) {
  std::vector<sidedish_line> out;
  for (const json& given : snapshot["lines"]) {
    sidedish_line line{};
    line.struct_size = sizeof line;
    line.kind = number(kLineKinds, given.value("kind", "goods"), SIDEDISH_LINE_UNKNOWN);
    line.product = tills::text(view_of(given, "product"));
    line.line_id = tills::text(view_of(given, "line_id"));
    line.quantity = given.contains("quantity") ? amount(given["quantity"], 3)
                                               : given.value("quantity_milli", std::int64_t{0});
    line.unit_price = amount(given.value("unit_price", json(0)), 2);
    line.line_total = amount(given.value("line_total", json(0)), 2);
    line.flags = bits(kFlags, given.value("flags", json::array()));
    if (given.contains("from_prompt")) line.from_prompt = id_number(given["from_prompt"]);
    line.bundle = tills::text(view_of(given, "bundle"));
    out.push_back(line);
  }
  return out;
}

/// Texts of a list. They borrow from it.
std::vector<sidedish_text> texts_of(const json& list) {
  std::vector<sidedish_text> out;
  for (const json& word : list) {
    out.push_back(tills::text(word.get_ref<const std::string&>()));
  }
  return out;
}
const json kNobody = json::object();
const json kNothing = json::array();
const json& member(const json& object, const char* name, const json& usual) {
  return object.contains(name) ? object[name] : usual;
}

void fill(const json& given, sidedish_snapshot& s) {
  s.reason = number(kReasons, given.value("reason", "unknown"), SIDEDISH_REASON_UNKNOWN);
  s.mode = number(kModes, given.value("mode", "sale"));
  s.holds = bits(kHolds, given.value("holds", json::array()));
  s.channel = number(kChannels, given.value("channel", "cashier"));
  s.moment = number(kMoments, given.value("moment", "basket"));
  s.language = tills::text(view_of(given, "language"));
  s.total = amount(given.value("total", json(0)), 2);
  s.prices_include_tax = 1;
}

json prompt_json(const sidedish_prompt& p, const json& parts) {
  json out = {{"id", id_text(p.id)},
              {"basis_seq", p.basis_seq},
              {"kind", word(kPromptKinds, p.kind)},
              {"moment", word(kMoments, p.moment)},
              {"action", word(kActions, p.action)},
              {"quantity", quantity_text(p.quantity)},
              {"price_effect", p.price_effect},
              {"saving", p.saving},
              {"headline", tills::str(p.headline)},
              {"reason", tills::str(p.reason)},
              {"line20x2", {tills::str(p.line1), tills::str(p.line2)}},
              {"rule", tills::str(p.rule)},
              {"rule_name", tills::str(p.rule_name)},
              {"fresh", p.fresh == 1},
              {"plus_tax", p.plus_tax == 1}};
  if (p.product.size != 0) out["product"] = tills::str(p.product);
  if (p.replaces.size != 0) out["replaces"] = tills::str(p.replaces);
  if (p.action == SIDEDISH_ACTION_CONVERT) out["bundles"] = p.bundles;
  if (!parts.empty()) out["parts"] = parts;
  return out;
}

json part_json(const sidedish_part& part) {
  return {{"product", tills::str(part.product)},
          {"slot", tills::str(part.slot)},
          {"quantity", quantity_text(part.quantity)},
          {"price", part.price},
          {"added", part.added == 1}};
}

json said(std::int32_t status) { return {{"status", status_text(status)}}; }

bool has_parts(const sidedish_prompt& p) {
  return p.action == SIDEDISH_ACTION_REPLACE || p.action == SIDEDISH_ACTION_CONVERT;
}

/// The C ABI, with a clock of ours: two seconds a call.
class CWay final : public Way {
 public:
  explicit CWay(const tills::State& state) : state_(state) { start(); }
  ~CWay() override { sidedish_close(host_); }
  CWay(const CWay&) = delete;
  CWay& operator=(const CWay&) = delete;

  bool can(const std::string& need) const override {
    return need == "time" || need == "restart" || need == "helper";
  }
  void open(const std::string& lane, const json& config) override {
    const std::string terminal = "till-" + lane;
    sidedish_lane_config c{};
    c.struct_size = sizeof c;
    c.capabilities = bits(kCapabilities, config["capabilities"]);
    c.store = tills::text("mitte");
    c.terminal = tills::text(terminal);
    c.barcode_masks = tills::text(view_of(config, "barcode_masks"));
    REQUIRE(sidedish_lane_open(host_, &c, &lanes_[lane]) == SIDEDISH_OK);
  }
  json basket(const std::string& lane, const json& given) override {
    tick();
    const std::vector<sidedish_line> lines = lines_of(given);
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    s.basket = tills::text(view_of(given, "basket"));
    s.seq = given["seq"];
    s.now_utc_ms = now_;
    s.now_steady_ms = steady();
    std::memcpy(s.currency, "EUR", 3);
    fill(given, s);
    const json& customer = member(given, "customer", kNobody);
    const std::vector<sidedish_text> avoid = texts_of(member(customer, "avoid", kNothing));
    s.customer_id = tills::text(view_of(customer, "id"));
    s.avoid = avoid.data();
    s.avoid_count = static_cast<std::uint32_t>(avoid.size());
    s.lines = lines.data();
    s.line_count = static_cast<std::uint32_t>(lines.size());
    sidedish_prompt room[4] = {};
    room[0].struct_size = sizeof room[0];
    std::uint32_t n = 4;
    json out = said(sidedish_basket_update(lanes_[lane], &s, room, &n));
    out["basket"] = given["basket"];
    out["seq"] = given["seq"];
    out["prompts"] = json::array();
    // parts() is a call on the lane: texts are taken over before it.
    for (std::uint32_t i = 0; i < n; ++i) out["prompts"].push_back(prompt_json(room[i], {}));
    for (std::uint32_t i = 0; i < n; ++i) {
      if (has_parts(room[i])) out["prompts"][i]["parts"] = parts(lane, room[i].id);
    }
    return out;
  }
  json event(const std::string& lane, const json& given) override {
    tick();
    const std::string token = unbase64(view_of(given, "token"));
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = number(kEvents, view_of(given, "type"));
    e.basket = tills::text(view_of(given, "basket"));
    e.related = tills::text(view_of(given, "related"));
    e.now_utc_ms = now_;
    e.now_steady_ms = steady();
    if (given.contains("token")) {
      e.token = token.data();
      e.token_size = token.size();
    }
    e.total_known = given.contains("total") ? 1 : 0;
    e.total = amount(given.value("total", json(0)), 2);
    json out = said(sidedish_basket_event(lanes_[lane], &e));
    if (e.type == SIDEDISH_EVENT_PARKED && out["status"] == "ok") {
      std::string sealed(256, '\0');
      std::size_t size = sealed.size();
      REQUIRE(sidedish_basket_token(lanes_[lane], e.basket, sealed.data(), &size) == SIDEDISH_OK);
      out["token"] = base64({sealed.data(), size});
    }
    return out;
  }
  json outcome(const std::string& lane, const json& given) override {
    tick();
    sidedish_outcome o{};
    o.struct_size = sizeof o;
    o.type = number(kOutcomes, view_of(given, "outcome"));
    o.prompt = id_number(given["prompt"]);
    o.by = number(kBy, given.value("by", "unknown"), SIDEDISH_BY_UNKNOWN);
    o.why = tills::text(view_of(given, "why"));
    o.now_utc_ms = now_;
    o.now_steady_ms = steady();
    return said(sidedish_prompt_outcome(lanes_[lane], &o));
  }
  json returned(const std::string& lane, const json& given) override {
    tick();
    sidedish_return r{};
    r.struct_size = sizeof r;
    r.basket = tills::text(view_of(given, "basket"));
    r.product = tills::text(view_of(given, "product"));
    r.quantity = amount(given["quantity"], 3);
    r.value = amount(given["value"], 2);
    std::memcpy(r.currency, "EUR", 3);
    r.now_utc_ms = now_;
    r.now_steady_ms = steady();
    return said(sidedish_record_return(lanes_[lane], &r));
  }
  json from_double(double value, std::uint32_t exponent) override {
    std::int64_t out = 0;
    const std::int32_t status = sidedish_from_double(value, exponent, &out);
    return {{"value", status == SIDEDISH_OK ? json(out) : json()}};
  }
  void restart() override {
    lanes_.clear();
    sidedish_close(host_);
    start();
  }
  void wait(std::int64_t ms) override { now_ += ms; }

 private:
  void start() {
    const std::string state_dir = state_.dir().string();
    const std::string run_dir = state_.run.path().string();
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = SIDEDISH_ABI_MAJOR;
    config.state_dir = tills::text(state_dir);
    config.run_dir = tills::text(run_dir);
    REQUIRE(sidedish_open(&config, &host_) == SIDEDISH_OK);
  }
  json parts(const std::string& lane, std::uint64_t prompt) {
    sidedish_part room[72] = {};
    room[0].struct_size = sizeof room[0];
    std::uint32_t n = 72;
    REQUIRE(sidedish_prompt_parts(lanes_[lane], prompt, room, &n) == SIDEDISH_OK);
    json out = json::array();
    for (std::uint32_t i = 0; i < n; ++i) out.push_back(part_json(room[i]));
    return out;
  }
  void tick() { now_ += 2; }
  std::int64_t steady() const { return 1 + now_ - tills::kMorning; }

  const tills::State& state_;
  sidedish_host* host_ = nullptr;
  std::map<std::string, sidedish_lane*> lanes_;
  std::int64_t now_ = tills::kMorning;
};

/// The C++ wrapper, on the machine's clock.
class CppWay final : public Way {
 public:
  explicit CppWay(const tills::State& state) : state_(state) { start(); }

  bool can(const std::string& need) const override { return need == "restart" || need == "helper"; }
  void open(const std::string& lane, const json& config) override {
    REQUIRE(host_.open_lane("mitte", "till-" + lane, bits(kCapabilities, config["capabilities"]),
                            lanes_[lane], view_of(config, "barcode_masks")));
  }
  json basket(const std::string& lane, const json& given) override {
    const std::vector<sidedish_line> lines = lines_of(given);
    sidedish_snapshot s = sidedish_sdk::snapshot(view_of(given, "basket"), given["seq"], "EUR");
    fill(given, s);
    const json& customer = member(given, "customer", kNobody);
    const std::vector<sidedish_text> avoid = texts_of(member(customer, "avoid", kNothing));
    sidedish_sdk::set_customer(s, {.id = view_of(customer, "id"), .avoid = avoid});
    sidedish_sdk::Prompts prompts;
    json out = said(lanes_[lane].update(s, lines, prompts).code);
    out["basket"] = given["basket"];
    out["seq"] = given["seq"];
    out["prompts"] = json::array();
    for (const sidedish_prompt& p : prompts) out["prompts"].push_back(prompt_json(p, {}));
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      if (!has_parts(prompts[i])) continue;
      std::array<sidedish_part, 72> room{};
      std::uint32_t n = 0;
      REQUIRE(lanes_[lane].parts(prompts[i].id, room, n));
      for (std::uint32_t k = 0; k < n; ++k) {
        out["prompts"][i]["parts"].push_back(part_json(room[k]));
      }
    }
    return out;
  }
  json event(const std::string& lane, const json& given) override {
    const std::string_view id = view_of(given, "basket");
    const std::string_view type = view_of(given, "type");
    sidedish_sdk::Lane& on = lanes_[lane];
    if (type == "completed" && given.contains("total")) {
      return said(on.completed(id, amount(given["total"], 2)).code);
    }
    if (type == "replaced_by") return said(on.replaced(id, view_of(given, "related")).code);
    if (type == "resumed") {
      const std::string token = unbase64(view_of(given, "token"));
      return said(on.resumed(id, std::as_bytes(std::span(token))).code);
    }
    json out = said(on.event(number(kEvents, type), id).code);
    std::array<std::byte, 256> sealed{};
    if (type == "parked" && on.token(id, sealed)) {
      out["token"] = base64({reinterpret_cast<const char*>(sealed.data()), sealed.size()});
    }
    return out;
  }
  json outcome(const std::string& lane, const json& given) override {
    return said(lanes_[lane]
                    .answer(id_number(given["prompt"]),
                            number(kOutcomes, view_of(given, "outcome")),
                            number(kBy, given.value("by", "unknown"), SIDEDISH_BY_UNKNOWN),
                            view_of(given, "why"))
                    .code);
  }
  json returned(const std::string& lane, const json& given) override {
    return said(lanes_[lane]
                    .returned(view_of(given, "product"), amount(given["quantity"], 3),
                              amount(given["value"], 2), "EUR", view_of(given, "basket"))
                    .code);
  }
  json from_double(double value, std::uint32_t exponent) override {
    std::int64_t out = 0;
    return {{"value", sidedish_sdk::from_double(value, exponent, out) ? json(out) : json()}};
  }
  void restart() override {
    lanes_.clear();
    start();
  }
  void wait(std::int64_t) override { throw std::logic_error("this clock is not ours"); }

 private:
  void start() {
    const std::string state_dir = state_.dir().string();
    const std::string run_dir = state_.run.path().string();
    sidedish_config config = sidedish_sdk::Host::config();
    config.state_dir = sidedish_sdk::text(state_dir);
    config.run_dir = sidedish_sdk::text(run_dir);
    REQUIRE(host_.open(config));
  }

  const tills::State& state_;
  sidedish_sdk::Host host_;
  std::map<std::string, sidedish_sdk::Lane> lanes_;  // gone before the host
};

template <class AWay>
unsigned hold_all() {
  const tills::State state(pack());
  unsigned held = 0;
  for (const Conversation& conversation : all(folder())) {
    AWay way(state);
    if (!conversation.fits(way)) continue;
    ++held;
    for (const std::string& wrong : hold(conversation, way)) FAIL_CHECK(wrong);
  }
  return held;
}

}  // namespace

TEST_CASE("conversations: what tills do is answered as recorded over the C ABI", "[sdk]") {
  CHECK(hold_all<CWay>() >= 30);
}

TEST_CASE("conversations: what tills do is answered as recorded over the C++ wrapper", "[sdk]") {
  CHECK(hold_all<CppWay>() >= 28);
}
