INSERT INTO roundup (destination_id, local_date, fired_at, delivery_id, note)
    SELECT destination_id, '2026-08-03', 1785672000000000, id, NULL FROM delivery WHERE state = 'sent';
INSERT INTO roundup_paper (destination_id, local_date, paper_id)
    SELECT destination_id, '2026-08-03', paper_id FROM delivery WHERE state = 'sent';
