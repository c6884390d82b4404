//! Which letter goes to whom when something happens. The preview before an act and the sending after it both
//! ask here (rule S10). Knows no words, no addresses, and not when a letter is sent.

use crate::ids::PersonId;
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
        /// Mail works.
        Test "test"
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
    /// Somebody wants to know whether mail works.
    MailTested {
        /// Who gets it.
        person: PersonId,
    },
}

/// Who gets which letter. One act is one mail per person (rule M3): no person stands here twice.
pub fn letters(happening: &Happening) -> Vec<(PersonId, Letter)> {
    let unless_by_themselves =
        |person, by, letter| if by == Some(person) { vec![] } else { vec![(person, letter)] };
    match *happening {
        Happening::SetUp { .. } | Happening::SignedIn { .. } => vec![],
        Happening::LinkAsked { person } => vec![(person, Letter::SignInLink)],
        Happening::Invited { person } => vec![(person, Letter::Invitation)],
        // What could be a thief's work is told to the owner, whoever did it.
        Happening::SignedInOnNewDevice { person } => vec![(person, Letter::NewDevice)],
        Happening::PasswordChanged { person } => vec![(person, Letter::PasswordChanged)],
        Happening::TokenMade { person } => vec![(person, Letter::TokenMade)],
        Happening::AccountClosed { person } => vec![(person, Letter::AccountClosed)],
        Happening::RolesChanged { person, by } => unless_by_themselves(person, by, Letter::RolesChanged),
        Happening::SignedOutEverywhere { person, by } => unless_by_themselves(person, by, Letter::SignedOut),
        Happening::MailTested { person } => vec![(person, Letter::Test)],
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
        fn check(happening: Happening, expect: &[(PersonId, Letter)]) {
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
    }

    #[test]
    fn every_letter_has_one_code() {
        assert!(Letter::ALL.iter().all(|letter| Letter::from_code(letter.code()) == Some(*letter)));
        assert_eq!(Letter::from_code("newsletter"), None);
    }
}
