-- Pictures of products, each file once, for ever.
CREATE TABLE picture (
  picture_id INTEGER PRIMARY KEY,
  sha256     BLOB NOT NULL UNIQUE,
  type       TEXT NOT NULL,               -- media type
  bytes      BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
