UPDATE delivery SET bundle = id WHERE state = 'sent';
INSERT INTO bundle_body (lead, rich_body, plain_body, made_at)
    SELECT id, '{}', 'papers', 1785672002000000 FROM delivery WHERE state = 'sent';
