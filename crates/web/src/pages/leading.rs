//! What waits for whoever runs programs, wherever they begin: on their desk, on a coach's day, on a client's home (rules G5
//! to G9, S7). Whoever runs none is asked nothing of the store.

use model::event::Actor;
use model::program::desk::{self, Lack, Lacks, Small};
use model::program::{completion, escalation, inactive};
use model::{Tx, organisation, reach};
use rules::permission::Action;
use rules::time::Instant;

use crate::meeting::Teller;
use crate::texts::Texts;
use crate::views::board::Crumb;
use crate::views::home::Need;

/// So many places of the same need are named; the others are counted.
const PLACES_SHOWN: usize = 5;

/// What waits in the programs that somebody runs.
pub(super) struct Leading {
    /// The cohorts that they lead.
    pub(super) led: Vec<desk::Led>,
    lacks: Lacks,
    small: Vec<Small>,
    unmarked: usize,
    proposals: Vec<completion::Proposal>,
    offers: Vec<escalation::Offer>,
    quiet: u32,
    /// After how many unanswered reminders sponsors may be told.
    enough: i64,
    /// Whether they may disable a step for somebody.
    greys_out: bool,
}

impl Leading {
    pub(super) fn read(tx: &mut Tx, by: &Actor) -> model::Result<Leading> {
        Ok(Leading {
            led: desk::led(tx, by)?,
            lacks: desk::lacks(tx, by)?,
            small: desk::small(tx, by)?,
            unmarked: desk::unmarked(tx, by)?,
            proposals: completion::proposals(tx, by, None)?,
            offers: escalation::offers(tx, by)?,
            quiet: inactive::count(tx, by)?,
            enough: organisation::get(tx)?.unanswered_reminders,
            greys_out: !reach::of(by, Action::GreyOut).is_none(),
        })
    }

    /// Steps that nobody can book any more, what cohorts lack, pods that are too small, sessions without an outcome,
    /// proposals, those who do not answer, and those who have gone quiet.
    pub(super) fn needs(&self, teller: &Teller<'_>, now: Instant, t: &Texts) -> Vec<Need> {
        let (d, e) = (&t.desk, &t.endings);
        let stuck = Lacking {
            says: t.pods.stuck,
            line: (t.pods.stuck_about)(self.greys_out),
            page: "pods",
            button: t.pods.stuck_button,
        };
        let coachless =
            Lacking { says: d.coachless, line: d.coachless_about, page: "coaches", button: d.give_coach };
        let dateless =
            Lacking { says: d.dateless, line: d.dateless_about, page: "pods", button: d.give_date };
        let mut needs = Vec::new();
        needs.extend(stuck.need(&self.lacks.stuck, t));
        needs.extend(coachless.need(&self.lacks.coachless, t));
        needs.extend(dateless.need(&self.lacks.dateless, t));
        needs.extend(too_small(&self.small, teller, t));
        if self.unmarked > 0 {
            needs.push(
                Need::of((d.no_outcome)(self.unmarked), d.no_outcome_about.to_owned())
                    .at("/sessions?view=to_mark", d.no_outcome_list),
            );
        }
        needs.extend(self.proposals.iter().map(|one| {
            let said = (e.proposes)(&one.by, &teller.clockface().near(one.at, now));
            let need = Need::of(one.name.clone(), format!("{}. {said}", one.cohort_name));
            need.at(&format!("/journeys/{}/completion", one.journey), e.decide)
        }));
        needs.extend(self.offers.iter().map(|one| {
            let need = Need::of((e.offered)(one.people, &one.name), (e.escalate_none)(self.enough));
            need.at(&format!("/cohorts/{}/escalation", one.cohort), e.escalate)
        }));
        if self.quiet > 0 {
            let need = Need::of((e.listed)(self.quiet), e.inactive_told.to_owned());
            needs.push(need.at("/inactive", e.quiet_offer));
        }
        needs
    }
}

/// What cohorts lack, in words, and where it is mended.
struct Lacking {
    /// How much.
    says: fn(usize) -> String,
    /// What it means.
    line: &'static str,
    /// The page of a cohort.
    page: &'static str,
    button: &'static str,
}

impl Lacking {
    /// One row for all cohorts: of one it has the name, of more how much each of them lacks.
    fn need(&self, all: &[Lack], t: &Texts) -> Option<Need> {
        let first = all.first()?;
        let href = |one: &Lack| format!("/cohorts/{}/{}", one.cohort, self.page);
        let sum = (self.says)(all.iter().map(|one| one.count).sum());
        let title = if all.len() == 1 { format!("{}: {sum}", first.name) } else { sum };
        let need = Need::of(title, self.line.to_owned()).at(&href(first), self.button);
        Some(need.in_places(all, |one| (format!("{} ({})", one.name, one.count), href(one)), t))
    }
}

/// Pods of which it was warned, in one row.
fn too_small(all: &[Small], teller: &Teller<'_>, t: &Texts) -> Option<Need> {
    let p = &t.pods;
    let first = all.first()?;
    let href = |one: &Small| format!("/sessions/{}", one.session);
    let when = |one: &Small| teller.near(one.starts_at);
    let need = if all.len() == 1 {
        Need::of((p.small_subject)(&first.name, &when(first)), (p.small_says)(first.members, first.least))
    } else {
        Need::of((p.small_many)(all.len()), p.small_many_about.to_owned())
    };
    let place = |one: &Small| (format!("{}, {}", one.name, when(one)), href(one));
    Some(need.at(&href(first), p.small_button).in_places(all, place, t))
}

impl Need {
    fn of(title: String, line: String) -> Need {
        Need { title, line, places: Vec::new(), more: String::new(), href: String::new(), button: "" }
    }

    fn at(self, href: &str, button: &'static str) -> Need {
        Need { href: href.to_owned(), button, ..self }
    }

    /// The same, with where it is, if that is more than one place.
    fn in_places<T>(self, all: &[T], place: impl Fn(&T) -> (String, String), t: &Texts) -> Need {
        if all.len() < 2 {
            return self;
        }
        let named = all.iter().take(PLACES_SHOWN).map(place);
        let more = all.len().saturating_sub(PLACES_SHOWN);
        Need {
            places: named.map(|(label, href)| Crumb { label, href: Some(href) }).collect(),
            more: if more > 0 { (t.desk.more_of_them)(more) } else { String::new() },
            ..self
        }
    }
}
