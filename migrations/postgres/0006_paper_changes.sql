-- Grows with every change of any paper, in the order of commits: what has been followed up to a number has missed nothing.
ALTER TABLE paper ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
UPDATE paper SET change = id;
CREATE INDEX paper_by_change ON paper (change);
INSERT INTO change_counter (name, value) SELECT 'papers', COALESCE(MAX(id), 0) FROM paper;
