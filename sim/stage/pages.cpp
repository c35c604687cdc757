#include "sim/stage/pages.hpp"

#include "plugin/net/problem.hpp"
#include "plugin/net/router.hpp"
#include "plugin/net/web_file.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sstream>

namespace sidedish::sim {
namespace {

constexpr int kStartMs = 20'000;
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self' http://127.0.0.1:*; frame-src http://127.0.0.1:*; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

net::Response file(const net::Request& request, const WebAsset& asset) {
  net::Response response = net::web_file(request, asset);
  response.headers.set("Content-Security-Policy", kPolicy);
  return response;
}

net::Response document(std::string body) {
  net::Response response;
  response.headers.set("Content-Type", "application/json").set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

Result<std::string> read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream content;
  if (!in || !(content << in.rdbuf())) return fail(Errc::io, "reading " + name, "cannot be read");
  return content.str();
}

/// "burger bar" -> "Burger bar"
std::string titled(std::string name) {
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

}  // namespace

net::Response Pages::shop(std::string_view id) {
  const std::lock_guard lock(mutex_);
  if (id.empty()) {
    nlohmann::json all = nlohmann::json::array();
    for (const Shop& shop : shops_) all.push_back({{"id", shop.id}, {"name", shop.name}});
    return document(all.dump());
  }
  for (const Shop& shop : shops_) {
    if (shop.id == id) return document(shop.document);
  }
  return net::problem(404, "there is no such shop");
}

Result<void> Pages::open_shop(const StageOptions& options, const ShopSetup& shop,
                              const Terminal& terminal) {
  std::string id = shop.name;
  std::erase(id, ' ');
  const std::filesystem::path has = options.folder / (terminal.store + "-" + terminal.id);
  std::istringstream current(read_file(has / "current").value_or(""));
  std::string generation;
  std::string image;
  if (!(current >> generation >> image)) {
    return fail(Errc::not_found, has.string(), "has no current rules");
  }
  const std::string name = "pages-" + id;
  const std::string port_file = options.folder / (name + ".port");
  std::vector<std::string> command = {options.binaries / "sidedish-agent",
                                      "run",
                                      "--state-dir",
                                      options.folder / name,
                                      "--run-dir",
                                      options.memory / name,
                                      "--image",
                                      has / "images" / (image + ".image"),
                                      "--store",
                                      terminal.store,
                                      "--terminal",
                                      "pages",
                                      "--port",
                                      "0",
                                      "--port-file",
                                      port_file,
                                      "--allow-origin",
                                      url_};
  // A shop's own pictures and colours, where it has some.
  const std::filesystem::path own = std::filesystem::path(shop.catalogue).parent_path();
  for (const auto& [option, file] :
       {std::pair("--pictures", "pictures"), std::pair("--config", "agent.json")}) {
    if (!std::filesystem::exists(own / file)) continue;
    command.insert(command.end(), {option, own / file});
  }
  auto agent = Process::start({.command = command, .log = options.folder / (name + ".agent.log")});
  if (!agent) return tl::unexpected(agent.error());
  const auto port = await_file(port_file, *agent, kStartMs);
  if (!port) return tl::unexpected(port.error());
  const auto catalogue = read_file(shop.catalogue);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const auto whole = nlohmann::json::parse(*catalogue, nullptr, false);
  if (!whole.is_object()) return fail(Errc::io, shop.catalogue, "expected a catalogue document");
  nlohmann::json told = {{"id", id},
                         {"name", titled(shop.name)},
                         {"agent", "http://127.0.0.1:" + port->substr(0, port->find('\n'))},
                         {"store", terminal.store},
                         {"currency", shop.currency},
                         {"exponent", shop.exponent}};
  for (const char* part : {"categories", "products"}) told["catalogue"][part] = whole.at(part);
  const std::lock_guard lock(mutex_);
  shops_.push_back({id, titled(shop.name), told.dump(), std::move(*agent)});
  return {};
}

Result<std::unique_ptr<Pages>> Pages::open(const StageOptions& options, const Stage& stage) {
  if (page_assets().empty()) {
    return fail(Errc::not_found, "the demo's pages", "were not built (UI=OFF)");
  }
  std::unique_ptr<Pages> pages(new Pages);
  net::Router router;
  for (const WebAsset& asset : page_assets()) {
    router.add("GET", asset.path, [&asset](const net::Routed& routed, const net::Reply& reply) {
      reply.send(file(routed.request, asset));
    });
  }
  Pages& self = *pages;  // its server ends before it does
  router.add("GET", "/shops", [&self](const net::Routed& /*routed*/, const net::Reply& reply) {
    reply.send(self.shop(""));
  });
  router.add("GET", "/shops/{id}", [&self](const net::Routed& routed, const net::Reply& reply) {
    reply.send(self.shop(routed.param("id")));
  });
  auto server = net::Server::start({}, router);
  if (!server) return tl::unexpected(server.error());
  pages->server_ = std::move(*server);
  pages->url_ = "http://127.0.0.1:" + std::to_string(pages->server_->port());
  for (std::size_t i = 0; i < stage.shops().size(); ++i) {
    const auto first = std::ranges::find(stage.terminals(), i, &Terminal::shop);
    if (first == stage.terminals().end()) continue;
    if (const auto opened = pages->open_shop(options, stage.shops()[i], *first); !opened) {
      return tl::unexpected(opened.error());
    }
  }
  return pages;
}

Pages::~Pages() {
  server_.reset();
  for (Shop& shop : shops_) shop.agent.signal(SIGTERM);
  for (Shop& shop : shops_) shop.agent.wait(5000);
}

std::vector<std::string> Pages::addresses() const {
  std::vector<std::string> lines;
  for (const Shop& shop : shops_) {
    lines.push_back(shop.name + ":  " + url_ + "/till?shop=" + shop.id + "   " + url_ +
                    "/kiosk?shop=" + shop.id);
  }
  return lines;
}

}  // namespace sidedish::sim
