#pragma once
// What people call a product, by the rules that are current.
#include "plugin/lane/normalise.hpp"
#include "plugin/lane/rules.hpp"

#include <string_view>

namespace sidedish::loopback {

/// Holds the rules while it lives. One thread.
class Names {
 public:
  /// `language`: BCP 47, empty for the store's.
  Names(lane::Rules& rules, std::string_view store, std::string_view language,
        const lane::Masks& masks);
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// Empty when the rules do not know it. Lives as long as this.
  std::string_view of(std::string_view product) const;

 private:
  lane::Rules& rules_;
  const lane::Loaded* loaded_;
  const lane::Masks& masks_;
  std::uint32_t language_ = 0;
};

}  // namespace sidedish::loopback
