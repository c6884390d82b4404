//! The job behind files of people: it looks at their lines a few hundred at a time, and brings a file in by one
//! transaction (rule G2). What a line means is the model's matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use model::program::intake::{self, Found, GO_ROWS, Work};
use model::program::sheet::{self, Sheet};
use model::{Db, Error, Result};
use rules::ids::ImportId;

use crate::jobs::{Lease, Progress};

/// So long one go may take; bringing in the largest file is the longest.
const GO_SECONDS: i64 = 120;

/// How many lines of the file that this program brings in are done. Nobody else can know: until the end there is nothing
/// in the store.
#[derive(Debug, Default)]
pub struct Importing {
    import: AtomicI64,
    done: AtomicU64,
}

impl Importing {
    /// How many lines of a file are done, if it is the one that is brought in here.
    pub fn of(&self, import: ImportId) -> Option<u64> {
        (self.import.load(Ordering::Acquire) == import.raw()).then(|| self.done.load(Ordering::Relaxed))
    }

    fn begin(&self, import: ImportId) {
        self.done.store(0, Ordering::Relaxed);
        self.import.store(import.raw(), Ordering::Release);
    }
}

/// Works on the file that waits longest.
///
/// # Errors
/// Those of the store; a file that may not be brought in any more is called off instead.
pub async fn work(db: &Db, lease: &Lease, importing: &Arc<Importing>) -> Result<Progress> {
    if !lease.lasts(GO_SECONDS).await? {
        return Ok(Progress::Elsewhere);
    }
    let Some(work) = db.read(intake::next).await? else { return Ok(Progress::Idle) };
    let work = Arc::new(work);
    let sheet = Arc::new(sheet::read(work.file.as_bytes()));
    let done = if work.is_commit {
        bring_in(db, importing, Arc::clone(&work), sheet).await.map(|()| Progress::Worked)
    } else {
        look(db, lease, Arc::clone(&work), sheet).await
    };
    match done {
        // Whoever sent it may not do so any more.
        Err(Error::Refused(refusal)) => {
            tracing::info!(%refusal, "a file of people is called off");
            db.write(move |tx| intake::give_up(tx, &work)).await?;
            Ok(Progress::Worked)
        }
        done => done,
    }
}

async fn look(db: &Db, lease: &Lease, work: Arc<Work>, sheet: Arc<Sheet>) -> Result<Progress> {
    let id = work.id;
    let mut found = Found::before(&sheet);
    for from in (0..sheet.rows.len()).step_by(GO_ROWS) {
        if lease.is_stopping() {
            return Ok(Progress::Blocked);
        }
        if !lease.lasts(GO_SECONDS).await? {
            return Ok(Progress::Elsewhere);
        }
        let (one, rows) = (Arc::clone(&work), Arc::clone(&sheet));
        found = db.read(move |tx| intake::look(tx, &one, &rows, from, &found)).await?;
        let checked = (from + GO_ROWS).min(sheet.rows.len());
        if !db.write(move |tx| intake::looked(tx, id, checked)).await? {
            return Ok(Progress::Worked);
        }
    }
    let whole = found.whole();
    db.write(move |tx| intake::all_looked(tx, id, &whole)).await?;
    Ok(Progress::Worked)
}

async fn bring_in(db: &Db, importing: &Arc<Importing>, work: Arc<Work>, sheet: Arc<Sheet>) -> Result<()> {
    importing.begin(work.id);
    let importing = Arc::clone(importing);
    db.write(move |tx| {
        let done = |rows: usize| importing.done.store(rows as u64, Ordering::Relaxed);
        intake::bring_in(tx, &work, &sheet, done)
    })
    .await
}
