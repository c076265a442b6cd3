UPDATE destination SET tenant = 'slack/T1', turn = 3, rests_until = 1785672000000000 WHERE paused_at IS NULL;
