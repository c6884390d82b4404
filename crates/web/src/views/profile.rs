//! A person's own settings.

use askama::Template;
use rules::notices::Category;
use rules::scope::Scope;

use super::filters;
use crate::shell::{Choice, ChoiceGroup, Face, Flash, FormErrors, Shell, zone_choices};
use crate::texts::Texts;

/// How long a token lives unless its owner says otherwise, in days.
const DAYS: &str = "90";

/// `GET /profile`, and the same page again when something did not fit.
#[derive(Template)]
#[template(path = "profile/show.html")]
pub struct ProfilePage {
    /// The frame.
    pub shell: Shell,
    /// As others see them.
    pub person: Face,
    /// The name, as typed.
    pub name: String,
    /// The mail address.
    pub mail: String,
    /// What is wrong with `name`, `photo`, `zone`, `current`, `password`.
    pub errors: FormErrors,
    /// All zones, theirs chosen.
    pub zones: Vec<ChoiceGroup>,
    /// Theirs, by its IANA name.
    pub zone: String,
    /// 16:30 rather than 4:30 pm.
    pub clock_24: bool,
    /// All languages, theirs chosen.
    pub languages: Vec<Choice>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Where they are signed in, this device first.
    pub devices: Vec<Device>,
    /// Their API tokens, and the form that makes one.
    pub tokens: Tokens,
    /// The mails that they may refuse.
    pub mails: Vec<MailLine>,
    /// The mails that always come.
    pub always: Vec<MailLine>,
}

/// A sort of mails.
#[derive(Clone, Debug)]
pub struct MailLine {
    /// Its code, as the form sends it.
    pub kind: &'static str,
    /// What they are about.
    pub label: &'static str,
    /// When one gets them, and why they cannot be refused if that is so.
    pub about: &'static str,
    /// Whether they come.
    pub wanted: bool,
}

impl MailLine {
    /// A sort of mails that comes, or not.
    pub fn of(category: Category, wanted: bool, t: &Texts) -> MailLine {
        let (label, about) = t.mail_choices.of(category);
        MailLine { kind: category.code(), label, about, wanted }
    }
}

/// The section about API tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The one that was just made: it is shown this once.
    pub made: Option<String>,
    /// Those that are good now.
    pub lines: Vec<TokenLine>,
    /// The name of a new one, as typed.
    pub label: String,
    /// How many days it is to live, as typed.
    pub days: String,
    /// What it can be good for.
    pub scopes: Vec<Choice>,
}

/// One token that is good now.
#[derive(Clone, Debug)]
pub struct TokenLine {
    /// Its id in the address that revokes it.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// What it is good for, in words.
    pub scopes: String,
    /// Until when.
    pub until: String,
}

impl Tokens {
    /// These, and an empty form.
    pub fn of(lines: Vec<TokenLine>, t: &Texts) -> Tokens {
        let scopes = Scope::ALL.iter().map(|scope| Choice::new(scope.code(), (t.tokens.scope)(*scope), ""));
        Tokens { made: None, lines, label: String::new(), days: DAYS.to_owned(), scopes: scopes.collect() }
    }
}

/// One place where a person is signed in.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its id in the address of its sign-out.
    pub id: String,
    /// Browser and system, as far as they tell.
    pub what: String,
    /// Since when, and when last seen.
    pub line: String,
    /// Whether it is the one they read this on.
    pub this: bool,
}

impl ProfilePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, ProfilePage)> {
        let page = || {
            let mut shell = Shell::sample_client("Your profile");
            shell.nav.iter_mut().for_each(|item| item.current = false);
            let device = |id: &str, what: &str, line: &str, this| Device {
                id: id.to_owned(),
                what: what.to_owned(),
                line: line.to_owned(),
                this,
            };
            ProfilePage {
                person: Face::new("Tomás Pereira", None),
                name: "Tomás Pereira".to_owned(),
                mail: "tomas@pereira.example".to_owned(),
                errors: FormErrors::NONE,
                zones: zone_choices(
                    ["America/New_York", "Europe/Lisbon", "Europe/Stockholm"],
                    "Europe/Lisbon",
                ),
                zone: "Europe/Lisbon".to_owned(),
                clock_24: true,
                languages: vec![Choice::new("en", "English", "en"), Choice::new("de", "Deutsch", "en")],
                has_password: true,
                devices: vec![
                    device("a", "Firefox on Linux", "Since 2 November, last seen now", true),
                    device("b", "Safari on a phone", "Since 14 October, last seen yesterday, 18:20", false),
                ],
                tokens: Tokens::of(
                    vec![TokenLine {
                        id: "t".to_owned(),
                        label: "Hours into the timesheet".to_owned(),
                        scopes: "read sessions".to_owned(),
                        until: "Good until Sun 21 Feb".to_owned(),
                    }],
                    shell.t,
                ),
                mails: vec![
                    MailLine::of(Category::Messages, true, shell.t),
                    MailLine::of(Category::Outcomes, false, shell.t),
                ],
                always: vec![
                    MailLine::of(Category::Bookings, true, shell.t),
                    MailLine::of(Category::Account, true, shell.t),
                ],
                shell,
            }
        };
        let mut saved = page();
        saved.shell.flash = Some(Flash { text: saved.shell.t.profile.saved.to_owned(), undo: None });
        saved.has_password = false;
        let mut wrong = page();
        wrong.errors = FormErrors::from_iter([("password", "At least 12 characters".to_owned())]);
        let mut made = page();
        made.tokens.made = Some("cairn_Sample0nly0nce0000000000000000000000000".to_owned());
        let mut wrong_token = page();
        wrong_token.errors = FormErrors::from_iter([("scope", "This is needed".to_owned())]);
        vec![
            ("plain", page()),
            ("saved", saved),
            ("wrong", wrong),
            ("token-made", made),
            ("token-wrong", wrong_token),
        ]
    }
}
