//! What each letter says, in each language, as text and as HTML.

use jiff::SignedDuration;
use model::Db;
use model::event::Subject;
use model::mail::{Event, Letterhead, Material, Reader};
use model::testing::{Engine, START};
use model::world::{BEN, World};
use rules::ids::MailId;
use rules::letters::{Addressee, Letter};
use rules::person::{HourStyle, Language};
use serde_json::json;
use web::mail::letters::{Draft, House, write};
use web::mail::paper;

const HOME: &str = "https://cairn.example";
const HOUSE: House<'static> = House { home: HOME, mail: "cairn@cairn.example" };

fn material(letter: Letter, language: Language) -> Material {
    Material {
        id: MailId::from_raw(1),
        letter,
        message_id: None,
        event: Event {
            at: START,
            subject: Subject::of(BEN),
            by_id: None,
            by_file: false,
            by: (letter != Letter::RolesChanged).then(|| "Otto Brandt".to_owned()),
            facts: json!({ "from": "client", "to": "program_lead,coach" }),
            reason: None,
        },
        reader: Reader {
            to: Addressee::Person(BEN),
            name: "Ben Orle".to_owned(),
            mail: "ben@northwind.example".to_owned(),
            zone: "Europe/London".parse().expect("a zone"),
            language,
            hour_style: if language == Language::German { HourStyle::H24 } else { HourStyle::H12 },
            is_closed: false,
        },
        organisation: Letterhead {
            name: "Fernhill Coaching".to_owned(),
            support_mail: Some("help@fernhill.example".to_owned()),
        },
    }
}

/// Letters about accounts, which need no booking and no message to speak of.
fn of_accounts() -> Vec<Letter> {
    let of_accounts = [
        Letter::SignInLink,
        Letter::Invitation,
        Letter::PasswordChanged,
        Letter::NewDevice,
        Letter::RolesChanged,
        Letter::SignedOut,
        Letter::TokenMade,
        Letter::AccountClosed,
        Letter::Test,
    ];
    Letter::ALL.iter().copied().filter(|letter| of_accounts.contains(letter)).collect()
}

async fn draft(db: &Db, material: &Material) -> Option<Draft> {
    let material = material.clone();
    db.write(move |tx| write(tx, &material, &HOUSE)).await.expect("writing")
}

/// The token in a link differs each time.
fn without_token(text: &str) -> String {
    match text.split_once("/sign-in/link/") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            format!("{before}/sign-in/link/TOKEN{}", without_token(rest))
        }
        None => text.to_owned(),
    }
}

// Rules M8, T2
#[test]
fn every_letter_says_the_same_in_both_parts_and_languages() {
    model::testing::run(Engine::Sqlite, async |world: World| {
        for language in Language::ALL {
            for letter in &of_accounts() {
                let draft =
                    draft(&world.db, &material(*letter, *language)).await.expect("it concerns somebody");
                let head = paper::Letterhead {
                    language: language.code(),
                    organisation: "Fernhill Coaching",
                    home: HOME,
                };
                let (text, html) = (draft.paper.text(&head), draft.paper.html(&head));
                let all = format!("Subject: {}\n\n{text}\n\n{html}\n", draft.paper.subject);
                insta::assert_snapshot!(format!("{letter}_{language}"), without_token(&all));
            }
        }
    });
}

// Rule P1
#[test]
fn a_link_is_void_after_fifteen_minutes() {
    model::testing::run(Engine::Sqlite, async |world: World| {
        let draft =
            draft(&world.db, &material(Letter::SignInLink, Language::English)).await.expect("a letter");
        assert_eq!(draft.void_at, Some(START + SignedDuration::from_mins(15)));
        assert!(draft.paper.html(&head()).contains("9:15 am"), "and says so");
    });
}

fn head() -> paper::Letterhead<'static> {
    paper::Letterhead { language: "en", organisation: "Fernhill Coaching", home: HOME }
}

// Rule P1
#[test]
fn who_cannot_sign_in_gets_no_link() {
    model::testing::run(Engine::Sqlite, async |world: World| {
        for letter in &of_accounts() {
            let mut material = material(*letter, Language::English);
            material.reader.is_closed = true;
            let concerns = !matches!(letter, Letter::SignInLink | Letter::Invitation);
            assert_eq!(draft(&world.db, &material).await.is_some(), concerns, "{letter}");
        }
        let mut late = material(Letter::SignInLink, Language::English);
        late.event.at = START - SignedDuration::from_hours(25);
        assert_eq!(draft(&world.db, &late).await, None, "asked for yesterday");
    });
}
