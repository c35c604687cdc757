#include "rules/compile/check_parts.hpp"

namespace sidedish::compile {

void check_range(const model::Range& range, std::string_view id, const std::string& pointer,
                 const char* what, Findings& out) {
  if (range.min && range.max && *range.min > *range.max) {
    out.add("ends-before-start", id, pointer,
            std::string("expected ") + what + " with min <= max, found min above max");
  }
}

void check_select(const Names& names, const model::Select& select, std::string_view id,
                  const std::string& pointer, Findings& out) {
  for (std::size_t k = 0; k < select.items.size(); ++k) {
    if (names.product(std::string_view(select.items[k])) == image::kNone) {
      out.add("not-in-catalogue", id, at(pointer + "/items", k),
              "expected a product of the catalogue, found " + select.items[k]);
    }
  }
  if (!select.category.empty() && names.category(select.category) == image::kNone) {
    out.add("no-such-category", id, pointer + "/category",
            "expected a category of the catalogue, found " + select.category);
  }
  if (!select.tag.empty() && !names.has_tag(select.tag)) {
    out.add("no-such-tag", id, pointer + "/tag",
            "expected a tag of at least one product, found " + select.tag);
  }
  if (!select.set.empty() && !names.has_set(select.set)) {
    out.add("no-such-set", id, pointer + "/set",
            "expected a set of this document, found " + select.set);
  }
  const int chosen = (select.items.empty() ? 0 : 1) + (select.category.empty() ? 0 : 1) +
                     (select.tag.empty() ? 0 : 1) + (select.set.empty() ? 0 : 1);
  if (chosen != 1) {
    out.add(
        "choose-one-way", id, pointer,
        "expected exactly one of items, category, tag and set, found " + std::to_string(chosen));
  }
  check_range(select.quantity, id, pointer + "/quantity", "a quantity", out);
  check_range(select.value, id, pointer + "/value", "a value", out);
  if (select.quantity.min && *select.quantity.min <= 0) {
    out.add("out-of-range", id, pointer + "/quantity/min",
            "expected more than 0: for products that must not be there, use lacks");
  }
  if (select.quantity.max && *select.quantity.max <= 0) {
    out.add("out-of-range", id, pointer + "/quantity/max", "expected more than 0");
  }
}

}  // namespace sidedish::compile
