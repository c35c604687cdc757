#pragma once
// What people call a product and how it looks, by the rules that are current.
#include "plugin/lane/normalise.hpp"
#include "plugin/lane/rules.hpp"
#include "rules/say/names.hpp"

#include <span>
#include <string_view>

namespace sidedish::loopback {

using say::HasPicture;
using say::Why;

/// Holds the rules while it lives. One thread.
class Names : public say::Names {
 public:
  /// `language`: BCP 47, empty for the store's.
  Names(lane::Rules& rules, std::string_view store, std::string_view language,
        const lane::Masks& masks, const HasPicture& has_picture)
      : Names(rules, rules.acquire(), store, language, masks, has_picture) {}
  ~Names() { rules_.release(loaded_); }
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// As say::Names does, over the goods of a snapshot that are not voided.
  Why why(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
          const lane::Snapshot& basket) const;

 private:
  Names(lane::Rules& rules, const lane::Loaded* loaded, std::string_view store,
        std::string_view language, const lane::Masks& masks, const HasPicture& has_picture);

  lane::Rules& rules_;
  const lane::Loaded* loaded_;
};

}  // namespace sidedish::loopback
