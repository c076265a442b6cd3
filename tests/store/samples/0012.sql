INSERT INTO backfill (source, category, day, page, updated_at)
    VALUES ('huggingface', '', '2026-08-01', '2', 1785672000000000);
INSERT INTO source_health (source, next_poll_at, last_error, last_error_at)
    VALUES ('huggingface', 1785672600000000, 'it answered with 500', 1785671000000000);
