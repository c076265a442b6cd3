-- Which days of a source's archive have been read; a day that is begun says where to go on.
CREATE TABLE backfill (
    source         TEXT NOT NULL,
    category       TEXT NOT NULL,                   -- '' where the source has none
    day            TEXT NOT NULL,
    page           TEXT,                            -- the source's own words for the page that comes next
    done_at        BIGINT,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (source, category, day)
);

-- What polling a source came to, beside the state that it goes on from.
CREATE TABLE source_health (
    source         TEXT NOT NULL PRIMARY KEY,
    next_poll_at   BIGINT,
    last_error     TEXT,
    last_error_at  BIGINT
);
CREATE INDEX listing_by_source ON listing (source, first_seen_at);
