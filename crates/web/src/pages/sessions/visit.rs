//! Somebody before one session: as whom they act, on whose clock they read, where its pages are. Signed in it is their
//! own account; behind a link of their letters it is the person to whom that was sent (rule B2).

use model::event::{Actor, Via};
use model::idempotency::{self, Answer as Kept};
use model::person::{self, Person};
use model::session::{self, SessionView};
use model::{Tx, manage};
use rules::ids::{PersonId, SessionId};
use rules::letters::{Happening, Turn, letters};
use rules::refusal::Refusal;

use super::Typed;
use crate::app::{App, Reading};
use crate::error::{Failure, status};
use crate::forms::{Form, lead_back, led};
use crate::pages::coaches::frame;
use crate::pages::{Answer, manage as manage_page, shell};
use crate::shell::{Dress, Place, Shell};
use crate::texts::Texts;
use crate::views::session::Sentence;
use crate::visitor::Visitor;
use crate::words::{Clockface, first_name};
use axum::http::StatusCode;

/// Somebody before one session.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Visit {
    /// As whom they act.
    pub(in crate::pages) by: Actor,
    /// Which session.
    pub(in crate::pages) session: SessionId,
    /// Who they are.
    pub(in crate::pages) me: Person,
    /// What their clock shows.
    pub(in crate::pages) clockface: Clockface,
    /// Where its pages are.
    pub(in crate::pages) base: String,
    /// Whether they hold a link and are not signed in by it.
    is_link: bool,
}

impl Visit {
    /// Somebody who is signed in.
    pub(super) fn signed_in(visitor: &Visitor, session: &str) -> Result<Visit, Refusal> {
        let session: SessionId = session.parse().map_err(|_| Refusal::NotFound)?;
        Ok(Visit {
            by: visitor.actor(),
            session,
            me: visitor.person()?.clone(),
            clockface: visitor.clockface(),
            base: format!("/sessions/{session}"),
            is_link: false,
        })
    }

    /// Whoever holds this link; none for one that has ended or never was.
    pub(in crate::pages) async fn by_link(
        app: &Reading,
        visitor: &Visitor,
        token: &str,
    ) -> Result<Option<Visit>, Failure> {
        let presented = token.to_owned();
        let opened = app.read(move |tx| {
            let (session, id) = manage::open(tx, &presented)?;
            Ok((session.id, person::get(tx, id)?))
        });
        let (session, me) = match opened.await {
            Ok(opened) => opened,
            Err(model::Error::Refused(Refusal::LinkUnknown | Refusal::LinkExpired | Refusal::NotFound)) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Visit {
            by: Actor::Person { who: me.who(), via: Via::Page, proof: None },
            session,
            clockface: Clockface::new(me.zone.clone(), me.hour_style, visitor.language),
            me,
            base: format!("/manage/{token}"),
            is_link: true,
        }))
    }

    /// Whether it is their own account.
    pub(super) fn is_signed_in(&self) -> bool {
        !self.is_link
    }

    /// The session as they see it: behind a link as one of its own people, whatever else they are.
    pub(super) fn view(&self, tx: &mut Tx) -> model::Result<SessionView> {
        if self.is_link {
            session::view_as(tx, self.me.id, self.session)
        } else {
            session::view(tx, &self.by, self.session)
        }
    }

    /// The frame of a page about it.
    pub(in crate::pages) fn shell(&self, app: &Reading, visitor: &Visitor, title: &str) -> Shell {
        if self.is_link {
            frame(visitor, app, title, Place::Elsewhere, Dress::Whole, Some(&self.clockface))
        } else {
            shell::of(visitor, app.mode(), app.now(), title, Place::Sessions)
        }
    }

    /// Where somebody of the session is written to; nowhere without being signed in (rule B2).
    pub(super) fn letters_to(&self, seen: &SessionView, person: PersonId) -> Option<String> {
        let is_coach = |person| seen.coaches.iter().any(|coach| coach.person == person);
        let is_client = |person| seen.place_of(person).is_some();
        let are_a_pair =
            (is_coach(self.me.id) && is_client(person)) || (is_client(self.me.id) && is_coach(person));
        let may = self.is_signed_in() && are_a_pair && person != self.me.id;
        may.then(|| format!("/people/{person}/messages?session={}", self.session))
    }

    /// A refusal in words, on their clock.
    pub(in crate::pages) fn say(&self, t: &Texts, refusal: &Refusal) -> String {
        t.refusals.say(refusal, |at| self.clockface.long(at))
    }

    /// Does something once, and leads back to the page of the session; if it is refused, the page says why, and what was
    /// typed stands there again.
    pub(super) async fn act(
        &self,
        app: &App,
        visitor: &Visitor,
        form: &Form,
        typed: Typed,
        effect: impl Fn(&mut Tx) -> model::Result<Kept> + Send + 'static,
    ) -> Answer {
        let (key, back) = (form.key.clone(), form.back());
        let once = move |tx: &mut Tx| {
            idempotency::once(tx, key.as_ref(), |tx| Ok(lead_back(effect(tx)?, back.as_deref())))
        };
        let kept = app.write(once).await;
        match kept {
            Ok(kept) => Ok(led(app, &kept)),
            Err(error) => self.again(app, visitor, error.into(), typed).await,
        }
    }

    /// The page of the session again, because of what was refused.
    pub(super) async fn again(&self, app: &App, visitor: &Visitor, failure: Failure, typed: Typed) -> Answer {
        let Failure::Refused(refusal) = failure else { return Err(failure) };
        if !is_told_on_the_page(&refusal) {
            return Err(refusal.into());
        }
        if self.is_link {
            manage_page::again(app, visitor, self, &refusal, typed).await
        } else {
            super::again(app, visitor, self, &refusal, typed).await
        }
    }

    /// Who gets a letter of this (rule S10).
    pub(super) fn told(&self, t: &Texts, seen: &SessionView, what: Turn, clients: Vec<PersonId>) -> Told {
        let coaches = seen.coaches.iter().map(|coach| coach.person).collect();
        let happening = Happening::Session { what, clients, coaches };
        let mut names: Vec<String> = Vec::new();
        for (addressee, _) in letters(&happening) {
            let Some(person) = addressee.person() else { continue };
            if person == self.me.id {
                names.insert(0, t.ending.you.to_owned());
            } else {
                names.push(first_name(name_of(seen, person)).to_owned());
            }
        }
        let said = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => (t.moving.and)(&rest.join(", "), last),
            None => String::new(),
        };
        Told { names: said, count: names.len() }
    }
}

/// Who gets a letter.
pub(super) struct Told {
    /// As a sentence names them: "you and Ada". Empty if nobody does.
    pub(super) names: String,
    /// How many they are.
    pub(super) count: usize,
}

impl Told {
    /// The same in a sentence of its own, if anybody does.
    pub(super) fn in_words(&self, say: fn(&str, usize) -> String) -> Option<Sentence> {
        (self.count > 0).then(|| Sentence::new("mail", say(&self.names, self.count)))
    }
}

/// Whether a form is shown again because of it.
pub(in crate::pages) fn is_told_on_the_page(refusal: &Refusal) -> bool {
    matches!(status(refusal), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

/// What a page shows instead of what was asked for, where that was refused in such a way.
pub(super) fn told_on_the_page<T>(asked: model::Result<T>) -> model::Result<Result<T, Refusal>> {
    match asked {
        Err(model::Error::Refused(refusal)) if is_told_on_the_page(&refusal) => Ok(Err(refusal)),
        asked => asked.map(Ok),
    }
}

/// What one of its people is called.
pub(super) fn name_of(seen: &SessionView, person: PersonId) -> &str {
    let coach = seen.coaches.iter().find(|coach| coach.person == person).map(|coach| coach.name.as_str());
    coach.or_else(|| seen.place_of(person).map(|place| place.name.as_str())).unwrap_or_default()
}

/// The coaches by their first names, or those of the clients.
pub(super) fn coaches_of(seen: &SessionView) -> String {
    seen.coaches.iter().map(|coach| first_name(&coach.name)).collect::<Vec<_>>().join(", ")
}

/// The clients whom a change of all of it concerns.
pub(super) fn clients_of(seen: &SessionView) -> Vec<PersonId> {
    let is_in = |place: &&session::PlaceSeen| {
        let facts = &place.attendance.facts;
        facts.left.is_none() && facts.greyed_out.is_none() && facts.outcome.is_none()
    };
    seen.places.iter().filter(is_in).map(|place| place.attendance.client).collect()
}
