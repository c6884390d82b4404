//! The directory, and a coach's page with the choice of a time: what strangers see first.

use askama::Template;

use super::booking::Way;
use super::filters;
use super::parts::{DayPart, Month, MonthDay, SlotLink, Weekday};
use crate::shell::{Choice, ChoiceGroup, Dress, Face, FieldError, FormErrors, Paging, Shell};
use crate::texts::{Language, texts};

/// `GET /coaches`
#[derive(Template)]
#[template(path = "coaches/index.html")]
pub struct DirectoryPage {
    /// The frame.
    pub shell: Shell,
    /// The page's own address without a search, as search engines shall know it.
    pub canonical: String,
    /// For search engines, a sentence.
    pub description: String,
    /// What was typed.
    pub query: String,
    /// What coaches of this directory work on.
    pub specialities: Vec<Choice>,
    /// What they speak.
    pub languages: Vec<Choice>,
    /// The most that a session may cost, as typed.
    pub price: String,
    /// In what.
    pub currencies: Vec<Choice>,
    /// Morning, afternoon, evening.
    pub times: Vec<Choice>,
    /// Whether anything was asked for.
    pub is_search: bool,
    /// Whether anything but the text was asked for, so that it stands open.
    pub is_narrowed: bool,
    /// How many there are.
    pub count: String,
    /// Whose clock the times are on.
    pub zone: ZoneLine,
    /// One page of them.
    pub cards: Vec<CoachCard>,
    /// Where it goes on.
    pub paging: Paging,
    /// That something in the search cannot be read; empty is nothing.
    pub wrong: String,
    /// What that is: `price`, `language`, `time`.
    pub errors: FormErrors,
}

/// A coach in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoachCard {
    /// How they are shown.
    pub face: Face,
    /// Their page.
    pub href: String,
    /// Their credentials; empty is none.
    pub credentials: String,
    /// Their promise.
    pub headline: String,
    /// What they work on.
    pub specialities: Vec<String>,
    /// What they speak, in one line.
    pub languages: String,
    /// "from € 70"; empty where nothing is priced.
    pub price: String,
    /// Whether there is a free intro call.
    pub has_intro: bool,
    /// Their next free times.
    pub next: Vec<NextFree>,
}

/// A free time with its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextFree {
    /// "Tomorrow"
    pub day: String,
    /// "09:30"
    pub time: String,
    /// Where it is chosen.
    pub href: String,
    /// Whether it is.
    pub chosen: bool,
}

/// Whose clock the times are on, and how that is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoneLine {
    /// "Lisbon"
    pub place: String,
    /// "15:48"
    pub now: String,
    /// The zone's name, if it is only a guess that the browser may better.
    pub guess: Option<String>,
    /// The page with the choice open.
    pub change: String,
    /// The choice, where it stands open.
    pub choices: Vec<ChoiceGroup>,
    /// The form's address.
    pub action: String,
    /// What the form keeps of the address.
    pub kept: Vec<(&'static str, String)>,
}

/// `GET /coaches/{slug}`, and the same page again when the booking did not go through.
#[derive(Template)]
#[template(path = "coaches/show.html")]
pub struct CoachPage {
    /// The frame.
    pub shell: Shell,
    /// The page's own address, as search engines shall know it.
    pub canonical: String,
    /// Whether search engines may know of it.
    pub is_listed: bool,
    /// For search engines, a sentence.
    pub description: String,
    /// Whose page it is.
    pub coach: CoachView,
    /// A sentence to the coach about their own page; empty is none.
    pub own_page: String,
    /// The steps of the reader's own journeys that could be booked instead, which their program pays (rule B8).
    pub steps: Vec<StepChoice>,
    /// What can be booked.
    pub offers: Vec<Offer>,
    /// When. None where nothing can be booked, and where it is asked first what it shall be.
    pub picker: Option<Picker>,
    /// Who, for the time that was chosen.
    pub details: Option<Details>,
    /// A sentence where somebody is signed in who cannot book; empty is none.
    pub cannot: String,
}

/// A coach, as strangers read about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoachView {
    /// How they are shown.
    pub face: Face,
    /// The picture's address for whoever is elsewhere.
    pub image: Option<String>,
    /// Their credentials; empty is none.
    pub credentials: String,
    /// Their promise; empty is none.
    pub headline: String,
    /// What they say of themselves, by paragraphs.
    pub about: Vec<String>,
    /// What they work on.
    pub specialities: Vec<String>,
    /// What they speak, each with its tag.
    pub languages: Vec<(String, String)>,
    /// "Stockholm, 1 hour ahead of you"
    pub lives_in: String,
}

/// A step of the reader's own journey, as a card to choose (rule B8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepChoice {
    /// What it is.
    pub name: String,
    /// How long.
    pub line: String,
    /// Where it is booked.
    pub href: String,
}

/// Something that can be booked, as a card to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is called.
    pub name: String,
    /// How long, and one line.
    pub line: String,
    /// What it costs, in words.
    pub price: String,
    /// The same for machines, with its currency.
    pub amount: (String, String),
    /// Where it is chosen.
    pub href: String,
    /// Whether it is.
    pub chosen: bool,
    /// Why whoever looks cannot have it; empty where they can.
    pub used: String,
}

/// Days and times to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// Whose clock.
    pub zone: ZoneLine,
    /// "tomorrow at 09:30"; empty where nothing is free.
    pub first: String,
    /// That a time which was wanted is gone; empty is none. Then the next are those nearest to it.
    pub lost: String,
    /// The next three.
    pub next: Vec<NextFree>,
    /// Four weeks.
    pub month: Month,
    /// The day whose times are shown.
    pub day: Option<Day>,
    /// Why there is nothing; empty where there is something.
    pub nothing: String,
}

/// The times of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// "Thursday 26 November"
    pub title: String,
    /// Morning, afternoon, evening.
    pub parts: Vec<DayPart>,
}

/// What is asked once a time is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The form's address.
    pub action: String,
    /// What it carries on unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// "Thursday 26 November, 10:15 to 10:30"
    pub when: String,
    /// "in Lisbon, a free intro call by video"
    pub line: String,
    /// Who is signed in; a stranger is asked for name and address.
    pub signed_in: Option<String>,
    /// As typed.
    pub name: String,
    /// As typed.
    pub mail: String,
    /// As typed.
    pub note: String,
    /// What the coach asks.
    pub questions: Vec<Asked>,
    /// The agreement that has to be accepted, where one has.
    pub agreement: Option<Agreement>,
    /// "Book Thursday, 10:15"
    pub button: String,
    /// What holds for cancelling, in a line.
    pub rule: String,
    /// What else stands at the button.
    pub note_at_button: String,
    /// Where a series is planned, for whoever may.
    pub series: Option<SeriesStart>,
    /// What went wrong, if it did.
    pub trouble: Option<Trouble>,
    /// What is wrong with `name`, `mail`, `note`, `agree` and each question.
    pub errors: FormErrors,
}

/// A question of the coach, as part of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The input's name.
    pub field: &'static str,
    /// The question.
    pub text: String,
    /// Whether it must be answered.
    pub required: bool,
    /// As typed.
    pub answer: String,
}

/// The text that a first paid session needs (rule P9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Which text it is.
    pub id: String,
    /// The text, by paragraphs.
    pub text: Vec<String>,
    /// Whether the box was ticked.
    pub accepted: bool,
}

/// Where a series begins: a second button of the same form, so that what was typed goes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesStart {
    /// Where that button sends the form.
    pub action: String,
    /// How often.
    pub every: Vec<Choice>,
    /// How many.
    pub counts: Vec<Choice>,
}

/// Why it was not booked, and what can be done with one press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// "Somebody was faster."
    pub heading: String,
    /// In a sentence.
    pub words: String,
    /// What to do now.
    pub advice: String,
    /// Other times: what the button sends, and what it says.
    pub instead: Vec<NextFree>,
    /// Other offerings, where this one cannot be had at any time.
    pub ways: Vec<Way>,
    /// Whether the same time can be had by saying it again (rule A6).
    pub anyway: bool,
}

impl Details {
    /// What is wrong with an input.
    pub fn error(&self, field: &str) -> FieldError<'_> {
        self.errors.of(field)
    }

    /// Whether what was wanted is still to be had, so that the form has its own button.
    pub fn has_button(&self) -> bool {
        self.trouble.as_ref().is_none_or(|trouble| trouble.instead.is_empty() && trouble.ways.is_empty())
    }

    /// Whether the button books although something speaks against it that is known now (rule A6).
    pub fn is_known(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.anyway)
    }
}

/// The dates of a series before they are booked (rule B6).
#[derive(Template)]
#[template(path = "coaches/series.html")]
pub struct SeriesPage {
    /// The frame.
    pub shell: Shell,
    /// With whom.
    pub coach: Face,
    /// "Session, 45 minutes each, by video: every week, from Thursday 26 November 2026, 10:15 in Lisbon"
    pub line: String,
    /// "5 of 6 dates are free; for the other you choose."
    pub summary: String,
    /// "For all 6: 6 × € 95 = € 570"; empty where nothing is to be paid.
    pub total: String,
    /// The form's address.
    pub action: String,
    /// What it carries on unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// Each date.
    pub dates: Vec<SeriesDate>,
    /// The agreement that has to be accepted, where one has.
    pub agreement: Option<Agreement>,
    /// As typed.
    pub note: String,
    /// What the coach asks.
    pub questions: Vec<Asked>,
    /// "Book 6 sessions"
    pub button: String,
    /// What holds for cancelling, in a line.
    pub rule: String,
    /// Back to the choice of one time.
    pub back: String,
    /// Why it was not booked; empty is no trouble.
    pub wrong: String,
    /// Whether it can be had by saying it again (rule A6).
    pub anyway: bool,
    /// What is wrong with `agree`, `note` and each question.
    pub errors: FormErrors,
}

/// One date of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesDate {
    /// The inputs' name.
    pub field: String,
    /// "Thu 26 Nov, 10:15"
    pub when: String,
    /// Whether it is free as it is.
    pub free: bool,
    /// "Free", "Taken", or why else it cannot be had.
    pub state: String,
    /// What can be chosen: the date itself or those near it, and to leave it out.
    pub choices: Vec<Choice>,
}

impl DirectoryPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, DirectoryPage)> {
        let choices = |now: &str, words: &[&str]| {
            let any = std::iter::once(Choice::new("", "Any", now));
            any.chain(words.iter().map(|word| Choice::new(*word, *word, now))).collect::<Vec<_>>()
        };
        let page = |language, cards: Vec<CoachCard>, query: &str| DirectoryPage {
            shell: sample_shell(language, texts(language).coaches.title, Dress::Public),
            canonical: "https://coaching.example/coaches".to_owned(),
            description: (texts(language).coaches.description)("Fernhill Coaching"),
            query: query.to_owned(),
            specialities: choices("", &["Conflict", "First leadership role"]),
            languages: choices("", &["Deutsch", "English", "Svenska"]),
            price: String::new(),
            currencies: vec![Choice::new("EUR", "EUR", "EUR"), Choice::new("USD", "USD", "EUR")],
            times: choices("", &["Morning", "Afternoon", "Evening"]),
            is_search: !query.is_empty(),
            is_narrowed: false,
            count: (texts(language).coaches.found)(cards.len()),
            zone: ZoneLine::sample(),
            cards,
            paging: Paging::default(),
            wrong: String::new(),
            errors: FormErrors::NONE,
        };
        let cards = vec![
            CoachCard::sample("Mara Lindqvist", "Clear decisions, for people who lead others.", 3),
            CoachCard::sample("Ines Duarte", "Say the hard thing kindly.", 1),
            CoachCard::sample("Jakub Hruška", "From expert to lead, without losing the craft.", 0),
        ];
        vec![
            ("plain", page(Language::English, cards.clone(), "")),
            ("german", page(Language::German, cards, "")),
            ("no-match", page(Language::English, Vec::new(), "falconry")),
            ("empty", page(Language::English, Vec::new(), "")),
        ]
    }
}

impl CoachCard {
    fn sample(name: &str, headline: &str, times: usize) -> CoachCard {
        CoachCard {
            face: Face::new(name, None),
            href: "/coaches/mara-lindqvist".to_owned(),
            credentials: "PCC".to_owned(),
            headline: headline.to_owned(),
            specialities: ["First leadership role", "Conflict in teams"].map(str::to_owned).into(),
            languages: "English, Svenska".to_owned(),
            price: "from € 70".to_owned(),
            has_intro: true,
            next: NextFree::samples().into_iter().take(times).collect(),
        }
    }
}

impl NextFree {
    pub(super) fn samples() -> Vec<NextFree> {
        [("Tomorrow", "09:30"), ("Tomorrow", "14:15"), ("Wed 25 Nov", "08:00")]
            .into_iter()
            .map(|(day, time)| NextFree {
                day: day.to_owned(),
                time: time.to_owned(),
                href: "/coaches/mara-lindqvist?at=2026-11-24T09:30:00Z#details".to_owned(),
                chosen: false,
            })
            .collect()
    }
}

impl ZoneLine {
    pub(super) fn sample() -> ZoneLine {
        ZoneLine {
            place: "Lisbon".to_owned(),
            now: "15:48".to_owned(),
            guess: Some("Europe/Lisbon".to_owned()),
            change: "/coaches/mara-lindqvist?choose=zone#times".to_owned(),
            choices: Vec::new(),
            action: "/coaches/mara-lindqvist".to_owned(),
            kept: vec![("offering", "off_0000000000001".to_owned())],
        }
    }

    fn sample_open() -> ZoneLine {
        let choices = crate::shell::zone_choices(["Europe/Berlin", "Europe/Lisbon", "UTC"], "Europe/Lisbon");
        ZoneLine { choices, ..ZoneLine::sample() }
    }
}

fn sample_shell(language: Language, title: &str, dress: Dress) -> Shell {
    let mut shell = Shell::sample_public(language, title);
    shell.dress = dress;
    "Fernhill Coaching".clone_into(&mut shell.brand);
    "/coaches".clone_into(&mut shell.here);
    shell
}

impl CoachPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, CoachPage)> {
        let page = |language, dress| {
            let t = texts(language);
            CoachPage {
                shell: sample_shell(language, &(t.coaches.title_of)("Mara Lindqvist"), dress),
                canonical: "https://coaching.example/coaches/mara-lindqvist".to_owned(),
                is_listed: true,
                description: "Mara Lindqvist: clear decisions.".to_owned(),
                coach: CoachView::sample(),
                own_page: String::new(),
                steps: Vec::new(),
                offers: Offer::samples(),
                picker: Some(Picker::sample()),
                details: None,
                cannot: String::new(),
            }
        };
        let english = |dress| page(Language::English, dress);
        let chosen = CoachPage { details: Some(Details::sample()), ..english(Dress::Public) };
        let taken = Details { trouble: Some(Trouble::sample()), ..Details::sample() };
        let overlap = Details {
            signed_in: Some("Tomás Pereira".to_owned()),
            series: Some(SeriesStart::sample()),
            trouble: Some(Trouble { anyway: true, instead: Vec::new(), ..Trouble::sample() }),
            ..Details::sample()
        };
        let used = Details {
            signed_in: Some("Tomás Pereira".to_owned()),
            trouble: Some(Trouble {
                heading: String::new(),
                words: "You had your intro call with this coach.".to_owned(),
                advice: texts(Language::English).booking.intro_instead.to_owned(),
                instead: Vec::new(),
                ways: Way::samples(),
                anyway: false,
            }),
            ..Details::sample()
        };
        let mut offers = Offer::samples();
        texts(Language::English).coaches.offer_intro_used.clone_into(&mut offers[0].used);
        (offers[0].chosen, offers[1].chosen) = (false, true);
        let wrong = FormErrors::from_iter([
            ("name", "This is needed".to_owned()),
            ("mail", "This is no e-mail address".to_owned()),
            ("agree", "This is needed".to_owned()),
            ("answer-1", "This is needed".to_owned()),
        ]);
        let mut signed = CoachPage { details: Some(overlap), ..english(Dress::Public) };
        let own = Shell::sample_client("Book time with Mara Lindqvist");
        signed.shell = Shell { dress: Dress::Public, ..own };
        let mut asked = CoachPage { picker: None, ..english(Dress::Public) };
        asked.steps = vec![StepChoice {
            name: "Session 3: Midpoint, Leading others".to_owned(),
            line: "45 minutes".to_owned(),
            href: "/sessions/ses_0000000000000/booking".to_owned(),
        }];
        asked.offers.iter_mut().for_each(|offer| offer.chosen = false);
        asked.shell = Shell { dress: Dress::Public, ..Shell::sample_client("Book time with Mara Lindqvist") };
        let zone = Picker { zone: ZoneLine::sample_open(), ..Picker::sample() };
        let nothing = Picker {
            next: Vec::new(),
            day: None,
            first: String::new(),
            nothing: texts(Language::English).coaches.no_times.to_owned(),
            ..Picker::sample()
        };
        vec![
            ("plain", english(Dress::Public)),
            ("german", page(Language::German, Dress::Public)),
            ("details", chosen),
            (
                "wrong",
                CoachPage {
                    details: Some(Details { errors: wrong, ..Details::sample() }),
                    ..english(Dress::Public)
                },
            ),
            ("taken", CoachPage { details: Some(taken), ..english(Dress::Public) }),
            ("signed-in", signed),
            ("step-or-private", asked),
            ("intro-used", CoachPage { offers, details: Some(used), ..english(Dress::Public) }),
            ("zone", CoachPage { picker: Some(zone), ..english(Dress::Public) }),
            ("no-times", CoachPage { picker: Some(nothing), ..english(Dress::Public) }),
            (
                "lost",
                CoachPage {
                    picker: Some(Picker {
                        lost: (texts(Language::English).coaches.lost)("Thu 26 Nov, 10:15"),
                        ..Picker::sample()
                    }),
                    ..english(Dress::Public)
                },
            ),
            ("no-offers", CoachPage { picker: None, offers: Vec::new(), ..english(Dress::Public) }),
            (
                "own",
                CoachPage {
                    own_page: texts(Language::English).coaches.own_page.to_owned(),
                    cannot: texts(Language::English).coaches.not_a_client.to_owned(),
                    ..english(Dress::Public)
                },
            ),
            ("embedded", CoachPage { details: Some(Details::sample()), ..english(Dress::Embedded) }),
        ]
    }
}

impl CoachView {
    fn sample() -> CoachView {
        CoachView {
            face: Face::new("Mara Lindqvist", None),
            image: Some("https://coaching.example/coaches/mara-lindqvist/photo".to_owned()),
            credentials: "Leadership coach, PCC".to_owned(),
            headline: "Clear decisions, for people who lead others.".to_owned(),
            about: vec![
                "Eleven years as an engineering director, nine as a coach. We work on one real decision at a time: what it is, what it costs, and what you do on Monday.".to_owned(),
                "Between sessions I answer short questions in writing.".to_owned(),
            ],
            specialities: ["First leadership role", "conflict in teams", "saying no"].map(str::to_owned).into(),
            languages: [("en", "English"), ("sv", "Svenska")]
                .map(|(tag, name)| (tag.to_owned(), name.to_owned()))
                .into(),
            lives_in: "Stockholm, 1 hour ahead of you".to_owned(),
        }
    }
}

impl Offer {
    fn samples() -> Vec<Offer> {
        [
            ("Intro call", "15 minutes, to see whether we fit", "Free", "0.00"),
            ("Check-in", "30 minutes, one question", "€ 70", "70.00"),
            ("Session", "45 minutes", "€ 95", "95.00"),
            ("Deep session", "60 minutes", "€ 120", "120.00"),
        ]
        .into_iter()
        .map(|(name, line, price, amount)| Offer {
            name: name.to_owned(),
            line: line.to_owned(),
            price: price.to_owned(),
            amount: (amount.to_owned(), "EUR".to_owned()),
            href: "/coaches/mara-lindqvist#times".to_owned(),
            chosen: name == "Intro call",
            used: String::new(),
        })
        .collect()
    }
}

impl Picker {
    fn sample() -> Picker {
        let part = |label: &str, times: &[&str]| DayPart {
            label: label.to_owned(),
            slots: times
                .iter()
                .map(|time| SlotLink {
                    label: (*time).to_owned(),
                    href: "/coaches/mara-lindqvist#details".to_owned(),
                    chosen: *time == "10:15",
                })
                .collect(),
        };
        Picker {
            zone: ZoneLine::sample(),
            first: "tomorrow at 09:30".to_owned(),
            lost: String::new(),
            next: NextFree::samples(),
            month: Month::sample(),
            day: Some(Day {
                title: "Thursday 26 November".to_owned(),
                parts: vec![
                    part("Morning", &["08:00", "08:15", "10:15", "11:30"]),
                    part("Afternoon", &["13:00", "13:15", "15:45"]),
                    part("Evening", &[]),
                ],
            }),
            nothing: String::new(),
        }
    }
}

impl Month {
    /// Four weeks of which some days have times.
    pub(super) fn sample() -> Month {
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let weeks = (0..4)
            .map(|week| {
                (0..7)
                    .map(|day| {
                        let number = 23 + week * 7 + day;
                        let number = if number > 30 { number - 30 } else { number };
                        let open = day < 5 && (week + day) % 2 == 0;
                        MonthDay {
                            label: if number == 1 { "1 Dec".to_owned() } else { number.to_string() },
                            first: number == 1,
                            spoken: format!("{} {number}, 4 times", names[day]),
                            href: open.then(|| "#day".to_owned()),
                            chosen: week == 0 && day == 2,
                        }
                    })
                    .collect()
            })
            .collect();
        let weekdays = names
            .into_iter()
            .map(|name| Weekday { long: name.to_owned(), short: name[..2].to_owned() })
            .collect();
        Month {
            caption: "23 November to 20 December".to_owned(),
            earlier: None,
            later: Some("#times".to_owned()),
            weekdays,
            weeks,
        }
    }
}

impl Details {
    fn sample() -> Details {
        Details {
            action: "/coaches/mara-lindqvist/bookings".to_owned(),
            hidden: vec![("offering", "off_0000000000001".to_owned()), ("zone", "Europe/Lisbon".to_owned())],
            when: "Thursday 26 November, 10:15 to 10:30".to_owned(),
            line: "in Lisbon, a free intro call by video".to_owned(),
            signed_in: None,
            name: "Tomás Pereira".to_owned(),
            mail: "tomas@pereira.example".to_owned(),
            note: String::new(),
            questions: vec![Asked {
                field: "answer-1",
                text: "How did you find me?".to_owned(),
                required: true,
                answer: String::new(),
            }],
            agreement: Some(Agreement {
                id: "agr_0000000000001".to_owned(),
                text: vec![
                    "Coaching is a talk between two adults.".to_owned(),
                    "It is no therapy.".to_owned(),
                ],
                accepted: false,
            }),
            button: "Book Thursday, 10:15".to_owned(),
            rule: texts(Language::English).booking.rule_intro.to_owned(),
            note_at_button: "We mail you one link to confirm; no account needed.".to_owned(),
            series: None,
            trouble: None,
            errors: FormErrors::NONE,
        }
    }
}

impl SeriesStart {
    fn sample() -> SeriesStart {
        SeriesStart {
            action: "/coaches/mara-lindqvist/series/dates".to_owned(),
            every: vec![Choice::new("1", "Every week", "1"), Choice::new("2", "Every two weeks", "1")],
            counts: (2..=12).map(|n| Choice::new(n.to_string(), n.to_string(), "6")).collect(),
        }
    }
}

impl Trouble {
    fn sample() -> Trouble {
        let t = &texts(Language::English).coaches;
        Trouble {
            heading: t.taken_heading.to_owned(),
            words: "Thursday 26 November 2026, 10:15 is not free any more.".to_owned(),
            advice: t.taken_choose.to_owned(),
            instead: NextFree::samples(),
            ways: Vec::new(),
            anyway: false,
        }
    }
}

impl SeriesPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SeriesPage)> {
        let page = |language: Language, wrong: &str| {
            let t = &texts(language).booking;
            let date = |n: usize, when: &str, free: bool| SeriesDate {
                field: format!("date-{n}"),
                when: when.to_owned(),
                free,
                state: if free { t.series_free } else { t.series_taken }.to_owned(),
                choices: if free {
                    vec![
                        Choice::new("2026-11-26T10:15:00Z", when, "2026-11-26T10:15:00Z"),
                        Choice::new("", t.series_skip, "x"),
                    ]
                } else {
                    vec![
                        Choice::new("2026-12-03T10:30:00Z", "Thu 3 Dec, 10:30", ""),
                        Choice::new("2026-12-03T11:00:00Z", "Thu 3 Dec, 11:00", ""),
                        Choice::new("", t.series_skip, ""),
                    ]
                },
            };
            let mut shell = Shell { dress: Dress::Public, ..Shell::sample_client(t.series_title) };
            shell.t = texts(language);
            SeriesPage {
                shell,
                coach: Face::new("Mara Lindqvist", None),
                line: (t.series_line)(
                    "Session",
                    "45 minutes",
                    &(t.series_from)(t.series_weekly, "Thursday 26 November 2026, 10:15 in Lisbon"),
                    t.place_room,
                ),
                summary: (t.series_summary)(2, 1, 3),
                total: (t.series_total_free)("€ 95", 2, "2 × € 95 = € 190"),
                action: "/coaches/mara-lindqvist/series".to_owned(),
                hidden: vec![("offering", "off_0000000000001".to_owned())],
                dates: vec![
                    date(1, "Thu 26 Nov, 10:15", true),
                    date(2, "Thu 3 Dec, 10:15", false),
                    date(3, "Thu 10 Dec, 10:15", true),
                ],
                agreement: Details::sample().agreement,
                note: String::new(),
                questions: Details::sample().questions,
                button: t.series_book_these.to_owned(),
                rule: format!("{} {}", (t.rule)(48, 24, 0, 50, 100), t.series_rule),
                back: "/coaches/mara-lindqvist".to_owned(),
                wrong: wrong.to_owned(),
                anyway: !wrong.is_empty(),
                errors: FormErrors::NONE,
            }
        };
        vec![
            ("plain", page(Language::English, "")),
            ("german", page(Language::German, "")),
            ("wrong", page(Language::English, "You have something else at that time.")),
        ]
    }
}
