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

Result<net::Response> ask(const std::string& url, const net::Request& request) {
  net::ClientOptions options;
  options.base_url = url;
  options.max_body = std::size_t{256} << 20;
  auto client = net::Client::create(std::move(options));
  if (!client) return tl::unexpected<Error>(client.error());
  return (*client)->send(request, std::chrono::minutes(2), net::Repeat::never);
}

/// Whether a head office answers there.
bool alive(const std::string& url) {
  net::Request request;
  request.method = "GET";
  request.target = "/healthz";
  const auto response = ask(url, request);
  return response && response->status == 200;
}

Result<net::Response> call_database(const Places& places, const net::Request& request) {
  auto storage = SqliteStorage::open(places.database);
  if (!storage) return tl::unexpected<Error>(storage.error());
  const SystemClock clock;
  BusinessDays days(zone_files(places.zones));
  Publisher publisher(**storage, **storage, clock, zone_files(places.zones), read_documents);
  Book book({**storage, **storage, **storage, **storage, publisher, days, clock,
             zone_files(places.zones), true});
  Replays replays({book, **storage, **storage, days, clock, zone_files(places.zones)});
  const Passwords passwords;
  People people(**storage, passwords, clock);
  const std::string token = random_token();
  Service service({**storage, **storage, **storage, **storage, days, publisher, book, replays,
                   people, **storage, clock, kUnasked, token});
  std::optional<net::Response> answer;
  net::Request shown = request;
  shown.headers.set("Host", "127.0.0.1").set("Authorization", "Bearer " + token);
  service.handle(std::move(shown), net::Reply::to([&](net::Response r) { answer = std::move(r); }));
  if (!answer) return fail(Errc::internal, "the request was not answered");
  return std::move(*answer);
}

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

Result<net::Response> call(const Places& places, const net::Request& request) {
  if (!places.server.empty()) return ask(places.server, request);
  if (const auto address = read_file(address_file(places.database)); address && alive(*address)) {
    net::Request shown = request;
    if (const auto token = read_file(token_file(places.database))) {
      shown.headers.set("Authorization", "Bearer " + *token);
    }
    return ask(*address, shown);
  }
  return call_database(places, request);
}

}  // namespace sidedish::headoffice
