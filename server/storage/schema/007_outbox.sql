-- What was decided but not told yet. States are 1 waiting, 2 leased, 3 done, 4 skipped, 5 dead.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of adding
  kind INTEGER NOT NULL,
  project TEXT NOT NULL,
  change_key TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  due INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  attempt INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  next_try INTEGER NOT NULL,  -- while leased: when the lease lapses
  added INTEGER NOT NULL,
  settled INTEGER,            -- NULL while it is to be sent
  note TEXT NOT NULL,
  CHECK ((state > 2) = (settled IS NOT NULL))
) STRICT;
CREATE INDEX outbox_open ON outbox (next_try, number) WHERE state < 3;
CREATE INDEX outbox_lanes ON outbox (lane, number) WHERE state < 3;
CREATE INDEX outbox_settled ON outbox (state, settled) WHERE state > 2;

-- What of ours is at the host, so that it is updated and not repeated.
CREATE TABLE sent (
  project TEXT NOT NULL,
  change_key TEXT NOT NULL,
  slot TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (project, change_key, slot)
) STRICT, WITHOUT ROWID;
