#include "rules/model/outcome.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/text.hpp"

#include <cstring>

// Body, little-endian, no padding. Version 1:
//
//   u8 version, kind, clock, arm, prompt_kind, channel, moment, by
//   u64 epoch, counter   i64 at, steady   u64 prompt   u32 rule_stable, revision, propensity_ppm
//   char currency[4]     i64 quantity, price_effect, saving      u16 part, parts     u8 mode,
//   zero[3] u64 image_version kind basket only:    u8 end, flags (1 eligible, 2 attached, 4
//   margin_known), lines here, unit_of
//                        u64 unit   i64 total, margin, items   u32 lines, shown, withheld, accepted
//                        i64 opened_at, eligible_at, tender_at, ended_at
//   kind decision only:  u32 bytes of the decision record
//   u8 length, then UTF-8: store, terminal, basket, rule, offer, remark, related
//   kind basket only:    per line i64 quantity, i64 value, u8 length, key
//   kind decision only:  the bytes of the decision record
namespace sidedish::model {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxRemark = 120;
constexpr std::uint16_t kMaxParts = 64;
constexpr std::int64_t kMaxSum = 2000 * kMaxAmount;
constexpr UtcMs kMaxTime = 253'402'300'799'999;  // the last millisecond of the year 9999

constexpr bool within(std::int64_t value, std::int64_t bound) noexcept {
  return value >= -bound && value <= bound;
}
constexpr bool is_time(UtcMs value) noexcept { return value >= 0 && value <= kMaxTime; }

bool is_currency(const char (&code)[4]) noexcept {
  if (code[3] != 0) return false;
  if (code[0] == 0 && code[1] == 0 && code[2] == 0) return true;
  for (unsigned i = 0; i < 3; ++i) {
    if (code[i] < 'A' || code[i] > 'Z') return false;
  }
  return true;
}

/// The first thing of a record that is out of its range, or nullptr. Both directions ask it, so
/// that what encode() accepts decode() accepts too.
const char* out_of_range(const Outcome& o) noexcept {
  const auto above = [](auto value, auto last) { return value > last; };
  if (o.kind < OutcomeKind::shown || above(o.kind, OutcomeKind::audit)) return "kind";
  if (above(o.clock, ClockQuality::unset)) return "clock";
  if (above(o.arm, Arm::global_control)) return "arm";
  if (above(o.prompt_kind, Kind::receipt)) return "prompt kind";
  if (above(o.channel, Channel::receipt)) return "channel";
  if (above(o.moment, Moment::receipt)) return "moment";
  if (above(o.by, By::customer)) return "by";
  if (above(o.mode, Mode::price_check)) return "mode";
  if (!is_time(o.at) || o.steady < 0) return "time";
  if (o.propensity_ppm > 1'000'000) return "propensity";
  if (!within(o.quantity, kMaxSum) || !within(o.price_effect, kMaxSum) ||
      !within(o.saving, kMaxSum)) {
    return "amount";
  }
  if (!is_currency(o.currency)) return "currency";
  if (o.parts == 0 || o.parts > kMaxParts || o.part >= o.parts) return "part";
  struct Bound {
    std::string_view text;
    std::size_t most;
    const char* what;
  };
  const Bound bounds[] = {{o.store, kMaxIdBytes, "store"},    {o.terminal, kMaxIdBytes, "terminal"},
                          {o.basket, kMaxIdBytes, "basket"},  {o.rule, kMaxIdBytes, "rule"},
                          {o.offer, kMaxKeyBytes, "offer"},   {o.remark, kMaxRemark, "remark"},
                          {o.related, kMaxIdBytes, "related"}};
  for (const Bound& b : bounds) {
    if (b.text.size() > b.most || !valid_utf8(b.text)) return b.what;
  }
  if (o.kind != OutcomeKind::basket) return nullptr;
  if (above(o.end, End::replaced)) return "end";
  if (above(o.unit_of, Unit::store_day)) return "unit_of";
  if (!within(o.total, kMaxSum) || !within(o.margin, kMaxSum) || !within(o.items, kMaxSum)) {
    return "total";
  }
  if (!is_time(o.opened_at) || !is_time(o.eligible_at) || !is_time(o.tender_at) ||
      !is_time(o.ended_at)) {
    return "time";
  }
  if (o.basket_lines.size() > kLinesPerPart) return "lines";
  for (const OutcomeLine& line : o.basket_lines) {
    if (line.key.empty() || line.key.size() > kMaxKeyBytes || !valid_utf8(line.key)) return "key";
    if (!within(line.quantity, kMaxSum) || !within(line.value, kMaxSum)) return "line";
  }
  return nullptr;
}

class Writer {
 public:
  explicit Writer(std::span<std::byte> out) noexcept : out_(out) {}
  template <class T>
  void put(T value) noexcept {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    if (std::byte* to = room(sizeof value)) store(to, value);
  }
  void put_bytes(const void* from, std::size_t size) noexcept {
    std::byte* to = room(size);
    if (to != nullptr && size > 0) std::memcpy(to, from, size);
  }
  void put_text(std::string_view text) noexcept {
    put(static_cast<std::uint8_t>(text.size()));
    put_bytes(text.data(), text.size());
  }
  bool fits() const noexcept { return fits_; }
  std::size_t used() const noexcept { return used_; }

 private:
  std::byte* room(std::size_t size) noexcept {
    if (size > out_.size() - used_) {
      fits_ = false;
      return nullptr;
    }
    std::byte* at = out_.data() + used_;
    used_ += size;
    return at;
  }
  std::span<std::byte> out_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> in) noexcept : in_(in) {}
  template <class T>
  void get(T& value) noexcept {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    if (const std::byte* from = take(sizeof value)) value = load<T>(from);
  }
  void get_bytes(void* to, std::size_t size) noexcept {
    if (const std::byte* from = take(size)) std::memcpy(to, from, size);
  }
  std::span<const std::byte> get_span(std::size_t size) noexcept {
    const std::byte* from = take(size);
    return from != nullptr ? std::span<const std::byte>(from, size) : std::span<const std::byte>();
  }
  std::string_view get_text() noexcept {
    std::uint8_t size = 0;
    get(size);
    const std::span<const std::byte> bytes = get_span(size);
    // Bytes may be looked at as characters: the one aliasing that C++ allows.
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void get_zeros(unsigned count) noexcept {
    for (unsigned i = 0; i < count; ++i) {
      std::uint8_t zero = 0;
      get(zero);
      if (zero != 0) whole_ = false;
    }
  }
  bool whole() const noexcept { return whole_; }
  bool at_end() const noexcept { return whole_ && used_ == in_.size(); }

 private:
  const std::byte* take(std::size_t size) noexcept {
    if (!whole_ || size > in_.size() - used_) {
      whole_ = false;
      return nullptr;
    }
    const std::byte* at = in_.data() + used_;
    used_ += size;
    return at;
  }
  std::span<const std::byte> in_;
  std::size_t used_ = 0;
  bool whole_ = true;
};

}  // namespace

Result<std::size_t> encode(const Outcome& o, std::span<std::byte> out) noexcept {
  if (const char* what = out_of_range(o)) {
    return fail(Errc::limit, "encoding an outcome: out of its range", what);
  }
  Writer w(out.first(out.size() < kMaxRecord ? out.size() : kMaxRecord));
  w.put(kVersion);
  w.put(o.kind);
  w.put(o.clock);
  w.put(o.arm);
  w.put(o.prompt_kind);
  w.put(o.channel);
  w.put(o.moment);
  w.put(o.by);
  w.put(o.record.epoch);
  w.put(o.record.counter);
  w.put(o.at);
  w.put(o.steady);
  w.put(o.prompt);
  w.put(o.rule_stable);
  w.put(o.revision);
  w.put(o.propensity_ppm);
  w.put_bytes(o.currency, sizeof o.currency);
  w.put(o.quantity);
  w.put(o.price_effect);
  w.put(o.saving);
  w.put(o.part);
  w.put(o.parts);
  w.put(o.mode);
  w.put_bytes("\0\0\0", 3);
  w.put(o.image_version);
  const bool is_basket = o.kind == OutcomeKind::basket;
  if (is_basket) {
    w.put(o.end);
    w.put(static_cast<std::uint8_t>((o.eligible ? 1U : 0U) | (o.attached ? 2U : 0U) |
                                    (o.margin_known ? 4U : 0U)));
    w.put(static_cast<std::uint8_t>(o.basket_lines.size()));
    w.put(o.unit_of);
    w.put(o.unit);
    w.put(o.total);
    w.put(o.margin);
    w.put(o.items);
    w.put(o.lines);
    w.put(o.shown);
    w.put(o.withheld);
    w.put(o.accepted);
    w.put(o.opened_at);
    w.put(o.eligible_at);
    w.put(o.tender_at);
    w.put(o.ended_at);
  }
  const bool is_decision = o.kind == OutcomeKind::decision;
  if (is_decision) w.put(static_cast<std::uint32_t>(o.decision.size()));
  for (const std::string_view text :
       {o.store, o.terminal, o.basket, o.rule, o.offer, o.remark, o.related}) {
    w.put_text(text);
  }
  if (is_basket) {
    for (const OutcomeLine& line : o.basket_lines) {
      w.put(line.quantity);
      w.put(line.value);
      w.put_text(line.key);
    }
  }
  if (is_decision) w.put_bytes(o.decision.data(), o.decision.size());
  if (!w.fits()) return fail(Errc::limit, "encoding an outcome: no room left for the record");
  return w.used();
}

Result<Outcome> decode(std::span<const std::byte> bytes, std::span<OutcomeLine> lines) noexcept {
  const auto corrupt = [](const char* what) {
    return fail(Errc::corrupt, "reading an outcome record", what);
  };
  if (bytes.size() > kMaxRecord) return corrupt("longer than 16 KiB");
  Reader r(bytes);
  Outcome o;
  std::uint8_t version = 0;
  r.get(version);
  if (version != kVersion) return corrupt("not version 1");
  r.get(o.kind);
  r.get(o.clock);
  r.get(o.arm);
  r.get(o.prompt_kind);
  r.get(o.channel);
  r.get(o.moment);
  r.get(o.by);
  r.get(o.record.epoch);
  r.get(o.record.counter);
  r.get(o.at);
  r.get(o.steady);
  r.get(o.prompt);
  r.get(o.rule_stable);
  r.get(o.revision);
  r.get(o.propensity_ppm);
  r.get_bytes(o.currency, sizeof o.currency);
  r.get(o.quantity);
  r.get(o.price_effect);
  r.get(o.saving);
  r.get(o.part);
  r.get(o.parts);
  r.get(o.mode);
  r.get_zeros(3);
  r.get(o.image_version);
  std::uint8_t line_count = 0;
  const bool is_basket = o.kind == OutcomeKind::basket;
  if (is_basket) {
    std::uint8_t flags = 0;
    r.get(o.end);
    r.get(flags);
    r.get(line_count);
    r.get(o.unit_of);
    if (flags > 7) return corrupt("unknown flags");
    o.eligible = (flags & 1U) != 0;
    o.attached = (flags & 2U) != 0;
    o.margin_known = (flags & 4U) != 0;
    r.get(o.unit);
    r.get(o.total);
    r.get(o.margin);
    r.get(o.items);
    r.get(o.lines);
    r.get(o.shown);
    r.get(o.withheld);
    r.get(o.accepted);
    r.get(o.opened_at);
    r.get(o.eligible_at);
    r.get(o.tender_at);
    r.get(o.ended_at);
  }
  std::uint32_t decision_size = 0;
  if (o.kind == OutcomeKind::decision) r.get(decision_size);
  for (std::string_view* text :
       {&o.store, &o.terminal, &o.basket, &o.rule, &o.offer, &o.remark, &o.related}) {
    *text = r.get_text();
  }
  if (line_count > kLinesPerPart || line_count > lines.size()) return corrupt("too many lines");
  for (unsigned i = 0; i < line_count; ++i) {
    OutcomeLine& line = lines[i];
    line = {};
    r.get(line.quantity);
    r.get(line.value);
    line.key = r.get_text();
  }
  o.basket_lines = lines.first(line_count);
  if (decision_size > kMaxRecord) return corrupt("decision too long");
  o.decision = r.get_span(decision_size);
  if (!r.whole()) return corrupt("cut short, or reserved bytes set");
  if (!r.at_end()) return corrupt("bytes left over");
  if (const char* what = out_of_range(o)) return corrupt(what);
  return o;
}

}  // namespace sidedish::model
