//! Letters about bookings as they arrive: one for each person and act, in their language, on their clock, with an
//! invitation that calendar programs of other people read as it was meant.

use std::sync::Arc;

use calendar::testing::{Read, read as read_calendars};
use jiff::SignedDuration;
use model::appointment::{self, Appointment};
use model::booking::{self, Note, Stranger, Wish};
use model::event::{Actor, Via};
use model::mail::{self, Filter, State};
use model::organisation::Mode;
use model::testing::Engine;
use model::world::{ADA, ADA_HOUR, ADA_INTRO, BEN, OTTO, PEOPLE, World};
use model::{Db, args, manage, person};
use rules::ids::{PersonId, SessionId};
use rules::letters::Letter;
use rules::person::{Language, MailAddress, PersonName};
use rules::series::Every;
use rules::time::{Instant, Zone};
use web::config::{Config, Purpose};
use web::invites::{Inviter, Side};
use web::jobs::Jobs;
use web::mail::Mailroom;
use web::mail::read::{self, Opened};

pub(super) const SENDER: &str = "cairn@cairn.example";

/// A letter that arrived.
pub(super) struct Arrived {
    pub(super) letter: Letter,
    pub(super) to: Option<PersonId>,
    pub(super) message: String,
    pub(super) opened: Opened,
}

impl Arrived {
    /// The invitation in it, as both readers understand it.
    fn invitation(&self) -> Read {
        self.calendar("REQUEST")
    }

    /// The file in it that wants this of a calendar.
    pub(super) fn calendar(&self, method: &str) -> Read {
        let kinds: Vec<&str> = self.opened.attachments.iter().map(|part| part.kind.as_str()).collect();
        assert_eq!(kinds, [format!("text/calendar ({method})").as_str(), "application/ics"]);
        let [part, file] =
            [0, 1].map(|nth| String::from_utf8(self.opened.attachments[nth].bytes.clone()).expect("UTF-8"));
        assert_eq!(part, file, "the same twice");
        read_calendars(&[file]).remove(0)
    }

    /// The secret in its first link of this kind.
    pub(super) fn token(&self, kind: &str) -> String {
        self.tokens(kind).remove(0)
    }

    pub(super) fn tokens(&self, kind: &str) -> Vec<String> {
        let links = self.opened.text.split(kind).skip(1);
        links.map(|rest| rest.split_whitespace().next().expect("a token").to_owned()).collect()
    }

    /// Both parts say this.
    pub(super) fn says(&self, words: &str) {
        let html = self.opened.html.replace("&#38;", "&").replace("&#39;", "'");
        assert!(self.opened.text.contains(words), "{words}\n{}", self.opened.text);
        assert!(html.contains(words), "{words}\n{html}");
    }
}

pub(super) fn by(id: PersonId) -> Actor {
    let who = PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").who();
    Actor::Person { who, via: Via::Page, proof: None }
}

pub(super) fn address(id: PersonId) -> &'static str {
    PEOPLE.iter().find(|somebody| somebody.id == id).expect("somebody of the small world").mail
}

/// Tuesday 3 March 2026: 10:00 in Stockholm, 9:00 in London.
pub(super) fn tuesday() -> Instant {
    "2026-03-03T09:00:00Z".parse().expect("an instant")
}

/// Somebody new, far away.
fn maya() -> Stranger {
    Stranger {
        name: PersonName::parse("Maya Thapa").expect("a name"),
        mail: MailAddress::parse("maya@thapa.example").expect("an address"),
        zone: Zone::parse("Asia/Kathmandu").expect("a zone"),
        zone_known: true,
        language: Language::German,
        embedded: false,
        network: "a network".to_owned(),
    }
}

/// Lets the program deliver all that is due into the mailbox of a demo, and gives what arrived there.
pub(super) async fn deliver(db: &Db) -> Vec<Arrived> {
    db.write(|tx| tx.exec("UPDATE organisation SET mode = 'demo' WHERE id = 1", args![]))
        .await
        .expect("a demo");
    let public_url = "https://cairn.example".parse().expect("an address");
    let config = Config { public_url, ..Config::defaults(Purpose::Live) };
    let room = Mailroom::new(&config, Mode::Demo).expect("a mailroom");
    Jobs::new(db.clone(), Arc::new(room)).run_until_idle().await.expect("delivering");
    db.read(|tx| {
        let lines = mail::mailbox(tx, &Filter::default(), 100)?;
        let whole = lines.into_iter().rev().map(|line| {
            let (line, message) = mail::whole(tx, line.id)?;
            Ok(Arrived { letter: line.letter, to: line.person, opened: read::open(&message), message })
        });
        whole.collect()
    })
    .await
    .expect("the mailbox")
}

/// The letter of this kind, of which there must be one.
pub(super) fn the(letters: &[Arrived], kind: Letter) -> &Arrived {
    let mut found = letters.iter().filter(|one| one.letter == kind);
    let one = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "{kind} twice");
    one
}

pub(super) async fn find(db: &Db, session: SessionId) -> Appointment {
    db.read(move |tx| appointment::find(tx, session)).await.expect("reading").expect("the session")
}

pub(super) async fn opens(db: &Db, token: String) -> (SessionId, PersonId) {
    let (session, person) = db.read(move |tx| manage::open(tx, &token)).await.expect("the link opens");
    (session.id, person)
}

/// Links and names that differ each time.
pub(super) fn plain(text: &str) -> String {
    let mut out = text.to_owned();
    for (before, length, name) in [
        ("/manage/", 0, "TOKEN"),
        ("/bookings/", 0, "TOKEN"),
        ("/mail-choices/", 0, "TOKEN"),
        ("ses_", 13, "SESSION"),
    ] {
        let mut rest = std::mem::take(&mut out);
        while let Some(at) = rest.find(before) {
            let tail = rest.split_off(at + before.len());
            let end = match length {
                0 => tail
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
                    .unwrap_or(tail.len()),
                length => length,
            };
            out.push_str(&rest);
            out.push_str(name);
            rest = tail[end..].to_owned();
        }
        out.push_str(&rest);
    }
    out
}

// Rules M8, T2
#[test]
fn letters_about_bookings_read_well_in_both_languages() {
    for language in Language::ALL {
        model::testing::run(Engine::Sqlite, async |world: World| {
            let db = &world.db;
            let code = language.code();
            let speak =
                "UPDATE person SET language = $1, hour_style = CASE WHEN $1 = 'en' THEN 'h12' ELSE 'h24' END";
            db.write(move |tx| tx.exec(speak, args![code])).await.expect("everybody speaks it");
            let place = "UPDATE offering SET place = 'phone', place_detail = '+46 8 123 45 67' WHERE id = $1";
            db.write(move |tx| tx.exec(place, args![ADA_INTRO])).await.expect("by phone");
            let starts = [7, 14, 21].map(|days| tuesday() + SignedDuration::from_hours(24 * days));
            db.write(move |tx| {
                booking::book(tx, &by(BEN), &Wish::plain(ADA_HOUR, tuesday()))?;
                booking::book_series(
                    tx,
                    &by(BEN),
                    &Wish::plain(ADA_HOUR, starts[0]),
                    Every::Week,
                    &starts[1..],
                )?;
                let stranger = Stranger { language: *language, ..maya() };
                booking::hold(
                    tx,
                    &stranger,
                    &Wish::plain(ADA_INTRO, tuesday() + SignedDuration::from_hours(2)),
                )
            })
            .await
            .expect("bookings");
            let letters = deliver(db).await;
            assert_eq!(letters.len(), 5, "each kind once");
            for one in letters {
                let all =
                    format!("Subject: {}\n\n{}", one.opened.subject, one.opened.text.replace("\r\n", "\n"));
                insta::assert_snapshot!(format!("{}_{language}", one.letter), plain(&all));
            }
        });
    }
}

model::on_both! {
    // Rules B2, M3, T2, C5, F3, K1
    async fn a_booking_brings_each_of_the_two_one_letter_with_an_invitation(world: World) {
        let db = &world.db;
        let note = Note::parse("About the new team").expect("a note");
        let wish = Wish { note, ..Wish::plain(ADA_HOUR, tuesday()) };
        let session = db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("a booking");
        let letters = deliver(db).await;
        assert_eq!(letters.len(), 2, "one for each");
        let (bens, adas) = (the(&letters, Letter::Booked), the(&letters, Letter::BookedForCoach));
        assert_eq!((bens.to, adas.to), (Some(BEN), Some(ADA)));
        assert_eq!(bens.opened.subject, "Long session with Ada, Tue 3 Mar, 09:00");
        assert_eq!(adas.opened.subject, "Long session with Ben, Tue 3 Mar, 10:00");
        bens.says("Tuesday 3 March 2026, 09:00 to 10:00");
        bens.says("Time in London, 10:00 for Ada in Stockholm");
        adas.says("Tuesday 3 March 2026, 10:00 to 11:00");
        adas.says("Time in Stockholm, 09:00 for Ben in London");
        let terms = "60 minutes by video, for €\u{a0}110; cancelling costs nothing until 48 hours before, 50 % until 24 \
                     hours before, and the whole price after that.";
        bens.says(&format!("Long session with Ada Lindholm: {terms}"));
        adas.says(&format!("Long session with Ben Orle: {terms}"));
        adas.says("Ben Orle wrote something for you beforehand.");
        assert!(letters.iter().all(|one| !one.opened.text.contains("new team")), "what was written stays inside");

        let booked = find(db, session).await;
        for (letter, reader, other) in [(bens, BEN, "Ada Lindholm"), (adas, ADA, "Ben Orle")] {
            let file = letter.invitation();
            let event = &file.events[0];
            assert_eq!((file.method.as_str(), file.events.len()), ("REQUEST", 1));
            assert_eq!((event.starts_at, event.ends_at), (tuesday(), booked.ends_at()));
            assert_eq!((event.uid.as_str(), event.sequence), (booked.uid.as_str(), 0));
            assert_eq!((event.zone.as_str(), event.status.as_str()), ("Europe/Stockholm", "CONFIRMED"));
            assert_eq!(event.summary, format!("Long session with {other}"));
            assert_eq!(event.organizer, ("Ada Lindholm".to_owned(), format!("mailto:{SENDER}")));
            let addresses: Vec<&str> = event.attendees.iter().map(|(_, mail)| mail.as_str()).collect();
            assert_eq!(addresses, [format!("mailto:{}", address(reader))], "nobody else is named");
            let page = if reader == BEN { bens.token("/manage/") } else { session.to_string() };
            assert!(event.location.ends_with(&page) && event.url.ends_with(&page), "{event:?}");
        }
    }

    // Rules B2, P4, M8
    async fn nobody_reads_anothers_address_but_whom_an_answer_reaches(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_HOUR, tuesday());
        db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("a booking");
        let letters = deliver(db).await;
        let (bens, adas) = (the(&letters, Letter::Booked), the(&letters, Letter::BookedForCoach));
        assert_eq!(bens.opened.from, format!("Ada Lindholm, Cairn <{SENDER}>"));
        assert_eq!(bens.opened.reply_to.as_deref(), Some("Ada Lindholm <ada@cairn.example>"));
        let without_reply = bens.message.lines().filter(|line| !line.starts_with("Reply-To:")).collect::<String>();
        assert!(!without_reply.contains(address(ADA)), "{without_reply}");
        assert_eq!(adas.opened.from, format!("Cairn <{SENDER}>"));
        assert!(!adas.message.contains(address(BEN)) && !adas.message.contains("/manage/"));
        let secret = bens.token("/manage/");
        let elsewhere = bens.opened.text.lines().filter(|line| line.contains("google") || line.contains("outlook"));
        assert!(elsewhere.into_iter().all(|line| !line.contains(&secret)), "no secret goes to another company");
    }

    // Rule B2
    async fn a_clients_letter_opens_that_booking_until_a_day_after_it(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_HOUR, tuesday());
        let session = db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("a booking");
        let letters = deliver(db).await;
        let bens = the(&letters, Letter::Booked);
        let token = bens.token("/manage/");
        assert!(bens.invitation().events[0].url.ends_with(&token), "the calendar's entry leads there too");
        assert_eq!(opens(db, token.clone()).await, (session, BEN));
        let ends_at = find(db, session).await.ends_at();
        let day = SignedDuration::from_hours(24);
        db.clock().advance(ends_at.since(db.clock().now()) + day - SignedDuration::from_millis(1));
        assert_eq!(opens(db, token.clone()).await, (session, BEN));
        db.clock().advance(SignedDuration::from_millis(1));
        assert!(db.read(move |tx| manage::open(tx, &token)).await.is_err());
    }

    // Rules B7, M3, M8, T2
    async fn a_stranger_confirms_by_letter_and_only_then_the_coach_hears_of_it(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_INTRO, tuesday());
        db.write(move |tx| booking::hold(tx, &maya(), &wish)).await.expect("a hold");
        let letters = deliver(db).await;
        assert_eq!(letters.len(), 1, "to the stranger alone");
        let link = the(&letters, Letter::BookingLink);
        assert_eq!(link.to, None);
        assert_eq!(link.opened.to, "maya@thapa.example");
        assert!(!link.message.contains("Thapa"), "what anybody typed as a name is not sent to whose address they typed");
        assert_eq!(link.opened.subject, "Bitte bestätigen: Intro call mit Ada, Di, 3. März, 14:45");
        link.says("Dienstag, 3. März 2026, 14:45 bis 15:00 Uhr");
        link.says("Zeit in Kathmandu, 10:00 Uhr für Ada in Stockholm");
        link.says("Intro call mit Ada Lindholm: 15 Minuten per Video, kostenlos.");
        link.says("freigehalten bis Montag, 2. März 2026, 15:15 Uhr (Zeit in Kathmandu)");
        assert!(!link.message.contains(address(ADA)), "an address that nobody has shown to be theirs learns no other");
        assert!(link.opened.attachments.is_empty(), "no invitation before the press");

        let token = link.token("/bookings/");
        db.write(move |tx| booking::confirm(tx, &token, booking::Press::default())).await.expect("the press");
        let letters = deliver(db).await;
        assert_eq!(letters.len(), 3, "one more for each");
        let (mayas, adas) = (the(&letters, Letter::Booked), the(&letters, Letter::BookedForCoach));
        assert_eq!(mayas.opened.subject, "Intro call mit Ada, Di, 3. März, 14:45");
        assert_eq!(adas.opened.subject, "Intro call with Maya, Tue 3 Mar, 10:00");
        adas.says("14:45 for Maya in Kathmandu");
        for letter in [mayas, adas] {
            assert_eq!(letter.invitation().events[0].starts_at, tuesday());
        }
        assert!(!adas.message.contains("maya@thapa.example"));
    }

    // Rules B3, M3
    async fn a_client_reads_who_booked_for_them(world: World) {
        let db = &world.db;
        db.write(|tx| tx.exec("UPDATE offering SET price = 0 WHERE id = $1", args![ADA_HOUR])).await.expect("free");
        let note = Note::parse("For you").expect("a note");
        let wish = Wish { note, ..Wish::plain(ADA_HOUR, tuesday()) };
        let coachs = wish.clone();
        db.write(move |tx| booking::book_for(tx, &by(ADA), BEN, &coachs)).await.expect("a booking");
        let letters = deliver(db).await;
        assert_eq!(letters.len(), 2);
        the(&letters, Letter::Booked).says("Ada Lindholm booked it.");
        the(&letters, Letter::Booked).says("Ada Lindholm wrote something for you beforehand.");
        let adas = &the(&letters, Letter::BookedForCoach).opened.text;
        assert!(!adas.contains("booked it") && !adas.contains("wrote something"), "she knows");
        // What an admin wrote, neither of the two did.
        let later = Wish { starts_at: tuesday() + SignedDuration::from_hours(2), ..wish };
        db.write(move |tx| booking::book_for(tx, &by(OTTO), BEN, &later)).await.expect("a booking");
        let letters = deliver(db).await;
        for letter in &letters[letters.len() - 2..] {
            letter.says("Otto Brandt wrote something for you beforehand.");
        }
    }

    // Rules B6, M3, K1
    async fn a_series_is_one_letter_for_each_with_one_file(world: World) {
        let db = &world.db;
        let weeks = |n: i64| tuesday() + SignedDuration::from_hours(24 * 7 * n);
        let starts = [0, 1, 2, 3].map(weeks);
        let wish = Wish::plain(ADA_HOUR, starts[0]);
        let made = db.write(move |tx| booking::book_series(tx, &by(BEN), &wish, Every::Week, &starts[1..])).await;
        let sessions = made.expect("a series");
        let letters = deliver(db).await;
        assert_eq!(letters.len(), 2, "one for each, about all of it");
        let (bens, adas) = (the(&letters, Letter::SeriesBooked), the(&letters, Letter::SeriesBookedForCoach));
        assert_eq!(bens.opened.subject, "4 sessions with Ada, from Tue 3 Mar, 09:00");
        bens.says("4 sessions with Ada Lindholm: 60 minutes each, by video, for 4\u{a0}×\u{a0}€\u{a0}110 = €\u{a0}440; for each of them cancelling costs");
        for letter in [bens, adas] {
            let file = letter.calendar("PUBLISH");
            assert!(file.events.iter().all(|event| event.attendees.is_empty()), "several meetings ask nobody");
            let found: Vec<Instant> = file.events.iter().map(|event| event.starts_at).collect();
            assert_eq!(found, starts);
            let mut uids: Vec<&str> = file.events.iter().map(|event| event.uid.as_str()).collect();
            uids.dedup();
            assert_eq!(uids.len(), 4, "each lives on its own");
        }
        bens.says("Times in London");
        bens.says("Tuesday 24 March 2026, 09:00 (10:00 for Ada in Stockholm)");
        for (token, session) in bens.tokens("/manage/").into_iter().zip(sessions) {
            assert_eq!(opens(db, token).await, (session, BEN));
        }
        assert!(adas.tokens("/manage/").is_empty());
    }

    // Rules T4, B7
    async fn nothing_goes_out_for_what_has_begun_or_is_no_longer_held(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_INTRO, tuesday());
        db.write(move |tx| booking::hold(tx, &maya(), &wish)).await.expect("a hold");
        db.clock().advance(SignedDuration::from_mins(30));
        let wish = Wish::plain(ADA_HOUR, tuesday());
        db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("the time is free again");
        db.clock().advance(tuesday().since(db.clock().now()));
        assert_eq!(deliver(db).await.len(), 0);
        let lines = db.read(|tx| mail::list(tx, &Actor::Operator, &Filter::default(), 9)).await.expect("the list");
        assert!(lines.iter().all(|line| line.state == State::Dropped), "{lines:?}");
    }

    // Rule K1
    async fn a_page_offers_the_session_as_a_file_and_as_links_without_secrets(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_HOUR, tuesday());
        let session = db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("a booking");
        let booked = find(db, session).await;
        for (side, language, what) in [
            (Side::Client, Language::English, "Long session with Ada Lindholm"),
            (Side::Coach, Language::German, "Long session mit Ben Orle"),
        ] {
            let inviter = Inviter::new(side, language, "https://cairn.example", SENDER);
            let file = read_calendars(&[inviter.file(&booked, db.clock().now())]).remove(0);
            let event = &file.events[0];
            assert_eq!((file.method.as_str(), event.summary.as_str()), ("PUBLISH", what));
            assert_eq!((event.starts_at, event.ends_at, event.attendees.len()), (tuesday(), booked.ends_at(), 0));
            assert_eq!(event.url, format!("https://cairn.example/sessions/{session}"));
            let links = inviter.add_links(&booked);
            assert!(links.google.contains("dates=20260303T090000Z%2F20260303T100000Z"), "{}", links.google);
            for link in [&links.outlook, &links.office] {
                assert!(link.contains("startdt=2026-03-03T09%3A00%3A00Z"), "{link}");
            }
            let all = format!("{}{}{}", links.google, links.outlook, links.office);
            assert!(!all.contains("manage") && !all.contains("%40"), "{all}");
        }
    }

    // Rule B2
    async fn a_closed_account_gets_no_letter_about_a_booking(world: World) {
        let db = &world.db;
        let wish = Wish::plain(ADA_HOUR, tuesday());
        db.write(move |tx| booking::book(tx, &by(BEN), &wish)).await.expect("a booking");
        db.write(|tx| person::close(tx, &Actor::Operator, BEN)).await.expect("closing");
        let letters = deliver(db).await;
        assert!(letters.iter().all(|one| one.letter != Letter::Booked));
    }
}
