//! Sessions that newer zone data would put at another time of day (rule T5). Their instants stay as they are: what a
//! person has to decide about is listed, and nothing is moved.

use jiff::civil::DateTime;
use rules::ids::{PersonId, SessionId};
use rules::permission::{Action, Reach};
use rules::refusal::Refusal;
use rules::time::{Instant, Zone, zone_data_version};

use crate::event::Actor;
use crate::session::{TOPIC_COLUMNS, TOPIC_TABLES, Topic, topic};
use crate::{Result, Tx, args, reach};

/// The most sessions that are listed.
pub const DIFFERING_MAX: usize = 500;

/// A session to come whose wall clock shows another time than it was booked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The session.
    pub session: SessionId,
    /// What it is.
    pub topic: Topic,
    /// The names of those who come.
    pub clients: Vec<String>,
    /// Who coaches it and marks it.
    pub coach: Option<PersonId>,
    /// When it is: as it was booked, to the second.
    pub starts_at: Instant,
    /// In whose zone it was booked.
    pub zone: Zone,
    /// The time of day for which it was booked.
    pub booked_for: DateTime,
    /// The time of day that the same instant has now.
    pub is_now: DateTime,
    /// Which zone data were in use when it was booked.
    pub zone_data: String,
}

/// The sessions to come whose wall time differs under the zone data in use now, soonest first, at most
/// [`DIFFERING_MAX`]: all of them for an admin, their own for a coach.
///
/// # Errors
/// [`Refusal::MayNot`] for whoever is neither.
pub fn differing(tx: &mut Tx, by: &Actor) -> Result<Vec<Differing>> {
    let action = Action::MoveSession;
    let reach = reach::of(by, action);
    if !reach.is_all() && !reach.contains(Reach::SESSIONS) {
        return Err(Refusal::MayNot { action }.into());
    }
    let now = tx.now();
    let mut differing = Vec::new();
    let sql = format!(
        "SELECT s.id, m.coach_id, s.starts_at, s.zone, s.wall_time, s.zone_data,
             COALESCE((SELECT STRING_AGG(p.name, '\n' ORDER BY p.folded_name, p.id)
                 FROM attendance a JOIN person p ON p.id = a.client_id
                 WHERE a.session_id = s.id AND a.left_at IS NULL AND a.greyed_out_at IS NULL), ''),
             {TOPIC_COLUMNS}
         FROM session s LEFT JOIN session_coach m ON m.session_id = s.id AND m.marking {TOPIC_TABLES}
         WHERE s.starts_at > $1 AND s.zone_data <> $2 AND s.cancelled_at IS NULL
             AND ($3 OR EXISTS (SELECT 1 FROM session_coach c WHERE c.session_id = s.id AND c.coach_id = $4))
         ORDER BY s.starts_at, s.id"
    );
    // What was booked with the data in use now cannot differ from them.
    tx.each(&sql, args![now, zone_data_version(), reach.is_all(), by.person()], |row| {
        let (starts_at, zone): (Instant, Zone) = (row.get(2)?, row.get(3)?);
        let (booked_for, is_now) = (row.parse::<DateTime>(4)?, zone.local(starts_at));
        if booked_for != is_now && differing.len() < DIFFERING_MAX {
            let (session, coach, zone_data) = (row.get(0)?, row.get(1)?, row.get(5)?);
            let clients = row.get::<String>(6)?.lines().map(str::to_owned).collect();
            let topic = topic(row, 7)?;
            differing.push(Differing {
                session,
                topic,
                clients,
                coach,
                starts_at,
                zone,
                booked_for,
                is_now,
                zone_data,
            });
        }
        Ok(())
    })?;
    Ok(differing)
}
