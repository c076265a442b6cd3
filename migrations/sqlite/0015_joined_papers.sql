-- Rows that were joined into others, for those who follow the changes: the number that the row had, and of which change.
CREATE TABLE joined_paper (
    paper_id       BIGINT NOT NULL PRIMARY KEY,
    change         BIGINT NOT NULL
);
CREATE INDEX joined_paper_by_change ON joined_paper (change);

-- Papers up to this number may lack the title key that they would get today; 0: none does.
INSERT INTO change_counter (name, value)
    SELECT 'title_keys', COALESCE(MAX(id), 0) FROM paper WHERE title_key IS NULL;
