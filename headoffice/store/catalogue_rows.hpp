#pragma once
// A pack's catalogue inside the transaction that publishes it.
#include "headoffice/store/catalogue_store.hpp"
#include "headoffice/store/database.hpp"

namespace sidedish::headoffice {

/// Within the caller's transaction. What `publish` changes of the catalogue is a row of the log.
void publish_catalogue(Database& db, std::string_view pack, const CataloguePublish& publish,
                       UtcMs now);

}  // namespace sidedish::headoffice
