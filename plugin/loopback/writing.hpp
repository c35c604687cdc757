#pragma once
// What a lane says -> JSON. Pure, any thread.
#include "plugin/lane/lane.hpp"
#include "plugin/loopback/names.hpp"
#include "plugin/loopback/reading.hpp"
#include "rules/say/prompt.hpp"

#include <string>
#include <string_view>

namespace sidedish::loopback {

using say::About;
using say::prompt_id;
using say::quantity_text;
using say::write_prompt;

/// The basket for a page: its goods, not voided, at most the first 200 rows as they were sent.
std::string write_basket(const format::Json& body, const SnapshotRequest& said, bool in_tender,
                         const Names& names);
/// What GET /v1/lanes/{lane} answers.
std::string write_status(std::string_view name, const lane::Lane& lane);
std::string_view name_of(Silence silence) noexcept;

}  // namespace sidedish::loopback
