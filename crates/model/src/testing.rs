//! Both engines for tests: a fresh database per test, and every write rehearsed.
//!
//! PostgreSQL is started once per test process, from what is installed, and ends with it, however it ends.
//! If it is not installed, tests fail: they are never skipped.
//!
//! ```ignore
//! model::on_both! {
//!     // Rule A4
//!     async fn an_hour_is_booked_once(db: Db) {
//!         …
//!     }
//! }
//! ```

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use rules::time::Instant;
use tempfile::TempDir;

use crate::clock::Stopwatch;
use crate::db::migrate::{MIGRATIONS, Migration};
use crate::db::{Db, Place, Settings};
use crate::{Clock, args};

/// How long PostgreSQL may take to start.
const START_SECONDS: u64 = 60;
/// Connections of one test's store: enough for transactions to meet.
const TEST_CONNECTIONS: usize = 4;
/// Connections of all tests that run at the same time.
const SERVER_CONNECTIONS: usize = 400;

/// When a test begins: Monday, 2 March 2026, 09:00 UTC.
pub const START: Instant = Instant::from_millis(1_772_442_000_000);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a folder of its own.
    Sqlite,
    /// A database of the server that this process started.
    Postgres,
}

/// A database of its own for one test, which goes when this is dropped.
pub struct Store {
    engine: Engine,
    place: Place,
    /// Removes its folder or database when the test is over.
    _guard: Guard,
}

enum Guard {
    Folder { _folder: TempDir },
    Database(String),
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Guard::Database(name) = self {
            Postgres::shared().drop_later(name);
        }
    }
}

impl Store {
    /// A database with the program's schema, copied from one that was migrated once.
    pub fn new(engine: Engine) -> Store {
        match engine {
            Engine::Sqlite => {
                let store = Store::empty(engine);
                let Place::Sqlite(path) = &store.place else { unreachable!("made above") };
                std::fs::write(path, sqlite_template()).expect("copying the template database");
                store
            }
            Engine::Postgres => Store::postgres(Postgres::shared().create(Some(postgres_template()))),
        }
    }

    /// A place where no database is yet (SQLite), or one without tables (PostgreSQL).
    pub fn empty(engine: Engine) -> Store {
        match engine {
            Engine::Sqlite => {
                let folder = TempDir::new().expect("a folder for the test");
                let place = Place::Sqlite(folder.path().join("cairn.db"));
                Store { engine, place, _guard: Guard::Folder { _folder: folder } }
            }
            Engine::Postgres => Store::postgres(Postgres::shared().create(None)),
        }
    }

    fn postgres(name: String) -> Store {
        let place = Place::Postgres(Postgres::shared().url(&name));
        Store { engine: Engine::Postgres, place, _guard: Guard::Database(name) }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where the database is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Opens it with the program's schema and a clock that stands at [`START`].
    pub async fn open(&self) -> Db {
        self.open_with(Clock::manual(START), MIGRATIONS).await
    }

    /// Opens it with a clock and schema of the test's own.
    pub async fn open_with(&self, clock: Clock, migrations: &'static [Migration]) -> Db {
        Db::open_with(&self.place, clock, settings(migrations)).await.expect("opening the test's database")
    }
}

/// The settings of a test's store: few connections, and every write rehearsed.
pub fn settings(migrations: &'static [Migration]) -> Settings {
    Settings { migrations, postgres_connections: TEST_CONNECTIONS, rehearse: true, ..Settings::default() }
}

/// What a test of [`on_both!`](crate::on_both) takes as its argument.
pub trait Fixture: Sized {
    /// Makes it on a fresh database.
    fn make(store: &Store) -> impl Future<Output = Self>;
}

impl Fixture for Db {
    async fn make(store: &Store) -> Db {
        store.open().await
    }
}

/// Makes two tests of each function, one per engine, in a module of its name.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($($arg:tt)*) $body:block)*) => {
        $(mod $name {
            use super::*;
            async fn body($($arg)*) $body
            $(#[$meta])*
            #[test]
            fn sqlite() {
                $crate::testing::run($crate::testing::Engine::Sqlite, body);
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                $crate::testing::run($crate::testing::Engine::Postgres, body);
            }
        })*
    };
}

/// Runs one test on one engine, on a runtime as the program has it.
pub fn run<T: Fixture, F: Future<Output = ()>>(engine: Engine, test: impl Fn(T) -> F) {
    let store = Store::new(engine);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test");
    runtime.block_on(async {
        let fixture = T::make(&store).await;
        test(fixture).await;
    });
    drop(runtime);
    drop(store);
}

/// The migrated file, in memory: a folder of the whole process would be left behind at its end.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = TempDir::new().expect("a folder for the template database");
        let path = folder.path().join("template.db");
        migrate_template(Place::Sqlite(path.clone()));
        std::fs::read(path).expect("reading the template database")
    })
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let server = Postgres::shared();
        let name = server.create(None);
        migrate_template(Place::Postgres(server.url(&name)));
        name
    })
}

/// Opens and closes a store, on a thread of its own because the test may have a runtime already.
fn migrate_template(place: Place) {
    let migrate = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let settings = Settings { postgres_connections: 1, ..settings(MIGRATIONS) };
            let db = Db::open_with(&place, Clock::machine(), settings).await;
            db.expect("migrating the template database").close().await;
        });
    };
    std::thread::spawn(migrate).join().expect("migrating the template database");
}

/// A PostgreSQL server that this process started.
pub struct Postgres {
    folder: PathBuf,
    /// Statements for the server's own database, run one after the other on a thread of its own.
    orders: Mutex<mpsc::Sender<Order>>,
    databases: AtomicU64,
    keeper: Mutex<Keeper>,
    /// What tells one run of the server from the next.
    started_at: AtomicI64,
}

struct Order {
    sql: String,
    done: Option<mpsc::Sender<()>>,
}

/// The shell that started PostgreSQL, and the pipe whose end tells it to stop it.
struct Keeper {
    shell: Child,
    pipe: Option<ChildStdin>,
}

/// How careful a server of the tests is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Forgets everything if the machine stops: for ordinary tests.
    Fast,
    /// As in real use.
    Durable,
}

/// The script that keeps the server: `$1` the folder, the rest is its command. It stops the server when it
/// reads the end of its input, which comes when the test process closes the pipe or dies. A line of input
/// has it kill the server without warning and start it again.
const KEEPER: &str = r#"
trap '' INT TERM HUP
folder=$1; shift
start() { "$@" </dev/null >>"$folder/log" 2>&1 & server=$!; }
start "$@"
while read -r line; do
    kill -KILL "$server"
    wait "$server"
    # Until the last of its children is gone, the data folder is taken: the new server says so and ends.
    for try in 1 2 3 4 5 6 7 8 9 10; do
        start "$@"
        sleep 0.3
        kill -0 "$server" 2>/dev/null && break
    done
done
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder"
"#;

impl Postgres {
    /// The server that all tests of this process share.
    pub fn shared() -> &'static Postgres {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        SERVER.get_or_init(|| Postgres::start(Care::Fast))
    }

    /// Starts a server of its own on a socket in a temporary folder.
    pub fn start(care: Care) -> Postgres {
        let folder = TempDir::new().expect("a folder for PostgreSQL").keep();
        let user = unprivileged_user();
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("giving PostgreSQL its folder");
        }
        let mut initdb = Command::new(binary("initdb"));
        initdb.args(["--no-sync", "--auth=trust", "--username=cairn", "--encoding=UTF8", "--locale=C", "-D"]);
        let made = as_user(&mut initdb, user).arg(folder.join("data")).current_dir(&folder).output();
        let made = made.expect("running initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        // Nowhere but on the socket, unless a test has it otherwise.
        let settings = OpenOptions::new().append(true).open(folder.join("data/postgresql.conf"));
        settings.and_then(|mut file| file.write_all(b"listen_addresses = ''\n")).expect("its settings");
        let keeper = Keeper::start(&folder, user, care);
        let (orders, incoming) = mpsc::channel();
        let server = Postgres {
            folder,
            orders: Mutex::new(orders),
            databases: AtomicU64::new(0),
            keeper: Mutex::new(keeper),
            started_at: AtomicI64::new(0),
        };
        let url = server.url("postgres");
        let started = patiently(|| ask_when_started(&url).ok());
        server.started_at.store(started, Ordering::SeqCst);
        std::thread::spawn(move || carry_out(&url, &incoming));
        server
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://cairn@/{database}?host={}", self.folder.display())
    }

    /// Makes an empty database, or a copy of another that nobody is connected to.
    pub fn create(&self, template: Option<&str>) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let template = template.unwrap_or("template0");
        self.order(format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        name
    }

    /// Runs one statement as the server's owner and waits for it.
    pub fn order(&self, sql: String) {
        let (done, finished) = mpsc::channel();
        self.send(Order { sql, done: Some(done) });
        finished.recv().expect("the thread that gives PostgreSQL its orders failed");
    }

    /// Kills the server's first process without warning and starts the server again. Gives back when it
    /// answers. The orders of [`Postgres::create`] are not given to the new server.
    pub fn kill_and_restart(&self) {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let pipe = keeper.pipe.as_mut().expect("the pipe is open as long as this is there");
        pipe.write_all(b"restart\n").expect("telling the keeper");
        // Its last words may still be accepted as a connection: only a session that was made after the crash
        // can have seen recovery.
        let before = self.started_at.load(Ordering::SeqCst);
        let now = patiently(|| {
            let started = ask_when_started(&self.url("postgres")).ok()?;
            (started != before).then_some(started)
        });
        self.started_at.store(now, Ordering::SeqCst);
    }

    fn drop_later(&self, name: &str) {
        self.send(Order { sql: format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), done: None });
    }

    fn send(&self, order: Order) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        // The answer, if one is waited for, tells of a thread that is gone.
        let _ = orders.send(order);
    }
}

impl Keeper {
    fn start(folder: &Path, user: Option<(u32, u32)>, care: Care) -> Keeper {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", KEEPER, "keeper"]).arg(folder).arg(binary("postgres"));
        command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
        command.args(["-c", "max_wal_size=256MB", "-c", "shared_buffers=64MB"]);
        command.args(["-c", &format!("max_connections={SERVER_CONNECTIONS}")]);
        if care == Care::Fast {
            let careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"];
            for setting in careless {
                command.args(["-c", setting]);
            }
        }
        // A group of its own: what the terminal sends to the tests is not for the server.
        as_user(&mut command, user).current_dir(folder).process_group(0).stdin(Stdio::piped());
        let mut shell = command.spawn().expect("starting PostgreSQL");
        let pipe = shell.stdin.take();
        Keeper { shell, pipe }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let keeper = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        keeper.pipe = None;
        let _ = keeper.shell.wait();
    }
}

/// Tries until there is an answer: PostgreSQL takes a moment to start.
fn patiently<T>(ask: impl Fn() -> Option<T>) -> T {
    let watch = Stopwatch::start();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            watch.elapsed() < Duration::from_secs(START_SECONDS),
            "PostgreSQL did not start in {START_SECONDS} s"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn ask_when_started(url: &str) -> Result<i64, postgres::Error> {
    on_a_thread(|| {
        let mut client = postgres::Client::connect(url, postgres::NoTls)?;
        let sql = "SELECT CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)";
        client.query_one(sql, &[])?.try_get(0)
    })
}

/// A PostgreSQL client must not live on a thread that belongs to an async runtime.
fn on_a_thread<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join().expect("a thread of the test server"))
}

/// Runs what is ordered, one after the other.
fn carry_out(url: &str, orders: &mpsc::Receiver<Order>) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("it answered before");
    while let Ok(Order { sql, done }) = orders.recv() {
        let ran = client.batch_execute(&sql);
        if let Some(done) = done {
            ran.unwrap_or_else(|error| panic!("{sql}: {error}"));
            // Whoever gave the order may have failed meanwhile.
            let _ = done.send(());
        }
    }
}

/// The newest installed program of this name.
fn binary(name: &str) -> PathBuf {
    let version = |folder: &PathBuf| -> u32 {
        folder.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or(0)
    };
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().map(|folder| folder.path()).collect())
        .unwrap_or_default();
    installed.sort_by_key(version);
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let newest = installed.iter().rev().map(|folder| folder.join("bin"));
    newest.chain(std::env::split_paths(&on_path)).map(|folder| folder.join(name)).find(|path| path.is_file()).expect(
        "the tests need PostgreSQL, in /usr/lib/postgresql or on the PATH: install the package `postgresql`",
    )
}

/// PostgreSQL refuses to run as root: then it runs as whoever has least to say here.
fn unprivileged_user() -> Option<(u32, u32)> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |wanted: &str| {
        users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find_map(|fields| match fields[..] {
            [name, _, uid, gid, ..] if name == wanted => Some((uid.parse().ok()?, gid.parse().ok()?)),
            _ => None,
        })
    };
    root.then(|| find("postgres").or_else(|| find("nobody")).unwrap_or((65_534, 65_534)))
}

/// What a database consists of, one line per column, key, index and reference, in words that both engines
/// share: two databases with the same lines mean the same.
pub async fn schema(db: &Db) -> BTreeSet<String> {
    let sql = if db.engine() == "SQLite" { SQLITE_SCHEMA } else { POSTGRES_SCHEMA };
    let lines = db.read(move |tx| tx.all(sql, args![], |row| row.get::<String>(0))).await;
    lines.expect("reading the schema").into_iter().collect()
}

const SQLITE_SCHEMA: &str = "
    WITH tables AS (SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%')
    SELECT t.name || '.' || c.name
        || CASE WHEN instr(t.sql, c.name || ' INTEGER CHECK (' || c.name || ' IN (0, 1))') > 0 THEN ' flag'
            WHEN c.type = 'INTEGER' THEN ' number' WHEN c.type = 'TEXT' THEN ' text'
            WHEN c.type = 'BLOB' THEN ' bytes' ELSE ' ' || c.type END
        || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE ' or nothing' END
    FROM tables t, pragma_table_xinfo(t.name) c
    UNION ALL
    SELECT t.name || ' key ('
        || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk))
        || ')'
    FROM tables t
    UNION ALL
    SELECT t.name || CASE WHEN i.\"unique\" = 1 THEN ' unique (' ELSE ' index (' END
        || (SELECT group_concat(name, ', ')
            FROM (SELECT coalesce(name, 'expression') AS name FROM pragma_index_info(i.name) ORDER BY seqno))
        || CASE WHEN i.partial = 1 THEN ') of some' ELSE ')' END
    FROM tables t, pragma_index_list(t.name) i WHERE i.origin <> 'pk'
    UNION ALL
    SELECT t.name || '.' || f.\"from\" || ' refers to ' || f.\"table\"
    FROM tables t, pragma_foreign_key_list(t.name) f";

const POSTGRES_SCHEMA: &str = "
    WITH tables AS (SELECT oid, relname AS name FROM pg_catalog.pg_class
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace)
    SELECT t.name || '.' || c.attname
        || CASE format_type(c.atttypid, c.atttypmod) WHEN 'boolean' THEN ' flag' WHEN 'bigint' THEN ' number'
            WHEN 'text' THEN ' text' WHEN 'bytea' THEN ' bytes' ELSE ' ' || format_type(c.atttypid, c.atttypmod) END
        || CASE WHEN c.attnotnull THEN '' ELSE ' or nothing' END
    FROM tables t JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    UNION ALL
    SELECT t.name
        || CASE WHEN i.indisprimary THEN ' key (' WHEN i.indisunique THEN ' unique (' ELSE ' index (' END
        || (SELECT string_agg(coalesce(c.attname, 'expression'), ', ' ORDER BY k.place)
            FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
            LEFT JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum = k.number)
        || CASE WHEN i.indpred IS NULL THEN ')' ELSE ') of some' END
    FROM tables t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid
    UNION ALL
    SELECT t.name || '.' || c.attname || ' refers to ' || other.relname
    FROM tables t JOIN pg_catalog.pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
    JOIN pg_catalog.pg_class other ON other.oid = f.confrelid
    CROSS JOIN unnest(f.conkey) AS k (number)
    JOIN pg_catalog.pg_attribute c ON c.attrelid = t.oid AND c.attnum = k.number";

fn as_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}
