-- What stands beside a store's rules until somebody ends it, or its time is over.
CREATE TABLE standing (
  store_id INTEGER NOT NULL REFERENCES store,
  what     INTEGER NOT NULL,              -- 0 paused, 1 recalled, 2 price, 3 stock
  subject  TEXT NOT NULL,                 -- rule id, or a product's primary key
  pack     TEXT NOT NULL,                 -- of a paused rule; '' of a product
  price    INTEGER NOT NULL,              -- minor units, as base
  base     INTEGER NOT NULL,              -- the catalogue's price when it was set
  stock    INTEGER NOT NULL,              -- 0 in, 1 low, 2 out
  on_hand  INTEGER NOT NULL,              -- whole units; -1: not said
  who      TEXT NOT NULL,
  why      TEXT NOT NULL,
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL,              -- 0: until it is ended
  PRIMARY KEY (store_id, what, subject, pack)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_until ON standing (until) WHERE until > 0;

-- Overlay files, made of what stands against the image of a manifest. The last few of a store are kept.
CREATE TABLE overlay (
  overlay_id INTEGER PRIMARY KEY,
  store_id   INTEGER NOT NULL REFERENCES store,
  version    INTEGER NOT NULL,
  manifest   INTEGER NOT NULL REFERENCES publication,
  sha256     BLOB NOT NULL,
  bytes      BLOB NOT NULL,
  left_out   INTEGER NOT NULL,            -- of what stands, so much is not in the file
  UNIQUE (store_id, version, manifest)
) STRICT;
CREATE INDEX overlay_sha256 ON overlay (sha256);

-- Orders that came under a key of the caller's: sent again, they change nothing.
CREATE TABLE overlay_order (
  key     TEXT PRIMARY KEY,
  content TEXT NOT NULL,                  -- SHA-256 of what was ordered
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX change_store ON change (store, change_id);
