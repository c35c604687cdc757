#include "tests/bench/echo.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

class Echo::Server {
 public:
  explicit Server(const std::string& answer) : acceptor_(context_, {tcp::v4(), 0}) {
    const std::size_t end = answer.find("\r\n\r\n");
    body_ = answer.substr(end + 4);
    std::string_view rest(answer.data(), end);
    while (rest.find("\r\n") != std::string_view::npos) {
      rest.remove_prefix(rest.find("\r\n") + 2);
      const std::string_view line = rest.substr(0, rest.find("\r\n"));
      const std::size_t colon = line.find(": ");
      if (line.starts_with("Content-Length")) continue;  // prepare_payload() says it
      fields_.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    asio::co_spawn(context_, serve(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Server() {
    context_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> serve() {
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    boost::beast::flat_buffer buffer;
    for (;;) {
      http::request<http::string_body> request;
      const auto [ec, n] =
          co_await http::async_read(socket, buffer, request, asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      http::response<http::string_body> response{http::status::ok, request.version()};
      for (const auto& [name, value] : fields_) response.set(name, value);
      response.keep_alive(request.keep_alive());
      response.body() = body_;
      response.prepare_payload();
      co_await http::async_write(socket, response, asio::use_awaitable);
    }
  }
  std::string body_;
  std::vector<std::pair<std::string, std::string>> fields_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

Echo::Echo(const std::string& answer) : server_(std::make_unique<Server>(answer)) {}
Echo::~Echo() = default;
std::uint16_t Echo::port() const { return server_->port(); }
