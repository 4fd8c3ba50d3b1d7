-- Q of every verdict about a change with a key of its own, in the order in which they came.
CREATE TABLE change_qualities (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL UNIQUE REFERENCES runs (number),
  quality INTEGER NOT NULL  -- ten-thousandths
) STRICT;

-- Weights of M, one row per version. Only an approval changes a row, once.
CREATE TABLE weight_versions (
  project TEXT NOT NULL REFERENCES projects (id),
  number INTEGER NOT NULL,  -- from 1, without gaps
  created INTEGER NOT NULL,
  e INTEGER NOT NULL,       -- ten-thousandths, as the next four
  q INTEGER NOT NULL,
  t INTEGER NOT NULL,
  k INTEGER NOT NULL,
  c INTEGER NOT NULL,
  weak INTEGER NOT NULL,    -- bit 0: E, bit 1: Q...
  reason TEXT NOT NULL,
  waiting INTEGER NOT NULL,
  approved_by TEXT NOT NULL,
  PRIMARY KEY (project, number),
  CHECK (e + q + t + k + c = 13000)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER weight_versions_stay BEFORE DELETE ON weight_versions
BEGIN SELECT RAISE(ABORT, 'versions of weights are never removed'); END;
CREATE TRIGGER weight_versions_hold BEFORE UPDATE OF project, number, created, e, q, t, k, c, weak, reason ON weight_versions
BEGIN SELECT RAISE(ABORT, 'versions of weights are never changed'); END;
