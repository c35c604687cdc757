-- The outbox as it is today: what all migrations together make (tests hold the two to it).
CREATE TABLE source (
  no INTEGER PRIMARY KEY,
  store TEXT NOT NULL,
  terminal TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  next INTEGER NOT NULL,
  active INTEGER NOT NULL
) STRICT;
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  rank INTEGER NOT NULL,
  row BLOB NOT NULL
) STRICT;
CREATE TABLE sent (
  source INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (source, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE cursor (
  ring TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tally_seen (
  ring TEXT NOT NULL,
  slot INTEGER NOT NULL,
  n INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (ring, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE tally (
  store TEXT NOT NULL,
  terminal TEXT NOT NULL,
  hour INTEGER NOT NULL,
  rule TEXT NOT NULL,
  arm INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  currency TEXT NOT NULL,
  origin INTEGER NOT NULL,
  n INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (store, terminal, hour, rule, arm, kind, currency, origin)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine (
  no INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  row BLOB NOT NULL
) STRICT;
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
