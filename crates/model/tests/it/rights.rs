//! What a person may do when their change is written, not when they asked for it; and what ends with a sign-in.

use jiff::SignedDuration;
use model::event::{self, Actor, Proof, Via};
use model::sign_in::LinkState;
use model::world::{ADA, BEN, LEA, OTTO, World};
use model::{Db, Error, Result, Tx, args, mail, person, sign_in, token};
use rules::ids::{MailId, PersonId, SignInId};
use rules::permission::{Role, Roles};
use rules::person::Language;
use rules::refusal::Refusal;

const OPERATOR: Actor = Actor::Operator;

async fn do_it<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.write(f).await.expect("a write")
}

/// Somebody at a browser of theirs.
async fn at_browser(db: &Db, id: PersonId) -> (Actor, SignInId) {
    do_it(db, move |tx| {
        let person = person::get(tx, id)?;
        let begun = sign_in::begin(tx, &person, "Firefox, Linux", "test")?;
        let (browser, person) = sign_in::look_up(tx, begun.token.reveal())?.expect("signed in just now");
        let by = Actor::Person { who: person.who(), via: Via::Page, proof: Some(Proof::Browser(browser)) };
        Ok((by, browser))
    })
    .await
}

/// Somebody's program.
async fn at_program(db: &Db, id: PersonId) -> Actor {
    do_it(db, move |tx| {
        let scopes = "me:read".parse().expect("a scope");
        let (token, _) = token::create(tx, &OPERATOR, id, "test", scopes, SignedDuration::from_hours(1))?;
        let who = person::get(tx, id)?.who();
        Ok(Actor::Person { who, via: Via::Api, proof: Some(Proof::Token(token)) })
    })
    .await
}

async fn second_admin(db: &Db) {
    let roles = Roles::from(Role::Admin).with(Role::ProgramLead);
    do_it(db, move |tx| person::set_roles(tx, &OPERATOR, LEA, roles)).await;
}

fn refused<T>(outcome: Result<T>) -> Option<Refusal> {
    match outcome {
        Err(Error::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

async fn reopen(db: &Db, by: &Actor) -> Result<person::Person> {
    let by = by.clone();
    db.write(move |tx| person::reopen(tx, &by, BEN)).await
}

async fn language(db: &Db, by: &Actor) -> Result<()> {
    let by = by.clone();
    db.write(move |tx| person::set_language(tx, &by, Language::German)).await
}

async fn is_closed(db: &Db, id: PersonId) -> bool {
    db.read(move |tx| person::get(tx, id)).await.expect("a person").closed_at.is_some()
}

async fn links_of(db: &Db, id: PersonId) -> i64 {
    let sql = "SELECT COUNT(*) FROM link WHERE person_id = $1";
    db.read(move |tx| tx.one(sql, args![id], |row| row.get(0))).await.expect("counting")
}

async fn waiting_for(db: &Db, id: PersonId) -> Vec<String> {
    let sql = "SELECT letter FROM mail WHERE person_id = $1 AND state = 'queued' ORDER BY id";
    db.read(move |tx| tx.all(sql, args![id], |row| row.get(0))).await.expect("the queue")
}

model::on_both! {
    // Rule P3
    async fn who_was_demoted_meanwhile_changes_nothing(world: World) {
        let db = &world.db;
        second_admin(db).await;
        do_it(db, |tx| person::close(tx, &OPERATOR, BEN)).await;
        let (otto, _) = at_browser(db, OTTO).await;
        do_it(db, |tx| person::set_roles(tx, &OPERATOR, OTTO, Roles::from(Role::Coach))).await;
        assert!(matches!(refused(reopen(db, &otto).await), Some(Refusal::MayNot { .. })));
        assert!(is_closed(db, BEN).await, "the whole of it was undone");
        assert!(matches!(refused(language(db, &otto).await), Some(Refusal::MayNot { .. })));
        // A role more takes nothing away.
        let (ada, _) = at_browser(db, ADA).await;
        let more = Roles::from(Role::Coach).with(Role::Client);
        do_it(db, move |tx| person::set_roles(tx, &OPERATOR, ADA, more)).await;
        language(db, &ada).await.expect("Ada is still a coach");
    }

    // Rule P3
    async fn who_was_signed_out_or_closed_meanwhile_changes_nothing(world: World) {
        let db = &world.db;
        second_admin(db).await;
        do_it(db, |tx| person::close(tx, &OPERATOR, BEN)).await;
        let ((browser, _), program) = (at_browser(db, OTTO).await, at_program(db, OTTO).await);
        do_it(db, |tx| sign_in::sign_out_person(tx, &OPERATOR, OTTO)).await;
        for by in [&browser, &program] {
            assert_eq!(refused(reopen(db, by).await), Some(Refusal::NotSignedIn));
            assert_eq!(refused(language(db, by).await), Some(Refusal::NotSignedIn));
        }
        let (browser, _) = at_browser(db, OTTO).await;
        do_it(db, |tx| person::close(tx, &OPERATOR, OTTO)).await;
        assert_eq!(refused(reopen(db, &browser).await), Some(Refusal::NotSignedIn));
        assert!(is_closed(db, BEN).await);
    }

    // Rule P3
    async fn one_may_give_up_what_one_stands_on(world: World) {
        let db = &world.db;
        second_admin(db).await;
        let (otto, browser) = at_browser(db, OTTO).await;
        let by = otto.clone();
        do_it(db, move |tx| sign_in::sign_out(tx, &by, browser)).await;
        let program = at_program(db, OTTO).await;
        let Actor::Person { proof: Some(Proof::Token(own)), .. } = program else { panic!("a program") };
        do_it(db, move |tx| token::revoke(tx, &program, own)).await;
        let (otto, _) = at_browser(db, OTTO).await;
        do_it(db, move |tx| person::set_roles(tx, &otto, OTTO, Roles::default())).await;
        let (lea, _) = at_browser(db, LEA).await;
        do_it(db, move |tx| sign_in::sign_out_everywhere(tx, &lea)).await;
    }

    // Rule P1
    async fn a_browser_that_is_used_stays_signed_in(world: World) {
        let db = &world.db;
        let (ben, _) = at_browser(db, BEN).await;
        let begun = db.clock().now();
        for days in [0, 59, 118] {
            db.clock().advance(SignedDuration::from_hours(24 * days) - db.clock().now().since(begun));
            language(db, &ben).await.expect("it was used within sixty days");
        }
        let seen = db.read(|tx| person::last_seen(tx, &[BEN])).await.expect("last seen");
        assert_eq!(seen.get(&BEN), Some(&db.clock().now()));
        db.clock().advance(SignedDuration::from_hours(24 * 60));
        assert_eq!(refused(language(db, &ben).await), Some(Refusal::NotSignedIn));
    }

    // Rule P1
    async fn links_that_nobody_used_end_with_the_sign_ins(world: World) {
        let db = &world.db;
        for how in 0..4 {
            let (ben, browser) = at_browser(db, BEN).await;
            do_it(db, |tx| {
                sign_in::mint_link(tx, BEN)?;
                let ben = person::get(tx, BEN)?;
                sign_in::ask_for_link(tx, &ben.mail.parse().expect("an address"))
            }).await;
            assert!(links_of(db, BEN).await > 0 && waiting_for(db, BEN).await.contains(&"sign_in_link".to_owned()));
            do_it(db, move |tx| match how {
                0 => sign_in::sign_out_everywhere(tx, &ben).map(drop),
                1 => sign_in::change_password(tx, &ben, None, "hash", Some(browser)),
                2 => sign_in::remove_password(tx, &ben, Some("hash"), Some(browser)),
                _ => sign_in::sign_out_person(tx, &OPERATOR, BEN).map(drop),
            }).await;
            assert_eq!(links_of(db, BEN).await, 0, "way {how}");
            assert!(!waiting_for(db, BEN).await.contains(&"sign_in_link".to_owned()), "way {how}");
        }
        // What was queued afterwards stays.
        do_it(db, |tx| {
            let token = sign_in::mint_link(tx, BEN)?;
            assert!(matches!(sign_in::look_at_link(tx, token.reveal())?, LinkState::SignsIn(_)));
            Ok(())
        }).await;
    }

    // Rule D5
    async fn an_admin_who_signs_somebody_out_ends_their_tokens_too(world: World) {
        let db = &world.db;
        let ben = at_program(db, BEN).await;
        do_it(db, |tx| sign_in::sign_out_person(tx, &OPERATOR, BEN)).await;
        assert!(db.read(move |tx| token::list(tx, &ben)).await.expect("tokens").is_empty());
        do_it(db, |tx| person::close(tx, &OPERATOR, BEN)).await;
        let scopes = "me:read".parse().expect("a scope");
        let hour = SignedDuration::from_hours(1);
        let made = db.write(move |tx| token::create(tx, &OPERATOR, BEN, "test", scopes, hour)).await;
        assert_eq!(refused(made), Some(Refusal::AccountClosed));
    }

    // Rule P3
    async fn only_an_admin_reads_what_happened_to_a_person(world: World) {
        let db = &world.db;
        at_browser(db, BEN).await;
        for (id, sees) in [(OTTO, true), (LEA, false), (ADA, false), (BEN, false)] {
            let (by, _) = at_browser(db, id).await;
            let history = db.read(move |tx| event::history(tx, &by, BEN, 9)).await;
            assert_eq!(history.is_ok(), sees, "{id}");
        }
    }

    // Rule P1
    async fn a_dropped_link_is_no_mail(world: World) {
        let db = &world.db;
        do_it(db, |tx| sign_in::ask_for_link(tx, &"ben@northwind.example".parse().expect("an address"))).await;
        do_it(db, |tx| sign_in::sign_out_person(tx, &OPERATOR, BEN)).await;
        let due: Vec<MailId> = db.read(mail::due).await.expect("what is due");
        assert_eq!(due.len(), 1, "that they were signed out, and no link");
    }
}
