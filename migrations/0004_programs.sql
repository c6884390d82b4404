-- Programs: company > project > cohort > participant; pathways with steps; journeys; pods.
CREATE TABLE company (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL UNIQUE,
    made_at BIGINT NOT NULL,
    archived_at BIGINT
);

CREATE TABLE project (
    id BIGINT PRIMARY KEY,
    company_id BIGINT NOT NULL REFERENCES company (id),
    name TEXT NOT NULL,
    -- What the paying company sees (N5).
    disclosure TEXT NOT NULL CHECK (disclosure IN ('names', 'counts')),
    made_at BIGINT NOT NULL,
    archived_at BIGINT,
    UNIQUE (company_id, name)
);

-- A template; a journey is one participant's copy of it (G1).
CREATE TABLE pathway (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    ordered BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    archived_at BIGINT,
    -- What took its place while journeys ran on it that did not follow the change (G1): they keep this one as it was.
    replaced_by BIGINT REFERENCES pathway (id),
    replaced_at BIGINT,
    CHECK ((replaced_by IS NULL) = (replaced_at IS NULL))
);
CREATE UNIQUE INDEX pathway_by_name ON pathway (name) WHERE replaced_by IS NULL;
CREATE TABLE step (
    id BIGINT PRIMARY KEY,
    pathway_id BIGINT NOT NULL REFERENCES pathway (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('one_to_one', 'pod')),
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 480 AND minutes % 5 = 0),
    -- Suggested weeks, counted from the start of the journey; the first week is 1.
    from_week BIGINT CHECK (from_week >= 1),
    to_week BIGINT,
    window_days BIGINT NOT NULL CHECK (window_days BETWEEN 1 AND 730),
    place TEXT NOT NULL CHECK (place IN ('room', 'phone', 'address', 'link')),
    place_detail TEXT NOT NULL,
    -- Taken out of the template; journeys that have it booked, done or disabled keep it.
    removed_at BIGINT,
    UNIQUE (pathway_id, no),
    CHECK (to_week IS NULL OR (from_week IS NOT NULL AND from_week <= to_week))
);

CREATE TABLE cohort (
    id BIGINT PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES project (id),
    pathway_id BIGINT NOT NULL REFERENCES pathway (id),
    name TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    archived_at BIGINT,
    -- When its mail rules are to be looked at next, worked out anew by every look; null: none holds here.
    triggers_at BIGINT DEFAULT 0,
    UNIQUE (project_id, name)
);
CREATE INDEX cohort_by_triggers ON cohort (triggers_at, id) WHERE triggers_at IS NOT NULL;

CREATE TABLE participant (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    cohort_id BIGINT NOT NULL REFERENCES cohort (id),
    company_id BIGINT NOT NULL REFERENCES company (id),
    coach_id BIGINT REFERENCES coach (person_id),
    external_id TEXT,
    -- With commas between them.
    tags TEXT NOT NULL,
    -- Kept out of every report and real mail (G12).
    test BOOLEAN NOT NULL,
    joined_at BIGINT NOT NULL,
    -- When they were last asked to book what is open (G4, G9).
    reminded_at BIGINT,
    archived_at BIGINT,
    archived_as TEXT CHECK (archived_as IN ('completed', 'not_finished', 'not_started')),
    -- When they were last brought back: inactivity counts from there (G8).
    restored_at BIGINT,
    UNIQUE (person_id, cohort_id),
    CHECK ((archived_at IS NULL) = (archived_as IS NULL))
);
CREATE UNIQUE INDEX participant_by_external_id ON participant (company_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX participant_by_cohort ON participant (cohort_id, id);
CREATE INDEX participant_by_coach ON participant (coach_id, id);
CREATE TABLE participant_field (
    participant_id BIGINT NOT NULL REFERENCES participant (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (participant_id, name)
);

CREATE TABLE journey (
    id BIGINT PRIMARY KEY,
    participant_id BIGINT NOT NULL REFERENCES participant (id),
    pathway_id BIGINT NOT NULL REFERENCES pathway (id),
    starts_at BIGINT NOT NULL,
    completed_at BIGINT,
    completed_by BIGINT REFERENCES person (id),
    UNIQUE (participant_id, pathway_id)
);
CREATE INDEX journey_by_pathway ON journey (pathway_id);

-- Who leads what: exactly one of the three is named.
CREATE TABLE lead (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    company_id BIGINT REFERENCES company (id),
    project_id BIGINT REFERENCES project (id),
    cohort_id BIGINT REFERENCES cohort (id),
    since_at BIGINT NOT NULL,
    CHECK ((CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN cohort_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE INDEX lead_by_person ON lead (person_id);
CREATE UNIQUE INDEX lead_of_company ON lead (company_id, person_id) WHERE company_id IS NOT NULL;
CREATE UNIQUE INDEX lead_of_project ON lead (project_id, person_id) WHERE project_id IS NOT NULL;
CREATE UNIQUE INDEX lead_of_cohort ON lead (cohort_id, person_id) WHERE cohort_id IS NOT NULL;
CREATE TABLE sponsor (
    person_id BIGINT NOT NULL REFERENCES person (id),
    company_id BIGINT NOT NULL REFERENCES company (id),
    since_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, company_id)
);
CREATE INDEX sponsor_by_company ON sponsor (company_id);

-- Files of people on their way in (G2); what one said is forgotten when it is over.
CREATE TABLE import (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES person (id),
    -- What the file was called where it came from; empty for rows that were typed.
    name TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('checking', 'checked', 'committing', 'done', 'cancelled')),
    -- Brought in without being asked for once more, if no line is wrong.
    at_once BOOLEAN NOT NULL,
    lines BIGINT NOT NULL,
    checked BIGINT NOT NULL,
    -- Counts, lines to show and problems, as JSON.
    report TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX import_by_person ON import (person_id, made_at);
CREATE INDEX import_waiting ON import (made_at) WHERE stage IN ('checking', 'committing');

-- Coaches that participants can choose from (G6), and how many of that place each takes at most. The nearest pool holds.
CREATE TABLE pool_coach (
    id BIGINT PRIMARY KEY,
    -- Where it holds: exactly one of the three is named.
    company_id BIGINT REFERENCES company (id),
    project_id BIGINT REFERENCES project (id),
    cohort_id BIGINT REFERENCES cohort (id),
    coach_id BIGINT NOT NULL REFERENCES coach (person_id),
    places BIGINT CHECK (places BETWEEN 1 AND 500),
    since_at BIGINT NOT NULL,
    CHECK ((CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN cohort_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE UNIQUE INDEX pool_of_company ON pool_coach (company_id, coach_id) WHERE company_id IS NOT NULL;
CREATE UNIQUE INDEX pool_of_project ON pool_coach (project_id, coach_id) WHERE project_id IS NOT NULL;
CREATE UNIQUE INDEX pool_of_cohort ON pool_coach (cohort_id, coach_id) WHERE cohort_id IS NOT NULL;

CREATE TABLE pod (
    id BIGINT PRIMARY KEY,
    cohort_id BIGINT NOT NULL REFERENCES cohort (id),
    step_id BIGINT NOT NULL REFERENCES step (id),
    name TEXT NOT NULL,
    facilitator_id BIGINT NOT NULL REFERENCES coach (person_id),
    -- Closed: members are named; open: participants choose a dated pod (G5).
    joining TEXT NOT NULL CHECK (joining IN ('closed', 'open')),
    min_members BIGINT NOT NULL CHECK (min_members >= 1),
    max_members BIGINT NOT NULL CHECK (max_members BETWEEN min_members AND 15),
    made_at BIGINT NOT NULL,
    UNIQUE (cohort_id, step_id, name)
);
CREATE INDEX pod_by_step ON pod (step_id);
CREATE TABLE pod_member (
    pod_id BIGINT NOT NULL REFERENCES pod (id),
    participant_id BIGINT NOT NULL REFERENCES participant (id),
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (pod_id, participant_id)
);
CREATE INDEX pod_member_by_participant ON pod_member (participant_id, pod_id);

-- Mail triggers (M5): a rule on a status, its versions with one text per language, and what was sent because of it.
CREATE TABLE trigger_rule (
    id BIGINT PRIMARY KEY,
    -- Where it holds: exactly one of the three is named.
    company_id BIGINT REFERENCES company (id),
    project_id BIGINT REFERENCES project (id),
    cohort_id BIGINT REFERENCES cohort (id),
    condition TEXT NOT NULL CHECK (condition IN ('unbooked', 'missed', 'next_not_booked', 'nearly_over', 'unmarked')),
    recipient TEXT NOT NULL CHECK (recipient IN ('participant', 'coach')),
    -- The version in force; its timing stands here once more.
    version BIGINT NOT NULL CHECK (version >= 1),
    wait_hours BIGINT NOT NULL CHECK (wait_hours >= 1),
    times BIGINT NOT NULL CHECK (times >= 1),
    again_hours BIGINT NOT NULL CHECK (again_hours >= 1),
    -- What was so before counts from then: it was made, or its timing was changed.
    since_at BIGINT NOT NULL,
    -- Moments before this are passed over: it was made, or its pause ended.
    live_at BIGINT NOT NULL,
    paused_at BIGINT,
    paused_by BIGINT REFERENCES person (id),
    made_at BIGINT NOT NULL,
    removed_at BIGINT,
    CHECK ((CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN project_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN cohort_id IS NULL THEN 0 ELSE 1 END) = 1)
);
CREATE UNIQUE INDEX trigger_of_company ON trigger_rule (company_id, condition, recipient)
    WHERE company_id IS NOT NULL AND removed_at IS NULL;
CREATE UNIQUE INDEX trigger_of_project ON trigger_rule (project_id, condition, recipient)
    WHERE project_id IS NOT NULL AND removed_at IS NULL;
CREATE UNIQUE INDEX trigger_of_cohort ON trigger_rule (cohort_id, condition, recipient)
    WHERE cohort_id IS NOT NULL AND removed_at IS NULL;
-- What a rule said, and since when: never changed.
CREATE TABLE trigger_version (
    rule_id BIGINT NOT NULL REFERENCES trigger_rule (id),
    version BIGINT NOT NULL,
    wait_hours BIGINT NOT NULL,
    times BIGINT NOT NULL,
    again_hours BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    -- Null: the program itself.
    made_by BIGINT REFERENCES person (id),
    PRIMARY KEY (rule_id, version)
);
CREATE TABLE trigger_text (
    rule_id BIGINT NOT NULL REFERENCES trigger_rule (id),
    version BIGINT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (rule_id, version, language)
);
-- Each mail of a rule about one occasion to one person, once ever. What it is about, by number, and which time it was so.
CREATE TABLE trigger_sent (
    rule_id BIGINT NOT NULL REFERENCES trigger_rule (id),
    person_id BIGINT NOT NULL REFERENCES person (id),
    about_id BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    no BIGINT NOT NULL CHECK (no >= 1),
    -- The session that it led to; a row of it may be gone since, where a pod took its place.
    session_id BIGINT NOT NULL,
    event_id BIGINT NOT NULL REFERENCES event (id),
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (rule_id, person_id, about_id, turn, no)
);
CREATE INDEX trigger_sent_by_time ON trigger_sent (rule_id, sent_at);
CREATE INDEX trigger_sent_by_session ON trigger_sent (session_id, person_id, sent_at);
CREATE INDEX trigger_sent_by_event ON trigger_sent (event_id);

-- How a journey ends, beside `journey.completed_at` (G7): what a coach proposes, and the survey, which goes out once ever.
CREATE TABLE journey_end (
    journey_id BIGINT PRIMARY KEY REFERENCES journey (id),
    -- Its coach proposes that it be completed.
    proposed_at BIGINT,
    proposed_by BIGINT REFERENCES person (id),
    -- When the survey goes out, unless the journey is reopened before.
    survey_due_at BIGINT,
    -- When it went out: then it never does again.
    surveyed_at BIGINT,
    -- Of the link's token, made when the letter is written, so that it stands in the letter alone.
    link_hash TEXT UNIQUE,
    answered_at BIGINT,
    CHECK ((proposed_at IS NULL) = (proposed_by IS NULL)),
    CHECK (surveyed_at IS NULL OR survey_due_at IS NULL),
    CHECK (answered_at IS NULL OR surveyed_at IS NOT NULL)
);
CREATE INDEX journey_end_due ON journey_end (survey_due_at, journey_id) WHERE survey_due_at IS NOT NULL;
CREATE INDEX journey_end_proposed ON journey_end (proposed_at) WHERE proposed_at IS NOT NULL;
-- What is asked at the end of a pathway. One whose words change is another question: its answers stay with the old one.
CREATE TABLE survey_question (
    id BIGINT PRIMARY KEY,
    pathway_id BIGINT NOT NULL REFERENCES pathway (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('scale', 'choice', 'text')),
    -- One of the questions that every language has words for; then it has none of its own.
    standard TEXT CHECK (standard IN ('helped', 'coach', 'else')),
    text TEXT NOT NULL,
    -- A line each.
    choices TEXT NOT NULL,
    removed_at BIGINT,
    CHECK ((standard IS NULL) = (text <> ''))
);
CREATE INDEX survey_question_by_pathway ON survey_question (pathway_id, no);
CREATE TABLE survey_answer (
    journey_id BIGINT NOT NULL REFERENCES journey (id),
    question_id BIGINT NOT NULL REFERENCES survey_question (id),
    -- From 1 to 5, or the number of the choice from 0.
    number BIGINT,
    -- In their own words.
    text TEXT,
    PRIMARY KEY (journey_id, question_id),
    CHECK ((number IS NULL) <> (text IS NULL))
);

-- The weekly list of who has gone quiet (G8): how far it is made, in the order of the participants.
CREATE TABLE inactive_week (
    -- Its Monday, in the organisation's zone.
    week TEXT NOT NULL PRIMARY KEY,
    reached BIGINT NOT NULL,
    finished_at BIGINT
);
-- Who stood on a list, from which last activity on: they are told once for each.
CREATE TABLE inactive_listed (
    participant_id BIGINT NOT NULL REFERENCES participant (id),
    since_at BIGINT NOT NULL,
    week TEXT NOT NULL,
    PRIMARY KEY (participant_id, since_at)
);
CREATE INDEX inactive_listed_by_week ON inactive_listed (week, participant_id);
-- Whoever leads some of them is told once a week.
CREATE TABLE inactive_told (
    week TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (week, person_id)
);
