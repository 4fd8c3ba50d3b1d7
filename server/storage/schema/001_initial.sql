-- Times are microseconds since 1970-01-01 UTC; durations are microseconds.

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  remote TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;

-- Large texts from callers, once per content however many rows refer to it.
CREATE TABLE contents (
  digest TEXT PRIMARY KEY,  -- SHA-256 of the plain text, hex
  zstd BLOB NOT NULL
) STRICT;

-- The queue, too: states are 1 queued, 2 running, 3 done.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of submission
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL REFERENCES projects (id),
  request_id TEXT,  -- NULL when the caller gave none
  request_digest TEXT NOT NULL,
  change_key TEXT NOT NULL,
  base_commit TEXT NOT NULL,
  head_commit TEXT NOT NULL,
  policy TEXT NOT NULL,
  caller_analyzes INTEGER NOT NULL,
  deadline_after INTEGER NOT NULL,
  compile_commands TEXT REFERENCES contents (digest),  -- NULL when none were given
  created INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
  attempt INTEGER NOT NULL,
  lease_owner TEXT,
  lease_until INTEGER,
  finished INTEGER,
  verdict INTEGER NOT NULL DEFAULT 0,
  CHECK ((state = 2) = (lease_until IS NOT NULL)),
  CHECK ((state = 3) = (finished IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX runs_by_request ON runs (project, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX runs_by_project ON runs (project, number);
CREATE INDEX runs_by_change ON runs (project, change_key, number);
CREATE INDEX runs_open ON runs (number) WHERE state < 3;

CREATE TABLE run_reports (
  run INTEGER NOT NULL REFERENCES runs (number),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  at_base INTEGER NOT NULL,
  sarif TEXT NOT NULL REFERENCES contents (digest),
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

-- The primary key keeps a second verdict out, whatever the code above it does.
CREATE TABLE verdicts (
  run INTEGER PRIMARY KEY REFERENCES runs (number),
  verdict_zstd BLOB NOT NULL,
  facts_zstd BLOB NOT NULL,
  stats_zstd BLOB NOT NULL
) STRICT;

CREATE TABLE compile_commands (
  project TEXT NOT NULL REFERENCES projects (id),
  commit_id TEXT NOT NULL,
  json TEXT NOT NULL REFERENCES contents (digest),
  saved INTEGER NOT NULL,
  PRIMARY KEY (project, commit_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE results (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of saving
  cache_key TEXT NOT NULL,
  manifest_zstd BLOB NOT NULL,
  result_zstd BLOB NOT NULL,
  bytes INTEGER NOT NULL,      -- stored size of both
  saved INTEGER NOT NULL,
  last_used INTEGER NOT NULL   -- a count of uses over all rows, so that order needs no clock
) STRICT;
CREATE INDEX results_by_key ON results (cache_key, number);
CREATE INDEX results_by_use ON results (last_used);
