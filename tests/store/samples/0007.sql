-- Its numbers have moved since they were last asked.
UPDATE paper SET counted_at = 1785672009000000, asked_at = 1785672008000000 WHERE canonical_id = '2608.00001';
