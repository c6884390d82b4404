//! A meeting in words, for one reader: what it is, with whom, when, and when that is for the other (rule T2).

use model::agenda::Meeting;
use model::person::Person;
use model::session::{Step, Topic};
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
        Moment { iso: at.to_string(), text: self.near(at), relative: self.clockface.start(at, self.now) }
    }

    /// "Tomorrow at 09:00", as a line begins.
    pub fn near(&self, at: Instant) -> String {
        capital(&self.clockface.near(at, self.now))
    }

    /// "60 minutes by video".
    pub fn length(&self, meeting: &Meeting) -> String {
        (self.t.meeting.length)(meeting.minutes, self.t.meeting.place(meeting.place))
    }

    /// Whom a coach meets: one by name, a group by its own.
    pub fn whom(&self, meeting: &Meeting) -> String {
        match (meeting.others.as_slice(), &meeting.topic.pod) {
            (_, Some(pod)) => pod.clone(),
            ([one], None) => one.name.clone(),
            (others, None) => (self.t.meeting.people)(others.len()),
        }
    }

    /// "(18:00 for Ada in Stockholm)": what the other's clock says `at` this moment of the meeting, unless it says the
    /// same. Of a group it is not told.
    pub fn there(&self, meeting: &Meeting, at: Instant) -> Option<String> {
        let [other] = meeting.others.as_slice() else { return None };
        let (here, there) = (self.reader.zone.local(at), other.zone.local(at));
        if here == there {
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
        let what = name(&meeting.topic, self.t);
        let line = match meeting.others.first() {
            Some(coach) => (self.t.meeting.with)(&what, &coach.name),
            None => what,
        };
        self.line(meeting, line)
    }

    /// A line of a coach's list.
    pub fn line_for_coach(&self, meeting: &Meeting) -> SessionLine {
        let line = [self.whom(meeting), self.which(meeting), self.length(meeting)];
        self.line(meeting, line.join(", "))
    }

    /// What a coach needs to hear besides the name: what it is, and of a group how many people.
    pub fn which(&self, meeting: &Meeting) -> String {
        let name = name_beside(&meeting.topic, &self.whom(meeting), self.t);
        match meeting.topic.kind {
            SessionKind::Pod => format!("{name}, {}", (self.t.meeting.people)(meeting.others.len())),
            SessionKind::Intro | SessionKind::OneToOne => name,
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

/// What a session is called, wherever one is named: as its coach calls what was booked, else its step and pathway, else
/// as it was called when it was added to a journey, else its pod, else its kind. How many steps there are in all is not said: what an admin disabled is invisible to a client
/// (rule S11).
pub fn name(topic: &Topic, t: &Texts) -> String {
    match topic {
        Topic { offering: Some(offering), .. } => offering.clone(),
        Topic { step: Some(Step { number, name, pathway }), .. } => (t.meeting.step)(name, pathway, *number),
        Topic { extra: Some(extra), .. } => extra.clone(),
        Topic { pod: Some(pod), .. } => pod.clone(),
        Topic { kind, .. } => kind_in_words(*kind, t).to_owned(),
    }
}

/// The same beside somebody's name: a group that is called like its session is not named twice.
pub fn name_beside(topic: &Topic, who: &str, t: &Texts) -> String {
    Some(name(topic, t)).filter(|name| name != who).unwrap_or_else(|| kind_in_words(topic.kind, t).to_owned())
}

/// Who comes, to what, and what there is to say of it besides; a group is called by its name.
pub fn line_of(clients: &[String], topic: &Topic, more: &[&str], t: &Texts) -> String {
    let who = match (clients, &topic.pod) {
        (_, Some(pod)) => pod.clone(),
        (clients, None) => clients.join(", "),
    };
    let what = name_beside(topic, &who, t);
    let said = [who.as_str(), what.as_str()].into_iter().chain(more.iter().copied());
    said.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn kind_in_words(kind: SessionKind, t: &Texts) -> &'static str {
    match kind {
        SessionKind::Intro => t.meeting.intro,
        SessionKind::OneToOne => t.meeting.one_to_one,
        SessionKind::Pod => t.meeting.pod,
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
