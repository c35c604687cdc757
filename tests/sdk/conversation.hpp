#pragma once
// The recorded conversations of tests/contract/conversations (README.md there), held over one way in. A way speaks the
// JSON names of the loopback API, so that one file serves them all.
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace conversations {

using nlohmann::json;

/// One of the ways a till talks to us. Every call answers with the members that the loopback API would have, `status`
/// always among them.
class Way {
 public:
  virtual ~Way() = default;
  /// What a conversation may need: "time" (the clock is ours), "restart", "helper".
  virtual bool can(const std::string& need) const = 0;
  virtual void open(const std::string& lane, const json& config) = 0;
  virtual json basket(const std::string& lane, const json& snapshot) = 0;
  virtual json event(const std::string& lane, const json& event) = 0;
  virtual json outcome(const std::string& lane, const json& outcome) = 0;
  virtual json returned(const std::string& lane, const json& what) = 0;
  virtual json from_double(double value, std::uint32_t exponent) = 0;
  /// The process dies and is started again; open() follows for every lane.
  virtual void restart() = 0;
  virtual void wait(std::int64_t ms) = 0;
};

struct Conversation {
  std::string name;  ///< of the file
  json text;
  bool fits(const Way& way) const;
};

/// All of them, by name.
std::vector<Conversation> all(const std::filesystem::path& folder);

/// Holds one; the sentences tell what came back otherwise than recorded. Empty: nothing.
std::vector<std::string> hold(const Conversation& conversation, Way& way);

}  // namespace conversations
