//! What a letter about a message says: who wrote, and where it is read. Never what was written (rule M7).

use model::message::Waiting;
use model::{Result, Tx, message};
use rules::ids::{MessageId, PersonId};

use super::letters::{Desk, Draft};
use super::paper::Block;

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
    let words = &desk.t.session_message;
    let when = waiting.about.map(|start| desk.moment(start)).unwrap_or_default();
    let (subject, heading) = ((words.subject)(&waiting.name), (words.heading)(&waiting.name));
    Ok(Some(draft(desk, waiting, subject, heading, (words.says)(&when), words.why)))
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
    Draft {
        paper,
        coach: waiting.reply_to.is_some().then(|| waiting.name.clone()),
        reply_to: waiting.reply_to.map(|mail| (waiting.name, mail)),
        ..Draft::default()
    }
}
