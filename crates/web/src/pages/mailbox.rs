//! Every mail as it would arrive, in a demo or a trial (rule M7). Elsewhere these addresses answer 404. In a demo
//! everybody may look; in a trial the admin, as soon as there is one, for a link in a mail signs in whoever reads it.

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use model::event::Actor;
use model::mail::{self, Filter, Line};
use model::organisation::Mode;
use model::{Tx, person, sign_in};
use rules::ids::MailId;
use rules::permission::{Action, What};
use rules::refusal::Refusal;
use serde::Deserialize;

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::error::Failure;
use crate::forms::encode;
use crate::mail::read::{self, Opened};
use crate::shell::{Choice, Paging, Place};
use crate::views::mailbox::{MailItem, MailboxPage, OpenMail};
use crate::views::parts::FileLink;
use crate::visitor::Visitor;

/// How many mails the list shows.
const PAGE_MAILS: u32 = 50;
/// How many people the filter offers.
const PEOPLE_MAX: u32 = 500;

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: String,
}

/// `GET /mailbox`
pub async fn index(State(app): State<Reading>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    page(&fill(&app, &visitor, &asked, None).await?)
}

/// `GET /mailbox/{mail}`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let id: MailId = id.parse().map_err(|_| Refusal::NotFound)?;
    page(&fill(&app, &visitor, &asked, Some(id)).await?)
}

async fn fill(
    app: &Reading,
    visitor: &Visitor,
    asked: &Asked,
    open: Option<MailId>,
) -> Result<MailboxPage, Failure> {
    let t = visitor.texts();
    let filter = Filter { state: None, person: asked.to.parse().ok(), before: asked.before.parse().ok() };
    let looking = visitor.clone();
    let (mut lines, people, whole) = app
        .read(move |tx| {
            may_look(tx, &looking)?;
            let lines = mail::mailbox(tx, &filter, PAGE_MAILS + 1)?;
            let people = person::list(tx, &Actor::Program, &person::Filter::default(), PEOPLE_MAX)?;
            let whole = open.map(|id| mail::whole(tx, id)).transpose()?;
            Ok((lines, people, whole))
        })
        .await?;
    let is_more = lines.len() > PAGE_MAILS as usize;
    lines.truncate(PAGE_MAILS as usize);
    let (clockface, now) = (visitor.clockface(), app.now());
    let when = |line: &Line| clockface.near(line.sent_at.unwrap_or(line.due_at), now);
    let kept = format!("to={}", encode(&asked.to));
    let every = Choice::new("", t.mailbox.everybody, &asked.to);
    Ok(MailboxPage {
        shell: shell::of(visitor, app.mode(), now, t.mailbox.title, Place::Elsewhere),
        people: std::iter::once(every)
            .chain(people.iter().map(|person| Choice::new(person.id.to_string(), &*person.name, &asked.to)))
            .collect(),
        mails: lines
            .iter()
            .map(|line| MailItem {
                href: format!("/mailbox/{}?{kept}", line.id),
                to: line.name.clone(),
                subject: line.subject.clone().unwrap_or_default(),
                when: when(line),
                current: open == Some(line.id),
            })
            .collect(),
        open: whole.map(|(line, message)| opened(&line, &message, when(&line))),
        paging: Paging {
            newer: (!asked.before.is_empty()).then(|| format!("/mailbox?{kept}")),
            older: lines.last().filter(|_| is_more).map(|last| format!("/mailbox?{kept}&before={}", last.id)),
        },
    })
}

fn opened(line: &Line, message: &str, when: String) -> OpenMail {
    let received = read::open(message);
    OpenMail {
        from: received.from,
        to: received.to,
        reply_to: received.reply_to.unwrap_or_default(),
        subject: received.subject,
        when,
        message_id: received.message_id,
        html: format!("/mailbox/{}/html", line.id),
        text: received.text,
        attachments: received
            .attachments
            .iter()
            .enumerate()
            .map(|(part, file)| FileLink {
                name: file.name.clone(),
                href: format!("/mailbox/{}/attachments/{part}", line.id),
                line: format!("{}, {} B", file.kind, file.bytes.len()),
            })
            .collect(),
    }
}

fn may_look(tx: &mut Tx, visitor: &Visitor) -> model::Result<()> {
    let is_open = match visitor.organisation.mode {
        Mode::Demo => true,
        Mode::Trial | Mode::Serve => !sign_in::has_admin(tx)?,
    };
    if is_open {
        return Ok(());
    }
    Ok(visitor.actor().may(Action::SeeMailQueue, &What::of_the_organisation())?)
}

async fn opened_mail(app: &Reading, visitor: Visitor, id: &str) -> Result<Opened, Failure> {
    let id: MailId = id.parse().map_err(|_| Refusal::NotFound)?;
    let (_, message) = app
        .read(move |tx| {
            may_look(tx, &visitor)?;
            mail::whole(tx, id)
        })
        .await?;
    Ok(read::open(&message))
}

/// `GET /mailbox/{mail}/html`: the HTML part alone, for a frame of our own.
pub async fn html(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let received = opened_mail(&app, visitor, &id).await?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], received.html).into_response())
}

/// `GET /mailbox/{mail}/attachments/{part}`: always as a download.
pub async fn attachment(
    State(app): State<Reading>,
    visitor: Visitor,
    Path((id, part)): Path<(String, String)>,
) -> Answer {
    let received = opened_mail(&app, visitor, &id).await?;
    let part: usize = part.parse().map_err(|_| Refusal::NotFound)?;
    let file = received.attachments.into_iter().nth(part).ok_or(Refusal::NotFound)?;
    let plain: String =
        file.name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"")),
    ];
    Ok((headers, file.bytes).into_response())
}
