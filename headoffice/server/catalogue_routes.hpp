#pragma once
// Products of a pack over HTTP: found, read, changed, their pictures.
#include "headoffice/book/book.hpp"
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/server/door.hpp"

namespace sidedish::headoffice {

/// What it is given outlives the routes it adds. Thread-safe.
class CatalogueRoutes {
 public:
  /// `book`: knows which rules need a product.
  CatalogueRoutes(Storage& storage, CatalogueStore& store, const Clock& clock, Book& book)
      : storage_(storage), clock_(clock), catalogues_(storage, store, clock), book_(book) {}
  void add_to(Door& door);

 private:
  net::Response list();
  net::Response search(const net::Routed& routed);
  net::Response head(const net::Routed& routed);
  net::Response product(const net::Routed& routed);
  net::Response put(const net::Routed& routed, const Actor& by);
  net::Response remove(const net::Routed& routed, const Actor& by);
  net::Response put_picture(const net::Routed& routed);

  Storage& storage_;
  const Clock& clock_;
  Catalogues catalogues_;
  Book& book_;
};

}  // namespace sidedish::headoffice
