-- What a source said of the paper on that day, as JSON; NULL: what the paper's row says.
ALTER TABLE listing ADD COLUMN facts TEXT;
-- When the announcement was seen.
ALTER TABLE listing ADD COLUMN announced_at BIGINT;

-- Title and first author in a form that can be compared; NULL: too short or too general to tell papers apart.
ALTER TABLE paper ADD COLUMN title_key TEXT;
CREATE INDEX paper_by_title_key ON paper (title_key) WHERE title_key IS NOT NULL;
CREATE INDEX paper_held ON paper (id) WHERE route_note = 'held';

-- What happened to a paper after it was first listed; `value` is the number of a version, else empty.
CREATE TABLE paper_event (
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    kind           TEXT NOT NULL CHECK (kind IN ('version', 'withdrawn', 'code', 'daily')),
    value          TEXT NOT NULL,
    source         TEXT NOT NULL,
    happened_at    BIGINT NOT NULL,
    PRIMARY KEY (paper_id, kind, value)
);
CREATE INDEX paper_event_by_time ON paper_event (happened_at);

-- Posted messages that were edited, or are being edited: events up to `covered_at` are shown.
CREATE TABLE card (
    delivery_id    TEXT NOT NULL PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    covered_at     BIGINT NOT NULL,
    next_at        BIGINT NOT NULL,
    tries          BIGINT NOT NULL DEFAULT 0,
    lease_owner    TEXT,
    lease_epoch    BIGINT NOT NULL DEFAULT 0,
    lease_until    BIGINT,
    stopped        TEXT,                            -- why it is not edited any more
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
);
