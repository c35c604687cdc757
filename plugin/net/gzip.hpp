#pragma once
// gzip (RFC 1952) in memory, with the bounds that stop a bomb. Pure; zlib stays in the .cpp.
#include "plugin/net/http.hpp"
#include "rules/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sidedish::net {

/// Level 6, no name and no time in it: the same bytes give the same bytes.
std::string gzip(std::string_view bytes);

/// One or more members, back to back. limit: the result would pass `max_size` bytes or `max_ratio`
/// times the input; no more than that is ever unpacked or allocated. corrupt: not gzip, cut short,
/// bytes after the end, bad checksum.
Result<std::string> gunzip(std::string_view bytes, std::size_t max_size, std::size_t max_ratio);

/// How far a body may grow.
struct UnpackLimits {
  std::size_t max_size = 1024 * 1024;
  std::size_t max_ratio = 100;
};
/// The request's body without its Content-Encoding: none, identity or gzip. Errors are ready-made
/// answers: 413 for a body that grows too large, 415 (with Accept-Encoding) for another coding, 400
/// for broken gzip.
tl::expected<std::string, Response> unpacked_body(const Request& request,
                                                  const UnpackLimits& limits);

}  // namespace sidedish::net
