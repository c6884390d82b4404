//! A walk along every address of the route table, as everybody, to things of their own, of others, and of nobody.
//! New routes join by themselves; a new name in braces needs a line in [`Walk::thing`].

use std::collections::BTreeMap;

use axum::http::Method;
use jiff::SignedDuration;
use model::availability::{self, TimeOffName, When};
use model::event::{Actor as By, Subject, Via};
use model::program::lead::{self, Led, Named};
use model::program::{self, Joining, NewPod, NewStep, Order, pool};
use model::world::{
    ADA, ADA_BEN, ADA_HOUR, BEN, BEN_AT_NORTHWIND, CARA, FINN, FINN_GIL, FINN_HOUR, GIL, GIL_AT_SOUTHWIND,
    LEA, NORTHWIND, NORTHWIND_COHORT, NORTHWIND_PROJECT, OTTO, PATHWAY, PEOPLE, POD_STEP, SOUTHWIND,
    SOUTHWIND_COHORT, SOUTHWIND_PROJECT, Somebody,
};
use model::{args, event, mail, message, notification, on_both, person, sign_in, testing, token, trigger};
use rules::ids::{
    BusyId, CohortId, CompanyId, ImportId, JourneyId, LeadId, MailId, MessageId, NotificationId, OfferingId,
    ParticipantId, PathwayId, PersonId, PodId, ProjectId, SessionId, SignInId, ThreadId, TokenId, TriggerId,
};
use rules::letters::Letter;
use rules::permission::{Action, Reach, Role, Who, reach};
use rules::person::{Language, MailAddress};
use rules::session::{Minutes, Place, PlaceKind, SessionKind};
use rules::text::{Line, Prose};
use rules::triggers::{Condition, Recipient, Timing};
use serde_json::json;
use web::routes::{self, Door, Framing, Route};

use crate::app::{Actor, Demo, Response, TOKEN_FOR, TestApp};

/// Whose thing an address speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Own,
    Foreign,
    Absent,
}

/// Who walks: the five roles, and nobody.
const WALKERS: [Option<PersonId>; 6] = [Some(OTTO), Some(LEA), Some(ADA), Some(BEN), Some(CARA), None];

/// Addresses that may answer 404 although the thing is the walker's own: it has no picture, no attachment, and they are
/// not the client who booked it.
const OFTEN_EMPTY: [&str; 5] = [
    "/people/{person}/photo",
    "/coaches/{slug}/photo",
    "/mailbox/{mail}/attachments/{part}",
    "/sessions/{session}/booked",
    "/sessions/{session}/booked/calendar.ics",
];

/// Addresses that may answer 401 although they are open: a wrong password is refused like that.
const ASK_FOR_A_PASSWORD: [&str; 2] = ["/sign-in", "/profile/password/removal"];

/// Addresses whose answers are the same for all strangers, so that they may be kept for a moment on the way.
const KEPT_FOR_STRANGERS: [&str; 3] = ["/coaches", "/coaches/{slug}", "/coaches/{slug}/photo"];

/// Addresses whose answers are the same for everybody.
const KEPT_FOR_ALL: [&str; 2] = ["/sitemap.xml", "/embed.js"];

/// Addresses for those only who coach: a right over all sessions is none over one's own day.
const FOR_COACHES: [&str; 2] = ["/today", "/calendar"];

/// Addresses of what two people write to each other: to all others they are as if they were not (rule W6).
fn is_of_two(route: &Route) -> bool {
    route.path.contains("{thread}") || route.path == "/people/{person}/messages"
}

pub(crate) struct Walk<'a> {
    app: &'a TestApp,
    pub(crate) routes: Vec<Route>,
    /// A mail that arrived, and one that was given up.
    sent: MailId,
    dead: MailId,
}

impl<'a> Walk<'a> {
    pub(crate) async fn new(app: &'a TestApp) -> Walk<'a> {
        let queued = app.db().write(|tx| {
            sign_in::invite(tx, &By::Operator, BEN)?;
            sign_in::invite(tx, &By::Operator, GIL)
        });
        queued.await.expect("inviting");
        app.run_jobs().await;
        let mails = app.db().read(|tx| mail::list(tx, &By::Program, &mail::Filter::default(), 10)).await;
        let mails = mails.expect("the queue");
        Walk { app, routes: routes::table(&app.inside().reading()), sent: mails[1].id, dead: mails[0].id }
    }

    pub(crate) const fn app(&self) -> &'a TestApp {
        self.app
    }

    fn somebody(id: PersonId) -> &'static Somebody {
        PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world")
    }

    /// The walker at a browser, or with a token where the address is one of the interface.
    pub(crate) async fn actor(&self, who: Option<PersonId>, route: &Route) -> Actor<'a> {
        let actor = match who {
            None => self.app.nobody(),
            Some(id) if route.is_api() => self.app.api(id),
            Some(id) => self.app.person(id),
        };
        actor.prove().await;
        actor
    }

    /// The walker at a browser, and with a token for the interface.
    pub(crate) async fn actors(&self, who: Option<PersonId>) -> [Actor<'a>; 2] {
        let nobody = || self.app.nobody();
        let both = [
            who.map_or_else(nobody, |id| self.app.person(id)),
            who.map_or_else(nobody, |id| self.app.api(id)),
        ];
        for actor in &both {
            actor.prove().await;
        }
        both
    }

    /// A thing that stands in braces in an address; none if there is no such thing.
    async fn thing(&self, name: &str, route: &Route, who: Option<PersonId>, whose: Whose) -> Option<String> {
        let owner = match whose {
            Whose::Own => who?,
            Whose::Foreign => GIL,
            Whose::Absent => return Some(absent(name, route)),
        };
        Some(match name {
            "thread" | "person" if is_of_two(route) => {
                let (coach, client) = if whose == Whose::Own { (ADA, BEN) } else { (FINN, GIL) };
                if whose == Whose::Own && owner != coach && owner != client {
                    return None;
                }
                match name {
                    "thread" => self.thread_of(coach, client).await.to_string(),
                    _ if owner == coach => client.to_string(),
                    _ if whose == Whose::Own => coach.to_string(),
                    _ => client.to_string(),
                }
            }
            "notification" => self.notification_of(owner).await.to_string(),
            // Otto, Lea and Ada have to do with Ben; he and Cara with themselves.
            "person" if route.path.contains("/sponsors/") => CARA.to_string(),
            "person" if whose == Whose::Own && owner != CARA => BEN.to_string(),
            "person" => owner.to_string(),
            // Nobody's own session is one of a program, so that Lea has none.
            "session" if whose == Whose::Own && owner == LEA => return None,
            "session" if whose == Whose::Own => ADA_BEN.to_string(),
            "session" => FINN_GIL.to_string(),
            // Of a cohort a coach knows their own participants alone.
            "cohort" if whose == Whose::Own && owner == ADA => return None,
            "cohort" if whose == Whose::Own => NORTHWIND_COHORT.to_string(),
            "cohort" => SOUTHWIND_COHORT.to_string(),
            "participant" if whose == Whose::Own => BEN_AT_NORTHWIND.to_string(),
            "participant" => GIL_AT_SOUTHWIND.to_string(),
            // A coach's page is nobody's private thing.
            "slug" => return (whose == Whose::Own).then(|| "ada-lindholm".to_owned()),
            "device" => self.device_of(owner).await.to_string(),
            "token" if route.is_api() => self.token_of(owner).await.to_string(),
            "offering" if whose == Whose::Own => ADA_HOUR.to_string(),
            "offering" => FINN_HOUR.to_string(),
            "date" => return (whose == Whose::Own).then(|| "2026-03-10".to_owned()),
            "time_off" => self.time_off_of(if whose == Whose::Own { ADA } else { FINN }).await.to_string(),
            "journey" if whose == Whose::Own => self.journey_of(BEN_AT_NORTHWIND).await.to_string(),
            "journey" => self.journey_of(GIL_AT_SOUTHWIND).await.to_string(),
            // Lea leads the cohort alone, so that the pools above it are not hers.
            "company" | "project"
                if whose == Whose::Own && owner == LEA && route.path.contains("/coaches") =>
            {
                return None;
            }
            // Otto runs and Lea leads Northwind's; nobody else has to do with it but as client or payer.
            "company" if whose == Whose::Own => NORTHWIND.to_string(),
            "company" => SOUTHWIND.to_string(),
            "project" if whose == Whose::Own => NORTHWIND_PROJECT.to_string(),
            "project" => SOUTHWIND_PROJECT.to_string(),
            "pathway" if whose == Whose::Own => PATHWAY.to_string(),
            "pathway" => self.pathway_of_nobody().await.to_string(),
            "import" => self.import_of(owner).await.to_string(),
            "coach" if whose == Whose::Own => self.coach_in_pool().await.to_string(),
            "coach" => FINN.to_string(),
            "trigger" => {
                let own = whose == Whose::Own;
                self.trigger_of(if own { NORTHWIND_COHORT } else { SOUTHWIND_COHORT }).await.to_string()
            }
            "lead" => self.lead_of(if whose == Whose::Own { NORTHWIND } else { SOUTHWIND }).await.to_string(),
            "mail" if whose == Whose::Own && route.path.starts_with("/mailbox") => self.sent.to_string(),
            "mail" if whose == Whose::Own => self.dead.to_string(),
            // What only its holder knows has no foreign kind: whoever holds it may use it.
            "mail" | "token" | "part" | "file" => return (name == "part").then(|| "0".to_owned()),
            // Only a participant chooses a pod.
            "pod" if route.path.ends_with("/choice") && who.is_some_and(|who| who != BEN) => return None,
            "pod" if whose == Whose::Own => self.pod_of(BEN_AT_NORTHWIND).await.to_string(),
            "pod" => self.pod_of(GIL_AT_SOUTHWIND).await.to_string(),
            other => panic!("{}: what is {{{other}}}?", route.path),
        })
    }

    async fn device_of(&self, id: PersonId) -> SignInId {
        let made = self.app.db().write(move |tx| {
            let person = person::get(tx, id)?;
            sign_in::begin(tx, &person, "another browser", "test")?;
            let by = By::Person { who: person.who(), via: Via::Page, proof: None };
            let devices = sign_in::devices(tx, &by)?;
            Ok(devices.iter().map(|device| device.id).max())
        });
        made.await.expect("signing in").expect("a device")
    }

    async fn thread_of(&self, coach: PersonId, client: PersonId) -> ThreadId {
        let made = self.app.db().write(move |tx| {
            let who = Who { person: coach, roles: Role::Coach.into() };
            let by = By::Person { who, via: Via::Page, proof: None };
            match message::with(tx, &by, client)?.thread {
                Some(thread) => Ok(thread),
                None => {
                    let text = message::Text::parse("Hello.").expect("a text");
                    Ok(message::send(tx, &by, client, None, &text)?.thread)
                }
            }
        });
        made.await.expect("writing")
    }

    async fn notification_of(&self, id: PersonId) -> NotificationId {
        let made = self.app.db().write(move |tx| {
            let about = Subject::of(id);
            let event =
                event::record(tx, &By::Operator, event::kind::SIGNED_OUT_EVERYWHERE, &about, &json!({}))?;
            let now = tx.now();
            mail::queue(tx, event, id, Letter::SignedOut, now)?;
            let who = person::get(tx, id)?.who();
            let by = By::Person { who, via: Via::Page, proof: None };
            Ok(notification::list(tx, &by, None, 1)?.first().map(|told| told.id))
        });
        made.await.expect("telling").expect("a notification")
    }

    /// A pod in which they are, of Ada's or Finn's; their journey runs.
    async fn pod_of(&self, member: ParticipantId) -> PodId {
        let is_ben = member == BEN_AT_NORTHWIND;
        let (cohort, facilitator) = if is_ben { (NORTHWIND_COHORT, ADA) } else { (SOUTHWIND_COHORT, FINN) };
        let made = self.app.db().write(move |tx| {
            if !tx.exists("SELECT 1 FROM journey WHERE participant_id = $1", args![member])? {
                program::start_journey(tx, &By::Operator, member)?;
            }
            let sql = "SELECT id FROM pod WHERE cohort_id = $1 ORDER BY id LIMIT 1";
            let pod = match tx.opt(sql, args![cohort], |row| row.get::<PodId>(0))? {
                Some(pod) => pod,
                None => {
                    let new = NewPod {
                        cohort,
                        step: POD_STEP,
                        name: "Tuesday".to_owned(),
                        facilitator,
                        min_members: 1,
                        max_members: 6,
                        joining: Joining::Closed,
                    };
                    program::add_pod(tx, &By::Operator, &new)?
                }
            };
            program::join_pod(tx, &By::Operator, pod, member)?;
            Ok(pod)
        });
        made.await.expect("a pod")
    }

    /// A pathway that no cohort follows, so that only admins know it.
    async fn pathway_of_nobody(&self) -> PathwayId {
        let made = self.app.db().write(|tx| {
            let sql = "SELECT id FROM pathway WHERE name = 'Nobody''s'";
            if let Some(id) = tx.opt(sql, args![], |row| row.get(0))? {
                return Ok(id);
            }
            let step = NewStep {
                name: "Only".to_owned(),
                kind: SessionKind::OneToOne,
                minutes: Minutes::new(60).expect("an hour"),
                weeks: None,
                window_days: 90,
                place: Place { kind: PlaceKind::Room, detail: String::new() },
            };
            program::add_pathway(tx, &By::Operator, "Nobody's", Order::Free, &[step])
        });
        made.await.expect("a pathway")
    }

    /// A file of theirs on its way in, whether or not they may send one.
    async fn import_of(&self, id: PersonId) -> ImportId {
        let made = self.app.db().write(move |tx| {
            let import: ImportId = tx.new_id();
            let now = tx.now();
            tx.exec(
                "INSERT INTO import (id, person_id, file, stage, at_once, lines, checked, report, made_at)
                 VALUES ($1, $2, '', 'checked', $3, 0, 0, $4, $5)",
                args![
                    import,
                    id,
                    false,
                    r#"{"new":0,"changed":0,"unchanged":0,"rows":[],"problems":[]}"#,
                    now
                ],
            )?;
            Ok(import)
        });
        made.await.expect("a file")
    }

    /// A coach whom the participants of Northwind's cohort can choose.
    async fn coach_in_pool(&self) -> PersonId {
        let made =
            self.app.db().write(|tx| pool::put(tx, &By::Operator, Led::Cohort(NORTHWIND_COHORT), ADA, None));
        made.await.expect("a pool");
        ADA
    }

    async fn trigger_of(&self, cohort: CohortId) -> TriggerId {
        let made = self.app.db().write(move |tx| {
            let sql = "SELECT id FROM trigger_rule WHERE cohort_id = $1 AND removed_at IS NULL";
            if let Some(known) = tx.opt(sql, args![cohort], |row| row.get(0))? {
                return Ok(known);
            }
            let text = trigger::Text {
                subject: Line::parse_some("Book").expect("a subject"),
                body: Prose::parse_some("Hello.").expect("a body"),
            };
            let new = trigger::NewTrigger {
                holds: Led::Cohort(cohort),
                condition: Condition::Missed,
                recipient: Recipient::Participant,
                timing: Timing::new(Condition::Missed, 24, 1, 72).expect("a timing"),
                texts: BTreeMap::from([(Language::English, text)]),
            };
            trigger::make(tx, &By::Operator, &new)
        });
        made.await.expect("a rule")
    }

    async fn journey_of(&self, participant: ParticipantId) -> JourneyId {
        let made = self.app.db().write(move |tx| {
            let sql = "SELECT id FROM journey WHERE participant_id = $1 ORDER BY id LIMIT 1";
            match tx.opt(sql, args![participant], |row| row.get::<JourneyId>(0))? {
                Some(journey) => Ok(journey),
                None => program::start_journey(tx, &By::Operator, participant),
            }
        });
        made.await.expect("a journey")
    }

    async fn lead_of(&self, company: CompanyId) -> LeadId {
        let made = self.app.db().write(move |tx| {
            tx.exec("DELETE FROM lead WHERE company_id = $1", args![company])?;
            let mail = MailAddress::parse("lea@cairn.example").expect("an address");
            lead::appoint(tx, &By::Operator, Led::Company(company), &Named { mail, name: None })
        });
        made.await.expect("giving a lead")
    }

    async fn time_off_of(&self, coach: PersonId) -> BusyId {
        let made = self.app.db().write(move |tx| {
            let who = Who { person: coach, roles: Role::Coach.into() };
            let by = By::Person { who, via: Via::Page, proof: None };
            let day = jiff::civil::date(2026, 4, 1);
            let when = When::Days { first: day, last: day };
            availability::add_time_off(tx, &by, coach, &TimeOffName::default(), when)
        });
        made.await.expect("taking time off").0
    }

    async fn token_of(&self, id: PersonId) -> TokenId {
        let scopes = "me:read".parse().expect("a scope");
        let made =
            self.app.db().write(move |tx| token::create(tx, &By::Program, id, "another", scopes, TOKEN_FOR));
        made.await.expect("making a token").0
    }

    /// The address with its things; none if there is nothing of that kind.
    pub(crate) async fn address(&self, route: &Route, who: Option<PersonId>, whose: Whose) -> Option<String> {
        let mut address = String::new();
        for part in route.path.split('/').skip(1) {
            address.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => address.push_str(&self.thing(name, route, who, whose).await?),
                None => address.push_str(part),
            }
        }
        (whose == Whose::Own || route.path.contains('{')).then_some(address)
    }

    /// Sends what the route takes, or something like it.
    async fn visit(&self, actor: &Actor<'_>, route: &Route, address: &str) -> Response {
        let (kind, body) = match route.method {
            Method::GET => (None, Vec::new()),
            _ if route.is_api() => (Some("application/json"), b"{}".to_vec()),
            _ => {
                (Some("application/x-www-form-urlencoded"), b"role=client&name=Somebody&language=en".to_vec())
            }
        };
        let body = match route.path {
            path if path.ends_with("/roles") && route.is_api() => br#"{"roles":["client"]}"#.to_vec(),
            path if path.ends_with("/threads/{thread}/messages") && route.method == Method::POST => {
                br#"{"text":"Hello."}"#.to_vec()
            }
            path if path.ends_with("/threads/{thread}/read") => {
                format!(r#"{{"up_to":"{}"}}"#, MessageId::from_raw(i64::MAX)).into_bytes()
            }
            path if path.ends_with("/overrides/{date}") && route.method == Method::PUT => {
                br#"{"hours":[]}"#.to_vec()
            }
            _ => body,
        };
        actor.send(route.method.clone(), address, kind, body).await
    }

    /// Takes back what the writes of the walk have done to people, their tokens, mails and offerings.
    async fn mend(&self) {
        let dead = self.dead;
        let mended = self.app.db().write(move |tx| {
            let now = tx.now();
            tx.exec("UPDATE person SET closed_at = NULL", args![])?;
            tx.exec("DELETE FROM api_token", args![])?;
            tx.exec("DELETE FROM busy", args![])?;
            tx.exec("DELETE FROM lead WHERE company_id IS NOT NULL", args![])?;
            tx.exec("DELETE FROM sponsor", args![])?;
            let sponsor = "INSERT INTO sponsor (person_id, company_id, since_at) VALUES ($1, $2, $3)";
            tx.exec(sponsor, args![CARA, NORTHWIND, now])?;
            tx.exec(sponsor, args![CARA, SOUTHWIND, now])?;
            tx.exec("UPDATE cohort SET archived_at = NULL", args![])?;
            tx.exec("UPDATE pathway SET archived_at = NULL", args![])?;
            tx.exec("UPDATE participant SET archived_at = NULL, archived_as = NULL", args![])?;
            tx.exec("UPDATE journey SET completed_at = NULL, completed_by = NULL", args![])?;
            tx.exec("DELETE FROM person_role", args![])?;
            for somebody in &PEOPLE {
                tx.exec(
                    "INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, $2, $3)",
                    args![somebody.id, somebody.role.code(), now],
                )?;
            }
            tx.exec("UPDATE offering SET retired_at = NULL, active = $1", args![true])?;
            tx.exec("UPDATE mail SET state = 'dead' WHERE id = $1", args![dead])?;
            Ok(())
        });
        mended.await.expect("mending the world");
    }

    /// Every row of every table.
    pub(crate) async fn digest(&self) -> BTreeMap<String, String> {
        let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in testing::schema(self.app.db()).await {
            let Some((table, rest)) = line.split_once('.') else { continue };
            let (column, kind) = rest.split_once(' ').expect("a column and its kind");
            if ["flag", "number", "text", "bytes"].iter().any(|known| kind.starts_with(known)) {
                columns.entry(table.to_owned()).or_default().push(column.to_owned());
            }
        }
        let selects: Vec<String> = columns
            .iter()
            .map(|(table, columns)| {
                let cells: Vec<String> =
                    columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), '-')")).collect();
                let row = cells.join(" || '|' || ");
                format!("SELECT '{table}', COALESCE(STRING_AGG({row}, ';'), '') FROM {table}")
            })
            .collect();
        let sql = selects.join(" UNION ALL ");
        let rows =
            self.app.db().read(move |tx| tx.all(&sql, args![], |row| Ok((row.get(0)?, row.get(1)?)))).await;
        rows.expect("reading everything").into_iter().collect()
    }
}

/// The name of something that never was.
fn absent(name: &str, route: &Route) -> String {
    match name {
        "person" => PersonId::from_raw(999).to_string(),
        "device" => SignInId::from_raw(999).to_string(),
        "mail" => MailId::from_raw(999).to_string(),
        "token" if route.is_api() => TokenId::from_raw(999).to_string(),
        "session" => SessionId::from_raw(999).to_string(),
        "offering" => OfferingId::from_raw(999).to_string(),
        "time_off" => BusyId::from_raw(999).to_string(),
        "thread" => ThreadId::from_raw(999).to_string(),
        "notification" => NotificationId::from_raw(999).to_string(),
        "cohort" => CohortId::from_raw(999).to_string(),
        "participant" => ParticipantId::from_raw(999).to_string(),
        "pod" => PodId::from_raw(999).to_string(),
        "company" => CompanyId::from_raw(999).to_string(),
        "project" => ProjectId::from_raw(999).to_string(),
        "pathway" => PathwayId::from_raw(999).to_string(),
        "import" => ImportId::from_raw(999).to_string(),
        "coach" => PersonId::from_raw(999).to_string(),
        "lead" => LeadId::from_raw(999).to_string(),
        "trigger" => TriggerId::from_raw(999).to_string(),
        "journey" => JourneyId::from_raw(999).to_string(),
        _ => "nothing".to_owned(),
    }
}

/// What the table of rights says of a walker at a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Let {
    In(Reach),
    Away,
    SignInFirst,
}

fn expected(route: &Route, who: Option<PersonId>) -> Let {
    let reach_of = |id, action| reach(Walk::somebody(id).role.into(), action);
    match (route.door, who) {
        (Door::Open, _) => Let::In(Reach::ALL),
        (_, None) => Let::SignInFirst,
        (Door::SignedIn, Some(id)) if is_of_two(route) => Let::In(reach_of(id, Action::Messages)),
        (Door::SignedIn, Some(id)) => Let::In(reach_of(id, Action::SeePerson)),
        (_, Some(id)) if FOR_COACHES.contains(&route.path) && Walk::somebody(id).role != Role::Coach => {
            Let::Away
        }
        (Door::May(action), Some(id)) if reach_of(id, action).is_none() => Let::Away,
        (Door::May(action), Some(id)) => Let::In(reach_of(id, action)),
    }
}

/// What every answer carries, and no answer may.
fn check_headers(route: &Route, what: &str, response: &Response) {
    assert!(!response.status.is_server_error(), "{what}: {} {}", response.status, response.text());
    let policy = response.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    let is_framed = route.framing == Framing::Ourselves && response.status.is_success();
    if is_framed {
        assert!(policy.contains("sandbox") && policy.contains("frame-ancestors 'self'"), "{what}: {policy}");
    } else {
        for word in ["unsafe", "http:", "https:", "data:", "*", "nonce"] {
            assert!(!policy.contains(word), "{what}: {policy}");
        }
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert_eq!(response.header("x-frame-options"), "DENY", "{what}");
    }
    assert_eq!(response.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(response.header("referrer-policy"), "same-origin", "{what}");
    assert_ne!(response.header("permissions-policy"), "", "{what}");
    let cache = response.header("cache-control");
    let is_asset = route.path.starts_with("/assets/") && response.status.is_success();
    let is_common = response.status.is_success()
        && (KEPT_FOR_ALL.contains(&route.path) || KEPT_FOR_STRANGERS.contains(&route.path));
    let is_kept = is_common && cache.starts_with("public, max-age=");
    assert!(
        is_asset || is_kept || cache.contains("no-store") || cache.contains("private"),
        "{what}: {cache:?}"
    );
    if response.header("content-type").starts_with("text/html") && !is_framed {
        let page = response.text();
        for inline in ["<script>", " style=\"", " onclick=", "<style", "javascript:"] {
            assert!(!page.contains(inline), "{what}: {inline} in the page");
        }
    }
}

on_both! {
    // Rules P3, P4
    async fn everybody_gets_what_the_table_of_rights_says_and_no_more(app: Demo) {
        let walk = Walk::new(&app).await;
        for route in &walk.routes {
            for who in WALKERS {
                let mut answers = BTreeMap::new();
                for whose in [Whose::Own, Whose::Foreign, Whose::Absent] {
                    walk.mend().await;
                    let actor = walk.actor(who, route).await;
                    let Some(address) = walk.address(route, who, whose).await else { continue };
                    // An answer about what is not there does not even tell the time.
                    app.clock().advance(SignedDuration::from_secs(1));
                    let response = walk.visit(&actor, route, &address).await;
                    let name = who.map_or("nobody", |id| Walk::somebody(id).name);
                    let what = format!("{} {address} ({whose:?}) as {name}", route.method);
                    check_headers(route, &what, &response);
                    check_outcome(route, who, whose, &what, &response);
                    answers.insert(format!("{whose:?}"), (what, response));
                }
                if let (Some((what, foreign)), Some((_, absent))) = (answers.get("Foreign"), answers.get("Absent"))
                    && !matches!(expected(route, who), Let::In(reach) if reach.is_all())
                    && expected(route, who) != Let::SignInFirst
                {
                    assert_eq!(foreign.status, absent.status, "{what}");
                    assert_eq!(foreign.text(), absent.text(), "{what}");
                }
            }
        }
    }

    // Rule P2
    async fn looking_changes_nothing(app: Demo) {
        let walk = Walk::new(&app).await;
        walk.mend().await;
        for route in walk.routes.iter().filter(|route| route.method == Method::GET) {
            // Each visit took a token, of which nobody has any number.
            walk.mend().await;
            for who in WALKERS {
                for whose in [Whose::Own, Whose::Absent] {
                    let actor = walk.actor(who, route).await;
                    let Some(address) = walk.address(route, who, whose).await else { continue };
                    let before = walk.digest().await;
                    let shown = actor.get(&address).await;
                    let head = actor.head(&address).await;
                    assert!(walk.digest().await == before, "GET {address} changed something");
                    assert_eq!((head.status, head.body.len()), (shown.status, 0), "HEAD {address}");
                    check_headers(route, &format!("HEAD {address}"), &head);
                }
            }
        }
    }

    async fn no_other_site_makes_anybody_do_anything(app: Demo) {
        let walk = Walk::new(&app).await;
        walk.mend().await;
        let by_browser =
            |route: &&Route| route.method != Method::GET && !route.is_api() && !route.from_anywhere;
        for route in walk.routes.iter().filter(by_browser) {
            let actor = walk.actor(Some(OTTO), route).await;
            let Some(address) = walk.address(route, Some(OTTO), Whose::Absent).await.or(
                walk.address(route, Some(OTTO), Whose::Own).await) else { continue };
            let before = walk.digest().await;
            for origin in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
                let forged = walk.visit(&actor.with(origin.0, origin.1), route, &address).await;
                assert_eq!(forged.status, 403, "{} {address}", route.method);
                check_headers(route, &address, &forged);
            }
            assert!(walk.digest().await == before, "{} {address} changed something", route.method);
        }
    }
}

on_both! {
    // The interface takes no cookie, so that it need not ask where a request comes from.
    async fn the_interface_knows_tokens_only(app: TestApp) {
        let elsewhere = ("sec-fetch-site", "cross-site");
        app.otto().with(elsewhere.0, elsewhere.1).post_json("/api/v1/people", &json!({})).await.expect(401);
        app.api(OTTO).with(elsewhere.0, elsewhere.1).post_json("/api/v1/people", &json!({})).await.expect(422);
    }

    // Rules M7, T4
    async fn what_an_instance_does_not_have_is_absent_for_every_method(app: TestApp) {
        for path in ["/mailbox", "/clock", "/demo", "/demo/sign-in"] {
            app.otto().get(path).await.expect(404);
            app.otto().post(path, &[]).await.expect(404);
        }
    }

    // Rule D4
    async fn machines_are_answered_without_a_database_and_people_are_told_to_come_again(app: TestApp) {
        let otto = app.otto();
        otto.get("/").await.expect(200);
        app.db().clone().close().await;
        for path in ["/healthz", "/robots.txt", "/assets/nothing.css", "/readyz"] {
            let answer = otto.get(path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        }
        otto.get("/healthz").await.expect(200);
        otto.get("/readyz").await.expect(503);
        let page = otto.get("/").await.expect(503);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.text());
        assert_ne!(page.header("retry-after"), "");
        app.nobody().get("/api/v1/me").await.refused(503, "busy");
    }
}

fn check_outcome(route: &Route, who: Option<PersonId>, whose: Whose, what: &str, response: &Response) {
    let status = response.status.as_u16();
    let has_thing = route.path.contains('{');
    match expected(route, who) {
        Let::Away => assert_eq!(status, 403, "{what}"),
        Let::SignInFirst if route.is_api() => assert_eq!(status, 401, "{what}"),
        Let::SignInFirst => {
            assert_eq!(status, 303, "{what}");
            assert!(response.header("location").starts_with("/sign-in?next="), "{what}");
        }
        Let::In(_) if status == 401 => assert!(ASK_FOR_A_PASSWORD.contains(&route.path), "{what}"),
        Let::In(_) if route.door == Door::Open => assert_ne!(status, 403, "{what}"),
        Let::In(reach) if whose == Whose::Own || (whose == Whose::Foreign && reach.is_all()) => {
            let is_empty = status == 404 && OFTEN_EMPTY.contains(&route.path);
            let is_refused = matches!(status, 403 | 404);
            assert!(is_empty || !is_refused, "{what}: {status}: {}", response.text());
        }
        Let::In(_) if has_thing => assert_eq!(status, 404, "{what}: {}", response.text()),
        Let::In(_) => {}
    }
}
