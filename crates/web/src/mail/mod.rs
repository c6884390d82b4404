//! Letters: what they say, how they become messages, and how those leave. Who gets which letter is decided by
//! `rules::letters`; what waits, and how often it was tried, is kept by `model::mail`. A map:
//!
//! * [`letters`], [`bookings`], [`life`], [`journeys`], [`triggers`], [`messages`]: what each kind says. [`template`]: the texts of rules. [`sheet`]: what those about sessions share. [`paper`]: both parts made from that. [`message`], [`dkim`]: headers, signature.
//! * [`transport`]: the mail server. [`delivery`]: from the outbox to it, once.
//! * [`read`]: a stored message taken apart again, for the mailbox page.

mod bookings;
mod co_coaches;
pub mod delivery;
pub mod dkim;
mod endings;
pub(crate) use endings::escalated_lines;
mod handover;
mod journeys;
pub mod letters;
mod life;
pub mod message;
mod messages;
pub mod paper;
pub mod read;
mod sheet;
pub mod template;
pub mod transport;
pub(crate) mod triggers;

use lettre::address::Address;
use model::mail::{Material, Written};
use model::organisation::Mode;
use model::{Result, Tx, mail_choice};
use rules::person::Language;
use rules::time::Instant;

use self::dkim::Dkim;
use self::letters::House;
use self::message::{Parties, Party, Sender};
use self::paper::{Block, Letterhead, Paper};
use self::transport::{Failure, Smtp, SmtpSettings, Tls, Transport};
use crate::config::{Config, Security};

/// The room where letters are written and handed over: who sends, and which way they leave.
#[derive(Debug)]
pub struct Mailroom {
    sender: Sender,
    /// The name letters come from; without it, the organisation's.
    from_name: Option<String>,
    transport: Transport,
}

impl Mailroom {
    /// As the settings have it. A demo or trial sends nothing, whatever they say (rule M7).
    ///
    /// # Errors
    /// A key or certificate that cannot be used, in words.
    pub fn new(config: &Config, mode: Mode) -> Result<Mailroom, String> {
        let host = config.public_url.host();
        let transport = match &config.smtp {
            _ if mode.is_play() => Transport::Mailbox,
            None => Transport::Off,
            Some(smtp) => Transport::Smtp(Smtp::new(&SmtpSettings {
                host: &smtp.host,
                port: smtp.port,
                tls: match smtp.security {
                    Security::Tls => Tls::Implicit,
                    Security::StartTls => Tls::Starttls,
                    Security::None => Tls::None,
                },
                extra_root_pem: smtp.extra_certificate.as_deref().map(str::as_bytes),
                credentials: smtp.login.as_ref().map(|(user, password)| (user.as_str(), password.expose())),
                hello: host,
            })?),
        };
        let dkim = match config.smtp.as_ref().and_then(|smtp| smtp.dkim.as_ref()) {
            Some(key) => Some(Dkim::new(&key.domain, &key.selector, key.key.expose())?),
            None => None,
        };
        Ok(Mailroom {
            sender: Sender {
                address: address(config),
                host: host.to_owned(),
                home: config.public_url.as_str().to_owned(),
                dkim,
            },
            from_name: config.smtp.as_ref().and_then(|smtp| smtp.from_name.clone()),
            transport,
        })
    }

    /// Which way letters leave.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The finished message for this material; none if it concerns nobody any more, a failure if it cannot be addressed.
    fn write(&self, tx: &mut Tx, material: &Material) -> Result<Option<Result<Written, Failure>>> {
        let house = House { home: &self.sender.home, mail: self.sender.address.as_ref() };
        let Some(mut draft) = letters::write(tx, material, &house)? else { return Ok(None) };
        let refusal = mail_choice::mint(tx, material.id, material.letter)?
            .map(|token| format!("{}/mail-choices/{}", self.sender.home, token.reveal()));
        if let Some(address) = &refusal {
            let words = crate::texts::texts(material.reader.language).mail_choices.in_mail;
            draft.paper.blocks.push(Block::Links(vec![(words.to_owned(), address.clone())]));
        }
        let message_id = match &material.message_id {
            Some(message_id) => message_id.clone(),
            None => self.sender.message_id(&material.id.to_string(), tx.random()),
        };
        let (organisation, reader) = (&material.organisation, &material.reader);
        let house = self.from_name.as_deref().unwrap_or(&organisation.name);
        let from = draft.coach.as_ref().map(|coach| format!("{coach}, {house}"));
        let support =
            organisation.support_mail.as_deref().map(|mail| Party { name: &organisation.name, mail });
        let parties = Parties {
            from_name: from.as_deref().unwrap_or(house),
            to: Party {
                // As in the greeting: a stranger's name is not shown to be theirs.
                name: reader.to.person().map_or("", |_| &reader.name),
                mail: &reader.mail,
            },
            reply_to: draft.reply_to.as_ref().map(|(name, mail)| Party { name, mail }).or(support),
            refusal: refusal.as_deref(),
        };
        let head = Letterhead {
            language: reader.language.code(),
            organisation: &organisation.name,
            home: &self.sender.home,
        };
        let composed = self.sender.compose(
            &draft.paper,
            draft.calendar.as_ref(),
            &head,
            &parties,
            &message_id,
            tx.now(),
        );
        Ok(Some(composed.map(|composed| Written {
            recipient: reader.mail.clone(),
            subject: composed.subject,
            message_id,
            message: composed.message,
            void_at: draft.void_at,
        })))
    }

    /// Connects to the mail server, signs in and leaves again; false if none is configured.
    ///
    /// # Errors
    /// Why that did not work.
    pub async fn try_server(&self) -> Result<bool, Failure> {
        let Transport::Smtp(smtp) = &self.transport else { return Ok(false) };
        smtp.open().await?.close().await;
        Ok(true)
    }
}

/// The address that letters come from, and that invites in calendars.
pub fn address(config: &Config) -> Address {
    let host = config.public_url.host();
    match &config.smtp {
        Some(smtp) => smtp.from_address.clone(),
        None => Address::new("cairn", host)
            .or_else(|_| Address::new("cairn", "localhost"))
            .expect("this is an address"),
    }
}

/// Sends a letter that says that mail works, past the outbox: what it answers is for the operator's eyes.
///
/// # Errors
/// What is wrong with the settings, or why the server did not take it, in words.
pub async fn send_test(config: &Config, to: &Address, now: Instant) -> Result<String, String> {
    let room = Mailroom::new(config, Mode::Serve)?;
    let Transport::Smtp(smtp) = &room.transport else {
        return Err("No mail server is configured: `smtp.host` says which.".to_owned());
    };
    let words = &crate::texts::letters::letters(Language::English).test;
    let home = room.sender.home.clone();
    let paper = Paper {
        subject: (words.subject)(&home),
        heading: words.heading.to_owned(),
        blocks: vec![Block::says((words.says)(&now.to_string(), ""))],
        ..Paper::default()
    };
    let head =
        Letterhead { language: Language::English.code(), organisation: &room.sender.host, home: &home };
    let parties = Parties {
        from_name: room.from_name.as_deref().unwrap_or("Cairn"),
        to: Party { name: "", mail: to.as_ref() },
        reply_to: None,
        refusal: None,
    };
    let message_id = room.sender.message_id("test", model::clock::random_bytes());
    let composed = room
        .sender
        .compose(&paper, None, &head, &parties, &message_id, now)
        .map_err(|e| explain(&e.class))?;
    let sent = async {
        let wire = smtp.open().await?;
        wire.send(&room.sender.address, to, composed.message.as_bytes()).await
    };
    match sent.await {
        Ok(wire) => {
            wire.close().await;
            Ok(format!("The mail server took the letter, Message-ID {message_id}."))
        }
        Err(failure) => Err(explain(&failure.class)),
    }
}

/// A failure's class in words, for operators and admins.
pub fn explain(class: &str) -> String {
    let known = match class {
        "connect" => {
            "The mail server cannot be reached: is it running, and are `smtp.host` and `smtp.port` right?"
        }
        "timeout" => "The mail server did not answer in time.",
        "cut" => "The mail server ended the conversation in the middle.",
        "starttls" | "connect_tls" => {
            "The encrypted connection failed: its certificate is not trusted, or not for this name."
        }
        "starttls_unsupported" => "The mail server does not offer STARTTLS.",
        "auth_unsupported" => "The mail server takes no user and password on this connection.",
        "address" => "No letter can be sent to this address.",
        "message" => "The letter could not be written.",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    match class.rsplit_once('_') {
        Some(("auth", code)) => format!("The mail server refused user and password ({code})."),
        Some(("smtp", code)) if code.starts_with('4') => format!("The mail server put it off ({code})."),
        Some(("smtp", code)) => format!("The mail server refused it ({code})."),
        Some((_, code)) => format!("The mail server refused the connection ({code})."),
        None => class.to_owned(),
    }
}
