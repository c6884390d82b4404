//! Mail rules: their list, one rule with its editor, and the question before a pause.

use askama::Template;

use super::board::{LeftOutGroup, LetterBlock, LetterView};
use super::filters;
use super::parts::FilterLink;
use crate::shell::{Choice, FormErrors, Place, Shell};
use crate::texts::Language;

/// `GET /triggers`
#[derive(Template)]
#[template(path = "triggers/index.html")]
pub struct TriggersPage {
    /// The frame.
    pub shell: Shell,
    /// What it is narrowed to: its name and its page.
    pub of: Option<(String, String)>,
    /// Where a new one is made.
    pub make: String,
    /// The rules.
    pub rules: Vec<RuleRow>,
}

/// A rule in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRow {
    /// Its page.
    pub href: String,
    /// What it does, in one sentence.
    pub sentence: String,
    /// Where it holds: "Northwind / Autumn".
    pub holds: String,
    /// How it does: sent, overrides, overridden.
    pub lines: Vec<String>,
    /// That it is paused; empty if it runs.
    pub paused: String,
}

/// One text of the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFields {
    /// The language's code.
    pub code: &'static str,
    /// "Text in English"
    pub heading: String,
    /// The name of the input of its subject, and what stands there.
    pub subject: (&'static str, String),
    /// The same of the body.
    pub body: (&'static str, String),
}

/// A value that can be put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChip {
    /// What it is called.
    pub label: &'static str,
    /// What is put into the text.
    pub text: String,
}

/// What is sent on a day ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayAhead {
    /// "Tue 24 Nov"
    pub day: String,
    /// "5 mails"
    pub count: String,
    /// To or about whom.
    pub names: String,
}

/// What was in a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// "Version 4, Anna Berg, 9 October"
    pub line: String,
    /// The sentence that it was.
    pub sentence: String,
    /// Its texts: language, subject, body.
    pub texts: Vec<(String, String, String)>,
}

/// What a rule would send.
#[derive(Clone, Debug, Default)]
pub struct OutlookView {
    /// "3 people"
    pub count: String,
    /// Who would get it now: name, page, since when and which.
    pub now: Vec<(String, String, String)>,
    /// Who would not, by reason.
    pub left_out: Vec<LeftOutGroup>,
    /// The next days.
    pub ahead: Vec<DayAhead>,
    /// "23 mails"
    pub ahead_count: String,
    /// Whether there are more people than were looked at.
    pub is_cut: bool,
}

/// `GET /triggers/new` and `GET /triggers/{trigger}`
#[derive(Template)]
#[template(path = "triggers/show.html")]
pub struct TriggerPage {
    /// The frame.
    pub shell: Shell,
    /// Where the form goes: `/triggers` for a new one.
    pub base: String,
    /// Whether there is no such rule yet.
    pub is_new: bool,
    /// What it does now, in one sentence; of a new one nothing.
    pub sentence: String,
    /// Where it holds, by name.
    pub holds: String,
    /// Places to choose from for a new one.
    pub places: Vec<Choice>,
    /// Conditions of a new one.
    pub conditions: Vec<FilterLink>,
    /// The chosen condition's code.
    pub condition: String,
    /// What has to be so, in words.
    pub when: String,
    /// To whom.
    pub recipients: Vec<Choice>,
    /// The chosen recipient's code, where it stays.
    pub recipient: (String, String),
    /// Number and unit of the wait.
    pub wait: (String, Vec<Choice>),
    /// How often.
    pub times: String,
    /// Days between.
    pub again: String,
    /// Whether more than one mail makes sense.
    pub lasts: bool,
    /// One for each language.
    pub texts: Vec<TextFields>,
    /// What can be put in.
    pub values: Vec<ValueChip>,
    /// With whom it is read.
    pub readers: Vec<Choice>,
    /// The letter as they would get it.
    pub letter: Option<LetterView>,
    /// That it does not fit them now; empty if it does, or if that is not known yet.
    pub unfit: &'static str,
    /// What it would send.
    pub outlook: Option<OutlookView>,
    /// Its versions.
    pub versions: Vec<VersionRow>,
    /// That it is paused, by whom and since when; empty if it runs.
    pub paused: String,
    /// What it overrides and gives way to.
    pub ranks: Vec<String>,
    /// What is wrong with the form.
    pub errors: FormErrors,
}

/// `GET /triggers/{trigger}/pause`
#[derive(Template)]
#[template(path = "triggers/pause.html")]
pub struct PausePage {
    /// The frame.
    pub shell: Shell,
    /// The rule's page.
    pub base: String,
    /// What it does.
    pub sentence: String,
    /// Where it holds.
    pub holds: String,
    /// Who would get it now, and how many mails leave within a week.
    pub effects: Vec<String>,
    /// Whether it goes before another one.
    pub overrides: bool,
}

impl TriggersPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, TriggersPage)> {
        let row = |sentence: &str, paused: &str| RuleRow {
            href: "/triggers/trg_0000000000001".to_owned(),
            sentence: sentence.to_owned(),
            holds: "Nordvik Ferries / Autumn 2026".to_owned(),
            lines: vec!["5 mails in 30 days".to_owned(), "goes before the company's rule".to_owned()],
            paused: paused.to_owned(),
        };
        let page = |rules| TriggersPage {
            shell: Shell::sample(Language::English, "Mails", Place::Triggers),
            of: Some(("Nordvik Ferries".to_owned(), "/companies/com_0000000000001".to_owned())),
            make: "/triggers/new".to_owned(),
            rules,
        };
        vec![
            (
                "rules",
                page(vec![
                    row(
                        "When a step has been Unbooked for 14 days, write to the participant, again every 7 days, at most 2 times.",
                        "",
                    ),
                    row(
                        "When a session has not been marked for 1 day, write to the coach.",
                        "Paused by Anna Berg, 12 November",
                    ),
                ]),
            ),
            ("empty", page(Vec::new())),
        ]
    }
}

impl TriggerPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, TriggerPage)> {
        let text = |code, subject: &'static str, body: &'static str, heading: &str| TextFields {
            code,
            heading: heading.to_owned(),
            subject: (subject, "Your session {{ step }} is not booked yet".to_owned()),
            body: (body, "Hello {{ first_name }},\n\n{{ link }}".to_owned()),
        };
        let page = |is_new: bool| TriggerPage {
            shell: Shell::sample(Language::English, "Rule", Place::Triggers),
            base: if is_new { "/triggers".to_owned() } else { "/triggers/trg_0000000000001".to_owned() },
            is_new,
            sentence: "When a step has been Unbooked for 14 days, write to the participant.".to_owned(),
            holds: "Nordvik Ferries / Autumn 2026".to_owned(),
            places: vec![Choice::new("com_0000000000001", "Nordvik Ferries", "")],
            conditions: vec![FilterLink {
                label: "A step has no time".to_owned(),
                href: "/triggers/new?condition=unbooked".to_owned(),
                count: None,
                current: true,
            }],
            condition: "unbooked".to_owned(),
            when: "A step has no time".to_owned(),
            recipients: vec![Choice::new("participant", "The participant", "participant")],
            recipient: ("participant".to_owned(), "The participant".to_owned()),
            wait: (
                "14".to_owned(),
                vec![Choice::new("days", "days", "days"), Choice::new("hours", "hours", "")],
            ),
            times: "2".to_owned(),
            again: "7".to_owned(),
            lasts: true,
            texts: vec![
                text("en", "subject_en", "body_en", "Text in English"),
                text("de", "subject_de", "body_de", "Text in German"),
            ],
            values: vec![ValueChip { label: "First name", text: "{{ first_name }}".to_owned() }],
            readers: vec![Choice::new("par_0000000000001", "Noor Haddad", "")],
            unfit: "",
            letter: Some(LetterView {
                language: "en",
                to: "Noor Haddad".to_owned(),
                from: "Mara Lindqvist".to_owned(),
                subject: "Your session Values is not booked yet".to_owned(),
                heading: "Your session Values is not booked yet".to_owned(),
                blocks: vec![
                    LetterBlock::Paragraph("Hello Noor,".to_owned()),
                    LetterBlock::Button("Choose a time".to_owned()),
                ],
                why: "You get this mail because you take part in Autumn 2026.".to_owned(),
            }),
            outlook: (!is_new).then(|| OutlookView {
                count: "1 person".to_owned(),
                now: vec![(
                    "Noor Haddad".to_owned(),
                    "/participants/par_0000000000001".to_owned(),
                    "since 9 November".to_owned(),
                )],
                left_out: vec![LeftOutGroup { reason: "Put away", names: vec!["Ida Holm".to_owned()] }],
                ahead: vec![DayAhead {
                    day: "Tue 24 Nov".to_owned(),
                    count: "2 mails".to_owned(),
                    names: "Ida Holm, Per Dahl".to_owned(),
                }],
                ahead_count: "2 mails".to_owned(),
                is_cut: false,
            }),
            versions: vec![VersionRow {
                line: "Version 1, Anna Berg, 9 October".to_owned(),
                sentence: "When a step has been Unbooked for 14 days, write to the participant.".to_owned(),
                texts: vec![("English".to_owned(), "Book".to_owned(), "Hello".to_owned())],
            }],
            paused: String::new(),
            ranks: vec!["goes before the company's rule".to_owned()],
            errors: FormErrors::NONE,
        };
        let paused = TriggerPage {
            paused: "Paused by Anna Berg, 12 November".to_owned(),
            errors: FormErrors::from_iter([("body_en", "Line 2: there is no value frist_name".to_owned())]),
            ..page(false)
        };
        vec![("edit", page(false)), ("new", page(true)), ("paused", paused)]
    }
}

impl PausePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PausePage)> {
        vec![(
            "pause",
            PausePage {
                shell: Shell::sample(Language::English, "Pause", Place::Triggers),
                base: "/triggers/trg_0000000000001".to_owned(),
                sentence: "When a step has been Unbooked for 14 days, write to the participant.".to_owned(),
                holds: "Nordvik Ferries".to_owned(),
                effects: vec!["Who would get it now: 3 people".to_owned()],
                overrides: true,
            },
        )]
    }
}
