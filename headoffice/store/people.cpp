// People, sessions, invitations, failed tries.
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

#include <sstream>

namespace sidedish::headoffice {
namespace {

std::string joined(const std::vector<std::string>& stores) {
  std::string out;
  for (const std::string& store : stores) out += (out.empty() ? "" : " ") + store;
  return out;
}

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string store; in >> store;) out.push_back(store);
  return out;
}

/// id, name, role, stores, password, disabled, created_at, from column `at` on.
PersonRow person_of(const Run& row, int at) {
  return {.id = row.text(at),
          .name = row.text(at + 1),
          .role = row.text(at + 2),
          .stores = split(row.text(at + 3)),
          .password = row.text(at + 4),
          .disabled = row.integer(at + 5) != 0,
          .created_at = row.integer(at + 6)};
}

}  // namespace

Result<std::vector<PersonRow>> SqliteStorage::people() {
  return fenced("listing people", [&](Database& db) {
    Run query = db.run(
        "SELECT id, name, role, stores, password, disabled, created_at FROM person ORDER BY id");
    std::vector<PersonRow> rows;
    while (query.step()) rows.push_back(person_of(query, 0));
    return rows;
  });
}

Result<PersonRow> SqliteStorage::person(std::string_view id) {
  return fenced("looking for a person", [&](Database& db) {
    Run query = db.run(
        "SELECT id, name, role, stores, password, disabled, created_at FROM person WHERE id = ?");
    if (!query.with(id).step()) throw Refused{{Errc::not_found, "there is no such person"}};
    return person_of(query, 0);
  });
}

Result<void> SqliteStorage::change_person(const PersonRow& person, const Change& change) {
  return fenced("changing a person", [&](Database& db) {
    Transaction transaction(db);
    constexpr const char* kAdmins =
        "SELECT count(*) FROM person WHERE role = 'admin' AND disabled = 0";
    const std::int64_t admins = db.number(kAdmins);
    db.run(
          "UPDATE person SET name = ?, role = ?, stores = ?, password = ?, disabled = ?"
          " WHERE id = ?")
        .with(person.name, person.role, joined(person.stores), person.password,
              std::int64_t{person.disabled}, person.id)
        .done();
    if (db.number("SELECT changes()") == 0) {
      throw Refused{{Errc::not_found, "there is no such person"}};
    }
    if (admins > 0 && db.number(kAdmins) == 0) {
      throw Refused{{Errc::conflict, "no admin would be left"}};
    }
    if (person.disabled) {
      db.run("DELETE FROM session WHERE person_id = (SELECT person_id FROM person WHERE id = ?)")
          .with(person.id)
          .done();
    }
    add_change(db, change);
    transaction.commit();
  });
}

Result<void> SqliteStorage::invite(const Sha256& token, const InvitationRow& invitation,
                                   const Change& change) {
  return fenced("inviting", [&](Database& db) {
    Transaction transaction(db);
    db.run(
          "INSERT INTO invitation (token, person, role, stores, made_by, made_at, expires_at,"
          " used_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0)")
        .with(std::span<const std::byte>(token), invitation.person, invitation.role,
              joined(invitation.stores), invitation.made_by, invitation.made_at,
              invitation.expires_at)
        .done();
    add_change(db, change);
    transaction.commit();
  });
}

Result<InvitationRow> SqliteStorage::invitation(const Sha256& token) {
  return fenced("looking for an invitation", [&](Database& db) {
    Run query = db.run(
        "SELECT person, role, stores, made_by, made_at, expires_at, used_at FROM invitation"
        " WHERE token = ?");
    if (!query.with(std::span<const std::byte>(token)).step()) {
      throw Refused{{Errc::not_found, "there is no such invitation"}};
    }
    return InvitationRow{.person = query.text(0),
                         .role = query.text(1),
                         .stores = split(query.text(2)),
                         .made_by = query.text(3),
                         .made_at = query.integer(4),
                         .expires_at = query.integer(5),
                         .used_at = query.integer(6)};
  });
}

Result<void> SqliteStorage::use_invitation(const Sha256& token, const PersonRow* person,
                                           const Change& change) {
  return fenced("using an invitation", [&](Database& db) {
    Transaction transaction(db);
    db.run(
          "UPDATE invitation SET used_at = ?1 WHERE token = ?2 AND used_at = 0 AND expires_at > ?1")
        .with(change.at, std::span<const std::byte>(token))
        .done();
    if (db.number("SELECT changes()") == 0) {
      throw Refused{{Errc::conflict, "the invitation was used, or its time is over"}};
    }
    if (person != nullptr) {
      if (Run taken = db.run("SELECT 1 FROM person WHERE id = ?"); taken.with(person->id).step()) {
        throw Refused{{Errc::conflict, "the name is taken"}};
      }
      db.run(
            "INSERT INTO person (id, name, role, stores, password, disabled, created_at)"
            " VALUES (?, ?, ?, ?, ?, 0, ?)")
          .with(person->id, person->name, person->role, joined(person->stores), person->password,
                change.at)
          .done();
    }
    add_change(db, change);
    transaction.commit();
  });
}

Result<void> SqliteStorage::open_session(const Sha256& token, std::string_view person,
                                         std::string_view csrf, UtcMs now) {
  return fenced("opening a session", [&](Database& db) {
    Transaction transaction(db);
    db.run(
          "INSERT INTO session (token, person_id, csrf, created_at, last_at)"
          " SELECT ?1, person_id, ?3, ?4, ?4 FROM person WHERE id = ?2 AND disabled = 0")
        .with(std::span<const std::byte>(token), person, csrf, now)
        .done();
    if (db.number("SELECT changes()") == 0) {
      throw Refused{{Errc::not_found, "there is no such person"}};
    }
    transaction.commit();
  });
}

Result<SessionRow> SqliteStorage::session(const Sha256& token) {
  return fenced("looking for a session", [&](Database& db) {
    Run query = db.run(
        "SELECT csrf, session.created_at, last_at, id, name, role, stores, password, disabled,"
        " person.created_at FROM session JOIN person USING (person_id) WHERE token = ?");
    if (!query.with(std::span<const std::byte>(token)).step()) {
      throw Refused{{Errc::not_found, "there is no such session"}};
    }
    return SessionRow{.person = person_of(query, 3),
                      .csrf = query.text(0),
                      .created_at = query.integer(1),
                      .last_at = query.integer(2)};
  });
}

Result<void> SqliteStorage::touch_session(const Sha256& token, UtcMs now) {
  return fenced("keeping a session", [&](Database& db) {
    Transaction transaction(db);
    db.run("UPDATE session SET last_at = ? WHERE token = ?")
        .with(now, std::span<const std::byte>(token))
        .done();
    transaction.commit();
  });
}

Result<void> SqliteStorage::close_session(const Sha256& token) {
  return fenced("closing a session", [&](Database& db) {
    Transaction transaction(db);
    db.run("DELETE FROM session WHERE token = ?").with(std::span<const std::byte>(token)).done();
    transaction.commit();
  });
}

Result<std::int64_t> SqliteStorage::close_sessions(std::string_view person) {
  return fenced("closing sessions", [&](Database& db) {
    Transaction transaction(db);
    db.run("DELETE FROM session WHERE person_id = (SELECT person_id FROM person WHERE id = ?)")
        .with(person)
        .done();
    const std::int64_t n = db.number("SELECT changes()");
    transaction.commit();
    return n;
  });
}

Result<void> SqliteStorage::sweep_sessions(UtcMs idle, UtcMs old) {
  return fenced("sweeping sessions", [&](Database& db) {
    Transaction transaction(db);
    db.run("DELETE FROM session WHERE last_at < ? OR created_at < ?").with(idle, old).done();
    db.run("DELETE FROM invitation WHERE expires_at < ?").with(old).done();
    db.run("DELETE FROM attempt WHERE until < ?").with(old).done();
    transaction.commit();
  });
}

Result<Attempts> SqliteStorage::attempts(std::string_view what) {
  return fenced("counting tries", [&](Database& db) {
    Run query = db.run("SELECT failures, until FROM attempt WHERE what = ?");
    if (!query.with(what).step()) return Attempts{};
    return Attempts{query.integer(0), query.integer(1)};
  });
}

Result<void> SqliteStorage::put_attempts(std::string_view what, const Attempts& attempts) {
  return fenced("counting tries", [&](Database& db) {
    Transaction transaction(db);
    db.run(
          "INSERT INTO attempt (what, failures, until) VALUES (?, ?, ?) ON CONFLICT (what)"
          " DO UPDATE SET failures = excluded.failures, until = excluded.until")
        .with(what, attempts.failures, attempts.until)
        .done();
    transaction.commit();
  });
}

Result<void> SqliteStorage::forget_attempts(std::string_view what) {
  return fenced("counting tries", [&](Database& db) {
    Transaction transaction(db);
    db.run("DELETE FROM attempt WHERE what = ?").with(what).done();
    transaction.commit();
  });
}

}  // namespace sidedish::headoffice
