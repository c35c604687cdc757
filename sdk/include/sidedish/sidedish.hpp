// Sidedish for C++20 hosts: the C header with owners, views and spans. Header only; nothing here throws, and nothing
// is allocated but by the host's own vectors. The rules of the C header hold unchanged.   Apache-2.0
#ifndef SIDEDISH_SIDEDISH_HPP
#define SIDEDISH_SIDEDISH_HPP

#include <array>
#include <cstdint>
#include <cstring>
#include <sidedish/sidedish.h>
#include <span>
#include <string_view>
#include <utility>

namespace sidedish_sdk {

/// A status of the C header. True when the call did what it says.
struct [[nodiscard]] Status {
  std::int32_t code = SIDEDISH_OK;
  explicit operator bool() const noexcept { return code == SIDEDISH_OK; }
  std::string_view name() const noexcept { return sidedish_status_name(code); }
};

inline sidedish_text text(std::string_view s) noexcept { return {s.data(), s.size()}; }
inline std::string_view view(sidedish_text t) noexcept {
  return t.data == nullptr ? std::string_view() : std::string_view(t.data, t.size);
}

/// The structs of the C header with struct_size set.
template <class T>
T make() noexcept {
  T value;
  std::memset(&value, 0, sizeof value);
  value.struct_size = static_cast<std::uint32_t>(sizeof value);
  return value;
}
inline sidedish_snapshot snapshot(std::string_view basket, std::uint64_t seq,
                                  std::string_view currency) noexcept {
  auto s = make<sidedish_snapshot>();
  s.basket = text(basket);
  s.seq = seq;
  s.prices_include_tax = -1;
  std::memcpy(s.currency, currency.data(), currency.size() < 3 ? currency.size() : 3);
  return s;
}
inline sidedish_line line(std::string_view product, std::int64_t quantity,
                          std::int64_t unit_price) noexcept {
  auto l = make<sidedish_line>();
  l.product = text(product);
  l.quantity = quantity;
  l.unit_price = unit_price;
  return l;
}

/// A binary float as money or quantity; see sidedish_from_double().
inline Status from_double(double value, std::uint32_t exponent, std::int64_t& out) noexcept {
  return {sidedish_from_double(value, exponent, &out)};
}

/// The customer of a snapshot; views and spans are borrowed until the update. What is left alone is not said.
struct Customer {
  std::string_view id{};
  std::span<const sidedish_text> segments{};
  bool segments_known = false;  ///< they are all there are, even if there is none
  std::span<const sidedish_text> avoid{};
  std::int32_t visit = SIDEDISH_VISIT_UNKNOWN;
  std::span<const sidedish_bought> bought{};
  std::uint32_t bought_days = 0;  ///< `bought` is all of so many days
};
inline void set_customer(sidedish_snapshot& s, const Customer& customer) noexcept {
  s.customer_id = text(customer.id);
  s.segments = customer.segments.data();
  s.segment_count = static_cast<std::uint32_t>(customer.segments.size());
  s.segments_known = customer.segments_known ? 1 : 0;
  s.avoid = customer.avoid.data();
  s.avoid_count = static_cast<std::uint32_t>(customer.avoid.size());
  s.visit = customer.visit;
  s.bought = customer.bought.data();
  s.bought_count = static_cast<std::uint32_t>(customer.bought.size());
  s.bought_days = customer.bought_days;
}
inline sidedish_bought bought(std::string_view product, std::uint32_t days_ago) noexcept {
  auto b = make<sidedish_bought>();
  b.product = text(product);
  b.days_ago = days_ago;
  return b;
}

/// The prompts of one update, best first. Their texts live until the next call on the lane.
class Prompts {
 public:
  Prompts() noexcept { room_[0].struct_size = static_cast<std::uint32_t>(sizeof(sidedish_prompt)); }
  const sidedish_prompt* begin() const noexcept { return room_.data(); }
  const sidedish_prompt* end() const noexcept { return room_.data() + count_; }
  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  const sidedish_prompt& operator[](std::size_t i) const noexcept { return room_[i]; }

 private:
  friend class Lane;
  std::array<sidedish_prompt, 4> room_{};
  std::uint32_t count_ = 0;
};

/// One terminal's lane. Closed with its owner; one thread at a time. A lane that could not be opened answers every call
/// with E_INVALID and shows nothing: a host need not ask.
class Lane {
 public:
  Lane() = default;
  explicit Lane(sidedish_lane* lane) noexcept : lane_(lane) {}
  Lane(Lane&& other) noexcept : lane_(std::exchange(other.lane_, nullptr)) {}
  Lane& operator=(Lane&& other) noexcept {
    if (this != &other) {
      sidedish_lane_close(lane_);
      lane_ = std::exchange(other.lane_, nullptr);
    }
    return *this;
  }
  ~Lane() { sidedish_lane_close(lane_); }

  /// The basket as it is now. `out` has the prompts to be shown; those that are no longer in it are to be cleared.
  Status update(sidedish_snapshot snapshot, std::span<const sidedish_line> lines,
                Prompts& out) noexcept {
    snapshot.lines = lines.data();
    snapshot.line_count = static_cast<std::uint32_t>(lines.size());
    out.room_[0].struct_size = static_cast<std::uint32_t>(sizeof(sidedish_prompt));
    out.count_ = static_cast<std::uint32_t>(out.room_.size());
    const std::int32_t code =
        sidedish_basket_update(lane_, &snapshot, out.room_.data(), &out.count_);
    return {code};
  }
  /// The parts of a standing prompt; `count` of `room` are written.
  Status parts(std::uint64_t prompt, std::span<sidedish_part> room, std::uint32_t& count) noexcept {
    count = static_cast<std::uint32_t>(room.size());
    if (!room.empty()) room[0].struct_size = static_cast<std::uint32_t>(sizeof(sidedish_part));
    return {sidedish_prompt_parts(lane_, prompt, room.data(), &count)};
  }
  Status event(std::int32_t type, std::string_view basket) noexcept {
    auto e = make<sidedish_event>();
    e.type = type;
    e.basket = text(basket);
    return {sidedish_basket_event(lane_, &e)};
  }
  Status completed(std::string_view basket, std::int64_t total) noexcept {
    auto e = make<sidedish_event>();
    e.type = SIDEDISH_EVENT_COMPLETED;
    e.basket = text(basket);
    e.total = total;
    e.total_known = 1;
    return {sidedish_basket_event(lane_, &e)};
  }
  Status resumed(std::string_view basket, std::span<const std::byte> token) noexcept {
    auto e = make<sidedish_event>();
    e.type = SIDEDISH_EVENT_RESUMED;
    e.basket = text(basket);
    e.token = token.data();
    e.token_size = token.size();
    return {sidedish_basket_event(lane_, &e)};
  }
  Status replaced(std::string_view basket, std::string_view by) noexcept {
    auto e = make<sidedish_event>();
    e.type = SIDEDISH_EVENT_REPLACED_BY;
    e.basket = text(basket);
    e.related = text(by);
    return {sidedish_basket_event(lane_, &e)};
  }
  Status token(std::string_view basket, std::array<std::byte, 256>& out) noexcept {
    std::size_t size = out.size();
    return {sidedish_basket_token(lane_, text(basket), out.data(), &size)};
  }
  Status answer(std::uint64_t prompt, std::int32_t type, std::int32_t by,
                std::string_view why = {}) noexcept {
    auto o = make<sidedish_outcome>();
    o.type = type;
    o.prompt = prompt;
    o.by = by;
    o.why = text(why);
    return {sidedish_prompt_outcome(lane_, &o)};
  }
  /// A product that was sold comes back; `basket`: the sale it refers to, where that is known.
  Status returned(std::string_view product, std::int64_t quantity, std::int64_t value,
                  std::string_view currency, std::string_view basket = {}) noexcept {
    auto r = make<sidedish_return>();
    r.basket = text(basket);
    r.product = text(product);
    r.quantity = quantity;
    r.value = value;
    std::memcpy(r.currency, currency.data(), currency.size() < 3 ? currency.size() : 3);
    return {sidedish_record_return(lane_, &r)};
  }
  Status refresh() noexcept { return {sidedish_lane_refresh(lane_)}; }
  Status status(sidedish_status& out) const noexcept {
    out = make<sidedish_status>();
    return {sidedish_lane_status(lane_, &out)};
  }
  std::string_view error() const noexcept { return view(sidedish_lane_error(lane_)); }
  sidedish_lane* get() const noexcept { return lane_; }

 private:
  sidedish_lane* lane_ = nullptr;
};

/// The plugin in this process. Lanes must not outlive it: closing it closes them.
class Host {
 public:
  Host() = default;
  Host(Host&& other) noexcept : host_(std::exchange(other.host_, nullptr)) {}
  Host& operator=(Host&& other) noexcept {
    if (this != &other) {
      sidedish_close(host_);
      host_ = std::exchange(other.host_, nullptr);
    }
    return *this;
  }
  ~Host() { sidedish_close(host_); }

  static sidedish_config config() noexcept {
    auto c = make<sidedish_config>();
    c.abi_major = SIDEDISH_ABI_MAJOR;
    return c;
  }
  Status open(const sidedish_config& with = config()) noexcept {
    sidedish_close(std::exchange(host_, nullptr));
    return {sidedish_open(&with, &host_)};
  }
  /// E_NO_STATE: the lane is open and silent. `barcode_masks`: see sidedish_lane_config.
  Status open_lane(std::string_view store, std::string_view terminal, std::uint32_t capabilities,
                   Lane& out, std::string_view barcode_masks = {}) noexcept {
    auto c = make<sidedish_lane_config>();
    c.capabilities = capabilities;
    c.store = text(store);
    c.terminal = text(terminal);
    c.barcode_masks = text(barcode_masks);
    sidedish_lane* lane = nullptr;
    const std::int32_t code = sidedish_lane_open(host_, &c, &lane);
    out = Lane(lane);
    return {code};
  }

 private:
  sidedish_host* host_ = nullptr;
};

}  // namespace sidedish_sdk
#endif  // SIDEDISH_SIDEDISH_HPP
