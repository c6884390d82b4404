//! What one sees first, by who one is. Nobody: the welcome, or the example's front page. A client: what is next, and their
//! path. A coach is led to their day. Everybody else: what their role lets them look after.

use std::ops::Range;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use jiff::SignedDuration;
use model::agenda::{self, Journey as Path, JourneyStep, Opening};
use model::coach::{self, Profile};
use model::event::Actor;
use model::ledger::{self, Debts};
use model::offering::{self, Offering};
use model::organisation::Mode;
use model::person::{self, Filter, Person};
use model::program::survey::Sent;
use model::program::{desk, pod, pool};
use model::session::{self, Asking};
use model::{Tx, booking, mail, sign_in};
use rules::attendance::Status;
use rules::ids::{PersonId, SessionId};
use rules::inactivity::Away;
use rules::moving;
use rules::permission::{Action, Role, reach};
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::{Instant, Span};

use super::leading::Leading;
use super::sessions::asking;
use super::{Answer, demo, page, practice, shell, today};
use crate::app::{App, Reading};
use crate::cairn::Stone;
use crate::error::Failure;
use crate::meeting::{Teller, address};
use crate::shell::{Face, Place};
use crate::texts::Texts;
use crate::views::front::WelcomePage;
use crate::views::home::{
    BookNext, DeskPage, Done, Figure, HomePage, Journey, Led, NextSession, SlotNext, StepNext, Way,
};
use crate::views::parts::Step;
use crate::views::session::Target;
use crate::visitor::Visitor;
use crate::words::{Clockface, money};

/// How far ahead free times are looked for, in weeks.
const BOOK_NEXT_WEEKS: i32 = 4;
/// Steps that are offered with times, of all journeys together; the others are found in the list of each journey.
const STEPS_OFFERED_MAX: usize = 6;
/// So many free times are shown, each of another day.
const BOOK_NEXT_SLOTS: usize = 3;
/// The hours of the reader's day in which a session is rather had.
const DAYTIME: Range<i8> = 8..19;
/// So many coaches are shown with their times.
const BOOK_NEXT_COACHES: usize = 3;

/// `GET /`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let Some(signed) = &visitor.signed else { return stranger(app, visitor).await };
    let roles = signed.person.roles;
    if roles.contains(Role::Client) {
        client(&app, &visitor, &signed.person).await
    } else if roles.contains(Role::Coach) {
        Ok(Redirect::to("/today").into_response())
    } else {
        desk(&app, &visitor, &signed.person).await
    }
}

/// Where somebody begins who has just signed in: a client who has become a coach too, at the practice that is to be set
/// up, which their home does not speak of; everybody else at their first page.
///
/// # Errors
/// Only those of the store.
pub async fn landing(app: &App, person: &Person) -> Result<&'static str, Failure> {
    let (id, roles) = (person.id, person.roles);
    if !(roles.contains(Role::Client) && roles.contains(Role::Coach)) {
        return Ok("/");
    }
    let is_set_up = app.read(move |tx| Ok(coach::profile_of(tx, id)?.listed)).await?;
    Ok(if is_set_up { "/" } else { "/today" })
}

async fn stranger(app: Reading, visitor: Visitor) -> Answer {
    if app.mode() == Mode::Demo {
        return demo::show(State(app), visitor).await;
    }
    let set_up = app.read(sign_in::has_admin).await?;
    let title = visitor.texts().welcome.title;
    page(&WelcomePage { shell: shell::of(&visitor, app.mode(), app.now(), title, Place::Elsewhere), set_up })
}

async fn client(app: &Reading, visitor: &Visitor, me: &Person) -> Answer {
    let by = visitor.actor();
    let id = me.id;
    let (coming, past, (journeys, open), bookable, asks, totals, coachless, (pod, way), unread, leading) =
        app.read(move |tx| {
            let coming = agenda::coming_of_client(tx, &by)?;
            let (pod, way) = match coming.iter().find(|meeting| meeting.status == Status::Booked) {
                Some(next) => (pod::changeable(tx, &by, next.session)?, way_to_move(tx, &by, next.session)?),
                None => (None, None),
            };
            Ok((
                coming,
                agenda::past_of_client(tx, &by)?,
                steps(tx, &by)?,
                bookable(tx, id)?,
                session::asking(tx, &by)?,
                ledger::totals(tx, &by, Debts::Of(id))?,
                pool::coachless(tx, &by)?,
                (pod, way),
                today::unread(tx, &by)?,
                Leading::read(tx, &by)?,
            ))
        })
        .await?;
    let now = app.now();
    let t = visitor.texts();
    let teller = Teller::new(me, now);
    let next = coming.iter().find(|meeting| meeting.status == Status::Booked);
    let later = coming.iter().filter(|meeting| next != Some(meeting));
    // Whoever coaches too decides on their day; here stands what they asked for themselves.
    let asks: Vec<Asking> = asks.into_iter().filter(|ask| ask.request.by == id).collect();
    let debts = totals.iter().filter(|total| total.owed.minor > 0).map(|total| money(total.owed, t.language));
    let debts = debts.collect::<Vec<_>>().join(", ");
    page(&HomePage {
        shell: shell::of(visitor, app.mode(), now, t.home.title, Place::Home),
        first_name: first_name(me),
        next: next.map(|meeting| {
            let with = teller.line_for_client(meeting).line;
            let there =
                teller.there(meeting, meeting.ends_at).map(|there| format!(" {there}")).unwrap_or_default();
            NextSession {
                href: address(meeting),
                at: teller.moment(meeting.starts_at),
                line: format!("{with}. {}, {}{there}.", teller.length(meeting), teller.until(meeting)),
                status: meeting.status,
                // A pod's time is not for its members to move; another date of an open one is theirs to choose (rule S13).
                another: pod.map(|pod| format!("/pods/{pod}#other-dates")),
                moves: way
                    .as_ref()
                    .filter(|_| {
                        meeting.starts_at > now && !asks.iter().any(|ask| ask.session == meeting.session)
                    })
                    .map(|way| match way {
                        Ok(_) => Target::Page(format!("{}/move", address(meeting))),
                        Err(refusal) => {
                            Target::NotNow(t.refusals.say(refusal, |at| teller.clockface().long(at)))
                        }
                    }),
            }
        }),
        asks: asking::rows(&asks, id, teller.clockface(), now, t),
        unread: unread.iter().map(|one| today::unread_line(&teller, one, t)).collect(),
        needs: leading.needs(&teller, now, t),
        owed: if debts.is_empty() { debts } else { (t.waiting.you_owe)(&debts) },
        // What the program pays for stands before what one would pay oneself (rule B8).
        book_next: bookable
            .iter()
            .filter(|one| !waits_in_program(&journeys, one.coach.person))
            .map(|one| book_next(one, &teller, now, t))
            .collect(),
        steps: open.iter().map(|(step, times)| step_next(step, times, &teller, now, t)).collect(),
        coming: later.map(|meeting| teller.line_for_client(meeting)).collect(),
        past: past.iter().map(|meeting| teller.line_for_client(meeting)).collect(),
        choices: coachless
            .asked
            .into_iter()
            .map(|(place, cohort)| {
                ((t.enrolment.choose_in)(&cohort), format!("/participants/{place}/coaches"))
            })
            .collect(),
        coach_comes: !coachless.waiting.is_empty(),
        support: visitor.organisation.support_mail.as_ref().map(ToString::to_string),
        done: journeys.first().filter(|path| path.completed_at.is_some()).map(|path| Done {
            heading: if has_stones(path) {
                t.endings.home_done_heading
            } else {
                t.endings.home_closed_heading
            },
            line: if has_stones(path) { t.endings.home_done } else { t.endings.home_closed },
            survey: matches!(path.survey, Sent::Out(_)).then(|| format!("/journeys/{}/survey", path.id)),
        }),
        journeys: journeys.into_iter().map(|path| journey(visitor, &teller, path, now)).collect(),
    })
}

/// How the next session would be moved now, by the rule of its page (rule R2); none for a pod's, which its members do not move.
fn way_to_move(
    tx: &mut Tx,
    by: &Actor,
    id: SessionId,
) -> model::Result<Option<Result<moving::Way, Refusal>>> {
    match session::move_outlook(tx, by, id) {
        Ok(outlook) => Ok(Some(outlook.way)),
        Err(model::Error::Refused(Refusal::MayNot { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One's journeys, and for each the next step that can be booked, and what was added to it, with their first times.
type Steps = (Vec<Path>, Vec<(JourneyStep, Vec<Instant>)>);

fn steps(tx: &mut Tx, by: &Actor) -> model::Result<Steps> {
    let journeys = agenda::journeys(tx, by)?;
    let is_open = |step: &&JourneyStep| matches!(step.opening, Some(Opening::Book | Opening::Choose(_)));
    let next = journeys.iter().flat_map(|journey| {
        let open = || journey.steps.iter().filter(is_open);
        open().find(|step| !step.is_extra).into_iter().chain(open().filter(|step| step.is_extra))
    });
    let next: Vec<JourneyStep> = next.take(STEPS_OFFERED_MAX).cloned().collect();
    let within = Span::of(tx.now(), SignedDuration::from_hours(24 * 7 * i64::from(BOOK_NEXT_WEEKS)));
    let mut open = Vec::new();
    for step in next {
        let times = match step.opening {
            Some(Opening::Book) => session::slots_to_book(tx, by, step.session, within)?,
            _ => Vec::new(),
        };
        open.push((step, times));
    }
    Ok((journeys, open))
}

fn step_next(
    step: &JourneyStep,
    times: &[Instant],
    teller: &Teller<'_>,
    now: Instant,
    t: &Texts,
) -> StepNext {
    let (p, clockface) = (&t.pods, teller.clockface());
    let date = |at| clockface.short_date(at, now);
    let slot = |at: Instant, href| SlotNext { day: date(at), time: clockface.time(at), href };
    let mut line = (p.about_step)(&step.name, step.minutes);
    if let Some(weeks) = step.suggested {
        let day = |date| clockface.short_day(date, now);
        line = format!("{line} {}", (t.steps.best)(&day(weeks.first), &day(weeks.last)));
    }
    if let Some(Opening::Choose(dates)) = &step.opening {
        let slots = dates.iter().take(BOOK_NEXT_SLOTS);
        let slots = slots.map(|date| slot(date.starts_at, format!("/pods/{}", date.pod))).collect();
        return StepNext { heading: (p.choose_date)(step.number), line, href: None, slots };
    }
    let page = format!("/sessions/{}/booking", step.session);
    let slots =
        one_a_day(times, clockface).into_iter().map(|at| slot(at, format!("{page}?at={at}"))).collect();
    let heading = if step.is_extra { p.book_extra.to_owned() } else { (p.book_step)(step.number) };
    StepNext { heading, line, href: Some(page), slots }
}

/// The times that are offered first, one of each day: three of one day would be no choice. Days on which there is one by
/// daylight go before the others, and so does that one.
pub(super) fn one_a_day(times: &[Instant], clockface: &Clockface) -> Vec<Instant> {
    let is_by_day = |at: &Instant| DAYTIME.contains(&clockface.time_of_day(*at).hour());
    let mut days: Vec<Instant> = Vec::new();
    for at in times {
        match days.last_mut() {
            Some(last) if clockface.day(*last) == clockface.day(*at) => {
                if is_by_day(at) && !is_by_day(last) {
                    *last = *at;
                }
            }
            _ => days.push(*at),
        }
    }
    // The sort is stable: within both kinds they stay in order.
    days.sort_by_key(|at| !is_by_day(at));
    days.truncate(BOOK_NEXT_SLOTS);
    days.sort_unstable();
    days
}

/// With whom a client can book, what, and its first free times.
struct Bookable {
    coach: Profile,
    offering: Offering,
    slots: Vec<Instant>,
}

/// For each coach of a client what is usually booked after the first call: a session, else whatever there is.
fn bookable(tx: &mut Tx, client: PersonId) -> model::Result<Vec<Bookable>> {
    let mut bookable = Vec::new();
    for coach in coach::of_client(tx, client)?.into_iter().take(BOOK_NEXT_COACHES) {
        let mut offerings = offering::active(tx, coach.person)?;
        let session = offerings.iter().position(|offering| offering.kind == SessionKind::OneToOne);
        if offerings.is_empty() {
            continue;
        }
        let offering = offerings.swap_remove(session.unwrap_or_default());
        let slots = next_slots(tx, &offering)?;
        bookable.push(Bookable { coach, offering, slots });
    }
    Ok(bookable)
}

/// The free times of the coming weeks.
pub(super) fn next_slots(tx: &mut Tx, offering: &Offering) -> model::Result<Vec<Instant>> {
    let weeks = SignedDuration::from_hours(24 * 7 * i64::from(BOOK_NEXT_WEEKS));
    booking::free_starts(tx, offering, Span::of(tx.now(), weeks))
}

fn book_next(one: &Bookable, teller: &Teller<'_>, now: Instant, t: &Texts) -> BookNext {
    let clockface = teller.clockface();
    let page = format!("/coaches/{}?offering={}", one.coach.slug, one.offering.id);
    let title = (t.practice.preview_as)(&one.offering.name, one.offering.policy.minutes.get());
    BookNext {
        face: Face::new(one.coach.name.clone(), None),
        line: format!("{title}, {}", practice::price(&one.offering, t)),
        slots: one_a_day(&one.slots, clockface)
            .into_iter()
            .map(|slot| SlotNext {
                day: clockface.short_date(slot, now),
                time: clockface.time(slot),
                href: format!("{page}&at={slot}"),
            })
            .collect(),
        href: page,
    }
}

/// Whether anything of a journey was completed.
fn has_stones(path: &Path) -> bool {
    path.steps.iter().any(|step| step.status == Status::Completed)
}

/// Whether something waits in a program of this coach, also if it cannot be booked just now: then they are not offered at a
/// price in its stead (rules B8, G8).
fn waits_in_program(journeys: &[Path], coach: PersonId) -> bool {
    let waits = |path: &&Path| {
        path.completed_at.is_none() && path.steps.iter().any(|step| step.status == Status::Unbooked)
    };
    journeys.iter().filter(waits).any(|path| path.steps.iter().any(|step| step.coach == Some(coach)))
}

fn journey(visitor: &Visitor, teller: &Teller<'_>, path: Path, now: Instant) -> Journey {
    let t = visitor.texts();
    let count = |status| path.steps.iter().filter(|step| step.status == status).count();
    let date = |at| teller.clockface().short_date(at, now);
    let day = |date| teller.clockface().short_day(date, now);
    let p = &t.pods;
    let when = |step: &JourneyStep| match (&step.opening, step.starts_at, step.suggested) {
        (Some(Opening::After(number)), ..) => (p.after)(*number),
        (Some(Opening::NoCoach), ..) => p.no_coach.to_owned(),
        (Some(Opening::WaitForDate), ..) => p.wait_for_date.to_owned(),
        (Some(Opening::NoDateLeft), ..) => p.no_date_left.to_owned(),
        (Some(_), _, Some(weeks)) => (t.meeting.best)(&day(weeks.first), &day(weeks.last)),
        (None, Some(at), _) => date(at),
        _ => String::new(),
    };
    let line = match (count(Status::Completed), count(Status::Booked)) {
        (0, 0) if path.completed_at.is_some() || path.rests.is_some() => (t.home.none_line)(path.steps.len()),
        (completed, booked) => (t.home.journey_line)(completed, booked, path.steps.len()),
    };
    Journey {
        line,
        stones: path.steps.iter().map(|step| Stone { number: step.number, status: step.status }).collect(),
        steps: path
            .steps
            .iter()
            .map(|step| Step {
                number: step.number,
                title: step.name.clone(),
                line: when(step),
                status: step.status,
                href: match &step.opening {
                    Some(Opening::Book) => Some(format!("/sessions/{}/booking", step.session)),
                    Some(Opening::Choose(dates)) => dates.first().map(|date| format!("/pods/{}", date.pod)),
                    Some(_) => None,
                    None => step.starts_at.map(|_| format!("/sessions/{}", step.session)),
                },
            })
            .collect(),
        note: match path.rests.filter(|_| path.completed_at.is_none()) {
            Some(Away::Cohort) => t.home.rests,
            Some(Away::Participant) => t.home.put_away,
            None => "",
        },
        title: path.name,
    }
}

async fn desk(app: &Reading, visitor: &Visitor, me: &Person) -> Answer {
    let by = visitor.actor();
    let roles = me.roles;
    let may = |action| !reach(roles, action).is_none();
    let (counts_people, counts_mails) = (may(Action::ManageParticipants), may(Action::SeeMailQueue));
    let counts_all = reach(roles, Action::ManageParticipants).is_all();
    let settles = may(Action::SettleContest);
    let (people, mails, companies, contests, leading) = app
        .read(move |tx| {
            let people = match (counts_people, counts_all) {
                (true, true) => Some(person::count(tx, &by, &Filter::default())?),
                (true, false) => Some(desk::people(tx, &by)?),
                (false, _) => None,
            };
            let mails = if counts_mails { Some(mail::counts(tx, &by)?) } else { None };
            let contests = if settles { session::contests(tx, &by)? } else { Vec::new() };
            Ok((people, mails, agenda::sponsored(tx, &by)?, contests, Leading::read(tx, &by)?))
        })
        .await?;
    let t = visitor.texts();
    let d = &t.desk;
    let mut figures = Vec::new();
    if let Some(people) = people {
        // The list of people holds who is put away too; that of programs counts who is on their way.
        let (label, about, href) = if counts_all {
            (d.people, d.people_about, "/people")
        } else {
            (d.participants, d.participants_about, "/programs")
        };
        figures.push(Figure { value: people.to_string(), label, about, href });
    }
    if let Some(mails) = mails {
        let count = |of: mail::State| {
            mails.iter().find(|(state, _)| *state == of).map_or(0, |(_, count)| *count).to_string()
        };
        figures.push(Figure {
            value: count(mail::State::Queued),
            label: d.waiting,
            about: d.waiting_about,
            href: "/mail-queue?state=queued",
        });
        figures.push(Figure {
            value: count(mail::State::Dead),
            label: d.given_up,
            about: d.given_up_about,
            href: "/mail-queue?state=dead",
        });
    }
    let ways = [
        (
            may(Action::ManagePeople),
            Way { icon: "plus", title: d.invite, about: d.invite_about, href: "/people/new" },
        ),
        (may(Action::SeeAudit), Way { icon: "audit", title: d.audit, about: d.audit_about, href: "/audit" }),
        (
            may(Action::ManageSettings),
            Way { icon: "settings", title: d.settings, about: d.settings_about, href: "/settings" },
        ),
        (true, Way { icon: "person", title: d.profile, about: d.profile_about, href: "/profile" }),
    ];
    let (heading, lede) = if roles.contains(Role::Admin) {
        ((d.greeting)(&first_name(me)), d.admin_lede.to_owned())
    } else if roles.contains(Role::ProgramLead) {
        ((d.greeting)(&first_name(me)), d.lead_lede.to_owned())
    } else if roles.contains(Role::Sponsor) {
        let heading = if companies.is_empty() { d.sponsor_heading.to_owned() } else { companies.join(", ") };
        (heading, format!("{} {}", d.sponsor_lede, d.sponsor_never))
    } else {
        (d.no_role_heading.to_owned(), d.no_role_lede.to_owned())
    };
    let teller = Teller::new(me, app.now());
    page(&DeskPage {
        shell: shell::of(visitor, app.mode(), app.now(), d.title, Place::Home),
        contests: contests
            .iter()
            .map(|one| today::contest_line(&teller, one, me.id, t.waiting.contested_own_desk, app.now(), t))
            .collect(),
        needs: leading.needs(&teller, app.now(), t),
        cohorts: leading
            .led
            .iter()
            .map(|one| Led {
                title: one.name.clone(),
                line: (d.people_of)(&one.company, one.people),
                href: format!("/cohorts/{}", one.cohort),
            })
            .collect(),
        heading,
        lede,
        figures,
        ways: ways.into_iter().filter(|(open, _)| *open).map(|(_, way)| way).collect(),
    })
}

fn first_name(person: &Person) -> String {
    person.name.split_whitespace().next().unwrap_or(&person.name).to_owned()
}

#[cfg(test)]
mod tests {
    use rules::person::{HourStyle, Language};

    use super::*;

    #[test]
    fn by_daylight_and_one_of_each_day_is_offered_first() {
        let berlin =
            Clockface::new("Europe/Berlin".parse().expect("a zone"), HourStyle::H24, Language::English);
        let offered = |times: &[&str]| -> Vec<String> {
            let times: Vec<Instant> = times.iter().map(|at| at.parse().expect("a time")).collect();
            one_a_day(&times, &berlin).into_iter().map(|at| berlin.typed(at).1).collect()
        };
        // Of a day the first by daylight; at 07:00 if there is no other.
        assert_eq!(
            offered(&["2026-11-23T06:00:00Z", "2026-11-23T09:00:00Z", "2026-11-24T06:00:00Z"]),
            ["10:00", "07:00"]
        );
        // Nights wait until no day is left.
        let nights = ["2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"];
        let days = ["2026-11-25T08:00:00Z", "2026-11-26T09:00:00Z", "2026-11-27T10:00:00Z"];
        assert_eq!(offered(&[nights.as_slice(), &days].concat()), ["09:00", "10:00", "11:00"]);
        assert_eq!(offered(&nights), ["03:00", "03:00"]);
    }
}
