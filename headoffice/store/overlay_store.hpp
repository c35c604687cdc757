#pragma once
// What stands beside a store's rules until somebody ends it (paused, recalled, repriced, out of
// stock), the flat overlay files made of it, and who changed what and why.
#include "headoffice/store/events.hpp"
#include "rules/base/money.hpp"
#include "rules/base/result.hpp"
#include "rules/model/words.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

using Sha256 = std::array<std::byte, 32>;

enum class Standing : std::uint8_t { paused = 0, recalled = 1, price = 2, stock = 3 };
/// "paused", "recalled", "price", "stock".
std::string_view name_of(Standing what) noexcept;
std::optional<Standing> standing_of(std::string_view name) noexcept;

/// One thing that stands. At most one of a kind about a subject (and pack, when paused).
struct StandingRow {
  Standing what = Standing::paused;
  std::string subject;  ///< rule id, or a product's primary key
  std::string pack;     ///< of a paused rule; empty: of a product
  Minor price = 0;      ///< price: minor units
  Minor base = 0;       ///< price: the catalogue's when it was set; another one there ends it
  Stock stock = Stock::in;
  std::optional<std::uint32_t> left;  ///< stock: whole units
  std::string who;
  std::string why;
  UtcMs since = 0;
  UtcMs until = 0;  ///< 0: until it is ended
  friend bool operator==(const StandingRow&, const StandingRow&) = default;
};

/// A manifest that terminals of the store may run, newest first, and its image. The bytes live as
/// long as the call that hands it out.
struct LiveManifest {
  std::uint64_t version = 0;
  std::string body;
  Sha256 digest{};
  std::string_view image;
};

struct StandingState {
  std::uint64_t version = 0;  ///< of the last overlay made for the store; 0: none ever was
  std::vector<StandingRow> rows;
  std::vector<LiveManifest> manifests;  ///< empty: nothing is published for the store
};

/// An overlay file for one manifest, and that manifest with the file named.
struct OverlayFile {
  std::uint64_t manifest = 0;
  Sha256 sha256{};
  std::vector<std::byte> bytes;
  std::size_t left_out = 0;  ///< of what stands, so much is not in the file
  std::string etag;
  std::string body;
};

/// From what to what one thing was changed; JSON, empty: it did not stand, or stands no more.
struct OverlayLog {
  Standing what = Standing::paused;
  std::string pack;
  std::string subject;
  std::string from;
  std::string to;
};

struct OverlayWrite {
  std::vector<StandingRow> rows;  ///< all that stands now
  std::vector<OverlayFile> files;
  std::vector<OverlayLog> log;
};
/// nullopt: nothing changes here. An error ends the whole call, and nothing was changed anywhere.
/// The new version is state.version + 1. Must not call the store.
using EditStanding = std::function<Result<std::optional<OverlayWrite>>(std::string_view store,
                                                                       const StandingState&)>;

struct OverlayOrder {
  std::string who;
  std::string why;
  UtcMs at = 0;
  std::string key;          ///< the caller's, of this order alone; empty: none
  std::string key_content;  ///< what was ordered under the key
};

struct OverlayChanged {
  std::string store;
  std::uint64_t version = 0;  ///< after it
  std::size_t changes = 0;
  std::size_t left_out = 0;  ///< of the newest manifest's file
};

struct OverlayLogRow {
  UtcMs at = 0;
  std::string who;
  std::string why;
  OverlayLog change;
};

/// Thread rules and errors are Storage's.
class OverlayStore {
 public:
  virtual ~OverlayStore() = default;

  /// One transaction over all `stores`, the log of changes with it ("rule.paused", "product.price", ...
  /// of "pack/subject"). An order whose key was seen does nothing and answers how
  /// things are. not_found: no such store, or nothing is published for it. invalid: the key was seen
  /// with other content; or what `edit` says.
  virtual Result<std::vector<OverlayChanged>> edit_overlays(std::span<const std::string> stores,
                                                            const OverlayOrder& order,
                                                            const EditStanding& edit) = 0;
  /// Without the manifests. not_found: no such store.
  virtual Result<StandingState> standing(std::string_view store) = 0;
  /// The newest `most`, newest first. not_found: no such store.
  virtual Result<std::vector<OverlayLogRow>> overlay_log(std::string_view store,
                                                         std::size_t most) = 0;
  /// Stores where something's time is over.
  virtual Result<std::vector<std::string>> overlays_due(UtcMs now) = 0;
  /// When the next thing's time is over; nullopt: never.
  virtual Result<std::optional<UtcMs>> next_overlay_end() = 0;
  /// Stores whose newest manifest is of this pack, ascending.
  virtual Result<std::vector<std::string>> stores_of_pack(std::string_view pack) = 0;
};

}  // namespace sidedish::headoffice
