//! Passwords as handlers use them: hashed and compared beside the requests, one for each core at a time, because each
//! takes a core and 19 MiB for as long as it lasts.

use std::sync::LazyLock;

use model::password;

use crate::error::Failure;
use crate::turns::Turns;

/// So many passwords wait for a core; the next one is refused.
const WAITING_MAX: usize = 64;

static TURNS: LazyLock<Turns> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Turns::new(cores, WAITING_MAX)
});

/// What is stored of a password.
///
/// # Errors
/// [`rules::refusal::Refusal::Busy`] if too many wait.
pub async fn hash(password: String) -> Result<String, Failure> {
    let salt = model::clock::random_bytes();
    TURNS.take(move || password::hash(&password, salt)).await
}

/// Whether `password` is the one that was stored; see [`password::verify`].
///
/// # Errors
/// [`rules::refusal::Refusal::Busy`] if too many wait.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, Failure> {
    TURNS.take(move || password::verify(&password, stored.as_deref())).await
}
