INSERT INTO limit_setting (destination_id, per_day, quiet_from, quiet_until, spike, changed_by, changed_at)
    SELECT MIN(id), 8, '22:00:00', '07:00:00', TRUE, 'U1', 1785672000000000 FROM destination;
INSERT INTO kept_paper (destination_id, paper_id, kept_at, cause, decided_at)
    SELECT MIN(d.id), MIN(p.id), 1785672000000000, 'limit', 1785672001000000 FROM destination d, paper p;
INSERT INTO spike_day (destination_id, local_date, begun_at)
    SELECT MIN(id), '2026-08-04', 1785672000000000 FROM destination;
