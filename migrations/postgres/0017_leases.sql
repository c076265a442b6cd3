-- What one process at a time does for all that share the database: poll a source, hold the connection to Discord.
CREATE TABLE lease (
    name           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner          TEXT NOT NULL,                   -- empty: nobody's
    held_until     BIGINT NOT NULL,
    next_at        BIGINT NOT NULL,                 -- nobody takes it before
    ended_at       BIGINT NOT NULL                  -- when it was last given back
);
