//! Which letter goes to whom when something happens. The preview before an act and the sending after it both
//! ask here (rule S10). Knows no words, no addresses, and not when a letter is sent.

use crate::ids::{PersonId, SessionId};
use crate::words::words;

words! {
    /// A kind of letter.
    Letter {
        /// Here is your link to sign in.
        SignInLink "sign_in_link"
        /// There is an account for you, and this opens it.
        Invitation "invitation"
        /// Your password is another one now.
        PasswordChanged "password_changed"
        /// Somebody signed in as you on a device that we had not seen.
        NewDevice "new_device"
        /// You can do other things now than before.
        RolesChanged "roles_changed"
        /// Somebody else ended all your sign-ins.
        SignedOut "signed_out"
        /// There is a token now that acts as you.
        TokenMade "token_made"
        /// Your account is closed.
        AccountClosed "account_closed"
        /// Press the button behind this link, and the time is yours (rule B7).
        BookingLink "booking_link"
        /// Your session is booked.
        Booked "booked"
        /// A session with you is booked.
        BookedForCoach "booked_for_coach"
        /// Your sessions are booked, all of them (rule B6).
        SeriesBooked "series_booked"
        /// Sessions with you are booked, all of them.
        SeriesBookedForCoach "series_booked_for_coach"
        /// Your session has another start.
        Moved "moved"
        /// A session with you has another start.
        MovedForCoach "moved_for_coach"
        /// Your coach is asked whether your session may move (rule R3).
        MoveAsked "move_asked"
        /// Your client asks to move a session; you decide (rule R3).
        MoveAskedForCoach "move_asked_for_coach"
        /// A request of your client's still waits for you (rule R6).
        MoveUndecided "move_undecided"
        /// Your coach did not agree; your session stays where it is (rule R5).
        MoveRejected "move_rejected"
        /// Your client took a request back (rule R5).
        MoveWithdrawn "move_withdrawn"
        /// Nobody decided in time; your session stays where it is (rule R4).
        MoveExpired "move_expired"
        /// You did not decide in time; the session stays where it is (rule R4).
        MoveExpiredForCoach "move_expired_for_coach"
        /// Your session is called off, or you have left it.
        Cancelled "cancelled"
        /// A session with you is called off, or somebody has left it.
        CancelledForCoach "cancelled_for_coach"
        /// You left a pod whose date has changed: there is a place for you again (rule S13).
        PlaceOffered "place_offered"
        /// Your session is soon (rule M1).
        Reminder "reminder"
        /// A session with you is soon (rule M1).
        ReminderForCoach "reminder_for_coach"
        /// A session of yours is over: how was it (rule S7)?
        MarkWanted "mark_wanted"
        /// Your session is done, and you were there (rule S10).
        MarkedCompleted "marked_completed"
        /// You missed your session; what that costs, and how to contest it (rules S6, S14).
        MarkedMissed "marked_missed"
        /// What we told you of your session was wrong; this is right (rule S10).
        MarkCorrected "mark_corrected"
        /// Somebody else changed or took back what you marked (rule S10).
        MarkChangedForCoach "mark_changed_for_coach"
        /// Your client says that a Missed is wrong (rule S14).
        Contested "contested"
        /// What you contested was looked at, and stands (rule S14).
        Upheld "upheld"
        /// What your client contested was looked at by somebody else, and stands (rule S14).
        UpheldForCoach "upheld_for_coach"
        /// The session that you missed is forgiven (rule S2).
        Forgiven "forgiven"
        /// Somebody else has forgiven a session that your client missed (rule S2).
        ForgivenForCoach "forgiven_for_coach"
        /// You do not have to pay what was open (rule F3).
        Waived "waived"
        /// Somebody else does not ask for what your client owed (rule F3).
        WaivedForCoach "waived_for_coach"
        /// Your payment has come, with its receipt number (rule F1).
        Receipt "receipt"
        /// Somebody else wrote down that your client paid (rule F1).
        PaidForCoach "paid_for_coach"
        /// What you had paid and do not owe is paid back, with its receipt number (rule F3).
        Refunded "refunded"
        /// Somebody else wrote down that your client was paid back (rule F3).
        RefundedForCoach "refunded_for_coach"
        /// Mail works.
        Test "test"
        /// Somebody wrote to you (rules W6, M7).
        MessageReceived "message_received"
        /// Somebody wrote to you about a session of yours (rule M4).
        SessionMessage "session_message"
        /// Steps of your journey wait for a time: somebody who looks after it asks you to book (rule G4).
        BookingWanted "booking_wanted"
        /// A participant has you as their coach from now on (rule G6).
        CoachChosen "coach_chosen"

        /// A rule of your program writes to you (rule M5).
        Trigger "trigger"
        /// A rule of a program writes to you about somebody whom you coach (rule M5).
        TriggerForCoach "trigger_for_coach"
        /// The text of a rule, as you wanted to see it (rule M5).
        TriggerTest "trigger_test"
        /// Somebody else coaches you from now on; what stays, and what needs another time (rule G6).
        CoachChanged "coach_changed"
        /// Somebody else coaches these clients from now on (rule G6).
        ClientsGiven "clients_given"
        /// You coach these clients from now on (rule G6).
        ClientsTaken "clients_taken"
        /// Your journey is complete: how was it (rule G7)?
        Survey "survey"
        /// Several sessions of yours were called off in one act (rules G8, M3).
        SessionsCancelled "sessions_cancelled"
        /// Several sessions with you were.
        SessionsCancelledForCoach "sessions_cancelled_for_coach"
        /// Somebody in a cohort that you lead has gone quiet (rule G8).
        InactiveListed "inactive_listed"
        /// Nothing of yours has happened in a cohort for months (rule G8).
        InactiveTold "inactive_told"
        /// People whom you pay for do not book what they have (rule G9).
        Escalated "escalated"
        /// A participant of a program that you lead has chosen a coach (rule G6).
        CoachChosenForLead "coach_chosen_for_lead"
        /// A day before its date a pod that you look after has fewer members than it should (rule G5).
        PodTooSmall "pod_too_small"
        /// You coach a session beside its coach (rule G11).
        CoCoachNamed "co_coach_named"
        /// You do so no longer.
        CoCoachEnded "co_coach_ended"
        /// Somebody coaches a session of yours beside its coach.
        CoCoachJoins "co_coach_joins"
        /// They do so no longer.
        CoCoachLeaves "co_coach_leaves"
    }
}

/// Who reads a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addressee {
    /// Somebody with an account.
    Person(PersonId),
    /// Whoever gave an address to hold this session's time, and may have no account (rule B7).
    Holder(SessionId),
}

impl Addressee {
    /// The person, if it is one.
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Addressee::Person(person) => Some(person),
            Addressee::Holder(_) => None,
        }
    }
}

impl From<PersonId> for Addressee {
    fn from(person: PersonId) -> Addressee {
        Addressee::Person(person)
    }
}

/// Something that somebody may have to hear of. `by` is nobody when the operator or the program did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Somebody wants to sign in as this person.
    LinkAsked {
        /// Whose address was given.
        person: PersonId,
    },
    /// An admin or the operator made an account, or invited again.
    Invited {
        /// Whose.
        person: PersonId,
    },
    /// The set-up link made the first admin, who is sitting in front of it.
    SetUp {
        /// The first admin.
        person: PersonId,
    },
    /// A person signed in on a device that had been used before, or for the first time ever.
    SignedIn {
        /// Who.
        person: PersonId,
    },
    /// A person with other devices signed in on a further one.
    SignedInOnNewDevice {
        /// Who.
        person: PersonId,
    },
    /// A password was set, changed or taken away.
    PasswordChanged {
        /// Whose.
        person: PersonId,
    },
    /// Roles were given or taken.
    RolesChanged {
        /// Whose.
        person: PersonId,
        /// Who did it.
        by: Option<PersonId>,
    },
    /// All sign-ins of a person were ended.
    SignedOutEverywhere {
        /// Whose.
        person: PersonId,
        /// Who did it.
        by: Option<PersonId>,
    },
    /// A token for the API was made.
    TokenMade {
        /// For whom.
        person: PersonId,
    },
    /// An account was closed.
    AccountClosed {
        /// Whose.
        person: PersonId,
    },
    /// Somebody who is not signed in holds the time of a session (rule B7).
    BookingHeld {
        /// The held session.
        session: SessionId,
    },
    /// A session got its time and its client, whoever booked it (rule B2).
    SessionBooked {
        /// The client.
        client: PersonId,
        /// Their coach.
        coach: PersonId,
    },
    /// Several sessions were booked in one act (rule B6).
    SeriesBooked {
        /// The client.
        client: PersonId,
        /// Their coach.
        coach: PersonId,
    },
    /// Something happened to a session that has its people.
    Session {
        /// What.
        what: Turn,
        /// The clients whom it concerns.
        clients: Vec<PersonId>,
        /// The coaches whom it concerns.
        coaches: Vec<PersonId>,
    },
    /// Somebody wants to know whether mail works.
    MailTested {
        /// Who gets it.
        person: PersonId,
    },
    /// A client and a coach write to each other (rule W6).
    MessageSent {
        /// Who is to read it.
        to: PersonId,
    },
    /// The same about a session of the two (rule M4).
    SessionMessageSent {
        /// Who is to read it.
        to: PersonId,
    },
    /// Participants have another coach, all of them in one act (rule G6).
    CoachChanged {
        /// The participants.
        clients: Vec<PersonId>,
        /// Who coached them.
        old: Vec<PersonId>,
        /// Who coaches them now.
        new: PersonId,
    },
    /// A day before its date a pod has fewer members than it should (rule G5).
    PodTooSmall {
        /// Who looks after it.
        leads: Vec<PersonId>,
    },
    /// Somebody coaches a session that is ahead beside its coach (rule G11).
    CoCoachNamed {
        /// They.
        coach: PersonId,
        /// Whose session it is.
        clients: Vec<PersonId>,
        /// Who coached it before.
        others: Vec<PersonId>,
    },
    /// They do so no longer.
    CoCoachEnded {
        /// They.
        coach: PersonId,
        /// Whose session it is.
        clients: Vec<PersonId>,
        /// Who coaches it still.
        others: Vec<PersonId>,
    },
    /// Somebody who runs a program, or coaches in it, asks a participant to book (rule G4).
    BookingWanted {
        /// The participant.
        client: PersonId,
    },
    /// A participant chose a coach, or was given one (rule G6).
    CoachChosen {
        /// The coach.
        coach: PersonId,
        /// Who leads the program, if they have not done it themselves.
        leads: Vec<PersonId>,
    },
    /// What a rule waits for is so for a participant, and it writes to them (rule M5).
    Triggered {
        /// The participant.
        participant: PersonId,
    },
    /// The same, and it writes to who coaches them (rule M5).
    TriggeredForCoach {
        /// The coach.
        coach: PersonId,
    },
    /// Somebody wants to see a rule's text as a mail (rule M5).
    TriggerTested {
        /// Who gets it: nobody but themselves.
        person: PersonId,
    },
    /// A journey was completed a while ago, and nobody has taken that back (rule G7).
    SurveyDue {
        /// Whose.
        client: PersonId,
    },
    /// Bookings were called off because their people were put away (rule G8).
    PutAway {
        /// Whose.
        clients: Vec<PersonId>,
        /// With whom.
        coaches: Vec<PersonId>,
    },
    /// The list of those who have gone quiet was made, and is not empty (rule G8).
    InactiveListed {
        /// Who leads some of them.
        lead: PersonId,
    },
    /// Somebody stands on it who did not before (rule G8).
    GoneQuiet {
        /// Who.
        client: PersonId,
    },
    /// Reminders stayed unanswered, and whoever runs the program tells those who pay (rule G9).
    Escalated {
        /// The sponsors.
        sponsors: Vec<PersonId>,
    },
}

words! {
    /// What can happen to a session after it was booked, as far as letters tell of it.
    Turn {
        /// A pod or a planned session got its time.
        Booked "booked"
        /// It has another start, whoever wished it.
        Moved "moved"
        /// The client asked to move it.
        MoveAsked "move_asked"
        /// The coach has not decided yet.
        MoveUndecided "move_undecided"
        /// The coach did not agree.
        MoveRejected "move_rejected"
        /// The client took the request back.
        MoveWithdrawn "move_withdrawn"
        /// Nobody decided in time.
        MoveExpired "move_expired"
        /// It was called off, or its client left.
        CalledOff "called_off"
        /// A pod that a member had left has another date.
        PlaceOffered "place_offered"
        /// It is soon.
        Soon "soon"
        /// It is over, and nobody has said how it went.
        MarkWanted "mark_wanted"
        /// The client attended, as they are told for the first time.
        MarkedCompleted "marked_completed"
        /// The client missed it, as they are told for the first time.
        MarkedMissed "marked_missed"
        /// What the client was told has changed.
        MarkCorrected "mark_corrected"
        /// Somebody else has changed what a coach marked.
        MarkChanged "mark_changed"
        /// The client contests a Missed.
        Contested "contested"
        /// What was contested stands.
        Upheld "upheld"
        /// A Missed is taken back.
        Forgiven "forgiven"
        /// What was open is not asked for.
        Waived "waived"
        /// What was owed was paid.
        Paid "paid"
        /// What was paid and is not owed was paid back.
        Refunded "refunded"
    }
}

impl Turn {
    /// What clients read of it, and what coaches do.
    const fn letters(self) -> (Option<Letter>, Option<Letter>) {
        match self {
            // The invitation belongs into both calendars, whoever did it.
            Turn::Booked => (Some(Letter::Booked), Some(Letter::BookedForCoach)),
            Turn::Moved => (Some(Letter::Moved), Some(Letter::MovedForCoach)),
            Turn::CalledOff => (Some(Letter::Cancelled), Some(Letter::CancelledForCoach)),
            // Both see the moment at which it ends (rule R4).
            Turn::MoveAsked => (Some(Letter::MoveAsked), Some(Letter::MoveAskedForCoach)),
            Turn::MoveExpired => (Some(Letter::MoveExpired), Some(Letter::MoveExpiredForCoach)),
            Turn::MoveUndecided => (None, Some(Letter::MoveUndecided)),
            // Who did it sits in front of it.
            Turn::MoveRejected => (Some(Letter::MoveRejected), None),
            Turn::MoveWithdrawn => (None, Some(Letter::MoveWithdrawn)),
            Turn::PlaceOffered => (Some(Letter::PlaceOffered), None),
            Turn::Soon => (Some(Letter::Reminder), Some(Letter::ReminderForCoach)),
            Turn::MarkWanted => (None, Some(Letter::MarkWanted)),
            Turn::MarkedCompleted => (Some(Letter::MarkedCompleted), None),
            Turn::MarkedMissed => (Some(Letter::MarkedMissed), None),
            Turn::MarkCorrected => (Some(Letter::MarkCorrected), None),
            Turn::MarkChanged => (None, Some(Letter::MarkChangedForCoach)),
            Turn::Contested => (None, Some(Letter::Contested)),
            Turn::Upheld => (Some(Letter::Upheld), Some(Letter::UpheldForCoach)),
            Turn::Forgiven => (Some(Letter::Forgiven), Some(Letter::ForgivenForCoach)),
            Turn::Waived => (Some(Letter::Waived), Some(Letter::WaivedForCoach)),
            Turn::Paid => (Some(Letter::Receipt), Some(Letter::PaidForCoach)),
            Turn::Refunded => (Some(Letter::Refunded), Some(Letter::RefundedForCoach)),
        }
    }
}

/// Who gets which letter. One act is one mail per person (rule M3): no person stands here twice.
pub fn letters(happening: &Happening) -> Vec<(Addressee, Letter)> {
    let one = |person: PersonId, letter| vec![(person.into(), letter)];
    let unless_by_themselves =
        |person, by, letter| if by == Some(person) { vec![] } else { one(person, letter) };
    match *happening {
        Happening::Session { what, ref clients, ref coaches } => {
            let (for_client, for_coach) = what.letters();
            let clients = clients.iter().filter_map(|client| Some(((*client).into(), for_client?)));
            let coaches = coaches.iter().filter_map(|coach| Some(((*coach).into(), for_coach?)));
            clients.chain(coaches).collect()
        }
        Happening::SetUp { .. } | Happening::SignedIn { .. } => vec![],
        Happening::LinkAsked { person } => one(person, Letter::SignInLink),
        Happening::Invited { person } => one(person, Letter::Invitation),
        // What could be a thief's work is told to the owner, whoever did it.
        Happening::SignedInOnNewDevice { person } => one(person, Letter::NewDevice),
        Happening::PasswordChanged { person } => one(person, Letter::PasswordChanged),
        Happening::TokenMade { person } => one(person, Letter::TokenMade),
        Happening::AccountClosed { person } => one(person, Letter::AccountClosed),
        Happening::RolesChanged { person, by } => unless_by_themselves(person, by, Letter::RolesChanged),
        Happening::SignedOutEverywhere { person, by } => unless_by_themselves(person, by, Letter::SignedOut),
        // The coach hears of it once it is a booking.
        Happening::BookingHeld { session } => vec![(Addressee::Holder(session), Letter::BookingLink)],
        // Both get the invitation, also whoever of them booked: it belongs into both calendars.
        Happening::SessionBooked { client, coach } => {
            vec![(client.into(), Letter::Booked), (coach.into(), Letter::BookedForCoach)]
        }
        Happening::SeriesBooked { client, coach } => {
            vec![(client.into(), Letter::SeriesBooked), (coach.into(), Letter::SeriesBookedForCoach)]
        }
        Happening::MailTested { person } => one(person, Letter::Test),
        Happening::MessageSent { to } => one(to, Letter::MessageReceived),
        Happening::SessionMessageSent { to } => one(to, Letter::SessionMessage),
        Happening::BookingWanted { client } => one(client, Letter::BookingWanted),
        Happening::CoachChosen { coach, ref leads } => {
            let leads = leads.iter().filter(|lead| **lead != coach);
            let leads = leads.map(|lead| ((*lead).into(), Letter::CoachChosenForLead));
            one(coach, Letter::CoachChosen).into_iter().chain(leads).collect()
        }
        Happening::Triggered { participant } => one(participant, Letter::Trigger),
        Happening::TriggeredForCoach { coach } => one(coach, Letter::TriggerForCoach),
        Happening::TriggerTested { person } => one(person, Letter::TriggerTest),
        Happening::PodTooSmall { ref leads } => {
            leads.iter().map(|lead| ((*lead).into(), Letter::PodTooSmall)).collect()
        }
        Happening::CoCoachNamed { coach, ref clients, ref others } => {
            told_of_beside(coach, Letter::CoCoachNamed, clients, others, Letter::CoCoachJoins)
        }
        Happening::CoCoachEnded { coach, ref clients, ref others } => {
            told_of_beside(coach, Letter::CoCoachEnded, clients, others, Letter::CoCoachLeaves)
        }
        Happening::CoachChanged { ref clients, ref old, new } => {
            let all = |people: &[PersonId], letter| -> Vec<(Addressee, Letter)> {
                people.iter().map(|person| ((*person).into(), letter)).collect()
            };
            let mut told = all(clients, Letter::CoachChanged);
            told.extend(all(old, Letter::ClientsGiven));
            told.extend(one(new, Letter::ClientsTaken));
            told
        }
        Happening::SurveyDue { client } => one(client, Letter::Survey),
        Happening::PutAway { ref clients, ref coaches } => {
            // Whoever is both reads of it as whose place it was.
            let coaches = coaches.iter().filter(|coach| !clients.contains(coach));
            let clients = clients.iter().map(|client| ((*client).into(), Letter::SessionsCancelled));
            clients.chain(coaches.map(|coach| ((*coach).into(), Letter::SessionsCancelledForCoach))).collect()
        }
        Happening::InactiveListed { lead } => one(lead, Letter::InactiveListed),
        Happening::GoneQuiet { client } => one(client, Letter::InactiveTold),
        Happening::Escalated { ref sponsors } => {
            sponsors.iter().map(|sponsor| ((*sponsor).into(), Letter::Escalated)).collect()
        }
    }
}

/// Whoever is named or not any more, and the people of the session beside them.
fn told_of_beside(
    coach: PersonId,
    own: Letter,
    clients: &[PersonId],
    others: &[PersonId],
    letter: Letter,
) -> Vec<(Addressee, Letter)> {
    let rest = clients.iter().chain(others).map(|person| ((*person).into(), letter));
    std::iter::once((coach.into(), own)).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rules S10, M3
    #[test]
    fn each_happening_has_its_letters() {
        const BEN: PersonId = PersonId::from_raw(2);
        const OTTO: PersonId = PersonId::from_raw(4);
        const ADA: PersonId = PersonId::from_raw(3);
        const HELD: SessionId = SessionId::from_raw(9);
        fn check(happening: Happening, expect: &[(PersonId, Letter)]) {
            let expect: Vec<_> = expect.iter().map(|(person, letter)| ((*person).into(), *letter)).collect();
            assert_eq!(letters(&happening), expect, "{happening:?}");
        }
        check(Happening::SetUp { person: OTTO }, &[]);
        check(Happening::SignedIn { person: BEN }, &[]);
        check(Happening::LinkAsked { person: BEN }, &[(BEN, Letter::SignInLink)]);
        check(Happening::Invited { person: BEN }, &[(BEN, Letter::Invitation)]);
        check(Happening::SignedInOnNewDevice { person: BEN }, &[(BEN, Letter::NewDevice)]);
        check(Happening::PasswordChanged { person: BEN }, &[(BEN, Letter::PasswordChanged)]);
        check(Happening::RolesChanged { person: BEN, by: Some(OTTO) }, &[(BEN, Letter::RolesChanged)]);
        check(Happening::RolesChanged { person: BEN, by: None }, &[(BEN, Letter::RolesChanged)]);
        check(Happening::RolesChanged { person: OTTO, by: Some(OTTO) }, &[]);
        check(Happening::SignedOutEverywhere { person: BEN, by: Some(BEN) }, &[]);
        check(Happening::SignedOutEverywhere { person: BEN, by: Some(OTTO) }, &[(BEN, Letter::SignedOut)]);
        check(Happening::TokenMade { person: BEN }, &[(BEN, Letter::TokenMade)]);
        check(Happening::AccountClosed { person: BEN }, &[(BEN, Letter::AccountClosed)]);
        check(Happening::MailTested { person: OTTO }, &[(OTTO, Letter::Test)]);
        check(Happening::MessageSent { to: BEN }, &[(BEN, Letter::MessageReceived)]);
        check(Happening::SessionMessageSent { to: BEN }, &[(BEN, Letter::SessionMessage)]);
        check(Happening::BookingWanted { client: BEN }, &[(BEN, Letter::BookingWanted)]);
        check(Happening::CoachChosen { coach: ADA, leads: vec![] }, &[(ADA, Letter::CoachChosen)]);
        let told = [(ADA, Letter::CoachChosen), (OTTO, Letter::CoachChosenForLead)];
        check(Happening::CoachChosen { coach: ADA, leads: vec![ADA, OTTO] }, &told);
        check(Happening::Triggered { participant: BEN }, &[(BEN, Letter::Trigger)]);
        check(Happening::TriggeredForCoach { coach: ADA }, &[(ADA, Letter::TriggerForCoach)]);
        check(Happening::TriggerTested { person: OTTO }, &[(OTTO, Letter::TriggerTest)]);
        check(Happening::PodTooSmall { leads: vec![OTTO] }, &[(OTTO, Letter::PodTooSmall)]);
        check(
            Happening::CoCoachNamed { coach: OTTO, clients: vec![BEN], others: vec![ADA] },
            &[(OTTO, Letter::CoCoachNamed), (BEN, Letter::CoCoachJoins), (ADA, Letter::CoCoachJoins)],
        );
        check(
            Happening::CoCoachEnded { coach: OTTO, clients: vec![BEN], others: vec![ADA] },
            &[(OTTO, Letter::CoCoachEnded), (BEN, Letter::CoCoachLeaves), (ADA, Letter::CoCoachLeaves)],
        );
        check(
            Happening::CoachChanged { clients: vec![BEN], old: vec![ADA], new: OTTO },
            &[(BEN, Letter::CoachChanged), (ADA, Letter::ClientsGiven), (OTTO, Letter::ClientsTaken)],
        );
        check(
            Happening::SessionBooked { client: BEN, coach: ADA },
            &[(BEN, Letter::Booked), (ADA, Letter::BookedForCoach)],
        );
        check(
            Happening::SeriesBooked { client: BEN, coach: ADA },
            &[(BEN, Letter::SeriesBooked), (ADA, Letter::SeriesBookedForCoach)],
        );
        let turn = |what| Happening::Session { what, clients: vec![BEN], coaches: vec![ADA] };
        check(turn(Turn::Moved), &[(BEN, Letter::Moved), (ADA, Letter::MovedForCoach)]);
        check(turn(Turn::MoveAsked), &[(BEN, Letter::MoveAsked), (ADA, Letter::MoveAskedForCoach)]);
        check(turn(Turn::MoveRejected), &[(BEN, Letter::MoveRejected)]);
        check(turn(Turn::MoveWithdrawn), &[(ADA, Letter::MoveWithdrawn)]);
        check(turn(Turn::MoveExpired), &[(BEN, Letter::MoveExpired), (ADA, Letter::MoveExpiredForCoach)]);
        check(turn(Turn::CalledOff), &[(BEN, Letter::Cancelled), (ADA, Letter::CancelledForCoach)]);
        check(turn(Turn::Forgiven), &[(BEN, Letter::Forgiven), (ADA, Letter::ForgivenForCoach)]);
        check(turn(Turn::Waived), &[(BEN, Letter::Waived), (ADA, Letter::WaivedForCoach)]);
        check(turn(Turn::Paid), &[(BEN, Letter::Receipt), (ADA, Letter::PaidForCoach)]);
        check(turn(Turn::Refunded), &[(BEN, Letter::Refunded), (ADA, Letter::RefundedForCoach)]);
        check(turn(Turn::MarkedMissed), &[(BEN, Letter::MarkedMissed)]);
        check(turn(Turn::MarkChanged), &[(ADA, Letter::MarkChangedForCoach)]);
        check(turn(Turn::Upheld), &[(BEN, Letter::Upheld), (ADA, Letter::UpheldForCoach)]);
        check(turn(Turn::MarkWanted), &[(ADA, Letter::MarkWanted)]);
        assert_eq!(
            letters(&Happening::BookingHeld { session: HELD }),
            [(Addressee::Holder(HELD), Letter::BookingLink)],
            "the coach is not told of a hold (rule B7)"
        );
    }

    #[test]
    fn every_letter_has_one_code() {
        assert!(Letter::ALL.iter().all(|letter| Letter::from_code(letter.code()) == Some(*letter)));
        assert_eq!(Letter::from_code("newsletter"), None);
    }
}
