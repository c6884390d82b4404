//! Moving a session: the page that says how it goes at this moment and offers times, and what becomes of a request
//! (rules R1 to R8, R11). Nothing moves before what would happen was shown.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::event::{Actor, Recorded};
use model::session::{
    self, Asking, Declined, Expected, Knowing, MoveOutcome, MoveOutlook, MoveWish, Reason, SessionView,
    Thought,
};
use model::{Tx, idempotency};
use rules::ids::{PersonId, SessionId};
use rules::meeting::{MoveRequest, Side};
use rules::moving::{ASKED_AHEAD, CHANGES_MAX, Freely, Way};
use rules::refusal::{Problem, Refusal};
use rules::session::{Cause, Imposed, SessionKind};
use rules::terms::Band;
use rules::time::Instant;

use super::times::{Asked, INSTEAD, ahead, moment, zone_of};
use super::visit::{Hears, Told, Visit, coaches_of, is_told_on_the_page, listed, name_of};
use super::{Typed, ask, there_at};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Form, lead_back, lead_to, led};
use crate::pages::booking_for::days;
use crate::pages::{Answer, page, page_refused};
use crate::shell::FormErrors;
use crate::texts::Texts;
use crate::views::session::{Chosen, DeclinedCard, MovePage, Press, RequestCard, Sentence, Target};
use crate::visitor::Visitor;
use crate::words::{capital, first_name, money};

/// What was typed, and what came of it.
#[derive(Default)]
struct Sent {
    reason: String,
    conflict: String,
    /// A time that cannot be had.
    lost: Option<Instant>,
    errors: FormErrors,
}

/// What the page is made of.
struct Looked {
    seen: SessionView,
    outlook: MoveOutlook,
    foreseen: Option<Result<MoveOutcome, Refusal>>,
    /// Who would be told.
    told: Vec<PersonId>,
    slots: Vec<Instant>,
    /// Whether its client may cancel what they may not move.
    cancels: bool,
}

impl Looked {
    fn read(
        tx: &mut Tx,
        visit: &Visit,
        from: Instant,
        chosen: Option<Instant>,
        lost: Option<Instant>,
    ) -> model::Result<Looked> {
        let (by, id) = (&visit.by, visit.session);
        let seen = visit.view(tx)?;
        let outlook = session::move_outlook(tx, by, id)?;
        let Ok(way) = outlook.way.clone() else {
            let is_client = outlook.side == Side::Client;
            let cancels = is_client && may_cancel(tx, by, id)?;
            let (told, slots) = (Vec::new(), Vec::new());
            return Ok(Looked { seen, outlook, foreseen: None, told, slots, cancels });
        };
        let foreseen = match chosen.map(|at| session::foresee_move(tx, by, id, at)) {
            None => None,
            Some(Ok(outcome)) => Some(Ok(outcome)),
            Some(Err(model::Error::Refused(refusal))) if is_told_on_the_page(&refusal) => Some(Err(refusal)),
            Some(Err(error)) => return Err(error),
        };
        let refused = match &foreseen {
            Some(Err(refusal)) if refusal.is_about_the_time() => chosen,
            _ => None,
        };
        let mut slots = match lost.or(refused) {
            Some(lost) => session::alternatives_to_move(tx, by, id, lost, INSTEAD)?,
            None => session::slots_to_move(tx, by, id, ahead(from))?,
        };
        if way == Way::ByAsking {
            // Nobody could decide on what is nearer (rule R4).
            let earliest = tx.now() + ASKED_AHEAD;
            slots.retain(|slot| *slot >= earliest);
        }
        let picked = chosen.filter(|_| foreseen.as_ref().is_some_and(Result::is_ok));
        let told = visit.foretold(tx, Thought::Move(picked))?;
        Ok(Looked { seen, outlook, foreseen, told, slots, cancels: false })
    }
}

fn may_cancel(tx: &mut Tx, by: &Actor, id: SessionId) -> model::Result<bool> {
    match session::quote(tx, by, id, None, Cause::Client) {
        Ok(_) => Ok(true),
        Err(model::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// `GET /sessions/{session}/move`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    look(&app, &visitor, &Visit::signed_in(&visitor, &id)?, &asked).await
}

/// The page, for whoever stands before the session.
pub(in crate::pages) async fn look(app: &Reading, visitor: &Visitor, visit: &Visit, asked: &Asked) -> Answer {
    page(&fill(app, visitor, visit, asked, Sent::default()).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    asked: &Asked,
    sent: Sent,
) -> Result<MovePage, Failure> {
    let (face, now) = (&visit.clockface, app.now());
    let t = visitor.texts();
    let m = &t.moving;
    let (chosen, from, begin) = (asked.chosen(), asked.first_day(), asked.begin(face, now));
    let (reader, lost) = (visit.clone(), sent.lost);
    let looked = app.read(move |tx| Looked::read(tx, &reader, begin, chosen, lost)).await?;
    let Looked { seen, outlook, foreseen, told, slots, cancels } = looked;
    let told = visit.told(t, &seen, &told);
    let start = outlook.starts_at.unwrap_or(now);
    let notice = face.notice(start, now);
    let (other, count) = other_of(&seen, outlook.side, t);
    let policy = match &outlook.way {
        Err(Refusal::MoveTooLate { .. }) => (m.too_late)(&notice),
        Err(refusal) => (m.refused)(refusal.code()),
        Ok(_) if outlook.side != Side::Client => {
            let is_one = outlook.side == Side::Coach && seen.session.pod.is_none();
            (m.house)(if is_one { &other } else { &told.names })
        }
        Ok(Way::AtOnce(Freely::Early)) => (m.at_once)(&notice, &other),
        Ok(Way::AtOnce(Freely::Intro)) => (m.intro)(&other),
        Ok(Way::AtOnce(Freely::Answer)) => (m.answer)(&other, count),
        Ok(Way::ByAsking) => (m.by_asking)(&notice, &other, count),
    };
    let refused = outlook.way.as_ref().err();
    let old = moment(visit, start, now);
    let conflict = match &foreseen {
        Some(Err(refusal)) if sent.conflict.is_empty() => visit.say(t, refusal),
        _ => sent.conflict,
    };
    let instead = (lost.is_some() || foreseen.as_ref().is_some_and(Result::is_err)) && !slots.is_empty();
    let picked = foreseen.as_ref().and_then(|outcome| outcome.as_ref().ok());
    let theirs = face.in_zone(&zone_of(&seen, outlook.side, face));
    let (days, next) = days(&slots, face, &theirs, now, chosen.filter(|_| picked.is_some()), t);
    let policy = capital(&policy);
    Ok(MovePage {
        shell: visit.shell(app, visitor, m.title),
        policy,
        base: visit.base.clone(),
        session: super::name(&seen, visit, t),
        refused: refused.map(|refusal| visit.say(t, refusal)).unwrap_or_default(),
        write: match refused {
            Some(_) if outlook.side == Side::Client && !visit.is_signed_in() => (m.write)(&other),
            _ => String::new(),
        },
        ways: ways(refused, cancels, visit, &seen, t),
        conflict,
        length: (m.as_before)(seen.session.facts.minutes.get()),
        place: face.place(),
        days,
        from: from.map(|date| date.to_string()).unwrap_or_default(),
        instead,
        later: next.filter(|_| !instead).map(|date| format!("{}/move?from={date}", visit.base)),
        hours: seen
            .coaches
            .iter()
            .any(|coach| coach.person == visit.me.id)
            .then(|| "/practice/hours".to_owned()),
        chosen: chosen.zip(picked).map(|(at, outcome)| {
            let what = Foreseen { seen: &seen, outlook: &outlook, start, to: at, outcome: *outcome, now };
            what.told(visit, (&other, count), &told, t)
        }),
        keep: (m.keep)(&old.text),
        old,
        reason: sent.reason,
        reason_hint: match outlook.side {
            // A group is no reader; its members are.
            Side::Coach | Side::Lead | Side::Admin if seen.session.pod.is_some() => {
                (m.reason_hint)(m.members, 2)
            }
            _ => (m.reason_hint)(&other, count),
        },
        errors: sent.errors,
    })
}

/// What can be done instead of moving it.
fn ways(
    refused: Option<&Refusal>,
    cancels: bool,
    visit: &Visit,
    seen: &SessionView,
    t: &Texts,
) -> Vec<Press> {
    let link =
        |label: &str, icon, to: String| Press { label: label.to_owned(), icon, target: Target::Page(to) };
    let cancel = || link(t.moving.cancel_instead, "cross", format!("{}/cancellation", visit.base));
    let mut ways = match refused {
        Some(Refusal::RequestPending { .. }) => {
            vec![link(t.moving.withdraw_first, "clock", visit.base.clone())]
        }
        Some(
            Refusal::MoveTooLate { .. }
            | Refusal::TooManyRequests { .. }
            | Refusal::TooManyPending { .. }
            | Refusal::TooManyChanges { .. },
        ) if cancels => vec![cancel()],
        _ => Vec::new(),
    };
    if let Some(coach) = seen.coaches.first().filter(|_| refused.is_some())
        && let Some(thread) = visit.letters_to(seen, coach.person)
    {
        ways.push(link(&(t.doing.write_to)(first_name(&coach.name)), "message", thread));
    }
    ways
}

/// Whom the reader's move concerns on the other side, by first name, and how many they are; a group is one.
fn other_of(seen: &SessionView, side: Side, t: &Texts) -> (String, usize) {
    if side == Side::Client {
        return (coaches_of(seen, t), seen.coaches.len());
    }
    match (&seen.topic.pod, seen.places.as_slice()) {
        (Some(pod), _) => (pod.clone(), 1),
        (None, places) => {
            let names: Vec<&str> = places.iter().map(|place| first_name(&place.name)).collect();
            (listed(&names, t), names.len())
        }
    }
}

/// A move that is thought of.
struct Foreseen<'a> {
    seen: &'a SessionView,
    outlook: &'a MoveOutlook,
    start: Instant,
    to: Instant,
    outcome: MoveOutcome,
    now: Instant,
}

impl Foreseen<'_> {
    /// That its client could neither move it again nor cancel it for nothing (rules R2, R9).
    fn soon(&self, visit: &Visit, t: &Texts) -> Option<Sentence> {
        let place = self.seen.place_of(visit.me.id).filter(|_| self.outlook.side == Side::Client)?;
        let terms = place.terms.filter(|_| self.seen.session.facts.kind != SessionKind::Intro)?;
        let notice = self.to.since(self.now);
        if terms.bands.for_cancelling(notice) != Band::Late {
            return None;
        }
        let kept = place.price.map(|price| price.share(terms.kept.late)).filter(|kept| !kept.is_zero());
        let kept = kept.map(|kept| money(kept, t.language)).unwrap_or_default();
        Some(Sentence::new("warn", (t.moving.soon)(&visit.clockface.notice(self.to, self.now), &kept)))
    }

    /// What would happen, and who hears of it (rules R4, S10).
    fn told(&self, visit: &Visit, (other, count): (&str, usize), told: &Told, t: &Texts) -> Chosen {
        let (m, face) = (&t.moving, &visit.clockface);
        // With the time: it may be another one of the same day.
        let at = |at| face.short(at, self.now);
        let mut lines = Vec::new();
        match self.outcome {
            MoveOutcome::Asked { expires_at } => {
                let until = face.near(expires_at, self.now);
                lines.push(Sentence::new("calendar", (m.stays)(&at(self.start), &at(self.to))));
                lines.push(Sentence::new("clock", (m.decides)(other, count, &until, &at(self.start))));
            }
            MoveOutcome::Moved => {
                let request = self.outlook.request.as_ref();
                lines.extend(request.map(|request| closes(visit, self.seen, request, self.now, t)));
            }
        }
        // What is only asked for is in no calendar yet.
        let is_asked = matches!(self.outcome, MoveOutcome::Asked { .. });
        lines.extend(told.in_words(if is_asked { m.mails_alone } else { m.mails }));
        let own = self.seen.place_of(visit.me.id).map(|place| place.attendance.facts.changes);
        lines.extend(self.soon(visit, t));
        lines.push(match (self.outlook.side, &self.outlook.way) {
            (Side::Client, Ok(Way::AtOnce(Freely::Answer))) => Sentence::new("check", m.not_counted),
            (Side::Client, _) => {
                Sentence::new("check", (m.changes)(own.unwrap_or_default() + 1, CHANGES_MAX))
            }
            _ => {
                let open_until = Imposed { at: self.now, from: self.start }.open_until().min(self.to);
                let until = face.near(open_until, self.now);
                // A member of a pod moves nothing (rule S13).
                let is_of_pod = self.seen.session.pod.is_some();
                let says = if is_of_pod { (m.window_of_members)(&until) } else { (m.window)(other, &until) };
                Sentence::new("info", says)
            }
        });
        let is_asking = matches!(self.outcome, MoveOutcome::Asked { .. });
        Chosen {
            at: moment(visit, self.to, self.now),
            is_asking,
            lines,
            expect: self.outcome.code(),
            button: if is_asking { (m.ask)(other) } else { m.submit_move.to_owned() },
        }
    }
}

/// `POST /sessions/{session}/move`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &Visit::signed_in(&visitor, &id)?, &form).await
}

/// The same for whoever stands before the session: moves it, or shows the form again with another time.
pub(in crate::pages) async fn act(app: &App, visitor: &Visitor, visit: &Visit, form: &Form) -> Answer {
    let fields = &form.fields;
    let again = |at: &str| Asked { from: fields.get("from").to_owned(), at: at.to_owned() };
    let reason = fields.get("reason").to_owned();
    let other = fields.get("other");
    if !other.is_empty() {
        let sent = Sent { reason, ..Sent::default() };
        return page(&fill(&app.reading(), visitor, visit, &again(other), sent).await?);
    }
    let failure = match wish(app, visit, form).await {
        Ok(response) => return Ok(response),
        Err(failure) => failure,
    };
    let Failure::Refused(refusal) = failure else { return Err(failure) };
    if !is_told_on_the_page(&refusal) {
        return Err(refusal.into());
    }
    let at = fields.get("starts_at");
    let is_lost = refusal.is_about_the_time();
    let is_invalid = matches!(refusal, Refusal::Invalid { .. });
    let t = visitor.texts();
    let sent = Sent {
        reason,
        conflict: match refusal {
            _ if is_invalid => String::new(),
            Refusal::OutcomeChanged { .. } => t.moving.look_again.to_owned(),
            _ => visit.say(t, &refusal),
        },
        lost: at.parse().ok().filter(|_| is_lost),
        errors: FormErrors::of_refusal(&refusal, t),
    };
    let asked = again(if is_lost { "" } else { at });
    page_refused(&refusal, &fill(&app.reading(), visitor, visit, &asked, sent).await?)
}

async fn wish(app: &App, visit: &Visit, form: &Form) -> Result<Response, Failure> {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let to = match fields.get("starts_at") {
        "" => Err(Problem::Missing),
        typed => typed.parse::<Instant>().map_err(|_| Problem::NotAnInstant),
    };
    let to = checks.take("starts_at", to);
    let reason = checks.take("reason", Reason::parse(fields.get("reason")));
    checks.done()?;
    let (Some(to), Some(reason)) = (to, reason) else {
        return Err(Failure::wrong("a time is missing although nothing was noted"));
    };
    let wish = MoveWish { to, reason, expect: fields.get("expect").parse::<Expected>().ok() };
    let (key, back, visit) = (form.key.clone(), form.back(), visit.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let outcome = session::move_session(tx, &visit.by, visit.session, &wish)?;
                let toast = match outcome {
                    MoveOutcome::Moved => "session_moved",
                    MoveOutcome::Asked { .. } => "move_asked",
                };
                Ok(lead_back(lead_to(&visit.base, toast), back.as_deref()))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `POST /sessions/{session}/move/withdrawal`
pub async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    take_back(&app, &visitor, &Visit::signed_in(&visitor, &id)?, &form).await
}

/// The same for whoever stands before the session.
pub(in crate::pages) async fn take_back(app: &App, visitor: &Visitor, visit: &Visit, form: &Form) -> Answer {
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(app, visitor, form, Typed::default(), move |tx| {
            session::withdraw_move(tx, &by, id)?;
            Ok(lead_to(&base, "move_withdrawn"))
        })
        .await
}

/// `POST /sessions/{session}/move/approval`
pub async fn approve(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let knowing = if form.fields.get("knowing") == "1" { Knowing::Yes } else { Knowing::No };
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(&app, &visitor, &form, Typed::default(), move |tx| {
            session::approve_move(tx, &by, id, knowing)?;
            Ok(lead_to(&base, "move_approved"))
        })
        .await
}

/// `POST /sessions/{session}/move/rejection`
pub async fn reject(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let typed = Typed::of(REJECTION, &form, "reason");
    let reason = Reason::parse(form.fields.get("reason"));
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(&app, &visitor, &form, typed, move |tx| {
            let reason = reason.clone().map_err(|problem| Refusal::invalid("reason", problem))?;
            session::reject_move(tx, &by, id, &reason)?;
            Ok(lead_to(&base, "move_rejected"))
        })
        .await
}

/// So many free times stand beside a request that was declined.
pub(super) const NEAR: usize = 3;

/// What a client is told of a request that was lately declined (rules R5, R7); `counts` says whether a cancellation
/// counts from it now.
pub(super) fn declined_card(
    visit: &Visit,
    seen: &SessionView,
    declined: &Declined,
    events: &[Recorded],
    counts: bool,
    now: Instant,
    t: &Texts,
) -> DeclinedCard {
    let (d, face) = (&t.doing, &visit.clockface);
    let said = events.iter().find(|event| event.kind == session::kind::MOVE_REJECTED.0);
    let heading = match said.filter(|_| declined.was_rejected) {
        Some(said) => {
            let coaches = coaches_of(seen, t);
            let name = said.by.as_ref().map_or(coaches.as_str(), |(_, name)| first_name(name));
            (d.could_not)(name, said.reason.as_deref().unwrap_or_default())
        }
        None => (d.no_answer)(&coaches_of(seen, t)),
    };
    let mut lines = vec![(d.stays_then)(&face.short(declined.to, now))];
    lines.extend(counts.then(|| (d.fair_until)(&face.near(declined.until, now))));
    let link = |at: &Instant| (format!("{}/move?at={at}", visit.base), face.short(*at, now));
    DeclinedCard { heading, line: lines.join(" "), times: declined.free.iter().map(link).collect() }
}

/// That a request is closed by what is thought of (rule R5).
pub(super) fn closes(
    visit: &Visit,
    seen: &SessionView,
    request: &MoveRequest,
    now: Instant,
    t: &Texts,
) -> Sentence {
    let when = visit.clockface.short(request.to, now);
    let text = if request.by == visit.me.id {
        (t.doing.closes_own_request)(&when)
    } else {
        (t.doing.closes_request)(first_name(name_of(seen, request.by)), &when)
    };
    Sentence::new("clock", text)
}

/// The id of the form that says no.
const REJECTION: &str = "rejection";

/// The request that waits, as its onlooker sees it; `offered` says what they can do about it.
pub(super) fn card(
    visit: &Visit,
    seen: &SessionView,
    asking: &Asking,
    (offered, hears): (&super::Offered, &Hears),
    typed: &Typed,
    now: Instant,
    t: &Texts,
) -> RequestCard {
    use rules::menu::Act;
    let (d, face) = (&t.doing, &visit.clockface);
    let request = &asking.request;
    let is_own = request.by == visit.me.id;
    let is_coach = !is_own && seen.coaches.iter().any(|coach| coach.person == visit.me.id);
    let (client, coach) = (first_name(&asking.client.name), coaches_of(seen, t));
    let coaches = seen.coaches.len();
    let old = face.short(request.from, now);
    let until = face.near(request.expires_at, now);
    let can = |act| offered.can(request.by, act);
    let knowing = if asking.is_busy { "1" } else { "" };
    let send = |label: &str, icon, to: &str, fields| Press {
        label: label.to_owned(),
        icon,
        target: Target::Send(format!("{}/move/{to}", visit.base), fields),
    };
    RequestCard {
        heading: if is_own {
            (d.waiting_for_coach)(&coach, coaches)
        } else if is_coach {
            (d.client_asks)(client)
        } else {
            (d.client_asks_coach)(client, &coach, coaches)
        },
        old: moment(visit, request.from, now),
        old_there: there_at(seen, visit, request.from, now, t),
        new: moment(visit, request.to, now),
        new_there: there_at(seen, visit, request.to, now, t),
        reason: if super::reads_reasons(visit, seen) { asking.reason.clone() } else { String::new() },
        left: capital(&(d.left)(&face.notice(request.expires_at, now))),
        until: if is_coach { (d.until_you)(&until, &old) } else { (d.until)(&coach, coaches, &until, &old) },
        note: if is_own { (d.may_cancel)().to_owned() } else { String::new() },
        busy: match (asking.is_busy, is_coach) {
            (false, _) => String::new(),
            (true, _) if is_own => String::new(),
            (true, true) => d.busy.to_owned(),
            (true, false) => d.busy_other.to_owned(),
        },
        approve: can(Act::Approve).then(|| {
            let label = if asking.is_busy { d.approve_anyway } else { d.approve };
            send(label, "check", "approval", vec![("knowing", knowing.to_owned())])
        }),
        reject: can(Act::Reject).then(|| {
            let mut no = ask(visit, typed, REJECTION, "move/rejection", "reason");
            (no.title, no.label, no.is_needed) = (d.reject, d.money_reason, false);
            d.reject_hint.clone_into(&mut no.hint);
            no
        }),
        write: if is_own {
            seen.coaches.first().map(|coach| (coach.person, first_name(&coach.name)))
        } else {
            Some((request.by, client))
        }
        .and_then(|(person, name)| {
            let target = Target::Page(visit.letters_to(seen, person)?);
            Some(Press { label: (d.write_to)(name), icon: "message", target })
        }),
        withdraw: can(Act::Withdraw).then(|| send(d.withdraw, "undo", "withdrawal", Vec::new())),
        mails: [
            (Act::Approve, d.approve, Thought::Approve),
            (Act::Reject, d.reject, Thought::Reject),
            (Act::Withdraw, d.withdraw, Thought::Withdraw),
        ]
        .into_iter()
        .filter(|(act, ..)| can(*act))
        .map(|(_, label, thought)| {
            let told = visit.told(t, seen, hears.of(thought));
            (d.mails_if)(label, &told.names, told.count)
        })
        .collect(),
    }
}
