#pragma once
// The agent's API for web tills, kiosks and scripts: requests in, answers out, over the lanes of
// this process. Nothing is decided here.
#include "plugin/loopback/defences.hpp"
#include "plugin/loopback/lanes.hpp"
#include "plugin/loopback/names.hpp"
#include "plugin/loopback/pages.hpp"
#include "plugin/loopback/streams.hpp"
#include "plugin/net/router.hpp"
#include "rules/base/asset.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace sidedish::loopback {

struct ApiConfig {
  LanesConfig lanes;
  std::string token;                 ///< draw_token()
  std::vector<std::string> origins;  ///< of POS pages that may ask (is_origin())
  std::string version;               ///< of this program
  PagesConfig pages{};
  HasPicture has_picture{};
};

/// openapi.json, and the schemas that it names.
std::span<const Asset> openapi();
std::span<const Asset> schemas();

/// What went through and what was turned away. Each is exact.
struct ApiCounts {
  std::uint64_t updates = 0;
  std::uint64_t late = 0;
  std::uint64_t streams = 0;  ///< open now
  std::array<std::uint64_t, static_cast<std::size_t>(Refused::count_)> refused{};
};

/// Any thread.
class Api {
 public:
  Api(ApiConfig config, const Clock& clock);

  /// More of the agent's own paths; before the first request. GET only, the answer of one call.
  void add(std::string_view pattern, Access access, std::function<net::Response()> answer);
  /// The port that Host must name. Before the first request.
  void serve_on(std::uint16_t port) { defences_.serve_on(port); }

  const std::string& token() const noexcept { return defences_.token(); }

  /// A net::Handler.
  void operator()(net::Request request, const net::Reply& reply);

  /// Idle time, every second or so: new rules, lanes that nobody uses, heartbeats. `online`: what is
  /// said reaches head office, or there is none.
  void tick(bool online = true);
  /// Ends streams and lanes; baskets that are live end as unknown. Before the last drain.
  void stop();

  ApiCounts counts() const;
  /// Names of the open lanes.
  std::vector<std::string> lanes() const;

 private:
  using Endpoint = net::Response (Api::*)(net::Routed&);
  void route(const char* method, const char* pattern, Access access, Endpoint endpoint);
  static net::Response json_answer(std::string body, int status = 200);
  net::Response refuse(Refused what, std::string_view detail,
                       std::span<const net::ProblemItem> errors = {});
  net::Response refuse(const Findings& findings, const format::JsonDocument& document,
                       bool too_large = false);
  /// The body as JSON; false: `problem` says what is wrong with it.
  bool read(const net::Request& request, format::JsonDocument& out, net::Response& problem);

  net::Response page(net::Routed& routed);
  net::Response asset(net::Routed& routed);
  net::Response picture(net::Routed& routed);
  net::Response pages_config(net::Routed& routed);
  net::Response describe(net::Routed& routed);
  net::Response schema(net::Routed& routed);
  net::Response hello(net::Routed& routed);
  net::Response put_lane(net::Routed& routed);
  net::Response get_lane(net::Routed& routed);
  net::Response update(net::Routed& routed);
  net::Response event(net::Routed& routed);
  net::Response listen(net::Routed& routed);
  net::Response standing(net::Routed& routed);
  net::Response record_return(net::Routed& routed);
  net::Response outcome(net::Routed& routed);

  // What pages hear; the lane is locked.
  void heard(WebLane& lane, const lane::Event& event);
  void heard(WebLane& lane, const lane::Answering& answer);
  void take_prompts(WebLane& lane, const SnapshotRequest& said,
                    std::span<const lane::Offered> offered);
  void tell_basket(WebLane& lane, const format::Json& body, const SnapshotRequest& said);
  void tell_prompts(const WebLane& lane);
  void tell_state(WebLane& lane);
  Names names_for(const WebLane& lane, std::string_view language) const;
  std::string state_of(const WebLane* lane) const;
  std::string kept_basket(WebLane& lane) const;
  static std::string prompts_of(const WebLane& lane);
  std::vector<Happening> now_of(WebLane* lane) const;

  const ApiConfig config_;
  const Clock& clock_;
  Defences defences_;
  const Pages pages_;
  Lanes lanes_;
  Streams streams_;
  net::Router router_;
  std::atomic<bool> online_{true};
  std::atomic<std::uint64_t> updates_{0}, late_{0};
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Refused::count_)> refused_{};
};

}  // namespace sidedish::loopback
