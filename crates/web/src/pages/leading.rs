//! What waits for whoever runs programs, wherever they begin: on their desk, on a coach's day, on a client's home (rules G5
//! to G9). Whoever runs none is asked nothing of the store.

use model::event::Actor;
use model::program::pod::{self, Stuck};
use model::program::{completion, desk, escalation, inactive};
use model::{Tx, organisation};
use rules::time::Instant;

use crate::meeting::Teller;
use crate::texts::Texts;
use crate::views::home::Need;

/// What waits in the programs that somebody runs.
pub(super) struct Leading {
    /// The cohorts that they lead.
    pub(super) led: Vec<desk::Led>,
    stuck: Vec<Stuck>,
    proposals: Vec<completion::Proposal>,
    offers: Vec<escalation::Offer>,
    quiet: u32,
    /// After how many unanswered reminders sponsors may be told.
    enough: i64,
}

impl Leading {
    pub(super) fn read(tx: &mut Tx, by: &Actor) -> model::Result<Leading> {
        Ok(Leading {
            led: desk::led(tx, by)?,
            stuck: pod::stuck(tx, by)?,
            proposals: completion::proposals(tx, by, None)?,
            offers: escalation::offers(tx, by)?,
            quiet: inactive::count(tx, by)?,
            enough: organisation::get(tx)?.unanswered_reminders,
        })
    }

    /// Steps that nobody can book any more, what cohorts lack, proposals, those who do not answer, and those who have gone
    /// quiet.
    pub(super) fn needs(&self, teller: &Teller<'_>, now: Instant, t: &Texts) -> Vec<Need> {
        let e = &t.endings;
        let mut needs: Vec<Need> = self.stuck.iter().map(|one| no_date(one, t)).collect();
        needs.extend(self.led.iter().flat_map(|one| lacks(one, t)));
        needs.extend(self.proposals.iter().map(|one| Need {
            title: one.name.clone(),
            line: format!(
                "{}. {}",
                one.cohort_name,
                (e.proposes)(&one.by, &teller.clockface().near(one.at, now))
            ),
            href: format!("/journeys/{}/completion", one.journey),
            button: e.decide,
        }));
        needs.extend(self.offers.iter().map(|one| Need {
            title: (e.offered)(one.people, &one.name),
            line: (e.escalate_none)(self.enough),
            href: format!("/cohorts/{}/escalation", one.cohort),
            button: e.escalate,
        }));
        if self.quiet > 0 {
            needs.push(Need {
                title: (e.listed)(self.quiet),
                line: e.inactive_told.to_owned(),
                href: "/inactive".to_owned(),
                button: e.quiet_offer,
            });
        }
        needs
    }
}

/// What a cohort lacks: coaches for some of its people, dates for some of its pods.
fn lacks(one: &desk::Led, t: &Texts) -> Vec<Need> {
    let d = &t.desk;
    let mut lacks = Vec::new();
    if one.without_coach > 0 {
        lacks.push(Need {
            title: (d.coachless)(&one.name, one.without_coach),
            line: d.coachless_about.to_owned(),
            href: format!("/cohorts/{}/coaches", one.cohort),
            button: d.give_coach,
        });
    }
    if one.pods_without_date > 0 {
        lacks.push(Need {
            title: (d.dateless)(&one.name, one.pods_without_date),
            line: d.dateless_about.to_owned(),
            href: format!("/cohorts/{}/pods", one.cohort),
            button: d.give_date,
        });
    }
    lacks
}

/// Steps of a cohort that cannot be booked any more (rule G5).
fn no_date(one: &Stuck, t: &Texts) -> Need {
    Need {
        title: format!("{}: {}", one.name, (t.pods.stuck)(one.steps)),
        line: t.pods.stuck_about.to_owned(),
        href: format!("/cohorts/{}/pods", one.cohort),
        button: t.pods.stuck_button,
    }
}
