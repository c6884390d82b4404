//! What a finished message looks like to the programs that receive it.

use std::io::Write;
use std::process::{Command, Stdio};

use mail_parser::MessageParser;
use rules::time::Instant;
use web::mail::dkim::Dkim;
use web::mail::message::{CalendarFile, Composed, Parties, Party, Sender};
use web::mail::paper::{Block, Letterhead, Paper};

use super::server::run;

const HEAD: Letterhead<'static> =
    Letterhead { language: "de", organisation: "Fernhill Coaching", home: "https://cairn.example.org" };
const SUMMARY: &str =
    "Erstgespräch mit Mara Lindqvist, und noch so viele Wörter, dass die Zeile nicht reicht";
const ID: &str = "<mai_0000000000001.00000000000000ab@cairn.example.org>";

fn sender(dkim: Option<Dkim>) -> Sender {
    Sender {
        address: "cairn@example.org".parse().expect("an address"),
        host: "cairn.example.org".to_owned(),
        home: "https://cairn.example.org".to_owned(),
        dkim,
    }
}

fn paper() -> Paper {
    Paper {
        subject: "Bestätigt: Donnerstag, 26. November, 10:15 Uhr, Erstgespräch mit Mara Lindqvist – bis dann"
            .to_owned(),
        preview: "Bis dann".to_owned(),
        heading: "Grüß dich <Ben> & Co".to_owned(),
        under: "Zeit in Berlin".to_owned(),
        blocks: vec![
            Block::says("Ein Satz, der mit einem Punkt endet.\n.Und einer, der mit einem beginnt."),
            Block::button("Ansehen", "https://cairn.example.org/a?b=1&c=2"),
            Block::Note("Klein.".to_owned()),
            Block::Facts(vec![
                ("Alt".to_owned(), "10:00".to_owned()),
                ("Neu".to_owned(), "11:00".to_owned()),
            ]),
            Block::Links(vec![("Kalender".to_owned(), "https://calendar.example/?a=1&b=2".to_owned())]),
        ],
        fallback: "Oder hier:".to_owned(),
        why: "Darum.".to_owned(),
    }
}

fn compose(dkim: Option<Dkim>, paper: &Paper, from: &str, to: &str) -> Composed {
    compose_with(None, dkim, paper, from, to)
}

fn compose_with(
    calendar: Option<&CalendarFile>,
    dkim: Option<Dkim>,
    paper: &Paper,
    from: &str,
    to: &str,
) -> Composed {
    let parties = Parties {
        refusal: None,
        from_name: from,
        to: Party { name: to, mail: "ben@example.org" },
        reply_to: Some(Party { name: "Mara Lindqvist", mail: "mara@example.org" }),
    };
    let now: Instant = "2026-11-21T09:30:00Z".parse().expect("an instant");
    sender(dkim).compose(paper, calendar, &HEAD, &parties, ID, now).expect("a message")
}

#[test]
fn a_message_is_understood_by_a_strict_reader() {
    let composed = compose(None, &paper(), "Fernhill Coaching", "Benoît \"Ben\" Ångström");
    assert!(composed.message.is_ascii(), "no server may have to know 8BITMIME");
    assert!(composed.message.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    let parsed = MessageParser::default().parse(composed.message.as_bytes()).expect("a message");
    let first = |address: &mail_parser::Address<'_>| {
        let addr = address.first().expect("one");
        (addr.name().unwrap_or_default().to_owned(), addr.address().unwrap_or_default().to_owned())
    };
    assert_eq!(parsed.subject(), Some(paper().subject.as_str()));
    assert_eq!(first(parsed.from().expect("From")), ("Fernhill Coaching".into(), "cairn@example.org".into()));
    assert_eq!(first(parsed.to().expect("To")), ("Benoît \"Ben\" Ångström".into(), "ben@example.org".into()));
    assert_eq!(
        first(parsed.reply_to().expect("Reply-To")),
        ("Mara Lindqvist".into(), "mara@example.org".into())
    );
    assert_eq!(parsed.message_id(), Some(ID.trim_matches(['<', '>'])));
    assert_eq!(parsed.date().expect("Date").to_rfc3339(), "2026-11-21T09:30:00Z");
    assert_eq!(parsed.header("Auto-Submitted").and_then(|h| h.as_text()), Some("auto-generated"));
    assert_eq!(parsed.body_text(0).expect("text").replace("\r\n", "\n"), paper().text(&HEAD));
    assert_eq!(parsed.body_html(0).expect("html").replace("\r\n", "\n"), paper().html(&HEAD));
    assert_eq!(parsed.attachment_count(), 0);
}

/// A file as the calendar crate writes it, with more than ASCII and a folded line.
fn file() -> CalendarFile {
    let starts_at: Instant = "2026-11-26T09:15:00Z".parse().expect("an instant");
    let event = calendar::Event {
        uid: "0123456789abcdef".to_owned(),
        sequence: 0,
        starts_at,
        ends_at: starts_at + jiff::SignedDuration::from_mins(15),
        zone: "Europe/Berlin".parse().expect("a zone"),
        summary: SUMMARY.to_owned(),
        description: "Zeile eins\nZeile zwei".to_owned(),
        location: String::new(),
        url: String::new(),
        organizer: calendar::Party { name: "Mara".to_owned(), mail: "cairn@example.org".to_owned() },
        is_cancelled: false,
    };
    let reader = calendar::Party { name: "Ben".to_owned(), mail: "ben@example.org".to_owned() };
    let method = calendar::Method::Request;
    let invitation =
        calendar::Invitation { method, made_at: starts_at, reader: Some(&reader), events: &[event] };
    CalendarFile { method, text: invitation.write(), removes: None }
}

// Rule K1
#[test]
fn an_invitation_travels_as_calendar_programs_expect_it() {
    let file = file();
    let composed = compose_with(Some(&file), None, &paper(), "Mara", "Ben");
    assert!(composed.message.is_ascii(), "no server may have to know 8BITMIME");
    assert!(composed.message.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    let parsed = MessageParser::default().parse(composed.message.as_bytes()).expect("a message");
    let kind = |part: &mail_parser::MessagePart<'_>| {
        let kind = mail_parser::MimeHeaders::content_type(part).expect("a type");
        let method = kind.attribute("method").map(|method| format!("; method={method}")).unwrap_or_default();
        format!("{}/{}{method}", kind.ctype(), kind.subtype().unwrap_or_default())
    };
    let kinds: Vec<String> = parsed.parts.iter().map(kind).collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar; method=REQUEST",
            "application/ics"
        ]
    );
    assert_eq!(parsed.body_text(0).expect("text").replace("\r\n", "\n"), paper().text(&HEAD));
    assert_eq!(parsed.body_html(0).expect("html").replace("\r\n", "\n"), paper().html(&HEAD));
    let opened = web::mail::read::open(&composed.message);
    let files: Vec<_> =
        opened.attachments.iter().map(|part| (part.name.as_str(), part.kind.as_str())).collect();
    assert_eq!(files, [("calendar.ics", "text/calendar (REQUEST)"), ("invite.ics", "application/ics")]);
    for part in &opened.attachments {
        assert_eq!(String::from_utf8_lossy(&part.bytes), file.text, "the same twice, octet by octet");
    }
    assert_eq!(calendar::testing::read(&[file.text])[0].events[0].summary, SUMMARY);
}

#[test]
fn both_parts_say_the_same_and_html_is_escaped() {
    let (html, text) = (paper().html(&HEAD), paper().text(&HEAD));
    assert!(html.contains("Grüß dich &#60;Ben&#62; &#38; Co"), "{html}");
    assert!(html.contains("href=\"https://cairn.example.org/a?b=1&#38;c=2\""));
    assert!(text.contains("Ansehen:\nhttps://cairn.example.org/a?b=1&c=2\n"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn nothing_that_a_person_types_becomes_a_header() {
    let nasty = "Ben\r\nBcc: all@example.org\r\n\r\n<script>";
    let mut paper = paper();
    paper.subject = nasty.to_owned();
    let composed = compose(None, &paper, nasty, nasty);
    assert_eq!(composed.subject, "Ben Bcc: all@example.org <script>");
    let parsed = MessageParser::default().parse(composed.message.as_bytes()).expect("a message");
    assert!(parsed.bcc().is_none());
    assert_eq!(parsed.to().and_then(|to| to.first()).and_then(|to| to.address()), Some("ben@example.org"));
    assert_eq!(parsed.from().map(|from| from.iter().count()), Some(1));
    assert_eq!(parsed.to().map(|to| to.iter().count()), Some(1));
    assert_eq!(parsed.subject(), Some("Ben Bcc: all@example.org <script>"));
}

#[test]
fn the_same_letter_makes_the_same_message() {
    let once = || compose(None, &paper(), "Fernhill Coaching", "Ben");
    assert_eq!(once(), once());
}

#[test]
fn a_receiving_server_finds_the_signature_good() {
    let check = |key: &str, kind: &str, public: &str| {
        let dkim = Dkim::new("example.org", "cairn", key).expect("a key as OpenSSL writes it");
        let composed =
            compose_with(Some(&file()), Some(dkim), &paper(), "Fernhill Coaching", "Benoît Ångström");
        let record = format!("v=DKIM1; k={kind}; p={public}");
        assert_eq!(verify(&composed.message, &record), Ok(()), "{kind}");
        let changed = composed.message.replace("cairn@example.org", "coirn@example.org");
        assert!(verify(&changed, &record).is_err(), "a changed sender is noticed");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let openssl = |args: &str| run(Command::new("openssl").current_dir(folder.path()).args(args.split(' ')));
    let public = |name: &str| without_frame(&openssl(&format!("pkey -in {name} -pubout")));
    openssl("genrsa -out rsa.pem 2048");
    openssl("rsa -in rsa.pem -traditional -out rsa1.pem");
    openssl("genpkey -algorithm ed25519 -out ed.pem");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a key");
    check(&read("rsa.pem"), "rsa", &public("rsa.pem"));
    check(&read("rsa1.pem"), "rsa", &public("rsa.pem"));
    // Published are the last 32 bytes of the key, without the envelope that OpenSSL puts around them.
    check(&read("ed.pem"), "ed25519", public("ed.pem").trim_start_matches("MCowBQYDK2VwAyEA"));
}

/// What stands in a PEM text between its first and last line.
pub(crate) fn without_frame(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

pub(crate) fn verify(message: &str, record: &str) -> Result<(), String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mail/verify_dkim.py");
    let mut child = Command::new("/usr/bin/python3")
        .args([script, "cairn._domainkey.example.org", record])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is installed (make installs python3 and python3-dkim)");
    child.stdin.take().expect("piped").write_all(message.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("ModuleNotFound"), "python3-dkim is missing (make installs it): {said}");
    if output.status.success() { Ok(()) } else { Err(said) }
}

#[test]
fn a_key_that_is_none_is_refused() {
    for key in ["", "rsa", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert!(Dkim::new("example.org", "cairn", key).is_err(), "{key}");
    }
}
