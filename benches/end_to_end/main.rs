//! What Guildhall costs, beside the least that the same pages can cost: handlers written by hand that
//! answer the same JSON by one SQL statement each. Both run in this process, on the same database;
//! another process asks them in turn, and CPU time is read from /proc. See `--help`.

mod args;
mod by_hand;
#[path = "../common/mod.rs"]
mod common;
mod load;
mod pages;
mod report;
mod stage;

use std::time::Duration;

use anyhow::Result;
use clap::Parser as _;
use mimalloc::MiMalloc;

use crate::{
    args::Args,
    common::side::Side,
    load::Load,
    pages::Page,
    report::{Line, Sample},
    stage::Stage,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long each side is asked before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);

fn main() -> Result<()> {
    let mut given = std::env::args().skip(1);
    if given.next().as_deref() == Some(load::COMMAND) {
        return load::process(&given.next().unwrap_or_default());
    }
    let args = Args::parse();
    // Two threads for both servers; the load waits on this one.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let stage = Stage::set(&args).await?;
        let table = measure(&args, &stage).await;
        stage.strike().await?;
        println!("{}", table?);
        Ok(())
    })
}

async fn measure(args: &Args, stage: &Stage) -> Result<String> {
    let pages = Page::all(stage).await?;
    let wanted = |page: &&Page| args.only.is_empty() || args.only.iter().any(|n| n == page.name);
    let pages: Vec<&Page> = pages.iter().filter(wanted).collect();
    for page in &pages {
        let bytes = page.compare(stage)?;
        eprintln!("{}: both answer the same, {bytes} bytes", page.title);
    }
    let mut lines = Vec::new();
    for page in pages {
        let line = line(args, stage, page)?;
        eprintln!("{}: {}", page.title, line.brief());
        lines.push(line);
    }
    let about = stage.describe().await?;
    Ok(format!("{}\n{about}", report::table(&lines, args.markdown)))
}

fn line(args: &Args, stage: &Stage, page: &Page) -> Result<Line> {
    let mut sides = Side::chosen(args.side);
    for side in &sides {
        sample(args, stage, page, *side, WARM_UP)?;
    }
    let mut samples = Vec::new();
    for _ in 0..args.rounds {
        for side in &sides {
            samples.push((*side, sample(args, stage, page, *side, args.round())?));
        }
        // Whoever went first goes last.
        sides.reverse();
    }
    Ok(Line { title: page.title, samples })
}

fn sample(args: &Args, stage: &Stage, page: &Page, side: Side, time: Duration) -> Result<Sample> {
    let load = Load {
        address: stage.address(side),
        connections: args.connections,
        time,
        requests: page.requests(side).to_vec(),
    };
    let before = stage.meter.read()?;
    let outcome = load.make()?;
    Ok(Sample { outcome, cpu: stage.meter.read()?.since(&before) })
}
