//! Every component in every state, for whoever builds pages.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::{Answer, page, shell};
use crate::app::Reading;
use crate::shell::{Place, Theme};
use crate::views::gallery::GalleryPage;
use crate::visitor::Visitor;

/// What the address says.
#[derive(Debug, Deserialize)]
pub struct Shown {
    #[serde(default)]
    theme: String,
}

/// `GET /gallery`, `GET /gallery?theme=dark`
pub async fn show(State(app): State<Reading>, visitor: Visitor, Query(shown): Query<Shown>) -> Answer {
    let theme = match shown.theme.as_str() {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => Theme::System,
    };
    let shell = shell::of(&visitor, app.mode(), app.now(), "Components", Place::Elsewhere);
    page(&GalleryPage::new(shell, theme))
}
