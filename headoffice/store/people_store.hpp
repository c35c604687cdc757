#pragma once
// People, their sessions and invitations, as they are remembered. Tokens come here as digests.
#include "headoffice/store/change_store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

struct PersonRow {
  std::string id;  ///< what is typed to sign in
  std::string name;
  std::string role;
  std::vector<std::string> stores;  ///< own stores; empty = all
  std::string password;             ///< as hashed; empty = by link only
  bool disabled = false;
  UtcMs created_at = 0;
};

struct SessionRow {
  PersonRow person;
  std::string csrf;
  UtcMs created_at = 0;
  UtcMs last_at = 0;
};

struct InvitationRow {
  std::string person;  ///< who is signed in by it; empty = whoever comes becomes a new person
  std::string role;
  std::vector<std::string> stores;
  std::string made_by;
  UtcMs made_at = 0;
  UtcMs expires_at = 0;
  UtcMs used_at = 0;  ///< 0 = not yet
};

struct Attempts {
  std::int64_t failures = 0;
  UtcMs until = 0;  ///< no try before
};

/// Thread-safe, as Storage is. What returned success is on disk.
class PeopleStore {
 public:
  PeopleStore() = default;
  PeopleStore(const PeopleStore&) = delete;
  PeopleStore& operator=(const PeopleStore&) = delete;
  virtual ~PeopleStore() = default;

  /// By id.
  virtual Result<std::vector<PersonRow>> people() = 0;
  /// not_found.
  virtual Result<PersonRow> person(std::string_view id) = 0;
  /// Changes role, name, stores, password and whether disabled; a disabled person's sessions end.
  /// conflict: no admin would be left (nothing was changed). not_found.
  virtual Result<void> change_person(const PersonRow& person, const Change& change) = 0;

  virtual Result<void> invite(const Sha256& token, const InvitationRow& invitation,
                              const Change& change) = 0;
  /// not_found. One that was used or is over is found.
  virtual Result<InvitationRow> invitation(const Sha256& token) = 0;
  /// Uses the invitation at `change.at`; with `person` there is one more person afterwards. One
  /// transaction. conflict: it was used or is over, or the id is taken (the text says which);
  /// not_found.
  virtual Result<void> use_invitation(const Sha256& token, const PersonRow* person,
                                      const Change& change) = 0;

  virtual Result<void> open_session(const Sha256& token, std::string_view person,
                                    std::string_view csrf, UtcMs now) = 0;
  /// not_found.
  virtual Result<SessionRow> session(const Sha256& token) = 0;
  virtual Result<void> touch_session(const Sha256& token, UtcMs now) = 0;
  virtual Result<void> close_session(const Sha256& token) = 0;
  /// All of a person's; how many there were.
  virtual Result<std::int64_t> close_sessions(std::string_view person) = 0;
  /// Sessions without a sign of life since `idle`, or opened before `old`; used or expired
  /// invitations before `old`.
  virtual Result<void> sweep_sessions(UtcMs idle, UtcMs old) = 0;

  virtual Result<Attempts> attempts(std::string_view what) = 0;
  virtual Result<void> put_attempts(std::string_view what, const Attempts& attempts) = 0;
  virtual Result<void> forget_attempts(std::string_view what) = 0;
};

}  // namespace sidedish::headoffice
