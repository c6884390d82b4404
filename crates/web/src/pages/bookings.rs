//! What became of a booking: the page behind the mailed link with its one button (rules B7, P2), and the page that says
//! what is booked. Nobody needs to be signed in for the former; whoever has the mail has the link.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::agreement;
use model::appointment::{self, Appointment};
use model::booking::{self, HoldView, Press};
use model::coach::{self, Profile};
use model::event::Actor;
use model::{Tx, offering, person, session, sign_in};
use rules::ids::{PersonId, SessionId};
use rules::person::HourStyle;
use rules::refusal::Refusal;
use rules::session::PlaceKind;
use rules::terms::Conditions;
use rules::time::{Instant, Zone};

use super::coaches::picker::{Clock, agreement_view, is_intro, rule_of, there, ways};
use super::coaches::{bookings as at_coach, face_of, frame, next_free};
use super::{Answer, page, page_again, page_refused};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::Form;
use crate::invites::{Inviter, Side};
use crate::mail;
use crate::pages::sign_in::signed_in;
use crate::shell::{Dress, Place};
use crate::views::booking::{Booked, CalendarLink, DateLink, DonePage, HoldPage, HoldState, Way};
use crate::views::coaches::Agreement;
use crate::views::parts::Moment;
use crate::visitor::Visitor;
use crate::words::{money, money_times};

/// So many other times are offered instead of one that was given back.
const INSTEAD: usize = 6;

/// A hold with what its page says of it.
struct Seen {
    view: HoldView,
    appointment: Appointment,
    profile: Profile,
    /// What is free instead, where it was given back.
    instead: Vec<Instant>,
}

async fn look(app: &Reading, token: &str) -> Result<Option<Seen>, Failure> {
    let token = token.to_owned();
    let seen = app
        .read(move |tx| {
            let view = booking::show_hold(tx, &token)?;
            let appointment = appointment::find(tx, view.session)?.ok_or(Refusal::LinkUnknown)?;
            let profile = coach::profile_of(tx, view.coach)?;
            let instead = match view.state {
                booking::HoldState::Expired => {
                    booking::alternatives(tx, view.offering, view.starts_at, INSTEAD)?
                }
                _ => Vec::new(),
            };
            Ok(Seen { view, appointment, profile, instead })
        })
        .await;
    match seen {
        Ok(seen) => Ok(Some(seen)),
        Err(model::Error::Refused(Refusal::LinkUnknown)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /bookings/{token}`: says what the button would do; mail scanners open links, and nothing happens.
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let Some(seen) = look(&app, &token).await? else {
        return hold_page(&app, &visitor, StatusCode::GONE, HoldState::Gone);
    };
    match seen.view.state {
        booking::HoldState::Confirmed { .. } => done_of_hold(&app, &visitor, &token, seen),
        booking::HoldState::Open { until } => {
            let state = open(&visitor, &token, &seen, until, Asked::default());
            hold_page(&app, &visitor, StatusCode::OK, state)
        }
        booking::HoldState::Expired => {
            hold_page(&app, &visitor, StatusCode::GONE, expired(&visitor, &app, &seen))
        }
    }
}

fn hold_page(app: &Reading, visitor: &Visitor, status: StatusCode, state: HoldState) -> Answer {
    page_again(status, &hold_view(app, visitor, state))
}

fn hold_view(app: &Reading, visitor: &Visitor, state: HoldState) -> HoldPage {
    let t = &visitor.texts().booking;
    let title = match &state {
        HoldState::Open { .. } => t.hold_title,
        HoldState::Expired { .. } => t.expired_heading,
        HoldState::Refused { .. } => t.hold_title,
        HoldState::Gone => t.gone_heading,
    };
    HoldPage { shell: frame(visitor, app, title, Place::Coaches, Dress::Public, None), state }
}

fn clock_of(visitor: &Visitor, view: &HoldView) -> Clock {
    Clock::of(visitor, view.zone.as_str())
}

/// What else is asked before the button books.
#[derive(Default)]
struct Asked {
    /// Whether to book although there is something else of theirs at that time.
    overlap: String,
    /// That was said already.
    anyway: bool,
    /// Whether they accept this agreement, and why that is asked.
    agreement: Option<Agreement>,
    agree_error: String,
}

fn open(visitor: &Visitor, token: &str, seen: &Seen, until: Instant, asked: Asked) -> HoldState {
    let clock = clock_of(visitor, &seen.view);
    let at = seen.view.starts_at;
    HoldState::Open {
        what: booked_of(visitor, &clock, &seen.appointment, &seen.profile),
        action: format!("/bookings/{token}"),
        button: (visitor.texts().booking.book)(&format!(
            "{}, {}",
            clock.face.weekday(at),
            clock.face.time(at)
        )),
        until: clock.face.time(until),
        overlap: asked.overlap,
        anyway: asked.anyway,
        agreement: asked.agreement,
        agree_error: asked.agree_error,
        back: back(seen),
    }
}

fn back(seen: &Seen) -> String {
    // What is only guessed does not become known by being sent.
    let zone = if seen.view.zone_known { seen.view.zone.as_str() } else { "" };
    at_coach::back(&seen.profile.slug, zone, false)
}

/// It was given back: the nearest times are one press away, with everything that was typed.
fn expired(visitor: &Visitor, app: &Reading, seen: &Seen) -> HoldState {
    let (clock, view, now) = (clock_of(visitor, &seen.view), &seen.view, app.now());
    let still = seen.instead.contains(&view.starts_at);
    // The page says what held for the time that was kept.
    let shown = Conditions { minutes: view.minutes, price: view.deal.price, terms: view.deal.terms };
    let mut typed = vec![
        ("offering".to_owned(), view.offering.to_string()),
        (at_coach::SHOWN.to_owned(), shown.to_string()),
        ("name".to_owned(), view.name.clone()),
        ("mail".to_owned(), view.mail.clone()),
        ("note".to_owned(), view.note.clone()),
    ];
    typed.extend(view.zone_known.then(|| ("zone".to_owned(), view.zone.to_string())));
    typed.extend(view.deal.answers.iter().map(|it| (format!("answer-{}", it.no), it.text.clone())));
    if let Some(agreement) = view.agreement {
        typed.push(("agreement".to_owned(), agreement.to_string()));
        typed.push(("agree".to_owned(), "1".to_owned()));
    }
    HoldState::Expired {
        what: booked_of(visitor, &clock, &seen.appointment, &seen.profile),
        still,
        action: format!("/coaches/{}/bookings", seen.profile.slug),
        typed,
        instead: seen.instead.iter().map(|at| next_free(&clock.face, *at, now, at.to_string())).collect(),
        back: back(seen),
    }
}

/// `POST /bookings/{token}`: presses the button. It books, and signs in whoever has shown that the mailbox is theirs;
/// pressed again it changes nothing more.
pub async fn confirm(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    let (pressed, device) = (token.clone(), visitor.device.clone());
    let agrees = form.fields.get("agree") == "1";
    let press = Press {
        overlap_known: form.fields.get("anyway") == "1",
        accepts: form.fields.get("agreement").parse().ok().filter(|_| agrees),
    };
    let outcome = app
        .write(move |tx| {
            let confirmed = booking::confirm(tx, &pressed, press)?;
            if !confirmed.is_first {
                return Ok(None);
            }
            let person = person::get(tx, confirmed.person)?;
            Ok(Some(sign_in::begin(tx, &person, &device, "booking")?))
        })
        .await;
    let here = format!("/bookings/{token}");
    match outcome {
        Ok(Some(begun)) => Ok(signed_in(&app, &begun, &here)),
        Ok(None) => Ok(Redirect::to(&here).into_response()),
        Err(model::Error::Refused(refusal)) => {
            refused(&app.reading(), &visitor, &token, press, refusal).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refused(app: &Reading, visitor: &Visitor, token: &str, press: Press, refusal: Refusal) -> Answer {
    let Some(seen) = look(app, token).await? else {
        return hold_page(app, visitor, StatusCode::GONE, HoldState::Gone);
    };
    let clock = clock_of(visitor, &seen.view);
    let words = at_coach::say(visitor.texts(), &clock, &refusal);
    let ways = match refusal {
        Refusal::IntroUsed => other_ways(app, visitor, &seen).await?,
        _ => Vec::new(),
    };
    let state = match (&refusal, seen.view.state) {
        (Refusal::Overlap { .. }, booking::HoldState::Open { until }) => {
            let agreement = if press.accepts.is_some() { needed(app, visitor, true).await? } else { None };
            open(visitor, token, &seen, until, Asked { overlap: words, agreement, ..Asked::default() })
        }
        (Refusal::AgreementNeeded, booking::HoldState::Open { until }) => {
            let agreement = needed(app, visitor, false).await?;
            let anyway = press.overlap_known;
            let asked = Asked { agreement, agree_error: words, anyway, ..Asked::default() };
            open(visitor, token, &seen, until, asked)
        }
        (Refusal::HoldExpired, _) => expired(visitor, app, &seen),
        (refusal, _) if refusal.is_about_the_time() => expired(visitor, app, &seen),
        _ => HoldState::Refused {
            what: booked_of(visitor, &clock, &seen.appointment, &seen.profile),
            why: words,
            ways,
            back: back(&seen),
        },
    };
    page_refused(&refusal, &hold_view(app, visitor, state))
}

/// What else than a free first call can be booked with this coach.
async fn other_ways(app: &Reading, visitor: &Visitor, seen: &Seen) -> Result<Vec<Way>, Failure> {
    let coach = seen.profile.person;
    let offerings = app.read(move |tx| offering::active(tx, coach)).await?;
    let zone = if seen.view.zone_known { seen.view.zone.as_str() } else { "" };
    let page = at_coach::back(&seen.profile.slug, zone, false);
    Ok(ways(visitor, offerings.iter().filter(|offering| !is_intro(offering)), &page))
}

/// The agreement that paid bookings need now, with its box.
async fn needed(app: &Reading, visitor: &Visitor, accepted: bool) -> Result<Option<Agreement>, Failure> {
    let language = visitor.language;
    let now = app.read(move |tx| agreement::current(tx, booking::AGREEMENT, language)).await?;
    Ok(now.map(|now| agreement_view(&now, accepted)))
}

fn done_of_hold(app: &Reading, visitor: &Visitor, token: &str, seen: Seen) -> Answer {
    let clock = clock_of(visitor, &seen.view);
    let is_theirs =
        matches!(seen.view.state, booking::HoldState::Confirmed { person } if is(visitor, person));
    let t = &visitor.texts().booking;
    let see = if is_theirs {
        (t.see_session.to_owned(), format!("/sessions/{}", seen.view.session))
    } else {
        (visitor.texts().shell.sign_in.to_owned(), "/sign-in".to_owned())
    };
    let file = format!("/bookings/{token}/calendar.ics");
    let one = [seen.appointment];
    page(&done(app, visitor, &clock, &one, &seen.profile, file, see, is_theirs))
}

fn is(visitor: &Visitor, person: PersonId) -> bool {
    visitor.who().is_some_and(|who| who.person == person)
}

/// `GET /bookings/{token}/calendar.ics`
pub async fn calendar(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let seen = look(&app, &token).await?.ok_or(Refusal::LinkUnknown)?;
    if !matches!(seen.view.state, booking::HoldState::Confirmed { .. }) {
        return Err(Refusal::NotFound.into());
    }
    Ok(calendar_file(&app, &visitor, &seen.appointment))
}

/// A booking as a file for a calendar.
pub(super) fn calendar_file(app: &Reading, visitor: &Visitor, appointment: &Appointment) -> Response {
    file_of_all(app, visitor, std::slice::from_ref(appointment))
}

/// Bookings as one file, each with its own identity (rule B6).
fn file_of_all(app: &Reading, visitor: &Visitor, all: &[Appointment]) -> Response {
    let sender = mail::address(app.config()).to_string();
    let text = inviter(app, visitor, &sender).file_of_all(all, app.now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"session.ics\""),
    ];
    (headers, text).into_response()
}

fn inviter<'a>(app: &'a Reading, visitor: &Visitor, sender: &'a str) -> Inviter<'a> {
    Inviter::new(Side::Client, visitor.language, app.config().public_url.as_str(), sender)
}

/// All that was booked together and still stands, for its client alone.
fn booked_together(tx: &mut Tx, by: &Actor, id: SessionId) -> model::Result<Vec<Appointment>> {
    let view = session::view(tx, by, id)?;
    if by.person().is_none_or(|me| view.place_of(me).is_none()) {
        return Err(Refusal::NotFound.into());
    }
    let mut all: Vec<Appointment> = match view.series {
        Some(series) => appointment::of_series(tx, series)?,
        None => appointment::find(tx, id)?.into_iter().collect(),
    };
    all.retain(|one| !one.is_cancelled);
    if all.is_empty() { Err(Refusal::NotFound.into()) } else { Ok(all) }
}

/// `GET /sessions/{session}/booked/calendar.ics`: one file, of a whole series too.
pub async fn booked_calendar(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let all = app.read(move |tx| booked_together(tx, &by, id)).await?;
    Ok(file_of_all(&app, &visitor, &all))
}

/// `GET /sessions/{session}/booked`: for whoever booked while signed in, and of what still stands.
pub async fn booked(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let (all, profile) = app
        .read(move |tx| {
            let all = booked_together(tx, &by, id)?;
            let profile = coach::profile_of(tx, all[0].coach.id)?;
            Ok((all, profile))
        })
        .await?;
    let t = &visitor.texts().booking;
    let see = if all.len() > 1 {
        (t.all_sessions.to_owned(), "/sessions".to_owned())
    } else {
        (t.see_session.to_owned(), format!("/sessions/{id}"))
    };
    let clock = Clock::of(&visitor, "");
    let file = format!("/sessions/{id}/booked/calendar.ics");
    page(&done(&app, &visitor, &clock, &all, &profile, file, see, false))
}

/// What is booked: one session, or each of a series, the first one large.
#[expect(clippy::too_many_arguments, reason = "two handlers and each part of one page")]
fn done(
    app: &Reading,
    visitor: &Visitor,
    clock: &Clock,
    all: &[Appointment],
    profile: &Profile,
    file: String,
    see: (String, String),
    has_just_signed_in: bool,
) -> DonePage {
    let (t, now) = (&visitor.texts().booking, app.now());
    let first = &all[0];
    let is_series = all.len() > 1;
    let dates = if is_series { all } else { &[] };
    DonePage {
        shell: frame(visitor, app, t.done_title, Place::Coaches, Dress::Public, Some(&clock.face)),
        first: moment(clock, first.starts_at, now),
        what: if is_series {
            series_of(visitor, clock, all, profile)
        } else {
            booked_of(visitor, clock, first, profile)
        },
        dates: dates
            .iter()
            .map(|one| DateLink {
                when: clock.face.short(one.starts_at, now),
                href: format!("/sessions/{}", one.session),
            })
            .collect(),
        calendars: if is_series {
            // A link adds one event only: those are on the page of each session.
            vec![CalendarLink { label: t.add_file_all.to_owned(), href: file, elsewhere: false }]
        } else {
            calendars(app, visitor, first, file)
        },
        next: next(visitor, all, has_just_signed_in),
        see,
    }
}

/// What happens next, each with its icon.
fn next(visitor: &Visitor, all: &[Appointment], has_just_signed_in: bool) -> Vec<(&'static str, String)> {
    let t = &visitor.texts().booking;
    let (first, is_series) = (&all[0], all.len() > 1);
    let of_all = |one: &'static str, all: &'static str| if is_series { all } else { one }.to_owned();
    let mut next = vec![("mail", of_all(t.next_mail, t.next_mail_of_all))];
    if let Some(sum) = sum_of(visitor, all) {
        let pay = if is_series { t.next_pay_for_all } else { t.next_pay };
        next.push(("info", pay(&sum, &first.coach.name)));
    }
    if first.place.kind == PlaceKind::Room {
        next.push(("camera", of_all(t.next_camera, t.next_camera_of_all)));
    }
    next.push(("key", of_all(t.next_manage, t.next_manage_of_all)));
    if has_just_signed_in {
        next.push(("person", t.next_sessions.to_owned()));
    }
    next
}

/// What is to be paid for sessions that were booked together, and therefore cost the same each; none if nothing is.
fn sum_of(visitor: &Visitor, all: &[Appointment]) -> Option<String> {
    let each = all[0].price.filter(|price| !price.is_zero())?;
    Some(money_times(each, all.len(), visitor.language))
}

/// A series as one booking, in its client's words.
fn series_of(visitor: &Visitor, clock: &Clock, all: &[Appointment], profile: &Profile) -> Booked {
    let texts = visitor.texts();
    let (t, first) = (&texts.booking, &all[0]);
    let minutes = (texts.coaches.minutes)(first.minutes.get());
    let one = booked_of(visitor, clock, first, profile);
    Booked {
        what: (t.series_what)(all.len(), &inviter_name(visitor, first), &minutes),
        zone: (t.series_when)(&one.zone, all.len() - 1),
        price: sum_of(visitor, all).unwrap_or(one.price),
        rule: if one.rule.is_empty() { one.rule } else { format!("{} {}", one.rule, t.series_rule) },
        ..one
    }
}

/// "Tomorrow at 09:30", "in 18 hours".
pub(super) fn moment(clock: &Clock, at: Instant, now: Instant) -> Moment {
    let near = clock.face.near(at, now);
    Moment { iso: at.to_string(), text: near, relative: clock.face.start(at, now) }
}

/// Ways into a calendar.
pub(super) fn calendars(
    app: &Reading,
    visitor: &Visitor,
    appointment: &Appointment,
    file: String,
) -> Vec<CalendarLink> {
    let t = &visitor.texts().booking;
    let links = inviter(app, visitor, "").add_links(appointment);
    let link = |label: &str, href, elsewhere| CalendarLink { label: label.to_owned(), href, elsewhere };
    vec![
        link(t.add_file, file, false),
        link(t.add_google, links.google, true),
        link(t.add_outlook, links.outlook, true),
    ]
}

/// What is or would be booked, in its client's words.
pub(crate) fn booked_of(visitor: &Visitor, clock: &Clock, one: &Appointment, profile: &Profile) -> Booked {
    let texts = visitor.texts();
    let (t, face) = (&texts.booking, &clock.face);
    let minutes = (texts.coaches.minutes)(one.minutes.get());
    let name = inviter_name(visitor, one);
    let price = one.price.filter(|price| !price.is_zero());
    Booked {
        coach: face_of(profile),
        what: format!("{name}, {minutes}"),
        when: (t.slot)(&face.date(one.starts_at), &face.time(one.starts_at), &face.time(one.ends_at())),
        iso: one.starts_at.to_string(),
        zone: format!("{} {}{}", t.in_zone, face.place(), there(texts, clock, &profile.zone, one.starts_at)),
        place: super::coaches::picker::place_words(texts, one.place.kind).to_owned(),
        place_detail: if one.place.kind == PlaceKind::Room {
            String::new()
        } else {
            one.place.detail.clone()
        },
        price: price.map_or_else(|| texts.coaches.free.to_owned(), |price| money(price, visitor.language)),
        rule: rule_of(texts, one.topic.kind, price.is_some(), one.terms.as_ref()),
    }
}

fn inviter_name(visitor: &Visitor, one: &Appointment) -> String {
    Inviter::new(Side::Client, visitor.language, "", "").name(one)
}

/// The zone in which a person reads, as a clock of this page.
pub(super) fn clock_in(visitor: &Visitor, zone: &Zone, style: HourStyle) -> Clock {
    let mut clock = Clock::of(visitor, zone.as_str());
    clock.face = crate::words::Clockface::new(zone.clone(), style, visitor.language);
    clock
}
