//! A coach's own pages: the practice at a glance, profile, offerings, hours, share.

use askama::Template;
use rules::money::Currency;
use rules::permission::{Role, Roles};

use super::filters;
use crate::shell::{Choice, Face, FieldError, FormErrors, Place, SAMPLE_NOW, Shell};
use crate::texts::Language;

/// Which of the four steps a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Headline, about, languages.
    Profile,
    /// What can be booked.
    Offerings,
    /// When.
    Hours,
    /// Link and directory.
    Share,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Step; 4] = [Step::Profile, Step::Offerings, Step::Hours, Step::Share];

    /// Where it is.
    pub const fn href(self) -> &'static str {
        match self {
            Step::Profile => "/practice/profile",
            Step::Offerings => "/practice/offerings",
            Step::Hours => "/practice/hours",
            Step::Share => "/practice/share",
        }
    }
}

/// How far the set-up is, as every page of the practice shows it.
#[derive(Clone, Debug)]
pub struct Path {
    /// The four steps.
    pub steps: Vec<PathStep>,
    /// Whether clients find the page in the directory.
    pub listed: bool,
}

/// One step of it.
#[derive(Clone, Debug)]
pub struct PathStep {
    /// Which.
    pub step: Step,
    /// Its name.
    pub label: &'static str,
    /// What it is about, or what it holds now.
    pub line: String,
    /// Whether it holds what clients need.
    pub done: bool,
    /// Whether this page is it.
    pub current: bool,
}

impl Path {
    /// How many steps are done.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|step| step.done).count()
    }

    /// The first that is not.
    pub fn next(&self) -> Option<&PathStep> {
        self.steps.iter().find(|step| !step.done)
    }

    /// Whether only the last step is left.
    pub fn ends_here(&self) -> bool {
        self.next().is_some_and(|next| next.step == Step::Share)
    }

    fn sample(current: Option<Step>, done: usize, listed: bool) -> Path {
        let t = &crate::texts::EN.practice;
        let lines = [
            "Executive coach for people who lead for the first time",
            "4 offerings",
            "Mon to Fri, 09:00 to 17:00",
            if listed { t.share_done } else { t.share_empty },
        ];
        let labels = [t.profile, t.offerings, t.hours, t.share];
        let empty = [t.profile_empty, t.offerings_empty, t.hours_empty, t.share_empty];
        let steps = Step::ALL
            .into_iter()
            .enumerate()
            .map(|(n, step)| PathStep {
                step,
                label: labels[n],
                line: if n < done { lines[n] } else { empty[n] }.to_owned(),
                done: n < done,
                current: current == Some(step),
            })
            .collect();
        Path { steps, listed }
    }
}

/// `GET /practice`
#[derive(Template)]
#[template(path = "practice/show.html")]
pub struct PracticePage {
    /// The frame.
    pub shell: Shell,
    /// How far the set-up is.
    pub path: Path,
    /// What the page lacks before it can be listed.
    pub missing: Vec<Missing>,
    /// What clients see.
    pub preview: Preview,
}

/// Something that a page needs before the directory shows it.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// What.
    pub label: &'static str,
    /// Where it is written.
    pub href: &'static str,
}

/// The public page in small.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Name and photo.
    pub face: Face,
    /// Under the name; empty before it is written.
    pub headline: String,
    /// Where the page is.
    pub href: String,
    /// What can be booked, the shown one chosen.
    pub offerings: Vec<PreviewOffering>,
    /// Its next times.
    pub slots: Vec<PreviewSlot>,
    /// Whose clock the times are on.
    pub place: String,
}

/// One offering of the preview.
#[derive(Clone, Debug)]
pub struct PreviewOffering {
    /// "Session, 60 minutes"
    pub title: String,
    /// "€ 120", "Free".
    pub price: String,
    /// Shows its times.
    pub href: String,
    /// Whether its times are shown.
    pub chosen: bool,
}

/// One free time.
#[derive(Clone, Debug)]
pub struct PreviewSlot {
    /// The day.
    pub day: String,
    /// The time.
    pub time: String,
}

/// `GET /practice/profile`
#[derive(Template)]
#[template(path = "practice/profile.html")]
pub struct ProfilePage {
    /// The frame.
    pub shell: Shell,
    /// How far the set-up is.
    pub path: Path,
    /// Name and photo.
    pub face: Face,
    /// As typed.
    pub headline: String,
    /// As typed.
    pub about: String,
    /// As typed.
    pub credentials: String,
    /// As typed, with commas.
    pub specialities: String,
    /// Languages that many coach in, theirs chosen.
    pub languages: Vec<Choice>,
    /// All others, theirs chosen.
    pub more_languages: Vec<Choice>,
    /// As typed.
    pub slug: String,
    /// What stands before it in the address.
    pub before_slug: String,
    /// What is wrong with the fields.
    pub errors: FormErrors,
}

/// `GET /practice/offerings`
#[derive(Template)]
#[template(path = "practice/offerings.html")]
pub struct OfferingsPage {
    /// The frame.
    pub shell: Shell,
    /// How far the set-up is.
    pub path: Path,
    /// All that are kept.
    pub offerings: Vec<OfferingLine>,
}

/// One offering in the list.
#[derive(Clone, Debug)]
pub struct OfferingLine {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// How long, where.
    pub line: String,
    /// What it costs.
    pub price: String,
    /// Whether nobody has said that yet.
    pub is_unpriced: bool,
    /// Whether it can be booked.
    pub active: bool,
}

/// `GET /practice/offerings/{offering}`, `GET /practice/offerings/new`
#[derive(Template)]
#[template(path = "practice/offering.html")]
pub struct OfferingPage {
    /// The frame.
    pub shell: Shell,
    /// The title.
    pub heading: String,
    /// Where the form goes.
    pub action: String,
    /// The address of the offering; none for a new one.
    pub base: Option<String>,
    /// Its own hours; none for a new one.
    pub hours: Option<String>,
    /// What is in the form.
    pub form: OfferingForm,
    /// What is wrong with it.
    pub errors: FormErrors,
}

/// The form of an offering, as stored or as typed.
#[derive(Clone, Debug, Default)]
pub struct OfferingForm {
    /// `intro` or `one_to_one`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// One line below that.
    pub about: String,
    /// How long.
    pub minutes: String,
    /// Whether it can be booked.
    pub active: bool,
    /// An amount with a point.
    pub price: String,
    /// Its currency.
    pub currencies: Vec<Choice>,
    /// `room`, `phone`, `address` or `link`.
    pub place: String,
    /// Number, address or link.
    pub place_detail: String,
    /// Minutes kept free before it.
    pub before: String,
    /// And after it.
    pub after: String,
    /// Hours.
    pub notice: String,
    /// Days.
    pub window_days: String,
    /// Empty is no cap.
    pub daily_cap: String,
    /// Steps of the start.
    pub grids: Vec<Choice>,
    /// Percent kept when cancelled early.
    pub keep_early: String,
    /// In between.
    pub keep_between: String,
    /// Late.
    pub keep_late: String,
    /// "48 hours before, or more", and so on: the words of the three bands.
    pub bands: [String; 3],
    /// Questions before the session, an empty one last.
    pub questions: Vec<QuestionField>,
}

/// One question of the form.
#[derive(Clone, Debug, Default)]
pub struct QuestionField {
    /// Its words.
    pub text: String,
    /// Whether it has to be answered.
    pub required: bool,
    /// "Question 2"
    pub label: String,
}

/// `GET /practice/hours`
#[derive(Template)]
#[template(path = "practice/hours.html")]
pub struct HoursPage {
    /// The frame.
    pub shell: Shell,
    /// How far the set-up is.
    pub path: Path,
    /// The city of the coach's zone.
    pub place: String,
    /// The usual hours, and each offering's.
    pub offerings: Vec<HoursLink>,
    /// The id of the offering whose hours these are; empty for the usual ones.
    pub offering: String,
    /// Whether that offering has a week of its own.
    pub own: bool,
    /// The seven days.
    pub days: Vec<DayHours>,
    /// Whether what is shown is not saved.
    pub unsaved: bool,
    /// What was just made, to go on with: `range-1-0`, `add-1`, `copy`. Empty is nothing.
    pub goes_on: String,
    /// Days that differ, soonest first.
    pub overrides: Vec<OverrideLine>,
    /// What was typed for one more.
    pub override_typed: OverrideForm,
    /// Time off, soonest first.
    pub time_off: Vec<TimeOffLine>,
    /// What was typed for more.
    pub time_off_typed: TimeOffForm,
    /// Sessions that stand outside the hours.
    pub outside: Vec<OutsideLine>,
    /// What is wrong with the fields: `d1` to `d7`, `date`, `ranges`, `name`, `from`, `until`.
    pub errors: FormErrors,
}

/// A link to the hours of one offering.
#[derive(Clone, Debug)]
pub struct HoursLink {
    /// Its name.
    pub label: String,
    /// Its hours.
    pub href: String,
    /// Whether they are shown.
    pub current: bool,
}

/// One day of the week.
#[derive(Clone, Debug)]
pub struct DayHours {
    /// 1 is Monday.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// Its ranges.
    pub ranges: Vec<RangeField>,
}

/// One range of a day, as stored or as typed.
#[derive(Clone, Debug, Default)]
pub struct RangeField {
    /// `09:00`
    pub from: String,
    /// `17:00`; `00:00` is midnight.
    pub to: String,
}

/// A day that differs.
#[derive(Clone, Debug)]
pub struct OverrideLine {
    /// The day, written out.
    pub day: String,
    /// Its hours in words.
    pub line: String,
    /// The day, as a form names it.
    pub date: String,
}

/// One more day that differs, as typed.
#[derive(Clone, Debug, Default)]
pub struct OverrideForm {
    /// The day.
    pub date: String,
    /// Its hours, an empty range last.
    pub ranges: Vec<RangeField>,
}

/// Time off.
#[derive(Clone, Debug)]
pub struct TimeOffLine {
    /// From when until when.
    pub line: String,
    /// What the coach calls it; empty is nothing.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// More time off, as typed.
#[derive(Clone, Debug, Default)]
pub struct TimeOffForm {
    /// What it is called.
    pub name: String,
    /// The first day.
    pub from_date: String,
    /// From this time; empty is all day.
    pub from_time: String,
    /// The last day.
    pub until_date: String,
    /// Until this time; empty is all day.
    pub until_time: String,
}

/// A session outside the hours.
#[derive(Clone, Debug)]
pub struct OutsideLine {
    /// Its page.
    pub href: String,
    /// When.
    pub title: String,
    /// With whom.
    pub line: String,
}

/// `GET /practice/share`
#[derive(Template)]
#[template(path = "practice/share.html")]
pub struct SharePage {
    /// The frame.
    pub shell: Shell,
    /// How far the set-up is.
    pub path: Path,
    /// What the page lacks before it can be listed.
    pub missing: Vec<Missing>,
    /// The whole address of the page.
    pub link: String,
    /// The same inside this program.
    pub href: String,
    /// What a site pastes.
    pub embed: String,
    /// What a mail says.
    pub words: String,
}

fn shell(title: &str) -> Shell {
    let mut shell = Shell::public(Language::English, title, "/practice", SAMPLE_NOW).signed_in(
        Face::new("Mara Lindqvist", None),
        Roles::only(Role::Coach),
        Place::Practice,
    );
    "Stockholm".clone_into(&mut shell.place);
    shell
}

impl PracticePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, PracticePage)> {
        let t = &crate::texts::EN.practice;
        let offering = |title: &str, price: &str, chosen| PreviewOffering {
            title: title.to_owned(),
            price: price.to_owned(),
            href: "/practice?offering=off_0000000000000".to_owned(),
            chosen,
        };
        let slot = |day: &str, time: &str| PreviewSlot { day: day.to_owned(), time: time.to_owned() };
        let preview = |headline: &str, slots| Preview {
            face: Face::new("Mara Lindqvist", None),
            headline: headline.to_owned(),
            href: "/coaches/mara-lindqvist".to_owned(),
            offerings: vec![
                offering("Intro call, 15 minutes", t.free, true),
                offering("Session, 60 minutes", "€ 120", false),
            ],
            slots,
            place: "Stockholm".to_owned(),
        };
        let slots = vec![
            slot("Tue 24 Nov", "09:00"),
            slot("Tue 24 Nov", "09:15"),
            slot("Tue 24 Nov", "11:30"),
            slot("Wed 25 Nov", "10:00"),
            slot("Wed 25 Nov", "14:45"),
            slot("Thu 26 Nov", "09:00"),
        ];
        let headline = "Executive coach for people who lead for the first time";
        vec![
            (
                "new",
                PracticePage {
                    shell: shell(t.title),
                    path: Path::sample(None, 0, false),
                    missing: vec![
                        Missing { label: t.lacks_headline, href: "/practice/profile#headline" },
                        Missing { label: t.lacks_about, href: "/practice/profile#about" },
                    ],
                    preview: preview("", Vec::new()),
                },
            ),
            (
                "ready",
                PracticePage {
                    shell: shell(t.title),
                    path: Path::sample(None, 3, false),
                    missing: Vec::new(),
                    preview: preview(headline, slots.clone()),
                },
            ),
            (
                "listed",
                PracticePage {
                    shell: shell(t.title),
                    path: Path::sample(None, 4, true),
                    missing: Vec::new(),
                    preview: preview(headline, slots),
                },
            ),
        ]
    }
}

impl ProfilePage {
    /// Whether one of the rarer languages is chosen.
    pub fn rarer_chosen(&self) -> bool {
        self.more_languages.iter().any(|one| one.chosen)
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, ProfilePage)> {
        let t = &crate::texts::EN.practice;
        let choice = |code: &str, name: &str, chosen| Choice {
            value: code.to_owned(),
            label: name.to_owned(),
            chosen,
        };
        let page = |errors| {
            ProfilePage {
            shell: shell(t.profile),
            path: Path::sample(Some(Step::Profile), 0, false),
            face: Face::new("Mara Lindqvist", None),
            headline: "Executive coach for people who lead for the first time".to_owned(),
            about: "I was an engineer who was made a manager on a Tuesday.\n\nWe work with what happened this week."
                .to_owned(),
            credentials: "ICF PCC".to_owned(),
            specialities: "new leaders, conflict".to_owned(),
            languages: vec![
                choice("en", "English", true),
                choice("de", "Deutsch", false),
                choice("sv", "Svenska", true),
            ],
            more_languages: vec![choice("cs", "Čeština", false), choice("pt", "Português", false)],
            slug: "mara lindqvist".to_owned(),
            before_slug: "coach.example/coaches/".to_owned(),
            errors,
        }
        };
        let wrong = FormErrors::from_iter([("slug", "Choose one of those offered".to_owned())]);
        vec![("plain", page(FormErrors::NONE)), ("wrong", page(wrong))]
    }
}

impl OfferingsPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, OfferingsPage)> {
        let t = &crate::texts::EN.practice;
        let line = |name: &str, line: &str, price: &str, active: bool| OfferingLine {
            href: "/practice/offerings/off_0000000000000".to_owned(),
            name: name.to_owned(),
            line: line.to_owned(),
            price: price.to_owned(),
            is_unpriced: !active,
            active,
        };
        let page = |offerings| OfferingsPage {
            shell: shell(t.offerings),
            path: Path::sample(Some(Step::Offerings), 1, false),
            offerings,
        };
        vec![
            (
                "full",
                page(vec![
                    line("Intro call", "15 minutes by video", t.free, true),
                    line("Session", "45 minutes by video", "€ 95", true),
                    line("Long session", "60 minutes by video", "€ 120", false),
                ]),
            ),
            ("empty", page(Vec::new())),
        ]
    }
}

impl OfferingPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, OfferingPage)> {
        let t = &crate::texts::EN.practice;
        let form = OfferingForm {
            kind: "one_to_one".to_owned(),
            name: "Session".to_owned(),
            about: "The usual hour".to_owned(),
            minutes: "60".to_owned(),
            active: true,
            price: "120.00".to_owned(),
            currencies: vec![Choice::new("EUR", "EUR", "EUR"), Choice::new("USD", "USD", "EUR")],
            place: "room".to_owned(),
            place_detail: String::new(),
            before: "0".to_owned(),
            after: "15".to_owned(),
            notice: "12".to_owned(),
            window_days: "60".to_owned(),
            daily_cap: String::new(),
            grids: vec![Choice::new("15", "15 minutes", "15"), Choice::new("30", "30 minutes", "15")],
            keep_early: "0".to_owned(),
            keep_between: "50".to_owned(),
            keep_late: "100".to_owned(),
            bands: [(t.terms_early)(48), (t.terms_between)(24, 48), (t.terms_late)(24)],
            questions: vec![
                QuestionField {
                    text: "What should be different in an hour?".to_owned(),
                    required: true,
                    label: (t.question_label)(1),
                },
                QuestionField { label: (t.question_label)(2), ..QuestionField::default() },
            ],
        };
        let page = |base: Option<&str>, errors| OfferingPage {
            shell: shell(t.offerings),
            heading: if base.is_some() { "Session" } else { t.new_offering }.to_owned(),
            action: base.unwrap_or("/practice/offerings").to_owned(),
            base: base.map(str::to_owned),
            hours: base.map(|_| "/practice/hours?offering=off_0000000000000".to_owned()),
            form: form.clone(),
            errors,
        };
        let wrong = FormErrors::from_iter([("minutes", "A multiple of 5".to_owned())]);
        vec![
            ("kept", page(Some("/practice/offerings/off_0000000000000"), FormErrors::NONE)),
            ("wrong", page(None, wrong)),
        ]
    }
}

impl DayHours {
    /// "Monday, range 2", for the range with this index.
    pub fn label(&self, index: &usize, t: &crate::texts::Texts) -> String {
        (t.practice.range_label)(self.name, index + 1)
    }
}

impl HoursPage {
    /// What is wrong with one day.
    pub fn wrong_day(&self, number: u8) -> FieldError<'_> {
        const NAMES: [&str; 7] = ["d1", "d2", "d3", "d4", "d5", "d6", "d7"];
        NAMES.get(usize::from(number).wrapping_sub(1)).map_or(FieldError::NONE, |name| self.errors.of(name))
    }

    /// Whether this is what the coach goes on with.
    pub fn goes_on_with(&self, what: impl AsRef<str>) -> bool {
        self.goes_on == what.as_ref()
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, HoursPage)> {
        let t = &crate::texts::EN.practice;
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let range = |from: &str, to: &str| RangeField { from: from.to_owned(), to: to.to_owned() };
        let days = || {
            (1u8..)
                .zip(names)
                .map(|(number, name)| DayHours {
                    number,
                    name,
                    ranges: match number {
                        1 => vec![range("09:00", "12:30"), range("14:00", "17:00")],
                        2..=5 => vec![range("09:00", "17:00")],
                        _ => Vec::new(),
                    },
                })
                .collect::<Vec<DayHours>>()
        };
        let link = |label: &str, current| HoursLink {
            label: label.to_owned(),
            href: "/practice/hours".to_owned(),
            current,
        };
        let page = |errors, unsaved, filled: bool| HoursPage {
            shell: shell(t.hours),
            path: Path::sample(Some(Step::Hours), 2, false),
            place: "Stockholm".to_owned(),
            offerings: vec![
                link(t.hours_usual, true),
                link("Intro call", false),
                link("Session, 60 min", false),
            ],
            offering: String::new(),
            own: false,
            days: days(),
            unsaved,
            goes_on: String::new(),
            overrides: if filled {
                vec![OverrideLine {
                    day: "Thursday 24 December 2026".to_owned(),
                    line: t.override_off.to_owned(),
                    date: "2026-12-24".to_owned(),
                }]
            } else {
                Vec::new()
            },
            override_typed: OverrideForm {
                ranges: vec![RangeField::default(); 2],
                ..OverrideForm::default()
            },
            time_off: if filled {
                vec![TimeOffLine {
                    line: "Sat 26 Dec to Fri 1 Jan 2027".to_owned(),
                    name: "Skiing".to_owned(),
                    id: "bus_0000000000000".to_owned(),
                }]
            } else {
                Vec::new()
            },
            time_off_typed: TimeOffForm::default(),
            outside: if filled {
                vec![OutsideLine {
                    href: "/sessions/ses_0000000000000".to_owned(),
                    title: "Mon 23 Nov, 13:00".to_owned(),
                    line: "Tomás Pereira, 60 minutes by video".to_owned(),
                }]
            } else {
                Vec::new()
            },
            errors,
        };
        let wrong = FormErrors::from_iter([
            ("d1", "The end is after the beginning".to_owned()),
            ("date", "This is needed".to_owned()),
        ]);
        vec![("full", page(FormErrors::NONE, false, true)), ("wrong", page(wrong, true, false))]
    }
}

impl SharePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SharePage)> {
        let t = &crate::texts::EN.practice;
        let link = "https://coach.example/coaches/mara-lindqvist";
        let page = |done, listed, missing| SharePage {
            shell: shell(t.share),
            path: Path::sample(Some(Step::Share), done, listed),
            missing,
            link: link.to_owned(),
            href: "/coaches/mara-lindqvist".to_owned(),
            embed: format!(
                "<iframe src=\"{link}?embed=1\" title=\"Book a session\" width=\"100%\" height=\"760\"></iframe>"
            ),
            words: (t.words)("Mara Lindqvist", "Executive coach", link, true),
        };
        vec![
            ("ready", page(3, false, Vec::new())),
            (
                "blocked",
                page(1, false, vec![Missing { label: t.lacks_offering, href: "/practice/offerings" }]),
            ),
            ("listed", page(4, true, Vec::new())),
        ]
    }
}

/// All currencies, one chosen; the usual ones first.
pub fn currencies(now: &str) -> Vec<Choice> {
    const USUAL: [&str; 12] =
        ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "JPY"];
    let all = Currency::all();
    let others = all.iter().map(Currency::code).filter(|code| !USUAL.contains(code));
    USUAL.into_iter().chain(others).map(|code| Choice::new(code, code, now)).collect()
}
