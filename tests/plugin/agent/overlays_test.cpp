#include "plugin/agent/overlays.hpp"

#include "plugin/lane/ring_layout.hpp"
#include "plugin/lane/rules.hpp"
#include "plugin/net/digest.hpp"
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

namespace {

format::ManifestOverlay named(const std::string& bytes, std::uint64_t version) {
  return {net::hex(net::sha256(bytes)), bytes.size(), version};
}

}  // namespace

TEST_CASE("overlays: head office's is fetched once, and what is not the one named is refused",
          "[agent]") {
  Place place;
  Overlays overlays(place.state.path, place.run.path);
  REQUIRE(overlays.open());
  const std::string good = place.overlay(3);
  std::string served = good;
  FakeSender sender;
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    CHECK(request.target == "/v1/blobs/sha256/" + net::hex(net::sha256(good)));
    if (served.empty()) return std::nullopt;
    net::Response response;
    response.body = served;
    return response;
  };
  served.back() = static_cast<char>(served.back() ^ 1);
  CHECK_FALSE(overlays.fetch(sender, named(good, 3)));
  served.pop_back();
  CHECK_FALSE(overlays.fetch(sender, named(good, 3)));
  CHECK(overlays.status().refused == 2);
  served.clear();
  CHECK_FALSE(overlays.fetch(sender, named(good, 3)));
  CHECK_FALSE(overlays.status().trouble.empty());
  CHECK(overlays.status().generation == 0);
  served = good;
  REQUIRE(overlays.fetch(sender, named(good, 3)));
  CHECK(place.announced() == 1);
  CHECK(overlays.status().trouble.empty());
  REQUIRE(overlays.fetch(sender, named(good, 3)));
  CHECK(sender.requests == 4);
}

// Proved by asking for the overlay only after the image has passed.
TEST_CASE("overlays: a pause is taken from a manifest whose image does not pass", "[agent]") {
  Place place;
  Overlays overlays(place.state.path, place.run.path);
  REQUIRE(overlays.open());
  const std::string good = place.overlay(4), bad = "no image at all";
  FakeSender sender;
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    net::Response response;
    if (request.target.ends_with("/manifest")) {
      format::Manifest manifest;
      manifest.store = "mitte";
      manifest.version = 2;
      manifest.image_sha256 = net::hex(net::sha256(bad));
      manifest.image_size = bad.size();
      manifest.overlay = named(good, 4);
      response.headers.set("Content-Type", "application/json");
      response.headers.set("ETag", "\"2\"");
      response.body = format::write(manifest);
    } else {
      response.body = request.target.ends_with(net::hex(net::sha256(good))) ? good : bad;
    }
    return response;
  };
  Images::Beside beside;
  beside.overlay = [&](const format::Manifest& manifest) {
    return overlays.fetch(sender, *manifest.overlay);
  };
  bool rest = false;
  beside.rest = [&](const format::Manifest&) {
    rest = true;
    return Result<void>();
  };
  CHECK(place.images.fetch(sender, "mitte", std::chrono::seconds(0), beside) == false);
  CHECK_FALSE(place.images.status().trouble.empty());
  CHECK(overlays.status().version == 4);
  CHECK_FALSE(rest);
  CHECK(place.images.etag().empty());
}
