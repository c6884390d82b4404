//! TLS to PostgreSQL: what is sent to a database elsewhere is encrypted, and only to one whose certificate is trusted. The
//! one who connects is a process of its own, because what it trusts is said by its environment.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use model::testing::{self, Care, Postgres};
use model::{Clock, Db, Place, args};

use crate::child::{command_of, errand};

/// Runs openssl in a folder.
fn openssl(folder: &Path, words: &str) {
    let made = Command::new("openssl").args(words.split(' ')).current_dir(folder).output();
    let made = made.expect("running openssl");
    assert!(made.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&made.stderr));
}

/// An authority of this name, in two files.
fn authority(folder: &Path, name: &str) -> PathBuf {
    let key = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    openssl(folder, &format!("{key} -subj /CN={name} -keyout {name}.key -out {name}.pem"));
    folder.join(format!("{name}.pem"))
}

/// What a process says that trusts these authorities alone and connects to this place.
fn connects_trusting(roots: &Path, place: &Place) -> String {
    let said = command_of("tls::says_how_it_is_connected", &[], place, 0, 0)
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR")
        .output()
        .expect("a process");
    String::from_utf8_lossy(&said.stdout).into_owned()
}

#[test]
fn a_database_elsewhere_is_reached_by_tls_and_only_if_its_certificate_is_trusted() {
    let server = Postgres::start(Care::Durable);
    let database = server.create(None);
    let folder =
        server.url("").split_once("host=").map(|(_, folder)| PathBuf::from(folder)).expect("its folder");
    // An address of the machine's own that no other server has.
    let [high, low] = u16::try_from(std::process::id() % 65_536).expect("two bytes").to_be_bytes();
    let address = format!("127.83.{high}.{low}");
    let (known, strange) = (authority(&folder, "known"), authority(&folder, "strange"));
    std::fs::write(folder.join("names"), format!("subjectAltName=IP:{address}")).expect("its names");
    openssl(
        &folder,
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=db -keyout db.key -out db.csr",
    );
    openssl(
        &folder,
        "x509 -req -in db.csr -CA known.pem -CAkey known.key -CAcreateserial -days 2 -extfile names -out db.pem",
    );
    let owner = std::fs::metadata(&folder).expect("the folder");
    for file in ["db.key", "db.pem"] {
        let file = folder.join(file);
        chown(&file, Some(owner.uid()), Some(owner.gid())).expect("giving the server its file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))
            .expect("closing it to others");
    }
    server.order(format!("ALTER SYSTEM SET ssl_cert_file = '{}'", folder.join("db.pem").display()));
    server.order(format!("ALTER SYSTEM SET ssl_key_file = '{}'", folder.join("db.key").display()));
    server.order("ALTER SYSTEM SET ssl = on".to_owned());
    server.order(format!("ALTER SYSTEM SET listen_addresses = '{address}'"));
    server.kill_and_restart();
    let place = Place::Postgres(format!("postgres://cairn@{address}/{database}?sslmode=require"));
    let said = connects_trusting(&known, &place);
    assert!(said.contains("encrypted: true"), "{said}");
    let said = connects_trusting(&strange, &place);
    assert!(
        said.contains("refused: ") && said.contains("certificate") && !said.contains("encrypted"),
        "{said}"
    );
    // Another name than the certificate's is another server.
    let elsewhere = format!("postgres://cairn@localhost/{database}?sslmode=require&hostaddr={address}");
    let said = connects_trusting(&known, &Place::Postgres(elsewhere));
    assert!(said.contains("refused: ") && said.contains("certificate"), "{said}");
}

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn says_how_it_is_connected() {
    let Some((place, ..)) = errand() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let said = runtime.block_on(async {
        let db = match Db::open_with(&place, Clock::machine(), testing::settings(&[])).await {
            Ok(db) => db,
            Err(error) => return format!("refused: {error}"),
        };
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let is_encrypted = db.read(move |tx| tx.one(sql, args![], |row| row.get::<bool>(0))).await;
        db.close().await;
        format!("encrypted: {}", is_encrypted.unwrap())
    });
    writeln!(std::io::stdout(), "{said}").unwrap();
}
