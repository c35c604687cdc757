-- Totals by daypart stand beside those of whole days ('', as everything counted before); remarks have their own.
CREATE TABLE prompt_part (
  daypart      TEXT NOT NULL,
  day          INTEGER NOT NULL,
  store_id     INTEGER NOT NULL REFERENCES store,
  rule         TEXT NOT NULL,
  arm          TEXT NOT NULL,
  kind         TEXT NOT NULL,
  currency     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  n            INTEGER NOT NULL,
  quantity     INTEGER NOT NULL,
  price_effect INTEGER NOT NULL,
  saving       INTEGER NOT NULL,
  PRIMARY KEY (daypart, day, store_id, rule, arm, kind, currency, channel)
) STRICT, WITHOUT ROWID;
INSERT INTO prompt_part
  SELECT '', day, store_id, rule, arm, kind, currency, channel, n, quantity, price_effect, saving FROM prompt_total;
DROP TABLE prompt_total;
ALTER TABLE prompt_part RENAME TO prompt_total;

CREATE TABLE basket_part (
  daypart          TEXT NOT NULL,
  day              INTEGER NOT NULL,
  store_id         INTEGER NOT NULL REFERENCES store,
  rule             TEXT NOT NULL,
  arm              TEXT NOT NULL,
  currency         TEXT NOT NULL,
  channel          TEXT NOT NULL,
  mode             TEXT NOT NULL,
  ended            TEXT NOT NULL,
  eligible         INTEGER NOT NULL,
  baskets          INTEGER NOT NULL,
  attached         INTEGER NOT NULL,
  total            INTEGER NOT NULL,
  total_sq         TEXT NOT NULL,
  margin_known     INTEGER NOT NULL,
  margin           INTEGER NOT NULL,
  margin_sq        TEXT NOT NULL,
  items            INTEGER NOT NULL,
  lines            INTEGER NOT NULL,
  shown            INTEGER NOT NULL,
  withheld         INTEGER NOT NULL,
  accepted         INTEGER NOT NULL,
  tendered         INTEGER NOT NULL,
  open_ms          INTEGER NOT NULL,
  open_ms_sq       TEXT NOT NULL,
  capped_open_n    INTEGER NOT NULL DEFAULT 0,
  capped_open      INTEGER NOT NULL DEFAULT 0,
  capped_open_sq   TEXT NOT NULL DEFAULT '0',
  capped_n         INTEGER NOT NULL DEFAULT 0,
  capped           INTEGER NOT NULL DEFAULT 0,
  capped_sq        TEXT NOT NULL DEFAULT '0',
  capped_margin_n  INTEGER NOT NULL DEFAULT 0,
  capped_margin    INTEGER NOT NULL DEFAULT 0,
  capped_margin_sq TEXT NOT NULL DEFAULT '0',
  given_back       INTEGER NOT NULL DEFAULT 0,
  accepted_back    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (daypart, day, store_id, rule, arm, currency, channel, mode, ended, eligible)
) STRICT, WITHOUT ROWID;
INSERT INTO basket_part
  SELECT '', day, store_id, rule, arm, currency, channel, mode, ended, eligible, baskets, attached, total, total_sq,
    margin_known, margin, margin_sq, items, lines, shown, withheld, accepted, tendered, open_ms, open_ms_sq,
    capped_open_n, capped_open, capped_open_sq, capped_n, capped, capped_sq, capped_margin_n, capped_margin,
    capped_margin_sq, given_back, accepted_back FROM basket_total;
DROP TABLE basket_total;
ALTER TABLE basket_part RENAME TO basket_total;

ALTER TABLE sale ADD COLUMN daypart TEXT NOT NULL DEFAULT '';

CREATE TABLE remark_total (
  day      INTEGER NOT NULL,
  store_id INTEGER NOT NULL REFERENCES store,
  rule     TEXT NOT NULL,
  channel  TEXT NOT NULL,
  daypart  TEXT NOT NULL,
  kind     TEXT NOT NULL,
  remark   TEXT NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (day, store_id, rule, channel, daypart, kind, remark)
) STRICT, WITHOUT ROWID;
