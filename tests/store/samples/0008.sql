UPDATE subscription SET cadence = 'daily', style = 'line', paused_at = 1785672000000000,
    paused_until = 1785672900000000 WHERE query = 'images';
UPDATE destination SET workspace = 'T1' WHERE platform = 'slack';
INSERT INTO roundup_setting (destination_id, local_time, zone, every, size, changed_by, changed_at)
    SELECT id, '09:00:00', 'Europe/Berlin', 'weekdays', 10, 'U1', 1785672000000000
    FROM destination WHERE platform = 'slack';
INSERT INTO interaction (platform, id, received_at, answer) VALUES ('slack', 'i1', 1785672000000000, '{}');
INSERT INTO control (id, deeds, expires_at) VALUES ('c1', '[]', 1785672900000000);
INSERT INTO allowance (scope, whole_at) VALUES ('user slack U1', 1785672900000000);
INSERT INTO asked_query (platform, asked_by, query, times, asked_at) VALUES ('slack', 'U1', 'robot', 2, 1785672000000000);
