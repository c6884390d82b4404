//! One type for each kind of thing, so that a session's id never passes for a person's.
//!
//! An id is 63 bits that the store hands out; people and programs see it only as a prefix and thirteen
//! characters of lower-case Crockford base32, which sort as the numbers do. It is no secret and no number.

use std::fmt;

/// How many characters follow the prefix and its underscore.
pub const ID_CHARS: usize = 13;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is no id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an id that starts with {}_", self.prefix)
    }
}

impl std::error::Error for NotAnId {}

/// What all ids have in common, for code that is written once for every kind.
pub trait Id: Copy + Ord + fmt::Display + std::str::FromStr<Err = NotAnId> {
    /// What its text begins with, before the underscore.
    const PREFIX: &'static str;
    /// From the store's number, which is never negative.
    fn from_raw(raw: i64) -> Self;
    /// The store's number.
    fn raw(self) -> i64;
}

fn write(f: &mut fmt::Formatter<'_>, prefix: &str, raw: i64) -> fmt::Result {
    let mut text = [0u8; ID_CHARS];
    let mut rest = raw.cast_unsigned();
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(str::from_utf8(&text).expect("the alphabet is ASCII"))
}

fn parse(prefix: &'static str, text: &str) -> Result<i64, NotAnId> {
    let no = NotAnId { prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(no)?.as_bytes();
    if digits.len() != ID_CHARS {
        return Err(no);
    }
    let mut raw: i64 = 0;
    for digit in digits {
        let value = ALPHABET.iter().position(|known| known == digit).ok_or(no)?;
        raw = raw.checked_mul(32).and_then(|raw| raw.checked_add(value as i64)).ok_or(no)?;
    }
    Ok(raw)
}

/// An id of which only the prefix and the number are known; none if there is no such prefix.
pub fn written(prefix: &str, raw: i64) -> Option<String> {
    struct Written<'a>(&'a str, i64);
    impl fmt::Display for Written<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write(f, self.0, self.1)
        }
    }
    PREFIXES.contains(&prefix).then(|| Written(prefix, raw).to_string())
}

macro_rules! ids {
    ($d:tt $($(#[$doc:meta])* $name:ident $prefix:literal)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(i64);

            impl $name {
                /// What its text begins with, before the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// From the store's number, which is never negative.
                pub const fn from_raw(raw: i64) -> Self {
                    assert!(raw >= 0, "an id is never negative");
                    $name(raw)
                }

                /// The store's number.
                pub const fn raw(self) -> i64 {
                    self.0
                }
            }

            impl Id for $name {
                const PREFIX: &'static str = $prefix;
                fn from_raw(raw: i64) -> Self {
                    $name::from_raw(raw)
                }
                fn raw(self) -> i64 {
                    self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write(f, $prefix, self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write(f, $prefix, self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = NotAnId;
                fn from_str(text: &str) -> Result<Self, NotAnId> {
                    parse($prefix, text).map($name)
                }
            }
        )*

        /// Every prefix there is, for the routes that must know what an address speaks of.
        pub const PREFIXES: &[&str] = &[$($prefix),*];

        /// Hands the names of all kinds of id to a macro, for what must be said once of each.
        #[macro_export]
        macro_rules! each_id {
            ($d say:ident) => {
                $d say! { $($name)* }
            };
        }
    };
}

ids! { $
    /// Anyone with an account. A coach, client, sponsor, lead or admin is a person in a role and has no id
    /// of their own.
    PersonId "per"
    /// A signed-in browser.
    SignInId "sgn"
    /// A single-use link that was mailed: to sign in, to set up, to agree to a change.
    LinkId "lnk"
    /// What a person proves themselves with: a password, a passkey.
    CredentialId "crd"
    /// A personal access token for the API.
    TokenId "tok"
    /// A picture or file that somebody uploaded.
    FileId "fil"
    /// One version of a text that people accept.
    AgreementId "agr"
    /// What a coach sells.
    OfferingId "off"
    /// What a coach keeps of a price when a client cancels.
    TermsId "trm"
    /// Who sells an offering or a program.
    SellerId "slr"
    /// One range of a coach's weekly hours.
    HoursId "hrs"
    /// A date on which a coach's hours differ.
    DayOverrideId "ovr"
    /// One busy span: an outside calendar reported it, or a coach takes time off.
    BusyId "bsy"
    /// From when to when a person is a coach's client.
    CoachingId "cng"
    /// One meeting, planned or scheduled.
    SessionId "ses"
    /// One client's place in one session.
    AttendanceId "att"
    /// The wish to move one session.
    MoveRequestId "mov"
    /// Sessions booked together, a week or two apart.
    SeriesId "ser"
    /// A line of the ledger.
    LedgerId "led"
    /// A paying company.
    CompanyId "com"
    /// A company's project.
    ProjectId "pro"
    /// A group of participants that begins together.
    CohortId "coh"
    /// A person's place in a cohort.
    ParticipantId "par"
    /// Somebody's lead of a company, project or cohort.
    LeadId "lea"
    /// A template of steps.
    PathwayId "pat"
    /// One step of a pathway.
    StepId "ste"
    /// A participant's own copy of a pathway.
    JourneyId "jou"
    /// A small group that meets together.
    PodId "pod"
    /// A file of people on its way in.
    ImportId "imp"
    /// Something that is asked at the end of a pathway.
    QuestionId "que"
    /// A coach in a pool.
    PooledId "pol"
    /// Something that happened.
    EventId "evt"
    /// One mail to one person.
    MailId "mai"
    /// One notification to one person.
    NotificationId "ntf"
    /// A rule that sends mail by status.
    TriggerId "trg"
    /// What a client and a coach write to each other.
    ThreadId "thr"
    /// One message of it.
    MessageId "msg"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_exact_text_is_an_id() {
        fn check(text: &str, expect: Option<i64>) {
            assert_eq!(text.parse::<SessionId>().ok().map(SessionId::raw), expect, "{text}");
        }
        check("ses_0000000000000", Some(0));
        check("ses_000000000000z", Some(31));
        check("ses_0000000000010", Some(32));
        check("ses_7zzzzzzzzzzzz", Some(i64::MAX));
        check("ses_8000000000000", None);
        check("ses_zzzzzzzzzzzzz", None);
        check("per_0000000000000", None);
        check("ses-0000000000000", None);
        check("ses0000000000000", None);
        check("ses_000000000000", None);
        check("ses_00000000000000", None);
        check("ses_000000000000Z", None);
        check("ses_000000000000i", None);
        check("ses_000000000000l", None);
        check("ses_000000000000o", None);
        check("ses_000000000000u", None);
        check("ses_-000000000001", None);
        check("SES_0000000000000", None);
        check(" ses_0000000000000", None);
        check("ses_00000000000ü", None);
        check("", None);
    }

    #[test]
    fn no_two_kinds_share_a_prefix() {
        let mut prefixes = PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
        assert!(PREFIXES.iter().all(|p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_lowercase())));
    }

    proptest! {
        #[test]
        fn every_id_survives_its_text_and_sorts_like_it(a in 0..=i64::MAX, b in 0..=i64::MAX) {
            let (a, b) = (PersonId::from_raw(a), PersonId::from_raw(b));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.to_string().len(), "per_".len() + ID_CHARS);
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn no_text_makes_the_parser_fail(text in "\\PC*") {
            if let Ok(id) = text.parse::<EventId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
