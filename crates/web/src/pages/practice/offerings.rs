//! What can be booked with a coach: the list, and every field of one (rules C2, C5).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::SignedDuration;
use model::event::Actor;
use model::offering::{self, About, Draft, Name, Offering, PlaceDetail, QuestionText};
use model::{Tx, idempotency};
use rules::ids::OfferingId;
use rules::money::{Currency, Money, Percent};
use rules::offering::{Buffer, Grid, Policy};
use rules::refusal::{Problem, Refusal};
use rules::session::{Minutes, PlaceKind, SessionKind};
use rules::terms::{Bands, Shares, Terms};

use super::{Practice, frame, length_and_place, own, price};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led, number};
use crate::pages::{Answer, page, page_again};
use crate::shell::{Choice, FormErrors};
use crate::texts::Texts;
use crate::views::practice::{
    OfferingForm, OfferingLine, OfferingPage, OfferingsPage, QuestionField, Step, currencies,
};
use crate::visitor::Visitor;

/// How far apart starts may be, to choose from, in minutes.
const GRIDS: [i64; 6] = [5, 10, 15, 20, 30, 60];
/// The length that a new offering begins with.
const NEW_MINUTES: i64 = 60;
/// No price has more digits than this.
const PRICE_DIGITS_MAX: usize = 12;

/// `GET /practice/offerings`
pub async fn index(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let me = visitor.person()?.id;
    let practice = app.read(move |tx| Practice::read(tx, me)).await?;
    let t = visitor.texts();
    let line = |offering: &Offering| OfferingLine {
        href: format!("/practice/offerings/{}", offering.id),
        name: offering.name.clone(),
        line: length_and_place(offering, t),
        price: if is_unpriced(offering) { t.practice.price_none.to_owned() } else { price(offering, t) },
        is_unpriced: is_unpriced(offering),
        active: offering.active,
    };
    page(&OfferingsPage {
        shell: frame(&app, &visitor, t.practice.offerings),
        path: practice.path(Some(Step::Offerings), t),
        offerings: practice.offerings.iter().map(line).collect(),
    })
}

/// `GET /practice/offerings/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&form_page(&app, &visitor, None, None, FormErrors::NONE).await?)
}

/// `GET /practice/offerings/{offering}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&form_page(&app, &visitor, Some(id_of(&id)?), None, FormErrors::NONE).await?)
}

fn id_of(path: &str) -> Result<OfferingId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

/// The form of an offering as it is stored, of a new one, or as it was typed.
async fn form_page(
    app: &Reading,
    visitor: &Visitor,
    id: Option<OfferingId>,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Result<OfferingPage, Failure> {
    let me = visitor.person()?.id;
    let (stored, others) = app
        .read(move |tx| Ok((id.map(|id| offering::get(tx, id)).transpose()?, offering::of_coach(tx, me)?)))
        .await?;
    let stored = stored.map(|stored| own(stored, me)).transpose()?;
    let t = visitor.texts();
    let organisation = &visitor.organisation;
    let bands = Bands::new(organisation.late_hours, organisation.free_hours).unwrap_or(Bands::DEFAULT);
    let currency = others.last().map_or(Currency::EUR, |other| other.price.currency);
    let mut form = match (typed, &stored) {
        (Some(typed), stored) => as_typed(typed, stored.as_ref().map(|stored| stored.kind), t),
        (None, Some(stored)) => as_stored(stored, t),
        (None, None) => as_new(currency, t),
    };
    form.bands = [
        (t.practice.terms_early)(bands.free_hours().into()),
        (t.practice.terms_between)(bands.late_hours().into(), bands.free_hours().into()),
        (t.practice.terms_late)(bands.late_hours().into()),
    ];
    let base = id.map(|id| format!("/practice/offerings/{id}"));
    Ok(OfferingPage {
        shell: frame(app, visitor, t.practice.offerings),
        heading: stored.map_or_else(|| t.practice.new_offering.to_owned(), |stored| stored.name),
        action: base.clone().unwrap_or_else(|| "/practice/offerings".to_owned()),
        hours: id.map(|id| format!("/practice/hours?offering={id}")),
        base,
        form,
        errors,
    })
}

fn as_new(currency: Currency, t: &Texts) -> OfferingForm {
    let policy = Policy::usual(Minutes::new(NEW_MINUTES).expect("an hour is a length"));
    let form = OfferingForm {
        kind: SessionKind::OneToOne.code().to_owned(),
        active: true,
        currencies: currencies(currency.code()),
        place: PlaceKind::Room.code().to_owned(),
        ..OfferingForm::default()
    };
    with_questions(with_policy(form, &policy, Terms::DEFAULT.kept, t), Vec::new(), t)
}

fn as_stored(stored: &Offering, t: &Texts) -> OfferingForm {
    let form = OfferingForm {
        kind: stored.kind.code().to_owned(),
        name: stored.name.clone(),
        about: stored.about.clone(),
        // Whoever comes to set its price wants it booked: it is on, unless they say otherwise.
        active: stored.active || is_unpriced(stored),
        // Nobody has set it yet.
        price: if is_unpriced(stored) { String::new() } else { plain_amount(stored.price) },
        currencies: currencies(stored.price.currency.code()),
        place: stored.place.kind.code().to_owned(),
        place_detail: stored.place.detail.clone(),
        ..OfferingForm::default()
    };
    let questions = stored.questions.iter().map(|asked| (asked.text.clone(), asked.required)).collect();
    with_questions(with_policy(form, &stored.policy, stored.kept, t), questions, t)
}

/// Whether nobody has said yet what it costs: what is free of charge on purpose is on.
fn is_unpriced(stored: &Offering) -> bool {
    Draft { active: true, ..Draft::of(stored) }.is_priced().is_err() && !stored.active
}

fn with_policy(form: OfferingForm, policy: &Policy, kept: Shares, t: &Texts) -> OfferingForm {
    OfferingForm {
        minutes: policy.minutes.get().to_string(),
        before: policy.before.get().to_string(),
        after: policy.after.get().to_string(),
        notice: policy.notice.as_hours().to_string(),
        window_days: policy.window_days.to_string(),
        daily_cap: policy.daily_cap.map(|cap| cap.to_string()).unwrap_or_default(),
        grids: grids(&policy.grid.get().to_string(), t),
        keep_early: kept.early.get().to_string(),
        keep_between: kept.between.get().to_string(),
        keep_late: kept.late.get().to_string(),
        ..form
    }
}

fn with_questions(form: OfferingForm, asked: Vec<(String, bool)>, t: &Texts) -> OfferingForm {
    let blank = (asked.len() < offering::QUESTIONS_MAX).then(|| (String::new(), false));
    let questions = asked.into_iter().chain(blank).zip(1..).map(|((text, required), number)| QuestionField {
        text,
        required,
        label: (t.practice.question_label)(number),
    });
    OfferingForm { questions: questions.collect(), ..form }
}

fn as_typed(typed: &Fields, kind: Option<SessionKind>, t: &Texts) -> OfferingForm {
    let text = |name: &str| typed.get(name).to_owned();
    let form = OfferingForm {
        kind: kind.map_or_else(|| text("kind"), |kind| kind.code().to_owned()),
        name: text("name"),
        about: text("about"),
        minutes: text("minutes"),
        active: !typed.get("active").is_empty(),
        price: text("price"),
        currencies: currencies(typed.get("currency")),
        place: text("place"),
        place_detail: text("place_detail"),
        before: text("before"),
        after: text("after"),
        notice: text("notice"),
        window_days: text("window_days"),
        daily_cap: text("daily_cap"),
        grids: grids(typed.get("grid"), t),
        keep_early: text("keep_early"),
        keep_between: text("keep_between"),
        keep_late: text("keep_late"),
        bands: <[String; 3]>::default(),
        questions: Vec::new(),
    };
    with_questions(form, questions_of(typed), t)
}

fn grids(now: &str, t: &Texts) -> Vec<Choice> {
    GRIDS.iter().map(|minutes| Choice::new(minutes.to_string(), (t.practice.every)(*minutes), now)).collect()
}

/// What is asked, what was emptied left out; a tick names the place of its question in the form.
fn questions_of(typed: &Fields) -> Vec<(String, bool)> {
    let required: Vec<&str> = typed.all("question_required").collect();
    let asked = typed.all("question").zip(0_usize..);
    asked
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, place)| (text.to_owned(), required.contains(&place.to_string().as_str())))
        .collect()
}

/// An amount as it is typed: `95`, `95.50`.
fn plain_amount(money: Money) -> String {
    let text = money.to_string();
    let number = text.split(' ').next().unwrap_or_default();
    number.strip_suffix(".00").unwrap_or(number).to_owned()
}

/// An amount with a point or a comma, in the digits of its currency.
pub(in crate::pages) fn amount(typed: &str, currency: Currency) -> Result<Money, Problem> {
    let (whole, part) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let digits = usize::from(currency.digits());
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = whole.len() <= PRICE_DIGITS_MAX && part.len() <= digits && !whole.is_empty();
    if !fits || !is_number(whole) || !is_number(part) {
        return Err(if typed.is_empty() {
            Problem::Missing
        } else {
            Problem::NotAnAmount { digits: digits as u32 }
        });
    }
    let minor = format!("{whole}{part:0<digits$}")
        .parse()
        .map_err(|_| Problem::NotAnAmount { digits: digits as u32 })?;
    Ok(Money::new(minor, currency))
}

/// A number of minutes in steps of five.
fn in_fives<T>(typed: &str, most: u16, make: fn(i64) -> Option<T>) -> Result<T, Problem> {
    let minutes = number(typed, 0, most.into())?;
    make(minutes).ok_or(if minutes % 5 == 0 {
        Problem::OutOfRange { least: 5, most: most.into() }
    } else {
        Problem::NotInSteps { step: 5 }
    })
}

/// The draft that a form describes, or everything that is wrong with it.
fn draft(typed: &Fields, kind: Option<SessionKind>) -> Result<Draft, Failure> {
    let mut checks = Checks::default();
    let kind = match kind {
        Some(kind) => Some(kind),
        None => checks.take("kind", SessionKind::from_code(typed.get("kind")).ok_or(Problem::NotAChoice)),
    };
    let is_intro = kind == Some(SessionKind::Intro);
    let name = checks.take("name", Name::parse_some(typed.get("name")));
    let about = checks.take("about", About::parse(typed.get("about")));
    let minutes = checks.take("minutes", in_fives(typed.get("minutes"), Minutes::MOST, Minutes::new));
    let currency = typed.get("currency").parse().map_err(|_| Problem::NotAChoice);
    let price = if is_intro {
        // Always free (rule C3).
        Some(Money::zero(currency.unwrap_or(Currency::EUR)))
    } else {
        let currency = checks.take("currency", currency);
        // What is off may wait for its price.
        let is_waiting = typed.get("active").is_empty() && typed.get("price").is_empty();
        let typed = if is_waiting { "0" } else { typed.get("price") };
        currency.and_then(|currency| checks.take("price", amount(typed, currency)))
    };
    let place = checks.take("place", PlaceKind::from_code(typed.get("place")).ok_or(Problem::NotAChoice));
    let place_detail = checks.take("place_detail", PlaceDetail::parse(typed.get("place_detail")));
    let notice = checks.take("notice", number(typed.get("notice"), 0, Policy::NOTICE_MAX.as_hours()));
    let window = number(typed.get("window_days"), 1, Policy::WINDOW_DAYS_MAX.into());
    let window_days = checks.take("window_days", window);
    let before = checks.take("before", in_fives(typed.get("before"), Buffer::MOST, Buffer::new));
    let after = checks.take("after", in_fives(typed.get("after"), Buffer::MOST, Buffer::new));
    let daily_cap = match typed.get("daily_cap") {
        "" => Some(None),
        cap => checks.take("daily_cap", number(cap, 1, offering::DAILY_CAP_MAX.into())).map(Some),
    };
    let grid = checks.take("grid", in_fives(typed.get("grid"), Grid::MOST, Grid::new));
    let mut share = |name: &'static str, usual: Percent| {
        if is_intro {
            return Some(usual);
        }
        let percent = number(typed.get(name), 0, 100)
            .ok()
            .and_then(|percent| Percent::new(u8::try_from(percent).ok()?));
        checks.take(name, percent.ok_or(Problem::OutOfRange { least: 0, most: 100 }))
    };
    let usual = Terms::DEFAULT.kept;
    let early = share("keep_early", usual.early);
    let between = share("keep_between", usual.between);
    let late = share("keep_late", usual.late);
    let questions = questions_of(typed)
        .into_iter()
        .map(|(text, required)| Ok((QuestionText::parse_some(&text)?, required)))
        .collect::<Result<Vec<_>, Problem>>();
    let questions = checks.take("questions", questions);
    checks.done()?;
    let made = || {
        Some(Draft {
            kind: kind?,
            name: name?,
            about: about?,
            policy: Policy {
                minutes: minutes?,
                before: before?,
                after: after?,
                notice: SignedDuration::from_hours(notice?),
                window_days: u32::try_from(window_days?).ok()?,
                daily_cap: match daily_cap? {
                    Some(cap) => Some(u32::try_from(cap).ok()?),
                    None => None,
                },
                grid: grid?,
            },
            price: price?,
            place: place?,
            place_detail: place_detail?,
            kept: Shares { early: early?, between: between?, late: late? },
            active: !typed.get("active").is_empty(),
            questions: questions?,
        })
    };
    made().ok_or_else(|| Failure::wrong("a field of an offering is missing although nothing was noted"))
}

/// `POST /practice/offerings`
pub async fn create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let me = visitor.person()?.id;
    let by = visitor.actor();
    save(&app, &visitor, &form, None, None, move |tx, draft| {
        offering::create(tx, &by, me, draft)?;
        Ok(lead_to("/practice/offerings", "offering_added"))
    })
    .await
}

/// `POST /practice/offerings/{offering}`
pub async fn update(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let (id, me) = (id_of(&id)?, visitor.person()?.id);
    let kind = own(app.read(move |tx| offering::get(tx, id)).await?, me)?.kind;
    let by = visitor.actor();
    save(&app, &visitor, &form, Some(id), Some(kind), move |tx, draft| {
        offering::change(tx, &by, id, draft)?;
        Ok(lead_to("/practice/offerings", "offering_saved"))
    })
    .await
}

async fn save(
    app: &App,
    visitor: &Visitor,
    form: &Form,
    id: Option<OfferingId>,
    kind: Option<SessionKind>,
    verb: impl Fn(&mut Tx, &Draft) -> model::Result<idempotency::Answer> + Send + 'static,
) -> Answer {
    let outcome = match draft(&form.fields, kind) {
        Ok(draft) => {
            let key = form.key.clone();
            app.write(move |tx| idempotency::once(tx, key.as_ref(), |tx| verb(tx, &draft)))
                .await
                .map_err(Failure::from)
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(answer) => Ok(led(app, &answer)),
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = errors_of(&refusal, visitor.texts());
            let again = form_page(&app.reading(), visitor, id, Some(&form.fields), errors).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(failure) => Err(failure),
    }
}

/// What is wrong with the fields. A price that is missing is told with what it may be.
fn errors_of(refusal: &Refusal, t: &Texts) -> FormErrors {
    let Refusal::Invalid { fields } = refusal else { return FormErrors::NONE };
    let said = fields.iter().map(|wrong| match (wrong.field, &wrong.problem) {
        ("price", Problem::Missing) => ("price", t.practice.price_missing.to_owned()),
        (field, problem) => (field, t.problems.say(problem)),
    });
    said.collect()
}

/// `POST /practice/offerings/{offering}/activation`: it can be booked from now on. Without a price its form comes back.
pub async fn activate(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let verb =
        |tx: &mut Tx, by: &Actor, offering: &Offering| offering::turn_on(tx, by, offering.id).map(|_| ());
    match act(&app, &visitor, &id, form, "offering_on", verb).await {
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = errors_of(&refusal, visitor.texts());
            let again = form_page(&app.reading(), &visitor, Some(id_of(&id)?), None, errors).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        answer => answer,
    }
}

/// `POST /practice/offerings/{offering}/activation/removal`: it is kept, and nobody sees it.
pub async fn deactivate(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    act(&app, &visitor, &id, form, "offering_off", |tx, by, offering| {
        offering::change(tx, by, offering.id, &Draft { active: false, ..Draft::of(offering) }).map(|_| ())
    })
    .await
}

/// `POST /practice/offerings/{offering}/retirement`: it ends for good.
pub async fn retire(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "offering_retired", |tx, by, offering| {
        offering::retire(tx, by, offering.id)
    })
    .await
}

/// Runs one verb on one of the coach's own offerings, once, and leads back to the list.
async fn act(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    toast: &'static str,
    verb: fn(&mut Tx, &Actor, &Offering) -> model::Result<()>,
) -> Answer {
    let (id, me, by) = (id_of(id)?, visitor.person()?.id, visitor.actor());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                let offering = offering::get(tx, id)?;
                if offering.coach != me {
                    return Err(Refusal::NotFound.into());
                }
                verb(tx, &by, &offering)?;
                Ok(lead_to("/practice/offerings", toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rules C2, F1
    #[test]
    fn a_price_is_read_as_people_type_it() {
        let check = |typed: &str, code: &str, minor: Option<i64>| {
            let currency = code.parse().expect(code);
            assert_eq!(amount(typed, currency).ok().map(|money| money.minor), minor, "{typed} {code}");
        };
        check("95", "EUR", Some(9_500));
        check("95.5", "EUR", Some(9_550));
        check("95,50", "EUR", Some(9_550));
        check("0", "EUR", Some(0));
        check("1500", "JPY", Some(1_500));
        check("1500.5", "JPY", None);
        check("95.555", "EUR", None);
        check("-5", "EUR", None);
        check("", "EUR", None);
        check("1,000.00", "EUR", None);
        check("9999999999999", "EUR", None);
        for (minor, typed) in [(9_500, "95"), (9_550, "95.50"), (0, "0"), (5, "0.05")] {
            assert_eq!(plain_amount(Money::new(minor, Currency::EUR)), typed);
        }
    }
}
