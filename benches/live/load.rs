//! The load: another process, so that what it costs is not counted. It follows the room over thousands of
//! sockets, writes to it, and sees that everybody hears everything once.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, task::JoinSet, time};

use crate::{
    common::cpu::{Cpu, Meter},
    room::{Room, Writer, number},
    socket::Socket,
};

/// The first argument of the process that makes the load.
pub(crate) const COMMAND: &str = "make-load";
/// Threads of that process.
const THREADS: usize = 2;
/// Sockets of the warm-up, at most half of all: enough to keep every connection to the database busy.
const WARM: u32 = 200;
/// Messages of the warm-up.
const WARM_UP: u32 = 100;
/// Sockets that are opened at once.
const OPENED_AT_ONCE: usize = 64;
/// How long the server is left alone before its memory is looked at.
const SETTLES: Duration = Duration::from_secs(1);
/// The longest that anything may take.
const LONGEST: Duration = Duration::from_secs(300);

/// What the load is, for its process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    /// The server.
    pub(crate) address: SocketAddr,
    /// Counts its time, and the database's.
    pub(crate) meter: Meter,
    pub(crate) room: Room,
    pub(crate) subscribers: u32,
    pub(crate) messages: u32,
    /// Messages under way at once.
    pub(crate) at_once: u32,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Messages that reached somebody, counted once for each.
    pub(crate) deliveries: f64,
    /// How long it took in all.
    pub(crate) seconds: f64,
    /// Half of the deliveries came within so many milliseconds of the sending.
    pub(crate) p50: f64,
    /// 99 of 100 came within so many.
    pub(crate) p99: f64,
    /// What it cost.
    pub(crate) cpu: Cpu,
    /// Resident memory of the server for each subscription that came after the warm-up.
    pub(crate) kb_each: f64,
    /// A frame as it was delivered.
    pub(crate) frame: String,
}

impl Load {
    /// Makes the load, in a process of its own.
    pub(crate) fn make(&self) -> Result<Outcome> {
        let plan = tempfile::NamedTempFile::new()?;
        serde_json::to_writer(std::io::BufWriter::new(&plan), self)?;
        let mut command = Command::new(std::env::current_exe()?);
        let output = command.arg(COMMAND).arg(plan.path()).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "the load failed");
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    async fn run(&self) -> Result<Outcome> {
        let writer = self.room.writer(self.address).await?;
        let warm = WARM.min(self.subscribers.div_ceil(2));
        let sockets = self.open(warm).await?;
        let Exchange { writer, mut sockets, .. } = self.exchange(writer, sockets, WARM_UP).await?;
        time::sleep(SETTLES).await;

        // What the warm-up took is no part of it, so its sockets stay open.
        let before = resident(self.meter.server)?;
        let more = self.subscribers - warm;
        sockets.extend(self.open(more).await?);
        time::sleep(SETTLES).await;
        let kb_each = (resident(self.meter.server)? - before) / f64::from(more.max(1));

        let clocks = self.meter.read()?;
        let Exchange { mut times, seconds, frame, .. } =
            self.exchange(writer, sockets, self.messages).await?;
        let cpu = self.meter.read()?.since(&clocks);
        times.sort_unstable();
        let percentile = |percent: usize| {
            let time = times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
            f64::from(time.copied().unwrap_or_default()) / 1_000.0
        };
        let deliveries = f64::from(u32::try_from(times.len())?);
        let (p50, p99) = (percentile(50), percentile(99));
        Ok(Outcome { deliveries, seconds, p50, p99, cpu, kb_each, frame })
    }

    async fn open(&self, sockets: u32) -> Result<Vec<Socket>> {
        let places = 0..usize::try_from(sockets)?;
        let opening = places.map(|place| self.room.follow(self.address, place));
        stream::iter(opening).buffer_unordered(OPENED_AT_ONCE).try_collect().await
    }

    /// Sends messages until each of the sockets has heard all of them.
    async fn exchange(
        &self,
        writer: Writer,
        sockets: Vec<Socket>,
        messages: u32,
    ) -> Result<Exchange> {
        let board = Arc::new(Board::new(messages, u32::try_from(sockets.len())?, self.at_once));
        let mut hearing = JoinSet::new();
        for socket in sockets {
            hearing.spawn(hear(board.clone(), socket));
        }
        let writing = tokio::spawn(write(board.clone(), writer));
        let exchange = async || {
            let (mut times, mut frame, mut sockets) = (Vec::new(), String::new(), Vec::new());
            while let Some(heard) = hearing.join_next().await {
                let heard = heard??;
                times.extend(heard.times);
                frame = heard.last;
                sockets.push(heard.socket);
            }
            let seconds = board.began.elapsed().as_secs_f64();
            anyhow::Ok(Exchange { times, seconds, frame, sockets, writer: writing.await?? })
        };
        time::timeout(LONGEST, exchange()).await.context("not everybody heard everything")?
    }
}

/// What came of sending messages.
struct Exchange {
    /// Microseconds from the sending to the hearing.
    times: Vec<u32>,
    seconds: f64,
    frame: String,
    sockets: Vec<Socket>,
    writer: Writer,
}

/// What came over one socket.
struct Heard {
    times: Vec<u32>,
    last: String,
    socket: Socket,
}

/// What writer and listeners know of each other.
struct Board {
    began: Instant,
    /// When each message was sent: microseconds after the beginning.
    sent: Vec<AtomicU64>,
    /// How many have yet to hear each message.
    left: Vec<AtomicU32>,
    /// Messages that may be sent now.
    gate: Semaphore,
}

impl Board {
    fn new(messages: u32, sockets: u32, at_once: u32) -> Self {
        Self {
            began: Instant::now(),
            sent: (0..messages).map(|_| AtomicU64::new(0)).collect(),
            left: (0..messages).map(|_| AtomicU32::new(sockets)).collect(),
            gate: Semaphore::new(usize::try_from(at_once).unwrap_or(1)),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

async fn write(board: Arc<Board>, mut writer: Writer) -> Result<Writer> {
    for (message, sent) in (0..).zip(&board.sent) {
        loop {
            tokio::select! {
                permit = board.gate.acquire() => break permit?.forget(),
                answer = writer.acknowledged() => answer?,
            }
        }
        sent.store(board.now(), Ordering::Relaxed);
        writer.send(message).await?;
    }
    while writer.waits() {
        writer.acknowledged().await?;
    }
    Ok(writer)
}

async fn hear(board: Arc<Board>, mut socket: Socket) -> Result<Heard> {
    let count = board.sent.len();
    let (mut heard, mut times) = (vec![false; count], Vec::with_capacity(count));
    loop {
        let frame = socket.next().await?;
        let Some(message) = number(frame) else {
            if frame.contains(r#""type":"ping""#) {
                socket.send(r#"{"type":"pong"}"#).await?;
            } else if !frame.contains(r#""type":"next""#) {
                bail!("the room is closed: {frame}");
            }
            continue;
        };
        let now = board.now();
        let place = usize::try_from(message)?;
        let is_heard = heard.get_mut(place).context("a message that nobody sent")?;
        ensure!(!*is_heard, "message {message} is heard twice");
        *is_heard = true;
        let sent = board.sent.get(place).map_or(now, |sent| sent.load(Ordering::Relaxed));
        times.push(u32::try_from(now.saturating_sub(sent)).unwrap_or(u32::MAX));
        let left = board.left.get(place).map(|left| left.fetch_sub(1, Ordering::Relaxed));
        if left == Some(1) {
            board.gate.add_permits(1);
        }
        if times.len() == count {
            let last = frame.to_owned();
            return Ok(Heard { times, last, socket });
        }
    }
}

/// Resident memory of a process in KB.
fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()).context("no resident memory")?;
    Ok(kb.parse()?)
}

/// The process that makes the load: reads the plan and prints what came of it.
pub(crate) fn process(plan: &str) -> Result<()> {
    let load: Load = serde_json::from_slice(&std::fs::read(plan)?)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(THREADS).enable_all().build()?;
    let outcome = runtime.block_on(load.run())?;
    Ok(serde_json::to_writer(std::io::stdout(), &outcome)?)
}
