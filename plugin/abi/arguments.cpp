#include "plugin/abi/arguments.hpp"

#include <cstddef>

namespace sidedish::abi {
namespace {

constexpr std::size_t kMaxText = 256;  // languages, operators, fact texts
constexpr std::uint32_t kKnownHolds = 63;

const char* read_line(const sidedish_line& from, lane::Line& out) noexcept {
  out.kind = from.kind >= 0 && from.kind <= SIDEDISH_LINE_LOG ? static_cast<LineKind>(from.kind)
                                                              : LineKind::unknown;
  const bool is_goods = out.kind == LineKind::goods;
  if (const char* why = wrong_text(from.product, 96, is_goods)) return why;
  if (const char* why = wrong_text(from.line_id, kMaxText, false)) return why;
  if (const char* why = wrong_text(from.bundle, 64, true)) return why;
  if (is_goods && from.product.size == 0) return "a line of goods has no product";
  if (!is_amount(from.quantity) || !is_amount(from.unit_price) || !is_amount(from.line_total)) {
    return "a line's quantity or amount is beyond 10^12";
  }
  out.product = view(from.product);
  out.quantity = from.quantity;
  out.unit_price = from.unit_price;
  out.line_total = from.line_total;
  out.flags = from.flags;
  out.in_bundle = from.bundle.size > 0;
  return nullptr;
}

const char* read_fact(const sidedish_fact& from, lane::Fact& out) noexcept {
  if (const char* why = wrong_text(from.name, 96, true)) return why;
  if (const char* why = wrong_text(from.text, kMaxText, false)) return why;
  if (from.name.size == 0) return "a fact has no name";
  out = {view(from.name), view(from.text), from.number, from.is_number == 1};
  return nullptr;
}

/// The struct at index `i` of a host's array, whose stride is its own struct_size.
template <class T>
bool read_element(const T* array, std::uint32_t stride, std::uint32_t i, T& out) noexcept {
  const auto* at = reinterpret_cast<const std::byte*>(array) + std::size_t{i} * stride;
  std::memset(static_cast<void*>(&out), 0, sizeof out);
  std::memcpy(static_cast<void*>(&out), at, stride < sizeof out ? stride : sizeof out);
  return out.struct_size == stride;
}

template <class T>
bool read_stride(const T* array, std::size_t least, std::uint32_t& stride) noexcept {
  std::memcpy(&stride, array, sizeof stride);
  return stride >= least && stride <= 4096 && stride % alignof(T) == 0;
}

const char* read_texts(const sidedish_text* from, std::uint32_t count,
                       std::span<std::string_view> out) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (from[i].size == 0) return "a name in a list is empty";
    if (const char* why = wrong_text(from[i], 64, true)) return why;
    out[i] = view(from[i]);
  }
  return nullptr;
}

const char* read_customer(const sidedish_snapshot& from, Room& room, lane::Customer& out,
                          lane::Status& status) noexcept {
  if (const char* why = wrong_text(from.customer_id, kMaxText, false)) return why;
  if (from.segment_count > lane::kMaxSegments || from.avoid_count > lane::kMaxAvoid ||
      from.bought_count > lane::kMaxBought) {
    status = lane::Status::limit;
    return "a customer has more than 8 segments, 16 things to avoid or 32 things bought";
  }
  if ((from.segments == nullptr && from.segment_count > 0) ||
      (from.avoid == nullptr && from.avoid_count > 0) ||
      (from.bought == nullptr && from.bought_count > 0)) {
    return "a list of the customer's is NULL with a count";
  }
  if (const char* why = read_texts(from.segments, from.segment_count, room.segments)) return why;
  if (const char* why = read_texts(from.avoid, from.avoid_count, room.avoid)) return why;
  std::uint32_t stride = 0;
  if (from.bought_count > 0 && !read_stride(from.bought, sizeof(sidedish_bought), stride)) {
    status = lane::Status::version;
    return "the struct_size of bought[0] is none that we can serve";
  }
  for (std::uint32_t i = 0; i < from.bought_count; ++i) {
    sidedish_bought bought;
    if (!read_element(from.bought, stride, i, bought)) return "bought differ in struct_size";
    if (const char* why = wrong_text(bought.product, 96, true)) return why;
    if (bought.product.size == 0) return "something bought has no product";
    room.bought[i] = {view(bought.product), bought.days_ago};
  }
  out.id = view(from.customer_id);
  out.segments = std::span(room.segments).first(from.segment_count);
  out.segments_known = from.segments_known == 1;
  out.avoid = std::span(room.avoid).first(from.avoid_count);
  out.visit = known(from.visit, Visit::again, Visit::unknown);
  out.bought = std::span(room.bought).first(from.bought_count);
  out.bought_days = from.bought_days;
  return nullptr;
}

}  // namespace

const char* read_snapshot(const sidedish_snapshot& from, Room& room, lane::Snapshot& out,
                          lane::Status& status) noexcept {
  status = lane::Status::invalid;
  if (from.basket.size == 0) return "a snapshot has no basket id";
  if (const char* why = wrong_text(from.basket, 64, true)) return why;
  if (const char* why = wrong_text(from.language, 64, true)) return why;
  if (const char* why = wrong_text(from.operator_id, kMaxText, false)) return why;
  if (const char* why = wrong_text(from.looking_at, 96, true)) return why;
  if (!is_currency(from.currency)) return "a currency is no ISO 4217 code";
  if (!is_amount(from.total)) return "a total is beyond 10^12";
  if (from.line_count > room.lines.size()) {
    status = lane::Status::limit;
    return "a basket has more than 2,000 lines";
  }
  if (from.fact_count > lane::kMaxFacts) {
    status = lane::Status::limit;
    return "a snapshot has more than 16 facts";
  }
  if ((from.lines == nullptr && from.line_count > 0) ||
      (from.facts == nullptr && from.fact_count > 0)) {
    return "lines or facts are NULL with a count";
  }
  std::uint32_t stride = 0;
  if (from.line_count > 0 && !read_stride(from.lines, offsetof(sidedish_line, bundle), stride)) {
    status = lane::Status::version;
    return "the struct_size of lines[0] is none that we can serve";
  }
  for (std::uint32_t i = 0; i < from.line_count; ++i) {
    sidedish_line line;
    if (!read_element(from.lines, stride, i, line)) return "lines differ in struct_size";
    if (const char* why = read_line(line, room.lines[i])) return why;
  }
  if (from.fact_count > 0 && !read_stride(from.facts, sizeof(sidedish_fact), stride)) {
    status = lane::Status::version;
    return "the struct_size of facts[0] is none that we can serve";
  }
  for (std::uint32_t i = 0; i < from.fact_count; ++i) {
    sidedish_fact fact;
    if (!read_element(from.facts, stride, i, fact)) return "facts differ in struct_size";
    if (const char* why = read_fact(fact, room.facts[i])) return why;
  }
  if (const char* why = read_customer(from, room, out.customer, status)) return why;
  out.basket = view(from.basket);
  out.seq = from.seq;
  out.now = {from.now_utc_ms, from.now_steady_ms};
  // What we cannot name is no sale.
  out.mode = known(from.mode, Mode::price_check, Mode::price_check);
  out.channel = known(from.channel, Channel::receipt, Channel::cashier);
  out.moment = known(from.moment, Moment::receipt, Moment::basket);
  // A hold that we cannot name is a hold.
  out.holds = from.holds & kKnownHolds;
  if ((from.holds & ~kKnownHolds) != 0) out.holds |= kHoldManager;
  out.language = view(from.language);
  out.operator_id = view(from.operator_id);
  out.looking_at = view(from.looking_at);
  std::memcpy(out.currency, from.currency, sizeof out.currency);
  out.taxed = from.prices_include_tax == 1   ? Taxed::included
              : from.prices_include_tax == 0 ? Taxed::excluded
                                             : Taxed::unsaid;
  out.total = from.total;
  out.lines = room.lines.first(from.line_count);
  out.facts = std::span(room.facts).first(from.fact_count);
  status = lane::Status::ok;
  return nullptr;
}

}  // namespace sidedish::abi
