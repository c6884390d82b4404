//! The mail rules of the living example: a company's, one that a cohort has in its place, one that is paused, each with
//! what it sent before. They were made some weeks ago, at whatever time the example begins.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rules::ids::{CohortId, CompanyId};
use rules::person::Language;
use rules::text::{Line, Prose};
use rules::triggers::{Condition, Timing};

use crate::event::Actor;
use crate::program::lead::Led;
use crate::trigger::{self, NewTrigger, Text, Texts, sweep};
use crate::{Result, Tx, args};

/// So long ago the rules were made.
const MADE_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);

const UNBOOKED: (&str, &str, &str, &str) = (
    "Your session {{ step }} is not booked yet",
    "Hello {{ first_name }},\n\n{{ step }} has been open for {{ days }} days.{% if week %} It is suggested in {{ week }}.{% endif %} {{ coach }} looks forward to it.\n\n{{ link }}\n\nIf now is a bad moment, answer this mail. A person reads it.",
    "Ihre Sitzung {{ step }} ist noch nicht gebucht",
    "Guten Tag {{ first_name }},\n\n{{ step }} ist seit {{ days }} Tagen offen.{% if week %} Empfohlen: {{ week }}.{% endif %} {{ coach }} freut sich darauf.\n\n{{ link }}\n\nPasst es gerade nicht, antworten Sie auf diese Mail. Ein Mensch liest sie.",
);
const MISSED: (&str, &str, &str, &str) = (
    "We missed you",
    "Hello {{ first_name }},\n\nyou could not be at {{ step }}. {{ coach }} is glad to find out with you how to go on.\n\n{{ link }}",
    "Wir haben Sie vermisst",
    "Guten Tag {{ first_name }},\n\nSie konnten bei {{ step }} nicht dabei sein. {{ coach }} überlegt gern mit Ihnen, wie es weitergeht.\n\n{{ link }}",
);
const UNMARKED: (&str, &str, &str, &str) = (
    "How was the session with {{ participant }}?",
    "Hello {{ first_name }},\n\nyour session with {{ participant }} in {{ cohort }} is over and has no mark yet.\n\n{{ link }}\n\nThank you.",
    "Wie war die Sitzung mit {{ participant }}?",
    "Guten Tag {{ first_name }},\n\nIhre Sitzung mit {{ participant }} in {{ cohort }} ist vorbei und noch nicht eingetragen.\n\n{{ link }}\n\nVielen Dank.",
);

/// Makes them.
pub(super) fn make(tx: &mut Tx, by: &Actor) -> Result<()> {
    let companies: Vec<(CompanyId, CohortId)> = tx.all(
        "SELECT m.id, MIN(c.id) FROM company m JOIN project j ON j.company_id = m.id JOIN cohort c ON c.project_id = j.id
         GROUP BY m.id ORDER BY m.id",
        args![],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((company, cohort)) = companies.first().copied() else { return Ok(()) };
    let days = |wait: u32, times: u32| Timing { wait_hours: wait * 24, times, again_hours: 7 * 24 };
    let rules = [
        (Led::Company(company), Condition::Unbooked, days(21, 1), UNBOOKED),
        (Led::Cohort(cohort), Condition::Unbooked, days(14, 2), UNBOOKED),
        (Led::Company(company), Condition::Missed, days(1, 1), MISSED),
        (Led::Company(company), Condition::Unmarked, days(2, 1), UNMARKED),
    ];
    for (holds, condition, timing, words) in rules {
        let recipient = condition.recipients()[0];
        let new = NewTrigger { holds, condition, recipient, timing, texts: texts(words) };
        let id = trigger::make(tx, by, &new)?;
        let before = tx.now() - MADE_BEFORE;
        tx.exec("UPDATE trigger_rule SET since_at = $2, made_at = $2 WHERE id = $1", args![id, before])?;
        tx.exec("UPDATE trigger_version SET made_at = $2 WHERE rule_id = $1", args![id, before])?;
        sweep::recall(tx, id)?;
        if condition == Condition::Unmarked {
            trigger::pause(tx, by, id)?;
        }
    }
    Ok(())
}

fn texts((subject, body, subject_de, body_de): (&str, &str, &str, &str)) -> Texts {
    let text = |subject: &str, body: &str| Text {
        subject: Line::parse_some(subject).expect("a subject"),
        body: Prose::parse_some(body).expect("a body"),
    };
    BTreeMap::from([(Language::English, text(subject, body)), (Language::German, text(subject_de, body_de))])
}
