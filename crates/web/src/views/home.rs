//! What a client sees first: what is next, and their path.

use askama::Template;

use super::filters;
use super::parts::{Moment, SessionLine, Step};
use crate::cairn::Stone;
use crate::shell::Shell;
use crate::status::Status;

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
    /// What is booked after it, soonest first.
    pub coming: Vec<SessionLine>,
    /// What has been, latest first.
    pub past: Vec<SessionLine>,
    /// Their path.
    pub journey: Option<Journey>,
}

/// The session that is next.
#[derive(Clone, Debug)]
pub struct NextSession {
    /// When.
    pub at: Moment,
    /// With whom, how long, where, and when that is for the other.
    pub line: String,
    /// How it stands.
    pub status: Status,
}

/// A path of sessions.
#[derive(Clone, Debug)]
pub struct Journey {
    /// What it is called.
    pub title: String,
    /// How far it is, in a sentence.
    pub line: String,
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
            coming: Vec::new(),
            past: Vec::new(),
            journey: None,
        };
        let steps = Step::samples();
        let journey = Journey {
            title: "Leading through change".to_owned(),
            line: "Three stones placed, one fell. Today would be the fourth.".to_owned(),
            stones: steps.iter().map(|step| Stone { number: step.number, status: step.status }).collect(),
            steps,
        };
        let full = HomePage {
            next: Some(NextSession {
                at: Moment::sample(),
                line: "Session 5 with Mara Lindqvist. 60 minutes by video, until 17:00 in Lisbon (18:00 for Mara in Stockholm)."
                    .to_owned(),
                status: Status::Booked,
            }),
            coming: vec![SessionLine::sample("Tue 1 December, 14:00", "Pod: practice, with Mara Lindqvist", Status::Booked)],
            past: vec![
                SessionLine::sample("Thu 22 October, 16:00", "Conflict, with Mara Lindqvist", Status::Completed),
                SessionLine::sample("Thu 8 October, 10:00", "Pod: feedback, no-show", Status::Missed),
            ],
            journey: Some(journey),
            ..empty()
        };
        let between = HomePage {
            past: vec![SessionLine::sample(
                "Thu 22 October, 16:00",
                "Intro call with Mara Lindqvist",
                Status::Completed,
            )],
            ..empty()
        };
        vec![("full", full), ("empty", empty()), ("between", between)]
    }
}
