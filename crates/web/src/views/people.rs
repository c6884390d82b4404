//! People, as an admin sees them.

use askama::Template;
use rules::permission::{Role, Roles};

use super::audit::AuditLine;
use super::filters;
use super::money::{MoneyLine, Sums};
use super::parts::{AskRow, SessionLine};
use crate::shell::{Choice, ChoiceGroup, Face, FormErrors, Paging, Shell, zone_choices};
use crate::status::Status;
use crate::texts::{Language, Texts};

/// `GET /people`
#[derive(Template)]
#[template(path = "people/index.html")]
pub struct PeoplePage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub query: String,
    /// Roles to filter by, the empty one first.
    pub roles: Vec<Choice>,
    /// This page of the list.
    pub rows: Vec<PersonRow>,
    /// Whether the reader may add somebody.
    pub manages: bool,
    /// How many there are, in a sentence.
    pub count: String,
    /// Where the list goes on.
    pub paging: Paging,
}

/// One row of the list.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// Name and photo.
    pub face: Face,
    /// Mail address.
    pub mail: String,
    /// Their page.
    pub href: String,
    /// Their journeys that the reader looks after.
    pub ways: Vec<WayLine>,
    /// Their roles, in words.
    pub roles: Vec<&'static str>,
    /// The city of their zone.
    pub zone: String,
    /// When they were last here, in words.
    pub last_seen: String,
}

/// A journey as a line that leads to it.
#[derive(Clone, Debug)]
pub struct WayLine {
    /// The profile that it stands on.
    pub href: String,
    /// The pathway.
    pub title: String,
    /// The cohort, and how far it is.
    pub line: String,
}

impl WayLine {
    fn sample() -> WayLine {
        WayLine {
            href: "/participants/par_0000000000000".to_owned(),
            title: "New leaders".to_owned(),
            line: "Spring 2027, 3 of 8 completed".to_owned(),
        }
    }
}

/// One role in a form.
#[derive(Clone, Copy, Debug)]
pub struct RoleChoice {
    /// What the form sends.
    pub value: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Whether they have it.
    pub chosen: bool,
}

impl RoleChoice {
    /// All roles, those in `now` chosen.
    pub fn all(now: Roles, t: &'static Texts) -> Vec<RoleChoice> {
        Role::ALL
            .iter()
            .map(|&role| RoleChoice {
                value: role.code(),
                label: t.roles.name(role),
                about: t.roles.about(role),
                chosen: now.contains(role),
            })
            .collect()
    }
}

/// A label and what belongs to it.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// What belongs to it.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact { label: label.into(), value: value.into() }
    }
}

/// `GET /people/{id}`
#[derive(Template)]
#[template(path = "people/show.html")]
pub struct PersonPage {
    /// The frame.
    pub shell: Shell,
    /// Name and photo.
    pub face: Face,
    /// Mail address.
    pub mail: String,
    /// Zone, language, since when, last seen.
    pub facts: Vec<Fact>,
    /// All roles, theirs chosen.
    pub roles: Vec<RoleChoice>,
    /// Whether the reader may let this person in and out.
    pub manages: bool,
    /// Whether the reader may book for them.
    pub books: bool,
    /// What the reader has to do with them as sessions go, and money; none if they are nobody's client.
    pub client: Option<ClientSeen>,
    /// Their journeys that the reader looks after.
    pub ways: Vec<WayLine>,
    /// Whether the reader, their coach, may grant them another intro.
    pub grants_intro: bool,
    /// Whether the reader may write to them.
    pub writes: bool,
    /// Their page as a coach, if they have one.
    pub coach_page: Option<String>,
    /// What they have still to see to as a coach, before they can stop (rule G10).
    pub left: Vec<LeftLine>,
    /// Since when the account is closed, in words.
    pub closed: Option<String>,
    /// `/people/per_…`
    pub base: String,
    /// Whether the reader may read what was changed about them.
    pub logged: bool,
    /// What was changed about them, newest first.
    pub history: Vec<AuditLine>,
    /// What is wrong with `roles`.
    pub errors: FormErrors,
}

/// A session that a coach has still to see to.
#[derive(Clone, Debug)]
pub struct LeftLine {
    /// Its page.
    pub href: String,
    /// When.
    pub title: String,
    /// What is to be done.
    pub line: &'static str,
}

/// A client, as whoever sees their sessions does.
#[derive(Clone, Debug, Default)]
pub struct ClientSeen {
    /// Open requests to move.
    pub asks: Vec<AskRow>,
    /// What is to come, soonest first.
    pub ahead: Vec<SessionLine>,
    /// What has been, the latest first.
    pub past: Vec<SessionLine>,
    /// Whether the reader sees what they owe.
    pub sees_money: bool,
    /// What is owed and what is earned, by currency.
    pub totals: Vec<Sums>,
    /// The latest lines of the ledger.
    pub lines: Vec<MoneyLine>,
    /// Which text they accepted; empty is none.
    pub terms: String,
    /// The terms of their bookings, and of a new one (rule F3).
    pub held: Vec<Fact>,
}

/// `GET /people/new`
#[derive(Template)]
#[template(path = "people/new.html")]
pub struct NewPersonPage {
    /// The frame.
    pub shell: Shell,
    /// As typed.
    pub name: String,
    /// As typed.
    pub mail: String,
    /// All roles, those ticked chosen.
    pub roles: Vec<RoleChoice>,
    /// All zones.
    pub zones: Vec<ChoiceGroup>,
    /// All languages.
    pub languages: Vec<Choice>,
    /// What is wrong with `name`, `mail`, `roles`, `zone`.
    pub errors: FormErrors,
}

impl PeoplePage {
    /// Whether not everybody is asked for.
    fn filtered(&self) -> bool {
        !self.query.is_empty() || self.roles.iter().any(|role| role.chosen && !role.value.is_empty())
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, PeoplePage)> {
        let row = |name: &str, mail: &str, roles: &[&'static str], zone: &str, seen: &str| PersonRow {
            face: Face::new(name, None),
            mail: mail.to_owned(),
            href: "/people/per_0000000000000".to_owned(),
            ways: if zone == "Lisbon" { vec![WayLine::sample()] } else { Vec::new() },
            roles: roles.to_vec(),
            zone: zone.to_owned(),
            last_seen: seen.to_owned(),
        };
        let rows = vec![
            row(
                "Ada Lindqvist",
                "ada@fernhill.example",
                &["Coach", "Program lead"],
                "Stockholm",
                "Today, 16:31",
            ),
            row("Otto Brandt", "otto@fernhill.example", &["Admin"], "Berlin", "Now"),
            row("Pavel Hruška", "pavel.hruska@nordvik-ferries.example", &["Client"], "Prague", "Friday"),
            row("Tomás Pereira", "tomas@pereira.example", &["Client"], "Lisbon", "never"),
        ];
        let page = |rows: Vec<PersonRow>, query: &str, count: &str| PeoplePage {
            manages: true,
            shell: Shell::sample(Language::English, "People", crate::shell::Place::People),
            query: query.to_owned(),
            roles: vec![Choice::new("", "All", ""), Choice::new("coach", "Coach", "")],
            rows,
            count: count.to_owned(),
            paging: Paging { newer: None, older: Some("/people?after=x".to_owned()) },
        };
        vec![("plain", page(rows, "", "49 people")), ("no-match", page(Vec::new(), "zzz", "0 for “zzz”"))]
    }
}

impl PersonPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PersonPage)> {
        let page = |manages, history| {
            let shell = Shell::sample(Language::English, "Ada Lindqvist", crate::shell::Place::People);
            PersonPage {
                face: Face::new("Ada Lindqvist", None),
                mail: "ada@fernhill.example".to_owned(),
                facts: vec![
                    Fact::new("Time zone", "Europe/Stockholm, 16:48 there now"),
                    Fact::new("Language", "English"),
                    Fact::new("Here since", "2 September 2026"),
                    Fact::new("Last seen", "Today, 16:31"),
                ],
                roles: RoleChoice::all(Roles::only(Role::Coach).with(Role::ProgramLead), shell.t),
                manages,
                books: true,
                ways: vec![WayLine::sample()],
                client: Some(ClientSeen {
                    asks: vec![AskRow::sample()],
                    ahead: vec![SessionLine::sample(
                        "Tomorrow at 11:00",
                        "Session, 60 minutes by video",
                        Status::Booked,
                    )],
                    sees_money: true,
                    totals: vec![Sums {
                        owed: "€ 120".to_owned(),
                        to_pay_back: String::new(),
                        earned: "€ 240".to_owned(),
                    }],
                    terms: "Version 1, accepted on 2 September 2026".to_owned(),
                    held: vec![Fact::new(
                        "Booked: Thu 26 Nov, 10:15, and 2 more",
                        "Cancelling up to 48 hours before is free.",
                    )],
                    ..ClientSeen::default()
                }),
                grants_intro: true,
                writes: true,
                coach_page: Some("/coaches/ada-lindqvist".to_owned()),
                left: Vec::new(),
                closed: None,
                base: "/people/per_0000000000000".to_owned(),
                logged: true,
                history,
                errors: FormErrors::NONE,
                shell,
            }
        };
        vec![("plain", page(true, AuditLine::sample_lines())), ("of a client", page(false, Vec::new()))]
    }
}

impl NewPersonPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, NewPersonPage)> {
        let shell = Shell::sample(Language::English, "Invite somebody", crate::shell::Place::People);
        let page = NewPersonPage {
            name: "Hana Mori".to_owned(),
            mail: "hana".to_owned(),
            roles: RoleChoice::all(Roles::only(Role::Client), shell.t),
            zones: zone_choices(["Asia/Tokyo", "Europe/Berlin"], "Europe/Berlin"),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("de", "Deutsch", "en")],
            errors: FormErrors::from_iter([("mail", shell.t.sign_in.mail_invalid.to_owned())]),
            shell,
        };
        vec![("wrong", page)]
    }
}
