//! What is said of a person, checked at the door: name, mail address, language, way of writing the hour.
//! Knows neither accounts nor rights.

use std::fmt;
use std::str::FromStr;

use crate::refusal::Problem;
use crate::words::words;

words! {
    /// A language that pages and mails are written in (rule M8).
    Language {
        /// English.
        English "en"
        /// German.
        German "de"
    }
}

impl Language {
    /// The tag of BCP 47, for `lang`.
    pub const fn tag(self) -> &'static str {
        self.code()
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// The first language of an `Accept-Language` header that is one of ours, in the order given there.
    pub fn accepted(header: &str) -> Option<Language> {
        /// More wishes than this nobody has.
        const WISHES_MAX: usize = 10;
        header.split(',').take(WISHES_MAX).find_map(|wish| Language::from_tag(wish.split(';').next()?))
    }

    /// The language that a tag as `de-AT` asks for, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Language::ALL.iter().copied().find(|language| language.code().eq_ignore_ascii_case(primary))
    }
}

words! {
    /// How a person reads the hour.
    HourStyle {
        /// 2:30 pm
        H12 "h12"
        /// 14:30
        H24 "h24"
    }
}

/// What a person is called: one line that can be seen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// The limit, in characters.
    pub const MOST_CHARS: u32 = 100;

    /// A name as it was typed, without the space around it.
    pub fn parse(text: &str) -> Result<PersonName, Problem> {
        let name = text.trim();
        if name.is_empty() {
            return Err(Problem::Missing);
        }
        if name.chars().count() > Self::MOST_CHARS as usize {
            return Err(Problem::TooLong { most: Self::MOST_CHARS });
        }
        if name.chars().any(is_hidden) {
            return Err(Problem::HiddenCharacters);
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err(Problem::NotAName);
        }
        Ok(PersonName(name.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PersonName {
    type Err = Problem;
    fn from_str(text: &str) -> Result<PersonName, Problem> {
        PersonName::parse(text)
    }
}

/// Kept out of logs by accident of `{:?}` (rule D4).
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

/// Control characters, line ends, and what turns the direction of the text after it. Joiners stay: some scripts
/// need them.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// The address that a person's mail goes to: the plain form `name@host`, in ASCII.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// The limit, in characters (RFC 5321).
    pub const MOST_CHARS: u32 = 254;

    /// An address as it was typed; the host is written small.
    pub fn parse(text: &str) -> Result<MailAddress, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::Missing);
        }
        if text.chars().count() > Self::MOST_CHARS as usize {
            return Err(Problem::TooLong { most: Self::MOST_CHARS });
        }
        let (local, host) = text.rsplit_once('@').ok_or(Problem::NotAMailAddress)?;
        if !is_local_part(local) || !is_host(host) {
            return Err(Problem::NotAMailAddress);
        }
        Ok(MailAddress(format!("{local}@{}", host.to_ascii_lowercase())))
    }

    /// The address as mail is sent to it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it is compared: two that differ in case only belong to one person.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for MailAddress {
    type Err = Problem;
    fn from_str(text: &str) -> Result<MailAddress, Problem> {
        MailAddress::parse(text)
    }
}

/// Kept out of logs by accident of `{:?}` (rule D4).
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

fn is_local_part(local: &str) -> bool {
    const MOST_CHARS: usize = 64;
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    local.len() <= MOST_CHARS && local.split('.').all(is_atom)
}

fn is_host(host: &str) -> bool {
    const MOST_LABEL_CHARS: usize = 63;
    let is_label = |label: &str| {
        (1..=MOST_LABEL_CHARS).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits would be a bare IP address, which mail servers refuse.
    let last_is_a_name =
        host.rsplit('.').next().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()));
    host.split('.').all(is_label) && last_is_a_name
}

/// A text as it is searched and sorted by: small letters without their marks, so that "Zoe" finds "Zoë".
/// The databases cannot do this alike, so it is done here once and stored.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => folded.push('c'),
            'ð' | 'ď' | 'đ' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => folded.push('g'),
            'ĥ' | 'ħ' => folded.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => folded.push('i'),
            'ĵ' => folded.push('j'),
            'ķ' => folded.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ŕ' | 'ŗ' | 'ř' => folded.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ţ' | 'ť' | 'ŧ' | 'ț' => folded.push('t'),
            'þ' => folded.push_str("th"),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' => folded.push('u'),
            'ŵ' => folded.push('w'),
            'ý' | 'ÿ' | 'ŷ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            // Marks that follow their letter.
            '\u{300}'..='\u{36F}' => {}
            c => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        fn check(text: &str, expect: Result<&str, Problem>) {
            assert_eq!(
                PersonName::parse(text).as_ref().map(PersonName::as_str).map_err(Clone::clone),
                expect,
                "{text:?}"
            );
        }
        check("Ada Lovelace", Ok("Ada Lovelace"));
        check("  Ada   Lovelace ", Ok("Ada Lovelace"));
        check("김민준", Ok("김민준"));
        check("O’Neill-García, Jr.", Ok("O’Neill-García, Jr."));
        check("क्\u{200D}ष", Ok("क्\u{200D}ष"));
        check("X", Ok("X"));
        check("", Err(Problem::Missing));
        check(" \t ", Err(Problem::Missing));
        check("Ada\r\nBcc: all", Err(Problem::HiddenCharacters));
        check("Ada\0", Err(Problem::HiddenCharacters));
        check("Ada \u{202E}nibor", Err(Problem::HiddenCharacters));
        check("\u{200D}", Err(Problem::NotAName));
        check("...", Err(Problem::NotAName));
        check(&"ä".repeat(100), Ok(&"ä".repeat(100)));
        check(&"ä".repeat(101), Err(Problem::TooLong { most: 100 }));
    }

    #[test]
    fn a_mail_address_is_plain() {
        fn check(text: &str, expect: Result<&str, Problem>) {
            let got = MailAddress::parse(text);
            assert_eq!(got.as_ref().map(MailAddress::as_str).map_err(Clone::clone), expect, "{text:?}");
        }
        let no = || Err(Problem::NotAMailAddress);
        check("ben@example.com", Ok("ben@example.com"));
        check(" Ben.Orle+x@Mail.Example.COM ", Ok("Ben.Orle+x@mail.example.com"));
        check("root@localhost", Ok("root@localhost"));
        check("o'neill@xn--mnchen-3ya.de", Ok("o'neill@xn--mnchen-3ya.de"));
        check("", Err(Problem::Missing));
        check("ben", no());
        check("@example.com", no());
        check("ben@", no());
        check("ben@@example.com", no());
        check("ben..orle@example.com", no());
        check(".ben@example.com", no());
        check("ben orle@example.com", no());
        check("ben@example..com", no());
        check("ben@-example.com", no());
        check("ben@example.com.", no());
        check("ben@127.0.0.1", no());
        check("Ben <ben@example.com>", no());
        check("ben@example.com\r\nBcc: all@example.com", no());
        check("ben@exämple.com", no());
        check(&format!("{}@example.com", "a".repeat(64)), Ok(&format!("{}@example.com", "a".repeat(64))));
        check(&format!("{}@example.com", "a".repeat(65)), no());
        check(&format!("a@{}com", "b.".repeat(130)), Err(Problem::TooLong { most: 254 }));
    }

    // Rule P4
    #[test]
    fn addresses_that_differ_in_case_are_one() {
        let folded = |text| MailAddress::parse(text).expect(text).folded();
        assert_eq!(folded("Ben@Example.com"), folded("ben@example.COM"));
        assert_ne!(folded("ben@example.com"), folded("b.en@example.com"));
    }

    // Rule D4
    #[test]
    fn names_and_addresses_do_not_reach_a_log_by_accident() {
        let both = (PersonName::parse("Ben Orle"), MailAddress::parse("ben@example.com"));
        let shown = format!("{both:?}").to_lowercase();
        assert!(!shown.contains("ben"), "{shown}");
    }

    // Rule M8
    #[test]
    fn a_tag_asks_for_a_language() {
        fn check(tag: &str, expect: Option<Language>) {
            assert_eq!(Language::from_tag(tag), expect, "{tag}");
        }
        check("en", Some(Language::English));
        check("de-AT", Some(Language::German));
        check("DE_CH", Some(Language::German));
        check(" en-GB", Some(Language::English));
        check("den", None);
        check("fr", None);
        check("", None);
    }

    #[test]
    fn folding_takes_case_and_marks_away() {
        fn check(text: &str, expect: &str) {
            assert_eq!(fold(text), expect, "{text}");
        }
        check("Zoë Müller-Weiß", "zoe muller-weiss");
        check("ŁUKASZ Ğ", "lukasz g");
        check("I\u{307}stanbul", "istanbul");
        check("Ängstrøm", "angstrom");
        check("e\u{301}", "e");
        check("김", "김");
    }

    proptest! {
        #[test]
        fn no_text_makes_a_parser_fail(text in "\\PC*") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
            if let Ok(address) = MailAddress::parse(&text) {
                prop_assert_eq!(MailAddress::parse(address.as_str()), Ok(address));
            }
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }

        #[test]
        fn every_plain_address_is_taken(address in "[a-z0-9+_-]{1,20}(\\.[a-z]{1,9}){0,2}@[a-z0-9]{1,20}\\.[a-z]{2,8}") {
            prop_assert!(MailAddress::parse(&address).is_ok());
        }
    }

    // Rule M8
    #[test]
    fn the_browsers_wishes_are_read_in_their_order() {
        assert_eq!(Language::accepted("pt-BR, de-AT;q=0.9, en;q=0.8"), Some(Language::German));
        assert_eq!(Language::accepted("pt-BR"), None);
        assert_eq!(Language::from_tag("EN"), Some(Language::English));
    }
}
