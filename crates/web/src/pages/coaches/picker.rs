//! A coach's page with the choice of a time (rules C1, B1): offering, day and time are in the address, so that every
//! choice is a link and the page needs no script.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, Weekday as JiffWeekday};
use jiff::{Span as Days, ToSpan};
use model::agreement::{self, Agreement};
use model::coach::{self, Profile};
use model::event::Actor;
use model::offering::{self, Offering};
use model::session::{self, OwnStep};
use model::{Tx, booking};
use rules::ids::OfferingId;
use rules::person::{HourStyle, Language};
use rules::refusal::Refusal;
use rules::session::{PlaceKind, SessionKind};
use rules::slots::{by_day, nearest};
use rules::terms::{AgreementKind, Conditions, Terms};
use rules::time::{Instant, Span, Zone};
use serde::Deserialize;

use super::bookings::SHOWN;
use super::{face_of, frame, kept_briefly, next_free};
use crate::app::Reading;
use crate::error::Failure;
use crate::forms::{Fields, encode};
use crate::meeting;
use crate::pages::Answer;
use crate::routes::Framing;
use crate::shell::{Choice, ChoiceGroup, Dress, FormErrors, Place, zone_choices};
use crate::texts::Texts;
use crate::time_of_day::TimeOfDay;
use crate::views;
use crate::views::booking::Way;
use crate::views::coaches::{
    Asked as AskedView, CoachPage, CoachView, Day, Details, NextFree, Offer, Picker, SeriesStart, StepChoice,
    Trouble, ZoneLine,
};
use crate::views::parts::{DayPart, Month, MonthDay, SlotLink, Weekday};
use crate::visitor::Visitor;
use crate::words::{Clockface, money};

/// So many days are shown at a time.
const DAYS_SHOWN: i32 = 28;
/// So many free times stand above them, and so many are offered instead of one that was lost.
const NEXT: usize = 3;
/// How far ahead is looked for free times at most, in days.
const AHEAD_MAX_DAYS: i64 = 400;

/// What the address of a coach's page says, or the form on it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    pub(super) offering: String,
    #[serde(default)]
    pub(super) day: String,
    #[serde(default)]
    pub(super) at: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) zone: String,
    #[serde(default)]
    pub(super) embed: String,
    #[serde(default)]
    pub(super) choose: String,
}

impl Asked {
    /// As a form has it.
    pub(super) fn of(fields: &Fields) -> Asked {
        let get = |name| fields.get(name).to_owned();
        Asked {
            offering: get("offering"),
            at: get("at"),
            zone: get("zone"),
            embed: get("embed"),
            ..Asked::default()
        }
    }

    /// Whether the page stands in a frame on somebody else's site (rule C4).
    pub(super) fn is_embedded(&self) -> bool {
        self.embed == "1"
    }

    pub(super) fn at(&self) -> Option<Instant> {
        self.at.parse().ok()
    }

    pub(super) fn wanted(&self) -> Wanted {
        match (self.offering(), self.at()) {
            (Some(id), _) => Wanted::This(id),
            (None, Some(_)) => Wanted::Shortest,
            (None, None) => Wanted::First,
        }
    }

    pub(super) fn offering(&self) -> Option<OfferingId> {
        self.offering.parse().ok()
    }

    /// Who asks. Inside a frame everybody is a stranger: whose site it is could otherwise make them press.
    pub(super) fn visitor(&self, mut visitor: Visitor) -> Visitor {
        if self.is_embedded() {
            visitor.signed = None;
            visitor.toast = None;
        }
        visitor
    }

    /// The same of whatever is answered: an error inside a frame is read there too.
    pub(super) fn framed_all(&self, answer: Answer) -> Answer {
        match answer {
            Err(failure) if self.is_embedded() => Ok(self.framed(failure.into_response())),
            answer => answer,
        }
    }

    /// A page that another site may frame, if it was asked for as a part of one.
    pub(super) fn framed(&self, mut answer: Response) -> Response {
        if self.is_embedded() {
            answer.extensions_mut().insert(Framing::Anybody);
        }
        answer
    }

    fn dress(&self) -> Dress {
        if self.is_embedded() { Dress::Embedded } else { Dress::Public }
    }
}

/// Whose clock the times of a page are on.
pub(crate) struct Clock {
    pub(crate) zone: Zone,
    pub(crate) face: Clockface,
    /// Nobody said it: the browser may know better.
    pub(super) is_guess: bool,
}

impl Clock {
    /// The zone of the address, else one's own, else that of the house.
    pub(crate) fn of(visitor: &Visitor, asked: &str) -> Clock {
        let asked: Option<Zone> = asked.parse().ok();
        let own = visitor.signed.as_ref().map(|signed| signed.person.zone.clone());
        let is_guess = asked.is_none() && own.is_none();
        let zone = asked.or(own).unwrap_or_else(|| visitor.organisation.zone.clone());
        let style = visitor.signed.as_ref().map_or(HourStyle::H24, |signed| signed.person.hour_style);
        Clock { face: Clockface::new(zone.clone(), style, visitor.language), zone, is_guess }
    }

    pub(super) fn choices(&self) -> Vec<ChoiceGroup> {
        zone_choices(Zone::names().iter().map(String::as_str), self.zone.as_str())
    }
}

/// "Times in Lisbon, now 15:48", and how that is changed.
pub(super) fn zone_line(
    clock: &Clock,
    now: Instant,
    change: String,
    action: &str,
    kept: Vec<(&'static str, String)>,
) -> ZoneLine {
    ZoneLine {
        place: clock.face.place(),
        now: clock.face.time(now),
        guess: clock.is_guess.then(|| clock.zone.to_string()),
        change,
        choices: Vec::new(),
        action: action.to_owned(),
        kept,
    }
}

/// What the page needs of the store.
pub(super) struct Seen {
    pub(super) profile: Profile,
    pub(super) offerings: Vec<Offering>,
    /// Whether whoever looks has no intro to book any more (rule C3); of a stranger nobody knows.
    pub(super) intro_used: bool,
    /// The steps of the reader's own journeys that could be booked with this coach (rule B8).
    pub(super) steps: Vec<OwnStep>,
    /// The one that is chosen, what holds for it, and when it can be had.
    pub(super) chosen: Option<Chosen>,
}

pub(super) struct Chosen {
    pub(super) offering: Offering,
    pub(super) conditions: Conditions,
    pub(super) slots: Vec<Instant>,
    /// What has to be accepted with it.
    pub(super) agreement: Option<Agreement>,
}

/// Which offering a page is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// This one, if it can be booked.
    This(OfferingId),
    /// The shortest: the directory's times are of that one.
    Shortest,
    /// The first that is shown.
    First,
}

/// Reads what a coach's page shows to somebody.
pub(super) fn read(
    tx: &mut Tx,
    slug: &str,
    wanted: Wanted,
    by: &Actor,
    language: Language,
) -> model::Result<Seen> {
    let person = by.person();
    let profile = coach::by_slug(tx, slug)?;
    let steps = session::own_steps_with(tx, by, profile.person)?;
    let mut offerings = offering::active(tx, profile.person)?;
    let has_intro = offerings.iter().any(is_intro);
    let intro_used = match person.filter(|person| has_intro && *person != profile.person) {
        Some(person) => !booking::may_have_intro(tx, profile.person, person)?,
        None => false,
    };
    let is_open = |offering: &&Offering| !(intro_used && is_intro(offering));
    let shortest = offerings.iter().find(is_open).map(|offering| offering.id);
    // The free first call stands first.
    offerings.sort_by_key(|offering| !is_intro(offering));
    let id = match wanted {
        Wanted::This(id) => Some(id),
        Wanted::Shortest => shortest,
        Wanted::First => None,
    };
    let mut open = offerings.iter().filter(is_open);
    // Whoever could book a step instead is asked which it shall be: nothing is chosen for them (rule B8).
    let is_asked = !steps.is_empty() && !matches!(wanted, Wanted::This(_));
    let chosen = open.clone().find(|offering| Some(offering.id) == id).or(open.next()).cloned();
    let Some(offering) = chosen.filter(|_| !is_asked) else {
        return Ok(Seen { profile, offerings, intro_used, steps, chosen: None });
    };
    let days = i64::from(offering.policy.window_days).min(AHEAD_MAX_DAYS) + 1;
    let ahead = Span::of(tx.now(), jiff::SignedDuration::from_hours(24 * days));
    let agreement = match person {
        _ if !offering.is_paid() => None,
        Some(person) => agreement::needs(tx, person, AgreementKind::Coaching, language)?,
        None => agreement::current(tx, AgreementKind::Coaching, language)?,
    };
    let chosen = Chosen {
        conditions: booking::conditions(tx, &offering)?,
        slots: booking::free_starts(tx, &offering, ahead)?,
        agreement,
        offering,
    };
    Ok(Seen { profile, offerings, intro_used, steps, chosen: Some(chosen) })
}

/// Whether it is a free first call.
pub(crate) fn is_intro(offering: &Offering) -> bool {
    offering.kind == SessionKind::Intro
}

/// `GET /coaches/{slug}`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    asked.framed_all(see(&app, asked.visitor(visitor), slug, &asked).await)
}

async fn see(app: &Reading, visitor: Visitor, slug: String, asked: &Asked) -> Answer {
    let (word, wanted, language, by) = (slug.clone(), asked.wanted(), visitor.language, visitor.actor());
    let seen = app.read(move |tx| read(tx, &word, wanted, &by, language)).await?;
    if seen.profile.slug != slug {
        let query =
            visitor.path_and_query.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        return Ok(Redirect::permanent(&format!("/coaches/{}{query}", seen.profile.slug)).into_response());
    }
    let shown = Shown::new(app, &visitor, asked, &seen).page(Typed::default());
    Ok(asked.framed(kept_briefly(&visitor, &shown)?))
}

/// What was typed, and what became of it.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) mail: String,
    pub(super) note: String,
    pub(super) answers: Vec<(u32, String)>,
    pub(super) agrees: bool,
    pub(super) shown: Option<Conditions>,
    pub(super) errors: FormErrors,
    pub(super) trouble: Option<Trouble>,
}

impl Typed {
    /// As a form has it.
    pub(super) fn of(fields: &Fields) -> Typed {
        Typed {
            name: fields.get("name").to_owned(),
            mail: fields.get("mail").to_owned(),
            note: fields.get("note").to_owned(),
            answers: (1..).zip(ANSWERS).map(|(no, field)| (no, fields.get(field).to_owned())).collect(),
            agrees: fields.get("agree") == "1",
            shown: super::bookings::shown(fields),
            errors: FormErrors::NONE,
            trouble: None,
        }
    }
}

/// The inputs that answers stand in.
pub(super) const ANSWERS: [&str; 10] = [
    "answer-1",
    "answer-2",
    "answer-3",
    "answer-4",
    "answer-5",
    "answer-6",
    "answer-7",
    "answer-8",
    "answer-9",
    "answer-10",
];

/// The input of a question, by its number.
pub(super) fn answer_field(no: u32) -> Option<&'static str> {
    ANSWERS.get(usize::try_from(no).ok()?.checked_sub(1)?).copied()
}

/// A coach's page while it is being written.
pub(super) struct Shown<'a> {
    app: &'a Reading,
    visitor: &'a Visitor,
    asked: &'a Asked,
    seen: &'a Seen,
    clock: Clock,
    now: Instant,
    t: &'static Texts,
}

impl<'a> Shown<'a> {
    pub(super) fn new(app: &'a Reading, visitor: &'a Visitor, asked: &'a Asked, seen: &'a Seen) -> Shown<'a> {
        let clock = Clock::of(visitor, &asked.zone);
        Shown { app, visitor, asked, seen, clock, now: app.now(), t: visitor.texts() }
    }

    pub(super) fn page(&self, typed: Typed) -> CoachPage {
        let (profile, t) = (&self.seen.profile, &self.t.coaches);
        let is_own = self.visitor.who().is_some_and(|who| who.person == profile.person);
        let title = (t.title_of)(&profile.name);
        let home = self.app.config().public_url.as_str();
        let canonical = format!("{home}/coaches/{}", profile.slug);
        let photo = profile.photo.as_ref().filter(|_| profile.listed);
        let is_unlisted = if profile.listed { "" } else { t.unlisted };
        let wants_used = self.wants_used_intro();
        let wanted = self.asked.at().filter(|_| !wants_used || typed.trouble.is_some());
        let lost = wanted.filter(|at| self.chosen().is_some_and(|chosen| !chosen.slots.contains(at)));
        let details = match (self.chosen(), wanted) {
            (Some(chosen), Some(at)) if !is_own && (lost.is_none() || typed.trouble.is_some()) => {
                Some(self.details(chosen, at, typed))
            }
            _ => None,
        };
        CoachPage {
            shell: frame(
                self.visitor,
                self.app,
                &title,
                Place::Coaches,
                self.asked.dress(),
                Some(&self.clock.face),
            ),
            description: (t.description_of)(&profile.name, &profile.headline),
            coach: self.coach(photo.is_some().then(|| format!("{canonical}/photo"))),
            canonical,
            is_listed: profile.listed,
            own_page: if is_own {
                format!("{} {is_unlisted}", t.own_page).trim().to_owned()
            } else {
                String::new()
            },
            steps: self.seen.steps.iter().map(|step| self.step(step)).collect(),
            offers: self.seen.offerings.iter().map(|offering| self.offer(offering)).collect(),
            picker: self.chosen().map(|chosen| {
                let mut picker = self.picker(chosen, lost.filter(|_| details.is_none()));
                if wants_used && details.is_none() {
                    picker.lost = self.visitor.say(&Refusal::IntroUsed);
                }
                picker
            }),
            details,
            cannot: String::new(),
        }
    }

    /// Whether a free first call is asked for that is not there for them any more: an older link leads to it.
    pub(super) fn wants_used_intro(&self) -> bool {
        let asked = self.asked.offering();
        self.seen.intro_used && self.seen.offerings.iter().any(|it| is_intro(it) && Some(it.id) == asked)
    }

    /// What can be booked instead.
    pub(super) fn ways(&self) -> Vec<Way> {
        let zone = if self.asked.zone.is_empty() { "" } else { self.clock.zone.as_str() };
        let page = super::bookings::back(&self.seen.profile.slug, zone, self.asked.is_embedded());
        let open = self.seen.offerings.iter().filter(|it| !(self.seen.intro_used && is_intro(it)));
        ways(self.visitor, open, &page)
    }

    fn chosen(&self) -> Option<&Chosen> {
        self.seen.chosen.as_ref()
    }

    fn coach(&self, image: Option<String>) -> CoachView {
        let profile = &self.seen.profile;
        let there = Clockface::new(profile.zone.clone(), HourStyle::H24, self.visitor.language).place();
        let offset = |zone: &Zone| zone.offset(self.now).seconds() / 60;
        let apart = offset(&profile.zone) - offset(&self.clock.zone);
        let t = &self.t.coaches;
        let apart = match apart {
            0 => t.your_time.to_owned(),
            1.. => (t.ahead)(&(t.apart)(apart)),
            ..0 => (t.behind)(&(t.apart)(-apart)),
        };
        CoachView {
            face: face_of(profile),
            image,
            credentials: profile.credentials.clone(),
            headline: profile.headline.clone(),
            about: paragraphs(&profile.about),
            specialities: profile.specialities.clone(),
            languages: profile
                .languages
                .iter()
                .map(|one| (one.tag().to_owned(), one.name().to_owned()))
                .collect(),
            lives_in: format!("{there}, {apart}"),
        }
    }

    fn step(&self, step: &OwnStep) -> StepChoice {
        StepChoice {
            name: meeting::name(&step.topic, self.t),
            line: (self.t.coaches.minutes)(step.minutes),
            href: format!("/sessions/{}/booking", step.session),
        }
    }

    fn offer(&self, offering: &Offering) -> Offer {
        let t = &self.t.coaches;
        let about = match (offering.about.as_str(), offering.kind) {
            ("", SessionKind::Intro) => t.offer_intro,
            (about, _) => about,
        };
        let length = (t.minutes)(offering.policy.minutes.get());
        let amount = offering.price.to_string();
        let (amount, currency) = amount.split_once(' ').unwrap_or((&amount, ""));
        Offer {
            name: offering.name.clone(),
            line: if about.is_empty() { length } else { format!("{length} · {about}") },
            price: price_words(self.t, offering, self.visitor.language),
            amount: (amount.to_owned(), currency.to_owned()),
            href: self.offer_address(offering.id),
            chosen: self.chosen().is_some_and(|chosen| chosen.offering.id == offering.id),
            used: if self.seen.intro_used && is_intro(offering) { t.offer_intro_used } else { "" }.to_owned(),
        }
    }

    /// Where an offering is chosen. Whoever came for a time and was asked first which it shall be still has it (rule B8).
    fn offer_address(&self, offering: OfferingId) -> String {
        match self.asked.at().filter(|_| self.chosen().is_none()) {
            Some(at) => self.address(Some(offering), &[("at", at.to_string())], "#details"),
            None => self.address(Some(offering), &[], "#times"),
        }
    }

    /// The address of this page with other choices; zone and frame stay.
    fn address(&self, offering: Option<OfferingId>, more: &[(&str, String)], place: &str) -> String {
        let offering = offering.or(self.chosen().map(|chosen| chosen.offering.id));
        let mut pairs: Vec<String> = offering.into_iter().map(|id| format!("offering={id}")).collect();
        pairs.extend(self.kept().into_iter().map(|(name, said)| format!("{name}={}", encode(&said))));
        pairs.extend(more.iter().map(|(name, said)| format!("{name}={}", encode(said))));
        format!("/coaches/{}?{}{place}", self.seen.profile.slug, pairs.join("&"))
    }

    /// What every link and form of the page carries on.
    fn kept(&self) -> Vec<(&'static str, String)> {
        let embed = self.asked.is_embedded().then(|| ("embed", "1".to_owned()));
        let zone = (!self.asked.zone.is_empty()).then(|| ("zone", self.clock.zone.to_string()));
        zone.into_iter().chain(embed).collect()
    }

    fn slot_address(&self, at: Instant) -> String {
        self.address(None, &[("at", at.to_string())], "#details")
    }

    fn next(&self, at: Instant) -> NextFree {
        let chosen = self.asked.at() == Some(at);
        NextFree { chosen, ..next_free(&self.clock.face, at, self.now, self.slot_address(at)) }
    }

    fn picker(&self, chosen: &Chosen, lost: Option<Instant>) -> Picker {
        let t = &self.t.coaches;
        let (face, slots) = (&self.clock.face, chosen.slots.as_slice());
        let days = by_day(slots, &self.clock.zone);
        let date_of = |at: Instant| self.clock.zone.local(at).date();
        let today = date_of(self.now);
        let wanted_day = self.asked.at().map(date_of).or(self.asked.day.parse::<Date>().ok());
        let first_day = days.first().map_or(today, |day| day.date);
        let from = monday(self.asked.from.parse().ok().or(wanted_day).unwrap_or(first_day).max(today));
        let last = later(from, DAYS_SHOWN - 1);
        let shown = days.iter().filter(|day| (from..=last).contains(&day.date));
        let day = wanted_day
            .and_then(|wanted| shown.clone().find(|day| day.date == wanted))
            .or_else(|| shown.clone().next());
        let place = |date: Date| vec![("from", date.to_string())];
        let month = Month {
            caption: (t.from_to)(&face.day_and_month(from.max(today)), &face.day_and_month(last)),
            earlier: (first_day < from)
                .then(|| self.address(None, &place(later(from, -DAYS_SHOWN).max(monday(today))), "#times")),
            later: days
                .last()
                .filter(|day| day.date > last)
                .map(|_| self.address(None, &place(later(last, 1)), "#times")),
            weekdays: face
                .weekdays()
                .map(|(long, short)| Weekday {
                    long: long.to_owned(),
                    short: short.chars().take(2).collect(),
                })
                .collect(),
            weeks: (0..DAYS_SHOWN / 7)
                .map(|week| {
                    (0..7)
                        .map(|n| {
                            let date = later(from, week * 7 + n);
                            let times =
                                days.iter().find(|day| day.date == date).map_or(0, |day| day.starts.len());
                            self.month_day(date, times, day.map(|day| day.date) == Some(date))
                        })
                        .collect()
                })
                .collect(),
        };
        let first = slots.first().map(|at| face.near(*at, self.now)).unwrap_or_default();
        let next = match lost {
            Some(wanted) => nearest(slots, wanted, NEXT),
            None => spread(slots, &self.clock.zone, NEXT),
        };
        let mut zone = zone_line(
            &self.clock,
            self.now,
            self.address(None, &self.chosen_time("choose", "zone"), "#times"),
            &format!("/coaches/{}", self.seen.profile.slug),
            self.kept_in_forms(chosen.offering.id),
        );
        if self.asked.choose == "zone" {
            zone.choices = self.clock.choices();
        }
        Picker {
            zone,
            first,
            lost: lost.map(|at| (t.lost)(&face.short(at, self.now))).unwrap_or_default(),
            next: next.into_iter().map(|at| self.next(at)).collect(),
            month,
            day: day.map(|day| Day {
                title: face.plain_date(day.starts[0]),
                parts: TimeOfDay::ALL.into_iter().map(|part| self.part(part, day.starts)).collect(),
            }),
            nothing: if slots.is_empty() { t.no_times.to_owned() } else { String::new() },
        }
    }

    fn chosen_time(&self, name: &'static str, said: &str) -> Vec<(&'static str, String)> {
        let at = self.asked.at().map(|at| ("at", at.to_string()));
        let day = Some(("day", self.asked.day.clone())).filter(|(_, day)| !day.is_empty());
        at.or(day).into_iter().chain([(name, said.to_owned())]).collect()
    }

    fn kept_in_forms(&self, offering: OfferingId) -> Vec<(&'static str, String)> {
        let mut kept = vec![("offering", offering.to_string())];
        kept.extend(self.kept().into_iter().filter(|(name, _)| *name != "zone"));
        kept.extend(self.asked.at().map(|at| ("at", at.to_string())));
        kept
    }

    fn month_day(&self, date: Date, times: usize, chosen: bool) -> MonthDay {
        let face = &self.clock.face;
        let first = date.day() == 1;
        MonthDay {
            label: if first { face.short_day_and_month(date) } else { date.day().to_string() },
            first,
            spoken: format!("{}, {}", face.plain_day(date), (self.t.coaches.times)(times)),
            href: (times > 0).then(|| self.address(None, &[("day", date.to_string())], "#day")),
            chosen,
        }
    }

    fn part(&self, part: TimeOfDay, starts: &[Instant]) -> DayPart {
        let is_in = |at: &&Instant| TimeOfDay::of_hour(self.clock.zone.local(**at).hour()) == part;
        DayPart {
            label: part.name(&self.t.coaches).to_owned(),
            slots: starts
                .iter()
                .filter(is_in)
                .map(|at| SlotLink {
                    label: self.clock.face.time(*at),
                    href: self.slot_address(*at),
                    chosen: self.asked.at() == Some(*at),
                })
                .collect(),
        }
    }

    fn details(&self, chosen: &Chosen, at: Instant, typed: Typed) -> Details {
        let (face, t) = (&self.clock.face, &self.t.booking);
        let offering = &chosen.offering;
        let until = at + offering.policy.minutes.duration();
        let has_lost = typed
            .trouble
            .as_ref()
            .is_some_and(|trouble| !(trouble.instead.is_empty() && trouble.ways.is_empty()));
        let mut hidden = vec![("offering", offering.id.to_string())];
        let shown = typed.shown.filter(|_| self.asked.offering() == Some(offering.id));
        hidden.push((SHOWN, shown.unwrap_or(chosen.conditions).to_string()));
        // A guess does not become known by being sent.
        hidden.extend((!self.clock.is_guess).then(|| ("zone", self.clock.zone.to_string())));
        hidden.extend(self.asked.is_embedded().then(|| ("embed", "1".to_owned())));
        if !has_lost {
            // The buttons of other times bring their own.
            hidden.push(("at", at.to_string()));
        }
        let person = self.visitor.signed.as_ref().map(|signed| &signed.person);
        let no_mail = person.is_some();
        Details {
            action: format!("/coaches/{}/bookings", self.seen.profile.slug),
            when: (t.slot)(&face.plain_date(at), &face.time(at), &face.time(until)),
            line: self.line(offering, at),
            signed_in: person.map(|person| person.name.clone()),
            name: typed.name,
            mail: typed.mail,
            note: typed.note,
            questions: questions(offering, &typed.answers),
            agreement: chosen.agreement.as_ref().map(|agreement| agreement_view(agreement, typed.agrees)),
            button: (t.book)(&format!("{}, {}", face.weekday(at), face.time(at))),
            rule: rule_words(self.t, offering, &chosen.conditions),
            note_at_button: if no_mail { String::new() } else { t.mail_comes.to_owned() },
            series: (person.is_some() && offering.kind != SessionKind::Intro && !has_lost).then(|| {
                SeriesStart {
                    action: format!("/coaches/{}/series/dates", self.seen.profile.slug),
                    every: vec![
                        Choice::new("1", t.series_weekly, "1"),
                        Choice::new("2", t.series_two_weekly, "1"),
                    ],
                    counts: series_counts(),
                }
            }),
            hidden,
            trouble: typed.trouble,
            errors: typed.errors,
        }
    }

    /// "in Lisbon (11:15 in Stockholm): Session, € 95, by video"
    fn line(&self, offering: &Offering, at: Instant) -> String {
        let there = there(self.t, &self.clock, &self.seen.profile.zone, at);
        let price = price_words(self.t, offering, self.visitor.language);
        let place = place_words(self.t, offering.place.kind);
        (self.t.booking.line)(&format!("{}{there}", self.clock.face.place()), &offering.name, &price, place)
    }

    /// What can be had instead of a time that was lost, each as what a button sends (rule A5).
    pub(super) fn instead(&self, starts: &[Instant]) -> Vec<NextFree> {
        starts.iter().map(|at| next_free(&self.clock.face, *at, self.now, at.to_string())).collect()
    }
}

/// The next free time, and then the first of each part of a day that follows: three in a row would say no more than one.
pub(super) fn spread(slots: &[Instant], zone: &Zone, most: usize) -> Vec<Instant> {
    let part = |at: Instant| {
        let local = zone.local(at);
        (local.date(), TimeOfDay::of_hour(local.hour()))
    };
    let mut picked: Vec<Instant> = Vec::with_capacity(most);
    for at in slots {
        if picked.len() == most {
            break;
        }
        if picked.last().is_none_or(|last| part(*last) != part(*at)) {
            picked.push(*at);
        }
    }
    picked
}

/// How many sessions a series can have, to choose from.
fn series_counts() -> Vec<Choice> {
    use rules::series::Count;
    (Count::LEAST..=Count::MOST).map(|n| Choice::new(n.to_string(), n.to_string(), "6")).collect()
}

/// " (11:15 in Stockholm)", where the coach's clock says something else.
pub(crate) fn there(t: &Texts, clock: &Clock, zone: &Zone, at: Instant) -> String {
    let (here, there) = (clock.zone.local(at), zone.local(at));
    if here == there {
        return String::new();
    }
    let theirs = clock.face.in_zone(zone);
    let time = if here.date() == there.date() {
        theirs.time(at)
    } else {
        format!("{}, {}", theirs.plain_date(at), theirs.time(at))
    };
    format!(" ({})", (t.coaches.there)(&time, &theirs.place()))
}

/// What the coach asks, with what was answered.
pub(super) fn questions(offering: &Offering, answers: &[(u32, String)]) -> Vec<AskedView> {
    let answer = |no| answers.iter().find(|(asked, _)| *asked == no).map(|(_, text)| text.clone());
    offering
        .questions
        .iter()
        .filter_map(|question| {
            Some(AskedView {
                field: answer_field(question.no)?,
                text: question.text.clone(),
                required: question.required,
                answer: answer(question.no).unwrap_or_default(),
            })
        })
        .collect()
}

/// The agreement as a form shows it.
pub(crate) fn agreement_view(agreement: &Agreement, accepted: bool) -> views::coaches::Agreement {
    views::coaches::Agreement { id: agreement.id.to_string(), text: paragraphs(&agreement.text), accepted }
}

/// "Free", "€ 95".
pub(super) fn price_words(t: &Texts, offering: &Offering, language: Language) -> String {
    if offering.is_paid() { money(offering.price, language) } else { t.coaches.free.to_owned() }
}

/// Offerings as links to `page`, which is their coach's.
pub(crate) fn ways<'a>(
    visitor: &Visitor,
    offerings: impl Iterator<Item = &'a Offering>,
    page: &str,
) -> Vec<Way> {
    let t = visitor.texts();
    let joint = if page.contains('?') { '&' } else { '?' };
    offerings
        .map(|offering| {
            let minutes = (t.coaches.minutes)(offering.policy.minutes.get());
            let price = price_words(t, offering, visitor.language);
            Way {
                label: format!("{}, {minutes}, {price}", offering.name),
                href: format!("{page}{joint}offering={}#times", offering.id),
            }
        })
        .collect()
}

/// "by video".
pub(crate) fn place_words(t: &Texts, place: PlaceKind) -> &'static str {
    match place {
        PlaceKind::Room => t.booking.place_room,
        PlaceKind::Phone => t.booking.place_phone,
        PlaceKind::Address => t.booking.place_address,
        PlaceKind::Link => t.booking.place_link,
    }
}

/// What holds for cancelling an offering, in a line.
pub(super) fn rule_words(t: &Texts, offering: &Offering, conditions: &Conditions) -> String {
    rule_of(t, offering.kind, offering.is_paid(), Some(&conditions.terms))
}

/// What holds for cancelling, in a line (rules F3, C3).
pub(crate) fn rule_of(t: &Texts, kind: SessionKind, is_paid: bool, terms: Option<&Terms>) -> String {
    let Some(terms) = terms else { return String::new() };
    let shares = [terms.kept.early.get(), terms.kept.between.get(), terms.kept.late.get()];
    match kind {
        SessionKind::Intro => t.booking.rule_intro.to_owned(),
        _ if !is_paid => t.booking.rule_unpaid.to_owned(),
        _ if shares == [0, 0, 0] => t.booking.rule_free.to_owned(),
        _ => {
            let bands = &terms.bands;
            (t.booking.rule)(bands.free_hours(), bands.late_hours(), shares[0], shares[1], shares[2])
        }
    }
}

/// A text by its paragraphs: what an empty line stands between.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The Monday of a date's week.
fn monday(date: Date) -> Date {
    later(date, -i32::from(date.weekday().since(JiffWeekday::Monday)))
}

/// So many days later; the date itself where the calendar ends.
fn later(date: Date, days: i32) -> Date {
    let span: Days = days.days();
    date.checked_add(span).unwrap_or(date)
}

/// Reads the page anew, for an answer to a form.
pub(super) async fn seen_again(
    app: &Reading,
    visitor: &Visitor,
    slug: &str,
    wanted: Wanted,
) -> Result<Seen, Failure> {
    let (slug, language, by) = (slug.to_owned(), visitor.language, visitor.actor());
    Ok(app.read(move |tx| read(tx, &slug, wanted, &by, language)).await?)
}
