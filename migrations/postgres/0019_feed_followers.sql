-- Which channels asked for a feed; one that only the operator follows has none.
CREATE TABLE feed_follower (
    feed_id         BIGINT NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
    destination_id  BIGINT NOT NULL REFERENCES destination (id),
    subscription_id BIGINT,                         -- the one that was made with it; it may be gone
    added_by        TEXT NOT NULL,
    added_at        BIGINT NOT NULL,
    PRIMARY KEY (feed_id, destination_id)
);
CREATE INDEX feed_follower_by_destination ON feed_follower (destination_id);

-- Since when a feed is not read any more because of what it answers, and why.
ALTER TABLE feed ADD COLUMN ended_at BIGINT;
ALTER TABLE feed ADD COLUMN ended_why TEXT;
-- The address that it says it has moved to for good, and how often in a row it has said so.
ALTER TABLE feed ADD COLUMN moved_to TEXT;
ALTER TABLE feed ADD COLUMN moved_times BIGINT NOT NULL DEFAULT 0;
