-- People, how they prove who they are, and what they accepted.
-- Instants are UTC milliseconds (`*_at`); a column that ends in `_machine` is read off the machine clock instead
-- of the product clock. Secrets are stored as SHA-256 of the token, never as the token.

-- The one coaching business that this deployment serves. Always exactly one row, with id 1.
CREATE TABLE organisation (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    support_mail TEXT,
    -- The bands of section 6, in hours; copied to a booking when it is made.
    late_hours BIGINT NOT NULL CHECK (late_hours BETWEEN 0 AND 720),
    free_hours BIGINT NOT NULL CHECK (free_hours BETWEEN late_hours AND 720),
    -- So long before its date a pod with too few members is warned of (G5).
    pod_warning_hours BIGINT NOT NULL CHECK (pod_warning_hours BETWEEN 1 AND 336),
    -- After so many calendar months without anything somebody is listed as quiet (G8).
    inactive_months BIGINT NOT NULL CHECK (inactive_months BETWEEN 1 AND 24),
    -- After so many unanswered reminders sponsors may be told (G9).
    unanswered_reminders BIGINT NOT NULL CHECK (unanswered_reminders BETWEEN 1 AND 10),
    -- How this database is used: a demo or a trial may show mails and move the clock (T4, P6).
    mode TEXT NOT NULL CHECK (mode IN ('serve', 'trial', 'demo')),
    created_at BIGINT NOT NULL
);

CREATE TABLE person (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Lower-cased and accent-free, made in Rust: search and sort use this.
    folded_name TEXT NOT NULL,
    mail TEXT NOT NULL,
    -- The address as it is compared.
    folded_mail TEXT NOT NULL UNIQUE,
    zone TEXT NOT NULL,
    -- False until the person or their browser has said which zone is theirs.
    zone_known BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    hour_style TEXT NOT NULL CHECK (hour_style IN ('h12', 'h24')),
    -- Name of the re-encoded picture in the file store.
    photo TEXT,
    -- The word in NAME.localhost of a demo.
    slug TEXT UNIQUE,
    created_at BIGINT NOT NULL,
    -- A closed account keeps its row: history refers to it. It cannot sign in.
    closed_at BIGINT
);
CREATE INDEX person_by_name ON person (folded_name, id);

CREATE TABLE person_role (
    person_id BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('admin', 'program_lead', 'coach', 'client', 'sponsor')),
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, role)
);
CREATE INDEX person_role_by_role ON person_role (role, person_id);

-- An assistant acts for a person (P10).
CREATE TABLE delegate (
    person_id BIGINT NOT NULL REFERENCES person (id),
    for_id BIGINT NOT NULL REFERENCES person (id),
    named_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, for_id),
    CHECK (person_id <> for_id)
);
CREATE INDEX delegate_by_principal ON delegate (for_id, person_id);

-- What a person can prove themselves with besides their mailbox. A password is an argon2id string;
-- passkeys, TOTP and OpenID Connect keep their own text here.
CREATE TABLE credential (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('password', 'passkey', 'totp', 'oidc')),
    -- Who it is at the other end: a passkey's credential id, an issuer and subject. Empty for a password.
    subject TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX credential_by_person ON credential (person_id, kind);
CREATE UNIQUE INDEX credential_one_password ON credential (person_id, kind) WHERE kind IN ('password', 'totp');
CREATE UNIQUE INDEX credential_by_subject ON credential (kind, subject) WHERE kind IN ('passkey', 'oidc');

-- A link that opens something once: a sign-in, the set-up of an empty instance.
CREATE TABLE link (
    id BIGINT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('sign_in', 'set_up')),
    person_id BIGINT REFERENCES person (id),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    CHECK ((kind = 'set_up') = (person_id IS NULL))
);
CREATE INDEX link_by_expiry ON link (expires_at);
CREATE INDEX link_by_person ON link (person_id) WHERE person_id IS NOT NULL;

-- A signed-in browser ("device").
CREATE TABLE sign_in (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    token_hash TEXT NOT NULL UNIQUE,
    -- What the browser calls itself, shortened.
    device TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_by_person ON sign_in (person_id, seen_at);
CREATE INDEX sign_in_by_expiry ON sign_in (expires_at);

-- A bearer token of the JSON interface.
CREATE TABLE api_token (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    token_hash TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    -- Space-separated, sorted.
    scopes TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_token_by_person ON api_token (person_id, made_at);

-- Versioned texts, and who accepted which (P9).
CREATE TABLE agreement (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('terms', 'coaching', 'disclosure')),
    version BIGINT NOT NULL CHECK (version >= 1),
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    UNIQUE (kind, version, language)
);
CREATE TABLE acceptance (
    person_id BIGINT NOT NULL REFERENCES person (id),
    agreement_id BIGINT NOT NULL REFERENCES agreement (id),
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, agreement_id)
);

-- How often something was tried in one window of the machine clock.
CREATE TABLE attempt (
    bucket TEXT NOT NULL,
    window_machine BIGINT NOT NULL,
    tries BIGINT NOT NULL CHECK (tries >= 1),
    PRIMARY KEY (bucket, window_machine)
);
CREATE INDEX attempt_by_window ON attempt (window_machine);

-- What happened to what, by whom, and for whom: the timeline and the audit log are two readings of it.
-- Rows are only added. `facts` holds small values (from, to, role); what a person typed stands in `event_text`,
-- so that it can be erased without touching the event (D3).
CREATE TABLE event (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    -- Null: the program itself, or the operator at the command line (`via` says which).
    by_id BIGINT REFERENCES person (id),
    for_id BIGINT REFERENCES person (id),
    via TEXT NOT NULL CHECK (via IN ('page', 'api', 'cli', 'program')),
    facts TEXT NOT NULL
);
CREATE INDEX event_by_subject ON event (subject_kind, subject_id, id);
CREATE INDEX event_by_actor ON event (by_id, id);
CREATE INDEX event_by_kind ON event (kind, id);
CREATE TABLE event_text (
    event_id BIGINT NOT NULL REFERENCES event (id),
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (event_id, field)
);

-- The answer to a write that carried a key, stored in the write's own transaction (B5).
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at_machine BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_by_age ON idempotency (at_machine);

-- Which process does which kind of job at present (M2, D6).
CREATE TABLE lease (
    job TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_machine BIGINT NOT NULL
);
