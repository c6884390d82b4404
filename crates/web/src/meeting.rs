//! A meeting in words, for one reader: what it is, with whom, when, and when that is for the other (rule T2).

use model::agenda::Meeting;
use model::person::Person;
use rules::attendance::Outcome;
use rules::session::SessionKind;
use rules::time::Instant;

use crate::texts::{Texts, texts};
use crate::views::parts::{Moment, SessionLine};
use crate::words::{Clockface, first_name};

/// Writes meetings for one reader at one moment.
pub struct Teller<'a> {
    reader: &'a Person,
    clockface: Clockface,
    now: Instant,
    t: &'static Texts,
}

impl<'a> Teller<'a> {
    /// For this reader.
    pub fn new(reader: &'a Person, now: Instant) -> Teller<'a> {
        Teller { reader, clockface: Clockface::of(reader), now, t: texts(reader.language) }
    }

    /// The reader's clock.
    pub fn clockface(&self) -> &Clockface {
        &self.clockface
    }

    /// "Today at 16:00", "in 12 minutes".
    pub fn moment(&self, at: Instant) -> Moment {
        Moment { iso: at.to_string(), text: self.near(at), relative: self.clockface.relative(at, self.now) }
    }

    /// "Tomorrow at 09:00", as a line begins.
    pub fn near(&self, at: Instant) -> String {
        capital(&self.clockface.near(at, self.now))
    }

    /// "Session 5 of 8, Letting go", "Intro call".
    pub fn what(&self, meeting: &Meeting) -> String {
        match (&meeting.step, &meeting.pod, meeting.kind) {
            (Some(step), ..) => (self.t.meeting.step)(step.number, step.of, &step.name),
            (None, Some(pod), _) => pod.clone(),
            (None, None, SessionKind::Intro) => self.t.meeting.intro.to_owned(),
            (None, None, SessionKind::OneToOne) => self.t.meeting.one_to_one.to_owned(),
            (None, None, SessionKind::Pod) => self.t.meeting.pod.to_owned(),
        }
    }

    /// "60 minutes by video".
    pub fn length(&self, meeting: &Meeting) -> String {
        (self.t.meeting.length)(meeting.minutes, self.t.meeting.place(meeting.place))
    }

    /// Whom a coach meets: one by name, a group by its own.
    pub fn whom(&self, meeting: &Meeting) -> String {
        match (meeting.others.as_slice(), &meeting.pod) {
            (_, Some(pod)) => pod.clone(),
            ([one], None) => one.name.clone(),
            (others, None) => (self.t.meeting.people)(others.len()),
        }
    }

    /// "(18:00 for Ada in Stockholm)": what the other's clock says `at` this moment of the meeting, unless it says the
    /// same. Of a group it is not told.
    pub fn there(&self, meeting: &Meeting, at: Instant) -> Option<String> {
        let [other] = meeting.others.as_slice() else { return None };
        let (here, there) = (at.to_zoned(self.reader.zone.tz()), at.to_zoned(other.zone.tz()));
        if here.datetime() == there.datetime() {
            return None;
        }
        let theirs = Clockface::new(other.zone.clone(), self.reader.hour_style, self.reader.language);
        let same_day = here.date() == there.date();
        let time = if same_day { theirs.time(at) } else { theirs.short(at, self.now) };
        Some((self.t.meeting.there)(&time, first_name(&other.name), &theirs.place()))
    }

    /// "until 17:00 in Lisbon".
    pub fn until(&self, meeting: &Meeting) -> String {
        (self.t.meeting.until)(&self.clockface.time(meeting.ends_at), &self.clockface.place())
    }

    /// A line of a client's list.
    pub fn line_for_client(&self, meeting: &Meeting) -> SessionLine {
        // How many there are in all is not said: what an admin disabled is invisible to a client (rule S11).
        let what = match &meeting.step {
            Some(step) => (self.t.meeting.own_step)(step.number, &step.name),
            None => self.what(meeting),
        };
        let line = match meeting.others.first() {
            Some(coach) => (self.t.meeting.with)(&what, &coach.name),
            None => what,
        };
        self.line(meeting, line)
    }

    /// A line of a coach's list.
    pub fn line_for_coach(&self, meeting: &Meeting) -> SessionLine {
        let mut line = vec![self.whom(meeting)];
        line.extend(self.which(meeting));
        line.push(self.length(meeting));
        self.line(meeting, line.join(", "))
    }

    /// What a coach needs to hear besides the name: which step, how many people. Of a 1:1 of the practice, nothing.
    pub fn which(&self, meeting: &Meeting) -> Option<String> {
        match (&meeting.pod, &meeting.step, meeting.kind) {
            (Some(_), ..) => Some((self.t.meeting.people)(meeting.others.len())),
            (None, None, SessionKind::OneToOne) => None,
            _ => Some(self.what(meeting)),
        }
    }

    fn line(&self, meeting: &Meeting, mut line: String) -> SessionLine {
        // A Missed carries its cause (rule S6).
        let cause = match meeting.outcome {
            Some(Outcome::NoShow) => Some(self.t.meeting.no_show),
            Some(Outcome::LateCancellation) => Some(self.t.meeting.late_cancellation),
            Some(Outcome::Completed) | None => None,
        };
        if let Some(cause) = cause {
            line.push_str(", ");
            line.push_str(cause);
        }
        SessionLine {
            href: address(meeting),
            title: self.near(meeting.starts_at),
            line,
            status: meeting.status,
        }
    }
}

/// The page of a meeting.
pub fn address(meeting: &Meeting) -> String {
    format!("/sessions/{}", meeting.session)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
