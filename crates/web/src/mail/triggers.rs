//! What letters of rules say (M5): somebody's own text, filled in for its reader. Written when they leave, from how things
//! stand then, so that nobody is asked for what they have done meanwhile.

use model::trigger::letter::{self, Facts, ToWrite};
use model::{Result, Tx};
use rules::ids::ParticipantId;
use rules::triggers::{Condition, Recipient};

use super::letters::{Desk, Draft};
use super::paper::{Block, Paper};
use super::template::{self, Values, Wrong};
use crate::texts::letters::Letters;
use crate::words::first_name;

/// A rule writes. None once it is not so any more.
pub(super) fn sent(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (event, reader) = (&desk.material.event, &desk.material.reader);
    let person = reader.to.person().filter(|_| !reader.is_closed);
    let (Some(person), Some(participant)) = (person, about(desk)) else { return Ok(None) };
    let Some(letter) = letter::of_event(tx, participant, person, &event.facts, reader.language)? else {
        return Ok(None);
    };
    let why = match letter.facts.recipient {
        Recipient::Participant => (desk.t.triggered.why)(&letter.facts.cohort),
        Recipient::Coach => (desk.t.triggered.why_coach)(&letter.facts.cohort),
    };
    written(tx, desk, &letter, why)
}

/// Somebody sees a text as a mail.
pub(super) fn tested(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(participant) = about(desk) else { return Ok(None) };
    let facts = &desk.material.event.facts;
    let Some(letter) = letter::of_test(tx, desk.material.id, participant, facts)? else { return Ok(None) };
    let why = (desk.t.triggered.why_test)(&letter.facts.participant);
    written(tx, desk, &letter, why)
}

fn about(desk: &Desk<'_>) -> Option<ParticipantId> {
    let subject = &desk.material.event.subject;
    (subject.kind == ParticipantId::PREFIX).then(|| ParticipantId::from_raw(subject.id))
}

fn written(tx: &mut Tx, desk: &Desk<'_>, letter: &ToWrite, why: String) -> Result<Option<Draft>> {
    let facts = &letter.facts;
    let setting = Setting {
        t: desk.t,
        home: desk.house.home,
        organisation: &desk.material.organisation.name,
        fallback: desk.texts.mail.button_fallback,
        now: tx.now(),
    };
    match setting.paper(&letter.subject, &letter.body, facts, why) {
        Ok(paper) => {
            let coach = facts.coach.clone().filter(|_| facts.recipient == Recipient::Participant);
            Ok(Some(Draft {
                paper,
                coach: coach.as_ref().map(|(name, _)| name.clone()),
                reply_to: coach,
                ..Draft::default()
            }))
        }
        Err(wrong) => {
            // It was checked when it was saved: nobody gets half a letter.
            tracing::error!(mail = %desk.material.id, %wrong, "the text of a rule cannot be filled in");
            Ok(None)
        }
    }
}

/// Where a text is filled in.
pub(crate) struct Setting<'a> {
    /// The words around it, in its reader's language.
    pub(crate) t: &'a Letters,
    /// The public address of the pages.
    pub(crate) home: &'a str,
    /// Who sends it.
    pub(crate) organisation: &'a str,
    /// What stands beside a button's address.
    pub(crate) fallback: &'a str,
    /// The clock.
    pub(crate) now: rules::time::Instant,
}

impl Setting<'_> {
    /// The letter: each paragraph of the text one of it; a line with nothing but the link is its button.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub(crate) fn paper(
        &self,
        subject: &str,
        body: &str,
        facts: &Facts,
        why: String,
    ) -> Result<Paper, Wrong> {
        let values = self.values(facts);
        let subject = template::fill(subject, &values)?;
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let body = template::fill(body, &values)?;
        let blocks: Vec<Block> = body
            .split("\n\n")
            .map(str::trim)
            .filter(|paragraph| !paragraph.is_empty())
            .map(|paragraph| match paragraph == values.link {
                true => Block::button(self.button(facts), values.link.clone()),
                false => Block::says(paragraph),
            })
            .collect();
        Ok(Paper {
            preview: blocks.iter().find_map(Block::first_words).unwrap_or_default(),
            heading: subject.clone(),
            subject,
            under: String::new(),
            blocks,
            fallback: self.fallback.to_owned(),
            why,
        })
    }

    fn button(&self, facts: &Facts) -> &'static str {
        if books(facts) { self.t.triggered.book } else { self.t.triggered.see }
    }

    fn values(&self, facts: &Facts) -> Values {
        let coach = facts.coach.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
        let reader = match facts.recipient {
            Recipient::Participant => &facts.participant,
            Recipient::Coach => &coach,
        };
        let page = if books(facts) { "/booking" } else { "" };
        Values {
            first_name: first_name(reader).to_owned(),
            participant: facts.participant.clone(),
            coach: coach.clone(),
            step: facts.step.clone(),
            week: facts.weeks.map(|(from, to)| (self.t.triggered.week)(from, to)).unwrap_or_default(),
            days: (self.now.since(facts.since).as_hours() / 24).max(0),
            cohort: facts.cohort.clone(),
            company: facts.company.clone(),
            organisation: self.organisation.to_owned(),
            link: format!("{}/sessions/{}{page}", self.home.trim_end_matches('/'), facts.session),
        }
    }
}

/// Whether the link leads to booking: for the participant, where there is something to book. A pod's date is chosen on
/// its page.
fn books(facts: &Facts) -> bool {
    let waits = matches!(facts.condition, Condition::Unbooked | Condition::NextNotBooked);
    waits && facts.recipient == Recipient::Participant && !facts.is_pod
}
