//! What layout.html needs for the frame around every page, and the small shapes that many pages share: a face, a choice,
//! the errors of a form. Knows no database and decides no right; which links a role sees is convenience, not protection.

use rules::permission::{Action, Role, Roles, reach};
use rules::refusal::Refusal;
use rules::time::Instant;

use crate::texts::{Language, Texts, texts};
use crate::words::Clockface;

/// The frame of one page.
#[derive(Clone, Debug)]
pub struct Shell {
    /// All words, in the reader's language.
    pub t: &'static Texts,
    /// What the tab is called, without the product's name.
    pub title: String,
    /// The organisation's name, beside the mark; "Cairn" before there is one.
    pub brand: String,
    /// This page's own path with its query: where a change of language comes back to.
    pub here: String,
    /// The product clock, from which the islands count on.
    pub now: Instant,
    /// The place whose time is shown: the city of the reader's zone (rule T2).
    pub place: String,
    /// That zone by its name, in which the islands count days; empty where no time is shown.
    pub zone: String,
    /// Who is signed in.
    pub person: Option<Face>,
    /// The links of the bar; empty for somebody not signed in.
    pub nav: Vec<NavItem>,
    /// How many notifications wait to be read.
    pub unread_notifications: u32,
    /// Whether this is an example or a trial.
    pub notice: Option<Notice>,
    /// Whether that notice leads to the mails: only whoever may read them is shown the way.
    pub sees_mails: bool,
    /// The control that moves the clock, for admins of an example or a trial.
    pub clock: Option<ClockControl>,
    /// Whether the browser is to tell its zone, because the person has not.
    pub tell_zone: bool,
    /// What was just done, shown once.
    pub flash: Option<Flash>,
    /// How much of the frame there is, and what the browser loads for it.
    pub dress: Dress,
    /// Light and dark as the reader's system has it, or fixed (gallery only).
    pub theme: Theme,
}

impl Shell {
    /// The word before how long ago something began, for the island that counts on.
    pub fn began(&self) -> &'static str {
        crate::texts::calendar::calendar(self.t.language).began
    }

    /// The frame for somebody who is not signed in.
    pub fn public(
        language: Language,
        title: impl Into<String>,
        here: impl Into<String>,
        now: Instant,
    ) -> Shell {
        Shell {
            t: texts(language),
            title: title.into(),
            brand: "Cairn".to_owned(),
            here: here.into(),
            now,
            place: String::new(),
            zone: String::new(),
            person: None,
            nav: Vec::new(),
            unread_notifications: 0,
            notice: None,
            sees_mails: false,
            clock: None,
            tell_zone: false,
            flash: None,
            dress: Dress::Whole,
            theme: Theme::System,
        }
    }

    /// The same frame, with times as this clock shows them.
    pub fn on(mut self, clockface: &Clockface) -> Shell {
        self.place = clockface.place();
        clockface.zone().as_str().clone_into(&mut self.zone);
        self
    }

    /// The same frame, in which no time is shown.
    pub fn without_times(mut self) -> Shell {
        (self.place, self.zone) = (String::new(), String::new());
        self
    }

    /// The same frame for somebody who is: their face, and the links of their roles.
    pub fn signed_in(mut self, person: Face, roles: Roles, place: Place) -> Shell {
        self.nav = nav(self.t, roles, place);
        self.person = Some(person);
        self
    }

    /// The same frame, with what waits to be read.
    pub fn telling(mut self, unread: Unread) -> Shell {
        self.unread_notifications = unread.notifications;
        for item in self.nav.iter_mut().filter(|item| item.href == "/messages") {
            item.unread = unread.messages;
        }
        self
    }

    /// The places that stand under "More" where the bar is narrow.
    pub fn yielding(&self) -> Vec<&NavItem> {
        self.nav.iter().filter(|item| item.yields).collect()
    }

    /// How much waits to be read under "More".
    pub fn unread_under_more(&self) -> u32 {
        self.yielding().iter().map(|item| item.unread).sum()
    }

    /// Whether this page stands under "More".
    pub fn is_under_more(&self) -> bool {
        self.yielding().iter().any(|item| item.current)
    }

    /// Where a form of this page leads back to, if the page was opened from another of ours that said so.
    pub fn back(&self) -> Option<String> {
        let (_, query) = self.here.split_once('?')?;
        let (_, back) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "back")?;
        Some(crate::forms::local(&back))
    }

    /// The island bundle: visitors get no htmx, and neither does a page that is made for them.
    pub fn script(&self) -> &'static str {
        crate::assets::asset(if self.has_htmx() { "app.js" } else { "public.js" })
    }

    /// Whether the page works with htmx.
    pub fn has_htmx(&self) -> bool {
        self.person.is_some() && self.dress == Dress::Whole
    }

    /// The styles: what a stranger is shown first comes with what it needs and no more.
    pub fn style(&self) -> &'static str {
        let is_light = self.person.is_none() && self.dress != Dress::Whole;
        crate::assets::asset(if is_light { "public.css" } else { "app.css" })
    }

    /// Whether the page stands in a frame on somebody else's site.
    pub fn is_embedded(&self) -> bool {
        self.dress == Dress::Embedded
    }

    /// Whether a stranger is offered to sign in: not where they are doing that.
    pub fn offers_sign_in(&self) -> bool {
        !self.here.starts_with("/sign-in") && !self.here.starts_with("/set-up")
    }

    /// Samples for tests and for looking at: an admin of an example, with everything that can be there.
    pub fn sample(language: Language, title: &str, place: Place) -> Shell {
        let mut shell = Shell::public(language, title, "/people?q=li", SAMPLE_NOW).signed_in(
            Face::new("Otto Brandt", None),
            Roles::only(Role::Admin),
            place,
        );
        shell.notice = Some(Notice::Demo);
        shell.sees_mails = true;
        "Berlin".clone_into(&mut shell.place);
        shell.clock = Some(ClockControl::showing("Monday 23 November 2026, 16:48"));
        shell
    }

    /// The same for a client, without the clock.
    pub fn sample_client(title: &str) -> Shell {
        let mut shell = Shell::public(Language::English, title, "/", SAMPLE_NOW).signed_in(
            Face::new("Tomás Pereira", None),
            Roles::only(Role::Client),
            Place::Home,
        );
        shell.notice = Some(Notice::Demo);
        shell.sees_mails = true;
        shell
    }

    /// The same for nobody.
    pub fn sample_public(language: Language, title: &str) -> Shell {
        Shell::public(language, title, "/sign-in", SAMPLE_NOW)
    }
}

/// The moment of all samples: Monday 23 November 2026, 15:48 UTC.
pub const SAMPLE_NOW: Instant = Instant::from_millis(1_795_448_880_000);

/// What waits for somebody to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Messages.
    pub messages: u32,
    /// Notifications.
    pub notifications: u32,
}

/// How much of the frame there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dress {
    /// All of it.
    #[default]
    Whole,
    /// All of it, made for strangers: light styles, no htmx.
    Public,
    /// Nothing but the page itself, because it stands in a frame on somebody else's site (rule C4).
    Embedded,
}

/// A person as they are shown: photo, else initials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Their whole name.
    pub name: String,
    /// One or two letters.
    pub initials: String,
    /// Address of the photo.
    pub photo: Option<String>,
}

impl Face {
    /// A face; the initials are those of the first and the last word of the name.
    pub fn new(name: impl Into<String>, photo: Option<String>) -> Face {
        let name = name.into();
        let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
        let first = words.next();
        let initials = first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect();
        Face { name, initials, photo }
    }
}

/// So many places fit side by side at the foot of a phone.
const NARROW_PLACES_MAX: usize = 5;

/// One link of the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its word.
    pub label: &'static str,
    /// Its address.
    pub href: &'static str,
    /// Its icon, shown on phones.
    pub icon: &'static str,
    /// Whether this page is under it.
    pub current: bool,
    /// How much there waits to be read; 0 for nothing.
    pub unread: u32,
    /// Whether it stands under "More" where the bar is narrow.
    pub yields: bool,
}

/// Under which link of the bar a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/`, what a person has next.
    Home,
    /// `/today`, a coach's day.
    Today,
    /// `/coaches`, whom one can book.
    Coaches,
    /// `/calendar`, a coach's week.
    Calendar,
    /// `/sessions`
    Sessions,
    /// `/messages`
    Messages,
    /// `/money`, what is owed and paid.
    Money,
    /// `/programs`, what one runs.
    Programs,
    /// `/triggers`, mail by rule.
    Triggers,
    /// `/people`
    People,
    /// `/practice`, what a coach offers and when.
    Practice,
    /// `/mail-queue`
    MailQueue,
    /// `/audit`
    Audit,
    /// `/settings`
    Settings,
    /// None of them.
    Elsewhere,
}

/// The links of the bar for these roles, by the one table of rights (rule P3).
pub fn nav(t: &'static Texts, roles: Roles, here: Place) -> Vec<NavItem> {
    let coaches = roles.contains(Role::Coach);
    let comes_home = !coaches || roles.contains(Role::Client);
    let may = |action| !reach(roles, action).is_none();
    let mut items: Vec<NavItem> = [
        (coaches, Place::Today, t.shell.today, "/today", "sun"),
        (comes_home, Place::Home, t.shell.home, "/", "home"),
        (roles.contains(Role::Client), Place::Coaches, t.shell.coaches, "/coaches", "search"),
        (coaches, Place::Calendar, t.week.title, "/calendar", "calendar"),
        (may(Action::SeeSession), Place::Sessions, t.sessions.title, "/sessions", "list"),
        (may(Action::Messages), Place::Messages, t.messages.title, "/messages", "message"),
        (may(Action::SeeCohort), Place::Programs, t.programs.title, "/programs", "path"),
        (may(Action::ManageTriggers), Place::Triggers, t.triggers.title, "/triggers", "mail"),
        (may(Action::SeePeople), Place::People, t.shell.people, "/people", "people"),
        (may(Action::SeeMoney), Place::Money, t.money.title, "/money", "money"),
        (coaches, Place::Practice, t.shell.practice, "/practice", "star"),
        (may(Action::SeeMailQueue), Place::MailQueue, t.shell.mail_queue, "/mail-queue", "send"),
        (may(Action::SeeAudit), Place::Audit, t.shell.audit, "/audit", "audit"),
        (may(Action::ManageSettings), Place::Settings, t.shell.settings, "/settings", "settings"),
    ]
    .into_iter()
    .filter(|(shown, ..)| *shown)
    .map(|(_, place, label, href, icon)| NavItem {
        label,
        href,
        icon,
        current: place == here,
        yields: false,
        unread: 0,
    })
    .collect();
    if items.len() > NARROW_PLACES_MAX {
        // The last place goes to "More".
        for item in items.iter_mut().skip(NARROW_PLACES_MAX - 1) {
            item.yields = true;
        }
    }
    items
}

/// What kind of instance this is, if not a real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The living example, with invented people.
    Demo,
    /// An empty instance whose clock moves and whose mails stay.
    Trial,
}

/// The control that moves the clock: `POST /clock` with `advance` (a length of time) and `back` (where to return to).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockControl {
    /// What it shows now, in the reader's zone, written out.
    pub shows: String,
    /// The length of time, as typed.
    pub typed: String,
    /// What is wrong with it; empty if nothing is.
    pub error: String,
}

impl ClockControl {
    /// The control as it stands on every page.
    pub fn showing(time: impl Into<String>) -> ClockControl {
        ClockControl { shows: time.into(), typed: String::new(), error: String::new() }
    }

    /// What is wrong, for its input.
    pub fn problem(&self) -> FieldError<'_> {
        FieldError { words: &self.error, focus: !self.error.is_empty() }
    }
}

/// What was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// In one sentence.
    pub text: String,
    /// The form action that takes it back, where that is possible.
    pub undo: Option<String>,
}

/// Light, dark, or as the reader's system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme`, if there is one.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// One choice of a select, of cards or of checkboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader reads.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice; it is chosen if its value is `now`.
    pub fn new(value: impl Into<String>, label: impl Into<String>, now: &str) -> Choice {
        let value = value.into();
        Choice { chosen: value == now, value, label: label.into() }
    }
}

/// Choices under a common heading: the zones of a continent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceGroup {
    /// The heading.
    pub label: String,
    /// What stands under it.
    pub choices: Vec<Choice>,
}

/// Where the cities of the zones lie; what the database calls otherwise is an older name of one of them.
const CONTINENTS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];
/// Older names of cities, and of regions of Australia, that stand in the list under their present ones.
const FORMER: [&str; 31] = [
    "America/Buenos_Aires",
    "America/Catamarca",
    "America/Cordoba",
    "America/Fort_Wayne",
    "America/Godthab",
    "America/Indianapolis",
    "America/Jujuy",
    "America/Knox_IN",
    "America/Louisville",
    "America/Mendoza",
    "Asia/Ashkhabad",
    "Asia/Calcutta",
    "Asia/Chungking",
    "Asia/Dacca",
    "Asia/Istanbul",
    "Asia/Katmandu",
    "Asia/Macao",
    "Asia/Rangoon",
    "Asia/Saigon",
    "Asia/Thimbu",
    "Asia/Ujung_Pandang",
    "Asia/Ulan_Bator",
    "Australia/ACT",
    "Australia/LHI",
    "Australia/NSW",
    "Australia/North",
    "Australia/Queensland",
    "Australia/South",
    "Australia/Victoria",
    "Australia/West",
    "Europe/Kiev",
];

fn is_offered(name: &str) -> bool {
    let region = name.split_once('/').map_or(name, |(region, _)| region);
    name == "UTC" || name.contains('/') && CONTINENTS.contains(&region) && !FORMER.contains(&name)
}

/// Zones by continent for a select, each named by its city, with the country where the database needs it to tell two
/// cities apart. Older names of the same zones are left out, unless one of them is `now`, which is chosen.
pub fn zone_choices<'a>(names: impl IntoIterator<Item = &'a str>, now: &str) -> Vec<ChoiceGroup> {
    let mut groups: Vec<ChoiceGroup> = Vec::new();
    for name in names.into_iter().filter(|name| is_offered(name) || *name == now) {
        let (region, city) = name.split_once('/').unwrap_or(("UTC", name));
        let label = match city.split_once('/') {
            Some((land, city)) => format!("{city} ({land})"),
            None => city.to_owned(),
        };
        let choice = Choice::new(name, label.replace('_', " "), now);
        match groups.iter_mut().find(|group| group.label == region) {
            Some(group) => group.choices.push(choice),
            None => groups.push(ChoiceGroup { label: region.to_owned(), choices: vec![choice] }),
        }
    }
    groups.iter_mut().for_each(|group| group.choices.sort_by(|a, b| a.label.cmp(&b.label)));
    groups
}

/// What is wrong with one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError<'a> {
    words: &'a str,
    focus: bool,
}

impl<'a> FieldError<'a> {
    /// Nothing is wrong.
    pub const NONE: FieldError<'static> = FieldError::said("");

    /// Something is, and the focus stays where it is.
    pub const fn said(words: &'a str) -> FieldError<'a> {
        FieldError { words, focus: false }
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the reader is brought here: it is the first thing that is wrong.
    pub const fn takes_focus(&self) -> bool {
        self.focus
    }
}

impl std::fmt::Display for FieldError<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words)
    }
}

/// What is wrong with the inputs of a form, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(&'static str, String)>);

impl FormErrors {
    /// Nothing is wrong.
    pub const NONE: FormErrors = FormErrors(Vec::new());

    /// The words for each input of a refused form.
    pub fn of_refusal(refusal: &Refusal, t: &Texts) -> FormErrors {
        match refusal {
            Refusal::Invalid { fields } => {
                FormErrors(fields.iter().map(|wrong| (wrong.field, t.problems.say(&wrong.problem))).collect())
            }
            _ => FormErrors::NONE,
        }
    }

    /// What is wrong with one input; the first of all has the focus.
    pub fn of(&self, field: &str) -> FieldError<'_> {
        let found = self.0.iter().enumerate().find(|(_, (name, _))| *name == field);
        found.map_or(FieldError::NONE, |(index, (_, words))| FieldError { words, focus: index == 0 })
    }

    /// What else is wrong with it.
    pub fn further(&self, field: &str) -> Vec<&str> {
        let all = self.0.iter().filter(|(name, _)| *name == field).map(|(_, words)| words.as_str());
        all.skip(1).collect()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(&'static str, String)> for FormErrors {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(all: I) -> FormErrors {
        FormErrors(all.into_iter().collect())
    }
}

/// Where a list goes on: whole addresses with filters and cursor inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// Towards the start of the list.
    pub newer: Option<String>,
    /// Towards its end.
    pub older: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_first_and_last_name() {
        for (name, initials) in [
            ("Tomás Pereira", "TP"),
            ("Ada", "A"),
            ("Ana María de la Cruz", "AC"),
            ("ölçer", "Ö"),
            ("", ""),
            ("(x) 7", "X7"),
        ] {
            assert_eq!(Face::new(name, None).initials, initials, "{name}");
        }
    }

    #[test]
    fn the_bar_shows_each_role_its_own_places() {
        let labels = |roles| {
            nav(texts(Language::English), roles, Place::Home)
                .iter()
                .map(|item| item.label)
                .collect::<Vec<_>>()
        };
        assert_eq!(labels(Roles::only(Role::Client)), ["Home", "Coaches", "Sessions", "Messages", "Money"]);
        assert_eq!(
            labels(Roles::only(Role::Coach)),
            ["Today", "Calendar", "Sessions", "Messages", "People", "Money", "Practice"]
        );
        assert_eq!(
            labels(Roles::only(Role::Admin)),
            [
                "Home",
                "Sessions",
                "Programs",
                "Mails",
                "People",
                "Money",
                "Mail queue",
                "Audit log",
                "Settings"
            ]
        );
    }

    #[test]
    fn a_phone_shows_five_places_or_four_and_the_rest_under_more() {
        let yielding = |roles| {
            let shell = Shell::public(Language::English, "", "/", SAMPLE_NOW);
            let shell = shell.signed_in(Face::new("Otto Brandt", None), roles, Place::Money);
            let labels: Vec<_> = shell.yielding().iter().map(|item| item.label).collect();
            (labels, shell.is_under_more())
        };
        assert_eq!(yielding(Roles::only(Role::Client)), (vec![], false));
        assert_eq!(yielding(Roles::only(Role::Coach)), (vec!["People", "Money", "Practice"], true));
    }

    #[test]
    fn only_the_first_input_that_is_wrong_takes_the_focus() {
        let errors = FormErrors::from_iter([("name", "Needed".to_owned()), ("mail", "Needed".to_owned())]);
        let focused = ["mail", "name", "zone"].map(|field| errors.of(field).takes_focus());
        assert_eq!(focused, [false, true, false]);
        assert!(errors.of("zone").is_empty() && !errors.of("mail").is_empty());
    }

    #[test]
    fn zones_stand_under_their_continent() {
        let groups = zone_choices(
            ["America/Argentina/Buenos_Aires", "Europe/Berlin", "Europe/Lisbon", "UTC"],
            "Europe/Lisbon",
        );
        assert_eq!(groups.len(), 3);
        assert_eq!(groups[0].choices[0].label, "Buenos Aires (Argentina)");
        assert!(groups[1].choices[1].chosen && !groups[1].choices[0].chosen);
        assert_eq!(groups[2].label, "UTC");
        let older = ["Factory", "W-SU", "EST", "Etc/GMT+3", "US/Pacific", "Asia/Calcutta"];
        assert!(zone_choices(older, "UTC").is_empty(), "an older name is offered");
        assert!(zone_choices(older, "Asia/Calcutta")[0].choices[0].chosen, "what is set is kept");
    }
}
