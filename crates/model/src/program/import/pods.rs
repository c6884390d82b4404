//! What becomes of the pods of a file (rule G5): made, changed, filled and dated by the verbs that do it by hand, and
//! judged before as those judge. Who is in a pod and not in the file stays; what a file leaves empty stays as it is.

use rules::ids::{ParticipantId, PersonId, PodId, SessionId};
use rules::letters::{Happening, Turn, letters};
use rules::person::fold;
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Span, Zone};

use super::{Along, Decided, Fate, Known, Planned, Shift, Wrong, named, taken};
use crate::booking::moving::{self as times, Freed};
use crate::event::Actor;
use crate::program::company::Cohort;
use crate::program::pathway::{PodStep, pod_steps};
use crate::program::pod::{self, Joining, NewPod, POD_MEMBERS_MAX, Pod, PodChange};
use crate::program::sheet::{PodRow, RowProblem, Why};
use crate::session::{self, MoveWish, PlannedWish, Reason};
use crate::{Error, Result, Tx, args};

/// What is done about one pod.
pub(super) struct Act {
    which: Which,
    joins: Vec<ParticipantId>,
    date: Option<Instant>,
}

/// A pod to be made, or one that there is.
enum Which {
    New(NewPod),
    There { pod: PodId, session: SessionId, change: Option<PodChange>, has_date: bool },
}

/// Does it. A date that moves does so before anybody comes in, and a first one is given after: so nobody is told twice.
pub(super) fn carry_out(tx: &mut Tx, by: &Actor, act: Act) -> Result<()> {
    let (pod, session, moves) = match act.which {
        Which::New(new) => {
            let pod = pod::add_pod(tx, by, &new)?;
            (pod, pod::get(tx, pod)?.session, false)
        }
        Which::There { pod, session, change, has_date } => {
            if let Some(change) = &change {
                pod::change_pod(tx, by, pod, change)?;
            }
            (pod, session, has_date)
        }
    };
    if let Some(to) = act.date.filter(|_| moves) {
        session::move_session(tx, by, session, &MoveWish { to, reason: Reason::default(), expect: None })?;
    }
    for participant in act.joins {
        pod::join_pod(tx, by, pod, participant)?;
    }
    if let Some(start) = act.date.filter(|_| !moves) {
        session::book_planned(tx, by, session, &PlannedWish::at(start))?;
    }
    Ok(())
}

/// The times that pods of this file give back, because it gives them others.
pub(super) fn freed(tx: &mut Tx, known: &Known, rows: &[PodRow]) -> Result<Freed> {
    let (mut freed, now) = (Freed::new(), tx.now());
    for row in rows {
        let Some(start) = row.start.as_ref().and_then(|when| when.instant(&known.zone)) else { continue };
        let Ok(cohort) = known.cohort(&row.company, &row.project, &row.cohort) else { continue };
        let Ok(Some(step)) = step_of(tx, cohort, &row.step)? else { continue };
        let Some(pod) = pod::find(tx, cohort.id, step.id, &row.name)? else { continue };
        if pod.starts_at.is_some_and(|then| then != start && then > now) {
            let sql = "SELECT coach_id FROM session_coach WHERE session_id = $1";
            for coach in tx.all(sql, args![pod.session], |row| row.get::<PersonId>(0))? {
                freed.entry(coach).or_default().push(pod.session);
            }
        }
    }
    Ok(freed)
}

/// What is done about a pod, or all that is wrong with its lines as far as that can be known.
pub(super) fn act(
    tx: &mut Tx,
    by: &Actor,
    known: &Known,
    row: &PodRow,
    along: &mut Along,
) -> Result<std::result::Result<Decided, Vec<RowProblem>>> {
    let mut wrong: Vec<Wrong> = Vec::new();
    // What is not there, or not to be read, is told already.
    let names_it = ![&row.company, &row.project, &row.cohort].iter().any(|word| word.is_empty());
    let cohort = if names_it {
        taken(&mut wrong, known.cohort(&row.company, &row.project, &row.cohort))
    } else {
        None
    };
    let step = match cohort.filter(|_| !row.unread.contains(&"step")) {
        Some(cohort) => step_of(tx, cohort, &row.step)?.map_err(|problem| ("step", Why::Problem(problem))),
        None => Ok(None),
    };
    let step = taken(&mut wrong, step).flatten();
    let place = cohort.zip(step.as_ref());
    let there = match place.filter(|_| !row.name.is_empty()) {
        Some((cohort, step)) => pod::find(tx, cohort.id, step.id, &row.name)?,
        None => None,
    };
    let coach = taken(&mut wrong, known.coach(&row.coach));
    let has_name = !row.name.is_empty();
    let facilitator = coach.flatten().or(there.as_ref().map(|pod| pod.facilitator));
    let is_led = facilitator.is_some() || coach.is_none();
    let wanted = wanted(row, (facilitator, is_led), there.as_ref(), place.is_some() && has_name, &mut wrong);
    let then = there.as_ref().and_then(|pod| pod.starts_at);
    let start = row.start.as_ref().and_then(|when| when.instant(&known.zone));
    let date = start.filter(|start| Some(*start) != then);
    if row.start.is_some() && start.is_none() {
        wrong.push(("start", Why::Problem(Problem::NotADateAndTime)));
    } else if date.is_some_and(|date| date <= tx.now()) {
        wrong.push(("start", Why::Problem(Problem::InThePast)));
    }
    let (mut entering, mut of_members) = (Vec::new(), Vec::new());
    if let Some((cohort, step)) = place {
        let is_dated = !row.typed_start.is_empty() || then.is_some();
        (entering, of_members) = self::entering(tx, cohort, step, row, (there.as_ref(), is_dated), along)?;
        for one in &entering {
            along.seated.insert((one.participant, step.id), one.line);
        }
    }
    let members = match &there {
        Some(pod) => pod::count_members(tx, pod.id)?,
        None => 0,
    };
    let has_another_coach = there.as_ref().is_some_and(|pod| Some(pod.facilitator) != facilitator);
    if let Some(start) = then.filter(|_| has_another_coach) {
        wrong.push(("coach", Why::Refused(Refusal::BookedNow { start })));
    }
    if let Some(wanted) = &wanted {
        if wanted.most < members {
            let problem = Problem::OutOfRange { least: members.into(), most: POD_MEMBERS_MAX.into() };
            wrong.push(("maximum", Why::Problem(problem)));
        } else if members + entering.len() as u32 > wanted.most {
            wrong.push(("members", Why::Refused(Refusal::PodFull { most: wanted.most })));
        }
    }
    let mut mails = 0;
    let can_be = |column| !wrong.iter().any(|(one, _)| *one == column);
    if let (Some(led_by), Some((_, step)), true) = (facilitator, place, can_be("start") && can_be("coach")) {
        match mails_of(tx, by, step, led_by, (there.as_ref(), date), &entering, along) {
            Err(Error::Refused(refusal)) => wrong.push(("start", Why::Refused(refusal))),
            told => mails = told?,
        }
    }
    let mut problems: Vec<RowProblem> = wrong
        .into_iter()
        .map(|(column, why)| RowProblem::because(row.line, column, why).of(&row.name, cell(row, column)))
        .collect();
    problems.append(&mut of_members);
    let (Some(wanted), Some((cohort, step)), true) =
        (wanted, place, problems.is_empty() && row.unread.is_empty())
    else {
        return Ok(Err(problems));
    };
    let changes = changes(known, row, &wanted, there.as_ref(), date, &entering);
    let fate = match &there {
        None => Fate::New,
        Some(_) if changes.is_empty() => Fate::Unchanged,
        Some(_) => Fate::Changed(changes.iter().map(|one| one.column).collect()),
    };
    let act = if fate == Fate::Unchanged {
        super::Act::Nothing
    } else {
        let joins = entering.iter().map(|one| one.participant).collect();
        let which = wanted.which(cohort, step, row, there.as_ref());
        super::Act::Pod(Box::new(Act { which, joins, date }))
    };
    let planned = Planned {
        line: row.line,
        name: row.name.clone(),
        mail: String::new(),
        step: step.name.clone(),
        cohort: row.cohort.clone(),
        fate,
        changes,
        booked: Vec::new(),
        keeps_name: None,
        is_away: false,
    };
    Ok(Ok(Decided { act, planned, mails: mails as u32, cohort: named(cohort) }))
}

/// How many mails tell of its date, or that somebody comes into it; a date that cannot be is refused.
fn mails_of(
    tx: &mut Tx,
    by: &Actor,
    step: &PodStep,
    led_by: PersonId,
    (there, date): (Option<&Pod>, Option<Instant>),
    entering: &[Entering],
    along: &mut Along,
) -> Result<usize> {
    let then = there.and_then(|pod| pod.starts_at);
    let entering = entering.iter().filter(|one| one.waits).map(|one| one.person);
    let (what, clients, coaches) = match date {
        Some(start) => {
            let (mut clients, coaches) = dated(tx, by, step, led_by, there, start, along)?;
            clients.extend(entering);
            (if then.is_some() { Turn::Moved } else { Turn::Booked }, clients, coaches)
        }
        None if then.is_some() => (Turn::Booked, entering.collect(), Vec::new()),
        None => return Ok(0),
    };
    Ok(letters(&Happening::Session { what, clients, coaches }).len())
}

/// What stands in one of the columns, for whoever is to mend it.
fn cell<'a>(row: &'a PodRow, column: &str) -> &'a str {
    match column {
        "company" => &row.company,
        "project" => &row.project,
        "cohort" => &row.cohort,
        "step" => &row.step,
        "coach" => &row.coach,
        "start" => &row.typed_start,
        _ => "",
    }
}

/// The step that a row names by number or name, or the only one of a pod if it names none.
fn step_of(
    tx: &mut Tx,
    cohort: &Cohort,
    typed: &str,
) -> Result<std::result::Result<Option<PodStep>, Problem>> {
    let mut steps = pod_steps(tx, cohort.pathway)?;
    if typed.is_empty() {
        return Ok(match steps.pop() {
            Some(only) if steps.is_empty() => Ok(Some(only)),
            Some(_) => Err(Problem::Missing),
            None => Err(Problem::NotAChoice),
        });
    }
    let is_it = |step: &PodStep| step.number.to_string() == typed || fold(&step.name) == fold(typed);
    Ok(steps.into_iter().find(is_it).map(Some).ok_or(Problem::NotAChoice))
}

/// What a pod is to be.
struct Wanted {
    facilitator: PersonId,
    min: u32,
    most: u32,
    joining: Joining,
}

/// What a row says, and where it says nothing what is so already; a new pod needs to be told whole. `is_found`: whether it
/// is known if there is one.
fn wanted(
    row: &PodRow,
    (facilitator, is_led): (Option<PersonId>, bool),
    there: Option<&Pod>,
    is_found: bool,
    wrong: &mut Vec<Wrong>,
) -> Option<Wanted> {
    let min = row.minimum.or(there.map(|pod| pod.min));
    let most = row.maximum.or(there.map(|pod| pod.most));
    let has = [("coach", is_led), ("minimum", min.is_some()), ("maximum", most.is_some())];
    for (column, _) in
        has.into_iter().filter(|(column, has)| !has && is_found && !row.unread.contains(column))
    {
        wrong.push((column, Why::Problem(Problem::Missing)));
    }
    let is_read = !["minimum", "maximum"].iter().any(|column| row.unread.contains(column));
    if let Some((min, _)) = min.zip(most).filter(|(min, most)| is_read && most < min) {
        let problem = Problem::OutOfRange { least: min.into(), most: POD_MEMBERS_MAX.into() };
        wrong.push(("maximum", Why::Problem(problem)));
        return None;
    }
    let joining = row.joining.or(there.map(|pod| pod.joining)).unwrap_or(Joining::Closed);
    Some(Wanted { facilitator: facilitator?, min: min?, most: most?, joining })
}

impl Wanted {
    fn is_as(&self, pod: &Pod) -> bool {
        self.facilitator == pod.facilitator
            && (self.min, self.most, self.joining) == (pod.min, pod.most, pod.joining)
    }

    fn which(&self, cohort: &Cohort, step: &PodStep, row: &PodRow, there: Option<&Pod>) -> Which {
        let (name, facilitator) = (row.name.clone(), self.facilitator);
        let (min_members, max_members, joining) = (self.min, self.most, self.joining);
        match there {
            None => {
                let (cohort, step) = (cohort.id, step.id);
                Which::New(NewPod { cohort, step, name, facilitator, min_members, max_members, joining })
            }
            Some(pod) => {
                let change = PodChange { name, facilitator, min_members, max_members, joining };
                let change = (!self.is_as(pod)).then_some(change);
                Which::There { pod: pod.id, session: pod.session, change, has_date: pod.starts_at.is_some() }
            }
        }
    }
}

/// Somebody whom a file puts into a pod.
struct Entering {
    line: u64,
    participant: ParticipantId,
    person: PersonId,
    mail: String,
    /// Whether they wait at its step already, and are told of its date.
    waits: bool,
}

/// Those of a row who are not in its pod yet, and who cannot come into it. Whoever is not in the cohort is as nobody at all (rule P4); nobody comes into
/// a pod with a date before they have accepted the agreement (rule P9).
fn entering(
    tx: &mut Tx,
    cohort: &Cohort,
    step: &PodStep,
    row: &PodRow,
    (there, is_dated): (Option<&Pod>, bool),
    along: &Along,
) -> Result<(Vec<Entering>, Vec<RowProblem>)> {
    let (mut entering, mut problems, now) = (Vec::new(), Vec::new(), tx.now());
    let begun = there.and_then(|pod| pod.starts_at).filter(|start| *start <= now);
    for (line, mail) in &row.members {
        let found = tx.opt(
            "SELECT t.id, t.person_id, t.archived_at FROM participant t JOIN person p ON p.id = t.person_id
             WHERE t.cohort_id = $1 AND p.folded_mail = $2",
            args![cohort.id, mail.folded()],
            |row| Ok((row.get::<ParticipantId>(0)?, row.get::<PersonId>(1)?, row.get::<Option<Instant>>(2)?)),
        )?;
        let hindered = match found {
            None => Some(Why::Problem(Problem::NotAChoice)),
            Some((participant, person, away)) => match pod::pod_of(tx, participant, step.id)? {
                Some(own) if there.is_some_and(|pod| pod.id == own) => None,
                Some(_) => Some(Why::Refused(Refusal::InAnotherPod)),
                None if away.is_some() => Some(Why::PutAway),
                None => match (along.seated.get(&(participant, step.id)), begun) {
                    (Some(line), _) => Some(Why::Twice { line: *line }),
                    (_, Some(start)) => Some(Why::Refused(Refusal::AlreadyStarted { start })),
                    _ => match pod::waits_at(tx, participant, step.id) {
                        Ok(_) if is_dated && !session::has_agreed(tx, person)? => {
                            Some(Why::Refused(Refusal::AgreementTheirs))
                        }
                        Ok(waits) => {
                            let mail = mail.as_str().to_owned();
                            entering.push(Entering { line: *line, participant, person, mail, waits });
                            None
                        }
                        Err(Error::Refused(refusal)) => Some(Why::Refused(refusal)),
                        Err(error) => return Err(error),
                    },
                },
            },
        };
        if let Some(why) = hindered {
            problems.push(RowProblem::because(*line, "members", why).of(&row.name, mail.as_str()));
        }
    }
    Ok((entering, problems))
}

/// Judges a date, takes it for the rows below, and gives who is in and who leads it.
fn dated(
    tx: &mut Tx,
    by: &Actor,
    step: &PodStep,
    led_by: PersonId,
    there: Option<&Pod>,
    start: Instant,
    along: &mut Along,
) -> Result<(Vec<PersonId>, Vec<PersonId>)> {
    let freed = along.freed();
    let (clients, coaches, span) = match there {
        Some(pod) => {
            let led_by = Some(led_by).filter(|to| *to != pod.facilitator);
            let found = session::foresee_date(tx, by, pod.session, start, led_by, &freed)?;
            (found.clients, found.coaches, found.span)
        }
        None => {
            let length = (step.minutes, step.window_days);
            times::check_new(tx, led_by, length, start, &freed)?;
            (Vec::new(), vec![led_by], Span::of(start, step.minutes.duration()))
        }
    };
    if coaches.iter().any(|coach| along.is_taken(*coach, &span)) {
        return Err(Refusal::Taken { start }.into());
    }
    coaches.iter().for_each(|coach| along.take(*coach, span));
    Ok((clients, coaches))
}

/// What is said of a row before it happens.
fn changes(
    known: &Known,
    row: &PodRow,
    wanted: &Wanted,
    there: Option<&Pod>,
    date: Option<Instant>,
    entering: &[Entering],
) -> Vec<Shift> {
    let mut changes = Vec::new();
    let mut shift = |column, from: Option<String>, to: String| {
        if from.as_ref() != Some(&to) {
            changes.push(Shift { column, from: from.unwrap_or_default(), to });
        }
    };
    let name = |coach: PersonId| known.names.get(&coach).cloned().unwrap_or_default();
    shift("coach", there.map(|pod| name(pod.facilitator)), name(wanted.facilitator));
    if let Some(start) = date {
        let zone = row.zone().unwrap_or(&known.zone);
        let then = there.and_then(|pod| pod.starts_at).map(|then| written(then, zone));
        shift("start", then, written(start, zone));
    }
    shift("minimum", there.map(|pod| pod.min.to_string()), wanted.min.to_string());
    shift("maximum", there.map(|pod| pod.most.to_string()), wanted.most.to_string());
    shift("joining", there.map(|pod| pod.joining.code().to_owned()), wanted.joining.code().to_owned());
    if !entering.is_empty() {
        let all: Vec<&str> = entering.iter().map(|one| one.mail.as_str()).collect();
        shift("members", None, all.join(", "));
    }
    changes
}

/// A moment as a file has it, with the zone of its clock named.
fn written(at: Instant, zone: &Zone) -> String {
    let wall = zone.local(at);
    format!("{} {:02}:{:02} {}", wall.date(), wall.hour(), wall.minute(), zone.as_str())
}
