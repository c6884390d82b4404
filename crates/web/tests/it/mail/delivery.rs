//! From the outbox to a real mail server and back: everything arrives, and once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use mail_parser::MessageParser;
use model::event::{self, Actor, Subject, Via};
use model::mail::{self, Filter, Line, State};
use model::organisation::Mode;
use model::program::lead::Led;
use model::testing::{Fixture, Store};
use model::world::{ADA, ADA_HOUR, BEN, BEN_AT_NORTHWIND, CARA, FINN, GIL, NORTHWIND_COHORT, OTTO, World};
use model::{Db, args, booking, program as programs, sign_in, trigger};
use rules::ids::{MailId, PersonId};
use rules::letters::Letter;
use rules::permission::{Role, Who};
use rules::person::Language;
use rules::text::{Line as Words, Prose};
use rules::time::Span;
use rules::triggers::{Condition, Recipient, Timing};
use serde_json::json;
use web::config::{Config, Dkim, Purpose, Secret, Security, Smtp};
use web::jobs::Jobs;
use web::mail::{Mailroom, delivery, read, send_test};

use super::message::{verify, without_frame};
use super::server::{Server, run};

const EVERYBODY: [PersonId; 6] = [OTTO, ADA, BEN, CARA, FINN, GIL];

fn config(port: Option<u16>) -> Config {
    let smtp = port.map(|port| Smtp {
        host: "localhost".to_owned(),
        port,
        security: Security::None,
        login: None,
        from_address: "letters@cairn.example".parse().expect("an address"),
        from_name: None,
        extra_certificate: None,
        dkim: None,
    });
    let public_url = "https://cairn.example".parse().expect("an address");
    Config { smtp, public_url, ..Config::defaults(Purpose::Live) }
}

fn room(server: &Server) -> Arc<Mailroom> {
    Arc::new(Mailroom::new(&config(Some(server.port)), Mode::Serve).expect("a mailroom"))
}

fn program(db: &Db, server: &Server) -> Arc<Jobs> {
    Jobs::new(db.clone(), room(server))
}

async fn queue(db: &Db, to: PersonId, letter: Letter, wait: SignedDuration) -> MailId {
    db.write(move |tx| {
        let facts = json!({ "from": "client", "to": "client coach" });
        let event =
            event::record(tx, &Actor::Operator, event::kind::ROLES_CHANGED, &Subject::of(to), &facts)?;
        let due_at = tx.now() + wait;
        mail::queue(tx, event, to, letter, due_at)?;
        tx.one("SELECT id FROM mail WHERE event_id = $1", args![event], |row| row.get(0))
    })
    .await
    .expect("queueing")
}

async fn queue_for_everybody(db: &Db) {
    for person in EVERYBODY {
        queue(db, person, Letter::RolesChanged, SignedDuration::ZERO).await;
    }
}

async fn lines(db: &Db) -> Vec<Line> {
    db.read(|tx| mail::list(tx, &Actor::Operator, &Filter::default(), 1000)).await.expect("the list")
}

async fn count(db: &Db, state: State) -> usize {
    lines(db).await.iter().filter(|line| line.state == state).count()
}

async fn stored_text(db: &Db, id: MailId) -> Option<String> {
    let sql = "SELECT message FROM mail WHERE id = $1";
    db.read(move |tx| tx.one(sql, args![id], |row| row.get(0))).await.expect("a row")
}

async fn use_as(db: &Db, mode: &'static str) {
    let sql = "UPDATE organisation SET mode = $1 WHERE id = 1";
    db.write(move |tx| tx.exec(sql, args![mode])).await.expect("setting the mode");
}

fn message_id(message: &str) -> String {
    let parsed = MessageParser::default().parse(message.as_bytes()).expect("a message");
    parsed.message_id().expect("a Message-ID").to_owned()
}

/// What all messages of one server have in common.
fn assert_each_came_once(server: &Server, expected: usize) {
    let taken = server.taken();
    let ids: BTreeSet<String> = taken.iter().map(|message| message_id(message)).collect();
    assert_eq!((taken.len(), ids.len()), (expected, expected));
}

model::on_both! {
    // Rules M2, M8
    async fn a_letter_arrives_with_both_parts(world: World) {
        let server = Server::start();
        let id = queue(&world.db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        program(&world.db, &server).run_until_idle().await.expect("delivering");
        assert_eq!(server.offered(), ["accept letters@cairn.example ben@northwind.example"]);
        let opened = read::open(&server.taken()[0]);
        assert_eq!(opened.from, "Cairn <letters@cairn.example>");
        assert_eq!(opened.to, "Ben Orle <ben@northwind.example>");
        assert_eq!(opened.reply_to.as_deref(), Some("Cairn <help@cairn.example>"));
        assert!(opened.text.contains("Now: Coach, Client") && opened.html.contains("Coach, Client"));
        assert!(message_id(&server.taken()[0]).starts_with(&id.to_string()));
        assert!(message_id(&server.taken()[0]).ends_with("@cairn.example"));
        assert_eq!((lines(&world.db).await[0].state, stored_text(&world.db, id).await), (State::Sent, None));
    }

    // Rules M5, M8, M4
    async fn a_rules_mail_comes_in_the_coachs_name_and_is_left_by_one_press(world: World) {
        let (db, server) = (&world.db, Server::start());
        let text = trigger::Text {
            subject: Words::parse_some("Time for {{ step }}").expect("a subject"),
            body: Prose::parse_some("Hello <b>{{ first_name }}</b>,\n\nit waits for {{ days }} days.\n\n{{ link }}")
                .expect("a body"),
        };
        let new = trigger::NewTrigger {
            holds: Led::Cohort(NORTHWIND_COHORT),
            condition: Condition::Unbooked,
            recipient: Recipient::Participant,
            timing: Timing::new(Condition::Unbooked, 48, 1, 72).expect("a timing"),
            texts: BTreeMap::from([(Language::English, text)]),
        };
        let begun = db.write(move |tx| {
            programs::start_journey(tx, &Actor::Program, BEN_AT_NORTHWIND)?;
            trigger::make(tx, &Actor::Program, &new)
        });
        begun.await.expect("a rule");
        let jobs = program(db, &server);
        jobs.advance(SignedDuration::from_hours(47)).await.expect("two days less an hour");
        assert!(server.taken().is_empty());
        jobs.advance(SignedDuration::from_hours(24 * 20)).await.expect("some weeks");
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        let opened = read::open(&taken[0]);
        assert_eq!(opened.from, "Ada Lindholm, Cairn <letters@cairn.example>");
        assert_eq!(opened.to, "Ben Orle <ben@northwind.example>");
        assert!(opened.reply_to.as_deref().is_some_and(|to| to.starts_with("Ada Lindholm <")), "{:?}", opened.reply_to);
        assert!(taken[0].contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{}", taken[0]);
        assert!(opened.text.contains("Hello <b>Ben</b>,") && opened.text.contains("waits for 2 days"), "{}", opened.text);
        assert!(opened.text.contains("https://cairn.example/sessions/ses_") && opened.text.contains("/booking"));
        assert!(opened.html.contains("Hello &#60;b&#62;Ben") || opened.html.contains("Hello &lt;b&gt;Ben"), "{}", opened.html);
    }

    // Rule M2
    async fn a_server_that_refuses_fails_and_returns_gets_everything_once(world: World) {
        let (db, mut server) = (&world.db, Server::start());
        let program = program(db, &server);
        queue_for_everybody(db).await;
        let later = async || {
            program.run_until_idle().await.expect("trying");
            db.clock().advance(SignedDuration::from_hours(8));
        };
        server.set("refuse");
        later().await;
        server.set("cut");
        later().await;
        later().await;
        server.stop();
        later().await;
        later().await;
        assert_eq!((server.taken().len(), count(db, State::Queued).await), (0, EVERYBODY.len()));
        let tried = lines(db).await;
        assert!(tried.iter().all(|line| line.attempts >= 1 && line.last_error.is_some()));
        assert!(tried.iter().all(|line| !format!("{:?}", line.last_error).contains("Ben")), "no server's prose");
        server.resume();
        server.set("accept");
        later().await;
        later().await;
        assert_each_came_once(&server, EVERYBODY.len());
        assert_eq!(count(db, State::Sent).await, EVERYBODY.len());
    }

    // Rule M2
    async fn an_answer_that_is_lost_repeats_the_same_message(world: World) {
        let (db, server) = (&world.db, Server::start());
        let program = program(db, &server);
        queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        server.set("lose");
        program.run_until_idle().await.expect("trying");
        server.set("accept");
        db.clock().advance(SignedDuration::from_hours(1));
        program.run_until_idle().await.expect("trying");
        let taken = server.taken();
        assert_eq!(taken.len(), 2, "the mail server took it both times");
        assert_eq!(taken[0], taken[1], "so that a mail program shows it once");
    }

    // Rule M2
    async fn what_is_refused_for_good_is_dead_until_an_admin_retries(world: World) {
        let (db, server) = (&world.db, Server::start());
        let program = program(db, &server);
        let id = queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        server.set("reject");
        program.run_until_idle().await.expect("trying");
        db.clock().advance(SignedDuration::from_hours(100));
        program.run_until_idle().await.expect("trying");
        assert_eq!(server.offered().len(), 1, "it is not tried again");
        assert_eq!(lines(db).await[0].last_error.as_deref(), Some("smtp_550"));
        server.set("accept");
        db.write(move |tx| mail::retry(tx, &Actor::Operator, id)).await.expect("retrying");
        program.run_until_idle().await.expect("delivering");
        assert_each_came_once(&server, 1);
        assert_eq!(lines(db).await[0].state, State::Sent);
    }

    // Rules M2, D6
    async fn two_programs_send_each_letter_once(world: World) {
        let (db, server) = (&world.db, Server::start());
        for _ in 0..4 {
            queue_for_everybody(db).await;
        }
        let programs: Vec<Arc<Jobs>> = (0..3).map(|_| program(db, &server)).collect();
        let runs: Vec<_> = programs.iter().map(|one| { let one = Arc::clone(one); tokio::spawn(async move { one.run_until_idle().await }) }).collect();
        for run in runs {
            run.await.expect("a program").expect("delivering");
        }
        programs[0].run_until_idle().await.expect("delivering");
        assert_each_came_once(&server, 4 * EVERYBODY.len());
        assert_eq!(count(db, State::Sent).await, 4 * EVERYBODY.len());
    }

    // Rule M2
    async fn a_crash_after_writing_loses_nothing(world: World) {
        let (db, server) = (&world.db, Server::start());
        let id = queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        let written = delivery::prepare(db, &room(&server), id).await.expect("writing").expect("something to send");
        program(db, &server).run_until_idle().await.expect("the next program");
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0], written.message, "the text that was stored");
    }

    // Rule M2
    async fn a_crash_between_the_servers_yes_and_ours_repeats_the_same_message(world: World) {
        let (db, server) = (&world.db, Server::start());
        let room = room(&server);
        let id = queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        let written = delivery::prepare(db, &room, id).await.expect("writing").expect("something to send");
        let mut wire = None;
        delivery::hand_over(&room, &mut wire, &written).await.expect("the server takes it");
        drop(wire);
        let next = program(db, &server);
        next.run_until_idle().await.expect("the next program");
        next.run_until_idle().await.expect("and again");
        let taken = server.taken();
        assert_eq!(taken.len(), 2);
        assert_eq!(taken[0], taken[1]);
    }

    // Rule M2
    async fn a_program_that_dies_in_the_middle_is_followed_by_another(world: World) {
        let (db, server) = (&world.db, Server::start());
        for _ in 0..4 {
            queue_for_everybody(db).await;
        }
        for pause in [1, 5, 20, 50] {
            let dying = program(db, &server);
            let run = tokio::spawn(async move { dying.run_until_idle().await });
            tokio::time::sleep(Duration::from_millis(pause)).await;
            run.abort();
            // Whatever it was doing, its lease runs out.
            db.clock().advance(SignedDuration::from_mins(10));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        // What the dead had on its way to the store may have taken the lease once more.
        db.clock().advance(SignedDuration::from_mins(10));
        program(db, &server).run_until_idle().await.expect("the last one");
        let ids: BTreeSet<String> = server.taken().iter().map(|message| message_id(message)).collect();
        assert_eq!((ids.len(), count(db, State::Sent).await), (24, 24), "all of them, each under one id");
    }

    // Rules P1, M2
    async fn the_secret_of_a_link_stands_in_the_message_alone(world: World) {
        let (db, server) = (&world.db, Server::start());
        let id = queue(db, BEN, Letter::SignInLink, SignedDuration::ZERO).await;
        assert_eq!(stored_text(db, id).await, None, "nothing to find before it is written");
        program(db, &server).run_until_idle().await.expect("delivering");
        assert_eq!(stored_text(db, id).await, None, "nor after it is sent");
        let text = read::open(&server.taken()[0]).text;
        let token = text.split("/sign-in/link/").nth(1).and_then(|rest| rest.split_whitespace().next());
        let token = token.expect("a link").to_owned();
        let begun = db.write(move |tx| sign_in::use_link(tx, &token, "Firefox")).await.expect("it signs in");
        assert_eq!(begun.person.id, BEN);
    }

    // Rules P1, M2
    async fn a_link_that_ended_while_the_server_was_away_is_made_anew(world: World) {
        let (db, server) = (&world.db, Server::start());
        let program = program(db, &server);
        queue(db, BEN, Letter::SignInLink, SignedDuration::ZERO).await;
        server.set("lose");
        program.run_until_idle().await.expect("trying");
        server.set("accept");
        db.clock().advance(SignedDuration::from_mins(16));
        program.run_until_idle().await.expect("trying");
        let taken = server.taken();
        assert_eq!(message_id(&taken[0]), message_id(&taken[1]));
        let token = |message: &str| {
            let text = read::open(message).text;
            text.split("/sign-in/link/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link").to_owned()
        };
        let (old, new) = (token(&taken[0]), token(&taken[1]));
        assert!(db.write(move |tx| sign_in::use_link(tx, &old, "Firefox")).await.is_err());
        db.write(move |tx| sign_in::use_link(tx, &new, "Firefox")).await.expect("the new one opens");
    }

    // Rule M7
    async fn a_demo_keeps_whole_mails_and_sends_none(world: World) {
        let (db, server) = (&world.db, Server::start());
        use_as(db, "demo").await;
        queue_for_everybody(db).await;
        let room = Mailroom::new(&config(Some(server.port)), Mode::Demo).expect("a mailroom");
        Jobs::new(db.clone(), Arc::new(room)).run_until_idle().await.expect("delivering");
        assert_eq!(server.offered().len(), 0);
        let shown = db.read(|tx| mail::mailbox(tx, &Filter { person: Some(BEN), ..Filter::default() }, 9)).await;
        let id = shown.expect("the mailbox")[0].id;
        let (line, message) = db.read(move |tx| mail::whole(tx, id)).await.expect("a whole mail");
        assert_eq!((line.person, line.sent_at), (Some(BEN), Some(db.clock().now())));
        let opened = read::open(&message);
        assert!(opened.html.contains("<h1"));
        assert_eq!(Some(opened.subject), line.subject);
    }

    // Rule M2
    async fn without_a_mail_server_letters_wait_unwritten(world: World) {
        let db = &world.db;
        let id = queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        let off = Jobs::new(db.clone(), Arc::new(Mailroom::new(&config(None), Mode::Serve).expect("a mailroom")));
        off.run_until_idle().await.expect("nothing to do");
        let line = lines(db).await.remove(0);
        assert_eq!((line.state, line.attempts, stored_text(db, id).await), (State::Queued, 0, None));
        assert_eq!(db.read(mail::health).await.expect("health").waiting, 1);
        let server = Server::start();
        program(db, &server).run_until_idle().await.expect("delivering");
        assert_each_came_once(&server, 1);
    }

    // Rule T4
    async fn one_jump_ends_where_small_steps_do(world: World) {
        let (db, server) = (&world.db, Server::start());
        let waits = [0, 15, 60, 61, 60 * 24, 60 * 24 * 3].map(SignedDuration::from_mins);
        for (person, wait) in EVERYBODY.into_iter().zip(waits) {
            queue(db, person, Letter::RolesChanged, wait).await;
        }
        let start = db.clock().now();
        let now = program(db, &server).advance(SignedDuration::from_hours(72)).await.expect("moving the clock");
        assert_eq!(now, start + SignedDuration::from_hours(72));
        let mut sent: Vec<_> = lines(db).await.iter().map(|line| line.sent_at).collect();
        sent.sort();
        assert_eq!(sent, waits.map(|wait| Some(start + wait)), "each at its own moment");
    }

    // Rule T4
    async fn what_the_background_does_during_a_jump_is_told_at_its_moment(world: World) {
        let (db, server) = (&world.db, Server::start());
        let ben = Actor::Person { who: Who { person: BEN, roles: Role::Client.into() }, via: Via::Page, proof: None };
        let days = Span::of(db.clock().now(), SignedDuration::from_hours(24 * 14));
        let booked = db.write(move |tx| {
            for start in booking::slots(tx, ADA_HOUR, days)?.into_iter().step_by(9).take(8) {
                booking::book(tx, &ben, &booking::Wish::plain(ADA_HOUR, start))?;
            }
            Ok(())
        });
        booked.await.expect("sessions");
        let jobs = program(db, &server);
        let running = jobs.start();
        jobs.advance(SignedDuration::from_hours(24 * 14)).await.expect("moving the clock");
        running.stop().await;
        let lines = lines(db).await;
        assert!(lines.len() > 30, "reminders and questions were told: {}", lines.len());
        for line in lines {
            assert_eq!((line.state, line.sent_at), (State::Sent, Some(line.due_at)), "{:?}", line.letter);
        }
    }

    // Rules M2, T4
    async fn in_the_background_a_commit_or_a_moved_clock_wakes_it(world: World) {
        let (db, server) = (&world.db, Server::start());
        let running = program(db, &server).start();
        queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        until(|| server.taken().len() == 1).await;
        queue(db, ADA, Letter::RolesChanged, SignedDuration::from_hours(18)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(server.taken().len(), 1, "not yet");
        db.advance_clock(SignedDuration::from_hours(18)).await.expect("moving the clock");
        until(|| server.taken().len() == 2).await;
        running.stop().await;
        queue(db, CARA, Letter::RolesChanged, SignedDuration::ZERO).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(server.taken().len(), 2, "it has stopped");
    }
}

/// Two programs on one database, each with a store of its own.
struct Two {
    one: Db,
    other: Db,
}

impl Fixture for Two {
    async fn make(store: &Store) -> Two {
        let World { db: one } = World::make(store).await;
        Two { one, other: store.open().await }
    }
}

model::on_both! {
    // Rules M2, D6
    async fn two_nodes_share_one_outbox(two: Two) {
        let server = Server::start();
        for _ in 0..3 {
            queue_for_everybody(&two.one).await;
            queue_for_everybody(&two.other).await;
        }
        let (one, other) = (program(&two.one, &server), program(&two.other, &server));
        let (first, second) = tokio::join!(one.run_until_idle(), other.run_until_idle());
        first.and(second).expect("delivering");
        other.run_until_idle().await.expect("what the first left, if anything");
        assert_each_came_once(&server, 6 * EVERYBODY.len());
        assert_eq!(count(&two.one, State::Sent).await, 6 * EVERYBODY.len());
    }

    // Rule M2
    async fn a_mail_that_cannot_be_written_keeps_nobody_back(world: World) {
        let (db, server) = (&world.db, Server::start());
        let sql = "UPDATE person SET zone = 'Nowhere/Atlantis' WHERE id = $1";
        db.write(move |tx| tx.exec(sql, args![OTTO])).await.expect("breaking a row");
        for _ in 0..8 {
            queue(db, OTTO, Letter::RolesChanged, SignedDuration::ZERO).await;
        }
        queue(db, BEN, Letter::RolesChanged, SignedDuration::ZERO).await;
        program(db, &server).run_until_idle().await.expect("delivering");
        assert_each_came_once(&server, 1);
        let broken = lines(db).await.into_iter().filter(|line| line.person == Some(OTTO));
        assert!(broken.into_iter().all(|line| line.last_error.as_deref() == Some("message") && line.attempts == 1));
    }

    // Rule M2
    async fn over_an_encrypted_and_signed_way_it_arrives_unchanged(world: World) {
        let (db, server) = (&world.db, Server::start_strict());
        let folder = tempfile::tempdir().expect("a folder");
        let openssl = |args: &str| run(Command::new("openssl").current_dir(folder.path()).args(args.split(' ')));
        let key = openssl("genpkey -algorithm ed25519");
        std::fs::write(folder.path().join("key.pem"), &key).expect("a key");
        let public = without_frame(&openssl("pkey -in key.pem -pubout"));
        let mut config = config(Some(server.port));
        let smtp = config.smtp.as_mut().expect("a mail server");
        smtp.security = Security::StartTls;
        smtp.login = Some(("cairn".to_owned(), Secret::new("correct horse")));
        smtp.extra_certificate = Some(String::from_utf8(server.certificate()).expect("PEM"));
        smtp.dkim = Some(Dkim { selector: "cairn".to_owned(), domain: "example.org".to_owned(), key: Secret::new(key) });
        let room = Mailroom::new(&config, Mode::Serve).expect("a mailroom");
        queue(db, OTTO, Letter::PasswordChanged, SignedDuration::ZERO).await;
        Jobs::new(db.clone(), Arc::new(room)).run_until_idle().await.expect("delivering");
        let record = format!("v=DKIM1; k=ed25519; p={}", public.trim_start_matches("MCowBQYDK2VwAyEA"));
        assert_eq!(verify(&server.taken()[0], &record), Ok(()));
    }
}

/// Waits for something that happens elsewhere.
async fn until(done: impl Fn() -> bool) {
    for _ in 0..400 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen within 8 s");
}

#[tokio::test]
async fn the_operator_learns_whether_mail_works() {
    let mut server = Server::start();
    let to = "otto@cairn.example".parse().expect("an address");
    let now = model::testing::START;
    let try_with = async |config: Config| send_test(&config, &to, now).await;
    assert!(try_with(config(None)).await.expect_err("no server").contains("smtp.host"));
    assert!(try_with(config(Some(server.port))).await.expect("it works").contains("took the letter"));
    assert_eq!(server.offered(), ["accept letters@cairn.example otto@cairn.example"]);
    server.set("reject");
    let refused = try_with(config(Some(server.port))).await.expect_err("refused");
    assert_eq!(refused, "The mail server refused it (550).");
    server.stop();
    assert!(try_with(config(Some(server.port))).await.expect_err("away").contains("cannot be reached"));
    let room = Mailroom::new(&config(Some(server.port)), Mode::Serve).expect("a mailroom");
    assert!(room.try_server().await.is_err());
    server.resume();
    assert_eq!(room.try_server().await, Ok(true));
}
