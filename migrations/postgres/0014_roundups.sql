-- That a channel's roundup of a local date has been dealt with: made, or left out for the reason in `note`.
CREATE TABLE roundup (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    local_date     TEXT NOT NULL,
    fired_at       BIGINT NOT NULL,
    delivery_id    TEXT REFERENCES delivery (id),
    note           TEXT,
    PRIMARY KEY (destination_id, local_date)
);

-- Which papers a roundup holds; one that was never posted gives them back.
CREATE TABLE roundup_paper (
    destination_id BIGINT NOT NULL,
    local_date     TEXT NOT NULL,
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    PRIMARY KEY (destination_id, paper_id, local_date),
    FOREIGN KEY (destination_id, local_date) REFERENCES roundup (destination_id, local_date) ON DELETE CASCADE
);
CREATE INDEX paper_match_by_age ON paper_match (matched_at);
