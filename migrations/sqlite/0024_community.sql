-- What the people of a channel say of a paper: 1 for it, -1 against it, 0 taken back.
CREATE TABLE vote (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    voter          TEXT NOT NULL,
    value          BIGINT NOT NULL CHECK (value IN (-1, 0, 1)),
    voted_at       BIGINT NOT NULL,
    PRIMARY KEY (destination_id, paper_id, voter)
);
CREATE INDEX vote_by_time ON vote (destination_id, voted_at);

-- Papers that somebody put before a channel.
CREATE TABLE submission (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    submitted_by   TEXT NOT NULL,
    name           TEXT NOT NULL,                   -- as the platform showed the person
    note           TEXT NOT NULL,
    submitted_at   BIGINT NOT NULL,
    PRIMARY KEY (destination_id, paper_id)
);

-- Papers that were taken out of a channel and never come there again.
CREATE TABLE removal (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    removed_by     TEXT NOT NULL,
    removed_at     BIGINT NOT NULL,
    next_at        BIGINT NOT NULL,                 -- when its message is next looked after
    tries          BIGINT NOT NULL DEFAULT 0,
    settled_at     BIGINT,                          -- NULL: its message is still to be deleted
    outcome        TEXT,
    PRIMARY KEY (destination_id, paper_id),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX removal_due ON removal (next_at) WHERE settled_at IS NULL;

-- Who may put papers before a channel; no row: everybody who may write there.
CREATE TABLE community_setting (
    destination_id BIGINT NOT NULL PRIMARY KEY REFERENCES destination (id) ON DELETE CASCADE,
    submitters     TEXT NOT NULL CHECK (submitters IN ('everyone', 'managers')),
    changed_by     TEXT NOT NULL,
    changed_at     BIGINT NOT NULL
);

-- Votes on a posted message so far, and how many of them it shows; before `recount_at` it is not edited for them.
ALTER TABLE card ADD COLUMN votes_cast BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN votes_shown BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN recount_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX card_to_recount ON card (recount_at) WHERE votes_cast > votes_shown;
