//! What is owed and paid, for whoever may see it (section 15 of the rules). Nothing is charged here.

use axum::extract::{Query, State};
use model::ledger::{self, Debts, Filter, Line, Total};
use model::{Tx, session};
use rules::ids::{LedgerId, PersonId, SessionId};
use rules::ledger::LineKind;
use rules::money::Money;
use rules::permission::{Action, Reach, reach};
use rules::time::Instant;
use serde::Deserialize;

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::shell::{Paging, Place};
use crate::texts::Texts;
use crate::views::money::{MoneyLine, MoneyPage, Sums};
use crate::visitor::Visitor;
use crate::words::{Clockface, money};

/// How many lines one page shows.
const PAGE_LINES: u32 = 50;

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The last line of the page before.
    #[serde(default)]
    before: String,
}

/// `GET /money`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let me = visitor.person()?;
    let before = asked.before.parse::<LedgerId>().ok();
    let (by, id) = (visitor.actor(), me.id);
    let earns = reach(me.roles, Action::SeeMoney) != Reach::OWN;
    let (mut lines, contested, earned, owed) = app
        .read(move |tx| {
            let filter = Filter { before, ..Filter::default() };
            let lines = ledger::list(tx, &by, &filter, PAGE_LINES + 1)?;
            let earned = if earns { ledger::totals(tx, &by, Debts::OfOthers)? } else { Vec::new() };
            let contested = contested(tx, &lines)?;
            Ok((lines, contested, earned, ledger::totals(tx, &by, Debts::Of(id))?))
        })
        .await?;
    let is_more = lines.len() > PAGE_LINES as usize;
    lines.truncate(PAGE_LINES as usize);
    let (clockface, now, t) = (visitor.clockface(), app.now(), visitor.texts());
    page(&MoneyPage {
        shell: shell::of(&visitor, app.mode(), now, t.money.title, Place::Money),
        earned: earned.iter().map(|total| sums(total, t)).collect(),
        owed: owed.iter().map(|total| sums(total, t)).collect(),
        paging: Paging {
            newer: before.map(|_| "/money".to_owned()),
            older: lines.last().filter(|_| is_more).map(|last| format!("/money?before={}", last.id)),
        },
        lines: lines.iter().map(|one| line(one, &contested, me.id, &clockface, now, t)).collect(),
    })
}

/// The sums of a currency in words.
pub(super) fn sums(total: &Total, t: &Texts) -> Sums {
    let say =
        |amount: Money| if amount.is_zero() { t.money.nothing.to_owned() } else { money(amount, t.language) };
    let back = Some(total.to_pay_back).filter(|back| !back.is_zero());
    Sums {
        owed: say(total.owed),
        to_pay_back: back.map(|back| money(back, t.language)).unwrap_or_default(),
        earned: say(total.earned),
    }
}

/// Of which of these lines the Missed is contested, by session and client (rule S14).
pub(super) fn contested(tx: &mut Tx, lines: &[Line]) -> model::Result<Vec<(SessionId, PersonId)>> {
    let mut sessions: Vec<SessionId> = lines.iter().map(|line| line.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    session::contested_of(tx, &sessions)
}

/// A line of the ledger in words; who reads it is not named in it.
pub(super) fn line(
    one: &Line,
    contested: &[(SessionId, PersonId)],
    me: PersonId,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> MoneyLine {
    let minor = match one.kind {
        LineKind::Charge | LineKind::Refund => one.amount.minor,
        LineKind::Credit | LineKind::Waiver | LineKind::Payment => -one.amount.minor,
    };
    let client = Some(one.client.1.as_str()).filter(|_| one.client.0 != me);
    let coach = one.coach.as_ref().filter(|coach| coach.0 != me).map(|coach| coach.1.as_str());
    MoneyLine {
        date: clockface.short_date(one.at, now),
        what: t.money.kind(one.kind),
        is_contested: contested.contains(&(one.session, one.client.0)),
        amount: money(Money { minor, ..one.amount }, t.language),
        receipt: one.reference.clone().unwrap_or_default(),
        href: format!("/sessions/{}", one.session),
        session: one.starts_at.map_or_else(|| t.money.no_time.to_owned(), |at| clockface.short(at, now)),
        who: client.into_iter().chain(coach).collect::<Vec<_>>().join(", "),
    }
}
