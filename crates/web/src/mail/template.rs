//! The texts of rules (M5): sentences with a few named values and conditions on them, written by whoever runs a program and
//! filled in for one reader. Nothing else can be said in them: no loops, no calls, no look into anything.
//!
//! Two walls, and every text passes both each time. The first reads it and lets through the words of a short list alone, in
//! conditions so long and so deep inside each other, so that what is wrong is told with its line. Behind the second it runs
//! with no loader, no filters and no functions, with so many steps and so long a result, and nothing that is not named is
//! quietly empty.
//!
//! What comes out is plain text. The HTML part of a letter is made from it as that of every other, escaped there once.

use std::fmt;
use std::io;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

/// What a text can name.
pub const VARIABLES: [&str; 10] = [
    "first_name",
    "participant",
    "coach",
    "step",
    "week",
    "days",
    "cohort",
    "company",
    "organisation",
    "link",
];
/// The words between braces that are no names.
const WORDS: [&str; 7] = ["if", "elif", "else", "endif", "and", "or", "not"];
/// Signs with which numbers are compared.
const SIGNS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
/// The most steps that filling in a text takes.
const STEPS_MAX: u64 = 20_000;
/// The deepest that conditions lie inside each other.
const DEPTH_MAX: usize = 10;
/// The most words of one condition.
const WORDS_MAX: usize = 20;
/// The longest result, in bytes.
pub const FILLED_MAX_BYTES: usize = 32 * 1024;
/// A longer number is none.
const DIGITS_MAX: usize = 5;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 1.
    pub line: u32,
    /// What.
    pub what: Mistake,
}

/// A mistake in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// There is no such value.
    Unknown(String),
    /// This cannot be said between braces.
    NotAllowed(String),
    /// Braces are opened and not closed, or closed and not opened.
    Braces,
    /// It is not built as it must be: an `if` without its end, an empty pair of braces.
    Built,
    /// Filled in it would be too long or take too long.
    TooMuch,
}

/// The values of one reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Who reads it.
    pub first_name: String,
    /// Whom it is about.
    pub participant: String,
    /// Who coaches them.
    pub coach: String,
    /// The step.
    pub step: String,
    /// Its suggested weeks, in words.
    pub week: String,
    /// For so many days.
    pub days: i64,
    /// Their cohort.
    pub cohort: String,
    /// Their company.
    pub company: String,
    /// Who sends it.
    pub organisation: String,
    /// Where they act.
    pub link: String,
}

impl Values {
    /// Values of somebody who is not there, to see whether a text can be filled in at all.
    fn invented() -> Values {
        let text = |text: &str| text.to_owned();
        Values {
            first_name: text("Ada"),
            participant: text("Ada"),
            coach: text("Ben"),
            step: text("One"),
            week: text("week 1"),
            days: 14,
            cohort: text("Spring"),
            company: text("Northwind"),
            organisation: text("Cairn"),
            link: text("https://cairn.example"),
        }
    }

    fn context(&self) -> Value {
        let text = |text: &String| Value::from(text.as_str());
        Value::from_pairs([
            ("first_name", text(&self.first_name)),
            ("participant", text(&self.participant)),
            ("coach", text(&self.coach)),
            ("step", text(&self.step)),
            ("week", text(&self.week)),
            ("days", Value::from(self.days)),
            ("cohort", text(&self.cohort)),
            ("company", text(&self.company)),
            ("organisation", text(&self.organisation)),
            ("link", text(&self.link)),
        ])
    }
}

/// So many mistakes are told of one text.
const WRONGS_MAX: usize = 10;

/// Whether a text can be kept.
///
/// # Errors
/// All that is wrong with it, from its beginning on, at most [`WRONGS_MAX`].
pub fn check(text: &str) -> Result<(), Vec<Wrong>> {
    let wrongs = read(text);
    if !wrongs.is_empty() {
        return Err(wrongs);
    }
    run(text, &Values::invented()).map(drop).map_err(|wrong| vec![wrong])
}

/// Fills in a text.
///
/// # Errors
/// What is wrong with it.
pub fn fill(text: &str, values: &Values) -> Result<String, Wrong> {
    if let Some(wrong) = read(text).into_iter().next() {
        return Err(wrong);
    }
    run(text, values)
}

/// What is behind the second wall.
fn run(text: &str, values: &Values) -> Result<String, Wrong> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(STEPS_MAX));
    environment.set_recursion_limit(2 * DEPTH_MAX);
    let wrong = |error: minijinja::Error| {
        let line = error.line().and_then(|line| u32::try_from(line).ok()).unwrap_or(1);
        let what = match error.kind() {
            minijinja::ErrorKind::UndefinedError => Mistake::Unknown(String::new()),
            minijinja::ErrorKind::OutOfFuel | minijinja::ErrorKind::WriteFailure => Mistake::TooMuch,
            _ => Mistake::Built,
        };
        Wrong { line, what }
    };
    let template = environment.template_from_str(text).map_err(wrong)?;
    let mut filled = Bounded(Vec::new());
    template.render_captured_to(values.context(), &mut filled).map_err(wrong)?;
    String::from_utf8(filled.0).map_err(|_| Wrong { line: 1, what: Mistake::Built })
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > FILLED_MAX_BYTES {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Looks at everything between braces. After braces that do not close nothing can be said of the rest.
fn read(text: &str) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    let line_of = |at: usize| u32::try_from(text[..at].matches('\n').count() + 1).unwrap_or(u32::MAX);
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(found) = text[at..].find(['{', '}']) {
        let start = at + found;
        let wrong = |what| Wrong { line: line_of(start), what };
        let rest = &text[start..];
        let close = match rest.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#" | "}}") => {
                wrongs.push(wrong(Mistake::Braces));
                return wrongs;
            }
            // One brace alone is a brace.
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(length) = rest[2..].find(close) else {
            wrongs.push(wrong(Mistake::Braces));
            return wrongs;
        };
        let inside = &rest[2..2 + length];
        if inside.contains(['{', '}', '\n']) {
            wrongs.push(wrong(Mistake::Braces));
            return wrongs;
        }
        if let Err(mistake) = words(inside.trim(), close == "}}") {
            wrongs.push(wrong(mistake));
        }
        match inside.split_whitespace().next() {
            Some("if") => depth += 1,
            Some("endif") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            wrongs.push(wrong(Mistake::TooMuch));
        }
        if depth > DEPTH_MAX || wrongs.len() == WRONGS_MAX {
            return wrongs;
        }
        at = start + 2 + length + 2;
    }
    wrongs
}

/// A value by its name, or a condition on such.
fn words(inside: &str, is_value: bool) -> Result<(), Mistake> {
    let all: Vec<&str> = inside.split_whitespace().collect();
    let (first, rest) = match all.split_first() {
        None => return Err(Mistake::Built),
        Some((first, rest)) => (*first, rest),
    };
    if is_value {
        return if rest.is_empty() { known(first) } else { Err(Mistake::NotAllowed(inside.to_owned())) };
    }
    match first {
        "if" | "elif" if rest.is_empty() => Err(Mistake::Built),
        "if" | "elif" if rest.len() > WORDS_MAX => Err(Mistake::TooMuch),
        "if" | "elif" => rest.iter().try_for_each(|word| match *word {
            "and" | "or" | "not" => Ok(()),
            sign if SIGNS.contains(&sign) => Ok(()),
            number if number.len() <= DIGITS_MAX && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(())
            }
            name => known(name),
        }),
        "else" | "endif" if rest.is_empty() => Ok(()),
        _ => Err(Mistake::NotAllowed(inside.to_owned())),
    }
}

fn known(name: &str) -> Result<(), Mistake> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if VARIABLES.contains(&name) {
        Ok(())
    } else if is_name && !WORDS.contains(&name) {
        Err(Mistake::Unknown(name.to_owned()))
    } else {
        Err(Mistake::NotAllowed(name.to_owned()))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {:?}", self.line, self.what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values { first_name: "Tom <b>".to_owned(), week: String::new(), ..Values::invented() }
    }

    // Rule M5
    #[test]
    fn a_text_is_filled_in_and_says_what_fits() {
        fn check(text: &str, expect: &str) {
            assert_eq!(super::check(text), Ok(()), "{text}");
            assert_eq!(fill(text, &values()).as_deref(), Ok(expect), "{text}");
        }
        check("Hello {{ first_name }}, {{days}} days.", "Hello Tom <b>, 14 days.");
        check("{% if week %}In {{ week }}{% else %}Any time{% endif %}", "Any time");
        check("{% if days > 7 and not week %}a{% elif days == 3 %}b{% endif %}", "a");
        check("A brace { alone } is one.", "A brace { alone } is one.");
    }

    // Rule M5
    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        fn check(text: &str, line: u32, what: Mistake) {
            assert_eq!(super::check(text), Err(vec![Wrong { line, what }]), "{text}");
        }
        let not = |text: &str| Mistake::NotAllowed(text.to_owned());
        check("Hello {{ frist_name }}", 1, Mistake::Unknown("frist_name".to_owned()));
        check("a\\n{{ first_name".replace("\\n", "\n").as_str(), 2, Mistake::Braces);
        check("a }} b", 1, Mistake::Braces);
        check("{{ }}", 1, Mistake::Built);
        check("{% if week %}open", 1, Mistake::Built);
        check("{% if %}x{% endif %}", 1, Mistake::Built);
        check("{# hidden #}", 1, Mistake::Braces);
        // Loops, calls, filters, attributes, arithmetic, texts, other templates.
        for text in [
            "for x in first_name",
            "set x = first_name",
            "include 'x'",
            "macro m()",
            "raw",
            "if first_name.__class__",
            "if first_name[0]",
            "if range(9)",
            "if days * 9",
        ] {
            let full = format!("{{% {text} %}}x{{% endif %}}");
            let got = super::check(&full).map_err(|mut all| all.remove(0));
            assert!(matches!(got, Err(Wrong { what: Mistake::NotAllowed(_), .. })), "{full}: {got:?}");
        }
        for text in
            ["first_name.x", "first_name|upper", "'a' * 9", "first_name ~ first_name", "self", "days()"]
        {
            let got = super::check(&format!("{{{{ {text} }}}}")).map_err(|mut all| all.remove(0));
            let is_no = matches!(got, Err(Wrong { what: Mistake::NotAllowed(_) | Mistake::Unknown(_), .. }));
            assert!(is_no, "{text}: {got:?}");
        }
        check("{{ first_name|upper }}", 1, not("first_name|upper"));
        // All of them, each with its line.
        let both = [(1, "one"), (3, "two")];
        let both = both.map(|(line, name)| Wrong { line, what: Mistake::Unknown(name.to_owned()) });
        assert_eq!(super::check("{{ one }}\n{{ days }}\n{{ two }}"), Err(both.to_vec()));
    }

    // Rule M5
    #[test]
    fn what_gets_past_the_door_does_no_harm() {
        fn fails(text: &str) {
            assert!(run(text, &values()).is_err(), "{}", &text[..text.len().min(60)]);
        }
        fails("{% for a in range(1000000000) %}x{% endfor %}");
        fails("{{ nothing }}");
        fails("{{ first_name.__class__.__mro__ }}");
        fails("{% include 'secret' %}");
        fails("{{ first_name|upper }}");
        // So long a result, and so many steps.
        fails(&"x".repeat(FILLED_MAX_BYTES + 1));
        fails(&"{{ days }}".repeat(20_000));
    }

    // Rule M5
    #[test]
    fn conditions_are_so_long_and_so_deep_and_no_more() {
        fn check(text: &str, is_fine: bool) {
            let got = super::check(text);
            assert_eq!(got.is_ok(), is_fine, "{}: {got:?}", &text[..text.len().min(60)]);
        }
        let nested =
            |depth: usize| format!("{}x{}", "{% if days %}".repeat(depth), "{% endif %}".repeat(depth));
        check(&nested(DEPTH_MAX), true);
        check(&nested(DEPTH_MAX + 1), false);
        check(&nested(300), false);
        check(&format!("{{% if {} days %}}x{{% endif %}}", "not ".repeat(WORDS_MAX - 1)), true);
        check(&format!("{{% if {} days %}}x{{% endif %}}", "not ".repeat(WORDS_MAX)), false);
        check(&format!("{{{{ {} days {} }}}}", "(".repeat(500), ")".repeat(500)), false);
        check(&"{% if week %}x{% endif %}".repeat(100), true);
    }
}
