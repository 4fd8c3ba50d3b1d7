-- What signals refer to, by number: a person is renamed in one row when they want to be forgotten.
CREATE TABLE signal_people (number INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE signal_names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;  -- projects and sources

-- In the order in which they are read. Append-only but for erasing, see the triggers.
CREATE TABLE signals (
  happened INTEGER NOT NULL,
  number INTEGER NOT NULL,   -- order of arrival, never given twice
  kind INTEGER NOT NULL,
  actor INTEGER NOT NULL,    -- signal_people
  subject INTEGER NOT NULL,  -- signal_people; 0: nobody
  project INTEGER NOT NULL,  -- signal_names; 0: none
  object TEXT NOT NULL,
  part TEXT NOT NULL,
  value REAL,                -- NULL: unknown
  text TEXT NOT NULL,
  source INTEGER NOT NULL,   -- signal_names
  source_id TEXT NOT NULL,
  corrects TEXT NOT NULL,    -- a source_id of the same source; empty: nothing
  retracted INTEGER NOT NULL,
  PRIMARY KEY (happened, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX signals_by_source ON signals (source, source_id);
CREATE UNIQUE INDEX signals_by_number ON signals (number);
CREATE INDEX signals_by_actor ON signals (actor);
CREATE INDEX signals_by_subject ON signals (subject) WHERE subject <> 0;
CREATE INDEX signals_by_correction ON signals (source, corrects) WHERE corrects <> '';

-- One row: the last number given, and how often what was stored got another meaning (people linked or forgotten).
CREATE TABLE signal_clock (number INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
INSERT INTO signal_clock VALUES (0, 0);

-- A row while a person is being forgotten: then alone may signals change.
CREATE TABLE erasing (person INTEGER NOT NULL) STRICT;
CREATE TRIGGER signals_stay BEFORE DELETE ON signals WHEN NOT EXISTS (SELECT 1 FROM erasing)
BEGIN SELECT RAISE(ABORT, 'signals are never removed'); END;
CREATE TRIGGER signals_hold BEFORE UPDATE ON signals WHEN NOT EXISTS (SELECT 1 FROM erasing)
BEGIN SELECT RAISE(ABORT, 'signals are never changed'); END;

CREATE TABLE persons (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  bot INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
  handle TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES persons (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_person ON identities (person);

CREATE TABLE team_members (
  team TEXT NOT NULL,
  member TEXT NOT NULL,  -- as it was said; read through identities
  PRIMARY KEY (team, member)
) STRICT, WITHOUT ROWID;

-- Who may call. The secret itself is never kept.
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,  -- argon2id
  person TEXT NOT NULL,       -- whose it is
  role INTEGER NOT NULL,
  note TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER,            -- NULL: it holds
  last_used INTEGER           -- NULL: never
) STRICT, WITHOUT ROWID;

-- The projects a token is for; none: all.
CREATE TABLE token_projects (
  token TEXT NOT NULL REFERENCES tokens (id),
  project TEXT NOT NULL,
  PRIMARY KEY (token, project)
) STRICT, WITHOUT ROWID;

-- A condition of one change that may be passed over.
CREATE TABLE overrides (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL REFERENCES projects (id),
  change_key TEXT NOT NULL,
  condition TEXT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  reason TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
CREATE INDEX overrides_by_change ON overrides (project, change_key);

-- Who did what that matters. Each row's hash covers the row and the hash of the one before; people stand in it under
-- marks, so that a person can be forgotten and the chain still holds.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY,  -- from 1, without gaps
  happened INTEGER NOT NULL,
  actor TEXT NOT NULL,         -- a mark; empty: mergegate
  action TEXT NOT NULL,
  subject TEXT NOT NULL,       -- a mark; empty: nobody
  other TEXT NOT NULL,         -- a mark; empty: nobody
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
CREATE TRIGGER audit_holds BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;

-- mark = SHA-256 of salt and handle. Forgetting a person removes the row.
CREATE TABLE audit_people (
  mark TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  salt TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Review events change in the same case only.
DROP TRIGGER review_events_hold;
CREATE TRIGGER review_events_hold BEFORE UPDATE ON review_events WHEN NOT EXISTS (SELECT 1 FROM erasing)
BEGIN SELECT RAISE(ABORT, 'review events are never changed'); END;
