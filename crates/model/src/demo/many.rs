//! Many: companies, cohorts, people and as many program sessions as are wanted, so that boards, lists and mails can be
//! looked at and measured at the size of a large organisation.
//!
//! Drawn from one seed, cohort by cohort, each in a transaction of its own. The shares are fixed: of the sessions that
//! could have been, 8 % were missed, half by a no-show and half by a late cancellation, 2 % were not marked and 6 % never
//! booked; 3 % of all are greyed out. Of the people 5 % have been put away, 1 % are tests, and 5 % follow a second pathway.
//! Every fourth step is met in pods; of those who have a time soon, 5 % have asked for another.
//! It tells no history beyond that: the audit log knows of the requests alone.

use jiff::SignedDuration;
use rules::ids::{
    AttendanceId, CoachingId, CohortId, CompanyId, EventId, HoursId, JourneyId, LeadId, MoveRequestId,
    ParticipantId, PathwayId, PersonId, PodId, ProjectId, SessionId, StepId,
};
use rules::permission::Role;
use rules::person::fold;
use rules::session::SessionKind;
use rules::terms::Bands;
use rules::time::{Instant, Quantum, Zone, zone_data_version};
use serde_json::json;

use super::chance::Chance;
use super::{DAY, HOUR, SEED, zone};
use crate::session::kind as session_kind;
use crate::session::life::Ahead;
use crate::{Db, Result, Tx, Value, args};

/// As many sessions as can be asked for.
pub const SESSIONS_MAX: u64 = 10_000_000;

/// How many people the cohorts have, in turn.
const SIZES: [usize; 8] = [24, 48, 96, 48, 24, 240, 48, 1_000];
/// So many weeks ago they began, in turn; the last has not begun.
const WEEKS_IN: [i32; 7] = [6, 11, 3, 20, 8, 15, -2];
/// People of one coach: as many as there are hours from Monday to Friday, from 8 to 16.
const OF_ONE_COACH: usize = 40;
const HOURS_A_DAY: usize = 8;
/// Members of one pod.
const IN_ONE_POD: usize = 8;
/// Cohorts of one company.
const OF_ONE_COMPANY: usize = 8;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What everybody follows: a step every two weeks, every fourth of them in pods.
const STEPS: [&str; 8] = [
    "Where you stand",
    "What you want",
    "Asking for help",
    "Peer circle",
    "Saying no",
    "Giving room",
    "Looking back",
    "Closing circle",
];
/// What some follow after it.
const MORE_STEPS: [&str; 3] = ["Three months on", "What has stayed", "What comes next"];
const ZONES: [&str; 5] =
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo"];
const FIRST: [&str; 24] = [
    "Amara", "Bela", "Chioma", "Dario", "Edda", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kaya", "Lorenz",
    "Mina", "Nuno", "Olga", "Pilar", "Quentin", "Rosa", "Sven", "Tala", "Ulla", "Vikram", "Wanda", "Yusuf",
];
const LAST: [&str; 20] = [
    "Abara",
    "Brandt",
    "Castell",
    "Dvorak",
    "Eriksen",
    "Fontane",
    "Gallo",
    "Hakimi",
    "Ivarsson",
    "Juhasz",
    "Kimura",
    "Lindqvist",
    "Moreau",
    "Nakata",
    "Okoye",
    "Petrov",
    "Rossi",
    "Silva",
    "Tamm",
    "Vega",
];
const COMPANIES: [&str; 6] = ["Aldermoor", "Brisk & Lowe", "Corvane", "Dellwood", "Estuary", "Farrow"];
const TRADES: [&str; 5] = ["Energy", "Freight", "Foods", "Health", "Mills"];

/// Adds cohorts until there are at least `sessions` of them; says after each how many there are.
///
/// # Errors
/// Only those of the store.
pub async fn grow(db: &Db, sessions: u64, mut told: impl FnMut(u64)) -> Result<u64> {
    let templates = db.write(templates).await?;
    let (mut made, mut company) = (0, None);
    for n in 0.. {
        if made >= sessions.min(SESSIONS_MAX) {
            break;
        }
        if n % OF_ONE_COMPANY == 0 {
            company = Some(db.write(move |tx| a_company(tx, n / OF_ONE_COMPANY)).await?);
        }
        let (templates, (company, project)) =
            (templates.clone(), company.expect("the first cohort makes one"));
        made += db.write(move |tx| Cohort::draw(tx, &templates, company, project, n)?.write(tx)).await?;
        told(made);
    }
    Ok(made)
}

/// A pathway and its steps.
#[derive(Clone)]
struct Template {
    pathway: PathwayId,
    steps: Vec<StepId>,
    /// How many weeks after the cohort it begins.
    after: i32,
}

#[derive(Clone)]
struct Templates([Template; 2]);

fn is_pod(no: usize) -> bool {
    no % 4 == 3
}

fn minutes(no: usize) -> i64 {
    if is_pod(no) { 90 } else { 45 }
}

fn templates(tx: &mut Tx) -> Result<Templates> {
    let main = template(tx, "Leading at every level", &STEPS, 0)?;
    let more = template(tx, "Half a year later", &MORE_STEPS, 2 * STEPS.len() as i32)?;
    Ok(Templates([main, more]))
}

fn length(no: usize) -> SignedDuration {
    SignedDuration::from_mins(minutes(no))
}

fn template(tx: &mut Tx, name: &str, names: &[&str], after: i32) -> Result<Template> {
    let (pathway, made_at): (PathwayId, _) = (tx.new_id(), tx.now() - 200 * DAY);
    let sql = "INSERT INTO pathway (id, name, ordered, made_at) VALUES ($1, $2, $3, $4)";
    tx.exec(sql, args![pathway, name, false, made_at])?;
    let mut steps = Vec::with_capacity(names.len());
    let mut all = Vec::with_capacity(names.len());
    for (no, name) in names.iter().enumerate() {
        let step: StepId = tx.new_id();
        let kind = if is_pod(no) { SessionKind::Pod } else { SessionKind::OneToOne };
        let from_week = 2 * no as i64 + 1;
        all.push([
            step.into(),
            pathway.into(),
            (no as i64 + 1).into(),
            (*name).into(),
            kind.code().into(),
            minutes(no).into(),
            from_week.into(),
            (from_week + 1).into(),
            90_i64.into(),
            "room".into(),
            "".into(),
        ]);
        steps.push(step);
    }
    tx.insert_many(
        "INSERT INTO step (id, pathway_id, no, name, kind, minutes, from_week, to_week, window_days, place, place_detail)",
        all,
        "",
    )?;
    Ok(Template { pathway, steps, after })
}

/// A company with one project and somebody who leads it.
fn a_company(tx: &mut Tx, n: usize) -> Result<(CompanyId, ProjectId)> {
    let made_at = tx.now() - 190 * DAY;
    let (company, project, lead, leading): (CompanyId, ProjectId, PersonId, LeadId) =
        (tx.new_id(), tx.new_id(), tx.new_id(), tx.new_id());
    let name = format!("{} {} {}", COMPANIES[n % COMPANIES.len()], TRADES[n % TRADES.len()], n + 1);
    tx.exec(
        "INSERT INTO company (id, name, folded_name, made_at) VALUES ($1, $2, $3, $4)",
        args![company, &name, fold(&name), made_at],
    )?;
    tx.exec(
        "INSERT INTO project (id, company_id, name, disclosure, made_at) VALUES ($1, $2, 'Leaders', 'counts', $3)",
        args![project, company, made_at],
    )?;
    let mut people = People::default();
    people.add(
        lead,
        &format!("Lead {}", n + 1),
        &format!("lead-{}", n + 1),
        "Europe/Berlin",
        Role::ProgramLead,
        made_at,
    );
    people.write(tx)?;
    tx.exec(
        "INSERT INTO lead (id, person_id, company_id, since_at) VALUES ($1, $2, $3, $4)",
        args![leading, lead, company, made_at],
    )?;
    Ok((company, project))
}

rows! {
    People
    people 10 "person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style, created_at)"
    roles 3 "person_role (person_id, role, granted_at)"
    coaches 9 "coach (person_id, slug, headline, about, credentials, listed, folded_text, availability_version, joined_at)"
    hours 5 "hours (id, coach_id, weekday, from_minute, to_minute)"
}

impl People {
    fn add(&mut self, id: PersonId, name: &str, mailbox: &str, zone: &str, role: Role, at: Instant) {
        let mail = format!("{mailbox}@many.example");
        self.people.push([
            id.into(),
            name.into(),
            fold(name).into(),
            (&mail).into(),
            (&mail).into(),
            zone.into(),
            true.into(),
            "en".into(),
            "h24".into(),
            at.into(),
        ]);
        self.roles.push([id.into(), role.code().into(), at.into()]);
    }
}

rows! {
    Rows
    coachings 4 "coaching (id, client_id, coach_id, from_at)"
    participants 11 "participant (id, person_id, cohort_id, company_id, coach_id, external_id, tags, test, joined_at, archived_at, archived_as)"
    journeys 4 "journey (id, participant_id, pathway_id, starts_at)"
    pods 9 "pod (id, cohort_id, step_id, name, facilitator_id, joining, min_members, max_members, made_at)"
    pod_members 3 "pod_member (pod_id, participant_id, joined_at)"
    sessions 17 "session (id, kind, minutes, place, place_detail, starts_at, wall_time, zone, zone_data, uid, sequence, pod_id, booked_at, set_at, remind_at, recorded, made_at)"
    session_coaches 3 "session_coach (session_id, coach_id, marking)"
    coach_time 3 "coach_time (coach_id, quantum, session_id)"
    attendances 18 "attendance (id, session_id, client_id, journey_id, step_id, counts, outcome, outcome_by, outcome_at, first_marked_at, told, left_at, left_notice, greyed_out_at, greyed_out_by, late_hours, free_hours, made_at)"
    events 8 "event (id, at, kind, subject_kind, subject_id, by_id, via, facts)"
    requests 8 "move_request (id, session_id, from_at, to_at, asked_by, asked_at, expires_at, event_id)"
}

/// What became of somebody's part in a session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unbooked,
    Booked,
    Completed,
    NoShow,
    LateCancellation,
    GreyedOut,
}

/// One of the people who are drawn.
#[derive(Clone, Copy)]
struct Drawn {
    person: PersonId,
    participant: ParticipantId,
    coach: PersonId,
    /// Which of their coach's people they are: it gives them an hour of the week.
    turn: usize,
    is_archived: bool,
}

struct Cohort {
    now: Instant,
    admin: PersonId,
    id: CohortId,
    starts_at: Instant,
    chance: Chance,
    zone: Zone,
    people: People,
    rows: Rows,
}

impl Cohort {
    fn draw(
        tx: &mut Tx,
        templates: &Templates,
        company: CompanyId,
        project: ProjectId,
        n: usize,
    ) -> Result<Cohort> {
        let now = tx.now();
        let admin =
            tx.one("SELECT MIN(person_id) FROM person_role WHERE role = 'admin'", args![], |row| row.get(0))?;
        let Templates([main, more]) = templates;
        let id: CohortId = tx.new_id();
        let starts_at = monday(now) - WEEKS_IN[n % WEEKS_IN.len()] * WEEK;
        let made_at = starts_at.min(now) - 14 * DAY;
        tx.exec(
            "INSERT INTO cohort (id, project_id, pathway_id, name, starts_at, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, project, main.pathway, format!("Group {}", n + 1), starts_at, made_at],
        )?;
        let mut cohort = Cohort {
            now,
            admin,
            id,
            starts_at,
            chance: Chance::from_seed(SEED.rotate_left(23) ^ n as u64),
            zone: zone(ZONES[n % ZONES.len()]),
            people: People::default(),
            rows: Rows::default(),
        };
        let members = cohort.members(tx, company, n, made_at);
        for template in [main, more] {
            let follows: Vec<Drawn> = match template.after {
                0 => members.clone(),
                _ => members.iter().copied().filter(|_| cohort.one_in(20)).collect(),
            };
            cohort.follow(tx, template, &follows);
        }
        Ok(cohort)
    }

    fn write(self, tx: &mut Tx) -> Result<u64> {
        let made = self.rows.sessions.len() as u64;
        self.people.write(tx)?;
        self.rows.write(tx)?;
        Ok(made)
    }

    fn one_in(&mut self, many: i64) -> bool {
        self.chance.between(1, many) == 1
    }

    fn members(&mut self, tx: &mut Tx, company: CompanyId, n: usize, made_at: Instant) -> Vec<Drawn> {
        let size = SIZES[n % SIZES.len()];
        let mut members = Vec::with_capacity(size);
        let mut coach = self.admin;
        for no in 0..size {
            if no % OF_ONE_COACH == 0 {
                coach = self.coach(tx, &format!("{}-{}", n + 1, no / OF_ONE_COACH + 1), made_at);
            }
            let (person, participant, coaching): (PersonId, ParticipantId, CoachingId) =
                (tx.new_id(), tx.new_id(), tx.new_id());
            let name = format!("{} {}", self.one_of(&FIRST), self.one_of(&LAST));
            let zone = ZONES[(n + no) % ZONES.len()];
            self.people.add(person, &name, &format!("p{}-{}", n + 1, no + 1), zone, Role::Client, made_at);
            let (is_archived, is_test) = (self.one_in(20), self.one_in(100));
            let archived_at = is_archived.then(|| self.now - 5 * DAY);
            self.rows.coachings.push([coaching.into(), person.into(), coach.into(), made_at.into()]);
            self.rows.participants.push([
                participant.into(),
                person.into(),
                self.id.into(),
                company.into(),
                coach.into(),
                format!("{}-{}", n + 1, no + 1).into(),
                "".into(),
                is_test.into(),
                made_at.into(),
                archived_at.into(),
                is_archived.then_some("not_finished").into(),
            ]);
            members.push(Drawn { person, participant, coach, turn: no % OF_ONE_COACH, is_archived });
        }
        members
    }

    fn coach(&mut self, tx: &mut Tx, no: &str, at: Instant) -> PersonId {
        let id: PersonId = tx.new_id();
        let name = format!("{} {}", self.one_of(&FIRST), self.one_of(&LAST));
        self.people.add(id, &name, &format!("coach-{no}"), self.zone.as_str(), Role::Coach, at);
        let slug = format!("coach-{no}");
        self.people.coaches.push([
            id.into(),
            slug.into(),
            "".into(),
            "".into(),
            "".into(),
            false.into(),
            fold(&name).into(),
            0_i64.into(),
            at.into(),
        ]);
        for weekday in 1..=5_i64 {
            let hours: HoursId = tx.new_id();
            self.people.hours.push([
                hours.into(),
                id.into(),
                weekday.into(),
                480_i64.into(),
                1_080_i64.into(),
            ]);
        }
        id
    }

    fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        names[self.chance.between(0, names.len() as i64 - 1) as usize]
    }

    /// Everybody's journey along a pathway.
    fn follow(&mut self, tx: &mut Tx, template: &Template, members: &[Drawn]) {
        let starts_at = self.starts_at + template.after * WEEK;
        let journeys: Vec<JourneyId> = members.iter().map(|_| tx.new_id()).collect();
        for (member, journey) in members.iter().zip(&journeys) {
            self.rows.journeys.push([
                (*journey).into(),
                member.participant.into(),
                template.pathway.into(),
                starts_at.into(),
            ]);
        }
        for (no, step) in template.steps.iter().enumerate() {
            let week = starts_at + 2 * no as i32 * WEEK;
            if is_pod(no) {
                for (members, journeys) in members.chunks(IN_ONE_POD).zip(journeys.chunks(IN_ONE_POD)) {
                    self.pod(tx, *step, no, week, members, journeys);
                }
                continue;
            }
            for (member, journey) in members.iter().zip(&journeys) {
                let start = hour_of(week, member.turn);
                let fate = self.fate(start, start + length(no), member.is_archived);
                let time = has_time(fate).then_some(start);
                let session = self.session(tx, no, member.coach, None, time);
                self.place(tx, session, member, (*journey, *step), fate, time);
                if let Some(start) = time {
                    self.perhaps_ask(tx, session, member, start);
                }
            }
        }
    }

    fn pod(
        &mut self,
        tx: &mut Tx,
        step: StepId,
        no: usize,
        week: Instant,
        members: &[Drawn],
        journeys: &[JourneyId],
    ) {
        let id: PodId = tx.new_id();
        let (first, made_at) = (members[0], self.starts_at.min(self.now) - 7 * DAY);
        let start = hour_of(week, first.turn);
        let time = matches!(self.fate(start, start + length(no), false), Fate::Completed | Fate::Booked)
            .then_some(start);
        self.rows.pods.push([
            id.into(),
            self.id.into(),
            step.into(),
            format!("Circle {}", self.rows.pods.len() + 1).into(),
            first.coach.into(),
            "closed".into(),
            3_i64.into(),
            (IN_ONE_POD as i64).into(),
            made_at.into(),
        ]);
        let session = self.session(tx, no, first.coach, Some(id), time);
        for (member, journey) in members.iter().zip(journeys) {
            self.rows.pod_members.push([id.into(), member.participant.into(), made_at.into()]);
            let fate = match (time, self.fate(start, start + length(no), member.is_archived)) {
                (_, Fate::GreyedOut) => Fate::GreyedOut,
                (None, _) => Fate::Unbooked,
                (Some(_), Fate::Unbooked) => Fate::Booked,
                (Some(_), fate) => fate,
            };
            self.place(tx, session, member, (*journey, step), fate, time);
        }
    }

    /// What becomes of a step that would be met at this time.
    fn fate(&mut self, start: Instant, end: Instant, is_archived: bool) -> Fate {
        let drawn = self.chance.between(0, 99);
        match drawn {
            0..3 => Fate::GreyedOut,
            3..7 if end <= self.now => Fate::NoShow,
            7..11 if end <= self.now => Fate::LateCancellation,
            11..13 if end <= self.now => Fate::Booked,
            13..19 if end <= self.now => Fate::Unbooked,
            _ if end <= self.now => Fate::Completed,
            3..60 if start > self.now && start < self.now + 28 * DAY && !is_archived => Fate::Booked,
            _ => Fate::Unbooked,
        }
    }

    fn session(
        &mut self,
        tx: &mut Tx,
        no: usize,
        coach: PersonId,
        pod: Option<PodId>,
        start: Option<Instant>,
    ) -> SessionId {
        let id: SessionId = tx.new_id();
        let end = start.map(|start| start + length(no));
        let booked_at = start.map(|start| (start - 9 * DAY).min(self.now - 2 * HOUR));
        let ahead = start.zip(end).zip(booked_at).filter(|((_, end), _)| *end > self.now);
        let ahead = ahead.map(|((start, end), booked_at)| Ahead::of(start, booked_at, end, self.now));
        let kind = if pod.is_some() { SessionKind::Pod } else { SessionKind::OneToOne };
        self.rows.sessions.push([
            id.into(),
            kind.code().into(),
            minutes(no).into(),
            "room".into(),
            "".into(),
            start.into(),
            start.map(|start| start.to_zoned(self.zone.tz()).datetime().to_string()).into(),
            start.map(|_| &self.zone).into(),
            start.map(|_| zone_data_version()).into(),
            format!("{:032x}", self.chance.wide()).into(),
            0_i64.into(),
            pod.into(),
            booked_at.into(),
            booked_at.into(),
            ahead.as_ref().and_then(|ahead| ahead.remind_at).into(),
            false.into(),
            (self.starts_at.min(self.now) - 7 * DAY).into(),
        ]);
        self.rows.session_coaches.push([id.into(), coach.into(), true.into()]);
        if let Some((start, end)) = start.zip(end).filter(|(_, end)| *end > self.now) {
            self.take(coach, start, end, id);
        }
        id
    }

    fn take(&mut self, coach: PersonId, start: Instant, end: Instant, session: SessionId) {
        let quanta = Quantum::covering(start, end);
        self.rows.coach_time.extend(quanta.map(|quantum| [coach.into(), quantum.into(), session.into()]));
    }

    fn place(
        &mut self,
        tx: &mut Tx,
        session: SessionId,
        member: &Drawn,
        (journey, step): (JourneyId, StepId),
        fate: Fate,
        time: Option<Instant>,
    ) {
        let id: AttendanceId = tx.new_id();
        let outcome = match fate {
            Fate::Completed => Some(("completed", member.coach, time.map(|start| start + 2 * HOUR))),
            Fate::NoShow => Some(("no_show", member.coach, time.map(|start| start + HOUR))),
            Fate::LateCancellation => {
                Some(("late_cancellation", member.person, time.map(|start| start - 3 * HOUR)))
            }
            Fate::Unbooked | Fate::Booked | Fate::GreyedOut => None,
        };
        let outcome_at = outcome.and_then(|(.., at)| at).map(|at| at.min(self.now));
        let left = outcome_at.filter(|_| fate == Fate::LateCancellation);
        let notice = left.zip(time).map(|(left, start)| start.since(left).as_millis() as i64);
        let greyed_out = (fate == Fate::GreyedOut).then_some((self.now - 9 * DAY, self.admin));
        let bands = time.map(|_| Bands::DEFAULT);
        self.rows.attendances.push([
            id.into(),
            session.into(),
            member.person.into(),
            journey.into(),
            step.into(),
            true.into(),
            outcome.map(|(code, ..)| code).into(),
            outcome.map(|(_, by, _)| by).into(),
            outcome_at.into(),
            outcome_at.filter(|_| left.is_none()).into(),
            outcome.map(|(code, ..)| code).into(),
            left.into(),
            notice.into(),
            greyed_out.map(|(at, _)| at).into(),
            greyed_out.map(|(_, by)| by).into(),
            bands.map(Bands::late_hours).into(),
            bands.map(Bands::free_hours).into(),
            (self.starts_at.min(self.now) - 7 * DAY).into(),
        ]);
    }

    /// Of those whose time is neither too near nor far away one in twenty has asked for the same day's evening.
    fn perhaps_ask(&mut self, tx: &mut Tx, session: SessionId, member: &Drawn, start: Instant) {
        if start < self.now + 3 * DAY || start > self.now + 10 * DAY || !self.one_in(20) {
            return;
        }
        let (event, request): (EventId, MoveRequestId) = (tx.new_id(), tx.new_id());
        let (asked_at, to) = (self.now - 3 * HOUR, start + HOURS_A_DAY as i32 * HOUR);
        let expires_at = asked_at + 48 * HOUR;
        let facts = json!({ "start": start.to_string(), "asked": to.to_string(), "expires_at": expires_at.to_string() });
        self.rows.events.push([
            event.into(),
            asked_at.into(),
            session_kind::MOVE_ASKED.0.into(),
            SessionId::PREFIX.into(),
            session.raw().into(),
            member.person.into(),
            "page".into(),
            facts.to_string().into(),
        ]);
        self.rows.requests.push([
            request.into(),
            session.into(),
            start.into(),
            to.into(),
            member.person.into(),
            asked_at.into(),
            expires_at.into(),
            event.into(),
        ]);
        self.take(member.coach, to, to + length(0), session);
    }
}

/// Monday, 0 o'clock UTC, of the week of a moment.
fn monday(now: Instant) -> Instant {
    let weekday = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).weekday().to_monday_zero_offset();
    let day = Instant::from_millis(now.millis().div_euclid(DAY.as_millis() as i64) * DAY.as_millis() as i64);
    day - i32::from(weekday) * DAY
}

/// The hour that one of a coach's people has in a week: nobody else of theirs has it.
fn hour_of(week: Instant, turn: usize) -> Instant {
    week + (turn / HOURS_A_DAY) as i32 * DAY + (8 + turn % HOURS_A_DAY) as i32 * HOUR
}

fn has_time(fate: Fate) -> bool {
    !matches!(fate, Fate::Unbooked | Fate::GreyedOut)
}
