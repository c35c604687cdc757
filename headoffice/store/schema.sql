-- All migrations together. tests/headoffice/store holds the two to the same schema.
PRAGMA application_id = 0x53444831; -- "SDH1"

CREATE TABLE store (
  store_id   INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  time_zone  TEXT NOT NULL,               -- IANA
  created_at INTEGER NOT NULL             -- UTC ms, as every _at
) STRICT;

CREATE TABLE terminal (
  terminal_id INTEGER PRIMARY KEY,
  store_id    INTEGER NOT NULL REFERENCES store,
  id          TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (store_id, id)
) STRICT;

-- One outbox of one terminal. Every id up to high_water has been counted, but for those in gap.
CREATE TABLE source (
  source_id   INTEGER PRIMARY KEY,
  terminal_id INTEGER NOT NULL REFERENCES terminal,
  epoch       TEXT NOT NULL,
  high_water  INTEGER NOT NULL,
  conflicts   INTEGER NOT NULL,           -- batches refused because another machine uses the same identity
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  UNIQUE (terminal_id, epoch)
) STRICT;

CREATE TABLE gap (
  source_id INTEGER NOT NULL REFERENCES source,
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  PRIMARY KEY (source_id, first)
) STRICT, WITHOUT ROWID;

-- What was received, as it was received: the aggregates below are its sums.
CREATE TABLE event (
  event_id    INTEGER PRIMARY KEY,
  source_id   INTEGER NOT NULL REFERENCES source,
  seq         INTEGER NOT NULL,
  type        TEXT NOT NULL,              -- without "com.sidedish."
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  day         INTEGER NOT NULL,           -- business day it counts for, days since 1970-01-01
  digest      BLOB NOT NULL,              -- first 16 bytes of SHA-256 over the canonical content
  json        TEXT NOT NULL,
  UNIQUE (source_id, seq)
) STRICT;

-- Ranges that will never come: no gap.
CREATE TABLE tombstone (
  source_id INTEGER NOT NULL REFERENCES source,
  first     INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  seq       INTEGER NOT NULL,             -- of the tombstone itself
  why       TEXT NOT NULL,
  PRIMARY KEY (source_id, first, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE type_count (
  source_id INTEGER NOT NULL REFERENCES source,
  type      TEXT NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (source_id, type)
) STRICT, WITHOUT ROWID;

-- The last word of a source about what it has sent.
CREATE TABLE audit (
  source_id INTEGER PRIMARY KEY REFERENCES source,
  seq       INTEGER NOT NULL,
  day       TEXT NOT NULL,
  last      INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_count (
  source_id INTEGER NOT NULL REFERENCES source,
  what      TEXT NOT NULL,                -- 'type' or 'counter'
  name      TEXT NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (source_id, what, name)
) STRICT, WITHOUT ROWID;

-- Events that were sent and not taken. Counted once per content.
CREATE TABLE rejected (
  rejected_id INTEGER PRIMARY KEY,
  source_id   INTEGER NOT NULL REFERENCES source,
  seq         INTEGER NOT NULL,
  digest      BLOB NOT NULL,
  detail      TEXT NOT NULL,
  json        TEXT NOT NULL,
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  times       INTEGER NOT NULL,
  UNIQUE (source_id, seq, digest)
) STRICT;

-- The life of prompts. channel is '' where detail was lost before it was sent (tallies). daypart '' is the whole day;
-- beside it stands each part of it, of what came with a clock that could be believed.
CREATE TABLE prompt_total (
  daypart      TEXT NOT NULL,
  day          INTEGER NOT NULL,
  store_id     INTEGER NOT NULL REFERENCES store,
  rule         TEXT NOT NULL,
  arm          TEXT NOT NULL,
  kind         TEXT NOT NULL,
  currency     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  n            INTEGER NOT NULL,
  quantity     INTEGER NOT NULL,          -- thousandths
  price_effect INTEGER NOT NULL,          -- minor units
  saving       INTEGER NOT NULL,
  PRIMARY KEY (daypart, day, store_id, rule, arm, kind, currency, channel)
) STRICT, WITHOUT ROWID;

-- Closed baskets by their experiment. mode, ended and channel are '' where detail was lost: such rows have counts and
-- totals, no squares. Squares are decimal text: they need 128 bits.
CREATE TABLE basket_total (
  daypart      TEXT NOT NULL,             -- as in prompt_total
  day          INTEGER NOT NULL,
  store_id     INTEGER NOT NULL REFERENCES store,
  rule         TEXT NOT NULL,
  arm          TEXT NOT NULL,
  currency     TEXT NOT NULL,
  channel      TEXT NOT NULL,
  mode         TEXT NOT NULL,
  ended        TEXT NOT NULL,
  eligible     INTEGER NOT NULL,          -- 0 or 1
  baskets      INTEGER NOT NULL,
  attached     INTEGER NOT NULL,
  total        INTEGER NOT NULL,
  total_sq     TEXT NOT NULL,
  margin_known INTEGER NOT NULL,          -- baskets that margin and margin_sq are sums over
  margin       INTEGER NOT NULL,
  margin_sq    TEXT NOT NULL,
  items        INTEGER NOT NULL,          -- thousandths
  lines        INTEGER NOT NULL,
  shown        INTEGER NOT NULL,
  withheld     INTEGER NOT NULL,
  accepted     INTEGER NOT NULL,
  tendered     INTEGER NOT NULL,          -- baskets that the next two are sums over
  open_ms      INTEGER NOT NULL,          -- from open to tender
  open_ms_sq   TEXT NOT NULL,
  -- For lifts, each with its own count: kept since format 12 only, and money only of rules that have a cap by then.
  capped_open_n    INTEGER NOT NULL DEFAULT 0,
  capped_open      INTEGER NOT NULL DEFAULT 0, -- open_ms, a sale at most 10 minutes
  capped_open_sq   TEXT NOT NULL DEFAULT '0',
  capped_n         INTEGER NOT NULL DEFAULT 0, -- eligible sales of an experiment, voided ones as 0
  capped           INTEGER NOT NULL DEFAULT 0, -- their totals, net of what came back within 14 days, within the cap
  capped_sq        TEXT NOT NULL DEFAULT '0',
  capped_margin_n  INTEGER NOT NULL DEFAULT 0, -- of these, those with a known margin
  capped_margin    INTEGER NOT NULL DEFAULT 0,
  capped_margin_sq TEXT NOT NULL DEFAULT '0',
  given_back       INTEGER NOT NULL DEFAULT 0, -- of these, those of which something came back within 14 days
  accepted_back    INTEGER NOT NULL DEFAULT 0, -- of these, those whose accepted offer came back
  PRIMARY KEY (daypart, day, store_id, rule, arm, currency, channel, mode, ended, eligible)
) STRICT, WITHOUT ROWID;

-- Eligible sales of experiments by the unit that is held out as a whole, where that is not the basket: a lift needs the
-- sums of each.
CREATE TABLE unit_total (
  day             INTEGER NOT NULL,
  store_id        INTEGER NOT NULL REFERENCES store,
  rule            TEXT NOT NULL,
  unit_of         TEXT NOT NULL,          -- 'customer', 'terminal_day', 'store_day'
  unit            INTEGER NOT NULL,       -- which one
  arm             TEXT NOT NULL,
  currency        TEXT NOT NULL,
  channel         TEXT NOT NULL,
  daypart         TEXT NOT NULL,          -- '' = its clock could not be believed
  baskets         INTEGER NOT NULL,
  attached        INTEGER NOT NULL,
  ended           INTEGER NOT NULL,       -- with an end that is known
  timed           INTEGER NOT NULL,       -- as tendered, capped_open and so on in basket_total
  capped_open     INTEGER NOT NULL,
  capped_n        INTEGER NOT NULL,
  capped          INTEGER NOT NULL,
  capped_margin_n INTEGER NOT NULL,
  capped_margin   INTEGER NOT NULL,
  PRIMARY KEY (day, store_id, rule, unit_of, unit, arm, currency, channel, daypart)
) STRICT, WITHOUT ROWID;

-- What was remarked on prompts: why one was no fit, why an accepted offer could not be added.
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

-- What one sale counts at most in a lift of money: declared when the rule is first published, never changed.
CREATE TABLE money_cap (
  rule     TEXT NOT NULL,
  currency TEXT NOT NULL,
  cap      INTEGER NOT NULL,              -- minor units
  since    INTEGER NOT NULL,
  PRIMARY KEY (rule, currency)
) STRICT, WITHOUT ROWID;

-- Eligible sales of experiments, by the basket's id: a return names it, from another terminal and perhaps earlier.
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
  accepted     TEXT NOT NULL,             -- the experiment's offer, where a prompt was accepted; or ''
  cap          INTEGER NOT NULL,
  daypart      TEXT NOT NULL DEFAULT '',
  unit_of      TEXT NOT NULL DEFAULT '',  -- as in unit_total; '' = the basket
  unit         INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, basket, source_id, seq)
) STRICT, WITHOUT ROWID;

-- Returns that name their sale.
CREATE TABLE goods_back (
  store_id  INTEGER NOT NULL REFERENCES store,
  basket    TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES source,
  seq       INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  currency  TEXT NOT NULL,
  value     INTEGER NOT NULL,             -- minor units the customer got
  offer     TEXT NOT NULL,                -- product key
  PRIMARY KEY (store_id, basket, source_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE publication (
  version      INTEGER PRIMARY KEY,
  pack_id      TEXT NOT NULL,
  pack_version INTEGER NOT NULL,
  image        BLOB NOT NULL,             -- SHA-256
  rules        TEXT NOT NULL,             -- the documents as they came
  catalogue    TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  who          TEXT NOT NULL DEFAULT '',  -- '' = a program, which did not say
  why          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX publication_pack ON publication (pack_id, version);
CREATE INDEX publication_image ON publication (image, version);

CREATE TABLE manifest (
  store_id INTEGER NOT NULL REFERENCES store,
  version  INTEGER NOT NULL REFERENCES publication,
  etag     TEXT NOT NULL,
  body     TEXT NOT NULL,
  PRIMARY KEY (store_id, version)
) STRICT;

CREATE TABLE blob (
  blob_id INTEGER PRIMARY KEY,
  sha256  BLOB NOT NULL UNIQUE,
  bytes   BLOB NOT NULL
) STRICT;

-- Pictures of products, each file once, for ever.
CREATE TABLE picture (
  picture_id INTEGER PRIMARY KEY,
  sha256     BLOB NOT NULL UNIQUE,
  type       TEXT NOT NULL,               -- media type
  bytes      BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Rules that were ever published: what a stable id in a tally means, and what a manager calls them.
CREATE TABLE rule (
  id      TEXT PRIMARY KEY,
  stable  INTEGER NOT NULL,
  name    TEXT NOT NULL,
  holdout INTEGER NOT NULL,               -- percent, as last published; 0 = no lift is ever shown
  version INTEGER NOT NULL REFERENCES publication
) STRICT, WITHOUT ROWID;

-- Since which publication a rule's holdout was what it is: arms are compared within one phase.
CREATE TABLE rule_phase (
  rule    TEXT NOT NULL REFERENCES rule,
  version INTEGER NOT NULL REFERENCES publication,
  holdout INTEGER NOT NULL,               -- percent
  unit    TEXT NOT NULL DEFAULT 'basket', -- what is held out as a whole
  PRIMARY KEY (rule, version)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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

-- Publications that go out in waves. Without a row here, or done: every terminal of its stores has it.
CREATE TABLE rollout (
  version   INTEGER PRIMARY KEY REFERENCES publication,
  waves     TEXT NOT NULL,                -- JSON, as ordered
  automatic INTEGER NOT NULL,             -- 1: the next wave begins when this one's terminals have reported health
  wait_ms   INTEGER NOT NULL,             -- a wave whose terminals say nothing so long halts
  wave      INTEGER NOT NULL,             -- from 0
  state     INTEGER NOT NULL,             -- 0 running, 1 halted, 2 done, 3 superseded
  since     INTEGER NOT NULL,             -- of wave and state
  why       TEXT NOT NULL
) STRICT;

-- What a terminal said of itself when it last asked for its manifest.
CREATE TABLE terminal_health (
  terminal_id INTEGER PRIMARY KEY REFERENCES terminal,
  running     TEXT NOT NULL,              -- SHA-256 of its image in hexadecimal; '': none
  refused     TEXT NOT NULL,              -- of the last image that did not pass there; '': none
  why         TEXT NOT NULL,
  at          INTEGER NOT NULL,
  since       INTEGER NOT NULL DEFAULT 0  -- it says just this
) STRICT;

-- What a terminal last said of itself (PUT .../health).
CREATE TABLE terminal_report (
  terminal_id      INTEGER PRIMARY KEY REFERENCES terminal,
  at               INTEGER NOT NULL,      -- by our clock
  clock_ms         INTEGER NOT NULL,      -- its clock minus ours
  agent            TEXT NOT NULL,         -- version
  pending          INTEGER NOT NULL,      -- outcomes that wait there
  quarantined      INTEGER NOT NULL,
  pictures_wanted  INTEGER NOT NULL,
  pictures_present INTEGER NOT NULL,
  lanes            INTEGER NOT NULL,
  alarms           TEXT NOT NULL          -- JSON: [{"code", "detail"}]
) STRICT;

-- What a pack publishes with, as managers keep it.
CREATE TABLE catalogue (
  catalogue_id INTEGER PRIMARY KEY,
  pack         TEXT NOT NULL UNIQUE,
  currency     TEXT NOT NULL,
  categories   TEXT NOT NULL,             -- JSON, as in the catalogue document
  version      INTEGER NOT NULL,          -- grows with every change
  published    INTEGER NOT NULL,          -- the version that was published last
  state        INTEGER NOT NULL DEFAULT 0 -- 0 it stands; 1 a large import makes it, or has taken its place: nobody reads it
) STRICT;

-- product_id = catalogue_id * 2^32 + n: the products of a catalogue are one range, also in product_word.
CREATE TABLE product (
  product_id   INTEGER PRIMARY KEY,
  catalogue_id INTEGER NOT NULL REFERENCES catalogue,
  place        INTEGER NOT NULL,          -- in the catalogue document
  key          TEXT NOT NULL,             -- 'sku:FRIES-M'
  json         TEXT NOT NULL,             -- as in the catalogue document
  UNIQUE (catalogue_id, key)
) STRICT;
CREATE INDEX product_place ON product (catalogue_id, place);

-- Everything it is called by: its own key and its aliases.
CREATE TABLE product_key (
  catalogue_id INTEGER NOT NULL REFERENCES catalogue,
  key          TEXT NOT NULL,
  code         TEXT NOT NULL,             -- what is typed or scanned: without namespace, in small letters
  product_id   INTEGER NOT NULL REFERENCES product,
  PRIMARY KEY (catalogue_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code ON product_key (catalogue_id, code);
CREATE INDEX product_key_product ON product_key (product_id);

-- The words of its names; rowid = product_id.
CREATE VIRTUAL TABLE product_word USING fts5(words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

-- Rules as people edit them, beside the published ones.
CREATE TABLE draft (
  draft_id INTEGER PRIMARY KEY,
  pack     TEXT NOT NULL,
  rule     TEXT NOT NULL,
  content  TEXT NOT NULL,                 -- the rule's JSON as it was sent; '' = the rule is to be taken out
  etag     TEXT NOT NULL,                 -- of content
  base     TEXT NOT NULL,                 -- the published rule that it began from; '' = there was none
  state    INTEGER NOT NULL,              -- 0 draft, 1 waiting, 2 approved, 3 scheduled
  authors  TEXT NOT NULL,                 -- whoever wrote at it, one a line
  who      TEXT NOT NULL,                 -- whoever changed it last, as at
  at       INTEGER NOT NULL,
  why      TEXT NOT NULL,
  approver TEXT NOT NULL,                 -- '' = nobody yet
  plan     INTEGER NOT NULL,              -- plan_id when scheduled, else 0
  failed   TEXT NOT NULL,                 -- JSON: what became of its plan; '' = nothing went wrong
  UNIQUE (pack, rule)
) STRICT;
CREATE INDEX draft_plan ON draft (plan) WHERE plan > 0;

-- Publications to come. What is done, or cannot be done, is no row any more.
CREATE TABLE plan (
  plan_id  INTEGER PRIMARY KEY,
  pack     TEXT NOT NULL,
  local_at TEXT NOT NULL,                 -- 2026-12-01T06:00, on the stores' clocks
  due_at   INTEGER NOT NULL,
  who      TEXT NOT NULL,
  why      TEXT NOT NULL,
  rollout  TEXT NOT NULL DEFAULT ''       -- how it goes out: JSON, as ordered; '' = to every terminal at once
) STRICT;
CREATE INDEX plan_due ON plan (due_at);

-- Which publication changed which rule.
CREATE TABLE rule_change (
  pack    TEXT NOT NULL,
  rule    TEXT NOT NULL,
  version INTEGER NOT NULL REFERENCES publication,
  what    INTEGER NOT NULL,               -- 0 added, 1 changed, 2 removed
  etag    TEXT NOT NULL,                  -- of the rule from then on; '' = removed
  content TEXT NOT NULL,                  -- removed by hand: what it was; else ''
  PRIMARY KEY (pack, rule, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX rule_change_version ON rule_change (version);

-- Closed baskets of a day, for replays.
CREATE INDEX event_closed ON event (day, event_id) WHERE type = 'basket.closed';
