-- Who gets letters. The id stands for the address everywhere else; `wish` (JSON) is what was confirmed.
CREATE TABLE mail_subscriber (
    channel        TEXT NOT NULL PRIMARY KEY,
    address        TEXT NOT NULL,
    folded         TEXT NOT NULL UNIQUE,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'active', 'unsubscribed', 'bounced')),
    wish           TEXT,
    bounces        BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    confirmed_at   BIGINT,
    ended_at       BIGINT
);

-- What was asked for and is still to be confirmed by whoever has the token.
CREATE TABLE mail_request (
    token_hash     TEXT NOT NULL PRIMARY KEY,
    channel        TEXT NOT NULL REFERENCES mail_subscriber (channel) ON DELETE CASCADE,
    wish           TEXT NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT
);
CREATE INDEX mail_request_by_channel ON mail_request (channel);
CREATE INDEX mail_request_by_expiry ON mail_request (expires_at);

-- Keys that the installation made for itself, in hexadecimal digits.
CREATE TABLE own_key (
    name           TEXT NOT NULL PRIMARY KEY,
    value          TEXT NOT NULL
);
