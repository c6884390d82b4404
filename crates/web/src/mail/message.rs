//! From a letter to a finished message: headers, all parts, signature (RFC 5322, 2045, 2047, 3834, 6376). A letter with
//! an invitation carries it as RFC 6047 wants it, and once more as a file, for who takes it by hand.
//! Knows no database and no server.

use std::time::{Duration, SystemTime};

use calendar::Method;
use lettre::address::Address;
use lettre::message::header::{
    self, ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, Message, SinglePart, SinglePartBuilder};
use rules::time::Instant;

use super::dkim::Dkim;
use super::paper::{Letterhead, Paper};
use super::transport::Failure;

/// No header line that a person's words go into is longer than this.
const MOST_HEADER_CHARS: usize = 200;

/// Who sends: what every message of this program has in common.
#[derive(Debug)]
pub struct Sender {
    /// The address in From and in the envelope.
    pub address: Address,
    /// The host of the public address, which ends every Message-ID.
    pub host: String,
    /// The public address, as letters show it.
    pub home: String,
    /// Signs, if there is a key.
    pub dkim: Option<Dkim>,
}

/// One end of a message.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// A name to show.
    pub name: &'a str,
    /// The mail address.
    pub mail: &'a str,
}

/// The envelope of one message.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// The name beside our address: the organisation, or a coach.
    pub from_name: &'a str,
    /// Who gets it.
    pub to: Party<'a>,
    /// Who reads the answer, if it is not our own address.
    pub reply_to: Option<Party<'a>>,
    /// Where further mails like this are refused by one press, if they may be (RFC 2369, RFC 8058).
    pub refusal: Option<&'a str>,
}

/// What an invitation's file is called.
pub const FILE_NAME: &str = "invite.ics";
/// What the file is called that takes entries out beside it.
pub const REMOVES_NAME: &str = "cancelled.ics";

/// A calendar file that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFile {
    /// What it wants of the reader's calendar; the same stands in the file.
    pub method: Method,
    /// The file.
    pub text: String,
    /// A further file, which takes other entries out of the calendar.
    pub removes: Option<String>,
}

/// A message that is ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The subject, as it can be shown.
    pub subject: String,
    /// The whole message, ASCII with CRLF.
    pub message: String,
}

impl Sender {
    /// Makes the message. `now` is the product clock's; `message_id` stays the same however often it is made.
    ///
    /// # Errors
    /// An address that no message can be addressed to.
    pub fn compose(
        &self,
        paper: &Paper,
        calendar: Option<&CalendarFile>,
        head: &Letterhead<'_>,
        parties: &Parties<'_>,
        message_id: &str,
        now: Instant,
    ) -> Result<Composed, Failure> {
        let subject = one_line(&paper.subject);
        let mut builder = Message::builder()
            .from(Mailbox::new(shown(parties.from_name), self.address.clone()))
            .to(mailbox(parties.to)?)
            .subject(subject.clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(now.millis().max(0).cast_unsigned()))
            .message_id(Some(message_id.to_owned()))
            // A machine wrote this: no absence note should answer it.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = parties.reply_to {
            builder = builder.reply_to(mailbox(reply_to)?);
        }
        if let Some(address) = parties.refusal {
            let header = |name: &'static str, value: String| {
                HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
            };
            builder = builder.raw_header(header("List-Unsubscribe", format!("<{address}>")));
            // A mail program may press for its user only where nobody on the way listens.
            if address.starts_with("https://") {
                let press = "List-Unsubscribe=One-Click".to_owned();
                builder = builder.raw_header(header("List-Unsubscribe-Post", press));
            }
        }
        // Boundaries may not come from chance: the same letter makes the same message.
        let stem = message_id.trim_matches(['<', '>']).split('@').next().unwrap_or_default();
        let alternatives = Parts::new("alternative", format!("part-{stem}"));
        let body = match calendar {
            None => alternatives.of(&both(paper, head)),
            Some(file) => {
                let mut parts = both(paper, head);
                parts.push(
                    part(&format!("text/calendar; charset=utf-8; method={}", file.method.name()))?
                        .body(file.text.clone()),
                );
                let mut attached = vec![attachment(
                    &format!("application/ics; name=\"{FILE_NAME}\""),
                    FILE_NAME,
                    &file.text,
                )?];
                if let Some(removes) = &file.removes {
                    let kind =
                        format!("text/calendar; charset=utf-8; method=CANCEL; name=\"{REMOVES_NAME}\"");
                    attached.push(attachment(&kind, REMOVES_NAME, removes)?);
                }
                let mixed = Parts::new("mixed", format!("whole-{stem}"));
                mixed.with(&alternatives.of(&parts).part(), &attached)
            }
        };
        // The type stands among the message's own headers, where the signature finds it.
        let mut message = builder
            .header(header::MIME_VERSION_1_0)
            .header(content_type(&body.kind)?)
            .body(Body::dangerous_pre_encoded(body.bytes, ContentTransferEncoding::SevenBit))
            .map_err(|_| Failure::forever("message"))?;
        if let Some(dkim) = &self.dkim {
            dkim.sign(&mut message);
        }
        let message = String::from_utf8(message.formatted()).map_err(|_| Failure::forever("message"))?;
        Ok(Composed { subject, message })
    }

    /// A Message-ID for one mail: its id, some randomness that nobody can guess, and our host.
    pub fn message_id(&self, mail: &str, random: [u8; 8]) -> String {
        format!("<{mail}.{:016x}@{}>", u64::from_be_bytes(random), self.host)
    }
}

/// Several parts as one.
struct Parts {
    kind: String,
    boundary: String,
}

/// What is between the headers and the end: its type, and its octets.
struct Whole {
    kind: String,
    bytes: Vec<u8>,
}

impl Parts {
    fn new(kind: &str, boundary: String) -> Parts {
        Parts { kind: format!("multipart/{kind}; boundary=\"{boundary}\""), boundary }
    }

    fn of(self, parts: &[SinglePart]) -> Whole {
        self.join(parts.iter().map(SinglePart::formatted))
    }

    fn with(self, first: &[u8], attached: &[SinglePart]) -> Whole {
        self.join(std::iter::once(first.to_vec()).chain(attached.iter().map(SinglePart::formatted)))
    }

    fn join(self, parts: impl Iterator<Item = Vec<u8>>) -> Whole {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(format!("--{}\r\n", self.boundary).as_bytes());
            bytes.extend_from_slice(&part);
        }
        bytes.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        Whole { kind: self.kind, bytes }
    }
}

impl Whole {
    /// As a part of something larger.
    fn part(&self) -> Vec<u8> {
        let mut bytes = format!("Content-Type: {}\r\n\r\n", self.kind).into_bytes();
        bytes.extend_from_slice(&self.bytes);
        bytes
    }
}

fn both(paper: &Paper, head: &Letterhead<'_>) -> Vec<SinglePart> {
    vec![SinglePart::plain(paper.text(head)), SinglePart::html(paper.html(head))]
}

/// A file that goes along.
fn attachment(kind: &str, name: &str, text: &str) -> Result<SinglePart, Failure> {
    let body = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::Base64);
    let body = body.map_err(|_| Failure::forever("message"))?;
    Ok(part(kind)?.header(ContentDisposition::attachment(name)).body(body))
}

fn part(kind: &str) -> Result<SinglePartBuilder, Failure> {
    Ok(SinglePart::builder().header(content_type(kind)?))
}

fn content_type(kind: &str) -> Result<ContentType, Failure> {
    ContentType::parse(kind).map_err(|_| Failure::forever("message"))
}

fn mailbox(party: Party<'_>) -> Result<Mailbox, Failure> {
    let address: Address = party.mail.parse().map_err(|_| Failure::forever("address"))?;
    Ok(Mailbox::new(shown(party.name), address))
}

fn shown(name: &str) -> Option<String> {
    let name = one_line(name);
    (!name.is_empty()).then_some(name)
}

/// What somebody typed, as it may stand in a header: on one line, without control characters, and not too long.
pub(super) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").chars().take(MOST_HEADER_CHARS).collect()
}
