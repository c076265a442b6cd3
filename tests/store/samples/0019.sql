INSERT INTO roundup_setting (destination_id, kind, subscription_id, every, posted, quiet, changed_by, changed_at)
    SELECT destination_id, 'sub:' || CAST(id AS TEXT), id, 'weekdays', 'mark', 'say', 'U1', 1785672000000000
    FROM subscription WHERE query = 'images';
INSERT INTO roundup (destination_id, kind, local_date, fired_at, delivery_id, note)
    SELECT destination_id, 'trending', '2026-08-03', 1785672000000000, id, NULL FROM delivery WHERE state = 'sent';
INSERT INTO roundup_paper (destination_id, kind, local_date, paper_id, place, standing)
    SELECT destination_id, 'trending', '2026-08-03', paper_id, 1, '{"rise":{"upvotes":3,"stars":0}}'
    FROM delivery WHERE state = 'sent';
