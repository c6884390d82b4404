//! Every "no" that a person can meet, with what they need to know about it. Knows no words and no HTTP:
//! the web crate has a sentence for each code and an answer for each kind.

use std::fmt;

use crate::attendance::Status;
use crate::inactivity::Away;
use crate::meeting::Decision;
use crate::money::{Currency, Money};
use crate::permission::Action;
use crate::scope::Scope;
use crate::session::Minutes;
use crate::terms::{Conditions, Terms};
use crate::time::Instant;

/// What sort of "no" it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// Who asks is not known; signing in may help.
    Unauthorized,
    /// They see the thing, and may not do this with it.
    Forbidden,
    /// It is not there, or not for their eyes: the same answer (rule P4).
    NotFound,
    /// It was there once, and is used up or over.
    Gone,
    /// It cannot be read at all.
    Malformed,
    /// It is there, and is not asked like this.
    WrongMethod,
    /// It can be read, and says something that cannot be.
    Invalid,
    /// It would be fine, were it not for the state of things now.
    Conflict,
    /// It is more than is taken at once.
    TooLarge,
    /// It is asked too often.
    TooMany,
    /// Nobody could be served right now.
    Unavailable,
}

macro_rules! refusals {
    ($(
        $(#[$doc:meta])*
        $kind:ident $name:ident $({ $($(#[$field_doc:meta])* $field:ident: $type:ty = $sample:expr),* $(,)? })? $code:literal
    )*) => {
        /// A "no", typed: what was asked cannot be, for a reason that can be told.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name $({ $($(#[$field_doc])* $field: $type),* })?,)*
        }

        impl Refusal {
            /// The code of each refusal, in the order of their definition.
            pub const ALL_CODES: &[&str] = &[$($code),*];

            /// Its name for programs: stable for ever, in snake_case.
            pub fn code(&self) -> &'static str {
                match self {
                    $(Refusal::$name $({ $($field: _),* })? => $code,)*
                }
            }

            /// What sort of "no" it is.
            pub fn kind(&self) -> RefusalKind {
                match self {
                    $(Refusal::$name $({ $($field: _),* })? => RefusalKind::$kind,)*
                }
            }

            /// One of each, for the test that each has its words.
            pub fn samples() -> Vec<Refusal> {
                vec![$(Refusal::$name $({ $($field: $sample),* })?),*]
            }
        }
    };
}

const SAMPLE_INSTANT: Instant = Instant::from_millis(1_774_774_800_000);

refusals! {
    /// There is no such thing, or nothing that they may know of (rule P4).
    NotFound NotFound "not_found"
    /// Only for people who are signed in.
    Unauthorized NotSignedIn "not_signed_in"
    /// Their roles do not allow it (section 15 of the rules).
    Forbidden MayNot {
        /// What they wanted to do.
        action: Action = Action::ManageSettings,
    } "may_not"
    /// They are the client here, so that nothing is decided by them in another role (rule P8).
    Forbidden OwnAttendance {
        /// What they wanted to do.
        action: Action = Action::MarkAttendance,
    } "own_attendance"
    /// They coach it beside somebody else, who says how it went (rule G11).
    Forbidden NotMarking "not_marking"
    /// The request came from a page of another site.
    Forbidden CrossSite "cross_site"

    /// No link is known by this token.
    Gone LinkUnknown "link_unknown"
    /// The link did its work already; it works once.
    Gone LinkUsed "link_used"
    /// The link is too old.
    Gone LinkExpired "link_expired"
    /// Mail address and password do not belong together; which of them is wrong is not said (rule P4).
    Unauthorized WrongPassword "wrong_password"

    /// The account is closed; nobody signs in to it.
    Forbidden AccountClosed "account_closed"

    /// No token like this is in use.
    Unauthorized TokenInvalid "token_invalid"
    /// The token is too old.
    Unauthorized TokenExpired "token_expired"
    /// The token was made for less.
    Forbidden ScopeMissing {
        /// The scope that would be needed.
        scope: Scope = Scope::PeopleRead,
    } "scope_missing"

    /// One person has no more tokens than this at a time.
    Conflict TooManyTokens {
        /// The limit.
        most: u32 = 50,
    } "too_many_tokens"

    /// Asked too often; it is open again after this time.
    TooMany RateLimited {
        /// From now on, rounded up.
        retry_after_seconds: u32 = 60,
    } "rate_limited"
    /// More work waits than can be done soon; nothing was changed.
    Unavailable Busy {
        /// From now on, rounded up.
        retry_after_seconds: u32 = 1,
    } "busy"

    /// What was sent is bigger than what is taken.
    TooLarge TooLarge {
        /// The limit.
        most_bytes: u64 = 65_536,
    } "too_large"
    /// The address exists, and takes other methods.
    WrongMethod WrongMethod "wrong_method"
    /// What was sent cannot be read: broken JSON, a form cut in half, a picture that is none.
    Malformed Unreadable "unreadable"
    /// One or more inputs cannot be as they are.
    Invalid Invalid {
        /// At least one, in the order of the form.
        fields: Vec<FieldProblem> = vec![
            FieldProblem::new("name", Problem::Missing),
            FieldProblem::new("password", Problem::TooShort { least: 12 }),
        ],
    } "invalid"
    /// This idempotency key came with another request before (rule B5).
    Invalid KeyReused "idempotency_key_reused"
    /// A request with this idempotency key is being worked on at this moment.
    Conflict KeyInUse "idempotency_key_in_use"

    /// Somebody changed it while they were writing.
    Conflict ChangedMeanwhile "changed_meanwhile"
    /// Without this role nobody could run the organisation any more.
    Conflict LastAdmin "last_admin"
    /// The organisation has its first admin already (rule P6).
    Conflict AlreadySetUp "already_set_up"
    /// Only a mail that was given up can be sent again.
    Conflict MailNotDead "mail_not_dead"
    /// Time only goes forward (rule T4).
    Conflict ClockOnlyForward {
        /// What the clock shows.
        now: Instant = SAMPLE_INSTANT,
    } "clock_only_forward"
    /// One step of the clock is no longer than this.
    Invalid ClockStepTooLong {
        /// The limit.
        most_days: u32 = 366,
    } "clock_step_too_long"

    /// That time is somebody else's now (rules A4, A5).
    Conflict Taken {
        /// The start that was asked for.
        start: Instant = SAMPLE_INSTANT,
    } "taken"
    /// It is not what was shown any more; nothing was booked (rule B1).
    Conflict TermsChanged {
        /// How long it takes, what it costs and what holds for it now.
        now: Conditions = Conditions {
            minutes: Minutes::new(60).expect("a length"),
            price: Money::new(9_000, Currency::EUR),
            terms: Terms::DEFAULT,
        },
    } "terms_changed"
    /// They have met this coach for free already, or are about to (rule C3).
    Conflict IntroUsed "intro_used"
    /// They have another session at that time themselves (rule A6); the same asked again knowingly is done.
    Conflict Overlap {
        /// When their other session begins.
        start: Instant = SAMPLE_INSTANT,
    } "overlap"
    /// As many times with this coach are held by one network as there may be (rule B7).
    Conflict TooManyHolds {
        /// The limit.
        most: u32 = 4,
    } "too_many_holds"
    /// As many times with this coach are held for strangers as there may be (rule B7).
    Conflict HoldsFull {
        /// The limit.
        most: u32 = 36,
    } "holds_full"
    /// They have booked as many sessions ahead with this coach as they may (rule B1).
    Conflict TooManyAhead {
        /// The limit.
        most: u32 = 20,
    } "too_many_ahead"
    /// The time was not kept any longer (rule B7).
    Gone HoldExpired "hold_expired"
    /// The first paid session needs the agreement of now accepted (rule P9).
    Conflict AgreementNeeded "agreement_needed"
    /// Somebody books for a client who has not accepted the agreement of now; nobody accepts it for them (rule P9).
    Conflict AgreementTheirs "agreement_theirs"
    /// This is not offered any more, or its coach takes no bookings.
    Conflict NotOffered "not_offered"
    /// Nobody coaches themselves.
    Conflict OwnCoach "own_coach"
    /// Only what is over is recorded afterwards (rule B3).
    Conflict NotOverYet {
        /// When it ends.
        end: Instant = SAMPLE_INSTANT,
    } "not_over_yet"
    /// The coach wants longer notice (rule A3).
    Conflict TooSoon {
        /// From when on something can start.
        earliest: Instant = SAMPLE_INSTANT,
    } "too_soon"
    /// Nothing is moved to where it would be over, or begun, already (rules R1, R2).
    Conflict Past {
        /// The start that was wished.
        start: Instant = SAMPLE_INSTANT,
    } "past"
    /// The coach's calendar is not open that far ahead yet (rule A3).
    Conflict BeyondWindow {
        /// Up to when it is.
        until: Instant = SAMPLE_INSTANT,
    } "beyond_window"
    /// The coach is not open then, or not long enough (rules A3, T3).
    Conflict OutsideHours {
        /// The start that was asked for.
        start: Instant = SAMPLE_INSTANT,
    } "outside_hours"
    /// The coach is open then, and offers no start at that minute (rules A3, T3).
    Conflict OffGrid {
        /// The start that was asked for.
        start: Instant = SAMPLE_INSTANT,
    } "off_grid"
    /// As many sessions of the offering start on that day as may (rules A3, A7).
    Conflict DayFull {
        /// The start that was asked for.
        start: Instant = SAMPLE_INSTANT,
    } "day_full"
    /// The pod has as many members as it can hold (rules G5, A7).
    Conflict PodFull {
        /// The limit.
        most: u32 = 6,
    } "pod_full"
    /// The pod cannot be chosen: its members are named, or it has no date ahead (rule G5).
    Conflict PodClosed "pod_closed"
    /// Somebody is in the pod, or was.
    Conflict PodNotEmpty "pod_not_empty"
    /// The pod has a date, which is called off before it is taken away (rule G5).
    Conflict PodHasDate {
        /// That date.
        start: Instant = SAMPLE_INSTANT,
    } "pod_has_date"
    /// They are in another pod for this step already.
    Conflict InAnotherPod "in_another_pod"
    /// None of their journeys has this step (rule G5).
    Conflict StepNotTheirs "step_not_theirs"
    /// They have had this step already (rule G5).
    Conflict StepDone "step_done"
    /// Of a pathway in order, the step before is to be booked first (rule G1).
    Conflict StepNotOpen {
        /// Which step that is.
        before: u32 = 2,
    } "step_not_open"
    /// Nobody coaches it yet.
    Conflict NoCoach "no_coach"
    /// They have a coach already (rule G6).
    Conflict CoachSettled "coach_settled"
    /// The coach takes no further participant of the cohort (rules G6, A7).
    Conflict CoachFull "coach_full"
    /// It is a group's step, and they are in no group yet (rule G5).
    Conflict NoPod "no_pod"
    /// From its status now this cannot be reached (rule S2).
    Conflict WrongStatus {
        /// What was to be done.
        action: Action = Action::MarkAttendance,
        /// Its status.
        status: Status = Status::Unbooked,
    } "wrong_status"
    /// Nobody in the group waits for a mark any more (rule S4).
    Conflict NobodyToMark "nobody_to_mark"
    /// A mark is only for the past (rule S3).
    Conflict MarkTooEarly {
        /// From when on it can be given.
        opens: Instant = SAMPLE_INSTANT,
    } "mark_too_early"
    /// Where the client is can be asked a while after the start (rule S3).
    Conflict CheckInTooEarly {
        /// From when on.
        opens: Instant = SAMPLE_INSTANT,
    } "check_in_too_early"
    /// The session has ended: it is ended early, and asked where its client is, while it runs (rule S3).
    Conflict SessionOver {
        /// When it ended.
        since: Instant = SAMPLE_INSTANT,
    } "session_over"
    /// The client was asked where they are, once for this start (rule S3).
    Conflict CheckInSent {
        /// When.
        at: Instant = SAMPLE_INSTANT,
    } "check_in_sent"
    /// The time for correcting a mark is over (rule S4).
    Conflict CorrectionOver {
        /// Since when.
        since: Instant = SAMPLE_INSTANT,
    } "correction_over"
    /// There is nothing that could be booked with this coach: no offering is active (rule C1).
    Conflict NothingToBook "nothing_to_book"
    /// The session has begun (rules R2, R9, R10).
    Conflict AlreadyStarted {
        /// When.
        start: Instant = SAMPLE_INSTANT,
    } "already_started"
    /// A booked session is greyed out only after its booking is deleted (rule S5).
    Conflict BookedNow {
        /// Its start.
        start: Instant = SAMPLE_INSTANT,
    } "booked_now"
    /// That is the start that it has (rule R3).
    Conflict NoChange "no_change"
    /// It begins too soon to be moved by its client: cancelling or writing to the coach is left (rule R2).
    Conflict MoveTooLate {
        /// When it begins.
        start: Instant = SAMPLE_INSTANT,
    } "move_too_late"
    /// A request to move it is waiting already (rule R3).
    Conflict RequestPending {
        /// Until when the coach can decide it.
        until: Instant = SAMPLE_INSTANT,
    } "request_pending"
    /// As many requests were made for this session and start as may be (rule R3).
    Conflict TooManyRequests {
        /// The limit.
        most: u32 = 2,
    } "too_many_requests"
    /// As many requests of this client wait for the coach as may (rule R3).
    Conflict TooManyPending {
        /// The limit.
        most: u32 = 2,
    } "too_many_pending"
    /// The client has changed it as often as they may by themselves (rule R8).
    Conflict TooManyChanges {
        /// The limit.
        most: u32 = 3,
    } "too_many_changes"
    /// The start that is asked for is too near for anybody to decide on it (rule R4).
    Conflict ProposedTooSoon {
        /// The nearest that could be asked for.
        earliest: Instant = SAMPLE_INSTANT,
    } "proposed_too_soon"
    /// Nobody decided the request in time; the session stays where it was (rule R4).
    Conflict MoveExpired {
        /// Since when.
        at: Instant = SAMPLE_INSTANT,
    } "move_expired"
    /// The request was decided already (rule R5).
    Conflict RequestClosed {
        /// How.
        decision: Decision = Decision::Withdrawn,
        /// When.
        at: Instant = SAMPLE_INSTANT,
    } "request_closed"
    /// Nobody has asked to move it.
    Conflict NoRequest "no_request"
    /// The coach has become busy at the time that is asked for; they may agree all the same, knowingly (rule R5).
    Conflict BusyThen {
        /// The start that is asked for.
        start: Instant = SAMPLE_INSTANT,
    } "busy_then"
    /// What would happen is not what was shown any more; nothing was done (rule R11).
    Conflict OutcomeChanged {
        /// What would happen now, as `expect` would have to say it.
        outcome: &'static str = "missed",
        /// What is kept of the price, in minor units, if it has one.
        kept_minor: Option<i64> = Some(11_000),
    } "outcome_changed"
    /// The session has not begun.
    Conflict NotStarted {
        /// When it begins.
        start: Instant = SAMPLE_INSTANT,
    } "not_started"
    /// A Missed is contested once (rule S14).
    Conflict AlreadyContested "already_contested"
    /// The time for contesting is over (rule S14).
    Conflict ContestOver {
        /// Since when.
        since: Instant = SAMPLE_INSTANT,
    } "contest_over"
    /// Nothing here waits to be settled (rule S14).
    Conflict NotContested "not_contested"
    /// Somebody else is to settle what one has marked oneself (rule S14).
    Conflict OwnMark "own_mark"
    /// Somebody else has settled what was contested, so that only an admin changes it (rule S14).
    Conflict ContestSettled "contest_settled"
    /// Nothing is owed for it (rule F3).
    Conflict NothingOwed "nothing_owed"
    /// Nothing was paid for it that is not owed any more (rule F3).
    Conflict NothingToPayBack "nothing_to_pay_back"
    /// They coach sessions that somebody has to see to first (rule G10).
    Conflict StillCoaches {
        /// How many are ahead.
        ahead: u32 = 1,
        /// How many requests to move wait.
        waiting: u32 = 0,
        /// How many are over and not marked.
        unmarked: u32 = 0,
    } "still_coaches"
    /// Nobody stands in for its coach (rule G10).
    Conflict NoStandIn "no_stand_in"
    /// It was added to a journey and had a time once, so that it stays there (rule G11).
    Conflict HadATime "had_a_time"
    /// It costs nothing by itself, so that there is no price to speak of.
    Conflict NoPrice "no_price"
    /// Whoever was to read it has closed their account (rule W6).
    Conflict ReaderGone "reader_gone"
    /// The journey is complete: it is reopened before anything of it is booked (rule G7).
    Conflict JourneyComplete "journey_complete"
    /// Nothing is asked yet: the survey goes out after the journey is completed (rule G7).
    Conflict SurveyNotOpen "survey_not_open"
    /// It was answered already, once and for good (rule G7).
    Conflict SurveyAnswered "survey_answered"
    /// The place is put away, or all of its cohort: nothing begins there until it is brought back (rule G8).
    Conflict PutAway {
        /// Which of the two.
        what: Away = Away::Participant,
    } "put_away"
    /// Who has bookings or requests ahead is not put away unless the same act calls them off (rule G8).
    Conflict StillAhead {
        /// How many bookings.
        sessions: u32 = 2,
        /// How many open requests to move one.
        requests: u32 = 1,
    } "still_ahead"
    /// Nobody has left so many reminders unanswered as it takes (rule G9).
    Conflict NothingToEscalate "nothing_to_escalate"
    /// Nobody who pays could be told: the company has no sponsor, or none who wants such mails (rule G9).
    Conflict NoSponsor "no_sponsor"
    /// The message would speak of too few people (rule N5).
    Conflict TooFewPeople {
        /// It takes so many.
        least: u32 = 5,
    } "too_few_people"
    /// The message names somebody whom it may not name (rules G9, N5).
    Invalid NamesSomebody {
        /// Whom.
        name: String = "Noor Haddad".to_owned(),
    } "names_somebody"
}

impl Refusal {
    /// Whether another time could be had instead: then those nearest are offered (rule A5).
    pub const fn is_about_the_time(&self) -> bool {
        matches!(
            self,
            Refusal::Taken { .. }
                | Refusal::TooSoon { .. }
                | Refusal::Past { .. }
                | Refusal::BeyondWindow { .. }
                | Refusal::OutsideHours { .. }
                | Refusal::OffGrid { .. }
                | Refusal::DayFull { .. }
        )
    }

    /// One input cannot be as it is.
    pub fn invalid(field: &'static str, problem: Problem) -> Refusal {
        Refusal::Invalid { fields: vec![FieldProblem::new(field, problem)] }
    }
}

/// For logs; people get a sentence in their own language instead.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Refusal {}

/// What is wrong with one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The input's name in form and JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

impl FieldProblem {
    /// That is wrong with this input.
    pub const fn new(field: &'static str, problem: Problem) -> FieldProblem {
        FieldProblem { field, problem }
    }
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$field_doc:meta])* $field:ident: $type:ty = $sample:expr),* })? $code:literal)*) => {
        /// Why an input cannot be as it is.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Problem {
            $($(#[$doc])* $name $({ $($(#[$field_doc])* $field: $type),* })?,)*
        }

        impl Problem {
            /// The code of each problem, in the order of their definition.
            pub const ALL_CODES: &[&str] = &[$($code),*];

            /// Its name for programs: stable for ever, in snake_case.
            pub fn code(&self) -> &'static str {
                match self {
                    $(Problem::$name $({ $($field: _),* })? => $code,)*
                }
            }

            /// One of each, for the test that each has its words.
            pub fn samples() -> Vec<Problem> {
                vec![$(Problem::$name $({ $($field: $sample),* })?),*]
            }
        }
    };
}

problems! {
    /// It is empty.
    Missing "missing"
    /// It has fewer characters than it needs.
    TooShort {
        /// The limit, in characters.
        least: u32 = 12
    } "too_short"
    /// It has more characters than it may.
    TooLong {
        /// The limit, in characters.
        most: u32 = 100
    } "too_long"
    /// The number is less or more than it may be.
    OutOfRange {
        /// The smallest that is taken.
        least: i64 = 1,
        /// The largest that is taken.
        most: i64 = 100
    } "out_of_range"
    /// The amount is less or more than it may be.
    AmountOutOfRange {
        /// The smallest that is taken.
        least: Money = Money::new(1, Currency::EUR),
        /// The largest that is taken.
        most: Money = Money::new(8_500, Currency::EUR)
    } "amount_out_of_range"
    /// There are characters in it that cannot be seen, or that turn the text around.
    HiddenCharacters "hidden_characters"
    /// It is no name: it has neither letter nor digit.
    NotAName "not_a_name"
    /// It is no mail address.
    NotAMailAddress "not_a_mail_address"
    /// Somebody or something has this already.
    Taken "taken"
    /// The password is one that is guessed first.
    CommonPassword "common_password"
    /// The password is little more than their own name or address.
    PersonalPassword "personal_password"
    /// The password of now is another one.
    WrongPassword "wrong_password"
    /// The two inputs are not the same.
    NotTheSame "not_the_same"
    /// No time zone has this name.
    UnknownZone "unknown_zone"
    /// A text names a value that there is not (rule M5).
    UnknownValue {
        /// In which line, from 1.
        line: u32 = 2,
        /// What it calls it.
        name: String = "frist_name".to_owned()
    } "unknown_value"
    /// What stands between braces cannot stand there, or they do not close (rule M5).
    NotATemplate {
        /// In which line, from 1.
        line: u32 = 2
    } "not_a_template"
    /// It is none of the choices.
    NotAChoice "not_a_choice"
    /// It is no number.
    NotANumber "not_a_number"
    /// It is no id of the right kind.
    NotAnId "not_an_id"
    /// It is no time as RFC 3339 has it.
    NotAnInstant "not_an_instant"
    /// It is no date as `2026-11-23`.
    NotADate "not_a_date"
    /// It is over.
    InThePast "in_the_past"
    /// It is no date with a time as `2026-11-23 10:00`.
    NotADateAndTime "not_a_date_and_time"
    /// It has characters that its kind of text has not: spaces, or letters that no key may hold.
    StrayCharacters "stray_characters"
    /// It is no length of time as ISO 8601 has it.
    NotADuration "not_a_duration"
    /// It is no place in a list that an answer gave out.
    NotACursor "not_a_cursor"
    /// The file is no picture of a kind that can be read.
    NotAPicture "not_a_picture"
    /// The picture has more pixels than can be worked on.
    PictureTooLarge {
        /// The limit for width and height.
        most_pixels: u32 = 8_000
    } "picture_too_large"
    /// It is no amount of its currency: digits, then a point or a comma with as many more as the currency has.
    NotAnAmount {
        /// How many digits may follow the point.
        digits: u32 = 2
    } "not_an_amount"
    /// It is by phone, and nobody's number will be known.
    NoNumber "no_number"
    /// The file is larger than it may be.
    FileTooLarge {
        /// The limit, in megabytes.
        most_megabytes: u32 = 10
    } "file_too_large"
    /// The number is none of the steps.
    NotInSteps {
        /// How far apart the steps are.
        step: i64 = 5
    } "not_in_steps"
    /// It is no word for an address: small letters, digits and single hyphens.
    NotASlug "not_a_slug"
    /// It is no address of the web that begins with https.
    NotALink "not_a_link"
    /// It is no time of day in steps of five minutes.
    NotATimeOfDay "not_a_time_of_day"
    /// It ends before it begins.
    EndsBeforeItBegins "ends_before_it_begins"
    /// It is over already.
    Over "over"
    /// It is further ahead than anybody plans here.
    TooFarAhead {
        /// The limit, in days.
        most_days: i64 = 800
    } "too_far_ahead"
    /// There are more of them than there may be.
    TooMany {
        /// The limit.
        most: u32 = 50
    } "too_many"
    /// More of them need an answer than may.
    TooManyRequired {
        /// The limit.
        most: u32 = 1
    } "too_many_required"
    /// There is no input of this name.
    Unknown "unknown"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_code(code: &str) -> bool {
        !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    }

    #[test]
    fn every_refusal_has_a_code_of_its_own() {
        for codes in [Refusal::ALL_CODES, Problem::ALL_CODES] {
            let mut sorted = codes.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), codes.len());
            assert!(codes.iter().all(|code| is_code(code)), "{codes:?}");
        }
        let sampled: Vec<&str> = Refusal::samples().iter().map(Refusal::code).collect();
        assert_eq!(sampled, Refusal::ALL_CODES);
        let sampled: Vec<&str> = Problem::samples().iter().map(Problem::code).collect();
        assert_eq!(sampled, Problem::ALL_CODES);
    }

    #[test]
    fn a_refusal_says_what_sort_it_is() {
        fn check(refusal: Refusal, kind: RefusalKind, code: &str) {
            assert_eq!((refusal.kind(), refusal.to_string().as_str()), (kind, code));
        }
        check(Refusal::NotFound, RefusalKind::NotFound, "not_found");
        check(Refusal::RateLimited { retry_after_seconds: 7 }, RefusalKind::TooMany, "rate_limited");
        check(Refusal::invalid("name", Problem::Missing), RefusalKind::Invalid, "invalid");
        check(Refusal::KeyReused, RefusalKind::Invalid, "idempotency_key_reused");
        check(Refusal::Taken { start: SAMPLE_INSTANT }, RefusalKind::Conflict, "taken");
    }
}
