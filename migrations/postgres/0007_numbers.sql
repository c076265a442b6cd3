-- A subscription that asks for numbers is asked again when they move: `counted_at` is when a paper's numbers last moved,
-- `asked_at` up to when they have been asked.
ALTER TABLE paper ADD COLUMN counted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE paper ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0;
UPDATE paper SET
    counted_at = COALESCE((SELECT MAX(s.taken_at) FROM counter_snapshot s WHERE s.paper_id = paper.id), 0),
    asked_at = CASE WHEN routed_at IS NULL THEN 0 ELSE updated_at END;
CREATE INDEX paper_to_ask_again ON paper (counted_at)
    WHERE routed_at IS NOT NULL AND route_note IS NULL AND counted_at > asked_at;
