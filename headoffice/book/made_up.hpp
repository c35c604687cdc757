#pragma once
// A basket, and what a till would say beside it, for which a rule's conditions should hold.
#include "rules/compile/names.hpp"
#include "rules/engine/inputs.hpp"
#include "rules/image/image.hpp"
#include "rules/model/pack.hpp"

#include <map>

namespace sidedish::headoffice {

/// Quantity by product of the image.
using Goods = std::map<std::uint32_t, Milli>;

/// Goods that the rule waits for, none of what it offers where that can be helped. A guess: decide()
/// says whether it holds.
Goods goods_for(const compile::Names& names, const model::Rule& rule);
/// Facts and what is known of the customer, as the rule asks for them.
void assume(const image::Image& image, const compile::Names& names, const model::Condition& when,
            engine::Context& context);
/// First local day on which dates that must hold let it speak; INT64_MIN: any.
std::int64_t first_day(const model::Condition& when);

}  // namespace sidedish::headoffice
