//! `guildhall serve`

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    output,
    process::{Signals, resume, stop_on_signal},
    setup,
};
use crate::{
    accounts,
    app::App,
    config::{Config, Environment, LogFormat},
    engine::Engine,
    infra::{db::Db, migrations, presence::Keeper, secrets},
    jobs, search, seed, server, telemetry, work,
};

/// How long the other servers may take to hear the last of this one.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Flags of `serve`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Fill a new database with a small made-up community first.
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    settings: setup::Settings,
}

pub(super) async fn run(file: Option<&Path>, args: Args) -> anyhow::Result<()> {
    let mut config = setup::load(file, args.settings)?.config;
    telemetry::start(&config)?;
    let listener = listen(&mut config).await?;
    let db = Db::connect(&config, Some(server::metrics::on_statement())).await?;
    for name in migrations::up(&db).await? {
        tracing::info!(name, "applied a change of the tables");
    }
    let app = Arc::new(setup::app(config, db)?);
    if app.config.is_production() && app.config.is_postgres() && app.config.redis_url.is_none() {
        tracing::info!(
            "this is the community's one server: several need GUILDHALL_REDIS_URL to hear each other"
        );
    }
    if app.config.is_production() && app.mailer.is_capture() {
        tracing::warn!(
            "mails are kept, not sent: nobody gets one until GUILDHALL_SMTP_URL names a mail server"
        );
    }
    app.bus.reached().await;
    accounts::prepare(&app).await?;
    jobs::service::look_at_rates(&app).await?;
    let demo = if args.demo { Some(demo(&app).await?) } else { None };
    if search::work::prepare(&app).await? {
        tracing::info!("the search box finds nothing yet: what there is is being written for it");
    }
    let engine = Arc::new(Engine::new(app.clone())?);
    let signals = Signals::hear()?;
    greet(&app, demo.as_deref()).await?;

    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(signals, stop.clone()));
    let worker = app.config.work.then(|| tokio::spawn(work::work(app.clone(), stop.clone())));
    tokio::spawn(work::watch(app.clone(), stop.clone()));
    let resumer = tokio::spawn(resume(app.clone()));
    let keeper = tokio::spawn(Keeper::new(&app.presence).run());
    server::serve(engine, listener, stop.clone().cancelled_owned()).await?;
    stop.cancel();
    if let Some(worker) = worker {
        worker.await?;
    }
    keeper.abort();
    resumer.abort();
    app.presence.retire().await;
    app.bus.flush(LAST_WORDS).await;
    tracing::info!("stopped");
    app.db.clone().close().await;
    Ok(())
}

/// Listens, and notes the port that a 0 became.
async fn listen(config: &mut Config) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "can't listen on {}: is another server there? Set GUILDHALL_LISTEN, or --listen",
            config.listen
        )
    })?;
    config.listen = listener.local_addr()?;
    Ok(listener)
}

/// Fills an empty database; says how to sign in, or that there was something in it.
async fn demo(app: &App) -> anyhow::Result<String> {
    if !seed::is_empty(app).await? {
        return Ok("This database has members already: --demo has left it as it is.".to_owned());
    }
    let (password, shown) = match std::env::var("GUILDHALL_DEMO_PASSWORD") {
        Ok(password) if !password.is_empty() => {
            (password, "the password of GUILDHALL_DEMO_PASSWORD".to_owned())
        }
        _ => {
            let password: String = secrets::token().chars().take(16).collect();
            let shown = format!("password {password}");
            (password, shown)
        }
    };
    let community = seed::demo(app.clock.now())?;
    let hash = app.passwords.hash(&password).await?;
    seed::write(app, &community, &hash, &|_| ()).await?;
    search::service::rebuild(app, &|_| ()).await?;
    seed::picture(app, &community).await?;
    seed::make_forms(app, &community).await?;
    seed::tell_story(app, &community).await?;
    Ok(format!("Sign in as {} with {shown} (all demo members share it).", community.first_handle()))
}

/// Says where the server is and what to do first.
async fn greet(app: &App, demo: Option<&str>) -> anyhow::Result<()> {
    let Config { listen, playground, env, log_format, .. } = &app.config;
    let url = app.config.public_url();
    tracing::info!(%listen, url, "listening");
    if *log_format == LogFormat::Json {
        return Ok(());
    }
    let mut lines = vec![String::new(), format!("  {} is at {url}", app.config.name)];
    if *playground {
        lines.push(format!("  Try it in a browser: {url}/graphql"));
    } else {
        lines.push(format!("  GraphQL: {url}/graphql"));
    }
    if !app.config.is_production() && app.mailer.is_capture() {
        lines.push(format!("  Mail is kept, not sent: {url}/dev/mail"));
    }
    lines.extend(demo.map(|line| format!("  {line}")));
    if !seed::has_admin(app).await? {
        lines.push("  Nobody runs the community yet. In another terminal:".to_owned());
        lines.push("    guildhall admin create --email you@example.org --handle you".to_owned());
    }
    if *env == Environment::Development && !listen.ip().is_loopback() {
        lines.push("  Others can reach this, and it runs for development: set".to_owned());
        lines.push("  GUILDHALL_ENV=production before you let them.".to_owned());
    }
    lines.push("  Ctrl-C stops it.".to_owned());
    lines.push(String::new());
    output::warn(&lines.join("\n"));
    Ok(())
}
