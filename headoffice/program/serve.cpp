#include "headoffice/program/commands.hpp"
#include "headoffice/publish/documents.hpp"
#include "headoffice/server/server.hpp"
#include "headoffice/store/sqlite_storage.hpp"

#include <cstdio>
#include <pthread.h>
#include <signal.h>

namespace sidedish::headoffice {
namespace {

namespace fs = std::filesystem;

int failed(const Error& error) {
  std::fprintf(stderr, "sidedish-headoffice: %.*s\n", static_cast<int>(error.text().size()),
               error.text().data());
  return 1;
}

}  // namespace

int serve(const Places& places, const ServeOptions& options) {
  // Blocked before any thread starts: only the wait below gets them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto storage = SqliteStorage::open(places.database);
  if (!storage) return failed(storage.error());
  const SystemClock clock;
  BusinessDays days(zone_files(places.zones));
  if (const auto zone = days.check("Europe/Berlin"); !zone) {
    std::fprintf(stderr, "sidedish-headoffice: no time zones in %s: stores cannot be published\n",
                 places.zones.c_str());
  }
  Publisher publisher(**storage, **storage, clock, zone_files(places.zones), read_documents);
  net::ServerOptions http;
  http.address = options.address;
  http.port = options.port;
  http.threads = 4;
  http.clock = &clock;
  Book book({**storage, **storage, **storage, **storage, publisher, days, clock,
             zone_files(places.zones), options.approval});
  Replays replays({book, **storage, **storage, days, clock, zone_files(places.zones)});
  const Passwords passwords;
  People people(**storage, passwords, clock);
  const std::string token = random_token();
  auto office = HeadOffice::start(
      std::move(http), {**storage, **storage, **storage, **storage, days, publisher, book, replays,
                        people, **storage, clock, options.drain_rate, token});
  if (!office) return failed(office.error());
  const std::string port = std::to_string((*office)->port());
  const bool six = options.address.find(':') != std::string::npos;
  const std::string url =
      "http://" + (six ? "[" + options.address + "]" : options.address) + ":" + port;
  if (const auto told = write_file(token_file(places.database), token, fs::perms(0600)); !told) {
    return failed(told.error());
  }
  if (const auto told = write_file(address_file(places.database), url); !told) {
    return failed(told.error());
  }
  if (!options.port_file.empty()) {
    if (const auto told = write_file(options.port_file, port + "\n"); !told) {
      return failed(told.error());
    }
  }
  std::printf("sidedish-headoffice: %s, database %s\n", url.c_str(), places.database.c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  (*office)->stop();
  std::error_code ignored;
  fs::remove(address_file(places.database), ignored);
  fs::remove(token_file(places.database), ignored);
  return 0;
}

}  // namespace sidedish::headoffice
