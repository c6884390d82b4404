//! Sessions: booked here by whoever may, and seen by their people.

use std::fmt::Display;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::attempt;
use model::booking::{self, Note, Stranger, Wish};
use model::offering::Offering as Sold;
use model::session::{self, Asking, CoachSeen, Filter, Line, Named, PlaceSeen, SessionView, When};
use model::{Tx, coach, idempotency};
use rules::ids::{AgreementId, OfferingId, PersonId, SessionId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::Minutes;
use rules::terms::Expected;
use rules::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::AuditLine;
use super::coaches::offering_with;
use super::offerings::Kept;
use super::openapi::Operation;
use super::wire::{
    CauseCode, CodeOf, IdOf, List, OfferingRef, OutcomeCode, PersonRef, PlaceKindCode, Price, SeriesRef,
    SessionKindCode, SessionRef, StatusCode as StatusWord, Time, Word,
};
use super::{Answer, answered, cursor, filter, id, keys, limit, shown, stored, zone_of};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, JsonWrite};
use crate::limits;
use crate::network::Network;
use crate::visitor::Visitor;

/// So many other times are offered instead of one that cannot be had.
const ALTERNATIVES: usize = 6;

/// A wish for a session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The slug of the coach.
    coach: String,
    /// One of theirs.
    offering: String,
    /// When it is to begin: RFC 3339.
    #[schema(format = DateTime)]
    starts_at: String,
    /// For whom. Whoever has no token says who they are; whoever has one books for themselves, or names a client.
    client: Option<NewClient>,
    /// What the coach is to know.
    #[serde(default)]
    note: String,
    /// Answers to the questions of the offering.
    #[serde(default)]
    answers: Vec<NewAnswer>,
    /// The id of the agreement that is accepted with this.
    accepts: Option<String>,
    /// Whether it is known that the client has another session at that time.
    #[serde(default)]
    overlap_known: bool,
    /// What you saw of it. If something else holds by now, nothing is booked, and the answer says what does.
    expect: Option<ExpectedBooking>,
}

/// What was seen of an offering before it is booked: whatever is named has to hold still.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedBooking {
    /// How long it is.
    minutes: Option<u16>,
    /// What it costs.
    price: Option<Price>,
    /// What is kept of that.
    kept: Option<Kept>,
}

impl ExpectedBooking {
    fn checked(&self, checks: &mut Checks) -> Expected {
        let minutes = checks
            .some("expect.minutes", self.minutes, |it| Minutes::new(it.into()).ok_or(Problem::NotAChoice));
        let price = checks.some("expect.price", self.price.as_ref(), Price::checked);
        let kept = checks.some("expect.kept", self.kept, Kept::checked);
        Expected { minutes, price, kept, bands: None }
    }
}

/// For whom a session is: the id of a client, or who a stranger is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "it is the id of a client, or of whoever has no token an object with name, email and zone"
)]
pub enum NewClient {
    /// A client of the one who books.
    Id(String),
    /// Somebody without a token.
    Stranger(NewStranger),
}

/// Somebody without a token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStranger {
    /// As they wish to be called.
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// Where the link goes that makes a booking of it.
    #[serde(default)]
    #[schema(required)]
    email: String,
    /// Whose wall clock they read: the IANA name of a time zone; else the organisation's.
    zone: Option<String>,
}

/// What a client answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// The number of the question.
    no: u32,
    /// The answer.
    text: String,
}

impl NewSession {
    fn wish(&self, checks: &mut Checks) -> Option<Wish> {
        let offering = checks.take("offering", self.offering.parse().map_err(|_| Problem::NotAnId));
        let starts_at = checks.take("starts_at", self.starts_at.parse().map_err(|_| Problem::NotAnInstant));
        let note = checks.take("note", Note::parse(&self.note));
        let answer = |it: &NewAnswer| Ok((it.no, booking::Answer::parse(&it.text)?));
        let answers = checks.take("answers", self.answers.iter().map(answer).collect());
        let accepts = checks.some("accepts", self.accepts.as_deref(), |id| {
            id.parse::<AgreementId>().map_err(|_| Problem::NotAnId)
        });
        let overlap_known = self.overlap_known;
        let expects = self.expect.as_ref().map(|it| it.checked(checks)).unwrap_or_default();
        Some(Wish {
            offering: offering?,
            starts_at: starts_at?,
            note: note?,
            answers: answers?,
            accepts,
            overlap_known,
            expects,
        })
    }
}

impl NewStranger {
    fn checked(&self, visitor: &Visitor, checks: &mut Checks) -> Option<Stranger> {
        let name = checks.take("client.name", PersonName::parse(&self.name));
        let mail = checks.take("client.email", MailAddress::parse(&self.email));
        let zone = match &self.zone {
            Some(zone) => checks.take("client.zone", zone.parse().map_err(|_| Problem::UnknownZone)),
            None => Some(zone_of(visitor)),
        };
        Some(Stranger {
            name: name?,
            mail: mail?,
            zone: zone?,
            zone_known: self.zone.is_some(),
            language: visitor.language,
            embedded: false,
            network: Network::around(visitor.network).to_string(),
        })
    }
}

/// How a booking stands that was just made.
#[derive(Clone, Copy, Debug)]
pub enum BookingState {
    /// The time is kept until a button is pressed.
    Held,
    /// It is theirs.
    Booked,
}

/// How a booking stands that was just made.
pub type BookingStateCode = CodeOf<BookingState>;

impl Word for BookingState {
    const NAME: &'static str = "BookingState";
    fn codes() -> Vec<&'static str> {
        vec!["held", "booked"]
    }
    fn written(self) -> &'static str {
        match self {
            BookingState::Held => "held",
            BookingState::Booked => "booked",
        }
    }
}

/// A session that was just booked, or a time that is held.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionMade {
    id: SessionRef,
    /// `held` until the button behind the mailed link is pressed; `booked` for whoever has a token.
    status: BookingStateCode,
    /// Until when that works; null if it is booked.
    #[schema(required)]
    held_until: Option<Time>,
    starts_at: Time,
    ends_at: Time,
    kind: SessionKindCode,
    offering: OfferingRef,
    /// The slug of the coach.
    coach: String,
    price: Price,
}

impl SessionMade {
    fn of(
        id: SessionId,
        held_until: Option<Instant>,
        start: Instant,
        booked: &Booked,
        zone: &Zone,
    ) -> SessionMade {
        let Booked { sold, slug } = booked;
        SessionMade {
            id: IdOf(id),
            status: CodeOf(if held_until.is_some() { BookingState::Held } else { BookingState::Booked }),
            held_until: held_until.map(|until| Time::of(until, zone)),
            starts_at: Time::of(start, zone),
            ends_at: Time::of(start + sold.policy.minutes.duration(), zone),
            kind: CodeOf(sold.kind),
            offering: IdOf(sold.id),
            coach: slug.clone(),
            price: Price::of(sold.price),
        }
    }
}

/// What is booked, with whom.
struct Booked {
    sold: Sold,
    slug: String,
}

fn booked_with(tx: &mut Tx, slug: &str, offering: OfferingId) -> model::Result<Booked> {
    let (coach, slug) = match coach::addressed(tx, slug) {
        Err(model::Error::Refused(Refusal::NotFound)) => {
            return Err(Refusal::invalid("coach", Problem::NotAChoice).into());
        }
        found => found?,
    };
    Ok(Booked { sold: offering_with(tx, coach, offering)?, slug })
}

/// Somebody with a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SomeoneNamed {
    id: PersonRef,
    /// As they wish to be called.
    name: String,
    /// Whose wall clock they read.
    zone: String,
}

impl SomeoneNamed {
    fn of(id: PersonId, name: &str, zone: &impl Display) -> SomeoneNamed {
        SomeoneNamed { id: IdOf(id), name: name.to_owned(), zone: zone.to_string() }
    }

    fn named(named: &Named) -> SomeoneNamed {
        SomeoneNamed::of(named.person, &named.name, &named.zone)
    }
}

/// A session in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionLine {
    id: SessionRef,
    kind: SessionKindCode,
    /// How it stands; of a pod, what is still to come or to be marked first. Null if nobody whom you see is in it.
    #[schema(required)]
    status: Option<StatusWord>,
    starts_at: Time,
    ends_at: Time,
    place: PlaceKindCode,
    /// What was booked, by name; null for a step of a program.
    #[schema(required)]
    offering: Option<String>,
    /// With which others it was booked.
    #[schema(required)]
    series: Option<SeriesRef>,
    /// The one who marks comes first.
    coaches: Vec<SomeoneNamed>,
    /// Those whom you see.
    clients: Vec<ClientOfLine>,
    /// When its coach ended it before its time; null if they did not.
    #[schema(required)]
    ended_at: Option<Time>,
    /// On whose side the reason lay that it was called off; null if it was not.
    #[schema(required)]
    cancelled_cause: Option<CauseCode>,
    /// The request to move it that waits; null if none does.
    #[schema(required)]
    request: Option<RequestToMove>,
}

/// A request to move a session that its coach can still decide.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestToMove {
    /// The start that is asked for; until it is decided the session stays where it is.
    starts_at: Time,
    /// Who asks.
    asked_by: PersonRef,
    /// When they asked.
    asked_at: Time,
    /// Until when it can be decided; from then on the session stays where it is.
    expires_at: Time,
    /// Why; null if nothing was said, or for whoever may not read it.
    #[schema(required)]
    reason: Option<String>,
    /// Whether you may decide it.
    may_decide: bool,
}

impl RequestToMove {
    fn of(asking: &Asking, zone: &Zone) -> RequestToMove {
        let request = &asking.request;
        RequestToMove {
            starts_at: Time::of(request.to, zone),
            asked_by: IdOf(request.by),
            asked_at: Time::of(request.asked_at, zone),
            expires_at: Time::of(request.expires_at, zone),
            reason: Some(asking.reason.clone()).filter(|reason| !reason.is_empty()),
            may_decide: asking.decides,
        }
    }
}

/// That a session was called off.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// When.
    at: Time,
    /// On whose side the reason lay.
    cause: CauseCode,
}

/// A client's place in a session of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientOfLine {
    who: SomeoneNamed,
    status: StatusWord,
    /// What was marked, which is why it was missed; null if nothing was.
    #[schema(required)]
    outcome: Option<OutcomeCode>,
    /// Whether they contest it, and nobody has settled that.
    contested: bool,
}

impl SessionLine {
    fn of(line: &Line, asked: &[Asking], zone: &Zone) -> SessionLine {
        let request = asked.iter().find(|asking| asking.session == line.session);
        SessionLine {
            id: IdOf(line.session),
            kind: CodeOf(line.topic.kind),
            status: line.status().map(CodeOf),
            starts_at: Time::of(line.starts_at, zone),
            ends_at: Time::of(line.ends_at, zone),
            place: CodeOf(line.place),
            offering: line.topic.offering.clone(),
            series: line.series.map(IdOf),
            coaches: line.coaches.iter().map(SomeoneNamed::named).collect(),
            clients: line
                .clients
                .iter()
                .map(|client| ClientOfLine {
                    who: SomeoneNamed::named(&client.who),
                    status: CodeOf(client.status),
                    outcome: client.outcome.map(CodeOf),
                    contested: client.is_contested,
                })
                .collect(),
            ended_at: line.ended_early_at.map(|at| Time::of(at, zone)),
            cancelled_cause: line.cancelled.map(CodeOf),
            request: request.map(|asking| RequestToMove::of(asking, zone)),
        }
    }
}

/// A session as you see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    id: SessionRef,
    kind: SessionKindCode,
    /// How it stands; of a pod, what is still to come or to be marked first. Null if nobody whom you see is in it.
    #[schema(required)]
    status: Option<StatusWord>,
    /// How long it is meant to be.
    minutes: u16,
    /// Null as long as it has no time.
    #[schema(required)]
    starts_at: Option<Time>,
    /// When it ends or ended. Null as long as it has no time.
    #[schema(required)]
    ends_at: Option<Time>,
    /// When its coach ended it before its time; null if they did not.
    #[schema(required)]
    ended_at: Option<Time>,
    /// That it was called off; null if it was not. What a program calls off waits for another time instead.
    #[schema(required)]
    cancelled: Option<Cancellation>,
    /// The request to move it that waits; null if none does.
    #[schema(required)]
    request: Option<RequestToMove>,
    place: PlaceKindCode,
    /// Number, address or link; empty if the place needs none.
    place_detail: String,
    /// What was booked; null for a step of a program.
    #[schema(required)]
    offering: Option<OfferingRef>,
    /// With which others it was booked.
    #[schema(required)]
    series: Option<SeriesRef>,
    /// When it was booked.
    #[schema(required)]
    booked_at: Option<Time>,
    /// Whether it was written down afterwards.
    recorded: bool,
    /// The one who marks comes first.
    coaches: Vec<SomeoneNamed>,
    /// Those whom you see.
    clients: Vec<ClientOfSession>,
}

/// A client's place in a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientOfSession {
    who: SomeoneNamed,
    status: StatusWord,
    /// What was marked, which is why it was missed; null if nothing was.
    #[schema(required)]
    outcome: Option<OutcomeCode>,
    /// Whether they contest it, and nobody has settled that.
    contested: bool,
    /// What it costs; null for whoever may not see money.
    #[schema(required)]
    price: Option<Price>,
    /// What is still owed; null for whoever may not see money.
    #[schema(required)]
    owed: Option<Price>,
    /// What the client wrote when booking; null for whoever may not read it.
    #[schema(required)]
    note: Option<String>,
    /// Questions and answers, for client and coach alone.
    answers: Vec<Answered>,
}

/// A question, and what a client answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// As it was asked.
    question: String,
    /// As it was answered.
    answer: String,
}

impl Session {
    fn of(view: &SessionView, asking: Option<&Asking>, zone: &Zone) -> Session {
        let facts = &view.session.facts;
        let ended = facts.time.and_then(|time| time.ended_early_at);
        let coach = |coach: &CoachSeen| SomeoneNamed::of(coach.person, &coach.name, &coach.zone);
        Session {
            id: IdOf(view.session.id),
            kind: CodeOf(facts.kind),
            status: view.status().map(CodeOf),
            minutes: facts.minutes.get(),
            starts_at: facts.time.map(|time| Time::of(time.starts_at, zone)),
            ends_at: facts.ends_at().map(|end| Time::of(end, zone)),
            ended_at: ended.map(|at| Time::of(at, zone)),
            cancelled: facts
                .cancelled
                .map(|off| Cancellation { at: Time::of(off.at, zone), cause: CodeOf(off.cause) }),
            request: asking.map(|asking| RequestToMove::of(asking, zone)),
            place: CodeOf(view.session.place.kind),
            place_detail: view.session.place.detail.clone(),
            offering: view.offering.map(IdOf),
            series: view.series.map(IdOf),
            booked_at: view.booked_at.map(|at| Time::of(at, zone)),
            recorded: view.recorded,
            coaches: view.coaches.iter().map(coach).collect(),
            clients: view.places.iter().map(ClientOfSession::of).collect(),
        }
    }
}

impl ClientOfSession {
    fn of(place: &PlaceSeen) -> ClientOfSession {
        let answered = |(question, answer): &(String, String)| Answered {
            question: question.clone(),
            answer: answer.clone(),
        };
        let facts = &place.attendance.facts;
        ClientOfSession {
            who: SomeoneNamed::of(place.attendance.client, &place.name, &place.zone),
            status: CodeOf(place.status),
            outcome: facts.outcome.map(|marked| CodeOf(marked.outcome)),
            contested: facts.contested.is_some_and(|contested| contested.is_open())
                && facts.outcome.is_some(),
            price: place.price.map(Price::of),
            owed: place.owed.map(Price::of),
            note: place.note.clone(),
            answers: place.answers.iter().map(answered).collect(),
        }
    }
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    when: String,
    client: String,
    coach: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/sessions", "Your sessions, and those that you may see")
            .query_word::<WhenWord>("when", "`upcoming` unless said.")
            .query_id::<PersonId>("client", "Only those of this client.")
            .query_id::<PersonId>("coach", "Only those of this coach.")
            .paged()
            .answers::<List<SessionLine>>(),
        Operation::post("/sessions", "Book a session")
            .takes::<NewSession>()
            .made::<SessionMade>()
            .conflicts("The time cannot be had, or its client has another session then (`overlap`, unless that is known), and `alternatives` are those nearest to it; it is not what `expect` says, and `now` is what it is; or something else stands in the way.")
            .about(
                "Without a token the time is held for whoever `client` says, until they press the button behind the \
                 link that is mailed to them. With one it is booked: for yourself, or for a client of yours by their id.",
            ),
        Operation::get("/sessions/{session}", "One session").answers::<Session>(),
        Operation::get("/sessions/{session}/timeline", "What happened to it, the newest first, as far as you may see it")
            .answers::<List<AuditLine>>(),
    ]
}

/// Which sessions a list shows.
#[derive(Clone, Copy, Debug)]
pub struct WhenWord(When);

const WHEN: [(&str, When); 3] =
    [("upcoming", When::Upcoming), ("past", When::Past), ("cancelled", When::Cancelled)];

impl Word for WhenWord {
    const NAME: &'static str = "When";
    fn codes() -> Vec<&'static str> {
        WHEN.iter().map(|(code, _)| *code).collect()
    }
    fn written(self) -> &'static str {
        WHEN.iter().find(|(_, when)| *when == self.0).map_or("", |(code, _)| code)
    }
}

/// `GET /api/v1/sessions`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let when = match wanted.when.as_str() {
        "" => Some(When::Upcoming),
        code => {
            let known = WHEN.iter().find(|(known, _)| *known == code).map(|(_, when)| *when);
            checks.take("when", known.ok_or(Problem::NotAChoice))
        }
    };
    let client = filter(&mut checks, "client", &wanted.client, Problem::NotAnId);
    let coach = filter(&mut checks, "coach", &wanted.coach, Problem::NotAnId);
    let after = keys(&mut checks, &wanted.cursor).and_then(|[start, id]: [String; 2]| {
        let after = start.parse().map(Instant::from_millis).ok().zip(id.parse().ok());
        checks.take("cursor", after.ok_or(Problem::NotACursor))
    });
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let filter = Filter { when: when.unwrap_or_default(), client, coach, after };
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    // One more than is shown tells whether there are more, so that a page is one smaller than the largest of the model.
    let limit = limit.min(session::LIST_MAX - 1);
    let (lines, asked) = app
        .read(move |tx| Ok((session::list(tx, &by, &filter, limit + 1)?, session::asking(tx, &by)?)))
        .await?;
    let cursor_of = |last: &Line| cursor([last.starts_at.millis().to_string(), last.session.to_string()]);
    shown(List::of(lines, limit, cursor_of, |line| SessionLine::of(line, &asked, &zone)))
}

/// `GET /api/v1/sessions/{session}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(session): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&session)?);
    let (view, asking) =
        app.read(move |tx| Ok((session::view(tx, &by, id)?, session::asking_in(tx, &by, id)?))).await?;
    shown(Session::of(&view, asking.as_ref(), &zone))
}

/// So many events of one session are told.
const TIMELINE_MAX: u32 = 200;

/// `GET /api/v1/sessions/{session}/timeline`
pub async fn timeline(State(app): State<Reading>, visitor: Visitor, Path(session): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&session)?);
    let events = app.read(move |tx| session::timeline(tx, &by, id, TIMELINE_MAX)).await?;
    shown(List::whole(events.iter().map(|event| AuditLine::of(event, &zone)).collect()))
}

/// `POST /api/v1/sessions`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewSession>) -> Answer {
    let mut checks = Checks::default();
    let wish = write.body.wish(&mut checks);
    let made = match (&visitor.signed, &write.body.client) {
        (Some(_), client) => {
            let client = match client {
                None => None,
                Some(NewClient::Id(id)) => checks.take("client", id.parse().map_err(|_| Problem::NotAnId)),
                Some(NewClient::Stranger(_)) => checks.take("client", Err(Problem::NotAnId)),
            };
            checks.done()?;
            let Some(wish) = wish else { unreachable!("what is missing was noted") };
            let (offering, start) = (wish.offering, wish.starts_at);
            let whose = client.or(visitor.actor().person());
            let made = book(&app, &visitor, &write, wish, client).await;
            or_alternatives(&app, zone_of(&visitor), offering, (start, whose), made).await?
        }
        (None, client) => {
            let nobody = NewStranger { name: String::new(), email: String::new(), zone: None };
            let stranger = match client {
                Some(NewClient::Stranger(stranger)) => stranger,
                Some(NewClient::Id(_)) => return Err(Refusal::NotSignedIn.into()),
                None => &nobody,
            };
            let stranger = stranger.checked(&visitor, &mut checks);
            checks.done()?;
            let Some((stranger, wish)) = stranger.zip(wish) else {
                unreachable!("what is missing was noted")
            };
            let (offering, start, zone) = (wish.offering, wish.starts_at, stranger.zone.clone());
            let made = hold(&app, &visitor, &write, wish, stranger).await;
            or_alternatives(&app, zone, offering, (start, None), made).await?
        }
    };
    Ok(answered(made))
}

async fn book(
    app: &App,
    visitor: &Visitor,
    write: &JsonWrite<NewSession>,
    wish: Wish,
    client: Option<PersonId>,
) -> Result<idempotency::Answer, Failure> {
    let (by, zone, slug) = (visitor.actor(), zone_of(visitor), write.body.coach.clone());
    stored(app, write.key.clone(), StatusCode::CREATED, move |tx| {
        let with = booked_with(tx, &slug, wish.offering)?;
        let session = match client {
            // A client whom they do not see is as absent as one who never was (rule P4).
            Some(client) => match booking::book_for(tx, &by, client, &wish) {
                Err(model::Error::Refused(Refusal::NotFound)) => {
                    return Err(Refusal::invalid("client", Problem::NotAChoice).into());
                }
                made => made?,
            },
            None => booking::book(tx, &by, &wish)?,
        };
        Ok(SessionMade::of(session, None, wish.starts_at, &with, &zone))
    })
    .await
}

/// Keeps the time, and sends to the mailbox. A known address and an unknown one get the same answer (rule P4). What sends no
/// mail does not count: a repeat is not carried out, and the write of a refusal is undone.
async fn hold(
    app: &App,
    visitor: &Visitor,
    write: &JsonWrite<NewSession>,
    wish: Wish,
    stranger: Stranger,
) -> Result<idempotency::Answer, Failure> {
    let buckets = limits::mail(app, visitor, &stranger.mail);
    let (key, slug, zone) = (write.key.clone(), write.body.coach.clone(), stranger.zone.clone());
    let held = app.write(move |tx| {
        idempotency::once(tx, key.as_ref(), |tx| {
            limits::hold(attempt::count_all(tx, &buckets)?)?;
            let with = booked_with(tx, &slug, wish.offering)?;
            let held = booking::hold(tx, &stranger, &wish)?;
            let made = SessionMade::of(held.session, Some(held.until), wish.starts_at, &with, &zone);
            let body = serde_json::to_string(&made).expect("wire formats have string keys only");
            Ok(idempotency::Answer { status: StatusCode::CREATED.as_u16(), body })
        })
    });
    Ok(held.await?)
}

/// Whether another time helps: that one cannot be had, or something else of the client's is then.
pub(super) fn is_offered_another(refusal: &Refusal) -> bool {
    refusal.is_about_the_time() || matches!(refusal, Refusal::Overlap { .. })
}

/// A time that cannot be had is answered with those that can (rule A5), and one at which they have another session with
/// those at which they have none (rule A6).
async fn or_alternatives(
    app: &App,
    zone: Zone,
    offering: OfferingId,
    (start, client): (Instant, Option<PersonId>),
    made: Result<idempotency::Answer, Failure>,
) -> Result<idempotency::Answer, Failure> {
    match made {
        Err(Failure::Refused(refusal)) if is_offered_another(&refusal) => {
            let client = client.filter(|_| matches!(refusal, Refusal::Overlap { .. }));
            let instead = app.read(move |tx| match client {
                Some(client) => booking::alternatives_beside(tx, client, offering, start, ALTERNATIVES),
                None => booking::alternatives(tx, offering, start, ALTERNATIVES),
            });
            let instead = instead.await?;
            let alternatives = instead.into_iter().map(|at| Time::of(at, &zone)).collect();
            Err(Failure::TimeLost { refusal, alternatives })
        }
        made => made,
    }
}
