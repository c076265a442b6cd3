-- A channel has several roundups, each with its settings and its dates: `matches`, `trending`, and `sub:12` of a
-- subscription that has one of its own. What a kind does not say (NULL) is as for `matches`.
CREATE TABLE roundup_setting_by_kind (
    destination_id  BIGINT NOT NULL REFERENCES destination (id) ON DELETE CASCADE,
    kind            TEXT NOT NULL DEFAULT 'matches',
    subscription_id BIGINT REFERENCES subscription (id) ON DELETE CASCADE,
    local_time      TEXT,
    zone            TEXT,
    every           TEXT,
    size            BIGINT,
    posted          TEXT,                       -- 'hide' or 'mark': what was posted one by one
    quiet           TEXT,                       -- 'silent' or 'say': a day without papers
    changed_by      TEXT NOT NULL,
    changed_at      BIGINT NOT NULL,
    PRIMARY KEY (destination_id, kind)
);
INSERT INTO roundup_setting_by_kind (destination_id, local_time, zone, every, size, changed_by, changed_at)
    SELECT destination_id, local_time, zone, every, size, changed_by, changed_at FROM roundup_setting;

CREATE TABLE roundup_by_kind (
    destination_id BIGINT NOT NULL REFERENCES destination (id),
    kind           TEXT NOT NULL DEFAULT 'matches',
    local_date     TEXT NOT NULL,
    fired_at       BIGINT NOT NULL,
    delivery_id    TEXT REFERENCES delivery (id),
    note           TEXT,
    PRIMARY KEY (destination_id, kind, local_date)
);
INSERT INTO roundup_by_kind (destination_id, local_date, fired_at, delivery_id, note)
    SELECT destination_id, local_date, fired_at, delivery_id, note FROM roundup;

-- `place` is the paper's in the order; `why` and `standing` are the subscription's reason and what the rank is made of.
CREATE TABLE roundup_paper_by_kind (
    destination_id BIGINT NOT NULL,
    kind           TEXT NOT NULL DEFAULT 'matches',
    local_date     TEXT NOT NULL,
    paper_id       BIGINT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
    place          BIGINT NOT NULL DEFAULT 0,
    why            TEXT,
    standing       TEXT,
    PRIMARY KEY (destination_id, paper_id, kind, local_date),
    FOREIGN KEY (destination_id, kind, local_date)
        REFERENCES roundup_by_kind (destination_id, kind, local_date) ON DELETE CASCADE
);
INSERT INTO roundup_paper_by_kind (destination_id, local_date, paper_id)
    SELECT destination_id, local_date, paper_id FROM roundup_paper;

DROP TABLE roundup_paper;
DROP TABLE roundup;
DROP TABLE roundup_setting;
ALTER TABLE roundup_by_kind RENAME TO roundup;
ALTER TABLE roundup_paper_by_kind RENAME TO roundup_paper;
ALTER TABLE roundup_setting_by_kind RENAME TO roundup_setting;
CREATE INDEX roundup_setting_of_subscription ON roundup_setting (subscription_id);
CREATE INDEX roundup_paper_in_order ON roundup_paper (destination_id, kind, local_date, place);
