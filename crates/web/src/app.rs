//! What every handler can reach: the database, the settings, the files, and what was measured.
//!
//! A handler of GET gets a [`Reading`], which has no way to write: rule P2 by type.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use model::organisation::Mode;
use model::{Clock, Db, Reader, Result, Tx, free};
use rules::ids::ImportId;
use rules::time::Instant;

use crate::config::Config;
use crate::files::Files;
use crate::jobs::Jobs;

/// The running program. Clones share one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    reader: Reader,
    config: Config,
    mode: Mode,
    files: Files,
    jobs: Arc<Jobs>,
    free: free::Index,
    measured: PrometheusHandle,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        db: Db,
        config: Config,
        mode: Mode,
        files: Files,
        jobs: Arc<Jobs>,
        measured: PrometheusHandle,
    ) -> App {
        let reader = db.reader();
        let free = free::Index::new(db.reader());
        App(Arc::new(Inner { db, reader, config, mode, files, jobs, free, measured }))
    }

    /// See [`Db::read`].
    ///
    /// # Errors
    /// As there.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.reader.read(f).await
    }

    /// See [`Db::write`].
    ///
    /// # Errors
    /// As there.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.db.write(f).await
    }

    /// What the program does by itself.
    pub fn jobs(&self) -> &Arc<Jobs> {
        &self.0.jobs
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// How this instance is used.
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// Pictures.
    pub fn files(&self) -> &Files {
        &self.0.files
    }

    /// Who of the coaches is free when, for lists.
    pub fn free(&self) -> &free::Index {
        &self.0.free
    }

    /// Both clocks.
    pub fn clock(&self) -> &Clock {
        self.0.db.clock()
    }

    /// The product clock's now.
    pub fn now(&self) -> Instant {
        self.clock().now()
    }

    /// What was measured, as Prometheus reads it.
    pub fn measured(&self) -> &PrometheusHandle {
        &self.0.measured
    }

    /// This program for handlers that change nothing.
    pub fn reading(&self) -> Reading {
        Reading(self.clone())
    }
}

/// The running program, to look at only.
#[derive(Clone)]
pub struct Reading(App);

impl Reading {
    /// See [`Db::read`].
    ///
    /// # Errors
    /// As there.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.read(f).await
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        self.0.config()
    }

    /// How this instance is used.
    pub fn mode(&self) -> Mode {
        self.0.mode()
    }

    /// Pictures, to read.
    pub fn files(&self) -> &Files {
        self.0.files()
    }

    /// Who of the coaches is free when, for lists.
    pub fn free(&self) -> &free::Index {
        self.0.free()
    }

    /// How many lines of a file of people are done, if it is brought in by this program.
    pub fn importing(&self, import: ImportId) -> Option<u64> {
        self.0.jobs().importing(import)
    }

    /// The product clock's now.
    pub fn now(&self) -> Instant {
        self.0.now()
    }

    /// What was measured, as Prometheus reads it.
    pub fn measured(&self) -> &PrometheusHandle {
        self.0.measured()
    }
}
