//! What a letter about a message says: who wrote, and where it is read. Never what was written (rule M7).

use model::{Result, Tx, message};
use rules::ids::MessageId;

use super::letters::{Desk, Draft};
use super::paper::Block;

/// Somebody wrote. None once it is read, or to whom nobody can show it any more.
pub(super) fn received(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let (subject, reader) = (&desk.material.event.subject, &desk.material.reader);
    let Some(person) = reader.to.person().filter(|_| subject.kind == MessageId::PREFIX && !reader.is_closed)
    else {
        return Ok(None);
    };
    let Some(waiting) = message::waiting(tx, MessageId::from_raw(subject.id), person)? else {
        return Ok(None);
    };
    let (words, name) = (&desk.t.message_received, &waiting.name);
    let mut blocks = vec![
        Block::says((words.says)(waiting.unread, &desk.moment(waiting.since))),
        Block::button(words.button, format!("{}/messages/{}#write", desk.house.home, waiting.thread)),
    ];
    if waiting.reply_to.is_some() {
        blocks.push(Block::note((words.reply)(name)));
    }
    let (subject, heading) = ((words.subject)(name), (words.heading)(name));
    let paper = desk.paper_because(subject, heading, String::new(), blocks, words.why.to_owned());
    Ok(Some(Draft {
        paper,
        coach: waiting.reply_to.is_some().then(|| name.clone()),
        reply_to: waiting.reply_to.map(|mail| (waiting.name.clone(), mail)),
        ..Draft::default()
    }))
}
