#pragma once
// What the agent tells about itself: for machines, for people, for Prometheus. Pure.
#include "plugin/agent/drain.hpp"
#include "plugin/agent/images.hpp"
#include "plugin/agent/overlays.hpp"
#include "plugin/agent/pictures.hpp"
#include "plugin/agent/report.hpp"
#include "plugin/store/outbox.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sidedish::agent {

/// The lanes of web tills in this process (plugin/loopback).
struct WebStatus {
  std::vector<std::string> lanes;  ///< names of the open ones
  std::uint64_t streams = 0;       ///< pages that listen now
  std::uint64_t updates = 0;
  std::uint64_t late = 0;  ///< answered after the caller's deadline
  std::vector<std::pair<std::string, std::uint64_t>> refused;  ///< by reason, every one there is
  std::vector<std::pair<std::string, std::uint64_t>> http;     ///< the server's own, likewise
};

struct AgentStatus {
  bool running = true;  ///< false: read from the files of an agent that is not there
  std::string store;
  std::string terminal;
  std::string head_office;  ///< URL; empty: none
  UtcMs now = 0;
  ImageStatus image;
  OverlayStatus overlay;
  PictureStatus pictures;
  ReporterStatus report;
  outbox::OutboxStatus outbox;
  std::map<std::string, std::uint64_t> counters;
  unsigned rings = 0;
  unsigned live = 0;
  std::string drain_trouble;
  WebStatus web;
};

/// One line a person should read first: "ok", or what is wrong.
std::string health(const AgentStatus& status);
std::string status_json(const AgentStatus& status);
std::string status_text(const AgentStatus& status);
/// Prometheus text format 0.0.4.
std::string metrics_text(const AgentStatus& status);

}  // namespace sidedish::agent
