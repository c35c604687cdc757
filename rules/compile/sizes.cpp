#include "rules/compile/sizes.hpp"

#include <set>

namespace sidedish::compile {

double Sizes::a_rule(const image::Image& image) const {
  const std::size_t rules = image.rules().size();
  return rules == 0 ? 0 : static_cast<double>(index + offers) / static_cast<double>(rules);
}

Sizes sizes_of(const image::Image& image) {
  Sizes out;
  // In indices: posted rules, members of sets and pointers are the rules'; the rest is not.
  std::size_t listed = 0;
  for (const image::Posting& p : image.postings()) listed += p.count;
  for (const image::Set& s : image.sets()) {
    if ((s.end & image::kListed) != 0) listed += s.end & ~image::kListed;
  }
  std::set<std::uint32_t> pointers;
  for (std::uint32_t r = 0; r < image.rules().size(); ++r) {
    if (pointers.insert(image.rules()[r].pointers).second) listed += image.gates()[r].node_count;
  }
  listed *= sizeof(std::uint32_t);
  out.index = image.gates().size_bytes() + image.rules().size_bytes() + image.code().size_bytes() +
              image.sets().size_bytes() + image.rule_order().size_bytes() +
              image.hashes().size_bytes() + image.facts().size_bytes() + listed;
  out.offers = image.offers().size_bytes() + image.bundles().size_bytes() +
               image.slots().size_bytes() + image.deltas().size_bytes();
  out.texts = image.text_pool().size_bytes() + image.texts().size_bytes();
  out.products = image.products().size_bytes() + image.keys().size_bytes() +
                 image.key_slots().size_bytes() + image.postings().size_bytes() +
                 image.categories().size_bytes() + image.indices().size_bytes() - listed;
  out.rest = image.settings_count() * sizeof(image::Settings) + image.languages().size_bytes() +
             image.stores().size_bytes() + image.terminals().size_bytes() +
             image.offsets().size_bytes() + image.locales().size_bytes() +
             image.plurals().size_bytes() + image.avoid().size_bytes();
  return out;
}

}  // namespace sidedish::compile
