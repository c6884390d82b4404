//! The front page of the living example.

use askama::Template;
use rules::permission::Role;

use super::filters;
use crate::shell::{Face, Notice, Shell};
use crate::texts::{Language, Texts};

/// `GET /demo`: everybody, one click each.
#[derive(Template)]
#[template(path = "demo/show.html")]
pub struct DemoPage {
    /// The frame.
    pub shell: Shell,
    /// People by role, those with most to show first.
    pub groups: Vec<DemoGroup>,
}

/// The people of one role.
#[derive(Clone, Debug)]
pub struct DemoGroup {
    /// The role's name.
    pub role: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Who has it.
    pub people: Vec<DemoPerson>,
}

impl DemoGroup {
    /// A group of people under a role's name.
    pub const fn of(role: Role, t: &'static Texts, people: Vec<DemoPerson>) -> DemoGroup {
        DemoGroup { role: t.roles.name(role), about: t.roles.about(role), people }
    }
}

/// Somebody to be.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Name and photo.
    pub face: Face,
    /// One line: what there is to see with their eyes.
    pub line: String,
    /// What `POST /demo/sign-in` sends as `person`.
    pub id: String,
    /// Their own address, for a second window.
    pub own_window: Option<String>,
}

impl DemoPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, DemoPage)> {
        let mut shell = Shell::sample_public(Language::English, "A living example");
        shell.notice = Some(Notice::Demo);
        shell.sees_mails = true;
        let person = |name: &str, line: &str| DemoPerson {
            face: Face::new(name, None),
            line: line.to_owned(),
            id: name.to_owned(),
            own_window: Some("http://ben.localhost:8080/demo".to_owned()),
        };
        let clients = [
            ("Tomás Pereira", "Session 5 of 8 today"),
            ("Ines Duarte", "Asks to move session 2"),
            ("Pavel Hruška", "In Prague, 3 completed"),
            ("Hana Mori", "In Tokyo, first session Friday"),
            ("Lena Sommer", "Nothing booked for 41 days"),
            ("Oskar Blom", "In Malmö, 7 completed"),
            ("Noor Haddad", "Two sessions missed"),
        ];
        let t = shell.t;
        let groups = vec![
            DemoGroup::of(Role::Admin, t, vec![person("Otto Brandt", "Berlin")]),
            DemoGroup::of(
                Role::ProgramLead,
                t,
                vec![
                    person("Lea Wassermann", "Leading through change"),
                    person("Jon Aasen", "First hundred days"),
                ],
            ),
            DemoGroup::of(
                Role::Coach,
                t,
                vec![
                    person("Ada Lindqvist", "Stockholm, 3 sessions today"),
                    person("Precious Okafor", "Lagos, 2 sessions today"),
                    person("Sunita Rao", "Mumbai, day off"),
                ],
            ),
            DemoGroup::of(Role::Client, t, clients.iter().map(|(name, line)| person(name, line)).collect()),
        ];
        vec![("plain", DemoPage { shell, groups })]
    }
}
