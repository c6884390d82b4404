//! Somebody before one session: as whom they act, on whose clock they read, where its pages are. Signed in it is their
//! own account; behind a link of their letters it is the person to whom that was sent (rule B2).

use model::event::{Actor, Via};
use model::idempotency::{self, Answer as Kept};
use model::person::{self, Person};
use model::session::{self, Asking, SessionView, Thought};
use model::{Tx, manage};
use rules::ids::{PersonId, SessionId};
use rules::menu::Act;
use rules::refusal::Refusal;

use super::{Offered, Typed};
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

    /// Who would get a mail if they did this; nobody if it is refused (rule S10).
    pub(super) fn foretold(&self, tx: &mut Tx, thought: Thought) -> model::Result<Vec<PersonId>> {
        match session::foretold(tx, &self.by, self.session, thought) {
            Ok(told) => Ok(told.into_iter().map(|(person, _)| person).collect()),
            Err(model::Error::Refused(_)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The same by name, the reader first.
    pub(super) fn told(&self, t: &Texts, seen: &SessionView, people: &[PersonId]) -> Told {
        let mut names: Vec<String> = Vec::new();
        for person in people {
            match name_of(seen, *person) {
                _ if *person == self.me.id => names.insert(0, t.ending.you.to_owned()),
                "" => {}
                name => names.push(first_name(name).to_owned()),
            }
        }
        Told { names: listed(&names, t), count: names.len() }
    }
}

/// "you, Ben and Kim".
pub(super) fn listed(names: &[impl AsRef<str>], t: &Texts) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => (t.moving.and)(&before.join(", "), last),
        None => String::new(),
    }
}

/// Who would get a mail of what the reader could do on the page of a session.
pub(in crate::pages) struct Hears(Vec<(Thought, Vec<PersonId>)>);

impl Hears {
    /// Of what is offered there.
    pub(super) fn read(
        tx: &mut Tx,
        visit: &Visit,
        seen: &SessionView,
        offered: &Offered,
        request: Option<&Asking>,
    ) -> model::Result<Hears> {
        let mut thoughts = Vec::new();
        for (act, thought) in [
            (Act::Approve, Thought::Approve),
            (Act::Reject, Thought::Reject),
            (Act::Withdraw, Thought::Withdraw),
        ] {
            thoughts.extend(request.filter(|request| offered.can(request.request.by, act)).map(|_| thought));
        }
        for place in &seen.places {
            let client = place.attendance.client;
            let of_marks = [
                (Act::Unmark, Thought::Unmark(client)),
                (Act::Forgive, Thought::Forgive(client)),
                (Act::Uphold, Thought::Uphold(client)),
            ];
            let of_marks = of_marks.into_iter().filter(|(act, _)| offered.can(client, *act));
            thoughts.extend(of_marks.map(|(_, thought)| thought));
            match place.owed.map_or(0, |owed| owed.minor) {
                1.. => thoughts.extend([Thought::Waive(client), Thought::Pay(client)]),
                ..0 => thoughts.push(Thought::Refund(client)),
                0 => {}
            }
        }
        let mut all = Vec::with_capacity(thoughts.len());
        for thought in thoughts {
            all.push((thought, visit.foretold(tx, thought)?));
        }
        Ok(Hears(all))
    }

    /// Who would hear of this.
    pub(super) fn of(&self, thought: Thought) -> &[PersonId] {
        let found = self.0.iter().find(|(known, _)| *known == thought);
        found.map(|(_, people)| people.as_slice()).unwrap_or_default()
    }

    /// The coaches among them, by their first names, beside the reader.
    pub(super) fn coaches<'a>(&self, thought: Thought, me: PersonId, seen: &'a SessionView) -> Vec<&'a str> {
        let is_told = |person| person != me && self.of(thought).contains(&person);
        let coaches = seen.coaches.iter().filter(|coach| is_told(coach.person));
        coaches.map(|coach| first_name(&coach.name)).collect()
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

/// The coaches by their first names.
pub(super) fn coaches_of(seen: &SessionView, t: &Texts) -> String {
    listed(&seen.coaches.iter().map(|coach| first_name(&coach.name)).collect::<Vec<_>>(), t)
}
