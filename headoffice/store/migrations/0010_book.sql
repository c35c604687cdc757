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
  why      TEXT NOT NULL
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
