//! What a coach sells: its policy, price, place and terms, and what the coach asks beforehand (rules C2, C5, F3).
//! When it can be booked follows from here and from [`crate::availability`].

use jiff::SignedDuration;
use rules::ids::{OfferingId, PersonId, SellerId, TermsId};
use rules::money::{Currency, Money, Percent};
use rules::offering::{Buffer, Grid, Policy};
use rules::person::Language;
use rules::refusal::{FieldProblem, Problem, Refusal};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::terms::{Bands, Shares, Terms};
use rules::text::Line;
use rules::time::Instant;
use serde_json::{Value as Json, json};

use crate::coach::{self, may_edit};
use crate::event::{self, Actor, Subject};
use crate::{Error, Result, Row, Tx, args, organisation};

/// The most offerings that a coach has at a time.
pub const OFFERINGS_MAX: usize = 24;
/// The most questions that an offering asks.
pub const QUESTIONS_MAX: usize = 10;
/// So many of them need an answer: with name, address and the agreement nobody is asked for more than four things
/// (rule B1).
pub const REQUIRED_MAX: usize = 1;
/// No session costs more, in minor units.
pub const PRICE_MINOR_MAX: i64 = 10_000_000_000;
/// The most sessions that a daily cap may count to.
pub const DAILY_CAP_MAX: u32 = 96;

/// What an offering is called.
pub type Name = Line<60>;
/// One line below the name.
pub type About = Line<140>;
/// What a coach asks.
pub type QuestionText = Line<200>;
/// Number, address or link.
pub type PlaceDetail = Line<300>;

/// What can happen to an offering.
pub mod kind {
    use crate::event::Kind;

    /// A coach offers something new.
    pub const ADDED: Kind = Kind("offering_added");
    /// Something about it is different for whoever books from now on.
    pub const CHANGED: Kind = Kind("offering_changed");
    /// It is over, for good.
    pub const RETIRED: Kind = Kind("offering_retired");

    /// All of them.
    pub const ALL: &[Kind] = &[ADDED, CHANGED, RETIRED];
}

/// Something that a coach sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offering {
    /// Its id.
    pub id: OfferingId,
    /// Whose it is.
    pub coach: PersonId,
    /// Intro or 1:1.
    pub kind: SessionKind,
    /// What it is called.
    pub name: String,
    /// One line below that; may be empty.
    pub about: String,
    /// When it can be booked.
    pub policy: Policy,
    /// What it costs; an intro costs nothing (rule C3).
    pub price: Money,
    /// Where it happens (rule C5).
    pub place: Place,
    /// What is kept of the price when a client cancels (rule F3).
    pub kept: Shares,
    /// Who sells it (rule F6).
    pub seller: SellerId,
    /// Whether it can be booked.
    pub active: bool,
    /// Since when there is this offering.
    pub made_at: Instant,
    /// Since when it is over, for good.
    pub retired_at: Option<Instant>,
    /// What the coach asks beforehand, in their order.
    pub questions: Vec<Question>,
}

impl Offering {
    /// Whether it is paid, so that agreement and terms matter (rule P9).
    pub const fn is_paid(&self) -> bool {
        !self.price.is_zero()
    }
}

/// Something that a coach asks beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its place, from 1.
    pub no: u32,
    /// What is asked.
    pub text: String,
    /// Whether nobody books without an answer.
    pub required: bool,
}

/// What a form says of an offering.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Intro or 1:1; an offering keeps its kind.
    pub kind: SessionKind,
    /// See [`Offering::name`].
    pub name: Name,
    /// See [`Offering::about`].
    pub about: About,
    /// See [`Offering::policy`].
    pub policy: Policy,
    /// See [`Offering::price`].
    pub price: Money,
    /// See [`Offering::place`].
    pub place: PlaceKind,
    /// See [`Offering::place`].
    pub place_detail: PlaceDetail,
    /// See [`Offering::kept`].
    pub kept: Shares,
    /// See [`Offering::active`].
    pub active: bool,
    /// What is asked and whether nobody books without an answer; at most [`QUESTIONS_MAX`].
    pub questions: Vec<(QuestionText, bool)>,
}

impl Draft {
    /// What a form begins with that changes this offering.
    pub fn of(offering: &Offering) -> Draft {
        fn stored<const MOST: u32>(text: &str) -> Line<MOST> {
            Line::parse(text).expect("a stored text was checked when it was stored")
        }
        Draft {
            kind: offering.kind,
            name: stored(&offering.name),
            about: stored(&offering.about),
            policy: offering.policy.clone(),
            price: offering.price,
            place: offering.place.kind,
            place_detail: stored(&offering.place.detail),
            kept: offering.kept,
            active: offering.active,
            questions: offering.questions.iter().map(|asked| (stored(&asked.text), asked.required)).collect(),
        }
    }

    /// Whether clients may book it from now on although nobody has said what it costs: a session that is free of charge is
    /// offered so on purpose, with a price of nothing that somebody wrote.
    ///
    /// # Errors
    /// [`Problem::Missing`] for the price.
    pub fn is_priced(&self) -> Result<(), Refusal> {
        if self.active && self.kind != SessionKind::Intro && self.price.is_zero() {
            return Err(Refusal::invalid("price", Problem::Missing));
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        let mut wrong = |field, problem| problems.push(FieldProblem::new(field, problem));
        if self.kind == SessionKind::Pod {
            wrong("kind", Problem::NotAChoice);
        }
        if self.name.as_str().is_empty() {
            wrong("name", Problem::Missing);
        }
        let most = if self.kind == SessionKind::Intro { 0 } else { PRICE_MINOR_MAX };
        if !(0..=most).contains(&self.price.minor) {
            wrong("price", Problem::OutOfRange { least: 0, most });
        }
        let hours = Policy::NOTICE_MAX.as_hours();
        if self.policy.notice.is_negative() || self.policy.notice > Policy::NOTICE_MAX {
            wrong("notice", Problem::OutOfRange { least: 0, most: hours });
        }
        if !(1..=Policy::WINDOW_DAYS_MAX).contains(&self.policy.window_days) {
            wrong("window_days", Problem::OutOfRange { least: 1, most: Policy::WINDOW_DAYS_MAX.into() });
        }
        if self.policy.daily_cap.is_some_and(|cap| !(1..=DAILY_CAP_MAX).contains(&cap)) {
            wrong("daily_cap", Problem::OutOfRange { least: 1, most: DAILY_CAP_MAX.into() });
        }
        // Nobody pays less for calling off later.
        let Shares { early, between, late } = self.kept;
        if early > between || between > late {
            let field = if early > between { "keep_between" } else { "keep_late" };
            let least = if early > between { early } else { between };
            wrong(field, Problem::OutOfRange { least: least.get().into(), most: 100 });
        }
        let detail = self.place_detail.as_str();
        match self.place {
            PlaceKind::Room => {}
            // Somebody's number is known before the call: the coach's, or the client's, who is asked for it.
            PlaceKind::Phone if is_number(detail) || self.questions.iter().any(|(_, required)| *required) => {
            }
            PlaceKind::Phone => wrong("place_detail", Problem::NoNumber),
            PlaceKind::Address | PlaceKind::Link if detail.is_empty() => {
                wrong("place_detail", Problem::Missing);
            }
            PlaceKind::Address => {}
            PlaceKind::Link if is_link(detail) => {}
            PlaceKind::Link => wrong("place_detail", Problem::NotALink),
        }
        if self.questions.len() > QUESTIONS_MAX {
            wrong("questions", Problem::TooMany { most: QUESTIONS_MAX as u32 });
        } else if self.questions.iter().filter(|(_, required)| *required).count() > REQUIRED_MAX {
            wrong("questions", Problem::TooManyRequired { most: REQUIRED_MAX as u32 });
        }
        if self.questions.iter().any(|(text, _)| text.as_str().is_empty()) {
            wrong("questions", Problem::Missing);
        }
        if problems.is_empty() { Ok(()) } else { Err(Refusal::Invalid { fields: problems }) }
    }

    /// The room needs no words to get there.
    fn place_detail(&self) -> &str {
        if self.place == PlaceKind::Room { "" } else { self.place_detail.as_str() }
    }
}

/// Whether somebody could be called by it: a number, in whatever words.
fn is_number(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS_MIN
}

/// What a calendar can open: https, a host with a dot or a port, and nothing that ends the address early.
fn is_link(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^');
    let is_host = |host: &str| {
        !host.starts_with(['.', '-', ':'])
            && host.contains(['.', ':'])
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
    };
    is_host(host) && rest.chars().all(is_plain)
}

/// No number that can be called has fewer digits.
const PHONE_DIGITS_MIN: usize = 5;

const COLUMNS: &str = "o.id, o.coach_id, o.kind, o.name, o.about, o.minutes, o.buffer_before_minutes,
    o.buffer_after_minutes, o.notice_minutes, o.window_days, o.daily_cap, o.grid_minutes, o.price, o.currency, o.place,
    o.place_detail, t.keep_early, t.keep_between, t.keep_late, o.seller_id, o.active, o.made_at, o.retired_at";

/// The offering with this id. Whether it can be booked says [`Offering::active`].
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
pub fn get(tx: &mut Tx, id: OfferingId) -> Result<Offering> {
    let sql = format!("SELECT {COLUMNS} FROM offering o JOIN terms t ON t.id = o.terms_id WHERE o.id = $1");
    let offering = tx.opt(&sql, args![id], from_row)?.ok_or(Refusal::NotFound)?;
    with_questions(tx, offering)
}

/// What a coach offers and may still change, the shortest first: active or not.
///
/// # Errors
/// Only those of the store.
pub fn of_coach(tx: &mut Tx, coach: PersonId) -> Result<Vec<Offering>> {
    listed(tx, coach, "o.retired_at IS NULL")
}

/// What can be booked with a coach, the shortest first.
///
/// # Errors
/// Only those of the store.
pub fn active(tx: &mut Tx, coach: PersonId) -> Result<Vec<Offering>> {
    listed(tx, coach, "o.active")
}

/// What somebody new books first with a coach: the free first call, else the shortest session. Its questions are left
/// out.
pub(crate) fn first(tx: &mut Tx, coach: PersonId) -> Result<Option<Offering>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM offering o JOIN terms t ON t.id = o.terms_id WHERE o.coach_id = $1 AND o.active
         ORDER BY CASE o.kind WHEN 'intro' THEN 0 ELSE 1 END, o.minutes, o.price, o.id LIMIT 1"
    );
    tx.opt(&sql, args![coach], from_row)
}

fn listed(tx: &mut Tx, coach: PersonId, which: &str) -> Result<Vec<Offering>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM offering o JOIN terms t ON t.id = o.terms_id
         WHERE o.coach_id = $1 AND {which} ORDER BY o.minutes, o.price, o.id"
    );
    let offerings = tx.all(&sql, args![coach], from_row)?;
    offerings.into_iter().map(|offering| with_questions(tx, offering)).collect()
}

fn with_questions(tx: &mut Tx, mut offering: Offering) -> Result<Offering> {
    offering.questions = tx.all(
        "SELECT no, text, required FROM question WHERE offering_id = $1 ORDER BY no",
        args![offering.id],
        |row| Ok(Question { no: row.get(0)?, text: row.get(1)?, required: row.get(2)? }),
    )?;
    Ok(offering)
}

fn from_row(row: &Row<'_>) -> Result<Offering> {
    let wrong = |column| Error::database(format!("offering.{column} is none that can be"));
    let percent = |index: usize| Percent::new(row.get(index)?).ok_or_else(|| wrong("terms"));
    Ok(Offering {
        id: row.get(0)?,
        coach: row.get(1)?,
        kind: row.parse(2)?,
        name: row.get(3)?,
        about: row.get(4)?,
        policy: Policy {
            minutes: Minutes::new(row.get(5)?).ok_or_else(|| wrong("minutes"))?,
            before: Buffer::new(row.get(6)?).ok_or_else(|| wrong("buffer_before_minutes"))?,
            after: Buffer::new(row.get(7)?).ok_or_else(|| wrong("buffer_after_minutes"))?,
            notice: SignedDuration::from_mins(row.get(8)?),
            window_days: row.get(9)?,
            daily_cap: row.get(10)?,
            grid: Grid::new(row.get(11)?).ok_or_else(|| wrong("grid_minutes"))?,
        },
        price: Money::new(row.get(12)?, row.parse::<Currency>(13)?),
        place: Place { kind: row.parse(14)?, detail: row.get(15)? },
        kept: Shares { early: percent(16)?, between: percent(17)?, late: percent(18)? },
        seller: row.get(19)?,
        active: row.get(20)?,
        made_at: row.get(21)?,
        retired_at: row.get(22)?,
        questions: Vec::new(),
    })
}

/// What a client agrees to who books it now: the organisation's bands, the coach's shares (rule F3).
///
/// # Errors
/// Only those of the store.
pub fn terms(tx: &mut Tx, offering: &Offering) -> Result<Terms> {
    let organisation = organisation::get(tx)?;
    let bands = Bands::new(organisation.late_hours, organisation.free_hours)
        .ok_or_else(|| Error::database("the organisation's bands are none that can be"))?;
    Ok(Terms { bands, kept: offering.kept })
}

/// Turns on what was off. Nobody has said that a session at no price is meant to be free: that is refused, and said by
/// [`change`].
///
/// # Errors
/// As [`change`]; [`Problem::Missing`] for a price that was never set.
pub fn turn_on(tx: &mut Tx, by: &Actor, id: OfferingId) -> Result<Offering> {
    let old = get(tx, id)?;
    may_edit(by, old.coach)?;
    if old.active {
        return Ok(old);
    }
    let draft = Draft { active: true, ..Draft::of(&old) };
    draft.is_priced()?;
    change(tx, by, id, &draft)
}

/// Offers something new.
///
/// # Errors
/// Whoever is not the coach is refused; so is a draft that cannot be, and one offering too many.
pub fn create(tx: &mut Tx, by: &Actor, coach: PersonId, draft: &Draft) -> Result<Offering> {
    may_edit(by, coach)?;
    coach::profile_of(tx, coach)?;
    draft.check()?;
    let count = "SELECT COUNT(*) FROM offering WHERE coach_id = $1 AND retired_at IS NULL";
    if tx.one(count, args![coach], |row| row.get::<usize>(0))? >= OFFERINGS_MAX {
        return Err(Refusal::invalid("name", Problem::TooMany { most: OFFERINGS_MAX as u32 }).into());
    }
    let id = insert(tx, coach, draft)?;
    let new = get(tx, id)?;
    let facts = json!({ "coach": coach.to_string(), "to": said(&new) });
    event::record(tx, by, kind::ADDED, &Subject::of(id), &facts)?;
    coach::raise_version(tx, coach)?;
    Ok(new)
}

fn insert(tx: &mut Tx, coach: PersonId, draft: &Draft) -> Result<OfferingId> {
    let id: OfferingId = tx.new_id();
    let now = tx.now();
    let terms = terms_of(tx, coach, draft.kept)?;
    let seller = house(tx)?;
    let policy = &draft.policy;
    tx.exec(
        "INSERT INTO offering (id, coach_id, kind, name, about, minutes, price, currency, buffer_before_minutes,
             buffer_after_minutes, notice_minutes, window_days, daily_cap, grid_minutes, place, place_detail, terms_id,
             seller_id, active, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        args![
            id,
            coach,
            draft.kind.code(),
            draft.name.as_str(),
            draft.about.as_str(),
            policy.minutes.get(),
            draft.price.minor,
            draft.price.currency.code(),
            policy.before.get(),
            policy.after.get(),
            policy.notice.as_mins(),
            policy.window_days,
            policy.daily_cap,
            policy.grid.get(),
            draft.place.code(),
            draft.place_detail(),
            terms,
            seller,
            draft.active,
            now
        ],
    )?;
    write_questions(tx, id, draft)?;
    Ok(id)
}

/// The coach's terms with these shares. Terms never change: other shares are other terms.
fn terms_of(tx: &mut Tx, coach: PersonId, kept: Shares) -> Result<TermsId> {
    let (early, between, late) = (kept.early.get(), kept.between.get(), kept.late.get());
    let known = tx.opt(
        "SELECT MIN(id) FROM terms WHERE coach_id = $1 AND keep_early = $2 AND keep_between = $3 AND keep_late = $4",
        args![coach, early, between, late],
        |row| row.get::<Option<TermsId>>(0),
    )?;
    if let Some(known) = known.flatten() {
        return Ok(known);
    }
    let id: TermsId = tx.new_id();
    let now = tx.now();
    tx.exec(
        "INSERT INTO terms (id, coach_id, keep_early, keep_between, keep_late, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, coach, early, between, late, now],
    )?;
    Ok(id)
}

/// The organisation as a seller (rule F6).
fn house(tx: &mut Tx) -> Result<SellerId> {
    let known = tx.one("SELECT MIN(id) FROM seller WHERE coach_id IS NULL", args![], |row| row.get(0))?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id: SellerId = tx.new_id();
    let name = organisation::get(tx)?.name;
    tx.exec(
        "INSERT INTO seller (id, coach_id, name, next_invoice) VALUES ($1, $2, $3, 1)",
        args![id, None::<PersonId>, name],
    )?;
    Ok(id)
}

fn write_questions(tx: &mut Tx, id: OfferingId, draft: &Draft) -> Result<()> {
    tx.exec("DELETE FROM question WHERE offering_id = $1", args![id])?;
    let rows = draft.questions.iter().zip(1_i64..);
    let rows =
        rows.map(|((text, required), no)| [id.into(), no.into(), text.as_str().into(), (*required).into()]);
    tx.insert_many("INSERT INTO question (offering_id, no, text, required)", rows, "")?;
    Ok(())
}

/// Changes an offering for whoever books from now on; what is booked keeps what it was booked with.
///
/// # Errors
/// Whoever is not the coach is refused; so are a draft that cannot be, another kind, and an offering that is over.
pub fn change(tx: &mut Tx, by: &Actor, id: OfferingId, draft: &Draft) -> Result<Offering> {
    let old = own(tx, by, id)?;
    draft.check()?;
    if draft.kind != old.kind {
        return Err(Refusal::invalid("kind", Problem::NotAChoice).into());
    }
    let terms = terms_of(tx, old.coach, draft.kept)?;
    let policy = &draft.policy;
    tx.exec(
        "UPDATE offering SET name = $2, about = $3, minutes = $4, price = $5, currency = $6,
             buffer_before_minutes = $7, buffer_after_minutes = $8, notice_minutes = $9, window_days = $10,
             daily_cap = $11, grid_minutes = $12, place = $13, place_detail = $14, terms_id = $15, active = $16
         WHERE id = $1",
        args![
            id,
            draft.name.as_str(),
            draft.about.as_str(),
            policy.minutes.get(),
            draft.price.minor,
            draft.price.currency.code(),
            policy.before.get(),
            policy.after.get(),
            policy.notice.as_mins(),
            policy.window_days,
            policy.daily_cap,
            policy.grid.get(),
            draft.place.code(),
            draft.place_detail(),
            terms,
            draft.active
        ],
    )?;
    write_questions(tx, id, draft)?;
    let new = get(tx, id)?;
    let facts = differences(&old, &new);
    if !facts.is_empty() {
        event::record(tx, by, kind::CHANGED, &Subject::of(id), &Json::Object(facts))?;
        coach::raise_version(tx, old.coach)?;
    }
    Ok(new)
}

/// Ends an offering for good. What is booked stays booked.
///
/// # Errors
/// Whoever is not the coach is refused.
pub fn retire(tx: &mut Tx, by: &Actor, id: OfferingId) -> Result<()> {
    let old = own(tx, by, id)?;
    let now = tx.now();
    tx.exec("UPDATE offering SET active = $2, retired_at = $3 WHERE id = $1", args![id, false, now])?;
    let facts = json!({ "coach": old.coach.to_string(), "from": said(&old) });
    event::record(tx, by, kind::RETIRED, &Subject::of(id), &facts)?;
    coach::raise_version(tx, old.coach)
}

/// An offering that this actor may change.
fn own(tx: &mut Tx, by: &Actor, id: OfferingId) -> Result<Offering> {
    let offering = get(tx, id)?;
    may_edit(by, offering.coach)?;
    if offering.retired_at.is_some() {
        return Err(Refusal::NotFound.into());
    }
    Ok(offering)
}

/// The small values of an offering, for the log; what somebody typed is not among them (rule D3).
fn said(offering: &Offering) -> Json {
    let policy = &offering.policy;
    json!({
        "kind": offering.kind.code(),
        "minutes": policy.minutes.get(),
        "price": offering.price.to_string(),
        "before_minutes": policy.before.get(),
        "after_minutes": policy.after.get(),
        "notice_minutes": policy.notice.as_mins(),
        "window_days": policy.window_days,
        "daily_cap": policy.daily_cap,
        "grid_minutes": policy.grid.get(),
        "place": offering.place.kind.code(),
        "kept": [offering.kept.early.get(), offering.kept.between.get(), offering.kept.late.get()],
        "active": offering.active,
    })
}

fn differences(old: &Offering, new: &Offering) -> serde_json::Map<String, Json> {
    let mut facts = serde_json::Map::new();
    if let (Json::Object(from), Json::Object(to)) = (said(old), said(new)) {
        for (field, from) in from {
            if from != to[&field] {
                let to = to[&field].clone();
                facts.insert(field, json!({ "from": from, "to": to }));
            }
        }
    }
    let typed = [
        ("name", old.name != new.name),
        ("about", old.about != new.about),
        ("place_detail", old.place.detail != new.place.detail),
        ("questions", old.questions != new.questions),
    ];
    for (field, differs) in typed {
        if differs {
            facts.insert(field.to_owned(), json!("changed"));
        }
    }
    facts
}

/// What a practice begins with: a free intro that can be booked at once, and 1:1 of three lengths that wait for their
/// price. Their names are the coach's own from the first moment, in the coach's language, and theirs to change.
pub(crate) fn write_usual(tx: &mut Tx, coach: PersonId, language: Language) -> Result<()> {
    let names: [(i64, &str, &str); 4] = match language {
        Language::English => [
            (15, "Intro call", "To see whether we fit"),
            (30, "Short session", "One question"),
            (45, "Session", ""),
            (60, "Long session", ""),
        ],
        Language::German => [
            (15, "Kennenlernen", "Ob wir zueinander passen"),
            (30, "Kurze Sitzung", "Eine Frage"),
            (45, "Sitzung", ""),
            (60, "Lange Sitzung", ""),
        ],
    };
    for (minutes, name, about) in names {
        let is_intro = minutes == 15;
        let minutes = Minutes::new(minutes).expect("a length");
        let draft = Draft {
            kind: if is_intro { SessionKind::Intro } else { SessionKind::OneToOne },
            name: Name::parse(name).expect("a name"),
            about: About::parse(about).expect("a line"),
            policy: Policy { after: Buffer::new(15).expect("a buffer"), ..Policy::usual(minutes) },
            price: Money::zero(Currency::EUR),
            place: PlaceKind::Room,
            place_detail: PlaceDetail::default(),
            kept: Terms::DEFAULT.kept,
            active: is_intro,
            questions: Vec::new(),
        };
        insert(tx, coach, &draft)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule C5
    #[test]
    fn a_link_is_one_that_a_calendar_can_open() {
        fn check(text: &str, expect: bool) {
            assert_eq!(is_link(text), expect, "{text}");
        }
        check("https://meet.example/ada?pwd=1#x", true);
        check("https://localhost:8443/room", true);
        check("http://meet.example/ada", false);
        check("https://", false);
        check("https:///ada", false);
        check("https://meet", false);
        check("https://meet.example/a b", false);
        check("https://meet.example/\"onload", false);
        check("https://ada@meet.example/", false);
        check("javascript:alert(1)", false);
    }
}
