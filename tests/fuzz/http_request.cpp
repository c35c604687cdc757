// F05: hostile requests through the pure parsers of plugin/net. The first byte says how large the
// pieces are in which the rest arrives: what is understood must not depend on it.
#include "plugin/net/body_reader.hpp"
#include "plugin/net/gzip.hpp"
#include "plugin/net/wire.hpp"
#include "tests/fuzz/must.hpp"

#include <algorithm>
#include <optional>

namespace {

using namespace sidedish;
using net::BodyReader;

constexpr std::size_t kMaxHead = 4096;
constexpr std::size_t kMaxBody = 64 * 1024;

net::HeadScanner::Seen scan(std::string_view bytes, std::size_t piece) {
  net::HeadScanner scanner(kMaxHead);
  net::HeadScanner::Seen seen;
  for (std::size_t got = 0; got < bytes.size() && seen.head == 0;) {
    if (seen.refusal != net::Refusal::none) break;
    got = std::min(bytes.size(), got + piece);
    seen = scanner.scan(bytes.substr(0, got));
  }
  return seen;
}

struct Body {
  BodyReader::State state = BodyReader::State::more;
  std::size_t taken = 0;
  std::string bytes;
};
Body read(BodyReader reader, std::string_view bytes, std::size_t piece) {
  Body out;
  std::string_view none;
  out.state = reader.feed(none);
  while (out.state == BodyReader::State::more && out.taken < bytes.size()) {
    std::string_view part = bytes.substr(out.taken, piece);
    const std::size_t size = part.size();
    out.state = reader.feed(part);
    out.taken += size - part.size();
  }
  out.bytes = reader.take();
  return out;
}

void body_of(const net::HeadFacts& facts, std::string_view rest, std::size_t piece) {
  const auto reader = [&]() {
    return facts.chunked
               ? BodyReader::in_chunks(kMaxBody, piece % 2 == 0 ? BodyReader::Extras::refuse
                                                                : BodyReader::Extras::skip)
               : BodyReader::of_length(facts.content_length.value_or(0), kMaxBody);
  };
  const Body whole = read(reader(), rest, rest.size() + 1);
  const Body pieces = read(reader(), rest, piece);
  fuzz::must(whole.state == pieces.state && whole.taken == pieces.taken,
             "a body ends where it ends, in pieces of any size");
  if (whole.state != BodyReader::State::done) return;
  fuzz::must(whole.bytes == pieces.bytes, "and has the same bytes");
  fuzz::must(whole.bytes.size() <= kMaxBody, "and is no larger than it may be");
  net::Request request;
  request.body = whole.bytes;
  request.headers.set("Content-Encoding", "gzip");
  const auto unpacked = net::unpacked_body(request, {.max_size = 8192, .max_ratio = 20});
  fuzz::must(!unpacked || unpacked->size() <= 8192, "a bomb does not go off");
  for (const char* coding : {"identity", "br"}) {
    request.headers.set("Content-Encoding", coding);
    const auto as_it_is = net::unpacked_body(request, {.max_size = 512, .max_ratio = 20});
    fuzz::must(
        !as_it_is || (*coding == 'i' && *as_it_is == whole.bytes && whole.bytes.size() <= 512),
        "a body is taken as it is, or not at all");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = scan(bytes, bytes.size());
  const auto pieces = scan(bytes, piece);
  if (whole.refusal != net::Refusal::none || whole.head == 0) return 0;
  const auto facts = net::check_head(bytes.substr(0, whole.head));
  if (pieces.refusal == net::Refusal::none) {
    fuzz::must(pieces.head == whole.head, "a head ends where it ends, in pieces of any size");
  } else {
    fuzz::must(facts.refusal != net::Refusal::none, "what is refused early is refused late too");
  }
  if (facts.refusal != net::Refusal::none) {
    fuzz::must(facts.status >= 400 && facts.status < 600, "a refusal has a status");
    return 0;
  }
  ++fuzz::understood;
  fuzz::must(!facts.method.empty(), "a request has a method");
  fuzz::must(facts.target == "*" || facts.target.starts_with('/'), "and a path");
  fuzz::must(!(facts.chunked && facts.content_length), "and one length");
  body_of(facts, bytes.substr(whole.head), piece);
  // The body's readers and gzip alone, whatever the head was.
  (void)net::gunzip(bytes.substr(whole.head), 8192, 20);
  return 0;
}
