//! Calling a session off: what it costs and who hears of it is said before, and is what then happens (rules R9, R10, R11,
//! F3, S10).

use axum::extract::{Path, Query, State};
use axum::response::Response;
use model::idempotency;
use model::session::{self, CallOff, ExpectedEnding, Reason, SessionView, Thought};
use rules::attendance::Status;
use rules::cancelling::{Ending, Grounds, Quote};
use rules::ids::PersonId;
use rules::ledger::Cost;
use rules::refusal::{Problem, Refusal};
use rules::session::Cause;
use rules::time::Instant;
use serde::Deserialize;

use super::moves;
use super::times::moment;
use super::visit::{Visit, coaches_of, is_told_on_the_page, listed};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_back, lead_to, led};
use crate::pages::{Answer, page, page_refused};
use crate::shell::{Choice, FormErrors};
use crate::texts::Texts;
use crate::views::parts::Moment;
use crate::views::session::{CauseChoice, EndingPage, Press, Sentence, Target};
use crate::visitor::Visitor;
use crate::words::{capital, cost_in_words, first_name};

/// The query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Whose part of several.
    #[serde(default)]
    client: String,
}

/// What was typed, and what came of it.
#[derive(Default)]
struct Sent {
    cause: String,
    reason: String,
    conflict: String,
    errors: FormErrors,
}

/// `GET /sessions/{session}/cancellation`
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
    let client = client_of(&asked.client)?;
    page(&fill(app, visitor, visit, client, Sent::default()).await?)
}

fn client_of(typed: &str) -> Result<Option<PersonId>, Refusal> {
    match typed {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| Refusal::NotFound),
    }
}

/// Who does not see somebody's place is not told whether they have one (rule P4).
fn must_see(seen: &SessionView, client: Option<PersonId>) -> Result<(), Refusal> {
    if client.is_some_and(|client| seen.place_of(client).is_none()) { Err(Refusal::NotFound) } else { Ok(()) }
}

/// What each cause would come to.
type Quotes = Vec<(Cause, Result<Quote, Refusal>)>;

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    client: Option<PersonId>,
    sent: Sent,
) -> Result<EndingPage, Failure> {
    let reader = visit.clone();
    let (seen, quotes, outlook, told) = app
        .read(move |tx| {
            let seen = reader.view(tx)?;
            must_see(&seen, client)?;
            // Who may leave a pod need not be one of those who move it.
            let outlook = match session::move_outlook(tx, &reader.by, reader.session) {
                Ok(outlook) => Some(outlook),
                Err(model::Error::Refused(Refusal::MayNot { .. })) => None,
                Err(error) => return Err(error),
            };
            let mut quotes: Quotes = Vec::new();
            for cause in causes(&seen, reader.me.id, client) {
                match session::quote(tx, &reader.by, reader.session, client, cause) {
                    Ok(quote) => quotes.push((cause, Ok(quote))),
                    Err(model::Error::Refused(refusal)) => quotes.push((cause, Err(refusal))),
                    Err(error) => return Err(error),
                }
            }
            // Whom it concerns is the same whoever is to blame.
            let first = quotes.iter().find(|(_, quote)| quote.is_ok()).map(|(cause, _)| *cause);
            let told = match first {
                Some(cause) => reader.foretold(tx, Thought::CallOff(client, cause))?,
                None => Vec::new(),
            };
            Ok((seen, quotes, outlook, told))
        })
        .await?;
    // Who may not for any cause, may not at all.
    let is_shown = |refusal: &Refusal| is_told_on_the_page(refusal);
    if let Some((_, Err(refusal))) = quotes.first()
        && quotes.iter().all(|(_, quote)| quote.as_ref().is_err_and(|refusal| !is_shown(refusal)))
    {
        return Err(refusal.clone().into());
    }
    let (t, now) = (visitor.texts(), app.now());
    let e = &t.ending;
    let start = seen.session.facts.time.map(|time| time.starts_at);
    let possible: Vec<(Cause, Quote)> =
        quotes.iter().filter_map(|(cause, quote)| Some((*cause, *quote.as_ref().ok()?))).collect();
    let refused =
        quotes.iter().find_map(|(_, quote)| quote.as_ref().err().filter(|refusal| is_shown(refusal)));
    let is_own = seen.place_of(visit.me.id).is_some() && client.is_none_or(|client| client == visit.me.id);
    let sole = match possible.as_slice() {
        [(Cause::Client, quote)] if is_own => Some(*quote),
        _ => None,
    };
    let whom = super::whom_of(&seen, visit.me.id, t);
    let name = client.and_then(|client| seen.place_of(client)).or(seen.places.first());
    let name = name.map(|place| first_name(&place.name)).unwrap_or_default().to_owned();
    // One member's part of a pod is called off, and not its date.
    let of_one = client.is_some() && seen.session.pod.is_some();
    let whose = Some(name.as_str()).filter(|_| !is_own);
    // After its start nothing is called off: it is said that it did not happen.
    let is_after = start.is_some_and(|start| start <= now) && !possible.is_empty();
    let (title, cause_heading, keep) = if is_after {
        (e.title_after, e.cause_heading_after, t.steps.to_session)
    } else {
        (e.title, e.cause_heading, e.keep)
    };
    // A member leaves a pod, in time or late: nobody calls it off by that.
    let leaves = sole.filter(|_| seen.session.pod.is_some() && !is_after);
    let heading = match (sole, start) {
        (Some(quote), Some(start)) if leaves.is_some() => {
            leaving(visit, &quote, paid(&seen, visit.me.id), start, now, t)
        }
        (Some(quote), Some(start)) => sentence(visit, &quote, paid(&seen, visit.me.id), start, now, t),
        // Who is only its client says nothing about what did not happen.
        _ if start.is_some_and(|start| start <= now) && possible.is_empty() => (e.begun)(&whom),
        _ if start.is_some_and(|start| start <= now) => (e.heading_after)(&whom),
        _ if of_one && !is_own => (e.heading_of_one)(&name, &whom),
        _ => (e.heading)(&whom),
    };
    let is_coach = seen.coaches.iter().any(|coach| coach.person == visit.me.id);
    let coach = if is_coach { String::new() } else { coaches_of(&seen, t) };
    let chosen = match possible.as_slice() {
        [(only, _)] => only.code().to_owned(),
        _ => sent.cause,
    };
    let only = seen.places.first().filter(|_| seen.places.len() == 1).map(|place| place.attendance.client);
    let mut lines = Vec::new();
    if let Some(quote) = sole {
        let mut said = consequences(&quote, whose, t);
        if quote.grounds == Grounds::MovedByCoach {
            // To its own client: who moved it, and until when that makes it free (rule R1).
            said.truncate(1);
            said.extend(moved_without_asking(visit, &seen, now, t));
        }
        if leaves.is_some_and(|quote| quote.ending != Ending::Left) {
            lines.push(Sentence::new("people", e.left));
        }
        lines.extend(said.into_iter().map(|text| Sentence::new("info", text)));
    }
    if let (None, [(_, quote)]) = (sole, possible.as_slice()) {
        // Where there is no choice of causes that would say it.
        let said = match quote.kept {
            Some(_) => vec![consequences_with_cost(
                quote,
                client.or(only).map_or(0, |who| paid(&seen, who)),
                whose,
                t,
            )],
            None => consequences(quote, whose, t),
        };
        lines.extend(said.into_iter().map(|text| Sentence::new("info", text)));
    }
    if possible.iter().any(|(cause, _)| *cause != Cause::Client) && seen.places.len() > 1 {
        lines.push(Sentence::new("people", e.for_all));
    }
    if !possible.is_empty() {
        let request = outlook.as_ref().and_then(|outlook| outlook.request.as_ref());
        lines.extend(request.map(|request| moves::closes(visit, &seen, request, now, t)));
    }
    let told = visit.told(t, &seen, &told);
    lines.extend(told.in_words(t.moving.mails));
    Ok(EndingPage {
        shell: visit.shell(app, visitor, title),
        title,
        heading,
        base: visit.base.clone(),
        session: super::name(&seen, visit, t),
        refused: match (possible.is_empty(), refused) {
            // What would have to be done first is not for its own client to do.
            (true, Some(Refusal::WrongStatus { status: Status::Missed, .. })) if is_own => {
                e.missed_already.to_owned()
            }
            (true, Some(refusal)) => visit.say(t, refusal),
            (true, None) => e.not_now.to_owned(),
            (false, _) => String::new(),
        },
        write: match (possible.is_empty(), seen.coaches.first()) {
            (true, Some(coach)) => visit.letters_to(&seen, coach.person).map(|thread| Press {
                label: (t.doing.write_to)(first_name(&coach.name)),
                icon: "message",
                target: Target::Page(thread),
            }),
            _ => None,
        },
        // What stands in the way of all of it is said once.
        conflict: match possible.is_empty() && refused.is_some() {
            true => String::new(),
            false => sent.conflict,
        },
        at: start.map(|start| match super::is_off(&seen, status_of(&seen, visit.me.id), now) {
            true => Moment { iso: String::new(), relative: String::new(), ..moment(visit, start, now) },
            false => moment(visit, start, now),
        }),
        status: status_of(&seen, visit.me.id),
        cause_heading,
        causes: possible
            .iter()
            .map(|(cause, quote)| CauseChoice {
                choice: {
                    let label = if is_after { e.cause_after } else { e.cause };
                    Choice::new(cause.code(), label(*cause, &name, &coach), &chosen)
                },
                line: match sole.filter(|_| is_own) {
                    Some(_) => String::new(),
                    None => {
                        let paid = client.or(only).map_or(0, |who| paid(&seen, who));
                        consequences_with_cost(quote, paid, whose, t)
                    }
                },
                expect: expect(quote),
            })
            .collect(),
        lines,
        client: client.map(|client| client.to_string()).unwrap_or_default(),
        reason: sent.reason,
        reason_hint: reason_hint(&seen, visit.me.id, client.filter(|_| of_one), t),
        // Of a group nobody moves one member's part alone.
        move_instead: outlook.filter(|_| !of_one && start.is_some_and(|start| start > now)).map(|outlook| {
            Press {
                label: e.move_instead.to_owned(),
                icon: "right",
                target: match outlook.way {
                    Ok(_) => Target::Page(format!("{}/move", visit.base)),
                    Err(refusal) => Target::NotNow(visit.say(t, &refusal)),
                },
            }
        }),
        button: if leaves.is_some() {
            e.submit_leave.to_owned()
        } else if is_after {
            e.submit_after.to_owned()
        } else if of_one && !is_own {
            (e.submit_of_one)(&name)
        } else {
            e.submit.to_owned()
        },
        keep,
        errors: sent.errors,
    })
}

fn moved_without_asking(visit: &Visit, seen: &SessionView, now: Instant, t: &Texts) -> Option<String> {
    let time = seen.session.facts.time?;
    let until = time.imposed?.open_until().min(time.starts_at);
    let (names, count) = (coaches_of(seen, t), seen.coaches.len());
    Some((t.ending.moved_by)(&names, count, &visit.clockface.near(until, now)))
}

/// Who reads what is given as the reason: of one member's part of a pod that member, else the other people of the session.
pub(super) fn reason_hint(seen: &SessionView, me: PersonId, member: Option<PersonId>, t: &Texts) -> String {
    let is_client = seen.place_of(me).is_some();
    let is_pod = seen.session.pod.is_some();
    let coaches = seen.coaches.iter().map(|coach| (coach.person, first_name(&coach.name)));
    let clients = seen.places.iter().map(|place| (place.attendance.client, first_name(&place.name)));
    let mut names: Vec<&str> = coaches.filter(|(who, _)| *who != me).map(|(_, name)| name).collect();
    // The other members read nothing of what one of them does alone.
    let is_read_by = |who: PersonId| who != me && member.map_or(!is_pod, |member| member == who);
    names.extend(clients.filter(|(who, _)| is_read_by(*who)).map(|(_, name)| name));
    if is_pod && member.is_none() && !is_client {
        names.push(t.moving.members);
    }
    let count = if names.last() == Some(&t.moving.members) { names.len().max(2) } else { names.len() };
    match count {
        0 => String::new(),
        count => (t.moving.reason_hint)(&listed(&names, t), count),
    }
}

fn status_of(seen: &SessionView, me: PersonId) -> Status {
    seen.place_of(me).map(|place| place.status).or(seen.status()).unwrap_or(Status::Booked)
}

/// On whose side the reason may lie, as far as the reader could say so; what does not hold now is refused later.
fn causes(seen: &SessionView, me: PersonId, client: Option<PersonId>) -> Vec<Cause> {
    let is_own = seen.place_of(me).is_some();
    let is_coach = seen.coaches.iter().any(|coach| coach.person == me);
    if is_own && !is_coach {
        return vec![Cause::Client];
    }
    match client.filter(|_| seen.session.pod.is_some()) {
        // Of a group, one member's wish concerns that member alone.
        Some(_) => vec![Cause::Client],
        // Where nobody is in it, or several are, nobody wishes it for all.
        None if seen.places.len() != 1 => vec![Cause::Coach, Cause::Organisation, Cause::Technical],
        None => vec![Cause::Client, Cause::Coach, Cause::Organisation, Cause::Technical],
    }
}

/// What this client has paid for it.
fn paid(seen: &SessionView, client: PersonId) -> i64 {
    seen.place_of(client).and_then(|place| place.paid).map_or(0, |paid| paid.minor)
}

/// What it would come to for whoever has paid so much of it; none for what has no price (rule F3).
fn cost(quote: &Quote, paid_minor: i64) -> Option<Cost> {
    quote.kept.map(|kept| Cost::of(kept, paid_minor))
}

/// "You cancel 20 hours before: € 110 is kept."
fn sentence(visit: &Visit, quote: &Quote, paid: i64, start: Instant, now: Instant, t: &Texts) -> String {
    let notice = visit.clockface.notice(start, now);
    let cost = cost(quote, paid).unwrap_or(Cost::Nothing);
    (t.ending.costs)(&notice, &cost_in_words(cost, t.language, t.ending.cost))
}

/// "You leave 9 hours before: it counts as missed."
fn leaving(visit: &Visit, quote: &Quote, paid: i64, start: Instant, now: Instant, t: &Texts) -> String {
    let (e, notice) = (&t.ending, visit.clockface.notice(start, now));
    match (cost(quote, paid).unwrap_or(Cost::Nothing), quote.ending) {
        (Cost::Nothing, Ending::Missed) => (e.leaves_late)(&notice),
        (Cost::Nothing, _) => (e.leaves)(&notice),
        (cost, _) => (e.leaves_at)(&notice, &cost_in_words(cost, t.language, e.cost)),
    }
}

/// What becomes of it, and why it costs what it costs: to its own client, or to somebody else who calls it off for this one.
fn consequences(quote: &Quote, whose: Option<&str>, t: &Texts) -> Vec<String> {
    let e = &t.ending;
    let ending = match (quote.ending, whose) {
        (Ending::Cancelled, _) => e.cancelled.to_owned(),
        (Ending::Unbooked, _) => e.unbooked.to_owned(),
        (Ending::Missed, _) => e.missed.to_owned(),
        (Ending::Left, None) => e.left.to_owned(),
        (Ending::Left, Some(client)) => (e.left_of)(client),
    };
    let why = match whose {
        None => (e.grounds)(quote.grounds).to_owned(),
        Some(client) => (e.grounds_of)(quote.grounds, client),
    };
    [ending, why].into_iter().filter(|line| !line.is_empty()).collect()
}

fn consequences_with_cost(quote: &Quote, paid: i64, whose: Option<&str>, t: &Texts) -> String {
    let cost = cost(quote, paid).map(|cost| capital(&cost_in_words(cost, t.language, t.ending.cost)));
    let lines: Vec<String> = cost.into_iter().chain(consequences(quote, whose, t)).collect();
    lines.join(" ")
}

/// What the form says that was shown: the ending, and what is kept in minor units.
fn expect(quote: &Quote) -> String {
    match quote.kept {
        Some(kept) => format!("{} {}", quote.ending.code(), kept.minor),
        None => quote.ending.code().to_owned(),
    }
}

fn expected(typed: &str) -> Option<ExpectedEnding> {
    let (ending, kept) = typed.split_once(' ').unwrap_or((typed, ""));
    Some(ExpectedEnding { ending: Ending::from_code(ending)?, kept_minor: kept.parse().ok() })
}

/// `POST /sessions/{session}/cancellation`
pub async fn create(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &Visit::signed_in(&visitor, &id)?, &form).await
}

/// The same for whoever stands before the session.
pub(in crate::pages) async fn act(app: &App, visitor: &Visitor, visit: &Visit, form: &Form) -> Answer {
    let fields = &form.fields;
    let client = client_of(fields.get("client"))?;
    let failure = match call_off(app, visit, client, form).await {
        Ok(response) => return Ok(response),
        Err(failure) => failure,
    };
    let Failure::Refused(refusal) = failure else { return Err(failure) };
    if !is_told_on_the_page(&refusal) {
        return Err(refusal.into());
    }
    let t = visitor.texts();
    let sent = Sent {
        cause: fields.get("cause").to_owned(),
        reason: fields.get("reason").to_owned(),
        conflict: match refusal {
            Refusal::Invalid { .. } => String::new(),
            Refusal::OutcomeChanged { .. } => t.moving.look_again.to_owned(),
            _ => visit.say(t, &refusal),
        },
        errors: FormErrors::of_refusal(&refusal, t),
    };
    page_refused(&refusal, &fill(&app.reading(), visitor, visit, client, sent).await?)
}

fn cause_of(fields: &Fields) -> Result<Cause, Problem> {
    match fields.get("cause") {
        "" => Err(Problem::Missing),
        typed => Cause::from_code(typed).ok_or(Problem::NotAChoice),
    }
}

async fn call_off(
    app: &App,
    visit: &Visit,
    client: Option<PersonId>,
    form: &Form,
) -> Result<Response, Failure> {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let cause = checks.take("cause", cause_of(fields));
    let reason = checks.take("reason", Reason::parse(fields.get("reason")));
    checks.done()?;
    let (Some(cause), Some(reason)) = (cause, reason) else {
        return Err(Failure::wrong("a cause is missing although nothing was noted"));
    };
    let expect = expected(fields.get(&format!("expect-{}", cause.code())));
    let off = CallOff { client, cause, reason, expect };
    let (key, back, visit) = (form.key.clone(), form.back(), visit.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                must_see(&visit.view(tx)?, off.client)?;
                let quote = session::call_off(tx, &visit.by, visit.session, &off)?;
                let toast = match quote.ending {
                    Ending::Missed => "session_missed",
                    Ending::Left => "session_left",
                    Ending::Cancelled | Ending::Unbooked => "session_cancelled",
                };
                // Who has left a group is none of its people any more.
                let is_gone = quote.ending == Ending::Left && off.client.is_none();
                let led = lead_to(if is_gone { "/sessions" } else { &visit.base }, toast);
                Ok(lead_back(led, back.as_deref()))
            })
        })
        .await?;
    Ok(led(app, &answer))
}
