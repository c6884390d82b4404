//! Coaches, as strangers find them: the directory, their pictures, and what search engines are told (rule C1). A coach's
//! own page is in [`picker`], booking there in [`bookings`] and [`series`].

pub mod bookings;
pub mod picker;
pub mod series;

use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect};
use model::coach::{self, Card, Profile, Search, directory};
use rules::money::{Currency, Money};
use rules::refusal::{Problem, Refusal};
use rules::time::Instant;
use serde::Deserialize;

use super::{Answer, page_refused, shell};
use crate::app::Reading;
use crate::forms::{Checks, KEY_FIELD, encode, number};
use crate::shell::{Choice, Dress, Face, FormErrors, Paging, Place, Shell};
use crate::time_of_day::TimeOfDay;
use crate::views::coaches::{CoachCard, DirectoryPage, NextFree};
use crate::visitor::Visitor;
use crate::words::{Clockface, money};
use picker::{Clock, spread, zone_line};

/// How many coaches one page of the directory shows.
const CARDS: u32 = 24;
/// The most coaches that search engines are told of at once.
const SITEMAP_MAX: usize = 40_000;
/// So many free starts of a coach are looked at to choose from them.
const STARTS: usize = 512;
/// So many free times stand on a card.
const NEXT: usize = 3;
/// The highest price that is asked for, in whole units of a currency.
const PRICE_MAX: i64 = 100_000_000;
/// The longest search, in characters.
const SEARCH_MAX_CHARS: usize = 200;

/// The query of the directory.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    speciality: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    price: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    choose: String,
    #[serde(default)]
    after: String,
}

impl Asked {
    /// What is looked for. A price without a currency is in the one that stands first in the form.
    fn search(&self, usual: Option<Currency>, checks: &mut Checks) -> Search {
        let text: String = self.q.trim().chars().take(SEARCH_MAX_CHARS).collect();
        Search {
            text,
            speciality: Some(self.speciality.trim().to_owned()).filter(|said| !said.is_empty()),
            language: checks
                .some("language", said(&self.language), |tag| tag.parse().map_err(|_| Problem::NotAChoice)),
            price_most: self.price_most(usual, checks),
            after: Some(self.after.clone()).filter(|said| !said.is_empty()),
        }
    }

    fn time(&self, checks: &mut Checks) -> Option<TimeOfDay> {
        checks.some("time", said(&self.time), |code| TimeOfDay::from_code(code).ok_or(Problem::NotAChoice))
    }

    fn price_most(&self, usual: Option<Currency>, checks: &mut Checks) -> Option<Money> {
        let price = said(self.price.trim())?;
        let currency = match said(&self.currency) {
            Some(code) => checks.take("price", code.parse().map_err(|_| Problem::NotAChoice))?,
            None => usual.unwrap_or(Currency::EUR),
        };
        let most = checks.take("price", number(price, 0, PRICE_MAX))?;
        Some(Money::new(most * 10_i64.pow(currency.digits().into()), currency))
    }

    fn is_narrowed(&self) -> bool {
        [&self.speciality, &self.language, &self.price, &self.time].iter().any(|said| !said.is_empty())
    }

    /// The filters as they stand in an address.
    fn kept(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("q", &self.q),
            ("speciality", &self.speciality),
            ("language", &self.language),
            ("price", &self.price),
            ("currency", if self.price.is_empty() { &self.price } else { &self.currency }),
            ("time", &self.time),
        ];
        all.into_iter()
            .filter(|(_, said)| !said.is_empty())
            .map(|(name, said)| (name, said.clone()))
            .collect()
    }

    fn address(&self, more: &[(&str, &str)]) -> String {
        let kept = self.kept();
        let zone = Some(("zone", self.zone.as_str())).filter(|(_, zone)| !zone.is_empty());
        let pairs =
            kept.iter().map(|(name, said)| (*name, said.as_str())).chain(zone).chain(more.iter().copied());
        let pairs: Vec<String> = pairs.map(|(name, said)| format!("{name}={}", encode(said))).collect();
        if pairs.is_empty() { "/coaches".to_owned() } else { format!("/coaches?{}", pairs.join("&")) }
    }
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// `GET /coaches`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let t = &visitor.texts().coaches;
    let now = app.now();
    let clock = Clock::of(&visitor, &asked.zone);
    let free = app.free();
    free.refresh().await?;
    let choices = free.choices();
    let mut checks = Checks::default();
    let search = asked.search(choices.currencies.first().copied(), &mut checks);
    let time = asked.time(&mut checks);
    let refusal = checks.done().err();
    let who = time.map(|time| free.who(&time.spans(&clock.zone, now)));
    let is_refused = refusal.is_some();
    let (mut cards, count) = app
        .read(move |tx| match &who {
            // Nobody fits what cannot be read.
            _ if is_refused => Ok((Vec::new(), 0)),
            Some(who) => Ok((
                directory::directory_among(tx, &search, who, CARDS + 1)?,
                directory::count_among(tx, &search, who)?,
            )),
            None => Ok((directory(tx, &search, CARDS + 1)?, directory::count(tx, &search)?)),
        })
        .await?;
    let is_more = cards.len() > CARDS as usize;
    cards.truncate(CARDS as usize);
    let older = cards.last().filter(|_| is_more);
    let older = older.map(|last| asked.address(&[("after", &last.profile.slug)]));
    let newer = (!asked.after.is_empty()).then(|| asked.address(&[]));
    let title = t.title;
    let any = |now: &str| Choice::new("", t.any, now);
    let mut zone = zone_line(&clock, now, asked.address(&[("choose", "zone")]), "/coaches", asked.kept());
    if asked.choose == "zone" {
        zone.choices = clock.choices();
    }
    let directory = DirectoryPage {
        shell: frame(&visitor, &app, title, Place::Coaches, Dress::Public, Some(&clock.face)),
        canonical: format!("{}/coaches", app.config().public_url.as_str()),
        description: (t.description)(&visitor.organisation.name),
        query: asked.q.clone(),
        specialities: std::iter::once(any(&asked.speciality))
            .chain(choices.specialities.iter().map(|name| Choice::new(name, name, &asked.speciality)))
            .collect(),
        languages: std::iter::once(any(&asked.language))
            .chain(choices.languages.iter().map(|one| Choice::new(one.tag(), one.name(), &asked.language)))
            .collect(),
        price: asked.price.clone(),
        currencies: choices
            .currencies
            .iter()
            .map(|one| Choice::new(one.code(), one.code(), &asked.currency))
            .collect(),
        times: std::iter::once(any(&asked.time))
            .chain(TimeOfDay::ALL.iter().map(|time| Choice::new(time.code(), time.name(t), &asked.time)))
            .collect(),
        is_search: asked.is_narrowed() || !asked.q.trim().is_empty(),
        is_narrowed: asked.is_narrowed(),
        count: (t.found)(usize::try_from(count).unwrap_or_default()),
        zone,
        cards: cards
            .iter()
            .map(|card| {
                let starts = free.next(card.profile.person, STARTS).into_iter();
                let then = |at: &Instant| time.is_none_or(|time| time.is_at(*at, &clock.zone));
                let next = spread(&starts.filter(then).collect::<Vec<_>>(), &clock.zone, NEXT);
                coach_card(&visitor, card, &next, &clock, &asked.zone, now)
            })
            .collect(),
        paging: Paging { newer, older },
        wrong: refusal.as_ref().map(|refusal| visitor.say(refusal)).unwrap_or_default(),
        errors: refusal.as_ref().map_or(FormErrors::NONE, |it| FormErrors::of_refusal(it, visitor.texts())),
    };
    match refusal {
        Some(refusal) => page_refused(&refusal, &directory),
        None => kept_briefly(&visitor, &directory),
    }
}

fn coach_card(
    visitor: &Visitor,
    card: &Card,
    next: &[Instant],
    clock: &Clock,
    zone: &str,
    now: Instant,
) -> CoachCard {
    let t = &visitor.texts().coaches;
    let profile = &card.profile;
    let zone_said = if zone.is_empty() { String::new() } else { format!("zone={}&", encode(zone)) };
    let address =
        |at: Instant| format!("/coaches/{}?{zone_said}at={}#details", profile.slug, encode(&at.to_string()));
    CoachCard {
        face: face_of(profile),
        href: coach_address(&profile.slug, zone),
        credentials: profile.credentials.clone(),
        headline: profile.headline.clone(),
        specialities: profile.specialities.iter().take(5).cloned().collect(),
        languages: profile.languages.iter().map(|one| one.name()).collect::<Vec<_>>().join(", "),
        price: card.price_from.map(|price| (t.from)(&money(price, visitor.language))).unwrap_or_default(),
        has_intro: card.has_intro,
        next: next.iter().map(|at| next_free(&clock.face, *at, now, address(*at))).collect(),
    }
}

fn coach_address(slug: &str, zone: &str) -> String {
    if zone.is_empty() {
        format!("/coaches/{slug}")
    } else {
        format!("/coaches/{slug}?zone={}", encode(zone))
    }
}

/// A free time with its day: "Tomorrow", "09:30".
pub(crate) fn next_free(face: &Clockface, at: Instant, now: Instant, href: String) -> NextFree {
    NextFree { day: face.near_day(at, now), time: face.time(at), href, chosen: false }
}

/// A coach as strangers see them. The picture of an unlisted one is for people who are signed in.
pub(crate) fn face_of(profile: &Profile) -> Face {
    let photo = profile.photo.as_ref().filter(|_| profile.listed).map(|photo| {
        let version = photo.rsplit('/').next().unwrap_or_default().get(..8).unwrap_or_default();
        format!("/coaches/{}/photo?v={version}", profile.slug)
    });
    Face::new(profile.name.clone(), photo)
}

/// The frame of a page that strangers see.
pub(crate) fn frame(
    visitor: &Visitor,
    app: &Reading,
    title: &str,
    place: Place,
    dress: Dress,
    clock: Option<&Clockface>,
) -> Shell {
    let shell = shell::of(visitor, app.mode(), app.now(), title, place);
    let mut shell = match clock {
        Some(clock) => shell.on(clock),
        None => shell.without_times(),
    };
    shell.dress = dress;
    if dress == Dress::Embedded {
        shell.notice = None;
    }
    shell
}

/// A page that looks the same to every stranger may be kept for a moment on the way to them. What a person sees who is
/// signed in is theirs alone, and so is a form: with one key for two strangers, what the second one sends would pass for
/// a repeat of the first (rule B5).
pub(super) fn kept_briefly(visitor: &Visitor, template: &impl Template) -> Answer {
    let html = template.render()?;
    let is_common = visitor.signed.is_none() && visitor.toast.is_none() && !html.contains(KEY_FIELD);
    let mut answer = Html(html).into_response();
    if is_common {
        let headers = answer.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=10"));
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    Ok(answer)
}

/// `GET` of an address that only forms are sent to: whoever looks there has left a form behind, and wants the coach.
pub async fn lead_back(State(app): State<Reading>, Path(slug): Path<String>) -> Answer {
    let profile = app.read(move |tx| coach::by_slug(tx, &slug)).await?;
    Ok(Redirect::to(&format!("/coaches/{}", profile.slug)).into_response())
}

/// `GET /coaches/{slug}/photo`: of those only whom the directory shows.
pub async fn photo(State(app): State<Reading>, Path(slug): Path<String>) -> Answer {
    let profile = app.read(move |tx| coach::by_slug(tx, &slug)).await?;
    let name = profile.photo.filter(|_| profile.listed).ok_or(Refusal::NotFound)?;
    let picture = app.files().get(&name).await?.ok_or(Refusal::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "image/webp"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    Ok((headers, picture).into_response())
}

/// `GET /sitemap.xml`: the directory, and the pages of those who are in it.
pub async fn sitemap(State(app): State<Reading>) -> Answer {
    let home = app.config().public_url.as_str().to_owned();
    let slugs = app.read(|tx| directory::slugs(tx, SITEMAP_MAX)).await?;
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let paths = std::iter::once(String::from("/coaches"))
        .chain(slugs.into_iter().map(|slug| format!("/coaches/{slug}")));
    for path in paths {
        writeln!(map, "<url><loc>{home}{path}</loc></url>").expect("writing to a String does not fail");
    }
    map.push_str("</urlset>\n");
    let headers = [
        (header::CONTENT_TYPE, "application/xml; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, map).into_response())
}
