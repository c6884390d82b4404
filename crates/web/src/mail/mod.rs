//! Letters: what they say, how they become messages, and how those leave. Who gets which letter is decided by
//! `rules::letters`, when and how often it is tried by `model::mail`.

pub mod dkim;
pub mod message;
pub mod paper;
pub mod transport;
