//! What a coach says of themselves.

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use model::coach::profile::{About, Credentials, Headline, Speciality};
use model::coach::{self, NewProfile};
use model::{idempotency, person};
use rules::refusal::{Problem, Refusal};
use rules::spoken::Spoken;
use rules::text::Slug;

use super::{Practice, frame};
use crate::app::{App, Reading};
use crate::error::Failure;
use crate::forms::{Checks, Fields, Form, lead_to, led};
use crate::pages::profile::{SentPhoto, take_sent};
use crate::pages::{Answer, page, page_again, shell};
use crate::shell::{Choice, FormErrors};
use crate::views::practice::{ProfilePage, Step};
use crate::visitor::{Signed, Visitor};

/// Languages that stand before all others, besides those that the coach has chosen.
const USUAL: [&str; 8] = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"];

/// `GET /practice/profile`
pub async fn show(State(app): State<Reading>, visitor: Visitor) -> Answer {
    page(&fill(&app, &visitor, None, FormErrors::NONE).await?)
}

/// The form as the profile is, or as it was typed.
async fn fill(
    app: &Reading,
    visitor: &Visitor,
    typed: Option<&Fields>,
    errors: FormErrors,
) -> Result<ProfilePage, Failure> {
    let me = visitor.person()?;
    let id = me.id;
    let practice = app.read(move |tx| Practice::read(tx, id)).await?;
    let t = visitor.texts();
    let profile = &practice.profile;
    let or = |name: &str, stored: String| typed.map_or(stored, |typed| typed.get(name).to_owned());
    let spoken: Vec<&str> = match typed {
        Some(typed) => typed.all("language").collect(),
        None => profile.languages.iter().map(|spoken| spoken.tag()).collect(),
    };
    let choice = |language: Spoken| Choice {
        value: language.tag().to_owned(),
        label: language.name().to_owned(),
        chosen: spoken.contains(&language.tag()),
    };
    let stored: Vec<&str> = profile.languages.iter().map(|spoken| spoken.tag()).collect();
    let is_near = |language: &Spoken| USUAL.contains(&language.tag()) || stored.contains(&language.tag());
    Ok(ProfilePage {
        shell: frame(app, visitor, t.practice.profile),
        path: practice.path(Some(Step::Profile), t),
        face: shell::face(me),
        headline: or("headline", profile.headline.clone()),
        about: or("about", profile.about.clone()),
        credentials: or("credentials", profile.credentials.clone()),
        specialities: or("specialities", profile.specialities.join(", ")),
        languages: Spoken::all().filter(is_near).map(choice).collect(),
        more_languages: Spoken::all().filter(|language| !is_near(language)).map(choice).collect(),
        slug: or("slug", profile.slug.clone()),
        before_slug: super::public_address(app.config(), "/coaches/")
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .to_owned(),
        errors,
    })
}

/// `POST /practice/profile`
pub async fn update(State(app): State<App>, visitor: Visitor, form: Form) -> Answer {
    match save(&app, &visitor, &form).await {
        Ok(answer) => Ok(answer),
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            let errors = FormErrors::of_refusal(&refusal, visitor.texts());
            let again = fill(&app.reading(), &visitor, Some(&form.fields), errors).await?;
            page_again(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
        Err(failure) => Err(failure),
    }
}

/// `POST /practice/profile/photo`: the picture counts at once; what was typed beside it comes again, as yet unsaved.
pub async fn photo(State(app): State<App>, mut visitor: Visitor, parts: Multipart) -> Answer {
    let (typed, taken) = take_sent(&app, &visitor, SentPhoto::read(parts).await?).await;
    let errors = match taken {
        Ok(()) => {
            let me = visitor.person()?.id;
            let person = app.read(move |tx| person::get(tx, me)).await?;
            visitor.signed = visitor.signed.map(|signed| Signed { person, ..signed });
            visitor.toast = Some("photo_saved".to_owned());
            FormErrors::NONE
        }
        Err(Failure::Refused(refusal @ Refusal::Invalid { .. })) => {
            FormErrors::of_refusal(&refusal, visitor.texts())
        }
        Err(failure) => return Err(failure),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_again(status, &fill(&app.reading(), &visitor, Some(&typed), errors).await?)
}

async fn save(app: &App, visitor: &Visitor, form: &Form) -> Answer {
    let fields = &form.fields;
    let mut checks = Checks::default();
    let specialities = fields.get("specialities").split(',').map(Speciality::parse).collect();
    let languages = fields.all("language").map(|tag| tag.parse::<Spoken>()).collect::<Result<_, Problem>>();
    let new = NewProfile {
        headline: checks.take("headline", Headline::parse_some(fields.get("headline"))),
        about: checks.take("about", About::parse(fields.get("about"))),
        credentials: checks.take("credentials", Credentials::parse(fields.get("credentials"))),
        specialities: checks.take("specialities", specialities),
        languages: checks.take("languages", languages),
        slug: checks.take("slug", Slug::parse(fields.get("slug"))),
    };
    checks.done()?;
    let (by, key) = (visitor.actor(), form.key.clone());
    let answer = app
        .write(move |tx| {
            idempotency::once(tx, key.as_ref(), |tx| {
                let profile = coach::change_profile(tx, &by, &new)?;
                let next = if profile.listed { "/practice/profile" } else { "/practice/offerings" };
                Ok(lead_to(next, "profile_saved"))
            })
        })
        .await?;
    Ok(led(app, &answer))
}
