CREATE TABLE paper_match (
    subscription_id BIGINT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
    paper_id        BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    terms           TEXT NOT NULL,
    matched_at      BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, paper_id)
);
CREATE INDEX paper_match_by_paper ON paper_match (paper_id);

CREATE TABLE delivery (
    id              TEXT NOT NULL PRIMARY KEY,      -- UUIDv7: text order is the order of creation
    destination_id  BIGINT NOT NULL REFERENCES destination (id),
    paper_id        BIGINT NOT NULL REFERENCES paper (id),
    kind            TEXT NOT NULL,
    state           TEXT NOT NULL
        CHECK (state IN ('pending', 'leased', 'unknown', 'sent', 'ambiguous', 'dead', 'skipped')),
    rich_body       TEXT NOT NULL,                  -- rendered once: every try sends the same bytes
    plain_body      TEXT NOT NULL,
    plain           BOOLEAN NOT NULL DEFAULT FALSE,
    why             TEXT NOT NULL,
    tries           BIGINT NOT NULL DEFAULT 0,
    claims          BIGINT NOT NULL DEFAULT 0,      -- since the last recorded outcome
    next_at         BIGINT NOT NULL,
    lease_owner     TEXT,
    lease_epoch     BIGINT NOT NULL DEFAULT 0,
    lease_until     BIGINT,
    unsettled_since BIGINT,                         -- since when it may be in the channel
    unseen_since    BIGINT,                         -- since when it was looked for there and not seen
    message_id      TEXT,
    sent_at         BIGINT,
    reason          TEXT,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    UNIQUE (destination_id, paper_id, kind),
    CHECK ((state = 'leased') = (lease_owner IS NOT NULL) AND (state = 'leased') = (lease_until IS NOT NULL)),
    CHECK ((state = 'sent') = (message_id IS NOT NULL) AND (state = 'sent') = (sent_at IS NOT NULL))
);
CREATE UNIQUE INDEX delivery_one_in_flight ON delivery (destination_id) WHERE state = 'leased';
CREATE INDEX delivery_waiting ON delivery (destination_id, id) WHERE state IN ('pending', 'leased', 'unknown');
CREATE INDEX delivery_by_paper ON delivery (paper_id);
CREATE INDEX delivery_expiring ON delivery (expires_at) WHERE state = 'pending';

CREATE TABLE attempt (
    delivery_id     TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    epoch           BIGINT NOT NULL,
    no              BIGINT NOT NULL,
    plain           BOOLEAN NOT NULL,
    started_at      BIGINT NOT NULL,
    ended_at        BIGINT,
    outcome         TEXT,                           -- NULL: open, maybe posted
    reason          TEXT,
    message_id      TEXT,
    PRIMARY KEY (delivery_id, epoch, no)
);
