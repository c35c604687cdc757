#pragma once
// A head office with the packs of tests, without sockets: what stands goes in, files come out.
#include "headoffice/overlay/overlays.hpp"
#include "headoffice/publish/publish.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "rules/image/overlay.hpp"
#include "tests/headoffice/support/support.hpp"
#include "tests/rules/compile/packs.hpp"

#include <catch2/catch.hpp>
#include <cstring>

namespace sidedish::headoffice::testing {

struct SetClock final : Clock {
  UtcMs time = kNoon;
  UtcMs now() const noexcept override { return time; }
  MonoMs steady() const noexcept override { return time - kNoon; }
};

/// A flat overlay, kept for looking at.
struct Laid {
  std::vector<std::uint64_t> words;
  image::Overlay overlay;
};

class Shop {
 public:
  Folder folder;
  SetClock clock;
  std::unique_ptr<SqliteStorage> storage = open(folder.file("h.db"));
  model::Pack pack = packs::burgers();  ///< in store "mitte"

  Overlays overlays() { return {*storage, *storage, clock}; }

  std::uint64_t publish() {
    Publisher publisher(*storage, *storage, clock, packs::zone_file, [&](auto, auto) {
      return PackRead{pack, pack.catalogue, {}};
    });
    const auto done = publisher.publish("{}", "{}");
    REQUIRE(done);
    for (const auto& error : done->errors) UNSCOPED_INFO(error.pointer << " " << error.message);
    REQUIRE(done->published);
    return done->published->version;
  }
  OverlayRequest request(OverlayChange change) const {
    OverlayRequest out;
    out.who = "Ana";
    out.why = "fryer broken";
    out.pack = pack.id;
    out.changes = {std::move(change)};
    return out;
  }
  OverlayOutcome change(OverlayChange change) {
    const auto done = overlays().change(request(std::move(change)));
    REQUIRE(done);
    return *done;
  }
  format::Manifest manifest(std::string_view store) {
    const auto row = storage->manifest(store);
    REQUIRE(row);
    format::WireFindings findings;
    const auto read = format::read_manifest(row->body, findings);
    REQUIRE(read);
    return *read;
  }
  /// The file that the store's manifest names, checked as a terminal does.
  Laid laid(std::string_view store) {
    const auto named = manifest(store).overlay;
    REQUIRE(named);
    const auto bytes = storage->blob(*parse_digest(named->sha256));
    REQUIRE(bytes);
    REQUIRE(bytes->size() == named->size);
    Laid out;
    out.words.resize((bytes->size() + 7) / 8);
    std::memcpy(out.words.data(), bytes->data(), bytes->size());
    const auto opened =
        image::Overlay::open(std::as_bytes(std::span(out.words)).first(bytes->size()));
    REQUIRE(opened);
    CHECK(opened->header().version == named->version);
    out.overlay = *opened;
    return out;
  }
};

inline OverlayChange paused(std::string rule, UtcMs until = 0) {
  OverlayChange out;
  out.subject = std::move(rule);
  out.until = until;
  return out;
}
inline OverlayChange about(Standing what, std::string product, std::string price = {}) {
  OverlayChange out;
  out.what = what;
  out.subject = std::move(product);
  out.price = std::move(price);
  return out;
}
inline OverlayChange cleared(OverlayChange change) {
  change.set = false;
  return change;
}

}  // namespace sidedish::headoffice::testing
