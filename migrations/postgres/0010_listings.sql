ALTER TABLE paper ADD COLUMN comment TEXT;
ALTER TABLE paper ADD COLUMN journal TEXT;
ALTER TABLE paper ADD COLUMN doi TEXT;
ALTER TABLE paper ADD COLUMN version BIGINT;
CREATE INDEX paper_by_doi ON paper (doi) WHERE doi IS NOT NULL;

-- How the source announced the paper on that day: new, cross, replace, replace-cross.
ALTER TABLE listing ADD COLUMN announced TEXT;

-- Other ids under which sources list a paper.
CREATE TABLE paper_alias (
    alias          TEXT NOT NULL PRIMARY KEY,
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE
);
CREATE INDEX paper_alias_by_paper ON paper_alias (paper_id);
