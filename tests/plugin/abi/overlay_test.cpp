// U09 on the terminal: what is paused, recalled or repriced is so at the next update of any basket, and an
// overlay that lies is refused whole.
#include "rules/compile/overlay.hpp"

#include "rules/base/hash.hpp"
#include "rules/engine/record.hpp"
#include "rules/image/overlay.hpp"
#include "tests/plugin/abi/till.hpp"

using namespace tills;

namespace {

const Row kBurger{"sku:BURGER", 1000, 590};

/// What the agent would write.
class Office {
 public:
  explicit Office(State& state) : state_(state) {
    std::filesystem::create_directories(state.dir() / "overlays");
    ::chmod((state.dir() / "overlays").c_str(), 0755);
  }
  model::OverlaySpec spec() {
    model::OverlaySpec s;
    s.pack = "burger-bar";
    s.version = generation_ + 1;
    s.currency = *currency("EUR");
    return s;
  }
  std::vector<std::byte> made(const model::OverlaySpec& spec) const {
    const auto image = packs::compiled(pack()).image;
    std::vector<std::uint64_t> words((image.size() + 7) / 8);
    std::memcpy(words.data(), image.data(), image.size());
    const auto opened = image::Image::open(std::as_bytes(std::span(words)));
    REQUIRE(opened);
    const auto overlay = compile::make_overlay(spec, *opened);
    for (const auto& e : overlay.errors) UNSCOPED_INFO(e.pointer << " " << e.message);
    REQUIRE(overlay.errors.empty());
    return overlay.bytes;
  }
  void publish(const std::vector<std::byte>& bytes) {
    ++generation_;
    const std::string name = State::name(900 + generation_);
    std::ofstream(state_.dir() / "overlays" / (name + ".overlay"), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::ofstream(state_.dir() / "overlay") << generation_ << ' ' << name << '\n';
    const int page = ::open((state_.run.path() / "generation").c_str(), O_RDWR | O_CLOEXEC);
    const bool ok = ::pwrite(page, &generation_, 8, offsetof(lane::GenerationPage, overlay)) == 8;
    ::close(page);
    REQUIRE(ok);
  }
  void publish(const model::OverlaySpec& spec) { publish(made(spec)); }
  std::uint64_t generation() const { return generation_; }

 private:
  State& state_;
  std::uint64_t generation_ = 0;
};

}  // namespace

TEST_CASE("U09: a pause, a recall and a new price are obeyed at the next update, in mid-basket too",
          "[abi]") {
  State state;
  Office office(state);
  Till till(state);
  auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(prompts[0].product == "sku:FRIES-L");
  CHECK(prompts[0].effect == 350);
  CHECK(till.look().overlay_generation == 0);

  auto dearer = office.spec();
  dearer.prices = {{"sku:FRIES-L", 360}};
  office.publish(dearer);
  prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(prompts[0].effect == 360);
  CHECK_FALSE(prompts[0].fresh);
  CHECK(till.look().overlay_generation == 1);

  auto recalled = office.spec();
  recalled.recalled = {"sku:FRIES-L"};
  office.publish(recalled);
  CHECK(till.ring({kBurger}).empty());  // withdrawn, and the sale has had its prompt
  CHECK(till.kinds() == std::vector<OutcomeKind>{OutcomeKind::shown, OutcomeKind::withdrawn});
  till.basket = "B-2";
  prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(prompts[0].product == "sku:FRIES-M");

  auto paused = office.spec();
  paused.paused = {"burger-fries"};
  office.publish(paused);
  CHECK(till.ring({kBurger}).empty());
  till.basket = "B-3";
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::guarded));

  office.publish(office.spec());  // an empty one ends it
  till.basket = "B-4";
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.look().overlay_generation == 4);
  CHECK(till.look().overlays_refused == 0);
}

TEST_CASE("U09: an overlay that lies or is another pack's is refused whole, the one before stays",
          "[abi]") {
  State state;
  Office office(state);
  auto sold_out = office.spec();
  sold_out.stock_as_of = kMorning;
  sold_out.stock = {{"sku:FRIES-L", Stock::out, {}}};
  office.publish(sold_out);
  Till till(state);  // it is there when the plugin opens
  const auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(prompts[0].product == "sku:FRIES-M");

  const auto lie = [&](auto change) {
    auto bytes = office.made(office.spec());
    image::OverlayHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    change(header);
    header.crc32c = 0;
    std::memcpy(bytes.data(), &header, sizeof header);
    header.crc32c = crc32c(bytes);
    std::memcpy(bytes.data(), &header, sizeof header);
    office.publish(bytes);
  };
  lie([](auto& h) { h.products = 0x7FFFFFF8; });
  lie([](auto& h) { h.pack = hash64("another pack"); });
  lie([](auto& h) { h.major = 9; });
  office.publish(std::vector<std::byte>(40));
  for (int i = 0; i < 3; ++i) {
    till.basket = "B-" + std::to_string(2 + i);
    const auto again = till.ring({kBurger});
    REQUIRE(again.size() == 1);
    CHECK(again[0].product == "sku:FRIES-M");
  }
  // Four were announced between two updates: the last was looked at, once.
  CHECK(till.look().overlays_refused == 1);
  CHECK(till.look().overlay_generation == 1);
  lie([](auto& h) { h.pack = hash64("another pack"); });
  till.basket = "B-9";
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.look().overlays_refused == 2);
}

TEST_CASE("U09: decision records name the overlay they were made with, and replay with it alone",
          "[abi]") {
  State state;
  Office office(state);
  auto dearer = office.spec();
  dearer.prices = {{"sku:FRIES-L", 300}, {"sku:FRIES-M", 280}};
  office.publish(dearer);
  Till till(state);
  REQUIRE(till.ring({kBurger}).size() == 1);
  const auto open = [](const std::vector<std::byte>& bytes, std::vector<std::uint64_t>& words) {
    words.resize((bytes.size() + 7) / 8);
    std::memcpy(words.data(), bytes.data(), bytes.size());
    return std::as_bytes(std::span(words)).first(bytes.size());
  };
  std::vector<std::uint64_t> image_words, overlay_words;
  const auto image = image::Image::open(open(packs::compiled(pack()).image, image_words));
  const auto overlay = image::Overlay::open(open(office.made(dearer), overlay_words));
  REQUIRE(image);
  REQUIRE(overlay);
  int seen = 0;
  std::array<model::OutcomeLine, model::kLinesPerPart> room;
  for (const auto& body : test::RingFile(till.file()).bodies()) {
    const auto outcome = model::decode(body, room);
    REQUIRE(outcome);
    if (outcome->kind != OutcomeKind::decision) continue;
    std::vector<std::uint64_t> words(outcome->decision.size() / 8 + 1);
    std::memcpy(words.data(), outcome->decision.data(), outcome->decision.size());
    const auto record =
        engine::decode_record(std::as_bytes(std::span(words)).first(outcome->decision.size()));
    REQUIRE(record);
    CHECK(record->head.overlay.bytes[31] == 0x01);  // State::name(901)
    CHECK(record->head.overlay.bytes[30] == 0x09);
    std::vector<std::uint64_t> scratch(engine::scratch_bytes(*image) / 8 + 1);
    const auto bytes = std::as_writable_bytes(std::span(scratch));
    engine::Decision out;
    CHECK(engine::replay(*image, *overlay, *record, bytes, out) == true);
    CHECK(engine::replay(*image, {}, *record, bytes, out) == false);
    ++seen;
  }
  CHECK(seen == 1);
}
