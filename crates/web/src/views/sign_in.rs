//! Signing in.

use askama::Template;

use super::filters;
use crate::shell::{FormErrors, Shell};
use crate::texts::Language;

/// `GET /sign-in`, and the same page again when something did not fit.
#[derive(Template)]
#[template(path = "sign_in/show.html")]
pub struct SignInPage {
    /// The frame.
    pub shell: Shell,
    /// The address as it was typed.
    pub mail: String,
    /// Where to go afterwards; empty is the first page.
    pub next: String,
    /// What is wrong with `mail`.
    pub errors: FormErrors,
    /// A password that did not fit, or too many attempts: one sentence, empty is none.
    pub wrong: String,
    /// Whether the password form stands open.
    pub password_open: bool,
}

impl SignInPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, SignInPage)> {
        let page = |language| SignInPage {
            shell: Shell::sample_public(language, "Sign in"),
            mail: String::new(),
            next: String::new(),
            errors: FormErrors::NONE,
            wrong: String::new(),
            password_open: false,
        };
        let t = crate::texts::texts(Language::English);
        let wrong = SignInPage {
            mail: "tomas@pereira".to_owned(),
            wrong: t.sign_in.wrong.to_owned(),
            password_open: true,
            errors: FormErrors::from_iter([("mail", t.sign_in.mail_invalid.to_owned())]),
            ..page(Language::English)
        };
        vec![("plain", page(Language::English)), ("german", page(Language::German)), ("wrong", wrong)]
    }
}

/// After asking for a link.
#[derive(Template)]
#[template(path = "sign_in/sent.html")]
pub struct LinkSentPage {
    /// The frame.
    pub shell: Shell,
    /// The address as it was typed.
    pub mail: String,
}

impl LinkSentPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, LinkSentPage)> {
        let shell = Shell::sample_public(Language::English, "Look into your mail");
        vec![("plain", LinkSentPage { shell, mail: "tomas@pereira.example".to_owned() })]
    }
}

/// What has become of a sign-in link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Open {
        /// Whom it signs in.
        name: String,
        /// The form action that does it.
        action: String,
    },
    /// It has worked once.
    Used,
    /// It is too old, or never was.
    Gone,
}

/// `GET` of a sign-in link.
#[derive(Template)]
#[template(path = "sign_in/link.html")]
pub struct LinkPage {
    /// The frame.
    pub shell: Shell,
    /// What has become of the link.
    pub state: LinkState,
}

impl LinkPage {
    /// Samples.
    pub fn samples() -> Vec<(&'static str, LinkPage)> {
        let page = |state| LinkPage { shell: Shell::sample_public(Language::English, "Sign in"), state };
        let open =
            LinkState::Open { name: "Tomás Pereira".to_owned(), action: "/sign-in/link/abc".to_owned() };
        vec![("open", page(open)), ("used", page(LinkState::Used)), ("gone", page(LinkState::Gone))]
    }
}
