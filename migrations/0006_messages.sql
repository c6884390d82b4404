-- Messages between a client and a coach (W6), and what the mails about them need. What somebody wrote stands in
-- `message` alone, never in an event, so that it can be erased (D3).

-- One for each client and coach, from the first message on. It stays when they part (G6).
CREATE TABLE thread (
    id BIGINT PRIMARY KEY,
    client_id BIGINT NOT NULL REFERENCES person (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    -- The newest message: threads are listed by it.
    last_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (client_id, coach_id),
    CHECK (client_id <> coach_id)
);
CREATE INDEX thread_by_client ON thread (client_id, last_id);
CREATE INDEX thread_by_coach ON thread (coach_id, last_id);

CREATE TABLE message (
    id BIGINT PRIMARY KEY,
    thread_id BIGINT NOT NULL REFERENCES thread (id),
    by_id BIGINT NOT NULL REFERENCES person (id),
    -- The session that it was written about.
    session_id BIGINT REFERENCES session (id),
    text TEXT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX message_by_thread ON message (thread_id, id);

-- A thread as one of its two has it.
CREATE TABLE thread_side (
    thread_id BIGINT NOT NULL REFERENCES thread (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    -- How many of the other's messages they have not read.
    unread BIGINT NOT NULL CHECK (unread >= 0),
    -- Up to which message they have read, and since when.
    read_id BIGINT REFERENCES message (id),
    read_at BIGINT,
    -- The event that they were told of last.
    told_id BIGINT REFERENCES event (id),
    PRIMARY KEY (thread_id, person_id),
    CHECK ((read_id IS NULL) = (read_at IS NULL))
);
CREATE INDEX thread_side_unread ON thread_side (person_id) WHERE unread > 0;

CREATE INDEX notification_by_person ON notification (person_id, id);

-- Of the token in a mail that may be refused by one press (M4).
ALTER TABLE mail ADD COLUMN refusal_hash TEXT;
CREATE UNIQUE INDEX mail_by_refusal ON mail (refusal_hash);
