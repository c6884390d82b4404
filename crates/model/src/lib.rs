//! The database: what is stored, and every verb that changes it, each with its SQL beside it.
//!
//! Knows nothing of HTTP, pages or mail servers. A map:
//!
//! * [`db`]: transactions on SQLite and PostgreSQL; the only module that knows an engine exists.
//! * [`clock`]: both clocks, randomness and fresh ids; the only module that reads the machine's.
//! * [`testing`]: both engines for tests (feature `testing`).

pub mod clock;
pub mod db;
mod error;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::Clock;
pub use db::{Db, Place, Reader, Row, Tx, Value};
pub use error::{Error, Result};
