#include "plugin/net/gzip.hpp"

#include "plugin/net/problem.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <zlib.h>

namespace sidedish::net {
namespace {

constexpr int kGzipOnly = 15 + 16;  // largest window, gzip wrapper (zlib.h)
constexpr std::size_t kPiece = 64 * 1024;

/// zlib's pointers are not const and its sizes are 32 bits wide.
Bytef* input(std::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}
uInt piece(std::size_t n) {
  return static_cast<uInt>(std::min<std::size_t>(n, std::numeric_limits<uInt>::max() / 2));
}

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();  // no memory
  std::string out;
  int state = Z_OK;
  while (state == Z_OK) {
    if (stream.avail_in == 0) {
      stream.next_in = input(bytes);
      stream.avail_in = piece(bytes.size());
      bytes.remove_prefix(stream.avail_in);
    }
    const std::size_t had = out.size();
    out.resize(had + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = static_cast<uInt>(kPiece);
    state = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  if (state != Z_STREAM_END) std::abort();  // deflate() cannot fail on good arguments
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t max_size, std::size_t max_ratio) {
  constexpr std::string_view kDoing = "unpacking gzip";
  if (bytes.empty()) return fail(Errc::corrupt, kDoing, "nothing there");
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2;
  const std::size_t by_ratio = max_ratio > kMost / bytes.size() ? kMost : bytes.size() * max_ratio;
  const std::size_t limit = std::min({max_size, by_ratio, kMost});
  struct Inflating : z_stream {
    Inflating() : z_stream() {
      if (inflateInit2(this, kGzipOnly) != Z_OK) std::abort();  // no memory
    }
    Inflating(const Inflating&) = delete;
    Inflating& operator=(const Inflating&) = delete;
    ~Inflating() { inflateEnd(this); }
  } stream;
  std::string out;
  for (;;) {
    if (stream.avail_in == 0) {
      stream.next_in = input(bytes);
      stream.avail_in = piece(bytes.size());
      bytes.remove_prefix(stream.avail_in);
    }
    // One byte beyond the limit tells a full result from one that is too large.
    const std::size_t had = out.size();
    const std::size_t room = std::min(kPiece, limit - had + 1);
    out.resize(had + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = static_cast<uInt>(room);
    const int state = inflate(&stream, Z_NO_FLUSH);
    out.resize(had + room - stream.avail_out);
    if (out.size() > limit) return fail(Errc::limit, kDoing, "larger than allowed when unpacked");
    if (state == Z_STREAM_END) {
      if (stream.avail_in == 0 && bytes.empty()) return out;
      if (inflateReset(&stream) != Z_OK) std::abort();
      continue;
    }
    if (state != Z_OK) {  // Z_BUF_ERROR: wants more than there is
      return fail(Errc::corrupt, kDoing,
                  state == Z_BUF_ERROR ? "cut short" : "not gzip, or damaged");
    }
  }
}

tl::expected<std::string, Response> unpacked_body(const Request& request,
                                                  const UnpackLimits& limits) {
  const auto codings = request.headers.all("Content-Encoding");
  if (codings.empty() || (codings.size() == 1 && iequals(codings[0], "identity"))) {
    if (request.body.size() > limits.max_size) {
      return tl::unexpected(problem(413, "the body is too large"));
    }
    return request.body;
  }
  if (codings.size() != 1 || !(iequals(codings[0], "gzip") || iequals(codings[0], "x-gzip"))) {
    Response response = problem(415, "the body's Content-Encoding must be gzip or none");
    response.headers.set("Accept-Encoding", "gzip");
    return tl::unexpected(std::move(response));
  }
  auto body = gunzip(request.body, limits.max_size, limits.max_ratio);
  if (!body)
    return tl::unexpected(
        problem(body.error().code() == Errc::limit ? 413 : 400, body.error().text()));
  return std::move(*body);
}

}  // namespace sidedish::net
