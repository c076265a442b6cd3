INSERT INTO feed (url, canonical_url, title, added_by, added_at, moved_to, moved_times)
    VALUES ('https://lab.example/moving', 'lab.example/moving', 'Moving', 'slack U1', 1785672000000000,
        'https://lab.example/there', 2);
INSERT INTO feed_follower (feed_id, destination_id, subscription_id, added_by, added_at)
    SELECT f.id, d.id, 12, 'U1', 1785672000000000 FROM feed f, destination d
    WHERE f.canonical_url = 'lab.example/moving' AND d.id = (SELECT MIN(id) FROM destination);
