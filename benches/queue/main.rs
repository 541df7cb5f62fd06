//! How much background work the queue gets through: items with nothing to do, from the first claim until the last is
//! gone, with one worker in this process. See `--help`.

#[path = "../common/home.rs"]
#[expect(dead_code, reason = "other benchmarks need more of it")]
mod home;
#[path = "../common/table.rs"]
mod table;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use clap::Parser;
use guildhall::{
    app::App,
    clock::Clock,
    config::{Config, Synchronous},
    cx::Hand,
    infra::{db::Db, migrations},
    queue::{self, Backoff, Handler, Kind, NewItem, Outcome, Queue},
    work::{self, Crew},
};
use mimalloc::MiMalloc;
use sea_orm::{ConnectionTrait as _, Statement};
use tokio_util::sync::CancellationToken;

use crate::home::Home;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many items one worker runs each second.
#[derive(Clone, Debug, Parser)]
#[command(name = "work")]
struct Args {
    /// A PostgreSQL server to measure on, in a database of its own that goes at the end; SQLite in a
    /// temporary folder when there is none.
    #[arg(long, env = "GUILDHALL_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Items of a round.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    items: usize,
    /// How often it is measured; medians are shown.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// Threads of this process.
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
    /// Print the table in Markdown.
    #[arg(long)]
    markdown: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

static KIND: Kind = Kind {
    name: "bench.nothing",
    queue: Queue::Default,
    tries: 3,
    backoff: Backoff { first: TimeDelta::seconds(5), most: TimeDelta::hours(1) },
    limit: Duration::from_secs(10),
};

static RUNS: AtomicUsize = AtomicUsize::new(0);

static HANDLER: Handler = Handler {
    kind: &KIND,
    run: |_| {
        Box::pin(async {
            RUNS.fetch_add(1, Ordering::Relaxed);
            Ok(Outcome::Done)
        })
    },
};

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(args.threads.max(1))
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let home = Home::make(args.database_url.as_deref()).await?;
        let measured = measure(&args, &home).await;
        home.strike().await?;
        println!("{}", measured?);
        Ok(())
    })
}

async fn measure(args: &Args, home: &Home) -> Result<String> {
    let config = Config {
        data_dir: home.folder(),
        database_url: home.url()?,
        // As a server does that must not lose what it acknowledged.
        sqlite_synchronous: Synchronous::Full,
        ..Config::default()
    };
    let db = Db::connect(&config, None).await?;
    migrations::up(&db).await?;
    let version = home::version(&db).await?;
    let secret = "a secret of the benchmark, long enough to pass";
    let app = Arc::new(App::new(config, db, Clock::default(), secret)?);
    let (mut asked, mut worked) = (Vec::new(), Vec::new());
    for round in 1..=args.rounds.max(1) {
        let begun = Instant::now();
        ask(&app, args.items).await?;
        asked.push(rate(args.items, begun));
        let begun = Instant::now();
        run(&app, args.items).await?;
        worked.push(rate(args.items, begun));
        eprintln!("round {round}: {:.0} items/s", worked.last().copied().unwrap_or_default());
    }
    app.db.clone().close().await;
    let shown = |rates: Vec<f64>| {
        let (least, most) = rates
            .iter()
            .fold((f64::MAX, 0.0_f64), |(least, most), rate| (least.min(*rate), most.max(*rate)));
        let median = table::median(rates).unwrap_or_default();
        [median, least, most].map(|rate| format!("{rate:.0}")).to_vec()
    };
    let row = |name: &str, rates| [vec![name.to_owned()], shown(rates)].concat();
    let head = ["items a second", "median", "least", "most"].map(str::to_owned).to_vec();
    let rows = [head, row("asked for, 100 in a change", asked), row("done by one worker", worked)];
    let about = format!("{} items a round, {} threads, {version}", args.items, args.threads);
    Ok(format!("{}\n{about}", table::write(&rows, args.markdown)))
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts of items are small")]
fn rate(items: usize, begun: Instant) -> f64 {
    items as f64 / begun.elapsed().as_secs_f64()
}

async fn ask(app: &App, items: usize) -> Result<()> {
    let hand = Hand::of_server(app);
    let cx = hand.cx(app);
    let mut left = items;
    while left > 0 {
        let tx = cx.begin().await?;
        let some = left.min(100);
        for _ in 0..some {
            queue::add(cx, &tx, NewItem::new(&KIND, &())?).await?;
        }
        tx.commit().await?;
        left -= some;
    }
    Ok(())
}

/// Works until nothing is left, and every item has run.
async fn run(app: &Arc<App>, items: usize) -> Result<()> {
    let before = RUNS.load(Ordering::Relaxed);
    let stop = CancellationToken::new();
    let crew = Crew::new([&HANDLER], []);
    let worker = tokio::spawn(work::work_with(app.clone(), crew, stop.clone()));
    while RUNS.load(Ordering::Relaxed) - before < items || is_left(app).await? {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stop.cancel();
    worker.await?;
    Ok(())
}

async fn is_left(app: &App) -> Result<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM work_item) AS is_left";
    let row = app.db.write.query_one_raw(Statement::from_string(app.db.backend(), text)).await?;
    Ok(row.context("no row")?.try_get_by_index(0)?)
}
