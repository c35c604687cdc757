#pragma once
// A pack's products as CSV over HTTP, in two steps in and one out.
#include "headoffice/catalogue/import.hpp"
#include "headoffice/server/door.hpp"

namespace sidedish::headoffice {

/// Bodies of POST /v1/imports/{pack}.
inline constexpr std::size_t kMaxCsv = std::size_t{32} << 20;

/// What it is given outlives the routes it adds. Thread-safe.
class ImportRoutes {
 public:
  ImportRoutes(Storage& storage, CatalogueStore& store, const Clock& clock)
      : catalogues_(storage, store, clock), imports_(catalogues_, store, clock) {}
  void add_to(Door& door);

 private:
  net::Response csv(const net::Routed& routed);
  net::Response read(const net::Routed& routed, const Actor& by);
  net::Response report(const net::Routed& routed, const Actor& by);
  net::Response apply(const net::Routed& routed, const Actor& by);

  Catalogues catalogues_;
  Imports imports_;
};

}  // namespace sidedish::headoffice
