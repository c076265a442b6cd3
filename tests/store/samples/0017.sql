INSERT INTO lease (name, owner, held_until, next_at, ended_at) VALUES ('poll huggingface', 'a', 1785672060000000, 0, 1785672000000000);
