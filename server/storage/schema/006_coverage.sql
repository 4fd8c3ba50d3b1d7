-- Reports of coverage beside those of findings: the text of both is in `sarif`. 0 = SARIF, 1 = coverage.
ALTER TABLE run_reports ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
