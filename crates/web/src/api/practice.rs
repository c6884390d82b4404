//! A coach's own practice: what they say of themselves, and when they work.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use model::availability::{self, TimeOffName, When};
use model::coach::{self, NewProfile, Profile};
use rules::availability::{Minute, Range, Ranges, Week};
use rules::ids::{BusyId, OfferingId};
use rules::refusal::{Problem, Refusal};
use rules::spoken::Spoken;
use rules::text::Slug;
use rules::time::{Instant, Span, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offerings::named;
use super::openapi::Operation;
use super::wire::{BusyRef, CodeOf, IdOf, List, OfferingRef, SessionKindCode, SessionRef, Time};
use super::{Answer, Nothing, filter, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// What a coach says of themselves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// The word in the address of one's page.
    slug: String,
    /// One's name; it is changed at `/me`.
    name: String,
    /// One sentence.
    headline: String,
    /// A few more.
    about: String,
    /// What one speaks, as tags: `en`, `pt-br`.
    languages: Vec<String>,
    /// What one works on.
    specialities: Vec<String>,
    /// What one may write behind one's name.
    credentials: String,
    /// The zone of one's hours; it is changed at `/me`.
    #[schema(examples("Europe/Berlin"))]
    zone: String,
    /// Whether the directory shows one.
    listed: bool,
}

impl Practice {
    fn of(profile: &Profile) -> Practice {
        Practice {
            slug: profile.slug.clone(),
            name: profile.name.clone(),
            headline: profile.headline.clone(),
            about: profile.about.clone(),
            languages: profile.languages.iter().map(|spoken| spoken.tag().to_owned()).collect(),
            specialities: profile.specialities.clone(),
            credentials: profile.credentials.clone(),
            zone: profile.zone.to_string(),
            listed: profile.listed,
        }
    }
}

/// What one says anew of oneself; what is missing stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PracticeChange {
    /// The address before it still leads to one's page.
    slug: Option<String>,
    headline: Option<String>,
    about: Option<String>,
    /// As tags: `en`, `pt-br`.
    languages: Option<Vec<String>>,
    specialities: Option<Vec<String>>,
    credentials: Option<String>,
}

impl PracticeChange {
    fn checked(&self) -> Result<NewProfile, Refusal> {
        let mut checks = Checks::default();
        let c = &mut checks;
        let spoken = |tags: &[String]| {
            tags.iter().map(|tag| Spoken::from_tag(tag).ok_or(Problem::NotAChoice)).collect::<Result<_, _>>()
        };
        let profile = NewProfile {
            slug: c.some("slug", self.slug.as_deref(), Slug::parse),
            headline: c.some("headline", self.headline.as_deref(), coach::profile::Headline::parse),
            about: c.some("about", self.about.as_deref(), coach::profile::About::parse),
            languages: c.some("languages", self.languages.as_deref(), spoken),
            specialities: c.some("specialities", self.specialities.as_deref(), |names| {
                names
                    .iter()
                    .map(|name| coach::profile::Speciality::parse_some(name))
                    .collect::<Result<_, _>>()
            }),
            credentials: c.some(
                "credentials",
                self.credentials.as_deref(),
                coach::profile::Credentials::parse,
            ),
        };
        checks.done()?;
        Ok(profile)
    }
}

/// A stretch of a day's hours, on the clock of the coach's zone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// A multiple of five minutes.
    #[schema(examples("09:00"))]
    from: String,
    /// Later than that; `24:00` is the end of the day.
    #[schema(examples("17:00"))]
    to: String,
}

fn stretches(ranges: &Ranges) -> Vec<Stretch> {
    ranges
        .iter()
        .map(|range| Stretch { from: range.from().to_string(), to: range.to().to_string() })
        .collect()
}

fn ranges(stretches: &[Stretch]) -> Result<Ranges, Problem> {
    let minute = |text: &str| text.parse::<Minute>().map_err(|_| Problem::NotATimeOfDay);
    let range = |stretch: &Stretch| {
        Range::new(minute(&stretch.from)?, minute(&stretch.to)?).ok_or(Problem::EndsBeforeItBegins)
    };
    let most = Ranges::MOST as u32;
    let ranges = stretches.iter().map(range).collect::<Result<Vec<_>, _>>()?;
    Ranges::new(ranges).ok_or(Problem::TooMany { most })
}

/// The hours of each weekday; one that is missing is off.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WeekHours {
    monday: Vec<Stretch>,
    tuesday: Vec<Stretch>,
    wednesday: Vec<Stretch>,
    thursday: Vec<Stretch>,
    friday: Vec<Stretch>,
    saturday: Vec<Stretch>,
    sunday: Vec<Stretch>,
}

impl WeekHours {
    fn of(week: &Week) -> WeekHours {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            week.0.each_ref().map(stretches);
        WeekHours { monday, tuesday, wednesday, thursday, friday, saturday, sunday }
    }

    fn checked(&self) -> Result<Week, Refusal> {
        let mut checks = Checks::default();
        let days = [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ];
        let days = days.map(|(name, day)| checks.take(name, ranges(day)).unwrap_or_default());
        checks.done()?;
        Ok(Week(days))
    }
}

/// The usual week.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The zone whose clock they are on.
    zone: String,
    /// The offering that they are for; null if for all that have none of their own.
    #[schema(required)]
    offering: Option<OfferingRef>,
    /// Null if the offering has none of its own.
    #[schema(required)]
    week: Option<WeekHours>,
}

/// The usual week anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHours {
    /// The offering that they are for; else for all that have none of their own.
    offering: Option<String>,
    week: WeekHours,
}

/// Hours as they are now, and what they leave outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursChanged {
    hours: Hours,
    /// What is booked or asked for, and lies outside from now on. It stays booked.
    outside: Vec<Outside>,
}

/// A session that lies where its coach does not work.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    session: SessionRef,
    kind: SessionKindCode,
    /// What was booked; null if it was no offering.
    #[schema(required)]
    offering: Option<OfferingRef>,
    /// Whether this is a time that somebody asked to move it to.
    is_asked_for: bool,
    starts_at: Time,
    ends_at: Time,
    /// Who comes.
    clients: Vec<String>,
}

fn outside(found: &[availability::Outside], zone: &Zone) -> Vec<Outside> {
    let each = |it: &availability::Outside| Outside {
        session: IdOf(it.session),
        kind: CodeOf(it.topic.kind),
        offering: it.offering.map(IdOf),
        is_asked_for: it.request.is_some(),
        starts_at: Time::of(it.span.from, zone),
        ends_at: Time::of(it.span.until, zone),
        clients: it.clients.clone(),
    };
    found.iter().map(each).collect()
}

/// A date with hours of its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The offering that it is for; null if for all that have none of their own.
    #[schema(required)]
    offering: Option<OfferingRef>,
    #[schema(examples("2026-12-24"))]
    date: String,
    /// All its hours; none is a day off.
    hours: Vec<Stretch>,
}

/// A date's hours anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOverride {
    /// The offering that it is for; else for all that have none of their own.
    offering: Option<String>,
    /// All its hours; none is a day off.
    hours: Vec<Stretch>,
}

/// What a change leaves outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// What is booked or asked for, and lies outside from now on. It stays booked.
    outside: Vec<Outside>,
}

/// When one is away.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOff {
    id: BusyRef,
    /// What one calls it; nobody else reads it.
    name: String,
    /// The first whole day; null if it was said in times.
    #[schema(required)]
    first: Option<String>,
    /// The last whole day; null if it was said in times.
    #[schema(required)]
    last: Option<String>,
    from: Time,
    until: Time,
}

impl TimeOff {
    fn of(away: &availability::TimeOff, zone: &Zone) -> TimeOff {
        let days = match away.when {
            When::Days { first, last } => Some((first.to_string(), last.to_string())),
            When::Span(_) => None,
        };
        let (first, last) = days.unzip();
        TimeOff {
            id: IdOf(away.id),
            name: away.name.clone(),
            first,
            last,
            from: Time::of(away.span.from, zone),
            until: Time::of(away.span.until, zone),
        }
    }
}

/// Time to be away: whole days, or from one moment to another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTimeOff {
    /// For one's own eyes.
    #[serde(default)]
    name: String,
    /// The first whole day, with `last`.
    first: Option<String>,
    /// The last whole day.
    last: Option<String>,
    /// From this moment, with `until`.
    from: Option<String>,
    /// Until this moment.
    until: Option<String>,
}

impl NewTimeOff {
    fn checked(&self) -> Result<(TimeOffName, When), Refusal> {
        let mut checks = Checks::default();
        let name = checks.take("name", TimeOffName::parse(&self.name));
        let date = |text: &str| text.parse::<Date>().map_err(|_| Problem::NotADate);
        let instant = |text: &str| text.parse::<Instant>().map_err(|_| Problem::NotAnInstant);
        let days = checks.some("first", self.first.as_deref(), date);
        let days = days.zip(checks.some("last", self.last.as_deref(), date));
        let span = checks.some("from", self.from.as_deref(), instant);
        let span = span.zip(checks.some("until", self.until.as_deref(), instant));
        let when = match (days, span) {
            (Some((first, last)), None) => Some(When::Days { first, last }),
            (None, Some((from, until))) => Some(When::Span(Span { from, until })),
            _ => None,
        };
        if when.is_none() && checks.is_fine() {
            checks.note("first", Problem::Missing);
        }
        checks.done()?;
        name.zip(when).ok_or_else(|| unreachable!("what is missing was noted"))
    }
}

/// Time off as it is now, and what it leaves outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffMade {
    time_off: TimeOff,
    /// What is booked or asked for, and lies outside from now on. It stays booked.
    outside: Vec<Outside>,
}

/// For which offering.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForOffering {
    offering: String,
}

impl ForOffering {
    fn checked(&self) -> Result<Option<OfferingId>, Refusal> {
        let mut checks = Checks::default();
        let offering = filter(&mut checks, "offering", &self.offering, Problem::NotAnId);
        checks.done()?;
        Ok(offering)
    }
}

fn offering_of(text: Option<&str>) -> Result<Option<OfferingId>, Refusal> {
    ForOffering { offering: text.unwrap_or_default().to_owned() }.checked()
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    const OFFERING: &str = "For this offering; else for all that have none of their own.";
    vec![
        Operation::get("/practice", "What you say of yourself as a coach").answers::<Practice>(),
        Operation::patch("/practice", "Change what you say of yourself").takes::<PracticeChange>().answers::<Practice>(),
        Operation::post("/practice/listing", "Stand in the directory")
            .answers::<Practice>()
            .conflicts("There is nothing to book."),
        Operation::delete("/practice/listing", "Leave the directory")
            .answers::<Practice>()
            .about("Your page stays, for those who know its address."),
        Operation::get("/practice/hours", "Your usual week")
            .query_id::<OfferingId>("offering", OFFERING)
            .answers::<Hours>(),
        Operation::put("/practice/hours", "Set your usual week")
            .takes::<NewHours>()
            .answers::<HoursChanged>()
            .about("An offering that is given an empty week has your usual one again. Nothing that is booked changes."),
        Operation::get("/practice/overrides", "The dates that differ, from today on").answers::<List<Override>>(),
        Operation::put("/practice/overrides/{date}", "Give a date hours of its own")
            .takes::<NewOverride>()
            .answers::<Changed>(),
        Operation::delete("/practice/overrides/{date}", "Let a date have its usual hours again")
            .query_id::<OfferingId>("offering", OFFERING)
            .answers::<Changed>(),
        Operation::get("/practice/time-off", "When you are away, what is over left out").answers::<List<TimeOff>>(),
        Operation::post("/practice/time-off", "Take time off").takes::<NewTimeOff>().made::<TimeOffMade>(),
        Operation::delete("/practice/time-off/{time_off}", "Be there after all").answers_nothing(),
    ]
}

/// `GET /api/v1/practice`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?.id;
    let profile = app.read(move |tx| coach::profile_of(tx, me)).await?;
    shown(Practice::of(&profile))
}

/// `PATCH /api/v1/practice`
pub async fn update(State(app): State<App>, visitor: Visitor, write: JsonWrite<PracticeChange>) -> Answer {
    let (by, new) = (visitor.actor(), write.body.checked()?);
    once(&app, write.key, StatusCode::OK, move |tx| Ok(Practice::of(&coach::change_profile(tx, &by, &new)?)))
        .await
}

/// `POST /api/v1/practice/listing`
pub async fn list(State(app): State<App>, visitor: Visitor, write: JsonWrite<Nothing>) -> Answer {
    let by = visitor.actor();
    once(&app, write.key, StatusCode::OK, move |tx| Ok(Practice::of(&coach::list(tx, &by)?))).await
}

/// `DELETE /api/v1/practice/listing`
pub async fn unlist(State(app): State<App>, visitor: Visitor, write: JsonWrite<Nothing>) -> Answer {
    let by = visitor.actor();
    once(&app, write.key, StatusCode::OK, move |tx| Ok(Practice::of(&coach::unlist(tx, &by)?))).await
}

fn hours_of(
    tx: &mut model::Tx,
    me: rules::ids::PersonId,
    offering: Option<OfferingId>,
) -> model::Result<Hours> {
    named(tx, me, offering)?;
    let zone = coach::profile_of(tx, me)?.zone.to_string();
    let week = availability::week(tx, me, offering)?;
    // A coach without any hours has a week without any; an offering without has the coach's.
    let week = week.or_else(|| offering.is_none().then(Week::default));
    Ok(Hours { zone, offering: offering.map(IdOf), week: week.as_ref().map(WeekHours::of) })
}

/// `GET /api/v1/practice/hours`
pub async fn hours(State(app): State<Reading>, visitor: Visitor, Query(of): Query<ForOffering>) -> Answer {
    let (me, offering) = (visitor.person()?.id, of.checked()?);
    shown(app.read(move |tx| hours_of(tx, me, offering)).await?)
}

/// `PUT /api/v1/practice/hours`
pub async fn set_hours(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewHours>) -> Answer {
    let (by, me, zone) = (visitor.actor(), visitor.person()?.id, zone_of(&visitor));
    let offering = offering_of(write.body.offering.as_deref())?;
    let week = write.body.week.checked()?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        named(tx, me, offering)?;
        let left = availability::set_week(tx, &by, me, offering, &week)?;
        Ok(HoursChanged { hours: hours_of(tx, me, offering)?, outside: outside(&left, &zone) })
    })
    .await
}

/// `GET /api/v1/practice/overrides`
pub async fn overrides(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?.id;
    let found = app.read(move |tx| availability::overrides(tx, me)).await?;
    let each = |it: &availability::Override| Override {
        offering: it.offering.map(IdOf),
        date: it.date.to_string(),
        hours: stretches(&it.ranges),
    };
    shown(List::whole(found.iter().map(each).collect()))
}

/// The date in an address. What is no date is no thing either (rule P4).
fn date(text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `PUT /api/v1/practice/overrides/{date}`
pub async fn set_override(
    State(app): State<App>,
    visitor: Visitor,
    Path(day): Path<String>,
    write: JsonWrite<NewOverride>,
) -> Answer {
    let (by, me, zone, date) = (visitor.actor(), visitor.person()?.id, zone_of(&visitor), date(&day)?);
    let offering = offering_of(write.body.offering.as_deref())?;
    let hours = ranges(&write.body.hours).map_err(|problem| Refusal::invalid("hours", problem))?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        named(tx, me, offering)?;
        let left = availability::set_override(tx, &by, me, offering, date, &hours)?;
        Ok(Changed { outside: outside(&left, &zone) })
    })
    .await
}

/// `DELETE /api/v1/practice/overrides/{date}`
pub async fn drop_override(
    State(app): State<App>,
    visitor: Visitor,
    Path(day): Path<String>,
    Query(of): Query<ForOffering>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, me, zone, date) = (visitor.actor(), visitor.person()?.id, zone_of(&visitor), date(&day)?);
    let offering = of.checked()?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        named(tx, me, offering)?;
        let left = availability::drop_override(tx, &by, me, offering, date)?;
        Ok(Changed { outside: outside(&left, &zone) })
    })
    .await
}

/// `GET /api/v1/practice/time-off`
pub async fn times_off(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let (me, zone) = (visitor.person()?.id, zone_of(&visitor));
    let away = app.read(move |tx| availability::times_off(tx, me)).await?;
    shown(List::whole(away.iter().map(|away| TimeOff::of(away, &zone)).collect()))
}

/// `POST /api/v1/practice/time-off`
pub async fn take_time_off(State(app): State<App>, visitor: Visitor, write: JsonWrite<NewTimeOff>) -> Answer {
    let (by, me, zone) = (visitor.actor(), visitor.person()?.id, zone_of(&visitor));
    let (name, when) = write.body.checked()?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let (id, left) = availability::add_time_off(tx, &by, me, &name, when)?;
        let made = availability::times_off(tx, me)?.into_iter().find(|away| away.id == id);
        let made = made.ok_or(Refusal::NotFound)?;
        Ok(TimeOffMade { time_off: TimeOff::of(&made, &zone), outside: outside(&left, &zone) })
    })
    .await
}

/// `DELETE /api/v1/practice/time-off/{time_off}`
pub async fn drop_time_off(
    State(app): State<App>,
    visitor: Visitor,
    Path(time_off): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, me, id): (_, _, BusyId) = (visitor.actor(), visitor.person()?.id, id(&time_off)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        if !availability::times_off(tx, me)?.iter().any(|away| away.id == id) {
            return Err(Refusal::NotFound.into());
        }
        availability::drop_time_off(tx, &by, me, id)
    })
    .await
}
