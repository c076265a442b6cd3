INSERT INTO joined_paper (paper_id, change) VALUES (900, 9);
