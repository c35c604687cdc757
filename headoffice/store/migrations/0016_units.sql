-- Until now every holdout was by basket.
ALTER TABLE rule_phase ADD COLUMN unit TEXT NOT NULL DEFAULT 'basket';
