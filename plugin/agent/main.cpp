// sidedish-agent: run | status | records.
#include "plugin/agent/files.hpp"
#include "plugin/agent/lock.hpp"
#include "plugin/agent/machine.hpp"
#include "plugin/agent/records.hpp"
#include "plugin/agent/service.hpp"
#include "plugin/agent/settings.hpp"
#include "plugin/agent/status.hpp"
#include "plugin/loopback/defences.hpp"
#include "plugin/net/client.hpp"
#include "plugin/store/peek.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace {

using namespace sidedish;
namespace fs = std::filesystem;
using agent::Lock;
using agent::Settings;
using agent::SystemClock;

int complain(const Error& error) {
  spdlog::critical("{}", error.text());
  return 1;
}

int run(const Settings& settings) {
  ::mallopt(M_ARENA_MAX, 2);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (!settings.head_office.empty() && settings.store.empty()) {
    return complain(Error(Errc::invalid, "--head-office needs --store"));
  }
  if (auto made = agent::make_folders(settings.state_dir, settings.run_dir); !made) {
    return complain(made.error());
  }
  const fs::path state = settings.state_dir;
  Lock lock;
  if (auto taken = lock.take(state / "agent.lock"); !taken) return complain(taken.error());
  Lock run_lock;
  if (auto taken = run_lock.take(fs::path(settings.run_dir) / "agent.lock"); !taken) {
    return complain(taken.error());
  }
  const SystemClock clock;
  auto box = outbox::Outbox::open({.file = state / "outbox.db"}, clock, agent::random_number);
  if (!box) return complain(box.error());
  if (const auto broken = (*box)->status().broken_file; !broken.empty()) {
    spdlog::error("the outbox was damaged; kept as {}", broken);
  }
  agent::Service service(settings, std::move(*box), SIDEDISH_VERSION);
  if (auto started = service.start(); !started) return complain(started.error());
  if (!lock.write_port(service.port())) {
    spdlog::warn("the lock file could not be written: `status` will not find this agent");
  }
  if (!settings.port_file.empty()) {
    const std::string fresh = settings.port_file + ".tmp";
    std::ofstream(fresh) << service.port() << "\n";
    fs::rename(fresh, settings.port_file);
  }
  std::cout << "ready http://127.0.0.1:" << service.port() << std::endl;
  service.run(signals);
  return 0;
}

int status(const Settings& settings, bool json) {
  const fs::path state = settings.state_dir;
  Lock lock;
  if (fs::exists(state / "agent.lock") && !lock.take(state / "agent.lock")) {
    unsigned port = 0;
    std::ifstream(state / "agent.lock") >> port;
    auto client = net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(port)});
    if (!client) return complain(client.error());
    net::Request request;
    request.method = "GET";
    request.target = json ? "/v1/status" : "/v1/status.txt";
    const auto answer = (*client)->send(request, std::chrono::seconds(5), net::Repeat::idempotent);
    if (!answer) return complain(answer.error());
    std::cout << answer->body << (json ? "\n" : "");
    return answer->status == 200 ? 0 : 1;
  }
  agent::AgentStatus out;
  out.running = false;
  out.store = settings.store;
  out.terminal = settings.terminal;
  out.now = SystemClock().now();
  auto peeked = outbox::peek(state / "outbox.db");
  if (!peeked) return complain(peeked.error());
  out.outbox = peeked->status;
  out.counters = std::move(peeked->counters);
  std::cout << (json ? agent::status_json(out) + "\n" : agent::status_text(out));
  return 0;
}

int records(const Settings& settings, const std::string& to, std::size_t most) {
  std::size_t n = 0;
  for (const auto& entry : agent::Records::list(fs::path(settings.state_dir) / "records")) {
    if (n++ == most) break;
    if (to.empty()) {
      std::cout << entry.file.string() << "  " << entry.lane << "  " << entry.size << " bytes\n";
      continue;
    }
    fs::create_directories(to);
    fs::copy_file(entry.file, fs::path(to) / (entry.lane + "-" + entry.file.filename().string()),
                  fs::copy_options::overwrite_existing);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("sidedish-agent"));
  CLI::App app("Drains rings, keeps and reports outcomes, fetches rules");
  app.require_subcommand(0, 1);
  Settings settings;
  bool json = false;
  std::string to;
  std::size_t most = 1000;
  auto* run_command = app.add_subcommand("run", "the agent itself (default)");
  auto* status_command = app.add_subcommand("status", "of the running agent, or of its files");
  auto* records_command = app.add_subcommand("records", "decision records: list, or --export");
  for (CLI::App* at : {&app, run_command, status_command, records_command}) {
    at->add_option("--config", settings.config, "JSON with the options below by name");
    at->add_option("--state-dir", settings.state_dir, "images, outbox, records");
  }
  for (CLI::App* at : {&app, run_command}) {
    at->add_option("--run-dir", settings.run_dir, "on tmpfs: rings and the generation page");
    at->add_option("--head-office", settings.head_office, "http://host:port");
    at->add_option("--store", settings.store, "store id");
    at->add_option("--terminal", settings.terminal, "terminal id");
    at->add_option("--image", settings.image, "rules from this file, watched for change");
    at->add_option("--overlay", settings.overlay,
                   "what is paused, recalled or repriced, from this file, watched for change");
    at->add_option("--pictures", settings.pictures,
                   "pictures from this folder, named by their SHA-256, instead of head office's");
    at->add_option("--port", settings.port, "loopback port, 0: any")->check(CLI::Range(0, 65535));
    at->add_option("--port-file", settings.port_file, "the port is written here when ready");
    at->add_option("--allow-origin", settings.allow_origins,
                   "a POS page of this origin may ask, like https://pos.example:8443; repeatable")
        ->check([](const std::string& text) {
          return loopback::is_origin(text) ? std::string() : text + " is no origin";
        });
    at->add_option("--ui-dir", settings.pages.folder,
                   "pages from this folder (packaging/pages.mjs --out), for those who write them");
    at->add_option("--start-splay-ms", settings.start_splay_ms, "first report within this time");
  }
  status_command->add_flag("--json", json, "for machines");
  records_command->add_option("--export", to, "copy them into this folder");
  records_command->add_option("--most", most, "newest so many");
  CLI11_PARSE(app, argc, argv);
  CLI::App& given = status_command->parsed()    ? *status_command
                    : records_command->parsed() ? *records_command
                    : run_command->parsed()     ? *run_command
                                                : app;
  const auto is_given = [&given](std::string_view option) {
    const auto* known = given.get_option_no_throw("--" + std::string(option));
    return known != nullptr && known->count() > 0;
  };
  try {
    if (const auto read = agent::read_config(is_given, settings); !read)
      return complain(read.error());
    if (settings.run_dir.empty()) settings.run_dir = agent::default_run_dir();
    if (&given == status_command) return status(settings, json);
    if (&given == records_command) return records(settings, to, most);
    return run(settings);
  } catch (const std::exception& error) {  // of the standard library's files, and of no other room
    spdlog::critical("{}", error.what());
    return 1;
  }
}
