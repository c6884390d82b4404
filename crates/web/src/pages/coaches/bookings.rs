//! Booking on a coach's page. Somebody who is signed in has booked with it; for a stranger the time is kept until the
//! button behind a mailed link is pressed (rule B7). Whatever does not fit, the same page comes again with all that was
//! typed, and other times where the one that was wanted is gone (rule A5).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::appointment;
use model::attempt;
use model::booking::{self, Note, Stranger, Wish};
use model::offering::{self, Offering};
use model::{coach, idempotency};
use rules::ids::{OfferingId, SessionId};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::SessionKind;
use rules::terms::{Conditions, Expected};
use rules::time::Instant;

use super::frame;
use super::picker::{ANSWERS, Asked, Clock, Shown, Typed, answer_field, rule_of, seen_again};
use crate::app::App;
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::limits;
use crate::network::Network;
use crate::pages::bookings::booked_of;
use crate::pages::{Answer, page, page_again, page_refused};
use crate::shell::{Dress, FormErrors, Place};
use crate::texts::Texts;
use crate::views::booking::{Booked, SentPage};
use crate::views::coaches::Trouble;
use crate::visitor::Visitor;
use crate::words::money;

/// So many other times are offered instead of one that is gone.
const INSTEAD: usize = 6;

/// `POST /coaches/{slug}/bookings`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    form: Form,
) -> Answer {
    let asked = Asked::of(&form.fields);
    let visitor = asked.visitor(visitor);
    let answer = match book(&app, &visitor, &slug, &asked, &form).await {
        Err(Failure::Refused(refusal)) => again(&app, &visitor, &slug, &asked, &form.fields, refusal).await,
        answer => answer,
    };
    asked.framed_all(answer)
}

async fn book(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    asked: &Asked,
    form: &Form,
) -> Result<Response, Failure> {
    let mut checks = Checks::default();
    let wish = wish(&form.fields, asked, &mut checks);
    if visitor.signed.is_some() {
        checks.done()?;
        return book_for_oneself(app, visitor, slug, wish.ok_or(Refusal::NotFound)?, form).await;
    }
    let name = checks.take("name", PersonName::parse(form.fields.get("name")));
    let mail = checks.take("mail", MailAddress::parse(form.fields.get("mail")));
    checks.done()?;
    let (Some(wish), Some(name), Some(mail)) = (wish, name, mail) else {
        return Err(Refusal::NotFound.into());
    };
    let clock = Clock::of(visitor, &asked.zone);
    let stranger = Stranger {
        name,
        mail,
        zone: clock.zone,
        zone_known: !clock.is_guess,
        language: visitor.language,
        embedded: asked.is_embedded(),
        network: Network::around(visitor.network).to_string(),
    };
    hold(app, visitor, slug, asked, form, wish, stranger).await
}

/// The hidden field with what was shown.
pub(crate) const SHOWN: &str = "shown";

/// What was shown when the form was filled in, which it carries along; none if it is not one of ours.
pub(crate) fn shown(fields: &Fields) -> Option<Conditions> {
    fields.get(SHOWN).parse().ok()
}

/// What has changed since a form was shown: how long it takes and what it costs, then and now, and what holds now.
pub(crate) fn changed(t: &Texts, before: Option<Conditions>, now: &Conditions) -> String {
    let line = |it: &Conditions| {
        let price = if it.price.is_zero() { t.coaches.free.to_owned() } else { money(it.price, t.language) };
        format!("{}, {price}", (t.coaches.minutes)(it.minutes.get()))
    };
    let (then, line) = (before.map(|it| line(&it)), line(now));
    let said = match then.filter(|then| *then != line) {
        Some(then) => (t.booking.changed_from)(&then, &line),
        None => (t.booking.changed_to)(&line),
    };
    format!("{said} {}", rule_of(t, SessionKind::OneToOne, !now.price.is_zero(), Some(&now.terms)))
}

/// What is wished, as the form says it. None where the form is not one of ours.
pub(super) fn wish(fields: &Fields, asked: &Asked, checks: &mut Checks) -> Option<Wish> {
    let note = checks.take("note", Note::parse(fields.get("note")));
    let answers = (1..).zip(ANSWERS).filter_map(|(no, field)| {
        let text = checks.take(field, booking::Answer::parse(fields.get(field)))?;
        (!text.as_str().is_empty()).then_some((no, text))
    });
    let answers = answers.collect();
    let agrees = fields.get("agree") == "1";
    Some(Wish {
        offering: asked.offering()?,
        starts_at: asked.at()?,
        note: note.unwrap_or_default(),
        answers,
        accepts: fields.get("agreement").parse().ok().filter(|_| agrees),
        overlap_known: fields.get("anyway") == "1",
        expects: shown(fields).map(Expected::from).unwrap_or_default(),
    })
}

/// The offering is one of the coach whose page this is.
fn belongs(tx: &mut model::Tx, slug: &str, id: OfferingId) -> model::Result<Offering> {
    let profile = coach::by_slug(tx, slug)?;
    let offering = offering::get(tx, id)?;
    if offering.coach == profile.person { Ok(offering) } else { Err(Refusal::NotFound.into()) }
}

async fn book_for_oneself(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    wish: Wish,
    form: &Form,
) -> Result<Response, Failure> {
    let (by, key, slug) = (visitor.actor(), form.key.clone(), slug.to_owned());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                belongs(tx, &slug, wish.offering)?;
                let session = booking::book(tx, &by, &wish)?;
                Ok(lead_to(&format!("/sessions/{session}/booked"), ""))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// Keeps the time, and sends to the mailbox. A known address and an unknown one get the same answer (rule P4).
async fn hold(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    asked: &Asked,
    form: &Form,
    wish: Wish,
    stranger: Stranger,
) -> Result<Response, Failure> {
    let buckets = limits::mail(app, visitor, &stranger.mail);
    let (key, word) = (form.key.clone(), slug.to_owned());
    let kept = app
        .write(move |tx| {
            // What sends no mail does not count: a repeat is not carried out, and the write of a refusal is undone.
            idempotency::once(tx, key.as_ref(), |tx| {
                limits::hold(attempt::count_all(tx, &buckets)?)?;
                belongs(tx, &word, wish.offering)?;
                let held = booking::hold(tx, &stranger, &wish)?;
                let body = format!("{} {}", held.session, held.until.millis());
                Ok(idempotency::Answer { status: 200, body })
            })
        })
        .await?;
    let parts =
        kept.body.split_once(' ').and_then(|(id, until)| Some((id.parse().ok()?, until.parse().ok()?)));
    let (session, until): (SessionId, i64) =
        parts.ok_or_else(|| Failure::wrong("the answer to a hold cannot be read"))?;
    let word = slug.to_owned();
    let (one, profile) = app
        .read(move |tx| {
            let one = appointment::find(tx, session)?.ok_or(Refusal::HoldExpired)?;
            Ok((one, coach::by_slug(tx, &word)?))
        })
        .await?;
    let clock = Clock::of(visitor, &asked.zone);
    let dress = if asked.is_embedded() { Dress::Embedded } else { Dress::Public };
    let title = visitor.texts().booking.sent_title;
    let sent = page(&SentPage {
        shell: frame(visitor, &app.reading(), title, Place::Coaches, dress, Some(&clock.face)),
        mail: form.fields.get("mail").to_owned(),
        // Nobody is known to have this address before the press: number, house and link are for who has pressed (rule C5).
        what: Booked { place_detail: String::new(), ..booked_of(visitor, &clock, &one, &profile) },
        until: clock.face.time(Instant::from_millis(until)),
        back: back(slug, &asked.zone, asked.is_embedded()),
    })?;
    Ok(asked.framed(sent))
}

/// The coach's page again.
pub(crate) fn back(slug: &str, zone: &str, embedded: bool) -> String {
    let zone = (!zone.is_empty()).then(|| format!("zone={}", crate::forms::encode(zone)));
    let embed = embedded.then(|| "embed=1".to_owned());
    let pairs: Vec<String> = zone.into_iter().chain(embed).collect();
    if pairs.is_empty() { format!("/coaches/{slug}") } else { format!("/coaches/{slug}?{}", pairs.join("&")) }
}

/// The same page with everything that was typed, and what is wrong.
async fn again(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    asked: &Asked,
    fields: &Fields,
    refusal: Refusal,
) -> Answer {
    if refusal == Refusal::NotFound {
        return Err(refusal.into());
    }
    let reading = app.reading();
    let seen = seen_again(&reading, visitor, slug, asked.wanted()).await?;
    let shown = Shown::new(&reading, visitor, asked, &seen);
    // Whatever else speaks against it: the page shows another offering, which no press may book unasked.
    let refusal = if shown.wants_used_intro() { Refusal::IntroUsed } else { refusal };
    let t = visitor.texts();
    let mut typed = Typed::of(fields);
    // What was shown stays what was shown until a change of it has been said.
    typed.shown = typed.shown.filter(|_| !matches!(refusal, Refusal::TermsChanged { .. }));
    match &refusal {
        Refusal::Invalid { fields: wrong } if wrong.iter().any(|wrong| wrong.field == "answers") => {
            let open = seen.chosen.as_ref().map(|chosen| open_questions(&chosen.offering, fields, t));
            typed.errors = open.unwrap_or_default();
        }
        Refusal::Invalid { .. } => typed.errors = FormErrors::of_refusal(&refusal, t),
        Refusal::AgreementNeeded => {
            typed.errors = FormErrors::from_iter([("agree", visitor.say(&refusal))]);
        }
        Refusal::TermsChanged { now } => {
            typed.trouble = Some(Trouble {
                heading: t.booking.changed_heading.to_owned(),
                words: changed(t, self::shown(fields), now),
                advice: t.booking.changed_choose.to_owned(),
                ..Trouble::default()
            });
        }
        refusal => typed.trouble = Some(trouble(app, visitor, asked, &shown, refusal).await?),
    }
    let again = shown.page(typed);
    if again.details.is_none() {
        // Not a form of ours: no offering, no time.
        return Err(refusal.into());
    }
    match refusal {
        Refusal::Invalid { .. } | Refusal::AgreementNeeded => {
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        refusal => page_refused(&refusal, &again),
    }
    .map(|answer| asked.framed(answer))
}

/// Each question that must be answered and is not.
pub(super) fn open_questions(offering: &Offering, fields: &Fields, t: &Texts) -> FormErrors {
    let open = offering.questions.iter().filter(|question| question.required).filter_map(|question| {
        let field = answer_field(question.no)?;
        fields.get(field).is_empty().then_some((field, t.problems.say(&Problem::Missing)))
    });
    open.collect()
}

async fn trouble(
    app: &App,
    visitor: &Visitor,
    asked: &Asked,
    shown: &Shown<'_>,
    refusal: &Refusal,
) -> Result<Trouble, Failure> {
    let t = visitor.texts();
    let clock = Clock::of(visitor, &asked.zone);
    let words = say(t, &clock, refusal);
    if let Refusal::Overlap { .. } = refusal {
        return Ok(Trouble {
            heading: t.booking.overlap_heading.to_owned(),
            words,
            advice: t.booking.overlap_choose.to_owned(),
            instead: Vec::new(),
            ways: Vec::new(),
            anyway: true,
        });
    }
    if let Refusal::IntroUsed | Refusal::NotOffered = refusal {
        let ways = shown.ways();
        let advice = if ways.is_empty() { "" } else { t.booking.intro_instead };
        return Ok(Trouble {
            heading: String::new(),
            words,
            advice: advice.to_owned(),
            instead: Vec::new(),
            ways,
            anyway: false,
        });
    }
    let wanted = asked.offering().zip(asked.at()).filter(|_| refusal.is_about_the_time());
    let instead = match wanted {
        Some((offering, at)) => app.read(move |tx| booking::alternatives(tx, offering, at, INSTEAD)).await?,
        None => Vec::new(),
    };
    let advice = match (wanted, instead.as_slice()) {
        (None, _) => "",
        (Some(_), []) => t.coaches.taken_none,
        (Some(_), _) => t.coaches.taken_choose,
    };
    Ok(Trouble {
        heading: match refusal {
            Refusal::Taken { .. } | Refusal::DayFull { .. } => t.coaches.taken_heading.to_owned(),
            _ => String::new(),
        },
        words,
        advice: advice.to_owned(),
        instead: shown.instead(&instead),
        ways: Vec::new(),
        anyway: false,
    })
}

/// A refusal in words. Of another session at that time the heading has said already that there is one.
pub(crate) fn say(t: &Texts, clock: &Clock, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Overlap { start } => (t.booking.overlap)(&clock.face.long(*start)),
        refusal => t.refusals.say(refusal, |at| clock.face.long(at)),
    }
}
