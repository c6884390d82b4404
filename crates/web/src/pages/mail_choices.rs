//! Which mails a person gets: chosen on the profile, or refused by one press behind the link of a mail, without signing in
//! (RFC 8058).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{idempotency, mail_choice};
use rules::notices::Category;
use rules::permission::{Action, Role, Roles, reach};
use rules::refusal::{Problem, Refusal};

use super::{Answer, page, page_again, shell};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Form, lead_to, led};
use crate::shell::Place;
use crate::views::notifications::{MailChoicePage, MailChoiceState};
use crate::visitor::Visitor;

/// `GET /mail-choices/{token}`: a page with a button, because mail programs open links by themselves (rule P2).
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let presented = token.clone();
    match app.read(move |tx| mail_choice::look(tx, &presented)).await {
        Ok((_, _, true)) => page(&filled(&app, &visitor, MailChoiceState::Refused)),
        Ok((_, category, false)) => {
            let t = &visitor.texts().mail_choices;
            let about = (t.refuse)(t.of(category).0);
            let action = format!("/mail-choices/{token}");
            page(&filled(&app, &visitor, MailChoiceState::Wanted { action, about }))
        }
        Err(error) => unknown(&app, &visitor, error),
    }
}

/// `POST /mail-choices/{token}`: by the button, or by a mail program for its user. Twice is as once.
pub async fn refuse(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    match app.write(move |tx| mail_choice::refuse(tx, &token)).await {
        Ok(_) => page(&filled(&app.reading(), &visitor, MailChoiceState::Refused)),
        Err(error) => unknown(&app.reading(), &visitor, error),
    }
}

fn unknown(app: &Reading, visitor: &Visitor, error: model::Error) -> Answer {
    match error {
        model::Error::Refused(Refusal::LinkUnknown) => {
            page_again(StatusCode::GONE, &filled(app, visitor, MailChoiceState::Unknown))
        }
        error => Err(error.into()),
    }
}

fn filled(app: &Reading, visitor: &Visitor, state: MailChoiceState) -> MailChoicePage {
    let title = visitor.texts().mail_choices.refuse_title;
    MailChoicePage { shell: shell::of(visitor, app.mode(), app.now(), title, Place::Elsewhere), state }
}

/// The sorts of mails that somebody with these roles gets and may refuse.
pub(super) fn offered(roles: Roles) -> Vec<Category> {
    let gets = |category: &Category| match category {
        Category::Account | Category::Bookings => false,
        Category::Messages => !reach(roles, Action::Messages).is_none(),
        Category::Outcomes | Category::Steps => roles.contains(Role::Client),
        Category::Nudges => roles.contains(Role::Coach),
        Category::Programs => {
            [Role::Client, Role::ProgramLead, Role::Sponsor].into_iter().any(|role| roles.contains(role))
        }
    };
    Category::ALL.iter().copied().filter(gets).collect()
}

/// `POST /profile/mails`: all that may be refused, those ticked wanted.
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let wanted: Result<Vec<Category>, _> = form.fields.all("kind").map(str::parse).collect();
    let wanted = wanted.map_err(|_| Failure::from(Refusal::invalid("kind", Problem::NotAChoice)))?;
    // What cannot be switched off is asked for by nobody who uses the page.
    if wanted.iter().any(|category| !category.may_be_refused()) {
        return Err(Refusal::invalid("kind", Problem::NotAChoice).into());
    }
    let (by, offered) = (visitor.actor(), offered(visitor.person()?.roles));
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                for category in &offered {
                    mail_choice::choose(tx, &by, *category, wanted.contains(category))?;
                }
                Ok(lead_to("/profile#mails", "profile_saved"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}
