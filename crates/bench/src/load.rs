//! Load over HTTP: requests leave at the moments that a rate sets, whether or not answers have come (open loop), and
//! an answer's time counts from the moment at which its request was due. So a server that stalls is seen to stall.
//!
//! One thread, and sockets that never block: it looks at each of them again and again, because a wait of the system is
//! longer than an answer takes.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use model::clock::Stopwatch;

/// After so long a request without an answer has failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER_MAX_BYTES: usize = 8 << 20;

/// What came of some load.
#[derive(Default)]
pub(crate) struct Outcome {
    /// What was answered well, each in microseconds from when it was due.
    pub(crate) micros: Vec<u32>,
    /// What was answered otherwise, or not at all.
    pub(crate) failed: u64,
    /// From the first request to the last answer.
    pub(crate) took: Duration,
}

impl Outcome {
    /// How many were answered well in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The time within which this share of the good answers came, in microseconds.
    pub(crate) fn within(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let place = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(place).map_or(f64::MAX, |micros| f64::from(*micros))
    }
}

/// An answer as it is judged.
pub(crate) struct Answer<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Its body as it came: in pieces it has their marks between them.
    pub(crate) body: &'a [u8],
}

/// What is asked, and what is a good answer.
pub(crate) struct Asking<'a> {
    /// Makes the whole request of this turn.
    pub(crate) request: &'a mut dyn FnMut(u64) -> Vec<u8>,
    /// Whether this answer to this turn is a good one.
    pub(crate) is_good: &'a mut dyn FnMut(u64, &Answer<'_>) -> bool,
}

/// Asks `rate` times a second, for so long.
pub(crate) fn at_rate(
    address: SocketAddr,
    rate: f64,
    length: Duration,
    connections: usize,
    asking: &mut Asking<'_>,
) -> Outcome {
    let count = (rate * length.as_secs_f64()) as u64;
    run(address, count, connections, |turn| Duration::from_secs_f64(turn as f64 / rate), asking)
}

/// Asks all at the same moment, each on a connection of its own that is open already.
pub(crate) fn at_once(address: SocketAddr, count: u64, asking: &mut Asking<'_>) -> Outcome {
    run(address, count, count as usize, |_| Duration::ZERO, asking)
}

fn run(
    address: SocketAddr,
    count: u64,
    connections: usize,
    due: impl Fn(u64) -> Duration,
    asking: &mut Asking<'_>,
) -> Outcome {
    let mut connections: Vec<Connection> = (0..connections).map(|_| Connection::open(address)).collect();
    let mut idle: VecDeque<usize> = (0..connections.len()).collect();
    let mut busy: Vec<usize> = Vec::new();
    let mut outcome = Outcome::default();
    let (mut next, mut settled) = (0, 0);
    let watch = Stopwatch::start();
    while settled < count {
        while next < count && due(next) <= watch.elapsed() {
            let Some(free) = idle.pop_front() else { break };
            let connection = &mut connections[free];
            connection.send(next, due(next), &(asking.request)(next));
            busy.push(free);
            next += 1;
        }
        busy.retain(|&place| {
            let connection = &mut connections[place];
            let settling = match connection.receive() {
                Ok(false) if watch.elapsed() < connection.due + PATIENCE => return true,
                Ok(true) => {
                    let turn = connection.turn;
                    connection.answer().is_some_and(|answer| (asking.is_good)(turn, &answer))
                }
                Ok(false) | Err(()) => {
                    connection.must_close = true;
                    false
                }
            };
            if settling {
                let micros = (watch.elapsed().saturating_sub(connection.due)).as_micros();
                outcome.micros.push(u32::try_from(micros).unwrap_or(u32::MAX));
            } else {
                outcome.failed += 1;
            }
            if connection.must_close {
                *connection = Connection::open(address);
            }
            settled += 1;
            idle.push_back(place);
            false
        });
    }
    outcome.took = watch.elapsed();
    outcome
}

struct Connection {
    stream: TcpStream,
    turn: u64,
    due: Duration,
    unsent: Vec<u8>,
    received: Vec<u8>,
    head_bytes: Option<usize>,
    body: Body,
    must_close: bool,
}

/// How the end of a body is known.
#[derive(Clone, Copy)]
enum Body {
    Counted(usize),
    InPieces,
}

impl Connection {
    fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect(address).expect("the program takes connections");
        stream.set_nodelay(true).expect("a socket");
        stream.set_nonblocking(true).expect("a socket");
        Connection {
            stream,
            turn: 0,
            due: Duration::ZERO,
            unsent: Vec::new(),
            received: Vec::with_capacity(64 << 10),
            head_bytes: None,
            body: Body::Counted(0),
            must_close: false,
        }
    }

    fn send(&mut self, turn: u64, due: Duration, request: &[u8]) {
        (self.turn, self.due, self.head_bytes, self.must_close) = (turn, due, None, false);
        self.received.clear();
        self.unsent.clear();
        self.unsent.extend_from_slice(request);
        self.push();
    }

    fn push(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => {
                    self.must_close = true;
                    return;
                }
            }
        }
    }

    /// Whether the whole answer is there.
    fn receive(&mut self) -> Result<bool, ()> {
        self.push();
        let mut piece = [0; 8 << 10];
        loop {
            if self.must_close {
                return Err(());
            }
            match self.stream.read(&mut piece) {
                Ok(0) => self.must_close = true,
                Ok(count) => {
                    self.received.extend_from_slice(&piece[..count]);
                    if self.is_whole() {
                        return Ok(true);
                    }
                    self.must_close = self.received.len() > ANSWER_MAX_BYTES;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(_) => self.must_close = true,
            }
        }
    }

    fn is_whole(&mut self) -> bool {
        let head = match self.head_bytes {
            Some(bytes) => bytes,
            None => {
                let Some(end) = find(&self.received, b"\r\n\r\n") else { return false };
                let head = self.received[..end].to_ascii_lowercase();
                self.body = match header(&head, b"content-length:") {
                    Some(length) => Body::Counted(length.parse().unwrap_or(0)),
                    None if header(&head, b"transfer-encoding:").is_some() => Body::InPieces,
                    None => Body::Counted(0),
                };
                *self.head_bytes.insert(end + 4)
            }
        };
        match self.body {
            Body::Counted(length) => self.received.len() >= head + length,
            Body::InPieces => self.received.ends_with(b"0\r\n\r\n"),
        }
    }

    fn answer(&self) -> Option<Answer<'_>> {
        let status = std::str::from_utf8(self.received.get(9..12)?).ok()?.parse().ok()?;
        let body = self.received.get(self.head_bytes?..)?;
        Some(Answer { status, body })
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn header<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let at = find(head, name)? + name.len();
    let rest = &head[at..];
    let end = find(rest, b"\r\n").unwrap_or(rest.len());
    Some(std::str::from_utf8(&rest[..end]).ok()?.trim())
}
