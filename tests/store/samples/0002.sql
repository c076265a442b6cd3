INSERT INTO destination (platform, channel, paused_at, pause_cause, pause_reason)
    VALUES ('slack', 'C0AB12CD3', 1785672000000000, 'channel', 'invite @paperwire');
INSERT INTO destination (platform, channel) VALUES ('sandbox', 'vision');
INSERT INTO subscription (destination_id, query, created_by, created_at)
    SELECT id, 'robots', 'U1', 1785672000000000 FROM destination WHERE platform = 'slack';
INSERT INTO subscription (destination_id, query, created_by, created_at, paused_at)
    SELECT id, 'images', 'cli', 1785672000000000, 1785672000000001 FROM destination WHERE platform = 'sandbox';
UPDATE change_counter SET value = 5 WHERE name = 'subscriptions';
