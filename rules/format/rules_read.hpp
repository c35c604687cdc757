#pragma once
// Pieces of the rule document's reader, and the words its reader and writer share.
#include "rules/format/reader.hpp"

#include <array>
#include <string>
#include <string_view>

namespace sidedish::format {

inline constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu",
                                                           "fri", "sat", "sun"};
// In the order of the numbers of rules/model/words.hpp. An add-on is never on a receipt.
inline constexpr std::array<std::string_view, 2> kChannels{"cashier", "kiosk"};
inline constexpr std::array<std::string_view, 3> kMoments{"basket", "checkout", "browse"};
// Out of stock is never offered.
inline constexpr std::array<std::string_view, 2> kOffered{"in", "low"};
inline constexpr std::array<std::string_view, 5> kKinds{"add_on", "bundle", "upsell", "also_bought",
                                                        "receipt"};
// In the order of model::BundlePrice.
inline constexpr std::array<std::string_view, 3> kBundlePrices{"price", "discount",
                                                               "discount_percent"};
inline constexpr std::array<std::string_view, 3> kQuantities{"one", "per_trigger", "ask"};
inline constexpr std::array<std::string_view, 3> kObjectives{"margin", "revenue", "units"};

/// A SELECT without bounds.
model::Select read_products(Reader& in, Json value);
model::Daypart read_daypart(Reader& in, Json value);
model::Bundle read_bundle(Reader& in, Json value, unsigned exponent);
/// `pointer` is the condition's place within its rule.
model::Condition read_condition(Reader& in, Json value, const std::string& pointer,
                                unsigned exponent);

}  // namespace sidedish::format
