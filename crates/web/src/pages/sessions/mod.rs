//! Sessions, one by one and in lists, for everybody who has to do with them. What is done with one has a file for each
//! thing: its moves, its ending, how it went, what it costs.

pub mod actions;
pub mod asking;
pub mod booking;
pub mod co_coaches;
pub mod deletion;
pub mod endings;
pub mod extras;
pub(in crate::pages) mod history;
pub mod list;
pub mod marks;
pub mod money;
pub mod moves;
pub mod stand_ins;
pub(in crate::pages) mod times;
mod visit;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use model::Tx;
use model::appointment::{self, Appointment};
use model::event::{Actor, Recorded};
use model::ledger;
use model::program::{extra, pod, profile};
use model::session::{self, Asking, Declined, PlaceSeen, SessionView, StandIn, Topic};
use rules::attendance::{Outcome, Status};
use rules::cancelling::{Ending, Grounds, Quote};
use rules::ids::{ParticipantId, PersonId, PodId, SessionId};
use rules::menu::{Act, IN_EVERY_MENU, Offer, Stands, why_not};
use rules::permission::{Reach, Role, Roles};
use rules::refusal::Refusal;
use rules::session::{Cause, PlaceKind, SessionKind};
use rules::terms::Terms;
use rules::time::Instant;

use super::{Answer, page, page_refused};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::Form;
use crate::invites::{Inviter, Side};
use crate::mail;
use crate::meeting;
use crate::shell::{Face, FormErrors};
use crate::texts::Texts;
use crate::views::parts::Moment;
use crate::views::people::Fact;
use crate::views::session::{
    Ask, DeclinedCard, MenuPart, MoneyBox, Press, RequestCard, SeatBox, SessionPage, Target,
};
use crate::views::sessions::{CalendarLinks, Written};
use crate::visitor::Visitor;
use crate::words::{Clockface, capital, first_name, money as in_words};

use visit::{Hears, coaches_of, listed};
pub(in crate::pages) use visit::{Visit, is_told_on_the_page};

/// How many lines of its history a session's page shows.
const HISTORY_LINES: u32 = 30;
/// So many faces stand beside a session.
const FACES: usize = 2;

/// On which side of a session its reader stands.
#[derive(Clone, Copy, Debug)]
enum Reader {
    Client,
    Coach,
    /// Looks after it.
    Staff,
}

impl Reader {
    fn of(is_client: bool, is_coach: bool) -> Reader {
        match (is_client, is_coach) {
            (_, true) => Reader::Coach,
            (true, false) => Reader::Client,
            (false, false) => Reader::Staff,
        }
    }
}

/// Whom the reader meets; who only looks after it reads both names. Each face is of one: a person, or a group.
fn whom(topic: &Topic, coaches: &[&str], clients: &[&str], reader: Reader, t: &Texts) -> (String, Vec<Face>) {
    let faces = |names: &[&str]| names.iter().map(|name| Face::new(*name, None)).collect::<Vec<_>>();
    let of_coaches = || (listed(coaches, t), faces(coaches));
    let of_clients = || match (&topic.pod, clients) {
        (Some(pod), _) => (pod.clone(), faces(&[pod.as_str()])),
        (None, [one]) => ((*one).to_owned(), faces(clients)),
        (None, several) => ((t.meeting.people)(several.len()), faces(several)),
    };
    let (who, mut faces) = match reader {
        Reader::Client => of_coaches(),
        Reader::Coach => of_clients(),
        Reader::Staff => {
            let ((clients, mut faces), (coaches, more)) = (of_clients(), of_coaches());
            faces.truncate(1);
            faces.extend(more);
            ((t.sessions.pair)(&clients, &coaches), faces)
        }
    };
    faces.truncate(FACES);
    (who, faces)
}

/// Whom the reader of one session meets, by name.
fn whom_of(seen: &SessionView, me: PersonId, t: &Texts) -> String {
    let coaches: Vec<&str> = seen.coaches.iter().map(|coach| coach.name.as_str()).collect();
    let clients: Vec<&str> = seen.places.iter().map(|place| place.name.as_str()).collect();
    let reader = Reader::of(seen.place_of(me).is_some(), seen.ties.contains(Reach::SESSIONS));
    whom(&seen.topic, &coaches, &clients, reader, t).0
}

/// A Missed carries its cause (rule S6).
fn cause(outcome: Outcome, t: &Texts) -> Option<&'static str> {
    match outcome {
        Outcome::NoShow => Some(t.meeting.no_show),
        Outcome::LateCancellation => Some(t.meeting.late_cancellation),
        Outcome::Completed => None,
    }
}

/// `GET /sessions/{session}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    page(&shown(&app, &visitor, &visit, &Typed::default(), String::new()).await?)
}

/// The page again, because something was refused: it says what, and what was typed stands there again.
async fn again(app: &App, visitor: &Visitor, visit: &Visit, refusal: &Refusal, typed: Typed) -> Answer {
    let typed = typed.refused(refusal, visitor.texts());
    let conflict = visit.say(visitor.texts(), refusal);
    page_refused(refusal, &shown(&app.reading(), visitor, visit, &typed, conflict).await?)
}

/// What was typed into one of the forms of the page.
#[derive(Clone, Debug, Default)]
pub(in crate::pages) struct Typed {
    /// The id of its field.
    form: String,
    /// What it says.
    text: String,
    /// What is wrong with it.
    errors: FormErrors,
}

impl Typed {
    fn of(id: &str, form: &Form, field: &str) -> Typed {
        Typed { form: id.to_owned(), text: form.fields.get(field).to_owned(), errors: FormErrors::NONE }
    }

    /// The same, with what is wrong with it.
    pub(in crate::pages) fn refused(self, refusal: &Refusal, t: &Texts) -> Typed {
        Typed { errors: FormErrors::of_refusal(refusal, t), ..self }
    }
}

/// A form that asks for words; its own words are the caller's to add.
fn ask(visit: &Visit, typed: &Typed, id: &str, to: &str, field: &'static str) -> Ask {
    let is_this = typed.form == id;
    Ask {
        id: id.to_owned(),
        action: format!("{}/{to}", visit.base),
        title: "",
        label: "",
        hint: String::new(),
        field,
        is_line: false,
        is_needed: true,
        typed: if is_this { typed.text.clone() } else { String::new() },
        errors: if is_this { typed.errors.clone() } else { FormErrors::NONE },
        open: is_this,
    }
}

/// What somebody is offered to do, place by place.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Offered {
    places: Vec<(PersonId, Vec<Offer>)>,
    /// What is offered on a pod in which nobody is.
    for_nobody: Vec<Offer>,
}

impl Offered {
    fn read(tx: &mut Tx, by: &Actor, id: SessionId) -> model::Result<Offered> {
        let places = session::offers(tx, by, id)?;
        let for_nobody = session::offers_for_nobody(tx, by, id)?;
        Ok(Offered { places, for_nobody })
    }

    fn find(&self, client: PersonId, act: Act) -> Option<&Result<(), Refusal>> {
        let (_, offers) = self.places.iter().find(|(whose, _)| *whose == client)?;
        offers.iter().find(|offer| offer.act == act).map(|offer| &offer.possible)
    }

    /// Whether it is possible now.
    pub(in crate::pages) fn can(&self, client: PersonId, act: Act) -> bool {
        self.find(client, act).is_some_and(Result::is_ok)
    }

    /// Of what concerns all places: whether it is possible for any, or why not.
    fn of_any(&self, act: Act) -> Option<&Result<(), Refusal>> {
        let for_nobody = self.for_nobody.iter().filter(|offer| offer.act == act).map(|offer| &offer.possible);
        let places = self.places.iter().filter_map(|(client, _)| self.find(*client, act));
        let all: Vec<_> = for_nobody.chain(places).collect();
        all.iter().find(|possible| possible.is_ok()).or(all.first()).copied()
    }
}

/// Everything that the page of a session is made of.
pub(in crate::pages) struct Whole {
    /// The session.
    pub(in crate::pages) seen: SessionView,
    history: Vec<Recorded>,
    appointment: Option<Appointment>,
    /// What the reader can do.
    pub(in crate::pages) offered: Offered,
    asking: Option<Asking>,
    /// Who would hear of it.
    hears: Hears,
    /// The request that was lately declined, to its client.
    declined: Option<Declined>,
    lines: Vec<ledger::Line>,
    /// Who stands in for its coach.
    stand_in: Option<StandIn>,
    /// Whether the reader may name somebody for that, and whether it is possible.
    names_stand_in: Option<Result<(), Refusal>>,
    /// The same for somebody beside its coach.
    names_co_coach: Option<Result<(), Refusal>>,
    /// The pod instead of whose date the reader could choose another.
    another: Option<PodId>,
    /// Whether the reader may take it out of a journey to which it was added, and whether it is possible.
    removes: Option<Result<(), Refusal>>,
    /// Where the journeys of its clients stand, for whoever sees them: whose, and their profile.
    profiles: Vec<(PersonId, ParticipantId)>,
    /// What it would come to if the reader's own place, or the only one, were given up by its client now.
    quote: Option<Quote>,
    /// When it was read.
    now: Instant,
}

impl Whole {
    /// Reads it for whoever stands before the session.
    pub(in crate::pages) async fn read(app: &Reading, visit: &Visit) -> Result<Whole, Failure> {
        let visit = visit.clone();
        let whole = app.read(move |tx| {
            let (by, id) = (&visit.by, visit.session);
            let seen = visit.view(tx)?;
            let sees_money = seen.places.iter().any(|place| place.price.is_some());
            let filter = ledger::Filter { session: Some(id), ..ledger::Filter::default() };
            let client = place_for(&seen, visit.me.id).map(|place| place.attendance.client);
            let quote = client.map(|client| session::quote(tx, by, id, Some(client), Cause::Client));
            let (offered, asking) = (Offered::read(tx, by, id)?, session::asking_in(tx, by, id)?);
            let hears = Hears::read(tx, &visit, &seen, &offered, asking.as_ref())?;
            Ok(Whole {
                now: tx.now(),
                quote: match quote {
                    None | Some(Err(model::Error::Refused(_))) => None,
                    Some(quote) => Some(quote?),
                },
                history: session::told_of(tx, by, &seen, HISTORY_LINES)?,
                appointment: appointment::find(tx, id)?,
                offered,
                asking,
                hears,
                declined: session::declined(tx, by, id, moves::NEAR)?,
                stand_in: session::stand_in(tx, id)?,
                names_stand_in: match visit.is_signed_in() {
                    true => session::may_name_stand_in(tx, by, id)?,
                    false => None,
                },
                names_co_coach: match visit.is_signed_in() {
                    true => session::may_name_co_coach(tx, by, id)?,
                    false => None,
                },
                another: match visit.is_signed_in() {
                    true => pod::changeable(tx, by, id)?,
                    false => None,
                },
                profiles: match visit.is_signed_in() {
                    true => profiles(tx, by, &seen)?,
                    false => Vec::new(),
                },
                removes: match visit.is_signed_in() {
                    true => extra::may_remove(tx, by, id)?,
                    false => None,
                },
                lines: if sees_money { ledger::list(tx, by, &filter, ledger::LIST_MAX)? } else { Vec::new() },
                seen,
            })
        });
        Ok(whole.await?)
    }

    /// That cancelling is free for a while, or counts from a request (rules R1, R7); empty if neither.
    pub(in crate::pages) fn lenience(&self, visit: &Visit, now: Instant, t: &Texts) -> String {
        let time = self.seen.session.facts.time;
        let own = self.quote.filter(|_| self.seen.place_of(visit.me.id).is_some());
        match (own.map(|quote| quote.grounds), time.and_then(|time| time.imposed.zip(Some(time)))) {
            (Some(Grounds::MovedByCoach), Some((imposed, time))) => {
                let until = visit.clockface.near(imposed.open_until().min(time.starts_at), now);
                // A member of a pod moves nothing.
                let is_of_pod = self.seen.session.pod.is_some();
                let says = if is_of_pod { t.doing.leaves_freely_until } else { t.doing.freely_until };
                says(&coaches_of(&self.seen, t), self.seen.coaches.len(), &until)
            }
            // As long as it waits, and when it was declined, a card of its own says so.
            _ => String::new(),
        }
    }

    /// What the client is told of a request that was lately declined.
    pub(in crate::pages) fn declined(&self, visit: &Visit, now: Instant, t: &Texts) -> Option<DeclinedCard> {
        let declined = self.declined.as_ref().filter(|_| self.asking.is_none())?;
        let counts = self.quote.is_some_and(|quote| quote.grounds == Grounds::Asked);
        Some(moves::declined_card(visit, &self.seen, declined, &self.history, counts, now, t))
    }

    /// The request that waits.
    pub(in crate::pages) fn request(
        &self,
        visit: &Visit,
        typed: &Typed,
        now: Instant,
        t: &Texts,
    ) -> Option<RequestCard> {
        let asking = self.asking.as_ref()?;
        Some(moves::card(visit, &self.seen, asking, (&self.offered, &self.hears), typed, now, t))
    }

    /// How it went.
    pub(in crate::pages) fn seats(
        &self,
        visit: &Visit,
        typed: &Typed,
        now: Instant,
        t: &Texts,
    ) -> Vec<SeatBox> {
        marks::seats(visit, &self.seen, (&self.offered, &self.hears), &self.history, typed, now, t)
    }

    /// What each place costs.
    pub(in crate::pages) fn money(
        &self,
        visit: &Visit,
        roles: Roles,
        typed: &Typed,
        now: Instant,
        t: &Texts,
    ) -> Vec<MoneyBox> {
        money::boxes(visit, roles, &self.seen, &self.lines, (&self.hears, typed), now, t)
    }

    /// The page that does one thing with the whole, or why that is not possible now.
    pub(in crate::pages) fn to_page(&self, visit: &Visit, act: Act, t: &Texts) -> Option<Press> {
        let (icon, to) = match act {
            Act::Book => ("calendar", "booking"),
            Act::Move => ("right", "move"),
            Act::Cancel => ("cancelled", "cancellation"),
            Act::DidNotHappen => ("warn", "cancellation"),
            _ => return None,
        };
        let target = match self.offered.of_any(act)? {
            Ok(()) => Target::Page(format!("{}/{to}", visit.base)),
            Err(refusal) => Target::NotNow(visit.say(t, refusal)),
        };
        Some(Press { label: (t.doing.act)(act).to_owned(), icon, target })
    }

    /// The page of the pod whose session it is.
    pub(in crate::pages) fn to_pod(&self, visit: &Visit, t: &Texts) -> Option<Press> {
        let pod = self.seen.session.pod.filter(|_| visit.is_signed_in())?;
        let target = Target::Page(format!("/pods/{pod}"));
        Some(Press { label: t.pods.see.to_owned(), icon: "people", target })
    }

    /// The profile on which a client's journey stands.
    pub(in crate::pages) fn to_profile(&self, client: PersonId, t: &Texts) -> Option<Press> {
        let (_, participant) = self.profiles.iter().find(|(whose, _)| *whose == client)?;
        let target = Target::Page(format!("/participants/{participant}"));
        Some(Press { label: t.board.see_journey.to_owned(), icon: "person", target })
    }

    /// Leads to where one writes to somebody of the session, about it (rule M4).
    fn write_to(&self, visit: &Visit, person: PersonId, name: &str, t: &Texts) -> Option<Press> {
        let target = Target::Page(visit.letters_to(&self.seen, person)?);
        Some(Press { label: (t.doing.write_to)(first_name(name)), icon: "message", target })
    }

    /// The same to all of the other side: to its coaches, or to the client of a session of two.
    pub(in crate::pages) fn writes(&self, visit: &Visit, t: &Texts) -> Vec<Press> {
        let coaches = self.seen.coaches.iter().map(|coach| (coach.person, coach.name.as_str()));
        let clients = self.seen.places.iter().map(|place| (place.attendance.client, place.name.as_str()));
        let clients = clients.filter(|_| self.seen.places.len() == 1);
        coaches.chain(clients).filter_map(|(person, name)| self.write_to(visit, person, name, t)).collect()
    }

    /// What concerns the whole.
    fn of_all(&self, visit: &Visit, t: &Texts) -> Vec<Press> {
        let mut whole: Vec<Press> = [Act::Book, Act::Move, Act::Cancel, Act::DidNotHappen]
            .into_iter()
            .filter_map(|act| self.to_page(visit, act, t))
            .collect();
        // To a client it is written from their own place.
        let coaches = self.seen.coaches.iter();
        whole.extend(coaches.filter_map(|coach| self.write_to(visit, coach.person, &coach.name, t)));
        whole.extend(self.offered.of_any(Act::EndEarly).map(|possible| {
            let target = match possible {
                Ok(()) => Target::Send(format!("{}/end", visit.base), Vec::new()),
                Err(refusal) => Target::NotNow(visit.say(t, refusal)),
            };
            Press { label: (t.doing.act)(Act::EndEarly).to_owned(), icon: "clock", target }
        }));
        if self.seen.session.pod.is_some()
            && let Some(Ok(())) =
                self.offered.of_any(Act::GreyOut).or(self.offered.of_any(Act::DeleteAndGreyOut))
        {
            let target = Target::Page(format!("{}/deletion", visit.base));
            whole.push(Press { label: t.steps.all_deletion.to_owned(), icon: "greyed", target });
        }
        whole.extend(self.names_stand_in.as_ref().map(|possible| {
            let target = match possible {
                Ok(()) => Target::Page(format!("{}/stand-in", visit.base)),
                Err(refusal) => Target::NotNow(visit.say(t, refusal)),
            };
            Press { label: t.handover.stand_in.to_owned(), icon: "people", target }
        }));
        if self.stand_in.is_some() && self.names_stand_in.as_ref().is_some_and(Result::is_ok) {
            let target = Target::Send(format!("{}/stand-in/end", visit.base), Vec::new());
            whole.push(Press { label: t.handover.stand_in_end.to_owned(), icon: "undo", target });
        }
        whole.extend(self.names_co_coach.as_ref().map(|possible| {
            let target = match possible {
                Ok(()) => Target::Page(format!("{}/coaches", visit.base)),
                Err(refusal) => Target::NotNow(visit.say(t, refusal)),
            };
            Press { label: t.co_coaches.title.to_owned(), icon: "people", target }
        }));
        whole.extend(self.removes.as_ref().map(|possible| {
            let target = match possible {
                Ok(()) => Target::Send(format!("{}/extra/removal", visit.base), Vec::new()),
                Err(refusal) => Target::NotNow(visit.say(t, refusal)),
            };
            Press { label: t.extras.remove.to_owned(), icon: "cross", target }
        }));
        whole
    }

    /// The same, then what concerns each place.
    fn menu(&self, visit: &Visit, t: &Texts) -> Vec<MenuPart> {
        let mut whole = self.of_all(visit, t);
        if let [place] = self.seen.places.as_slice() {
            // What concerns the whole and its only place is one list.
            whole.extend(self.of_place(visit, place, t));
            let presses = self.six_first(visit, place, whole, t);
            return if presses.is_empty() {
                Vec::new()
            } else {
                vec![MenuPart { name: String::new(), presses }]
            };
        }
        let mut parts = vec![MenuPart { name: String::new(), presses: whole }];
        for place in &self.seen.places {
            let presses = self.of_place(visit, place, t);
            let mut presses = self.six_first(visit, place, presses, t);
            presses.extend(self.to_profile(place.attendance.client, t));
            parts.push(MenuPart { name: place.name.clone(), presses });
        }
        parts.retain(|part| !part.presses.is_empty());
        parts
    }

    /// The six acts that the menu of a program's session always has, each possible or with its reason, then all others
    /// (rule G3). A client's own has what is theirs.
    fn six_first(&self, visit: &Visit, place: &PlaceSeen, presses: Vec<Press>, t: &Texts) -> Vec<Press> {
        let client = place.attendance.client;
        let facts = &place.attendance.facts;
        let looks_after =
            visit.me.roles.contains(Role::Admin) || self.seen.ties.covers(Reach::PROGRAMS | Reach::SESSIONS);
        if facts.part.is_none() || client == visit.me.id || !looks_after || !visit.is_signed_in() {
            return presses;
        }
        let time = self.seen.session.facts.time;
        let is_pod = self.seen.session.pod.is_some();
        let outcome = facts.outcome.map(|marked| marked.outcome);
        let stands = Stands {
            status: place.status,
            is_of_pod: is_pod,
            has_time: time.is_some(),
            has_begun: time.is_some_and(|time| time.starts_at <= self.now),
            outcome,
        };
        let is_late = outcome == Some(Outcome::LateCancellation);
        let mut rest = presses;
        let mut six = Vec::new();
        for act in IN_EVERY_MENU {
            // What is booked is greyed out together with its booking.
            let offered = match act {
                Act::GreyOut if self.offered.find(client, act).is_none() => Act::DeleteAndGreyOut,
                act => act,
            };
            let label = (t.doing.act)(offered);
            let own_page = own_cancellation(visit, client);
            let found = match act {
                // A pod gets its date once for all who wait for it, and one member's part of that is no other's.
                Act::Book if is_pod => {
                    rest.retain(|press| press.label != label);
                    let waits = place.status == Status::Unbooked && time.is_none();
                    if waits { self.to_page(visit, act, t) } else { None }
                }
                Act::Cancel if is_pod => {
                    let at = rest.iter().position(|press| press.href() == Some(own_page.as_str()));
                    at.map(|at| rest.remove(at))
                }
                _ => rest.iter().position(|press| press.label == label).map(|at| rest.remove(at)),
            };
            let is_of_mark = matches!(act, Act::MarkCompleted | Act::MarkNoShow);
            // What a late cancellation lacks the refusal says best.
            let is_vague = !(is_of_mark && is_late)
                && matches!(self.offered.find(client, offered), Some(Err(Refusal::WrongStatus { .. })));
            let label = match act {
                Act::Cancel => t.steps.delete_booking,
                act => (t.doing.act)(act),
            };
            six.push(match found.filter(|_| !is_vague) {
                Some(press) if act == Act::Cancel => Press { label: label.to_owned(), ..press },
                Some(press) => press,
                None => {
                    let why = (t.steps.why_not)(why_not(act, stands));
                    let icon = match act {
                        Act::Book => "calendar",
                        Act::Cancel => "cancelled",
                        act => marks::icon(act),
                    };
                    Press { label: label.to_owned(), icon, target: Target::NotNow(why.to_owned()) }
                }
            });
        }
        if is_pod {
            // Beside one member's booking it is said whose this is.
            let cancel = (t.doing.act)(Act::Cancel);
            for press in rest.iter_mut().filter(|press| press.label == cancel) {
                t.steps.cancel_all.clone_into(&mut press.label);
            }
        }
        six.extend(rest);
        six
    }

    fn of_place(&self, visit: &Visit, place: &PlaceSeen, t: &Texts) -> Vec<Press> {
        let client = place.attendance.client;
        let is_pod = self.seen.session.pod.is_some();
        let acts = [
            Act::CheckIn,
            Act::MarkCompleted,
            Act::MarkNoShow,
            Act::Unmark,
            Act::Forgive,
            Act::Contest,
            Act::Uphold,
            Act::GreyOut,
            Act::DeleteAndGreyOut,
            Act::Reactivate,
        ];
        let mut presses: Vec<Press> = self.write_to(visit, client, &place.name, t).into_iter().collect();
        // One member's wish to leave is theirs alone; the house says so for them.
        if is_pod && client != visit.me.id && self.offered.can(client, Act::Cancel) {
            presses.push(Press {
                label: (t.ending.cause)(Cause::Client, first_name(&place.name), ""),
                icon: "cancelled",
                target: Target::Page(own_cancellation(visit, client)),
            });
        }
        let writes = visit.letters_to(&self.seen, client).is_some();
        let outcome = place.attendance.facts.outcome.map(|marked| marked.outcome);
        // What it is marked as already is nothing to do.
        let is_so = |act| match act {
            Act::MarkCompleted => outcome == Some(Outcome::Completed),
            Act::MarkNoShow => outcome == Some(Outcome::NoShow),
            _ => false,
        };
        for act in acts.into_iter().filter(|act| !is_so(*act) && (writes || *act != Act::CheckIn)) {
            let Some(possible) = self.offered.find(client, act) else { continue };
            let target = match (possible, marks::press(visit, client, act, t), marks::anchor(act, client)) {
                (Err(refusal), ..) => Target::NotNow(visit.say(t, refusal)),
                (Ok(()), Some(press), _) => press.target,
                (Ok(()), None, Some(anchor)) => Target::Page(format!("#{anchor}")),
                (Ok(()), None, None) => match marks::page_of(visit, client, act) {
                    Some(page) => Target::Page(page),
                    None => continue,
                },
            };
            presses.push(Press { label: (t.doing.act)(act).to_owned(), icon: marks::icon(act), target });
        }
        presses
    }

    /// To the client of a practice session that will not be any more: another one.
    fn anew(&self, visit: &Visit, t: &Texts) -> Option<Press> {
        let own = self.seen.place_of(visit.me.id).filter(|_| visit.is_signed_in())?;
        let is_lost = matches!(own.status, Status::Cancelled | Status::Missed);
        let coach = self.seen.coaches.first().filter(|_| is_lost && self.seen.offering.is_some())?;
        let target = Target::Page(format!("/coaches/{}", coach.slug));
        Some(Press { label: t.home.book_next.to_owned(), icon: "calendar", target })
    }

    /// Leads whoever settles what is contested to where that is done (rule S14).
    fn to_settle(&self, visit: &Visit, t: &Texts) -> Option<Press> {
        let settles = |place: &&PlaceSeen| self.offered.can(place.attendance.client, Act::Uphold);
        self.seen.places.iter().find(settles).filter(|_| visit.is_signed_in())?;
        let target = Target::Page("#how-title".to_owned());
        Some(Press { label: t.doing.settle_contest.to_owned(), icon: "check", target })
    }

    /// The one thing to do next, and what stands beside it. Where a request waits, its answer is that thing.
    fn presses(&self, visit: &Visit, now: Instant, t: &Texts) -> (Option<Press>, Vec<Press>) {
        let mut presses = Vec::new();
        if let [place] = self.seen.places.as_slice()
            && place.status == Status::Booked
        {
            let client = place.attendance.client;
            let writes = visit.letters_to(&self.seen, client).is_some();
            let acts = [Act::MarkCompleted, Act::MarkNoShow, Act::CheckIn];
            let acts = acts.into_iter().filter(|act| self.offered.can(client, *act));
            let acts = acts.filter(|act| writes || *act != Act::CheckIn);
            presses.extend(acts.filter_map(|act| marks::press(visit, client, act, t)));
        }
        let to_mark = |place: &&PlaceSeen| {
            place.status == Status::Booked && self.offered.can(place.attendance.client, Act::MarkCompleted)
        };
        if self.seen.places.iter().filter(to_mark).count() > 1 {
            let target = Target::Send(format!("{}/attendance", visit.base), Vec::new());
            // Who is marked already stays so.
            let is_marked = |place: &PlaceSeen| matches!(place.status, Status::Completed | Status::Missed);
            let some_are = self.seen.places.iter().any(is_marked);
            let label = if some_are { t.pods.others_present } else { t.pods.all_present };
            presses.push(Press { label: label.to_owned(), icon: "check", target });
        }
        if let (Some(pod), Some(place)) = (self.seen.session.pod, self.seen.place_of(visit.me.id))
            && self.offered.can(place.attendance.client, Act::Return)
        {
            let target = Target::Page(format!("/pods/{pod}"));
            presses.push(Press { label: t.pods.come_back.to_owned(), icon: "undo", target });
        }
        presses.extend(self.to_settle(visit, t));
        let is_over = !presses.is_empty();
        // While it runs, whoever looks after it waits or writes: nothing else is next until it can be marked.
        let runs = self.offered.of_any(Act::CheckIn).is_some() && !is_over;
        if runs {
            presses.extend(self.writes(visit, t));
        }
        if let Some(pod) = self.another {
            let target = Target::Page(format!("/pods/{pod}#other-dates"));
            presses.push(Press { label: t.pods.another_date.to_owned(), icon: "calendar", target });
        }
        let is_ahead = self.seen.session.facts.time.is_some_and(|time| now < time.starts_at);
        for act in [Act::Book, Act::Move, Act::Cancel] {
            // What cannot be done with what is ahead says why.
            let says_why = is_ahead && act != Act::Book && self.asking.is_none();
            let press = self.to_page(visit, act, t).filter(|press| says_why || press.reason().is_empty());
            presses.extend(press.filter(|_| !is_over));
        }
        presses.extend(self.anew(visit, t));
        // Calling it off is never what one is led to, nor what cannot be done.
        let leads = |press: &Press| {
            let is_kept_back =
                |href: &str| href.ends_with("/cancellation") || (runs && href.ends_with("/move"));
            press.reason().is_empty() && !press.href().is_some_and(is_kept_back)
        };
        let waits = |act| self.asking.as_ref().is_some_and(|it| self.offered.can(it.request.by, act));
        if waits(Act::Approve) || waits(Act::Withdraw) {
            // Where it is answered, the other can be written to.
            return (None, presses);
        }
        if !presses.first().is_some_and(leads) {
            if !runs {
                presses.extend(self.writes(visit, t));
            }
            return (None, presses);
        }
        let first = presses.remove(0);
        (Some(first), presses)
    }
}

/// Where one client's part of a pod is called off, and not the date of all.
fn own_cancellation(visit: &Visit, client: PersonId) -> String {
    format!("{}/cancellation?client={client}", visit.base)
}

/// The profiles of its clients that the reader sees.
fn profiles(tx: &mut Tx, by: &Actor, seen: &SessionView) -> model::Result<Vec<(PersonId, ParticipantId)>> {
    let mut found = Vec::new();
    for place in &seen.places {
        if let Some(part) = place.attendance.facts.part
            && let Some(participant) = profile::way_of(tx, by, part.journey)?
        {
            found.push((place.attendance.client, participant));
        }
    }
    Ok(found)
}

async fn shown(
    app: &Reading,
    visitor: &Visitor,
    visit: &Visit,
    typed: &Typed,
    conflict: String,
) -> Result<SessionPage, Failure> {
    let whole = Whole::read(app, visit).await?;
    let seen = &whole.seen;
    let t = visitor.texts();
    let s = &t.sessions;
    let (clockface, now) = (&visit.clockface, app.now());
    let facts = &seen.session.facts;
    let own = seen.place_of(visit.me.id);
    let is_coach = seen.ties.contains(Reach::SESSIONS);
    let status =
        own.filter(|_| !is_coach).map(|place| place.status).or(seen.status()).unwrap_or(Status::Unbooked);
    let who = whom_of(seen, visit.me.id, t);
    let what = meeting::name(&seen.topic, t);
    let starts_at = facts.time.map(|time| time.starts_at);
    let ends_at = facts.ends_at();
    let is_off = is_off(seen, status, now);
    let (heading, at) = match starts_at.zip(ends_at) {
        Some((start, end)) => {
            let text = (s.whole)(
                &clockface.date(start),
                &clockface.time(start),
                &clockface.time(end),
                &clockface.place(),
            );
            let moment = match is_off {
                true => Moment { iso: String::new(), text, relative: String::new() },
                false => Moment { iso: start.to_string(), text, relative: clockface.start(start, now) },
            };
            ((s.heading)(&capital(&clockface.near(start, now)), &who), moment)
        }
        None => {
            (who.clone(), Moment { iso: String::new(), text: s.no_time.to_owned(), relative: String::new() })
        }
    };
    let place = place_for(seen, visit.me.id);
    let (primary, mut beside) = whole.presses(visit, now, t);
    beside.extend(whole.to_pod(visit, t));
    if let [place] = seen.places.as_slice() {
        beside.extend(whole.to_profile(place.attendance.client, t));
    }
    let roles = visitor.person()?.roles;
    let is_other = |place: &PlaceSeen| place.attendance.client != visit.me.id;
    let sees_several = seen.session.pod.is_some() && seen.places.iter().any(is_other);
    Ok(SessionPage {
        shell: visit.shell(app, visitor, &heading),
        heading,
        status,
        at,
        place: if is_off { "" } else { place_in_words(seen.session.place.kind, t) }.to_owned(),
        what,
        there: starts_at.map(|start| there(seen, visit, start, now, t)).unwrap_or_default(),
        word: word(&whole, visit, status, now, t).unwrap_or_else(|| whole.lenience(visit, now, t)),
        conflict,
        primary,
        beside,
        advice: marks::advice(visit, seen, &whole.offered, now, t),
        menu: whole.menu(visit, t),
        calendar: whole
            .appointment
            .as_ref()
            .filter(|_| status == Status::Booked && ends_at.is_some_and(|end| end > now))
            .map(|appointment| calendar_links(app, visitor, appointment, is_coach)),
        request: whole.request(visit, typed, now, t),
        declined: whole.declined(visit, now, t),
        seats_heading: match starts_at {
            Some(start) if start <= now && !is_off => t.doing.how_heading,
            _ if is_off || !sees_several => s.stands_heading,
            _ => s.people_heading,
        },
        seats: whole.seats(visit, typed, now, t),
        facts: details(seen, whole.stand_in.as_ref(), clockface, now, t),
        terms: place
            .map(|place| {
                let is_ahead = starts_at.is_some_and(|start| now < start);
                let quote = whole.quote.as_ref().filter(|_| is_ahead);
                terms(place, visit.me.id, facts.kind, quote, t)
            })
            .unwrap_or_default(),
        money: whole.money(visit, roles, typed, now, t),
        written: place.and_then(|place| written(seen, place, visit.me.id, t)),
        history: history::lines(visit.me.id, clockface, &whole.history, now, t, sees_several),
    })
}

/// Whether it will not be at its time, or was not: it is neither counted down to, nor has it begun, nor is it anywhere.
pub(in crate::pages) fn is_off(seen: &SessionView, status: Status, now: Instant) -> bool {
    let facts = &seen.session.facts;
    let is_ahead = facts.time.is_some_and(|time| now < time.starts_at);
    let is_late = |place: &PlaceSeen| {
        place.attendance.facts.outcome.is_some_and(|marked| marked.outcome == Outcome::LateCancellation)
    };
    let never_was = match (status, seen.places.as_slice()) {
        (Status::Cancelled, _) => true,
        (Status::Missed, places) => !places.is_empty() && places.iter().all(is_late),
        _ => false,
    };
    facts.time.is_some() && (never_was || (status != Status::Booked && is_ahead))
}

/// The place that the page speaks of: the reader's own, else the only one.
fn place_for(seen: &SessionView, me: PersonId) -> Option<&PlaceSeen> {
    seen.place_of(me).or_else(|| seen.places.first().filter(|_| seen.places.len() == 1))
}

/// What the session is called where a page leads back to it.
fn name(seen: &SessionView, visit: &Visit, t: &Texts) -> String {
    (t.meeting.with)(&meeting::name(&seen.topic, t), &whom_of(seen, visit.me.id, t))
}

/// Reasons are for a session's own people and for admins.
fn reads_reasons(visit: &Visit, seen: &SessionView) -> bool {
    let is_admin = visit.me.roles.contains(Role::Admin);
    is_admin || seen.ties.covers(Reach::OWN | Reach::SESSIONS)
}

/// What the clocks of the others show, where they show something else (rule T2).
fn there(seen: &SessionView, visit: &Visit, start: Instant, now: Instant, t: &Texts) -> Vec<String> {
    let coaches = seen.coaches.iter().map(|coach| (coach.person, &coach.name, &coach.zone));
    let clients = seen.places.iter().map(|place| (place.attendance.client, &place.name, &place.zone));
    let others = coaches.chain(clients.filter(|_| seen.places.len() == 1));
    let here = visit.clockface.zone().local(start);
    others
        .filter(|(person, _, zone)| *person != visit.me.id && zone.local(start) != here)
        .map(|(_, name, zone)| {
            let theirs = visit.clockface.in_zone(zone);
            let is_same_day = zone.local(start).date() == here.date();
            let time = if is_same_day { theirs.time(start) } else { theirs.short(start, now) };
            (t.sessions.there)(&time, first_name(name), &theirs.place())
        })
        .collect()
}

/// The same in one line.
fn there_at(seen: &SessionView, visit: &Visit, at: Instant, now: Instant, t: &Texts) -> String {
    there(seen, visit, at, now, t).join(", ")
}

/// What is to be said of it before anything else.
fn word(whole: &Whole, visit: &Visit, status: Status, now: Instant, t: &Texts) -> Option<String> {
    let (seen, clockface) = (&whole.seen, &visit.clockface);
    if let Some(cancelled) = seen.session.facts.cancelled {
        let forgiven = whole.history.iter().find(|event| event.kind == session::kind::FORGIVEN.0);
        let forgiven = forgiven.map(|event| event.at);
        let off = Some(cancelled.at).filter(|at| forgiven != Some(*at));
        let said = [
            off.map(|at| (t.sessions.called_off)(&clockface.near(at, now))),
            forgiven.map(|at| (t.sessions.forgiven)(&clockface.near(at, now))),
        ];
        return Some(said.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    let is_over = seen.session.facts.ends_at().is_some_and(|end| end <= now);
    // Of a date that everybody has left nothing is to be said.
    let waiting = seen.places.iter().filter(|place| place.status == Status::Booked).count();
    let is_marked = |place: &&PlaceSeen| matches!(place.status, Status::Completed | Status::Missed);
    let marked = seen.places.iter().filter(is_marked).count();
    let is_member = seen.place_of(visit.me.id).is_some();
    (status == Status::Booked && is_over && waiting > 0).then(|| match marked {
        // What stands of the others is nothing to a member.
        0 => t.sessions.unmarked.to_owned(),
        _ if is_member => t.sessions.unmarked.to_owned(),
        marked => (t.sessions.unmarked_of)(waiting, waiting + marked),
    })
}

fn place_in_words(place: PlaceKind, t: &Texts) -> &'static str {
    match place {
        PlaceKind::Room => t.sessions.place_room,
        PlaceKind::Phone => t.sessions.place_phone,
        PlaceKind::Address => t.sessions.place_address,
        PlaceKind::Link => t.sessions.place_link,
    }
}

fn details(
    seen: &SessionView,
    stand_in: Option<&StandIn>,
    clockface: &Clockface,
    now: Instant,
    t: &Texts,
) -> Vec<Fact> {
    let s = &t.sessions;
    let session = &seen.session;
    let detail = session.place.detail.trim();
    let whereabouts = place_in_words(session.place.kind, t);
    let whereabouts =
        if detail.is_empty() { whereabouts.to_owned() } else { format!("{whereabouts}: {detail}") };
    let mut facts =
        vec![Fact::new(s.length, (s.minutes)(session.facts.minutes.get())), Fact::new(s.place, whereabouts)];
    facts
        .extend(stand_in.map(|named| {
            Fact::new(t.roles.coach, (t.handover.stands_in)(&named.who.1, &named.instead_of.1))
        }));
    if let [marking, beside @ ..] = seen.coaches.as_slice()
        && !beside.is_empty()
    {
        let all = listed(&seen.coaches.iter().map(|coach| coach.name.as_str()).collect::<Vec<_>>(), t);
        facts.push(Fact::new(t.co_coaches.title, all));
        facts.push(Fact::new(t.co_coaches.marks, marking.name.clone()));
    }
    if let Some(at) = seen.booked_at {
        let label = if seen.recorded { s.recorded } else { s.booked_by };
        facts.push(Fact::new(label, capital(&clockface.near(at, now))));
    }
    facts
}

/// What it would cost its client to give it up now, and what was agreed, in a sentence each (rules F3, R1, R7).
fn terms(place: &PlaceSeen, me: PersonId, kind: SessionKind, now: Option<&Quote>, t: &Texts) -> String {
    let s = &t.sessions;
    let (Some(price), Some(terms)) = (place.price, place.terms) else { return String::new() };
    if kind == SessionKind::Intro {
        return s.intro_terms.to_owned();
    }
    if price.is_zero() {
        return s.terms_free.to_owned();
    }
    let Terms { bands, kept } = terms;
    let share = |percent| {
        let kept = price.share(percent);
        if kept.is_zero() { String::new() } else { in_words(kept, t.language) }
    };
    let agreed = (s.terms)(
        bands.late_hours(),
        bands.free_hours(),
        &share(kept.early),
        &share(kept.between),
        &share(kept.late),
    );
    let Some((quote, kept)) = now.and_then(|quote| Some((quote, quote.kept?))) else { return agreed };
    let amount = if kept.is_zero() { String::new() } else { in_words(kept, t.language) };
    let is_missed = quote.ending == Ending::Missed;
    let lead = match place.attendance.client == me {
        true => (s.terms_now)(&amount, is_missed),
        // It is their price, and nobody else's.
        false => (s.terms_now_of)(first_name(&place.name), &amount, is_missed),
    };
    let for_a_while = matches!(quote.grounds, Grounds::MovedByCoach | Grounds::Asked | Grounds::JustBooked);
    let then = if for_a_while { s.terms_then } else { "" };
    [lead.as_str(), then, agreed.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What was written while booking: its two ends are shown it, and nobody else is given it. Whose words they are is said:
/// who booked wrote them.
fn written(seen: &SessionView, place: &PlaceSeen, me: PersonId, t: &Texts) -> Option<Written> {
    let (client, is_coach) = (place.attendance.client, seen.ties.contains(Reach::SESSIONS));
    if client != me && !is_coach {
        return None;
    }
    if place.answers.is_empty() && place.note.as_deref().is_none_or(str::is_empty) {
        return None;
    }
    let answers = place.answers.iter().map(|(question, answer)| Fact::new(question.clone(), answer.clone()));
    let about = match &seen.booked_by {
        Some((writer, _)) if *writer == me => t.sessions.note_own.to_owned(),
        Some((writer, name)) if *writer != client => (t.sessions.note_by)(name),
        // Who was not signed in while booking is the client.
        Some(_) | None => (t.sessions.note_by)(&place.name),
    };
    Some(Written { about, note: place.note.clone().unwrap_or_default(), answers: answers.collect() })
}

fn inviter<'a>(app: &'a Reading, visitor: &Visitor, is_coach: bool, sender: &'a str) -> Inviter<'a> {
    let side = if is_coach { Side::Coach } else { Side::Client };
    Inviter::new(side, visitor.language, app.config().public_url.as_str(), sender)
}

fn calendar_links(
    app: &Reading,
    visitor: &Visitor,
    appointment: &Appointment,
    is_coach: bool,
) -> CalendarLinks {
    let sender = mail::address(app.config()).to_string();
    let links = inviter(app, visitor, is_coach, &sender).add_links(appointment);
    CalendarLinks {
        file: format!("/sessions/{}/calendar.ics", appointment.session),
        google: links.google,
        outlook: links.outlook,
        office: links.office,
    }
}

/// `GET /sessions/{session}/calendar.ics`
pub async fn calendar(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let visit = Visit::signed_in(&visitor, &id)?;
    let (seen, appointment) =
        app.read(move |tx| Ok((visit.view(tx)?, appointment::find(tx, visit.session)?))).await?;
    let appointment = appointment.ok_or(Refusal::NotFound)?;
    let is_coach = seen.ties.contains(Reach::SESSIONS);
    let sender = mail::address(app.config()).to_string();
    let file = inviter(&app, &visitor, is_coach, &sender).file(&appointment, app.now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"session.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file).into_response())
}
