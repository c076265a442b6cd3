UPDATE change_counter SET value = 10 WHERE name = 'papers';
INSERT INTO paper (canonical_id, day, first_seen_at, updated_at, title, abstract_text, authors, categories,
        keywords, routed_at, change)
    VALUES ('2608.00002', '2026-08-04', 1785672000000000, 1785672000000000, 'Newer', '', '[]', '[]', '[]',
        1785672000000000, 10);
