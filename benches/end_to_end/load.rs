//! The load: another process, so that what it costs is not counted, with connections that are kept open
//! and ask for one page after another.

use std::{
    net::SocketAddr,
    process::Command,
    sync::Barrier,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::common::http::Connection;

/// The first argument of the process that makes the load.
pub(crate) const COMMAND: &str = "make-load";

/// What the load is, for its process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    /// The server.
    pub(crate) address: SocketAddr,
    /// Connections that ask at once.
    pub(crate) connections: usize,
    /// How long.
    pub(crate) time: Duration,
    /// What to ask for, in turn.
    pub(crate) requests: Vec<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Requests that were answered.
    pub(crate) requests: u32,
    /// How long it took in all.
    pub(crate) seconds: f64,
    /// Half of the answers came within so many milliseconds.
    pub(crate) p50: f64,
    /// 99 of 100 came within so many.
    pub(crate) p99: f64,
}

impl Load {
    /// Makes the load, in a process of its own.
    pub(crate) fn make(&self) -> Result<Outcome> {
        let plan = tempfile::NamedTempFile::new()?;
        serde_json::to_writer(std::io::BufWriter::new(&plan), self)?;
        let output =
            Command::new(std::env::current_exe()?).arg(COMMAND).arg(plan.path()).output()?;
        if !output.status.success() {
            bail!("the load failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn run(&self) -> Result<Outcome> {
        let start = Barrier::new(self.connections);
        let began = Instant::now();
        let mut times = std::thread::scope(|scope| {
            let places = 0..self.connections;
            let threads: Vec<_> = places
                .map(|place| {
                    scope.spawn({
                        let start = &start;
                        move || self.ask(place, start)
                    })
                })
                .collect();
            threads.into_iter().try_fold(Vec::new(), |mut all, thread| {
                all.extend(thread.join().ok().context("a connection panicked")??);
                anyhow::Ok(all)
            })
        })?;
        let seconds = began.elapsed().as_secs_f64();
        times.sort_unstable();
        let percentile = |percent: usize| {
            let time = times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
            time.copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        let requests = u32::try_from(times.len())?;
        Ok(Outcome { requests, seconds, p50: percentile(50), p99: percentile(99) })
    }

    fn ask(&self, place: usize, start: &Barrier) -> Result<Vec<Duration>> {
        let connection = Connection::open(self.address);
        start.wait();
        let mut connection = connection?;
        let end = Instant::now() + self.time;
        let mut times = Vec::with_capacity(100_000);
        let begin = place * self.requests.len() / self.connections.max(1);
        for request in self.requests.iter().cycle().skip(begin) {
            let began = Instant::now();
            if began >= end {
                break;
            }
            connection.ask(request)?;
            times.push(began.elapsed());
        }
        Ok(times)
    }
}

/// The process that makes the load: reads the plan and prints what came of it.
pub(crate) fn process(plan: &str) -> Result<()> {
    let load: Load = serde_json::from_slice(&std::fs::read(plan)?)?;
    serde_json::to_writer(std::io::stdout(), &load.run()?)?;
    Ok(())
}
