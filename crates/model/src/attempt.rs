//! How often something was tried: limits on sign-in and on everything that sends mail. Counted in the database, so
//! that several programs on one database share the count, and on the machine clock, so that moving a demo's clock
//! frees nobody.

use crate::{Result, Tx, args};

/// So many tries in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many tries are let through in one window.
    pub tries: u32,
    /// How long a window is, in seconds.
    pub window_s: u32,
}

/// How many letters signed-in people may cause. An operator's setting, so that it comes with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterLimits {
    /// To one person, by whomever.
    pub to_one: Limit,
    /// By one person, to whomever.
    pub by_one: Limit,
    /// Bookings by one person, each of which brings letters to two; a series is one.
    pub bookings_by_one: Limit,
}

impl Default for LetterLimits {
    fn default() -> LetterLimits {
        const HOUR_S: u32 = 3600;
        LetterLimits {
            to_one: Limit { tries: 30, window_s: HOUR_S },
            by_one: Limit { tries: 1000, window_s: HOUR_S },
            bookings_by_one: Limit { tries: 60, window_s: HOUR_S },
        }
    }
}

/// Whether a try is let through. Being over the limit is an `Ok` value: the count must stay written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Go ahead.
    Under,
    /// Wait so many seconds.
    Over {
        /// Until the window ends.
        retry_after_s: u32,
    },
}

/// Counts one try in `bucket` and says whether it is still under `limit`.
///
/// # Errors
/// Only those of the store.
pub fn count(tx: &mut Tx, bucket: &str, limit: Limit) -> Result<Verdict> {
    let length = i64::from(limit.window_s.max(1)) * 1000;
    let now = tx.machine_now().millis();
    let window = now.div_euclid(length) * length;
    let tries = tx.one(
        "INSERT INTO attempt (bucket, window_machine, tries) VALUES ($1, $2, 1)
         ON CONFLICT (bucket, window_machine) DO UPDATE SET tries = attempt.tries + 1 RETURNING tries",
        args![bucket, window],
        |row| row.get::<i64>(0),
    )?;
    if tries <= i64::from(limit.tries) {
        return Ok(Verdict::Under);
    }
    let left_ms = window + length - now;
    Ok(Verdict::Over { retry_after_s: u32::try_from((left_ms + 999).div_euclid(1000)).unwrap_or(u32::MAX) })
}

/// Counts one try in each of several buckets; the longest wait wins.
///
/// # Errors
/// Only those of the store.
pub fn count_all(tx: &mut Tx, buckets: &[(String, Limit)]) -> Result<Verdict> {
    let mut verdict = Verdict::Under;
    for (bucket, limit) in buckets {
        verdict = match (verdict, count(tx, bucket, *limit)?) {
            (Verdict::Over { retry_after_s: a }, Verdict::Over { retry_after_s: b }) => {
                Verdict::Over { retry_after_s: a.max(b) }
            }
            (over @ Verdict::Over { .. }, Verdict::Under) | (Verdict::Under, over) => over,
        };
    }
    Ok(verdict)
}

/// Forgets counts whose window began more than two days ago, at most `limit` of them.
///
/// # Errors
/// Only those of the store.
pub fn sweep(tx: &mut Tx, limit: u32) -> Result<u64> {
    let oldest = tx.machine_now().millis() - 2 * 24 * 60 * 60 * 1000;
    tx.exec(
        "DELETE FROM attempt WHERE (bucket, window_machine) IN
             (SELECT bucket, window_machine FROM attempt WHERE window_machine <= $1 ORDER BY window_machine LIMIT $2)",
        args![oldest, i64::from(limit)],
    )
}
