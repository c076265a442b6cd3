INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
    SELECT destination_id, paper_id, 'U1', 1, 1785672000000000 FROM delivery WHERE state = 'sent';
INSERT INTO submission (destination_id, paper_id, submitted_by, name, note, submitted_at)
    SELECT destination_id, paper_id, 'U1', 'ada', 'Worth reading', 1785672000000000 FROM delivery WHERE state = 'sent';
INSERT INTO community_setting (destination_id, submitters, changed_by, changed_at)
    SELECT id, 'managers', 'U1', 1785672000000000 FROM destination WHERE platform = 'slack';
INSERT INTO removal (destination_id, paper_id, removed_by, removed_at, next_at, settled_at, outcome)
    SELECT id, (SELECT MAX(id) FROM paper), 'U1', 1785672000000000, 1785672000000000, 1785672000000001, 'deleted'
    FROM destination WHERE platform = 'sandbox';
