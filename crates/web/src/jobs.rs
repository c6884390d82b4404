//! Runs what [`crate::schedule`] says: in the background while the program serves, until nothing is left to do for
//! tests, and moment by moment when the clock of a demo is moved (rule T4).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use jiff::SignedDuration;
use model::db::Notice;
use model::program::{inactive, intake, survey};
use model::{Db, Result, Tx, attempt, booking, idempotency, lease, mail, manage, session, sign_in, trigger};
use rules::ids::ImportId;
use rules::time::Instant;
use tokio::sync::{Mutex, broadcast, watch};
use tokio::task::JoinSet;

use crate::imports::{self, Importing};
use crate::mail::{Mailroom, delivery};
use crate::node::Node;
use crate::schedule::{self, GATHER, Job, SCHEDULE, SETTLE, When};

/// How long a lease is taken for; its holder takes it again well before the end.
pub const LEASE_SECONDS: i64 = 300;
/// How long one part of a sweep takes at most.
const SWEEP_SECONDS: i64 = 60;
/// So many rows are swept at a time.
pub const SWEEP_ROWS: u32 = 500;

/// How a job's turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There may be more to do.
    Worked,
    /// There is nothing to do.
    Idle,
    /// There is something to do, and it cannot be done now.
    Blocked,
    /// Another program does it.
    Elsewhere,
}

/// What is needed to run them.
pub struct Jobs {
    db: Db,
    room: Arc<Mailroom>,
    /// What this program calls itself among others.
    holder: String,
    is_stopping: Arc<AtomicBool>,
    /// The clock is moved by one at a time: two who both step to the same moment would pass it.
    moving: Mutex<()>,
    /// One turn at a time for each line of the schedule: within a program the lease tells nobody apart.
    turns: Vec<Mutex<()>>,
    /// In how many turns something was done, whoever took them.
    worked: AtomicU64,
    importing: Arc<Importing>,
}

impl Jobs {
    /// For this store and this way of sending.
    pub fn new(db: Db, room: Arc<Mailroom>) -> Arc<Jobs> {
        Jobs::named(db, room, Node::new_name())
    }

    /// The same for a program that calls itself so.
    pub fn named(db: Db, room: Arc<Mailroom>, holder: String) -> Arc<Jobs> {
        let turns = SCHEDULE.iter().map(|_| Mutex::new(())).collect();
        Arc::new(Jobs {
            db,
            room,
            holder,
            is_stopping: Arc::default(),
            moving: Mutex::default(),
            turns,
            worked: AtomicU64::default(),
            importing: Arc::default(),
        })
    }

    /// How many lines of a file of people are done, if it is brought in by this program.
    pub fn importing(&self, import: ImportId) -> Option<u64> {
        self.importing.of(import)
    }

    /// Does everything that is due now, what follows from it, and what is done again and again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn run_until_idle(&self) -> Result<()> {
        self.run_while_working(|_| true).await
    }

    /// Moves the product clock as if time had passed: to each moment at which something becomes due, with all of that
    /// done before the next, and in the end to the target (rule T4). Gives the new now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn advance(&self, by: SignedDuration) -> Result<Instant> {
        self.advance_to(self.db.clock().now() + by).await
    }

    /// The same to a moment; one that has passed already is where the clock stays.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn advance_to(&self, target: Instant) -> Result<Instant> {
        let _one_moves = self.moving.lock().await;
        loop {
            self.run_while_working(When::follows_the_clock).await?;
            let now = self.db.clock().now();
            if now >= target {
                return Ok(now);
            }
            let next = self.db.read(schedule::next).await?.unwrap_or(target).min(target);
            let step = next.since(self.db.clock().now());
            if step.is_positive() {
                self.db.advance_clock(step).await?;
            }
        }
    }

    /// Goes through all lines until nothing is left to do. What was done in the background meanwhile counts as well: a
    /// line that was passed may have to follow it.
    async fn run_while_working(&self, is_wanted: impl Fn(When) -> bool) -> Result<()> {
        loop {
            let before = self.worked.load(Ordering::Acquire);
            for (line, (job, when)) in SCHEDULE.iter().enumerate() {
                if is_wanted(*when) {
                    self.turn(line, *job).await?;
                }
            }
            if self.worked.load(Ordering::Acquire) == before {
                return Ok(());
            }
        }
    }

    /// Runs everything in the background until [`Running::stop`].
    pub fn start(self: &Arc<Jobs>) -> Running {
        let (stop, _) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for line in 0..SCHEDULE.len() {
            tasks.spawn(Arc::clone(self).keep_going(line, self.db.notices(), stop.subscribe()));
        }
        Running { jobs: Arc::clone(self), stop, tasks }
    }

    async fn keep_going(
        self: Arc<Jobs>,
        line: usize,
        mut notices: broadcast::Receiver<Notice>,
        mut stop: watch::Receiver<bool>,
    ) {
        let (job, when) = SCHEDULE[line];
        while !*stop.borrow() {
            // A task of its own: a mistake in one turn must not end all later ones.
            let jobs = Arc::clone(&self);
            let progress = match tokio::spawn(async move { jobs.turn(line, job).await }).await {
                Ok(Ok(progress)) => progress,
                Ok(Err(error)) => {
                    tracing::error!(job = job.name(), %error, "a job failed and is tried again");
                    Progress::Blocked
                }
                Err(panic) => {
                    tracing::error!(job = job.name(), %panic, "a job panicked and is tried again");
                    Progress::Blocked
                }
            };
            if progress == Progress::Worked {
                continue;
            }
            tokio::select! {
                biased;
                // Its end is a stop as well.
                _ = stop.changed() => return,
                () = self.wait(job, when, progress, &mut notices) => {}
            }
        }
    }

    /// Returns when a job should have another look.
    async fn wait(
        &self,
        job: Job,
        when: When,
        progress: Progress,
        notices: &mut broadcast::Receiver<Notice>,
    ) {
        let (topic, gather, at_the_latest) = match when {
            When::Every(pause) => return tokio::time::sleep(pause.unsigned_abs()).await,
            When::Queued { topic, at_the_latest } => (Some(topic), GATHER, at_the_latest),
            When::Due { at_the_latest } => (None, SETTLE, at_the_latest),
        };
        let latest = tokio::time::sleep(at_the_latest.unsigned_abs());
        if progress != Progress::Idle {
            return latest.await;
        }
        tokio::select! {
            () = latest => {}
            () = queued(notices, topic) => {
                tokio::time::sleep(gather.unsigned_abs()).await;
                // The look that follows sees all that was queued meanwhile.
                *notices = notices.resubscribe();
            }
            () = self.next_moment(job) => {}
        }
    }

    async fn next_moment(&self, job: Job) {
        match self.db.read(move |tx| job.next(tx)).await {
            Ok(Some(moment)) => self.db.clock().sleep_until(moment).await,
            // Nothing lies ahead that is known of.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    async fn turn(&self, line: usize, job: Job) -> Result<Progress> {
        let _turn = self.turns[line].lock().await;
        let lease = Arc::new(Lease {
            db: self.db.clone(),
            job: job.name(),
            holder: self.holder.clone(),
            until_machine: AtomicI64::new(i64::MIN),
            renewing: Mutex::new(()),
            is_stopping: Arc::clone(&self.is_stopping),
        });
        let done = self.run(job, &lease).await;
        // Before anybody else takes the turn of this line, and finds nothing left of it.
        if done.as_ref().is_ok_and(|progress| *progress == Progress::Worked) {
            self.worked.fetch_add(1, Ordering::Release);
        }
        lease.give_back().await?;
        done
    }

    async fn run(&self, job: Job, lease: &Arc<Lease>) -> Result<Progress> {
        match job {
            Job::DeliverMail => {
                // Another program may have moved it.
                self.db.reload_clock().await?;
                delivery::deliver(&self.db, &self.room, lease).await
            }
            Job::EndHolds => self.sweep(lease, booking::sweep).await,
            Job::ExpireRequests => self.sweep(lease, session::expire_requests).await,
            Job::RemindOfRequests => self.sweep(lease, session::remind_of_requests).await,
            Job::Remind => self.sweep(lease, session::remind).await,
            Job::AskForMarks => self.sweep(lease, session::ask_for_marks).await,
            Job::TellMarks => self.sweep(lease, session::tell_marks).await,
            Job::SendByRule => {
                if !lease.lasts(SWEEP_SECONDS).await? {
                    return Ok(Progress::Elsewhere);
                }
                let looked = trigger::sweep(&self.db).await?;
                Ok(if looked > 0 { Progress::Worked } else { Progress::Idle })
            }
            Job::SendSurveys => self.sweep(lease, survey::send_due).await,
            Job::ListInactive => self.sweep(lease, inactive::list_week).await,
            Job::SweepManageLinks => self.sweep(lease, manage::sweep).await,
            Job::SweepSignIns => self.sweep(lease, sign_in::sweep).await,
            Job::SweepAnswers => self.sweep(lease, idempotency::sweep).await,
            Job::SweepAttempts => self.sweep(lease, attempt::sweep).await,
            Job::ImportPeople => imports::work(&self.db, lease, &self.importing).await,
            Job::SweepImports => self.sweep(lease, intake::sweep).await,
        }
    }

    async fn sweep(&self, lease: &Lease, sweep: fn(&mut Tx, u32) -> Result<u64>) -> Result<Progress> {
        if !lease.lasts(SWEEP_SECONDS).await? {
            return Ok(Progress::Elsewhere);
        }
        let swept = self.db.write(move |tx| sweep(tx, SWEEP_ROWS)).await?;
        // What it did may have made something else due: a letter, for one.
        Ok(if swept > 0 { Progress::Worked } else { Progress::Idle })
    }
}

/// Hears that something was queued, of this topic or of any; also if it was too far behind to hear of which.
async fn queued(notices: &mut broadcast::Receiver<Notice>, topic: Option<&str>) {
    let is_meant = |notice: &Notice| match topic {
        Some(topic) => notice.topic == topic,
        None => [mail::QUEUED, intake::QUEUED].contains(&notice.topic),
    };
    loop {
        match notices.recv().await {
            Ok(notice) if !is_meant(&notice) => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Jobs that run in the background.
pub struct Running {
    jobs: Arc<Jobs>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Begins nothing new, finishes what is in hand, and returns when all is still.
    pub async fn stop(mut self) {
        self.jobs.is_stopping.store(true, Ordering::Relaxed);
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// The right to do a kind of job for a while, among all programs on one database.
pub struct Lease {
    db: Db,
    job: &'static str,
    holder: String,
    until_machine: AtomicI64,
    renewing: Mutex<()>,
    is_stopping: Arc<AtomicBool>,
}

impl Lease {
    /// Whether this program may do the job for so long from now; takes the lease, or takes it again, if need be.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn lasts(&self, seconds: i64) -> Result<bool> {
        let _one_asks = self.renewing.lock().await;
        let now = self.db.clock().machine_now();
        if (now + SignedDuration::from_secs(seconds)).millis() < self.until_machine.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let (job, holder) = (self.job, self.holder.clone());
        let length = SignedDuration::from_secs(LEASE_SECONDS);
        let is_ours = self.db.write(move |tx| lease::take(tx, job, &holder, length)).await?;
        let until = if is_ours { (now + length).millis() } else { i64::MIN };
        self.until_machine.store(until, Ordering::Relaxed);
        Ok(is_ours)
    }

    /// Whether nothing new is to be begun.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    async fn give_back(&self) -> Result<()> {
        if self.until_machine.swap(i64::MIN, Ordering::Relaxed) == i64::MIN {
            return Ok(());
        }
        let (job, holder) = (self.job, self.holder.clone());
        self.db.write(move |tx| lease::give_back(tx, job, &holder)).await
    }
}
