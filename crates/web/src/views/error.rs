//! Pages that say no: what happened, what to do, a reference.

use askama::Template;

use super::filters;
use crate::shell::Shell;
use crate::texts::{Language, Texts};

/// An answer that is no answer, by its HTTP status.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub shell: Shell,
    /// What happened and what to do.
    pub what: ErrorWords,
    /// What happened, more exactly than the words of the status; empty is nothing more.
    pub more: String,
    /// When to try again, empty is nothing to say.
    pub retry: String,
    /// For whoever runs the place. None on a 404 and a 403: what is absent and what is foreign get the same answer, byte for
    /// byte (rule P4), and there is nothing to look up, for nothing went wrong.
    pub reference: Option<String>,
    /// The way to sign in, if that may help.
    pub sign_in: Option<String>,
}

/// The three sentences of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorWords {
    /// In a line.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl ErrorWords {
    /// The words for an HTTP status; one that is not expected reads as a failure of ours.
    pub const fn of_status(status: u16, t: &'static Texts) -> ErrorWords {
        let e = &t.errors;
        let (title, happened, advice) = match status {
            400 | 415 => (e.bad_request_title, e.bad_request, e.bad_request_do),
            401 => (e.unauthorized_title, e.unauthorized, e.unauthorized_do),
            403 => (e.forbidden_title, e.forbidden, e.forbidden_do),
            405 => (e.wrong_method_title, e.wrong_method, e.wrong_method_do),
            404 | 410 => (e.not_found_title, e.not_found, e.not_found_do),
            409 => (e.conflict_title, e.conflict, e.conflict_do),
            413 => (e.too_large_title, e.too_large, e.too_large_do),
            422 => (e.invalid_title, e.invalid, e.invalid_do),
            429 => (e.too_many_title, e.too_many, e.too_many_do),
            503 => (e.busy_title, e.busy, e.busy_do),
            _ => (e.broken_title, e.broken, e.broken_do),
        };
        ErrorWords { title, happened, advice }
    }
}

impl ErrorPage {
    /// The page for a status, with nothing more to say.
    pub fn of_status(status: u16, mut shell: Shell) -> ErrorPage {
        let what = ErrorWords::of_status(status, shell.t);
        shell.title = what.title.trim_end_matches('.').to_owned();
        ErrorPage { shell, what, more: String::new(), retry: String::new(), reference: None, sign_in: None }
    }

    /// Samples: one per status.
    pub fn samples() -> Vec<(&'static str, ErrorPage)> {
        let page = |status| ErrorPage::of_status(status, Shell::sample_public(Language::English, ""));
        let broken = ErrorPage { reference: Some("7f3k-92mq".to_owned()), ..page(500) };
        let t = crate::texts::texts(Language::English);
        let limited = ErrorPage { retry: (t.errors.retry_after)(40), ..page(429) };
        let unauthorized = ErrorPage { sign_in: Some("/sign-in?next=%2Fpeople".to_owned()), ..page(401) };
        let signed_in = ErrorPage::of_status(403, Shell::sample_client(""));
        vec![
            ("400", page(400)),
            ("401", unauthorized),
            ("403", signed_in),
            ("404", page(404)),
            ("405", page(405)),
            ("409", page(409)),
            ("413", page(413)),
            ("422", page(422)),
            ("429", limited),
            ("500", broken),
            ("503", page(503)),
            ("404-german", ErrorPage::of_status(404, Shell::sample_public(Language::German, ""))),
        ]
    }
}
