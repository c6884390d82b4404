//! The database: what is stored, and every verb that changes it, each with its SQL beside it.
//!
//! Knows nothing of HTTP, pages or mail servers. A map:
//!
//! * [`db`]: transactions on SQLite and PostgreSQL; the only module that knows an engine exists.
//! * [`clock`]: both clocks, randomness and fresh ids; the only module that reads the machine's.
//! * [`session`]: meetings and each client's place in them.
//! * [`coach`]: whose five minutes they are.
//! * [`testing`]: both engines for tests (feature `testing`).
//! * [`world`]: the small named world of the tests (feature `testing`).

pub mod clock;
pub mod coach;
pub mod db;
mod error;
pub mod session;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "testing")]
pub mod world;

pub use clock::Clock;
pub use db::{Db, Place, Reader, Row, Tx, Value};
pub use error::{Error, Result};
