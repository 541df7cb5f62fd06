//! What it costs to tell a room what happens in it, beside the least that it can cost: a server written by
//! hand that sends prepared frames of the same bytes. Each serves in a process of its own, in turn; a third
//! process listens, writes and measures. See `--help`.

mod args;
mod by_hand;
#[path = "../common/mod.rs"]
mod common;
mod load;
mod report;
mod room;
mod socket;
mod stage;

use anyhow::{Result, bail};
use clap::Parser as _;
use mimalloc::MiMalloc;

use crate::{
    args::Args,
    common::side::Side,
    load::Outcome,
    report::Line,
    room::{Room, SAMPLE},
    stage::Stage,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Files that a process has open besides its sockets.
const OTHER_FILES: u64 = 200;

fn main() -> Result<()> {
    let mut given = std::env::args().skip(1);
    let command = given.next().unwrap_or_default();
    let argument = given.next().unwrap_or_default();
    if command == load::COMMAND {
        return load::process(&argument);
    }
    if command == by_hand::COMMAND {
        return by_hand::process(&argument);
    }
    let args = Args::parse();
    allow_files(args.subscribers.iter().max().map_or(0, |most| u64::from(*most)) + OTHER_FILES)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stage = runtime.block_on(Stage::set(&args))?;
    let table = measure(&args, &stage);
    let about = stage.about.clone();
    runtime.block_on(stage.strike())?;
    println!("{}\n{about}", table?);
    Ok(())
}

/// Lets this process and those it starts have as many files open.
#[cfg(unix)]
fn allow_files(wanted: u64) -> Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|now| now >= wanted) {
        return Ok(());
    }
    if limit.maximum.is_some_and(|most| most < wanted) {
        bail!("a process may not have {wanted} files open here: see `ulimit -Hn`");
    }
    limit.current = Some(wanted);
    Ok(setrlimit(Resource::Nofile, limit)?)
}

#[cfg(not(unix))]
fn allow_files(_: u64) -> Result<()> {
    bail!("CPU and memory are read from /proc")
}

fn measure(args: &Args, stage: &Stage) -> Result<String> {
    let mut sides = Side::chosen(args.side);
    let mut frame = SAMPLE.to_owned();
    if sides.contains(&Side::Guildhall) {
        let few = 2;
        frame = sample(args, stage, Side::Guildhall, &frame, few, few)?.frame;
    }
    eprintln!("A frame has {} bytes: {frame}", frame.len());
    let mut lines = Vec::new();
    for subscribers in args.subscribers.iter().copied() {
        let messages = args.messages(subscribers);
        let mut samples = Vec::new();
        for round in 1..=args.rounds {
            for side in sides.iter().copied() {
                let outcome = sample(args, stage, side, &frame, subscribers, messages)?;
                let place =
                    format!("{subscribers} subscribers, {messages} messages, round {round}");
                eprintln!("{place}, {side:?}: {}", outcome.brief());
                samples.push((side, outcome));
            }
            // Whoever went first goes last.
            sides.reverse();
        }
        lines.push(Line { subscribers, samples });
    }
    Ok(report::table(&lines, args.markdown))
}

fn sample(
    args: &Args,
    stage: &Stage,
    side: Side,
    frame: &str,
    subscribers: u32,
    messages: u32,
) -> Result<Outcome> {
    let server = stage.serve(side)?;
    let room = match side {
        Side::Guildhall => stage.room(&server)?,
        Side::Hand => Room::Hand { frame: frame.to_owned() },
    };
    stage.load(&server, room, args, subscribers, messages).make()
}
