INSERT INTO paper (canonical_id, revision, day, first_seen_at, updated_at, title, abstract_text, authors,
        categories, published_at, submitter, repository, organization, summary, keywords, upvotes, stars, routed_at)
    VALUES ('2608.00001', 2, '2026-08-03', 1785672000000000, 1785672060000000, 'Robots that read', 'They do.',
        '["Ada Lovelace","Charles Babbage"]', '["cs.RO"]', 1785600000000000, 'ada', 'https://github.com/a/b',
        '{"name":"lab","full_name":"The Lab"}', '{"text":"Short.","model":null}', '["robots"]', 4, 12,
        1785672000000001);
INSERT INTO paper (canonical_id, day, first_seen_at, updated_at, title, abstract_text, authors, categories,
        keywords, routed_at, route_note)
    VALUES ('10.1038/x1', '2026-08-01', 1785672000000000, 1785672000000000, 'Old', '', '[]', '[]', '[]',
        1785672000000000, 'backlog');
INSERT INTO listing (paper_id, source, day, first_seen_at, last_seen_at)
    SELECT id, 'huggingface', day, 1785672000000000, 1785672060000000 FROM paper;
INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, stars)
    SELECT id, 1785672000000000, 3, 12 FROM paper WHERE canonical_id = '2608.00001';
INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, stars)
    SELECT id, 1785672060000000, 4, 12 FROM paper WHERE canonical_id = '2608.00001';
