#pragma once
// A till as a host writes one: libsidedish.so through dlopen and the C header, with the burger
// bar's rules in a fresh state folder. And what the agent would find in its rings.
#include "rules/model/outcome.hpp"
#include "sdk/include/sidedish/sidedish.h"
#include "tests/rules/compile/packs.hpp"
#include "tests/support/places.hpp"
#include "tests/support/ring_folder.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <dlfcn.h>
#include <map>
#include <optional>
#include <sys/stat.h>

namespace tills {

using namespace sidedish;
inline constexpr std::int64_t kMorning = 1'780'000'000'000;  // 2026-05-28, inside the image's years

/// The exported functions of one loaded library.
struct Library {
  explicit Library(const std::string& path = sidedish::tests::build_dir() + "/lib/libsidedish.so")
      : handle(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) throw std::runtime_error(::dlerror());
    bind(open, "sidedish_open");
    bind(close, "sidedish_close");
    bind(lane_open, "sidedish_lane_open");
    bind(lane_close, "sidedish_lane_close");
    bind(lane_refresh, "sidedish_lane_refresh");
    bind(basket_update, "sidedish_basket_update");
    bind(prompt_parts, "sidedish_prompt_parts");
    bind(basket_event, "sidedish_basket_event");
    bind(basket_token, "sidedish_basket_token");
    bind(prompt_outcome, "sidedish_prompt_outcome");
    bind(record_return, "sidedish_record_return");
    bind(lane_status, "sidedish_lane_status");
    bind(lane_error, "sidedish_lane_error");
    bind(status_name, "sidedish_status_name");
    bind(abi_version, "sidedish_abi_version");
    bind(from_double, "sidedish_from_double");
  }
  ~Library() { ::dlclose(handle); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  void* handle;
  decltype(&sidedish_open) open = nullptr;
  decltype(&sidedish_close) close = nullptr;
  decltype(&sidedish_lane_open) lane_open = nullptr;
  decltype(&sidedish_lane_close) lane_close = nullptr;
  decltype(&sidedish_lane_refresh) lane_refresh = nullptr;
  decltype(&sidedish_basket_update) basket_update = nullptr;
  decltype(&sidedish_prompt_parts) prompt_parts = nullptr;
  decltype(&sidedish_basket_event) basket_event = nullptr;
  decltype(&sidedish_basket_token) basket_token = nullptr;
  decltype(&sidedish_prompt_outcome) prompt_outcome = nullptr;
  decltype(&sidedish_record_return) record_return = nullptr;
  decltype(&sidedish_lane_status) lane_status = nullptr;
  decltype(&sidedish_lane_error) lane_error = nullptr;
  decltype(&sidedish_status_name) status_name = nullptr;
  decltype(&sidedish_abi_version) abi_version = nullptr;
  decltype(&sidedish_from_double) from_double = nullptr;

 private:
  template <class F>
  void bind(F& function, const char* name) {
    void* symbol = ::dlsym(handle, name);
    if (symbol == nullptr) throw std::runtime_error(::dlerror());
    std::memcpy(&function, &symbol, sizeof symbol);
  }
};

inline sidedish_text text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string str(sidedish_text t) { return {t.data == nullptr ? "" : t.data, t.size}; }

/// The burger bar without holdouts: every decision is shown. Costs are half the price.
inline model::Pack pack(int holdout_percent = 0) {
  model::Pack p = packs::burgers();
  p.settings.global_holdout_percent = 0;
  p.settings.holdout_percent = holdout_percent;
  for (model::Product& product : p.catalogue->products) product.cost = product.price / 2;
  return p;
}

inline model::Select items(std::vector<std::string> keys) {
  model::Select s;
  s.items = std::move(keys);
  return s;
}

/// Burger 590, fries 290, cola 250: a meal is 990.
inline model::Pack meals() {
  model::Pack p = pack();
  model::Rule& r = p.rules[0];
  r.id = "meal";
  r.kind = Kind::bundle;
  r.when = packs::all({});
  r.offers.clear();
  for (const auto& [id, key] :
       {std::pair("main", "sku:BURGER"), {"side", "sku:FRIES-M"}, {"drink", "sku:COLA"}}) {
    r.bundle.slots.push_back({id, items({key}), 1, 1, {}});
  }
  r.bundle.amount = 990;
  r.bundle.worth = 100;
  r.complete_text = {{"en", {"That's a meal", ""}}};
  return p;
}

/// What an agent keeps: images and `current`, and the generation page.
class State {
 public:
  explicit State(const model::Pack& first = pack()) {
    std::filesystem::create_directories(images());
    ::chmod(dir().c_str(), 0755);
    ::chmod(images().c_str(), 0755);
    lane::GenerationPage page{};
    std::memcpy(page.magic, lane::kGenerationMagic, 8);
    std::vector<char> bytes(4096);
    std::memcpy(bytes.data(), &page, sizeof page);
    std::ofstream(run.path() / "generation", std::ios::binary).write(bytes.data(), 4096);
    publish(first);
  }
  std::filesystem::path dir() const { return run.path() / "state"; }
  std::filesystem::path images() const { return dir() / "images"; }
  std::filesystem::path image(std::uint64_t number) const {
    return images() / (name(number) + ".image");
  }

  void publish(const model::Pack& p) {
    const compile::Compiled made = packs::compiled(p);
    REQUIRE(made.errors.empty());
    publish(made.image);
  }
  void publish(const std::vector<std::byte>& bytes) {
    ++generation;
    std::ofstream(image(generation), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::ofstream(dir() / "current.tmp") << generation << ' ' << name(generation) << '\n';
    std::filesystem::rename(dir() / "current.tmp", dir() / "current");
    const int page = ::open((run.path() / "generation").c_str(), O_RDWR | O_CLOEXEC);
    const bool ok = ::pwrite(page, &generation, 8, offsetof(lane::GenerationPage, image)) == 8;
    ::close(page);
    REQUIRE(ok);
  }
  /// Stands in for a digest: the plugin takes the name as it is.
  static std::string name(std::uint64_t number) {
    std::string hex = std::to_string(number);
    return std::string(64 - hex.size(), '0') + hex;
  }

  test::RunFolder run;
  std::uint64_t generation = 0;
};

struct Row {
  std::string product;
  std::int64_t quantity = 1000;
  std::int64_t price = 100;
  std::uint32_t flags = 0;
  std::int32_t kind = SIDEDISH_LINE_GOODS;
  std::string bundle{};
};

struct Shown {
  std::uint64_t id;
  std::uint64_t basis;
  std::string product;
  std::string headline;
  std::string rule;
  std::int64_t effect;
  bool fresh;
  std::int32_t action = 0;
  std::int64_t saving = 0;
  std::string replaces{};
};

/// One record as the agent reads it, texts kept.
struct Record {
  OutcomeKind kind;
  std::string basket, rule, offer, remark, related;
  model::Outcome o;  // its views are not to be used
  std::vector<std::pair<std::string, std::int64_t>> lines;
};

inline std::vector<Record> records(const std::filesystem::path& ring) {
  std::vector<Record> out;
  std::array<model::OutcomeLine, model::kLinesPerPart> room;
  for (const auto& body : test::RingFile(ring).bodies()) {
    const auto o = model::decode(body, room);
    REQUIRE(o.has_value());
    Record r{o->kind,
             std::string(o->basket),
             std::string(o->rule),
             std::string(o->offer),
             std::string(o->remark),
             std::string(o->related),
             *o,
             {}};
    for (const auto& line : o->basket_lines) r.lines.emplace_back(line.key, line.quantity);
    out.push_back(std::move(r));
  }
  return out;
}

class Till {
 public:
  explicit Till(const State& state,
                std::uint32_t capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION,
                const char* terminal = "t1", const char* image_file = nullptr,
                std::string_view masks = {})
      : state_(state) {
    const std::string state_dir = state.dir().string();
    const std::string run_dir = state.run.path().string();
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = SIDEDISH_ABI_MAJOR;
    config.state_dir = text(state_dir);
    config.run_dir = text(run_dir);
    if (image_file != nullptr) config.image_file = text(image_file);
    REQUIRE(lib.open(&config, &host) == SIDEDISH_OK);
    sidedish_lane_config lc{};
    lc.struct_size = sizeof lc;
    lc.capabilities = capabilities;
    lc.store = text("mitte");
    lc.terminal = text(terminal);
    lc.barcode_masks = text(masks);
    const auto before = state.run.files();
    opened = lib.lane_open(host, &lc, &lane);
    for (const auto& file : state.run.files()) {
      if (std::find(before.begin(), before.end(), file) == before.end()) ring_ = file;
    }
  }
  ~Till() { lib.close(host); }
  Till(const Till&) = delete;
  Till& operator=(const Till&) = delete;

  /// The whole basket, with the next seq.
  std::vector<Shown> ring(const std::vector<Row>& rows) { return send(rows, ++seq); }
  std::vector<Shown> send(const std::vector<Row>& rows, std::uint64_t with_seq) {
    std::vector<sidedish_line> lines;
    for (const Row& row : rows) {
      sidedish_line line{};
      line.struct_size = sizeof line;
      line.kind = row.kind;
      line.product = text(row.product);
      line.quantity = row.quantity;
      line.unit_price = row.price;
      line.line_total = row.price * row.quantity / 1000;
      line.flags = row.flags;
      line.bundle = text(row.bundle);
      lines.push_back(line);
    }
    sidedish_snapshot s = base;
    s.struct_size = size;
    s.basket = text(basket);
    s.seq = with_seq;
    s.now_utc_ms = now;
    s.now_steady_ms = 1 + now - kMorning;
    s.lines = lines.data();
    s.line_count = static_cast<std::uint32_t>(lines.size());
    sidedish_prompt room[4] = {};
    room[0].struct_size = sizeof room[0];
    std::uint32_t n = 4;
    status = lib.basket_update(lane, &s, room, &n);
    std::vector<Shown> out;
    for (std::uint32_t i = 0; i < n; ++i) {
      out.push_back({room[i].id, room[i].basis_seq, str(room[i].product), str(room[i].headline),
                     str(room[i].rule), room[i].price_effect, room[i].fresh == 1, room[i].action,
                     room[i].saving, str(room[i].replaces)});
    }
    return out;
  }
  std::int32_t event(std::int32_t type, std::string_view id = {}, std::string_view related = {},
                     std::string_view token = {}) {
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = type;
    e.basket = id.empty() ? text(basket) : text(id);
    e.related = text(related);
    e.now_utc_ms = now;
    e.now_steady_ms = 1;
    e.token = token.empty() ? nullptr : token.data();
    e.token_size = token.size();
    return lib.basket_event(lane, &e);
  }
  std::int32_t answer(std::uint64_t prompt, std::int32_t type, std::string_view why = {}) {
    sidedish_outcome o{};
    o.struct_size = sizeof o;
    o.type = type;
    o.prompt = prompt;
    o.by = SIDEDISH_BY_STAFF;
    o.why = text(why);
    o.now_utc_ms = now;
    o.now_steady_ms = 1 + now - kMorning;
    return lib.prompt_outcome(lane, &o);
  }
  std::string token(std::string_view id) {
    std::string out(256, 0);
    std::size_t n = out.size();
    REQUIRE(lib.basket_token(lane, text(id), out.data(), &n) == SIDEDISH_OK);
    return out;
  }
  sidedish_status look() const {
    sidedish_status s{};
    s.struct_size = sizeof s;
    REQUIRE(lib.lane_status(lane, &s) == SIDEDISH_OK);
    return s;
  }
  std::string error() const { return str(lib.lane_error(lane)); }
  const std::filesystem::path& file() const { return ring_; }
  /// Kinds recorded so far, decisions left out.
  std::vector<OutcomeKind> kinds() const {
    std::vector<OutcomeKind> out;
    for (const Record& r : records(ring_)) {
      if (r.kind != OutcomeKind::decision) out.push_back(r.kind);
    }
    return out;
  }
  std::vector<Record> ends() const {
    std::vector<Record> out;
    for (Record& r : records(ring_)) {
      if (r.kind == OutcomeKind::basket) out.push_back(std::move(r));
    }
    return out;
  }

  Library lib;
  sidedish_host* host = nullptr;
  sidedish_lane* lane = nullptr;
  std::int32_t opened = 0;
  std::int32_t status = 0;
  std::string basket = "B-1";
  std::uint64_t seq = 0;
  std::int64_t now = kMorning;
  std::uint32_t size = sizeof(sidedish_snapshot);
  sidedish_snapshot base = [] {
    sidedish_snapshot s{};
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = 1;
    return s;
  }();

 private:
  const State& state_;
  std::filesystem::path ring_;
};

}  // namespace tills
