#include "plugin/net/wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sidedish::net {
namespace {

constexpr std::string_view kAlnum =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool digits(std::string_view text) noexcept {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// host [":" port] of RFC 3986 without percent-encoding: a name, an IPv4 address or a bracketed
/// IPv6 address.
bool valid_host(std::string_view text) noexcept {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    if (text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") !=
        std::string_view::npos) {
      return false;
    }
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, end);
    const auto odd = std::find_if(name.begin(), name.end(), [](char c) {
      return kAlnum.find(c) == std::string_view::npos && c != '.' && c != '-' && c != '_';
    });
    if (name.empty() || odd != name.end()) return false;
  }
  if (end == text.size()) return true;
  const std::string_view port = text.substr(end + 1);
  return text[end] == ':' && port.size() <= 5 && digits(port);
}

/// Reads one head. Each step returns none or what it refuses.
class Check {
 public:
  explicit Check(std::string_view head) : head_(head) {}

  HeadFacts run() {
    Refusal refusal = check_line_ends(head_);
    if (refusal == Refusal::none && (!head_.ends_with("\r\n\r\n"))) refusal = Refusal::malformed;
    if (refusal == Refusal::none) refusal = request_line(next_line());
    for (std::string_view line = next_line(); refusal == Refusal::none && !line.empty();
         line = next_line()) {
      refusal = field(line);
    }
    if (refusal == Refusal::none && !head_.empty()) refusal = Refusal::malformed;
    if (refusal == Refusal::none) refusal = whole();
    facts_.refusal = refusal;
    if (refusal != Refusal::none && facts_.status == 0) facts_.status = 400;
    return facts_;
  }

 private:
  Refusal refuse(Refusal refusal, int status) {
    facts_.status = status;
    return refusal;
  }

  std::string_view next_line() {
    const std::size_t end = head_.find("\r\n");
    if (end == std::string_view::npos) return {};
    const std::string_view line = head_.substr(0, end);
    head_.remove_prefix(end + 2);
    return line;
  }

  Refusal request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first) return Refusal::malformed;
    facts_.method = line.substr(0, first);
    facts_.target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!valid_field_name(facts_.method) || facts_.method.size() > 32) return Refusal::malformed;
    if (facts_.target.empty() || !std::all_of(facts_.target.begin(), facts_.target.end(),
                                              [](char c) { return c > 0x20 && c < 0x7F; })) {
      return Refusal::malformed;
    }
    if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
        !digits(version.substr(5, 1)) || !digits(version.substr(7, 1))) {
      return Refusal::malformed;
    }
    if (version == "HTTP/1.0") {
      facts_.http11 = facts_.keep_alive = false;
    } else if (version != "HTTP/1.1") {
      return refuse(Refusal::version, 505);
    }
    return Refusal::none;
  }

  Refusal field(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') return Refusal::obs_fold;
    if (++fields_ > kMaxFields) return refuse(Refusal::too_many_fields, 431);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Refusal::malformed;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (!valid_field_name(name) || !valid_field_value(value)) return Refusal::malformed;
    if (iequals(name, "Host")) return host(value);
    if (iequals(name, "Content-Length")) return content_length(value);
    if (iequals(name, "Transfer-Encoding")) return transfer_encoding(value);
    if (iequals(name, "Connection")) {
      if (lists_token(value, "close")) facts_.keep_alive = false;
    } else if (iequals(name, "Expect")) {
      if (!iequals(value, "100-continue")) return refuse(Refusal::expectation, 417);
      facts_.expect_continue = true;
    }
    return Refusal::none;
  }

  Refusal host(std::string_view value) {
    if (has_host_) return Refusal::duplicate_host;
    has_host_ = true;
    host_ = value;
    if (value.empty()) return Refusal::missing_host;
    return valid_host(value) ? Refusal::none : Refusal::bad_host;
  }

  Refusal content_length(std::string_view value) {
    if (facts_.content_length) return Refusal::duplicate_length;
    if (!digits(value) || value.size() > 18) return Refusal::bad_length;
    std::uint64_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    facts_.content_length = length;
    return Refusal::none;
  }

  Refusal transfer_encoding(std::string_view value) {
    if (coded_) return Refusal::transfer_encoding;
    coded_ = true;
    if (iequals(value, "chunked")) {
      facts_.chunked = true;
      return Refusal::none;
    }
    // Well-formed, chunked last and once, but with a coding we don't speak: 501 (RFC 9112, 6.1).
    const std::size_t comma = value.rfind(',');
    const bool known_shape = comma != std::string_view::npos &&
                             iequals(trim(value.substr(comma + 1)), "chunked") &&
                             !lists_token(value.substr(0, comma), "chunked") &&
                             valid_field_name(trim(value.substr(0, comma)));
    return refuse(Refusal::transfer_encoding, known_shape ? 501 : 400);
  }

  Refusal whole() {
    if (coded_ && facts_.content_length) return refuse(Refusal::length_and_chunked, 400);
    if (coded_ && !facts_.http11) return Refusal::transfer_encoding;
    if (facts_.http11 && !has_host_) return Refusal::missing_host;
    if (!facts_.http11) facts_.expect_continue = false;  // RFC 9110, 10.1.1
    return target();
  }

  Refusal target() {
    std::string_view& target = facts_.target;
    if (target.find('#') != std::string_view::npos) return Refusal::bad_target;
    if (target == "*") return facts_.method == "OPTIONS" ? Refusal::none : Refusal::bad_target;
    if (target.starts_with('/')) return Refusal::none;
    // RFC 9112, 3.2.2: a server must take the absolute form. Two different hosts in one request are
    // refused.
    constexpr std::string_view kScheme = "http://";
    if (target.size() <= kScheme.size() || !iequals(target.substr(0, kScheme.size()), kScheme)) {
      return Refusal::bad_target;
    }
    const std::string_view rest = target.substr(kScheme.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !iequals(rest.substr(0, slash), host_)) {
      return Refusal::bad_target;
    }
    target = rest.substr(slash);
    return Refusal::none;
  }

  std::string_view head_;
  HeadFacts facts_;
  std::string_view host_;
  std::size_t fields_ = 0;
  bool has_host_ = false;
  bool coded_ = false;
};

constexpr std::array<std::string_view, 6> kFraming = {
    "Content-Length", "Transfer-Encoding", "Connection", "Date", "Keep-Alive", "Trailer"};

bool framing(std::string_view name) noexcept {
  return std::any_of(kFraming.begin(), kFraming.end(),
                     [&](std::string_view ours) { return iequals(ours, name); });
}

void field_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

HeadFacts check_head(std::string_view head) { return Check(head).run(); }

Refusal check_line_ends(std::string_view text, std::size_t from) noexcept {
  bool after_return = from > 0 && from <= text.size() && text[from - 1] == '\r';
  for (std::size_t i = from; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c > '\r' && !after_return) continue;  // nearly every one
    if (c == '\0') return Refusal::malformed;
    if ((c == '\n') != after_return) return Refusal::bare_line_feed;
    after_return = c == '\r';
  }
  return Refusal::none;
}

HeadScanner::Seen HeadScanner::scan(std::string_view got) noexcept {
  const std::size_t end = got.find("\r\n\r\n", looked_ > 3 ? looked_ - 3 : 0);
  const bool whole = end != std::string_view::npos;
  if ((whole ? end + 4 : got.size()) > max_head_) return {Refusal::too_large_head, 0};
  if (whole) return {Refusal::none, end + 4};
  const Refusal refusal = check_line_ends(got, looked_);
  looked_ = got.size();
  return {refusal, 0};
}

bool lists_token(std::string_view list, std::string_view token) noexcept {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (iequals(trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool sendable(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  return std::all_of(response.headers.begin(), response.headers.end(), [](const auto& field) {
    return valid_field_name(field.first) && valid_field_value(field.second);
  });
}

bool has_body(const Response& response, const ResponseFrame& frame) noexcept {
  return !frame.head_request && response.status != 204 && response.status != 304;
}

std::string response_head(const Response& response, const ResponseFrame& frame) {
  constexpr std::size_t kUsual = 256;
  std::string out;
  out.reserve(kUsual);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  if (!frame.date.empty()) field_line(out, "Date", frame.date);
  for (const auto& [name, value] : response.headers) {
    if (!framing(name)) field_line(out, name, value);
  }
  if (frame.chunked) {
    field_line(out, "Transfer-Encoding", "chunked");
  } else if (response.status != 204 && response.status != 304 && !response.stream) {
    field_line(out, "Content-Length", std::to_string(response.body.size()));
  }
  if (frame.close) field_line(out, "Connection", "close");
  return out += "\r\n";
}

std::string chunk(std::string_view bytes) {
  std::array<char, 16> size;
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  std::string out(size.data(), end);
  return out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace sidedish::net
