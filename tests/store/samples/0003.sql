INSERT INTO paper_match (subscription_id, paper_id, terms, matched_at)
    SELECT s.id, p.id, '[{"text":"robots","field":"title"}]', 1785672000000001
    FROM subscription s, paper p WHERE p.canonical_id = '2608.00001';
INSERT INTO delivery (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, tries, next_at,
        lease_epoch, message_id, sent_at, created_at, expires_at)
    SELECT '019fbd2b-6400-7001-8000-000000000001', d.id, p.id, 'paper', 'sent', '{}', 'Robots that read',
        '[{"query":"robots","terms":[{"text":"robots","field":"title"}]}]', 1, 1785672000000001,
        1, '1785672002.000100', 1785672002000000, 1785672000000001, 1785758400000000
    FROM destination d, paper p WHERE d.platform = 'slack' AND p.canonical_id = '2608.00001';
INSERT INTO delivery (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, claims, next_at,
        lease_owner, lease_epoch, lease_until, created_at, expires_at)
    SELECT '019fbd2b-6400-7001-8000-000000000002', d.id, p.id, 'paper', 'leased', '{}', 'Robots that read',
        '[]', 1, 1785672000000001, 'a', 1, 1785672060000000, 1785672000000001, 1785758400000000
    FROM destination d, paper p WHERE d.platform = 'sandbox' AND p.canonical_id = '2608.00001';
INSERT INTO attempt (delivery_id, epoch, no, plain, started_at, ended_at, outcome, message_id)
    VALUES ('019fbd2b-6400-7001-8000-000000000001', 1, 1, FALSE, 1785672001000000, 1785672002000000, 'sent',
        '1785672002.000100');
INSERT INTO attempt (delivery_id, epoch, no, plain, started_at)
    VALUES ('019fbd2b-6400-7001-8000-000000000002', 1, 1, FALSE, 1785672001000000);
