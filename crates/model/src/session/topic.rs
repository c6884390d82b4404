//! What a session is: all that it can be called by, read in one way for every page and list. The words are not made here.

use rules::session::SessionKind;

use crate::{Result, Row};

/// What a session is, by what was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// What sort of meeting.
    pub kind: SessionKind,
    /// What the coach calls it, if it was booked as an offering.
    pub offering: Option<String>,
    /// Which step of a pathway it is.
    pub step: Option<Step>,
    /// The name of the pod, if it is one's.
    pub pod: Option<String>,
    /// What it is called, if it was added to a journey beside its steps (rule G11).
    pub extra: Option<String>,
}

/// A step of a pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// What the pathway is called.
    pub pathway: String,
}

/// The columns of a [`Topic`]; [`topic`] reads them.
pub(crate) const TOPIC_COLUMNS: &str =
    "s.kind, topic_o.name, topic_t.no, topic_t.name, topic_w.name, topic_d.name, topic_x.name";
/// How many those are: whatever a query adds follows them.
pub(crate) const TOPIC_COLUMN_COUNT: usize = 7;

/// What a query of sessions `s` joins for [`TOPIC_COLUMNS`]. All places of a session are of one step; a pod has its own,
/// whoever is in it.
pub(crate) const TOPIC_TABLES: &str = "LEFT JOIN offering topic_o ON topic_o.id = s.offering_id
    LEFT JOIN pod topic_d ON topic_d.id = s.pod_id
    LEFT JOIN step topic_t ON topic_t.id = COALESCE(topic_d.step_id, (SELECT MIN(topic_a.step_id)
        FROM attendance topic_a WHERE topic_a.session_id = s.id))
    LEFT JOIN pathway topic_w ON topic_w.id = topic_t.pathway_id
    LEFT JOIN extra topic_x ON topic_x.session_id = s.id";

/// Reads a [`Topic`] from its columns, of which the first is this one.
pub(crate) fn topic(row: &Row<'_>, from: usize) -> Result<Topic> {
    let step = match (row.get(from + 2)?, row.get(from + 3)?, row.get(from + 4)?) {
        (Some(number), Some(name), Some(pathway)) => Some(Step { number, name, pathway }),
        _ => None,
    };
    Ok(Topic {
        kind: row.parse(from)?,
        offering: row.get(from + 1)?,
        step,
        pod: row.get(from + 5)?,
        extra: row.get(from + 6)?,
    })
}
