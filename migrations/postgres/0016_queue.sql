-- What a sender asks of a destination, kept beside it so that no claim looks at queues that are empty or wait.
-- Who shares the platform with others: a server or workspace, or the channel itself as long as that is unknown.
ALTER TABLE destination ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
-- When the oldest waiting delivery can be claimed; NULL: nothing waits, or one is in flight.
ALTER TABLE destination ADD COLUMN due_at BIGINT;
-- Its place in the line; tenants take turns, so that the waiting channels of each have places one after the other.
ALTER TABLE destination ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE destination ADD COLUMN served_at BIGINT;
-- Before this the channel takes no further post.
ALTER TABLE destination ADD COLUMN rests_until BIGINT NOT NULL DEFAULT 0;

UPDATE destination SET tenant = platform || COALESCE('/' || workspace, '#' || channel);
UPDATE destination SET due_at = (SELECT d.next_at FROM delivery d
    WHERE d.destination_id = destination.id AND d.state IN ('pending', 'unknown') ORDER BY d.id LIMIT 1)
    WHERE NOT EXISTS (SELECT 1 FROM delivery f WHERE f.destination_id = destination.id AND f.state = 'leased');

CREATE INDEX destination_by_turn ON destination (platform, turn, due_at, id)
    WHERE due_at IS NOT NULL AND paused_at IS NULL;
CREATE INDEX destination_by_due ON destination (platform, due_at) WHERE due_at IS NOT NULL AND paused_at IS NULL;
CREATE INDEX destination_by_tenant ON destination (tenant, turn) WHERE due_at IS NOT NULL;

-- The turn that was served last.
INSERT INTO change_counter (name, value) VALUES ('turn', 0);
