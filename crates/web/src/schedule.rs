//! What the program does by itself, as a table of sentences. How they are run is in [`crate::jobs`].

use jiff::SignedDuration;
use model::program::{inactive, intake, survey};
use model::{Result, Tx, booking, mail, session, trigger};
use rules::time::Instant;

/// A kind of job. Each is shallow, may run late, twice or on another machine, and may find nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// Hands letters to the mail server (rule M2).
    DeliverMail,
    /// Gives back the time of holds that have ended (rule B7).
    EndHolds,
    /// Writes down that requests to move have expired (rule R4).
    ExpireRequests,
    /// Reminds coaches of requests that wait (rule R6).
    RemindOfRequests,
    /// Reminds people of their sessions (rule M1).
    Remind,
    /// Asks coaches how sessions went (rule S7).
    AskForMarks,
    /// Tells clients how they were marked, and makes money follow (rule S10).
    TellMarks,
    /// Writes to people by the rules of programs (rule M5).
    SendByRule,
    /// Sends surveys whose wait is over (rule G7).
    SendSurveys,
    /// Makes the weekly list of who has gone quiet, and tells of it (rule G8).
    ListInactive,
    /// Forgets links to sessions that were long ago (rule B2).
    SweepManageLinks,
    /// Forgets links and sign-ins that ended.
    SweepSignIns,
    /// Forgets answers that were kept for a repeated request (rule B5).
    SweepAnswers,
    /// Forgets how often something was tried.
    SweepAttempts,
    /// Looks at files of people and brings them in (rule G2).
    ImportPeople,
    /// Forgets files of people that are over.
    SweepImports,
}

impl Job {
    /// Its name, for leases and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Job::DeliverMail => "deliver_mail",
            Job::EndHolds => "end_holds",
            Job::ExpireRequests => "expire_requests",
            Job::RemindOfRequests => "remind_of_requests",
            Job::Remind => "remind",
            Job::AskForMarks => "ask_for_marks",
            Job::TellMarks => "tell_marks",
            Job::SendByRule => "send_by_rule",
            Job::SendSurveys => "send_surveys",
            Job::ListInactive => "list_inactive",
            Job::SweepManageLinks => "sweep_manage_links",
            Job::SweepSignIns => "sweep_sign_ins",
            Job::SweepAnswers => "sweep_answers",
            Job::SweepAttempts => "sweep_attempts",
            Job::ImportPeople => "import_people",
            Job::SweepImports => "sweep_imports",
        }
    }

    /// The first moment of the product clock, after now, at which time brings it something to do, as things stand.
    ///
    /// # Errors
    /// Those of the store.
    pub fn next(self, tx: &mut Tx) -> Result<Option<Instant>> {
        match self {
            Job::DeliverMail => mail::next_due(tx),
            Job::EndHolds => booking::next_end(tx),
            Job::ExpireRequests => session::next_expiry(tx),
            Job::RemindOfRequests => session::next_request_reminder(tx),
            Job::Remind => session::next_reminder(tx),
            Job::AskForMarks => session::next_prompt(tx),
            Job::TellMarks => session::next_telling(tx),
            Job::SendByRule => trigger::next_look(tx),
            Job::SendSurveys => survey::next_sending(tx),
            Job::ListInactive => inactive::next_week(tx),
            Job::SweepManageLinks
            | Job::SweepSignIns
            | Job::SweepAnswers
            | Job::SweepAttempts
            | Job::ImportPeople
            | Job::SweepImports => Ok(None),
        }
    }
}

/// The next moment of the product clock, after now, at which any job has something to do.
///
/// # Errors
/// Those of the store.
pub fn next(tx: &mut Tx) -> Result<Option<Instant>> {
    let mut first: Option<Instant> = None;
    for (job, _) in SCHEDULE {
        first = [first, job.next(tx)?].into_iter().flatten().min();
    }
    Ok(first)
}

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// [`GATHER`] after a commit that queued something for it, at its moment of the product clock, and at the latest after
    /// this much of the machine's time, because another program may have queued it.
    Queued {
        /// What such a commit says.
        topic: &'static str,
        /// The longest wait.
        at_the_latest: SignedDuration,
    },
    /// As soon as something is due: at its moment of the product clock, [`SETTLE`] after commits that queued something,
    /// because they may have made it due, and at the latest after this much of the machine's time.
    Due {
        /// The longest wait.
        at_the_latest: SignedDuration,
    },
    /// Again and again, after this much of the machine's time.
    Every(SignedDuration),
}

impl When {
    /// Whether it waits for moments of the product clock.
    pub const fn follows_the_clock(self) -> bool {
        !matches!(self, When::Every(_))
    }
}

/// So long a job waits for more of what was queued for it: bookings may come by the thousand in a second.
pub const GATHER: SignedDuration = SignedDuration::from_millis(20);

/// So long a job gathers commits before it looks at what they made due: a look takes several queries, and bookings may
/// come by the thousand in a second.
pub const SETTLE: SignedDuration = SignedDuration::from_millis(250);

/// Everything that the program does by itself.
pub const SCHEDULE: &[(Job, When)] = &[
    (Job::DeliverMail, When::Queued { topic: mail::QUEUED, at_the_latest: SignedDuration::from_secs(10) }),
    (Job::EndHolds, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::ExpireRequests, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::RemindOfRequests, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::Remind, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::AskForMarks, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::TellMarks, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::SendByRule, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::SendSurveys, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::ListInactive, When::Due { at_the_latest: SignedDuration::from_mins(1) }),
    (Job::SweepManageLinks, When::Every(SignedDuration::from_mins(30))),
    (Job::SweepSignIns, When::Every(SignedDuration::from_mins(30))),
    (Job::SweepAnswers, When::Every(SignedDuration::from_mins(30))),
    (Job::SweepAttempts, When::Every(SignedDuration::from_mins(30))),
    (Job::ImportPeople, When::Queued { topic: intake::QUEUED, at_the_latest: SignedDuration::from_secs(10) }),
    (Job::SweepImports, When::Every(SignedDuration::from_mins(30))),
];
