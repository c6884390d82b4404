//! What a token of the API is good for: a part of what its person may do, never more (rule D5).

use std::fmt;
use std::str::FromStr;

use crate::refusal::Refusal;
use crate::words::words;

words! {
    /// One thing that a token may be good for.
    Scope {
        /// Read one's own account.
        MeRead "me:read"
        /// Change one's own account.
        MeWrite "me:write"
        /// Read people.
        PeopleRead "people:read"
        /// Make people and change them.
        PeopleWrite "people:write"
        /// Read one's own practice as a coach.
        PracticeRead "practice:read"
        /// Change it: profile, offerings, hours.
        PracticeWrite "practice:write"
        /// Read sessions.
        SessionsRead "sessions:read"
        /// Book, move, cancel and mark sessions.
        SessionsWrite "sessions:write"
        /// Read what is owed and paid.
        MoneyRead "money:read"
        /// Waive charges and write down payments.
        MoneyWrite "money:write"
        /// Read the audit log.
        AuditRead "audit:read"
        /// Read the queue of mails.
        MailRead "mail:read"
        /// Send mails again.
        MailWrite "mail:write"
        /// Read the organisation's settings.
        SettingsRead "settings:read"
        /// Change them.
        SettingsWrite "settings:write"
        /// Move the clock of a demo or trial.
        ClockWrite "clock:write"
        /// Read one's own messages and notifications.
        MessagesRead "messages:read"
        /// Write messages, and say what was read.
        MessagesWrite "messages:write"
        /// Read programs: companies, cohorts, pathways, participants and their journeys.
        ProgramsRead "programs:read"
        /// Change them, bring people in, and ask them to book.
        ProgramsWrite "programs:write"
    }
}

/// The scopes of one token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scopes(u32);

/// A text with a word in it that is no scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScope(
    /// The word.
    pub String,
);

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.code()).collect();
        write!(f, "no scope is called {:?}; there are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for UnknownScope {}

impl Scopes {
    /// Good for nothing.
    pub const NONE: Scopes = Scopes(0);

    /// Good for all that the person may do.
    pub fn all() -> Scopes {
        Scope::ALL.iter().copied().collect()
    }

    /// These and this one.
    pub const fn with(self, scope: Scope) -> Scopes {
        Scopes(self.0 | 1 << scope as u32)
    }

    /// Is this one among them?
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u32 != 0
    }

    /// Is there none?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }

    /// Fine if this one is among them.
    pub fn require(self, scope: Scope) -> Result<(), Refusal> {
        if self.contains(scope) { Ok(()) } else { Err(Refusal::ScopeMissing { scope }) }
    }

    /// What was stored once, without the scopes that have gone since.
    pub fn parse_stored(text: &str) -> Scopes {
        text.split_ascii_whitespace().filter_map(Scope::from_code).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        scopes.into_iter().fold(Scopes::NONE, Scopes::with)
    }
}

/// With spaces between them, always in the same order.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.code())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    /// Words with spaces or commas between them.
    fn from_str(text: &str) -> Result<Scopes, UnknownScope> {
        text.split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .map(|word| Scope::from_code(word).ok_or_else(|| UnknownScope(word.to_owned())))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule D5
    #[test]
    fn a_token_is_good_for_its_scopes_only() {
        let scopes: Scopes = "people:read, me:read".parse().expect("scopes");
        assert_eq!(scopes.require(Scope::PeopleRead), Ok(()));
        assert_eq!(
            scopes.require(Scope::PeopleWrite),
            Err(Refusal::ScopeMissing { scope: Scope::PeopleWrite })
        );
        assert_eq!(Scopes::NONE.iter().count(), 0);
        assert!(Scope::ALL.iter().all(|scope| Scopes::all().contains(*scope)));
    }

    #[test]
    fn scopes_have_one_text() {
        fn check(text: &str, expect: Result<&str, &str>) {
            let got = text.parse::<Scopes>().map(|scopes| scopes.to_string()).map_err(|unknown| unknown.0);
            assert_eq!(got.as_deref().map_err(String::as_str), expect, "{text}");
        }
        check("", Ok(""));
        check("people:read me:read", Ok("me:read people:read"));
        check("audit:read,audit:read", Ok("audit:read"));
        check("audit:read everything", Err("everything"));
        assert_eq!(Scopes::parse_stored("me:read gone:read").to_string(), "me:read");
    }
}
