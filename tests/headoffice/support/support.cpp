#include "tests/headoffice/support/support.hpp"

#include "rules/base/hash.hpp"
#include "tests/support/scratch.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <sstream>
#include <unistd.h>

namespace sidedish::headoffice::testing {
namespace {

constexpr const char* kNone = "-";
std::string shield(const std::string& text) { return text.empty() ? kNone : text; }
std::string bare(const std::string& text) { return text == kNone ? "" : text; }

std::string write(const IncomingEvent& event) {
  std::ostringstream out;
  out << event.store << ' ' << event.day << ' ';
  if (const auto* p = std::get_if<PromptFacts>(&event.facts)) {
    out << "prompt " << p->kind << ' ' << shield(p->rule) << ' ' << p->arm << ' ' << p->currency
        << ' ' << shield(p->channel) << ' ' << p->n << ' ' << p->quantity << ' ' << p->price_effect
        << ' ' << p->saving;
  } else if (const auto* b = std::get_if<BasketFacts>(&event.facts)) {
    out << "basket " << shield(b->rule) << ' ' << b->arm << ' ' << b->currency << ' '
        << shield(b->channel) << ' ' << shield(b->mode) << ' ' << shield(b->ended) << ' '
        << b->eligible << ' ' << b->attached << ' ' << b->margin_known << ' ' << b->n << ' '
        << b->total << ' ' << b->margin << ' ' << b->items << ' ' << b->lines << ' ' << b->shown
        << ' ' << b->withheld << ' ' << b->accepted << ' ' << b->open_ms.value_or(-1);
  } else {
    out << "nothing";
  }
  return out.str();
}

struct Sums {
  std::map<std::string, std::vector<Wide>> rows;  // modulo 2^128: signs come back in to_sheet

  void add(const std::string& json) {
    std::istringstream in(json);
    std::string store;
    std::string what;
    BusinessDay day = 0;
    in >> store >> day >> what;
    std::string key = what + ' ' + store + ' ' + std::to_string(day);
    std::vector<long long> plain;
    std::vector<Wide> squares;
    const auto word = [&] {
      std::string text;
      in >> text;
      key += ' ' + shield(bare(text));
      return bare(text);
    };
    const auto number = [&] {
      long long value = 0;
      in >> value;
      return value;
    };
    if (what == "prompt") {
      for (int i = 0; i < 5; ++i) word();
      for (int i = 0; i < 4; ++i) plain.push_back(number());
    } else if (what == "basket") {
      for (int i = 0; i < 4; ++i) word();
      const bool detail = !word().empty();
      word();
      word();  // eligible
      const long long attached = number();
      const long long known = number();
      const long long n = number();
      const long long total = number();
      const long long margin = number();
      plain = {n, attached, total, known, known != 0 ? margin : 0};
      for (int i = 0; i < 5; ++i) plain.push_back(number());
      const long long open = number();
      plain.push_back(open >= 0 ? 1 : 0);
      plain.push_back(open >= 0 ? open : 0);
      squares = {detail ? square(total) : 0, known != 0 ? square(margin) : 0,
                 open >= 0 ? square(open) : 0};
    } else {
      return;
    }
    auto& row = rows[key];
    row.resize(plain.size() + squares.size());
    for (std::size_t i = 0; i < plain.size(); ++i) row[i] += static_cast<Wide>(plain[i]);
    for (std::size_t i = 0; i < squares.size(); ++i) row[plain.size() + i] += squares[i];
  }

  Sheet sheet() const {
    Sheet out;
    for (const auto& [key, row] : rows) {
      std::string text;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool is_square = i >= 12;
        text +=
            ' ' + (is_square ? to_text(row[i]) : std::to_string(static_cast<long long>(row[i])));
      }
      out[key] = text;
    }
    return out;
  }
};

template <class T>
const T& pick(std::mt19937_64& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

}  // namespace

Folder::Folder() {
  path_ = sidedish::test::make_scratch(std::filesystem::temp_directory_path(), "office");
  REQUIRE_FALSE(path_.empty());
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<SqliteStorage> open(const std::string& file) {
  auto storage = SqliteStorage::open(file);
  if (!storage) FAIL(std::string(storage.error().text()));
  return std::move(*storage);
}

void add_places(Storage& storage) {
  for (const char* store : {"mitte", "nord"}) {
    REQUIRE(storage.put_store({store, store, "Europe/Berlin", kNoon, 0}));
    REQUIRE(storage.put_terminal(store, "t1", kNoon));
  }
  REQUIRE(storage.put_terminal("mitte", "t2", kNoon));
}

IncomingEvent event(std::uint64_t seq, Facts facts, const std::string& terminal) {
  IncomingEvent event;
  event.store = "mitte";
  event.terminal = terminal;
  event.epoch = "00000000000000e1";
  event.seq = seq;
  event.at = kNoon;
  event.day = kDay;
  event.facts = std::move(facts);
  const auto* prompt = std::get_if<PromptFacts>(&event.facts);
  event.type = prompt != nullptr                                     ? "prompt." + prompt->kind
               : std::holds_alternative<BasketFacts>(event.facts)    ? "basket.closed"
               : std::holds_alternative<TombstoneFacts>(event.facts) ? "tombstone"
               : std::holds_alternative<AuditFacts>(event.facts)     ? "audit"
                                                                     : "basket.closed";
  event.json = write(event);
  const std::uint64_t digest = hash64(event.json + event.terminal, seq);
  std::memcpy(event.digest.data(), &digest, sizeof digest);
  return event;
}

PromptFacts shown(const std::string& rule) {
  return {.kind = "shown",
          .rule = rule,
          .arm = "treated",
          .currency = "EUR",
          .channel = "cashier",
          .n = 1,
          .quantity = 1000,
          .price_effect = 290,
          .saving = 0};
}

IncomingEvent random_event(std::mt19937_64& random, std::uint64_t seq) {
  const auto money = [&] { return static_cast<Minor>(random() % 2'000'001) - 1'000'000; };
  const std::string rule =
      pick<std::string>(random, {"", "burger-fries", "coffee-cake", "#00c0ffee"});
  const std::string arm = pick<std::string>(random, {"none", "treated", "control"});
  const std::string currency = pick<std::string>(random, {"EUR", "EUR", "CHF"});
  Facts facts;
  switch (random() % 4) {
    case 0:
      facts = std::monostate();
      break;
    case 1: {
      const bool folded = random() % 8 == 0;
      BasketFacts basket{.rule = rule, .arm = arm, .currency = currency};
      basket.n = folded ? static_cast<std::int64_t>(random() % 90) : 1;
      basket.total = money();
      if (!folded) {
        basket.channel = pick<std::string>(random, {"cashier", "kiosk"});
        basket.mode = pick<std::string>(random, {"sale", "sale", "return"});
        basket.ended = pick<std::string>(random, {"completed", "inferred"});
        basket.eligible = random() % 2 == 0;
        basket.attached = random() % 3 == 0;
        basket.margin_known = random() % 4 != 0;
        basket.margin = money();
        basket.items = static_cast<Milli>(random() % 20'000);
        basket.lines = static_cast<std::int64_t>(random() % 20);
        basket.shown = static_cast<std::int64_t>(random() % 3);
        if (random() % 2 == 0) basket.open_ms = static_cast<MonoMs>(random() % 300'000);
      }
      facts = basket;
      break;
    }
    default: {
      PromptFacts prompt = shown(rule);
      prompt.arm = arm;
      prompt.currency = currency;
      prompt.kind = pick<std::string>(random, {"shown", "accepted", "declined", "voided"});
      prompt.price_effect = money();
      if (random() % 8 == 0) {
        prompt.channel = "";
        prompt.n = static_cast<std::int64_t>(random() % 50);
      }
      facts = prompt;
    }
  }
  IncomingEvent made = event(seq, facts);
  made.day = kDay + static_cast<BusinessDay>(random() % 3);
  made.json = write(made);
  return made;
}

IncomingBatch batch(std::vector<IncomingEvent> events, UtcMs received_at) {
  return {received_at, std::move(events)};
}

Sheet sheet_of(const std::vector<IncomingEvent>& events) {
  Sums sums;
  for (const IncomingEvent& event : events) sums.add(write(event));
  return sums.sheet();
}

Sheet sheet_of_totals(Storage& storage) {
  Sheet out;
  const TotalsFilter all{.from = -1'000'000, .to = 1'000'000, .stores = {}, .rule = ""};
  const auto prompts = storage.prompt_totals(all);
  REQUIRE(prompts);
  for (const auto& [day, store, s] : *prompts) {
    std::ostringstream key;
    key << "prompt " << store << ' ' << day << ' ' << s.kind << ' ' << shield(s.rule) << ' '
        << s.arm << ' ' << s.currency << ' ' << shield(s.channel);
    std::ostringstream sums;
    sums << ' ' << s.n << ' ' << s.quantity << ' ' << s.price_effect << ' ' << s.saving;
    out[key.str()] = sums.str();
  }
  const auto baskets = storage.basket_totals(all);
  REQUIRE(baskets);
  for (const BasketTotal& b : *baskets) {
    std::ostringstream key;
    key << "basket " << b.store << ' ' << b.day << ' ' << shield(b.sum.rule) << ' ' << b.sum.arm
        << ' ' << b.sum.currency << ' ' << shield(b.sum.channel) << ' ' << shield(b.sum.mode) << ' '
        << shield(b.sum.ended) << ' ' << b.sum.eligible;
    std::ostringstream sums;
    sums << ' ' << b.sum.n << ' ' << b.attached << ' ' << b.sum.total << ' ' << b.margin_known
         << ' ' << b.sum.margin << ' ' << b.sum.items << ' ' << b.sum.lines << ' ' << b.sum.shown
         << ' ' << b.sum.withheld << ' ' << b.sum.accepted << ' ' << b.tendered << ' ' << b.open_ms
         << ' ' << to_text(b.total_sq) << ' ' << to_text(b.margin_sq) << ' '
         << to_text(b.open_ms_sq);
    out[key.str()] = sums.str();
  }
  return out;
}

Sheet sheet_of_raw_rows(const std::string& file) {
  Database db(file);
  Sums sums;
  Run query = db.run("SELECT json FROM event");
  while (query.step()) sums.add(query.text(0));
  return sums.sheet();
}

}  // namespace sidedish::headoffice::testing
