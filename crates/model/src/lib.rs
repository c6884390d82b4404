//! The database: what is stored, and every verb that changes it, each with its SQL beside it.
//!
//! Knows nothing of HTTP, pages or mail servers. A map:
//!
//! * [`db`]: transactions on SQLite and PostgreSQL; the only module that knows an engine exists.
//! * [`clock`]: both clocks, randomness and fresh ids; the only module that reads the machine's.
//! * [`person`], [`sign_in`], [`token`], [`organisation`]: who there is, how they prove it, and where they are.
//! * [`event`]: what happened; timeline and audit log are two readings of it.
//! * [`mail`]: the outbox. [`lease`]: who does a kind of job. [`due`]: what time will make due.
//! * [`session`]: meetings and each client's place in them. [`coach`]: whose five minutes they are, and who coaches say
//!   they are. [`offering`], [`availability`]: what they sell, and when. [`agreement`]: what people accept.
//! * [`booking`]: from a wish to a session with a client. [`manage`]: links that open one booking.
//! * [`agenda`]: what somebody has next. [`week`]: a coach's calendar. [`appointment`]: a meeting as letters and calendars tell of it.
//! * [`free`]: who of all coaches is free, in memory. [`zone_data`]: what newer zone data put at another time of day.
//! * [`ledger`]: what is owed and paid.
//! * [`program`]: companies, cohorts, pathways, journeys, pods.
//! * [`trigger`]: rules that send mail by status.
//! * [`message`]: what a client and a coach write to each other. [`notification`]: what people are told inside the
//!   program. [`mail_choice`]: which mails they do not want.
//! * [`reach`]: permission turned into SQL. [`idempotency`], [`attempt`]: a write happens once, and not too often.
//! * [`secret`], [`password`]: tokens and their hashes.
//! * [`demo`]: the living example.
//! * [`testing`]: both engines for tests. [`world`]: the small named world of the tests (feature `testing`).

pub mod agenda;
pub mod agreement;
pub mod appointment;
pub mod attempt;
pub mod availability;
pub mod booking;
pub mod clock;
pub mod coach;
pub mod db;
pub mod demo;
mod error;
pub mod event;
pub mod free;
pub mod idempotency;
pub mod lease;
pub mod ledger;
pub mod mail;
pub mod mail_choice;
pub mod manage;
pub mod message;
pub mod notification;
pub mod offering;
pub mod organisation;
pub mod password;
pub mod person;
pub mod program;
pub mod reach;
pub mod secret;
pub mod session;
pub mod sign_in;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod trigger;
pub mod week;
#[cfg(feature = "testing")]
pub mod world;
pub mod zone_data;

pub use clock::Clock;
pub use db::{Db, Place, Reader, Row, Tx, Value};
pub use error::{Error, Result};
