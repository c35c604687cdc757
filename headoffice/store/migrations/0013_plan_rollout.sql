-- How a publication to come goes out: JSON, as ordered; '' = to every terminal at once.
ALTER TABLE plan ADD COLUMN rollout TEXT NOT NULL DEFAULT '';
