-- What a pack publishes with, as managers keep it.
CREATE TABLE catalogue (
  catalogue_id INTEGER PRIMARY KEY,
  pack         TEXT NOT NULL UNIQUE,
  currency     TEXT NOT NULL,
  categories   TEXT NOT NULL,             -- JSON, as in the catalogue document
  version      INTEGER NOT NULL,          -- grows with every change
  published    INTEGER NOT NULL           -- the version that was published last
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
