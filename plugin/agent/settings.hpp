#pragma once
// What sidedish-agent is told: by its command line, else by a file of JSON, else as written here.
#include "plugin/loopback/pages.hpp"
#include "rules/base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::agent {

struct Settings {
  std::string config = "/etc/sidedish/agent.json";
  std::string state_dir = "/var/lib/sidedish";
  std::string run_dir;
  std::string head_office;
  std::string store;
  std::string terminal;
  std::string image;
  std::string overlay;
  std::string pictures;
  int port = 7410;
  std::string port_file;
  int start_splay_ms = 120'000;
  std::vector<std::string> allow_origins;
  loopback::PagesConfig pages;
};

/// The usual place on tmpfs: of the service, else of this user.
std::string default_run_dir();

/// Takes what the file settings.config says. Its members are the long names of the options; one that
/// is_given() on the command line stays as it is. A file that nobody named need not be there.
Result<void> read_config(const std::function<bool(std::string_view option)>& is_given,
                         Settings& settings);

}  // namespace sidedish::agent
