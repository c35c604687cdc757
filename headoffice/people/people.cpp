#include "headoffice/people/people.hpp"

#include "rules/format/json_writer.hpp"
#include "rules/trust/digest.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::headoffice {
namespace {

using Why = Denied::Why;

constexpr std::size_t kMinPassword = 10;
constexpr std::size_t kMaxPassword = 128;
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxStores = 1000;
constexpr std::size_t kMaxWhy = 500;
constexpr std::int64_t kTriesOfName = 5;
constexpr std::int64_t kTriesOfPeer = 50;
constexpr UtcMs kFirstWait = 1'000;
constexpr UtcMs kLongestWait = 15 * 60'000;
constexpr UtcMs kForgiven = 3'600'000;
constexpr UtcMs kTouchEvery = 60'000;

tl::unexpected<Denied> denied(Why why, std::string detail, std::string pointer = {}) {
  return tl::unexpected<Denied>(
      Denied{.why = why, .detail = std::move(detail), .pointer = std::move(pointer)});
}

tl::unexpected<Denied> broken(const Error& error) {
  return tl::unexpected<Denied>(
      Denied{.why = Why::storage, .detail = std::string(error.text()), .error = error});
}

tl::unexpected<Denied> no_link() {
  return denied(Why::link,
                "this link is not valid: it was used, or its time is over. Ask for a new one");
}

Sha256 digest_of(std::string_view token) {
  Sha256 out{};
  if (const auto digest = trust::sha256(std::as_bytes(std::span(token)))) {
    std::memcpy(out.data(), digest->data(), out.size());
  }
  return out;
}

bool good_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '@';
  });
}

std::optional<Denied> wrong_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (!name.empty() && name.size() <= kMaxName && plain) return std::nullopt;
  return Denied{.why = Why::field,
                .detail = "expected a name of 1 to 100 bytes, on one line",
                .pointer = "/name"};
}

std::optional<Denied> wrong_password(std::string_view password, std::string_view id) {
  if (password.size() < kMinPassword || password.size() > kMaxPassword) {
    return Denied{.why = Why::field,
                  .detail = "expected a password of 10 to 128 characters",
                  .pointer = "/password"};
  }
  if (password.find(id) != std::string_view::npos) {
    return Denied{.why = Why::field,
                  .detail = "expected a password without the sign-in name in it",
                  .pointer = "/password"};
  }
  return std::nullopt;
}

std::optional<Denied> wrong_stores(Role role, const std::vector<std::string>& stores) {
  if (role == Role::store_manager && stores.empty()) {
    return Denied{.why = Why::field,
                  .detail = "expected the stores of this store manager",
                  .pointer = "/stores"};
  }
  const bool good = stores.size() <= kMaxStores &&
                    std::all_of(stores.begin(), stores.end(), [](const std::string& store) {
                      return !store.empty() && store.find(' ') == std::string::npos;
                    });
  if (good) return std::nullopt;
  return Denied{.why = Why::field,
                .detail = "expected at most 1,000 store ids without spaces",
                .pointer = "/stores"};
}

std::string json_of(const PersonRow& person) {
  format::JsonWriter json;
  json.open('{').key("name").text(person.name).key("role").text(person.role);
  json.key("stores").open('[');
  for (const std::string& store : person.stores) json.text(store);
  json.close(']').key("disabled").boolean(person.disabled).close('}');
  return json.take();
}

Actor actor_of(const PersonRow& person) {
  return {person.id, person.name, parse_role(person.role).value_or(Role::viewer), person.stores};
}

std::string about(std::string_view id) {
  return id.empty() ? "people" : "people/" + std::string(id);
}

}  // namespace

Outcome<std::string> People::invite(const Actor& by, const Invite& invite) {
  if (!by.may(Right::people)) return denied(Why::role, "only an admin may invite");
  InvitationRow row{.person = invite.person,
                    .role = std::string(name_of(invite.role)),
                    .stores = invite.stores,
                    .made_by = by.id,
                    .made_at = clock_.now(),
                    .expires_at = clock_.now() + kInvitationLife};
  if (invite.person.empty()) {
    if (auto wrong = wrong_stores(invite.role, invite.stores)) {
      return tl::unexpected<Denied>(*wrong);
    }
  } else {
    const auto person = store_.person(invite.person);
    if (!person && person.error().code() != Errc::not_found) return broken(person.error());
    if (!person || person->disabled) return denied(Why::missing, "there is no such person");
    row.role = person->role;
    row.stores = person->stores;
  }
  const std::string token = token_();
  format::JsonWriter after;
  after.open('{').key("role").text(row.role).close('}');
  const Change change{.at = row.made_at,
                      .who = by.id,
                      .what = invite.person.empty() ? "person.invited" : "person.link-made",
                      .subject = about(invite.person),
                      .after = after.take()};
  if (const auto done = store_.invite(digest_of(token), row, change); !done) {
    return broken(done.error());
  }
  return token;
}

Outcome<Invited> People::invited(std::string_view token) {
  const auto row = store_.invitation(digest_of(token));
  if (!row) return row.error().code() == Errc::not_found ? no_link() : broken(row.error());
  if (row->used_at != 0 || row->expires_at <= clock_.now()) return no_link();
  return Invited{row->person, parse_role(row->role).value_or(Role::viewer), row->stores,
                 row->expires_at};
}

Outcome<SignedIn> People::join(std::string_view token, std::string_view id, std::string_view name,
                               std::string_view password) {
  const auto link = invited(token);
  if (!link) return tl::unexpected<Denied>(link.error());
  if (!link->person.empty()) return no_link();
  if (!good_id(id)) {
    return denied(Why::field, "expected 1 to 64 of a-z, 0-9, '.', '_', '-' and '@'", "/id");
  }
  if (auto wrong = wrong_name(name)) return tl::unexpected<Denied>(*wrong);
  if (auto wrong = wrong_password(password, id)) return tl::unexpected<Denied>(*wrong);
  auto hash = passwords_.hash(password);
  if (!hash) return broken(hash.error());
  const PersonRow person{.id = std::string(id),
                         .name = std::string(name),
                         .role = std::string(name_of(link->role)),
                         .stores = link->stores,
                         .password = std::move(*hash)};
  const Change change{.at = clock_.now(),
                      .who = person.id,
                      .what = "person.joined",
                      .subject = about(id),
                      .after = json_of(person)};
  if (const auto done = store_.use_invitation(digest_of(token), &person, change); !done) {
    if (done.error().code() != Errc::conflict) return broken(done.error());
    if (const auto taken = store_.person(id); taken) {
      return denied(Why::field, "somebody has this sign-in name", "/id");
    }
    return no_link();
  }
  return begin(person);
}

Outcome<SignedIn> People::sign_in_by_link(std::string_view token) {
  const auto link = invited(token);
  if (!link) return tl::unexpected<Denied>(link.error());
  if (link->person.empty()) return no_link();
  const auto person = store_.person(link->person);
  if (!person || person->disabled) return no_link();
  const Change change{.at = clock_.now(),
                      .who = person->id,
                      .what = "person.link-used",
                      .subject = about(person->id)};
  if (const auto done = store_.use_invitation(digest_of(token), nullptr, change); !done) {
    return done.error().code() == Errc::conflict ? no_link() : broken(done.error());
  }
  if (const auto done = store_.forget_attempts("person:" + person->id); !done) {
    return broken(done.error());
  }
  return begin(*person);
}

Outcome<void> People::admit(std::string_view what, std::int64_t free_tries,
                            std::int64_t& failures) {
  const auto tries = store_.attempts(what);
  if (!tries) return broken(tries.error());
  const UtcMs wait = tries->until - clock_.now();
  failures = wait < -kForgiven ? 0 : tries->failures;
  if (failures < free_tries || wait <= 0) return {};
  return tl::unexpected<Denied>(Denied{.why = Why::throttled,
                                       .detail = "too many tries; wait a little",
                                       .retry_ms = std::min(wait, kLongestWait)});
}

Outcome<void> People::count_failure(std::string_view what, std::int64_t free_tries,
                                    std::int64_t failures) {
  const std::int64_t over = std::clamp<std::int64_t>(failures + 1 - free_tries, 0, 20);
  const UtcMs wait = over == 0 ? 0 : std::min(kLongestWait, kFirstWait << (over - 1));
  const auto done = store_.put_attempts(what, {failures + 1, clock_.now() + wait});
  if (!done) return broken(done.error());
  return {};
}

Outcome<SignedIn> People::sign_in(std::string_view id, std::string_view password,
                                  std::string_view peer) {
  // Names that cannot be are counted together: nobody fills the table with them.
  const std::string name = good_id(id) ? "person:" + std::string(id) : "person:";
  const std::string from = "peer:" + std::string(peer);
  std::int64_t name_failures = 0;
  std::int64_t peer_failures = 0;
  if (auto admitted = admit(name, kTriesOfName, name_failures); !admitted) {
    return tl::unexpected<Denied>(admitted.error());
  }
  if (auto admitted = admit(from, kTriesOfPeer, peer_failures); !admitted) {
    return tl::unexpected<Denied>(admitted.error());
  }
  const auto person = store_.person(id);
  if (!person && person.error().code() != Errc::not_found) return broken(person.error());
  const bool there = person && !person->disabled;
  const bool fits = passwords_.verify(there ? person->password : "",
                                      password.size() <= kMaxPassword ? password : "");
  if (!there || !fits) {
    for (const auto& [what, tries, failures] : {std::tuple(&name, kTriesOfName, name_failures),
                                                std::tuple(&from, kTriesOfPeer, peer_failures)}) {
      if (auto counted = count_failure(*what, tries, failures); !counted) {
        return tl::unexpected<Denied>(counted.error());
      }
    }
    return denied(Why::credentials, "name and password do not fit");
  }
  if (name_failures > 0) {
    if (const auto done = store_.forget_attempts(name); !done) return broken(done.error());
  }
  return begin(*person);
}

Outcome<SignedIn> People::begin(const PersonRow& person) {
  const UtcMs now = clock_.now();
  if (const auto swept = store_.sweep_sessions(now - kSessionIdle, now - kSessionLife); !swept) {
    return broken(swept.error());
  }
  SignedIn out{actor_of(person), token_(), token_()};
  const auto done = store_.open_session(digest_of(out.token), person.id, out.csrf, now);
  if (!done) return broken(done.error());
  return out;
}

Outcome<Known> People::who(std::string_view token) {
  const Sha256 digest = digest_of(token);
  const auto row = store_.session(digest);
  const UtcMs now = clock_.now();
  if (!row && row.error().code() != Errc::not_found) return broken(row.error());
  if (!row || row->person.disabled || now - row->last_at >= kSessionIdle ||
      now - row->created_at >= kSessionLife) {
    return denied(Why::session, "sign in");
  }
  if (now - row->last_at >= kTouchEvery) {
    if (const auto done = store_.touch_session(digest, now); !done) return broken(done.error());
  }
  return Known{actor_of(row->person), row->csrf, !row->person.password.empty()};
}

Outcome<void> People::sign_out(std::string_view token) {
  if (const auto done = store_.close_session(digest_of(token)); !done) return broken(done.error());
  return {};
}

Outcome<std::int64_t> People::sign_out_everywhere(const Actor& actor) {
  const auto n = store_.close_sessions(actor.id);
  if (!n) return broken(n.error());
  return *n;
}

Outcome<SignedIn> People::change_password(const Actor& actor, std::string_view old,
                                          std::string_view fresh) {
  auto person = store_.person(actor.id);
  if (!person) return denied(Why::session, "sign in");
  if (!person->password.empty()) {
    const std::string name = "person:" + person->id;
    std::int64_t failures = 0;
    if (auto admitted = admit(name, kTriesOfName, failures); !admitted) {
      return tl::unexpected<Denied>(admitted.error());
    }
    if (!passwords_.verify(person->password, old)) {
      if (auto counted = count_failure(name, kTriesOfName, failures); !counted) {
        return tl::unexpected<Denied>(counted.error());
      }
      return denied(Why::field, "this is not the password of now", "/old");
    }
  }
  if (auto wrong = wrong_password(fresh, person->id)) return tl::unexpected<Denied>(*wrong);
  auto hash = passwords_.hash(fresh);
  if (!hash) return broken(hash.error());
  person->password = std::move(*hash);
  const Change change{.at = clock_.now(),
                      .who = person->id,
                      .what = "person.password-changed",
                      .subject = about(person->id)};
  if (const auto done = store_.change_person(*person, change); !done) return broken(done.error());
  if (const auto done = store_.close_sessions(person->id); !done) return broken(done.error());
  return begin(*person);
}

Outcome<std::vector<PersonRow>> People::people(const Actor& by) {
  if (!by.may(Right::people)) return denied(Why::role, "only an admin may see people");
  auto rows = store_.people();
  if (!rows) return broken(rows.error());
  return std::move(*rows);
}

Outcome<PersonRow> People::change(const Actor& by, std::string_view id,
                                  const PersonChange& change) {
  if (!by.may(Right::people)) return denied(Why::role, "only an admin may change people");
  const auto before = store_.person(id);
  if (!before) {
    return before.error().code() == Errc::not_found
               ? denied(Why::missing, "there is no such person")
               : broken(before.error());
  }
  PersonRow after = *before;
  if (change.name) {
    if (auto wrong = wrong_name(*change.name)) return tl::unexpected<Denied>(*wrong);
    after.name = *change.name;
  }
  if (change.role) after.role = name_of(*change.role);
  if (change.stores) after.stores = *change.stores;
  if (change.disabled) after.disabled = *change.disabled;
  if (auto wrong = wrong_stores(parse_role(after.role).value_or(Role::viewer), after.stores)) {
    return tl::unexpected<Denied>(*wrong);
  }
  if (change.why.size() > kMaxWhy) {
    return denied(Why::field, "expected a reason of at most 500 bytes", "/why");
  }
  const Change row{.at = clock_.now(),
                   .who = by.id,
                   .what = "person.changed",
                   .subject = about(id),
                   .before = json_of(*before),
                   .after = json_of(after),
                   .why = change.why};
  if (const auto done = store_.change_person(after, row); !done) {
    return done.error().code() == Errc::conflict
               ? denied(Why::field, std::string(done.error().text()), "/role")
               : broken(done.error());
  }
  return after;
}

}  // namespace sidedish::headoffice
