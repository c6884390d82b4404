//! The link that makes the first admin of an empty instance (rule P6).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::sign_in::{self, LinkState, SetUp};
use rules::person::{MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;

use super::{Answer, page_again, shell, sign_in as front_door};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, text};
use crate::passwords;
use crate::shell::{FormErrors, Place, zone_choices};
use crate::views::front::SetUpPage;
use crate::visitor::Visitor;

/// The longest name of an organisation, in characters.
const NAME_MAX_CHARS: u32 = 100;

/// `GET /set-up/{token}`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let works = does_work(&app, &token).await?;
    let status = if works { StatusCode::OK } else { StatusCode::GONE };
    page_again(status, &fill(&app, &visitor, &token, &Fields::default(), FormErrors::NONE, !works))
}

async fn does_work(app: &Reading, token: &str) -> Result<bool, Failure> {
    let presented = token.to_owned();
    let looked = app
        .read(move |tx| {
            let is_ready = matches!(sign_in::look_at_link(tx, &presented)?, LinkState::SetsUp);
            Ok(is_ready && !sign_in::has_admin(tx)?)
        })
        .await;
    match looked {
        Err(model::Error::Refused(Refusal::LinkUnknown)) => Ok(false),
        looked => Ok(looked?),
    }
}

fn fill(
    app: &Reading,
    visitor: &Visitor,
    token: &str,
    typed: &Fields,
    errors: FormErrors,
    gone: bool,
) -> SetUpPage {
    let zone = if typed.get("zone").is_empty() { "UTC" } else { typed.get("zone") };
    SetUpPage {
        shell: shell::of(visitor, app.mode(), app.now(), visitor.texts().set_up.title, Place::Elsewhere),
        action: format!("/set-up/{token}"),
        organisation: typed.get("organisation").to_owned(),
        name: typed.get("name").to_owned(),
        mail: typed.get("mail").to_owned(),
        zones: zone_choices(Zone::names().iter().map(String::as_str), zone),
        errors,
        gone,
    }
}

/// `POST /set-up/{token}`
pub async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Form,
) -> Answer {
    match set_up(&app, &visitor, &token, &form.fields).await {
        Ok(begun) => Ok(front_door::signed_in(&app, &begun, "/")),
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let again = fill(&app.reading(), &visitor, &token, &form.fields, errors, false);
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(Failure::Refused(
            Refusal::LinkUsed | Refusal::LinkExpired | Refusal::LinkUnknown | Refusal::AlreadySetUp,
        )) => {
            let gone = fill(&app.reading(), &visitor, &token, &Fields::default(), FormErrors::NONE, true);
            page_again(StatusCode::GONE, &gone)
        }
        Err(failure) => Err(failure),
    }
}

async fn set_up(
    app: &App,
    visitor: &Visitor,
    token: &str,
    fields: &Fields,
) -> Result<sign_in::Begun, Failure> {
    // Before anything that costs: whoever has no link makes this program work for nothing.
    if !does_work(&app.reading(), token).await? {
        return Err(Refusal::LinkUnknown.into());
    }
    let mut checks = Checks::default();
    let organisation = checks.take("organisation", text(fields.get("organisation"), 1, NAME_MAX_CHARS));
    let name = checks.take("name", PersonName::parse(fields.get("name")));
    let mail = checks.take("mail", MailAddress::parse(fields.get("mail")));
    let zone = checks.take("zone", fields.get("zone").parse().map_err(|_| Problem::UnknownZone));
    let password = fields.raw("password").to_owned();
    if !password.is_empty() {
        let personal = [fields.get("name"), fields.get("mail"), fields.get("organisation")];
        checks.take("password", rules::password::check(&password, &personal));
    }
    checks.done()?;
    let (Some(organisation), Some(name), Some(mail), Some(zone)) = (organisation, name, mail, zone) else {
        return Err(Failure::wrong("a field is missing although nothing was noted"));
    };
    let password_hash = if password.is_empty() { None } else { Some(passwords::hash(password).await?) };
    let form = SetUp { organisation, name, mail, zone, language: visitor.language, password_hash };
    let (token, device) = (token.to_owned(), visitor.device.clone());
    Ok(app.write(move |tx| sign_in::set_up(tx, &token, &form, &device)).await?)
}
