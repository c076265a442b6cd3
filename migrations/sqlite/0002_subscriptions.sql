CREATE TABLE destination (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    platform       TEXT NOT NULL,
    channel        TEXT NOT NULL,
    paused_at      BIGINT,
    pause_cause    TEXT CHECK (pause_cause IN ('channel', 'account')),
    pause_reason   TEXT,
    UNIQUE (platform, channel),
    CHECK ((paused_at IS NULL) = (pause_cause IS NULL) AND (paused_at IS NULL) = (pause_reason IS NULL))
);

CREATE TABLE subscription (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    query          TEXT NOT NULL,                   -- canonical form
    created_by     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    paused_at      BIGINT,
    UNIQUE (destination_id, query)
);

-- Raised by every change, so that another process notices it with one small read.
CREATE TABLE change_counter (
    name           TEXT NOT NULL PRIMARY KEY,
    value          BIGINT NOT NULL
);
INSERT INTO change_counter (name, value) VALUES ('subscriptions', 0);
