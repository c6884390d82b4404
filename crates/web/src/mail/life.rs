//! What letters say of a session's life: moves and requests, endings, reminders, how it went, and what is paid. Each tells
//! of one event: what was and what is now on its reader's clock (rules M3, T2), who did it and why, and what the reader
//! can do about it. Whoever no longer has to hear of it gets nothing.

use ::calendar::Method;
use jiff::SignedDuration;
use model::appointment::{self, Appointment, Told};
use model::{Result, Tx, ledger, manage, session};
use rules::attendance::Outcome;
use rules::cancelling::{Ending, Grounds};
use rules::ids::{AttendanceId, PersonId, SessionId};
use rules::ledger::Cost;
use rules::letters::Letter;
use rules::marking::CONTESTED_FOR;
use rules::money::Money;
use rules::moving::FAIR_AFTER;
use rules::notices::notice;
use rules::reminding::Reminder;
use rules::session::{Cause, Imposed};
use rules::time::Instant;

use super::letters::{Desk, Draft};
use super::paper::Block;
use super::sheet::Sheet;
use crate::invites::Side;
use crate::texts::life::{Life, Who, life};
use crate::words::cost_in_words;

/// A link that ends within this is not given to anybody any more.
const SOON_OVER: SignedDuration = SignedDuration::from_hours(1);

/// So many other times stand in a letter, of those that can be had.
const OTHER_TIMES: usize = 3;

/// Writes a letter about a session's life. None if it would tell of what no longer holds.
///
/// # Errors
/// Only those of the store.
pub(super) fn write(tx: &mut Tx, desk: &Desk<'_>) -> Result<Option<Draft>> {
    let reader = &desk.material.reader;
    let Some(person) = reader.to.person().filter(|_| !reader.is_closed) else { return Ok(None) };
    let Some((session, place)) = about(desk) else { return Ok(None) };
    let at = spoken_of(desk);
    let Some(told) = appointment::told(tx, session, person, place, at)? else { return Ok(None) };
    let page = Page {
        sheet: Sheet::new(desk, side(desk.material.letter), tx.now()),
        told,
        words: life(reader.language),
    };
    match desk.material.letter {
        Letter::Moved | Letter::MovedForCoach => page.moved(tx),
        Letter::MoveAsked => page.move_asked(tx),
        Letter::MoveAskedForCoach | Letter::MoveUndecided => page.to_decide(),
        Letter::MoveRejected | Letter::MoveExpired => page.not_moved(tx),
        Letter::MoveWithdrawn | Letter::MoveExpiredForCoach => page.nothing_to_decide(tx),
        Letter::Cancelled => page.cancelled(tx),
        Letter::CancelledForCoach => page.cancelled_for_coach(tx),
        Letter::PlaceOffered => page.place_offered(),
        Letter::Reminder | Letter::ReminderForCoach => page.reminder(tx),
        Letter::MarkWanted => page.mark_wanted(),
        Letter::MarkedCompleted | Letter::MarkedMissed | Letter::MarkCorrected => page.marked(tx),
        Letter::Contested => page.contested(),
        Letter::MarkChangedForCoach => page.mark_changed(),
        Letter::Upheld | Letter::UpheldForCoach => page.upheld(),
        Letter::Forgiven | Letter::ForgivenForCoach => page.forgiven(tx),
        Letter::Waived => page.waived(),
        Letter::Receipt | Letter::Refunded => page.receipt(),
        Letter::WaivedForCoach | Letter::PaidForCoach | Letter::RefundedForCoach => page.settled_for_coach(),
        _ => Ok(None),
    }
}

/// In which part the reader of such a letter is addressed.
const fn side(letter: Letter) -> Side {
    match letter {
        Letter::MovedForCoach
        | Letter::MoveAskedForCoach
        | Letter::MoveUndecided
        | Letter::MoveWithdrawn
        | Letter::MoveExpiredForCoach
        | Letter::CancelledForCoach
        | Letter::ReminderForCoach
        | Letter::MarkWanted
        | Letter::MarkChangedForCoach
        | Letter::UpheldForCoach
        | Letter::ForgivenForCoach
        | Letter::WaivedForCoach
        | Letter::PaidForCoach
        | Letter::RefundedForCoach
        | Letter::Contested => Side::Coach,
        _ => Side::Client,
    }
}

/// The session that the event is about, and the place in it, if it is about one.
pub(super) fn about(desk: &Desk<'_>) -> Option<(SessionId, Option<AttendanceId>)> {
    let event = &desk.material.event;
    if event.subject.kind == SessionId::PREFIX {
        return Some((SessionId::from_raw(event.subject.id), None));
    }
    let session = event.facts["session"].as_str()?.parse().ok()?;
    let place =
        (event.subject.kind == AttendanceId::PREFIX).then(|| AttendanceId::from_raw(event.subject.id));
    Some((session, place))
}

/// The start that the event speaks of, if it names one: after a move the new one.
fn spoken_of(desk: &Desk<'_>) -> Option<Instant> {
    match desk.material.letter {
        Letter::Moved | Letter::MovedForCoach | Letter::PlaceOffered => instant(desk, "to"),
        _ => instant(desk, "start"),
    }
}

fn instant(desk: &Desk<'_>, fact: &str) -> Option<Instant> {
    desk.material.event.facts[fact].as_str()?.parse().ok()
}

/// What a letter tells of, for one reader.
struct Page<'a> {
    sheet: Sheet<'a>,
    told: Told,
    words: &'static Life,
}

/// The subject, the large line, what stands under it, and all that follows.
struct Said {
    subject: String,
    heading: String,
    under: String,
    blocks: Vec<Block>,
}

impl Page<'_> {
    fn moved(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let (words, now, to) = (&self.words.moved, self.sheet.now, self.one().starts_at);
        let Some(from) = self.fact("from") else { return Ok(None) };
        // Nothing goes out for a start that is past (rule T4), nor to whom it concerns no more.
        let holds = self.told.starts_at == Some(to);
        let is_out = self.one().is_cancelled || (self.is_client() && !self.told.is_on);
        if to <= now || (holds && is_out) {
            return Ok(None);
        }
        let how = self.text("how");
        let says = if how == "approved" { (words.agreed)(self.who()) } else { (words.says)(self.who()) };
        let mut blocks = vec![
            Block::says(format!("{says} {}", self.sheet.about(self.one()))),
            self.times(&[(self.words.before, from), (self.words.now, to)]),
        ];
        blocks.extend(self.reason());
        blocks.extend(self.superseded());
        let freely = Imposed { at: self.sheet.desk.material.event.at, from }.open_until().min(to);
        if holds && self.is_client() && how == "coach" && now < freely {
            let says = if self.is_of_pod() { words.leaves_freely_until } else { words.freely_until };
            blocks.push(Block::says(says(&self.moment(freely))));
        }
        let (page, void_at) = self.open_page(tx, &mut blocks)?;
        if holds {
            blocks.push(Block::note(self.words.file_changes));
        } else {
            blocks.push(Block::note(self.words.changed_again));
        }
        let said = Said {
            subject: (words.subject)(&self.what(), &self.when()),
            heading: self.sheet.heading(self.one()),
            under: self.sheet.under(self.one()),
            blocks,
        };
        let events = [self.sheet.inviter.event(self.one(), &page)];
        let calendar = holds.then(|| self.sheet.file(Method::Request, &events));
        Ok(Some(Draft { calendar, void_at: Some(void_at.unwrap_or(to).min(to)), ..self.draft(said) }))
    }

    fn move_asked(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.request;
        let Some((asked, until)) = self.open_request() else { return Ok(None) };
        let coach = &self.one().coach.name;
        let mut blocks = vec![
            Block::says(format!("{} {}", (words.asked_says)(coach), self.sheet.about(self.one()))),
            self.times(&[(self.words.now, self.one().starts_at), (self.words.asked_for, asked)]),
        ];
        blocks.extend(self.reason());
        blocks.push(Block::says((words.asked_until)(coach, &self.moment(until))));
        blocks.push(Block::says(words.asked_meanwhile));
        self.open_page(tx, &mut blocks)?;
        let subject = (words.asked_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: words.asked_heading.to_owned(), under: self.line(), blocks };
        Ok(Some(Draft { void_at: Some(until), ..self.draft(said) }))
    }

    fn to_decide(&self) -> Result<Option<Draft>> {
        let words = &self.words.request;
        let Some((asked, until)) = self.open_request() else { return Ok(None) };
        let is_first = self.sheet.desk.material.letter == Letter::MoveAskedForCoach;
        let (subject, heading) = if is_first {
            (words.decide_subject, words.decide_heading)
        } else {
            (words.undecided_subject, words.undecided_heading)
        };
        let left = self.sheet.desk.clock.relative(until, self.sheet.now);
        let mut blocks = vec![
            Block::says(self.sheet.about(self.one())),
            self.times(&[(self.words.now, self.one().starts_at), (self.words.asked_for, asked)]),
        ];
        blocks.extend(self.reason());
        blocks.push(Block::says((words.decide_until)(&self.moment(until), &left)));
        blocks.push(Block::button(words.decide_button, self.session_page()));
        blocks.push(Block::note(words.decide_note));
        let said = Said {
            subject: subject(&self.what(), &self.when()),
            heading: heading(self.client_name()),
            under: self.line(),
            blocks,
        };
        Ok(Some(Draft { void_at: Some(until), ..self.draft(said) }))
    }

    fn not_moved(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.request;
        let Some(asked) = self.fact("asked").filter(|_| self.is_ahead()) else { return Ok(None) };
        let is_rejected = self.sheet.desk.material.letter == Letter::MoveRejected;
        let free = self.alternatives(tx, asked)?;
        let (start, asked) = (self.one().starts_at, self.sheet.date_of(self.one(), asked));
        let (says, closed_at) = if is_rejected {
            ((words.rejected)(self.who(), &asked), Some(self.sheet.desk.material.event.at))
        } else {
            ((words.expired)(&self.one().coach.name, &asked), self.fact("at"))
        };
        let mut blocks = vec![Block::says(format!("{says} {}", self.sheet.about(self.one())))];
        blocks.extend(self.reason());
        let fair = closed_at.map(|at| (at + FAIR_AFTER).min(start)).filter(|fair| self.sheet.now < *fair);
        blocks.extend(fair.map(|fair| Block::says((words.fair_until)(&self.moment(fair)))));
        let (page, _) = self.open_page(tx, &mut blocks)?;
        if !free.is_empty() {
            let link = |at: &Instant| (self.moment(*at), format!("{page}/move?at={at}"));
            let links = vec![Block::says(words.other_times), Block::Links(free.iter().map(link).collect())];
            // Before the button of the page and its note.
            blocks.splice(blocks.len() - 2..blocks.len() - 2, links);
        }
        let said = Said {
            subject: (words.not_moved_subject)(&self.what(), &self.when()),
            heading: words.stays_heading.to_owned(),
            under: self.line(),
            blocks,
        };
        Ok(Some(Draft { void_at: Some(fair.unwrap_or(start)), ..self.draft(said) }))
    }

    /// The free times near the one that was asked for, as long as its reader may still move the session (rule R5).
    fn alternatives(&self, tx: &mut Tx, asked: Instant) -> Result<Vec<Instant>> {
        match &self.one().client {
            Some(client) => {
                session::alternatives_to_rejected(tx, self.one().session, client.id, asked, OTHER_TIMES)
            }
            None => Ok(Vec::new()),
        }
    }

    fn nothing_to_decide(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.request;
        let Some(asked) = self.fact("asked").filter(|_| self.is_ahead()) else { return Ok(None) };
        let asked = self.sheet.date_of(self.one(), asked);
        let is_withdrawn = self.sheet.desk.material.letter == Letter::MoveWithdrawn;
        let (subject, says) = if is_withdrawn {
            (words.withdrawn_subject, (words.withdrawn)(self.client_name(), &asked))
        } else {
            (words.undone_subject, (words.undone)(self.client_name(), &asked))
        };
        let mut blocks = vec![Block::says(format!("{says} {}", self.sheet.about(self.one())))];
        self.open_page(tx, &mut blocks)?;
        let said = Said {
            subject: subject(&self.what(), &self.when()),
            heading: words.stays_for_coach.to_owned(),
            under: self.line(),
            blocks,
        };
        Ok(Some(Draft { void_at: Some(self.one().starts_at), ..self.draft(said) }))
    }

    fn cancelled(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.cancelled;
        let (ending, grounds, cause) = self.ending();
        let is_out = ending == Some(Ending::Left) || (ending == Some(Ending::Missed) && self.is_of_pod());
        let mut says = vec![if is_out { (words.left_says)(self.who()) } else { (words.says)(self.who()) }];
        says.extend(self.because(cause));
        says.push(self.sheet.about(self.one()));
        let mut blocks = vec![Block::says(says.join(" "))];
        blocks.extend(self.reason());
        let mut says: Vec<String> = Vec::new();
        let is_disabled = self.text("to") == "greyed_out";
        match ending {
            _ if is_disabled => says.push(words.disabled.to_owned()),
            Some(Ending::Left) => says.push(words.left.to_owned()),
            Some(Ending::Unbooked) => says.push(words.unbooked.to_owned()),
            Some(Ending::Missed) => says.push(words.missed.to_owned()),
            Some(Ending::Cancelled) | None => {}
        }
        if cause.is_some_and(|cause| cause != Cause::Client) {
            says.push(words.not_missed.to_owned());
        }
        says.extend(self.kept());
        says.extend(self.grounds(grounds));
        if !says.is_empty() {
            blocks.push(Block::says(says.join(" ")));
        }
        blocks.extend(self.superseded());
        let mut void_at = None;
        match ending {
            Some(Ending::Missed) => {
                blocks.extend(self.contest());
                blocks.push(Block::button(self.words.marks.open, self.session_page()));
            }
            // What is disabled its client does not see any more.
            _ if is_disabled => {}
            Some(Ending::Unbooked) => blocks.push(Block::button(words.choose, self.session_page())),
            Some(Ending::Left) => {}
            Some(Ending::Cancelled) | None => void_at = self.open_page(tx, &mut blocks)?.1,
        }
        let heading = if is_out { words.left_heading } else { words.heading };
        let calendar = self.taken_out(&mut blocks);
        let subject = (words.subject)(&self.what(), &self.when());
        let said = Said { subject, heading: heading.to_owned(), under: self.line(), blocks };
        Ok(Some(Draft { calendar, void_at, ..self.draft(said) }))
    }

    fn cancelled_for_coach(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.cancelled;
        let (ending, grounds, cause) = self.ending();
        let is_out = self.is_of_pod() && matches!(ending, Some(Ending::Left | Ending::Missed));
        let mut says = vec![if is_out { self.who_left() } else { (words.says)(self.who()) }];
        says.extend(self.because(cause));
        says.push(self.sheet.about(self.one()));
        let mut blocks = vec![Block::says(says.join(" "))];
        blocks.extend(self.reason());
        let mut says: Vec<String> = Vec::new();
        match ending {
            _ if self.text("to") == "greyed_out" => says.push(words.disabled.to_owned()),
            Some(Ending::Unbooked) => says.push(words.unbooked.to_owned()),
            Some(Ending::Missed) => says.push(words.missed.to_owned()),
            Some(Ending::Left | Ending::Cancelled) | None => {}
        }
        if is_out {
            says.push(words.left.to_owned());
        }
        says.extend(self.kept());
        says.extend(self.grounds(grounds));
        if !says.is_empty() {
            blocks.push(Block::says(says.join(" ")));
        }
        blocks.extend(self.superseded());
        self.open_page(tx, &mut blocks)?;
        // A pod that somebody leaves stays in its coach's calendar.
        let calendar = if is_out { None } else { self.taken_out(&mut blocks) };
        let (what, when) = (self.what(), self.when());
        let (subject, heading) = if is_out {
            let client = self.client_name();
            ((words.left_subject_for_coach)(client, &what, &when), (words.left_heading_for_coach)(client))
        } else {
            ((words.subject)(&what, &when), words.heading_for_coach.to_owned())
        };
        Ok(Some(Draft { calendar, ..self.draft(Said { subject, heading, under: self.line(), blocks }) }))
    }

    /// Which member is out of a pod, and through whom: the pod itself nobody has called off.
    fn who_left(&self) -> String {
        let (words, client) = (&self.words.cancelled, self.one().client.as_ref());
        match client.filter(|client| self.sheet.desk.material.event.by_id == Some(client.id)) {
            Some(client) => (words.left_themselves)(&client.name),
            None => (words.taken_out)(self.who(), self.client_name()),
        }
    }

    fn place_offered(&self) -> Result<Option<Draft>> {
        let (words, to) = (&self.words.place_offered, self.one().starts_at);
        let is_new = self.told.starts_at == Some(to) && !self.one().is_cancelled && self.sheet.now < to;
        if !is_new || self.told.is_on {
            return Ok(None);
        }
        // What had no time before is not a place that was given up: it waits for the agreement (rule P9).
        let from = self.fact("from");
        let (heading, says, take) = match from {
            Some(_) => (words.heading, words.says, words.take),
            None => (words.first_heading, words.first_says, words.first_take),
        };
        let times = match from {
            Some(from) => self.times(&[(self.words.before, from), (self.words.now, to)]),
            None => self.times(&[(self.words.now, to)]),
        };
        let mut blocks = vec![Block::says(says), times, Block::says(self.sheet.about(self.one()))];
        let me = self.sheet.desk.material.reader.to.person().map(|me| me.to_string());
        let reversed = self.sheet.desk.material.event.facts["reversed"].as_array();
        if reversed.is_some_and(|all| all.iter().any(|one| one.as_str() == me.as_deref())) {
            blocks.push(Block::says(words.not_missed));
        }
        blocks.push(Block::button(take, self.session_page()));
        blocks.push(Block::note((words.how)(&self.one().coach.name)));
        let said = Said {
            subject: (words.subject)(&self.what(), &self.when()),
            heading: heading.to_owned(),
            under: self.line(),
            blocks,
        };
        let because = self.sheet.t.why_booked.to_owned();
        let paper =
            self.sheet.desk.paper_because(said.subject, said.heading, said.under, said.blocks, because);
        Ok(Some(Draft { void_at: Some(to), ..self.sheet.draft(paper, self.one()) }))
    }

    fn reminder(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.reminder;
        let (start, now) = (self.one().starts_at, self.sheet.now);
        // One that comes when the next one is due says nothing that the next one does not (rule M1).
        let until = match self.text("kind").parse::<Reminder>() {
            Ok(Reminder::Day) => start - Reminder::Hour.before(),
            _ => start,
        };
        if now >= until || !self.is_ahead() {
            return Ok(None);
        }
        let left = (words.says)(&self.sheet.desk.clock.relative(start, now));
        let mut blocks = vec![Block::says(format!("{left} {}", self.sheet.about(self.one())))];
        // As it stands now, not when it became due.
        if let Some(asked) = self.told.asked {
            let asked = self.sheet.date_of(self.one(), asked);
            blocks.push(Block::says(if self.is_client() {
                (words.asked)(&asked, &self.one().coach.name)
            } else {
                (words.asked_for_coach)(self.client_name(), &asked)
            }));
        }
        self.open_page(tx, &mut blocks)?;
        let said = Said {
            subject: (words.subject)(&self.what(), &self.when()),
            heading: self.sheet.heading(self.one()),
            under: self.sheet.under(self.one()),
            blocks,
        };
        Ok(Some(Draft { void_at: Some(until), ..self.draft(said) }))
    }

    fn mark_wanted(&self) -> Result<Option<Draft>> {
        if !self.told.is_on {
            return Ok(None);
        }
        let words = &self.words.marks;
        let what = self.sheet.inviter.what(self.one());
        let blocks = vec![
            Block::says(format!("{} {}", (words.wanted)(&what), words.wanted_how)),
            Block::button(words.wanted_button, self.session_page()),
        ];
        let subject = (words.wanted_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: words.wanted_heading.to_owned(), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    fn marked(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.marks;
        let is: Option<Outcome> = self.text("is").parse().ok();
        let is_missed = matches!(is, Some(Outcome::NoShow | Outcome::LateCancellation));
        let is_late = is == Some(Outcome::LateCancellation);
        let (heading, mut says) = match self.sheet.desk.material.letter {
            Letter::MarkedCompleted => (words.completed_heading, vec![words.completed.to_owned()]),
            Letter::MarkedMissed if is_late => (words.missed_heading, vec![words.late.to_owned()]),
            Letter::MarkedMissed => (words.missed_heading, vec![words.no_show.to_owned()]),
            _ => {
                let now = match is {
                    Some(Outcome::Completed) => words.now_completed,
                    Some(_) => words.now_missed,
                    None => words.now_open,
                };
                (words.corrected_heading, vec![words.corrected.to_owned(), now.to_owned()])
            }
        };
        says.push(self.sheet.about(self.one()));
        let mut blocks = vec![Block::says(says.join(" "))];
        if is_missed {
            blocks.extend(self.billed(tx)?.map(Block::says));
            blocks.extend(self.contest());
        }
        blocks.push(Block::button(words.open, self.session_page()));
        let is_correction = self.sheet.desk.material.letter == Letter::MarkCorrected;
        let subject = if is_correction { words.corrected_subject } else { words.subject };
        let subject = subject(&self.what(), &self.when());
        let said = Said { subject, heading: heading.to_owned(), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    /// It holds a link to what the client wrote, and not the words.
    fn contested(&self) -> Result<Option<Draft>> {
        let words = &self.words.marks;
        let mut blocks = vec![Block::says(format!(
            "{} {}",
            (words.contested)(self.client_name()),
            self.sheet.about(self.one())
        ))];
        if !self.told.is_coach {
            blocks.push(Block::Facts(vec![(words.coach.to_owned(), self.one().coach.name.clone())]));
        }
        blocks.push(Block::says(words.contested_who));
        blocks.push(Block::button(words.contested_button, self.session_page()));
        let subject = (words.contested_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: words.contested_heading.to_owned(), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    /// To the coach who marked it: what somebody else says of it now.
    fn mark_changed(&self) -> Result<Option<Draft>> {
        let (words, client) = (&self.words.marks, self.client_name());
        let says = match self.text("outcome").parse() {
            Ok(Outcome::Completed) => words.changed_to_completed,
            Ok(Outcome::NoShow | Outcome::LateCancellation) => words.changed_to_missed,
            Err(_) => words.changed_to_nothing,
        };
        let says = format!("{} {}", says(self.who(), client), self.sheet.about(self.one()));
        let mut blocks = vec![Block::says(says)];
        blocks.extend(self.reason());
        blocks.push(Block::button(words.open, self.session_page()));
        let subject = (words.changed_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: (words.changed_heading)(client), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    fn upheld(&self) -> Result<Option<Draft>> {
        let words = &self.words.marks;
        let (heading, says) = if self.is_client() {
            (words.upheld_heading.to_owned(), (words.upheld)(self.who()))
        } else {
            let client = self.client_name();
            ((words.upheld_heading_for_coach)(client), (words.upheld_for_coach)(self.who(), client))
        };
        let mut blocks = vec![Block::says(format!("{says} {}", self.sheet.about(self.one())))];
        blocks.extend(self.reason());
        blocks.push(Block::button(words.open, self.session_page()));
        let subject = (words.upheld_subject)(&self.what(), &self.when());
        Ok(Some(self.draft(Said { subject, heading, under: self.line(), blocks })))
    }

    fn forgiven(&self, tx: &mut Tx) -> Result<Option<Draft>> {
        let words = &self.words.marks;
        let (heading, mut says) = if self.is_client() {
            (words.forgiven_heading.to_owned(), vec![(words.forgiven)(self.who())])
        } else {
            let says = (words.forgiven_for_coach)(self.who(), self.client_name());
            ((words.forgiven_heading_for_coach)(self.client_name()), vec![says])
        };
        says.extend(self.billed(tx)?);
        if self.text("to") == "unbooked" {
            says.push(self.words.cancelled.unbooked.to_owned());
        }
        says.push(self.sheet.about(self.one()));
        let mut blocks = vec![Block::says(says.join(" "))];
        blocks.extend(self.reason());
        blocks.push(Block::button(words.open, self.session_page()));
        let subject = (words.forgiven_subject)(&self.what(), &self.when());
        let said = Said { subject, heading, under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    fn waived(&self) -> Result<Option<Draft>> {
        let words = &self.words.money;
        let Some(amount) = self.amount("minor") else { return Ok(None) };
        let says = (words.waived)(self.who(), &self.sheet.amount(amount));
        let mut blocks = vec![Block::says(format!("{says} {}", self.sheet.about(self.one())))];
        blocks.extend(self.reason());
        let subject = (words.waived_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: words.waived_heading.to_owned(), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    /// Somebody else wrote down what became of the price of a session of theirs.
    fn settled_for_coach(&self) -> Result<Option<Draft>> {
        let words = &self.words.money;
        let Some(amount) = self.amount("minor") else { return Ok(None) };
        let (amount, client) = (self.sheet.amount(amount), self.client_name());
        let (heading, says) = match self.sheet.desk.material.letter {
            Letter::WaivedForCoach => (words.waived_for_coach_heading, words.waived_for_coach),
            Letter::RefundedForCoach => (words.refunded_for_coach_heading, words.refunded_for_coach),
            _ => (words.paid_for_coach_heading, words.paid_for_coach),
        };
        let says = says(self.who(), client, &amount);
        let mut blocks = vec![Block::says(format!("{says} {}", self.sheet.about(self.one())))];
        blocks.extend(self.reason());
        let number = self.text("reference");
        if !number.is_empty() {
            blocks.push(Block::Facts(vec![(words.number.to_owned(), number.to_owned())]));
        }
        blocks.push(Block::button(self.words.marks.open, self.session_page()));
        let subject = (words.settled_for_coach_subject)(&self.what(), &self.when());
        let said = Said { subject, heading: heading(client), under: self.line(), blocks };
        Ok(Some(self.draft(said)))
    }

    fn receipt(&self) -> Result<Option<Draft>> {
        let words = &self.words.money;
        let Some(amount) = self.amount("minor") else { return Ok(None) };
        let desk = self.sheet.desk;
        let is_refund = desk.material.letter == Letter::Refunded;
        let (subject, heading, says, on) = if is_refund {
            (words.refund_subject, words.refund_heading, words.refund, words.paid_back)
        } else {
            (words.receipt_subject, words.receipt_heading, words.receipt, words.received)
        };
        let facts = [
            (words.number, self.text("reference").to_owned()),
            (words.amount, self.sheet.amount(amount)),
            (words.paid_for, self.sheet.inviter.what(self.one())),
            (words.session, self.sheet.date(self.one())),
            (on, desk.clock.date(desk.material.event.at)),
        ];
        let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let blocks = vec![Block::says(says), Block::Facts(facts)];
        let said = Said {
            subject: subject(self.text("reference")),
            heading: heading.to_owned(),
            under: String::new(),
            blocks,
        };
        Ok(Some(self.draft(said)))
    }

    fn one(&self) -> &Appointment {
        &self.told.appointment
    }

    fn is_client(&self) -> bool {
        self.sheet.side == Side::Client
    }

    fn is_of_pod(&self) -> bool {
        self.one().topic.pod.is_some()
    }

    /// It is still to take place, at the start that is spoken of.
    fn is_ahead(&self) -> bool {
        let start = self.one().starts_at;
        self.told.is_on && self.told.starts_at == Some(start) && self.sheet.now < start
    }

    /// The start that is asked for and until when that can be decided, if it still can be.
    fn open_request(&self) -> Option<(Instant, Instant)> {
        let (asked, until) = (self.fact("asked")?, self.fact("expires_at")?);
        let is_open = self.told.asked == Some(asked) && self.is_ahead() && self.sheet.now < until;
        is_open.then_some((asked, until))
    }

    fn fact(&self, name: &str) -> Option<Instant> {
        instant(self.sheet.desk, name)
    }

    fn text(&self, name: &str) -> &str {
        self.sheet.desk.material.event.facts[name].as_str().unwrap_or_default()
    }

    fn amount(&self, name: &str) -> Option<Money> {
        let minor = self.sheet.desk.material.event.facts[name].as_i64()?;
        Some(Money::new(minor, self.text("currency").parse().ok()?))
    }

    /// Who did it, as the reader sees them.
    fn who(&self) -> Who<'_> {
        let event = &self.sheet.desk.material.event;
        let me: Option<PersonId> = self.sheet.desk.material.reader.to.person();
        match &event.by {
            _ if event.by_id.is_some() && event.by_id == me => Who::You,
            Some(name) => Who::One(name),
            None => Who::Nobody,
        }
    }

    /// On whose side the reason lay, and that somebody did for a client what a client asked for (rules R10, S6). Who did
    /// it for a reason of their own knows that; "you" is said of several coaches only to the one who could not.
    fn because(&self, cause: Option<Cause>) -> Option<String> {
        let (words, is_own) = (&self.words.cancelled, self.who() == Who::You);
        match cause? {
            Cause::Client => {
                let (client, event) = (self.one().client.as_ref()?, &self.sheet.desk.material.event);
                if event.by_id == Some(client.id) {
                    return None;
                }
                let by = event.by.as_deref()?;
                Some(match (self.is_client(), is_own) {
                    (true, _) => words.you_asked.to_owned(),
                    (false, true) => (words.client_asked)(&client.name),
                    (false, false) => (self.words.on_behalf)(by, &client.name),
                })
            }
            cause @ Cause::Coach if !self.is_client() => {
                let absent = self.text("absent").parse().unwrap_or(self.one().coach.id);
                if self.sheet.desk.material.reader.to.person() != Some(absent) {
                    let named = self.coach_name(absent).map(words.because_of);
                    return Some(named.unwrap_or_else(|| (words.because)(cause).to_owned()));
                }
                (!is_own).then(|| words.because_of_you.to_owned())
            }
            cause => Some((words.because)(cause).to_owned()),
        }
    }

    /// What a coach of it is called; none for whoever only stood in for the time that it had.
    fn coach_name(&self, coach: PersonId) -> Option<&str> {
        let (one, event) = (self.one(), &self.sheet.desk.material.event);
        let said_so = event.by.as_deref().filter(|_| event.by_id == Some(coach));
        let coach = std::iter::once(&one.coach).chain(&one.beside).find(|one| one.id == coach);
        said_so.or(coach.map(|coach| coach.name.as_str()))
    }

    fn client_name(&self) -> &str {
        self.one().client.as_ref().map_or_else(|| self.sheet.inviter.other(self.one()), |client| &client.name)
    }

    fn what(&self) -> String {
        self.sheet.what(self.one())
    }

    fn when(&self) -> String {
        self.sheet.when(self.one())
    }

    /// When it is, in small type.
    fn line(&self) -> String {
        format!("{}. {}", self.sheet.heading(self.one()), self.sheet.under(self.one()))
    }

    fn moment(&self, at: Instant) -> String {
        self.sheet.desk.moment(at)
    }

    /// Times side by side.
    fn times(&self, times: &[(&str, Instant)]) -> Block {
        let row = |(name, at): &(&str, Instant)| ((*name).to_owned(), self.sheet.date_of(self.one(), *at));
        Block::Facts(times.iter().map(row).collect())
    }

    fn reason(&self) -> Option<Block> {
        let event = &self.sheet.desk.material.event;
        if event.by_file {
            return Some(Block::says(self.sheet.desk.texts.enrolment.by_file));
        }
        let reason = event.reason.as_deref()?.trim();
        (!reason.is_empty()).then(|| Block::says((self.words.wrote)(self.who(), reason)))
    }

    fn superseded(&self) -> Option<Block> {
        let asked = self.sheet.date_of(self.one(), self.fact("superseded")?);
        Some(Block::says((self.words.closed_request)(&asked)))
    }

    /// What became of it, why it costs what it costs, and on whose side the reason lies.
    fn ending(&self) -> (Option<Ending>, Option<Grounds>, Option<Cause>) {
        (self.text("ending").parse().ok(), self.text("grounds").parse().ok(), self.text("cause").parse().ok())
    }

    /// What it came to when it was called off, beside what had been paid of it (rule F3).
    fn kept(&self) -> Option<String> {
        let billed = self.amount("kept_minor")?;
        let paid = self.sheet.desk.material.event.facts["paid_minor"].as_i64().unwrap_or_default();
        // A pod's letter speaks of money only where it is about one place.
        let price = self.one().price.filter(|price| !price.is_zero())?;
        Some(self.cost(Cost::of(billed, paid), price))
    }

    fn cost(&self, cost: Cost, price: Money) -> String {
        let words = &self.words.cancelled;
        let say = if self.is_client() { words.cost } else { words.cost_for_coach };
        let price = self.sheet.amount(price);
        cost_in_words(cost, self.sheet.desk.material.reader.language, |cost| say(cost, &price))
    }

    /// What the ledger has of it.
    fn billed(&self, tx: &mut Tx) -> Result<Option<String>> {
        let price = self.one().price.filter(|price| !price.is_zero());
        let Some((price, place)) = price.zip(self.told.place) else { return Ok(None) };
        let balance = ledger::balance(tx, place, price.currency)?;
        let billed = Money { minor: balance.net(), ..price };
        Ok(Some(self.cost(Cost::of(billed, balance.paid), price)))
    }

    fn grounds(&self, grounds: Option<Grounds>) -> Option<String> {
        match grounds? {
            Grounds::Asked => Some(self.words.cancelled.since_asked.to_owned()),
            Grounds::MovedByCoach if self.is_client() => Some(self.words.cancelled.was_moved.to_owned()),
            Grounds::MovedByCoach => Some(self.words.cancelled.was_moved_for_coach.to_owned()),
            _ => None,
        }
    }

    /// How to contest it (rule S14).
    fn contest(&self) -> Option<Block> {
        let until = self.told.outcome_at? + CONTESTED_FOR;
        (self.sheet.now <= until).then(|| Block::says((self.words.marks.contest_until)(&self.moment(until))))
    }

    fn session_page(&self) -> String {
        self.sheet.inviter.page(self.one())
    }

    /// The button to the page of the booking: to a client a link of their own while it opens, else the page of the
    /// session. Gives where it leads, and when that ends.
    fn open_page(&self, tx: &mut Tx, blocks: &mut Vec<Block>) -> Result<(String, Option<Instant>)> {
        let ends = self.one().was_to_end_at() + manage::AFTER_THE_END;
        if self.is_client() && self.sheet.now + SOON_OVER < ends {
            let page = self.sheet.page(tx, self.one())?;
            blocks.push(Block::button(self.sheet.t.booked.button, &*page));
            blocks.push(Block::note(self.sheet.t.booked.button_note));
            return Ok((page, Some(ends)));
        }
        let label =
            if self.is_client() { self.words.marks.open } else { self.sheet.t.booked_for_coach.button };
        blocks.push(Block::button(label, self.session_page()));
        Ok((self.session_page(), None))
    }

    /// The end of the invitation, unless the session has been booked again since.
    fn taken_out(&self, blocks: &mut Vec<Block>) -> Option<super::message::CalendarFile> {
        let is_off = self.told.starts_at.is_none() || self.one().is_cancelled;
        if !is_off && self.told.is_on {
            return None;
        }
        let event = self.sheet.inviter.event(self.one(), &self.session_page());
        blocks.push(Block::note(self.words.file_removes));
        Some(self.sheet.file(Method::Cancel, &[event]))
    }

    fn draft(&self, said: Said) -> Draft {
        let mut paper = self.sheet.paper(said.subject, said.heading, said.under, said.blocks, self.one());
        if notice(self.sheet.desk.material.letter).category.may_be_refused() {
            self.sheet.t.why_session.clone_into(&mut paper.why);
        }
        // An admin settles what is contested in sessions of others.
        if self.sheet.desk.material.letter == Letter::Contested && !self.told.is_coach {
            self.sheet.t.why_settles.clone_into(&mut paper.why);
        }
        self.sheet.draft(paper, self.one())
    }
}
