//! Pathways: templates of steps, and what a change to one would do to the journeys that run on it.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::Tx;
use model::event::Actor;
use model::program::pathway::{
    self, NewStep, Outlook as Foreseen, PathwayChange as Change, Running, Shelf, StepOf,
};
use rules::ids::{PathwayId, StepId};
use rules::pathway::Order;
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::Operation;
use super::programs::{id_in, name_of};
use super::wire::{CodeOf, IdOf, List, OrderCode, PathwayRef, PlaceKindCode, SessionKindCode, StepRef, Time};
use super::{Answer, Nothing, id, once, shown, zone_of};
use crate::app::{App, Reading};
use crate::forms::{Checks, JsonWrite, text};
use crate::visitor::Visitor;

/// The longest detail of a place, in characters.
pub(crate) const DETAIL_MAX_CHARS: u32 = 200;
/// The last week that can be suggested.
pub(crate) const WEEK_MAX: i64 = 520;
/// The longest that a step can be booked ahead, in days.
pub(crate) const WINDOW_MAX_DAYS: i64 = 730;

/// A template of steps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    id: PathwayRef,
    name: String,
    /// Whether all steps open at once, or one after the other.
    order: OrderCode,
    made_at: Time,
    /// What took its place while journeys ran on it that stayed as they were; null if nothing did.
    #[schema(required)]
    replaced_by: Option<PathwayRef>,
    /// Since when it is put away: no cohort is given it any more. Null if it is in use.
    #[schema(required)]
    archived_at: Option<Time>,
    /// How many cohorts follow it, of those that the reader runs.
    cohorts: u32,
    /// How many journeys run on it, of those cohorts.
    running: u32,
    steps: Vec<PathwayStep>,
}

/// A step of a pathway.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathwayStep {
    id: StepRef,
    name: String,
    kind: SessionKindCode,
    minutes: u16,
    /// The first of the weeks that are suggested for it, from 1; null if none are.
    #[schema(required)]
    from_week: Option<u16>,
    /// The last of them.
    #[schema(required)]
    to_week: Option<u16>,
    /// How many days ahead it can be booked.
    window_days: u16,
    place: PlaceKindCode,
    /// Number, address or link; empty if the place needs none.
    place_detail: String,
}

/// What a pathway is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathwayChange {
    #[serde(default)]
    #[schema(required)]
    name: String,
    #[serde(default)]
    #[schema(required, value_type = OrderCode)]
    order: String,
    /// All steps, in their order.
    #[serde(default)]
    #[schema(required, min_items = 1, max_items = 50)]
    steps: Vec<WrittenStep>,
    /// Whether running journeys `follow`, in what they have Unbooked, or `stay` as they are. Needed where any run that
    /// the change would reach.
    #[schema(value_type = Option<String>, pattern = "^(follow|stay)$")]
    running: Option<String>,
}

/// One step as it is written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenStep {
    /// Of a step that is there already.
    #[schema(value_type = Option<StepRef>)]
    id: Option<String>,
    #[serde(default)]
    #[schema(required)]
    name: String,
    /// `one_to_one` or `pod`; a step that is in use stays what it is.
    #[serde(default)]
    #[schema(required, value_type = SessionKindCode)]
    kind: String,
    /// A multiple of five.
    #[serde(default)]
    #[schema(required, minimum = 5, maximum = 480)]
    minutes: i64,
    #[schema(minimum = 1, maximum = 520)]
    from_week: Option<i64>,
    #[schema(minimum = 1, maximum = 520)]
    to_week: Option<i64>,
    /// 90 if it is missing.
    #[schema(minimum = 1, maximum = 730)]
    window_days: Option<i64>,
    /// The built-in room if it is missing.
    #[schema(value_type = Option<PlaceKindCode>)]
    place: Option<String>,
    place_detail: Option<String>,
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathwayOutlook {
    /// How many journeys run on the pathway.
    running: u32,
    /// How many of them it would touch, should they follow.
    touched: u32,
    /// Names of new steps.
    added: Vec<String>,
    /// Names of steps that would be other than they are.
    changed: Vec<String>,
    /// Names of steps that would be taken out.
    removed: Vec<String>,
    /// Whether steps would change places, or open in another order.
    reordered: bool,
}

impl Pathway {
    fn of(found: &pathway::Pathway, steps: &[StepOf], zone: &Zone) -> Pathway {
        Pathway {
            id: IdOf(found.id),
            name: found.name.clone(),
            order: CodeOf(found.order),
            made_at: Time::of(found.made_at, zone),
            replaced_by: found.replaced.map(|(id, _)| IdOf(id)),
            archived_at: found.archived_at.map(|at| Time::of(at, zone)),
            cohorts: found.cohorts,
            running: found.running,
            steps: steps.iter().map(|step| PathwayStep::of(step.id, &step.step)).collect(),
        }
    }

    fn read(tx: &mut Tx, by: &Actor, id: PathwayId, zone: &Zone) -> model::Result<Pathway> {
        let (found, steps) = pathway::pathway(tx, by, id)?;
        Ok(Pathway::of(&found, &steps, zone))
    }
}

impl PathwayStep {
    fn of(id: StepId, step: &NewStep) -> PathwayStep {
        PathwayStep {
            id: IdOf(id),
            name: step.name.clone(),
            kind: CodeOf(step.kind),
            minutes: step.minutes.get(),
            from_week: step.weeks.map(|(first, _)| first),
            to_week: step.weeks.map(|(_, last)| last),
            window_days: step.window_days,
            place: CodeOf(step.place.kind),
            place_detail: step.place.detail.clone(),
        }
    }
}

impl WrittenStep {
    /// The step, or what is wrong with it, at its input.
    fn checked(&self) -> Result<(Option<StepId>, NewStep), (&'static str, Problem)> {
        let at = |field: &'static str| move |problem: Problem| (field, problem);
        let id = self.id.as_deref().map(id_in).transpose().map_err(at("id"))?;
        let place = match self.place.as_deref() {
            None => PlaceKind::Room,
            Some(code) => PlaceKind::from_code(code).ok_or(("place", Problem::NotAChoice))?,
        };
        let weeks = match (self.from_week, self.to_week) {
            (None, None) => None,
            (Some(first), None) => Some((first, first)),
            (Some(first), Some(last)) => Some((first, last)),
            (None, Some(_)) => return Err(("from_week", Problem::Missing)),
        };
        Ok((
            id,
            NewStep {
                name: name_of(&self.name).map_err(at("name"))?,
                kind: kind_of(&self.kind).map_err(at("kind"))?,
                minutes: minutes_of(self.minutes).map_err(at("minutes"))?,
                weeks: weeks.map(weeks_of).transpose().map_err(at("to_week"))?,
                window_days: window_of(self.window_days.unwrap_or(90)).map_err(at("window_days"))?,
                place: place_of(place, self.place_detail.as_deref().unwrap_or_default())
                    .map_err(at("place_detail"))?,
            },
        ))
    }
}

/// A step is a 1:1 or a pod.
pub(crate) fn kind_of(code: &str) -> Result<SessionKind, Problem> {
    let kind = SessionKind::from_code(code).filter(|kind| *kind != SessionKind::Intro);
    kind.ok_or(if code.is_empty() { Problem::Missing } else { Problem::NotAChoice })
}

/// A length in steps of five minutes.
pub(crate) fn minutes_of(minutes: i64) -> Result<Minutes, Problem> {
    let (least, most) = (i64::from(Minutes::LEAST), i64::from(Minutes::MOST));
    let is_inside = (least..=most).contains(&minutes);
    let problem =
        if is_inside { Problem::NotInSteps { step: 5 } } else { Problem::OutOfRange { least, most } };
    Minutes::new(minutes).ok_or(problem)
}

/// The first and the last suggested week.
pub(crate) fn weeks_of((first, last): (i64, i64)) -> Result<(u16, u16), Problem> {
    let week = |week: i64| {
        let inside = u16::try_from(week).ok().filter(|_| (1..=WEEK_MAX).contains(&week));
        inside.ok_or(Problem::OutOfRange { least: 1, most: WEEK_MAX })
    };
    let (first, last) = (week(first)?, week(last)?);
    if first > last { Err(Problem::EndsBeforeItBegins) } else { Ok((first, last)) }
}

/// How many days ahead something can be booked.
pub(crate) fn window_of(days: i64) -> Result<u16, Problem> {
    let inside = u16::try_from(days).ok().filter(|_| (1..=WINDOW_MAX_DAYS).contains(&days));
    inside.ok_or(Problem::OutOfRange { least: 1, most: WINDOW_MAX_DAYS })
}

/// Where something happens; all but the built-in room is told where that is.
pub(crate) fn place_of(kind: PlaceKind, detail: &str) -> Result<Place, Problem> {
    let detail = text(detail.trim(), u32::from(kind != PlaceKind::Room), DETAIL_MAX_CHARS)?;
    Ok(Place { kind, detail: if kind == PlaceKind::Room { String::new() } else { detail } })
}

impl PathwayChange {
    fn checked(&self) -> Result<(Change, Option<Running>), Refusal> {
        let mut checks = Checks::default();
        let name = checks.take("name", name_of(&self.name));
        let order = checks.take("order", Order::from_code(&self.order).ok_or(Problem::NotAChoice));
        let steps: Vec<_> = self
            .steps
            .iter()
            .take(pathway::STEPS_MAX + 1)
            .filter_map(|step| step.checked().map_err(|(field, problem)| checks.note(field, problem)).ok())
            .collect();
        let running = match self.running.as_deref() {
            None => None,
            Some("follow") => Some(Running::Follow),
            Some("stay") => Some(Running::Stay),
            Some(_) => checks.take("running", Err(Problem::NotAChoice)),
        };
        checks.done()?;
        let (Some(name), Some(order)) = (name, order) else { unreachable!("what is missing was noted") };
        Ok((Change { name, order, steps }, running))
    }
}

/// The lines of the document.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/pathways", "Pathways by name")
            .about("A lead sees those that their own cohorts follow or have journeys on.")
            .query("shelf", "`in_use` unless said otherwise, or `put_away`: what was put away or replaced.")
            .answers::<List<Pathway>>(),
        Operation::post("/pathways", "Write a pathway").takes::<PathwayChange>().made::<Pathway>(),
        Operation::get("/pathways/{pathway}", "One pathway").answers::<Pathway>(),
        Operation::put("/pathways/{pathway}", "Change a pathway")
            .takes::<PathwayChange>()
            .answers::<Pathway>()
            .about(
                "Where running journeys `stay`, the pathway is left to them, and what is answered is the new one that \
                 took its name. Where they `follow`, what they have Unbooked changes and nothing else.",
            )
            .conflicts("Somebody changed it meanwhile."),
        Operation::post("/pathways/{pathway}/outlook", "What a change would do; nothing is changed")
            .takes::<PathwayChange>()
            .answers::<PathwayOutlook>()
            .conflicts("Somebody changed it meanwhile."),
        Operation::post("/pathways/{pathway}/archive", "Put a pathway away")
            .answers::<Pathway>()
            .about("No cohort is given it any more. What follows it goes on.")
            .conflicts("Another took its place."),
        Operation::delete("/pathways/{pathway}/archive", "Bring a pathway back").answers::<Pathway>(),
    ]
}

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    shelf: String,
}

/// `GET /api/v1/pathways`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let mut checks = Checks::default();
    let shelf = match wanted.shelf.as_str() {
        "" | "in_use" => Some(Shelf::InUse),
        "put_away" => Some(Shelf::PutAway),
        _ => checks.take("shelf", Err(Problem::NotAChoice)),
    };
    checks.done()?;
    let found = app.read(move |tx| {
        let all = pathway::on_shelf(tx, &by, shelf.unwrap_or_default())?;
        all.into_iter().map(|one| Pathway::read(tx, &by, one.id, &zone)).collect::<model::Result<Vec<_>>>()
    });
    shown(List::whole(found.await?))
}

/// `POST /api/v1/pathways`
pub async fn create(State(app): State<App>, visitor: Visitor, write: JsonWrite<PathwayChange>) -> Answer {
    let (by, zone) = (visitor.actor(), zone_of(&visitor));
    let (new, _) = write.body.checked()?;
    let steps: Vec<NewStep> = new.steps.into_iter().map(|(_, step)| step).collect();
    let (name, order) = (new.name, new.order);
    once(&app, write.key, StatusCode::CREATED, move |tx| {
        let id = pathway::add_pathway(tx, &by, &name, order, &steps)?;
        Pathway::read(tx, &by, id, &zone)
    })
    .await
}

/// `GET /api/v1/pathways/{pathway}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(pathway): Path<String>) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&pathway)?);
    shown(app.read(move |tx| Pathway::read(tx, &by, id, &zone)).await?)
}

/// `PUT /api/v1/pathways/{pathway}`
pub async fn update(
    State(app): State<App>,
    visitor: Visitor,
    Path(pathway): Path<String>,
    write: JsonWrite<PathwayChange>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(&visitor), id(&pathway)?);
    let body = write.body;
    once(&app, write.key, StatusCode::OK, move |tx| {
        pathway::pathway(tx, &by, id)?;
        let (new, running) = body.checked()?;
        let outlook = pathway::foresee(tx, &by, id, &new)?;
        let asks = outlook.running > 0 && !outlook.is_name_only();
        if asks && running.is_none() {
            return Err(Refusal::invalid("running", Problem::Missing).into());
        }
        let id = pathway::change(tx, &by, id, &new, running.unwrap_or(Running::Follow))?;
        Pathway::read(tx, &by, id, &zone)
    })
    .await
}

/// `POST /api/v1/pathways/{pathway}/outlook`
pub async fn foresee(
    State(app): State<App>,
    visitor: Visitor,
    Path(pathway): Path<String>,
    write: JsonWrite<PathwayChange>,
) -> Answer {
    let (by, id) = (visitor.actor(), id(&pathway)?);
    let body = write.body;
    let Foreseen { running, touched, added, changed, removed, reordered, .. } = app
        .read(move |tx| {
            pathway::pathway(tx, &by, id)?;
            let (new, _) = body.checked()?;
            pathway::foresee(tx, &by, id, &new)
        })
        .await?;
    shown(PathwayOutlook { running, touched, added, changed, removed, reordered })
}

/// `POST /api/v1/pathways/{pathway}/archive`
pub async fn archive(
    State(app): State<App>,
    visitor: Visitor,
    Path(pathway): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    shelve(&app, &visitor, &pathway, write, pathway::archive_pathway).await
}

/// `DELETE /api/v1/pathways/{pathway}/archive`
pub async fn restore(
    State(app): State<App>,
    visitor: Visitor,
    Path(pathway): Path<String>,
    write: JsonWrite<Nothing>,
) -> Answer {
    shelve(&app, &visitor, &pathway, write, pathway::restore_pathway).await
}

async fn shelve(
    app: &App,
    visitor: &Visitor,
    pathway: &str,
    write: JsonWrite<Nothing>,
    verb: fn(&mut Tx, &Actor, PathwayId) -> model::Result<()>,
) -> Answer {
    let (by, zone, id) = (visitor.actor(), zone_of(visitor), id(pathway)?);
    once(app, write.key, StatusCode::OK, move |tx| {
        verb(tx, &by, id)?;
        Pathway::read(tx, &by, id, &zone)
    })
    .await
}
