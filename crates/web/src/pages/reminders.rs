//! Asking participants to book: first who would get the mail, what it says to one of them, and who is left out and why;
//! then the sending (rules G4, M3, S10).

use axum::extract::{Path, RawQuery, State};
use model::event::Subject;
use model::mail::{Event, Letterhead as House, Material, Reader};
use model::person::{self, Person};
use model::program::reminders::{self, Plan};
use model::{Tx, idempotency};
use rules::engagement::LeftOut;
use rules::ids::{CohortId, MailId, ParticipantId};
use rules::inactivity::may_begin;
use rules::letters::{Addressee, Letter};
use rules::refusal::Refusal;
use serde_json::Value as Json;

use super::{Answer, page, shell};
use crate::app::{App, Reading};
use crate::forms::{Form, lead_back, lead_to, led};
use crate::mail::letters;
use crate::mail::paper::Block;
use crate::shell::Place;
use crate::views::board::{AskedRow, Crumb, LeftOutGroup, LetterBlock, LetterView, RemindersPage};
use crate::visitor::Visitor;

/// More participants are not named in one address.
const NAMED_MAX: usize = 500;

/// For whom reminders are meant.
#[derive(Clone, Debug)]
enum Whom {
    Cohort(CohortId, Vec<ParticipantId>),
    One(ParticipantId),
}

impl Whom {
    fn plan(&self, tx: &mut Tx, by: &model::event::Actor) -> model::Result<Plan> {
        match self {
            Whom::Cohort(cohort, only) => reminders::plan(tx, by, *cohort, only),
            Whom::One(participant) => reminders::plan_one(tx, by, *participant),
        }
    }

    fn base(&self) -> String {
        match self {
            Whom::Cohort(cohort, _) => format!("/cohorts/{cohort}"),
            Whom::One(participant) => format!("/participants/{participant}"),
        }
    }

    fn action(&self) -> String {
        match self {
            Whom::Cohort(..) => format!("{}/reminders", self.base()),
            Whom::One(_) => format!("{}/reminder", self.base()),
        }
    }
}

/// Who is named, and whose letter is looked at.
fn named(query: &[u8]) -> (Vec<ParticipantId>, Option<ParticipantId>) {
    let (mut who, mut look) = (Vec::new(), None);
    for (name, value) in form_urlencoded::parse(query) {
        match (name.as_ref(), value.parse::<ParticipantId>()) {
            ("who", Ok(id)) if who.len() < NAMED_MAX => who.push(id),
            ("letter", Ok(id)) => look = Some(id),
            _ => {}
        }
    }
    (who, look)
}

/// `GET /cohorts/{cohort}/reminders`
pub async fn show(
    State(app): State<Reading>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let cohort: CohortId = cohort.parse().map_err(|_| Refusal::NotFound)?;
    let (who, look) = named(query.unwrap_or_default().as_bytes());
    shown(&app, &visitor, Whom::Cohort(cohort, who), look).await
}

/// `GET /participants/{participant}/reminder`
pub async fn show_one(State(app): State<Reading>, visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    shown(&app, &visitor, Whom::One(id), None).await
}

async fn shown(app: &Reading, visitor: &Visitor, whom: Whom, look: Option<ParticipantId>) -> Answer {
    let (by, me, wanted) = (visitor.actor(), visitor.person()?.clone(), whom.clone());
    let organisation = House {
        name: visitor.organisation.name.clone(),
        support_mail: visitor.organisation.support_mail.as_ref().map(ToString::to_string),
    };
    let home = app.config().public_url.as_str().trim_end_matches('/').to_owned();
    let (plan, letter) = app
        .read(move |tx| {
            let plan = wanted.plan(tx, &by)?;
            let is_it = |asked: &&reminders::Asked| Some(asked.member.id) == look;
            let letter = match plan.asked.iter().find(is_it).or(plan.asked.first()) {
                Some(asked) => letter_to(tx, &me, &asked.member, &organisation, &home)?,
                None => None,
            };
            Ok((plan, letter))
        })
        .await?;
    let (t, face, now) = (visitor.texts(), visitor.clockface(), app.now());
    let r = &t.reminders;
    let kept: Vec<String> = match &whom {
        Whom::Cohort(_, who) => who.iter().map(|id| format!("who={id}&")).collect(),
        Whom::One(_) => Vec::new(),
    };
    let read = letter.as_ref().map(|letter| letter.of);
    let asked = plan.asked.iter().map(|asked| AskedRow {
        id: asked.member.id.to_string(),
        name: asked.member.name.clone(),
        line: asked
            .cells
            .iter()
            .map(|cell| match (plan.column(cell), &cell.extra) {
                (Some(column), _) => column.name.as_str(),
                (None, Some(extra)) => extra.name.as_str(),
                (None, None) => t.board.extra_one,
            })
            .collect::<Vec<_>>()
            .join(", "),
        note: if asked.refuses_mail { r.refuses.to_owned() } else { String::new() },
        letter: format!("{}?{}letter={}#letter", whom.action(), kept.concat(), asked.member.id),
        current: Some(asked.member.id) == read,
    });
    let mut left_out: Vec<LeftOutGroup> = Vec::new();
    for (member, reason) in &plan.left_out {
        let name = match (reason, member.reminded_at) {
            (LeftOut::Recently, Some(at)) => format!("{} ({})", member.name, face.near(at, now)),
            _ => member.name.clone(),
        };
        let words = (r.left_out)(*reason);
        match left_out.last_mut().filter(|group| group.reason == words) {
            Some(group) => group.names.push(name),
            None => left_out.push(LeftOutGroup { reason: words, names: vec![name] }),
        }
    }
    let lead = match &whom {
        Whom::Cohort(..) => Crumb { label: plan.cohort.name.clone(), href: Some(whom.base()) },
        Whom::One(_) => {
            let member = plan.asked.first().map(|asked| &asked.member);
            let member = member.or(plan.left_out.first().map(|(member, _)| member));
            let name = member.map(|member| member.name.clone()).unwrap_or_default();
            Crumb { label: name, href: Some(whom.base()) }
        }
    };
    // Of one person it is their own place that may be put away.
    let own = plan.left_out.first().map(|(member, _)| member).filter(|_| matches!(whom, Whom::One(_)));
    let away = may_begin(own.and_then(|member| member.archived_at), plan.cohort.archived_at).err();
    page(&RemindersPage {
        shell: shell::of(visitor, app.mode(), now, r.title, Place::Programs),
        crumbs: vec![lead],
        action: whom.action(),
        base: whom.base(),
        button: (r.send)(plan.asked.len()),
        nobody: away.map_or_else(|| r.nobody.to_owned(), |refusal| visitor.say(&refusal)),
        asked: asked.collect(),
        left_out,
        letter: letter.map(|letter| letter.view),
    })
}

/// A letter as its reader would get it now.
struct Sample {
    of: ParticipantId,
    view: LetterView,
}

/// Written by the same hand that writes the real one.
fn letter_to(
    tx: &mut Tx,
    me: &Person,
    member: &model::program::board::Member,
    organisation: &House,
    home: &str,
) -> model::Result<Option<Sample>> {
    let reader = person::get(tx, member.person)?;
    let material = Material {
        id: MailId::from_raw(0),
        letter: Letter::BookingWanted,
        message_id: None,
        event: Event {
            at: tx.now(),
            subject: Subject::of(member.id),
            by: Some(me.name.clone()),
            by_id: Some(me.id),
            by_file: false,
            facts: Json::Null,
            reason: None,
        },
        reader: Reader {
            to: Addressee::Person(reader.id),
            name: reader.name.clone(),
            mail: reader.mail.clone(),
            zone: reader.zone.clone(),
            language: reader.language,
            hour_style: reader.hour_style,
            is_closed: reader.closed_at.is_some(),
        },
        organisation: organisation.clone(),
    };
    let draft = letters::write(tx, &material, &letters::House { home, mail: "" })?;
    Ok(draft.map(|draft| Sample {
        of: member.id,
        view: LetterView {
            language: reader.language.code(),
            to: reader.name,
            from: draft.coach.unwrap_or_else(|| organisation.name.clone()),
            subject: draft.paper.subject,
            heading: draft.paper.heading,
            blocks: draft.paper.blocks.into_iter().filter_map(block).collect(),
            why: draft.paper.why,
        },
    }))
}

fn block(block: Block) -> Option<LetterBlock> {
    match block {
        Block::Paragraph(text) => Some(LetterBlock::Paragraph(text)),
        Block::Note(text) => Some(LetterBlock::Note(text)),
        Block::Button { label, .. } => Some(LetterBlock::Button(label)),
        Block::Facts(facts) => Some(LetterBlock::Facts(facts)),
        Block::Links(_) => None,
    }
}

/// `POST /cohorts/{cohort}/reminders`: to those whom the page named, as far as they may be asked now.
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(cohort): Path<String>,
    form: Form,
) -> Answer {
    let cohort: CohortId = cohort.parse().map_err(|_| Refusal::NotFound)?;
    let who: Vec<ParticipantId> = form.fields.all("who").filter_map(|id| id.parse().ok()).collect();
    sent(&app, &visitor, &form, Whom::Cohort(cohort, who)).await
}

/// `POST /participants/{participant}/reminder`
pub async fn create_one(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id: ParticipantId = id.parse().map_err(|_| Refusal::NotFound)?;
    sent(&app, &visitor, &form, Whom::One(id)).await
}

async fn sent(app: &App, visitor: &Visitor, form: &Form, whom: Whom) -> Answer {
    let (by, key, back) = (visitor.actor(), form.key.clone(), form.back());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let plan = match &whom {
                    Whom::Cohort(cohort, only) => reminders::send(tx, &by, *cohort, only)?,
                    Whom::One(participant) => reminders::send_one(tx, &by, *participant)?,
                };
                let toast = if plan.asked.is_empty() { "reminders_none" } else { "reminders_sent" };
                Ok(lead_back(lead_to(&whom.base(), toast), back.as_deref()))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// How many of a cohort would be asked now.
pub(super) fn count(tx: &mut Tx, by: &model::event::Actor, cohort: CohortId) -> model::Result<Option<usize>> {
    match reminders::plan(tx, by, cohort, &[]) {
        Ok(plan) => Ok(Some(plan.asked.len())),
        Err(model::Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_whom_and_whose_letter() {
        let (a, b) = (ParticipantId::from_raw(1), ParticipantId::from_raw(2));
        let (who, look) = named(format!("who={a}&who=nobody&who={b}&letter={b}&x=1").as_bytes());
        assert_eq!((who, look), (vec![a, b], Some(b)));
        assert_eq!(named(b""), (vec![], None));
    }
}
