//! Rules that send mail by status (M5): their list, the editor with its preview, and what a rule would send.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use model::event::Actor;
use model::program::lead::Led;
use model::trigger::letter::{self, Facts};
use model::trigger::outlook::{self, Outlook};
use model::trigger::{self, BODY_MAX_CHARS, Filter, NewTrigger, Text, Texts, Trigger, Version};
use model::{Tx, idempotency};
use rules::ids::{CohortId, CompanyId, ParticipantId, ProjectId, TriggerId};
use rules::person::Language;
use rules::refusal::{Problem, Refusal};
use rules::triggers::{Condition, Recipient, Timing};
use serde::Deserialize;

use super::{Answer, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led, number};
use crate::mail::paper::Block;
use crate::mail::template::{self, Mistake, VARIABLES};
use crate::mail::triggers::Setting;
use crate::shell::{Choice, FormErrors, Place};
use crate::texts::letters::letters;
use crate::texts::{Said, Texts as Words, texts};
use crate::views::board::{LeftOutGroup, LetterBlock, LetterView};
use crate::views::parts::FilterLink;
use crate::views::triggers::{
    DayAhead, OutlookView, PausePage, RuleRow, TextFields, TriggerPage, TriggersPage, ValueChip, VersionRow,
};
use crate::visitor::Visitor;

/// More names are not shown for one day or one reason.
const NAMES_SHOWN: usize = 50;
/// More people are not listed as those who would get it now.
const NOW_SHOWN: usize = 200;

/// The query of the list and of a new rule: where, and what.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    company: String,
    project: String,
    cohort: String,
    condition: String,
    reader: String,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            company: self.company.parse().ok(),
            project: self.project.parse().ok(),
            cohort: self.cohort.parse().ok(),
        }
    }

    fn holds(&self) -> String {
        [&self.cohort, &self.project, &self.company]
            .into_iter()
            .find(|id| !id.is_empty())
            .cloned()
            .unwrap_or_default()
    }
}

/// The place that an id names.
pub(crate) fn holds_of(text: &str) -> Option<Led> {
    let company = text.parse::<CompanyId>().map(Led::Company);
    let project = || text.parse::<ProjectId>().map(Led::Project);
    company.or_else(|_| project()).or_else(|_| text.parse::<CohortId>().map(Led::Cohort)).ok()
}

fn id_of(holds: Led) -> String {
    match holds {
        Led::Company(id) => id.to_string(),
        Led::Project(id) => id.to_string(),
        Led::Cohort(id) => id.to_string(),
    }
}

fn page_of(holds: Led) -> String {
    match holds {
        Led::Company(id) => format!("/companies/{id}"),
        Led::Project(id) => format!("/projects/{id}"),
        Led::Cohort(id) => format!("/cohorts/{id}"),
    }
}

/// The sentence of a rule.
pub(crate) fn sentence(t: &Words, condition: Condition, recipient: Recipient, timing: Timing) -> String {
    let m = &t.triggers;
    let (wait, again) = ((m.hours_count)(timing.wait_hours), (m.hours_count)(timing.again_hours));
    (m.sentence)(&Said { condition, recipient, wait: &wait, times: timing.times, again: &again })
}

fn sentence_of(t: &Words, trigger: &Trigger) -> String {
    sentence(t, trigger.terms.condition, trigger.terms.recipient, trigger.terms.timing)
}

fn ranks(t: &Words, trigger: &Trigger) -> Vec<String> {
    let m = &t.triggers;
    let over = trigger.overrides.iter().map(|level| (m.overrides)((m.level)(*level)));
    over.chain(trigger.overridden_by.iter().map(|level| (m.overridden)((m.level)(*level)))).collect()
}

fn paused(visitor: &Visitor, trigger: &Trigger, now: rules::time::Instant) -> String {
    let m = &visitor.texts().triggers;
    trigger.paused.as_ref().map_or_else(String::new, |(at, by)| {
        (m.paused_by)(by.as_deref().unwrap_or_default(), &visitor.clockface().near_day(*at, now))
    })
}

/// `GET /triggers`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let (by, filter) = (visitor.actor(), asked.filter());
    let of = holds_of(&asked.holds());
    let (rules, places) =
        app.read(move |tx| Ok((trigger::list(tx, &by, &filter)?, trigger::places(tx, &by)?))).await?;
    let (t, now) = (visitor.texts(), app.now());
    let m = &t.triggers;
    let rows = rules.iter().map(|rule| RuleRow {
        href: format!("/triggers/{}", rule.id),
        sentence: sentence_of(t, rule),
        holds: rule.names.join(" / "),
        lines: std::iter::once((m.sent)(rule.sent)).chain(ranks(t, rule)).collect(),
        paused: paused(&visitor, rule, now),
    });
    let named = of.and_then(|of| places.iter().find(|(place, _)| *place == of));
    let place = of.map(|of| format!("?{}={}", kind_of(of), id_of(of))).unwrap_or_default();
    page(&TriggersPage {
        shell: shell::of(&visitor, app.mode(), now, m.title, Place::Triggers),
        of: named.map(|(of, names)| (names.join(" / "), page_of(*of))),
        make: format!("/triggers/new{place}"),
        rules: rows.collect(),
    })
}

fn kind_of(holds: Led) -> &'static str {
    match holds {
        Led::Company(_) => "company",
        Led::Project(_) => "project",
        Led::Cohort(_) => "cohort",
    }
}

/// The names of the inputs of a language.
pub(crate) const fn inputs(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("subject_en", "body_en"),
        Language::German => ("subject_de", "body_de"),
    }
}

/// Takes a text if nothing is wrong with it; else all that is wrong is noted, for whoever writes it.
fn sound<T>(
    checks: &mut Checks,
    field: &'static str,
    text: Result<T, Problem>,
    as_str: impl Fn(&T) -> &str,
) -> Option<T> {
    let text = checks.take(field, text)?;
    let Err(wrongs) = template::check(as_str(&text)) else { return Some(text) };
    for wrong in wrongs {
        let problem = match wrong.what {
            Mistake::Unknown(name) => Problem::UnknownValue { line: wrong.line, name },
            Mistake::TooMuch => Problem::TooLong { most: BODY_MAX_CHARS },
            Mistake::NotAllowed(_) | Mistake::Braces | Mistake::Built => {
                Problem::NotATemplate { line: wrong.line }
            }
        };
        checks.note(field, problem);
    }
    None
}

/// Texts by language, each with what is wrong under its own name; the house's language has one.
pub(crate) fn texts_of<'a>(
    checks: &mut Checks,
    house: Language,
    typed: impl Fn(Language) -> (&'a str, &'a str),
) -> Texts {
    let mut all = BTreeMap::new();
    for language in Language::ALL.iter().copied() {
        let (subject, body) = typed(language);
        if subject.trim().is_empty() && body.trim().is_empty() && language != house {
            continue;
        }
        let (subject_name, body_name) = inputs(language);
        let (line, prose) = Text::parse(subject, body);
        let line = sound(checks, subject_name, line, |line| line.as_str());
        let prose = sound(checks, body_name, prose, |prose| prose.as_str());
        if let (Some(subject), Some(body)) = (line, prose) {
            all.insert(language, Text { subject, body });
        }
    }
    all
}

/// What an editor holds.
struct Wish {
    condition: Condition,
    recipient: Recipient,
    timing: Option<Timing>,
    texts: Texts,
}

impl Wish {
    fn read(checks: &mut Checks, fields: &Fields, house: Language) -> Wish {
        let condition = Condition::from_code(fields.get("condition"));
        let condition =
            checks.take("condition", condition.ok_or(Problem::NotAChoice)).unwrap_or(Condition::Unbooked);
        let recipient = Recipient::from_code(fields.get("recipient"));
        let recipient = checks
            .take("recipient", recipient.ok_or(Problem::NotAChoice))
            .unwrap_or(condition.recipients()[0]);
        let most = i64::from(u16::MAX);
        let wait = checks.take("wait", number(fields.get("wait"), 1, most));
        let times = checks.take("times", number(fields.get("times"), 1, most));
        // Of one mail nobody needs to say when the next one goes.
        let again = match (times, fields.get("again")) {
            (Some(1), "") => Some(3),
            (_, again) => checks.take("again", number(again, 1, most)),
        };
        let hours = if fields.get("unit") == "hours" { 1 } else { 24 };
        let timing = match (wait, times, again) {
            (Some(wait), Some(times), Some(again)) => {
                match Timing::new(condition, wait * hours, times, again * 24) {
                    Ok(timing) => Some(timing),
                    Err((field, problem)) => {
                        // In the unit in which it was typed.
                        let scale = if field == "wait" {
                            hours
                        } else if field == "again" {
                            24
                        } else {
                            1
                        };
                        let problem = match problem {
                            Problem::OutOfRange { least, most } => {
                                Problem::OutOfRange { least: (least / scale).max(1), most: most / scale }
                            }
                            other => other,
                        };
                        checks.note(field, problem);
                        None
                    }
                }
            }
            _ => None,
        };
        let texts = texts_of(checks, house, |language| {
            let (subject, body) = inputs(language);
            (fields.get(subject), fields.get(body))
        });
        Wish { condition, recipient, timing, texts }
    }
}

/// Which editor, and what came of its form.
#[derive(Default)]
struct Sent {
    fields: Option<Fields>,
    errors: FormErrors,
}

impl Sent {
    fn typed(&self, name: &str, otherwise: &str) -> String {
        self.fields.as_ref().map_or_else(|| otherwise.to_owned(), |fields| fields.get(name).to_owned())
    }
}

/// `GET /triggers/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    page(&new_page(&app, &visitor, &asked, Sent::default()).await?)
}

/// All that an editor shows of the store.
struct Found {
    places: Vec<(Led, Vec<String>)>,
    readers: Vec<(ParticipantId, String, String)>,
    facts: Option<Facts>,
    reader: Option<ParticipantId>,
}

/// Who a text can be read with: their place, name and cohort; with whom it is, and what fills it in.
type Look = (Vec<(ParticipantId, String, String)>, Option<ParticipantId>, Option<Facts>);

/// With whom a text is read: who was chosen, else the first.
fn look(
    tx: &mut Tx,
    by: &Actor,
    holds: Led,
    chosen: Option<ParticipantId>,
    what: (Condition, Recipient),
    timing: Timing,
) -> model::Result<Look> {
    trigger::may_at(tx, by, holds)?;
    let readers = outlook::readers(tx, holds)?;
    let reader = chosen.or(readers.first().map(|(id, ..)| *id));
    let facts = match reader {
        Some(reader) => letter::sample(tx, by, holds, reader, what, timing)?,
        None => None,
    };
    Ok((readers, reader, facts))
}

/// The timing that an editor begins with.
fn usual(condition: Condition) -> Timing {
    match condition {
        Condition::Unbooked => Timing { wait_hours: 14 * 24, times: 2, again_hours: 7 * 24 },
        Condition::NextNotBooked => Timing { wait_hours: 2 * 24, times: 1, again_hours: 7 * 24 },
        Condition::Unmarked => Timing { wait_hours: 2 * 24, times: 2, again_hours: 3 * 24 },
        Condition::Missed | Condition::NearlyOver => Timing { wait_hours: 24, times: 1, again_hours: 7 * 24 },
    }
}

async fn new_page(
    app: &Reading,
    visitor: &Visitor,
    asked: &Asked,
    sent: Sent,
) -> Result<TriggerPage, Failure> {
    let (t, now) = (visitor.texts(), app.now());
    let m = &t.triggers;
    let condition =
        Condition::from_code(&sent.typed("condition", &asked.condition)).unwrap_or(Condition::Unbooked);
    let recipient = Recipient::from_code(&sent.typed("recipient", "")).unwrap_or(condition.recipients()[0]);
    let timing = usual(condition);
    let holds = sent.typed("holds", &asked.holds());
    let chosen: Option<ParticipantId> = sent.typed("reader", &asked.reader).parse().ok();
    let (by, wanted) = (visitor.actor(), holds_of(&holds));
    let found = app
        .read(move |tx| {
            let places = trigger::places(tx, &by)?;
            let place = wanted.filter(|wanted| places.iter().any(|(place, _)| place == wanted));
            let place = place.or(places.first().map(|(place, _)| *place));
            let (readers, reader, facts) = match place {
                Some(place) => look(tx, &by, place, chosen, (condition, recipient), timing)?,
                None => (Vec::new(), None, None),
            };
            Ok(Found { places, readers, facts, reader })
        })
        .await?;
    let of = holds_of(&asked.holds()).map(|of| format!("&{}={}", kind_of(of), id_of(of))).unwrap_or_default();
    let conditions = Condition::ALL.iter().map(|one| FilterLink {
        label: (m.when)(*one).to_owned(),
        href: format!("/triggers/new?condition={}{of}", one.code()),
        count: None,
        current: *one == condition,
    });
    let fields = texts_shown(visitor, &sent, |language| {
        let (subject, body) = (texts(language).triggers.starts)(condition, recipient);
        (subject.to_owned(), body.to_owned())
    });
    Ok(TriggerPage {
        shell: shell::of(visitor, app.mode(), now, m.new_heading, Place::Triggers),
        base: "/triggers".to_owned(),
        is_new: true,
        sentence: String::new(),
        holds: String::new(),
        places: found
            .places
            .iter()
            .map(|(place, names)| Choice::new(id_of(*place), names.join(" / "), &holds))
            .collect(),
        conditions: conditions.collect(),
        condition: condition.code().to_owned(),
        when: (m.when)(condition).to_owned(),
        recipients: condition
            .recipients()
            .iter()
            .map(|one| Choice::new(one.code(), (m.to)(*one), recipient.code()))
            .collect(),
        recipient: (recipient.code().to_owned(), (m.to)(recipient).to_owned()),
        wait: wait_shown(visitor, &sent, timing),
        times: sent.typed("times", &timing.times.to_string()),
        again: sent.typed("again", &(timing.again_hours / 24).to_string()),
        lasts: condition.lasts(),
        letter: letter_shown(app, visitor, &found, &fields),
        unfit: "",
        readers: readers_shown(&found),
        texts: fields,
        values: values(t),
        outlook: None,
        versions: Vec::new(),
        paused: String::new(),
        ranks: Vec::new(),
        errors: sent.errors,
    })
}

fn wait_shown(visitor: &Visitor, sent: &Sent, timing: Timing) -> (String, Vec<Choice>) {
    let m = &visitor.texts().triggers;
    let in_days = timing.wait_hours.is_multiple_of(24);
    let unit = sent.typed("unit", if in_days { "days" } else { "hours" });
    let wait = if in_days { timing.wait_hours / 24 } else { timing.wait_hours };
    let units = vec![Choice::new("days", m.days, &unit), Choice::new("hours", m.hours, &unit)];
    (sent.typed("wait", &wait.to_string()), units)
}

fn texts_shown(
    visitor: &Visitor,
    sent: &Sent,
    otherwise: impl Fn(Language) -> (String, String),
) -> Vec<TextFields> {
    let m = &visitor.texts().triggers;
    let house = visitor.organisation.language;
    let mut languages: Vec<Language> = Language::ALL.to_vec();
    languages.sort_by_key(|language| *language != house);
    let shown = |language: Language| {
        let ((subject, body), stands) = (inputs(language), otherwise(language));
        TextFields {
            code: language.code(),
            heading: (m.text_in)(language).to_owned(),
            subject: (subject, sent.typed(subject, &stands.0)),
            body: (body, sent.typed(body, &stands.1)),
        }
    };
    languages.into_iter().map(shown).collect()
}

fn readers_shown(found: &Found) -> Vec<Choice> {
    let now = found.reader.map(|reader| reader.to_string()).unwrap_or_default();
    let label = |name: &str, cohort: &str| format!("{name}, {cohort}");
    found
        .readers
        .iter()
        .map(|(id, name, cohort)| Choice::new(id.to_string(), label(name, cohort), &now))
        .collect()
}

fn values(t: &Words) -> Vec<ValueChip> {
    let chip = |name: &&str| ValueChip { label: (t.triggers.value)(name), text: format!("{{{{ {name} }}}}") };
    VARIABLES.iter().map(chip).collect()
}

/// The letter as it would be for the reader who was chosen, in their language where there is a text in it.
fn letter_shown(
    app: &Reading,
    visitor: &Visitor,
    found: &Found,
    fields: &[TextFields],
) -> Option<LetterView> {
    let facts = found.facts.as_ref()?;
    let is_said = |text: &&TextFields| !text.subject.1.is_empty() && !text.body.1.is_empty();
    let text = fields
        .iter()
        .filter(is_said)
        .find(|text| text.code == facts.language.code())
        .or_else(|| fields.iter().find(is_said))?;
    let language = Language::from_code(text.code).unwrap_or(facts.language);
    let (t, words) = (texts(language), letters(language));
    let setting = Setting {
        t: words,
        home: app.config().public_url.as_str(),
        organisation: &visitor.organisation.name,
        fallback: t.mail.button_fallback,
        now: app.now(),
    };
    let (why, to) = match facts.recipient {
        Recipient::Participant => ((words.triggered.why)(&facts.cohort), facts.participant.clone()),
        Recipient::Coach => {
            let coach = facts.coach.as_ref().map(|(name, _)| name.clone());
            ((words.triggered.why_coach)(&facts.cohort), coach.unwrap_or_default())
        }
    };
    let coach = facts.coach.as_ref().filter(|_| facts.recipient == Recipient::Participant);
    let from = coach.map_or_else(|| visitor.organisation.name.clone(), |(name, _)| name.clone());
    let paper = setting.paper(&text.subject.1, &text.body.1, facts, why).ok()?;
    let block = |block: Block| match block {
        Block::Paragraph(text) => Some(LetterBlock::Paragraph(text)),
        Block::Button { label, .. } => Some(LetterBlock::Button(label)),
        Block::Note(_) | Block::Facts(_) | Block::Links(_) => None,
    };
    Some(LetterView {
        language: language.code(),
        to,
        from,
        subject: paper.subject,
        heading: paper.heading,
        blocks: paper.blocks.into_iter().filter_map(block).collect(),
        why: paper.why,
    })
}

/// What a rule shows.
struct Shown {
    trigger: Trigger,
    outlook: Outlook,
    versions: Vec<Version>,
    found: Found,
    /// Whether it fits whoever is read with now.
    fits: bool,
}

async fn rule_page(
    app: &Reading,
    visitor: &Visitor,
    id: TriggerId,
    chosen: &str,
    sent: Sent,
) -> Result<TriggerPage, Failure> {
    let by = visitor.actor();
    let chosen: Option<ParticipantId> = sent.typed("reader", chosen).parse().ok();
    let shown = app
        .read(move |tx| {
            let trigger = trigger::get(tx, &by, id)?;
            let outlook = outlook::outlook(tx, &by, id)?;
            let versions = trigger::versions(tx, &by, id)?;
            let first = outlook.now.first().map(|line| line.participant);
            let what = (trigger.terms.condition, trigger.terms.recipient);
            let (mut readers, reader, facts) =
                look(tx, &by, trigger.holds, chosen.or(first), what, trigger.terms.timing)?;
            // Whom it fits now is offered first.
            let fits = |id: ParticipantId| outlook.now.iter().any(|line| line.participant == id);
            readers.sort_by_key(|(id, ..)| !fits(*id));
            let fits = reader.is_some_and(fits);
            Ok(Shown {
                fits,
                trigger,
                outlook,
                versions,
                found: Found { places: Vec::new(), readers, facts, reader },
            })
        })
        .await?;
    let Shown { trigger, outlook, versions, found, fits } = shown;
    let (t, now) = (visitor.texts(), app.now());
    let m = &t.triggers;
    let (condition, recipient, timing) =
        (trigger.terms.condition, trigger.terms.recipient, trigger.terms.timing);
    let said = versions.first().map(|version| version.texts.clone()).unwrap_or_default();
    let fields = texts_shown(visitor, &sent, |language| said.get(&language).cloned().unwrap_or_default());
    let title = sentence_of(t, &trigger);
    Ok(TriggerPage {
        shell: shell::of(visitor, app.mode(), now, m.edit_heading, Place::Triggers),
        base: format!("/triggers/{id}"),
        is_new: false,
        sentence: title,
        holds: trigger.names.join(" / "),
        places: Vec::new(),
        conditions: Vec::new(),
        condition: condition.code().to_owned(),
        when: (m.when)(condition).to_owned(),
        recipients: Vec::new(),
        recipient: (recipient.code().to_owned(), (m.to)(recipient).to_owned()),
        wait: wait_shown(visitor, &sent, timing),
        times: sent.typed("times", &timing.times.to_string()),
        again: sent.typed("again", &(timing.again_hours / 24).to_string()),
        lasts: condition.lasts(),
        letter: letter_shown(app, visitor, &found, &fields),
        unfit: if fits { "" } else { m.preview_unfit },
        readers: readers_shown(&found),
        texts: fields,
        values: values(t),
        outlook: Some(outlook_shown(visitor, &outlook, now)),
        versions: versions.iter().map(|version| version_shown(visitor, &trigger, version, now)).collect(),
        paused: paused(visitor, &trigger, now),
        ranks: ranks(t, &trigger),
        errors: sent.errors,
    })
}

fn version_shown(
    visitor: &Visitor,
    trigger: &Trigger,
    version: &Version,
    now: rules::time::Instant,
) -> VersionRow {
    let (t, face) = (visitor.texts(), visitor.clockface());
    let by = version.by.as_deref().unwrap_or(t.triggers.program);
    VersionRow {
        line: (t.triggers.version)(version.number, by, &face.near(version.at, now)),
        sentence: sentence(t, trigger.terms.condition, trigger.terms.recipient, version.timing),
        texts: version
            .texts
            .iter()
            .map(|(language, (subject, body))| (language.name().to_owned(), subject.clone(), body.clone()))
            .collect(),
    }
}

fn outlook_shown(visitor: &Visitor, outlook: &Outlook, now: rules::time::Instant) -> OutlookView {
    let (m, face) = (&visitor.texts().triggers, visitor.clockface());
    let mut left_out: Vec<LeftOutGroup> = Vec::new();
    for (name, _, reason) in &outlook.left_out {
        let reason = (m.left_out)(*reason);
        match left_out.last_mut().filter(|group| group.reason == reason) {
            Some(group) if group.names.len() < NAMES_SHOWN => group.names.push(name.clone()),
            Some(_) => {}
            None => left_out.push(LeftOutGroup { reason, names: vec![name.clone()] }),
        }
    }
    let mut days: Vec<(String, Vec<String>, usize)> = Vec::new();
    for (at, line) in &outlook.ahead {
        let day = face.short_date(*at, now);
        if days.last().is_none_or(|(last, ..)| *last != day) {
            days.push((day, Vec::new(), 0));
        }
        if let Some((_, names, count)) = days.last_mut() {
            *count += 1;
            if names.len() < NAMES_SHOWN {
                names.push(line.name.clone());
            }
        }
    }
    let line = |line: &outlook::Line| {
        let since = (m.since)(&face.near_day(line.since, now));
        let words = if line.number > 1 { format!("{since}, {}", (m.nth)(line.number)) } else { since };
        (line.name.clone(), format!("/participants/{}", line.participant), words)
    };
    OutlookView {
        count: (m.people)(outlook.now.len()),
        now: outlook.now.iter().take(NOW_SHOWN).map(line).collect(),
        left_out,
        ahead: days
            .into_iter()
            .map(|(day, names, count)| DayAhead {
                day,
                count: (m.mails_count)(count),
                names: names.join(", "),
            })
            .collect(),
        ahead_count: (m.mails_count)(outlook.ahead.len()),
        is_cut: outlook.is_cut || outlook.now.len() > NOW_SHOWN,
    }
}

/// `GET /triggers/{trigger}`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let id: TriggerId = id.parse().map_err(|_| Refusal::NotFound)?;
    page(&rule_page(&app, &visitor, id, &asked.reader, Sent::default()).await?)
}

fn wrong(visitor: &Visitor, refusal: &Refusal, form: &Form) -> Sent {
    Sent { fields: Some(form.fields.clone()), errors: FormErrors::of_refusal(refusal, visitor.texts()) }
}

/// `POST /triggers`
pub async fn create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let mut checks = Checks::default();
    let wish = Wish::read(&mut checks, &form.fields, visitor.organisation.language);
    let holds = checks.take("holds", holds_of(form.fields.get("holds")).ok_or(Problem::NotAChoice));
    let done = match (checks.done(), wish.timing, holds) {
        (Ok(()), Some(timing), Some(holds)) => {
            let Wish { condition, recipient, texts, .. } = wish;
            let new = NewTrigger { holds, condition, recipient, timing, texts };
            let (by, key) = (visitor.actor(), form.key.clone());
            let made = app.write(move |tx| {
                idempotency::once(tx, key.as_ref(), |tx| {
                    let id = trigger::make(tx, &by, &new)?;
                    Ok(lead_to(&format!("/triggers/{id}"), "trigger_made"))
                })
            });
            made.await
        }
        (Err(refusal), ..) => Err(refusal.into()),
        _ => Err(Refusal::invalid("wait", Problem::NotANumber).into()),
    };
    match done {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let sent = wrong(&visitor, &refusal, &form);
            let again = new_page(&app.reading(), &visitor, &Asked::default(), sent).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /triggers/preview`: nothing is kept.
pub async fn preview_new(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let mut checks = Checks::default();
    let _ = Wish::read(&mut checks, &form.fields, visitor.organisation.language);
    let sent = previewed(&visitor, checks, &form);
    page(&new_page(&app.reading(), &visitor, &Asked::default(), sent).await?)
}

fn previewed(visitor: &Visitor, checks: Checks, form: &Form) -> Sent {
    match checks.done() {
        Ok(()) => Sent { fields: Some(form.fields.clone()), errors: FormErrors::NONE },
        Err(refusal) => wrong(visitor, &refusal, form),
    }
}

/// `POST /triggers/{trigger}/preview`: nothing is kept.
pub async fn preview(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id: TriggerId = id.parse().map_err(|_| Refusal::NotFound)?;
    let mut checks = Checks::default();
    let _ = Wish::read(&mut checks, &form.fields, visitor.organisation.language);
    let sent = previewed(&visitor, checks, &form);
    page(&rule_page(&app.reading(), &visitor, id, "", sent).await?)
}

/// `POST /triggers/{trigger}`
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, |tx, by, id, wish| {
        let changed = trigger::change(tx, by, id, wish.timing.ok_or(Refusal::NotFound)?, &wish.texts)?;
        Ok(lead_to(&format!("/triggers/{id}"), if changed { "trigger_saved" } else { "trigger_same" }))
    })
    .await
}

/// `POST /triggers/{trigger}/test`: to whoever asks, and to nobody else.
pub async fn test(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let reader = form.fields.get("reader").parse::<ParticipantId>().ok();
    let language = visitor.language;
    act(&app, &visitor, &id, form, move |tx, by, id, wish| {
        let rule = trigger::get(tx, by, id)?;
        let reader = match reader {
            Some(reader) => reader,
            None => outlook::readers(tx, rule.holds)?.first().map(|(id, ..)| *id).ok_or(Refusal::NotFound)?,
        };
        let text =
            wish.texts.get(&language).or_else(|| wish.texts.values().next()).ok_or(Refusal::NotFound)?;
        let what = (rule.terms.condition, rule.terms.recipient);
        letter::test(tx, by, rule.holds, reader, what, rule.terms.timing, text)?;
        Ok(lead_to(&format!("/triggers/{id}"), "trigger_tested"))
    })
    .await
}

/// Runs a verb once with what an editor holds; it comes back with what does not fit.
async fn act(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    verb: impl Fn(&mut Tx, &Actor, TriggerId, &Wish) -> model::Result<idempotency::Answer> + Send + 'static,
) -> Answer {
    let id: TriggerId = id.parse().map_err(|_| Refusal::NotFound)?;
    let mut checks = Checks::default();
    let wish = Wish::read(&mut checks, &form.fields, visitor.organisation.language);
    let (by, key) = (visitor.actor(), form.key.clone());
    let fits = checks.done();
    let done = app
        .write(move |tx| {
            // Who does not see it is told nothing of what they typed (rule P4).
            trigger::get(tx, &by, id)?;
            fits.clone()?;
            idempotency::once(tx, key.as_ref(), |tx| verb(tx, &by, id, &wish))
        })
        .await;
    match done {
        Ok(answer) => Ok(led(app, &answer)),
        Err(model::Error::Refused(refusal @ Refusal::Invalid { .. })) => {
            let again = rule_page(&app.reading(), visitor, id, "", wrong(visitor, &refusal, &form)).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /triggers/{trigger}/pause`: what that would do.
pub async fn show_pause(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: TriggerId = id.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let (trigger, outlook) =
        app.read(move |tx| Ok((trigger::get(tx, &by, id)?, outlook::outlook(tx, &by, id)?))).await?;
    let t = visitor.texts();
    let m = &t.triggers;
    page(&PausePage {
        shell: shell::of(&visitor, app.mode(), app.now(), m.pause_heading, Place::Triggers),
        base: format!("/triggers/{id}"),
        sentence: sentence_of(t, &trigger),
        holds: trigger.names.join(" / "),
        effects: vec![
            format!("{}: {}", m.now_heading, (m.people)(outlook.now.len())),
            format!("{}: {}", m.ahead_heading, (m.mails_count)(outlook.ahead.len())),
        ],
        overrides: !trigger.overrides.is_empty(),
    })
}

/// Does something to a rule that needs nothing more said.
async fn press(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    (toast, is_gone): (&'static str, bool),
    verb: fn(&mut Tx, &Actor, TriggerId) -> model::Result<()>,
) -> Answer {
    let id: TriggerId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (by, key) = (visitor.actor(), form.key);
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                verb(tx, &by, id)?;
                let place = if is_gone { "/triggers".to_owned() } else { format!("/triggers/{id}") };
                Ok(lead_to(&place, toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `POST /triggers/{trigger}/pause`
pub async fn pause(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    press(&app, &visitor, &id, form, ("trigger_paused", false), trigger::pause).await
}

/// `POST /triggers/{trigger}/pause/removal`
pub async fn resume(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    press(&app, &visitor, &id, form, ("trigger_resumed", false), trigger::resume).await
}

/// `POST /triggers/{trigger}/removal`
pub async fn remove(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    press(&app, &visitor, &id, form, ("trigger_removed", true), trigger::remove).await
}
