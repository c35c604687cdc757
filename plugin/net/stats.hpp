#pragma once
// Every thing the server refuses, cuts off or has to repair has a name and a counter.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sidedish::net {

enum class Refusal : std::uint8_t {
  none,  ///< accepted; its counter stays 0
  // connections
  connections_total,     ///< closed at once with 503: too many connections
  connections_per_peer,  ///< closed at once with 503: too many from that address
  accept_failed,         ///< the system had no descriptor for it
  // heads, answered 400 unless said otherwise
  malformed,           ///< not the grammar of RFC 9112
  bare_line_feed,      ///< LF without CR, or CR without LF
  obs_fold,            ///< a header line continued on the next
  too_large_head,      ///< 431
  too_many_fields,     ///< 431
  version,             ///< 505
  bad_target,          ///< fragment, authority form, absolute form for another host
  missing_host,        ///< none or empty
  duplicate_host,      ///< two
  bad_host,            ///< not a host[:port]
  bad_length,          ///< Content-Length that is no plain number
  duplicate_length,    ///< two, even when they are equal
  length_and_chunked,  ///< Transfer-Encoding beside Content-Length
  transfer_encoding,   ///< 501 for a coding we don't speak before "chunked", 400 for anything else
  expectation,         ///< 417
  // bodies
  bad_chunk,   ///< 400: chunk size, extension, or ending
  body_limit,  ///< 413
  // time
  header_timeout,  ///< 408, or a silent close before the first byte
  body_timeout,    ///< 408
  write_timeout,   ///< the peer does not read
  slow_reader,     ///< a stream's reader was too slow for what was to be sent
  reply_deadline,  ///< 503: the handler did not answer in time
  // not the client's fault
  reply_dropped,  ///< 500: the handler let go of the Reply
  handler_threw,  ///< 500
  bad_response,   ///< 500: a status or header that cannot be sent
  shutting_down,  ///< 503: still unanswered when the grace of stop() was over
  peer_left,      ///< gone before the answer
  count_,
};

inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::count_);

/// The name for metrics: "length_and_chunked".
std::string_view name_of(Refusal refusal) noexcept;

/// One moment's counts. Each is exact; together they may be a request apart.
struct ServerStats {
  std::uint64_t connections = 0;  ///< accepted and served, since start
  std::uint64_t open = 0;         ///< now
  std::uint64_t requests = 0;     ///< handed to the handler
  std::uint64_t responses = 0;    ///< written completely
  std::uint64_t streams = 0;      ///< answers that go on, now
  std::uint64_t idle_closed = 0;  ///< kept alive, unused for the idle time: no fault of anybody
  std::array<std::uint64_t, kRefusals> refused{};
  std::uint64_t of(Refusal refusal) const noexcept {
    return refused[static_cast<std::size_t>(refusal)];
  }
};

}  // namespace sidedish::net
