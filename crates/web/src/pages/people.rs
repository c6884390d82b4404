//! People: who there is, what they may do, how they are let in and out.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::event::{self, Actor};
use model::ledger::{self, Debts, Total};
use model::person::{self, Filter, Person};
use model::program::profile::{self, Way};
use model::session::{self, Asking, Held, Line, When};
use model::{agreement, booking, coach, idempotency, message, offering, sign_in};
use rules::ids::{PersonId, SessionId};
use rules::permission::{Action, Role, Roles, reach};
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::SessionKind;
use rules::terms::{AgreementKind, Terms};
use rules::time::{Instant, Zone};
use serde::Deserialize;

use super::coaches::picker::rule_of;
use super::sessions::{asking, list};
use super::{Answer, audit, money, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, encode, lead_to, led};
use crate::shell::{Choice, FormErrors, Paging, Place, zone_choices};
use crate::texts::Texts;
use crate::views::people::{
    ClientSeen, Fact, LeftLine, NewPersonPage, PeoplePage, PersonPage, PersonRow, RoleChoice, WayLine,
};
use crate::visitor::Visitor;
use crate::words::Clockface;

/// How many people one page of the list shows.
const PAGE_PEOPLE: u32 = 50;
/// No folded name is longer.
const NAME_MAX_BYTES: usize = 2_000;
/// How many lines of their history a person's page shows.
const HISTORY_LINES: u32 = 30;

/// The query of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    /// The folded name and the id of the last person before.
    #[serde(default)]
    after_name: String,
    #[serde(default)]
    after: String,
}

/// `GET /people`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let t = visitor.texts();
    let is_name = asked.after_name.len() <= NAME_MAX_BYTES && !asked.after_name.contains(char::is_control);
    let after =
        asked.after.parse::<PersonId>().ok().filter(|_| is_name).map(|id| (asked.after_name.clone(), id));
    let filter =
        Filter { search: asked.q.clone(), role: asked.role.parse().ok(), after, ..Default::default() };
    let by = visitor.actor();
    let (mut people, count, seen, ways) = app
        .read(move |tx| {
            let people = person::list(tx, &by, &filter, PAGE_PEOPLE + 1)?;
            let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
            let ways = profile::ways(tx, &by, &ids)?;
            Ok((people, person::count(tx, &by, &filter)?, person::last_seen(tx, &ids)?, ways))
        })
        .await?;
    let is_more = people.len() > PAGE_PEOPLE as usize;
    people.truncate(PAGE_PEOPLE as usize);
    let kept = format!("q={}&role={}", encode(&asked.q), encode(&asked.role));
    let older = people.last().filter(|_| is_more).map(|last| {
        format!("/people?{kept}&after_name={}&after={}", encode(&rules::person::fold(&last.name)), last.id)
    });
    let newer = (!asked.after.is_empty()).then(|| format!("/people?{kept}"));
    let count = usize::try_from(count).unwrap_or_default();
    let (clockface, now) = (visitor.clockface(), app.now());
    page(&PeoplePage {
        shell: shell::of(&visitor, app.mode(), now, t.people.title, Place::People),
        count: if asked.q.is_empty() { (t.people.count)(count) } else { (t.people.found)(count, &asked.q) },
        query: asked.q,
        roles: role_filter(&visitor, &asked.role),
        manages: manages(&visitor),
        rows: people.iter().map(|person| row(&visitor, person, &seen, &ways, &clockface, now)).collect(),
        paging: Paging { newer, older },
    })
}

fn manages(visitor: &Visitor) -> bool {
    reaches(visitor, Action::ManagePeople)
}

fn reaches(visitor: &Visitor, action: Action) -> bool {
    visitor.who().is_some_and(|who| !reach(who.roles, action).is_none())
}

fn role_filter(visitor: &Visitor, now: &str) -> Vec<Choice> {
    let t = visitor.texts();
    let every = Choice::new("", t.common.all, now);
    let roles = Role::ALL.iter().map(|role| Choice::new(role.code(), t.roles.name(*role), now));
    std::iter::once(every).chain(roles).collect()
}

fn row(
    visitor: &Visitor,
    person: &Person,
    seen: &HashMap<PersonId, Instant>,
    ways: &[Way],
    clockface: &Clockface,
    now: Instant,
) -> PersonRow {
    let t = visitor.texts();
    PersonRow {
        face: shell::face(person),
        mail: person.mail.clone(),
        href: format!("/people/{}", person.id),
        ways: ways.iter().filter(|way| way.person == person.id).map(|way| way_line(way, t)).collect(),
        roles: person.roles.iter().map(|role| t.roles.name(role)).collect(),
        zone: Clockface::of(person).place(),
        last_seen: match (person.closed_at, seen.get(&person.id)) {
            (Some(_), _) => t.people.closed.to_owned(),
            (None, Some(at)) => clockface.near(*at, now),
            (None, None) => t.common.never.to_owned(),
        },
    }
}

/// A journey as a line: where it is, and how far.
fn way_line(way: &Way, t: &Texts) -> WayLine {
    let what = way.pathway.as_deref().unwrap_or(t.board.no_journey);
    let mut line = vec![way.cohort.clone()];
    line.extend(way.pathway.is_some().then(|| (t.board.counted)(way.completed, way.counted)));
    line.extend(way.completed_at.map(|_| t.board.complete.to_owned()));
    line.extend(way.is_archived.then(|| t.board.put_away.to_owned()));
    WayLine {
        href: format!("/participants/{}", way.participant),
        title: what.to_owned(),
        line: line.join(", "),
    }
}

/// `GET /people/new`
pub async fn new(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&form_page(&app, &visitor, &Fields::default(), FormErrors::NONE))
}

fn form_page(app: &Reading, visitor: &Visitor, typed: &Fields, errors: FormErrors) -> NewPersonPage {
    let t = visitor.texts();
    let organisation = &visitor.organisation;
    let or =
        |typed: &str, default: &str| if typed.is_empty() { default.to_owned() } else { typed.to_owned() };
    let zone = or(typed.get("zone"), organisation.zone.as_str());
    let language = or(typed.get("language"), organisation.language.code());
    NewPersonPage {
        shell: shell::of(visitor, app.mode(), app.now(), t.people.invite_heading, Place::People),
        name: typed.get("name").to_owned(),
        mail: typed.get("mail").to_owned(),
        roles: RoleChoice::all(typed.all("role").filter_map(|code| code.parse::<Role>().ok()).collect(), t),
        zones: zone_choices(Zone::names().iter().map(String::as_str), &zone),
        languages: Language::ALL.iter().map(|l| Choice::new(l.code(), l.name(), &language)).collect(),
        errors,
    }
}

/// `POST /people`: makes the account and sends its invitation.
pub async fn create(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match add(&app, &visitor, &form).await {
        Ok(response) => Ok(response),
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let again = form_page(&app.reading(), &visitor, &form.fields, errors);
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(failure) => Err(failure),
    }
}

async fn add(app: &App, visitor: &Visitor, form: &Form) -> Result<Response, Failure> {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let name = checks.take("name", PersonName::parse(fields.get("name")));
    let mail = checks.take("mail", MailAddress::parse(fields.get("mail")));
    let roles = checks.take("roles", roles_of(fields));
    let zone = checks.take("zone", fields.get("zone").parse::<Zone>().map_err(|_| Problem::UnknownZone));
    let language = checks.take("language", fields.get("language").parse().map_err(|_| Problem::NotAChoice));
    checks.done()?;
    let (Some(name), Some(mail), Some(roles)) = (name, mail, roles) else {
        return Err(Failure::wrong("a field is missing although nothing was noted"));
    };
    // The zone here is the admin's guess: the person's own browser may still say better.
    let new = person::New { name, mail, roles, zone, zone_known: false, language, slug: None };
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let person = person::add(tx, &by, &new)?;
                sign_in::invite(tx, &by, person.id)?;
                Ok(lead_to(&format!("/people/{}", person.id), "person_added"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

fn roles_of(fields: &Fields) -> Result<Roles, Problem> {
    fields.all("role").map(|code| code.parse::<Role>().map_err(|_| Problem::NotAChoice)).collect()
}

fn id_of(path: &str) -> Result<PersonId, Refusal> {
    path.parse().map_err(|_| Refusal::NotFound)
}

/// `GET /people/{person}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    page(&fill(&app, &visitor, id_of(&id)?, FormErrors::NONE).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    id: PersonId,
    errors: FormErrors,
) -> Result<PersonPage, Failure> {
    let by = visitor.actor();
    let logged = reaches(visitor, Action::SeeAudit);
    let is_self = by.person() == Some(id);
    let me = visitor.person()?;
    let (my_id, roles) = (me.id, me.roles);
    let (person, seen, history, books, grants, slug, writes, client, left, ways) = app
        .read(move |tx| {
            let person = person::visible(tx, &by, id)?;
            let is_client = person.roles.contains(Role::Client) && !is_self;
            let books = is_client && booking::may_book_with_any(tx, &by, id)?;
            let grants = match by.person().filter(|me| is_client && coach::may_edit(&by, *me).is_ok()) {
                Some(me) => !booking::may_have_intro(tx, me, id)?,
                None => false,
            };
            let writes = match message::with(tx, &by, id) {
                Ok(_) => true,
                Err(model::Error::Refused(_)) => false,
                Err(error) => return Err(error),
            };
            let slug = match person.roles.contains(Role::Coach) {
                true => Some(coach::profile_of(tx, id)?.slug),
                false => None,
            };
            let seen = person::last_seen(tx, &[id])?.remove(&id);
            let history = if logged { event::history(tx, &by, id, HISTORY_LINES)? } else { Vec::new() };
            let client = if is_client && !reach(roles, Action::SeeSession).is_none() {
                Some(ClientRead::of(tx, &by, id)?)
            } else {
                None
            };
            let left = match logged && person.roles.contains(Role::Coach) {
                true => coach::left(tx, id)?,
                false => coach::Left::default(),
            };
            let ways = profile::ways(tx, &by, &[id])?;
            Ok((person, seen, history, books, grants, slug, writes, client, left, ways))
        })
        .await?;
    let t = visitor.texts();
    let (clockface, now) = (visitor.clockface(), app.now());
    let seen = seen.map_or_else(|| t.common.never.to_owned(), |at| clockface.near(at, now));
    Ok(PersonPage {
        shell: shell::of(visitor, app.mode(), now, &person.name, Place::People),
        face: shell::face(&person),
        mail: person.mail.clone(),
        facts: vec![
            Fact::new(t.people.time_zone, person.zone.to_string()),
            Fact::new(t.people.language, person.language.name()),
            Fact::new(t.people.since, clockface.date(person.created_at)),
            Fact::new(t.people.last_seen, seen),
        ],
        roles: RoleChoice::all(person.roles, t),
        manages: manages(visitor),
        books,
        client: client.map(|client| client.seen(my_id, &clockface, now, t)),
        ways: ways.iter().map(|way| way_line(way, t)).collect(),
        grants_intro: grants,
        writes,
        coach_page: slug.map(|slug| format!("/coaches/{slug}")),
        left: left
            .unmarked
            .iter()
            .chain(&left.ahead)
            .map(|(session, start)| LeftLine {
                href: format!("/sessions/{session}"),
                title: clockface.short(*start, now),
                line: match *start <= now {
                    true => t.people.left_unmarked,
                    false if left.waiting.iter().any(|(waits, _)| waits == session) => t.people.left_waiting,
                    false => t.people.left_ahead,
                },
            })
            .collect(),
        closed: person.closed_at.map(|at| (t.people.closed_since)(&clockface.date(at))),
        base: format!("/people/{id}"),
        logged,
        history: history.iter().map(|line| audit::line(visitor, line, &clockface, now)).collect(),
        errors,
    })
}

/// How many lines each list of a client has.
const CLIENT_LINES: u32 = 8;

/// What is known of a client besides their account, as far as the reader sees it (rule W9).
struct ClientRead {
    id: PersonId,
    asks: Vec<Asking>,
    ahead: Vec<Line>,
    past: Vec<Line>,
    money: Option<(Vec<Total>, Vec<ledger::Line>)>,
    contested: Vec<(SessionId, PersonId)>,
    accepted: Option<(i64, Instant)>,
    /// What holds for what they have booked, and what they would agree to with the reader now.
    held: Vec<Held>,
    to_agree: Vec<Terms>,
}

impl ClientRead {
    fn of(tx: &mut model::Tx, by: &Actor, id: PersonId) -> model::Result<ClientRead> {
        let list = |when| session::Filter { when, client: Some(id), ..session::Filter::default() };
        let ahead = session::list(tx, by, &list(When::Upcoming), CLIENT_LINES)?;
        let past = session::list(tx, by, &list(When::Past), CLIENT_LINES)?;
        let mut asks = session::asking(tx, by)?;
        asks.retain(|ask| ask.request.by == id);
        let sees_money = !model::reach::of(by, Action::SeeMoney).is_none();
        let money = if sees_money {
            let filter = ledger::Filter { client: Some(id), ..ledger::Filter::default() };
            Some((ledger::totals(tx, by, Debts::Of(id))?, ledger::list(tx, by, &filter, CLIENT_LINES)?))
        } else {
            None
        };
        let contested = money::contested(tx, money.as_ref().map_or(&[][..], |(_, lines)| lines))?;
        let accepted = agreement::accepted(tx, id, AgreementKind::Coaching)?;
        let held = if sees_money { session::terms_held(tx, by, id)? } else { Vec::new() };
        let to_agree = match by.person().filter(|me| coach::may_edit(by, *me).is_ok()) {
            Some(me) => own_terms(tx, me)?,
            None => Vec::new(),
        };
        Ok(ClientRead { id, asks, ahead, past, money, contested, accepted, held, to_agree })
    }

    fn seen(&self, me: PersonId, clockface: &Clockface, now: Instant, t: &Texts) -> ClientSeen {
        let lines = |lines: &[Line]| {
            lines.iter().map(|line| list::line_of(line, self.id, clockface, now, t)).collect()
        };
        let (totals, ledger) =
            self.money.as_ref().map_or((&[][..], &[][..]), |(totals, lines)| (totals, lines));
        let accepted = self.accepted.map(|(version, at)| (t.client.accepted)(version, &clockface.date(at)));
        ClientSeen {
            asks: asking::rows(&self.asks, me, clockface, now, t),
            ahead: lines(&self.ahead),
            past: lines(&self.past),
            sees_money: self.money.is_some(),
            totals: totals.iter().map(|total| money::sums(total, t)).collect(),
            lines: ledger
                .iter()
                .map(|line| money::line(line, &self.contested, me, clockface, now, t))
                .collect(),
            terms: accepted.unwrap_or_default(),
            held: self.terms_in_words(clockface, now, t),
        }
    }

    /// The terms of what is booked, by the first of these sessions, and those of a new booking (rules F3, W9).
    fn terms_in_words(&self, clockface: &Clockface, now: Instant, t: &Texts) -> Vec<Fact> {
        let say = |terms: &Terms| rule_of(t, SessionKind::OneToOne, true, Some(terms));
        let held = self.held.iter().map(|held| {
            let first = clockface.short(held.first, now);
            Fact::new((t.client.held)(&first, held.sessions - 1), say(&held.terms))
        });
        let new = self.to_agree.iter().map(|terms| Fact::new(t.client.new_bookings, say(terms)));
        held.chain(new).collect()
    }
}

/// What a coach's paid offerings come with now, each once.
fn own_terms(tx: &mut model::Tx, coach: PersonId) -> model::Result<Vec<Terms>> {
    let mut all: Vec<Terms> = Vec::new();
    for offering in offering::active(tx, coach)?.iter().filter(|offering| offering.is_paid()) {
        let terms = offering::terms(tx, offering)?;
        if !all.contains(&terms) {
            all.push(terms);
        }
    }
    Ok(all)
}

/// `POST /people/{person}/roles`
pub async fn roles(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let roles = roles_of(&form.fields).map_err(|problem| Refusal::invalid("roles", problem))?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let outcome = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let before = person::visible(tx, &by, id)?.roles;
                person::set_roles(tx, &by, id, roles)?;
                let is_new_coach = roles.contains(Role::Coach) && !before.contains(Role::Coach);
                Ok(lead_to(&format!("/people/{id}"), if is_new_coach { "coach_made" } else { "roles_saved" }))
            })
        })
        .await;
    match outcome {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(model::Error::Refused(refusal @ (Refusal::LastAdmin | Refusal::StillCoaches { .. }))) => {
            let errors = FormErrors::from_iter([("roles", visitor.say(&refusal))]);
            let again = fill(&app.reading(), &visitor, id, errors).await?;
            page_again(StatusCode::CONFLICT, &again)
        }
        Err(error) => Err(error.into()),
    }
}

/// Runs one verb on one person, once, and leads back to their page.
async fn act(
    app: &App,
    visitor: &Visitor,
    id: &str,
    form: Form,
    toast: &'static str,
    verb: fn(&mut model::Tx, &Actor, PersonId) -> model::Result<()>,
) -> Answer {
    let id = id_of(id)?;
    let by = visitor.actor();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                verb(tx, &by, id)?;
                Ok(lead_to(&format!("/people/{id}"), toast))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `POST /people/{person}/invitation`: mails them where to sign in.
pub async fn invite(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    act(&app, &visitor, &id, form, "invitation_sent", sign_in::invite).await
}

/// `POST /people/{person}/intro`: one more of them, from the coach who asks (rule C3).
pub async fn grant_intro(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let verb = |tx: &mut model::Tx, by: &Actor, id| {
        let client = person::visible(tx, by, id)?;
        let coach = by.person().filter(|me| *me != client.id && client.roles.contains(Role::Client));
        let coach = coach.ok_or_else(|| Refusal::invalid("person", Problem::NotAChoice))?;
        booking::grant_intro(tx, by, coach, client.id)
    };
    act(&app, &visitor, &id, form, "intro_granted", verb).await
}

/// `POST /people/{person}/sign-out`: everywhere.
pub async fn sign_out(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let verb = |tx: &mut model::Tx, by: &Actor, id| sign_in::sign_out_person(tx, by, id).map(|_| ());
    act(&app, &visitor, &id, form, "person_signed_out", verb).await
}

/// `POST /people/{person}/closure`
pub async fn close(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let verb = |tx: &mut model::Tx, by: &Actor, id| person::close(tx, by, id).map(|_| ());
    act(&app, &visitor, &id, form, "person_closed", verb).await
}

/// `POST /people/{person}/reopening`
pub async fn reopen(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let verb = |tx: &mut model::Tx, by: &Actor, id| person::reopen(tx, by, id).map(|_| ());
    act(&app, &visitor, &id, form, "person_reopened", verb).await
}

/// `GET /people/{person}/photo`: for whoever may see the person.
pub async fn photo(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = id_of(&id)?;
    let by = visitor.actor();
    let person = app.read(move |tx| person::visible(tx, &by, id)).await?;
    let name = person.photo.ok_or(Refusal::NotFound)?;
    let picture = app.files().get(&name).await?.ok_or(Refusal::NotFound)?;
    let headers = [(header::CONTENT_TYPE, "image/webp"), (header::CACHE_CONTROL, "private, max-age=86400")];
    Ok((headers, picture).into_response())
}
