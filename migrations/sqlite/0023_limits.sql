-- How much a channel wants to get at once; NULL: no such limit.
CREATE TABLE limit_setting (
    destination_id BIGINT NOT NULL PRIMARY KEY REFERENCES destination (id) ON DELETE CASCADE,
    per_day        BIGINT,
    quiet_from     TEXT,
    quiet_until    TEXT,
    spike          BOOLEAN NOT NULL DEFAULT FALSE,
    changed_by     TEXT NOT NULL,
    changed_at     BIGINT NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);

-- Papers that came for a channel with limits and were not posted at once.
CREATE TABLE kept_paper (
    destination_id BIGINT NOT NULL REFERENCES destination (id) ON DELETE CASCADE,
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    kept_at        BIGINT NOT NULL,
    cause          TEXT CHECK (cause IN ('limit', 'spike')),    -- NULL: still to be decided; else it is the roundup's
    decided_at     BIGINT,
    PRIMARY KEY (destination_id, paper_id),
    CHECK ((cause IS NULL) = (decided_at IS NULL))
);
CREATE INDEX kept_paper_undecided ON kept_paper (destination_id) WHERE cause IS NULL;

-- The local dates on which far more than usual came for a channel, and that it was told of.
CREATE TABLE spike_day (
    destination_id BIGINT NOT NULL REFERENCES destination (id) ON DELETE CASCADE,
    local_date     TEXT NOT NULL,
    begun_at       BIGINT NOT NULL,
    PRIMARY KEY (destination_id, local_date)
);
