//! How long the pages of the job board take: words, filters, facets, and rows with their organizations, run by the
//! engine one after the other, so that the time is that of the server and of the database together. See `--help`.

mod pages;
mod stage;
#[path = "../common/table.rs"]
mod table;

#[path = "../common/home.rs"]
#[expect(dead_code, reason = "other benchmarks need more of it")]
mod home;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use mimalloc::MiMalloc;

use crate::{
    pages::{PAGES, Page},
    stage::Stage,
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long the pages of a large job board take.
#[derive(Clone, Debug, Parser)]
#[command(name = "jobs")]
struct Args {
    /// A PostgreSQL server to measure on, in a database of its own that goes at the end; SQLite in a
    /// temporary folder when there is none.
    #[arg(long, env = "GUILDHALL_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Postings, all of them open; one organization for each 25.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    rows: usize,
    /// How often each page is asked for.
    #[arg(long, value_name = "N", default_value_t = 50)]
    rounds: usize,
    /// Threads of this process.
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
    /// Only pages whose names contain this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print the table in Markdown.
    #[arg(long)]
    markdown: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.threads.max(1))
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let home = home::Home::make(args.database_url.as_deref()).await?;
        let measured = measure(&args, &home).await;
        home.strike().await?;
        println!("{}", measured?);
        Ok(())
    })
}

async fn measure(args: &Args, home: &home::Home) -> Result<String> {
    let stage = Stage::set(args.rows, home).await?;
    let head = ["page", "as", "rows", "median ms", "p95 ms", "database ms", "statements"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for page in PAGES {
        if args.only.as_ref().is_some_and(|only| !page.name.contains(only.as_str())) {
            continue;
        }
        for (who, actor) in stage.callers() {
            eprintln!("{} {who}", page.name);
            let measured = one(&stage, page, actor, args.rounds.max(1)).await?;
            rows.push([vec![page.name.to_owned(), who.to_owned()], measured].concat());
        }
    }
    let about = format!(
        "{}; {} rounds, {} threads; {}",
        stage.about,
        args.rounds,
        args.threads,
        home::version(&stage.app().db).await?
    );
    stage.end().await;
    Ok(format!("{}\n{about}", table::write(&rows, args.markdown)))
}

/// Postings that the last round found, median, p95, the database's part of the median, and statements.
async fn one(
    stage: &Stage,
    page: &Page,
    actor: guildhall::Actor,
    rounds: usize,
) -> Result<Vec<String>> {
    let (mut times, mut database) = (Vec::new(), Vec::new());
    let (mut statements, mut found) = (0, 0);
    // What is asked first is read from the disk, and planned.
    for round in 0..rounds + 10 {
        if page.anew {
            stage.pass();
        }
        let ask = page.ask(round);
        let _ = stage.take();
        let begun = Instant::now();
        let answer = stage.run(actor, ask).await;
        let took = begun.elapsed().as_secs_f64() * 1_000.0;
        ensure!(answer.response.errors.is_empty(), "{:?}", answer.response.errors);
        let (count, spent) = stage.take();
        found = pages::found(&serde_json::to_value(&answer.response.data)?);
        if round >= 10 {
            statements = statements.max(count);
            times.push(took);
            database.push(spent * 1_000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let late = times.get((times.len() * 95).div_ceil(100).saturating_sub(1)).context("no times")?;
    let late = format!("{late:.1}");
    let shown = |times| table::median(times).map(|time| format!("{time:.1}")).unwrap_or_default();
    Ok(vec![found.to_string(), shown(times), late, shown(database), statements.to_string()])
}
