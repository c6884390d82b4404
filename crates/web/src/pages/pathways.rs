//! Pathways: templates of steps (rule G1). The form keeps everything that was typed while steps are added, moved and taken
//! out, and asks before it changes one on which journeys run.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::program::company::{self, Cohorts};
use model::program::pathway::{
    self, NewStep, Outlook, Pathway, PathwayChange, Running, STEPS_MAX, Shelf, StepOf,
};
use model::{Error, Tx, idempotency};
use rules::ids::{PathwayId, StepId};
use rules::pathway::Order;
use rules::permission::{Action, reach};
use rules::refusal::{Problem, Refusal};
use rules::session::{PlaceKind, SessionKind};
use serde::Deserialize;

use super::{Answer, page, page_again, shell};
use crate::api::pathways::{kind_of, minutes_of, place_of, weeks_of, window_of};
use crate::api::programs::name_of;
use crate::app::{App, Reading};
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::Texts;
use crate::views::parts::FilterLink;
use crate::views::pathways::{
    Earlier, EditPathwayPage, Following, PathwayPage, PathwayRow, PathwaysPage, StepForm, StepLine, Wondering,
};
use crate::visitor::Visitor;

/// The most cohorts that the page of a pathway names.
const COHORTS_SHOWN: u32 = 100;
/// What a step is before anything is typed.
const USUAL_MINUTES: &str = "60";
const USUAL_WINDOW_DAYS: &str = "90";

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    shelf: String,
}

fn manages(visitor: &Visitor) -> bool {
    visitor.who().is_some_and(|who| !reach(who.roles, Action::ManageTemplates).is_none())
}

fn id_of(text: &str) -> Result<PathwayId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /pathways`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let shelf = if asked.shelf == "put_away" { Shelf::PutAway } else { Shelf::InUse };
    let by = visitor.actor();
    let found = app.read(move |tx| pathway::on_shelf(tx, &by, shelf)).await?;
    let t = visitor.texts();
    let filter = |label: &str, href: &str, is: Shelf| FilterLink {
        label: label.to_owned(),
        count: None,
        href: href.to_owned(),
        current: shelf == is,
    };
    let row = |one: &Pathway| PathwayRow {
        name: one.name.clone(),
        href: format!("/pathways/{}", one.id),
        line: (t.pathways.counts)(one.steps, one.cohorts, one.running),
        order: in_words(one.order, t),
        tag: tag(one, t),
    };
    page(&PathwaysPage {
        shell: shell::of(&visitor, app.mode(), app.now(), t.pathways.title, Place::Programs),
        rows: found.iter().map(row).collect(),
        filters: vec![
            filter(t.pathways.in_use, "/pathways", Shelf::InUse),
            filter(t.pathways.put_away, "/pathways?shelf=put_away", Shelf::PutAway),
        ],
        is_put_away: shelf == Shelf::PutAway,
        manages: manages(&visitor),
    })
}

fn in_words(order: Order, t: &Texts) -> &'static str {
    match order {
        Order::Ordered => t.pathways.ordered,
        Order::Free => t.pathways.free,
    }
}

fn tag(one: &Pathway, t: &Texts) -> &'static str {
    match (one.replaced, one.archived_at) {
        (Some(_), _) => t.pathways.replaced_word,
        (None, Some(_)) => t.pathways.put_away_word,
        (None, None) => "",
    }
}

/// `GET /pathways/{pathway}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id_of(&id)?);
    let (found, steps, earlier, cohorts, successor) = app
        .read(move |tx| {
            let (found, steps) = pathway::pathway(tx, &by, id)?;
            let cohorts = company::cohorts(
                tx,
                &by,
                &Cohorts { pathway: Some(id), ..Cohorts::default() },
                COHORTS_SHOWN,
            )?;
            let successor = match found.replaced {
                Some((id, _)) => seen_or_not(pathway::pathway(tx, &by, id))?.map(|(found, _)| found),
                None => None,
            };
            Ok((found, steps, pathway::earlier(tx, &by, id)?, cohorts, successor))
        })
        .await?;
    let t = visitor.texts();
    let clockface = visitor.clockface();
    let changes = manages(&visitor) && found.replaced.is_none();
    let followed = cohorts.iter().filter(|cohort| cohort.archived_at.is_none());
    page(&PathwayPage {
        shell: shell::of(&visitor, app.mode(), app.now(), &found.name, Place::Programs),
        base: format!("/pathways/{id}"),
        line: (t.pathways.counts)(found.steps, found.cohorts, found.running),
        order: in_words(found.order, t),
        about_order: match found.order {
            Order::Ordered => t.pathways.ordered_about,
            Order::Free => t.pathways.free_about,
        },
        tag: tag(&found, t),
        successor: successor
            .map(|one| ((t.pathways.replaced_by)(&one.name), format!("/pathways/{}", one.id))),
        steps: steps.iter().map(|step| line_of(&step.step, t)).collect(),
        cohorts: followed
            .map(|cohort| Following {
                name: cohort.name.clone(),
                href: format!("/cohorts/{}", cohort.id),
                line: format!("{}, {}", cohort.company_name, cohort.project_name),
            })
            .collect(),
        earlier: earlier
            .iter()
            .map(|one| Earlier {
                line: (t.pathways.counts)(one.steps, one.cohorts, one.running),
                label: one.replaced.map_or(String::new(), |(_, at)| (t.pathways.until)(&clockface.date(at))),
                href: format!("/pathways/{}", one.id),
            })
            .collect(),
        is_archived: found.archived_at.is_some(),
        changes,
        name: found.name,
    })
}

/// What a reader may not see is none to them.
fn seen_or_not<T>(found: model::Result<T>) -> model::Result<Option<T>> {
    match found {
        Err(Error::Refused(Refusal::NotFound)) => Ok(None),
        found => found.map(Some),
    }
}

fn line_of(step: &NewStep, t: &Texts) -> StepLine {
    let p = &t.pathways;
    let kind = match step.kind {
        SessionKind::Pod => p.pod,
        _ => p.one_to_one,
    };
    let weeks = step.weeks.map_or(p.any_week.to_owned(), |(first, last)| (p.weeks_of)(first, last));
    let place = match step.place.detail.as_str() {
        "" => t.meeting.place(step.place.kind).to_owned(),
        detail => format!("{} ({detail})", t.meeting.place(step.place.kind)),
    };
    StepLine {
        name: step.name.clone(),
        line: format!("{kind}, {} {place}", (p.minutes_of)(step.minutes.get())),
        weeks: format!("{weeks}, {}", (p.window_of)(step.window_days)),
    }
}

/// `GET /pathways/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&editor(
        &app,
        &visitor,
        None,
        Draft { order: Order::Ordered.code().to_owned(), ..Draft::default() }.with_one(),
    ))
}

/// `GET /pathways/{pathway}/edit`
pub async fn edit(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let (by, id) = (visitor.actor(), id_of(&id)?);
    let (found, steps) = app.read(move |tx| pathway::pathway(tx, &by, id)).await?;
    page(&editor(&app, &visitor, Some(id), Draft::of(&found, &steps)))
}

/// `POST /pathways`: makes one; with an `act` that only changes the form, the form comes back.
pub async fn create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let mut draft = Draft::typed(&form.fields);
    if draft.changed_by(form.fields.get("act")) {
        return page(&editor(&app.reading(), &visitor, None, draft));
    }
    let Some(new) = draft.checked(visitor.texts()) else {
        return refused(&app, &visitor, None, draft);
    };
    let (by, key) = (visitor.actor(), form.key);
    let outcome = app
        .write(move |tx: &mut Tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let steps: Vec<NewStep> = new.steps.iter().map(|(_, step)| step.clone()).collect();
                let id = pathway::add_pathway(tx, &by, &new.name, new.order, &steps)?;
                Ok(lead_to(&format!("/pathways/{id}"), "pathway_made"))
            })
        })
        .await;
    match outcome {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            draft.errors = FormErrors::of_refusal(&refusal, visitor.texts());
            refused(&app, &visitor, None, draft)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /pathways/{pathway}/edit`: changes it; where journeys run, only once it is said whether they follow.
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (by, id) = (visitor.actor(), id_of(&id)?);
    let mut draft = Draft::typed(&form.fields);
    let reader = by.clone();
    // What is used cannot change its kind; that is no matter of what a form says.
    let (_, steps) = app.read(move |tx| pathway::pathway(tx, &reader, id)).await?;
    draft.know(&steps);
    if draft.changed_by(form.fields.get("act")) {
        return page(&editor(&app.reading(), &visitor, Some(id), draft));
    }
    let t = visitor.texts();
    let Some(new) = draft.checked(t) else {
        return refused(&app, &visitor, Some(id), draft);
    };
    let running = match form.fields.get("running") {
        "follow" => Some(Running::Follow),
        "stay" => Some(Running::Stay),
        _ => None,
    };
    let key = form.key;
    let outcome = app
        .write(move |tx: &mut Tx| {
            if let Some(answer) = idempotency::earlier(tx, key.as_ref())? {
                return Ok(Outcome::Led(answer));
            }
            let outlook = pathway::foresee(tx, &by, id, &new)?;
            if outlook.running > 0 && !outlook.is_name_only() && running.is_none() {
                return Ok(Outcome::Asks(outlook));
            }
            let id = pathway::change(tx, &by, id, &new, running.unwrap_or(Running::Follow))?;
            let answer = lead_to(&format!("/pathways/{id}"), "pathway_saved");
            idempotency::keep(tx, key.as_ref(), &answer)?;
            Ok(Outcome::Led(answer))
        })
        .await;
    match outcome {
        Ok(Outcome::Led(answer)) => Ok(led(&app, &answer)),
        Ok(Outcome::Asks(outlook)) => {
            let mut asking = editor(&app.reading(), &visitor, Some(id), draft);
            asking.asks = Some(wondering(&outlook, t));
            page(&asking)
        }
        Err(Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            draft.errors = FormErrors::of_refusal(&refusal, t);
            refused(&app, &visitor, Some(id), draft)
        }
        Err(error) => Err(error.into()),
    }
}

/// What came of a change.
enum Outcome {
    Led(idempotency::Answer),
    /// Journeys run, and it was not said whether they follow.
    Asks(Outlook),
}

fn wondering(outlook: &Outlook, t: &Texts) -> Wondering {
    let p = &t.pathways;
    Wondering {
        running: (p.running)(outlook.running),
        touches: (p.touches)(outlook.touched),
        changes: [(p.added, &outlook.added), (p.changed, &outlook.changed), (p.removed, &outlook.removed)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(label, names)| (label, names.join(", ")))
            .collect(),
        is_reordered: outlook.reordered,
    }
}

/// `POST /pathways/{pathway}/archive`
pub async fn archive(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    shelve(&app, &visitor, &id, form, |tx, by, id| {
        pathway::archive_pathway(tx, by, id)?;
        Ok(lead_to(&format!("/pathways/{id}"), "pathway_archived"))
    })
    .await
}

/// `POST /pathways/{pathway}/archive/removal`
pub async fn restore(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    shelve(&app, &visitor, &id, form, |tx, by, id| {
        pathway::restore_pathway(tx, by, id)?;
        Ok(lead_to(&format!("/pathways/{id}"), "pathway_restored"))
    })
    .await
}

async fn shelve(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    verb: fn(&mut Tx, &model::event::Actor, PathwayId) -> model::Result<idempotency::Answer>,
) -> Answer {
    let (by, id) = (visitor.actor(), id_of(id)?);
    let answer =
        app.write(move |tx| idempotency::once(tx, form.key.as_ref(), |tx| verb(tx, &by, id))).await?;
    Ok(led(app, &answer))
}

fn refused(app: &App, visitor: &Visitor, id: Option<PathwayId>, draft: Draft) -> Answer {
    page_again(StatusCode::UNPROCESSABLE_ENTITY, &editor(&app.reading(), visitor, id, draft))
}

fn editor(app: &Reading, visitor: &Visitor, id: Option<PathwayId>, draft: Draft) -> EditPathwayPage {
    let t = visitor.texts();
    let title = if id.is_some() { t.pathways.edit_heading } else { t.pathways.new };
    let count = draft.steps.len();
    EditPathwayPage {
        shell: shell::of(visitor, app.mode(), app.now(), title, Place::Programs),
        action: id.map_or("/pathways".to_owned(), |id| format!("/pathways/{id}/edit")),
        back: id.map_or("/pathways".to_owned(), |id| format!("/pathways/{id}")),
        is_new: id.is_none(),
        name: draft.name,
        order: draft.order,
        steps: draft
            .steps
            .into_iter()
            .enumerate()
            .map(|(at, step)| step.shown(at, count, draft.focus, t))
            .collect(),
        is_full: count >= STEPS_MAX,
        errors: draft.errors,
        asks: None,
    }
}

/// A pathway as it is typed.
#[derive(Clone, Debug, Default)]
struct Draft {
    name: String,
    order: String,
    steps: Vec<Typed>,
    errors: FormErrors,
    /// Which step the reader is brought to.
    focus: Option<usize>,
}

/// A step as it is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    id: String,
    name: String,
    kind: String,
    minutes: String,
    from_week: String,
    to_week: String,
    window_days: String,
    place: String,
    place_detail: String,
    /// Whether it stays what kind it is.
    is_used: bool,
    errors: Vec<(&'static str, String)>,
}

impl Draft {
    fn of(found: &Pathway, steps: &[StepOf]) -> Draft {
        let typed = |known: &StepOf| {
            let step = &known.step;
            let week = |week: Option<u16>| week.map_or(String::new(), |week| week.to_string());
            Typed {
                id: known.id.to_string(),
                name: step.name.clone(),
                kind: step.kind.code().to_owned(),
                minutes: step.minutes.get().to_string(),
                from_week: week(step.weeks.map(|(first, _)| first)),
                to_week: week(step.weeks.map(|(_, last)| last)),
                window_days: step.window_days.to_string(),
                place: step.place.kind.code().to_owned(),
                place_detail: step.place.detail.clone(),
                is_used: known.used,
                errors: Vec::new(),
            }
        };
        Draft {
            name: found.name.clone(),
            order: found.order.code().to_owned(),
            steps: steps.iter().map(typed).collect(),
            ..Draft::default()
        }
    }

    fn typed(fields: &Fields) -> Draft {
        let columns: [Vec<&str>; 9] = [
            "step_id",
            "step_name",
            "kind",
            "minutes",
            "from_week",
            "to_week",
            "window_days",
            "place",
            "place_detail",
        ]
        .map(|name| fields.all(name).collect());
        let step = |at: usize| {
            let text = |column: usize| columns[column].get(at).copied().unwrap_or_default().to_owned();
            Typed {
                id: text(0),
                name: text(1),
                kind: text(2),
                minutes: text(3),
                from_week: text(4),
                to_week: text(5),
                window_days: text(6),
                place: text(7),
                place_detail: text(8),
                is_used: false,
                errors: Vec::new(),
            }
        };
        Draft {
            name: fields.get("name").to_owned(),
            order: fields.get("order").to_owned(),
            // One more than there may be, so that it is said.
            steps: (0..columns[1].len().min(STEPS_MAX + 1)).map(step).collect(),
            ..Draft::default()
        }
    }

    /// Which of its steps journeys or pods are made from.
    fn know(&mut self, steps: &[StepOf]) {
        for typed in &mut self.steps {
            if let Some(known) = steps.iter().find(|known| known.id.to_string() == typed.id && known.used) {
                typed.is_used = true;
                known.step.kind.code().clone_into(&mut typed.kind);
            }
        }
    }

    fn with_one(mut self) -> Draft {
        if self.steps.len() < STEPS_MAX {
            self.steps.push(Typed {
                kind: SessionKind::OneToOne.code().to_owned(),
                minutes: USUAL_MINUTES.to_owned(),
                window_days: USUAL_WINDOW_DAYS.to_owned(),
                place: PlaceKind::Room.code().to_owned(),
                ..Typed::default()
            });
        }
        self
    }

    /// Adds, moves or takes out a step, if that is what a button says; `edit` brings the form back as it is.
    fn changed_by(&mut self, act: &str) -> bool {
        let (verb, at) = act.split_once('-').unwrap_or((act, ""));
        let at = at.parse::<usize>().ok().filter(|at| *at < self.steps.len());
        match (verb, at) {
            ("edit", _) => {}
            ("add", _) => {
                *self = std::mem::take(self).with_one();
                self.focus = Some(self.steps.len() - 1);
            }
            ("remove", Some(at)) => {
                self.steps.remove(at);
                self.focus = Some(at.min(self.steps.len().saturating_sub(1)));
            }
            ("up", Some(at)) if at > 0 => {
                self.steps.swap(at, at - 1);
                self.focus = Some(at - 1);
            }
            ("down", Some(at)) if at + 1 < self.steps.len() => {
                self.steps.swap(at, at + 1);
                self.focus = Some(at + 1);
            }
            ("remove" | "up" | "down", _) => {}
            _ => return false,
        }
        true
    }

    /// What it says, or nothing and everything that is wrong beside its input.
    fn checked(&mut self, t: &Texts) -> Option<PathwayChange> {
        let mut checks = Checks::default();
        let name = checks.take("name", name_of(&self.name));
        let order = checks.take("order", Order::from_code(&self.order).ok_or(Problem::NotAChoice));
        if self.steps.is_empty() || self.steps.len() > STEPS_MAX {
            checks.note("steps", Problem::OutOfRange { least: 1, most: STEPS_MAX as i64 });
        }
        let steps: Option<Vec<_>> =
            self.steps.iter_mut().map(|step| step.checked(t)).collect::<Vec<_>>().into_iter().collect();
        if let Err(refusal) = checks.done() {
            self.errors = FormErrors::of_refusal(&refusal, t);
        }
        // The first of the steps that are wrong has the focus where nothing above it is.
        if self.errors.is_empty() {
            self.focus = self.steps.iter().position(|step| !step.errors.is_empty());
        }
        match (name, order, steps, self.errors.is_empty()) {
            (Some(name), Some(order), Some(steps), true) => Some(PathwayChange { name, order, steps }),
            _ => None,
        }
    }
}

impl Typed {
    fn checked(&mut self, t: &Texts) -> Option<(Option<StepId>, NewStep)> {
        let mut errors = Vec::new();
        let mut at = |field: &'static str, problem: Problem| errors.push((field, t.problems.say(&problem)));
        let whole = |text: &str| text.parse::<i64>().map_err(|_| Problem::NotANumber);
        let some = |text: &str| if text.is_empty() { Ok(None) } else { whole(text).map(Some) };
        let id = match self.id.as_str() {
            "" => None,
            id => id.parse().map_err(|_| at("name", Problem::NotAChoice)).ok(),
        };
        let name = name_of(&self.name).map_err(|problem| at("name", problem)).ok();
        let kind = kind_of(&self.kind).map_err(|problem| at("kind", problem)).ok();
        let minutes =
            whole(&self.minutes).and_then(minutes_of).map_err(|problem| at("minutes", problem)).ok();
        let weeks = match (some(&self.from_week), some(&self.to_week)) {
            (Ok(None), Ok(None)) => Some(None),
            (Ok(Some(first)), Ok(last)) => weeks_of((first, last.unwrap_or(first)))
                .map_err(|problem| at(if last.is_some() { "to_week" } else { "from_week" }, problem))
                .ok()
                .map(Some),
            (Ok(None), Ok(Some(_))) => {
                at("from_week", Problem::Missing);
                None
            }
            (Err(problem), _) => {
                at("from_week", problem);
                None
            }
            (_, Err(problem)) => {
                at("to_week", problem);
                None
            }
        };
        let window =
            whole(&self.window_days).and_then(window_of).map_err(|problem| at("window_days", problem)).ok();
        let place = PlaceKind::from_code(&self.place)
            .ok_or(("place", Problem::NotAChoice))
            .and_then(|kind| place_of(kind, &self.place_detail).map_err(|problem| ("place_detail", problem)))
            .map_err(|(field, problem)| at(field, problem))
            .ok();
        self.errors = errors;
        if !self.errors.is_empty() {
            return None;
        }
        let step = NewStep {
            name: name?,
            kind: kind?,
            minutes: minutes?,
            weeks: weeks?,
            window_days: window?,
            place: place?,
        };
        Some((id, step))
    }

    fn shown(self, at: usize, count: usize, focus: Option<usize>, t: &Texts) -> StepForm {
        let p = &t.pathways;
        let places = [
            (PlaceKind::Room, t.practice.place_room),
            (PlaceKind::Phone, t.practice.place_phone),
            (PlaceKind::Address, t.practice.place_address),
            (PlaceKind::Link, t.practice.place_link),
        ];
        let kinds = [(SessionKind::OneToOne, p.one_to_one), (SessionKind::Pod, p.pod)];
        let title = match self.name.as_str() {
            "" => (p.step)(at + 1),
            name => (p.of_step)(&(p.step)(at + 1), name),
        };
        StepForm {
            at,
            number: (p.step)(at + 1),
            title,
            kinds: kinds.map(|(kind, label)| Choice::new(kind.code(), label, &self.kind)).into(),
            kind_word: if self.kind == SessionKind::Pod.code() { p.pod } else { p.one_to_one },
            places: places.map(|(place, label)| Choice::new(place.code(), label, &self.place)).into(),
            id: self.id,
            name: self.name,
            kind: self.kind,
            minutes: self.minutes,
            from_week: self.from_week,
            to_week: self.to_week,
            window_days: self.window_days,
            place_detail: self.place_detail,
            is_used: self.is_used,
            is_first: at == 0,
            is_last: at + 1 == count,
            takes_focus: focus == Some(at),
            errors: self.errors,
        }
    }
}
