-- Webhook calls: kept before they are answered, then worked on. States are 1 waiting, 2 leased, 3 done, 4 ignored,
-- 5 failed.
CREATE TABLE host_deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival
  host TEXT NOT NULL,
  delivery TEXT NOT NULL,
  installation TEXT NOT NULL,
  event TEXT NOT NULL,
  lane TEXT NOT NULL,
  body_zstd BLOB,                -- NULL: dropped
  received INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  attempt INTEGER NOT NULL,
  ready INTEGER NOT NULL,        -- not before; of a leased one, when the lease lapses
  reason TEXT NOT NULL,
  UNIQUE (host, delivery)
) STRICT;
CREATE INDEX host_deliveries_open ON host_deliveries (lane, number) WHERE state < 3;
CREATE INDEX host_deliveries_queue ON host_deliveries (number) WHERE state < 3;
CREATE INDEX host_deliveries_by_time ON host_deliveries (received) WHERE state >= 3;

-- A repository's number there is the key: names change.
CREATE TABLE host_projects (
  project TEXT PRIMARY KEY REFERENCES projects (id),
  host TEXT NOT NULL,
  repository TEXT NOT NULL,
  full_name TEXT NOT NULL,
  installation TEXT NOT NULL,
  default_branch TEXT NOT NULL,
  heard INTEGER NOT NULL,
  UNIQUE (host, repository)
) STRICT, WITHOUT ROWID;

CREATE TABLE host_changes (
  project TEXT NOT NULL REFERENCES host_projects (project),
  change_key TEXT NOT NULL,
  number INTEGER NOT NULL,
  state INTEGER NOT NULL,
  head TEXT NOT NULL,
  base TEXT NOT NULL,
  base_ref TEXT NOT NULL,
  head_ref TEXT NOT NULL,
  from_fork INTEGER NOT NULL,
  author TEXT NOT NULL,
  title TEXT NOT NULL,
  updated INTEGER NOT NULL,
  previous TEXT NOT NULL,
  PRIMARY KEY (project, change_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX host_changes_by_head ON host_changes (project, head);
