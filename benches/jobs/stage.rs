//! A community with a large job board, in a database of its own.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, Utc};
use guildhall::{
    Actor, accounts,
    app::App,
    clock::Clock,
    config::Config,
    cx::{Means, Member},
    engine::{Answer, Ask, Caller, Engine},
    entity::{account, job},
    infra::{
        db::{Db, OnStatement},
        migrations, secrets,
    },
    search, seed,
};
use sea_orm::{
    ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, Statement, sea_query::Expr,
};
use uuid::Uuid;

use crate::home::Home;

/// A job board, ready to be asked.
pub(crate) struct Stage {
    pub(crate) about: String,
    engine: Engine,
    member: Uuid,
    count: Arc<AtomicUsize>,
    spent: Arc<AtomicU64>,
}

impl Stage {
    /// Fills the database with `rows` open postings.
    pub(crate) async fn set(rows: usize, home: &Home) -> Result<Self> {
        let config = Config {
            data_dir: home.folder(),
            database_url: home.url()?,
            // Counted as always, and never spent.
            guest_cost_per_minute: u32::MAX,
            member_cost_per_minute: u32::MAX,
            ..Config::default()
        };
        let (count, spent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
        let db = Db::connect(&config, Some(counter(&count, &spent))).await?;
        migrations::up(&db).await?;
        let app = Arc::new(App::new(config, db, Clock::held(Utc::now()), &secrets::token())?);
        accounts::prepare(&app).await?;
        fill(&app, rows).await?;
        let about = about(&app).await?;
        let member = account::Entity::find().one(&app.db.read).await?.context("nobody is there")?;
        Ok(Self { about, engine: Engine::new(app)?, member: member.id, count, spent })
    }

    /// Who asks: people see drafts of organizations that they hire for, guests don't.
    pub(crate) fn callers(&self) -> [(&'static str, Actor); 2] {
        let means = Means::Session { id: Uuid::nil(), proved_at: self.app().clock.now() };
        let member = Member { id: self.member, role: account::Role::Member, means };
        [("guest", Actor::Guest), ("member", Actor::Member(member))]
    }

    pub(crate) fn app(&self) -> &App {
        &self.engine.app
    }

    /// Lets so much time pass that nothing is kept of what was counted before.
    pub(crate) fn pass(&self) {
        self.app().clock.advance(TimeDelta::minutes(10));
    }

    /// Answers an operation.
    pub(crate) async fn run(&self, actor: Actor, ask: Ask) -> Answer {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.engine.execute(Caller { actor, address, device: "bench".to_owned() }, ask).await
    }

    /// Statements since the last look, and the seconds that they took.
    pub(crate) fn take(&self) -> (usize, f64) {
        let spent = Duration::from_nanos(self.spent.swap(0, Ordering::Relaxed));
        (self.count.swap(0, Ordering::Relaxed), spent.as_secs_f64())
    }

    pub(crate) async fn end(self) {
        self.engine.app.db.clone().close().await;
    }
}

fn counter(count: &Arc<AtomicUsize>, spent: &Arc<AtomicU64>) -> OnStatement {
    let (count, spent) = (count.clone(), spent.clone());
    Arc::new(move |info| {
        count.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(info.elapsed.as_nanos()).unwrap_or(u64::MAX);
        spent.fetch_add(nanos, Ordering::Relaxed);
    })
}

/// Tells how far something is, each time that another tenth is done.
fn progress(name: &'static str, all: usize) -> impl Fn(usize) + Sync {
    let done = AtomicUsize::new(0);
    move |more| {
        let before = done.fetch_add(more, Ordering::Relaxed);
        let tenth = |n: usize| n * 10 / all.max(1);
        if tenth(before + more) != tenth(before) {
            eprintln!("{name}: {} of {all}", before + more);
        }
    }
}

async fn fill(app: &App, rows: usize) -> Result<()> {
    let sizes = seed::Sizes {
        members: 2_000,
        posts: 0,
        comments: 0,
        reactions: 0,
        follows: 0,
        jobs: rows,
        boards: 0,
        tasks: 0,
    };
    let community = seed::grow(&sizes, 1, app.clock.now());
    let on_rows = progress("rows", community.rows());
    seed::write(app, &community, "!", &on_rows).await?;
    let open = job::Column::State;
    let open = job::Entity::update_many().col_expr(open, Expr::value(job::State::Open));
    let shut = sea_orm::ColumnTrait::ne(&job::Column::State, job::State::Open);
    open.filter(shut).exec(&app.db.write).await?;
    let never = "UPDATE job SET published_at = updated_at WHERE published_at IS NULL";
    app.db.write.execute_unprepared(never).await?;
    let all = usize::try_from(search::service::rows(app).await?)?;
    search::service::rebuild(app, &progress("documents", all)).await?;
    eprintln!("ANALYZE");
    let tidy = match app.db.backend() {
        DbBackend::Postgres => "VACUUM (ANALYZE)",
        _ => "ANALYZE",
    };
    Ok(app.db.write.execute_unprepared(tidy).await.map(|_| ())?)
}

async fn about(app: &App) -> Result<String> {
    let text = "SELECT (SELECT count(*) FROM job WHERE state = 'open'), \
                (SELECT count(*) FROM organization)";
    let row = Statement::from_string(app.db.backend(), text);
    let row = app.db.read.query_one_raw(row).await?.context("no counts")?;
    let (jobs, organizations): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(format!("{jobs} open postings of {organizations} organizations"))
}
