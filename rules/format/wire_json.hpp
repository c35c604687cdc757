#pragma once
// Strict reading of the JSON that travels between agent and head office: a small tree with the
// limits of protocol.md checked while parsing, and a reader of objects that collects every finding
// with its JSON pointer instead of stopping at the first.
#include <cstdint>
#include <limits>
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

struct WireLimits {
  std::size_t depth = 32;
  std::size_t text = 4096;     ///< bytes of one string or key
  std::size_t items = 10'000;  ///< of one array or object
  std::size_t bytes = 1 << 20;
};

/// A value. Numbers are integers of 64 bits with sign: anything else is refused while parsing.
struct WireValue {
  enum class Type : std::uint8_t { null, boolean, number, text, array, object };
  Type type = Type::null;
  std::int64_t number = 0;  ///< boolean: 0 or 1
  std::string key;          ///< in an object
  std::string text;
  std::vector<WireValue> items;  ///< of an array, or members of an object in their order
};

/// nullopt, and exactly one finding more: not JSON, not UTF-8, a repeated key, a fraction, or over
/// a limit.
std::optional<WireValue> parse_wire(std::string_view json, const WireLimits& limits,
                                    WireFindings& findings);

/// The members of one object. Each getter marks its member as known; finish() reports the rest.
/// After a finding a getter returns its zero value, and reading goes on.
class WireFields {
 public:
  WireFields(const WireValue& value, std::string pointer, WireFindings& findings);

  bool has(std::string_view name);
  /// Absent is a finding unless `required` is false; the member whatever its type otherwise.
  const WireValue* any(std::string_view name, bool required = true);
  std::string_view text(std::string_view name, std::size_t max_bytes, bool required = true);
  std::int64_t number(std::string_view name, std::int64_t low, std::int64_t high,
                      bool required = true);
  bool boolean(std::string_view name, bool required = true);
  /// Exactly `digits` lower-case hexadecimal digits.
  std::uint64_t hex(std::string_view name, std::size_t digits, bool required = true);
  /// Decimal text of an unsigned number without sign or leading zero.
  std::uint64_t decimal(std::string_view name, bool required = true);
  const std::vector<WireValue>* array(std::string_view name, std::size_t max, bool required = true);
  const WireValue* object(std::string_view name, bool required = true);

  void add(std::string_view name, std::string_view detail);  ///< a finding at this member
  std::string at(std::string_view name) const;               ///< its pointer
  const std::string& pointer() const noexcept { return pointer_; }
  void finish();  ///< every member nobody asked for is a finding

 private:
  const WireValue& value_;
  std::string pointer_;
  WireFindings& findings_;
  std::vector<bool> known_;
};

/// "" or "/a/0" + "/" + escaped step.
std::string pointer_step(const std::string& pointer, std::string_view step);
void add_finding(WireFindings& findings, std::string pointer, std::string_view detail);

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& out, std::string_view text);

}  // namespace sidedish::format
