//! Work that keeps a core and much memory busy, as passwords and pictures do: so many at once, so many wait, and the
//! next one is refused. It runs beside the requests, never among them.

use rules::refusal::Refusal;
use tokio::sync::Semaphore;

use crate::error::Failure;

/// When whoever finds too many waiting may come again, in seconds.
const RETRY_AFTER_S: u32 = 2;

/// The turns of one kind of work.
pub struct Turns {
    /// Those who work, and those who wait.
    places: Semaphore,
    /// Those who work.
    seats: Semaphore,
}

impl Turns {
    /// So many work at once, and so many more may wait.
    pub const fn new(at_once: usize, waiting: usize) -> Turns {
        Turns { places: Semaphore::const_new(at_once + waiting), seats: Semaphore::const_new(at_once) }
    }

    /// Works when it is its turn. What has begun keeps its seat to the end, even if nobody waits for it any more.
    ///
    /// # Errors
    /// [`Refusal::Busy`] if too many wait already.
    pub async fn take<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let Ok(place) = self.places.try_acquire() else {
            return Err(Refusal::Busy { retry_after_seconds: RETRY_AFTER_S }.into());
        };
        let seat = self.seats.acquire().await.map_err(|error| Failure::wrong(error.to_string()))?;
        let worked = tokio::task::spawn_blocking(move || {
            let _until_the_end = (place, seat);
            work()
        });
        worked.await.map_err(|error| Failure::wrong(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test]
    async fn one_works_one_waits_and_the_third_is_refused() {
        static TURNS: Turns = Turns::new(1, 1);
        let (go, wait) = channel::<()>();
        let first = tokio::spawn(TURNS.take(move || wait.recv().is_ok()));
        let second = tokio::spawn(TURNS.take(|| "second"));
        while TURNS.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(TURNS.take(|| ()).await, Err(Failure::Refused(Refusal::Busy { .. }))));
        go.send(()).expect("the first waits");
        assert!(matches!(first.await, Ok(Ok(true))));
        assert!(matches!(second.await, Ok(Ok("second"))));
        assert!(TURNS.take(|| ()).await.is_ok());
    }
}
