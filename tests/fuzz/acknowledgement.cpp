// F06: what a head office, or whoever stands in its place, may answer: the acknowledgement, the
// conflict, the manifest, and the wait it asks for. Whatever is understood is written and
// understood as the same again.
#include "plugin/net/backoff.hpp"
#include "rules/format/exchange.hpp"
#include "tests/fuzz/must.hpp"

namespace {

using namespace sidedish;

template <class Read>
void same_again(std::string_view text, Read read) {
  format::WireFindings findings;
  const auto first = read(text, findings);
  fuzz::must(first.has_value() == findings.empty(), "a value, or findings, never both");
  if (!first) return;
  ++fuzz::understood;
  const std::string written = format::write(*first);
  const auto second = read(written, findings);
  fuzz::must(second.has_value(), "what was written can be read");
  fuzz::must(format::write(*second) == written, "and is the same again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(size == 0 ? "" : reinterpret_cast<const char*>(data), size);
  same_again(text, format::read_report_answer);
  same_again(text, format::read_manifest);
  (void)format::read_source_conflict(text);
  if (const auto wait = net::parse_retry_after(text.substr(0, 64), 1'795'435'200'000)) {
    fuzz::must(wait->count() >= 0, "nobody waits a negative time");
  }
  return 0;
}
