-- Sessions and attendances. What is true of the meeting stands on `session`, what is true of one person's part on
-- `attendance`; the status is derived from both and stored nowhere.
CREATE TABLE series (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    every_weeks BIGINT NOT NULL CHECK (every_weeks IN (1, 2)),
    made_at BIGINT NOT NULL
);

CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('intro', 'one_to_one', 'pod')),
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 480 AND minutes % 5 = 0),
    place TEXT NOT NULL CHECK (place IN ('room', 'phone', 'address', 'link')),
    place_detail TEXT NOT NULL,
    -- Null while it is only planned. A multiple of five minutes (T3).
    starts_at BIGINT CHECK (starts_at % 300000 = 0),
    -- Wall time, zone and zone-data version at booking (T5).
    wall_time TEXT,
    zone TEXT,
    zone_data TEXT,
    -- The calendar's identity of this meeting (RFC 5545 UID) and its revision.
    uid TEXT NOT NULL UNIQUE,
    sequence BIGINT NOT NULL CHECK (sequence >= 0),
    offering_id BIGINT REFERENCES offering (id),
    series_id BIGINT REFERENCES series (id),
    pod_id BIGINT UNIQUE REFERENCES pod (id),
    booked_at BIGINT,
    -- When the start now in force was set: by the booking or by the last move (M1).
    set_at BIGINT,
    -- The last move, if it was not the client's wish: when they were told, and the start before (R1).
    imposed_at BIGINT,
    imposed_from BIGINT,
    -- When its people are to be reminded next, and its coach to be asked for a mark: worked out anew by every change.
    remind_at BIGINT,
    prompt_at BIGINT,
    -- When it was looked whether enough come to the date of a pod (G5): once for each date.
    pod_looked_at BIGINT,
    -- Kept back until the button behind the mail link is pressed or money has come (B4, B7).
    -- By the clock it is void from then on, whether or not somebody has swept it away.
    held_until BIGINT,
    ended_early_at BIGINT,
    cancelled_at BIGINT,
    cancelled_by BIGINT REFERENCES person (id),
    cancelled_cause TEXT CHECK (cancelled_cause IN ('client', 'coach', 'organisation', 'technical')),
    -- An admin recorded it afterwards: it took no coach time (B3).
    recorded BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    CHECK ((starts_at IS NULL) = (wall_time IS NULL) AND (starts_at IS NULL) = (zone IS NULL)
        AND (starts_at IS NULL) = (zone_data IS NULL) AND (starts_at IS NULL) = (booked_at IS NULL)
        AND (starts_at IS NULL) = (set_at IS NULL)),
    CHECK ((imposed_at IS NULL) = (imposed_from IS NULL)),
    CHECK ((cancelled_at IS NULL) = (cancelled_cause IS NULL)),
    CHECK (ended_early_at IS NULL OR (starts_at IS NOT NULL AND ended_early_at >= starts_at))
);
CREATE INDEX session_by_start ON session (starts_at, id);
CREATE INDEX session_cancelled ON session (starts_at, id) WHERE cancelled_at IS NOT NULL;
CREATE INDEX session_by_series ON session (series_id);
CREATE INDEX session_held ON session (held_until) WHERE held_until IS NOT NULL;
CREATE INDEX session_remind ON session (remind_at, id) WHERE remind_at IS NOT NULL;
CREATE INDEX session_prompt ON session (prompt_at, id) WHERE prompt_at IS NOT NULL;
CREATE INDEX session_of_pod ON session (starts_at, id) WHERE pod_id IS NOT NULL AND pod_looked_at IS NULL;

-- What was added to one journey beside its steps (G11): its name, and the step that it makes up for, if it does.
CREATE TABLE extra (
    session_id BIGINT PRIMARY KEY REFERENCES session (id),
    name TEXT NOT NULL,
    makes_up_for BIGINT REFERENCES step (id)
);
CREATE INDEX extra_by_step ON extra (makes_up_for) WHERE makes_up_for IS NOT NULL;

-- Whose time a session takes; one of them marks (G11).
CREATE TABLE session_coach (
    session_id BIGINT NOT NULL REFERENCES session (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    marking BOOLEAN NOT NULL,
    -- Whose session it is, if this one stands in for them this once (G10).
    stands_in_for BIGINT REFERENCES coach (person_id),
    PRIMARY KEY (session_id, coach_id)
);
CREATE INDEX session_coach_by_coach ON session_coach (coach_id, session_id);
CREATE UNIQUE INDEX session_coach_one_marks ON session_coach (session_id) WHERE marking;

-- The one guarantee against double booking (A4): one owner per coach and five-minute quantum. The owner is the
-- session, for the time it has and for the time asked for, so that a move may overlap itself.
CREATE TABLE coach_time (
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    quantum BIGINT NOT NULL,
    session_id BIGINT NOT NULL REFERENCES session (id),
    PRIMARY KEY (coach_id, quantum)
);
CREATE INDEX coach_time_by_session ON coach_time (session_id);
CREATE INDEX coach_time_by_quantum ON coach_time (quantum);

-- A booking by somebody who is not signed in: a session with a time, a coach, `held_until` and no attendance (B7).
-- Pressing the button behind the mail link makes the attendance and says whose it is.
CREATE TABLE hold (
    session_id BIGINT PRIMARY KEY REFERENCES session (id),
    -- Of the link's token: made when the letter is written, so that it stands in the letter alone.
    token_hash TEXT UNIQUE,
    mail TEXT NOT NULL,
    folded_mail TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- Whether they or their browser said it; else it is a guess (T2).
    zone_known BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    -- A list of number, question as it was asked, and text; never queried.
    answers TEXT NOT NULL,
    -- Copied when it was held: the button books what was shown.
    price BIGINT NOT NULL CHECK (price >= 0),
    currency TEXT NOT NULL,
    late_hours BIGINT NOT NULL,
    free_hours BIGINT NOT NULL,
    keep_early BIGINT NOT NULL CHECK (keep_early BETWEEN 0 AND 100),
    keep_between BIGINT NOT NULL CHECK (keep_between BETWEEN 0 AND 100),
    keep_late BIGINT NOT NULL CHECK (keep_late BETWEEN 0 AND 100),
    -- What they accepted by booking (P9).
    agreement_id BIGINT REFERENCES agreement (id),
    -- Made on a page inside another site (C4).
    embedded BOOLEAN NOT NULL,
    -- Where it came from, as far as needed to count: one network holds so many times of a coach and no more.
    network TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    person_id BIGINT REFERENCES person (id),
    CHECK ((confirmed_at IS NULL) = (person_id IS NULL))
);
CREATE INDEX hold_open ON hold (folded_mail) WHERE confirmed_at IS NULL;

CREATE TABLE attendance (
    id BIGINT PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES session (id),
    client_id BIGINT NOT NULL REFERENCES person (id),
    -- The step of a journey this is, or an extra session of one, or neither.
    journey_id BIGINT REFERENCES journey (id),
    step_id BIGINT REFERENCES step (id),
    counts BOOLEAN NOT NULL,
    -- Facts.
    outcome TEXT CHECK (outcome IN ('completed', 'no_show', 'late_cancellation')),
    outcome_by BIGINT REFERENCES person (id),
    outcome_at BIGINT,
    left_at BIGINT,
    left_notice BIGINT,
    greyed_out_at BIGINT,
    greyed_out_by BIGINT REFERENCES person (id),
    contested_at BIGINT,
    settled_at BIGINT,
    -- Who said the last word of it; nobody, if the mark was only taken back by whoever had given it (S14).
    settled_by BIGINT REFERENCES person (id),
    -- When it was marked for the first time, whatever became of that mark (S4).
    first_marked_at BIGINT,
    -- What the client was told of its mark, and when what is marked now will be told (S10).
    told TEXT CHECK (told IN ('completed', 'no_show', 'late_cancellation')),
    tell_at BIGINT,
    -- How often its client moved it, or gave its time back to a program (R8).
    changes BIGINT NOT NULL DEFAULT 0 CHECK (changes >= 0),
    -- Copied at booking.
    price BIGINT CHECK (price >= 0),
    currency TEXT,
    late_hours BIGINT,
    free_hours BIGINT,
    keep_early BIGINT CHECK (keep_early BETWEEN 0 AND 100),
    keep_between BIGINT CHECK (keep_between BETWEEN 0 AND 100),
    keep_late BIGINT CHECK (keep_late BETWEEN 0 AND 100),
    coach_fee BIGINT,
    -- What the client wrote when booking.
    note TEXT,
    made_at BIGINT NOT NULL,
    UNIQUE (session_id, client_id),
    CHECK ((outcome IS NULL) = (outcome_at IS NULL) AND (outcome IS NULL) = (outcome_by IS NULL)),
    CHECK ((left_at IS NULL) = (left_notice IS NULL)),
    CHECK ((greyed_out_at IS NULL) = (greyed_out_by IS NULL)),
    CHECK (step_id IS NULL OR journey_id IS NOT NULL),
    CHECK (contested_at IS NOT NULL OR settled_at IS NULL),
    CHECK (settled_at IS NOT NULL OR settled_by IS NULL),
    CHECK ((price IS NULL) = (currency IS NULL))
);
CREATE INDEX attendance_by_client ON attendance (client_id, session_id);
-- What has no outcome: few among many, once years have passed (S7).
CREATE INDEX attendance_without_outcome ON attendance (session_id)
    WHERE outcome IS NULL AND left_at IS NULL AND greyed_out_at IS NULL;
CREATE INDEX attendance_to_tell ON attendance (tell_at, id) WHERE tell_at IS NOT NULL;
CREATE INDEX attendance_by_journey ON attendance (journey_id, session_id) WHERE journey_id IS NOT NULL;
-- Led by the step: a journey finds its own by the index above.
CREATE UNIQUE INDEX attendance_one_per_step ON attendance (step_id, journey_id) WHERE step_id IS NOT NULL;
CREATE INDEX attendance_contested ON attendance (contested_at)
    WHERE contested_at IS NOT NULL AND settled_at IS NULL;

-- What the client answered before the session, beside the question as it was asked.
CREATE TABLE answer (
    attendance_id BIGINT NOT NULL REFERENCES attendance (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    question TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (attendance_id, no)
);

-- Opens one session to one person until a day after its end (B2). Each letter carries a link of its own.
CREATE TABLE manage_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES session (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    made_at BIGINT NOT NULL,
    -- From then on it may be forgotten.
    kept_until BIGINT NOT NULL
);
CREATE INDEX manage_link_old ON manage_link (kept_until);
CREATE INDEX manage_link_by_session ON manage_link (session_id, person_id);

-- One live intro per client and coach (C3): the row goes when the intro is cancelled.
CREATE TABLE intro (
    client_id BIGINT NOT NULL REFERENCES person (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    session_id BIGINT NOT NULL UNIQUE REFERENCES session (id),
    -- The coach had granted it; cancelled, it is granted still.
    granted BOOLEAN NOT NULL,
    PRIMARY KEY (client_id, coach_id)
);

-- The coach lets a client have one more intro (C3): the row goes when it is booked.
CREATE TABLE intro_grant (
    client_id BIGINT NOT NULL REFERENCES person (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, coach_id)
);

CREATE TABLE move_request (
    id BIGINT PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES session (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL CHECK (to_at % 300000 = 0),
    asked_by BIGINT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided TEXT CHECK (decided IN ('approved', 'rejected', 'withdrawn', 'expired', 'superseded')),
    decided_by BIGINT REFERENCES person (id),
    decided_at BIGINT,
    -- The event of asking; the client's reason stands there.
    event_id BIGINT NOT NULL REFERENCES event (id),
    -- When the coach is to be reminded of it next (R6).
    remind_at BIGINT,
    CHECK (from_at <> to_at),
    CHECK ((decided IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX move_request_open ON move_request (session_id) WHERE decided IS NULL;
CREATE INDEX move_request_by_session ON move_request (session_id, from_at);
CREATE INDEX move_request_asked ON move_request (asked_by) WHERE decided IS NULL;
CREATE INDEX move_request_remind ON move_request (remind_at, id) WHERE remind_at IS NOT NULL;
CREATE INDEX move_request_due ON move_request (expires_at) WHERE decided IS NULL;

-- What its people were reminded of: each start and kind once (M1). The event is what the mails tell of.
CREATE TABLE reminder (
    session_id BIGINT NOT NULL REFERENCES session (id),
    starts_at BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('day', 'hour')),
    event_id BIGINT NOT NULL REFERENCES event (id),
    PRIMARY KEY (session_id, starts_at, kind)
);

-- What is owed and paid (F3): lines are only added, none holds free text.
CREATE TABLE ledger (
    id BIGINT PRIMARY KEY,
    attendance_id BIGINT NOT NULL REFERENCES attendance (id),
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'waiver', 'credit', 'payment', 'refund')),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_id BIGINT REFERENCES person (id),
    event_id BIGINT NOT NULL REFERENCES event (id),
    -- A receipt or invoice number.
    reference TEXT
);
CREATE INDEX ledger_by_attendance ON ledger (attendance_id, id);
CREATE INDEX ledger_by_time ON ledger (at, id);
