-- Eviction reads the sizes out of the index: in the rows they lie behind the blobs.
DROP INDEX results_by_use;
CREATE INDEX results_by_use ON results (last_used, bytes);
