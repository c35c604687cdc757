// F04: hostile calls on a lane with real rules, through the C ABI. The bytes choose the calls and
// their arguments: lines, facts, events, tokens, answers, times, all of it also out of range. Every
// call answers with a status of the header, and what the lane records the agent can read.
#include "plugin/agent/ring_reader.hpp"
#include "rules/base/text.hpp"
#include "rules/model/outcome.hpp"
#include "sdk/include/sidedish/sidedish.h"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/scratch_folder.hpp"
#include "tests/rules/compile/packs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sys/stat.h>

namespace {

using namespace sidedish;

/// Takes choices from the input; zeros when it is used up.
class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  bool any() const { return at_ != end_; }
  std::uint8_t byte() { return at_ == end_ ? std::uint8_t{0} : *at_++; }
  /// Mostly small, sometimes any number of 64 bits.
  std::int64_t number() {
    const std::uint8_t kind = byte();
    if (kind < 200) return kind;
    if (kind < 240) return std::int64_t{byte()} * 1000 - 20'000;
    std::uint64_t all = 0;
    for (int i = 0; i < 8; ++i) all = all << 8 | byte();
    std::int64_t out;
    std::memcpy(&out, &all, sizeof out);
    return out;
  }
  std::int32_t word() { return static_cast<std::int32_t>(number()); }
  /// One of the shop's own words, or bytes of the input.
  sidedish_text text() {
    static constexpr std::array<std::string_view, 14> kWords{
        "B-1",         "B-2",       "sku:BURGER", "sku:CHEESE",        "sku:FRIES-M",
        "sku:FRIES-L", "plu:112",   "sku:COLA",   "name:Tea",          "queue",
        "de-AT",       "cashier-7", "",           "gtin:4006381333931"};
    static constexpr std::array<std::string_view, 8> kLabels{
        "gtin:2000112001238", "gtin:2000112001239", "gtin:2100112004564", "gtin:2100112004569",
        "gtin:22001122",      "gtin:22123456789",   "gtin:20001120X1230", "gtin:29000000"};
    const std::uint8_t which = byte();
    if (which >= 216 && which < 224) {
      const std::string_view label = kLabels[which - 216U];
      return {label.data(), label.size()};
    }
    if (which < 224) {
      const std::string_view word = kWords[which % kWords.size()];
      return {word.data(), word.size()};
    }
    const std::size_t n = std::min<std::size_t>(which == 255 ? 300 : which - 224U,
                                                static_cast<std::size_t>(end_ - at_));
    const sidedish_text out{reinterpret_cast<const char*>(at_), n};
    at_ += n;
    return out;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

sidedish_text of(const std::string& s) { return {s.data(), s.size()}; }

/// Rules on every condition that a customer can meet, all offering cola for a burger.
void ask_customers(model::Pack& pack) {
  using packs::Type;
  const auto add = [&](const char* id, packs::Condition about) {
    model::Rule rule = packs::rule(
        id, packs::all({packs::has_category("burgers"), std::move(about)}), {"sku:COLA"});
    rule.extra_adds_per_1000 = 200;
    pack.rules.push_back(std::move(rule));
  };
  packs::Condition segment;
  segment.type = Type::segment;
  segment.pointer = "/when";
  segment.names = {"regular", "staff"};
  add("for-regulars", segment);
  pack.rules.back().holdout_percent = 50;
  add("for-the-first-time", packs::bits(Type::first_visit, static_cast<unsigned>(Visit::first)));
  packs::Condition bought = packs::has_items({"sku:COLA", "sku:FRIES-M"}, Type::bought);
  bought.range.max = 30;
  add("who-bought-lately", bought);
  bought.type = Type::not_bought;
  add("who-did-not", bought);
}

/// A host with the burger bar's rules, a folder for its rings, and one lane for each input.
class Shop {
 public:
  Shop() {
    model::Pack pack = packs::burgers();
    pack.settings.global_holdout_percent = 0;
    pack.settings.holdout_percent = 0;
    for (model::Product& product : pack.catalogue->products) {
      product.cost = product.price / 2;
      product.allergens = {"milk"};
      product.diets = {"vegetarian"};
    }
    pack.catalogue->products.back().allergens->clear();
    ask_customers(pack);
    const auto made = packs::compiled(pack);
    const std::string image = folder_.path() / "pack.image";
    std::ofstream(image, std::ios::binary)
        .write(reinterpret_cast<const char*>(made.image.data()),
               static_cast<std::streamsize>(made.image.size()));
    std::filesystem::create_directory(folder_.path() / "rings");
    rings_ = ::open((folder_.path() / "rings").c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    const std::string run = folder_.path();
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = SIDEDISH_ABI_MAJOR;
    config.run_dir = of(run);
    config.image_file = of(image);
    fuzz::must(sidedish_open(&config, &host_) == SIDEDISH_OK, "the host opens");
  }
  ~Shop() {
    sidedish_close(host_);
    ::close(rings_);
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  /// Null when the masks are refused.
  sidedish_lane* open(sidedish_text masks) {
    sidedish_lane_config config{};
    config.struct_size = sizeof config;
    config.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
    config.store = {"mitte", 5};
    config.terminal = {"t1", 2};
    sidedish_lane* lane = nullptr;
    config.barcode_masks = masks;
    const std::int32_t got = sidedish_lane_open(host_, &config, &lane);
    fuzz::must(got == SIDEDISH_OK || got == SIDEDISH_E_INVALID,
               "a lane opens, or its masks are none");
    return got == SIDEDISH_OK ? lane : nullptr;
  }
  /// Closes it, reads its ring as the agent does, and removes it.
  void close(sidedish_lane* lane) {
    sidedish_lane_close(lane);
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "rings")) {
      auto reader = agent::RingReader::open(rings_, entry.path().filename());
      fuzz::must(reader.has_value(), "the agent opens the lane's ring");
      const auto state = reader->state();
      fuzz::must(state.has_value(), "and reads its state");
      const auto read = reader->read(state->tail, state->head, [](std::span<const std::byte> body) {
        std::array<model::OutcomeLine, model::kLinesPerPart> lines;
        fuzz::must(model::decode(body, lines).has_value(), "the agent reads what a lane records");
        return true;
      });
      fuzz::must(read && read->corrupt == 0 && read->position == state->head, "all of it");
      std::filesystem::remove(entry.path());
    }
  }

 private:
  fuzz::ScratchFolder folder_;
  int rings_ = -1;
  sidedish_host* host_ = nullptr;
};

/// One lane under a stream of calls.
class Caller {
 public:
  Caller(sidedish_lane* lane, Choices choices) : lane_(lane), choices_(choices) {}
  void run() {
    for (int calls = 0; choices_.any() && calls < 200; ++calls) {
      switch (choices_.byte() % 8) {
        case 0:
        case 1:
        case 2:
          update();
          break;
        case 3:
          event();
          break;
        case 4:
          answer();
          break;
        case 5:
          token();
          break;
        case 6:
          give_back();
          break;
        default:
          look();
          break;
      }
    }
  }

 private:
  static constexpr std::int64_t kMorning = 1'780'000'000'000;

  void status(std::int32_t s) {
    fuzz::must(s >= SIDEDISH_OK && s <= SIDEDISH_E_VERSION && s != SIDEDISH_E_FORKED,
               "a status of the header");
    const sidedish_text why = sidedish_lane_error(lane_);
    fuzz::must((s == SIDEDISH_OK) == (why.size == 0), "a sentence for every refusal");
    fuzz::must(readable(why), "in UTF-8");
  }
  static bool readable(sidedish_text text) {
    return text.size == 0 || valid_utf8(std::string_view(text.data, text.size));
  }
  std::int64_t now() {
    const std::int64_t step = choices_.number();
    return step > 1'000'000 || step < -1'000'000 ? step : clock_ += step * 1000;
  }

  struct Customer {
    std::vector<sidedish_text> segments, avoid;
    std::vector<sidedish_bought> bought;
  };
  sidedish_text known(std::initializer_list<std::string_view> words) {
    const std::uint8_t which = choices_.byte();
    if (which >= 224) return choices_.text();
    const std::string_view word = words.begin()[which % words.size()];
    return {word.data(), word.size()};
  }
  void tell(Customer& customer, sidedish_snapshot& s) {
    s.customer_id = choices_.text();
    s.segments_known = choices_.byte() < 224 ? 1 : choices_.word();
    s.visit = choices_.byte() < 224 ? choices_.byte() % 3 : choices_.word();
    s.bought_days = static_cast<std::uint32_t>(choices_.number());
    for (int i = choices_.byte() % 10; i > 0; --i) {
      customer.segments.push_back(known({"regular", "staff", "late"}));
    }
    for (int i = choices_.byte() % 19; i > 0; --i) {
      customer.avoid.push_back(known({"milk", "diet:vegetarian", "lupin"}));
    }
    for (int i = choices_.byte() % 35; i > 0; --i) {
      sidedish_bought bought{};
      bought.struct_size = sizeof bought;
      bought.product = choices_.text();
      bought.days_ago = static_cast<std::uint32_t>(choices_.number());
      customer.bought.push_back(bought);
    }
    s.segments = customer.segments.data();
    s.segment_count = static_cast<std::uint32_t>(customer.segments.size());
    s.avoid = customer.avoid.data();
    s.avoid_count = static_cast<std::uint32_t>(customer.avoid.size());
    s.bought = customer.bought.data();
    s.bought_count = static_cast<std::uint32_t>(customer.bought.size());
  }

  void update() {
    std::vector<sidedish_line> lines(choices_.byte() % 61);
    for (sidedish_line& line : lines) {
      line.struct_size = sizeof line;
      const std::uint8_t shape = choices_.byte();
      line.product = choices_.text();
      line.quantity = shape < 128 ? 1000 : choices_.number();
      line.unit_price = shape < 64 ? 600 : choices_.number();
      line.line_total = shape < 64 ? 600 : choices_.number();
      if (shape >= 224) {
        line.kind = choices_.word();
        line.flags = static_cast<std::uint32_t>(choices_.word());
        line.line_id = choices_.text();
        line.from_prompt = last_prompt_ + choices_.byte() % 2;
      }
    }
    std::vector<sidedish_fact> facts(choices_.byte() % 18);
    for (sidedish_fact& fact : facts) {
      fact.struct_size = sizeof fact;
      fact.is_number = choices_.word();
      fact.name = choices_.text();
      fact.text = choices_.text();
      fact.number = choices_.number();
    }
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    const std::uint8_t shape = choices_.byte();
    s.basket = choices_.text();
    s.seq = shape < 200 ? ++seq_ : static_cast<std::uint64_t>(choices_.number());
    s.now_utc_ms = now();
    s.now_steady_ms = 1 + s.now_utc_ms % 1'000'000'000;
    std::memcpy(s.currency, shape % 16 == 15 ? "XTS" : "EUR", 4);
    s.prices_include_tax = shape % 8 == 7 ? choices_.word() : 1;
    if (shape % 4 == 3) {
      s.mode = choices_.word();
      s.holds = static_cast<std::uint32_t>(choices_.word());
      s.channel = choices_.word();
      s.moment = choices_.word();
      s.language = choices_.text();
      s.operator_id = choices_.text();
      s.looking_at = choices_.text();
      s.total = choices_.number();
      s.reason = choices_.word();
    }
    s.lines = lines.data();
    s.line_count = static_cast<std::uint32_t>(lines.size());
    s.facts = facts.data();
    s.fact_count = static_cast<std::uint32_t>(facts.size());
    Customer customer;
    if (shape % 16 == 11) tell(customer, s);
    std::array<sidedish_prompt, 4> room{};
    room[0].struct_size = sizeof room[0];
    std::uint32_t n = choices_.byte() % 5;
    const std::uint32_t asked = n;
    const std::int32_t got = sidedish_basket_update(lane_, &s, room.data(), &n);
    status(got);
    fuzz::must(n <= asked && (got == SIDEDISH_OK || n == 0), "prompts only where there is room");
    const bool strange = std::any_of(
        customer.avoid.begin(), customer.avoid.end(),
        [](sidedish_text word) { return std::string_view(word.data, word.size) == "lupin"; });
    fuzz::must(!strange || n == 0, "what the rules have no word for stops every offer");
    for (std::uint32_t i = 0; i < n; ++i) {
      const sidedish_prompt& p = room[i];
      fuzz::must(p.id != 0 && p.product.size > 0 && p.headline.size > 0, "a prompt says something");
      fuzz::must(readable(p.headline) && readable(p.reason) && readable(p.line1) &&
                     readable(p.line2) && readable(p.rule_name),
                 "in UTF-8");
      last_prompt_ = p.id;
      ++fuzz::understood;
    }
  }
  void event() {
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = choices_.byte() % 10;
    e.basket = choices_.text();
    e.related = choices_.text();
    e.now_utc_ms = now();
    e.now_steady_ms = 1;
    const std::uint8_t shape = choices_.byte();
    if (shape % 3 == 1) {
      e.token = token_.data();
      e.token_size = shape < 128 ? token_.size() : shape;
    } else if (shape % 3 == 2) {
      const sidedish_text any = choices_.text();
      e.token = any.data;
      e.token_size = any.size;
    }
    e.total = choices_.number();
    e.total_known = shape % 2;
    status(sidedish_basket_event(lane_, &e));
  }
  void answer() {
    sidedish_outcome o{};
    o.struct_size = sizeof o;
    o.type = choices_.byte() % 16;
    o.prompt = last_prompt_ + (choices_.byte() >= 224 ? 1 : 0);
    o.by = choices_.byte() % 4;
    o.why = choices_.text();
    o.now_utc_ms = now();
    o.now_steady_ms = 1;
    status(sidedish_prompt_outcome(lane_, &o));
  }
  void token() {
    std::size_t n = choices_.byte() == 0 ? 100 : token_.size();
    const std::int32_t got = sidedish_basket_token(lane_, choices_.text(), token_.data(), &n);
    status(got);
    fuzz::must(got != SIDEDISH_OK || n == token_.size(), "a token has 256 bytes");
    const std::uint8_t spoil = choices_.byte();  // it is handed back as a host kept it
    if (spoil >= 192) token_[choices_.byte()] = static_cast<char>(spoil);
  }
  void give_back() {
    sidedish_return r{};
    r.struct_size = sizeof r;
    r.basket = choices_.text();
    r.product = choices_.text();
    r.quantity = choices_.number();
    r.value = choices_.number();
    std::memcpy(r.currency, "EUR", 4);
    r.now_utc_ms = now();
    r.now_steady_ms = 1;
    status(sidedish_record_return(lane_, &r));
  }
  void look() {
    sidedish_status s{};
    s.struct_size = sizeof s;
    fuzz::must(sidedish_lane_status(lane_, &s) == SIDEDISH_OK, "status is always callable");
    fuzz::must(s.recording == 1 && s.refused + s.stale <= s.updates + 1000, "and makes sense");
    status(sidedish_lane_refresh(lane_));
    ask_parts();
    convert();
  }
  void ask_parts() {
    std::array<sidedish_part, 16> parts{};
    const std::uint8_t shape = choices_.byte();
    parts[0].struct_size = shape < 224 ? sizeof parts[0] : shape;
    std::uint32_t n = shape % 17;
    const std::uint32_t asked = n;
    const std::int32_t got =
        sidedish_prompt_parts(lane_, last_prompt_ + (shape >= 192 ? 1 : 0), parts.data(), &n);
    status(got);
    fuzz::must(got != SIDEDISH_OK || n <= asked, "parts only where there is room");
    fuzz::must(sidedish_status_name(got) != nullptr, "every status has a name");
  }
  void convert() {
    double value = 0;
    const std::int64_t bits = choices_.number();
    std::memcpy(&value, &bits, sizeof value);
    std::int64_t out = 0;
    const auto exponent = static_cast<std::uint32_t>(choices_.byte() % 9);
    const std::int32_t got = sidedish_from_double(value, exponent, &out);
    fuzz::must(got == SIDEDISH_OK || out == 0, "a number, or nothing");
    fuzz::must(sidedish_abi_version() >> 16 == SIDEDISH_ABI_MAJOR, "the version of the header");
  }

  sidedish_lane* lane_;
  Choices choices_;
  std::uint64_t seq_ = 0;
  std::int64_t clock_ = kMorning;
  std::uint64_t last_prompt_ = 0;
  std::array<char, 256> token_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Shop shop;
  static constexpr std::string_view kMasks = "20IIIIIWWWWWC=plu 21IIIIIPPPPPC=plu 22IIIIIC";
  Choices choices(data, size);
  // Mostly masks that a shop has, sometimes what the rest of the input says: it is the calls too.
  const bool hostile = size > 0 && data[size - 1] >= 192;
  const sidedish_text masks = hostile ? sidedish_text{reinterpret_cast<const char*>(data), size - 1}
                                      : sidedish_text{kMasks.data(), kMasks.size()};
  sidedish_lane* lane = shop.open(masks);
  if (lane == nullptr) return 0;
  Caller(lane, choices).run();
  shop.close(lane);
  return 0;
}
