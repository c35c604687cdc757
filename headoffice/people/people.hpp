#pragma once
// Signing in and out, inviting, changing what people may do.
#include "headoffice/people/passwords.hpp"
#include "headoffice/people/role.hpp"
#include "headoffice/store/people_store.hpp"
#include "rules/base/clock.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Why not. Every text may be shown to whoever asked.
struct Denied {
  enum class Why : std::uint8_t {
    credentials,  ///< name and password do not fit; nobody is told which
    throttled,    ///< too many tries: again after `retry_ms`
    link,         ///< no such link, or used, or its time is over
    session,      ///< no session, or its time is over
    role,         ///< the role may not
    field,        ///< `pointer` names what is wrong
    missing,      ///< no such person
    storage,      ///< `error` says what
  } why = Why::storage;
  std::string detail{};
  std::string pointer{};
  std::int64_t retry_ms = 0;
  Error error{Errc::internal, ""};
};
template <class T>
using Outcome = tl::expected<T, Denied>;

/// A new session. `token` is for the cookie and is nowhere else.
struct SignedIn {
  Actor actor;
  std::string token;
  std::string csrf;
};

/// Whose session it is.
struct Known {
  Actor actor;
  std::string csrf;
  bool has_password = true;
};

struct Invite {
  std::string person{};  ///< signs this person in; empty = a new person
  Role role = Role::viewer;
  std::vector<std::string> stores{};
};

/// What a link is for, before it is used.
struct Invited {
  std::string person;  ///< empty = a new person
  Role role = Role::viewer;
  std::vector<std::string> stores;
  UtcMs expires_at = 0;
};

struct PersonChange {
  std::optional<std::string> name{};
  std::optional<Role> role{};
  std::optional<std::vector<std::string>> stores{};
  std::optional<bool> disabled{};
  std::string why{};
};

inline constexpr UtcMs kSessionIdle = 12 * 3'600'000LL;
inline constexpr UtcMs kSessionLife = 7 * 86'400'000LL;
inline constexpr UtcMs kInvitationLife = 86'400'000LL;

/// Thread-safe when the store is. What it is given outlives it. Costs: a password some 50 ms, all
/// else one or two calls of the store.
class People {
 public:
  using Token = std::function<std::string()>;
  People(PeopleStore& store, const Passwords& passwords, const Clock& clock,
         Token token = random_token)
      : store_(store), passwords_(passwords), clock_(clock), token_(std::move(token)) {}

  /// The link's token. role: only admins invite.
  Outcome<std::string> invite(const Actor& by, const Invite& invite);
  Outcome<Invited> invited(std::string_view token);
  /// Uses a link for a new person: id of 1 to 64 of a-z 0-9 . _ - @, name, password.
  Outcome<SignedIn> join(std::string_view token, std::string_view id, std::string_view name,
                         std::string_view password);
  /// Uses a link for a person who is there.
  Outcome<SignedIn> sign_in_by_link(std::string_view token);
  /// `peer`: the address it came from.
  Outcome<SignedIn> sign_in(std::string_view id, std::string_view password, std::string_view peer);

  /// Keeps the session alive.
  Outcome<Known> who(std::string_view token);
  Outcome<void> sign_out(std::string_view token);
  /// How many sessions ended.
  Outcome<std::int64_t> sign_out_everywhere(const Actor& actor);
  /// All other sessions end, and a new one begins. `old` is not asked of who has no password yet.
  Outcome<SignedIn> change_password(const Actor& actor, std::string_view old,
                                    std::string_view fresh);

  /// role: only admins.
  Outcome<std::vector<PersonRow>> people(const Actor& by);
  Outcome<PersonRow> change(const Actor& by, std::string_view id, const PersonChange& change);

 private:
  Outcome<SignedIn> begin(const PersonRow& person);
  Outcome<void> admit(std::string_view what, std::int64_t free_tries, std::int64_t& failures);
  Outcome<void> count_failure(std::string_view what, std::int64_t free_tries,
                              std::int64_t failures);

  PeopleStore& store_;
  const Passwords& passwords_;
  const Clock& clock_;
  Token token_;
};

}  // namespace sidedish::headoffice
