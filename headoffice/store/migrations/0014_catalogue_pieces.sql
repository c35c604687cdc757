-- A large import makes a catalogue anew beside the one that stands, in pieces, and then takes its place.
ALTER TABLE catalogue ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
