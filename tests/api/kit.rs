//! An app of one's own for each test: a migrated database, the schema, and the statements that were run.

mod blank;
mod files;
mod listening;
mod live;
mod mails;
pub mod redis;
mod resumes;
mod rooms;
pub mod s3;
mod social;
mod stored;
mod uploads;

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use async_graphql::Variables;
use chrono::{DateTime, Utc};
use guildhall::{
    Actor,
    app::App,
    clock::Clock,
    config::{Config, Secret},
    cx::{Means, Member},
    engine::{Answer, Ask, Caller, Engine},
    entity::{
        account::{self, Role},
        profile,
    },
    graph::decode,
    infra::db::Db,
    scope::Scope,
};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, Database, EntityTrait as _,
    QueryFilter as _, Statement,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

pub use self::{
    blank::*, listening::*, live::*, mails::*, resumes::*, rooms::*, social::*, stored::*,
    uploads::*,
};

pub const SECRET: &str = "a secret of the tests, long enough to pass";

/// The database that every test's own is copied from, migrated once.
static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

enum Template {
    Sqlite(PathBuf),
    Postgres { server: String, name: String },
}

pub struct TestApp {
    pub app: Arc<App>,
    pub engine: Arc<Engine>,
    sql: Arc<Mutex<Vec<String>>>,
    _home: Home,
}

/// What a test leaves behind, and takes away when it ends.
enum Home {
    Folder(#[expect(dead_code, reason = "removes itself")] TempDir),
    /// It belongs to another app, which must live longer.
    Elsewhere,
    Database {
        server: String,
        name: String,
        _folder: TempDir,
    },
}

/// What came of an operation.
#[derive(Debug)]
pub struct Run {
    pub data: Value,
    pub errors: Vec<Value>,
    pub sql: Vec<String>,
}

impl Run {
    /// The value at a path of the data, as `feed.nodes.0.id`.
    pub fn at(&self, path: &str) -> &Value {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.data.pointer(&pointer).unwrap_or(&Value::Null)
    }

    /// The text at a path of the data.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_else(|| panic!("no text at {path}: {self:#?}"))
    }

    /// The code of the only top-level error.
    pub fn error_code(&self) -> &str {
        assert_eq!(self.errors.len(), 1, "exactly one error: {self:#?}");
        self.errors[0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    /// The data, of an operation that had no errors.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.errors.is_empty(), "{:#?}", self.errors);
        self
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// An app with something set otherwise.
    pub async fn with(set: impl FnOnce(&mut Config)) -> Self {
        // What the server logs of its own failures stands beside the test that failed.
        let log =
            tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer();
        let _ = log.try_init();
        let mut config = Config::default();
        let home = match TEMPLATE.get_or_init(make_template).await {
            Template::Sqlite(template) => {
                let folder = tempfile::tempdir().unwrap();
                std::fs::copy(template, folder.path().join("guildhall.db")).unwrap();
                config.data_dir = folder.path().to_owned();
                config.sqlite_synchronous = guildhall::config::Synchronous::Normal;
                Home::Folder(folder)
            }
            Template::Postgres { server, name: template } => {
                let name = format!("guildhall_test_{}", Uuid::now_v7().simple());
                on_server(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                config.database_url = Some(named(server, &name));
                let folder = tempfile::tempdir().unwrap();
                config.data_dir = folder.path().to_owned();
                Home::Database { server: server.clone(), name, _folder: folder }
            }
        };
        config.database_connections = 5;
        config.guest_cost_per_minute = 1_000_000;
        config.member_cost_per_minute = 1_000_000;
        config.redis_url = redis::url().map(Secret);
        config.redis_prefix = format!("test_{}", Uuid::now_v7().simple());
        set(&mut config);
        let sql = Arc::<Mutex<Vec<String>>>::default();
        let log = sql.clone();
        let db = Db::connect(
            &config,
            Some(Arc::new(move |info| log.lock().unwrap().push(info.statement.sql.clone()))),
        )
        .await
        .unwrap();
        let clock = Clock::held("2026-05-04T09:30:00Z".parse::<DateTime<Utc>>().unwrap());
        Self::start(config, db, clock, sql, home).await
    }

    /// Another server of the same community: its database, Redis and clock.
    pub async fn twin(&self) -> Self {
        self.beside(self.app.config.clone()).await
    }

    /// Another server on the same database that no bus connects with this one.
    pub async fn stranger(&self) -> Self {
        self.beside(Config { redis_url: None, ..self.app.config.clone() }).await
    }

    /// Another server of the same community with something set otherwise, as this one after an operator changed it.
    pub async fn set_otherwise(&self, set: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.app.config.clone();
        set(&mut config);
        self.beside(config).await
    }

    async fn beside(&self, config: Config) -> Self {
        let App { db, clock, .. } = &*self.app;
        Self::start(config, db.clone(), clock.clone(), self.sql.clone(), Home::Elsewhere).await
    }

    async fn start(
        config: Config,
        db: Db,
        clock: Clock,
        sql: Arc<Mutex<Vec<String>>>,
        home: Home,
    ) -> Self {
        let app = Arc::new(App::new(config, db, clock, SECRET).unwrap());
        app.bus.reached().await;
        let engine = Arc::new(Engine::new(app.clone()).unwrap());
        Self { app, engine, sql, _home: home }
    }

    /// A member with this handle, who signed in a moment ago.
    pub async fn member(&self, handle: &str) -> Actor {
        self.with_role(handle, Role::Member).await
    }

    pub async fn with_role(&self, handle: &str, role: Role) -> Actor {
        let id = self.app.clock.key();
        let name = format!("{}{}", handle[..1].to_uppercase(), &handle[1..]);
        let profile = profile::ActiveModel {
            id: Set(id),
            handle: Set(handle.to_owned()),
            name: Set(name.clone()),
            name_key: Set(name.to_lowercase()),
            kind: Set(profile::Kind::Person),
            pronouns: Set(None),
            headline: Set(None),
            bio_source: Set(String::new()),
            bio_html: Set(String::new()),
            location: Set(None),
            country: Set(None),
            website: Set(None),
            links: Set("[]".to_owned()),
            follower_count: Set(0),
            following_count: Set(0),
            post_count: Set(0),
        };
        profile::Entity::insert(profile).exec(&self.app.db.write).await.unwrap();
        let account = account::ActiveModel {
            id: Set(id),
            email: Set(format!("{handle}@example.org")),
            email_key: Set(format!("{handle}@example.org")),
            password_hash: Set("!".to_owned()),
            role: Set(role),
            state: Set(account::State::Active),
            invitation_id: Set(None),
            last_seen_at: Set(self.app.clock.now()),
            email_verified_at: Set(Some(self.app.clock.now())),
            locale: Set("en".to_owned()),
        };
        account::Entity::insert(account).exec(&self.app.db.write).await.unwrap();
        let means = Means::Session { id: Uuid::nil(), proved_at: self.app.clock.now() };
        Actor::Member(Member { id, role, means })
    }

    /// The same member, come in by a token with these scopes.
    pub fn by_token(&self, actor: Actor, scopes: &[Scope]) -> Actor {
        let member = actor.member().unwrap();
        let means = Means::Token(scopes.iter().copied().collect());
        Actor::Member(Member { means, ..member })
    }

    pub async fn run(&self, actor: &Actor, query: &str) -> Run {
        self.run_with(actor, query, json!({})).await
    }

    pub async fn run_with(&self, actor: &Actor, query: &str, variables: Value) -> Run {
        self.sql.lock().unwrap().clear();
        let ask = Ask {
            query: Some(query.to_owned()),
            variables: Variables::from_json(variables),
            ..Ask::default()
        };
        let response = self.answer(actor, ask).await.response;
        Run {
            data: serde_json::to_value(&response.data).unwrap(),
            errors: response.errors.iter().map(|e| serde_json::to_value(e).unwrap()).collect(),
            sql: std::mem::take(&mut self.sql.lock().unwrap()),
        }
    }

    /// Does the background work that is due; answers how many items were run.
    pub async fn work(&self) -> usize {
        guildhall::work::drain(&self.app).await.unwrap()
    }

    /// The statements since the last look.
    pub fn statements(&self) -> Vec<String> {
        std::mem::take(&mut self.sql.lock().unwrap())
    }

    /// What the engine answers, headers included.
    pub async fn answer(&self, actor: &Actor, ask: Ask) -> Answer {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let caller = Caller { actor: *actor, address, device: "tests".to_owned() };
        self.engine.execute(caller, ask).await
    }

    /// How many rows of a table fit a condition.
    pub async fn count<E: sea_orm::EntityTrait<Model: Sync>>(
        &self,
        condition: sea_orm::sea_query::SimpleExpr,
    ) -> u64 {
        use sea_orm::PaginatorTrait as _;
        E::find().filter(condition).count(&self.app.db.write).await.unwrap()
    }

    /// The profile's row, as it is now.
    pub async fn profile(&self, actor: &Actor) -> profile::Model {
        let id = actor.id().unwrap();
        profile::Entity::find()
            .filter(profile::Column::Id.eq(id))
            .one(&self.app.db.write)
            .await
            .unwrap()
            .unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.app.db.backend() == sea_orm::DbBackend::Postgres
    }
}

/// The key in an ID.
pub fn key(kind: &str, id: &str) -> Uuid {
    decode(kind, id).unwrap_or_else(|| panic!("{id} is not a {kind}"))
}

async fn make_template() -> Template {
    if let Ok(server) = std::env::var("GUILDHALL_TEST_DATABASE_URL") {
        let name = format!("guildhall_test_{}_template", std::process::id());
        on_server(&server, &format!("CREATE DATABASE {name}")).await;
        let db = Database::connect(named(&server, &name)).await.unwrap();
        Migrator::up(&db, None).await.unwrap();
        db.close().await.unwrap();
        return Template::Postgres { server, name };
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("template-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let db = Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    db.execute_raw(Statement::from_string(
        db.get_database_backend(),
        "PRAGMA journal_mode = DELETE",
    ))
    .await
    .unwrap();
    db.close().await.unwrap();
    Template::Sqlite(path)
}

/// The URL of another database of the same server.
fn named(server: &str, database: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(database);
    url.into()
}

async fn on_server(server: &str, statement: &str) {
    let db = Database::connect(server).await.unwrap();
    db.execute_unprepared(statement).await.unwrap();
    db.close().await.unwrap();
}

impl Drop for Home {
    fn drop(&mut self) {
        let Self::Database { server, name, .. } = self else { return };
        let (server, statement) =
            (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(on_server(&server, &statement));
        })
        .join();
    }
}

/// Writes a note and answers its id.
pub async fn write_post(app: &TestApp, author: &Actor, body: &str, visibility: &str) -> String {
    let query = format!(
        "mutation($body: Markdown!) {{ postCreate(input: {{ body: $body, visibility: {visibility} }}) \
         {{ post {{ id }} userErrors {{ code message path }} }} }}"
    );
    let run = app.run_with(author, &query, json!({ "body": body })).await.ok();
    assert_eq!(run.at("postCreate.userErrors"), &json!([]));
    run.text("postCreate.post.id").to_owned()
}

/// Comments on a post and answers the comment's id.
pub async fn write_comment(app: &TestApp, author: &Actor, post: &str, body: &str) -> String {
    let query = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) \
                 { comment { id } userErrors { code message path } } }";
    let input = json!({ "input": { "subject": post, "body": body } });
    let run = app.run_with(author, query, input).await.ok();
    assert_eq!(run.at("commentCreate.userErrors"), &json!([]));
    run.text("commentCreate.comment.id").to_owned()
}
