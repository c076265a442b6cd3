INSERT INTO source_state (source, baseline, polled_at, failures) VALUES ('huggingface', '2026-08-03', 1785672000000000, 0);
INSERT INTO validator (url, etag, updated_at) VALUES ('https://hub.example/', '"x"', 1785672000000000);
