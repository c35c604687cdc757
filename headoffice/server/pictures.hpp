#pragma once
// Pictures as they come in, by whichever door.
#include "headoffice/store/storage.hpp"
#include "plugin/net/router.hpp"

namespace sidedish::headoffice {

/// Saves the body under {sha256} of the path: 201 when it is new. 413, 415 or 422 when it is too large,
/// neither WebP nor PNG, or another file than the path names.
net::Response save_picture(Storage& storage, const Clock& clock, const net::Routed& routed);

}  // namespace sidedish::headoffice
