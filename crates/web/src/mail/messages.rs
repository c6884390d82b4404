//! What a letter about a message says: who wrote, and where it is read. Never what was written (rule M7); what the program
//! asks in its own words it may say (rule S3).

use model::appointment::{self, Appointment};
use model::message::{CheckIn, Waiting};
use model::{Result, Tx, manage, message};
use rules::ids::{MessageId, PersonId};

use super::letters::{Desk, Draft};
use super::paper::{Block, Paper};
use crate::words::first_name;

/// Somebody wrote. None once it is read, or to whom nobody can show it any more.
pub(super) fn received(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(waiting) = waiting(tx, desk)?.filter(|waiting| !waiting.is_read) else { return Ok(None) };
    let words = &desk.t.message_received;
    let says = (words.says)(waiting.unread, &desk.moment(waiting.since));
    let (subject, heading) = ((words.subject)(&waiting.name), (words.heading)(&waiting.name));
    Ok(Some(draft(desk, waiting, subject, heading, says, words.why)))
}

/// Somebody wrote about a session: it is told although it was read (rule M4).
pub(super) fn about_session(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let Some(waiting) = waiting(tx, desk)? else { return Ok(None) };
    if let Some(asked) = waiting.check_in
        && let Some(one) = appointment::find(tx, asked.session)?
        && !one.is_cancelled
        && tx.now() < one.ends_at()
    {
        return checked_in(tx, desk, waiting, asked, &one).map(Some);
    }
    let words = &desk.t.session_message;
    let when = waiting.about.map(|start| desk.moment(start)).unwrap_or_default();
    let (subject, heading) = ((words.subject)(&waiting.name), (words.heading)(&waiting.name));
    Ok(Some(draft(desk, waiting, subject, heading, (words.says)(&when), words.why)))
}

/// A client is asked where they are: in the words that the coach was shown, and with the way to the session. It holds
/// while the session runs.
fn checked_in(
    tx: &mut Tx,
    desk: &Desk<'_>,
    waiting: Waiting,
    asked: CheckIn,
    one: &Appointment,
) -> Result<Draft> {
    let words = &desk.t.session_message;
    let reader = &desk.material.reader;
    let page = match reader.to.person() {
        Some(person) => {
            let token = manage::make(tx, asked.session, person)?;
            format!("{}/manage/{}", desk.house.home, token.reveal())
        }
        None => format!("{}/sessions/{}", desk.house.home, asked.session),
    };
    let question = (desk.texts.messages.check_in)(asked.place, first_name(&reader.name));
    let (subject, heading) = (
        (words.asks_subject)(&waiting.name),
        (words.asks_heading)(&waiting.name, &desk.clock.time(one.starts_at)),
    );
    let mut blocks =
        vec![Block::says((desk.texts.waiting.quoted)(&question)), Block::button(words.asks_button, page)];
    if waiting.reply_to.is_some() {
        blocks.push(Block::note((words.asks_reply)(&waiting.name)));
    }
    let paper = desk.paper_because(subject, heading, String::new(), blocks, words.why.to_owned());
    Ok(Draft { void_at: Some(one.ends_at()), ..answered(paper, waiting) })
}

fn waiting(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Waiting>> {
    let (subject, reader) = (&desk.material.event.subject, &desk.material.reader);
    let readable = |_: &PersonId| subject.kind == MessageId::PREFIX && !reader.is_closed;
    let Some(person) = reader.to.person().filter(readable) else { return Ok(None) };
    message::waiting(tx, MessageId::from_raw(subject.id), person)
}

fn draft(
    desk: &Desk<'_>,
    waiting: Waiting,
    subject: String,
    heading: String,
    says: String,
    why: &str,
) -> Draft {
    let words = &desk.t.message_received;
    let address = format!("{}/messages/{}#write", desk.house.home, waiting.thread);
    let mut blocks = vec![Block::says(says), Block::button(words.button, address)];
    if waiting.reply_to.is_some() {
        blocks.push(Block::note((words.reply)(&waiting.name)));
    }
    let paper = desk.paper_because(subject, heading, String::new(), blocks, why.to_owned());
    answered(paper, waiting)
}

/// Whom an answer to the mail reaches (rule M8).
fn answered(paper: Paper, waiting: Waiting) -> Draft {
    Draft {
        paper,
        coach: waiting.reply_to.is_some().then(|| waiting.name.clone()),
        reply_to: waiting.reply_to.map(|mail| (waiting.name, mail)),
        ..Draft::default()
    }
}
