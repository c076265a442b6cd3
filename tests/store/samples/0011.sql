INSERT INTO feed (url, canonical_url, title, added_by, added_at, paused_at)
    VALUES ('https://lab.example/feed.xml', 'lab.example/feed.xml', 'The Lab', 'cli', 1000000, NULL);
