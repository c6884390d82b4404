//! What people write into a form, checked at the door: one line, several lines, and the word in an address.
//! Knows no meaning of what is written.

use std::fmt;

use crate::person::is_hidden;
use crate::refusal::Problem;

/// One line that can be seen, of at most `MOST` characters; it may be empty.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Line<const MOST: u32>(String);

impl<const MOST: u32> Line<MOST> {
    /// A line as it was typed, without the space around it and with single spaces inside.
    pub fn parse(text: &str) -> Result<Line<MOST>, Problem> {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().any(is_hidden) {
            return Err(Problem::HiddenCharacters);
        }
        if line.chars().count() > MOST as usize {
            return Err(Problem::TooLong { most: MOST });
        }
        Ok(Line(line))
    }

    /// The same, where nothing is not enough.
    pub fn parse_some(text: &str) -> Result<Line<MOST>, Problem> {
        let line = Self::parse(text)?;
        if line.0.is_empty() { Err(Problem::Missing) } else { Ok(line) }
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Kept out of logs by accident of `{:?}` (rule D4).
impl<const MOST: u32> fmt::Debug for Line<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

/// Several lines, of at most `MOST` characters together; they may be empty.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Prose<const MOST: u32>(String);

impl<const MOST: u32> Prose<MOST> {
    /// A text as it was typed, without the space around it; every line ends with a line feed alone.
    pub fn parse(text: &str) -> Result<Prose<MOST>, Problem> {
        let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
        if lines.iter().any(|line| line.chars().any(|c| is_hidden(c) && c != '\t')) {
            return Err(Problem::HiddenCharacters);
        }
        let text = lines.join("\n");
        if text.chars().count() > MOST as usize {
            return Err(Problem::TooLong { most: MOST });
        }
        Ok(Prose(text))
    }

    /// The same, where nothing is not enough.
    pub fn parse_some(text: &str) -> Result<Prose<MOST>, Problem> {
        let prose = Self::parse(text)?;
        if prose.0.is_empty() { Err(Problem::Missing) } else { Ok(prose) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Kept out of logs by accident of `{:?}` (rule D4).
impl<const MOST: u32> fmt::Debug for Prose<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prose(…)")
    }
}

/// The word that stands for somebody in an address: small letters, digits, and single hyphens between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

impl Slug {
    /// The shortest, in characters.
    pub const LEAST_CHARS: u32 = 2;
    /// The longest, in characters.
    pub const MOST_CHARS: u32 = 60;

    /// A word as it was typed; capitals are written small.
    pub fn parse(text: &str) -> Result<Slug, Problem> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(Problem::Missing);
        }
        if text.len() < Self::LEAST_CHARS as usize {
            return Err(Problem::TooShort { least: Self::LEAST_CHARS });
        }
        if text.chars().count() > Self::MOST_CHARS as usize {
            return Err(Problem::TooLong { most: Self::MOST_CHARS });
        }
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if text.split('-').all(is_word) { Ok(Slug(text)) } else { Err(Problem::NotASlug) }
    }

    /// The word that a name suggests: "Zoë Ørsted-Li" gives `zoe-orsted-li`. A name without a Latin letter gives
    /// `instead`.
    pub fn suggested(name: &str, instead: &str) -> Slug {
        let folded = crate::person::fold(name);
        let words: Vec<&str> =
            folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut slug = words.join("-");
        slug.truncate(Self::MOST_CHARS as usize - Self::NUMBER_CHARS);
        Slug::parse(slug.trim_end_matches('-'))
            .unwrap_or_else(|_| Slug::parse(instead).expect("the word to fall back on is one"))
    }

    /// Room that a suggestion leaves for a number behind it.
    const NUMBER_CHARS: usize = 8;

    /// The same word with a number behind it, for when it is taken.
    pub fn numbered(&self, number: u32) -> Slug {
        Slug(format!("{}-{number}", self.0))
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Slug {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Slug, Problem> {
        Slug::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_one_line_and_prose_may_be_several() {
        fn line(text: &str, expect: Result<&str, Problem>) {
            let line = Line::<10>::parse(text);
            assert_eq!(line.as_ref().map(Line::as_str).map_err(Clone::clone), expect, "{text:?}");
        }
        line("  calm \t before\n", Err(Problem::TooLong { most: 10 }));
        line(" calm \n now ", Ok("calm now"));
        line("", Ok(""));
        line("a\u{202E}b", Err(Problem::HiddenCharacters));
        line("a\0b", Err(Problem::HiddenCharacters));
        line("ääääääääää", Ok("ääääääääää"));
        assert_eq!(Line::<10>::parse_some(" "), Err(Problem::Missing));

        fn prose(text: &str, expect: Result<&str, Problem>) {
            let prose = Prose::<10>::parse(text);
            assert_eq!(prose.as_ref().map(Prose::as_str).map_err(Clone::clone), expect, "{text:?}");
        }
        prose(" one \r\n\r\ntwo\n", Ok("one\n\ntwo"));
        prose("a\u{2066}b", Err(Problem::HiddenCharacters));
        prose("one two three", Err(Problem::TooLong { most: 10 }));
        assert_eq!(Prose::<10>::parse_some("\n"), Err(Problem::Missing));
    }

    #[test]
    fn a_slug_is_small_letters_digits_and_single_hyphens() {
        fn check(text: &str, expect: Result<&str, Problem>) {
            let slug = Slug::parse(text);
            assert_eq!(slug.as_ref().map(Slug::as_str).map_err(Clone::clone), expect, "{text:?}");
        }
        check(" Ada-Lindholm ", Ok("ada-lindholm"));
        check("ada2", Ok("ada2"));
        check("", Err(Problem::Missing));
        check("a", Err(Problem::TooShort { least: 2 }));
        check("ada--l", Err(Problem::NotASlug));
        check("-ada", Err(Problem::NotASlug));
        check("ada/", Err(Problem::NotASlug));
        check("zoë", Err(Problem::NotASlug));
        check(&"a".repeat(61), Err(Problem::TooLong { most: 60 }));
    }

    #[test]
    fn a_name_suggests_a_slug() {
        fn check(name: &str, expect: &str) {
            assert_eq!(Slug::suggested(name, "coach").as_str(), expect, "{name}");
        }
        check("Zoë Ørsted-Li", "zoe-orsted-li");
        check("Ada Lindvall", "ada-lindvall");
        check("津木田", "coach");
        check("X", "coach");
        check("Dr. O’Neill, PCC", "dr-o-neill-pcc");
        assert_eq!(Slug::suggested("Ada", "coach").numbered(2).as_str(), "ada-2");
    }

    proptest! {
        #[test]
        fn what_is_suggested_can_be_typed(name in "\\PC{0,120}", number in 2u32..10_000_000) {
            let slug = Slug::suggested(&name, "coach");
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            let numbered = slug.numbered(number);
            prop_assert_eq!(Slug::parse(numbered.as_str()), Ok(numbered));
        }
    }
}
