//! What is asked at the end of a journey: questions, and answers that fit them (rule G7). Knows nothing of who is asked.

use crate::refusal::{Problem, Refusal};
use crate::text::{Line, Prose};
use crate::words::words;

/// The most questions of one survey.
pub const QUESTIONS_MAX: usize = 12;
/// The fewest choices of a question that has some.
pub const CHOICES_MIN: usize = 2;
/// The most of them.
pub const CHOICES_MAX: usize = 8;
/// The longest choice, in characters.
pub const CHOICE_MAX_CHARS: u32 = 80;
/// The longest question, in characters.
pub const QUESTION_MAX_CHARS: u32 = 200;
/// The longest answer in one's own words, in characters.
pub const ANSWER_MAX_CHARS: u32 = 2_000;
/// The ends of the scale.
pub const SCALE: std::ops::RangeInclusive<u8> = 1..=5;

words! {
    /// How a question is answered.
    Kind {
        /// With a number from 1 to 5.
        Scale "scale"
        /// With one of a few.
        Choice "choice"
        /// In one's own words.
        Text "text"
    }
}

words! {
    /// The questions of a pathway that has none of its own; each language has its words for them.
    Standard {
        /// How much it helped.
        Helped "helped"
        /// How the work with the coach was.
        Coach "coach"
        /// What else there is to say.
        Else "else"
    }
}

impl Standard {
    /// How it is answered.
    pub const fn kind(self) -> Kind {
        match self {
            Standard::Helped | Standard::Coach => Kind::Scale,
            Standard::Else => Kind::Text,
        }
    }
}

/// A question as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub text: Line<QUESTION_MAX_CHARS>,
    /// How it is answered.
    pub kind: Kind,
    /// What can be chosen; empty for the other kinds.
    pub choices: Vec<Line<CHOICE_MAX_CHARS>>,
}

impl Question {
    /// # Errors
    /// What is wrong with it, by field.
    pub fn parse(text: &str, kind: &str, choices: &[&str]) -> Result<Question, Refusal> {
        let invalid = |field, problem| Refusal::invalid(field, problem);
        let text = Line::parse_some(text).map_err(|problem| invalid("text", problem))?;
        let kind = Kind::from_code(kind).ok_or_else(|| invalid("kind", Problem::NotAChoice))?;
        let mut parsed: Vec<Line<CHOICE_MAX_CHARS>> = Vec::new();
        if kind == Kind::Choice {
            for choice in choices.iter().filter(|choice| !choice.trim().is_empty()) {
                let choice = Line::parse_some(choice).map_err(|problem| invalid("choices", problem))?;
                if parsed.contains(&choice) {
                    return Err(invalid("choices", Problem::Taken));
                }
                parsed.push(choice);
            }
            if !(CHOICES_MIN..=CHOICES_MAX).contains(&parsed.len()) {
                let (least, most) = (CHOICES_MIN as i64, CHOICES_MAX as i64);
                return Err(invalid("choices", Problem::OutOfRange { least, most }));
            }
        }
        Ok(Question { text, kind, choices: parsed })
    }
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A number of the scale.
    Scale(u8),
    /// The number of a choice, from 0.
    Choice(u8),
    /// Their words.
    Text(Prose<ANSWER_MAX_CHARS>),
}

impl Reply {
    /// What was answered to a question of this kind with so many choices; none where nothing was.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(kind: Kind, choices: usize, text: &str) -> Result<Option<Reply>, Problem> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let number = || text.trim().parse::<u8>().map_err(|_| Problem::NotAChoice);
        Ok(Some(match kind {
            Kind::Scale => Reply::Scale(number().and_then(|n| fits(n, SCALE.contains(&n)))?),
            Kind::Choice => Reply::Choice(number().and_then(|n| fits(n, usize::from(n) < choices))?),
            Kind::Text => Reply::Text(Prose::parse_some(text)?),
        }))
    }
}

fn fits(number: u8, it_does: bool) -> Result<u8, Problem> {
    if it_does { Ok(number) } else { Err(Problem::NotAChoice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule G7
    #[test]
    fn a_question_has_words_and_a_choice_has_at_least_two() {
        let problem = |text: &str, kind: &str, choices: &[&str]| match Question::parse(text, kind, choices) {
            Ok(_) => None,
            Err(Refusal::Invalid { fields }) => Some((fields[0].field, fields[0].problem.code())),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(problem("How was it?", "scale", &["kept", "nowhere"]), None);
        assert_eq!(problem(" ", "scale", &[]), Some(("text", "missing")));
        assert_eq!(problem("How was it?", "stars", &[]), Some(("kind", "not_a_choice")));
        assert_eq!(problem("Which?", "choice", &["One", " "]), Some(("choices", "out_of_range")));
        assert_eq!(problem("Which?", "choice", &["One", "One"]), Some(("choices", "taken")));
        assert_eq!(problem("Which?", "choice", &["One", "Two", ""]), None);
        assert_eq!(
            problem("Which?", "choice", &["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
            Some(("choices", "out_of_range"))
        );
        assert!(Question::parse("How was it?", "scale", &["kept"]).expect("a question").choices.is_empty());
    }

    // Rule G7
    #[test]
    fn an_answer_fits_its_question() {
        let check = |kind, text: &str, expect: Result<Option<Reply>, Problem>| {
            assert_eq!(Reply::parse(kind, 3, text), expect, "{kind} {text}");
        };
        check(Kind::Scale, "1", Ok(Some(Reply::Scale(1))));
        check(Kind::Scale, "5", Ok(Some(Reply::Scale(5))));
        for wrong in ["0", "6", "x", "-1"] {
            check(Kind::Scale, wrong, Err(Problem::NotAChoice));
        }
        check(Kind::Choice, "0", Ok(Some(Reply::Choice(0))));
        check(Kind::Choice, "3", Err(Problem::NotAChoice));
        check(Kind::Text, "  ", Ok(None));
        check(Kind::Text, " Good. ", Ok(Some(Reply::Text(Prose::parse("Good.").expect("words")))));
        let long = "x".repeat(ANSWER_MAX_CHARS as usize + 1);
        check(Kind::Text, &long, Err(Problem::TooLong { most: ANSWER_MAX_CHARS }));
    }
}
