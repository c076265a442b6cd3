-- The sandbox platform's own messages: it stands for the outside, so nothing here refers to other tables.
CREATE TABLE sandbox_message (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id    TEXT NOT NULL UNIQUE,
    channel        TEXT NOT NULL,
    body           TEXT NOT NULL,
    posted_at      BIGINT NOT NULL
);
CREATE INDEX sandbox_message_by_channel ON sandbox_message (channel, id);
