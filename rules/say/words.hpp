#pragma once
// Decisions in a manager's words: money as money, conditions as sentences.
#include "rules/engine/explain.hpp"
#include "rules/engine/inputs.hpp"

#include <optional>
#include <string>

namespace sidedish::say {

const char* words(engine::Guard guard);
const char* words(Silence silence);
const char* words(engine::Fate fate);

/// "12.50 EUR".
std::string money(const image::Settings& settings, Minor amount);
/// Money that a score stands for: "8.30 EUR per 1,000 showings".
std::string worth(const image::Settings& settings, std::int64_t score);
/// "2", "0.250".
std::string units(Milli quantity);

/// A product's name in the pack's first language.
std::string product_name(const image::Image& image, std::uint32_t product);
/// "category burgers", "Cola or Fanta", "Cola, Fanta or 7 more".
std::string set_words(const image::Image& image, const image::SetView& set);

/// What the condition asks for: "at least 2 of category burgers in the basket".
std::string condition_words(const image::Image& image, const image::Node& node);
/// What there was instead: "there was 1"; empty where that says nothing.
std::string found_words(const image::Image& image, const image::Node& node,
                        const engine::Context& context, const engine::Basket& basket);
/// The number in found_words() of what is counted in a basket, for who says it in other words: how
/// many, or minor units; of other conditions neither.
struct FoundNumber {
  std::optional<Milli> quantity{};
  std::optional<Minor> value{};
};
FoundNumber found_number(const image::Image& image, const image::Node& node,
                         const engine::Basket& basket);

/// One decision and what explain() found of it.
struct Judged {
  const image::Image& image;
  const engine::Context& context;
  const engine::Basket& basket;
  const engine::Decision& decision;
};
/// Why the rule was offered, or was not: "stopped: it is out of stock".
std::string why(const Judged& judged, const engine::Verdict& verdict);

}  // namespace sidedish::say
