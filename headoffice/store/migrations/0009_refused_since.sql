-- Since when a terminal says this: a refusal from before an order to go on halts nothing any more.
ALTER TABLE terminal_health ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
