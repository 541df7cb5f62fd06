//! A made-up community in a database of its own, and both sides serving it, in this process.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use guildhall::{
    accounts,
    app::App,
    clock::Clock,
    config::Config,
    engine::Engine,
    graph,
    infra::{db::Db, migrations, secrets},
    seed, server,
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{
    args::Args,
    by_hand::{self, Tables, Tokens},
    common::{
        cpu::Meter,
        home::{self, Home},
        http::{Connection, operation},
        side::Side,
    },
};

/// Connections to the database, on each side.
const CONNECTIONS: u32 = 10;
/// Members who are signed in.
const SIGNED_IN: usize = 8;
/// Everybody's password here.
const PASSWORD: &str = "three small brown benches";

/// Both sides, ready.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) meter: Meter,
    pub(crate) app: Arc<App>,
    /// Access tokens of members.
    pub(crate) tokens: Vec<String>,
    guildhall: SocketAddr,
    hand: SocketAddr,
    home: Home,
}

impl Stage {
    /// Makes the database, fills it and starts both sides.
    pub(crate) async fn set(args: &Args) -> Result<Self> {
        let home = Home::make(args.database_url.as_deref()).await?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let hand_listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (guildhall, hand) = (listener.local_addr()?, hand_listener.local_addr()?);
        let config = Config {
            listen: guildhall,
            data_dir: home.folder(),
            database_url: home.url()?,
            database_connections: CONNECTIONS,
            // Counted as always, and never spent.
            guest_cost_per_minute: u32::MAX,
            member_cost_per_minute: u32::MAX,
            access_token_life: std::time::Duration::from_secs(24 * 3600),
            ..Config::default()
        };
        let db = Db::connect(&config, Some(server::metrics::on_statement())).await?;
        migrations::up(&db).await?;
        let app = Arc::new(App::new(config, db, Clock::default(), &secrets::token())?);
        accounts::prepare(&app).await?;
        fill(&app, args).await?;
        by_hand::add_columns(&app.db).await?;

        let engine = Arc::new(Engine::new(app.clone())?);
        tokio::spawn(server::serve(engine, listener, std::future::pending()));
        let (tokens, known) = sign_in(&app, guildhall).await?;
        let tables = match home.url()? {
            Some(url) => Tables::connect(&url, CONNECTIONS).await?,
            None => Tables::open(&home.folder().join("guildhall.db"), CONNECTIONS).await?,
        };
        tokio::spawn(by_hand::serve(tables, known, hand_listener));
        let meter = Meter::new(std::process::id(), home::backend(&app.db).await?);
        Ok(Self { meter, app, tokens, guildhall, hand, home })
    }

    /// Where a side listens.
    pub(crate) fn address(&self, side: Side) -> SocketAddr {
        match side {
            Side::Guildhall => self.guildhall,
            Side::Hand => self.hand,
        }
    }

    /// What was measured on.
    pub(crate) async fn describe(&self) -> Result<String> {
        let cpu = match self.app.db.backend() {
            DbBackend::Postgres if self.meter.sees_database() => "server and database",
            DbBackend::Postgres => "server alone: the database is elsewhere",
            _ => "server, with the database in it",
        };
        Ok(format!("{}; CPU of {cpu}", home::version(&self.app.db).await?))
    }

    /// Takes away what was made.
    pub(crate) async fn strike(self) -> Result<()> {
        self.app.db.clone().close().await;
        self.home.strike().await
    }
}

async fn fill(app: &App, args: &Args) -> Result<()> {
    let sizes = seed::Sizes {
        members: args.members,
        posts: args.posts,
        comments: args.comments.unwrap_or(args.posts * 5),
        reactions: args.reactions.unwrap_or(args.posts * 10),
        follows: args.members * 10,
        jobs: 0,
        boards: 0,
        tasks: 0,
    };
    if let Some(problem) = sizes.problem() {
        anyhow::bail!(problem);
    }
    eprintln!(
        "Making up {} members, {} posts, {} comments, {} reactions",
        sizes.members, sizes.posts, sizes.comments, sizes.reactions
    );
    // A day of its own, so that every run measures the same community.
    let until = "2026-05-04T00:00:00Z".parse::<DateTime<Utc>>()?;
    let community = seed::grow(&sizes, 1, until);
    let hash = app.passwords.hash(PASSWORD).await?;
    seed::write(app, &community, &hash, &|_| ()).await?;
    Ok(())
}

/// Access tokens of some members, and whom each stands for.
async fn sign_in(app: &App, guildhall: SocketAddr) -> Result<(Vec<String>, Tokens)> {
    let text = "SELECT p.id, p.handle FROM profile p JOIN account a ON a.id = p.id \
                WHERE a.role = 'member' ORDER BY p.follower_count DESC";
    let rows = Statement::from_string(app.db.backend(), text);
    let rows = app.db.read.query_all_raw(rows).await?;
    let mut tokens = Vec::new();
    let mut known = Tokens::new();
    let mut connection = Connection::open(guildhall)?;
    for row in rows.iter().step_by((rows.len() / SIGNED_IN).max(1)).take(SIGNED_IN) {
        let login: String = row.try_get_by_index(1)?;
        let input = json!({ "password": { "login": login, "password": PASSWORD } });
        let request = operation(None, SIGN_IN, &json!({ "input": input }));
        let answer: serde_json::Value = serde_json::from_slice(connection.ask(&request)?)?;
        let token = answer.pointer("/data/sessionCreate/session/accessToken");
        let token = token.and_then(|token| token.as_str());
        let token = token.with_context(|| format!("{login} can't sign in: {answer}"))?.to_owned();
        known.insert(token.clone(), row.try_get_by_index(0)?);
        tokens.push(token);
    }
    Ok((tokens, known))
}

const SIGN_IN: &str = "mutation SignIn($input: SessionCreateInput!) { sessionCreate(input: $input) \
                       { session { accessToken } userErrors { code message } } }";

/// A key as GraphQL's clients see it.
pub(crate) fn public_id(kind: &str, key: Uuid) -> String {
    graph::encode(kind, key).0
}
