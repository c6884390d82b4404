//! The small shapes that components show, with their samples.

use crate::status::Status;

/// A moment as it is read: written out, and how far off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for `<time>`; the islands count from it.
    pub iso: String,
    /// "Today at 16:00", in the reader's zone.
    pub text: String,
    /// "in 12 minutes"
    pub relative: String,
}

impl Moment {
    pub(super) fn sample() -> Moment {
        Moment {
            iso: "2026-11-23T16:00:00Z".to_owned(),
            text: "Today at 16:00".to_owned(),
            relative: "in 12 minutes".to_owned(),
        }
    }
}

/// One session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// When.
    pub title: String,
    /// With whom, which.
    pub line: String,
    /// How it stands.
    pub status: Status,
}

impl SessionLine {
    pub(super) fn sample(title: &str, line: &str, status: Status) -> SessionLine {
        SessionLine { title: title.to_owned(), line: line.to_owned(), status }
    }
}

/// One step of a journey, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// When it was or could be; empty is nothing to say.
    pub line: String,
    /// How it stands.
    pub status: Status,
}

impl Step {
    pub(super) fn samples() -> Vec<Step> {
        [
            ("Start", "8 Sep", Status::Completed),
            ("Values", "2 Oct", Status::Completed),
            ("Pod: feedback", "8 Oct, no-show", Status::Missed),
            ("Conflict", "22 Oct", Status::Completed),
            ("Delegation", "today, 16:00", Status::Booked),
            ("Pod: practice", "", Status::GreyedOut),
            ("The hard talk", "best 7 to 18 Dec", Status::Unbooked),
            ("Close", "", Status::Unbooked),
        ]
        .into_iter()
        .zip(1..)
        .map(|((title, line, status), number)| Step {
            number,
            title: title.to_owned(),
            line: line.to_owned(),
            status,
        })
        .collect()
    }
}

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLink {
    /// Its name.
    pub name: String,
    /// Its address.
    pub href: String,
    /// Kind and size.
    pub line: String,
}

/// A link that filters a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterLink {
    /// What is left.
    pub label: String,
    /// The list, filtered.
    pub href: String,
    /// How many there are, where that is known.
    pub count: Option<usize>,
    /// Whether this is how the list is filtered now.
    pub current: bool,
}

impl FilterLink {
    pub(super) fn samples() -> Vec<FilterLink> {
        [
            ("All", None, true),
            ("Waiting", Some(2), false),
            ("Given up", Some(1), false),
            ("Sent", Some(318), false),
        ]
        .into_iter()
        .map(|(label, count, current)| FilterLink {
            label: label.to_owned(),
            href: "#".to_owned(),
            count,
            current,
        })
        .collect()
    }
}
