//! What one sees first, by who one is. Nobody: the welcome, or the example's front page. A client: what is next, and their
//! path. A coach is led to their day. Everybody else: what their role lets them look after.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use model::agenda::{self, Journey as Path};
use model::organisation::Mode;
use model::person::{self, Filter, Person};
use model::{mail, sign_in};
use rules::attendance::Status;
use rules::permission::{Action, Role, reach};

use super::{Answer, demo, page, shell};
use crate::app::Reading;
use crate::cairn::Stone;
use crate::meeting::Teller;
use crate::shell::Place;
use crate::views::front::WelcomePage;
use crate::views::home::{DeskPage, Figure, HomePage, Journey, NextSession, Way};
use crate::views::parts::Step;
use crate::visitor::Visitor;

/// `GET /`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    let Some(signed) = &visitor.signed else { return stranger(app, visitor).await };
    let roles = signed.person.roles;
    if roles.contains(Role::Client) {
        client(&app, &visitor, &signed.person).await
    } else if roles.contains(Role::Coach) {
        Ok(Redirect::to("/today").into_response())
    } else {
        desk(&app, &visitor, &signed.person).await
    }
}

async fn stranger(app: Reading, visitor: Visitor) -> Answer {
    if app.mode() == Mode::Demo {
        return demo::show(State(app), visitor).await;
    }
    let set_up = app.read(sign_in::has_admin).await?;
    let title = visitor.texts().welcome.title;
    page(&WelcomePage { shell: shell::of(&visitor, app.mode(), app.now(), title, Place::Elsewhere), set_up })
}

async fn client(app: &Reading, visitor: &Visitor, me: &Person) -> Answer {
    let by = visitor.actor();
    let (coming, past, journeys) = app
        .read(move |tx| {
            Ok((
                agenda::coming_of_client(tx, &by)?,
                agenda::past_of_client(tx, &by)?,
                agenda::journeys(tx, &by)?,
            ))
        })
        .await?;
    let now = app.now();
    let t = visitor.texts();
    let teller = Teller::new(me, now);
    let next = coming.iter().find(|meeting| meeting.status == Status::Booked);
    let later = coming.iter().filter(|meeting| next != Some(meeting));
    page(&HomePage {
        shell: shell::of(visitor, app.mode(), now, t.home.title, Place::Home),
        first_name: first_name(me),
        next: next.map(|meeting| {
            let with = teller.line_for_client(meeting).line;
            let there =
                teller.there(meeting, meeting.ends_at).map(|there| format!(" {there}")).unwrap_or_default();
            NextSession {
                at: teller.moment(meeting.starts_at),
                line: format!("{with}. {}, {}{there}.", teller.length(meeting), teller.until(meeting)),
                status: meeting.status,
            }
        }),
        coming: later.map(|meeting| teller.line_for_client(meeting)).collect(),
        past: past.iter().map(|meeting| teller.line_for_client(meeting)).collect(),
        journey: journeys.into_iter().next().map(|path| journey(visitor, &teller, path, now)),
    })
}

fn journey(visitor: &Visitor, teller: &Teller<'_>, path: Path, now: rules::time::Instant) -> Journey {
    let t = visitor.texts();
    let count = |status| path.steps.iter().filter(|step| step.status == status).count();
    let date = |at| teller.clockface().short_date(at, now);
    let when = |step: &agenda::JourneyStep| match (step.status, step.starts_at, step.suggested) {
        (Status::Unbooked, _, Some((first, last))) => (t.meeting.best)(&date(first), &date(last)),
        (_, Some(at), _) => date(at),
        _ => String::new(),
    };
    Journey {
        line: (t.home.journey_line)(count(Status::Completed), count(Status::Booked), path.steps.len()),
        stones: path.steps.iter().map(|step| Stone { number: step.number, status: step.status }).collect(),
        steps: path
            .steps
            .iter()
            .map(|step| Step {
                number: step.number,
                title: step.name.clone(),
                line: when(step),
                status: step.status,
            })
            .collect(),
        title: path.name,
    }
}

async fn desk(app: &Reading, visitor: &Visitor, me: &Person) -> Answer {
    let by = visitor.actor();
    let roles = me.roles;
    let may = |action| !reach(roles, action).is_none();
    let (counts_people, counts_mails) = (may(Action::ManageParticipants), may(Action::SeeMailQueue));
    let (people, mails, companies) = app
        .read(move |tx| {
            let people = if counts_people { Some(person::count(tx, &by, &Filter::default())?) } else { None };
            let mails = if counts_mails { Some(mail::counts(tx, &by)?) } else { None };
            Ok((people, mails, agenda::sponsored(tx, &by)?))
        })
        .await?;
    let t = visitor.texts();
    let d = &t.desk;
    let mut figures = Vec::new();
    if let Some(people) = people {
        let all = reach(roles, Action::ManageParticipants).is_all();
        let (label, about) =
            if all { (d.people, d.people_about) } else { (d.participants, d.participants_about) };
        figures.push(Figure { value: people.to_string(), label, about, href: "/people" });
    }
    if let Some(mails) = mails {
        let count = |of: mail::State| {
            mails.iter().find(|(state, _)| *state == of).map_or(0, |(_, count)| *count).to_string()
        };
        figures.push(Figure {
            value: count(mail::State::Queued),
            label: d.waiting,
            about: d.waiting_about,
            href: "/mail-queue?state=queued",
        });
        figures.push(Figure {
            value: count(mail::State::Dead),
            label: d.given_up,
            about: d.given_up_about,
            href: "/mail-queue?state=dead",
        });
    }
    let ways = [
        (
            may(Action::ManagePeople),
            Way { icon: "plus", title: d.invite, about: d.invite_about, href: "/people/new" },
        ),
        (may(Action::SeeAudit), Way { icon: "audit", title: d.audit, about: d.audit_about, href: "/audit" }),
        (
            may(Action::ManageSettings),
            Way { icon: "settings", title: d.settings, about: d.settings_about, href: "/settings" },
        ),
        (true, Way { icon: "person", title: d.profile, about: d.profile_about, href: "/profile" }),
    ];
    let (heading, lede) = if roles.contains(Role::Admin) {
        ((d.greeting)(&first_name(me)), d.admin_lede.to_owned())
    } else if roles.contains(Role::ProgramLead) {
        ((d.greeting)(&first_name(me)), d.lead_lede.to_owned())
    } else if roles.contains(Role::Sponsor) {
        let heading = if companies.is_empty() { d.sponsor_heading.to_owned() } else { companies.join(", ") };
        (heading, format!("{} {}", d.sponsor_lede, d.sponsor_never))
    } else {
        (d.no_role_heading.to_owned(), d.no_role_lede.to_owned())
    };
    page(&DeskPage {
        shell: shell::of(visitor, app.mode(), app.now(), d.title, Place::Home),
        heading,
        lede,
        figures,
        ways: ways.into_iter().filter(|(open, _)| *open).map(|(_, way)| way).collect(),
    })
}

fn first_name(person: &Person) -> String {
    person.name.split_whitespace().next().unwrap_or(&person.name).to_owned()
}
