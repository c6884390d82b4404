//! A cohort's board: everybody on every step, narrowed and sorted by what stands in the address (rule G4).

use axum::extract::{Path, Query, State};
use model::program::board::{self, Board, Cell, Cohort, Column, Filter, Member, Numbers};
use model::program::{completion, escalation};
use rules::engagement::{ASKED_AGAIN_AFTER, Engagement, People, Shown, Sort, Suggested};
use rules::ids::{CohortId, ParticipantId, PersonId};
use rules::permission::{Action, reach};
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::Instant;
use serde::Deserialize;

use super::{Answer, page, reminders, shell};
use crate::app::Reading;
use crate::forms::encode;
use crate::shell::{Choice, Paging, Place};
use crate::status::{self, Status};
use crate::texts::Texts;
use crate::views::board::{BoardCell, BoardPage, BoardRow, Crumb, Head, LegendLink, Number, State as Does};
use crate::views::parts::Cell as CellLook;
use crate::visitor::Visitor;
use crate::words::Clockface;

/// How many participants one page of a board shows.
const PAGE_PEOPLE: usize = 100;
/// Stands for those whom nobody coaches yet.
pub(crate) const NO_COACH: &str = "none";
/// What is searched for is no longer, in characters.
const SEARCH_MAX_CHARS: usize = 100;

/// The query of a board.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    status: String,
    coach: String,
    engagement: String,
    sort: String,
    /// Who: those on their way, or `archived`.
    people: String,
    /// The last participant of the page before.
    after: String,
}

/// What is searched for in a board, as it was typed.
pub(crate) fn searched(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(SEARCH_MAX_CHARS).collect()
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            shown: self.status.parse().ok(),
            coach: self.coach.parse::<PersonId>().ok(),
            without_coach: self.coach == NO_COACH,
            engagement: self.engagement.parse().ok(),
            search: searched(&self.q),
        }
    }

    fn is_of_archived(&self) -> bool {
        self.people == People::Archived.code()
    }

    fn is_narrowed(&self) -> bool {
        let filter = self.filter();
        filter.shown.is_some()
            || filter.coach.is_some()
            || filter.without_coach
            || filter.engagement.is_some()
            || !filter.search.is_empty()
            || self.is_of_archived()
    }

    /// The address of the same board, with these statuses only, from this participant on.
    fn address(&self, base: &str, status: &str, after: Option<ParticipantId>) -> String {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let all = [
            ("q", self.q.as_str()),
            ("status", status),
            ("coach", &self.coach),
            ("engagement", &self.engagement),
            ("sort", &self.sort),
            ("people", &self.people),
            ("after", &after),
        ];
        let said: Vec<String> = all
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if said.is_empty() { base.to_owned() } else { format!("{base}?{}", said.join("&")) }
    }
}

/// `GET /cohorts/{cohort}`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let cohort: CohortId = cohort.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let is_away = asked.is_of_archived();
    let (board, unbooked, waits) = app
        .read(move |tx| {
            let read = if is_away { board::put_away } else { board::board };
            let board = read(tx, &by, cohort)?;
            let is_over = is_away || board.cohort.archived_at.is_some();
            let unbooked = if is_over { None } else { reminders::count(tx, &by, cohort)? };
            let waits = Waits {
                proposals: completion::proposals(tx, &by, Some(cohort))?.len(),
                silent: if is_away { 0 } else { escalation::count(tx, &by, &board)? },
                // Tests are in no number (rule G12).
                stuck: board
                    .members
                    .iter()
                    .filter(|member| !member.is_test)
                    .map(|member| member.without_date().count())
                    .sum(),
            };
            Ok((board, unbooked, waits))
        })
        .await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let b = &t.board;
    let base = format!("/cohorts/{cohort}");
    let filter = asked.filter();
    let sort: Sort = asked.sort.parse().unwrap_or(Sort::Need);
    let members = board.select(&filter, sort);
    let after = asked.after.parse::<ParticipantId>().ok();
    let from =
        after.and_then(|after| members.iter().position(|member| member.id == after)).map_or(0, |at| at + 1);
    let shown = &members[from..members.len().min(from + PAGE_PEOPLE)];
    let is_more = from + shown.len() < members.len();
    let numbers = Numbers::of(&board.members);
    let only = filter.shown.map(Shown::code).unwrap_or_default();
    page(&BoardPage {
        shell: shell::of(&visitor, app.mode(), now, &board.cohort.name, Place::Programs),
        crumbs: crumbs(&board.cohort),
        ways: ways(&visitor, &board.cohort, &base, t),
        name: board.cohort.name.clone(),
        notice: match (board.is_cut, board.cohort.archived_at) {
            (true, _) => b.cut.to_owned(),
            (false, Some(_)) => b.archived.to_owned(),
            (false, None) if is_away => t.endings.archived_board.to_owned(),
            (false, None) => String::new(),
        },
        needs: waits.needs(&board.cohort.name, &base, &visitor),
        ends: may_end(&visitor),
        is_away,
        people: [("", t.endings.show_present), (People::Archived.code(), t.endings.show_archived)]
            .map(|(value, label)| Choice::new(value, label, &asked.people))
            .to_vec(),
        numbers: four(&numbers, &asked, &base, t),
        legend: legend(&numbers, &asked, filter.shown, &base),
        only: only.to_owned(),
        search: filter.search.clone(),
        coaches: coaches(&board, &asked, t),
        states: states(&asked, t),
        sorts: Sort::ALL.iter().map(|one| Choice::new(one.code(), (b.sorted)(*one), sort.code())).collect(),
        is_narrowed: asked.is_narrowed(),
        is_empty: board.members.is_empty() && !is_away,
        count: members.len().to_string(),
        columns: board.columns.iter().map(|column| head(column, &board, &base, &face, t)).collect(),
        has_extras: board.members.iter().any(|member| member.extras().next().is_some()),
        rows: shown.iter().map(|member| row(member, &board.columns, filter.shown, &face, now, t)).collect(),
        paging: Paging {
            newer: (from > 0).then(|| asked.address(&base, only, None)),
            older: shown.last().filter(|_| is_more).map(|last| asked.address(&base, only, Some(last.id))),
        },
        no_reminder: match unbooked {
            Some(0) if board.members.iter().any(|member| was_asked(member, now)) => b.all_asked,
            Some(0) => b.nobody_to_ask,
            _ => "",
        },
        reminds: unbooked.is_some(),
        unbooked: unbooked.unwrap_or_default(),
        place: (b.place)(&face.place()),
        base,
    })
}

/// Whether somebody was asked to book within the last day, so that they are not asked again.
fn was_asked(member: &Member, now: Instant) -> bool {
    member.reminded_at.is_some_and(|at| now < at + ASKED_AGAIN_AFTER)
}

/// What waits for whoever runs the cohort.
struct Waits {
    proposals: usize,
    silent: usize,
    /// Steps for which no date could be had.
    stuck: usize,
}

impl Waits {
    fn needs(&self, name: &str, base: &str, visitor: &Visitor) -> Vec<Crumb> {
        let t = visitor.texts();
        let e = &t.endings;
        let mut needs = Vec::new();
        if self.stuck > 0 {
            needs.push(Crumb {
                label: (t.pods.stuck_way_out)(&(t.pods.stuck)(self.stuck), greys_out(visitor)),
                href: Some(format!("{base}/pods")),
            });
        }
        if self.proposals > 0 {
            let label = (e.proposals)(self.proposals);
            needs.push(Crumb { label, href: Some(format!("{base}/completions")) });
        }
        if self.silent > 0 {
            let label = (e.offered)(self.silent, name);
            needs.push(Crumb { label, href: Some(format!("{base}/escalation")) });
        }
        needs
    }
}

fn may_end(visitor: &Visitor) -> bool {
    visitor.who().is_some_and(|who| !reach(who.roles, Action::CompleteJourney).is_none())
}

/// Whether they may disable a step for somebody (rule S11): to whom they may not it is no way out.
pub(super) fn greys_out(visitor: &Visitor) -> bool {
    visitor.who().is_some_and(|who| !reach(who.roles, Action::GreyOut).is_none())
}

/// What a cohort belongs to.
pub(super) fn crumbs(cohort: &Cohort) -> Vec<Crumb> {
    let crumb = |name: &str, href| Crumb { label: name.to_owned(), href: Some(href) };
    vec![
        crumb(&cohort.company.1, format!("/companies/{}", cohort.company.0)),
        crumb(&cohort.project.1, format!("/projects/{}", cohort.project.0)),
    ]
}

/// What whoever runs a cohort does with it beside looking: people, pods, and for an admin the cohort itself. Nothing begins
/// in one that is put away (rule G8).
fn ways(visitor: &Visitor, cohort: &Cohort, base: &str, t: &Texts) -> Vec<Crumb> {
    let mails = base.replacen("/cohorts/", "/triggers?cohort=", 1);
    let roles = visitor.signed.as_ref().map(|signed| signed.person.roles).unwrap_or_default();
    [
        (Action::ManageParticipants, t.programs.add_participant, "participants/new"),
        (Action::ManagePods, t.pods.title, "pods"),
        (Action::AssignCoach, t.enrolment.pool_way, "coaches"),
        (Action::AssignCoach, t.handover.title, "coach"),
        (Action::ManageCompanies, t.programs.edit, "edit"),
        (Action::ArchiveParticipant, t.endings.inactive, "inactive"),
        (Action::SeeFeedback, t.endings.feedback, "feedback"),
    ]
    .into_iter()
    .filter(|(action, ..)| !reach(roles, *action).is_none())
    .filter(|(action, ..)| {
        let begins = matches!(action, Action::ManageParticipants | Action::AssignCoach);
        !begins || cohort.archived_at.is_none()
    })
    .map(|(_, label, page)| Crumb { label: label.to_owned(), href: Some(format!("{base}/{page}")) })
    .chain(std::iter::once(Crumb { label: t.triggers.mails.to_owned(), href: Some(mails) }))
    .collect()
}

fn four(numbers: &Numbers, asked: &Asked, base: &str, t: &Texts) -> Vec<Number> {
    let b = &t.board;
    let number =
        |label, value: String, of, definition| Number { label, value, of, definition, href: String::new() };
    let marked = numbers.marked();
    let attendance = match numbers.attendance_percent() {
        Some(percent) => number(
            b.attendance,
            format!("{percent} %"),
            (b.of_marked)(numbers.completed, marked),
            b.attendance_is,
        ),
        None => number(b.attendance, "–".to_owned(), b.no_attendance.to_owned(), b.attendance_is),
    };
    let overdue =
        number(b.overdue, numbers.overdue.to_string(), (b.of_overdue)(numbers.overdue_people), b.overdue_is);
    let is_any = numbers.overdue > 0;
    vec![
        number(b.on_track, numbers.on_track.to_string(), (b.of_people)(numbers.people), b.on_track_is),
        number(
            b.completed,
            numbers.completed.to_string(),
            (b.of_sessions)(numbers.sessions()),
            b.completed_is,
        ),
        attendance,
        Number {
            href: if is_any { asked.address(base, Shown::Overdue.code(), None) } else { String::new() },
            ..overdue
        },
    ]
}

/// Each status narrows the board to itself; the one that does leads back to all.
fn legend(numbers: &Numbers, asked: &Asked, only: Option<Shown>, base: &str) -> Vec<LegendLink> {
    let link = |status: &Status| {
        let current = only.is_some_and(|only| only.code() == status.code());
        let to = if current { "" } else { status.code() };
        LegendLink {
            status: *status,
            count: numbers.with(*status),
            href: asked.address(base, to, None),
            current,
        }
    };
    status::ALL.iter().filter(|status| **status != Status::Cancelled).map(link).collect()
}

fn coaches(board: &Board, asked: &Asked, t: &Texts) -> Vec<Choice> {
    let every = Choice::new("", t.board.any_coach, &asked.coach);
    let coaches = board.coaches();
    let coaches = coaches.into_iter().map(|(id, name)| Choice::new(id.to_string(), name, &asked.coach));
    let none = board.members.iter().any(|member| member.coach.is_none());
    let none = none.then(|| Choice::new(NO_COACH, t.board.coach_none, &asked.coach));
    std::iter::once(every).chain(none).chain(coaches).collect()
}

fn states(asked: &Asked, t: &Texts) -> Vec<Choice> {
    let every = Choice::new("", t.board.any_state, &asked.engagement);
    let word = |one: &Engagement| Choice::new(one.code(), (t.board.engagement)(*one), &asked.engagement);
    std::iter::once(every).chain(Engagement::ALL.iter().map(word)).collect()
}

/// A step with its weeks: as dates if all who follow its pathway began on one day, else by number.
fn head(column: &Column, board: &Board, base: &str, face: &Clockface, t: &Texts) -> Head {
    let line = column.weeks.map(|weeks| {
        let mut all = board.members.iter().filter_map(|member| member.cell(column.step)?.suggested);
        match all.next() {
            Some(first) if all.all(|one| one == first) => dates(&first, face, t),
            _ => (t.board.weeks)(weeks.0, weeks.1),
        }
    });
    let mut line = line.unwrap_or_default();
    // A step of a further journey says of which pathway it is: its number counts there.
    if column.pathway != board.cohort.pathway.0 {
        let name = &column.pathway_name;
        line = if line.is_empty() { name.clone() } else { format!("{name}, {line}") };
    }
    let pods = (column.kind == SessionKind::Pod).then(|| format!("{base}/pods#{}", column.step));
    Head { label: (t.board.of_step)(column.number, &column.name), line, pods }
}

/// "7 – 18 Sep": both are in them.
pub(super) fn dates(weeks: &Suggested, face: &Clockface, t: &Texts) -> String {
    let (first_day, last_day) = (weeks.first, weeks.last);
    let from = if first_day.month() == last_day.month() && first_day.year() == last_day.year() {
        first_day.day().to_string()
    } else {
        face.short_day_and_month(first_day)
    };
    (t.board.dates)(&from, &face.short_day_and_month(last_day))
}

fn row(
    member: &Member,
    columns: &[Column],
    only: Option<Shown>,
    face: &Clockface,
    now: Instant,
    t: &Texts,
) -> BoardRow {
    let cell = |cell: &Cell| board_cell(cell, member, only, face, now, t);
    BoardRow {
        id: member.id.to_string(),
        href: format!("/participants/{}", member.id),
        name: member.name.clone(),
        line: member.coach.as_ref().map_or(t.board.coach_none.to_owned(), |(_, name)| short(name)),
        is_test: member.is_test,
        state: Does(member.standing.engagement),
        cells: columns.iter().map(|column| member.cell(column.step).map(cell)).collect(),
        extras: member.extras().map(|one| named(one, cell(one))).collect(),
    }
}

/// What stands in no column says what it is.
fn named(cell: &Cell, mut look: BoardCell) -> BoardCell {
    if let Some(extra) = &cell.extra {
        let line = std::mem::take(&mut look.cell.line);
        look.cell.line = if line.is_empty() { extra.name.clone() } else { format!("{}, {line}", extra.name) };
    }
    look
}

fn board_cell(
    cell: &Cell,
    member: &Member,
    only: Option<Shown>,
    face: &Clockface,
    now: Instant,
    t: &Texts,
) -> BoardCell {
    let href = format!("/sessions/{}", cell.session);
    BoardCell {
        cell: CellLook { status: cell.status, line: line(cell, face, now, t), overdue: cell.is_overdue },
        actions: format!("{href}/attendance/{}/actions", member.person),
        href,
        is_hit: only.is_some_and(|only| cell.is(only)),
    }
}

/// The date, or what else there is to say in two words.
pub(super) fn line(cell: &Cell, face: &Clockface, now: Instant, t: &Texts) -> String {
    let b = &t.board;
    let date = |at: Instant| {
        if face.day(at) == face.day(now) {
            (b.today)(&face.time(at))
        } else {
            face.short_day_and_month(face.day(at))
        }
    };
    match (cell.status, cell.starts_at) {
        (Status::GreyedOut, _) => {
            cell.greyed_out_by.as_deref().map(|name| (b.by)(&short(name))).unwrap_or_default()
        }
        (Status::Missed, _) if cell.is_contested => b.contested.to_owned(),
        (Status::Booked, _) if cell.is_unmarked(now) => b.unmarked.to_owned(),
        (Status::Unbooked, _) => match cell.without_date {
            Some(why) => (t.pods.without)(why).to_owned(),
            None if cell.is_overdue => b.overdue_word.to_owned(),
            None => String::new(),
        },
        (_, at) => at.map(date).unwrap_or_default(),
    }
}

/// "A. Berg": where there is little room.
fn short(name: &str) -> String {
    match (name.chars().next(), name.rsplit_once(' ')) {
        (Some(first), Some((_, last))) => format!("{first}. {last}"),
        _ => name.to_owned(),
    }
}
