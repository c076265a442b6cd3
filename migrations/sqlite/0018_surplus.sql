-- Messages of ours that stand beside the one of their delivery, and looks for such messages ('' as the message).
CREATE TABLE surplus_message (
    delivery_id    TEXT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    message_id     TEXT NOT NULL,
    found_at       BIGINT NOT NULL,
    next_at        BIGINT NOT NULL,
    tries          BIGINT NOT NULL DEFAULT 0,
    lease_owner    TEXT,
    lease_epoch    BIGINT NOT NULL DEFAULT 0,
    lease_until    BIGINT,
    settled_at     BIGINT,                          -- NULL: still to be dealt with
    outcome        TEXT,
    PRIMARY KEY (delivery_id, message_id),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX surplus_message_due ON surplus_message (next_at) WHERE settled_at IS NULL;
CREATE INDEX attempt_in_doubt ON attempt (started_at) WHERE outcome IN ('unknown', 'lost');
