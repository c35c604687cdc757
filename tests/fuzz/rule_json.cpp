// F01: hostile rule and catalogue documents. Whatever can be read is written, read again and is the
// same; whatever passes check() compiles to an image that opens.
#include "rules/compile/compile.hpp"
#include "rules/format/documents.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/opened_image.hpp"
#include "tests/rules/compile/packs.hpp"

namespace {

using namespace sidedish;

/// Names of zones are part of the input: every one of them is Berlin, and no file is opened for it.
std::vector<std::byte> zone(std::string_view) {
  static const std::vector<std::byte> berlin = packs::zone_file("Europe/Berlin");
  return berlin;
}

template <class Read, class Write>
void same_again(std::string_view text, Read read, Write write) {
  const auto first = read(text);
  fuzz::must(first.value.has_value() == first.errors.empty(), "a value, or errors, never both");
  if (!first.value) return;
  const std::string canonical = write(*first.value);
  const auto second = read(canonical);
  fuzz::must(second.value.has_value(), "what was written can be read");
  fuzz::must(write(*second.value) == canonical, "and is the same again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(size == 0 ? "" : reinterpret_cast<const char*>(data), size);
  same_again(text, format::parse_catalogue, format::write_catalogue);
  same_again(text, format::parse_rules, format::write_rules);
  const auto rule = format::parse_rule(text, {"EUR", 2});
  fuzz::must(rule.value.has_value() == rule.errors.empty(), "a rule, or errors, never both");
  const auto pack = format::parse_rules(text);
  if (!pack.value) return 0;
  static const model::Catalogue menu = *packs::burgers().catalogue;
  const model::Catalogue& catalogue = pack.value->catalogue ? *pack.value->catalogue : menu;
  const auto findings = compile::check(*pack.value, catalogue, zone);
  (void)compile::lint(*pack.value, catalogue, 1'795'435'200'000);
  const auto made = compile::compile(*pack.value, catalogue, zone,
                                     {.time_begin = 1'767'225'600'000, .progress = {}});
  fuzz::must(findings.empty() == made.errors.empty(), "check() and compile() agree");
  fuzz::must(made.errors.empty() != made.image.empty(), "an image, or errors, never both");
  if (!made.errors.empty()) return 0;
  ++fuzz::understood;
  const fuzz::OpenedImage opened(made.image);
  fuzz::must(opened.image.has_value(), "what compiles opens");
  return 0;
}
