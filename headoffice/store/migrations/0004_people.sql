-- Who may sign in, and what people changed.
CREATE TABLE person (
  person_id  INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,        -- what is typed to sign in
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  stores     TEXT NOT NULL,               -- own stores, separated by spaces; '' = all
  password   TEXT NOT NULL,               -- argon2id, as libsodium writes it; '' = by link only
  disabled   INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Tokens are here as SHA-256 only: who reads the file cannot sign in.
CREATE TABLE session (
  token      BLOB PRIMARY KEY,
  person_id  INTEGER NOT NULL REFERENCES person,
  csrf       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person_id);

-- One-time links: to become a person, or to be signed in.
CREATE TABLE invitation (
  token      BLOB PRIMARY KEY,
  person     TEXT NOT NULL,               -- '' = whoever comes becomes a new person
  role       TEXT NOT NULL,
  stores     TEXT NOT NULL,
  made_by    TEXT NOT NULL,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL             -- 0 = not yet
) STRICT, WITHOUT ROWID;

-- Failed tries to sign in, since the last good one.
CREATE TABLE attempt (
  what     TEXT PRIMARY KEY,              -- 'person:anna', 'peer:127.0.0.1'
  failures INTEGER NOT NULL,
  until    INTEGER NOT NULL               -- no try before
) STRICT, WITHOUT ROWID;

-- What people changed: every row's hash covers the one before.
CREATE TABLE change (
  change_id INTEGER PRIMARY KEY,          -- 1, 2, 3, ...
  at        INTEGER NOT NULL,
  who       TEXT NOT NULL,
  what      TEXT NOT NULL,                -- 'rule.paused'
  subject   TEXT NOT NULL,                -- 'burgerbar/burger-fries'
  store     TEXT NOT NULL,                -- '' = all
  before    TEXT NOT NULL,                -- JSON; '' = there was nothing
  after     TEXT NOT NULL,                -- JSON; '' = there is nothing
  why       TEXT NOT NULL,
  hash      BLOB NOT NULL
) STRICT;
CREATE INDEX change_subject ON change (subject, change_id);
CREATE TRIGGER change_stays BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'what was changed is never rewritten'); END;
CREATE TRIGGER change_remains BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'what was changed is never removed'); END;
