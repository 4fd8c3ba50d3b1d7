-- What is listed of a review; its events tell the rest and can rebuild it.
CREATE TABLE reviews (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL REFERENCES projects (id),
  change_key TEXT NOT NULL,
  open INTEGER NOT NULL,
  author TEXT NOT NULL,
  updated INTEGER NOT NULL,
  events INTEGER NOT NULL,  -- number of the last one
  UNIQUE (project, change_key)
) STRICT;
CREATE INDEX reviews_by_update ON reviews (updated, number);
CREATE INDEX reviews_by_author ON reviews (author);

-- Who is asked and has not declined.
CREATE TABLE review_people (
  review INTEGER NOT NULL REFERENCES reviews (number),
  person TEXT NOT NULL,
  PRIMARY KEY (person, review)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_people_by_review ON review_people (review);

-- Append-only: the triggers keep it so, whatever the code above does.
CREATE TABLE review_events (
  review INTEGER NOT NULL REFERENCES reviews (number),
  number INTEGER NOT NULL,  -- in the review, from 1
  kind INTEGER NOT NULL,
  actor TEXT NOT NULL,      -- empty: mergegate
  happened INTEGER NOT NULL,
  source TEXT NOT NULL,     -- who told: "mergegate" or a host
  source_id TEXT NOT NULL,
  event_zstd BLOB NOT NULL,
  PRIMARY KEY (review, number),
  UNIQUE (source, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_events_by_time ON review_events (happened);
CREATE TRIGGER review_events_stay BEFORE DELETE ON review_events
BEGIN SELECT RAISE(ABORT, 'review events are never removed'); END;
CREATE TRIGGER review_events_hold BEFORE UPDATE ON review_events
BEGIN SELECT RAISE(ABORT, 'review events are never changed'); END;

CREATE TABLE people (
  person TEXT PRIMARY KEY,
  time_zone TEXT NOT NULL,      -- empty: UTC
  from_minute INTEGER NOT NULL,
  to_minute INTEGER NOT NULL,
  days TEXT NOT NULL            -- digits 1 (Monday) to 7; empty: Monday to Friday
) STRICT, WITHOUT ROWID;

CREATE TABLE absences (
  person TEXT NOT NULL REFERENCES people (person),
  position INTEGER NOT NULL,
  begins INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (person, position)
) STRICT, WITHOUT ROWID;

-- The run whose stored facts this one judges again; NULL for an analysis.
ALTER TABLE runs ADD COLUMN judges_again TEXT;
