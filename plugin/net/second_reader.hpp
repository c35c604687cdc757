#pragma once
// The head once more, by Beast's parser: two readers that differ about one head are what smuggling
// is made of. Nothing of Beast is seen here.
#include "plugin/net/http.hpp"
#include "plugin/net/wire.hpp"

namespace sidedish::net {

/// Adds the head's fields to `headers`. `head` is what check_head() found the `facts` in, and at most
/// `max_head` bytes. False: the two don't agree on where it ends and how the body is framed.
bool read_again(std::string_view head, const HeadFacts& facts, std::size_t max_head,
                Headers& headers);

}  // namespace sidedish::net
