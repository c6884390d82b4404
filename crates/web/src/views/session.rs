//! One session: its page, and what is done with it there: moving, calling off, saying how it went, what it costs.

use askama::Template;
use rules::permission::Role;

use super::filters;
use super::parts::Moment;
use super::people::Fact;
use super::sessions::{CalendarLinks, HistoryLine, PickDay, PickSlot, Written, shell_of};
use crate::shell::{Choice, FormErrors, Shell};
use crate::status::Status;

/// Something that one can do, by a link or by sending a form; or why not now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// What it does.
    pub label: String,
    /// Beside it.
    pub icon: &'static str,
    /// How it is done.
    pub target: Target,
}

/// Where a press leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a page.
    Page(String),
    /// It sends these fields to that address.
    Send(String, Vec<(&'static str, String)>),
    /// Nowhere now, for this reason.
    NotNow(String),
}

impl Press {
    /// The page that it leads to, if it is a link.
    pub fn href(&self) -> Option<&str> {
        match &self.target {
            Target::Page(href) => Some(href),
            _ => None,
        }
    }

    /// Where and what it sends, if it is a form.
    pub fn sends(&self) -> Option<(&str, &[(&'static str, String)])> {
        match &self.target {
            Target::Send(action, fields) => Some((action, fields)),
            _ => None,
        }
    }

    /// Why it cannot be done now; empty if it can.
    pub fn reason(&self) -> &str {
        match &self.target {
            Target::NotNow(reason) => reason,
            _ => "",
        }
    }
}

/// A form that asks for words, folded until it is wanted.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The id of its field.
    pub id: String,
    /// Where it is sent.
    pub action: String,
    /// What it does.
    pub title: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// Who reads it, and what follows.
    pub hint: String,
    /// The name of its field.
    pub field: &'static str,
    /// Whether one line is enough.
    pub is_line: bool,
    /// Whether nothing is not enough.
    pub is_needed: bool,
    /// As typed.
    pub typed: String,
    /// What is wrong with it.
    pub errors: FormErrors,
    /// Whether it is unfolded.
    pub open: bool,
}

/// `GET /sessions/{session}`
#[derive(Template)]
#[template(path = "sessions/show.html")]
pub struct SessionPage {
    /// The frame.
    pub shell: Shell,
    /// "Tomorrow at 11:00, with Mara Lindqvist"
    pub heading: String,
    /// How it stands.
    pub status: Status,
    /// Date, from, until, zone; and how far off.
    pub at: Moment,
    /// "video call"
    pub place: String,
    /// What it is: "Values (New leaders, session 2)", "Intro call".
    pub what: String,
    /// When that is for others, empty if their clocks say the same.
    pub there: Vec<String>,
    /// What is to be said of it now: called off, not marked. Empty is nothing.
    pub word: String,
    /// Why the last act was not done; empty is nothing.
    pub conflict: String,
    /// The one thing to do next, unless a request waits.
    pub primary: Option<Press>,
    /// What else stands beside it.
    pub beside: Vec<Press>,
    /// What is good to know before pressing; empty is nothing.
    pub advice: String,
    /// Everything that can be done, and why not now.
    pub menu: Vec<MenuPart>,
    /// The calendar, as long as it is to come.
    pub calendar: Option<CalendarLinks>,
    /// The request that waits.
    pub request: Option<RequestCard>,
    /// The one that was lately declined.
    pub declined: Option<DeclinedCard>,
    /// What the places are headed with.
    pub seats_heading: &'static str,
    /// How it went, for each place.
    pub seats: Vec<SeatBox>,
    /// Price, place, length and the like.
    pub facts: Vec<Fact>,
    /// The terms in a sentence, empty if they are none of the reader's business.
    pub terms: String,
    /// What it costs, for each place, for those who may know.
    pub money: Vec<MoneyBox>,
    /// What was written while booking, for its two ends.
    pub written: Option<Written>,
    /// What happened to it, newest first.
    pub history: Vec<HistoryLine>,
}

/// A part of the menu: what concerns the whole, or one place of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuPart {
    /// Whose place; empty for the whole.
    pub name: String,
    /// What can be done.
    pub presses: Vec<Press>,
}

/// A request to move that waits for its answer.
#[derive(Clone, Debug)]
pub struct RequestCard {
    /// Who waits for whom.
    pub heading: String,
    /// The time that it has.
    pub old: Moment,
    /// What the other's clock says then; empty if the same.
    pub old_there: String,
    /// The time that is asked for.
    pub new: Moment,
    /// What the other's clock says then; empty if the same.
    pub new_there: String,
    /// The client's reason; empty if there is none, or it is none of the reader's business.
    pub reason: String,
    /// "18 hours left."
    pub left: String,
    /// Until when, and what happens without an answer.
    pub until: String,
    /// What the client may do meanwhile; empty is nothing.
    pub note: String,
    /// That the coach has become busy then; empty if not.
    pub busy: String,
    /// Agrees.
    pub approve: Option<Press>,
    /// Does not.
    pub reject: Option<Ask>,
    /// Writes to the other.
    pub write: Option<Press>,
    /// Takes it back.
    pub withdraw: Option<Press>,
    /// Who gets a mail of each (rule S10).
    pub mails: Vec<String>,
}

/// A request to move to which nobody agreed.
#[derive(Clone, Debug)]
pub struct DeclinedCard {
    /// Who said no, and why.
    pub heading: String,
    /// That it stays, and what holds for a while.
    pub line: String,
    /// Free times near the one that was asked for: where each is chosen, and when it is.
    pub times: Vec<(String, String)>,
}

/// How it went for one place.
#[derive(Clone, Debug)]
pub struct SeatBox {
    /// Whose.
    pub name: String,
    /// Whether that needs to be said.
    pub is_named: bool,
    /// How it stands.
    pub status: Status,
    /// No-show or late cancellation; empty else.
    pub cause: String,
    /// Whether it is contested and not settled.
    pub is_contested: bool,
    /// What is to be said of it, a sentence each.
    pub lines: Vec<String>,
    /// What can be pressed.
    pub presses: Vec<Press>,
    /// What needs words.
    pub asks: Vec<Ask>,
}

/// What one place costs.
#[derive(Clone, Debug)]
pub struct MoneyBox {
    /// Whose; empty if there is only one.
    pub name: String,
    /// Price, what was charged, paid and so on, what is owed.
    pub facts: Vec<Fact>,
    /// What may be done about it.
    pub asks: Vec<Ask>,
}

/// A sentence with its icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Beside it.
    pub icon: &'static str,
    /// What it says.
    pub text: String,
}

impl Sentence {
    /// One.
    pub fn new(icon: &'static str, text: impl Into<String>) -> Sentence {
        Sentence { icon, text: text.into() }
    }
}

/// `GET /sessions/{session}/move`
#[derive(Template)]
#[template(path = "sessions/move.html")]
pub struct MovePage {
    /// The frame.
    pub shell: Shell,
    /// How it goes at this moment, in one sentence.
    pub policy: String,
    /// The page of the session.
    pub base: String,
    /// What that is called.
    pub session: String,
    /// Why it does not go; empty if it does.
    pub refused: String,
    /// What can be done instead.
    pub ways: Vec<Press>,
    /// Whom to write to; empty is nobody.
    pub write: String,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// "60 minutes, as before."
    pub length: String,
    /// Whose clock the times are on.
    pub place: String,
    /// Days with their times.
    pub days: Vec<PickDay>,
    /// The first of the days, as a form carries it; empty is today.
    pub from: String,
    /// Whether the times are those nearest to one that cannot be had.
    pub instead: bool,
    /// Later days.
    pub later: Option<String>,
    /// Where the hours of the coach are, if they are the reader's.
    pub hours: Option<String>,
    /// The time that it has.
    pub old: Moment,
    /// What would happen.
    pub chosen: Option<Chosen>,
    /// As typed.
    pub reason: String,
    /// Who reads it.
    pub reason_hint: String,
    /// "Keep Tuesday, 11:00"
    pub keep: String,
    /// What is wrong with `starts_at`, `reason`.
    pub errors: FormErrors,
}

impl MovePage {
    /// Whether another time is sent with what was typed, so that nothing of it is lost.
    fn keeps_typed(&self) -> bool {
        self.chosen.is_some() || !self.reason.is_empty() || !self.errors.is_empty()
    }
}

/// A time that was chosen, and what it would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The time, and how far off.
    pub at: Moment,
    /// Whether the coach is asked first.
    pub is_asking: bool,
    /// What would happen, in sentences.
    pub lines: Vec<Sentence>,
    /// The same, as the form carries it.
    pub expect: &'static str,
    /// What the button says.
    pub button: String,
}

/// `GET /sessions/{session}/cancellation`
#[derive(Template)]
#[template(path = "sessions/cancel.html")]
pub struct EndingPage {
    /// The frame.
    pub shell: Shell,
    /// What is done: calling it off, or saying that it did not happen.
    pub title: &'static str,
    /// What it costs, in one sentence; or with whom the session is.
    pub heading: String,
    /// The page of the session.
    pub base: String,
    /// What that is called.
    pub session: String,
    /// Why it cannot be; empty if it can.
    pub refused: String,
    /// Writes to the coach, if it cannot be.
    pub write: Option<Press>,
    /// What stands in the way of what was sent; empty is nothing.
    pub conflict: String,
    /// When it is; none for what has no time.
    pub at: Option<Moment>,
    /// How it stands.
    pub status: Status,
    /// What is asked about the causes.
    pub cause_heading: &'static str,
    /// On whose side the reason may lie; one alone is no choice.
    pub causes: Vec<CauseChoice>,
    /// What happens, in sentences.
    pub lines: Vec<Sentence>,
    /// Whose part it is; empty is the reader's own, or everybody's.
    pub client: String,
    /// As typed.
    pub reason: String,
    /// Who reads that.
    pub reason_hint: String,
    /// Leads to moving it instead, or says why that cannot be.
    pub move_instead: Option<Press>,
    /// What the button says.
    pub button: String,
    /// What the way back says.
    pub keep: &'static str,
    /// What is wrong with `cause`, `reason`.
    pub errors: FormErrors,
}

/// On whose side the reason lies, and what that would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseChoice {
    /// Its code and words.
    pub choice: Choice,
    /// What it would come to.
    pub line: String,
    /// The same, as the form carries it: ending and what is kept in minor units.
    pub expect: String,
}

fn moment(iso: &str, text: &str, relative: &str) -> Moment {
    Moment { iso: iso.to_owned(), text: text.to_owned(), relative: relative.to_owned() }
}

fn send(label: &str, icon: &'static str, to: &str) -> Press {
    let target = Target::Send(format!("/sessions/ses_0000000000000/{to}"), Vec::new());
    Press { label: label.to_owned(), icon, target }
}

fn link(label: &str, icon: &'static str, to: &str) -> Press {
    let target = Target::Page(format!("/sessions/ses_0000000000000/{to}"));
    Press { label: label.to_owned(), icon, target }
}

impl SessionPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SessionPage)> {
        let t = &crate::texts::EN.sessions;
        let d = &crate::texts::EN.doing;
        let line = |what: &str, change: &str, when: &str, status| HistoryLine {
            what: what.to_owned(),
            change: change.to_owned(),
            when: when.to_owned(),
            reason: String::new(),
            status,
        };
        let ask = |id: &str, title, hint: &str| Ask {
            id: id.to_owned(),
            action: format!("/sessions/ses_0000000000000/{id}"),
            title,
            label: d.reason_for,
            hint: hint.to_owned(),
            field: "reason",
            is_line: false,
            is_needed: true,
            typed: String::new(),
            errors: FormErrors::NONE,
            open: false,
        };
        let booked = || SessionPage {
            shell: shell_of("Ines Duarte", Role::Client, "Tomorrow at 11:00, with Mara Lindqvist"),
            heading: (t.heading)("Tomorrow at 11:00", "Mara Lindqvist"),
            status: Status::Booked,
            at: moment(
                "2026-11-24T11:00:00Z",
                &(t.whole)("Tuesday 24 November 2026", "11:00", "12:00", "Lisbon"),
                "in 19 hours",
            ),
            place: "Video call".to_owned(),
            what: "Values (New leaders, session 2)".to_owned(),
            there: vec![(t.there)("12:00", "Mara", "Stockholm")],
            word: String::new(),
            conflict: String::new(),
            primary: Some(link("Move", "forward", "move")),
            beside: vec![link("Cancel", "cross", "cancellation")],
            advice: String::new(),
            menu: Vec::new(),
            calendar: Some(CalendarLinks {
                file: "/sessions/ses_0000000000000/calendar.ics".to_owned(),
                google: "https://calendar.google.com/calendar/render?action=TEMPLATE".to_owned(),
                outlook: "https://outlook.live.com/calendar/0/deeplink/compose".to_owned(),
                office: "https://outlook.office.com/calendar/0/deeplink/compose".to_owned(),
            }),
            request: None,
            declined: None,
            seats_heading: d.how_heading,
            seats: Vec::new(),
            facts: vec![Fact::new(t.length, "60 minutes"), Fact::new(t.place, "Video call here")],
            terms: (t.terms)(24, 48, "", "€ 60", "€ 120"),
            money: vec![MoneyBox {
                name: String::new(),
                facts: vec![Fact::new(t.price, "€ 120"), Fact::new(t.owed, "€ 120")],
                asks: Vec::new(),
            }],
            written: Some(Written {
                about: t.note_own.to_owned(),
                note: "I have to tell my team something they will not like.".to_owned(),
                answers: vec![Fact::new(
                    "What should be different in an hour?",
                    "A first sentence that I can say.",
                )],
            }),
            history: vec![
                line("You booked it", "", "Mon 9 Nov, 12:03", Status::Booked),
                line("Session 2 opened, after session 1", "", "Mon 9 Nov, 12:00", Status::Unbooked),
            ],
        };
        let mut asked = booked();
        asked.primary = None;
        asked.beside.clear();
        asked.request = Some(RequestCard {
            heading: (d.waiting_for_coach)("Mara", 1),
            old: moment("2026-11-24T11:00:00Z", "Tue 24 Nov, 11:00", "in 19 hours"),
            old_there: "12:00 for Mara in Stockholm".to_owned(),
            new: moment("2026-11-26T14:30:00Z", "Thu 26 Nov, 14:30", "in 3 days"),
            new_there: "15:30 for Mara in Stockholm".to_owned(),
            reason: "My daughter's school play was moved.".to_owned(),
            left: (d.left)("18 hours"),
            until: (d.until)("Mara", 1, "tomorrow at 10:00", "Tuesday"),
            note: (d.may_cancel)().to_owned(),
            busy: d.busy_other.to_owned(),
            approve: Some(send(d.approve_anyway, "check", "move/approval")),
            reject: Some(ask("rejection", d.reject, d.reject_hint)),
            write: Some(link((d.write_to)("Mara").as_str(), "message", "messages")),
            withdraw: Some(send(d.withdraw, "undo", "move/withdrawal")),
            mails: vec![(d.mails_if)(d.withdraw, "Mara", 1)],
        });
        let mut declined = booked();
        declined.declined = Some(DeclinedCard {
            heading: (d.could_not)("Mara", "I teach then."),
            line: [(d.stays_then)("Thu 26 Nov, 14:30"), (d.fair_until)("tomorrow at 10:00")].join(" "),
            times: vec![(
                "/sessions/ses_0000000000000/move?at=2026-11-26T15:30:00Z".to_owned(),
                "Thu 26 Nov, 15:30".to_owned(),
            )],
        });
        let mut over = booked();
        over.shell = shell_of("Mara Lindqvist", Role::Coach, "Thu 19 Nov at 11:00, with Hana Mori");
        over.heading = (t.heading)("Thu 19 Nov at 11:00", "Hana Mori");
        over.word = t.unmarked.to_owned();
        over.calendar = None;
        over.there = Vec::new();
        over.primary = Some(send("Mark completed", "check", "attendance/per_0000000000000"));
        over.beside = vec![send("Mark no-show", "cross", "attendance/per_0000000000000")];
        over.advice = d.wait_advice.to_owned();
        let not_now = Press {
            label: "Move".to_owned(),
            icon: "forward",
            target: Target::NotNow("The session began Thursday 19 November 2026, 11:00.".to_owned()),
        };
        let part = |name: &str, presses| MenuPart { name: name.to_owned(), presses };
        over.menu = vec![
            part("", vec![not_now, link("It did not happen", "warn", "cancellation")]),
            part("Hana Mori", vec![send("Mark completed", "check", "attendance/per_0000000000000")]),
        ];
        over.written = None;
        let mut off = booked();
        off.status = Status::Cancelled;
        off.word = "Called off by Mara Lindqvist, Mon 23 Nov at 09:12".to_owned();
        off.calendar = None;
        off.terms = String::new();
        off.written = None;
        let mut missed = booked();
        missed.status = Status::Missed;
        missed.conflict = "It was contested before; that works once.".to_owned();
        missed.seats = vec![SeatBox {
            name: "Hana Mori".to_owned(),
            is_named: true,
            status: Status::Missed,
            cause: "no-show".to_owned(),
            is_contested: true,
            lines: vec![(d.marked)("by you", "today at 11:20"), (d.tells)("Hana", "11:35")],
            presses: vec![send(d.undo, "undo", "attendance/per_0000000000000/undo")],
            asks: vec![
                ask("forgiveness", d.forgive, d.forgive_hint),
                ask("settlement", d.settle, d.settle_hint),
            ],
        }];
        vec![
            ("booked", booked()),
            ("asked", asked),
            ("declined", declined),
            ("unmarked", over),
            ("cancelled", off),
            ("missed", missed),
        ]
    }
}

impl MovePage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, MovePage)> {
        let m = &crate::texts::EN.moving;
        let slot = |time: &str, chosen| PickSlot {
            value: format!("2026-11-26T{time}:00Z"),
            label: time.to_owned(),
            theirs: "in an hour".to_owned(),
            chosen,
        };
        let page = |days, chosen| MovePage {
            shell: shell_of("Ines Duarte", Role::Client, m.title),
            policy: (m.by_asking)("45 hours", "Mara", 1),
            base: "/sessions/ses_0000000000000".to_owned(),
            session: "Session 2 with Mara".to_owned(),
            refused: String::new(),
            ways: Vec::new(),
            write: String::new(),
            conflict: String::new(),
            length: (m.as_before)(60),
            place: "Lisbon".to_owned(),
            days,
            from: String::new(),
            instead: false,
            later: Some("/sessions/ses_0000000000000/move?from=2026-12-08".to_owned()),
            hours: None,
            old: moment("2026-11-24T11:00:00Z", "Tue 24 Nov, 11:00", "in 45 hours"),
            chosen,
            reason: "My daughter's school play was moved to Tuesday noon.".to_owned(),
            reason_hint: (m.reason_hint)("Mara", 1),
            keep: (m.keep)("Tue 24 Nov, 11:00"),
            errors: FormErrors::NONE,
        };
        let days = || {
            vec![
                PickDay {
                    label: "Wed 25 Nov".to_owned(),
                    count: "2 times".to_owned(),
                    open: true,
                    slots: vec![slot("08:00", false), slot("13:00", false)],
                },
                PickDay {
                    label: "Thu 26 Nov".to_owned(),
                    count: "2 times".to_owned(),
                    open: false,
                    slots: vec![slot("09:30", false), slot("14:30", true)],
                },
            ]
        };
        let chosen = Chosen {
            at: moment("2026-11-26T14:30:00Z", "Thu 26 Nov, 14:30", "in 4 days"),
            is_asking: true,
            lines: vec![
                Sentence::new("calendar", (m.stays)("Tuesday", "Thursday")),
                Sentence::new("clock", (m.decides)("Mara", 1, "Tue 24 Nov, 10:00", "Tuesday")),
                Sentence::new("mail", (m.mails)("you and Mara", 2)),
            ],
            expect: "asked",
            button: (m.ask)("Mara"),
        };
        let late = MovePage {
            policy: (m.too_late)("20 hours"),
            refused: "It begins Tuesday 24 November 2026, 11:00: too soon to move it by yourself.".to_owned(),
            ways: vec![link(m.cancel_instead, "cross", "cancellation")],
            write: (m.write)("Mara"),
            later: None,
            ..page(Vec::new(), None)
        };
        let lost = MovePage {
            conflict: "Thursday 26 November 2026, 14:30 is not free any more.".to_owned(),
            instead: true,
            ..page(days(), None)
        };
        vec![
            ("first", page(days(), None)),
            ("chosen", page(days(), Some(chosen))),
            ("lost", lost),
            ("late", late),
            (
                "none",
                MovePage { later: None, hours: Some("/practice/hours".to_owned()), ..page(Vec::new(), None) },
            ),
        ]
    }
}

impl EndingPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, EndingPage)> {
        let e = &crate::texts::EN.ending;
        let cause = |value: &str, label: &str, line: &str| CauseChoice {
            choice: Choice::new(value, label, "client"),
            line: line.to_owned(),
            expect: "missed 11000".to_owned(),
        };
        let page = |causes| EndingPage {
            shell: shell_of("Ines Duarte", Role::Client, e.title),
            title: e.title,
            heading: (e.costs)("20 hours", "€ 110"),
            base: "/sessions/ses_0000000000000".to_owned(),
            session: "Session 2 with Mara".to_owned(),
            refused: String::new(),
            write: None,
            conflict: String::new(),
            at: Some(moment("2026-11-24T11:00:00Z", "Tue 24 Nov, 11:00", "in 20 hours")),
            status: Status::Booked,
            cause_heading: e.cause_heading,
            causes,
            lines: vec![Sentence::new("warn", e.missed)],
            client: String::new(),
            reason: String::new(),
            reason_hint: (crate::texts::EN.moving.reason_hint)("Mara", 1),
            move_instead: Some(Press {
                label: e.move_instead.to_owned(),
                icon: "right",
                target: Target::NotNow("A request to move it waits already.".to_owned()),
            }),
            button: e.submit.to_owned(),
            keep: e.keep,
            errors: FormErrors::NONE,
        };
        let of_house = EndingPage {
            heading: (e.heading)("Ines Duarte"),
            conflict: "What this would come to has changed.".to_owned(),
            errors: FormErrors::from_iter([("cause", "Choose one of those offered".to_owned())]),
            ..page(vec![
                cause("client", "Ines asked for it", "€ 110 is kept."),
                cause("coach", "I cannot", "Nothing is kept."),
            ])
        };
        let refused = EndingPage {
            refused: "The session began Tuesday 24 November 2026, 11:00.".to_owned(),
            write: Some(link("Write to Mara", "message", "messages")),
            ..page(Vec::new())
        };
        vec![("client", page(vec![cause("client", "", "")])), ("house", of_house), ("refused", refused)]
    }
}
