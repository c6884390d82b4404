//! What all nouns share on the wire: ids, times, words, lists, and the one form of every "no".

use std::borrow::Cow;
use std::fmt::Display;

use jiff::fmt::temporal::DateTimePrinter;
use rules::attendance::{Outcome, Status};
use rules::cancelling::{Ending, Grounds};
use rules::disclosure::Disclosure;
use rules::engagement::{Engagement, LeftOut, People, Shown, Sort};
use rules::ids::{
    AgreementId, BusyId, CohortId, CompanyId, Id, LeadId, MailId, MessageId, NotificationId, OfferingId,
    ParticipantId, PathwayId, PersonId, ProjectId, SeriesId, SessionId, StepId, ThreadId, TokenId, TriggerId,
};
use rules::importing::Stage;
use rules::ledger::LineKind;
use rules::letters::Letter;
use rules::money::Money;
use rules::pathway::Order;
use rules::permission::Role;
use rules::person::{HourStyle, Language};
use rules::refusal::Problem as Wrong;
use rules::scope::Scope;
use rules::session::{Cause, PlaceKind, SessionKind};
use rules::terms::Conditions;
use rules::time::{Instant, Zone};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::schema::{
    AdditionalProperties, Array, KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::offerings::Kept;

const PRINTER: DateTimePrinter = DateTimePrinter::new();

type Schemas = Vec<(String, RefOr<Schema>)>;

fn text() -> ObjectBuilder {
    Object::builder().schema_type(SchemaType::new(Type::String))
}

/// A moment, with the offset of whoever reads it.
#[derive(Clone, Debug)]
pub struct Time(String);

impl Time {
    /// `at` on the wall clock of `zone`, as RFC 3339 writes it.
    pub fn of(at: Instant, zone: &Zone) -> Time {
        let (timestamp, offset) = (at.timestamp(), zone.offset(at));
        let mut text = String::with_capacity(32);
        let written = PRINTER.print_timestamp_with_offset(&timestamp, offset, &mut text);
        written.expect("a String takes everything");
        Time(text)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        text()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, with the offset of the zone of whoever asks."))
            .examples(["2026-11-23T16:48:00+01:00"])
            .into()
    }
}

impl ToSchema for Time {}

/// The id of one kind of thing.
#[derive(Clone, Copy, Debug)]
pub struct IdOf<I>(pub I);

/// The id of a person.
pub type PersonRef = IdOf<PersonId>;
/// The id of a bearer token.
pub type TokenRef = IdOf<TokenId>;
/// The id of a mail.
pub type MailRef = IdOf<MailId>;
/// The id of an offering.
pub type OfferingRef = IdOf<OfferingId>;
/// The id of a session.
pub type SessionRef = IdOf<SessionId>;
/// The id of a series.
pub type SeriesRef = IdOf<SeriesId>;
/// The id of an agreement.
pub type AgreementRef = IdOf<AgreementId>;
/// The id of some time off.
pub type BusyRef = IdOf<BusyId>;
/// The id of a notification.
pub type NotificationRef = IdOf<NotificationId>;
/// The id of a thread.
pub type ThreadRef = IdOf<ThreadId>;
/// The id of a company.
pub type CompanyRef = IdOf<CompanyId>;
/// The id of a project.
pub type ProjectRef = IdOf<ProjectId>;
/// The id of a cohort.
pub type CohortRef = IdOf<CohortId>;
/// The id of a person's place in a cohort.
pub type ParticipantRef = IdOf<ParticipantId>;
/// The id of somebody's lead.
pub type LeadRef = IdOf<LeadId>;
/// The id of a mail rule.
pub type TriggerRef = IdOf<TriggerId>;
/// The id of a pathway.
pub type PathwayRef = IdOf<PathwayId>;
/// The id of a step of a pathway.
pub type StepRef = IdOf<StepId>;
/// The id of a message.
pub type MessageRef = IdOf<MessageId>;
/// The id of a journey.
pub type JourneyRef = IdOf<rules::ids::JourneyId>;
/// The id of a file of people.
pub type ImportRef = IdOf<rules::ids::ImportId>;
/// The id of something that is asked at the end of a pathway.
pub type QuestionRef = IdOf<rules::ids::QuestionId>;
/// The id of an event.
pub type EventRef = IdOf<rules::ids::EventId>;

impl<I: Display> Serialize for IdOf<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// What the text of an id looks like.
pub(super) fn id_pattern(prefix: &str) -> String {
    format!("^{prefix}_[0-9a-hjkmnp-tv-z]{{{}}}$", rules::ids::ID_CHARS)
}

impl<I: Id> PartialSchema for IdOf<I> {
    fn schema() -> RefOr<Schema> {
        text().pattern(Some(id_pattern(I::PREFIX))).into()
    }
}

impl<I: Id> ToSchema for IdOf<I> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(std::any::type_name::<I>().rsplit("::").next().unwrap_or_default())
    }
}

/// One word of a closed set.
pub trait Word: Copy {
    /// The set's name in the document.
    const NAME: &'static str;
    /// All its words.
    fn codes() -> Vec<&'static str>;
    /// This one.
    fn written(self) -> &'static str;
}

macro_rules! words {
    ($($of:ty),*) => {
        $(impl Word for $of {
            const NAME: &'static str = stringify!($of);
            fn codes() -> Vec<&'static str> {
                <$of>::ALL.iter().map(|word| word.code()).collect()
            }
            fn written(self) -> &'static str {
                self.code()
            }
        })*
    };
}

use model::mail::State as MailState;
use rules::inactivity::Ending as ArchivedAs;
use rules::pods::WithoutDate;
use rules::triggers::{
    Condition as TriggerCondition, LeftOut as TriggerLeftOut, Level as TriggerLevel,
    Recipient as TriggerRecipient,
};
words!(
    Role,
    Language,
    HourStyle,
    Scope,
    Letter,
    MailState,
    SessionKind,
    PlaceKind,
    Status,
    Outcome,
    Cause,
    Ending,
    Grounds,
    LineKind,
    Engagement,
    LeftOut,
    Shown,
    Sort,
    Disclosure,
    Order,
    Stage,
    TriggerCondition,
    TriggerRecipient,
    TriggerLevel,
    TriggerLeftOut,
    People,
    ArchivedAs,
    WithoutDate
);

/// A word of a closed set, as its code.
#[derive(Clone, Copy, Debug)]
pub struct CodeOf<T>(pub T);

/// What somebody is.
pub type RoleCode = CodeOf<Role>;
/// A language that pages and mails are written in.
pub type LanguageCode = CodeOf<Language>;
/// How somebody reads the hour.
pub type HourStyleCode = CodeOf<HourStyle>;
/// What a token is good for.
pub type ScopeCode = CodeOf<Scope>;
/// What a mail is.
pub type LetterCode = CodeOf<Letter>;
/// What sort of meeting it is.
pub type SessionKindCode = CodeOf<SessionKind>;
/// Where it happens.
pub type PlaceKindCode = CodeOf<PlaceKind>;
/// How it stands for a client.
pub type StatusCode = CodeOf<Status>;
/// On whose side the reason lies that something is called off.
pub type CauseCode = CodeOf<Cause>;
/// How it went for a client.
pub type OutcomeCode = CodeOf<Outcome>;
/// How a participant does.
pub type EngagementCode = CodeOf<Engagement>;
/// Why a participant is not asked to book.
pub type LeftOutCode = CodeOf<LeftOut>;
/// What a project's sponsors see.
pub type DisclosureCode = CodeOf<Disclosure>;
/// How far a file of people is.
pub type StageCode = CodeOf<Stage>;
/// In which order the steps of a pathway open.
pub type OrderCode = CodeOf<Order>;
/// What a mail rule waits for.
pub type TriggerConditionCode = CodeOf<TriggerCondition>;
/// To whom a mail rule writes.
pub type TriggerRecipientCode = CodeOf<TriggerRecipient>;
/// Where a mail rule holds.
pub type TriggerLevelCode = CodeOf<TriggerLevel>;
/// Why a mail rule does not write to somebody.
pub type TriggerLeftOutCode = CodeOf<TriggerLeftOut>;
/// As what a participant was put away.
pub type ArchivedAsCode = CodeOf<ArchivedAs>;
/// Why a pod's step has no date that could be had.
pub type WithoutDateCode = CodeOf<WithoutDate>;
/// What became of a mail.
pub type MailStateCode = CodeOf<MailState>;

impl<T: Word> Serialize for CodeOf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.written())
    }
}

impl<T: Word> PartialSchema for CodeOf<T> {
    fn schema() -> RefOr<Schema> {
        text().enum_values(Some(T::codes())).into()
    }
}

impl<T: Word> ToSchema for CodeOf<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// An amount of money.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In the smallest unit of the currency: 9000 is 90 euros, or 9000 yen.
    minor: i64,
    /// The code of ISO 4217.
    #[schema(examples("EUR"))]
    currency: String,
}

impl Price {
    /// This amount.
    pub fn of(money: Money) -> Price {
        Price { minor: money.minor, currency: money.currency.code().to_owned() }
    }

    /// The amount, if there is such a currency.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checked(&self) -> Result<Money, Wrong> {
        Ok(Money::new(self.minor, self.currency.parse().map_err(|_| Wrong::NotAChoice)?))
    }
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> List<T> {
    /// Of `rows`, one more of which was asked for than is shown: that one tells whether there is a next page.
    pub fn of<R>(
        mut rows: Vec<R>,
        limit: u32,
        cursor: impl FnOnce(&R) -> String,
        item: impl Fn(&R) -> T,
    ) -> List<T> {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(cursor);
        List { items: rows.iter().map(item).collect(), next }
    }

    /// All there is.
    pub fn whole(items: Vec<T>) -> List<T> {
        List { items, next: None }
    }
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let next = Object::builder()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("The `cursor` of the next page; null at the end."));
        Object::builder()
            .property("items", Array::new(Ref::from_schema_name(T::name())))
            .required("items")
            .property("next", next)
            .required("next")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", T::name()))
    }

    fn schemas(schemas: &mut Schemas) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// Why there is no other answer (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Always `about:blank`: the code tells problems apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// For programs: stable, in snake_case.
    #[schema(pattern = "^[a-z_]+$", examples("not_found"))]
    pub code: &'static str,
    /// For people: a sentence in the language of whoever asks.
    pub detail: String,
    /// What is wrong with each input, if that is what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fields: Option<Vec<Field>>,
    /// What an act would come to now, if that is not what was expected of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub outcome: Option<&'static str>,
    /// What would be kept of the price then, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kept_minor: Option<i64>,
    /// What would be booked now, if that is not what was expected of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub now: Option<BookingTerms>,
    /// How many sessions of a coach are ahead, if they have to be seen to first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ahead: Option<u32>,
    /// How many requests to move one wait for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub waiting: Option<u32>,
    /// How many are over and not marked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unmarked: Option<u32>,
    /// The free starts nearest to one that cannot be had, soonest first. Each can be booked, as things stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alternatives: Option<Vec<Time>>,
    /// Under this the program's log tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reference: Option<String>,
}

/// What holds for a booking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingTerms {
    /// How long it is.
    minutes: u16,
    /// What it costs.
    price: Price,
    /// What is kept of that.
    kept: Kept,
}

impl BookingTerms {
    /// These.
    pub fn of(now: &Conditions) -> BookingTerms {
        BookingTerms {
            minutes: now.minutes.get(),
            price: Price::of(now.price),
            kept: Kept::of(now.terms.kept),
        }
    }
}

/// What is wrong with one input.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The name of the input, in the body or the query.
    pub field: Cow<'static, str>,
    /// For programs: stable, in snake_case.
    #[schema(pattern = "^[a-z_]+$", examples("missing"))]
    pub code: &'static str,
    /// For people: a sentence in the language of whoever asks.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule T2
    #[test]
    fn a_time_has_the_offset_of_its_reader() {
        fn check(at: &str, zone: &str, expect: &str) {
            let time = Time::of(at.parse().unwrap(), &zone.parse().unwrap());
            assert_eq!(time.0, expect);
        }
        check("2026-11-23T15:48:00Z", "Europe/Berlin", "2026-11-23T16:48:00+01:00");
        check("2026-07-23T15:48:00Z", "Europe/Berlin", "2026-07-23T17:48:00+02:00");
        check("2026-11-23T15:48:00.250Z", "Asia/Kolkata", "2026-11-23T21:18:00.25+05:30");
        check("2026-11-23T15:48:00Z", "America/New_York", "2026-11-23T10:48:00-05:00");
        check("2026-11-23T15:48:00Z", "UTC", "2026-11-23T15:48:00+00:00");
    }
}
