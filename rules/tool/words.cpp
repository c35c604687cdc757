#include "rules/tool/words.hpp"

#include "rules/compile/sizes.hpp"

#include <cstdio>

namespace sidedish::tool {

std::string count(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, 1, ',');
  return out;
}

std::string weight_words(const image::Image& image) {
  const compile::Sizes sizes = compile::sizes_of(image);
  char a_rule[32];
  std::snprintf(a_rule, sizeof a_rule, "%.1f", sizes.a_rule(image));
  return "index " + count(sizes.index) + " and offers " + count(sizes.offers) + " bytes, " +
         a_rule + " a rule; texts " + count(sizes.texts) + "; products " + count(sizes.products) +
         ", a record " + std::to_string(sizeof(image::Product)) + "; the rest " + count(sizes.rest);
}

}  // namespace sidedish::tool
