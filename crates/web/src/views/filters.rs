//! What templates can call: addresses of assets, icons, stones. All of them make markup that needs no escaping.

#![expect(missing_docs, reason = "the filter macro writes items that cannot be given a comment")]

use std::fmt;

use askama::filters::HtmlSafe;

use crate::cairn as drawing;
use crate::status::{self, Status};

/// Markup made by us.
#[derive(Clone, Debug)]
pub struct Markup(pub(crate) String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

impl Markup {
    /// Markup that needs no escaping, because no part of it came from a person.
    pub(crate) fn new(markup: String) -> Markup {
        Markup(markup)
    }
}

/// The address of an asset: `{{ "app.css"|asset }}`.
#[askama::filter_fn]
pub fn asset(logical: &str, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(crate::assets::asset(logical))
}

/// An icon of the sprite: `{{ "check"|icon }}`. A word stands beside it.
#[askama::filter_fn]
pub fn icon(name: &str, _: &dyn askama::Values) -> askama::Result<Markup> {
    Ok(Markup(crate::assets::icon(name)))
}

/// A cairn that means no journey: `{{ 6|ornament }}`.
#[askama::filter_fn]
pub fn ornament(stones: usize, _: &dyn askama::Values) -> askama::Result<Markup> {
    Ok(Markup(drawing::ornament(stones)))
}

/// The key of a status for `data-status`.
#[askama::filter_fn]
pub fn status_key(status: &Status, _: &dyn askama::Values) -> askama::Result<&'static str> {
    Ok(status::key(*status))
}

/// The icon of a status.
#[askama::filter_fn]
pub fn status_icon(status: &Status, _: &dyn askama::Values) -> askama::Result<Markup> {
    Ok(Markup(crate::assets::icon(status::icon(*status))))
}

/// The word of a status: `{{ status|status_word(t) }}`.
#[askama::filter_fn]
pub fn status_word(
    status: &Status,
    _: &dyn askama::Values,
    t: &crate::texts::Texts,
) -> askama::Result<&'static str> {
    Ok(t.status.word(*status))
}

/// A pebble for a line of the day or a timeline: `{{ status|pebble(index) }}`.
#[askama::filter_fn]
pub fn pebble(status: &Status, _: &dyn askama::Values, index: &usize) -> askama::Result<Markup> {
    Ok(Markup(drawing::pebble(*index, *status)))
}

/// The stone of one row of a step stack: `{{ status|row_stone(index, of) }}`.
#[askama::filter_fn]
pub fn row_stone(status: &Status, _: &dyn askama::Values, index: usize, of: usize) -> askama::Result<Markup> {
    Ok(Markup(drawing::row_stone(index, of, *status)))
}

/// The cairn of a journey: `{{ stones|cairn(t) }}`.
#[askama::filter_fn]
pub fn cairn(
    stones: &[drawing::Stone],
    _: &dyn askama::Values,
    t: &crate::texts::Texts,
) -> askama::Result<Markup> {
    Ok(Markup(drawing::cairn(stones, drawing::Numbers::Shown, t)))
}
