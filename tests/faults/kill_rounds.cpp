// kill_rounds: kill -9 of POS process, agent and head office at random, for real, and then the
// count.
//
//   kill_rounds --bin DIR --library FILE --rules FILE --catalogue FILE --rounds N --seed N
//   [--victims pah]
//
// A POS process rings up baskets through the plugin and answers prompts. The oracle is kept outside
// the thing under test: after a call has returned SIDEDISH_OK the POS process appends what it now
// knows to be recorded to a file of its own and fsyncs it. Every round waits a random few
// milliseconds, kills one of the victims (p POS, a agent, h head office) with SIGKILL and starts it
// again. At the end everything runs undisturbed until head office has caught up; then
//   R01/R02/R04  every line of the oracle is at head office exactly once, no lane record twice,
//   R03          no sequence number is missing, and the kept aggregates are the sums of the rows.
// Proved by breaking it: with the ring's tail moved before the outbox has committed, 60 kills of the agent lost 40 of 1,563.
#include "plugin/store/peek.hpp"
#include "sim/stage/head_office.hpp"
#include "sim/stage/process.hpp"
#include "sim/till/pos.hpp"
#include "tests/support/scratch.hpp"

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <random>
#include <set>
#include <signal.h>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;
using namespace sidedish;
using namespace sidedish::sim;

namespace {

volatile sig_atomic_t stopping = 0;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "kill_rounds: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result, const char* doing) {
  if (!result) die(std::string(doing) + ": " + std::string(result.error().text()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Arguments {
  std::map<std::string, std::string> values;
  const std::string& operator[](const std::string& name) const {
    const auto it = values.find(name);
    if (it == values.end()) die("missing --" + name);
    return it->second;
  }
};

// ---- the POS process
// ---------------------------------------------------------------------------------------

constexpr const char* kWhole = " .";

class Oracle {
 public:
  explicit Oracle(const std::string& file)
      : fd_(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
    if (fd_ < 0) die("opening the oracle");
  }
  void knows(const char* kind, std::uint64_t prompt) {
    char id[17];
    std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(prompt));
    knows(kind, std::string(id));
  }
  /// A line that was killed in the middle has no end.
  void knows(const char* kind, const std::string& id) {
    const std::string line = std::string(kind) + " " + id + kWhole + "\n";
    if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        fdatasync(fd_) != 0) {
      die("writing the oracle");
    }
  }

 private:
  int fd_;
};

int run_pos(const Arguments& arguments) {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &action, nullptr);
  const Library library = must(Library::load(arguments["library"]), "library");
  PosSetup setup{arguments["state"],
                 arguments["run"],
                 "",
                 arguments["store"],
                 "till-1",
                 "EUR",
                 SIDEDISH_CHANNEL_CASHIER,
                 true};
  Pos pos = must(Pos::open(library, setup), "POS");
  Oracle oracle(arguments["oracle"]);
  std::mt19937_64 random(static_cast<std::uint64_t>(std::stoull(arguments["seed"])) +
                         static_cast<std::uint64_t>(getpid()));

  // Products and prices of the catalogue.
  std::vector<std::pair<std::string, Minor>> menu;
  const auto catalogue = nlohmann::json::parse(slurp(arguments["catalogue"]));
  for (const auto& product : catalogue.at("products")) {
    menu.emplace_back(product.at("key").get<std::string>(),
                      *parse_decimal(product.at("price").get<std::string>(), 2));
  }
  UtcMs now = std::stoll(arguments["now"]);
  for (std::uint64_t basket = 0; stopping == 0; ++basket) {
    now += 40'000;
    const std::string name = std::to_string(getpid()) + "-" + std::to_string(basket);
    pos.begin(name, now);
    pos.set_operator(std::to_string(basket / 20));
    const std::size_t lines = 1 + random() % 5;
    bool answered = false;
    for (std::size_t i = 0; i < lines; ++i) {
      const auto& [key, price] = menu[random() % menu.size()];
      pos.add({key, SIDEDISH_LINE_GOODS, kOne, price, 0});
      pos.advance(2000);
      if (const auto status = pos.update(SIDEDISH_REASON_ITEM_ADDED); status != SIDEDISH_OK)
        die("update: " + pos.last_error());
      for (const PosPrompt& prompt : pos.prompts()) {
        if (prompt.fresh) oracle.knows("shown", prompt.id);
        if (answered || random() % 4 == 0) continue;
        const bool yes = random() % 2 == 0;
        if (pos.answer(prompt.id, yes ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED, SIDEDISH_BY_STAFF) !=
            SIDEDISH_OK) {
          die("answer: " + pos.last_error());
        }
        oracle.knows(yes ? "accepted" : "declined", prompt.id);
        answered = true;
        break;
      }
    }
    pos.event(SIDEDISH_EVENT_CHECKOUT_STARTED);
    pos.event(SIDEDISH_EVENT_TENDER_STARTED);
    if (pos.event(SIDEDISH_EVENT_COMPLETED) != SIDEDISH_OK) die("completed: " + pos.last_error());
    oracle.knows("closed", name);
    pos.refresh();
    while (pos.waiting() > (3U << 20) && stopping == 0)
      poll(nullptr, 0, 5);  // a simulated shop can wait
  }
  return 0;
}

// ---- the count
// ---------------------------------------------------------------------------------------------

class Database {
 public:
  explicit Database(const fs::path& file) {
    if (sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
      die("opening " + file.string());
  }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  template <class Row>
  void each(const char* sql, Row row) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK)
      die(sqlite3_errmsg(db_));
    while (sqlite3_step(statement) == SQLITE_ROW) row(statement);
    sqlite3_finalize(statement);
  }
  std::int64_t number(const char* sql) {
    std::int64_t value = 0;
    each(sql, [&](sqlite3_stmt* s) { value = sqlite3_column_int64(s, 0); });
    return value;
  }

 private:
  sqlite3* db_ = nullptr;
};

std::string column(sqlite3_stmt* s, int i) {
  const auto* text = sqlite3_column_text(s, i);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

/// 0 when everything fits.
int judge(const fs::path& db_file, const fs::path& oracle_file) {
  Database db(db_file);
  std::map<std::string, int> seen;           // "shown <prompt>", "closed <basket>" -> how often
  std::map<std::string, std::int64_t> sums;  // of closed baskets, by column of basket_total
  std::map<std::string, std::int64_t> kinds;
  std::set<std::string> records;
  std::int64_t twice = 0;
  std::int64_t tallied = 0;
  db.each("SELECT type, json FROM event", [&](sqlite3_stmt* s) {
    const std::string type = column(s, 0);
    const auto event = nlohmann::json::parse(column(s, 1));
    const auto& data = event.contains("data") ? event.at("data") : event;
    if (type == "tally") tallied += data.at("count").get<std::int64_t>();
    if (!data.contains("record")) return;
    if (!records.insert(data.at("record").dump()).second) ++twice;
    if (type.rfind("prompt.", 0) == 0) {
      ++kinds[type.substr(7)];
      if (data.contains("prompt"))
        ++seen[type.substr(7) + " " + data.at("prompt").get<std::string>()];
    }
    if (type == "basket.closed" && data.value("part", 0) == 0) {
      if (data.at("end") == "completed") ++seen["closed " + data.at("basket").get<std::string>()];
      ++sums["baskets"];
      for (const char* amount : {"total", "items", "lines", "shown", "accepted"}) {
        sums[amount] += data.at(amount).get<std::int64_t>();
      }
      sums["attached"] += data.at("attached").get<bool>() ? 1 : 0;
      sums["baskets * eligible"] += data.at("eligible").get<bool>() ? 1 : 0;
      if (data.at("margin_known").get<bool>())
        sums["margin"] += data.at("margin").get<std::int64_t>();
    }
  });
  std::int64_t lost = 0;
  std::int64_t doubled = 0;
  std::int64_t expected = 0;
  std::ifstream oracle(oracle_file);
  for (std::string line; std::getline(oracle, line);) {
    const std::size_t end = line.rfind(kWhole);
    if (end == std::string::npos || end + 2 != line.size()) continue;
    ++expected;
    const auto it = seen.find(line.substr(0, end));
    if (it == seen.end()) {
      ++lost;
      if (lost <= 5) std::fprintf(stderr, "  lost: %s\n", line.c_str());
    } else if (it->second > 1) {
      ++doubled;
    }
  }
  // Aggregates against the rows they are sums of.
  std::int64_t wrong = 0;
  for (const auto& [kind, n] : kinds) {
    std::int64_t sum = 0;
    db.each("SELECT kind, sum(n) FROM prompt_total WHERE daypart = '' GROUP BY kind",
            [&](sqlite3_stmt* s) {
              if (column(s, 0) == kind) sum = sqlite3_column_int64(s, 1);
            });
    if (sum < n || (tallied == 0 && sum != n)) {
      ++wrong;
      std::fprintf(stderr, "  %s: %lld rows, aggregate %lld\n", kind.c_str(),
                   static_cast<long long>(n), static_cast<long long>(sum));
    }
  }
  for (const auto& [column, sum] : sums) {
    const std::string sql =
        "SELECT coalesce(sum(" + column + "), 0) FROM basket_total WHERE daypart = ''";
    const std::int64_t kept = db.number(sql.c_str());
    if (tallied == 0 && kept != sum) {
      ++wrong;
      std::fprintf(stderr, "  baskets, %s: %lld in rows, aggregate %lld\n", column.c_str(),
                   static_cast<long long>(sum), static_cast<long long>(kept));
    }
  }
  const std::int64_t missing = db.number("SELECT coalesce(sum(last - first + 1), 0) FROM gap");
  std::printf(
      "oracle %lld, records at head office %zu, lost %lld, doubled %lld, records twice %lld, "
      "missing sequences %lld, "
      "wrong aggregates %lld, tallied %lld\n",
      static_cast<long long>(expected), records.size(), static_cast<long long>(lost),
      static_cast<long long>(doubled), static_cast<long long>(twice),
      static_cast<long long>(missing), static_cast<long long>(wrong),
      static_cast<long long>(tallied));
  if (expected == 0) {
    std::fprintf(stderr, "nothing was recorded: this run proves nothing\n");
    return 1;
  }
  return lost == 0 && doubled == 0 && twice == 0 && missing == 0 && wrong == 0 ? 0 : 1;
}

// ---- the driver
// --------------------------------------------------------------------------------------------

struct House {
  const Arguments& arguments;
  fs::path folder;
  fs::path memory;
  std::string url;
  std::string port = "0";
  Process office = Process::none();
  Process agent = Process::none();
  Process pos = Process::none();
  std::uint64_t generation = 0;

  void start_office() {
    const fs::path port_file = folder / "office.port";
    fs::remove(port_file);
    office = must(Process::start({.command = {fs::path(arguments["bin"]) / "sidedish-headoffice",
                                              "serve", "--db", folder / "office.db", "--port", port,
                                              "--port-file", port_file},
                                  .log = folder / "office.log"}),
                  "head office");
    port = must(await_file(port_file, office, 20000), "head office");
    while (!port.empty() && port.back() == '\n') port.pop_back();
    url = "http://127.0.0.1:" + port;
  }
  void start_agent() {
    const fs::path port_file = folder / "agent.port";
    fs::remove(port_file);
    agent = must(Process::start({.command = {fs::path(arguments["bin"]) / "sidedish-agent", "run",
                                             "--state-dir", folder / "state", "--run-dir", memory,
                                             "--head-office", url, "--store", arguments["store"],
                                             "--terminal", "till-1", "--port", "0", "--port-file",
                                             port_file, "--start-splay-ms", "0"},
                                 .log = folder / "agent.log"}),
                 "agent");
    must(await_file(port_file, agent, 20000), "agent");
  }
  void start_pos() {
    pos =
        must(Process::start({.command = {"/proc/self/exe", "pos", "--library", arguments["library"],
                                         "--state", folder / "state", "--run", memory, "--store",
                                         arguments["store"], "--catalogue", arguments["catalogue"],
                                         "--oracle", folder / "oracle.log", "--seed",
                                         std::to_string(++generation), "--now", arguments["now"]},
                             .log = folder / "pos.log"}),
             "POS");
  }
};

int drive(Arguments arguments) {
  const fs::path folder = test::make_scratch(fs::temp_directory_path(), "kill");
  const fs::path memory = test::make_scratch("/dev/shm", "kill");
  // However it ends: die() runs this too.
  static struct Removed {
    fs::path path;
    ~Removed() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } removed{memory};
  if (folder.empty() || memory.empty()) die("no temporary folder");
  const auto rules = nlohmann::json::parse(slurp(arguments["rules"]));
  arguments.values["store"] = rules.at("stores").at(0).at("id").get<std::string>();
  arguments.values["now"] = std::to_string(time(nullptr) * 1000LL);
  // A run without --seed takes the session's, or draws one: it is printed either way.
  const char* given = std::getenv("SIDEDISH_SEED");
  const std::uint64_t seed = arguments.values.count("seed") != 0 ? std::stoull(arguments["seed"])
                             : given != nullptr                  ? std::stoull(given)
                                                                 : std::random_device{}();
  const int rounds = std::stoi(arguments["rounds"]);
  const std::string victims = arguments.values.count("victims") != 0 ? arguments["victims"] : "pah";
  std::printf("seed %llu, %d rounds, victims %s\n", static_cast<unsigned long long>(seed), rounds,
              victims.c_str());
  std::fflush(stdout);
  std::mt19937_64 random(seed);

  House house{arguments, folder, memory, {}};
  house.start_office();
  HeadOffice office = must(HeadOffice::connect(house.url), "head office");
  must(office.put_pictures(fs::path(arguments["catalogue"]).parent_path() / "pictures"),
       "pictures");
  must(office.publish(slurp(arguments["rules"]), slurp(arguments["catalogue"])), "publish");
  must(office.add_terminal(arguments["store"], "till-1"), "terminal");
  house.start_agent();
  must(await_file(house.folder / "state" / "current", house.agent, 20000), "rules");
  house.start_pos();
  for (int round = 0; round < rounds; ++round) {
    // Most deaths come while it starts and catches up, some in the midst of steady reporting.
    poll(nullptr, 0, static_cast<int>(5 + random() % (random() % 8 == 0 ? 700 : 90)));
    switch (victims[random() % victims.size()]) {
      case 'p':
        if (!house.pos.running() && house.pos.wait(0) != 137)
          die("the POS process ended by itself: " + slurp(house.folder / "pos.log"));
        house.pos.signal(SIGKILL);
        house.pos.wait(5000);
        house.start_pos();
        break;
      case 'a':
        house.agent.signal(SIGKILL);
        house.agent.wait(5000);
        house.start_agent();
        break;
      default:
        house.office.signal(SIGKILL);
        house.office.wait(5000);
        house.start_office();
        break;
    }
    if (!house.pos.running())
      die("the POS process ended by itself: " + slurp(house.folder / "pos.log"));
    if (rounds >= 100 && (round + 1) % 100 == 0) {
      std::printf("  %d rounds\n", round + 1);
      std::fflush(stdout);
    }
  }
  house.pos.signal(SIGTERM);
  house.pos.wait(10000);
  // All is delivered when no ring is left and the outbox is empty. An agent that backs off, as it
  // must after so many failures, looks quiet too: it is stopped to look, and starts afresh.
  const auto began = std::chrono::steady_clock::now();
  for (;;) {
    std::int64_t last = -1;
    for (int quiet = 0; quiet < 20;) {
      if (std::chrono::steady_clock::now() - began > std::chrono::minutes(12))
        die("twelve minutes after the last kill not all is delivered; left in " +
            house.folder.string() + " and " + (house.memory / "rings").string());
      poll(nullptr, 0, 100);
      const auto counted = office.counted(false);
      const std::int64_t now = counted ? counted->records : -2;
      quiet = counted && now == last && fs::is_empty(house.memory / "rings") ? quiet + 1 : 0;
      last = now;
    }
    house.agent.signal(SIGTERM);
    house.agent.wait(10000);
    if (must(outbox::peek(house.folder / "state" / "outbox.db"), "outbox").status.pending == 0)
      break;
    house.start_agent();
  }
  house.office.signal(SIGTERM);
  house.office.wait(10000);
  const int verdict = judge(house.folder / "office.db", house.folder / "oracle.log");
  if (verdict == 0) {
    fs::remove_all(house.folder);
  } else {
    // Under a name that no later run sweeps.
    std::string kept = (fs::temp_directory_path() / "sidedish-kept-XXXXXX").string();
    if (mkdtemp(kept.data()) != nullptr) fs::rename(house.folder, kept);
    std::fprintf(stderr, "kept for a look: %s\n", kept.c_str());
  }
  return verdict;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  const bool child = argc > 1 && std::string(argv[1]) == "pos";
  for (int i = child ? 2 : 1; i + 1 < argc; i += 2) arguments.values[argv[i] + 2] = argv[i + 1];
  return child ? run_pos(arguments) : drive(std::move(arguments));
}
