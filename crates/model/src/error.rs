//! Why a transaction gave no value: a person may not, the store is busy, or the world failed.

use std::error::Error as StdError;
use std::fmt;

use rules::refusal::Refusal;

/// What every verb of this crate gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no value. Whatever it is, nothing of the transaction was kept, except for
/// [`Error::InDoubt`], which cannot know.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A rule says no to the person who asked.
    Refused(Refusal),
    /// There is more to do than the store takes on; trying again later may succeed. Says which limit was met.
    Busy(&'static str),
    /// The database took the transaction back, together with its neighbours or when it was to be kept.
    NotCommitted {
        /// What the database said.
        why: String,
    },
    /// The connection broke while the transaction was being committed: it may or may not have been kept.
    InDoubt {
        /// What the connection said.
        why: String,
    },
    /// The store was closed.
    Closed,
    /// The transaction's closure panicked.
    Panicked {
        /// The panic's message.
        message: String,
    },
    /// Exactly one row was expected and there was none.
    NoRow {
        /// The statement.
        sql: String,
    },
    /// The database is of an older version, and whoever opens it is not to change that.
    OlderDatabase {
        /// The database's version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The database is of a newer version than this program.
    NewerDatabase {
        /// The database's version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The database belongs to another kind of instance: a demo never opens real data, nor the other way round.
    WrongMode {
        /// How it is used.
        is: &'static str,
        /// How it was to be opened.
        wanted: &'static str,
    },
    /// The database failed, or a statement is wrong.
    Database {
        /// What was being done.
        context: String,
        /// What the engine said.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
}

impl Error {
    /// A failure that no engine reported.
    pub(crate) fn database(context: impl Into<String>) -> Error {
        Error::Database { context: context.into(), source: None }
    }

    /// A failure of the engine, with what was being done.
    pub(crate) fn caused(
        context: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Error {
        Error::Database { context: context.into(), source: Some(source.into()) }
    }

    /// True if the same request may well succeed a little later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Error::Busy(_) | Error::NotCommitted { .. } | Error::Closed)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal) => refusal.fmt(f),
            Error::Busy(limit) => write!(f, "the database is busy: {limit}"),
            Error::NotCommitted { why } => write!(f, "the database kept nothing: {why}"),
            Error::InDoubt { why } => write!(f, "it is unknown whether the database kept this: {why}"),
            Error::Closed => f.write_str("the database was closed"),
            Error::Panicked { message } => write!(f, "a transaction panicked: {message}"),
            Error::NoRow { sql } => write!(f, "no row where one was expected: {sql}"),
            Error::OlderDatabase { found, known } => write!(
                f,
                "the database is of version {found} and this program of {known}: start it once with `cairn serve`, \
                 which brings the database up to date after copying it"
            ),
            Error::NewerDatabase { found, known } => write!(
                f,
                "the database is of version {found} and this program knows versions up to {known}: \
                 start the program that last used it, or a newer one"
            ),
            Error::WrongMode { is, wanted } => write!(
                f,
                "the data folder belongs to an instance of kind “{is}”, and this was started as “{wanted}”: \
                 name another folder with --data"
            ),
            Error::Database { context, source: None } => f.write_str(context),
            Error::Database { context, source: Some(source) } => {
                write!(f, "{context}: {source}")?;
                let mut cause = source.source();
                while let Some(deeper) = cause {
                    write!(f, ": {deeper}")?;
                    cause = deeper.source();
                }
                Ok(())
            }
        }
    }
}

impl StdError for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}
