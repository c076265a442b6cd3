CREATE TABLE source_state (
    source         TEXT NOT NULL PRIMARY KEY,
    baseline       TEXT NOT NULL,                   -- papers listed before this day are stored, not posted
    polled_at      BIGINT,
    failure        TEXT,
    failures       BIGINT NOT NULL DEFAULT 0
);

-- What makes the next request of an address conditional.
CREATE TABLE validator (
    url            TEXT NOT NULL PRIMARY KEY,
    etag           TEXT,
    last_modified  TEXT,
    updated_at     BIGINT NOT NULL
);
