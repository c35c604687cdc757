#pragma once
// What travels over HTTP, as plain structs: no socket, no library type.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::net {

class Stream;

/// ASCII case is ignored, everything else is compared byte by byte (RFC 9110 field names and
/// tokens).
bool iequals(std::string_view a, std::string_view b) noexcept;

/// Header fields in the order they came. Names are compared without case; one name may come more
/// than once. Linear search: a message carries a few dozen fields at most.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  /// The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// Every field of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;
  /// Replaces every field of that name by one.
  Headers& set(std::string_view name, std::string_view value);
  /// Adds one more field, whatever is there.
  Headers& add(std::string_view name, std::string_view value);
  /// How many fields were removed.
  std::size_t remove(std::string_view name);

  std::size_t size() const noexcept { return fields_.size(); }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

struct Request {
  std::string method;  ///< as sent: "GET"; methods have case
  std::string
      target;  ///< origin form, still percent-encoded: "/v1/outcomes?limit=5"; or "*" for OPTIONS
  Headers headers;
  std::string body;  ///< as sent: a Content-Encoding is still on it (gzip.hpp takes it off)
  std::string peer;  ///< the other end's address without port; empty on the client's side
};

/// Framing (Content-Length, Transfer-Encoding, Connection, Date) is written by the server; what a
/// handler sets there is dropped, but for "Connection: close", which is obeyed.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// More of the body, as it comes (stream.hpp); the connection closes with its end. Not for answers
  /// without a body.
  std::shared_ptr<Stream> stream{};
};

/// "Not Found" for 404; "Unknown" where RFC 9110 has no phrase.
std::string_view reason_phrase(int status) noexcept;

/// A field name (RFC 9110 token) / a field value that cannot break out of its line.
bool valid_field_name(std::string_view name) noexcept;
bool valid_field_value(std::string_view value) noexcept;

/// "application/json" of "Application/JSON; charset=utf-8": lower case, parameters cut. Empty when
/// there is none.
std::string media_type(const Headers& headers);

}  // namespace sidedish::net
