//! A stored message taken apart again, as a mail program would: for the mailbox page of a demo or trial (rule M7).

use mail_parser::{Address, MessageParser, MessagePart, MimeHeaders};

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
    /// What else it carries, in order: a calendar program takes the invitation from among these.
    pub attachments: Vec<Attachment>,
}

/// A part of a message besides its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type; of a calendar, with what it wants.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Takes a stored message apart. A text that is no message gives an empty one.
pub fn open(message: &str) -> Opened {
    let Some(parsed) = MessageParser::default().parse(message.as_bytes()) else { return Opened::default() };
    let attachments = parsed.parts.iter().filter_map(attachment);
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

/// The part as a file, unless it is the text or holds other parts.
fn attachment(part: &MessagePart<'_>) -> Option<Attachment> {
    let kind = part.content_type()?;
    let (class, name) = (kind.ctype(), kind.subtype().unwrap_or("octet-stream"));
    let is_calendar = class == "text" && name == "calendar";
    let is_text = class == "text" && !is_calendar && part.attachment_name().is_none();
    if is_text || class == "multipart" {
        return None;
    }
    let method = kind.attribute("method").filter(|_| is_calendar);
    Some(Attachment {
        name: part
            .attachment_name()
            .unwrap_or(if is_calendar { "calendar.ics" } else { "attachment" })
            .to_owned(),
        kind: format!("{class}/{name}{}", method.map(|method| format!(" ({method})")).unwrap_or_default()),
        bytes: part.contents().to_vec(),
    })
}

fn shown(address: &Address<'_>) -> String {
    let all = address.iter().map(|one| match (one.name(), one.address().unwrap_or_default()) {
        (Some(name), address) => format!("{name} <{address}>"),
        (None, address) => address.to_owned(),
    });
    all.collect::<Vec<_>>().join(", ")
}
