#include "plugin/net/problem.hpp"

#include "rules/base/text.hpp"

namespace sidedish::net {
namespace {

/// Length of the valid UTF-8 character at the front; 0 when there is none.
std::size_t character(std::string_view text) {
  for (std::size_t n = 1; n <= 4 && n <= text.size(); ++n) {
    if (valid_utf8(text.substr(0, n))) return n;
  }
  return 0;
}

void quote(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    std::size_t n = 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20 || c == 0x7F) {
      out += "\\u00";
      out += kHex[c >> 4U];
      out += kHex[c & 0xFU];
    } else if (n = character(text); n > 0) {
      out += text.substr(0, n);
    } else {
      n = 1;
      out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(n);
  }
  out += '"';
}

void member(std::string& out, std::string_view name, std::string_view value) {
  quote(out, name);
  out += ':';
  quote(out, value);
}

}  // namespace

Response problem(int status, std::string_view type, std::string_view title, std::string_view detail,
                 std::span<const ProblemItem> errors) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("X-Content-Type-Options", "nosniff").set("Cache-Control", "no-store");
  std::string& out = response.body;
  out += '{';
  member(out, "type", type);
  out += ',';
  member(out, "title", title);
  out += ",\"status\":" + std::to_string(status);
  if (!detail.empty()) {
    out += ',';
    member(out, "detail", detail);
  }
  if (!errors.empty()) {
    out += ",\"errors\":[";
    for (const ProblemItem& item : errors) {
      out += &item == errors.data() ? "{" : ",{";
      member(out, "pointer", item.pointer);
      out += ',';
      member(out, "detail", item.detail);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  return response;
}

Response problem(int status, std::string_view detail) {
  return problem(status, "about:blank", reason_phrase(status), detail);
}

}  // namespace sidedish::net
