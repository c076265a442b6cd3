INSERT INTO sandbox_message (delivery_id, channel, body, posted_at)
    VALUES ('019fbd2b-6400-7001-8000-000000000001', 'vision', '{}', 1785672002000000);
