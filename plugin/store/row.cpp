#include "plugin/store/row.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"

#include <cstddef>
#include <cstring>
#include <utility>

namespace sidedish::outbox {
namespace {

struct Head {
  char magic[8];
  std::uint32_t length;  // of everything, this head included
  std::uint32_t crc;     // CRC-32C of everything, this field as zero
  std::uint64_t epoch;
  std::uint64_t sequence;
  std::uint64_t record_epoch;
  std::uint64_t record_counter;
  std::int64_t at;
  std::int64_t amount;
  std::uint64_t weight;
  std::uint8_t kind;
  std::uint8_t arm;
  std::uint8_t about;
  std::uint8_t origin;
  char currency[4];
  std::uint16_t store;
  std::uint16_t terminal;
  std::uint16_t rule;
  std::uint16_t reserved;
};
static_assert(sizeof(Head) == 88);

void add(std::vector<std::byte>& out, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void add(std::vector<std::byte>& out, std::uint64_t number) {
  const auto bytes = bytes_of(number);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Reads what add() wrote; `good` turns false at the first thing that is not there.
struct Reader {
  std::span<const std::byte> left;
  bool good = true;
  std::uint64_t number() {
    if (left.size() < 8) {
      good = false;
      return 0;
    }
    const auto value = load<std::uint64_t>(left.data());
    left = left.subspan(8);
    return value;
  }
  std::string_view text(std::uint64_t size) {
    if (left.size() < size) {
      good = false;
      return {};
    }
    const std::string_view value(reinterpret_cast<const char*>(left.data()),
                                 static_cast<std::size_t>(size));
    left = left.subspan(static_cast<std::size_t>(size));
    return value;
  }
};

void add(std::vector<std::byte>& out, const std::vector<format::NamedCount>& list) {
  add(out, list.size());
  for (const auto& entry : list) {
    add(out, entry.name.size());
    add(out, std::string_view(entry.name));
    add(out, entry.count);
  }
}
void read(Reader& in, std::vector<format::NamedCount>& list) {
  for (std::uint64_t n = in.number(); n > 0 && in.good; --n) {
    format::NamedCount entry;
    entry.name = in.text(in.number());
    entry.count = in.number();
    list.push_back(std::move(entry));
  }
}

}  // namespace

void encode(const Row& row, std::vector<std::byte>& out) {
  Head head{};
  std::memcpy(head.magic, kRowMagic, sizeof head.magic);
  head.length = static_cast<std::uint32_t>(sizeof head + row.store.size() + row.terminal.size() +
                                           row.rule.size() + row.body.size());
  head.epoch = row.epoch;
  head.sequence = row.sequence;
  head.record_epoch = row.record.epoch;
  head.record_counter = row.record.counter;
  head.at = row.at;
  head.amount = row.amount;
  head.weight = row.weight;
  head.kind = static_cast<std::uint8_t>(row.kind);
  head.arm = static_cast<std::uint8_t>(row.arm);
  head.about = static_cast<std::uint8_t>(row.about);
  head.origin = static_cast<std::uint8_t>(row.origin);
  std::memcpy(head.currency, row.currency, sizeof head.currency);
  head.store = static_cast<std::uint16_t>(row.store.size());
  head.terminal = static_cast<std::uint16_t>(row.terminal.size());
  head.rule = static_cast<std::uint16_t>(row.rule.size());
  const auto bytes = bytes_of(head);
  out.assign(bytes.begin(), bytes.end());
  add(out, row.store);
  add(out, row.terminal);
  add(out, row.rule);
  out.insert(out.end(), row.body.begin(), row.body.end());
  sidedish::store(out.data() + offsetof(Head, crc), crc32c(out));
}

Result<Row> decode(std::span<const std::byte> bytes) {
  const auto bad = [] { return fail(Errc::corrupt, "a row of the outbox is damaged"); };
  if (bytes.size() < sizeof(Head)) return bad();
  Head head = load<Head>(bytes.data());
  if (std::memcmp(head.magic, kRowMagic, sizeof head.magic) != 0 || head.length < sizeof head ||
      head.length > kMaxRow || head.length > bytes.size()) {
    return bad();
  }
  bytes = bytes.first(head.length);
  const std::uint32_t expected = std::exchange(head.crc, 0U);
  if (crc32c(bytes.subspan(sizeof head), crc32c(bytes_of(head))) != expected) return bad();
  Reader in{bytes.subspan(sizeof head)};
  Row row;
  row.epoch = head.epoch;
  row.sequence = head.sequence;
  row.record = {head.record_epoch, head.record_counter};
  row.at = head.at;
  row.amount = head.amount;
  row.weight = head.weight;
  row.kind = static_cast<OutcomeKind>(head.kind);
  row.arm = static_cast<Arm>(head.arm);
  row.about = static_cast<OutcomeKind>(head.about);
  row.origin = static_cast<format::Origin>(head.origin);
  std::memcpy(row.currency, head.currency, sizeof head.currency);
  row.store = in.text(head.store);
  row.terminal = in.text(head.terminal);
  row.rule = in.text(head.rule);
  row.body = in.left;
  if (!in.good) return bad();
  return row;
}

int rank_of(OutcomeKind kind) noexcept {
  switch (kind) {
    case OutcomeKind::shown:
    case OutcomeKind::withheld:
      return 0;  // together: the arms lose the same
    case OutcomeKind::withdrawn:
    case OutcomeKind::lapsed:
    case OutcomeKind::arrived:
    case OutcomeKind::not_a_fit:
    case OutcomeKind::accept_failed:
      return 1;
    case OutcomeKind::basket:
      return 2;
    case OutcomeKind::declined:
      return 3;
    case OutcomeKind::kept:
    case OutcomeKind::voided:
    case OutcomeKind::returned:
    case OutcomeKind::undone:
      return 4;
    case OutcomeKind::accepted:
      return 5;
    default:
      return 255;
  }
}

std::vector<std::byte> encode(const format::Tombstone& stone) {
  std::vector<std::byte> out;
  add(out, stone.from);
  add(out, stone.to);
  add(out, static_cast<std::uint64_t>(stone.why));
  add(out, stone.count);
  return out;
}

Result<format::Tombstone> decode_tombstone(std::span<const std::byte> bytes) {
  Reader in{bytes};
  format::Tombstone stone;
  stone.from = in.number();
  stone.to = in.number();
  stone.why = in.number() == 0 ? format::Lost::quarantined : format::Lost::folded;
  stone.count = in.number();
  if (!in.good || !in.left.empty()) return fail(Errc::corrupt, "a tombstone is damaged");
  return stone;
}

std::vector<std::byte> encode(const format::Audit& audit) {
  std::vector<std::byte> out;
  add(out, static_cast<std::uint64_t>(audit.day));
  add(out, audit.last);
  add(out, audit.counts);
  add(out, audit.counters);
  return out;
}

Result<format::Audit> decode_audit(std::span<const std::byte> bytes) {
  Reader in{bytes};
  format::Audit audit;
  audit.day = static_cast<std::int64_t>(in.number());
  audit.last = in.number();
  read(in, audit.counts);
  read(in, audit.counters);
  if (!in.good || !in.left.empty()) return fail(Errc::corrupt, "an audit is damaged");
  return audit;
}

}  // namespace sidedish::outbox
