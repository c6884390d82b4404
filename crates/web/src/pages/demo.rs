//! The front page of the living example: everybody in it, one click each.

use axum::extract::State;
use model::event::Actor;
use model::person::{self, Person};
use rules::permission::Role;
use rules::refusal::Refusal;

use super::{Answer, home, page, shell, sign_in};
use crate::app::{App, Reading};
use crate::forms::Form;
use crate::shell::{Face, Place};
use crate::views::demo::{DemoGroup, DemoPage, DemoPerson};
use crate::visitor::Visitor;

/// How many people the page shows.
const PEOPLE_MAX: u32 = 200;

/// `GET /demo`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let t = visitor.texts();
    // On a host of their own only that person is offered.
    let only = visitor.host_slug.clone();
    let cast = person::Filter { of_the_cast: true, ..person::Filter::default() };
    let people = app
        .read(move |tx| person::list(tx, &Actor::Program, &cast, PEOPLE_MAX))
        .await?
        .into_iter()
        .filter(|person| only.is_none() || person.slug == only)
        .collect::<Vec<_>>();
    let groups = Role::ALL
        .iter()
        .copied()
        .map(|role| {
            let of_role = people.iter().filter(|person| person.roles.iter().next() == Some(role));
            DemoGroup::of(role, t, of_role.map(|person| entry(&app, &visitor, person)).collect())
        })
        .filter(|group| !group.people.is_empty())
        .collect();
    let shell = shell::of(&visitor, app.mode(), app.now(), t.demo.title, Place::Elsewhere);
    page(&DemoPage { shell, groups })
}

fn entry(app: &Reading, visitor: &Visitor, person: &Person) -> DemoPerson {
    let own_window = match (&person.slug, &visitor.host_slug) {
        (Some(slug), None) => {
            Some(format!("http://{slug}.localhost:{}/demo", app.config().public_url.port()))
        }
        _ => None,
    };
    DemoPerson {
        // Initials only: whoever stands here is nobody yet, and may see no picture.
        face: Face::new(person.name.clone(), None),
        line: crate::words::Clockface::of(person).place(),
        id: person.id.to_string(),
        own_window,
    }
}

/// `POST /demo/sign-in`
pub async fn sign_in(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let id = form.fields.get("person").parse().map_err(|_| Refusal::NotFound)?;
    let begun = sign_in::begin_freely(&app, &visitor, id).await?;
    let door = home::landing(&app, &begun.person).await?;
    Ok(sign_in::signed_in(&app, &begun, door))
}
