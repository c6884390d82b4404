//! One participant, for admins, for the leads of their cohort, and for whoever coaches them there (rule G3).

use axum::extract::{Path, State};
use model::event::Recorded;
use model::program::board::{Cell, Journey, Member};
use model::program::escalation;
use model::program::profile::{self, Profile};
use rules::attendance::Status;
use rules::engagement::Cause;
use rules::ids::ParticipantId;
use rules::inactivity::may_begin;
use rules::permission::{Action, Reach, reach};
use rules::refusal::Refusal;
use rules::time::{Instant, Zone};

use super::board::{dates, line};
use super::sessions::history;
use super::{Answer, page, shell};
use crate::app::Reading;
use crate::shell::{Face, Place};
use crate::texts::Texts;
use crate::views::board::{Crumb, JourneyBox, ParticipantPage, State as Does, StepRow};
use crate::views::people::Fact;
use crate::views::sessions::HistoryLine;
use crate::visitor::Visitor;
use crate::words::Clockface;

/// How many lines of their history the page shows.
const HISTORY_LINES: u32 = 40;

/// `GET /participants/{participant}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let (seen, events, silent) = app
        .read(move |tx| {
            let seen = profile::profile(tx, &by, id)?;
            let events = profile::history(tx, &by, id, HISTORY_LINES)?;
            Ok((seen, events, escalation::is_offered(tx, &by, id)?))
        })
        .await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let member = &seen.member;
    let sees_board = seen.ties.contains(Reach::PROGRAMS) || reaches_all(&visitor);
    page(&ParticipantPage {
        shell: shell::of(&visitor, app.mode(), now, &member.name, Place::Programs),
        crumbs: crumbs(&seen, sees_board),
        face: Face::new(member.name.clone(), photo(member)),
        line: (t.meeting.with)(
            &seen.cohort.name,
            member.coach.as_ref().map_or(t.board.coach_none, |(_, name)| name),
        ),
        is_test: member.is_test,
        notice: match member.archived_at.zip(member.archived_as) {
            Some((at, ending)) => {
                (t.endings.archived_as)(&face.near(at, now), ending, seen.archived_by.as_deref())
            }
            None if seen.cohort.archived_at.is_some() => t.board.archived.to_owned(),
            None => String::new(),
        },
        state: Does(member.standing.engagement),
        because: because(member, &face, now, t),
        client: seen.ties.contains(Reach::CLIENTS).then(|| format!("/people/{}", member.person)),
        edit: edits(&visitor, &seen).then(|| format!("/participants/{id}/edit")),
        reminder: reminds(&visitor, &seen).then(|| format!("/participants/{id}/reminder")),
        coach: (is_here(&seen) && may(&visitor, &seen, Action::AssignCoach))
            .then(|| format!("/cohorts/{}/coach?who={id}", seen.cohort.id)),
        ways: ways(&visitor, &seen, silent, t),
        restore: (member.archived_at.is_some() && may(&visitor, &seen, Action::ArchiveParticipant))
            .then(|| format!("/participants/{id}/archive/removal")),
        journeys: member
            .journeys
            .iter()
            .map(|journey| JourneyBox {
                ending: ending(&visitor, &seen, journey, t),
                adding: adds(&visitor, &seen, journey)
                    .then(|| format!("/journeys/{}/extras/new", journey.id)),
                ..journey_box(&seen, journey, &face, &visitor.organisation.zone, now, t)
            })
            .collect(),
        facts: facts(&seen, &face, now, t),
        history: happened(&visitor, &seen, &events, &face, now, t),
    })
}

/// Whether the reader may do this with them.
fn may(visitor: &Visitor, seen: &Profile, action: Action) -> bool {
    visitor.who().is_some_and(|who| reach(who.roles, action).covers(seen.ties))
}

/// What else the reader does with them: putting them away, and telling sponsors.
fn ways(visitor: &Visitor, seen: &Profile, silent: bool, t: &Texts) -> Vec<Crumb> {
    let (e, id) = (&t.endings, seen.member.id);
    let mut ways = Vec::new();
    if silent {
        let href = format!("/cohorts/{}/escalation?who={id}", seen.cohort.id);
        ways.push(Crumb { label: e.escalate.to_owned(), href: Some(href) });
    }
    if seen.member.archived_at.is_none() && may(visitor, seen, Action::ArchiveParticipant) {
        ways.push(Crumb { label: e.put_away.to_owned(), href: Some(format!("/participants/{id}/archive")) });
    }
    ways
}

/// Where the end of a journey is said or proposed; nobody ends their own (rule P8).
fn ending(visitor: &Visitor, seen: &Profile, journey: &Journey, t: &Texts) -> Option<Crumb> {
    let e = &t.endings;
    let is_own = visitor.who().is_some_and(|who| who.person == seen.member.person);
    let label = match journey.completed_at {
        Some(_) if !is_own && !is_here(seen) => e.completed.to_owned(),
        _ if is_own || !is_here(seen) => return None,
        Some(_) if may(visitor, seen, Action::ReopenJourney) => format!("{} · {}", e.completed, e.reopen),
        Some(_) => e.completed.to_owned(),
        None if may(visitor, seen, Action::CompleteJourney) => e.complete.to_owned(),
        None if may(visitor, seen, Action::ProposeCompletion) => e.propose.to_owned(),
        None => return None,
    };
    Some(Crumb { label, href: Some(format!("/journeys/{}/completion", journey.id)) })
}

/// Whether the reader may add a session to it: as long as it runs, and its participant has not been put away.
fn adds(visitor: &Visitor, seen: &Profile, journey: &Journey) -> bool {
    journey.completed_at.is_none() && is_here(seen) && may(visitor, seen, Action::ManageParticipants)
}

/// Whether anything begins for them: neither they nor their cohort are put away (rule G8).
fn is_here(seen: &Profile) -> bool {
    may_begin(seen.member.archived_at, seen.cohort.archived_at).is_ok()
}

/// Whether the reader may ask them to book, and there is something that they could.
fn reminds(visitor: &Visitor, seen: &Profile) -> bool {
    may(visitor, seen, Action::SendReminders) && seen.member.open().next().is_some()
}

fn edits(visitor: &Visitor, seen: &Profile) -> bool {
    visitor.who().is_some_and(|who| reach(who.roles, Action::ManageParticipants).covers(seen.ties))
}

fn reaches_all(visitor: &Visitor) -> bool {
    visitor.who().is_some_and(|who| reach(who.roles, Action::SeeCohort).is_all())
}

fn photo(member: &Member) -> Option<String> {
    let photo = member.photo.as_deref()?;
    let version = photo.rsplit('/').next().unwrap_or_default().get(..8).unwrap_or_default();
    Some(format!("/people/{}/photo?v={version}", member.person))
}

fn crumbs(seen: &Profile, sees_board: bool) -> Vec<Crumb> {
    let mut crumbs = super::board::crumbs(&seen.cohort);
    let board = format!("/cohorts/{}", seen.cohort.id);
    crumbs.push(Crumb { label: seen.cohort.name.clone(), href: Some(board) });
    // A coach sees a participant of theirs, and nothing else of the program.
    for crumb in crumbs.iter_mut().filter(|_| !sees_board) {
        crumb.href = None;
    }
    crumbs
}

fn because(member: &Member, face: &Clockface, now: Instant, t: &Texts) -> Vec<String> {
    if member.standing.causes.is_empty() {
        return vec![t.board.why_on_track.to_owned()];
    }
    let say = |cause: &Cause| {
        let since = match cause {
            Cause::Silent(since) => face.short_date(*since, now),
            _ => String::new(),
        };
        (t.board.because)(*cause, &since)
    };
    member.standing.causes.iter().map(say).collect()
}

fn journey_box(
    seen: &Profile,
    journey: &Journey,
    face: &Clockface,
    house: &Zone,
    now: Instant,
    t: &Texts,
) -> JourneyBox {
    let b = &t.board;
    let mut line = line_of(journey, t);
    if let Some(at) = journey.completed_at {
        line = format!("{line}. {}: {}", b.complete, face.short_date(at, now));
    } else if journey.starts_at > now {
        // Its first day is one of the organisation's, like those of its weeks.
        let begins = house.local(journey.starts_at).date();
        line = format!("{line}, {} {}", b.not_begun, face.short_day(begins, now));
    }
    JourneyBox {
        name: name_of(seen, journey),
        line,
        ending: None,
        adding: None,
        steps: journey.cells.iter().map(|cell| step(seen, cell, face, now, t)).collect(),
    }
}

/// What a journey is called.
pub(super) fn name_of(seen: &Profile, journey: &Journey) -> String {
    let column = seen.columns.iter().find(|column| column.pathway == journey.pathway);
    column.map(|column| column.pathway_name.clone()).unwrap_or_default()
}

/// How far it is, in a line.
pub(super) fn line_of(journey: &Journey, t: &Texts) -> String {
    let counted = journey.cells.iter().filter(|cell| cell.counts && cell.status != Status::GreyedOut);
    let completed = counted.clone().filter(|cell| cell.status == Status::Completed).count();
    (t.board.counted)(completed as u32, counted.count() as u32)
}

fn step(seen: &Profile, cell: &Cell, face: &Clockface, now: Instant, t: &Texts) -> StepRow {
    let b = &t.board;
    let when = cell.starts_at.map(|at| face.long(at));
    let weeks = cell.suggested.map(|weeks| (b.suggested)(&dates(&weeks, face, t)));
    let (about, word) = match cell.status {
        Status::GreyedOut => (line(cell, face, now, t), String::new()),
        Status::Booked if cell.is_unmarked(now) => (when.unwrap_or_default(), b.unmarked.to_owned()),
        Status::Missed if cell.is_contested => (when.unwrap_or_default(), b.contested.to_owned()),
        Status::Unbooked if cell.without_date.is_some() => {
            (weeks.unwrap_or_default(), line(cell, face, now, t))
        }
        Status::Unbooked if cell.is_overdue => (weeks.unwrap_or_default(), b.overdue_word.to_owned()),
        _ => (when.or(weeks).unwrap_or_default(), String::new()),
    };
    let href = format!("/sessions/{}", cell.session);
    let title = match (seen.column(cell), &cell.extra) {
        (Some(column), _) => (b.of_step)(column.number, &column.name),
        (None, Some(extra)) => extra.name.clone(),
        (None, None) => b.extra_one.to_owned(),
    };
    let stand_in = seen.stand_ins.get(&cell.session);
    let held_by = stand_in.map(|who| (b.held_by)(who)).unwrap_or_default();
    let about = [about, added(seen, cell, t), held_by];
    let about = about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let actions = format!("{href}/attendance/{}/actions", seen.member.person);
    let is_theirs = stand_in.is_none() || seen.sees_all;
    StepRow { title, line: about, word, status: cell.status, href, actions, is_theirs }
}

/// What is to be said of a session that was added: that it is more, or for which step, and whether it counts.
fn added(seen: &Profile, cell: &Cell, t: &Texts) -> String {
    let Some(extra) = &cell.extra else { return String::new() };
    let step = extra.makes_up_for.and_then(|step| seen.columns.iter().find(|column| column.step == step));
    let what = match step {
        Some(column) => (t.extras.made_up)(&(t.board.of_step)(column.number, &column.name)),
        None => t.extras.made_up_none.to_owned(),
    };
    if cell.counts { what } else { format!("{what}, {}", t.extras.counts_not) }
}

fn facts(seen: &Profile, face: &Clockface, now: Instant, t: &Texts) -> Vec<Fact> {
    let (b, member) = (&t.board, &seen.member);
    // Joining, and the day on which the cohort begins, count as activity; nobody was here by that.
    let is_activity = |cell: &Cell| cell.booked_at.is_some() || cell.status == Status::Completed;
    let was_active = member.cells().any(is_activity);
    let next = member.next.map_or(b.none_next.to_owned(), |(_, at)| face.near(at, now));
    let mut facts = vec![
        Fact::new(b.coach, member.coach.as_ref().map_or(b.coach_none.to_owned(), |(_, name)| name.clone())),
        Fact::new(b.company, seen.cohort.company.1.clone()),
        Fact::new(b.project, seen.cohort.project.1.clone()),
        Fact::new(b.cohort, seen.cohort.name.clone()),
        Fact::new(b.joined, face.short_date(member.joined_at, now)),
        Fact::new(
            b.active,
            if was_active { face.near(member.last_active, now) } else { b.not_yet.to_owned() },
        ),
        Fact::new(b.next, next),
    ];
    facts.extend(member.external_id.clone().map(|id| Fact::new(b.external_id, id)));
    facts.extend(
        Some(member.tags.clone()).filter(|tags| !tags.is_empty()).map(|tags| Fact::new(b.tags, tags)),
    );
    facts.extend(seen.fields.iter().map(|(name, value)| Fact::new(name.clone(), value.clone())));
    facts.extend(member.reminded_at.map(|at| Fact::new(b.reminded, face.near(at, now))));
    facts
}

/// What happened, each line with the step that it is about.
fn happened(
    visitor: &Visitor,
    seen: &Profile,
    events: &[Recorded],
    face: &Clockface,
    now: Instant,
    t: &Texts,
) -> Vec<HistoryLine> {
    let Ok(me) = visitor.person() else { return Vec::new() };
    let is_about = |cell: &&Cell, event: &Recorded| match event.subject.kind.as_str() {
        "ses" => cell.session.raw() == event.subject.id,
        "att" => cell.attendance.raw() == event.subject.id,
        _ => false,
    };
    let say = |event: &Recorded| {
        let mut said = history::line(me.id, face, event, now, t)?;
        let cell = seen.member.cells().find(|cell| is_about(cell, event));
        let column = cell.and_then(|cell| seen.column(cell)).map(|column| &column.name);
        let extra = cell.and_then(|cell| cell.extra.as_ref()).map(|extra| &extra.name);
        if let Some(name) = column.or(extra) {
            said.what = format!("{name}: {}", said.what);
        }
        Some(said)
    };
    events.iter().filter_map(say).collect()
}
