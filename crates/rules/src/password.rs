//! Which passwords are taken (rule P1): long enough, and not one of those that are guessed first. Hashes nothing.
//!
//! A list of leaked passwords of twelve characters and more would be long and soon old; nearly all of them are
//! made in a few ways. So the check counts what a guesser would have to guess: a common word, a walk over the
//! keyboard, a year or a repetition is little more than one character, however long it looks.

use crate::refusal::Problem;

/// The shortest password, in characters.
pub const LEAST_CHARS: u32 = 12;
/// The longest, in characters: hashing is work, and work is limited.
pub const MOST_CHARS: u32 = 128;

/// What a password must be worth after all that is easily guessed counts little.
const LEAST_WORTH: u32 = 9;
/// What one word, walk or year is worth.
const PIECE_WORTH: u32 = 2;
/// The fewest different characters.
const LEAST_DISTINCT: usize = 5;
/// A part of a name or address counts as personal from this length on.
const PERSONAL_CHARS: usize = 3;

/// Words that passwords are made of, as leaks show them.
const WORDS: &str = "password passwort passwrd passw0rd letmein welcome willkommen iloveyou ichliebedich love liebe \
    admin administrator root user login secret geheim qwerty qwertz azerty dragon drache monkey football fussball \
    baseball basketball soccer hockey sunshine princess prinzessin starwars superman batman spiderman pokemon master \
    shadow michael jordan jennifer jessica ashley charlie thomas daniel andrew joshua matthew anthony robert george \
    trustno changeme changeit default example test guest summer winter spring autumn sommer fruehling herbst january \
    february march april may june july august september october november december januar februar maerz mai juni juli \
    oktober dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag \
    freitag samstag sonntag hello hallo schatz schatzi mausi computer internet google facebook linkedin microsoft \
    windows apple samsung iphone android chocolate schokolade cheese banana cookie flower angel engel baby family \
    freedom whatever nothing forever killer hunter ranger harley mustang ferrari porsche mercedes corvette liverpool \
    arsenal chelsea manchester united barcelona madrid juventus bayern berlin london paris hamburg muenchen vienna \
    germany deutschland england america canada india jesus christ god maria cristina alexander nicole fuckyou \
    pussy asshole biteme coach coaching coachee client klient session cairn goals ziele practice praxis team company \
    firma the and for you your my mein dein ist bin one two three correcthorsebatterystaple";

/// Ways over the keyboard, through the alphabet and the digits; each is also walked backwards.
const WALKS: [&str; 18] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiopü",
    "asdfghjklöä",
    "zxcvbnm",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq1xsw2cde3vfr4bgt5nhy6",
    "a1b2c3d4e5f6g7h8i9j0",
    "1a2b3c4d5e6f7g8h9i0j",
    "!@#$%^&*()_+",
];

/// Is this password taken? `personal` is what everybody knows of its owner: name, mail address, organisation.
pub fn check(password: &str, personal: &[&str]) -> Result<(), Problem> {
    let count = password.chars().count();
    if count < LEAST_CHARS as usize {
        return Err(Problem::TooShort { least: LEAST_CHARS });
    }
    if count > MOST_CHARS as usize {
        return Err(Problem::TooLong { most: MOST_CHARS });
    }
    let chars: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let unit = repeated_unit(&chars);
    if distinct(unit) < LEAST_DISTINCT || worth(unit, &[]) < LEAST_WORTH {
        return Err(Problem::CommonPassword);
    }
    let personal: Vec<Vec<char>> = personal.iter().flat_map(|text| pieces(text)).collect();
    if worth(unit, &personal) < LEAST_WORTH {
        return Err(Problem::PersonalPassword);
    }
    Ok(())
}

/// The shortest start of which all the rest is a repetition.
fn repeated_unit(chars: &[char]) -> &[char] {
    (1..=chars.len() / 2)
        .find(|&unit| chars.iter().zip(&chars[unit..]).all(|(a, b)| a == b))
        .map_or(chars, |unit| &chars[..unit])
}

fn distinct(chars: &[char]) -> usize {
    let mut seen = chars.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

fn pieces(text: &str) -> Vec<Vec<char>> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .map(|piece| piece.chars().collect::<Vec<char>>())
        .filter(|piece| piece.len() >= PERSONAL_CHARS)
        .collect()
}

/// What is left to guess: the longest piece that fits at each place counts little, all else one each.
fn worth(chars: &[char], personal: &[Vec<char>]) -> u32 {
    let mut worth = 0;
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let (length, price) =
            [(word(rest, personal), PIECE_WORTH), (walk(rest), PIECE_WORTH), (same(rest), 1)]
                .into_iter()
                .max_by_key(|(length, _)| *length)
                .expect("three ways");
        if length > price as usize {
            worth += price;
            at += length;
        } else {
            worth += 1;
            at += 1;
        }
    }
    worth
}

fn word(rest: &[char], personal: &[Vec<char>]) -> usize {
    let fits = |word: &mut dyn Iterator<Item = char>| {
        let mut length = 0;
        for letter in word {
            if !rest.get(length).is_some_and(|typed| stands_for(*typed, letter)) {
                return 0;
            }
            length += 1;
        }
        length
    };
    let common = WORDS.split_ascii_whitespace().map(|word| fits(&mut word.chars()));
    let own = personal.iter().map(|word| fits(&mut word.iter().copied()));
    common.chain(own).max().unwrap_or(0).max(year(rest))
}

/// Digits and signs that are typed for letters.
fn stands_for(typed: char, letter: char) -> bool {
    typed == letter
        || matches!(
            (typed, letter),
            ('0', 'o')
                | ('1' | '!', 'i' | 'l')
                | ('3', 'e')
                | ('4' | '@', 'a')
                | ('5' | '$', 's')
                | ('7', 't')
        )
}

fn year(rest: &[char]) -> usize {
    let is_year = matches!(rest, ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit());
    if is_year { 4 } else { 0 }
}

/// How long the text goes along one of the walks, if for at least three steps.
fn walk(rest: &[char]) -> usize {
    const LEAST_STEPS: usize = 3;
    let along = |walk: &[char]| {
        let common =
            |from: usize| rest.iter().zip(&walk[from..]).take_while(|(typed, key)| typed == key).count();
        (0..walk.len()).map(common).max().unwrap_or(0)
    };
    let longest = WALKS
        .iter()
        .map(|walk| {
            let forward: Vec<char> = walk.chars().collect();
            let backward: Vec<char> = walk.chars().rev().collect();
            along(&forward).max(along(&backward))
        })
        .max()
        .unwrap_or(0);
    if longest >= LEAST_STEPS { longest } else { 0 }
}

/// How often the first character is repeated.
fn same(rest: &[char]) -> usize {
    rest.iter().take_while(|c| *c == &rest[0]).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWNER: &[&str] = &["Ben Orle", "ben.orle@northwind.example", "Cairn Coaching"];

    // Rule P1
    #[test]
    fn short_long_common_and_personal_passwords_are_refused() {
        fn verdict(password: &str, expect: Result<(), Problem>) {
            assert_eq!(check(password, OWNER), expect, "{password:?}");
        }
        let common = || Err(Problem::CommonPassword);
        let personal = || Err(Problem::PersonalPassword);

        verdict("", Err(Problem::TooShort { least: 12 }));
        verdict("tR7#kq2!mZx", Err(Problem::TooShort { least: 12 }));
        verdict("tR7#kq2!mZx9", Ok(()));
        verdict("größe-näht-ö", Ok(()));
        verdict("größe-näht-", Err(Problem::TooShort { least: 12 }));
        verdict(&"tR7#kq2!mZx9".repeat(11)[..128], Ok(()));
        verdict(&"tR7#kq2!mZx9".repeat(11)[..129], Err(Problem::TooLong { most: 128 }));

        for leaked in [
            "123456789012",
            "1234567890123",
            "111111111111",
            "000000000000000",
            "121212121212",
            "abcabcabcabc",
            "abcdefghijkl",
            "zyxwvutsrqponm",
            "qwertyuiop12",
            "qwertyuiopasdf",
            "asdfghjklasdf",
            "1q2w3e4r5t6y",
            "q1w2e3r4t5y6",
            "1qaz2wsx3edc",
            "zaq1xsw2cde3",
            "a1b2c3d4e5f6",
            "1234qwerasdf",
            "qwerty123456",
            "password1234",
            "Password2024",
            "P@ssw0rd1234",
            "passwordpassword",
            "passwort1234",
            "letmein12345",
            "welcome12345",
            "Willkommen123",
            "iloveyou1234",
            "iloveyou4you",
            "changeme1234",
            "administrator",
            "admin1234567",
            "Summer2026!!",
            "Sommer-2025!",
            "football1234",
            "liverpool123",
            "princess1234",
            "sunshine1234",
            "trustno1trustno1",
            "hello1234567",
            "chocolate123",
            "michael12345",
            "manchester12",
            "starwars1977",
            "Coaching2026",
            "cairncairncairn",
            "correcthorsebatterystaple",
        ] {
            verdict(leaked, common());
        }
        for own in ["benorle12345", "Ben.Orle.2026", "orleorle-ben1", "Northwind2024!", "ben-northwind"] {
            verdict(own, personal());
        }
        for good in [
            "plum-tractor-9-violin",
            "vier Enten im Regen",
            "mK9$vL2@nP5!",
            "gravel sings at noon",
            "кошка любит рыбу",
            "sieben-faule-katzen",
            "Tr0ub4dor&3xyw!k",
            "a walk in the hills",
        ] {
            verdict(good, Ok(()));
        }
    }

    proptest! {
        // Rule P1
        #[test]
        fn random_passwords_are_taken(password in "[a-zA-Z0-9]{16,40}") {
            prop_assert_eq!(check(&password, OWNER), Ok(()));
        }

        // Rule P1
        #[test]
        fn repeating_makes_nothing_better(unit in "\\PC{1,3}") {
            prop_assume!(unit.chars().count() <= 3);
            prop_assert!(check(&unit.repeat(20), OWNER).is_err());
        }
    }
}
