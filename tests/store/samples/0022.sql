INSERT INTO mail_subscriber (channel, address, folded, state, wish, bounces, created_at, confirmed_at)
    VALUES ('m-aaaaaaaaaaaaaaaaaaaaaa', 'Ada@example.org', 'ada@example.org', 'active',
        '{"rhythm":"daily","query":"robot","zone":"UTC"}', 1, 1785672000000000, 1785672001000000);
INSERT INTO mail_request (token_hash, channel, wish, expires_at)
    VALUES ('00ff', 'm-aaaaaaaaaaaaaaaaaaaaaa', '{"rhythm":"weekly","query":null,"zone":"UTC"}', 1785672900000000);
INSERT INTO own_key (name, value)
    VALUES ('mail', '0707070707070707070707070707070707070707070707070707070707070707');
