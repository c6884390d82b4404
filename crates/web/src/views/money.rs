//! What is owed and paid.

use askama::Template;
use rules::permission::{Role, Roles};

use super::filters;
use crate::shell::{Face, Paging, Place, SAMPLE_NOW, Shell};
use crate::texts::Language;

/// `GET /money`
#[derive(Template)]
#[template(path = "money/index.html")]
pub struct MoneyPage {
    /// The frame.
    pub shell: Shell,
    /// What others owe and what is earned of it, by currency; none for whoever is only a client.
    pub earned: Vec<Sums>,
    /// What the reader owes as a client, by currency.
    pub owed: Vec<Sums>,
    /// This page of the lines, newest first.
    pub lines: Vec<MoneyLine>,
    /// Where they go on.
    pub paging: Paging,
}

/// The sums of one currency.
#[derive(Clone, Debug)]
pub struct Sums {
    /// What is still to be paid, in words.
    pub owed: String,
    /// What is to be paid back; empty is nothing.
    pub to_pay_back: String,
    /// What is earned.
    pub earned: String,
}

/// A line of the ledger.
#[derive(Clone, Debug)]
pub struct MoneyLine {
    /// When it was written.
    pub date: String,
    /// "Charged"
    pub what: &'static str,
    /// Whether the Missed that it is for is contested.
    pub is_contested: bool,
    /// How much; what lowers a debt has a minus.
    pub amount: String,
    /// A receipt number; empty is none.
    pub receipt: String,
    /// The session's page.
    pub href: String,
    /// When that is or was.
    pub session: String,
    /// The other, or both for whoever runs the place.
    pub who: String,
}

impl MoneyPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, MoneyPage)> {
        let line = |date: &str, what, amount: &str, receipt: &str| MoneyLine {
            date: date.to_owned(),
            what,
            is_contested: receipt.is_empty(),
            amount: amount.to_owned(),
            receipt: receipt.to_owned(),
            href: "/sessions/ses_0000000000000".to_owned(),
            session: "Tue 24 Nov, 12:00".to_owned(),
            who: "Ines Duarte".to_owned(),
        };
        let page = |earned, lines| MoneyPage {
            shell: Shell::public(Language::English, "Money", "/money", SAMPLE_NOW).signed_in(
                Face::new("Mara Lindqvist", None),
                Roles::only(Role::Coach),
                Place::Money,
            ),
            earned,
            owed: Vec::new(),
            lines,
            paging: Paging { newer: None, older: Some("/money?before=x".to_owned()) },
        };
        let totals = vec![
            Sums {
                owed: "€\u{a0}240".to_owned(),
                to_pay_back: "€\u{a0}60".to_owned(),
                earned: "€\u{a0}1,320".to_owned(),
            },
            Sums { owed: "Nothing".to_owned(), to_pay_back: String::new(), earned: "$\u{a0}90".to_owned() },
        ];
        let lines = vec![
            line("Mon 23 Nov", "Paid", "-€\u{a0}120", "R1-00042"),
            line("Fri 20 Nov", "Charged", "€\u{a0}120", ""),
        ];
        let mut empty = page(Vec::new(), Vec::new());
        empty.paging = Paging::default();
        vec![("full", page(totals, lines)), ("empty", empty)]
    }
}
