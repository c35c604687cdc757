#include "plugin/net/client.hpp"

#include "plugin/net/body_reader.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cerrno>
#include <charconv>
#include <optional>
#include <sys/socket.h>
#include <vector>

namespace sidedish::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace urls = boost::urls;
using asio::ip::tcp;
using boost::system::error_code;
using Time = std::chrono::steady_clock;
using Parser = http::response_parser<http::string_body>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr int kMaxInterim = 8;
constexpr std::size_t kBodyRead = 64 * 1024;

struct Base {
  std::string host;       ///< for the resolver: without brackets
  std::string authority;  ///< for the Host field
  std::string port;
  std::string prefix;  ///< "" or "/api", no slash at the end
};

Result<Base> parse_base(const std::string& text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return fail(Errc::invalid, "reading the server's URL: not a URL", text);
  const urls::url_view& url = *parsed;
  if (url.scheme_id() == urls::scheme::https) {
    return fail(Errc::unsupported,
                "reading the server's URL: this build speaks http only, not https", text);
  }
  if (url.scheme_id() != urls::scheme::http || url.encoded_host().empty() || url.has_userinfo() ||
      url.has_query() || url.has_fragment()) {
    return fail(Errc::invalid, "reading the server's URL: expected http://host[:port][/prefix]",
                text);
  }
  Base base;
  base.host = url.host_address();
  base.authority = url.encoded_host();
  base.port = "80";
  if (url.has_port() && !url.port().empty()) {
    const std::string digits = url.port();
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
      return fail(Errc::invalid, "reading the server's URL: no such port", text);
    }
    base.port = std::to_string(port);
    base.authority += ':' + base.port;
  }
  base.prefix = url.encoded_path();
  while (base.prefix.ends_with('/')) base.prefix.pop_back();
  return base;
}

/// What went wrong on the way, and whether the kept connection had just been closed by the server.
struct Trouble {
  Errc code = Errc::network;
  std::string what;
  bool before_answer = false;
};

struct Attempt {
  std::optional<Response> response;
  Trouble trouble;
  bool done = false;
};

bool closed_by_peer(const error_code& ec) {
  return ec == asio::error::eof || ec == asio::error::connection_reset ||
         ec == asio::error::broken_pipe || ec == http::error::end_of_stream;
}

/// Exactly one coding, spelled "chunked", or none: nothing that another reader could see
/// differently.
bool plain_framing(const Parser& parser) {
  const auto range = parser.get().equal_range(http::field::transfer_encoding);
  const auto count = std::distance(range.first, range.second);
  if (count == 0) return true;
  return count == 1 && parser.chunked() && iequals(range.first->value(), "chunked");
}

}  // namespace

class Client::Core {
 public:
  Core(ClientOptions options, Base base) : options_(std::move(options)), base_(std::move(base)) {}

  Result<Response> send(const Request& request, std::chrono::milliseconds timeout, Repeat repeat);
  void cancel() noexcept {
    cancelled_ = true;
    try {
      asio::post(ioc_, [] {});  // wakes a waiting send()
    } catch (...) {             // out of memory: send() ends with its timeout
    }
  }
  void resume() noexcept { cancelled_ = false; }
  void disconnect() noexcept {
    error_code ignored;
    socket_.close(ignored);
    buffer_.clear();
  }
  std::size_t connects() const noexcept { return connects_; }

 private:
  struct LookUp {
    bool done = false;
    error_code ec;
    std::vector<tcp::endpoint> endpoints;
  };

  Result<std::string> head_of(const Request& request) const;
  Result<void> look_up();
  Attempt attempt(const std::string& head, const Request& request);
  asio::awaitable<void> run(const std::string& head, const Request& request, Attempt& attempt);
  asio::awaitable<void> read(bool head_request, Attempt& attempt);
  bool usable();
  /// Runs the loop until `done`; false when time is up or somebody cancelled.
  bool drive(const bool& done) {
    ioc_.restart();
    while (!done && !cancelled_ && Time::now() < deadline_) {
      if (ioc_.run_one_until(deadline_) == 0 && ioc_.stopped()) ioc_.restart();
    }
    return done;
  }
  std::string stopped_because() const { return cancelled_ ? "cancelled" : "no answer in time"; }

  const ClientOptions options_;
  const Base base_;
  asio::io_context ioc_{1};
  tcp::resolver resolver_{ioc_};
  tcp::socket socket_{ioc_};
  boost::beast::flat_buffer buffer_;
  std::vector<tcp::endpoint> endpoints_;
  Time::time_point deadline_;
  Time::time_point last_used_;
  std::atomic<bool> cancelled_ = false;
  std::atomic<std::size_t> connects_ = 0;
};

Result<std::string> Client::Core::head_of(const Request& request) const {
  constexpr std::array<std::string_view, 6> kOurs = {
      "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Upgrade"};
  const bool target_ok = request.target.starts_with('/') &&
                         std::all_of(request.target.begin(), request.target.end(),
                                     [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  if (!valid_field_name(request.method) || request.method == "CONNECT" || !target_ok) {
    return fail(Errc::invalid, "sending a request: bad method or target",
                request.method + ' ' + request.target);
  }
  std::string head = request.method + ' ' + base_.prefix + request.target + " HTTP/1.1\r\n";
  head += "Host: " + base_.authority + "\r\n";
  for (const auto& [name, value] : request.headers) {
    const bool ours = std::any_of(kOurs.begin(), kOurs.end(), [&, &field = name](auto reserved) {
      return iequals(reserved, field);
    });
    if (ours || !valid_field_name(name) || !valid_field_value(value)) {
      return fail(Errc::invalid, "sending a request: header not allowed", name);
    }
    head += name + ": " + value + "\r\n";
  }
  const bool usual_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (usual_body || !request.body.empty()) {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head += "\r\n";
}

/// A kept connection that was not closed meanwhile, and on which nobody spoke unasked.
bool Client::Core::usable() {
  if (!socket_.is_open() || buffer_.size() > 0 || Time::now() - last_used_ > options_.keep) {
    return false;
  }
  char byte = 0;
  const auto n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/// The system's look-up cannot be interrupted; when time is up its answer is left to nobody.
Result<void> Client::Core::look_up() {
  const auto state = std::make_shared<LookUp>();
  error_code literal;
  const auto address = asio::ip::make_address(base_.host, literal);
  const auto port = static_cast<std::uint16_t>(std::stoul(base_.port));
  if (!literal) {
    endpoints_ = {tcp::endpoint(address, port)};
    return {};
  }
  resolver_.async_resolve(base_.host, base_.port, tcp::resolver::numeric_service,
                          [state](error_code ec, const tcp::resolver::results_type& results) {
                            state->done = true;
                            state->ec = ec;
                            for (const auto& entry : results) state->endpoints.push_back(entry);
                          });
  if (!drive(state->done))
    return fail(Errc::network, "looking up " + base_.host, stopped_because());
  if (state->ec) return fail(Errc::network, "looking up " + base_.host, state->ec.message());
  endpoints_ = std::move(state->endpoints);
  return {};
}

asio::awaitable<void> Client::Core::run(const std::string& head, const Request& request,
                                        Attempt& attempt) {
  if (!socket_.is_open()) {
    ++connects_;
    const auto [ec, where] = co_await asio::async_connect(socket_, endpoints_, kAwait);
    if (ec) {
      attempt.trouble.what = "connecting: " + ec.message();
      co_return;
    }
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }
  const std::array buffers = {asio::buffer(head), asio::buffer(request.body)};
  const auto [ec, n] = co_await asio::async_write(socket_, buffers, kAwait);
  // A server that refuses early may have answered before it closed: the answer is read first.
  co_await read(request.method == "HEAD", attempt);
  if (ec && !attempt.response) attempt.trouble.what = "sending: " + ec.message();
  if (ec) disconnect();
}

asio::awaitable<void> Client::Core::read(bool head_request, Attempt& attempt) {
  std::optional<Parser> parser;
  std::size_t before = 0;
  for (int interim = 0;; ++interim) {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(options_.max_head));
    parser->body_limit(options_.max_body);
    parser->skip(head_request);
    const auto [ec, n] = co_await http::async_read_header(socket_, buffer_, *parser, kAwait);
    if (ec) {
      attempt.trouble.before_answer = closed_by_peer(ec) && before + n + buffer_.size() == 0;
      attempt.trouble.what = "reading the answer: " + ec.message();
      if (ec == http::error::header_limit || ec == http::error::body_limit)
        attempt.trouble.code = Errc::limit;
      co_return;
    }
    before += n;
    const int status = static_cast<int>(parser->get().result_int());
    if (status >= 200 && status <= 599) break;
    if (status < 100 || status == 101 || status > 599 || interim == kMaxInterim) {
      attempt.trouble.what = "reading the answer: unexpected status " + std::to_string(status);
      co_return;
    }
  }
  if (parser->need_eof() || !plain_framing(*parser)) {
    attempt.trouble.what = "reading the answer: its end cannot be known";
    co_return;
  }
  Response response;
  response.status = static_cast<int>(parser->get().result_int());
  for (const auto& field : parser->get()) {
    response.headers.add(field.name_string(), field.value());
  }
  if (!parser->is_done()) {
    BodyReader body = parser->chunked()
                          ? BodyReader::in_chunks(options_.max_body, BodyReader::Extras::skip)
                          : BodyReader::of_length(*parser->content_length(), options_.max_body);
    for (;;) {
      std::string_view got(static_cast<const char*>(buffer_.data().data()), buffer_.size());
      const auto state = body.feed(got);
      buffer_.consume(buffer_.size() - got.size());
      if (state == BodyReader::State::done) break;
      if (state != BodyReader::State::more) {
        const bool large = state == BodyReader::State::too_large;
        attempt.trouble.code = large ? Errc::limit : Errc::network;
        attempt.trouble.what = large ? "reading the answer: its body is too large"
                                     : "reading the answer: its chunks are broken";
        co_return;
      }
      const auto [ec, n] = co_await socket_.async_read_some(buffer_.prepare(kBodyRead), kAwait);
      if (ec) {
        attempt.trouble.what = "reading the answer: " + ec.message();
        co_return;
      }
      buffer_.commit(n);
    }
    response.body = body.take();
  }
  if (!parser->keep_alive() || buffer_.size() > 0) disconnect();
  attempt.response = std::move(response);
}

Attempt Client::Core::attempt(const std::string& head, const Request& request) {
  Attempt attempt;
  asio::co_spawn(ioc_, run(head, request, attempt), [&](const std::exception_ptr& failed) {
    attempt.done = true;
    if (failed) attempt.trouble = {Errc::internal, "the request failed inside", false};
  });
  const bool in_time = drive(attempt.done);
  if (!in_time) {
    disconnect();  // ends every operation of the coroutine, which then ends at once
    ioc_.restart();
    while (!attempt.done) ioc_.run_one();
    attempt.response.reset();
    attempt.trouble = {Errc::network, stopped_because(), false};
  }
  if (!attempt.response) disconnect();
  return attempt;
}

Result<Response> Client::Core::send(const Request& request, std::chrono::milliseconds timeout,
                                    Repeat repeat) {
  const std::string doing = request.method + " http://" + base_.authority + request.target;
  auto head = head_of(request);
  if (!head) return tl::unexpected(head.error());
  deadline_ = Time::now() + timeout;
  if (cancelled_) return fail(Errc::network, doing, "cancelled");
  bool reused = usable();
  for (;;) {
    if (!reused) {
      disconnect();
      if (auto found = look_up(); !found) return tl::unexpected(found.error().within(doing));
    }
    Attempt result = attempt(*head, request);
    last_used_ = Time::now();
    if (result.response) return std::move(*result.response);
    const bool again = reused && repeat == Repeat::idempotent && result.trouble.before_answer;
    if (!again) return fail(result.trouble.code, doing, result.trouble.what);
    reused = false;
  }
}

Result<std::unique_ptr<Client>> Client::create(ClientOptions options) {
  auto base = parse_base(options.base_url);
  if (!base) return tl::unexpected(base.error());
  return std::unique_ptr<Client>(
      new Client(std::make_unique<Core>(std::move(options), std::move(*base))));
}

Client::Client(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Client::~Client() = default;
Result<Response> Client::send(const Request& request, std::chrono::milliseconds timeout,
                              Repeat repeat) {
  return core_->send(request, timeout, repeat);
}
void Client::hang_up() noexcept { core_->disconnect(); }
void Client::cancel() noexcept { core_->cancel(); }
void Client::resume() noexcept { core_->resume(); }
std::size_t Client::connects() const noexcept { return core_->connects(); }

}  // namespace sidedish::net
