//! What coaches sell: as anybody sees it, and as its coach does, who writes it here.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::SignedDuration;
use model::offering::{self, About, Draft, Name, Offering as Sold, PlaceDetail, QuestionText};
use rules::ids::OfferingId;
use rules::money::{Currency, Money, Percent};
use rules::offering::{Buffer, Grid, Policy};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, PlaceKind, SessionKind};
use rules::terms::{Shares, Terms};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::wire::{CodeOf, IdOf, List, OfferingRef, PlaceKindCode, Price, SessionKindCode};
use super::{Answer, Nothing, id, once, shown};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite};
use crate::visitor::Visitor;

/// Something that can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    id: OfferingRef,
    kind: SessionKindCode,
    /// What it is called.
    name: String,
    /// One line below that; may be empty.
    about: String,
    /// How long it is.
    minutes: u16,
    price: Price,
    /// Where it happens.
    place: PlaceKindCode,
    /// The least notice, in minutes.
    notice_minutes: i64,
    /// How many of the coach's days after today can be booked.
    window_days: u32,
    kept: Kept,
    /// What the coach asks beforehand.
    questions: Vec<Question>,
}

/// What is kept of the price when a client cancels, in percent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Long before.
    #[schema(maximum = 100)]
    early: u8,
    /// Between the two bounds of notice.
    #[schema(maximum = 100)]
    between: u8,
    /// Late, or not at all.
    #[schema(maximum = 100)]
    late: u8,
}

impl Kept {
    pub(super) fn of(shares: Shares) -> Kept {
        Kept { early: shares.early.get(), between: shares.between.get(), late: shares.late.get() }
    }

    pub(super) fn checked(self) -> Result<Shares, Problem> {
        let percent = |percent| Percent::new(percent).ok_or(Problem::OutOfRange { least: 0, most: 100 });
        let Kept { early, between, late } = self;
        Ok(Shares { early: percent(early)?, between: percent(between)?, late: percent(late)? })
    }
}

/// Something that a coach asks beforehand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its place, from 1.
    no: u32,
    /// What is asked.
    text: String,
    /// Whether nobody books without an answer.
    required: bool,
}

impl Offering {
    /// As anybody sees it.
    pub fn of(sold: &Sold) -> Offering {
        Offering {
            id: IdOf(sold.id),
            kind: CodeOf(sold.kind),
            name: sold.name.clone(),
            about: sold.about.clone(),
            minutes: sold.policy.minutes.get(),
            price: Price::of(sold.price),
            place: CodeOf(sold.place.kind),
            notice_minutes: sold.policy.notice.as_mins(),
            window_days: sold.policy.window_days,
            kept: Kept::of(sold.kept),
            questions: sold
                .questions
                .iter()
                .map(|asked| Question { no: asked.no, text: asked.text.clone(), required: asked.required })
                .collect(),
        }
    }
}

/// Something that one sells oneself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnOffering {
    id: OfferingRef,
    kind: SessionKindCode,
    /// What it is called.
    name: String,
    /// One line below that; may be empty.
    about: String,
    /// Whether it can be booked.
    active: bool,
    /// How long it is.
    minutes: u16,
    price: Price,
    /// Where it happens.
    place: PlaceKindCode,
    /// Number, address or link; empty if the place needs none.
    place_detail: String,
    /// What stays free before it.
    before_minutes: u16,
    /// What stays free after it.
    after_minutes: u16,
    /// The least notice.
    notice_minutes: i64,
    /// How many of the days after today can be booked.
    window_days: u32,
    /// The most of them that begin on one day; null if nothing limits that.
    #[schema(required)]
    daily_cap: Option<u32>,
    /// How far apart the starts on offer are.
    grid_minutes: u16,
    kept: Kept,
    /// What is asked beforehand.
    questions: Vec<Question>,
}

impl OwnOffering {
    fn of(sold: &Sold) -> OwnOffering {
        let Offering {
            id,
            kind,
            name,
            about,
            minutes,
            price,
            place,
            notice_minutes,
            window_days,
            kept,
            questions,
        } = Offering::of(sold);
        OwnOffering {
            id,
            kind,
            name,
            about,
            active: sold.active,
            minutes,
            price,
            place,
            place_detail: sold.place.detail.clone(),
            before_minutes: sold.policy.before.get(),
            after_minutes: sold.policy.after.get(),
            notice_minutes,
            window_days,
            daily_cap: sold.policy.daily_cap,
            grid_minutes: sold.policy.grid.get(),
            kept,
            questions,
        }
    }
}

/// What one says of an offering. What is missing stays as it is, or is as usual for a new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferingChange {
    /// `intro` or `one_to_one`; needed for a new one, and the same ever after.
    #[schema(value_type = Option<SessionKindCode>)]
    kind: Option<String>,
    /// Needed for a new one.
    name: Option<String>,
    about: Option<String>,
    active: Option<bool>,
    /// A multiple of five; needed for a new one.
    #[schema(minimum = 5, maximum = 480)]
    minutes: Option<i64>,
    /// An intro costs nothing.
    price: Option<Price>,
    #[schema(value_type = Option<PlaceKindCode>)]
    place: Option<String>,
    place_detail: Option<String>,
    /// A multiple of five.
    #[schema(minimum = 0, maximum = 240)]
    before_minutes: Option<i64>,
    /// A multiple of five.
    #[schema(minimum = 0, maximum = 240)]
    after_minutes: Option<i64>,
    #[schema(minimum = 0)]
    notice_minutes: Option<i64>,
    #[schema(minimum = 1, maximum = 730)]
    window_days: Option<u32>,
    /// Null takes the limit away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 96)]
    daily_cap: Option<Option<u32>>,
    /// A multiple of five.
    #[schema(minimum = 5, maximum = 60)]
    grid_minutes: Option<i64>,
    kept: Option<Kept>,
    /// All of them, in their order.
    #[schema(max_items = 10)]
    questions: Option<Vec<NewQuestion>>,
}

/// Tells what is null from what is missing.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Something to ask beforehand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// What is asked.
    text: String,
    /// Whether nobody books without an answer.
    #[serde(default)]
    required: bool,
}

/// The same, checked field by field.
#[derive(Clone, Default)]
struct Checked {
    kind: Option<SessionKind>,
    name: Option<Name>,
    about: Option<About>,
    active: Option<bool>,
    minutes: Option<Minutes>,
    price: Option<Money>,
    place: Option<PlaceKind>,
    place_detail: Option<PlaceDetail>,
    before: Option<Buffer>,
    after: Option<Buffer>,
    notice: Option<SignedDuration>,
    window_days: Option<u32>,
    daily_cap: Option<Option<u32>>,
    grid: Option<Grid>,
    kept: Option<Shares>,
    questions: Option<Vec<(QuestionText, bool)>>,
}

fn between(least: u16, most: u16) -> Problem {
    Problem::OutOfRange { least: least.into(), most: most.into() }
}

impl OfferingChange {
    fn checked(&self) -> Result<Checked, Refusal> {
        let mut checks = Checks::default();
        let mut checked = Checked {
            active: self.active,
            notice: self.notice_minutes.map(SignedDuration::from_mins),
            window_days: self.window_days,
            daily_cap: self.daily_cap,
            ..Checked::default()
        };
        let c = &mut checks;
        let not_a_choice = Problem::NotAChoice;
        checked.kind = c.some("kind", self.kind.as_deref(), |code| {
            SessionKind::from_code(code).ok_or(not_a_choice.clone())
        });
        checked.name = c.some("name", self.name.as_deref(), Name::parse_some);
        checked.about = c.some("about", self.about.as_deref(), About::parse);
        let minutes = |minutes: i64| {
            let between = between(Minutes::LEAST, Minutes::MOST);
            Minutes::new(minutes).ok_or(if minutes % 5 == 0 {
                between
            } else {
                Problem::NotInSteps { step: 5 }
            })
        };
        checked.minutes = c.some("minutes", self.minutes, minutes);
        checked.price = c.some("price", self.price.as_ref(), Price::checked);
        checked.place = c.some("place", self.place.as_deref(), |code| {
            PlaceKind::from_code(code).ok_or(not_a_choice.clone())
        });
        checked.place_detail = c.some("place_detail", self.place_detail.as_deref(), PlaceDetail::parse);
        let buffer = |minutes| Buffer::new(minutes).ok_or(between(0, Buffer::MOST));
        checked.before = c.some("before_minutes", self.before_minutes, buffer);
        checked.after = c.some("after_minutes", self.after_minutes, buffer);
        let grid = |minutes| Grid::new(minutes).ok_or(between(Grid::LEAST, Grid::MOST));
        checked.grid = c.some("grid_minutes", self.grid_minutes, grid);
        checked.kept = c.some("kept", self.kept, Kept::checked);
        checked.questions = c.some("questions", self.questions.as_deref(), |questions| {
            questions
                .iter()
                .map(|asked| Ok((QuestionText::parse_some(&asked.text)?, asked.required)))
                .collect()
        });
        checks.done()?;
        Ok(checked)
    }
}

impl Checked {
    /// What a new offering begins with.
    fn draft(&self) -> Result<Draft, Refusal> {
        let mut checks = Checks::default();
        let kind = checks.take("kind", self.kind.ok_or(Problem::Missing));
        let name = checks.take("name", self.name.clone().ok_or(Problem::Missing));
        let minutes = checks.take("minutes", self.minutes.ok_or(Problem::Missing));
        checks.done()?;
        let (Some(kind), Some(name), Some(minutes)) = (kind, name, minutes) else {
            unreachable!("what is missing was noted")
        };
        let usual = Draft {
            kind,
            name,
            about: About::default(),
            policy: Policy::usual(minutes),
            price: Money::zero(Currency::EUR),
            place: PlaceKind::Room,
            place_detail: PlaceDetail::default(),
            kept: Terms::DEFAULT.kept,
            active: true,
            questions: Vec::new(),
        };
        let draft = self.put_into(usual);
        self.priced(&draft)?;
        Ok(draft)
    }

    /// What is turned on has its price, or is said to be free: a price of nothing is given as such.
    fn priced(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.price.is_some() { Ok(()) } else { draft.is_priced() }
    }

    fn put_into(&self, mut draft: Draft) -> Draft {
        fn set<T: Clone>(place: &mut T, new: &Option<T>) {
            if let Some(new) = new {
                place.clone_from(new);
            }
        }
        set(&mut draft.kind, &self.kind);
        set(&mut draft.name, &self.name);
        set(&mut draft.about, &self.about);
        set(&mut draft.active, &self.active);
        set(&mut draft.policy.minutes, &self.minutes);
        set(&mut draft.price, &self.price);
        set(&mut draft.place, &self.place);
        set(&mut draft.place_detail, &self.place_detail);
        set(&mut draft.policy.before, &self.before);
        set(&mut draft.policy.after, &self.after);
        set(&mut draft.policy.notice, &self.notice);
        set(&mut draft.policy.window_days, &self.window_days);
        set(&mut draft.policy.daily_cap, &self.daily_cap);
        set(&mut draft.policy.grid, &self.grid);
        set(&mut draft.kept, &self.kept);
        set(&mut draft.questions, &self.questions);
        draft
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/practice/offerings", "What you sell, the shortest first")
            .answers::<List<OwnOffering>>(),
        Operation::post("/practice/offerings", "Sell something more")
            .takes::<OfferingChange>()
            .made::<OwnOffering>(),
        Operation::get("/practice/offerings/{offering}", "One of your offerings").answers::<OwnOffering>(),
        Operation::patch("/practice/offerings/{offering}", "Change an offering of yours")
            .takes::<OfferingChange>()
            .answers::<OwnOffering>()
            .about("What is booked keeps what it was booked with."),
        Operation::delete("/practice/offerings/{offering}", "End an offering of yours, for good")
            .answers_nothing(),
    ]
}

/// `GET /api/v1/practice/offerings`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?.id;
    let sold = app.read(move |tx| offering::of_coach(tx, me)).await?;
    shown(List::whole(sold.iter().map(OwnOffering::of).collect()))
}

/// `POST /api/v1/practice/offerings`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<OfferingChange>) -> Answer {
    let (by, me) = (visitor.actor(), visitor.person()?.id);
    let draft = write.body.checked()?.draft()?;
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        Ok(OwnOffering::of(&offering::create(tx, &by, me, &draft)?))
    })
    .await
}

/// `GET /api/v1/practice/offerings/{offering}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(offering): Path<String>) -> Answer {
    let (me, id) = (visitor.person()?.id, id(&offering)?);
    let sold = app.read(move |tx| own(tx, me, id)).await?;
    shown(OwnOffering::of(&sold))
}

/// An offering of this coach that is not over.
pub(super) fn own(tx: &mut model::Tx, me: rules::ids::PersonId, id: OfferingId) -> model::Result<Sold> {
    let sold = offering::get(tx, id)?;
    if sold.coach != me || sold.retired_at.is_some() {
        return Err(Refusal::NotFound.into());
    }
    Ok(sold)
}

/// An offering that a query or a body names: one that is not theirs is no choice (rule P4).
pub(super) fn named(
    tx: &mut model::Tx,
    me: rules::ids::PersonId,
    offering: Option<OfferingId>,
) -> model::Result<()> {
    let Some(id) = offering else { return Ok(()) };
    match own(tx, me, id) {
        Err(model::Error::Refused(Refusal::NotFound)) => {
            Err(Refusal::invalid("offering", Problem::NotAChoice).into())
        }
        found => found.map(drop),
    }
}

/// `PATCH /api/v1/practice/offerings/{offering}`
pub async fn update(
    State(app): State<App>,
    visitor: Visitor,
    Path(offering): Path<String>,
    write: JsonWrite<OfferingChange>,
) -> Answer {
    let (by, me, id) = (visitor.actor(), visitor.person()?.id, id(&offering)?);
    let change = write.body.checked()?;
    once(&app, write.key, StatusCode::OK, move |tx| {
        let old = own(tx, me, id)?;
        let draft = change.put_into(Draft::of(&old));
        if !old.active {
            change.priced(&draft)?;
        }
        Ok(OwnOffering::of(&offering::change(tx, &by, id, &draft)?))
    })
    .await
}

/// `DELETE /api/v1/practice/offerings/{offering}`
pub async fn destroy(
    State(app): State<App>,
    visitor: Visitor,
    Path(offering): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    let (by, me, id) = (visitor.actor(), visitor.person()?.id, id(&offering)?);
    once(&app, write.key, StatusCode::NO_CONTENT, move |tx| {
        own(tx, me, id)?;
        offering::retire(tx, &by, id)
    })
    .await
}
