#include "headoffice/program/office.hpp"

#include "headoffice/publish/documents.hpp"
#include "headoffice/server/server.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "plugin/net/client.hpp"

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <unistd.h>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;
constexpr std::uint32_t kUnasked = 200;  // no agent hears it

class Serving final : public Office {
 public:
  /// `token` may be empty.
  static Result<std::unique_ptr<Serving>> at(const std::string& url, std::string token) {
    net::ClientOptions options;
    options.base_url = url;
    options.max_body = std::size_t{256} << 20;
    auto client = net::Client::create(std::move(options));
    if (!client) return tl::unexpected<Error>(client.error());
    return std::unique_ptr<Serving>(new Serving(std::move(*client), std::move(token)));
  }

  Result<net::Response> call(net::Request request) override {
    if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_);
    return client_->send(request, std::chrono::minutes(2), net::Repeat::never);
  }

  bool alive() {
    net::Request request;
    request.method = "GET";
    request.target = "/healthz";
    const auto response = call(std::move(request));
    return response && response->status == 200;
  }

 private:
  Serving(std::unique_ptr<net::Client> client, std::string token)
      : client_(std::move(client)), token_(std::move(token)) {}
  std::unique_ptr<net::Client> client_;
  std::string token_;
};

class Handlers final : public Office {
 public:
  Handlers(const Places& places, std::unique_ptr<SqliteStorage> storage)
      : zones_(zone_files(places.zones)), storage_(std::move(storage)) {}

  Result<net::Response> call(net::Request request) override {
    std::optional<net::Response> answer;
    request.headers.set("Host", "127.0.0.1").set("Authorization", "Bearer " + token_);
    service_.handle(std::move(request),
                    net::Reply::to([&](net::Response r) { answer = std::move(r); }));
    if (!answer) return fail(Errc::internal, "the request was not answered");
    return std::move(*answer);
  }

 private:
  compile::ZoneFile zones_;
  std::unique_ptr<SqliteStorage> storage_;
  SqliteStorage& kept_ = *storage_;
  SystemClock clock_;
  BusinessDays days_{zones_};
  Publisher publisher_{kept_, kept_, clock_, zones_, read_documents};
  Book book_{{kept_, kept_, kept_, kept_, publisher_, days_, clock_, zones_, true}};
  Replays replays_{{book_, kept_, kept_, days_, clock_, zones_}};
  Passwords passwords_;
  People people_{kept_, passwords_, clock_};
  std::string token_ = random_token();
  Service service_{{kept_, kept_, kept_, kept_, days_, publisher_, book_, replays_, people_, kept_,
                    clock_, kUnasked, token_}};
};

}  // namespace

UtcMs SystemClock::now() const noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

MonoMs SystemClock::steady() const noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::filesystem::path address_file(const std::string& database) { return database + ".address"; }
std::filesystem::path token_file(const std::string& database) { return database + ".token"; }

Result<void> write_file(const std::filesystem::path& file, std::string_view text,
                        std::filesystem::perms mode) {
  const std::string next = file.string() + "." + std::to_string(getpid());
  std::error_code error;
  std::ofstream out(next, std::ios::binary | std::ios::trunc);
  std::filesystem::permissions(next, mode, error);  // before anything is in it
  if (!error) out << text;
  out.close();
  if (out && !error) std::filesystem::rename(next, file, error);
  if (!out || error) {
    return fail(Errc::io, "writing " + file.string(),
                error ? error.message() : std::strerror(errno));
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return fail(Errc::not_found, "reading " + file.string(), error.message());
  if (size > kMaxFile) return fail(Errc::limit, file.string() + " is larger than 64 MiB");
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || !in.is_open())
    return fail(Errc::io, "reading " + file.string(), std::strerror(errno));
  return text;
}

Result<std::unique_ptr<Office>> Office::reach(const Places& places) {
  if (!places.server.empty()) return Serving::at(places.server, {});
  if (const auto address = read_file(address_file(places.database))) {
    const auto token = read_file(token_file(places.database));
    auto serving = Serving::at(*address, token ? *token : std::string());
    if (serving && (*serving)->alive()) return std::move(*serving);
  }
  auto storage = SqliteStorage::open(places.database);
  if (!storage) return tl::unexpected<Error>(storage.error());
  return std::make_unique<Handlers>(places, std::move(*storage));
}

}  // namespace sidedish::headoffice
