#include "sim/stage/stage.hpp"

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <sstream>

namespace sidedish::sim {

namespace fs = std::filesystem;

namespace {

constexpr int kStartMs = 20'000;

Result<std::string> read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  if (!in || !(content << in.rdbuf())) return fail(Errc::io, "reading " + file, "cannot be read");
  return content.str();
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

Stage::Stage(StageOptions options, std::vector<ShopSetup> shops)
    : options_(std::move(options)), shops_(std::move(shops)) {
  for (std::size_t s = 0; s < shops_.size(); ++s) {
    for (unsigned t = 0; t < shops_[s].terminals; ++t) {
      Terminal terminal{.shop = s,
                        .store = shops_[s].stores[t % shops_[s].stores.size()],
                        .id = "till-" + std::to_string(t + 1),
                        .agent = Process::none(),
                        .agent_url = {},
                        .till = Process::none(),
                        .report = {},
                        .closed = false};
      terminals_.push_back(std::move(terminal));
    }
  }
}

Stage::~Stage() { close(); }

Result<void> Stage::open_head_office() {
  fs::create_directories(options_.folder);
  const std::string port_file = options_.folder / "headoffice.port";
  auto server = Process::start({.command = {options_.binaries / "sidedish-headoffice", "serve",
                                            "--db", options_.folder / "headoffice.db", "--port",
                                            "0", "--port-file", port_file, "--drain-rate", "5000"},
                                .log = options_.folder / "headoffice.log"});
  if (!server) return tl::unexpected(server.error());
  server_ = std::make_unique<Process>(std::move(*server));
  const auto port = await_file(port_file, *server_, kStartMs);
  if (!port) return tl::unexpected(port.error());
  url_ = "http://127.0.0.1:" + trimmed(*port);
  auto office = HeadOffice::connect(url_);
  if (!office) return tl::unexpected(office.error());
  office_ = std::make_unique<HeadOffice>(std::move(*office));
  return {};
}

Result<std::vector<std::string>> Stage::publish() {
  std::vector<std::string> said;
  for (const ShopSetup& shop : shops_) {
    const auto rules = read_file(shop.rules);
    if (!rules) return tl::unexpected(rules.error());
    const auto catalogue = read_file(shop.catalogue);
    if (!catalogue) return tl::unexpected(catalogue.error());
    const auto pictures =
        office_->put_pictures(fs::path(shop.catalogue).parent_path() / "pictures");
    if (!pictures) return tl::unexpected(pictures.error());
    auto line = office_->publish(*rules, *catalogue);
    if (!line) return tl::unexpected(line.error());
    said.push_back(std::move(*line));
  }
  return said;
}

Result<void> Stage::open_agents() {
  for (Terminal& terminal : terminals_) {
    if (const auto known = office_->add_terminal(terminal.store, terminal.id); !known) return known;
    const std::string name = terminal.store + "-" + terminal.id;
    const std::string port_file = options_.folder / (name + ".port");
    auto agent = Process::start(
        {.command = {options_.binaries / "sidedish-agent", "run", "--state-dir",
                     options_.folder / name, "--run-dir", options_.memory / name, "--head-office",
                     url_, "--store", terminal.store, "--terminal", terminal.id, "--port", "0",
                     "--port-file", port_file, "--start-splay-ms", "0"},
         .log = options_.folder / (name + ".agent.log")});
    if (!agent) return tl::unexpected(agent.error());
    terminal.agent = std::move(*agent);
  }
  for (Terminal& terminal : terminals_) {
    const std::string name = terminal.store + "-" + terminal.id;
    const auto port = await_file(options_.folder / (name + ".port"), terminal.agent, kStartMs);
    if (!port) return tl::unexpected(port.error());
    terminal.agent_url = "http://127.0.0.1:" + trimmed(*port);
    const auto current = await_file(options_.folder / name / "current", terminal.agent, kStartMs);
    if (!current) return tl::unexpected(current.error());
  }
  return {};
}

Result<void> Stage::open_tills() {
  std::vector<unsigned> of_shop(shops_.size());
  for (Terminal& terminal : terminals_) {
    const ShopSetup& shop = shops_[terminal.shop];
    const std::string name = terminal.store + "-" + terminal.id;
    const unsigned part = of_shop[terminal.shop]++;
    std::vector<std::string> command = {options_.binaries / "sidedish-sim",
                                        "till",
                                        "--library",
                                        options_.library,
                                        "--state-dir",
                                        options_.folder / name,
                                        "--run-dir",
                                        options_.memory / name,
                                        "--shop",
                                        shop.name,
                                        "--rules",
                                        shop.rules,
                                        "--catalogue",
                                        shop.catalogue,
                                        "--store",
                                        terminal.store,
                                        "--terminal",
                                        terminal.id,
                                        "--seed",
                                        std::to_string(options_.seed),
                                        "--part",
                                        std::to_string(part),
                                        "--parts",
                                        std::to_string(shop.terminals),
                                        "--baskets",
                                        std::to_string(shop.baskets / shop.terminals)};
    if (options_.goes_on) command.push_back("--goes-on");
    if (!shop.receipts.empty()) {
      command.insert(command.end(), {"--receipts", shop.receipts});
    }
    auto till = Process::start({.command = std::move(command),
                                .log = options_.folder / (name + ".till.log"),
                                .read_output = true});
    if (!till) return tl::unexpected(till.error());
    terminal.till = std::move(*till);
    terminal.report.shop = shop.name;
  }
  return {};
}

bool Stage::listen(int ms) {
  std::vector<pollfd> waiting;
  for (const Terminal& terminal : terminals_) {
    if (!terminal.closed) waiting.push_back({terminal.till.output(), POLLIN, 0});
  }
  if (waiting.empty()) return false;
  poll(waiting.data(), waiting.size(), ms);
  for (Terminal& terminal : terminals_) {
    if (terminal.closed) continue;
    std::vector<std::string> lines;
    terminal.closed = !terminal.till.read_lines(lines);
    if (lines.empty()) continue;
    if (auto report = read_report(lines.back())) terminal.report = std::move(*report);
  }
  return true;
}

void Stage::end_tills(int timeout_ms) {
  for (Terminal& terminal : terminals_) terminal.till.signal(SIGTERM);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (std::chrono::steady_clock::now() < end && listen(50)) {
  }
  for (Terminal& terminal : terminals_) terminal.till.wait(1000);
}

Result<Counted> Stage::await_counted(int timeout_ms) {
  std::int64_t recorded = 0;
  for (const Terminal& terminal : terminals_)
    recorded += static_cast<std::int64_t>(terminal.report.recorded);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    auto counted = office_->counted(false);
    if (!counted || counted->records + counted->tallied >= recorded ||
        std::chrono::steady_clock::now() > end) {
      return counted ? office_->counted(true) : counted;
    }
    poll(nullptr, 0, 50);
  }
}

std::uint64_t Stage::kept() {
  std::uint64_t sum = 0;
  for (const Terminal& terminal : terminals_) {
    net::ClientOptions options;
    options.base_url = terminal.agent_url;
    auto client = net::Client::create(options);
    if (!client) continue;
    net::Request request;
    request.method = "GET";
    request.target = "/v1/status";
    const auto response =
        (*client)->send(request, std::chrono::seconds(5), net::Repeat::idempotent);
    if (!response || response->status != 200) continue;
    const auto status = nlohmann::json::parse(response->body, nullptr, false);
    if (status.is_object())
      sum += status.value(nlohmann::json::json_pointer("/outbox/kept"), std::uint64_t{0});
  }
  return sum;
}

void Stage::close() {
  for (Terminal& terminal : terminals_) terminal.till.signal(SIGKILL);
  for (Terminal& terminal : terminals_) terminal.agent.signal(SIGTERM);
  for (Terminal& terminal : terminals_) terminal.agent.wait(5000);
  if (server_) {
    server_->signal(SIGTERM);
    server_->wait(5000);
    server_.reset();
  }
}

Result<std::string> Stage::manage_link() {
  std::ifstream in(std::filesystem::path(options_.folder) / "headoffice.db.token");
  std::string token;
  if (!std::getline(in, token)) {
    return fail(Errc::io, "reading head office's command token", "not there");
  }
  const auto path = office_->sign_in_link(token);
  if (!path) return tl::unexpected(path.error());
  return url_ + *path;
}

}  // namespace sidedish::sim
