//! docs/rules.md and the tests agree: what the page says is shown by a test, and what a test claims to show stands on
//! the page.

use std::collections::BTreeSet;

use super::{files, read};

/// A rule and a test that shows it.
type Proof = (String, String);

#[test]
fn what_the_rules_say_is_shown_is_claimed_by_that_test() {
    let claimed = claimed_by_tests();
    let missing: Vec<Proof> =
        promised_by_page().into_iter().filter(|proof| !claimed.contains(proof)).collect();
    assert!(
        missing.is_empty(),
        "docs/rules.md names tests that are not there, or name other rules: {missing:#?}"
    );
}

#[test]
fn what_a_test_claims_stands_in_the_rules() {
    let promised = promised_by_page();
    let missing: Vec<Proof> =
        claimed_by_tests().into_iter().filter(|proof| !promised.contains(proof)).collect();
    assert!(missing.is_empty(), "docs/rules.md must say what these tests show, and name them: {missing:#?}");
}

#[test]
fn every_statement_is_shown() {
    let page = read("docs/rules.md");
    let (built, _) = page.split_once("## Not built yet").expect("the list of what is not built");
    for rule in built.split("\n### ").skip(1) {
        let body = rule.split("\n## ").next().unwrap_or_default();
        let mut lines = body.lines().skip(1).filter(|line| !line.is_empty());
        while let Some(statement) = lines.next() {
            let shown = lines.next().is_some_and(|line| line.starts_with("Shown by `"));
            assert!(shown, "no test is named for: {statement}");
        }
    }
}

#[test]
fn each_rule_is_either_built_or_not() {
    let page = read("docs/rules.md");
    let (_, unbuilt) = page.split_once("## Not built yet").expect("the list of what is not built");
    let unbuilt: BTreeSet<&str> =
        unbuilt.split(|c: char| !c.is_alphanumeric()).filter(|word| is_rule(word)).collect();
    let both: Vec<String> = promised_by_page().into_iter().map(|(rule, _)| rule).collect();
    let both: Vec<&String> = both.iter().filter(|rule| unbuilt.contains(rule.as_str())).collect();
    assert!(both.is_empty(), "docs/rules.md calls these built and not built: {both:?}");
}

/// What docs/rules.md says: under the heading of a rule, `Shown by` and the names of tests.
fn promised_by_page() -> BTreeSet<Proof> {
    let mut proofs = BTreeSet::new();
    let mut rule = String::new();
    for line in read("docs/rules.md").lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            rule = heading.split(' ').next().unwrap_or_default().to_owned();
        } else if let Some(names) = line.strip_prefix("Shown by ") {
            let names = names.split('`').skip(1).step_by(2);
            proofs.extend(names.map(|name| (rule.clone(), name.to_owned())));
        }
    }
    proofs
}

/// What tests say: a comment such as `// Rules P4, B5`, above a test or in it.
fn claimed_by_tests() -> BTreeSet<Proof> {
    let mut proofs = BTreeSet::new();
    for (path, source) in files("crates", "rs").into_iter().chain(files("web/browser/journeys", "ts")) {
        let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
        for (at, line) in lines.iter().enumerate() {
            let rules = rules_of(line);
            if rules.is_empty() {
                continue;
            }
            // What follows, past attributes and further comments, is the test; else the comment stands inside one.
            let follows =
                lines[at + 1..].iter().find(|line| !line.starts_with("#[") && !line.starts_with("//"));
            let inside = || lines[..at].iter().rev().find_map(|line| name_of(line));
            let test = follows.and_then(|line| name_of(line)).or_else(inside);
            let test = test.unwrap_or_else(|| panic!("{path}: {line} belongs to no test"));
            proofs.extend(rules.into_iter().map(|rule| (rule.to_owned(), test.to_owned())));
        }
    }
    proofs
}

/// The rules that a comment names, if that is what the line is.
fn rules_of(line: &str) -> Vec<&str> {
    let rest = line.strip_prefix("// Rules ").or(line.strip_prefix("// Rule ")).unwrap_or_default();
    let words = rest.split([',', ' ', ':', '.']).filter(|word| !word.is_empty());
    words.take_while(|word| is_rule(word) || *word == "and").filter(|word| is_rule(word)).collect()
}

/// The name of the test that a line begins.
fn name_of(line: &str) -> Option<&str> {
    let rust =
        line.split_once("fn ").filter(|(before, _)| matches!(*before, "" | "async " | "pub " | "pub async "));
    let browser = line.strip_prefix("test(\"").and_then(|rest| rest.split('"').next());
    rust.and_then(|(_, rest)| rest.split('(').next()).or(browser)
}

/// Whether a word looks like `P4`.
fn is_rule(word: &str) -> bool {
    let (letter, number) = word.split_at(word.len().min(1));
    letter.starts_with(|c: char| c.is_ascii_uppercase())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}
