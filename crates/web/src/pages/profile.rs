//! One's own account: what others see, whose clock one reads, how one signs in and where one is signed in.

use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::idempotency::{self, Key};
use model::person::{self, Profile};
use model::{mail_choice, sign_in, token};
use rules::ids::SignInId;
use rules::notices::Category;
use rules::person::{HourStyle, Language, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::time::Zone;

use super::mail_choices::offered;
use super::{Answer, page, page_again, shell, sign_in as front_door};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, KEY_FIELD, key_of_parts, lead_to, led, local, with_toast};
use crate::routes::{BODY_MAX_BYTES, PHOTO_BODY_MAX_BYTES, PHOTO_MAX_BYTES};
use crate::shell::{Choice, FormErrors, Place, zone_choices};
use crate::views::profile::{Device, MailLine, ProfilePage, TokenLine, Tokens};
use crate::visitor::Visitor;
use crate::{passwords, photo};

/// `GET /profile`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&fill(&app, &visitor).await?)
}

/// The page as it is now.
pub(super) async fn fill(app: &Reading, visitor: &Visitor) -> Result<ProfilePage, Failure> {
    let me = visitor.person()?.clone();
    let t = visitor.texts();
    let by = visitor.actor();
    let id = me.id;
    let (devices, has_password, tokens, refused) = app
        .read(move |tx| {
            let has_password = sign_in::password_hash_of(tx, id)?.is_some();
            let refused = mail_choice::refused(tx, &by)?;
            Ok((sign_in::devices(tx, &by)?, has_password, token::list(tx, &by)?, refused))
        })
        .await?;
    let (clockface, now) = (visitor.clockface(), app.now());
    let this = visitor.browser();
    let devices = devices.into_iter().map(|device| Device {
        id: device.id.to_string(),
        what: if device.name.is_empty() { t.profile.device_unknown.to_owned() } else { device.name },
        line: (t.profile.device_since)(
            &clockface.short_date(device.began_at, now),
            &clockface.near(device.seen_at, now),
        ),
        this: this == Some(device.id),
    });
    let tokens = tokens.iter().map(|token| TokenLine {
        id: token.id.to_string(),
        label: token.label.clone(),
        scopes: token.scopes.iter().map(|scope| (t.tokens.scope)(scope)).collect::<Vec<_>>().join(", "),
        until: (t.tokens.until)(&clockface.short_date(token.expires_at, now)),
    });
    Ok(ProfilePage {
        tokens: Tokens::of(tokens.collect(), t),
        shell: shell::of(visitor, app.mode(), now, t.profile.title, Place::Elsewhere),
        person: shell::face(&me),
        name: me.name.clone(),
        mail: me.mail.clone(),
        errors: FormErrors::NONE,
        zones: zone_choices(Zone::names().iter().map(String::as_str), me.zone.as_str()),
        zone: me.zone.to_string(),
        clock_24: me.hour_style == HourStyle::H24,
        languages: Language::ALL
            .iter()
            .map(|language| Choice::new(language.code(), language.name(), me.language.code()))
            .collect(),
        has_password,
        devices: devices.collect(),
        mails: offered(me.roles)
            .into_iter()
            .map(|category| MailLine::of(category, !refused.contains(&category), t))
            .collect(),
        always: [Category::Bookings, Category::Account]
            .map(|category| MailLine::of(category, true, t))
            .to_vec(),
    })
}

/// The page once more with what is wrong, if that is what the failure says; else the failure.
pub(super) async fn again(
    app: &App,
    visitor: &Visitor,
    failure: Failure,
    keep_typed: impl FnOnce(&mut ProfilePage),
) -> Answer {
    let Failure::Refused(refusal @ Refusal::Invalid { .. }) = &failure else { return Err(failure) };
    let mut filled = fill(&app.reading(), visitor).await?;
    filled.errors = FormErrors::of_refusal(refusal, visitor.texts());
    keep_typed(&mut filled);
    page_again(StatusCode::UNPROCESSABLE_ENTITY, &filled)
}

/// Writes a changed profile once, and leads back to the page.
async fn save(app: &App, visitor: &Visitor, form: &Form, new: Profile) -> Answer {
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                person::change_profile(tx, &by, &new)?;
                Ok(lead_to("/profile", "profile_saved"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// `POST /profile`: the name.
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let typed = form.fields.get("name");
    match PersonName::parse(typed) {
        Ok(name) => save(&app, &visitor, &form, Profile { name: Some(name), ..Profile::default() }).await,
        Err(problem) => {
            let refusal = Refusal::invalid("name", problem);
            again(&app, &visitor, refusal.into(), |page| typed.clone_into(&mut page.name)).await
        }
    }
}

/// `POST /profile/time`: zone and hours.
pub async fn time(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let mut checks = Checks::default();
    let zone = checks.take("zone", form.fields.get("zone").parse().map_err(|_| Problem::UnknownZone));
    let hour_style = checks.take(
        "clock",
        match form.fields.get("clock") {
            "24" => Ok(HourStyle::H24),
            "12" => Ok(HourStyle::H12),
            _ => Err(Problem::NotAChoice),
        },
    );
    match checks.done() {
        Ok(()) => save(&app, &visitor, &form, Profile { zone, hour_style, ..Profile::default() }).await,
        Err(refusal) => again(&app, &visitor, refusal.into(), |_| {}).await,
    }
}

/// `POST /profile/language`
pub async fn language(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match form.fields.get("language").parse() {
        Ok(language) => {
            save(&app, &visitor, &form, Profile { language: Some(language), ..Profile::default() }).await
        }
        Err(_) => {
            again(&app, &visitor, Refusal::invalid("language", Problem::NotAChoice).into(), |_| {}).await
        }
    }
}

/// `POST /profile/zone`: what the browser reports, taken as long as the person has not chosen.
pub async fn learn_zone(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let by = visitor.actor();
    let zone: Zone =
        form.fields.get("zone").parse().map_err(|_| Refusal::invalid("zone", Problem::UnknownZone))?;
    app.write(move |tx| person::learn_zone(tx, &by, &zone)).await?;
    Ok(with_toast(&app, "/", ""))
}

/// A picture, and the fields that came with it.
pub(super) struct SentPhoto {
    pub(super) fields: Fields,
    picture: Result<Vec<u8>, Problem>,
}

impl SentPhoto {
    /// Reads a form with a picture. Of one that is too large the rest is thrown away, so that what was typed is read.
    pub(super) async fn read(mut parts: Multipart) -> Result<SentPhoto, Failure> {
        let mut picture = Err(Problem::Missing);
        let (mut fields, mut typed_bytes) = (Vec::new(), 0);
        while let Some(mut part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_picture = name == "photo";
            let most = if is_picture { PHOTO_MAX_BYTES } else { BODY_MAX_BYTES - typed_bytes };
            let (mut bytes, mut is_too_large) = (Vec::new(), false);
            while let Some(chunk) = part.chunk().await.map_err(broken)? {
                is_too_large = is_too_large || bytes.len() + chunk.len() > most;
                if !is_too_large {
                    bytes.extend_from_slice(&chunk);
                }
            }
            if is_picture {
                let most_megabytes = (PHOTO_MAX_BYTES / (1024 * 1024)) as u32;
                picture = match bytes.is_empty() {
                    _ if is_too_large => Err(Problem::FileTooLarge { most_megabytes }),
                    true => Err(Problem::Missing),
                    false => Ok(bytes),
                };
            } else if is_too_large {
                return Err(Refusal::TooLarge { most_bytes: BODY_MAX_BYTES as u64 }.into());
            } else {
                typed_bytes += bytes.len();
                fields.push((name, String::from_utf8(bytes).map_err(|_| Refusal::Unreadable)?));
            }
        }
        Ok(SentPhoto { fields: Fields::of(fields), picture })
    }
}

/// `POST /profile/photo`: re-encoded here, so that nothing but the picture stays.
pub async fn photo(State(app): State<App>, visitor: Visitor, parts: Multipart) -> Answer {
    let sent = SentPhoto::read(parts).await?;
    match take_photo(&app, &visitor, "POST /profile/photo", sent.picture, &sent.fields).await {
        Ok(answer) => Ok(led(&app, &answer)),
        Err(failure) => again(&app, &visitor, failure, |_| {}).await,
    }
}

/// The same on the page of a practice: what was typed there beside the picture comes again.
pub(super) async fn take_sent(
    app: &App,
    visitor: &Visitor,
    sent: SentPhoto,
) -> (Fields, Result<(), Failure>) {
    let SentPhoto { fields, picture } = sent;
    let taken = take_photo(app, visitor, "POST /practice/profile/photo", picture, &fields).await;
    (fields, taken.map(|_| ()))
}

async fn take_photo(
    app: &App,
    visitor: &Visitor,
    line: &str,
    picture: Result<Vec<u8>, Problem>,
    fields: &Fields,
) -> Result<idempotency::Answer, Failure> {
    let sent = picture.map_err(|problem| Refusal::invalid("photo", problem))?;
    // The form beside which it is sent has its own use for its key.
    let presented = match fields.get(KEY_FIELD) {
        "" => String::new(),
        key => format!("{key}-photo"),
    };
    let key = key_of_parts(visitor, line, &presented, &sent)?;
    let presented = key.clone();
    if let Some(answer) = app.read(move |tx| idempotency::earlier(tx, presented.as_ref())).await? {
        return Ok(answer);
    }
    let picture = photo::TURNS
        .take(move || photo::clean(&sent))
        .await?
        .map_err(|problem| Refusal::invalid("photo", problem))?;
    let name = app.files().put("photos", "webp", picture.into()).await?;
    let by = visitor.actor();
    let (answer, unused) = app
        .write(move |tx| {
            // If another one with this key was faster, its picture stays and this one is nobody's.
            let mut unused = Some(name.clone());
            let answer = idempotency::once(tx, key.as_ref(), |tx| {
                unused = person::set_photo(tx, &by, Some(&name))?;
                Ok(lead_to("/profile", "photo_saved"))
            })?;
            Ok((answer, unused))
        })
        .await?;
    forget(app, unused).await?;
    Ok(answer)
}

fn broken(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refusal::TooLarge { most_bytes: PHOTO_BODY_MAX_BYTES as u64 }.into();
    }
    Refusal::Unreadable.into()
}

/// `POST /profile/photo/removal`
pub async fn remove_photo(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let by = visitor.actor();
    let back =
        Some(form.fields.get("back")).filter(|back| !back.is_empty()).map_or("/profile".to_owned(), local);
    let (answer, old) = app
        .write(move |tx| {
            let mut old = None;
            let answer = idempotency::once(tx, form.key.as_ref(), |tx| {
                old = person::set_photo(tx, &by, None)?;
                Ok(lead_to(&back, "photo_removed"))
            })?;
            Ok((answer, old))
        })
        .await?;
    forget(&app, old).await?;
    Ok(led(&app, &answer))
}

/// Removes a picture that nobody shows any more.
async fn forget(app: &App, old: Option<String>) -> Result<(), Failure> {
    if let Some(old) = old {
        app.files().remove(&old).await?;
    }
    Ok(())
}

/// `POST /profile/password`: sets or changes it; all other browsers are signed out.
pub async fn password(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let (current, new) = (form.fields.raw("current").to_owned(), form.fields.raw("password").to_owned());
    if let Some(answer) = repeated(&app, form.key.clone()).await? {
        return Ok(answer);
    }
    match change_password(&app, &visitor, form.key, current, new).await {
        Ok(answer) => Ok(answer),
        Err(failure) => again(&app, &visitor, failure, |_| {}).await,
    }
}

/// What a repeat is answered: after a change the password of before fits no more, so that it is looked for first.
async fn repeated(app: &App, key: Option<Key>) -> Result<Option<Response>, Failure> {
    let earlier = app.read(move |tx| idempotency::earlier(tx, key.as_ref())).await?;
    Ok(earlier.map(|answer| led(app, &answer)))
}

async fn change_password(
    app: &App,
    visitor: &Visitor,
    key: Option<Key>,
    current: String,
    new: String,
) -> Answer {
    let me = visitor.person()?;
    let personal = [me.name.as_str(), me.mail.as_str(), visitor.organisation.name.as_str()];
    rules::password::check(&new, &personal).map_err(|problem| Refusal::invalid("password", problem))?;
    let verified = verify_own(app, visitor, current).await?;
    let hash = passwords::hash(new).await?;
    let (by, keep) = (visitor.actor(), visitor.browser());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                sign_in::change_password(tx, &by, verified.as_deref(), &hash, keep)?;
                Ok(lead_to("/profile", "password_saved"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}

/// The stored hash, if there is one and `current` fits it.
async fn verify_own(app: &App, visitor: &Visitor, current: String) -> Result<Option<String>, Failure> {
    let id = visitor.person()?.id;
    let Some(stored) = app.read(move |tx| sign_in::password_hash_of(tx, id)).await? else { return Ok(None) };
    if !passwords::verify(current, Some(stored.clone())).await? {
        return Err(Refusal::invalid("current", Problem::WrongPassword).into());
    }
    Ok(Some(stored))
}

/// `POST /profile/password/removal`
pub async fn remove_password(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    let current = form.fields.raw("current").to_owned();
    if let Some(answer) = repeated(&app, form.key.clone()).await? {
        return Ok(answer);
    }
    match verify_own(&app, &visitor, current).await {
        Ok(verified) => {
            let (by, keep) = (visitor.actor(), visitor.browser());
            let key = form.key;
            let answer = app
                .write(move |tx| {
                    idempotency::once(tx, key.as_ref(), |tx| {
                        sign_in::remove_password(tx, &by, verified.as_deref(), keep)?;
                        Ok(lead_to("/profile", "password_removed"))
                    })
                })
                .await?;
            Ok(led(&app, &answer))
        }
        Err(failure) => again(&app, &visitor, failure, |_| {}).await,
    }
}

/// `POST /profile/devices/{device}/removal`
pub async fn sign_out_device(
    State(app): State<App>,
    visitor: Visitor,
    Path(device): Path<String>,
    form: Form,
) -> Answer {
    let device: SignInId = device.parse().map_err(|_| Refusal::NotFound)?;
    let by = visitor.actor();
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, form.key.as_ref(), |tx| {
                sign_in::sign_out(tx, &by, device)?;
                Ok(lead_to("/profile", "device_signed_out"))
            })
        })
        .await?;
    Ok(led(&app, &answer))
}

/// `POST /profile/devices/removal`: this one too.
pub async fn sign_out_everywhere(State(app): State<App>, visitor: Visitor) -> Answer {
    let by = visitor.actor();
    app.write(move |tx| sign_in::sign_out_everywhere(tx, &by)).await?;
    Ok(front_door::signed_out(&app))
}
