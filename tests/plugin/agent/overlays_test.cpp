#include "plugin/agent/overlays.hpp"

#include "plugin/lane/ring_layout.hpp"
#include "plugin/lane/rules.hpp"
#include "rules/base/hash.hpp"
#include "rules/compile/overlay.hpp"
#include "rules/image/overlay.hpp"
#include "tests/plugin/agent/bench.hpp"
#include "tests/rules/compile/packs.hpp"

#include <fstream>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

struct Place {
  Folder state{std::filesystem::temp_directory_path(), "overlays"};
  Folder run{"/dev/shm", "overlays"};
  std::string image;
  Images images{state.path, run.path};
  Place() {
    REQUIRE(make_folders(state.path, run.path));
    REQUIRE(images.open());
    const auto made = packs::compiled(packs::burgers());
    REQUIRE(made.errors.empty());
    image = {reinterpret_cast<const char*>(made.image.data()), made.image.size()};
    REQUIRE(images.activate(image, net::hex(net::sha256(image)), 1));
  }
  std::string overlay(std::uint64_t version, const char* paused = "burger-fries") const {
    model::OverlaySpec spec;
    spec.pack = "burger-bar";
    spec.version = version;
    spec.currency = *currency("EUR");
    spec.paused = {paused};
    const auto opened = image::Image::open(std::as_bytes(std::span(image)));
    REQUIRE(opened);
    const auto made = compile::make_overlay(spec, *opened);
    REQUIRE(made.errors.empty());
    return {reinterpret_cast<const char*>(made.bytes.data()), made.bytes.size()};
  }
  std::uint64_t announced() const {
    std::ifstream in(run.path / "generation", std::ios::binary);
    lane::GenerationPage page{};
    in.read(reinterpret_cast<char*>(&page), sizeof page);
    return page.overlay;
  }
  void write(const char* name, const std::string& bytes) const {
    std::ofstream(state.path / name, std::ios::binary) << bytes;
  }
};

}  // namespace

TEST_CASE("overlays: a file becomes current, once, is obeyed by lanes and survives a restart",
          "[agent]") {
  Place place;
  place.write("pause.overlay", place.overlay(12));
  std::string digest;
  {
    Overlays overlays(place.state.path, place.run.path);
    REQUIRE(overlays.open());
    CHECK(overlays.status().generation == 0);
    REQUIRE(overlays.take_file(place.state.path / "pause.overlay"));
    REQUIRE(overlays.take_file(place.state.path / "pause.overlay"));
    CHECK(overlays.status().generation == 1);
    CHECK(overlays.status().version == 12);
    CHECK(overlays.status().paused == 1);
    digest = overlays.status().sha256;
  }
  CHECK(place.announced() == 1);
  Overlays again(place.state.path, place.run.path);
  REQUIRE(again.open());
  CHECK(again.status().sha256 == digest);
  CHECK(again.status().version == 12);

  lane::Rules rules;
  REQUIRE(rules.open({lane::Path(place.state.path.string()),
                      {},
                      lane::Path(place.run.path.string()),
                      {::geteuid(), 0, false}}));
  CHECK_FALSE(rules.is_overlay_news());
  CHECK(rules.overlay_generation() == 1);
  const lane::Laid* laid = rules.acquire_overlay();
  REQUIRE(laid != nullptr);
  CHECK(laid->overlay.is_paused("burger-fries"));
  // The lane goes on with the one it holds while the next ones come.
  for (std::uint64_t version = 13; version < 40; ++version) {
    REQUIRE(again.activate(place.overlay(version)));
    CHECK(rules.is_overlay_news());
    REQUIRE(rules.load_overlay());
    CHECK_FALSE(rules.is_overlay_news());
  }
  CHECK(laid->overlay.header().version == 12);
  rules.release(laid);
  laid = rules.acquire_overlay();
  CHECK(laid->overlay.header().version == 39);
  rules.release(laid);
  CHECK(rules.overlays_refused() == 0);
  // Old files go: the current one and the one before are left.
  CHECK(std::distance(std::filesystem::directory_iterator(place.state.path / "overlays"), {}) == 2);
}

TEST_CASE("overlays: what is broken or another pack's is refused and told, and nothing changes",
          "[agent]") {
  Place place;
  Overlays overlays(place.state.path, place.run.path);
  REQUIRE(overlays.open());
  REQUIRE(overlays.activate(place.overlay(1)));
  const std::string before = overlays.status().sha256;
  std::string bytes = place.overlay(2);
  bytes[84] = static_cast<char>(bytes[84] ^ 1);
  CHECK_FALSE(overlays.activate(bytes));
  CHECK_FALSE(overlays.activate("short"));
  image::OverlayHeader header;
  bytes = place.overlay(2);
  std::memcpy(&header, bytes.data(), sizeof header);
  header.pack = hash64("another pack");
  header.crc32c = 0;
  std::memcpy(bytes.data(), &header, sizeof header);
  header.crc32c = crc32c(std::as_bytes(std::span(bytes)));
  std::memcpy(bytes.data(), &header, sizeof header);
  place.write("other.overlay", bytes);
  CHECK_FALSE(overlays.take_file(place.state.path / "other.overlay"));
  CHECK_THAT(overlays.status().trouble, Catch::Matchers::Contains("another pack"));
  CHECK(overlays.take_file(place.state.path / "other.overlay"));  // not read again
  CHECK_FALSE(overlays.take_file(place.state.path / "none.overlay"));
  CHECK(overlays.status().refused == 3);
  CHECK(overlays.status().sha256 == before);
  CHECK(overlays.status().version == 1);
  CHECK(place.announced() == 1);
}
