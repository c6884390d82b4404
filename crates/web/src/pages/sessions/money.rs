//! What a session costs, for each place: what was charged, kept, waived and paid, and writing down more of it (rules F1,
//! F3).

use axum::extract::{Path, State};
use model::Error;
use model::ledger::{self, Line};
use model::session::{self, PlaceSeen, Reason, SessionView, Thought};
use rules::ids::PersonId;
use rules::money::Money;
use rules::permission::{Action, Roles, reach};
use rules::refusal::{FieldProblem, Problem, Refusal};
use rules::time::Instant;

use super::marks::too;
use super::visit::{Hears, Visit};
use super::{Typed, ask};
use crate::app::App;
use crate::forms::{Form, lead_to};
use crate::pages::Answer;
use crate::pages::practice::offerings::amount as amount_of;
use crate::texts::Texts;
use crate::views::people::Fact;
use crate::views::session::{Ask, MoneyBox};
use crate::visitor::Visitor;
use crate::words::money;

fn id_of(client: &str) -> Result<PersonId, Refusal> {
    client.parse().map_err(|_| Refusal::NotFound)
}

/// `POST /sessions/{session}/attendance/{person}/waiver`
pub async fn waive(
    State(app): State<App>,
    visitor: Visitor,
    Path((session, client)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (visit, client) = (Visit::signed_in(&visitor, &session)?, id_of(&client)?);
    let typed = Typed::of(&format!("waiver-{client}"), &form, "reason");
    let reason = Reason::parse(form.fields.get("reason"));
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(&app, &visitor, &form, typed, move |tx| {
            session::view(tx, &by, id)?;
            let reason = reason.clone().map_err(|problem| Refusal::invalid("reason", problem))?;
            ledger::waive(tx, &by, id, client, &reason)?;
            Ok(lead_to(&base, "charge_waived"))
        })
        .await
}

/// `POST /sessions/{session}/attendance/{person}/payment`
pub async fn pay(
    State(app): State<App>,
    visitor: Visitor,
    Path((session, client)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (visit, client) = (Visit::signed_in(&visitor, &session)?, id_of(&client)?);
    let typed = Typed::of(&format!("payment-{client}"), &form, "amount");
    let amount = form.fields.get("amount").to_owned();
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(&app, &visitor, &form, typed, move |tx| {
            let minor = minor_of(&session::view(tx, &by, id)?, client, &amount)?;
            typed_amount(ledger::mark_paid(tx, &by, id, client, minor))?;
            Ok(lead_to(&base, "payment_recorded"))
        })
        .await
}

/// `POST /sessions/{session}/attendance/{person}/refund`
pub async fn refund(
    State(app): State<App>,
    visitor: Visitor,
    Path((session, client)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (visit, client) = (Visit::signed_in(&visitor, &session)?, id_of(&client)?);
    let typed = Typed::of(&format!("refund-{client}"), &form, "amount");
    let amount = form.fields.get("amount").to_owned();
    let (by, id, base) = (visit.by.clone(), visit.session, visit.base.clone());
    visit
        .act(&app, &visitor, &form, typed, move |tx| {
            let minor = minor_of(&session::view(tx, &by, id)?, client, &amount)?;
            typed_amount(ledger::refund(tx, &by, id, client, minor))?;
            Ok(lead_to(&base, "refund_recorded"))
        })
        .await
}

/// What is wrong with the amount is wrong with what was typed for it.
fn typed_amount<T>(done: model::Result<T>) -> model::Result<T> {
    done.map_err(|error| match error {
        Error::Refused(Refusal::Invalid { fields }) => {
            let named = fields.into_iter().map(|wrong| FieldProblem::new("amount", wrong.problem));
            Refusal::Invalid { fields: named.collect() }.into()
        }
        error => error,
    })
}

/// What was typed as an amount, in the currency of this client's price; none for nothing.
fn minor_of(seen: &SessionView, client: PersonId, typed: &str) -> Result<Option<i64>, Refusal> {
    let price = seen.place_of(client).and_then(|place| place.price);
    let Some(price) = price.filter(|_| !typed.is_empty()) else { return Ok(None) };
    let wrong = |problem: Problem| Refusal::invalid("amount", problem);
    // What is below nothing is out of bounds, and no less a number.
    let (digits, sign) = typed.strip_prefix('-').map_or((typed, 1), |digits| (digits, -1));
    Ok(Some(sign * amount_of(digits, price.currency).map_err(wrong)?.minor))
}

/// What each place costs, for those who may know.
pub(super) fn boxes(
    visit: &Visit,
    roles: Roles,
    seen: &SessionView,
    lines: &[Line],
    asks: (&Hears, &Typed),
    now: Instant,
    t: &Texts,
) -> Vec<MoneyBox> {
    let priced = seen.places.iter().filter_map(|place| Some((place, place.price?)));
    priced.map(|(place, price)| of_place(visit, roles, seen, (place, price), lines, asks, now, t)).collect()
}

#[expect(clippy::too_many_arguments, reason = "one box of the page, which is made of all of it")]
fn of_place(
    visit: &Visit,
    roles: Roles,
    seen: &SessionView,
    (place, price): (&PlaceSeen, Money),
    lines: &[Line],
    (hears, typed): (&Hears, &Typed),
    now: Instant,
    t: &Texts,
) -> MoneyBox {
    let (d, s) = (&t.doing, &t.sessions);
    let client = place.attendance.client;
    let amount = |amount: Money| money(amount, t.language);
    let is_free = price.is_zero();
    let words = if is_free { s.price_free.to_owned() } else { amount(price) };
    let mut facts = vec![Fact::new(d.price, words)];
    // The ledger is told newest first; an account reads the other way.
    for line in lines.iter().rev().filter(|line| line.client.0 == client) {
        let mut words = vec![amount(line.amount), visit.clockface.short_date(line.at, now)];
        words.extend(line.reference.as_deref().map(d.receipt));
        facts.push(Fact::new((d.line)(line.kind), words.join(", ")));
    }
    let owed = place.owed.unwrap_or(Money::zero(price.currency));
    let (label, value) = match owed.minor {
        0 => (d.owed, s.owed_nothing.to_owned()),
        ..0 => (d.to_pay_back, amount(Money { minor: -owed.minor, ..owed })),
        _ => (d.owed, amount(owed)),
    };
    if !is_free {
        facts.push(Fact::new(label, value));
    }
    if place.attendance.facts.contested.is_some_and(|contested| contested.is_open()) {
        facts.push(Fact::new(d.contested_chip, d.contested_money));
    }
    let may = |action| client != visit.me.id && reach(roles, action).covers(place.ties);
    // A coach hears of it when somebody else does it (rule S10).
    let hint = |hint: &str, thought| too(hint.to_owned(), &hears.coaches(thought, visit.me.id, seen), t);
    let mut asks = Vec::new();
    let amount_asked = |title, hint: String, act: &str| Ask {
        title,
        label: d.amount,
        hint,
        is_line: true,
        is_needed: false,
        ..ask(visit, typed, &format!("{act}-{client}"), &format!("attendance/{client}/{act}"), "amount")
    };
    if owed.minor > 0 && may(Action::MarkPaid) {
        asks.push(amount_asked(d.pay, hint(d.amount_hint, Thought::Pay(client)), "payment"));
    }
    if owed.minor < 0 && may(Action::MarkPaid) {
        asks.push(amount_asked(d.refund, hint(d.refund_hint, Thought::Refund(client)), "refund"));
    }
    if owed.minor > 0 && may(Action::Waive) {
        asks.push(Ask {
            title: d.waive,
            label: d.reason_for,
            hint: hint(d.waive_hint, Thought::Waive(client)),
            ..ask(visit, typed, &format!("waiver-{client}"), &format!("attendance/{client}/waiver"), "reason")
        });
    }
    MoneyBox { name: if seen.places.len() > 1 { place.name.clone() } else { String::new() }, facts, asks }
}
