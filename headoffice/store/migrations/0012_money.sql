-- Lifts of money. Sums of what was counted before this stay as they are: their own counts say how many sales the new ones
-- have, so that nothing older is taken for nothing earned.
ALTER TABLE basket_total ADD COLUMN capped_open_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped_open INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped_open_sq TEXT NOT NULL DEFAULT '0';
ALTER TABLE basket_total ADD COLUMN capped_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped_sq TEXT NOT NULL DEFAULT '0';
ALTER TABLE basket_total ADD COLUMN capped_margin_n INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped_margin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN capped_margin_sq TEXT NOT NULL DEFAULT '0';
ALTER TABLE basket_total ADD COLUMN given_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE basket_total ADD COLUMN accepted_back INTEGER NOT NULL DEFAULT 0;

CREATE TABLE money_cap (
  rule     TEXT NOT NULL,
  currency TEXT NOT NULL,
  cap      INTEGER NOT NULL,              -- minor units
  since    INTEGER NOT NULL,
  PRIMARY KEY (rule, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale (
  store_id     INTEGER NOT NULL REFERENCES store,
  basket       TEXT NOT NULL,
  source_id    INTEGER NOT NULL REFERENCES source,
  seq          INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  day          INTEGER NOT NULL,
  rule         TEXT NOT NULL,
  arm          TEXT NOT NULL,
  currency     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  ended        TEXT NOT NULL,
  total        INTEGER NOT NULL,
  margin_known INTEGER NOT NULL,
  margin       INTEGER NOT NULL,
  accepted     TEXT NOT NULL,
  cap          INTEGER NOT NULL,
  PRIMARY KEY (store_id, basket, source_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE goods_back (
  store_id  INTEGER NOT NULL REFERENCES store,
  basket    TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES source,
  seq       INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  currency  TEXT NOT NULL,
  value     INTEGER NOT NULL,
  offer     TEXT NOT NULL,
  PRIMARY KEY (store_id, basket, source_id, seq)
) STRICT, WITHOUT ROWID;
