//! A coach's own practice: how far it is set up, what clients see of it, and whether the directory shows it.
//! Its three parts are in files of their own: [`profile`], [`offerings`], [`hours`].

pub mod hours;
pub mod offerings;
pub mod profile;

use axum::extract::{Query, State};
use jiff::SignedDuration;
use model::coach::{self, Lack, Profile};
use model::offering::{self, Offering};
use model::{Tx, availability, booking, idempotency};
use rules::availability::Week;
use rules::ids::{OfferingId, PersonId};
use rules::refusal::Refusal;
use rules::session::SessionKind;
use rules::time::{Instant, Span};
use serde::Deserialize;

use super::{Answer, page, page_refused, shell};
use crate::app::{App, Reading};
use crate::config::Config;
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::shell::{Place, Shell};
use crate::texts::Texts;
use crate::views::practice::{
    Missing, Path, PathStep, PracticePage, Preview, PreviewOffering, PreviewSlot, SharePage, Step,
};
use crate::visitor::Visitor;
use crate::words::{Clockface, money};

/// How far ahead the preview looks for free times, in days.
const PREVIEW_DAYS: i64 = 14;
/// So many free times it shows.
const PREVIEW_SLOTS: usize = 6;
/// And so many of one day.
const PREVIEW_SLOTS_A_DAY: usize = 2;

/// A practice, as each of its pages begins.
pub(super) struct Practice {
    profile: Profile,
    offerings: Vec<Offering>,
    week: Week,
    lacks: Vec<Lack>,
}

impl Practice {
    pub(super) fn read(tx: &mut Tx, coach: PersonId) -> model::Result<Practice> {
        Ok(Practice {
            profile: coach::profile_of(tx, coach)?,
            offerings: offering::of_coach(tx, coach)?,
            week: availability::week(tx, coach, None)?.unwrap_or_default(),
            lacks: coach::lacks(tx, coach)?,
        })
    }

    /// How far it is set up: words about the coach, something to book besides an intro, hours, a place in the directory.
    pub(super) fn path(&self, current: Option<Step>, t: &'static Texts) -> Path {
        let p = &t.practice;
        let active = self.offerings.iter().filter(|offering| offering.active).count();
        let has_session =
            self.offerings.iter().any(|offering| offering.active && offering.kind == SessionKind::OneToOne);
        let has_hours = self.week.0.iter().any(|day| !day.is_empty());
        let line = |done, said: String, empty: &str| if done { said } else { empty.to_owned() };
        let headline = self.profile.headline.clone();
        let is_introduced = !self.lacks.contains(&Lack::Headline) && !self.lacks.contains(&Lack::About);
        let listed = self.profile.listed;
        let steps = [
            (Step::Profile, p.profile, is_introduced, line(is_introduced, headline, p.profile_empty)),
            (Step::Offerings, p.offerings, has_session, (p.offerings_count)(active, self.offerings.len())),
            (
                Step::Hours,
                p.hours,
                has_hours,
                line(has_hours, hours::week_in_words(&self.week, t), p.hours_empty),
            ),
            (Step::Share, p.share, listed, line(listed, p.share_done.to_owned(), p.share_empty)),
        ];
        let steps = steps.into_iter().map(|(step, label, done, line)| PathStep {
            step,
            label,
            line,
            done,
            current: current == Some(step),
        });
        Path { steps: steps.collect(), listed }
    }

    /// What it lacks before it can be listed, each with the place to write it; empty if it can.
    fn missing(&self, t: &Texts) -> Vec<Missing> {
        let p = &t.practice;
        let link = |lack: &Lack| match lack {
            Lack::Headline => Missing { label: p.lacks_headline, href: "/practice/profile#headline" },
            Lack::About => Missing { label: p.lacks_about, href: "/practice/profile#about" },
            Lack::Offering => Missing { label: p.lacks_offering, href: "/practice/offerings" },
            Lack::Hours => Missing { label: p.lacks_hours, href: "/practice/hours" },
        };
        self.lacks.iter().map(link).collect()
    }
}

fn frame(app: &Reading, visitor: &Visitor, title: &str) -> Shell {
    shell::of(visitor, app.mode(), app.now(), title, Place::Practice)
}

/// "60 minutes by video".
fn length_and_place(offering: &Offering, t: &Texts) -> String {
    (t.meeting.length)(offering.policy.minutes.get(), t.meeting.place(offering.place.kind))
}

/// "€ 120", "Free".
pub(super) fn price(offering: &Offering, t: &Texts) -> String {
    if offering.is_paid() { money(offering.price, t.language) } else { t.practice.free.to_owned() }
}

/// The query of the overview.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    offering: String,
}

/// `GET /practice`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let me = visitor.person()?.clone();
    let (id, wanted) = (me.id, asked.offering.parse::<OfferingId>().ok());
    let (practice, shown, slots) = app
        .read(move |tx| {
            let practice = Practice::read(tx, id)?;
            let mut active = practice.offerings.iter().filter(|offering| offering.active);
            let first = active.clone().next();
            let shown =
                active.find(|offering| Some(offering.id) == wanted).or(first).map(|offering| offering.id);
            let slots = match shown {
                Some(offering) => next_slots(tx, offering)?,
                None => Vec::new(),
            };
            Ok((practice, shown, slots))
        })
        .await?;
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    let offerings =
        practice.offerings.iter().filter(|offering| offering.active).map(|offering| PreviewOffering {
            title: (t.practice.preview_as)(&offering.name, offering.policy.minutes.get()),
            price: price(offering, t),
            href: format!("/practice?offering={}", offering.id),
            chosen: Some(offering.id) == shown,
        });
    let slot = |at: &Instant| PreviewSlot { day: clockface.short_date(*at, now), time: clockface.time(*at) };
    page(&PracticePage {
        shell: frame(&app, &visitor, t.practice.title),
        path: practice.path(None, t),
        missing: practice.missing(t),
        preview: Preview {
            face: shell::face(&me),
            headline: practice.profile.headline.clone(),
            href: format!("/coaches/{}", practice.profile.slug),
            offerings: offerings.collect(),
            slots: spread(&slots, &clockface).iter().map(slot).collect(),
            place: clockface.place(),
        },
    })
}

/// The first few of each day, so that more than one day is seen.
fn spread(slots: &[Instant], clockface: &Clockface) -> Vec<Instant> {
    let mut spread: Vec<Instant> = Vec::with_capacity(PREVIEW_SLOTS);
    for slot in slots {
        let day = clockface.day(*slot);
        let same_day = spread.iter().filter(|shown| clockface.day(**shown) == day).count();
        if same_day < PREVIEW_SLOTS_A_DAY {
            spread.push(*slot);
        }
        if spread.len() == PREVIEW_SLOTS {
            break;
        }
    }
    spread
}

fn next_slots(tx: &mut Tx, offering: OfferingId) -> model::Result<Vec<Instant>> {
    let within = Span::of(tx.now(), SignedDuration::from_hours(24 * PREVIEW_DAYS));
    booking::slots(tx, offering, within)
}

/// `GET /practice/share`
pub async fn share(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&share_page(&app, &visitor).await?)
}

async fn share_page(app: &Reading, visitor: &Visitor) -> Result<SharePage, Failure> {
    let me = visitor.person()?.id;
    let practice = app.read(move |tx| Practice::read(tx, me)).await?;
    let t = visitor.texts();
    let profile = &practice.profile;
    let href = format!("/coaches/{}", profile.slug);
    let link = public_address(app.config(), &href);
    let has_intro =
        practice.offerings.iter().any(|offering| offering.active && offering.kind == SessionKind::Intro);
    Ok(SharePage {
        shell: frame(app, visitor, t.practice.share),
        path: practice.path(Some(Step::Share), t),
        missing: practice.missing(t),
        embed: embed(app.config(), &profile.slug, &link, t),
        words: (t.practice.words)(&profile.name, &profile.headline, &link, has_intro),
        href,
        link,
    })
}

fn public_address(config: &Config, path: &str) -> String {
    format!("{}{path}", config.public_url.as_str().trim_end_matches('/'))
}

/// `POST /practice/listing`: into the directory. What is missing for that stands on the page that comes back.
pub async fn list(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match set_listed(&app, &visitor, form, "practice_listed", coach::list).await {
        Err(Failure::Refused(refusal @ (Refusal::Invalid { .. } | Refusal::NothingToBook))) => {
            page_refused(&refusal, &share_page(&app.reading(), &visitor).await?)
        }
        answer => answer,
    }
}

/// `POST /practice/listing/removal`: out of it.
pub async fn unlist(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    set_listed(&app, &visitor, form, "practice_unlisted", coach::unlist).await
}

async fn set_listed(
    app: &App,
    visitor: &Visitor,
    form: Form,
    toast: &'static str,
    verb: fn(&mut Tx, &model::event::Actor) -> model::Result<Profile>,
) -> Answer {
    let by = visitor.actor();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                verb(tx, &by)?;
                Ok(lead_to("/practice", toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// What is only the coach's own to look at: of another coach's there is none (rule P4).
fn own(offering: Offering, me: PersonId) -> Result<Offering, Failure> {
    if offering.coach == me && offering.retired_at.is_none() {
        Ok(offering)
    } else {
        Err(Refusal::NotFound.into())
    }
}

/// What a site pastes: a script that sets the frame, and a link for those who run none.
fn embed(config: &Config, slug: &str, link: &str, t: &Texts) -> String {
    let script = public_address(config, "/embed.js");
    format!(
        "<script src=\"{script}\" data-coach=\"{slug}\" async></script>\n<noscript><a href=\"{link}\">{}</a></noscript>",
        t.practice.embed_link
    )
}
