#pragma once
// How this room writes rollouts in JSON.
#include "headoffice/store/wave_store.hpp"
#include "headoffice/waves/waves.hpp"
#include "rules/format/json_writer.hpp"

#include <string_view>

namespace sidedish::headoffice {

std::string_view word_of(RolloutState state) noexcept;
/// One of waves.schema.json. `image`: hex.
void write_rollout(format::JsonWriter& json, const RolloutRow& row, std::string_view image,
                   const WaveCount& count);

}  // namespace sidedish::headoffice
