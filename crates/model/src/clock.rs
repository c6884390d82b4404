//! The one place that reads the machine's clock and its randomness. Everything else is handed the time.
//!
//! There are two clocks. The *product clock* decides everything that a rule speaks of (rule T4): it is the
//! machine's clock plus an offset that is a row of the database, so that restarts, commands and a second
//! node agree on it, and that only [`Db`](crate::Db) moves. The *machine clock* serves what must not follow
//! such a move: certificates, one-time codes, mail backoff, rate limits, ids.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::SignedDuration;
use rules::ids::Id;
use rules::time::Instant;
use tokio::sync::watch;

/// A long wait looks at the machine's clock this often, because that clock may itself be set, and because
/// a suspended machine's timers stand still.
const LONGEST_SLEEP_SECONDS: u64 = 60;

/// Both clocks and the maker of ids. Clones share one state.
#[derive(Clone)]
pub struct Clock(Arc<State>);

struct State {
    machine: Machine,
    /// Milliseconds that the product clock is ahead of the machine's.
    offset: AtomicI64,
    /// Told of every move, so that sleepers look again.
    moved: watch::Sender<()>,
    ids: IdMaker,
}

enum Machine {
    Real,
    Manual(AtomicI64),
}

impl Clock {
    /// The clock of this machine, with no offset until a database says otherwise.
    pub fn machine() -> Clock {
        Clock::new(Machine::Real)
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it: for tests.
    pub fn manual(start: Instant) -> Clock {
        Clock::new(Machine::Manual(AtomicI64::new(start.millis())))
    }

    fn new(machine: Machine) -> Clock {
        let (moved, _) = watch::channel(());
        Clock(Arc::new(State { machine, offset: AtomicI64::new(0), moved, ids: IdMaker::new() }))
    }

    /// The product clock: the now of every rule.
    pub fn now(&self) -> Instant {
        self.machine_now() + self.offset()
    }

    /// The machine clock, which no move of the product clock touches.
    pub fn machine_now(&self) -> Instant {
        match &self.0.machine {
            Machine::Real => Instant::from_timestamp(real_now()),
            Machine::Manual(millis) => Instant::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// How far the product clock is ahead of the machine's.
    pub fn offset(&self) -> SignedDuration {
        SignedDuration::from_millis(self.0.offset.load(Ordering::SeqCst))
    }

    /// Lets time pass on a manual clock: both the product's and the machine's.
    ///
    /// # Panics
    /// On the machine's own clock, and backwards: `Db::advance_clock` moves the product clock alone.
    pub fn advance(&self, by: SignedDuration) {
        let Machine::Manual(millis) = &self.0.machine else { panic!("only a manual clock is moved by hand") };
        assert!(!by.is_negative(), "time only goes forward (rule T4)");
        millis.fetch_add(by.as_millis().try_into().expect("less than all of time"), Ordering::SeqCst);
        self.0.moved.send_replace(());
    }

    /// Takes over the offset that the database holds.
    pub(crate) fn set_offset(&self, millis: i64) {
        if self.0.offset.swap(millis, Ordering::SeqCst) != millis {
            self.0.moved.send_replace(());
        }
    }

    /// Returns when the product clock has reached `instant`, by waiting or because it was moved.
    pub async fn sleep_until(&self, instant: Instant) {
        let mut moved = self.0.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let left = instant.since(self.now());
            if left <= SignedDuration::ZERO {
                return;
            }
            let wait = match self.0.machine {
                Machine::Real => left.unsigned_abs().min(Duration::from_secs(LONGEST_SLEEP_SECONDS)),
                Machine::Manual(_) => Duration::from_secs(LONGEST_SLEEP_SECONDS),
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // The sender lives as long as this clock does.
                _ = moved.changed() => {}
            }
        }
    }

    /// A new id, larger than all that this clock handed out before.
    pub fn new_id<T: Id>(&self) -> T {
        T::from_raw(self.0.ids.next())
    }
}

/// Unpredictable bytes from the operating system.
///
/// # Panics
/// If the system has none: nothing that needs a secret can go on then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn real_now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Measures how long something took. Not a clock: it has no date and is never compared with one.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// 41 bits of milliseconds since 2025, 10 bits that tell programs apart, 12 bits of counter: ids that sort
/// by when they were made and that several nodes make without asking each other.
struct IdMaker {
    /// Milliseconds and counter of the last id, side by side: a counter that runs over moves into the next
    /// millisecond, and a machine clock that is set back does not repeat an id.
    last: AtomicU64,
    maker: u64,
}

const ID_EPOCH_MILLIS: i64 = 1_735_689_600_000;
const MAKER_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;

impl IdMaker {
    fn new() -> IdMaker {
        static NEXT: OnceLock<AtomicU32> = OnceLock::new();
        let next = NEXT.get_or_init(|| AtomicU32::new(u32::from_ne_bytes(random_bytes())));
        let maker = next.fetch_add(1, Ordering::Relaxed) & ((1 << MAKER_BITS) - 1);
        IdMaker { last: AtomicU64::new(0), maker: u64::from(maker) }
    }

    fn next(&self) -> i64 {
        let millis = (real_now().as_millisecond() - ID_EPOCH_MILLIS).max(0).cast_unsigned();
        let earliest = millis << COUNTER_BITS;
        let step = |last: u64| Some((last + 1).max(earliest));
        let previous = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step)
            .expect("there is always a next id");
        let this = (previous + 1).max(earliest);
        let (millis, counter) = (this >> COUNTER_BITS, this & ((1 << COUNTER_BITS) - 1));
        let id = millis << (MAKER_BITS + COUNTER_BITS) | self.maker << COUNTER_BITS | counter;
        i64::try_from(id).expect("41 bits of milliseconds last until 2094")
    }
}
