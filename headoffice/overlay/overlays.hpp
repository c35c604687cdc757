#pragma once
// The standing overlay of each store: changed by orders, ended by time, kept across publishes.
#include "headoffice/overlay/file.hpp"
#include "rules/base/clock.hpp"
#include "rules/model/pack.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

struct OverlayChange {
  Standing what = Standing::paused;
  bool set = true;      ///< false: it stands no more
  std::string subject;  ///< rule id, or any key of a product
  std::string price;    ///< price: decimals of the currency, "2.50"
  Stock stock = Stock::in;
  std::optional<std::uint32_t> left;
  UtcMs until = 0;  ///< 0: until it is ended
};

/// Who wants what changed, why.
struct OverlayRequest {
  std::string who;
  std::string why;
  std::string pack;                 ///< empty: whichever the store has
  std::vector<std::string> stores;  ///< empty: all of the pack
  std::vector<OverlayChange> changes;
  std::string key;  ///< of this request alone, so that a repeated one changes nothing; empty: none
  std::string content;  ///< the request as it came
};
/// Of the body of POST .../overlay/changes. Findings have pointers into it.
struct OverlayRequestRead {
  std::optional<OverlayRequest> request;
  std::vector<model::Finding> errors;
};
/// `pack_wide`: "stores" may stand in it.
OverlayRequestRead read_overlay_request(std::string_view json, bool pack_wide);

/// Either findings and nothing changed, or what changed where.
struct OverlayOutcome {
  std::vector<OverlayChanged> stores;
  std::vector<model::Finding> errors;
};
std::string write_overlay_outcome(const OverlayOutcome& outcome);

/// Thread-safe when the storage is. What it is given outlives it.
class Overlays {
 public:
  Overlays(Storage& storage, OverlayStore& store, const Clock& clock)
      : storage_(storage), store_(store), clock_(clock) {}

  /// One transaction over all its stores; a change that is so already changes nothing, and makes no
  /// new version. not_found: no such store, or nothing published; a pack that no store has.
  Result<OverlayOutcome> change(const OverlayRequest& request);
  /// Ends what is over. The stores whose manifest changed.
  Result<std::vector<std::string>> expire();
  /// What stands, what of it is not in the file and why, and the last changes; JSON. not_found.
  Result<std::string> view(std::string_view store);

 private:
  Storage& storage_;
  OverlayStore& store_;
  const Clock& clock_;
};

}  // namespace sidedish::headoffice
