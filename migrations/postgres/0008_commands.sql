-- When and how a subscription's papers come, and until when it is paused (NULL with `paused_at`: until resumed).
ALTER TABLE subscription ADD COLUMN cadence TEXT NOT NULL DEFAULT 'instant'
    CHECK (cadence IN ('instant', 'daily', 'weekly'));
ALTER TABLE subscription ADD COLUMN style TEXT NOT NULL DEFAULT 'card' CHECK (style IN ('line', 'card', 'full'));
ALTER TABLE subscription ADD COLUMN paused_until BIGINT;

-- The server or workspace of a channel; NULL: nobody of it has given a command yet.
ALTER TABLE destination ADD COLUMN workspace TEXT;

-- What a channel's roundups are set to; NULL: never chosen.
CREATE TABLE roundup_setting (
    destination_id BIGINT NOT NULL PRIMARY KEY REFERENCES destination (id) ON DELETE CASCADE,
    local_time     TEXT,
    zone           TEXT,
    every          TEXT,
    size           BIGINT,
    changed_by     TEXT NOT NULL,
    changed_at     BIGINT NOT NULL
);

-- What people did, so that each deed is done once; `answer` is NULL while it is being done.
CREATE TABLE interaction (
    platform       TEXT NOT NULL,
    id             TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    answer         TEXT,
    PRIMARY KEY (platform, id)
);
CREATE INDEX interaction_by_age ON interaction (received_at);

-- What buttons, menus and forms do when they are used.
CREATE TABLE control (
    id             TEXT NOT NULL PRIMARY KEY,
    deeds          TEXT NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX control_by_expiry ON control (expires_at);

-- How far each user, workspace or budget has drawn on its allowance: the time at which it is whole again.
CREATE TABLE allowance (
    scope          TEXT NOT NULL PRIMARY KEY,
    whole_at       BIGINT NOT NULL
);
CREATE INDEX allowance_by_age ON allowance (whole_at);

-- Queries that were asked, for completing the next one.
CREATE TABLE asked_query (
    platform       TEXT NOT NULL,
    asked_by       TEXT NOT NULL,
    query          TEXT NOT NULL,
    times          BIGINT NOT NULL,
    asked_at       BIGINT NOT NULL,
    PRIMARY KEY (platform, asked_by, query)
);
CREATE INDEX asked_query_by_age ON asked_query (asked_at);

-- What was found for a channel lately, for its roundup.
CREATE INDEX paper_match_by_time ON paper_match (subscription_id, matched_at);
-- Where a paper stands in a channel, newest first.
CREATE INDEX delivery_sent ON delivery (destination_id, sent_at) WHERE state = 'sent';
