#pragma once
// What bytes may be the head of a request, and the bytes of our own heads. Pure functions: no
// socket, no clock.
//
// The grammar is RFC 9112, read as strictly as it can be: whatever two readers could understand
// differently is refused, because a proxy in front of us may be the other reader.
#include "plugin/net/http.hpp"
#include "plugin/net/stats.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sidedish::net {

inline constexpr std::size_t kMaxFields = 100;

/// How a request is framed; filled as far as the check came.
struct HeadFacts {
  Refusal refusal = Refusal::none;
  int status = 0;      ///< the answer when refused: 400, 417, 431, 501, 505
  bool http11 = true;  ///< else HTTP/1.0, which is answered and closed
  bool keep_alive = true;
  bool chunked = false;
  bool expect_continue = false;
  std::optional<std::uint64_t> content_length;
  std::string_view method;  ///< points into the head
  std::string_view
      target;  ///< origin form or "*"; the absolute form's path when its authority is the Host's
};

/// `head` is everything up to and including the empty line.
HeadFacts check_head(std::string_view head);

/// Refusal::bare_line_feed for LF without CR or CR without LF, malformed for a NUL, from byte
/// `from` on.
Refusal check_line_ends(std::string_view text, std::size_t from = 0) noexcept;

/// Finds the end of a head that comes in pieces, and notices at once when it can have none: nobody
/// waits for an empty line that cannot come.
class HeadScanner {
 public:
  explicit HeadScanner(std::size_t max_head) : max_head_(max_head) {}
  struct Seen {
    Refusal refusal = Refusal::none;  ///< too_large_head, bare_line_feed, malformed
    std::size_t head = 0;             ///< length of the whole head; 0: more is needed
  };
  /// `got` is everything since the beginning, longer at each call.
  Seen scan(std::string_view got) noexcept;

 private:
  std::size_t max_head_;
  std::size_t looked_ = 0;
};

/// How an answer is framed.
struct ResponseFrame {
  bool head_request = false;  ///< the body's length is told, the body is not sent
  bool close = false;
  std::string_view date{};  ///< IMF-fixdate or empty
  bool chunked = false;     ///< the body's length is not known: it comes in chunks
};
/// False for a status outside 200..599 or a header that would break its line: nothing of it may be
/// sent.
bool sendable(const Response& response);
/// 1xx, 204 and 304 have no body (RFC 9110); neither has an answer to HEAD.
bool has_body(const Response& response, const ResponseFrame& frame) noexcept;
/// Status line, fields, empty line. The response must be sendable.
std::string response_head(const Response& response, const ResponseFrame& frame);

/// A chunk of a chunked body; the last one, which ends the body, of no bytes.
std::string chunk(std::string_view bytes);

/// True when a comma-separated field (Connection, say) lists the token.
bool lists_token(std::string_view list, std::string_view token) noexcept;

}  // namespace sidedish::net
