//! From the outbox to the mail server (rule M2). Three steps, with a commit between each two: the letter is written and
//! stored, handed over, and marked. Whoever dies in between is followed by somebody who finds it in that state.
//!
//! The one gap that no program can close lies between the server's yes and our commit: then the same text with the same
//! Message-ID is sent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Address;
use model::mail::{self, Step, Written};
use model::{Db, Error, Result, Tx};
use rules::ids::MailId;
use tokio::task::JoinSet;

use super::Mailroom;
use super::transport::{CONNECT_SECONDS, Failure, Reach, SEND_SECONDS, Transport, Wire};
use crate::jobs::{Lease, Progress};

/// So many conversations with the mail server at a time.
pub const WIRES_MAX: usize = 4;
/// How long one mail may take at most, from opening it to knowing what became of it.
const MAIL_SECONDS: i64 = (CONNECT_SECONDS + SEND_SECONDS + 20) as i64;
/// How often it is tried to write down what became of a mail, if the store is busy.
const MARK_TRIES: u32 = 20;
/// And how long it is waited in between.
const MARK_PAUSE_MILLIS: u64 = 250;

/// Delivers what is due now, at most one batch.
///
/// # Errors
/// Those of the store.
pub async fn deliver(db: &Db, room: &Arc<Mailroom>, lease: &Arc<Lease>) -> Result<Progress> {
    if matches!(room.transport, Transport::Off) {
        return Ok(Progress::Idle);
    }
    let due = db.read(mail::due).await?;
    if due.is_empty() {
        return Ok(Progress::Idle);
    }
    if !lease.lasts(MAIL_SECONDS).await? {
        return Ok(Progress::Elsewhere);
    }
    let wires = WIRES_MAX.min(due.len());
    let round = Arc::new(Round {
        db: db.clone(),
        room: Arc::clone(room),
        lease: Arc::clone(lease),
        due: Mutex::new(due.into_iter()),
        is_blocked: AtomicBool::new(false),
    });
    let mut carriers = JoinSet::new();
    for _ in 0..wires {
        carriers.spawn(Arc::clone(&round).carry());
    }
    let mut outcome = Ok(Progress::Worked);
    while let Some(carrier) = carriers.join_next().await {
        match carrier {
            Ok(Ok(())) => {}
            Ok(Err(error)) => outcome = Err(error),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    if round.is_blocked.load(Ordering::Relaxed) { outcome.map(|_| Progress::Blocked) } else { outcome }
}

/// One batch, shared by those who carry it.
struct Round {
    db: Db,
    room: Arc<Mailroom>,
    lease: Arc<Lease>,
    due: Mutex<std::vec::IntoIter<MailId>>,
    /// The server as a whole does not work: no use in trying the others now.
    is_blocked: AtomicBool,
}

impl Round {
    async fn carry(self: Arc<Round>) -> Result<()> {
        let mut wire = None;
        while let Some(id) = self.next().await? {
            let written = match prepare(&self.db, &self.room, id).await {
                Ok(Some(written)) => written,
                Ok(None) => continue,
                Err(error) if may_pass(&error) || matches!(error, Error::Closed) => return Err(error),
                Err(error) => {
                    // One mail that cannot be written must not keep back all that come after it.
                    tracing::error!(mail = %id, %error, "a mail could not be written");
                    let failure = Failure { class: "message".to_owned(), reach: Reach::Message };
                    settle(&self.db, id, Err(failure)).await?;
                    continue;
                }
            };
            // What is handed over is seen through, however long the server takes; so nothing new once it is to stop.
            if self.lease.is_stopping() {
                break;
            }
            let outcome = hand_over(&self.room, &mut wire, &written).await;
            if matches!(&outcome, Err(failure) if failure.reach == Reach::Server) {
                self.is_blocked.store(true, Ordering::Relaxed);
            }
            settle(&self.db, id, outcome).await?;
        }
        if let Some(wire) = wire {
            wire.close().await;
        }
        Ok(())
    }

    async fn next(&self) -> Result<Option<MailId>> {
        if self.is_blocked.load(Ordering::Relaxed) || self.lease.is_stopping() {
            return Ok(None);
        }
        if !self.lease.lasts(MAIL_SECONDS).await? {
            return Ok(None);
        }
        Ok(self.due.lock().unwrap_or_else(PoisonError::into_inner).next())
    }
}

/// First step: the stored message of a mail that is to be handed over, written now if it was not. None if there is
/// nothing to hand over: not due, of no concern any more, not to be addressed, or kept in the mailbox of a demo.
///
/// # Errors
/// Those of the store.
pub async fn prepare(db: &Db, room: &Arc<Mailroom>, id: MailId) -> Result<Option<Written>> {
    let room = Arc::clone(room);
    db.write(move |tx| room.prepare(tx, id)).await
}

impl Mailroom {
    fn prepare(&self, tx: &mut Tx, id: MailId) -> Result<Option<Written>> {
        let written = match mail::open(tx, id)? {
            Step::Nothing => return Ok(None),
            Step::Send(written) => written,
            Step::Write(material) => match self.write(tx, &material)? {
                Some(Ok(written)) => {
                    mail::store(tx, id, &written)?;
                    written
                }
                Some(Err(failure)) => return mail::mark_rejected(tx, id, &failure.class).map(|()| None),
                None => return mail::mark_dropped(tx, id).map(|()| None),
            },
        };
        match self.transport {
            // Nobody outside takes it, so that there is no gap: it is written and arrives in one transaction.
            Transport::Mailbox => mail::mark_sent(tx, id).map(|()| None),
            Transport::Smtp(_) | Transport::Off => Ok(Some(written)),
        }
    }
}

/// Second step: hands a message to the mail server, over the wire if it is open. After a failure there is none.
///
/// # Errors
/// Why the server did not take it.
pub async fn hand_over(room: &Mailroom, wire: &mut Option<Wire>, written: &Written) -> Result<(), Failure> {
    let to: Address = written.recipient.parse().map_err(|_| Failure::forever("address"))?;
    let Transport::Smtp(smtp) = &room.transport else { return Err(Failure::forever("message")) };
    let open = match wire.take() {
        Some(open) => open,
        None => smtp.open().await?,
    };
    *wire = Some(open.send(&room.sender.address, &to, written.message.as_bytes()).await?);
    Ok(())
}

/// Third step: writes down what became of it. Tries again while the store is busy, because what is not written down
/// is sent twice.
///
/// # Errors
/// Those of the store.
pub async fn settle(db: &Db, id: MailId, outcome: Result<(), Failure>) -> Result<()> {
    let (word, class) = match &outcome {
        Ok(()) => ("sent", ""),
        Err(Failure { reach: Reach::Forever, class }) => ("rejected", class.as_str()),
        Err(Failure { class, .. }) => ("put_off", class.as_str()),
    };
    metrics::counter!("cairn_mails_total", "outcome" => word).increment(1);
    if outcome.is_err() {
        tracing::warn!(mail = %id, class, "a mail did not leave");
    }
    let mut tries = 0;
    loop {
        let outcome = outcome.clone();
        let marked = db.write(move |tx| match &outcome {
            Ok(()) => mail::mark_sent(tx, id),
            Err(Failure { class, reach: Reach::Forever }) => mail::mark_rejected(tx, id, class),
            Err(Failure { class, .. }) => mail::mark_failed(tx, id, class),
        });
        match marked.await {
            Err(error) if tries < MARK_TRIES && may_pass(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(MARK_PAUSE_MILLIS)).await;
            }
            marked => return marked,
        }
    }
}

/// Whether writing it down again is right and may succeed. Marking twice changes nothing.
fn may_pass(error: &Error) -> bool {
    matches!(error, Error::Busy(_) | Error::NotCommitted { .. } | Error::InDoubt { .. })
}
