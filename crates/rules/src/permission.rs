//! Who may do what: the one table that every page, route, export and search asks (rule P3).
//!
//! Knows no database: what somebody has to do with a thing ([`What`]) is found out by whoever asks. Which
//! rows a list may show is the same table read the other way, as [`reach`].

use std::fmt;
use std::ops::{BitAnd, BitOr};
use std::str::FromStr;

use crate::ids::PersonId;
use crate::refusal::Refusal;
use crate::words::{UnknownWord, words};

words! {
    /// What a person is in the organisation; one person may be several (rule P3).
    Role {
        /// Runs the organisation.
        Admin "admin"
        /// Runs some of its programs.
        ProgramLead "program_lead"
        /// Coaches.
        Coach "coach"
        /// Is coached.
        Client "client"
        /// The paying company's contact.
        Sponsor "sponsor"
    }
}

/// The roles of one person, none or several.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Roles(u8);

impl Roles {
    /// No role at all.
    pub const NONE: Roles = Roles(0);

    /// Just this one.
    pub const fn only(role: Role) -> Roles {
        Roles(1 << role as u8)
    }

    /// These and this one.
    pub const fn with(self, role: Role) -> Roles {
        Roles(self.0 | Roles::only(role).0)
    }

    /// These but not this one.
    pub const fn without(self, role: Role) -> Roles {
        Roles(self.0 & !Roles::only(role).0)
    }

    /// Is this one among them?
    pub const fn contains(self, role: Role) -> bool {
        self.0 & Roles::only(role).0 != 0
    }

    /// Is there none?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.contains(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Roles {
        roles.into_iter().fold(Roles::NONE, Roles::with)
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Roles {
        Roles::only(role)
    }
}

/// Codes with commas between them, in the order of the table: `admin,coach`.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, role) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            f.write_str(role.code())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl FromStr for Roles {
    type Err = UnknownWord;

    /// Codes with commas or spaces between them, in any order.
    fn from_str(codes: &str) -> Result<Roles, UnknownWord> {
        codes.split([',', ' ']).filter(|code| !code.is_empty()).map(Role::from_str).collect()
    }
}

/// How far a right goes: a set of ties, one of which is needed; or no tie, because it goes everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reach(u8);

impl Reach {
    /// Nowhere.
    pub const NONE: Reach = Reach(0);
    /// Everywhere, whoever it belongs to.
    pub const ALL: Reach = Reach(1);
    /// What belongs to a program that they lead.
    pub const PROGRAMS: Reach = Reach(2);
    /// What belongs to a client of theirs, in their own coaching of that client: what the same person does
    /// with another coach is not theirs.
    pub const CLIENTS: Reach = Reach(4);
    /// What belongs to a session that they coach, stand in for or facilitate.
    pub const SESSIONS: Reach = Reach(8);
    /// What is about themselves: their account, and what they have as a client.
    pub const OWN: Reach = Reach(16);
    /// What they wrote. A note about somebody is its author's, never that person's (rule W2).
    pub const WRITTEN: Reach = Reach(32);
    /// What belongs to the company that they pay for.
    pub const COMPANY: Reach = Reach(64);

    const NAMES: [(Reach, &str); 7] = [
        (Reach::ALL, "all"),
        (Reach::PROGRAMS, "programs"),
        (Reach::CLIENTS, "clients"),
        (Reach::SESSIONS, "sessions"),
        (Reach::OWN, "own"),
        (Reach::WRITTEN, "written"),
        (Reach::COMPANY, "company"),
    ];

    /// Does it go nowhere?
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Does it go everywhere?
    pub const fn is_all(self) -> bool {
        self.contains(Reach::ALL)
    }

    /// Is all of `other` in it?
    pub const fn contains(self, other: Reach) -> bool {
        self.0 & other.0 == other.0
    }

    /// Does a right of this reach get to something with these ties?
    pub const fn covers(self, ties: Reach) -> bool {
        self.is_all() || self.0 & ties.0 != 0
    }
}

impl BitOr for Reach {
    type Output = Reach;
    fn bitor(self, other: Reach) -> Reach {
        Reach(self.0 | other.0)
    }
}

impl BitAnd for Reach {
    type Output = Reach;
    fn bitand(self, other: Reach) -> Reach {
        Reach(self.0 & other.0)
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            Reach::NAMES.iter().filter(|(r, _)| self.contains(*r)).map(|(_, n)| *n).collect();
        f.write_str(if names.is_empty() { "-".to_owned() } else { names.join("+") }.as_str())
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $code:literal)*) => {
        /// Everything that needs a right.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Action] = &[$(Action::$name),*];

            /// Its name for programs, in snake_case.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Action::$name => $code,)*
                }
            }
        }
    };
}

actions! {
    /// See and change one's own profile, sign-ins, tokens and choices.
    EditProfile "edit_profile"
    /// See that a person exists, and their name, picture, zone and mail address.
    SeePerson "see_person"
    /// Look through people: the list holds those whom the right reaches.
    SeePeople "see_people"
    /// Make accounts, give and take roles, sign people out.
    ManagePeople "manage_people"
    /// Change the organisation's settings.
    ManageSettings "manage_settings"
    /// See and change the rules that send mail by status.
    ManageTriggers "manage_triggers"
    /// Read the audit log.
    SeeAudit "see_audit"
    /// See envelope, kind and state of mails, never what they say (rule M7).
    SeeMailQueue "see_mail_queue"
    /// Send a mail again that was given up.
    RetryMail "retry_mail"
    /// Move the clock of a demo or trial.
    MoveClock "move_clock"

    /// See a coach's practice from inside: unfinished profile, hours, time off, what nobody can book yet.
    SeePractice "see_practice"
    /// Change it: profile, listing, offerings, hours, time off (rules C1, C2, A1).
    EditPractice "edit_practice"
    /// Publish the texts that people accept (rule P9).
    PublishAgreements "publish_agreements"

    /// Make and change companies and projects.
    ManageCompanies "manage_companies"
    /// Make and change pathways.
    ManageTemplates "manage_templates"

    /// See a cohort, its participants and where they stand (rule G4).
    SeeCohort "see_cohort"
    /// Bring people in from a file.
    ImportPeople "import_people"
    /// Add and change participants.
    ManageParticipants "manage_participants"
    /// Make and fill pods.
    ManagePods "manage_pods"
    /// Say who coaches whom in a cohort.
    AssignCoach "assign_coach"
    /// Name somebody who coaches one session in its coach's place (rule G10).
    NameStandIn "name_stand_in"

    /// Disable a client's place in a session.
    GreyOut "grey_out"
    /// Bring it back.
    Reactivate "reactivate"
    /// Put a cohort away.
    ArchiveCohort "archive_cohort"

    /// Put a participant away.
    ArchiveParticipant "archive_participant"
    /// Say that a journey is complete.
    CompleteJourney "complete_journey"
    /// Say that it is not, after all.
    ReopenJourney "reopen_journey"
    /// Propose that a journey be completed.
    ProposeCompletion "propose_completion"

    /// See when a session is, with whom, and its status.
    SeeSession "see_session"
    /// Say whether a client came, correct it, undo it.
    MarkAttendance "mark_attendance"
    /// Say that a Missed is wrong (rule S14).
    Contest "contest"
    /// Choose among the coaches that are proposed to oneself (rule G6).
    ChooseCoach "choose_coach"
    /// Settle what a client contests.
    SettleContest "settle_contest"
    /// Take back a Missed.
    Forgive "forgive"
    /// Take back a charge.
    Waive "waive"
    /// Say that an invoice was paid.
    MarkPaid "mark_paid"

    /// Give a 1:1 or intro its time.
    Book "book"
    /// Take it away again.
    DeleteBooking "delete_booking"
    /// Give a pod its time.
    BookPod "book_pod"
    /// Take it away again, for all its members.
    DeletePodBooking "delete_pod_booking"
    /// Move a session, or ask to.
    MoveSession "move_session"
    /// Move a pod.
    MovePod "move_pod"
    /// Approve or reject a request to move.
    DecideRequest "decide_request"
    /// Withdraw one's own request.
    WithdrawRequest "withdraw_request"

    /// Read reports.
    SeeReports "see_reports"
    /// Remind people of what is not booked.
    SendReminders "send_reminders"
    /// Tell a project's sponsors that somebody does not answer.
    Escalate "escalate"
    /// See who joined and left a call, and when.
    SeePresence "see_presence"

    /// Read and write private notes.
    PrivateNotes "private_notes"
    /// Read and write messages.
    Messages "messages"
    /// Read a shared summary.
    SeeSummary "see_summary"
    /// Write one.
    WriteSummary "write_summary"
    /// Watch a recording.
    SeeRecording "see_recording"

    /// See payments, invoices and the ledger, line by line.
    SeeMoney "see_money"
    /// See their totals.
    SeeMoneyTotals "see_money_totals"
    /// Hide a review.
    HideReview "hide_review"

    /// Answer what is asked at the end of one's journey.
    AnswerSurvey "answer_survey"
    /// Read what was answered, as far as it speaks of enough people (rule N5).
    SeeFeedback "see_feedback"

    /// Say who coaches a session beside its coach (rule G11).
    NameCoCoach "name_co_coach"
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The table: how far a right goes for admin, program lead, coach, client and sponsor.
#[rustfmt::skip]
const fn row(action: Action) -> [Reach; 5] {
    use Action::*;
    const NO: Reach = Reach::NONE;
    const ALL: Reach = Reach::ALL;
    const PROGRAMS: Reach = Reach::PROGRAMS;
    const CLIENTS: Reach = Reach::CLIENTS;
    const SESSIONS: Reach = Reach::SESSIONS;
    const BOTH: Reach = Reach(CLIENTS.0 | SESSIONS.0);
    const OWN: Reach = Reach::OWN;
    const WRITTEN: Reach = Reach::WRITTEN;
    const COMPANY: Reach = Reach::COMPANY;
    match action {
        //                                                                  admin lead      coach     client sponsor
        EditProfile                                                     => [OWN,  OWN,      OWN,      OWN,   OWN],
        SeePerson                                                       => [ALL,  PROGRAMS, CLIENTS,  OWN,   OWN],
        SeePeople                                                       => [ALL,  PROGRAMS, CLIENTS,  NO,    NO],
        ManagePeople | ManageSettings | SeeAudit                        => [ALL,  NO,       NO,       NO,    NO],
        ManageTriggers                                                  => [ALL,  PROGRAMS, NO,       NO,    NO],
        SeeMailQueue | RetryMail | MoveClock                            => [ALL,  NO,       NO,       NO,    NO],
        SeePractice                                                     => [ALL,  NO,       OWN,      NO,    NO],
        EditPractice                                                    => [NO,   NO,       OWN,      NO,    NO],
        PublishAgreements                                               => [ALL,  NO,       NO,       NO,    NO],
        ManageCompanies | ManageTemplates                               => [ALL,  NO,       NO,       NO,    NO],
        SeeCohort                                                       => [ALL,  PROGRAMS, NO,       NO,    NO],
        ImportPeople | ManageParticipants | ManagePods | AssignCoach    => [ALL,  PROGRAMS, NO,       NO,    NO],
        NameStandIn                                                     => [ALL,  PROGRAMS, SESSIONS, NO,    NO],
        GreyOut | Reactivate | ArchiveCohort                            => [ALL,  NO,       NO,       NO,    NO],
        ArchiveParticipant | CompleteJourney | ReopenJourney            => [ALL,  PROGRAMS, NO,       NO,    NO],
        ProposeCompletion                                               => [NO,   NO,       CLIENTS,  NO,    NO],
        SeeSession                                                      => [ALL,  PROGRAMS, BOTH,     OWN,   NO],
        MarkAttendance | SettleContest | Forgive | Waive | MarkPaid     => [ALL,  NO,       SESSIONS, NO,    NO],
        Book                                                            => [ALL,  PROGRAMS, CLIENTS,  OWN,   NO],
        DeleteBooking                                                   => [ALL,  PROGRAMS, BOTH,     OWN,   NO],
        Contest | ChooseCoach                                           => [NO,   NO,       NO,       OWN,   NO],
        BookPod | DeletePodBooking | MovePod                            => [ALL,  PROGRAMS, SESSIONS, NO,    NO],
        MoveSession                                                     => [ALL,  PROGRAMS, SESSIONS, OWN,   NO],
        DecideRequest                                                   => [ALL,  PROGRAMS, SESSIONS, NO,    NO],
        WithdrawRequest                                                 => [NO,   NO,       NO,       OWN,   NO],
        SeeReports                                                      => [ALL,  PROGRAMS, CLIENTS,  OWN,   COMPANY],
        SendReminders                                                   => [ALL,  PROGRAMS, CLIENTS,  NO,    NO],
        Escalate                                                        => [ALL,  PROGRAMS, NO,       NO,    NO],
        SeePresence                                                     => [ALL,  NO,       SESSIONS, OWN,   NO],
        PrivateNotes                                                    => [NO,   NO,       WRITTEN,  NO,    NO],
        Messages | SeeSummary | SeeRecording                            => [NO,   NO,       CLIENTS,  OWN,   NO],
        WriteSummary                                                    => [NO,   NO,       CLIENTS,  NO,    NO],
        SeeMoney                                                        => [ALL,  NO,       SESSIONS, OWN,   NO],
        SeeMoneyTotals                                                  => [ALL,  NO,       SESSIONS, OWN,   COMPANY],
        HideReview                                                      => [ALL,  NO,       NO,       NO,    NO],
        AnswerSurvey                                                    => [NO,   NO,       NO,       OWN,   NO],
        SeeFeedback                                                     => [ALL,  PROGRAMS, NO,       NO,    NO],
        NameCoCoach                                                     => [ALL,  PROGRAMS, NO,       NO,    NO],
    }
}

/// What an account is good for before it has any role: itself.
const fn without_a_role(action: Action) -> Reach {
    match action {
        Action::EditProfile | Action::SeePerson => Reach::OWN,
        _ => Reach::NONE,
    }
}

/// How far these roles together go (rule P8: rights add up).
pub fn reach(roles: Roles, action: Action) -> Reach {
    let row = row(action);
    roles.iter().fold(without_a_role(action), |reach, role| reach | row[role as usize])
}

/// Nothing of this is done by the client of the attendance, whatever else they are (rule P8).
const fn is_kept_from_the_client(action: Action) -> bool {
    use Action::*;
    matches!(
        action,
        MarkAttendance
            | SettleContest
            | Forgive
            | Waive
            | MarkPaid
            | CompleteJourney
            | ReopenJourney
            | ProposeCompletion
            | GreyOut
            | Reactivate
            | DecideRequest
            | NameStandIn
    )
}

/// Of several coaches of a session one says how it went, and is stood in for (rules G11, G10).
const fn is_for_who_marks(action: Action) -> bool {
    use Action::*;
    matches!(action, MarkAttendance | SettleContest | Forgive | NameStandIn)
}

/// Who asks: somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// All that they are.
    pub roles: Roles,
}

/// What somebody has to do with a thing that they want to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct What {
    /// The right that shows it; without one its existence is no secret.
    seen_by: Option<Action>,
    ties: Reach,
    client: bool,
    beside: bool,
}

impl What {
    /// Something of the organisation that is known to exist, like its settings: who may not gets 403.
    pub const fn of_the_organisation() -> What {
        What { seen_by: None, ties: Reach::NONE, client: false, beside: false }
    }

    /// A thing that is only seen by who has this right to it, and these ties: to all others it does not exist.
    pub const fn private(seen_by: Action, ties: Reach) -> What {
        What { seen_by: Some(seen_by), ties, client: false, beside: false }
    }

    /// The same, and who asks is the client of this attendance or journey.
    pub const fn as_its_client(self) -> What {
        What { ties: Reach(self.ties.0 | Reach::OWN.0), client: true, ..self }
    }

    /// The same, and who asks coaches it beside somebody else, who marks (rule G11).
    pub const fn as_co_coach(self) -> What {
        What { beside: true, ..self }
    }
}

/// May they? If not, the refusal tells no more than they may know (rule P4).
pub fn may(who: &Who, action: Action, what: &What) -> Result<(), Refusal> {
    let reaches = |action| reach(who.roles, action).covers(what.ties);
    if !what.seen_by.is_none_or(reaches) && !reaches(action) {
        return Err(Refusal::NotFound);
    }
    if !reaches(action) {
        return Err(Refusal::MayNot { action });
    }
    if what.client && is_kept_from_the_client(action) {
        return Err(Refusal::OwnAttendance { action });
    }
    // Rights add up: what they may for another reason than that they coach it, they may (rule P8).
    let besides = Reach(what.ties.0 & !Reach::SESSIONS.0);
    if what.beside && is_for_who_marks(action) && !reach(who.roles, action).covers(besides) {
        return Err(Refusal::NotMarking);
    }
    Ok(())
}

/// May they do this with anything at all? For lists that show what the right reaches, and for the navigation.
pub fn may_at_all(who: &Who, action: Action) -> Result<(), Refusal> {
    if reach(who.roles, action).is_none() { Err(Refusal::MayNot { action }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Action::*;
    use super::*;

    /// Section 15 of the rules, cell by cell, and below it what pages need beyond it.
    #[rustfmt::skip]
    const TABLE: &[(&[Action], [&str; 5])] = &[
        //                                                            admin   lead            coach           client  sponsor
        (&[ManagePeople, ManageSettings, SeeAudit],                  ["yes", "-",            "-",            "-",    "-"]),
        (&[ManageTriggers],                                          ["yes", "own programs", "-",            "-",    "-"]),
        (&[ManageCompanies, ManageTemplates],                        ["yes", "-",            "-",            "-",    "-"]),
        (&[ImportPeople, ManageParticipants, ManagePods, AssignCoach], ["yes", "own programs", "-",          "-",    "-"]),
        (&[NameStandIn],                                             ["yes", "own programs", "own sessions", "-",    "-"]),
        (&[GreyOut, Reactivate, ArchiveCohort],                      ["yes", "-",            "-",            "-",    "-"]),
        (&[ArchiveParticipant, CompleteJourney, ReopenJourney],      ["yes", "own programs", "-",            "-",    "-"]),
        (&[ProposeCompletion],                                       ["-",   "-",            "own clients",  "-",    "-"]),
        (&[MarkAttendance],                                          ["yes", "-",            "own sessions", "-",    "-"]),
        (&[Forgive, Waive, MarkPaid],                                ["yes", "-",            "own sessions", "-",    "-"]),
        (&[Book],                                                    ["yes", "own programs", "own clients",  "self", "-"]),
        (&[DeleteBooking],                                           ["yes", "own programs", "own clients and sessions", "self", "-"]),
        (&[Contest],                                                 ["-",   "-",            "-",            "self", "-"]),
        (&[BookPod, DeletePodBooking],                               ["yes", "own programs", "own sessions", "-",    "-"]),
        (&[MoveSession],                                             ["yes", "own programs", "own sessions", "self", "-"]),
        (&[MovePod, DecideRequest],                                  ["yes", "own programs", "own sessions", "-",    "-"]),
        (&[WithdrawRequest],                                         ["-",   "-",            "-",            "self", "-"]),
        (&[SeeReports],                                              ["yes", "own programs", "own clients",  "self", "own company"]),
        (&[SendReminders],                                           ["yes", "own programs", "own clients",  "-",    "-"]),
        (&[Escalate],                                                ["yes", "own programs", "-",            "-",    "-"]),
        (&[SeePresence],                                             ["yes", "-",            "own sessions", "self", "-"]),
        (&[PrivateNotes],                                            ["-",   "-",            "own only",     "-",    "-"]),
        (&[Messages, SeeSummary, SeeRecording],                      ["-",   "-",            "own clients",  "self", "-"]),
        (&[WriteSummary],                                            ["-",   "-",            "own clients",  "-",    "-"]),
        (&[SeeMoney],                                                ["yes", "-",            "own sessions", "self", "-"]),
        (&[SeeMoneyTotals],                                          ["yes", "-",            "own sessions", "self", "own company"]),
        (&[HideReview],                                              ["yes", "-",            "-",            "-",    "-"]),

        (&[EditProfile],                                             ["self", "self",        "self",         "self", "self"]),
        (&[SeePerson],                                               ["yes", "own programs", "own clients",  "self", "self"]),
        (&[SeeCohort],                                               ["yes", "own programs", "-",            "-",    "-"]),
        (&[SeePeople],                                               ["yes", "own programs", "own clients",  "-",    "-"]),
        (&[SeeMailQueue, RetryMail, MoveClock],                      ["yes", "-",            "-",            "-",    "-"]),
        (&[SeeSession],                                              ["yes", "own programs", "own clients and sessions", "self", "-"]),
        (&[SeePractice],                                             ["yes", "-",            "self",         "-",    "-"]),
        (&[EditPractice],                                            ["-",   "-",            "self",         "-",    "-"]),
        (&[PublishAgreements],                                       ["yes", "-",            "-",            "-",    "-"]),
        (&[ChooseCoach],                                             ["-",   "-",            "-",            "self", "-"]),
        (&[SettleContest],                                           ["yes", "-",            "own sessions", "-",    "-"]),
        (&[AnswerSurvey],                                            ["-",   "-",            "-",            "self", "-"]),
        (&[SeeFeedback],                                             ["yes", "own programs", "-",            "-",    "-"]),
        (&[NameCoCoach],                                             ["yes", "own programs", "-",            "-",    "-"]),
    ];

    fn meant(cell: &str) -> Reach {
        match cell {
            "-" => Reach::NONE,
            "yes" => Reach::ALL,
            "own programs" => Reach::PROGRAMS,
            "own clients" => Reach::CLIENTS,
            "own sessions" => Reach::SESSIONS,
            "own clients and sessions" => Reach::CLIENTS | Reach::SESSIONS,
            "self" => Reach::OWN,
            "own only" => Reach::WRITTEN,
            "own company" => Reach::COMPANY,
            other => panic!("no cell says {other}"),
        }
    }

    // Rules P3, S4, S5, S13, W2
    #[test]
    fn the_table_is_the_one_of_the_rules() {
        for (actions, cells) in TABLE {
            for &action in *actions {
                for (role, cell) in Role::ALL.iter().copied().zip(cells) {
                    let expect = meant(cell) | without_a_role(action);
                    assert_eq!(reach(role.into(), action), expect, "{role} {action}");
                }
            }
        }
        let mut listed: Vec<Action> = TABLE.iter().flat_map(|(actions, _)| actions.iter().copied()).collect();
        listed.sort_unstable();
        assert_eq!(listed, Action::ALL, "each action stands in the table exactly once");
    }

    fn who(roles: &str) -> Who {
        Who { person: PersonId::from_raw(1), roles: roles.parse().expect(roles) }
    }

    // Rule P4
    #[test]
    fn what_is_not_seen_is_not_there() {
        fn check(roles: &str, action: Action, ties: Reach, expect: Result<(), Refusal>) {
            let what = What::private(SeeSession, ties);
            assert_eq!(may(&who(roles), action, &what), expect, "{roles} {action} {ties:?}");
        }
        let no = |action| Err(Refusal::MayNot { action });
        check("admin", GreyOut, Reach::NONE, Ok(()));
        check("program_lead", GreyOut, Reach::PROGRAMS, no(GreyOut));
        check("program_lead", GreyOut, Reach::NONE, Err(Refusal::NotFound));
        check("coach", MarkAttendance, Reach::SESSIONS, Ok(()));
        check("coach", MarkAttendance, Reach::CLIENTS, no(MarkAttendance));
        check("coach", MarkAttendance, Reach::NONE, Err(Refusal::NotFound));
        check("client", MoveSession, Reach::OWN, Ok(()));
        check("client", MarkAttendance, Reach::OWN, no(MarkAttendance));
        check("client", MoveSession, Reach::SESSIONS, Err(Refusal::NotFound));
        check("sponsor", SeeSession, Reach::COMPANY, Err(Refusal::NotFound));
        check("sponsor", SeeReports, Reach::COMPANY, Ok(()));
        check("", SeeSession, Reach::OWN, Err(Refusal::NotFound));
        check("", EditProfile, Reach::OWN, Ok(()));

        let settings = What::of_the_organisation();
        assert_eq!(may(&who("admin"), ManageSettings, &settings), Ok(()));
        assert_eq!(may(&who("coach,client"), ManageSettings, &settings), no(ManageSettings));
        assert_eq!(may(&who(""), SeeAudit, &settings), no(SeeAudit));
        assert_eq!(may_at_all(&who("coach"), SeePeople), Ok(()));
        assert_eq!(may_at_all(&who("client,sponsor"), SeePeople), no(SeePeople));
    }

    // Rule P8
    #[test]
    fn nobody_decides_in_a_staff_role_where_they_are_the_client() {
        fn check(roles: &str, action: Action, expect: Result<(), Refusal>) {
            let own =
                What::private(SeeSession, Reach::SESSIONS | Reach::PROGRAMS | Reach::CLIENTS).as_its_client();
            assert_eq!(may(&who(roles), action, &own), expect, "{roles} {action}");
        }
        let own = |action| Err(Refusal::OwnAttendance { action });
        check("admin,client", MarkAttendance, own(MarkAttendance));
        check("admin,client", Forgive, own(Forgive));
        check("coach,client", Waive, own(Waive));
        check("program_lead,client", CompleteJourney, own(CompleteJourney));
        check("admin", GreyOut, own(GreyOut));
        check("program_lead", DecideRequest, own(DecideRequest));
        check("client", DecideRequest, Err(Refusal::MayNot { action: DecideRequest }));
        check("admin,client", MoveSession, Ok(()));
        check("client", DeleteBooking, Ok(()));
    }

    // Rules P8, W2
    #[test]
    fn an_admin_who_coaches_reads_only_the_notes_they_wrote() {
        let notes_of = |ties| What::private(PrivateNotes, ties);
        let about_themselves = Reach::OWN | Reach::CLIENTS | Reach::SESSIONS | Reach::PROGRAMS;
        assert_eq!(may(&who("admin,coach"), PrivateNotes, &notes_of(Reach::WRITTEN)), Ok(()));
        for roles in ["admin", "admin,coach", "coach,client", "admin,program_lead,coach,client,sponsor"] {
            let answer = may(&who(roles), PrivateNotes, &notes_of(about_themselves));
            assert_eq!(answer, Err(Refusal::NotFound), "{roles}");
        }
    }

    #[test]
    fn roles_have_one_text() {
        fn check(text: &str, expect: Option<&str>) {
            assert_eq!(
                text.parse::<Roles>().ok().map(|roles| roles.to_string()).as_deref(),
                expect,
                "{text}"
            );
        }
        check("", Some(""));
        check("coach", Some("coach"));
        check("client, admin,client", Some("admin,client"));
        check("sponsor,program_lead", Some("program_lead,sponsor"));
        check("owner", None);
        check("Admin", None);
        let all: Roles = Role::ALL.iter().copied().collect();
        assert!(all.without(Role::Coach).iter().eq([
            Role::Admin,
            Role::ProgramLead,
            Role::Client,
            Role::Sponsor
        ]));
    }

    fn any_roles() -> impl Strategy<Value = Roles> {
        (0u8..32).prop_map(Roles)
    }

    // Rules G11, S4
    #[test]
    fn of_several_coaches_one_marks_and_is_stood_in_for() {
        fn check(roles: &str, action: Action, ties: Reach, expect: Result<(), Refusal>) {
            let what = What::private(SeeSession, ties).as_co_coach();
            assert_eq!(may(&who(roles), action, &what), expect, "{roles} {action} {ties:?}");
        }
        for action in [MarkAttendance, SettleContest, Forgive, NameStandIn] {
            check("coach", action, Reach::SESSIONS, Err(Refusal::NotMarking));
            check("coach,admin", action, Reach::SESSIONS, Ok(()));
        }
        for action in [SeeSession, MoveSession, DeleteBooking, DecideRequest] {
            check("coach", action, Reach::SESSIONS, Ok(()));
        }
        check("coach,program_lead", NameStandIn, Reach::SESSIONS | Reach::PROGRAMS, Ok(()));
        check(
            "coach,program_lead",
            MarkAttendance,
            Reach::SESSIONS | Reach::PROGRAMS,
            Err(Refusal::NotMarking),
        );
        check("coach", NameCoCoach, Reach::SESSIONS, Err(Refusal::MayNot { action: NameCoCoach }));
    }

    fn any_action() -> impl Strategy<Value = Action> {
        proptest::sample::select(Action::ALL)
    }

    fn any_what() -> impl Strategy<Value = What> {
        (proptest::option::of(any_action()), 0u8..64, any::<bool>(), any::<bool>()).prop_map(
            |(seen_by, ties, client, beside)| What { seen_by, ties: Reach(ties << 1), client, beside },
        )
    }

    proptest! {
        // Rule P8
        #[test]
        fn another_role_never_takes_a_right_away(
            roles in any_roles(),
            role in proptest::sample::select(Role::ALL),
            action in any_action(),
            what in any_what(),
        ) {
            let before = Who { person: PersonId::from_raw(1), roles };
            let after = Who { roles: roles.with(role), ..before };
            prop_assert!(reach(after.roles, action).contains(reach(before.roles, action)));
            prop_assert!(may(&before, action, &what).is_err() || may(&after, action, &what).is_ok());
        }

        // Rule P8
        #[test]
        fn no_set_of_roles_lets_a_client_decide_on_themselves(roles in any_roles(), what in any_what()) {
            let who = Who { person: PersonId::from_raw(1), roles };
            for action in Action::ALL.iter().copied().filter(|action| is_kept_from_the_client(*action)) {
                prop_assert!(may(&who, action, &what.as_its_client()).is_err());
            }
        }

        // Rule P4
        #[test]
        fn a_refusal_never_tells_of_what_is_not_seen(roles in any_roles(), action in any_action(), what in any_what()) {
            let who = Who { person: PersonId::from_raw(1), roles };
            let seen = what.seen_by.is_none_or(|sight| reach(roles, sight).covers(what.ties));
            match may(&who, action, &what) {
                Err(Refusal::MayNot { .. }) => prop_assert!(seen),
                Err(Refusal::NotFound) => prop_assert!(!seen),
                _ => {}
            }
        }
    }
}
