-- The outbox. A row is written in the transaction of the change it tells of and names the event (M2);
-- it is rendered once, then sent until it is accepted, always with the same Message-ID.
CREATE TABLE mail (
    id BIGINT PRIMARY KEY,
    event_id BIGINT NOT NULL REFERENCES event (id),
    -- Null: the stranger of the hold that the event is about, who has no account yet (B7).
    person_id BIGINT REFERENCES person (id),
    letter TEXT NOT NULL,
    -- 'test': kept back, because its reader is nothing but a test (G12).
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'dead', 'dropped', 'test')),
    -- Not before this moment of the product clock (S10 lets a mail of a mark wait).
    due_at BIGINT NOT NULL,
    -- Not before this moment of the machine clock: backoff after a failure.
    retry_machine BIGINT NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    -- Envelope and whole text, once rendered. The text goes when the mail is sent, except in a demo or a trial.
    recipient TEXT,
    subject TEXT,
    message_id TEXT UNIQUE,
    message TEXT,
    rendered_at BIGINT,
    -- From this moment of the product clock on the text is void, because a link in it has ended: it is written anew.
    void_at BIGINT,
    sent_at BIGINT,
    -- What went wrong last, as one word or a server's code: no address, nobody's prose.
    last_error TEXT,
    -- One event tells one person one thing once (M3).
    UNIQUE (event_id, person_id, letter)
);
CREATE UNIQUE INDEX mail_to_stranger ON mail (event_id, letter) WHERE person_id IS NULL;
-- Led by the state although all of it is queued: else a planner without figures reads every queued mail by its state.
CREATE INDEX mail_queued ON mail (state, due_at, id) WHERE state = 'queued';
CREATE INDEX mail_by_state ON mail (state, id);
CREATE INDEX mail_by_person ON mail (person_id, id);

-- What a person is told inside the program (M6).
CREATE TABLE notification (
    id BIGINT PRIMARY KEY,
    event_id BIGINT NOT NULL REFERENCES event (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT,
    UNIQUE (event_id, person_id, kind)
);
CREATE INDEX notification_unread ON notification (person_id, id) WHERE read_at IS NULL;

-- Which kinds of mail a person does not want (M4). What concerns their own booking has no row here.
CREATE TABLE mail_refusal (
    person_id BIGINT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, kind)
);
