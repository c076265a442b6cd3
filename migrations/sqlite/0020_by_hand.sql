-- Papers that go out as one message carry the id of the first of them, its lead, which carries its own; NULL: on its own.
ALTER TABLE delivery ADD COLUMN bundle TEXT;
CREATE INDEX delivery_by_bundle ON delivery (bundle) WHERE bundle IS NOT NULL;

-- The one message of a bundle, rendered once: every try sends the same bytes.
CREATE TABLE bundle_body (
    lead           TEXT NOT NULL PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    rich_body      TEXT NOT NULL,
    plain_body     TEXT NOT NULL,
    made_at        BIGINT NOT NULL
);

-- The catch-up roundup that names a paper which waited too long; NULL: it was not folded into one.
ALTER TABLE delivery ADD COLUMN folded_into TEXT;
CREATE INDEX delivery_by_fold ON delivery (folded_into) WHERE folded_into IS NOT NULL;
