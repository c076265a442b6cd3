INSERT INTO surplus_message (delivery_id, message_id, found_at, next_at)
    SELECT id, '1785672009.000100', 1785672009000000, 1785672009000000 FROM delivery WHERE state = 'sent';
