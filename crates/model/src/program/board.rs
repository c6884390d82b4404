//! A cohort's board: its participants, each with where they stand on every step (rule G4). A fixed number of queries,
//! joined here, however many people there are. Only reads; what a cell offers to do is [`crate::session::offers`]'s.

use std::collections::HashMap;

use rules::attendance::{Outcome, Status};
use rules::engagement::{Engagement, Shown, Sort, Standing, Step, Suggested, SuggestedWeeks};
use rules::ids::{
    AttendanceId, CohortId, CompanyId, JourneyId, ParticipantId, PathwayId, PersonId, ProjectId, SessionId,
    StepId,
};
use rules::inactivity::Ending;
use rules::pathway::{Order, waits_for};
use rules::permission::{Action, What};
use rules::person::fold;
use rules::pods::WithoutDate;
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::Instant;

use super::pod::AllPods;
use crate::db::build::Query;
use crate::event::Actor;
use crate::session::STATUS_SQL;
use crate::{Result, Row, Tx, args, organisation, reach};

/// The most participants that one board holds, the first by name.
pub const PEOPLE_MAX: usize = 2_000;
/// The most places in sessions that are read for one board.
const PLACES_MAX: usize = 100 * PEOPLE_MAX;

/// A cohort with all its participants.
#[derive(Clone, Debug)]
pub struct Board {
    /// Which cohort, and what it belongs to.
    pub cohort: Cohort,
    /// The steps, in order: those of the cohort's own pathway first.
    pub columns: Vec<Column>,
    /// Its participants, by name.
    pub members: Vec<Member>,
    /// Whether there are more than [`PEOPLE_MAX`], who are left out.
    pub is_cut: bool,
}

/// A cohort, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Its id.
    pub id: CohortId,
    /// What it is called.
    pub name: String,
    /// The project that it is part of.
    pub project: (ProjectId, String),
    /// The company that pays.
    pub company: (CompanyId, String),
    /// The pathway that it follows.
    pub pathway: (PathwayId, String),
    /// When it begins.
    pub starts_at: Instant,
    /// When it was put away.
    pub archived_at: Option<Instant>,
}

/// One step, as the head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its id.
    pub step: StepId,
    /// Of which pathway.
    pub pathway: PathwayId,
    /// What that is called.
    pub pathway_name: String,
    /// In which order its steps open (rule G1).
    pub order: Order,
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// A 1:1 or a pod.
    pub kind: SessionKind,
    /// The first and last of its suggested weeks.
    pub weeks: Option<(u16, u16)>,
}

/// A participant on a board.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their place in the cohort.
    pub id: ParticipantId,
    /// Who.
    pub person: PersonId,
    /// As they wish to be called.
    pub name: String,
    /// The same, as lists are sorted.
    pub folded_name: String,
    /// Name of their picture in the file store.
    pub photo: Option<String>,
    /// Who coaches them.
    pub coach: Option<(PersonId, String)>,
    /// What their company calls them (rule G12).
    pub external_id: Option<String>,
    /// Words that were given to them.
    pub tags: String,
    /// Whether they are a test, and in no number (rule G12).
    pub is_test: bool,
    /// When they joined.
    pub joined_at: Instant,
    /// When they were put away.
    pub archived_at: Option<Instant>,
    /// As what.
    pub archived_as: Option<Ending>,
    /// When they were last asked to book what is open.
    pub reminded_at: Option<Instant>,
    /// Whether their account is closed.
    pub is_closed: bool,
    /// Their copies of pathways, the cohort's own first.
    pub journeys: Vec<Journey>,
    /// How they do, and why.
    pub standing: Standing,
    /// When they were last active: joined, began, booked, or completed something.
    pub last_active: Instant,
    /// Their next session.
    pub next: Option<(SessionId, Instant)>,
}

/// A participant's copy of a pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// Of which pathway.
    pub pathway: PathwayId,
    /// When it began or begins.
    pub starts_at: Instant,
    /// When it was said to be complete.
    pub completed_at: Option<Instant>,
    /// Its sessions: the steps, then what was added to it.
    pub cells: Vec<Cell>,
}

/// A participant's part in one session of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Their place in it.
    pub attendance: AttendanceId,
    /// The session; a pod's is shared.
    pub session: SessionId,
    /// The step; none for an extra session (rule G11).
    pub step: Option<StepId>,
    /// What it is, if it was added.
    pub extra: Option<Extra>,
    /// Whether it is in the denominator.
    pub counts: bool,
    /// How it stands.
    pub status: Status,
    /// What was marked, if it was.
    pub outcome: Option<Outcome>,
    /// When it is or was; none for what is Unbooked, also in a pod that has its date.
    pub starts_at: Option<Instant>,
    /// When it ends or ended.
    pub ends_at: Option<Instant>,
    /// When it was booked.
    pub booked_at: Option<Instant>,
    /// When its outcome was written down.
    pub marked_at: Option<Instant>,
    /// Whether the client contests its Missed, and nobody has settled that (rule S14).
    pub is_contested: bool,
    /// Who greyed it out.
    pub greyed_out_by: Option<String>,
    /// Its suggested weeks.
    pub suggested: Option<Suggested>,
    /// Whether they are over and nothing is booked.
    pub is_overdue: bool,
    /// Whether its client could give it a time now, or choose a date of a pod (rules G1, G5).
    pub is_open: bool,
    /// Why it waits at a pod's step without any date that could be had; whoever leads the program finds a way (rule G5).
    pub without_date: Option<WithoutDate>,
}

/// What was added to a journey beside its steps (rule G11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// What it is called.
    pub name: String,
    /// The step that it makes up for.
    pub makes_up_for: Option<StepId>,
}

impl Cell {
    /// Whether it is over and nobody has said how it went (rule S7).
    pub fn is_unmarked(&self, now: Instant) -> bool {
        self.status == Status::Booked && self.ends_at.is_some_and(|end| end <= now)
    }

    /// Whether a board that is narrowed to these shows it.
    pub fn is(&self, shown: Shown) -> bool {
        match shown {
            Shown::Overdue => self.is_overdue,
            Shown::Unbooked => self.status == Status::Unbooked && self.counts,
            Shown::Booked => self.status == Status::Booked,
            Shown::Completed => self.status == Status::Completed,
            Shown::Missed => self.status == Status::Missed,
            Shown::GreyedOut => self.status == Status::GreyedOut,
        }
    }
}

impl Member {
    /// Every cell of every journey.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.journeys.iter().flat_map(|journey| &journey.cells)
    }

    /// The cell of a step.
    pub fn cell(&self, step: StepId) -> Option<&Cell> {
        self.cells().find(|cell| cell.step == Some(step))
    }

    /// What was added to their journeys.
    pub fn extras(&self) -> impl Iterator<Item = &Cell> {
        self.cells().filter(|cell| cell.step.is_none())
    }

    /// Where they wait without a date that could be had.
    pub fn without_date(&self) -> impl Iterator<Item = &Cell> {
        self.cells().filter(|cell| cell.without_date.is_some())
    }

    /// What they could book now.
    pub fn open(&self) -> impl Iterator<Item = &Cell> {
        self.cells().filter(|cell| cell.is_open)
    }
}

/// The numbers of a board. Who is a test is in none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// How many participants there are.
    pub people: u32,
    /// How many of them are on track, at risk, off track.
    pub on_track: u32,
    /// See there.
    pub at_risk: u32,
    /// See there.
    pub off_track: u32,
    /// Sessions that count, by status.
    pub unbooked: u32,
    /// See there.
    pub booked: u32,
    /// See there.
    pub completed: u32,
    /// See there.
    pub missed: u32,
    /// What admins disabled: in no denominator.
    pub greyed_out: u32,
    /// Steps whose suggested weeks are over without a booking.
    pub overdue: u32,
    /// How many people have such a step.
    pub overdue_people: u32,
}

impl Numbers {
    /// Of these participants.
    pub fn of(members: &[Member]) -> Numbers {
        let mut all = Numbers::default();
        for member in members.iter().filter(|member| !member.is_test && !member.is_closed) {
            all.people += 1;
            *match member.standing.engagement {
                Engagement::OnTrack => &mut all.on_track,
                Engagement::AtRisk => &mut all.at_risk,
                Engagement::OffTrack => &mut all.off_track,
            } += 1;
            all.overdue += member.standing.overdue;
            all.overdue_people += u32::from(member.standing.overdue > 0);
            for cell in member.cells() {
                match cell.status {
                    Status::GreyedOut => all.greyed_out += 1,
                    _ if !cell.counts => {}
                    Status::Unbooked | Status::Cancelled => all.unbooked += 1,
                    Status::Booked => all.booked += 1,
                    Status::Completed => all.completed += 1,
                    Status::Missed => all.missed += 1,
                }
            }
        }
        all
    }

    /// How many sessions have this status.
    pub const fn with(&self, status: Status) -> u32 {
        match status {
            Status::Unbooked | Status::Cancelled => self.unbooked,
            Status::Booked => self.booked,
            Status::Completed => self.completed,
            Status::Missed => self.missed,
            Status::GreyedOut => self.greyed_out,
        }
    }

    /// All sessions that count.
    pub const fn sessions(&self) -> u32 {
        self.unbooked + self.booked + self.completed + self.missed
    }

    /// Those of which it is known how they went.
    pub const fn marked(&self) -> u32 {
        self.completed + self.missed
    }

    /// How many of a hundred marked ones were attended; none before the first.
    pub const fn attendance_percent(&self) -> Option<u32> {
        let marked = self.marked();
        if marked == 0 { None } else { Some((self.completed * 200 + marked) / (marked * 2)) }
    }
}

/// What a board is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those with a session that stands so.
    pub shown: Option<Shown>,
    /// Only those of this coach.
    pub coach: Option<PersonId>,
    /// Only those whom nobody coaches yet.
    pub without_coach: bool,
    /// Only those who do so.
    pub engagement: Option<Engagement>,
    /// Only those whose name, external id or tags have this in them.
    pub search: String,
}

impl Board {
    /// Its members as they are wanted.
    pub fn select(&self, filter: &Filter, sort: Sort) -> Vec<&Member> {
        let search = fold(&filter.search);
        let is_found = |member: &Member| {
            let has = |text: &str| fold(text).contains(&search);
            has(&member.folded_name) || has(&member.tags) || member.external_id.as_deref().is_some_and(has)
        };
        let is_wanted = |member: &&Member| {
            filter.shown.is_none_or(|shown| member.cells().any(|cell| cell.is(shown)))
                && filter.coach.is_none_or(|coach| member.coach.as_ref().is_some_and(|(id, _)| *id == coach))
                && (!filter.without_coach || member.coach.is_none())
                && filter.engagement.is_none_or(|word| member.standing.engagement == word)
                && (search.is_empty() || is_found(member))
        };
        let mut members: Vec<&Member> = self.members.iter().filter(is_wanted).collect();
        match sort {
            Sort::Name => {}
            // Those who are alike stay in the order of their names.
            Sort::Need => {
                members.sort_by_key(|member| (member.is_test, member.standing.need(member.last_active)));
            }
            Sort::Next => {
                members.sort_by_key(|member| member.next.map_or(i64::MAX, |(_, at)| at.millis()));
            }
        }
        members
    }

    /// Who coaches somebody here, by name.
    pub fn coaches(&self) -> Vec<(PersonId, String)> {
        let mut coaches: Vec<_> = self.members.iter().filter_map(|member| member.coach.clone()).collect();
        coaches.sort_by(|(id, name), (other_id, other)| (fold(name), id).cmp(&(fold(other), other_id)));
        coaches.dedup();
        coaches
    }
}

/// Whom a board shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    /// All who have not been put away.
    Present,
    /// Those who have been.
    Away,
    /// All, whoever has been put away too.
    All,
    /// This one, wherever they are.
    One(ParticipantId),
}

/// A cohort's board.
///
/// # Errors
/// [`Refusal::NotFound`] for a cohort that is not theirs to see, as for one that is not there (rule P4).
pub fn board(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Board> {
    let head = head(tx, cohort)?.ok_or(Refusal::NotFound)?;
    let ties = reach::ties_to_cohort(tx, by, cohort)?;
    by.may(Action::SeeCohort, &What::private(Action::SeeCohort, ties))?;
    read(tx, head, Whom::Present)
}

/// The same with those alone who were put away (rule G8).
///
/// # Errors
/// As [`board`].
pub fn put_away(tx: &mut Tx, by: &Actor, cohort: CohortId) -> Result<Board> {
    let head = head(tx, cohort)?.ok_or(Refusal::NotFound)?;
    let ties = reach::ties_to_cohort(tx, by, cohort)?;
    by.may(Action::SeeCohort, &What::private(Action::SeeCohort, ties))?;
    read(tx, head, Whom::Away)
}

/// The same with everybody who ever was in it; who asks is not asked here.
pub(super) fn everybody(tx: &mut Tx, cohort: CohortId) -> Result<Board> {
    let head = head(tx, cohort)?.ok_or(Refusal::NotFound)?;
    read(tx, head, Whom::All)
}

/// The board of one participant's cohort with them alone on it; who asks is not asked here.
pub(super) fn of_one(tx: &mut Tx, participant: ParticipantId) -> Result<Board> {
    let cohort =
        tx.opt("SELECT cohort_id FROM participant WHERE id = $1", args![participant], |row| row.get(0))?;
    let head = match cohort {
        Some(cohort) => head(tx, cohort)?.ok_or(Refusal::NotFound)?,
        None => return Err(Refusal::NotFound.into()),
    };
    read(tx, head, Whom::One(participant))
}

pub(super) fn head(tx: &mut Tx, cohort: CohortId) -> Result<Option<Cohort>> {
    tx.opt(
        "SELECT c.id, c.name, p.id, p.name, k.id, k.name, w.id, w.name, c.starts_at, c.archived_at
         FROM cohort c JOIN project p ON p.id = c.project_id JOIN company k ON k.id = p.company_id
         JOIN pathway w ON w.id = c.pathway_id WHERE c.id = $1",
        args![cohort],
        |row| {
            Ok(Cohort {
                id: row.get(0)?,
                name: row.get(1)?,
                project: (row.get(2)?, row.get(3)?),
                company: (row.get(4)?, row.get(5)?),
                pathway: (row.get(6)?, row.get(7)?),
                starts_at: row.get(8)?,
                archived_at: row.get(9)?,
            })
        },
    )
}

fn read(tx: &mut Tx, cohort: Cohort, whom: Whom) -> Result<Board> {
    let now = tx.now();
    let (mut members, is_cut) = members(tx, cohort.id, whom)?;
    let columns = columns(tx, &cohort)?;
    let steps: HashMap<StepId, &Column> = columns.iter().map(|column| (column.step, column)).collect();
    let mut journeys = journeys(tx, cohort.id, whom, &steps)?;
    let has_pods = columns.iter().any(|column| column.kind == SessionKind::Pod);
    let pods = if has_pods { AllPods::of(tx, cohort.id)? } else { AllPods::default() };
    for member in &mut members {
        member.journeys = journeys.remove(&member.id).unwrap_or_default();
        member.journeys.sort_by_key(|journey| (journey.pathway != cohort.pathway.0, journey.id));
        judge(member, &cohort, &steps, &pods, now);
    }
    Ok(Board { cohort, columns, members, is_cut })
}

fn members(tx: &mut Tx, cohort: CohortId, whom: Whom) -> Result<(Vec<Member>, bool)> {
    let mut query = Query::new(
        "SELECT t.id, t.person_id, p.name, p.folded_name, p.photo, t.coach_id, c.name, t.external_id, t.tags, t.test,
             t.joined_at, t.archived_at, t.reminded_at, p.closed_at, t.archived_as
         FROM participant t JOIN person p ON p.id = t.person_id LEFT JOIN person c ON c.id = t.coach_id",
        args![],
    );
    query.and("t.cohort_id = $1", args![cohort]);
    narrow(&mut query, whom);
    query.push("ORDER BY p.folded_name, t.id LIMIT $1", args![PEOPLE_MAX as i64 + 1]);
    let mut members = tx.all(query.sql(), query.args(), member)?;
    let is_cut = members.len() > PEOPLE_MAX;
    members.truncate(PEOPLE_MAX);
    Ok((members, is_cut))
}

fn narrow(query: &mut Query, whom: Whom) {
    match whom {
        Whom::Present => query.and("t.archived_at IS NULL", args![]),
        Whom::Away => query.and("t.archived_at IS NOT NULL", args![]),
        Whom::All => query,
        Whom::One(participant) => query.and("t.id = $1", args![participant]),
    };
}

fn member(row: &Row<'_>) -> Result<Member> {
    let joined_at = row.get(10)?;
    Ok(Member {
        id: row.get(0)?,
        person: row.get(1)?,
        name: row.get(2)?,
        folded_name: row.get(3)?,
        photo: row.get(4)?,
        coach: row.get::<Option<PersonId>>(5)?.zip(row.get(6)?),
        external_id: row.get(7)?,
        tags: row.get(8)?,
        is_test: row.get(9)?,
        joined_at,
        archived_at: row.get(11)?,
        archived_as: row.parse_opt(14)?,
        reminded_at: row.get(12)?,
        is_closed: row.get::<Option<Instant>>(13)?.is_some(),
        journeys: Vec::new(),
        standing: Standing::of(&[], joined_at, joined_at),
        last_active: joined_at,
        next: None,
    })
}

/// The steps of the cohort's pathway, and of every other that somebody here follows. One that was taken out stays where
/// somebody keeps it.
fn columns(tx: &mut Tx, cohort: &Cohort) -> Result<Vec<Column>> {
    tx.all(
        "SELECT t.id, t.pathway_id, w.name, w.ordered, t.no, t.name, t.kind, t.from_week, t.to_week
         FROM step t JOIN pathway w ON w.id = t.pathway_id
         WHERE (t.pathway_id = $2 OR t.pathway_id IN (SELECT j.pathway_id FROM journey j
                 JOIN participant m ON m.id = j.participant_id WHERE m.cohort_id = $1))
             AND (t.removed_at IS NULL OR EXISTS (SELECT 1 FROM attendance a JOIN journey j ON j.id = a.journey_id
                 JOIN participant m ON m.id = j.participant_id WHERE a.step_id = t.id AND m.cohort_id = $1))
         ORDER BY CASE WHEN t.pathway_id = $2 THEN 0 ELSE 1 END, w.name, t.pathway_id, t.no",
        args![cohort.id, cohort.pathway.0],
        |row| {
            Ok(Column {
                step: row.get(0)?,
                pathway: row.get(1)?,
                pathway_name: row.get(2)?,
                order: if row.get(3)? { Order::Ordered } else { Order::Free },
                number: row.get(4)?,
                name: row.get(5)?,
                kind: row.parse(6)?,
                weeks: row.get::<Option<u16>>(7)?.zip(row.get(8)?),
            })
        },
    )
}

/// Everybody's journeys with their sessions, in one reading.
fn journeys(
    tx: &mut Tx,
    cohort: CohortId,
    whom: Whom,
    steps: &HashMap<StepId, &Column>,
) -> Result<HashMap<ParticipantId, Vec<Journey>>> {
    let mut query = Query::new(
        "SELECT t.id, j.id, j.pathway_id, j.starts_at, j.completed_at, s.id, a.step_id, a.counts, a.outcome,
             s.starts_at, a.contested_at, a.settled_at, g.name, s.booked_at, a.outcome_at, a.id,
             COALESCE(s.ended_early_at, s.starts_at + s.minutes * 60000), x.name, x.makes_up_for, ",
        args![],
    );
    query.push(STATUS_SQL, args![]).push(
        "FROM participant t JOIN journey j ON j.participant_id = t.id JOIN attendance a ON a.journey_id = j.id
         JOIN session s ON s.id = a.session_id LEFT JOIN person g ON g.id = a.greyed_out_by
         LEFT JOIN extra x ON x.session_id = s.id",
        args![],
    );
    query.and("t.cohort_id = $1", args![cohort]);
    narrow(&mut query, whom);
    query.push("LIMIT $1", args![PLACES_MAX as i64]);
    let mut all: HashMap<ParticipantId, Vec<Journey>> = HashMap::new();
    let mut calendar = SuggestedWeeks::new(organisation::get(tx)?.zone);
    tx.each(query.sql(), query.args(), |row| {
        let of = all.entry(row.get(0)?).or_default();
        let (id, starts_at): (JourneyId, Instant) = (row.get(1)?, row.get(3)?);
        let place = match of.iter().position(|journey| journey.id == id) {
            Some(place) => place,
            None => {
                let (pathway, completed_at) = (row.get(2)?, row.get(4)?);
                of.push(Journey { id, pathway, starts_at, completed_at, cells: Vec::new() });
                of.len() - 1
            }
        };
        let step: Option<StepId> = row.get(6)?;
        let weeks = step.and_then(|step| steps.get(&step)?.weeks);
        let status: Status = row.parse(19)?;
        // The date of a pod whose place they have lost is not theirs.
        let has_time = status != Status::Unbooked;
        of[place].cells.push(Cell {
            attendance: row.get(15)?,
            session: row.get(5)?,
            step,
            extra: match row.get(17)? {
                Some(name) => Some(Extra { name, makes_up_for: row.get(18)? }),
                None => None,
            },
            counts: row.get(7)?,
            status,
            outcome: row.parse_opt(8)?,
            starts_at: row.get::<Option<Instant>>(9)?.filter(|_| has_time),
            ends_at: row.get::<Option<Instant>>(16)?.filter(|_| has_time),
            booked_at: row.get(13)?,
            marked_at: row.get(14)?,
            is_contested: row.get::<Option<Instant>>(10)?.is_some()
                && row.get::<Option<Instant>>(11)?.is_none(),
            greyed_out_by: row.get(12)?,
            suggested: weeks.map(|weeks| calendar.of(starts_at, weeks)),
            is_overdue: false,
            is_open: false,
            without_date: None,
        });
        Ok(())
    })?;
    Ok(all)
}

/// Says of a member what follows from their journeys: overdue, open, next, active, and the word.
fn judge(
    member: &mut Member,
    cohort: &Cohort,
    steps: &HashMap<StepId, &Column>,
    pods: &AllPods,
    now: Instant,
) {
    let number =
        |cell: &Cell| cell.step.and_then(|step| steps.get(&step)).map_or(u32::MAX, |column| column.number);
    let is_here = member.archived_at.is_none() && cohort.archived_at.is_none() && !member.is_closed;
    let is_staying = is_here && member.coach.is_some();
    let id = member.id;
    let mut all: Vec<Step> = Vec::new();
    let mut active = vec![member.joined_at, cohort.starts_at];
    for journey in &mut member.journeys {
        journey.cells.sort_by_key(|cell| (number(cell), cell.starts_at, cell.session));
        let runs = journey.completed_at.is_none();
        active.push(journey.starts_at);
        let mut before: Vec<Status> = Vec::new();
        for cell in &mut journey.cells {
            let column = cell.step.and_then(|step| steps.get(&step));
            let step = Step {
                status: cell.status,
                counts: cell.counts,
                suggested_until: cell.suggested.map(|weeks| weeks.end).filter(|_| runs),
                at: cell.starts_at.or(cell.marked_at),
                is_open: runs,
            };
            cell.is_overdue = step.is_overdue(now);
            let is_single = column.is_none_or(|column| column.kind == SessionKind::OneToOne);
            let is_reached = column.is_none_or(|column| waits_for(column.order, &before).is_none());
            let waits = runs && is_here && is_reached && cell.status == Status::Unbooked;
            // A pod's time is not for its members to say (rule S13), but which of its dates they come to may be.
            let chooses = || column.is_some_and(|column| pods.has_choice(id, column.step, now));
            cell.is_open = waits && if is_single { is_staying } else { chooses() };
            cell.without_date = column
                .filter(|_| waits && !is_single)
                .and_then(|column| pods.without_date(Some(id), column.step, now));
            before.extend(column.map(|_| cell.status));
            active.extend(cell.booked_at);
            active.extend(cell.starts_at.filter(|_| cell.status == Status::Completed));
            all.push(step);
        }
    }
    let ahead = member.cells().filter(|cell| cell.status == Status::Booked);
    let ahead =
        ahead.filter_map(|cell| Some((cell.session, cell.starts_at?))).filter(|(_, start)| *start > now);
    member.next = ahead.min_by_key(|(_, start)| *start);
    member.last_active = active.into_iter().filter(|at| *at <= now).max().unwrap_or(member.joined_at);
    member.standing = Standing::of(&all, member.last_active, now);
}
