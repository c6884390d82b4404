//! A coach's day.

use askama::Template;
use rules::permission::{Role, Roles};

use super::filters;
use super::home::Need;
use super::parts::{AskRow, Moment, SessionLine};
use crate::shell::{Face, Place, SAMPLE_NOW, Shell};
use crate::status::Status;
use crate::texts::Language;

/// `GET /today`
#[derive(Template)]
#[template(path = "today/show.html")]
pub struct TodayPage {
    /// The frame.
    pub shell: Shell,
    /// The day and the time now, in their zone.
    pub date: String,
    /// The city of their zone.
    pub place: String,
    /// How far their practice is set up, as long as nobody finds it; in words.
    pub set_up: Option<String>,
    /// The next session today.
    pub next: Option<NextMeeting>,
    /// Today, in order.
    pub day: Vec<DayEntry>,
    /// What there is tomorrow, in a sentence.
    pub tomorrow: String,
    /// What their clock will show at another time than was agreed (rule T5), soonest first.
    pub displaced: Vec<SessionLine>,
    /// What is booked where they do not work (rule A1), soonest first.
    pub outside: Vec<SessionLine>,
    /// Requests that wait for their answer, soonest to expire first.
    pub asks: Vec<AskRow>,
    /// Threads with something unread, the newest first.
    pub unread: Vec<SessionLine>,
    /// What is over and has no outcome, the oldest first.
    pub unmarked: Vec<Unmarked>,
    /// Outcomes that their client contests, the oldest first.
    pub contests: Vec<SessionLine>,
    /// What is still to be paid, the oldest first.
    pub unpaid: Vec<Debt>,
    /// What was paid and is to be paid back.
    pub to_pay_back: Vec<Debt>,
    /// What waits in the programs that they run.
    pub leading: Vec<Need>,
    /// Clients without a session for long, and with none ahead.
    pub drifting: Vec<DriftingRow>,
    /// The sessions after today, soonest first.
    pub coming: Vec<SessionLine>,
    /// Whether they ever had a session.
    pub any: bool,
}

/// The session that is next.
#[derive(Clone, Debug)]
pub struct NextMeeting {
    /// Its page.
    pub href: String,
    /// Whom they meet.
    pub who: String,
    /// When.
    pub at: Moment,
    /// Which session it is, from when to when, and when that is for the other.
    pub line: String,
}

/// A session that is over and has no outcome.
#[derive(Clone, Debug)]
pub struct Unmarked {
    /// Its page.
    pub href: String,
    /// The question: "Was Hana Mori there today at 14:00?"; of several, when it was.
    pub title: String,
    /// What it was.
    pub line: String,
    /// Where one press answers; none for a group.
    pub marks: Option<String>,
}

/// A client who drifts away.
#[derive(Clone, Debug)]
pub struct DriftingRow {
    /// Their name.
    pub face: Face,
    /// Their page.
    pub href: String,
    /// For how long.
    pub line: String,
}

/// One line of the day.
#[derive(Clone, Debug)]
pub enum DayEntry {
    /// A session.
    Session {
        /// Its start.
        time: String,
        /// Its page.
        href: String,
        /// Whom they meet.
        who: String,
        /// Which session it is, or that it needs a mark.
        line: String,
        /// How it stands.
        status: Status,
        /// Whether it is the next one.
        current: bool,
        /// Whether it is over and not marked.
        unmarked: bool,
    },
    /// Where the day stands.
    Now {
        /// The time now.
        time: String,
    },
}

/// What somebody owes, or is to be paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debt {
    /// The page of the session.
    pub href: String,
    /// How much, and whose.
    pub title: String,
    /// Of which session.
    pub line: String,
    /// Whether the Missed that it is for is contested.
    pub is_contested: bool,
}

impl TodayPage {
    /// How many things need the coach.
    fn needs(&self) -> usize {
        self.asks.len()
            + self.unread.len()
            + self.unmarked.len()
            + self.contests.len()
            + self.unpaid.len()
            + self.to_pay_back.len()
            + self.displaced.len()
            + self.outside.len()
            + self.leading.len()
    }

    /// What is unpaid, then what is to be paid back.
    fn debts(&self) -> Vec<&Debt> {
        self.unpaid.iter().chain(&self.to_pay_back).collect()
    }

    /// Samples.
    pub fn samples() -> Vec<(&'static str, TodayPage)> {
        let page = |next, day, coming, any: bool| TodayPage {
            shell: Shell::public(Language::English, "Today", "/today", SAMPLE_NOW).signed_in(
                Face::new("Mara Lindqvist", None),
                Roles::only(Role::Coach),
                Place::Today,
            ),
            date: "Monday 23 November, 16:48".to_owned(),
            place: "Stockholm".to_owned(),
            set_up: (!any).then(|| "1 of 4 done".to_owned()),
            next,
            day,
            tomorrow: "Tomorrow: 1 session.".to_owned(),
            displaced: Vec::new(),
            outside: Vec::new(),
            asks: Vec::new(),
            unread: vec![SessionLine {
                href: "/messages/thr_0000000000000#write".to_owned(),
                title: "Ines Duarte wrote to you".to_owned(),
                line: "1 unread, today at 15:02".to_owned(),
                status: Status::Booked,
            }],
            unmarked: vec![Unmarked {
                href: "/sessions/ses_0000000000000".to_owned(),
                title: "Was Hana Mori there today at 14:00?".to_owned(),
                line: "Session 1, 60 minutes by video".to_owned(),
                marks: Some("/sessions/ses_0000000000000/attendance/per_0000000000000".to_owned()),
            }],
            contests: Vec::new(),
            unpaid: Vec::new(),
            to_pay_back: Vec::new(),
            leading: Vec::new(),
            drifting: Vec::new(),
            coming,
            any,
        };
        let entry = |time: &str, who: &str, line: &str, status, current, unmarked| DayEntry::Session {
            time: time.to_owned(),
            href: "/sessions/ses_0000000000000".to_owned(),
            who: who.to_owned(),
            line: line.to_owned(),
            status,
            current,
            unmarked,
        };
        let next = NextMeeting {
            href: "/sessions/ses_0000000000000".to_owned(),
            who: "Tomás Pereira".to_owned(),
            at: Moment::sample(),
            line: "Delegation (New leaders, session 5). 17:00 to 18:00 (16:00 for Tomás in Lisbon)"
                .to_owned(),
        };
        let day = vec![
            entry(
                "09:00",
                "Ben Fischer",
                "Values (New leaders, session 3), completed",
                Status::Completed,
                false,
                false,
            ),
            entry("14:00", "Hana Mori", "Ended 15:00, not marked", Status::Booked, false, true),
            DayEntry::Now { time: "16:48".to_owned() },
            entry(
                "17:00",
                "Tomás Pereira",
                "Delegation (New leaders, session 5), booked",
                Status::Booked,
                true,
                false,
            ),
            entry("18:15", "Helena Brandt", "Intro call, booked", Status::Booked, false, false),
        ];
        let coming = vec![
            SessionLine::sample("Tomorrow, 09:00", "Ines Duarte, session 2", Status::Booked),
            SessionLine::sample("Wed 25 November, 11:00", "Pod: practice, 6 people", Status::Booked),
        ];
        let mut full = page(Some(next), day, coming.clone(), true);
        full.displaced = vec![SessionLine::sample(
            "Mon 30 November, 10:00",
            "Hana Mori, agreed for 11:00",
            Status::Booked,
        )];
        full.outside = vec![SessionLine::sample("Thu 26 November, 18:30", "Ines Duarte", Status::Booked)];
        full.asks = vec![AskRow::sample()];
        full.contests = vec![SessionLine::sample(
            "Sara Lindgren contests a Missed",
            "Session of Thu 12 Nov, 10:00. It stands as Missed until you settle it.",
            Status::Missed,
        )];
        let debt = |title: &str, is_contested| Debt {
            href: "/sessions/ses_0000000000000".to_owned(),
            title: title.to_owned(),
            line: "Session of Thu 12 Nov, 10:00".to_owned(),
            is_contested,
        };
        full.unpaid = vec![debt("€ 95 from Sara Lindgren is unpaid", true)];
        full.to_pay_back = vec![debt("€ 60 to be paid back to Ben Fischer", false)];
        full.drifting = vec![DriftingRow {
            face: Face::new("Lena Sommer", None),
            href: "/people/per_0000000000000".to_owned(),
            line: "41 days since the last session".to_owned(),
        }];
        vec![
            ("full", full),
            ("quiet", page(None, Vec::new(), coming, true)),
            ("empty", page(None, Vec::new(), Vec::new(), false)),
        ]
    }
}
