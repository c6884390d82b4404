//! A stored message taken apart again, as a mail program would: for the mailbox page of a demo or trial (rule M7).

use mail_parser::{Address, MessageParser, MimeHeaders};

/// A message as its reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Name and address of the sender.
    pub from: String,
    /// Name and address of the reader.
    pub to: String,
    /// Where an answer goes, if elsewhere.
    pub reply_to: Option<String>,
    /// The subject line.
    pub subject: String,
    /// The Message-ID, with the angle brackets.
    pub message_id: String,
    /// The HTML part: a page of its own, to be framed without scripts.
    pub html: String,
    /// The plain part.
    pub text: String,
    /// What hangs on it, in order.
    pub attachments: Vec<Attachment>,
}

/// A file that hangs on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Takes a stored message apart. A text that is no message gives an empty one.
pub fn open(message: &str) -> Opened {
    let Some(parsed) = MessageParser::default().parse(message.as_bytes()) else { return Opened::default() };
    let attachments = parsed.attachments().map(|part| {
        let kind = part.content_type().map_or_else(
            || "application/octet-stream".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")),
        );
        Attachment {
            name: part.attachment_name().unwrap_or("attachment").to_owned(),
            kind,
            bytes: part.contents().to_vec(),
        }
    });
    Opened {
        from: parsed.from().map(shown).unwrap_or_default(),
        to: parsed.to().map(shown).unwrap_or_default(),
        reply_to: parsed.reply_to().map(shown),
        subject: parsed.subject().unwrap_or_default().to_owned(),
        message_id: parsed.message_id().map(|id| format!("<{id}>")).unwrap_or_default(),
        html: parsed.body_html(0).unwrap_or_default().into_owned(),
        text: parsed.body_text(0).unwrap_or_default().into_owned(),
        attachments: attachments.collect(),
    }
}

fn shown(address: &Address<'_>) -> String {
    let all = address.iter().map(|one| match (one.name(), one.address().unwrap_or_default()) {
        (Some(name), address) => format!("{name} <{address}>"),
        (None, address) => address.to_owned(),
    });
    all.collect::<Vec<_>>().join(", ")
}
