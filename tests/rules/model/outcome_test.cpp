#include "rules/model/outcome.hpp"

#include "rules/base/hash.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

using namespace sidedish;
using namespace sidedish::model;

namespace {

Outcome accepted() {
  Outcome o;
  o.record = {0x1122334455667788, 42};
  o.kind = OutcomeKind::accepted;
  o.at = 1'795'000'000'123;
  o.steady = 8'123'456;
  o.clock = ClockQuality::went_back;
  o.store = "mitte";
  o.terminal = "t1";
  o.basket = "B-1001";
  o.arm = Arm::treated;
  o.channel = Channel::kiosk;
  o.moment = Moment::checkout;
  o.by = By::customer;
  o.prompt = 0x7D0E4A6B5C1F2A39;
  o.rule = "burger-fries";
  o.offer = "sku:FRIES-M";
  o.rule_stable = 77;
  o.revision = 3;
  o.propensity_ppm = 980'000;
  o.quantity = 1000;
  o.price_effect = -290;
  o.saving = 10;
  o.currency[0] = 'E';
  o.currency[1] = 'U';
  o.currency[2] = 'R';
  o.remark = "caf\xC3\xA9";
  o.related = "B-1000";
  o.image_version = 12;
  return o;
}

Outcome basket(std::span<const OutcomeLine> lines) {
  Outcome o = accepted();
  o.kind = OutcomeKind::basket;
  o.part = 1;
  o.parts = 40;
  o.mode = Mode::exchange;
  o.end = End::inferred;
  o.unit_of = Unit::terminal_day;
  o.unit = ~0ULL;
  o.eligible = true;
  o.margin_known = true;
  o.total = -5;
  o.margin = 123456;
  o.items = 7500;
  o.lines = 1999;
  o.shown = 1;
  o.withheld = 2;
  o.accepted = 3;
  o.opened_at = 1;
  o.eligible_at = 2;
  o.tender_at = 3;
  o.ended_at = 4;
  o.basket_lines = lines;
  return o;
}

std::vector<std::byte> encoded(const Outcome& o) {
  std::vector<std::byte> out(kMaxRecord);
  const auto size = encode(o, out);
  REQUIRE(size.has_value());
  out.resize(*size);
  return out;
}

/// Everything that a decoded record says, as bytes: encode() of what decode() returned.
void round_trip(const Outcome& o) {
  const std::vector<std::byte> bytes = encoded(o);
  std::array<OutcomeLine, kLinesPerPart> lines;
  const auto back = decode(bytes, lines);
  REQUIRE(back.has_value());
  CHECK(encoded(*back) == bytes);
}

std::uint32_t seed() {
  const std::uint32_t s = std::random_device{}();
  return s;
}

}  // namespace

TEST_CASE("outcome: a prompt's record comes back field by field", "[model]") {
  const Outcome o = accepted();
  const auto bytes = encoded(o);
  std::array<OutcomeLine, kLinesPerPart> lines;
  const auto back = decode(bytes, lines);
  REQUIRE(back.has_value());
  CHECK(back->record == o.record);
  CHECK(back->kind == o.kind);
  CHECK(back->at == o.at);
  CHECK(back->steady == o.steady);
  CHECK(back->clock == o.clock);
  CHECK(back->store == o.store);
  CHECK(back->terminal == o.terminal);
  CHECK(back->basket == o.basket);
  CHECK(back->arm == o.arm);
  CHECK(back->channel == o.channel);
  CHECK(back->moment == o.moment);
  CHECK(back->by == o.by);
  CHECK(back->prompt == o.prompt);
  CHECK(back->rule == o.rule);
  CHECK(back->offer == o.offer);
  CHECK(back->rule_stable == o.rule_stable);
  CHECK(back->revision == o.revision);
  CHECK(back->propensity_ppm == o.propensity_ppm);
  CHECK(back->quantity == o.quantity);
  CHECK(back->price_effect == o.price_effect);
  CHECK(back->saving == o.saving);
  CHECK(std::string(back->currency) == "EUR");
  CHECK(back->remark == o.remark);
  CHECK(back->related == o.related);
  CHECK(back->image_version == o.image_version);
}

TEST_CASE("outcome: a basket part comes back with its totals and its lines", "[model]") {
  std::vector<std::string> keys;
  std::vector<OutcomeLine> lines;
  for (unsigned i = 0; i < kLinesPerPart; ++i) keys.push_back("sku:" + std::to_string(i));
  for (unsigned i = 0; i < kLinesPerPart; ++i) lines.push_back({keys[i], 1000 * i, 7 * i});
  const Outcome o = basket(lines);
  round_trip(o);
  std::array<OutcomeLine, kLinesPerPart> room;
  const auto bytes = encoded(o);
  const auto back = decode(bytes, room);
  REQUIRE(back.has_value());
  CHECK(back->part == 1);
  CHECK(back->parts == 40);
  CHECK(back->mode == Mode::exchange);
  CHECK(back->end == End::inferred);
  CHECK(back->unit == ~0ULL);
  CHECK(back->unit_of == Unit::terminal_day);
  CHECK(back->eligible);
  CHECK_FALSE(back->attached);
  CHECK(back->margin_known);
  CHECK(back->total == -5);
  CHECK(back->margin == 123456);
  CHECK(back->items == 7500);
  CHECK(back->lines == 1999);
  CHECK(back->shown == 1);
  CHECK(back->withheld == 2);
  CHECK(back->accepted == 3);
  CHECK(back->opened_at == 1);
  CHECK(back->eligible_at == 2);
  CHECK(back->tender_at == 3);
  CHECK(back->ended_at == 4);
  REQUIRE(back->basket_lines.size() == kLinesPerPart);
  CHECK(back->basket_lines[49].key == "sku:49");
  CHECK(back->basket_lines[49].quantity == 49000);
  CHECK(back->basket_lines[49].value == 343);
}

TEST_CASE("outcome: fifty lines with the longest keys fit into one record", "[model]") {
  const std::string key(kMaxKeyBytes, 'k');
  const std::vector<OutcomeLine> lines(kLinesPerPart, OutcomeLine{key, 1000, 100});
  CHECK(encoded(basket(lines)).size() < kMaxRecord);
}

TEST_CASE("outcome: a piece of a decision record is opaque", "[model]") {
  std::vector<std::byte> record(15'000);
  for (std::size_t i = 0; i < record.size(); ++i) record[i] = static_cast<std::byte>(i * 31);
  Outcome o = accepted();
  o.kind = OutcomeKind::decision;
  o.parts = 2;
  o.decision = record;
  const auto bytes = encoded(o);
  std::array<OutcomeLine, kLinesPerPart> lines;
  const auto back = decode(bytes, lines);
  REQUIRE(back.has_value());
  CHECK(std::equal(record.begin(), record.end(), back->decision.begin(), back->decision.end()));
  record.resize(kMaxRecord);
  o.decision = record;
  std::vector<std::byte> out(2 * kMaxRecord);
  CHECK(encode(o, out).error().code() == Errc::limit);
}

TEST_CASE("outcome: what is out of its range is not written", "[model]") {
  std::vector<std::byte> out(kMaxRecord);
  const auto refused = [&](auto change) {
    Outcome o = accepted();
    change(o);
    const auto result = encode(o, out);
    return !result.has_value() && result.error().code() == Errc::limit;
  };
  const std::string id65(65, 'x');
  const std::string key97(97, 'x');
  const std::string why121(121, 'x');
  CHECK(refused([&](Outcome& o) { o.store = id65; }));
  CHECK(refused([&](Outcome& o) { o.related = id65; }));
  CHECK(refused([&](Outcome& o) { o.offer = key97; }));
  CHECK(refused([&](Outcome& o) { o.remark = why121; }));
  CHECK(refused([](Outcome& o) { o.basket = "\xC3("; }));
  CHECK(refused([](Outcome& o) { o.at = -1; }));
  CHECK(refused([](Outcome& o) { o.propensity_ppm = 1'000'001; }));
  CHECK(refused([](Outcome& o) { o.currency[3] = 'X'; }));
  CHECK(refused([](Outcome& o) { o.part = 1; }));
  CHECK(refused([](Outcome& o) { o.parts = 0; }));
  CHECK(refused([](Outcome& o) { o.kind = static_cast<OutcomeKind>(0); }));
  CHECK(refused([](Outcome& o) { o.kind = static_cast<OutcomeKind>(99); }));
  CHECK_FALSE(refused([](Outcome&) {}));
  CHECK(encode(accepted(), std::span(out).first(40)).error().code() == Errc::limit);
}

TEST_CASE("outcome: every prefix of a record is refused, and so is a byte more", "[model]") {
  const OutcomeLine two[] = {{"sku:A", 1000, 100}, {"sku:B", -500, -50}};
  auto bytes = encoded(basket(two));
  std::array<OutcomeLine, kLinesPerPart> lines;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    CHECK_FALSE(decode(std::span(bytes).first(n), lines).has_value());
  }
  CHECK_FALSE(decode(bytes, std::span(lines).first(1)).has_value());
  bytes.push_back(std::byte{0});
  CHECK(decode(bytes, lines).error().code() == Errc::corrupt);
}

TEST_CASE("outcome: hostile bytes are refused, or are a record that encodes to themselves",
          "[model]") {
  const std::uint32_t s = seed();
  INFO("seed " << s);
  std::mt19937 random(s);
  const OutcomeLine two[] = {{"sku:A", 1000, 100}, {"sku:B", -500, -50}};
  const std::vector<std::vector<std::byte>> originals = {encoded(accepted()), encoded(basket(two))};
  std::array<OutcomeLine, kLinesPerPart> lines;
  std::vector<std::byte> again(kMaxRecord);
  unsigned read = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::vector<std::byte> bytes = originals[random() % originals.size()];
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random() % 4 == 0 ? 0xFF : random());
    }
    if (random() % 8 == 0) bytes.resize(random() % (bytes.size() + 20));
    const auto back = decode(bytes, lines);
    if (!back.has_value()) continue;
    ++read;
    const auto size = encode(*back, again);
    REQUIRE(size.has_value());
    REQUIRE(std::equal(bytes.begin(), bytes.end(), again.begin(),
                       again.begin() + static_cast<std::ptrdiff_t>(*size)));
  }
  CHECK(read > 100);
}
