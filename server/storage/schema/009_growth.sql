-- Courses of whatever provider.
CREATE TABLE courses (
  provider TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  topics TEXT NOT NULL,  -- a line each
  checks TEXT NOT NULL,  -- a line each
  hours REAL NOT NULL,   -- 0: unknown
  PRIMARY KEY (provider, id)
) STRICT, WITHOUT ROWID;

-- Who may read whose report.
CREATE TABLE report_grants (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  person TEXT NOT NULL,   -- whose report
  grantee TEXT NOT NULL,  -- empty: by role
  role INTEGER NOT NULL,  -- 0: by grantee
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  revoked INTEGER         -- NULL: it was not
) STRICT;
CREATE INDEX report_grants_by_person ON report_grants (person);

-- Somebody says that a signal is wrong. Only an answer changes a row, once.
CREATE TABLE appeals (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  person TEXT NOT NULL,
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  retract INTEGER NOT NULL,
  created INTEGER NOT NULL,
  state INTEGER NOT NULL,  -- 1 waiting, 2 accepted, 3 rejected
  answered_by TEXT NOT NULL,
  answer TEXT NOT NULL,
  answered INTEGER NOT NULL
) STRICT;
CREATE INDEX appeals_by_person ON appeals (person);
CREATE UNIQUE INDEX appeals_waiting ON appeals (person, source, source_id) WHERE state = 1;

CREATE TABLE appeal_corrections (
  appeal INTEGER NOT NULL REFERENCES appeals (number),
  field TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (appeal, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE appeal_effects (
  appeal INTEGER NOT NULL REFERENCES appeals (number),
  place INTEGER NOT NULL,
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (appeal, place)
) STRICT, WITHOUT ROWID;

-- Who wants to be shown for having helped.
CREATE TABLE recognition_shown (person TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Who read what about whom is looked up by whom it is about.
CREATE INDEX audit_by_subject ON audit (subject) WHERE subject <> '';
