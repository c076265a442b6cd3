-- Whose turn it is to ask a source that allows one request at a time, and how patient it still is.
CREATE TABLE source_gate (
    name           TEXT NOT NULL PRIMARY KEY,
    next_at        BIGINT NOT NULL,
    busy           BIGINT NOT NULL,
    denials        BIGINT NOT NULL
);
