-- A coach's practice: profile, offerings, hours, busy time, and who is whose client.
CREATE TABLE coach (
    person_id BIGINT PRIMARY KEY REFERENCES person (id),
    slug TEXT NOT NULL UNIQUE,
    headline TEXT NOT NULL,
    about TEXT NOT NULL,
    credentials TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    -- Name and profile in one text, folded in Rust: what the directory searches.
    folded_text TEXT NOT NULL,
    -- Raised by every change of the coach's own that slots depend on.
    availability_version BIGINT NOT NULL,
    joined_at BIGINT NOT NULL
);
CREATE INDEX coach_listed ON coach (slug) WHERE listed;

-- An address that a coach's page had before still leads to it, and is nobody else's.
CREATE TABLE former_slug (
    slug TEXT NOT NULL PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id)
);
CREATE INDEX former_slug_by_coach ON former_slug (coach_id);

-- What a coach speaks, as tags of BCP 47, and what they work on, in the order in which they say it.
CREATE TABLE coach_language (
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    place BIGINT NOT NULL,
    language TEXT NOT NULL,
    PRIMARY KEY (coach_id, place),
    UNIQUE (language, coach_id)
);
CREATE TABLE coach_speciality (
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    PRIMARY KEY (coach_id, place),
    UNIQUE (folded_name, coach_id)
);

-- Terms copied to each booking (F3): share kept, in percent, at notice >= free, between, below late.
CREATE TABLE terms (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    keep_early BIGINT NOT NULL CHECK (keep_early BETWEEN 0 AND 100),
    keep_between BIGINT NOT NULL CHECK (keep_between BETWEEN 0 AND 100),
    keep_late BIGINT NOT NULL CHECK (keep_late BETWEEN 0 AND 100),
    made_at BIGINT NOT NULL
);

-- Who sells: the organisation (coach_id null) or a coach (F6).
CREATE TABLE seller (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT UNIQUE REFERENCES coach (person_id),
    name TEXT NOT NULL,
    tax_id TEXT,
    next_invoice BIGINT NOT NULL CHECK (next_invoice >= 1),
    -- Receipts for what was paid by hand count by themselves, without gaps.
    next_receipt BIGINT NOT NULL DEFAULT 1 CHECK (next_receipt >= 1)
);

CREATE TABLE offering (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    kind TEXT NOT NULL CHECK (kind IN ('intro', 'one_to_one')),
    name TEXT NOT NULL,
    -- One line below the name.
    about TEXT NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 480 AND minutes % 5 = 0),
    price BIGINT NOT NULL CHECK (price >= 0),
    currency TEXT NOT NULL,
    buffer_before_minutes BIGINT NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 240 AND buffer_before_minutes % 5 = 0),
    buffer_after_minutes BIGINT NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 240 AND buffer_after_minutes % 5 = 0),
    notice_minutes BIGINT NOT NULL CHECK (notice_minutes >= 0),
    window_days BIGINT NOT NULL CHECK (window_days BETWEEN 1 AND 730),
    daily_cap BIGINT CHECK (daily_cap >= 1),
    grid_minutes BIGINT NOT NULL CHECK (grid_minutes BETWEEN 5 AND 60 AND grid_minutes % 5 = 0),
    place TEXT NOT NULL CHECK (place IN ('room', 'phone', 'address', 'link')),
    place_detail TEXT NOT NULL,
    terms_id BIGINT NOT NULL REFERENCES terms (id),
    seller_id BIGINT NOT NULL REFERENCES seller (id),
    -- Whether it can be booked. One that is retired can never be again; bookings still refer to it.
    active BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    retired_at BIGINT,
    CHECK (kind <> 'intro' OR price = 0),
    CHECK (retired_at IS NULL OR NOT active)
);
CREATE INDEX offering_by_coach ON offering (coach_id, id);

-- What a coach asks before a session (B1). The answers stand with the attendance, each beside the question as it was.
CREATE TABLE question (
    offering_id BIGINT NOT NULL REFERENCES offering (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    text TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    PRIMARY KEY (offering_id, no)
);

-- Weekly hours on the wall clock of the coach's zone (T1): weekday 1 is Monday, minutes from local midnight.
CREATE TABLE hours (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    offering_id BIGINT REFERENCES offering (id),
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_minute BIGINT NOT NULL CHECK (from_minute BETWEEN 0 AND 1435 AND from_minute % 5 = 0),
    to_minute BIGINT NOT NULL CHECK (to_minute BETWEEN 5 AND 1440 AND to_minute % 5 = 0),
    CHECK (from_minute < to_minute)
);
CREATE INDEX hours_by_coach ON hours (coach_id, weekday, from_minute);

-- A date whose hours differ (from and to given, several rows a date) or that is off (both null).
CREATE TABLE day_override (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    offering_id BIGINT REFERENCES offering (id),
    date TEXT NOT NULL,
    from_minute BIGINT CHECK (from_minute BETWEEN 0 AND 1435 AND from_minute % 5 = 0),
    to_minute BIGINT CHECK (to_minute BETWEEN 5 AND 1440 AND to_minute % 5 = 0),
    CHECK ((from_minute IS NULL) = (to_minute IS NULL)),
    CHECK (from_minute IS NULL OR from_minute < to_minute)
);
CREATE INDEX day_override_by_coach ON day_override (coach_id, date);

-- Busy time that is not a session: read from an outside calendar, or entered by hand as time off.
CREATE TABLE busy (
    id BIGINT PRIMARY KEY,
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    source TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    -- Time off has a name that only the coach reads. Whole days stay the same days when the coach's zone changes.
    name TEXT,
    first_date TEXT,
    last_date TEXT,
    CHECK (starts_at < ends_at),
    CHECK ((source = 'time_off') = (name IS NOT NULL)),
    CHECK ((first_date IS NULL) = (last_date IS NULL) AND (first_date IS NULL OR source = 'time_off'))
);
CREATE INDEX busy_by_coach ON busy (coach_id, ends_at);

-- Who is whose client, and when (G10).
CREATE TABLE coaching (
    id BIGINT PRIMARY KEY,
    client_id BIGINT NOT NULL REFERENCES person (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    CHECK (client_id <> coach_id),
    CHECK (to_at IS NULL OR from_at <= to_at)
);
CREATE UNIQUE INDEX coaching_live ON coaching (client_id, coach_id) WHERE to_at IS NULL;
CREATE INDEX coaching_by_coach ON coaching (coach_id, client_id);
