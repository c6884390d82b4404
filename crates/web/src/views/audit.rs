//! Who changed what.

use askama::Template;

use super::filters;
use crate::shell::{Choice, FormErrors, Paging, Place, Shell};
use crate::texts::Language;

/// `GET /audit`
#[derive(Template)]
#[template(path = "audit/index.html")]
pub struct AuditPage {
    /// The frame.
    pub shell: Shell,
    /// The person to filter by, as typed.
    pub person: String,
    /// Kinds to filter by, the empty one first.
    pub kinds: Vec<Choice>,
    /// From this day on, `YYYY-MM-DD` or empty.
    pub from_day: String,
    /// Until this day, `YYYY-MM-DD` or empty.
    pub to_day: String,
    /// What is wrong with `from` and `to`.
    pub errors: FormErrors,
    /// Whether any filter is set.
    pub filtered: bool,
    /// This page of the log, newest first.
    pub lines: Vec<AuditLine>,
    /// Where it goes on.
    pub paging: Paging,
}

/// One entry, in words.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Who did it.
    pub who: String,
    /// For whom, if not for themselves.
    pub for_whom: Option<String>,
    /// What, as the rest of the sentence: "changed the roles of Ada Lindqvist".
    pub what: String,
    /// What it was.
    pub from: Option<String>,
    /// What it is.
    pub to: Option<String>,
    /// When, in the reader's zone.
    pub when: String,
    /// The reason that was given, empty if none.
    pub why: String,
}

impl AuditLine {
    pub(super) fn sample_lines() -> Vec<AuditLine> {
        let line = |who: &str, what: &str, from: Option<&str>, to: Option<&str>, when: &str| AuditLine {
            who: who.to_owned(),
            for_whom: None,
            what: what.to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            when: when.to_owned(),
            why: String::new(),
        };
        let mut lines = vec![
            line(
                "Otto Brandt",
                "changed the roles of Ada Lindqvist",
                Some("Coach"),
                Some("Coach, Program lead"),
                "Today, 16:31",
            ),
            line(
                "Ada Lindqvist",
                "moved session 4 with Tomás Pereira",
                Some("Tue 24 Nov, 12:00"),
                Some("Thu 26 Nov, 15:30"),
                "Today, 09:12",
            ),
            line("Cairn itself", "let the request of Ines Duarte expire", None, None, "Yesterday, 11:00"),
            line("Otto Brandt", "invited Hana Mori", None, Some("Client"), "Friday 20 November, 10:02"),
        ];
        lines[1].for_whom = Some("Tomás Pereira".to_owned());
        lines[1].why = "School play".to_owned();
        lines
    }
}

impl AuditPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, AuditPage)> {
        let page = |lines, filtered| {
            let shell = Shell::sample(Language::English, "Audit log", Place::Audit);
            AuditPage {
                shell,
                person: String::new(),
                kinds: vec![Choice::new("", "All", "")],
                from_day: String::new(),
                to_day: String::new(),
                errors: FormErrors::NONE,
                filtered,
                lines,
                paging: Paging { newer: Some("/audit".to_owned()), older: Some("/audit?after=x".to_owned()) },
            }
        };
        let mut wrong = page(Vec::new(), true);
        "yesterday".clone_into(&mut wrong.from_day);
        wrong.errors = FormErrors::from_iter([("from", "This is no date. 2026-11-23 is one".to_owned())]);
        vec![
            ("plain", page(AuditLine::sample_lines(), false)),
            ("no-match", page(Vec::new(), true)),
            ("wrong", wrong),
        ]
    }
}
