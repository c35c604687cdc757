#pragma once
// Who may ask what: exact host names, exact origins, the browser's own word on where a request
// comes from, and the token of this start. Pure: a request in, a verdict out.
//
// The token keeps web pages and mistakes out, not users: whoever may run programs here may read it
// from a page of ours.
#include "plugin/net/http.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::loopback {

/// What a path asks of those who come.
enum class Access : std::uint8_t {
  open,   ///< our own pages and programs of this machine; no token
  file,   ///< the same for everybody: pages of any site may take it in, few may read it
  page,   ///< as open, and a browser may go there from anywhere, also within a frame
  hello,  ///< pages of the allowed origins only; gives the token away
  api,    ///< as open, with the token
};

enum class Refused : std::uint8_t {
  wrong_host,
  foreign_origin,
  token,
  media_type,
  too_large,
  malformed,
  invalid,
  unknown_lane,
  unknown_basket,
  unknown_prompt,
  conflict,
  too_fast,
  limit,
  not_recording,
  count_,
};
/// The last part of the problem's type, and its name in metrics with _ for -.
std::string_view slug_of(Refused refused) noexcept;

class Defences {
 public:
  /// `origins`: exact spellings as browsers send them, like "https://pos.example:8443".
  Defences(std::string token, std::vector<std::string> origins);

  /// The port that Host must name. Before the first request.
  void serve_on(std::uint16_t port);
  const std::string& token() const noexcept { return token_; }
  const std::vector<std::string>& origins() const noexcept { return origins_; }

  /// What must hold for every request, whatever its path: its Host, and an Origin that is ours or
  /// allowed when there is one. nullopt: nothing is wrong.
  std::optional<Refused> check_source(const net::Request& request) const;
  /// What this path asks beyond that.
  std::optional<Refused> check_access(const net::Request& request, Access access) const;
  /// The allowed origin of another site that asks, empty for our own pages and for programs.
  std::string_view foreign_origin(const net::Request& request) const;
  /// The answer to a browser that asks before it sends (CORS preflight); nullopt: it does not.
  std::optional<net::Response> preflight(const net::Request& request) const;

 private:
  bool is_ours(const net::Request& request, std::string_view origin) const;
  bool is_allowed(std::string_view origin) const;
  const std::string token_;
  const std::vector<std::string> origins_;
  std::array<std::string, 3> hosts_;
};

/// "https://host[:port]" in lower case without path: what a browser may send as Origin.
bool is_origin(std::string_view text) noexcept;

}  // namespace sidedish::loopback
