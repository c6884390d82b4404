//! What people see first: a client what is next and their path, those who run or pay for programs their desk.

use askama::Template;
use rules::permission::{Role, Roles};

use super::board::Crumb;
use super::filters;
use super::parts::{AskRow, Moment, SessionLine, Step};
use super::session::Target;
use crate::cairn::Stone;
use crate::shell::{Face, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// `GET /`
#[derive(Template)]
#[template(path = "home/show.html")]
pub struct HomePage {
    /// The frame.
    pub shell: Shell,
    /// How to greet them.
    pub first_name: String,
    /// The next session.
    pub next: Option<NextSession>,
    /// Their open requests to move, soonest to end first.
    pub asks: Vec<AskRow>,
    /// Threads with something unread, the newest first.
    pub unread: Vec<SessionLine>,
    /// What waits in the programs that they run.
    pub needs: Vec<Need>,
    /// What they owe, in a sentence; empty is nothing.
    pub owed: String,
    /// The steps of their paths that can be booked next, one of each.
    pub steps: Vec<StepNext>,
    /// With whom they can book, and when.
    pub book_next: Vec<BookNext>,
    /// What is booked after it, soonest first.
    pub coming: Vec<SessionLine>,
    /// What has been, latest first.
    pub past: Vec<SessionLine>,
    /// Coaches to choose: for which cohort, and where.
    pub choices: Vec<(String, String)>,
    /// Their paths, the one that began last first.
    pub journeys: Vec<Journey>,
    /// Somebody is to coach them, and whoever leads the program says who.
    pub coach_comes: bool,
    /// Whom they can ask about their program: the organisation's address.
    pub support: Option<String>,
    /// Their path is complete.
    pub done: Option<Done>,
}

/// A path that is complete.
#[derive(Clone, Debug)]
pub struct Done {
    /// That it is, for a page on which nothing else is next.
    pub heading: &'static str,
    /// The same in a sentence: praise only where something was completed.
    pub line: &'static str,
    /// Where it is asked how it was; none once that is answered, or while nothing is asked.
    pub survey: Option<String>,
}

/// A step that waits for a time, with the next ones.
#[derive(Clone, Debug)]
pub struct StepNext {
    /// "Book step 7"
    pub heading: String,
    /// "The hard talk, 60 minutes. Best between 7 and 18 December."
    pub line: String,
    /// All times; none where each date stands for itself.
    pub href: Option<String>,
    /// The first of them, or the dates of pods.
    pub slots: Vec<SlotNext>,
}

/// A coach of theirs, with the next times of what they booked last, or could.
#[derive(Clone, Debug)]
pub struct BookNext {
    /// The coach.
    pub face: Face,
    /// "Session, 60 minutes, € 120"
    pub line: String,
    /// All their times.
    pub href: String,
    /// The first of them.
    pub slots: Vec<SlotNext>,
}

/// A free time.
#[derive(Clone, Debug)]
pub struct SlotNext {
    /// The day.
    pub day: String,
    /// The time.
    pub time: String,
    /// Books it.
    pub href: String,
}

/// The session that is next.
#[derive(Clone, Debug)]
pub struct NextSession {
    /// Its page.
    pub href: String,
    /// When.
    pub at: Moment,
    /// With whom, how long, where, and when that is for the other.
    pub line: String,
    /// How it stands.
    pub status: Status,
    /// Where it can be moved, or why not now; none while a request is open.
    pub moves: Option<Target>,
    /// Where another date can be chosen instead, if it is an open pod's.
    pub another: Option<String>,
}

/// A path of sessions.
#[derive(Clone, Debug)]
pub struct Journey {
    /// What it is called.
    pub title: String,
    /// How far it is, in a sentence.
    pub line: String,
    /// That its program rests, or the place in it is put away (rule G8); empty is none.
    pub note: &'static str,
    /// Its stones.
    pub stones: Vec<Stone>,
    /// The same in words.
    pub steps: Vec<Step>,
}

impl HomePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, HomePage)> {
        let empty = || HomePage {
            shell: Shell::sample_client("Home"),
            first_name: "Tomás".to_owned(),
            next: None,
            asks: Vec::new(),
            unread: Vec::new(),
            needs: Vec::new(),
            owed: String::new(),
            steps: Vec::new(),
            book_next: Vec::new(),
            coming: Vec::new(),
            past: Vec::new(),
            choices: Vec::new(),
            journeys: Vec::new(),
            coach_comes: false,
            support: Some("help@fernhill.example".to_owned()),
            done: None,
        };
        let steps = Step::samples();
        let journey = Journey {
            title: "Leading through change".to_owned(),
            line: "Three stones placed, one fell. Today would be the fourth.".to_owned(),
            note: "",
            stones: steps.iter().map(|step| Stone { number: step.number, status: step.status }).collect(),
            steps,
        };
        let slot = |day: &str, time: &str| SlotNext {
            day: day.to_owned(),
            time: time.to_owned(),
            href: "/coaches/mara-lindqvist?at=x".to_owned(),
        };
        let book_next = vec![BookNext {
            face: Face::new("Mara Lindqvist", None),
            line: "Session, 60 minutes, € 120".to_owned(),
            href: "/coaches/mara-lindqvist".to_owned(),
            slots: vec![slot("Tue 8 Dec", "10:00"), slot("Thu 10 Dec", "16:30"), slot("Mon 14 Dec", "09:00")],
        }];
        let full = HomePage {
            steps: vec![StepNext {
                heading: (crate::texts::EN.pods.book_step)(7),
                line: "The hard talk, 60 minutes. Best between Mon 7 Dec and Fri 18 Dec.".to_owned(),
                href: Some("/sessions/ses_0000000000000/booking".to_owned()),
                slots: book_next[0].slots.clone(),
            }],
            book_next: book_next.clone(),
            next: Some(NextSession {
                href: "/sessions/ses_0000000000000".to_owned(),
                at: Moment::sample(),
                line: "Delegation (New leaders, session 5), with Mara Lindqvist. 60 minutes by video, until 17:00 in Lisbon (18:00 for Mara in Stockholm)."
                    .to_owned(),
                status: Status::Booked,
                moves: Some(Target::Page("/sessions/ses_0000000000000/move".to_owned())),
                another: None,
            }),
            asks: vec![AskRow { approve: None, ..AskRow::sample() }],
            unread: vec![SessionLine {
                href: "/messages/thr_0000000000000#write".to_owned(),
                title: "Mara Lindqvist wrote to you".to_owned(),
                line: "1 unread, today at 15:02".to_owned(),
                status: Status::Booked,
            }],
            owed: "You owe € 120.".to_owned(),
            coming: vec![SessionLine::sample("Tue 1 December, 14:00", "Pod: practice, with Mara Lindqvist", Status::Booked)],
            past: vec![
                SessionLine::sample("Thu 22 October, 16:00", "Conflict, with Mara Lindqvist", Status::Completed),
                SessionLine::sample("Thu 8 October, 10:00", "Pod: feedback, no-show", Status::Missed),
            ],
            choices: Vec::new(),
            journeys: vec![journey.clone(), Journey { title: "Leading others".to_owned(), ..journey }],
            ..empty()
        };
        let between = HomePage {
            book_next,
            past: vec![SessionLine::sample(
                "Thu 22 October, 16:00",
                "Intro call with Mara Lindqvist",
                Status::Completed,
            )],
            ..empty()
        };
        let choosing = HomePage {
            choices: vec![(
                "For Spring 2027".to_owned(),
                "/participants/par_0000000000001/coaches".to_owned(),
            )],
            ..empty()
        };
        let waiting = HomePage { coach_comes: true, ..empty() };
        vec![
            ("full", full),
            ("empty", empty()),
            ("between", between),
            ("choosing", choosing),
            ("waiting", waiting),
        ]
    }
}

/// `GET /` for those who have no sessions of their own.
#[derive(Template)]
#[template(path = "home/desk.html")]
pub struct DeskPage {
    /// The frame.
    pub shell: Shell,
    /// The display line.
    pub heading: String,
    /// What stands below it.
    pub lede: String,
    /// What there is to count, each a link.
    pub figures: Vec<Figure>,
    /// What waits in the programs that they run.
    pub needs: Vec<Need>,
    /// The cohorts that they lead.
    pub cohorts: Vec<Led>,
    /// Outcomes that a client contests and they may settle, the oldest first (rule S14).
    pub contests: Vec<SessionLine>,
    /// Where to go from here.
    pub ways: Vec<Way>,
}

/// A cohort that the reader leads.
#[derive(Clone, Debug)]
pub struct Led {
    /// What it is called.
    pub title: String,
    /// Whose it is, and how many are in it.
    pub line: String,
    /// Its board.
    pub href: String,
}

/// Something that waits for whoever runs programs.
#[derive(Clone, Debug)]
pub struct Need {
    /// What it is.
    pub title: String,
    /// What it rests on.
    pub line: String,
    /// Where it is, if in more than one place: each with its page.
    pub places: Vec<Crumb>,
    /// How many more places there are; empty is none.
    pub more: String,
    /// Where it is done.
    pub href: String,
    /// What its link says.
    pub button: &'static str,
}

/// A number that leads to what it counts.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The number.
    pub value: String,
    /// What is counted.
    pub label: &'static str,
    /// The same in a sentence.
    pub about: &'static str,
    /// The list.
    pub href: &'static str,
}

/// Something to do, and where.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Its icon.
    pub icon: &'static str,
    /// What it is.
    pub title: &'static str,
    /// The same in a sentence.
    pub about: &'static str,
    /// Where.
    pub href: &'static str,
}

fn sample_place(label: &str) -> Crumb {
    Crumb { label: label.to_owned(), href: Some("/cohorts/coh_0000000000000/pods".to_owned()) }
}

impl DeskPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, DeskPage)> {
        let t = Shell::sample_client("Home").t;
        let page = |role, heading: &str, lede: &str, figures, ways| DeskPage {
            shell: Shell::public(Language::English, "Home", "/", SAMPLE_NOW).signed_in(
                Face::new("Otto Brandt", None),
                Roles::only(role),
                Place::Home,
            ),
            heading: heading.to_owned(),
            lede: lede.to_owned(),
            needs: vec![
                Need {
                    title: (t.desk.dateless)(5),
                    line: t.desk.dateless_about.to_owned(),
                    places: ["Spring 2027 (4)", "Autumn 2027 (1)"].map(sample_place).to_vec(),
                    more: (t.desk.more_of_them)(3),
                    href: "/cohorts/coh_0000000000000/pods".to_owned(),
                    button: t.desk.give_date,
                },
                Need {
                    title: "2 people have gone quiet".to_owned(),
                    line: "The list is made every Monday.".to_owned(),
                    places: Vec::new(),
                    more: String::new(),
                    href: "/inactive".to_owned(),
                    button: "See the list",
                },
            ],
            figures,
            cohorts: match role {
                Role::ProgramLead => vec![Led {
                    title: "Spring 2027".to_owned(),
                    line: (t.desk.people_of)("Fernhill", 14),
                    href: "/cohorts/coh_0000000000000".to_owned(),
                }],
                _ => Vec::new(),
            },
            contests: Vec::new(),
            ways,
        };
        let figure = |value: &str, label, about, href| Figure { value: value.to_owned(), label, about, href };
        let profile =
            Way { icon: "person", title: t.desk.profile, about: t.desk.profile_about, href: "/profile" };
        let invite =
            Way { icon: "plus", title: t.desk.invite, about: t.desk.invite_about, href: "/people/new" };
        let figures = vec![
            figure("51", t.desk.people, t.desk.people_about, "/people"),
            figure("2", t.desk.waiting, t.desk.waiting_about, "/mail-queue?state=queued"),
            figure("0", t.desk.given_up, t.desk.given_up_about, "/mail-queue?state=dead"),
        ];
        vec![
            ("admin", page(Role::Admin, "Hello Otto", t.desk.admin_lede, figures, vec![invite, profile])),
            ("lead", page(Role::ProgramLead, "Hello Lea", t.desk.lead_lede, Vec::new(), vec![profile])),
            (
                "sponsor",
                page(Role::Sponsor, t.desk.sponsor_heading, t.desk.sponsor_lede, Vec::new(), vec![profile]),
            ),
        ]
    }
}
