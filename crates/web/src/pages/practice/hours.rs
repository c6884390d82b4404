//! When a coach works: the week, days that differ, time off (rule A1). A form may come back unsaved with a range more or
//! less, so that it needs no script. What is booked outside the hours is listed for as long as it is.

use axum::extract::{Query, RawQuery, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use model::availability::{self, Outside, TimeOff, TimeOffName, When};
use model::event::Actor;
use model::offering::Offering;
use model::{Tx, idempotency};
use rules::availability::{Minute, Range, Ranges, Week};
use rules::ids::{OfferingId, PersonId};
use rules::refusal::{Problem, Refusal};
use rules::time::{Instant, Span};
use serde::Deserialize;

use super::{Practice, frame};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, encode, lead_to, lead_to_undoing, led};
use crate::meeting::line_of;
use crate::pages::{Answer, page, page_again};
use crate::shell::FormErrors;
use crate::texts::Texts;
use crate::texts::calendar::calendar;
use crate::views::practice::{
    DayHours, HoursLink, HoursPage, OutsideLine, OverrideForm, OverrideLine, RangeField, Step, TimeOffForm,
    TimeOffLine,
};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// The fields of the days, Monday first.
const DAYS: [&str; 7] = ["d1", "d2", "d3", "d4", "d5", "d6", "d7"];
/// So many ranges a day that differs has in its form.
const OVERRIDE_RANGES: usize = 2;
/// No form holds more ranges for one day; more than are taken, so that the refusal is met.
const RANGES_TYPED_MAX: usize = Ranges::MOST + 1;

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    offering: String,
}

/// What the page shows besides what is stored.
#[derive(Default)]
struct Typed {
    days: Option<Vec<Vec<RangeField>>>,
    goes_on: String,
    differing: Option<OverrideForm>,
    time_off: Option<TimeOffForm>,
    errors: FormErrors,
}

/// `GET /practice/hours`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    page(&fill(&app, &visitor, offering_of(&asked.offering)?, Typed::default()).await?)
}

fn offering_of(typed: &str) -> Result<Option<OfferingId>, Refusal> {
    if typed.is_empty() { Ok(None) } else { typed.parse().map(Some).map_err(|_| Refusal::NotFound) }
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    of: Option<OfferingId>,
    typed: Typed,
) -> Result<HoursPage, Failure> {
    let me = visitor.person()?.id;
    let (practice, own, overrides, times_off, outside) = app
        .read(move |tx| {
            Ok((
                Practice::read(tx, me)?,
                of.map(|id| availability::week(tx, me, Some(id))).transpose()?.flatten(),
                availability::overrides(tx, me)?,
                availability::times_off(tx, me)?,
                availability::outside(tx, me)?,
            ))
        })
        .await?;
    if of.is_some_and(|id| practice.offerings.iter().all(|offering| offering.id != id)) {
        return Err(Refusal::NotFound.into());
    }
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    let is_own = own.is_some();
    let week = own.as_ref().unwrap_or(&practice.week);
    let unsaved = typed.days.is_some();
    let ranges = typed.days.unwrap_or_else(|| week.0.iter().map(fields_of).collect());
    let days = calendar(t.language).weekdays.iter().zip(1..).zip(ranges);
    let overrides = overrides.into_iter().filter(|differing| differing.offering == of);
    let outside = outside.iter().map(|outside| outside_line(outside, &clockface, now, t));
    Ok(HoursPage {
        shell: frame(app, visitor, t.practice.hours),
        path: practice.path(Some(Step::Hours), t),
        place: clockface.place(),
        offerings: links(&practice.offerings, of, t),
        offering: of.map(|id| id.to_string()).unwrap_or_default(),
        own: is_own,
        days: days.map(|((name, number), ranges)| DayHours { number, name, ranges }).collect(),
        unsaved,
        goes_on: typed.goes_on,
        overrides: overrides
            .map(|differing| OverrideLine {
                day: clockface.begin_of(differing.date).map(|at| clockface.date(at)).unwrap_or_default(),
                line: ranges_in_words(&differing.ranges, t),
                date: differing.date.to_string(),
            })
            .collect(),
        override_typed: typed.differing.unwrap_or_else(|| OverrideForm {
            date: String::new(),
            ranges: vec![RangeField::default(); OVERRIDE_RANGES],
        }),
        time_off: times_off.iter().map(|away| time_off_line(away, &clockface, now, t)).collect(),
        time_off_typed: typed.time_off.unwrap_or_default(),
        outside: outside.collect(),
        errors: typed.errors,
    })
}

fn links(offerings: &[Offering], of: Option<OfferingId>, t: &Texts) -> Vec<HoursLink> {
    let usual = HoursLink {
        label: t.practice.hours_usual.to_owned(),
        href: "/practice/hours".to_owned(),
        current: of.is_none(),
    };
    let each = offerings.iter().map(|offering| HoursLink {
        label: (t.practice.preview_as)(&offering.name, offering.policy.minutes.get()),
        href: format!("/practice/hours?offering={}", offering.id),
        current: of == Some(offering.id),
    });
    std::iter::once(usual).chain(each).collect()
}

fn fields_of(ranges: &Ranges) -> Vec<RangeField> {
    ranges
        .iter()
        .map(|range| RangeField { from: range.from().to_string(), to: as_typed(range.to()) })
        .collect()
}

/// A time input knows no 24:00: midnight at the end of a day is 00:00 there.
fn as_typed(minute: Minute) -> String {
    if minute == Minute::END { "00:00".to_owned() } else { minute.to_string() }
}

fn ranges_in_words(ranges: &Ranges, t: &Texts) -> String {
    if ranges.is_empty() {
        return t.practice.override_off.to_owned();
    }
    let ranges: Vec<String> = ranges
        .iter()
        .map(|range| (t.meeting.from_to)(&range.from().to_string(), &range.to().to_string()))
        .collect();
    ranges.join(", ")
}

/// "Mon to Fri, 09:00 to 17:00": neighbours with the same hours together.
pub(super) fn week_in_words(week: &Week, t: &Texts) -> String {
    let names = calendar(t.language).weekdays_short;
    let mut groups: Vec<(usize, usize, &Ranges)> = Vec::new();
    for (day, ranges) in week.0.iter().enumerate().filter(|(_, ranges)| !ranges.is_empty()) {
        match groups.last_mut() {
            Some((_, last, same)) if *last + 1 == day && *same == ranges => *last = day,
            _ => groups.push((day, day, ranges)),
        }
    }
    let words = groups.into_iter().map(|(first, last, ranges)| {
        let days = match last - first {
            0 => names[first].to_owned(),
            1 => format!("{}, {}", names[first], names[last]),
            _ => (t.meeting.from_to)(names[first], names[last]),
        };
        format!("{days}, {}", ranges_in_words(ranges, t))
    });
    words.collect::<Vec<_>>().join("; ")
}

fn time_off_line(away: &TimeOff, clockface: &Clockface, now: Instant, t: &Texts) -> TimeOffLine {
    let day = |date: Date| {
        clockface.begin_of(date).map(|at| clockface.short_date(at, now)).unwrap_or_else(|| date.to_string())
    };
    let line = match away.when {
        When::Days { first, last } if first == last => day(first),
        When::Days { first, last } => (t.meeting.from_to)(&day(first), &day(last)),
        When::Span(span) => {
            (t.meeting.from_to)(&clockface.short(span.from, now), &clockface.short(span.until, now))
        }
    };
    TimeOffLine { line, name: away.name.clone(), id: away.id.to_string() }
}

fn outside_line(outside: &Outside, clockface: &Clockface, now: Instant, t: &Texts) -> OutsideLine {
    let asked = outside.request.map(|_| t.practice.outside_asked);
    OutsideLine {
        href: format!("/sessions/{}", outside.session),
        title: clockface.short(outside.span.from, now),
        line: line_of(&outside.clients, &outside.topic, asked.as_slice(), t),
    }
}

/// The ranges of every day as they were typed.
fn typed_week(fields: &Fields) -> Vec<Vec<RangeField>> {
    DAYS.iter().map(|day| typed_ranges(fields, &format!("{day}_from"), &format!("{day}_to"))).collect()
}

fn typed_ranges(fields: &Fields, from: &str, to: &str) -> Vec<RangeField> {
    let pairs = fields.all(from).zip(fields.all(to)).take(RANGES_TYPED_MAX);
    pairs.map(|(from, to)| RangeField { from: from.to_owned(), to: to.to_owned() }).collect()
}

/// The ranges that were typed; empty ones are nothing that anybody meant.
fn ranges_of(typed: &[RangeField]) -> Result<Ranges, Problem> {
    let mut ranges = Vec::with_capacity(typed.len());
    for field in typed.iter().filter(|field| !(field.from.is_empty() && field.to.is_empty())) {
        if field.from.is_empty() || field.to.is_empty() {
            return Err(Problem::Missing);
        }
        let minute = |text: &str| text.parse::<Minute>().map_err(|_| Problem::NotATimeOfDay);
        let (from, mut to) = (minute(&field.from)?, minute(&field.to)?);
        if to.get() == 0 {
            to = Minute::END;
        }
        ranges.push(Range::new(from, to).ok_or(Problem::EndsBeforeItBegins)?);
    }
    Ranges::new(ranges).ok_or(Problem::TooMany { most: Ranges::MOST as u32 })
}

/// A button of the form that changes what is in it and saves nothing: `add-1`, `drop-1-0`, `copy`.
fn reshaped(act: &str, mut days: Vec<Vec<RangeField>>) -> Option<Vec<Vec<RangeField>>> {
    let day_at = |number: &str| number.parse::<usize>().ok()?.checked_sub(1).filter(|day| *day < DAYS.len());
    let mut words = act.split('-');
    match (words.next()?, words.next(), words.next()) {
        ("add", Some(day), None) => {
            let day = &mut days[day_at(day)?];
            let next = match day.last() {
                None => RangeField { from: "09:00".to_owned(), to: "17:00".to_owned() },
                Some(_) => RangeField::default(),
            };
            if day.len() < RANGES_TYPED_MAX {
                day.push(next);
            }
        }
        ("drop", Some(day), Some(place)) => {
            let (day, place) = (&mut days[day_at(day)?], place.parse::<usize>().ok()?);
            if place < day.len() {
                day.remove(place);
            }
        }
        ("copy", None, None) => {
            let monday = days[0].clone();
            days[1..5].fill(monday);
        }
        _ => return None,
    }
    Some(days)
}

/// Where the focus is after such a button: in the range that was added, else at the button of the same day.
fn goes_on_with(act: &str, days: &[Vec<RangeField>]) -> String {
    let mut words = act.split('-');
    let (verb, day) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let ranges = day.parse::<usize>().ok().and_then(|day| days.get(day.checked_sub(1)?)).map_or(0, Vec::len);
    match verb {
        "add" if ranges > 0 => format!("range-{day}-{}", ranges - 1),
        "drop" => format!("add-{day}"),
        verb => verb.to_owned(),
    }
}

/// `POST /practice/hours`: saves the week, or comes back with a range more or less.
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let of = offering_of(form.fields.get("offering"))?;
    let days = typed_week(&form.fields);
    if let Some(days) = reshaped(form.fields.get("act"), days.clone()) {
        let goes_on = goes_on_with(form.fields.get("act"), &days);
        let typed = Typed { days: Some(days), goes_on, ..Typed::default() };
        return page(&fill(&app.reading(), &visitor, of, typed).await?);
    }
    match save_week(&app, &visitor, &form, of, &days).await {
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            again(&app, &visitor, of, Typed { days: Some(days), errors, ..Typed::default() }).await
        }
        answer => answer,
    }
}

async fn again(app: &App, visitor: &Visitor, of: Option<OfferingId>, typed: Typed) -> Answer {
    let again = fill(&app.reading(), visitor, of, typed).await?;
    page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

async fn save_week(
    app: &App,
    visitor: &Visitor,
    form: &Form,
    of: Option<OfferingId>,
    days: &[Vec<RangeField>],
) -> Answer {
    let mut checks = Checks::default();
    let mut week = Week::default();
    for ((name, typed), day) in DAYS.into_iter().zip(days).zip(&mut week.0) {
        if let Some(ranges) = checks.take(name, ranges_of(typed)) {
            *day = ranges;
        }
    }
    checks.done()?;
    change(app, visitor, form, move |tx, by, me| {
        let outside = availability::set_week(tx, by, me, of, &week)?;
        Ok(lead_to(&address(of), if outside.is_empty() { "hours_saved" } else { "hours_saved_outside" }))
    })
    .await
}

fn address(of: Option<OfferingId>) -> String {
    of.map_or_else(|| "/practice/hours".to_owned(), |id| format!("/practice/hours?offering={id}"))
}

/// Runs one change of the coach's own hours, once.
async fn change(
    app: &App,
    visitor: &Visitor,
    form: &Form,
    verb: impl Fn(&mut Tx, &Actor, PersonId) -> model::Result<idempotency::Answer> + Send + 'static,
) -> Answer {
    let (by, me, key) = (visitor.actor(), visitor.person()?.id, form.key.clone());
    let answer = app.write(move |tx| idempotency::once(tx, key.as_ref(), |tx| verb(tx, &by, me))).await?;
    Ok(led(app, &answer))
}

/// `POST /practice/hours/removal`: an offering follows the usual hours again.
pub async fn follow_usual(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let of =
        offering_of(form.fields.get("offering"))?.ok_or(Refusal::invalid("offering", Problem::Missing))?;
    change(&app, &visitor, &form, move |tx, by, me| {
        availability::set_week(tx, by, me, Some(of), &Week::default())?;
        Ok(lead_to(&address(Some(of)), "hours_saved"))
    })
    .await
}

/// `POST /practice/overrides`: a day has hours of its own, or is off. Its query takes back a removal.
pub async fn set_day(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    form: Form,
) -> Answer {
    let form = form.with_query(query.as_deref());
    let of = offering_of(form.fields.get("offering"))?;
    match save_day(&app, &visitor, &form, of).await {
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let mut ranges = typed_ranges(&form.fields, "range_from", "range_to");
            ranges.resize(ranges.len().max(OVERRIDE_RANGES), RangeField::default());
            let differing = OverrideForm { date: form.fields.get("date").to_owned(), ranges };
            again(&app, &visitor, of, Typed { differing: Some(differing), errors, ..Typed::default() }).await
        }
        answer => answer,
    }
}

async fn save_day(app: &App, visitor: &Visitor, form: &Form, of: Option<OfferingId>) -> Answer {
    let mut checks = Checks::default();
    let date = checks.take("date", date(form.fields.get("date")));
    let ranges = checks.take("ranges", ranges_of(&typed_ranges(&form.fields, "range_from", "range_to")));
    checks.done()?;
    let (Some(date), Some(ranges)) = (date, ranges) else {
        return Err(Failure::wrong("a day is missing although nothing was noted"));
    };
    change(app, visitor, form, move |tx, by, me| {
        let outside = availability::set_override(tx, by, me, of, date, &ranges)?;
        Ok(lead_to(&address(of), if outside.is_empty() { "day_saved" } else { "hours_saved_outside" }))
    })
    .await
}

fn date(typed: &str) -> Result<Date, Problem> {
    if typed.is_empty() { Err(Problem::Missing) } else { typed.parse().map_err(|_| Problem::NotADate) }
}

/// `POST /practice/overrides/removal`: a day has its usual hours again.
pub async fn drop_day(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let of = offering_of(form.fields.get("offering"))?;
    let date = date(form.fields.get("date")).map_err(|problem| Refusal::invalid("date", problem))?;
    change(&app, &visitor, &form, move |tx, by, me| {
        let known = availability::overrides(tx, me)?;
        let old = known.into_iter().find(|known| (known.offering, known.date) == (of, date));
        availability::drop_override(tx, by, me, of, date)?;
        let Some(old) = old else { return Ok(lead_to(&address(of), "day_dropped")) };
        let mut undo = format!("/practice/overrides?date={date}");
        if let Some(of) = of {
            undo += &format!("&offering={of}");
        }
        for range in old.ranges.iter() {
            undo += &format!("&range_from={}&range_to={}", range.from(), as_typed(range.to()));
        }
        Ok(lead_to_undoing(&address(of), "day_dropped", &undo))
    })
    .await
}

/// `POST /practice/time-off`: whole days, or from a time to a time. Its query takes back a removal.
pub async fn add_time_off(
    State(app): State<App>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    form: Form,
) -> Answer {
    let form = form.with_query(query.as_deref());
    match save_time_off(&app, &visitor, &form).await {
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let text = |name: &str| form.fields.get(name).to_owned();
            let time_off = TimeOffForm {
                name: text("name"),
                from_date: text("from_date"),
                from_time: text("from_time"),
                until_date: text("until_date"),
                until_time: text("until_time"),
            };
            again(&app, &visitor, None, Typed { time_off: Some(time_off), errors, ..Typed::default() }).await
        }
        answer => answer,
    }
}

async fn save_time_off(app: &App, visitor: &Visitor, form: &Form) -> Answer {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let name = checks.take("name", TimeOffName::parse(fields.get("name")));
    let clockface = visitor.clockface();
    let first = checks.take("from", date(fields.get("from_date")));
    let last = checks.take("until", date(fields.get("until_date")));
    let is_whole = fields.get("from_time").is_empty() && fields.get("until_time").is_empty();
    let when = match first.zip(last) {
        Some((first, last)) if is_whole => Some(When::Days { first, last }),
        Some((first, last)) => {
            let from = checks.take("from", instant(&clockface, first, fields.get("from_time"), 0));
            let until = checks.take("until", instant(&clockface, last, fields.get("until_time"), 1));
            from.zip(until).map(|(from, until)| When::Span(Span { from, until }))
        }
        None => None,
    };
    checks.done()?;
    let (Some(name), Some(when)) = (name, when) else {
        return Err(Failure::wrong("time off is missing although nothing was noted"));
    };
    change(app, visitor, form, move |tx, by, me| {
        let (_, outside) = availability::add_time_off(tx, by, me, &name, when)?;
        Ok(lead_to(&address(None), if outside.is_empty() { "time_off_added" } else { "hours_saved_outside" }))
    })
    .await
}

/// A time of a date on the coach's clock; without one the date's beginning, or that of the date `days` later.
fn instant(clockface: &Clockface, date: Date, typed: &str, days: i32) -> Result<Instant, Problem> {
    if typed.is_empty() {
        let date = date.checked_add(jiff::Span::new().days(days)).map_err(|_| Problem::NotADate)?;
        return clockface.begin_of(date).ok_or(Problem::NotADate);
    }
    let minute: Minute = typed.parse().map_err(|_| Problem::NotATimeOfDay)?;
    clockface.at(date, minute).ok_or(Problem::NotATimeOfDay)
}

/// `POST /practice/time-off/removal`
pub async fn drop_time_off(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let id = form.fields.get("time_off").parse();
    let id = id.map_err(|_| Refusal::invalid("time_off", Problem::NotAnId))?;
    let clockface = visitor.clockface();
    change(&app, &visitor, &form, move |tx, by, me| {
        let away = availability::times_off(tx, me)?.into_iter().find(|away| away.id == id);
        availability::drop_time_off(tx, by, me, id)?;
        let Some(away) = away else { return Ok(lead_to(&address(None), "time_off_dropped")) };
        Ok(lead_to_undoing(&address(None), "time_off_dropped", &undo_of(&away, &clockface)))
    })
    .await
}

fn undo_of(away: &TimeOff, clockface: &Clockface) -> String {
    let name = encode(&away.name);
    match away.when {
        When::Days { first, last } => {
            format!("/practice/time-off?from_date={first}&until_date={last}&name={name}")
        }
        When::Span(span) => {
            let ((from_date, from_time), (until_date, until_time)) =
                (clockface.typed(span.from), clockface.typed(span.until));
            format!(
                "/practice/time-off?from_date={from_date}&from_time={from_time}&until_date={until_date}&until_time={until_time}&name={name}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{DE, EN};

    fn range(from: &str, to: &str) -> RangeField {
        RangeField { from: from.to_owned(), to: to.to_owned() }
    }

    // Rules A1, T3
    #[test]
    fn ranges_are_read_as_they_are_typed() {
        let read = |typed: &[(&str, &str)]| {
            let typed: Vec<RangeField> = typed.iter().map(|(from, to)| range(from, to)).collect();
            ranges_of(&typed)
                .map(|ranges| ranges.iter().map(|range| format!("{range:?}")).collect::<Vec<_>>().len())
        };
        assert_eq!(read(&[]), Ok(0));
        assert_eq!(read(&[("", "")]), Ok(0));
        assert_eq!(read(&[("09:00", "12:30"), ("14:00", "00:00")]), Ok(2));
        assert_eq!(read(&[("09:00", "12:30"), ("12:30", "17:00")]), Ok(1));
        assert_eq!(read(&[("09:00", "")]), Err(Problem::Missing));
        assert_eq!(read(&[("17:00", "09:00")]), Err(Problem::EndsBeforeItBegins));
        assert_eq!(read(&[("09:02", "10:00")]), Err(Problem::NotATimeOfDay));
        assert_eq!(read(&[("nine", "10:00")]), Err(Problem::NotATimeOfDay));
    }

    #[test]
    fn a_form_comes_back_with_a_range_more_or_less_and_saves_nothing() {
        let day = vec![range("09:00", "12:00")];
        let week =
            || vec![day.clone(), vec![], vec![], vec![], vec![], vec![], vec![range("10:00", "11:00")]];
        let counts =
            |act: &str| reshaped(act, week()).map(|days| days.iter().map(Vec::len).collect::<Vec<_>>());
        assert_eq!(counts("add-1"), Some(vec![2, 0, 0, 0, 0, 0, 1]));
        assert_eq!(counts("add-6"), Some(vec![1, 0, 0, 0, 0, 1, 1]));
        assert_eq!(counts("drop-7-0"), Some(vec![1, 0, 0, 0, 0, 0, 0]));
        assert_eq!(counts("drop-7-5"), Some(vec![1, 0, 0, 0, 0, 0, 1]));
        assert_eq!(counts("copy"), Some(vec![1, 1, 1, 1, 1, 0, 1]));
        for unknown in ["", "add-0", "add-8", "add", "drop-1", "copy-1", "delete"] {
            assert_eq!(counts(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_week_is_told_in_few_words() {
        let day = ranges_of(&[range("09:00", "17:00")]).expect("a day");
        let mut week = Week::working_days(&day);
        assert_eq!(week_in_words(&week, &EN), "Mon to Fri, 09:00 to 17:00");
        week.0[2] = Ranges::off();
        assert_eq!(week_in_words(&week, &EN), "Mon, Tue, 09:00 to 17:00; Thu, Fri, 09:00 to 17:00");
        assert_eq!(week_in_words(&Week::default(), &DE), "");
    }
}
