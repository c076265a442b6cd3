-- Times are microseconds since 1970 (BIGINT), days are YYYY-MM-DD (TEXT), lists and records are JSON (TEXT).

CREATE TABLE paper (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    canonical_id   TEXT NOT NULL UNIQUE,            -- canonical: arXiv id, else DOI, else URL
    revision       BIGINT NOT NULL DEFAULT 1,
    day            TEXT NOT NULL,                   -- the earliest listing day
    first_seen_at  BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    title          TEXT NOT NULL,
    abstract_text  TEXT NOT NULL,
    authors        TEXT NOT NULL,
    categories     TEXT NOT NULL,
    published_at   BIGINT,
    submitter      TEXT,
    repository     TEXT,
    project_page   TEXT,
    thumbnail      TEXT,
    organization   TEXT,
    summary        TEXT,
    keywords       TEXT NOT NULL,
    withdrawn_at   BIGINT,
    upvotes        BIGINT,
    comments       BIGINT,
    stars          BIGINT,
    routed_at      BIGINT,                          -- NULL: no router has seen it yet
    route_note     TEXT                             -- 'backlog': older than the first poll posts
);
CREATE INDEX paper_by_day ON paper (day, id);
CREATE INDEX paper_unrouted ON paper (id) WHERE routed_at IS NULL;

-- On which days which source listed a paper.
CREATE TABLE listing (
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    source         TEXT NOT NULL,
    day            TEXT NOT NULL,
    first_seen_at  BIGINT NOT NULL,
    last_seen_at   BIGINT NOT NULL,
    PRIMARY KEY (paper_id, source, day)
);

CREATE TABLE counter_snapshot (
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    taken_at       BIGINT NOT NULL,
    upvotes        BIGINT,
    comments       BIGINT,
    stars          BIGINT,
    PRIMARY KEY (paper_id, taken_at)
);
