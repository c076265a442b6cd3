UPDATE paper SET comment = '12 pages', journal = 'J. Flow 1 (2026) 2', doi = '10.1000/flow.1', version = 2
    WHERE canonical_id = '2608.00001';
UPDATE listing SET announced = 'new';
INSERT INTO paper_alias (alias, paper_id) SELECT '10.1000/flow.1', id FROM paper WHERE canonical_id = '2608.00001';
