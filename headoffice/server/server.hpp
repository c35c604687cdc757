#pragma once
// Head office over HTTP: routes to handlers, long polls, metrics.
#include "headoffice/book/book.hpp"
#include "headoffice/days/business_days.hpp"
#include "headoffice/ingest/ingest.hpp"
#include "headoffice/overlay/overlays.hpp"
#include "headoffice/publish/publish.hpp"
#include "headoffice/server/book_routes.hpp"
#include "headoffice/server/catalogue_routes.hpp"
#include "headoffice/server/door.hpp"
#include "headoffice/server/import_routes.hpp"
#include "headoffice/server/metrics.hpp"
#include "headoffice/server/people_routes.hpp"
#include "headoffice/server/replay_routes.hpp"
#include "headoffice/server/waiters.hpp"
#include "headoffice/store/storage.hpp"
#include "headoffice/waves/fleet.hpp"
#include "headoffice/waves/waves.hpp"
#include "plugin/net/router.hpp"
#include "plugin/net/server.hpp"
#include "rules/base/asset.hpp"
#include "rules/base/web_asset.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <span>
#include <thread>

namespace sidedish::headoffice {

/// openapi.json.
std::span<const Asset> openapi();

/// Every file of /manage, sorted by path; empty when built with -D UI=OFF.
std::span<const WebAsset> page_assets();

struct ServiceParts {
  Storage& storage;
  OverlayStore& overlays;
  WaveStore& waves;
  CatalogueStore& catalogues;
  BusinessDays& days;
  Publisher& publisher;
  Book& book;
  Replays& replays;
  People& people;
  ChangeStore& changes;
  const Clock& clock;
  std::uint32_t drain_rate = 200;  ///< events a second asked of each agent at most
  std::string command_token{};     ///< of the command line; empty = it has none
};

/// The handlers without a socket: what the router calls, and what tests call. Thread-safe.
class Service {
 public:
  explicit Service(const ServiceParts& parts);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void handle(net::Request request, net::Reply reply);
  /// Ends long polls, and what stands in overlays, whose time is over, and publishes what is due;
  /// the next moment to call it again.
  std::optional<MonoMs> expire();
  /// For /metrics; the server's own counts come from outside.
  void watch(std::function<net::ServerStats()> stats) { stats_ = std::move(stats); }
  /// Called when expire() has something new to wait for.
  void on_wait(std::function<void()> told) { told_ = std::move(told); }

 private:
  using Plain = net::Response (Service::*)(const net::Routed&);
  /// Tells a store's waiting terminals what its manifest is now.
  void wake(const std::string& store);
  std::optional<MonoMs> expire_overlays();
  std::optional<MonoMs> expire_waves();
  void tell_waves();
  net::Response published(const Result<PublishOutcome>& outcome);
  net::Response waves(const net::Routed& routed);
  net::Response order_wave(const net::Routed& routed, const Actor& by);
  net::Response roll_back(const net::Routed& routed, const Actor& by);
  net::Response put_health(const net::Routed& routed);
  net::Response fleet(const Actor& by);
  net::Response versions(const net::Routed& routed);
  net::Response pause_rule(const net::Routed& routed, const Actor& by, bool pause);
  std::optional<MonoMs> publish_due();
  void add(const char* method, const char* pattern, Plain handler);
  void add_fleet_routes();
  void manifest(const net::Routed& routed, const net::Reply& reply);
  net::Response outcomes(const net::Routed& routed);
  net::Response blob(const net::Routed& routed);
  net::Response put_picture(const net::Routed& routed);
  net::Response picture(const net::Routed& routed);
  net::Response publish(const net::Routed& routed);
  net::Response put_store(const net::Routed& routed);
  net::Response stores(const net::Routed& routed);
  net::Response put_terminal(const net::Routed& routed);
  net::Response terminals(const net::Routed& routed);
  net::Response records(const net::Routed& routed);
  net::Response rules();
  net::Response results(const net::Routed& routed, const Actor& by);
  net::Response report(const net::Routed& routed);
  net::Response overlay(const net::Routed& routed);
  net::Response change_overlay(const net::Routed& routed);
  net::Response change_overlays(const net::Routed& routed);
  net::Response change(const net::Routed& routed, bool pack_wide);
  net::Response changed(const Result<OverlayOutcome>& outcome);
  net::Response healthz(const net::Routed& routed);
  net::Response readyz(const net::Routed& routed);
  net::Response metrics(const net::Routed& routed);
  net::Response describe(const net::Routed& routed);
  net::Response schema(const net::Routed& routed);

  ServiceParts parts_;
  Ingest ingest_;
  Overlays overlays_;
  Waves waves_;
  Fleet fleet_;
  std::atomic<bool> waves_news_ = true;  ///< something was heard or ordered: look at once
  MonoMs waves_next_ = 0;                ///< of the thread that calls expire()
  Waiters waiters_;
  Answers answers_;
  std::function<net::ServerStats()> stats_;
  std::function<void()> told_;
  net::Router router_;
  Door door_;
  PeopleRoutes people_routes_;
  CatalogueRoutes catalogue_routes_;
  ImportRoutes import_routes_;
  BookRoutes book_routes_;
  ReplayRoutes replay_routes_;
};

/// The service on a port, with the one thread that ends what is over.
class HeadOffice {
 public:
  /// denied: an address other than loopback.
  static Result<std::unique_ptr<HeadOffice>> start(net::ServerOptions options,
                                                   const ServiceParts& parts);
  ~HeadOffice();
  std::uint16_t port() const noexcept { return server_->port(); }
  void stop();

 private:
  explicit HeadOffice(const ServiceParts& parts);
  void expire_loop();

  const Clock& clock_;
  Service service_;
  std::unique_ptr<net::Server> server_;
  std::atomic<const net::Server*> counting_ = nullptr;  ///< server_, once it is there
  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
  bool stopping_ = false;
  std::thread expiry_;
};

}  // namespace sidedish::headoffice
