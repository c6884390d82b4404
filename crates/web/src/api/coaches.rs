//! Coaches as anybody finds them: the directory, one of them, and when they can be booked.

use axum::extract::{Path, Query, State};
use jiff::SignedDuration;
use jiff::civil::Date;
use model::agreement;
use model::booking::{self, AGREEMENT};
use model::coach::directory::{Card, Search};
use model::coach::{self, Profile};
use model::offering;
use model::session;
use rules::ids::OfferingId;
use rules::money::{Currency, Money};
use rules::refusal::{Problem, Refusal};
use rules::session::Minutes;
use rules::spoken::Spoken;
use rules::time::{Instant, Span, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offerings::Offering;
use super::openapi::Operation;
use super::wire::{AgreementRef, IdOf, List, PersonRef, Price, SessionRef, Time, Word};
use super::{Answer, cursor, filter, keys, limit, shown, zone_of};
use crate::app::Reading;
use crate::forms::{Checks, number, text};
use crate::time_of_day::TimeOfDay;
use crate::visitor::Visitor;

/// The longest text that is searched for, in characters.
const SEARCH_MAX_CHARS: u32 = 200;
/// The longest stretch whose free times are told at once, in days.
pub const SLOTS_MAX_DAYS: i64 = 62;
/// As many days as are told unless it is said.
const SLOTS_DAYS: i64 = 14;

/// A coach as the directory shows them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachCard {
    /// The word in the address of their page, and of this.
    slug: String,
    /// As they wish to be called.
    name: String,
    /// One sentence.
    headline: String,
    /// What they speak, as tags: `en`, `pt-br`.
    languages: Vec<String>,
    /// What they work on.
    specialities: Vec<String>,
    /// The zone of their hours.
    zone: String,
    /// What the cheapest paid session costs; null if there is none.
    #[schema(required)]
    price_from: Option<Price>,
    /// Whether a free first call can be booked.
    has_intro: bool,
}

fn tags(profile: &Profile) -> Vec<String> {
    profile.languages.iter().map(|spoken| spoken.tag().to_owned()).collect()
}

impl CoachCard {
    fn of(card: &Card) -> CoachCard {
        let profile = &card.profile;
        CoachCard {
            slug: profile.slug.clone(),
            name: profile.name.clone(),
            headline: profile.headline.clone(),
            languages: tags(profile),
            specialities: profile.specialities.clone(),
            zone: profile.zone.to_string(),
            price_from: card.price_from.map(Price::of),
            has_intro: card.has_intro,
        }
    }
}

/// A coach with what can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coach {
    id: PersonRef,
    /// The word in the address of their page, and of this.
    slug: String,
    /// As they wish to be called.
    name: String,
    /// One sentence.
    headline: String,
    /// A few more.
    about: String,
    /// What they speak, as tags: `en`, `pt-br`.
    languages: Vec<String>,
    /// What they work on.
    specialities: Vec<String>,
    /// What they may write behind their name.
    credentials: String,
    /// The zone of their hours.
    #[schema(examples("Europe/Berlin"))]
    zone: String,
    /// What can be booked, the shortest first.
    offerings: Vec<Offering>,
    /// What has to be accepted at the first paid booking; null if nothing has.
    #[schema(required)]
    agreement: Option<Agreement>,
    /// The steps of your own journeys that you could book with them now, which your program pays: at
    /// `/sessions/{session}/booking`. What is sold above is private, and yours to pay.
    own_steps: Vec<OwnStep>,
}

/// A step of one's own journey that can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnStep {
    session: SessionRef,
    /// What it is.
    name: String,
    /// Of which pathway; null for an extra session.
    #[schema(required)]
    pathway: Option<String>,
    minutes: u16,
}

/// A text that is accepted by naming its id.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    id: AgreementRef,
    /// What it says.
    text: String,
}

/// A start that can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    starts_at: Time,
    ends_at: Time,
}

impl Slot {
    pub(super) fn of(start: Instant, minutes: Minutes, zone: &Zone) -> Slot {
        Slot { starts_at: Time::of(start, zone), ends_at: Time::of(start + minutes.duration(), zone) }
    }
}

impl Word for TimeOfDay {
    const NAME: &'static str = "TimeOfDay";
    fn codes() -> Vec<&'static str> {
        TimeOfDay::ALL.map(TimeOfDay::code).to_vec()
    }
    fn written(self) -> &'static str {
        self.code()
    }
}

/// The query of the directory.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    q: String,
    speciality: String,
    language: String,
    price_most: String,
    currency: String,
    time: String,
    zone: String,
    cursor: String,
    limit: String,
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/coaches", "The directory, by name")
            .query("q", "Words that name, headline, specialities, credentials or text have in them.")
            .query("speciality", "Only who works on this.")
            .query("language", "Only who speaks this, as a tag.")
            .query_number("price_most", "Only who has a paid session for no more than this, in minor units.")
            .query("currency", "The currency of `price_most`; EUR unless said.")
            .query_word::<TimeOfDay>(
                "time",
                "Only who is free at this time of day, some day of the next four weeks.",
            )
            .query("zone", "The zone on whose clock that is; else your own, or the organisation's.")
            .paged()
            .answers::<List<CoachCard>>(),
        Operation::get("/coaches/{slug}", "One coach, and what can be booked").answers::<Coach>(),
        Operation::get("/coaches/{slug}/slots", "When an offering can be booked, soonest first")
            .query_id::<OfferingId>("offering", "What is to be booked. Needed.")
            .query("from", "From this moment or day on; else from now on.")
            .query("to", "Before this moment, or until the end of this day; else two weeks. At most 62 days.")
            .query("zone", "The zone in which days begin and times are told.")
            .answers::<List<Slot>>(),
    ]
}

/// `GET /api/v1/coaches`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let mut checks = Checks::default();
    let text = checks.take("q", text(&wanted.q, 0, SEARCH_MAX_CHARS)).unwrap_or_default();
    let language = match wanted.language.as_str() {
        "" => None,
        tag => checks.take("language", Spoken::from_tag(tag).ok_or(Problem::NotAChoice)),
    };
    let currency = match wanted.currency.as_str() {
        "" => Some(Currency::EUR),
        code => checks.take("currency", code.parse().map_err(|_| Problem::NotAChoice)),
    };
    let most = match wanted.price_most.as_str() {
        "" => None,
        minor => checks.take("price_most", number(minor, 0, offering::PRICE_MINOR_MAX)),
    };
    let time = match wanted.time.as_str() {
        "" => None,
        code => checks.take("time", TimeOfDay::from_code(code).ok_or(Problem::NotAChoice)),
    };
    let zone = filter(&mut checks, "zone", &wanted.zone, Problem::UnknownZone).unwrap_or(zone_of(&visitor));
    let after = keys::<1>(&mut checks, &wanted.cursor).map(|[slug]| slug);
    let limit = limit(&mut checks, &wanted.limit);
    checks.done()?;
    let search = Search {
        text,
        speciality: Some(wanted.speciality).filter(|speciality| !speciality.is_empty()),
        language,
        price_most: most.zip(currency).map(|(minor, currency)| Money::new(minor, currency)),
        after,
    };
    // One more than is shown tells whether there are more, so that a page is one smaller than the largest of the model.
    let limit = limit.min(coach::directory::CARDS_MAX - 1);
    let who = match time {
        Some(time) => {
            app.free().refresh().await?;
            Some(app.free().who(&time.spans(&zone, app.now())))
        }
        None => None,
    };
    let cards = app.read(move |tx| match &who {
        Some(who) => coach::directory::directory_among(tx, &search, who, limit + 1),
        None => coach::directory(tx, &search, limit + 1),
    });
    let cards = cards.await?;
    let cursor_of = |last: &Card| cursor([last.profile.slug.clone()]);
    shown(List::of(cards, limit, cursor_of, CoachCard::of))
}

/// `GET /api/v1/coaches/{slug}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let (language, by) = (visitor.language, visitor.actor());
    let coach = app.read(move |tx| {
        let profile = coach::by_slug(tx, &slug)?;
        let own_steps = session::own_steps_with(tx, &by, profile.person)?.into_iter().map(|step| OwnStep {
            session: IdOf(step.session),
            name: match (&step.topic.step, &step.topic.extra) {
                (Some(step), _) => step.name.clone(),
                (None, extra) => extra.clone().unwrap_or_default(),
            },
            pathway: step.topic.step.map(|step| step.pathway),
            minutes: step.minutes,
        });
        let own_steps = own_steps.collect();
        let offerings = offering::active(tx, profile.person)?;
        let agreement = if offerings.iter().any(offering::Offering::is_paid) {
            agreement::current(tx, AGREEMENT, language)?
        } else {
            None
        };
        Ok(Coach {
            id: IdOf(profile.person),
            languages: tags(&profile),
            slug: profile.slug,
            name: profile.name,
            headline: profile.headline,
            about: profile.about,
            specialities: profile.specialities,
            credentials: profile.credentials,
            zone: profile.zone.to_string(),
            offerings: offerings.iter().map(Offering::of).collect(),
            agreement: agreement.map(|it| Agreement { id: IdOf(it.id), text: it.text }),
            own_steps,
        })
    });
    shown(coach.await?)
}

/// The query of free times.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedSlots {
    offering: String,
    from: String,
    to: String,
    zone: String,
}

/// The two ends of a day.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

/// A moment, or an end of a day in a zone.
fn moment(text: &str, zone: &Zone, end: End) -> Option<Instant> {
    if let Ok(date) = text.parse::<Date>()
        && !text.contains(['T', ':'])
    {
        let day = rules::availability::day_span(zone, date);
        return Some(match end {
            End::First => day.from,
            End::Last => day.until,
        });
    }
    // A plus sign that was not written as %2B arrives as a space.
    text.replace(' ', "+").parse().ok()
}

impl WantedSlots {
    fn checked(&self, visitor: &Visitor, now: Instant) -> Result<(OfferingId, Span, Zone), Refusal> {
        let mut checks = Checks::default();
        let offering = match self.offering.as_str() {
            "" => Err(Problem::Missing),
            id => id.parse().map_err(|_| Problem::NotAnId),
        };
        let offering = checks.take("offering", offering);
        let (within, zone) = stretch(&mut checks, [&self.from, &self.to, &self.zone], visitor, now);
        checks.done()?;
        let Some(offering) = offering else { unreachable!("what is missing was noted") };
        Ok((offering, within, zone))
    }
}

/// The stretch of time between `from` and `to`, and the `zone` in which its days begin.
pub(super) fn stretch(
    checks: &mut Checks,
    [from, to, zone]: [&str; 3],
    visitor: &Visitor,
    now: Instant,
) -> (Span, Zone) {
    let zone = filter(checks, "zone", zone, Problem::UnknownZone).unwrap_or(zone_of(visitor));
    let mut at = |field, text: &str, end, otherwise: Instant| match text {
        "" => otherwise,
        text => {
            checks.take(field, moment(text, &zone, end).ok_or(Problem::NotAnInstant)).unwrap_or(otherwise)
        }
    };
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let from = at("from", from, End::First, now);
    let until = at("to", to, End::Last, from + days(SLOTS_DAYS));
    if checks.is_fine() && until < from {
        checks.note("to", Problem::EndsBeforeItBegins);
    }
    // A day may be longer than 24 hours.
    if until.since(from) > days(SLOTS_MAX_DAYS) + SignedDuration::from_hours(2) {
        checks.note("to", Problem::OutOfRange { least: 1, most: SLOTS_MAX_DAYS });
    }
    (Span { from, until }, zone)
}

/// `GET /api/v1/coaches/{slug}/slots`
pub async fn slots(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(slug): Path<String>,
    Query(wanted): Query<WantedSlots>,
) -> Answer {
    let (id, within, zone) = wanted.checked(&visitor, app.now())?;
    let (slots, minutes) = app
        .read(move |tx| {
            let (coach, _) = coach::addressed(tx, &slug)?;
            let offering = offering_with(tx, coach, id)?;
            Ok((booking::free_starts(tx, &offering, within)?, offering.policy.minutes))
        })
        .await?;
    shown(List::whole(slots.iter().map(|start| Slot::of(*start, minutes, &zone)).collect()))
}

/// An offering of this coach.
///
/// # Errors
/// [`Refusal::Invalid`] for one of somebody else as for one that never was.
pub(super) fn offering_with(
    tx: &mut model::Tx,
    coach: rules::ids::PersonId,
    id: OfferingId,
) -> model::Result<offering::Offering> {
    let offering = match offering::get(tx, id) {
        Err(model::Error::Refused(Refusal::NotFound)) => None,
        found => Some(found?),
    };
    let offering = offering.filter(|offering| offering.coach == coach);
    offering.ok_or_else(|| Refusal::invalid("offering", Problem::NotAChoice).into())
}
