//! The three cookies: who is signed in, which language a stranger chose, and what the last act wants to say.
//!
//! Names carry the port of `public_url`, because a browser does not tell ports apart; on https they carry the prefix
//! `__Host-`, which keeps other hosts from setting them (RFC 6265bis, section 4.1.3).

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// The cookies of a request.
pub struct Cookies<'a>(&'a HeaderMap);

impl<'a> Cookies<'a> {
    /// Those of these headers.
    pub fn of(headers: &'a HeaderMap) -> Cookies<'a> {
        Cookies(headers)
    }

    /// The value of the first cookie with this name.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.0
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(found, value)| (found == name).then_some(value))
    }
}

/// The cookie of a signed-in browser.
pub fn sign_in_name(config: &Config) -> String {
    name(config, "cairn")
}

/// The cookie of a chosen language.
pub fn language_name(config: &Config) -> String {
    name(config, "cairn-language")
}

/// The cookie of what the last act wants to say.
pub fn toast_name(config: &Config) -> String {
    name(config, "cairn-toast")
}

fn name(config: &Config, word: &str) -> String {
    if config.public_url.is_https() {
        format!("__Host-{word}")
    } else {
        format!("{word}-{}", config.public_url.port())
    }
}

/// A `Set-Cookie` value. `seconds` of 0 removes the cookie.
pub fn set(config: &Config, name: &str, value: &str, seconds: i64) -> HeaderValue {
    let secure = if config.public_url.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("names and values are made of plain letters")
}
