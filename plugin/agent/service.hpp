#pragma once
// The agent at work: the loops around the attempts, a thread each, and what they tell of themselves.
#include "plugin/agent/drain.hpp"
#include "plugin/agent/images.hpp"
#include "plugin/agent/machine.hpp"
#include "plugin/agent/overlays.hpp"
#include "plugin/agent/pictures.hpp"
#include "plugin/agent/records.hpp"
#include "plugin/agent/report.hpp"
#include "plugin/agent/settings.hpp"
#include "plugin/agent/shared_outbox.hpp"
#include "plugin/agent/status.hpp"
#include "plugin/agent/teller.hpp"
#include "plugin/loopback/api.hpp"
#include "plugin/net/client.hpp"
#include "plugin/net/server.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sidedish::agent {

class Service {
 public:
  /// Its folders are there and locked.
  Service(Settings settings, std::unique_ptr<outbox::Outbox> box, std::string version);

  /// Opens what is kept and serves its API. Once.
  Result<void> start();
  unsigned port() const { return server_->port(); }
  /// Works until one of `signals` comes, which every thread blocks; then ends in order. Once.
  void run(const sigset_t& signals);

 private:
  Result<void> serve();
  void stop();
  /// False: stop.
  bool pause(std::chrono::milliseconds time);
  /// As pause(), and over at once when head office says, with an acknowledgement, that there is
  /// another manifest: it is back, then.
  bool pause_for_news(std::chrono::milliseconds time);
  bool online();

  void report_loop();
  /// Head office hears how this terminal is, when there is something to say.
  void tell_health();
  void fetch_loop();
  /// In its own thread: a new image's self-test may take seconds, and rings are drained meanwhile.
  void file_loop();
  void picture_loop();

  Result<void> take_overlay(const format::ManifestOverlay& named);
  void look_at_file();
  void look_at_overlay();
  void note_pictures();
  void note_overlay();
  void note_manifest();
  void note_drain(const DrainReport& report);
  void note_image();
  AgentStatus status();

  Settings settings_;
  const std::string version_;
  SystemClock clock_;
  SharedOutbox box_;
  Records records_;
  Drain drain_;
  Images images_;
  Overlays overlays_;
  Pictures pictures_;
  loopback::Api api_;
  std::unique_ptr<net::Client> report_client_;
  std::unique_ptr<net::Client> fetch_client_;
  std::optional<Reporter> reporter_;
  std::optional<Teller> teller_;  ///< none: nobody knows this terminal by name
  std::atomic<bool> serving_ = false;
  std::unique_ptr<net::Server> server_;
  std::thread report_thread_;
  std::thread fetch_thread_;
  std::thread picture_thread_;
  std::thread tick_thread_;
  std::string picture_trouble_;
  std::string file_trouble_;
  std::string overlay_trouble_;

  std::mutex mutex_;  // everything below
  std::condition_variable wake_;
  bool stopping_ = false;
  std::string manifest_tag_;    ///< of the manifest that was taken whole
  std::string manifest_told_;   ///< what head office named last with an acknowledgement
  bool manifest_news_ = false;  ///< it is another one, and was not asked for yet
  ImageStatus image_;
  OverlayStatus overlay_;
  ReporterStatus report_;
  unsigned rings_ = 0;
  unsigned live_ = 0;
  std::string drain_trouble_;
};

}  // namespace sidedish::agent
