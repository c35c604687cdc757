-- Units that are held out as a whole. What was counted before this has none.
CREATE TABLE unit_total (
  day             INTEGER NOT NULL,
  store_id        INTEGER NOT NULL REFERENCES store,
  rule            TEXT NOT NULL,
  unit_of         TEXT NOT NULL,
  unit            INTEGER NOT NULL,
  arm             TEXT NOT NULL,
  currency        TEXT NOT NULL,
  channel         TEXT NOT NULL,
  daypart         TEXT NOT NULL,
  baskets         INTEGER NOT NULL,
  attached        INTEGER NOT NULL,
  ended           INTEGER NOT NULL,
  timed           INTEGER NOT NULL,
  capped_open     INTEGER NOT NULL,
  capped_n        INTEGER NOT NULL,
  capped          INTEGER NOT NULL,
  capped_margin_n INTEGER NOT NULL,
  capped_margin   INTEGER NOT NULL,
  PRIMARY KEY (day, store_id, rule, unit_of, unit, arm, currency, channel, daypart)
) STRICT, WITHOUT ROWID;
ALTER TABLE sale ADD COLUMN unit_of TEXT NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN unit INTEGER NOT NULL DEFAULT 0;
