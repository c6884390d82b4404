//! What the invented clients and coaches have written to each other. The past of it is written as rows, as all of the
//! example's past is; the newest words go through the verb, and so into the mailbox.

use std::collections::HashMap;

use jiff::SignedDuration;
use rules::ids::{MessageId, PersonId, ThreadId};

use crate::event::{Actor, Via};
use crate::message::{self, Text};
use crate::{Result, Tx, args, person};

/// Who of the two speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Coach,
    Client,
}

/// A thread: its client and coach by their words in addresses, what was said how many hours ago, and what the client or
/// the coach writes just now.
struct Talk {
    client: &'static str,
    coach: &'static str,
    said: &'static [(i64, By, &'static str)],
    now: (By, &'static str),
}

const TALKS: [Talk; 3] = [
    Talk {
        client: "ben",
        coach: "ada",
        said: &[
            (75, By::Client, "The Monday meeting is cancelled. Nobody has noticed so far."),
            (74, By::Coach, "Then that was worth an hour of everybody's week.\nWhat will you do with yours?"),
            (50, By::Client, "Sleep, the first time. Then the letter to the board that I keep putting off."),
            (26, By::Coach, "Bring five lines of it, however rough. We will read them aloud."),
        ],
        now: (By::Client, "Six lines. I could not cut the one about the night shift."),
    },
    Talk {
        client: "pavel",
        coach: "ada",
        said: &[(28, By::Client, "I talked to her. It went better than the rehearsal.")],
        now: (By::Coach, "That is the best kind of answer. Who was more surprised, she or you?"),
    },
    Talk {
        client: "amara",
        coach: "wanjiru",
        said: &[
            (98, By::Coach, "The worksheet that I mentioned is the one with the two columns; paper will do."),
            (97, By::Client, "Two columns, three pages. It grew."),
        ],
        now: (By::Coach, "Let it. We will look at the second page first."),
    },
];

/// Writes all of it.
pub(super) fn write(tx: &mut Tx, ids: &HashMap<&'static str, PersonId>) -> Result<()> {
    for talk in &TALKS {
        let (client, coach) = (ids[talk.client], ids[talk.coach]);
        past(tx, client, coach, talk.said)?;
        let (from, to) = if talk.now.0 == By::Coach { (coach, client) } else { (client, coach) };
        let by = Actor::Person { who: person::get(tx, from)?.who(), via: Via::Page, proof: None };
        message::send(tx, &by, to, None, &Text::parse(talk.now.1).expect("the talks are texts"))?;
    }
    Ok(())
}

/// What was said before now, read by both an hour later.
fn past(tx: &mut Tx, client: PersonId, coach: PersonId, said: &[(i64, By, &str)]) -> Result<()> {
    let now = tx.now();
    let at = |hours: i64| now - SignedDuration::from_hours(hours);
    let thread: ThreadId = tx.new_id();
    let messages: Vec<MessageId> = said.iter().map(|_| tx.new_id()).collect();
    let (Some(first), Some(last), Some(read)) = (said.first(), messages.last(), said.last()) else {
        return Ok(());
    };
    tx.exec(
        "INSERT INTO thread (id, client_id, coach_id, last_id, made_at) VALUES ($1, $2, $3, $4, $5)",
        args![thread, client, coach, *last, at(first.0)],
    )?;
    for ((hours, by, text), id) in said.iter().zip(&messages) {
        let by = if *by == By::Coach { coach } else { client };
        tx.exec(
            "INSERT INTO message (id, thread_id, by_id, text, sent_at) VALUES ($1, $2, $3, $4, $5)",
            args![*id, thread, by, *text, at(*hours)],
        )?;
    }
    for person in [client, coach] {
        tx.exec(
            "INSERT INTO thread_side (thread_id, person_id, unread, read_id, read_at) VALUES ($1, $2, 0, $3, $4)",
            args![thread, person, *last, at(read.0 - 1)],
        )?;
    }
    Ok(())
}
