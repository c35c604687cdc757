#pragma once
// Roles and what they may do. Pure.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

enum class Role : std::uint8_t { viewer, store_manager, editor, approver, admin };

enum class Right : std::uint8_t {
  read,       ///< rules, results, history
  edit,       ///< drafts, replays, pausing
  catalogue,  ///< products, prices, pictures
  publish,    ///< where no approval is asked
  approve,    ///< others' drafts; rolling back
  people,     ///< accounts and stores
};

/// "store-manager" and so on.
std::string_view name_of(Role role) noexcept;
std::optional<Role> parse_role(std::string_view name) noexcept;

/// Who asks.
struct Actor {
  std::string id;  ///< sign-in name, or "command line"
  std::string name;
  Role role = Role::viewer;
  std::vector<std::string> stores{};  ///< a store manager's own

  bool may(Right right) const noexcept;
  /// Only for all of `stores` when the role is bound to stores.
  bool may(Right right, std::span<const std::string> stores) const noexcept;
};

/// The machine's own administrator, who can read the database file anyway.
Actor command_line();

}  // namespace sidedish::headoffice
