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

-- Who published it, and why. '' = a program, which did not say.
ALTER TABLE publication ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN why TEXT NOT NULL DEFAULT '';
CREATE INDEX publication_pack ON publication (pack_id, version);
CREATE INDEX publication_image ON publication (image, version);
