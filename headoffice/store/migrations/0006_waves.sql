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
  at          INTEGER NOT NULL
) STRICT;
