//! What a paying company sees of its people, and how few people a figure may speak of (rule N5).

use crate::person::fold;
use crate::words::words;

/// A figure that speaks of fewer people is not shown.
pub const PEOPLE_MIN: u32 = 5;

words! {
    /// What a project's sponsors see.
    Disclosure {
        /// Each one by name.
        Names "names"
        /// Counts alone.
        Counts "counts"
    }
}

/// The cells of a figure whose sum is known, as far as they may be shown: none of them where the sum is too small, no cell
/// of somebody to [`PEOPLE_MIN`], and none that the sum minus the others would tell.
pub fn shown(cells: &[u32]) -> Vec<Option<u32>> {
    let all: u32 = cells.iter().sum();
    if all < PEOPLE_MIN {
        return vec![None; cells.len()];
    }
    let mut shown: Vec<Option<u32>> =
        cells.iter().map(|cell| Some(*cell).filter(|cell| *cell == 0 || *cell >= PEOPLE_MIN)).collect();
    let is_told = |shown: &[Option<u32>]| {
        let hidden: Vec<u32> =
            cells.iter().zip(shown).filter(|(_, shown)| shown.is_none()).map(|(cell, _)| *cell).collect();
        hidden.len() == 1 || (!hidden.is_empty() && hidden.iter().sum::<u32>() < PEOPLE_MIN)
    };
    while is_told(&shown) {
        // The smallest one goes too; an empty one says the least.
        let next =
            (0..cells.len()).filter(|at| shown[*at].is_some()).min_by_key(|at| (cells[*at] == 0, cells[*at]));
        match next {
            Some(at) => shown[at] = None,
            None => break,
        }
    }
    shown
}

/// The first of these people whom a text names, by their whole name or any word of it that has three letters or more.
/// A sign that nobody sees is read as nothing and as a gap: neither hides a name.
pub fn named_in<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut said = words_of(text);
    said.extend(words_of(&text.replace(is_invisible, " ")));
    names
        .into_iter()
        .find(|name| words_of(name).iter().any(|word| word.chars().count() >= 3 && said.contains(word)))
}

fn words_of(text: &str) -> Vec<String> {
    let folded = fold(&text.replace(is_invisible, ""));
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What Unicode calls default ignorable: soft hyphens, joiners, marks of direction, variation selectors and tags.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule N5
    #[test]
    fn a_figure_of_fewer_than_five_people_is_hidden_and_cannot_be_worked_out() {
        fn check(cells: &[u32], expect: &[Option<u32>]) {
            assert_eq!(shown(cells), expect, "{cells:?}");
        }
        check(&[4], &[None]);
        check(&[5], &[Some(5)]);
        check(&[2, 2], &[None, None]);
        check(&[5, 5], &[Some(5), Some(5)]);
        check(&[5, 0], &[Some(5), Some(0)]);
        // One hidden cell is what the sum leaves: the smallest other one goes with it.
        check(&[9, 5, 1], &[Some(9), None, None]);
        check(&[9, 1], &[None, None]);
        // Two hidden ones that are too few together hide a third.
        check(&[9, 5, 1, 2], &[Some(9), None, None, None]);
        check(&[9, 3, 4], &[Some(9), None, None]);
        check(&[0, 3, 4], &[Some(0), None, None]);
        check(&[6, 1, 0], &[None, None, Some(0)]);
        check(&[], &[]);
    }

    // Rule N5
    #[test]
    fn a_name_is_found_in_a_text_however_it_is_written() {
        let names = ["Noor Haddad", "Li Wu", "Jürgen Köhler"];
        fn check(text: &str, names: &[&str], expect: Option<&str>) {
            assert_eq!(named_in(text, names.iter().copied()), expect, "{text}");
        }
        check("Seven people have booked nothing yet.", &names, None);
        check("Please speak to NOOR.", &names, Some("Noor Haddad"));
        check("Mrs Haddad's sessions", &names, Some("Noor Haddad"));
        check("herr köhler", &names, Some("Jürgen Köhler"));
        check("N\u{200b}oor said", &names, Some("Noor Haddad"));
        check("Had\u{ad}dad said", &names, Some("Noor Haddad"));
        check("with Noor\u{200b}said", &names, Some("Noor Haddad"));
        check("N\u{200b}oor\u{2060} said", &["No\u{200d}or"], Some("No\u{200d}or"));
        check("They live in Wuhan, and lie.", &names, None);
    }
}
