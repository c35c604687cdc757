#pragma once
// Reading the JSON that programs send each other, over the tree of json.hpp: an object's members one by
// one, with bounds, collecting every finding with its JSON pointer instead of stopping at the first.
#include "rules/format/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

/// One thing wrong with a document: where (RFC 6901; "" is all of it) and what was expected.
struct WireFinding {
  std::string pointer;
  std::string detail;
};
using WireFindings = std::vector<WireFinding>;
inline constexpr std::size_t kMaxFindings = 100;  ///< more are not listed

/// nullopt, and at least one finding: not JSON, not UTF-8, a repeated key, a number that is no
/// integer of 64 bits, or over a limit.
std::optional<JsonDocument> parse_wire(std::string_view json, const JsonLimits& limits,
                                       WireFindings& findings);

/// The members of one object. Each getter marks its member as known; finish() reports the rest.
/// After a finding a getter returns its zero value, and reading goes on.
class WireFields {
 public:
  /// `pointer`: how findings name it, which need not be its place in the document.
  WireFields(Json value, std::string pointer, WireFindings& findings);

  bool has(std::string_view name);
  /// Absent is a finding unless `required` is false; the member whatever its type otherwise.
  Json any(std::string_view name, bool required = true);
  std::string_view text(std::string_view name, std::size_t max_bytes, bool required = true);
  std::int64_t number(std::string_view name, std::int64_t low, std::int64_t high,
                      bool required = true);
  bool boolean(std::string_view name, bool required = true);
  /// Exactly `digits` lower-case hexadecimal digits.
  std::uint64_t hex(std::string_view name, std::size_t digits, bool required = true);
  /// Decimal text of an unsigned number without sign or leading zero.
  std::uint64_t decimal(std::string_view name, bool required = true);
  Json array(std::string_view name, std::size_t max, bool required = true);
  Json object(std::string_view name, bool required = true);

  void add(std::string_view name, std::string_view detail);  ///< a finding at this member
  std::string at(std::string_view name) const;               ///< its pointer
  const std::string& pointer() const noexcept { return pointer_; }
  void finish();  ///< every member nobody asked for is a finding

 private:
  Json value_;
  std::string pointer_;
  WireFindings& findings_;
  std::vector<bool> known_;
};

void add_finding(WireFindings& findings, std::string pointer, std::string_view detail);

/// A value of a document as JSON text without blanks.
std::string written(Json value);

/// Appends `text` as a JSON string with its quotes. What no strict reader takes becomes U+FFFD: bytes
/// that are not UTF-8, and NUL.
void append_json(std::string& out, std::string_view text);

}  // namespace sidedish::format
