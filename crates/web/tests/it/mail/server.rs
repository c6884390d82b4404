//! The mail server that the tests send to: Debian's aiosmtpd in a folder of its own, ended with the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const PYTHON: &str = "/usr/bin/python3";

/// A running mail server, and the folder in which it keeps what it was given.
pub(crate) struct Server {
    folder: TempDir,
    child: Option<Child>,
    pub(crate) port: u16,
    tls: bool,
}

impl Server {
    /// One that takes everything.
    pub(crate) fn start() -> Server {
        Server::begin(false)
    }

    /// One that wants STARTTLS and the password of `cairn`.
    pub(crate) fn start_strict() -> Server {
        Server::begin(true)
    }

    fn begin(tls: bool) -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Server { folder, child: None, port: 0, tls };
        if tls {
            run(Command::new("openssl").current_dir(server.folder.path()).args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem",
            ]));
        }
        server.set("accept");
        server.resume();
        server
    }

    /// What it does with the messages to come; the words are those of `smtpd.py`.
    pub(crate) fn set(&self, mode: &str) {
        std::fs::write(self.path("mode"), mode).expect("the mode is written");
    }

    /// Nobody listens any more.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            child.wait().expect("the mail server ends when its input does");
        }
    }

    /// Listens again, where it did before.
    pub(crate) fn resume(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail/smtpd.py");
        let mut command = Command::new(PYTHON);
        command.arg(script).arg(self.folder.path()).arg(self.port.to_string());
        if self.tls {
            command.args([self.path("cert.pem"), self.path("key.pem")]).args(["cairn", "correct horse"]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.path("complaints")).expect("a file for complaints"))
            .spawn()
            .expect("python3 is installed (make installs python3 and python3-aiosmtpd)");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("the mail server speaks");
        self.port = line.trim().parse().unwrap_or_else(|_| {
            let complaints = std::fs::read_to_string(self.path("complaints")).unwrap_or_default();
            panic!("the mail server did not start: is python3-aiosmtpd installed (make installs it)? {complaints}")
        });
        self.child = Some(child);
    }

    /// The certificate to trust, as PEM.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.path("cert.pem")).expect("a strict server has a certificate")
    }

    /// Every message taken, in order.
    pub(crate) fn taken(&self) -> Vec<String> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).expect("a message is ASCII")).collect()
    }

    /// A line for every message offered: what was done with it, from whom and to whom.
    pub(crate) fn offered(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs a command that must succeed, and returns what it wrote.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
