#include "plugin/net/stats.hpp"

namespace sidedish::net {

std::string_view name_of(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::none:
      return "none";
    case Refusal::connections_total:
      return "connections_total";
    case Refusal::connections_per_peer:
      return "connections_per_peer";
    case Refusal::accept_failed:
      return "accept_failed";
    case Refusal::malformed:
      return "malformed";
    case Refusal::bare_line_feed:
      return "bare_line_feed";
    case Refusal::obs_fold:
      return "obs_fold";
    case Refusal::too_large_head:
      return "too_large_head";
    case Refusal::too_many_fields:
      return "too_many_fields";
    case Refusal::version:
      return "version";
    case Refusal::bad_target:
      return "bad_target";
    case Refusal::missing_host:
      return "missing_host";
    case Refusal::duplicate_host:
      return "duplicate_host";
    case Refusal::bad_host:
      return "bad_host";
    case Refusal::bad_length:
      return "bad_length";
    case Refusal::duplicate_length:
      return "duplicate_length";
    case Refusal::length_and_chunked:
      return "length_and_chunked";
    case Refusal::transfer_encoding:
      return "transfer_encoding";
    case Refusal::expectation:
      return "expectation";
    case Refusal::bad_chunk:
      return "bad_chunk";
    case Refusal::body_limit:
      return "body_limit";
    case Refusal::header_timeout:
      return "header_timeout";
    case Refusal::body_timeout:
      return "body_timeout";
    case Refusal::write_timeout:
      return "write_timeout";
    case Refusal::slow_reader:
      return "slow_reader";
    case Refusal::reply_deadline:
      return "reply_deadline";
    case Refusal::reply_dropped:
      return "reply_dropped";
    case Refusal::handler_threw:
      return "handler_threw";
    case Refusal::bad_response:
      return "bad_response";
    case Refusal::shutting_down:
      return "shutting_down";
    case Refusal::peer_left:
      return "peer_left";
    case Refusal::count_:
      break;
  }
  return "unknown";
}

}  // namespace sidedish::net
