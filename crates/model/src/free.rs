//! Who is free when, of all coaches that the directory shows: kept in memory, for the next free times on a card and for
//! the search by time of day (rule C1). It may be [`STALE_SECONDS_MAX`] behind. Lists ask it, bookings never do: they
//! judge by [`crate::booking`] alone.
//!
//! It learns what changed from the log of events, which every booking, move and change of hours writes to anyway: no
//! row is written for its sake, so that bookings of different times do not meet in it. A coach that an event speaks of
//! is read anew, and so is one whose hold has ended by the clock.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use jiff::SignedDuration;
use rules::free::Free;
use rules::ids::{EventId, PersonId};
use rules::time::{Instant, Quantum, Span};
use tokio::task::JoinSet;

use crate::clock::Stopwatch;
use crate::coach::directory::Choices;
use crate::{Error, Reader, Result, Tx, args, booking, coach, offering};

/// Nobody is shown what was true longer ago than this: a look at most every half of it, and as much again for work.
pub const STALE_SECONDS_MAX: u64 = 2;
/// Who asks sooner after the last look than this gets what that one found.
const LOOK_EVERY: Duration = Duration::from_millis(1000 * STALE_SECONDS_MAX / 2);
/// So many coaches are read in one transaction,
const CHUNK_COACHES: usize = 128;
/// and so many transactions read at a time.
const READS_AT_ONCE: usize = 3;
/// So many coaches are looked up at a time when everybody is read.
const LISTED_COACHES: usize = 1_024;
/// More changes than this since the last look, and everybody is read anew.
const EVENTS_MAX: usize = 20_000;
/// An event may be seen so much later than its id says: transactions end in another order than they began, and machines
/// do not agree about the time.
const LATE_MILLIS: i64 = 15_000;
/// The bits of an id below its milliseconds.
const ID_MILLIS_SHIFT: u32 = 22;
/// A coach of whom nothing is heard is read anew after this time, because more days have come into sight.
const RENEW_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// At most so many of those in one look.
const RENEW_COACHES_MAX: usize = 512;

/// The free starts of the coaches in the directory, each for what is booked first with them: [`offering::first`].
pub struct Index {
    reader: Reader,
    known: RwLock<Known>,
    /// Held by whoever looks; the others wait for what they find.
    look: tokio::sync::Mutex<Look>,
}

/// What is known.
struct Known {
    free: Free,
    choices: Choices,
    /// The notice that each coach needs, which passes while nothing else happens.
    notice: HashMap<PersonId, SignedDuration>,
}

/// How far the one who looks has come.
#[derive(Default)]
struct Look {
    last: Option<Stopwatch>,
    /// None until everybody was read.
    cursor: Option<EventId>,
    /// Events above the cursor whose coaches were read already.
    seen: BTreeSet<EventId>,
    /// When each coach was read, on the product clock.
    read_at: BTreeMap<PersonId, Instant>,
    /// When holds end.
    ends: BTreeSet<(Instant, PersonId)>,
}

/// A coach as they were read.
struct Found {
    coach: PersonId,
    /// None for whoever the directory does not show.
    open: Option<(SignedDuration, Vec<Instant>)>,
    hold_ends: Option<Instant>,
}

impl Index {
    /// One that knows nobody yet.
    pub fn new(reader: Reader) -> Index {
        let free = Free::new(reader.clock().now());
        let known = RwLock::new(Known { free, choices: Choices::default(), notice: HashMap::new() });
        Index { reader, known, look: tokio::sync::Mutex::default() }
    }

    /// Makes sure that what is known is young enough. The first time everybody is read, which takes a moment where there
    /// are thousands.
    ///
    /// # Errors
    /// Only those of the store; then what was known stays known.
    pub async fn refresh(&self) -> Result<()> {
        let mut look = self.look.lock().await;
        if look.last.as_ref().is_some_and(|last| last.elapsed() < LOOK_EVERY) {
            return Ok(());
        }
        let watch = Stopwatch::start();
        self.look_now(&mut look).await?;
        look.last = Some(watch);
        Ok(())
    }

    /// The same, however young it is: for whoever has just changed something and wants to see it.
    ///
    /// # Errors
    /// As [`Index::refresh`].
    pub async fn refresh_now(&self) -> Result<()> {
        let mut look = self.look.lock().await;
        let watch = Stopwatch::start();
        self.look_now(&mut look).await?;
        look.last = Some(watch);
        Ok(())
    }

    async fn look_now(&self, look: &mut Look) -> Result<()> {
        let now = self.reader.clock().now();
        self.write(|known| known.free.move_on(now));
        let Some(cursor) = look.cursor else { return self.read_everybody(look).await };
        let events = self.reader.read(move |tx| events_above(tx, cursor)).await?;
        if events.len() > EVENTS_MAX {
            return self.read_everybody(look).await;
        }
        let new: Vec<&Changed> = events.iter().filter(|it| !look.seen.contains(&it.event)).collect();
        let mut changed: BTreeSet<PersonId> = new.iter().map(|it| it.coach).collect();
        let has_new_choices = new.iter().any(|it| it.is_of_the_practice);
        changed.extend(look.ends.range(..=(now, PersonId::from_raw(i64::MAX))).map(|(_, coach)| *coach));
        let old = look.read_at.iter().filter(|(_, at)| now.since(**at) >= RENEW_AFTER);
        changed.extend(old.map(|(coach, _)| *coach).take(RENEW_COACHES_MAX));
        self.read(look, &changed.into_iter().collect::<Vec<_>>()).await?;
        if has_new_choices {
            self.read_choices().await?;
        }
        look.seen.extend(events.iter().map(|it| it.event));
        if let Some(last) = events.last() {
            let cursor = shortly_before(last.event).max(cursor);
            look.cursor = Some(cursor);
            look.seen = look.seen.split_off(&cursor);
        }
        Ok(())
    }

    async fn read_everybody(&self, look: &mut Look) -> Result<()> {
        // What happens from here on is found by the next look.
        let last = self.reader.read(|tx| {
            tx.one("SELECT COALESCE(MAX(id), 0) FROM event", args![], |row| row.get::<EventId>(0))
        });
        let cursor = shortly_before(last.await?);
        let mut gone: BTreeSet<PersonId> = look.read_at.keys().copied().collect();
        let mut after = None;
        loop {
            let coaches =
                self.reader.read(move |tx| coach::directory::listed_after(tx, after, LISTED_COACHES)).await?;
            let Some(last) = coaches.last() else { break };
            after = Some(*last);
            self.read(look, &coaches).await?;
            gone.retain(|coach| !coaches.contains(coach));
        }
        self.read(look, &gone.into_iter().collect::<Vec<_>>()).await?;
        self.read_choices().await?;
        (look.cursor, look.seen) = (Some(cursor), BTreeSet::new());
        Ok(())
    }

    async fn read_choices(&self) -> Result<()> {
        let choices = self.reader.read(coach::directory::choices).await?;
        self.write(|known| known.choices = choices);
        Ok(())
    }

    /// Reads these coaches anew.
    async fn read(&self, look: &mut Look, coaches: &[PersonId]) -> Result<()> {
        let within = self.known.read().unwrap_or_else(PoisonError::into_inner).free.span();
        let mut chunks = coaches.chunks(CHUNK_COACHES).map(<[PersonId]>::to_vec);
        let mut reads = JoinSet::new();
        loop {
            while reads.len() < READS_AT_ONCE {
                let Some(chunk) = chunks.next() else { break };
                let reader = self.reader.clone();
                reads.spawn(async move { reader.read(move |tx| find_all(tx, &chunk, within)).await });
            }
            let Some(read) = reads.join_next().await else { return Ok(()) };
            let (now, found) = read.map_err(|error| Error::caused("reading who is free", error))??;
            for it in &found {
                look.ends.retain(|(_, coach)| *coach != it.coach);
                look.ends.extend(it.hold_ends.map(|at| (at, it.coach)));
                match it.open {
                    Some(_) => look.read_at.insert(it.coach, now),
                    None => look.read_at.remove(&it.coach),
                };
            }
            self.write(|known| {
                for it in found {
                    known.learn(it);
                }
            });
        }
    }

    fn write(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The coaches who have a free start in at least one of these spans.
    pub fn who(&self, within: &[Span]) -> HashSet<PersonId> {
        let now = self.reader.clock().now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut who: HashSet<PersonId> = known.free.who(within).into_iter().collect();
        // What was free when it was read may be too near by now.
        who.retain(|coach| {
            let earliest = known.earliest(*coach, now);
            within.iter().all(|span| span.from >= earliest)
                || within.iter().any(|span| {
                    let from = span.from.max(earliest);
                    known.free.next(*coach, from, 1).first().is_some_and(|start| *start < span.until)
                })
        });
        who
    }

    /// The next free starts of a coach, soonest first.
    pub fn next(&self, coach: PersonId, most: usize) -> Vec<Instant> {
        let now = self.reader.clock().now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.free.next(coach, known.earliest(coach, now), most)
    }

    /// What the search of the directory offers to choose from.
    pub fn choices(&self) -> Choices {
        self.known.read().unwrap_or_else(PoisonError::into_inner).choices.clone()
    }

    /// How many coaches are known.
    pub fn len(&self) -> usize {
        self.known.read().unwrap_or_else(PoisonError::into_inner).free.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Known {
    fn learn(&mut self, found: Found) {
        match found.open {
            Some((notice, starts)) => {
                self.free.insert(found.coach, &starts);
                self.notice.insert(found.coach, notice);
            }
            None => {
                self.free.remove(found.coach);
                self.notice.remove(&found.coach);
            }
        }
    }

    /// Before this moment nobody books this coach any more.
    fn earliest(&self, coach: PersonId, now: Instant) -> Instant {
        now + self.notice.get(&coach).copied().unwrap_or(SignedDuration::ZERO)
    }
}

fn find_all(tx: &mut Tx, coaches: &[PersonId], within: Span) -> Result<(Instant, Vec<Found>)> {
    let found = coaches.iter().map(|coach| find(tx, *coach, within)).collect::<Result<_>>()?;
    Ok((tx.now(), found))
}

fn find(tx: &mut Tx, coach: PersonId, within: Span) -> Result<Found> {
    let is_shown = coach::directory::is_shown(tx, coach)?;
    let first = if is_shown { offering::first(tx, coach)? } else { None };
    let Some(first) = first else { return Ok(Found { coach, open: None, hold_ends: None }) };
    let starts = booking::slots_of(tx, &first, within)?;
    let now = tx.now();
    let hold_ends = tx.one(
        // What is held lies ahead, and has its time: the coach's past is not read.
        "SELECT MIN(s.held_until) FROM coach_time t JOIN session s ON s.id = t.session_id
         WHERE t.coach_id = $1 AND t.quantum >= $2 AND s.held_until > $3",
        args![coach, now.millis().div_euclid(Quantum::MILLIS), now],
        |row| row.get(0),
    )?;
    Ok(Found { coach, open: Some((first.policy.notice, starts)), hold_ends })
}

/// Somebody's free time may have changed.
struct Changed {
    event: EventId,
    coach: PersonId,
    /// By the coach's own doing, and not by a session.
    is_of_the_practice: bool,
}

/// What happened above a cursor; one more than [`EVENTS_MAX`] if that is too much.
fn events_above(tx: &mut Tx, cursor: EventId) -> Result<Vec<Changed>> {
    tx.all(
        "SELECT e.id, c.coach_id, e.subject_kind FROM event e JOIN session_coach c ON c.session_id = e.subject_id
         WHERE e.id > $1 AND e.subject_kind = 'ses'
         UNION ALL
         SELECT e.id, c.coach_id, e.subject_kind FROM event e JOIN attendance a ON a.id = e.subject_id
             JOIN session_coach c ON c.session_id = a.session_id
         WHERE e.id > $1 AND e.subject_kind = 'att'
         UNION ALL
         SELECT e.id, c.coach_id, e.subject_kind FROM event e JOIN series c ON c.id = e.subject_id
         WHERE e.id > $1 AND e.subject_kind = 'ser'
         UNION ALL
         SELECT e.id, o.coach_id, e.subject_kind FROM event e JOIN offering o ON o.id = e.subject_id
         WHERE e.id > $1 AND e.subject_kind = 'off'
         UNION ALL
         SELECT e.id, c.person_id, e.subject_kind FROM event e JOIN coach c ON c.person_id = e.subject_id
         WHERE e.id > $1 AND e.subject_kind = 'per'
         ORDER BY 1 LIMIT $2",
        args![cursor, EVENTS_MAX as i64 + 1],
        |row| {
            let subject: String = row.get(2)?;
            let is_of_the_practice = matches!(subject.as_str(), "per" | "off");
            Ok(Changed { event: row.get(0)?, coach: row.get(1)?, is_of_the_practice })
        },
    )
}

/// The oldest id that an event may have which is seen after this one.
fn shortly_before(last: EventId) -> EventId {
    EventId::from_raw((last.raw() - (LATE_MILLIS << ID_MILLIS_SHIFT)).max(0))
}
