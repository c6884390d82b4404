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
        /// Mail works.
        Test "test"
        /// Somebody wrote to you (rules W6, M7).
        MessageReceived "message_received"
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// Who gets which letter. One act is one mail per person (rule M3): no person stands here twice.
pub fn letters(happening: &Happening) -> Vec<(Addressee, Letter)> {
    let one = |person: PersonId, letter| vec![(person.into(), letter)];
    let unless_by_themselves =
        |person, by, letter| if by == Some(person) { vec![] } else { one(person, letter) };
    match *happening {
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
    }
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
        check(
            Happening::SessionBooked { client: BEN, coach: ADA },
            &[(BEN, Letter::Booked), (ADA, Letter::BookedForCoach)],
        );
        check(
            Happening::SeriesBooked { client: BEN, coach: ADA },
            &[(BEN, Letter::SeriesBooked), (ADA, Letter::SeriesBookedForCoach)],
        );
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
