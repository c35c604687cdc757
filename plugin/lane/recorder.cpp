#include "plugin/lane/recorder.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::lane {
namespace {

constexpr std::size_t kPiece = 15 * 1024;  // of a decision record; leaves room for the head
constexpr std::int64_t kHour = 3'600'000;

}  // namespace

void Recorder::complete(model::Outcome& outcome) const noexcept {
  outcome.store = common_.store;
  outcome.terminal = common_.terminal;
  outcome.at = common_.at;
  outcome.steady = common_.steady;
  outcome.clock = common_.clock;
}

void Recorder::fold(const model::Outcome& outcome, std::int64_t sum) noexcept {
  TallyKey key;
  key.hour = outcome.at / kHour;
  key.rule = outcome.rule_stable;
  key.arm = outcome.arm;
  key.kind = outcome.kind;
  std::memcpy(key.currency, outcome.currency, sizeof key.currency);
  ring_.fold(key, 1, sum);
}

void Recorder::record(model::Outcome outcome, std::int64_t sum) noexcept {
  complete(outcome);
  ring_.prepare(1);
  ++counts_.outcomes;
  if (ring_.append(outcome)) return;
  ++counts_.folded;
  fold(outcome, sum);
}

void Recorder::record_basket(model::Outcome outcome,
                             std::span<const model::OutcomeLine> lines) noexcept {
  complete(outcome);
  const std::size_t parts =
      std::max<std::size_t>(1, (lines.size() + model::kLinesPerPart - 1) / model::kLinesPerPart);
  outcome.parts = static_cast<std::uint16_t>(parts);
  ring_.prepare(static_cast<std::uint32_t>(parts));
  const Ring::Mark before = ring_.mark();
  for (std::size_t part = 0; part < parts; ++part) {
    const std::size_t from = part * model::kLinesPerPart;
    outcome.part = static_cast<std::uint16_t>(part);
    outcome.basket_lines =
        lines.subspan(from, std::min<std::size_t>(model::kLinesPerPart, lines.size() - from));
    if (!ring_.append(outcome)) {
      ring_.rollback(before);
      outcome.part = 0;
      ++counts_.outcomes;
      ++counts_.folded;
      fold(outcome, outcome.total);
      return;
    }
  }
  counts_.outcomes += parts;
}

void Recorder::record_decision(model::Outcome outcome, std::span<const std::byte> bytes) noexcept {
  complete(outcome);
  outcome.kind = OutcomeKind::decision;
  const std::size_t parts = (bytes.size() + kPiece - 1) / kPiece;
  outcome.parts = static_cast<std::uint16_t>(parts);
  ring_.prepare(static_cast<std::uint32_t>(parts));
  const Ring::Mark before = ring_.mark();
  bool fits = ring_.used() < kDataBytes / 4 * 3;
  for (std::size_t part = 0; fits && part < parts; ++part) {
    outcome.part = static_cast<std::uint16_t>(part);
    outcome.decision = bytes.subspan(part * kPiece, std::min(kPiece, bytes.size() - part * kPiece));
    fits = ring_.append(outcome);
  }
  ++(fits ? counts_.decisions : counts_.decisions_dropped);
  if (fits) return;
  ring_.rollback(before);
  fold(outcome, 0);
}

}  // namespace sidedish::lane
