//! Connections: how many there may be, how long one may dawdle, and how they end when the program stops.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

/// How many connections are open at once; further ones wait in the system's queue.
const CONNECTIONS_MAX: usize = 10_000;
/// How long a browser may take to send the head of a request, from the first moment on and between two requests. The
/// body has a time of its own, in [`crate::guards`].
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// How often an HTTP/2 connection is asked whether the other side is still there, and how long it may take to say so.
const ASK_EVERY: Duration = Duration::from_secs(20);
/// So many requests at a time on one HTTP/2 connection.
const STREAMS_MAX: u32 = 100;
/// How long to wait when the system gives no connection, for want of file descriptors say, or half a first line, in
/// milliseconds.
const PAUSE_MS: u64 = 50;

/// Answers connections until `stop`, then lets what has begun finish.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    serve_patiently(listener, router, stop, HEAD_WITHIN).await;
}

async fn serve_patiently(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    head_within: Duration,
) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_within);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(ASK_EVERY)
        .keep_alive_timeout(ASK_EVERY)
        .max_concurrent_streams(STREAMS_MAX);
    let (stopped, stopping) = watch::channel(());
    tokio::pin!(stop);
    loop {
        let slot = tokio::select! {
            biased;
            () = &mut stop => break,
            slot = Arc::clone(&slots).acquire_owned() => slot.expect("the semaphore is never closed"),
        };
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
                continue;
            }
        };
        // Small answers leave at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without nodelay");
        }
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), peer, request));
        let (builder, watcher, mut stopping) = (builder.clone(), graceful.watcher(), stopping.clone());
        tokio::spawn(async move {
            let _until_the_end = slot;
            // Until it shows which protocol is spoken no other limit is in force.
            let begun = tokio::select! {
                begun = tokio::time::timeout(head_within, has_begun(&stream)) => begun.unwrap_or(false),
                _ = stopping.changed() => false,
            };
            if !begun {
                return;
            }
            let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "a connection ended badly");
            }
        });
    }
    drop((listener, stopped));
    graceful.shutdown().await;
}

/// Waits until it shows which protocol is spoken. False if the other side went away before.
async fn has_begun(stream: &TcpStream) -> bool {
    const HTTP2: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let mut said = [0; HTTP2.len()];
    loop {
        match stream.peek(&mut said).await {
            Ok(0) | Err(_) => return false,
            // The beginning of either: the rest is on its way, or never comes.
            Ok(count) if count < said.len() && HTTP2.starts_with(&said[..count]) => {
                tokio::time::sleep(Duration::from_millis(PAUSE_MS)).await;
            }
            Ok(_) => return true,
        }
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn whoever_says_nothing_or_half_a_word_is_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        let stopped = async move { drop(stopped.await) };
        let serving = tokio::spawn(serve_patiently(listener, router, stopped, Duration::from_millis(200)));
        for said in ["", "PRI * HT", "GET / HTTP/1.1\r\nHost:"] {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(said.as_bytes()).await.expect("it is said");
            let mut answer = Vec::new();
            let end = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
            assert!(end.is_ok(), "{said:?} keeps a connection for ever");
        }
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("it is said");
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        // Neither does it keep the program from ending.
        let _silent = TcpStream::connect(address).await.expect("a connection");
        stop.send(()).expect("still serving");
        serving.await.expect("it ends");
    }
}
