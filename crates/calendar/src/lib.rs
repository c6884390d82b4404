//! Sessions as calendar programs read them (RFC 5545, 5546): invitations, files to download, links that add to a
//! calendar. Knows no database, no mail and no words: whoever asks brings every text. A map:
//!
//! * [`invitation`]: an event, and the file that asks for it, calls it off or shows it.
//! * [`zone`]: a time zone as a file carries it, made from our own zone data.
//! * [`line`]: content lines: what is escaped, what is folded, what is left out.
//! * [`links`]: the addresses by which Google and Outlook add an event.

pub mod invitation;
pub mod line;
pub mod links;
#[cfg(feature = "testing")]
pub mod testing;
pub mod zone;

pub use invitation::{Event, Invitation, Method, Party};
