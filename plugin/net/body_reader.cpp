#include "plugin/net/body_reader.hpp"

#include <algorithm>

namespace sidedish::net {
namespace {

constexpr unsigned kMaxDigits = 16;
constexpr std::size_t kMaxSkipped = 8 * 1024;
constexpr unsigned kNoDigit = 16;

unsigned hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return kNoDigit;
}

}  // namespace

BodyReader BodyReader::of_length(std::uint64_t length, std::size_t max_body) {
  BodyReader reader(Step::fixed, max_body);
  reader.left_ = length;
  if (length > max_body) {
    reader.state_ = State::too_large;
  } else if (length == 0) {
    reader.state_ = State::done;
  }
  return reader;
}

BodyReader BodyReader::in_chunks(std::size_t max_body, Extras extras) {
  BodyReader reader(Step::size, max_body);
  reader.extras_ = extras;
  return reader;
}

BodyReader::State BodyReader::feed(std::string_view& bytes) {
  while (state_ == State::more && !bytes.empty()) {
    if (step_ == Step::fixed || step_ == Step::data) {
      take_data(bytes);
      continue;
    }
    state_ = step(bytes.front());
    bytes.remove_prefix(1);
  }
  return state_;
}

void BodyReader::take_data(std::string_view& bytes) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  body_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  left_ -= n;
  if (left_ > 0) return;
  if (step_ == Step::fixed) state_ = State::done;
  step_ = Step::data_cr;
}

BodyReader::State BodyReader::digit(unsigned value) {
  if (++digits_ > kMaxDigits) return State::bad;
  left_ = left_ << 4U | value;
  return State::more;
}

BodyReader::State BodyReader::size_line_over() {
  digits_ = 0;
  if (left_ == 0) {
    step_ = Step::trailer_start;
    return State::more;
  }
  step_ = Step::data;
  return left_ > max_body_ - body_.size() ? State::too_large : State::more;
}

BodyReader::State BodyReader::step(char c) {
  const auto go = [this](Step next) {
    step_ = next;
    return State::more;
  };
  const bool skips = extras_ == Extras::skip;
  const auto skip = [&](Step next) {
    const bool text = c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    return skips && text && ++skipped_ <= kMaxSkipped ? go(next) : State::bad;
  };
  switch (step_) {
    case Step::size:
      if (hex_value(c) != kNoDigit) return digit(hex_value(c));
      if (digits_ == 0) return State::bad;
      if (c == '\r') return go(Step::size_end);
      return c == ';' || c == ' ' || c == '\t' ? skip(Step::extension) : State::bad;
    case Step::extension:
      return c == '\r' ? go(Step::size_end) : skip(Step::extension);
    case Step::size_end:
      return c == '\n' ? size_line_over() : State::bad;
    case Step::data_cr:
      return c == '\r' ? go(Step::data_lf) : State::bad;
    case Step::data_lf:
      return c == '\n' ? go(Step::size) : State::bad;
    case Step::trailer_start:
      return c == '\r' ? go(Step::last_lf) : skip(Step::trailer);
    case Step::trailer:
      return c == '\r' ? go(Step::trailer_lf) : skip(Step::trailer);
    case Step::trailer_lf:
      return c == '\n' ? go(Step::trailer_start) : State::bad;
    case Step::last_lf:
      return c == '\n' ? State::done : State::bad;
    case Step::fixed:
    case Step::data:
      break;  // take_data() eats those
  }
  return State::bad;
}

}  // namespace sidedish::net
