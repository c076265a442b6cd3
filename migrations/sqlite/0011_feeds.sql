-- Feeds that people add; the source of feed 7 is called feed-7, and how its polls go is in source_state.
CREATE TABLE feed (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    url            TEXT NOT NULL,
    canonical_url  TEXT NOT NULL UNIQUE,            -- one feed is followed once, however its address is spelt
    title          TEXT NOT NULL,
    added_by       TEXT NOT NULL,
    added_at       BIGINT NOT NULL,
    paused_at      BIGINT
);
