//! What an operator can set: one struct, complete and checked before anything starts.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use url::Url;

mod currency;
mod load;
mod mail;
mod nearest;
mod print;
mod production;
mod secret;
mod settings;
mod store;
mod value;

pub use load::{Inputs, Loaded, Refused, load};
pub use secret::secret;

/// Everything that an operator can set. `Config::default()` is what a developer's machine runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether this is a developer's machine or the real thing.
    pub env: Environment,
    /// Where the server listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// How the world reaches the server; links in answers begin with it. `None` is the address that
    /// the server listens on.
    pub base_url: Option<Url>,
    /// Where the community's own front end is, if it has one: the links in mails lead to its pages. `None` is this
    /// server, which has plain pages of its own for what mails ask.
    pub app_url: Option<Url>,
    /// Where an embedded server keeps its database and secret.
    pub data_dir: PathBuf,
    /// `postgres://…` or `sqlite://path`; `None` is `guildhall.db` in the data directory.
    pub database_url: Option<String>,
    /// Connections to hold open to the database for reading, and on PostgreSQL for all.
    pub database_connections: u32,
    /// Whether SQLite waits for the disk at every commit (`FULL`) or may lose the last commits, and
    /// nothing else, when the power fails (`NORMAL`).
    pub sqlite_synchronous: Synchronous,
    /// `redis://…` or `rediss://…`, by which several servers of one community hear each other; `None` is for
    /// one server alone.
    pub redis_url: Option<Secret>,
    /// What the names of everything in that Redis begin with.
    pub redis_prefix: String,
    /// `s3://bucket/prefix`, where the bytes of files are kept; `None` is the folder `files` in the data
    /// directory.
    pub store_url: Option<Url>,
    /// Where that S3 answers; `None` is Amazon's own.
    pub store_endpoint: Option<Url>,
    /// The region of the bucket.
    pub store_region: String,
    /// Who we are to S3; `None` is where the tools of AWS look: environment, container, machine.
    pub store_access_key: Option<String>,
    /// What proves it.
    pub store_secret_key: Option<Secret>,
    /// Bytes that one member may store.
    pub storage_quota: u64,
    /// Bytes of the largest file.
    pub file_bytes: u64,
    /// How long an upload waits for more.
    pub upload_life: Duration,
    /// `smtp://user:password@host:587` (STARTTLS), or `smtps://…` (TLS from the first byte); `None` keeps mails in the
    /// outbox, to be read by developers.
    pub smtp_url: Option<Secret>,
    /// A PEM file of certificate authorities that the mail server's certificate may be of, besides the usual ones.
    pub smtp_ca_file: Option<PathBuf>,
    /// Who mails are from: `Guildhall <mail@example.org>`; `None` is made from the community's name and address.
    pub mail_from: Option<String>,
    /// Whether `serve` does background work too; if not, run `guildhall work`.
    pub work: bool,
    /// What keys are sealed with and links are signed with; `None` is a file in the data directory.
    pub secret: Option<Secret>,
    /// What to log, in `tracing`'s filter syntax: `info`, `guildhall=debug,warn`.
    pub log: String,
    /// How to log.
    pub log_format: LogFormat,
    /// The community's name.
    pub name: String,
    /// The community's line below its name.
    pub tagline: Option<String>,
    /// How one becomes a member.
    pub registration: Registration,
    /// Whether a browser at `/graphql` gets GraphiQL.
    pub playground: bool,
    /// Who may read the schema from the server.
    pub introspection: Introspection,
    /// Origins (`https://app.example.org`) whose pages may call the server with credentials.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// A JSON file of trusted documents: an object from SHA-256 (hex) to document.
    pub documents: Option<PathBuf>,
    /// Whether only the documents of that file run.
    pub documents_only: bool,
    /// What a caller of `/metrics` from elsewhere than this machine must send as bearer token.
    pub metrics_token: Option<Secret>,
    /// How long an operation may run.
    pub operation_timeout: Duration,
    /// How long an access token is good for.
    pub access_token_life: Duration,
    /// How long a session lives without being used.
    pub session_life: Duration,
    /// How long events are kept for clients that come back.
    pub replay_window: Duration,
    /// Cost points a minute that one address may spend without signing in.
    pub guest_cost_per_minute: u32,
    /// Cost points a minute that one account may spend.
    pub member_cost_per_minute: u32,
    /// Live connections (WebSockets and event streams) at a time.
    pub sockets: usize,
    /// Live connections at a time of one account.
    pub sockets_per_member: usize,
    /// Live connections at a time of one address without signing in.
    pub sockets_per_address: usize,
    /// The currency in which salaries are compared: ISO 4217.
    pub currency: String,
    /// What one of another currency is worth in it, as `USD=0.92`; salaries in others are not compared.
    pub currency_rates: Vec<String>,
    /// What a document may ask for.
    pub limits: Limits,
}

impl Config {
    /// Where people find the community's pages, without a trailing slash: its front end, or else the server.
    pub fn front_url(&self) -> String {
        match &self.app_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => self.public_url(),
        }
    }

    /// How the world reaches the server, without a trailing slash.
    pub fn public_url(&self) -> String {
        match &self.base_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        let url = self.database_url.as_deref().unwrap_or_default();
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }

    /// What each known currency is worth, the server's own among them, in millionths of the server's.
    pub fn currencies(&self) -> BTreeMap<String, i64> {
        let rates = self.currency_rates.iter().filter_map(|rate| value::rate(rate));
        rates.chain([(self.currency.clone(), 1_000_000)]).collect()
    }

    /// What one of a currency is worth, in millionths of the server's; `None` where nobody said.
    pub fn currency_micros(&self, currency: &str) -> Option<i64> {
        if currency == self.currency {
            return Some(1_000_000);
        }
        let rates = self.currency_rates.iter().filter_map(|rate| value::rate(rate));
        rates.into_iter().find(|(code, _)| code == currency).map(|(_, micros)| micros)
    }

    /// Whether this is the real thing.
    pub fn is_production(&self) -> bool {
        self.env == Environment::Production
    }
}

/// What a document may ask for; a document beyond is refused before it runs.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Lexical tokens of a document.
    pub tokens: usize,
    /// Levels of nesting, fragments included.
    pub depth: usize,
    /// Cost points of an operation.
    pub cost: u64,
    /// Selections once every fragment spread is written out.
    pub selections: u64,
    /// Aliases in an operation.
    pub aliases: u64,
    /// Fields at the root of an operation.
    pub root_fields: u64,
    /// Directives in a document, wherever they stand.
    pub directives: usize,
    /// Operations in a document.
    pub operations: usize,
    /// Variables of an operation.
    pub variables: usize,
    /// Errors in an answer.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            document_bytes: 64 * 1024,
            tokens: 2_000,
            depth: 12,
            cost: 10_000,
            selections: 10_000,
            aliases: 30,
            root_fields: 20,
            directives: 50,
            operations: 10,
            variables: 100,
            errors: 50,
        }
    }
}

/// Whether this is a developer's machine or the real thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Comfort first: playground, introspection, a secret made on the spot.
    Development,
    /// Safety first: weak secrets are refused, nothing is shown that helps a stranger.
    Production,
}

/// When SQLite waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// At every commit: what was acknowledged survives a power cut.
    Full,
    /// Now and then: a power cut may take the last commits, never the database.
    Normal,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For eyes.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// How one becomes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "RegistrationMode")]
pub enum Registration {
    /// Anybody may join.
    Open,
    /// With an invitation only.
    InviteOnly,
    /// Nobody joins now.
    Closed,
}

/// Who may read the schema from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introspection {
    /// Anybody.
    Everyone,
    /// Who is signed in.
    Members,
    /// Nobody.
    Off,
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("********")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            env: Environment::Development,
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            base_url: None,
            app_url: None,
            data_dir: PathBuf::from("data"),
            database_url: None,
            database_connections: 10,
            sqlite_synchronous: Synchronous::Full,
            redis_url: None,
            redis_prefix: "guildhall".to_owned(),
            store_url: None,
            store_endpoint: None,
            store_region: "us-east-1".to_owned(),
            store_access_key: None,
            store_secret_key: None,
            storage_quota: 1024 * 1024 * 1024,
            file_bytes: 512 * 1024 * 1024,
            upload_life: Duration::from_secs(24 * 3600),
            smtp_url: None,
            smtp_ca_file: None,
            mail_from: None,
            work: true,
            secret: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            name: "Guildhall".to_owned(),
            tagline: None,
            registration: Registration::Open,
            playground: true,
            introspection: Introspection::Everyone,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            documents: None,
            documents_only: false,
            metrics_token: None,
            operation_timeout: Duration::from_secs(10),
            access_token_life: Duration::from_secs(15 * 60),
            session_life: Duration::from_secs(60 * 24 * 3600),
            replay_window: Duration::from_secs(7 * 24 * 3600),
            guest_cost_per_minute: 20_000,
            member_cost_per_minute: 60_000,
            sockets: 10_000,
            sockets_per_member: 10,
            sockets_per_address: 100,
            currency: "EUR".to_owned(),
            currency_rates: Vec::new(),
            limits: Limits::default(),
        }
    }
}
