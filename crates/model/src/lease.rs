//! Which of several programs does a kind of job at present (rules M2, D6). Runs on the machine clock, which no move
//! of the product clock touches.
//!
//! A lease is a promise among programs that all look at about the same time: its holder stops well before the end or
//! takes it again, and nobody else begins until it is over or given back.

use jiff::SignedDuration;

use crate::{Result, Tx, args};

/// Takes the lease of a job, or prolongs one's own; false if somebody else holds it.
pub fn take(tx: &mut Tx, job: &str, holder: &str, length: SignedDuration) -> Result<bool> {
    let now = tx.machine_now();
    let taken = tx.exec(
        "INSERT INTO lease (job, holder, until_machine) VALUES ($1, $2, $3)
         ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until_machine = excluded.until_machine
         WHERE lease.holder = excluded.holder OR lease.until_machine <= $4",
        args![job, holder, now + length, now],
    )?;
    Ok(taken == 1)
}

/// Gives one's own lease back; that of another stays.
pub fn give_back(tx: &mut Tx, job: &str, holder: &str) -> Result<()> {
    tx.exec("DELETE FROM lease WHERE job = $1 AND holder = $2", args![job, holder])?;
    Ok(())
}

/// Gives back all that a program holds of which it is known that it lives no more.
///
/// # Errors
/// Only those of the store.
pub fn inherit(tx: &mut Tx, dead: &str) -> Result<()> {
    tx.exec("DELETE FROM lease WHERE holder = $1", args![dead])?;
    Ok(())
}
