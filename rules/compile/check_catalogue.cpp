#include "rules/base/text.hpp"
#include "rules/compile/check_parts.hpp"

#include <set>
#include <unordered_set>

namespace sidedish::compile {
namespace {

void check_categories(const Names& names, const std::string& base, Findings& out) {
  const auto& all = names.catalogue.categories;
  std::unordered_set<std::string_view> ids;
  for (const auto& category : all) ids.insert(category.id);
  std::vector<bool> placed(all.size());
  for (const std::uint32_t i : names.categories()) placed[i] = true;
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string pointer = at(base + "/categories", i);
    if (!seen.insert(all[i].id).second) {
      out.add(all[i].id, pointer + "/id", "expected ids that are unique, found this one twice");
    } else if (!all[i].parent.empty() && !ids.contains(all[i].parent)) {
      out.add(all[i].id, pointer + "/parent", "expected a category, found " + all[i].parent);
    } else if (!placed[i]) {
      out.add(all[i].id, pointer + "/parent",
              "expected a parent that is not below this category, found a cycle through " +
                  all[i].parent);
    }
  }
}

class ProductCheck {
 public:
  ProductCheck(const Names& names, const std::string& base, Findings& out)
      : names_(names), base_(base + "/products"), out_(out) {}

  void run() {
    const auto& all = names_.catalogue.products;
    for (std::size_t i = 0; i < all.size(); ++i) product(all[i], at(base_, i));
    if (const auto words = avoid_words(names_.catalogue); words.size() > image::kMaxAvoidWords) {
      out_.add(
          "", base_,
          "expected at most 64 allergens and diets in all, found " + std::to_string(words.size()));
    }
    if (taxes_.size() >= UINT16_MAX) {
      out_.add("", base_,
               "expected fewer than 65,535 tax classes, found " + std::to_string(taxes_.size()));
    }
  }

 private:
  void own_key(const model::Product& p, const std::string& key, const std::string& pointer) {
    const auto [it, fresh] = keys_.emplace(key, &p);
    if (!fresh) {
      out_.add(p.key, pointer,
               "expected keys and aliases that are unique, found " + key + " of " +
                   it->second->key + " again");
    }
  }

  void product(const model::Product& p, const std::string& pointer) {
    own_key(p, p.key, pointer + "/key");
    const std::uint32_t self = names_.product(std::string_view(p.key));
    for (std::size_t k = 0; k < p.aliases.size(); ++k) {
      own_key(p, p.aliases[k], at(pointer + "/aliases", k));
    }
    if (names_.category(p.category) == image::kNone) {
      out_.add(p.key, pointer + "/category", "expected a category, found " + p.category);
    }
    if (p.name.empty()) out_.add(p.key, pointer + "/name", "expected a name, found none");
    for (const auto& [language, name] : p.name) {
      // Texts set names apart by marks of their own.
      if (has_direction(name)) {
        out_.add(p.key, pointer + "/name/" + escape(language),
                 "expected a name without marks of direction");
      }
    }
    check_between(p.price, Minor{0}, kMaxAmount, p.key, pointer + "/price", out_);
    if (p.cost) check_between(*p.cost, Minor{0}, kMaxAmount, p.key, pointer + "/cost", out_);
    for (std::size_t k = 0; k < p.substitutes.size(); ++k) {
      const std::uint32_t other = names_.product(std::string_view(p.substitutes[k]));
      if (other == image::kNone || other == self) {
        out_.add(p.key, at(pointer + "/substitutes", k),
                 "expected another product of the catalogue, found " + p.substitutes[k]);
      }
    }
    if (p.substitutes.size() > UINT16_MAX) {
      out_.add(p.key, pointer + "/substitutes", "expected at most 65,535 substitutes");
    }
    taxes_.insert(p.tax_class);
  }

  const Names& names_;
  std::string base_;
  Findings& out_;
  std::unordered_map<std::string_view, const model::Product*> keys_;
  std::set<std::string_view> taxes_;
};

}  // namespace

void check_catalogue(const Names& names, Findings& out) {
  // A catalogue beside the rules has pointers of its own document.
  const std::string base = names.pack.catalogue ? "/catalogue" : "";
  if (names.catalogue.currency != names.pack.currency) {
    out.add("", base + "/currency",
            "expected the pack's currency " + std::string(names.pack.currency.text()) + ", found " +
                std::string(names.catalogue.currency.text()));
  }
  check_categories(names, base, out);
  ProductCheck(names, base, out).run();
}

}  // namespace sidedish::compile
