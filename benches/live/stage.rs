//! A community of members who are signed in, in a database of its own, and the servers, each in a process
//! of its own that begins anew for each round.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::TimeDelta;
use guildhall::{
    Actor, Cx, accounts,
    app::App,
    clock::Clock,
    config::Config,
    entity::{account, refresh_token, session},
    infra::{db::Db, migrations, reader::Reader, secrets},
    seed,
};
use sea_orm::{ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    args::Args,
    by_hand,
    common::{
        cpu::Meter,
        home::{self, Home},
        http::{Connection, operation},
        side::Side,
    },
    load::Load,
    room::{Room, WRITERS},
};

/// Sockets of one member.
const SOCKETS_EACH: usize = 5;
/// Threads that serve, on either side.
const THREADS: &str = "2";
/// How long a server may take to get ready.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the servers are known as, at whatever port.
const BASE_URL: &str = "http://bench.localhost";

const CREATE: &str = "mutation Create($input: ChannelCreateInput!) { channelCreate(input: $input) { \
    conversation { id } userErrors { code message path } } }";

const JOIN: &str =
    "mutation Join($id: ID!) { conversationJoin(id: $id) { userErrors { code message } } }";

/// What every round begins from.
#[derive(Debug)]
pub(crate) struct Stage {
    /// What was measured on.
    pub(crate) about: String,
    home: Home,
    secret: String,
    /// Access tokens.
    tokens: Vec<String>,
    /// Counts the database's time; the server is another in each round.
    meter: Meter,
}

impl Stage {
    /// Makes the database and signs the members in.
    pub(crate) async fn set(args: &Args) -> Result<Self> {
        let home = Home::make(args.database_url.as_deref()).await?;
        let config = Config {
            data_dir: home.folder(),
            database_url: home.url()?,
            base_url: Some(url::Url::parse(BASE_URL)?),
            access_token_life: Duration::from_secs(3_600),
            ..Config::default()
        };
        let db = Db::connect(&config, None).await?;
        migrations::up(&db).await?;
        let secret = secrets::token();
        let app = App::new(config, db, Clock::default(), &secret)?;
        accounts::prepare(&app).await?;
        let subscribers = args.subscribers.iter().max().copied().unwrap_or_default();
        let members = usize::try_from(subscribers)?.div_ceil(SOCKETS_EACH).max(2);
        eprintln!("Making up {members} members, and signing them in");
        let sizes = seed::Sizes {
            members,
            posts: 0,
            comments: 0,
            reactions: 0,
            follows: 0,
            jobs: 0,
            boards: 0,
            tasks: 0,
        };
        let community = seed::grow(&sizes, 1, app.clock.now());
        seed::write(&app, &community, "!", &|_| ()).await?;
        let tokens = sign_in(&app).await?;
        let backend = home::backend(&app.db).await?;
        let meter = Meter::new(std::process::id(), backend);
        let database = match meter.sees_database() {
            true => "CPU of the database for itself",
            false if backend.is_some() => "the database is elsewhere",
            false => "the database is in the server's CPU",
        };
        let about = format!(
            "{}; {database}; {THREADS} threads serve on either side, not pinned",
            home::version(&app.db).await?
        );
        app.db.clone().close().await;
        Ok(Self { about, home, secret, tokens, meter })
    }

    /// Starts one side's server.
    pub(crate) fn serve(&self, side: Side) -> Result<Server> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = match side {
            Side::Hand => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args([by_hand::COMMAND, &address.to_string()]);
                command
            }
            Side::Guildhall => self.guildhall(address)?,
        };
        let process = command.env("TOKIO_WORKER_THREADS", THREADS).spawn()?;
        let mut server = Server { process, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.process.try_wait()? {
                bail!("the server ended: {status}");
            }
            if began.elapsed() > PATIENCE {
                bail!("the server did not get ready");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn guildhall(&self, address: SocketAddr) -> Result<Command> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        let most = "1000000000";
        command.arg("serve").current_dir(self.home.folder()).env_clear().envs([
            ("GUILDHALL_LISTEN", address.to_string().as_str()),
            ("GUILDHALL_BASE_URL", BASE_URL),
            ("GUILDHALL_SECRET", &self.secret),
            ("GUILDHALL_LOG", "warn"),
            ("GUILDHALL_LOG_FORMAT", "json"),
            ("GUILDHALL_ACCESS_TOKEN_LIFE", "1h"),
            ("GUILDHALL_SOCKETS", "100000"),
            // Counted as always, and never spent.
            ("GUILDHALL_GUEST_COST_PER_MINUTE", most),
            ("GUILDHALL_MEMBER_COST_PER_MINUTE", most),
        ]);
        command.env("GUILDHALL_DATA_DIR", self.home.folder());
        if let Some(url) = self.home.url()? {
            command.env("GUILDHALL_DATABASE_URL", url);
        }
        Ok(command)
    }

    /// A new room of a server of Guildhall's.
    pub(crate) fn room(&self, server: &Server) -> Result<Room> {
        let slug = format!("bench-{}", Uuid::now_v7().simple());
        let slug: String = slug.chars().take(30).collect();
        let input = json!({ "slug": slug, "title": "The bench" });
        let mut connection = Connection::open(server.address)?;
        let mut ask = |token: &str, query: &str, variables: Value| -> Result<Value> {
            let request = operation(Some(token), query, &variables);
            Ok(serde_json::from_slice(connection.ask(&request)?)?)
        };
        let owner = self.tokens.first().context("nobody to make a room")?;
        let answer = ask(owner, CREATE, json!({ "input": input }))?;
        let id = answer.pointer("/data/channelCreate/conversation/id").and_then(Value::as_str);
        let id = id.with_context(|| format!("no room: {answer}"))?.to_owned();
        // Everybody may read a channel; who writes joins it.
        for token in self.tokens.iter().take(WRITERS).skip(1) {
            let answer = ask(token, JOIN, json!({ "id": id }))?;
            let errors = answer.pointer("/data/conversationJoin/userErrors");
            ensure!(errors == Some(&json!([])), "a writer can't join: {answer}");
        }
        Ok(Room::Guildhall { id, tokens: self.tokens.clone() })
    }

    /// A load on a server.
    pub(crate) fn load(
        &self,
        server: &Server,
        room: Room,
        args: &Args,
        subscribers: u32,
        messages: u32,
    ) -> Load {
        let mut meter = self.meter;
        meter.server = server.process.id();
        Load { address: server.address, meter, room, subscribers, messages, at_once: args.at_once }
    }

    /// Takes away what was made.
    pub(crate) async fn strike(self) -> Result<()> {
        self.home.strike().await
    }
}

/// A server that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Begins a session of every member; answers their access tokens.
async fn sign_in(app: &App) -> Result<Vec<String>> {
    let accounts: Vec<Uuid> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .into_tuple()
        .all(&app.db.read)
        .await?;
    let (actor, db) = (Actor::Guest, Reader::Pool(app.db.read.clone()));
    let cx = Cx { app, actor: &actor, address: IpAddr::V4(Ipv4Addr::LOCALHOST), db: &db };
    let mut tokens = Vec::new();
    for account_id in accounts {
        let now = cx.now();
        let session = session::Model {
            id: cx.key(),
            account_id,
            device: "bench".to_owned(),
            ip_address: cx.address.to_string(),
            proved_at: now,
            last_used_at: now,
            expires_at: now + TimeDelta::days(1),
        };
        let token = secrets::token();
        let refresh = refresh_token::ActiveModel {
            token_hash: Set(secrets::hash(&token)),
            session_id: Set(session.id),
            made_at: Set(now),
            used_at: Set(None),
        };
        session::Entity::insert(session.into_active_model()).exec(&app.db.write).await?;
        refresh_token::Entity::insert(refresh).exec(&app.db.write).await?;
        let signed_in = accounts::service::refresh(cx, &token, "bench").await?;
        tokens.push(signed_in.access_token);
    }
    Ok(tokens)
}
