//! How a finished message leaves the house. Knows nothing of letters, people or the database.

use std::fmt;
use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

/// How long reaching the mail server, with encryption and sign-in, may take.
pub const CONNECT_SECONDS: u64 = 20;
/// How long handing over one message may take, from MAIL to the server's answer.
pub const SEND_SECONDS: u64 = 60;
/// How long a polite goodbye may take.
const QUIT_SECONDS: u64 = 2;

/// Where messages go.
#[derive(Debug)]
pub enum Transport {
    /// Nowhere: a demo or trial keeps them in its mailbox page, whole (rule M7).
    Mailbox,
    /// To a mail server.
    Smtp(Smtp),
    /// There is no mail server: letters stay queued until one is configured.
    Off,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Encrypted from the first byte (port 465).
    Implicit,
    /// Begins in the clear and must switch to encryption before anything is said (port 587).
    Starttls,
    /// In the clear, for a server on the same machine.
    None,
}

/// The mail server, and how to reach it.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Option<(Tls, TlsParameters)>,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// Why a message did not leave. Its class is safe to store and show: it holds no address and no server's prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, in one stable word or a server's code: `connect`, `smtp_451`.
    pub class: String,
    /// Whom it concerns, and whether trying again can help.
    pub reach: Reach,
}

/// What a failure says about this and other messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The server as a whole: other messages would fail too, all may work later.
    Server,
    /// This message, for now.
    Message,
    /// This message, for good.
    Forever,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    fn new(class: impl Into<String>, reach: Reach) -> Failure {
        Failure { class: class.into(), reach }
    }

    /// This message can never be sent, and why.
    pub fn forever(class: &str) -> Failure {
        Failure::new(class, Reach::Forever)
    }
}

/// What the settings say about the mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings<'a> {
    /// Its name, which its certificate must bear.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// A certificate to trust besides the system's, as PEM.
    pub extra_root_pem: Option<&'a [u8]>,
    /// User and password, if it wants them.
    pub credentials: Option<(&'a str, &'a str)>,
    /// What this machine calls itself: the host of the public address.
    pub hello: &'a str,
}

impl Smtp {
    /// A mail server that is not contacted yet; fails if the certificates cannot be read.
    pub fn new(settings: &SmtpSettings<'_>) -> Result<Smtp, String> {
        let tls = match settings.tls {
            Tls::None => None,
            mode => {
                let mut parameters = TlsParameters::builder(settings.host.to_owned());
                if let Some(pem) = settings.extra_root_pem {
                    let root =
                        Certificate::from_pem(pem).map_err(|e| format!("the extra certificate: {e}"))?;
                    parameters = parameters.add_root_certificate(root);
                }
                Some((mode, parameters.build().map_err(|e| format!("certificates for TLS: {e}"))?))
            }
        };
        Ok(Smtp {
            host: settings.host.to_owned(),
            port: settings.port,
            tls,
            credentials: settings.credentials.map(|(user, password)| Credentials::from((user, password))),
            hello: ClientId::Domain(settings.hello.to_owned()),
        })
    }

    /// Connects, encrypts and signs in.
    pub async fn open(&self) -> Result<Wire, Failure> {
        let limit = Duration::from_secs(CONNECT_SECONDS);
        match tokio::time::timeout(limit, self.greet(limit)).await {
            Ok(wire) => wire,
            Err(_) => Err(Failure::new("timeout", Reach::Server)),
        }
    }

    async fn greet(&self, limit: Duration) -> Result<Wire, Failure> {
        let implicit = match &self.tls {
            Some((Tls::Implicit, parameters)) => Some(parameters.clone()),
            _ => None,
        };
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(limit), &self.hello, implicit, None)
                .await
                .map_err(|e| Failure::new(class(&e, "connect"), Reach::Server))?;
        if let Some((Tls::Starttls, parameters)) = &self.tls {
            connection
                .starttls(parameters.clone(), &self.hello)
                .await
                .map_err(|e| Failure::new(class(&e, "starttls"), Reach::Server))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await
                .map_err(|e| Failure::new(class(&e, "auth"), Reach::Server))?;
        }
        Ok(Wire { connection })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// An open conversation with the mail server, good for one message after the other until one fails.
pub struct Wire {
    connection: AsyncSmtpConnection,
}

impl Wire {
    /// Hands one message over. After a failure the wire is gone: open a new one.
    pub async fn send(mut self, from: &Address, to: &Address, message: &[u8]) -> Result<Wire, Failure> {
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
            .map_err(|_| Failure::new("address", Reach::Forever))?;
        let limit = Duration::from_secs(SEND_SECONDS);
        // The protocol's own end of the message begins with a line end.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        match tokio::time::timeout(limit, self.connection.send(&envelope, message)).await {
            Ok(Ok(_)) => Ok(self),
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(Failure::new("timeout", Reach::Server)),
        }
    }

    /// Says goodbye. Everything handed over stays so, whatever the server answers.
    pub async fn close(mut self) {
        let goodbye = self.connection.abort();
        if tokio::time::timeout(Duration::from_secs(QUIT_SECONDS), goodbye).await.is_err() {
            tracing::debug!("the mail server did not answer the goodbye");
        }
    }
}

/// What the server's no to one message means.
fn refusal(error: &SmtpError) -> Failure {
    let Some(code) = error.status() else {
        // A cut connection says nothing about the message; what we cannot express will never fit.
        let reach = if error.is_client() { Reach::Forever } else { Reach::Server };
        return Failure::new(class(error, "cut"), reach);
    };
    let reach = match u16::from(code) {
        // "Closing down", and every form of "sign in first".
        421 | 530 | 534 | 535 | 538 => Reach::Server,
        _ if error.is_permanent() => Reach::Forever,
        _ => Reach::Message,
    };
    Failure::new(format!("smtp_{code}"), reach)
}

/// The class of a failure at some stage: the server's code if it gave one.
fn class(error: &SmtpError, stage: &str) -> String {
    if let Some(code) = error.status() {
        format!("{stage}_{code}")
    } else if error.is_tls() {
        format!("{stage}_tls")
    } else if error.is_timeout() {
        "timeout".to_owned()
    } else if error.is_client() {
        format!("{stage}_unsupported")
    } else {
        stage.to_owned()
    }
}
