//! The transport against a real mail server.

use lettre::address::Address;
use web::mail::transport::{Failure, Reach, Smtp, SmtpSettings, Tls};

use super::server::Server;

const MESSAGE: &[u8] =
    b"From: cairn@example.org\r\nTo: ben@example.org\r\nSubject: Hello\r\n\r\n.dots\r\n..too\r\n";

fn plain(server: &Server) -> Smtp {
    smtp(server, Tls::None, None, None)
}

fn smtp(server: &Server, tls: Tls, root: Option<&[u8]>, credentials: Option<(&str, &str)>) -> Smtp {
    let settings = SmtpSettings {
        host: "localhost",
        port: server.port,
        tls,
        extra_root_pem: root,
        credentials,
        hello: "cairn.example.org",
    };
    Smtp::new(&settings).expect("settings that can be used")
}

async fn send(smtp: &Smtp) -> Result<(), Failure> {
    let wire = smtp.open().await?.send(&address("cairn"), &address("ben"), MESSAGE).await?;
    wire.close().await;
    Ok(())
}

fn address(user: &str) -> Address {
    Address::new(user, "example.org").expect("an address")
}

#[tokio::test]
async fn several_messages_go_over_one_wire_unchanged() {
    let server = Server::start();
    let mut wire = plain(&server).open().await.expect("the server listens");
    for _ in 0..3 {
        wire = wire.send(&address("cairn"), &address("ben"), MESSAGE).await.expect("it takes everything");
    }
    wire.close().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 3);
    assert_eq!(taken[0].as_bytes(), MESSAGE);
    assert_eq!(server.offered()[0], "accept cairn@example.org ben@example.org");
}

#[tokio::test]
async fn each_failure_says_whom_it_concerns_and_nothing_personal() {
    let mut server = Server::start();
    let smtp = plain(&server);
    let check = async |class: &str, reach: Reach| {
        let failure = send(&smtp).await.expect_err(class);
        assert_eq!((failure.class.as_str(), failure.reach), (class, reach));
    };
    server.set("refuse");
    check("smtp_451", Reach::Message).await;
    server.set("reject");
    check("smtp_550", Reach::Forever).await;
    server.set("cut");
    check("cut", Reach::Server).await;
    server.set("lose");
    check("cut", Reach::Server).await;
    server.stop();
    check("connect", Reach::Server).await;
    server.resume();
    server.set("accept");
    send(&smtp).await.expect("it came back");
    assert_eq!(server.taken().len(), 2, "the lost answer, and the last one");
}

#[tokio::test]
async fn encryption_and_password_are_insisted_upon() {
    let server = Server::start_strict();
    let root = server.certificate();
    let good = Some(("cairn", "correct horse"));
    let outcome = async |tls, root, credentials| {
        send(&smtp(&server, tls, root, credentials)).await.map_err(|failure| failure.class)
    };
    assert_eq!(outcome(Tls::Starttls, Some(&root), good).await, Ok(()));
    assert_eq!(
        outcome(Tls::Starttls, Some(&root), Some(("cairn", "wrong"))).await,
        Err("auth_535".to_owned())
    );
    assert_eq!(outcome(Tls::Starttls, None, good).await, Err("starttls".to_owned()), "unknown certificate");
    assert_eq!(outcome(Tls::None, None, None).await, Err("smtp_530".to_owned()));
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_server_without_encryption_gets_no_password() {
    let server = Server::start();
    let strict = smtp(&server, Tls::Starttls, None, Some(("cairn", "correct horse")));
    let failure = strict.open().await.err().expect("no encryption, no mail");
    assert_eq!((failure.class.as_str(), failure.reach), ("starttls_unsupported", Reach::Server));
}
