INSERT INTO source_gate (name, next_at, busy, denials) VALUES ('arxiv', 1, 0, 0);
