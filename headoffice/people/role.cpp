#include "headoffice/people/role.hpp"

#include <algorithm>
#include <array>

namespace sidedish::headoffice {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"viewer", "store-manager", "editor", "approver",
                                                    "admin"};

}  // namespace

std::string_view name_of(Role role) noexcept { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view name) noexcept {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Role>(found - kNames.begin());
}

bool Actor::may(Right right) const noexcept {
  switch (right) {
    case Right::read:
      return true;
    case Right::edit:
      return role != Role::viewer;
    case Right::catalogue:
    case Right::publish:
      return role >= Role::editor;
    case Right::approve:
      return role >= Role::approver;
    case Right::people:
      return role == Role::admin;
  }
  return false;
}

bool Actor::may(Right right, std::span<const std::string> wanted) const noexcept {
  if (!may(right)) return false;
  if (role != Role::store_manager || right == Right::read) return true;
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
    return std::find(stores.begin(), stores.end(), one) != stores.end();
  });
}

Actor command_line() { return {"command line", "command line", Role::admin, {}}; }

}  // namespace sidedish::headoffice
