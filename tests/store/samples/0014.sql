UPDATE listing SET facts = '{"title":"Robots that read"}', announced_at = 1785672000000000;
UPDATE paper SET title_key = 'robot that read or write / lovelace' WHERE canonical_id = '2608.00001';
INSERT INTO paper_event (paper_id, kind, value, source, happened_at)
    SELECT id, 'version', '2', 'arxiv', 1785672003000000 FROM paper WHERE canonical_id = '2608.00001';
INSERT INTO card (delivery_id, covered_at, next_at)
    SELECT id, 1785672002000000, 1785672002000000 FROM delivery WHERE state = 'sent';
