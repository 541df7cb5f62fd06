//! The table of settings: what each is called, how it is read, what it is for.

use std::time::Duration;

use super::{
    Config,
    value::{self as read, Read, Show},
};

/// One thing that an operator can set.
pub(super) struct Setting {
    /// Its name in a configuration file; in the environment it is `GUILDHALL_` and this in capitals.
    pub(super) key: &'static str,
    /// What it is for, in one line.
    pub(super) doc: &'static str,
    /// Whether it is never printed, and may come from a file of its own (`GUILDHALL_…_FILE`).
    pub(super) secret: bool,
    /// Reads a text into the configuration, or says what would be right.
    pub(super) set: fn(&mut Config, &str) -> Read<()>,
    /// The value of a configuration.
    pub(super) get: fn(&Config) -> Option<toml::Value>,
}

impl Setting {
    /// Its name in the environment.
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_ascii_uppercase())
    }

    /// The setting called `key`.
    pub(super) fn named(key: &str) -> Option<(usize, &'static Self)> {
        SETTINGS.iter().enumerate().find(|(_, setting)| setting.key == key)
    }
}

/// What the names of our environment variables begin with.
pub(super) const PREFIX: &str = "GUILDHALL_";

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A row of the table: the key, the field, how a text is read, what it is for.
macro_rules! row {
    ($key:literal, $($field:ident).+, $read:expr, $doc:literal) => {
        row!($key, $($field).+, $read, $doc, false)
    };
    ($key:literal, $($field:ident).+, $read:expr, $doc:literal, $secret:literal) => {
        Setting {
            key: $key,
            doc: $doc,
            secret: $secret,
            set: |config, text| {
                config.$($field).+ = ($read)(text)?;
                Ok(())
            },
            get: |config| config.$($field).+.show(),
        }
    };
}

/// Every setting, in the order in which they are shown.
pub(super) const SETTINGS: &[Setting] = &[
    row!("env", env, read::named, "development, or production: safety first."),
    row!("listen", listen, read::address, "Where the server listens. Port 0 takes a free one."),
    row!(
        "base_url",
        base_url,
        |t| read::base_url(t).map(Some),
        "How the world reaches the server; links begin with it. Not set: the address it listens on."
    ),
    row!(
        "app_url",
        app_url,
        |t| read::base_url(t).map(Some),
        "Where the front end is, for the links in mails. Not set: pages of the server's own."
    ),
    row!(
        "data_dir",
        data_dir,
        read::path,
        "The folder of the embedded database, of files, and of the secret made in development."
    ),
    row!(
        "database_url",
        database_url,
        |t| read::database_url(t).map(Some),
        "postgres://… or sqlite://path. Not set: guildhall.db in data_dir.",
        true
    ),
    row!(
        "database_connections",
        database_connections,
        |t| read::number(t, 1..=1_000),
        "Connections to hold open to the database."
    ),
    row!(
        "sqlite_synchronous",
        sqlite_synchronous,
        read::named,
        "full: no commit is lost when the power fails. normal: faster, the last ones may be."
    ),
    row!(
        "redis_url",
        redis_url,
        |t| read::redis_url(t).map(Some),
        "redis://… or rediss://… (TLS), by which several servers of one community hear each other.",
        true
    ),
    row!(
        "redis_prefix",
        redis_prefix,
        read::prefix,
        "What all names in that Redis begin with: communities that share one have one each."
    ),
    row!(
        "store_url",
        store_url,
        |t| read::store_url(t).map(Some),
        "s3://bucket/prefix, where files are kept. Not set: the folder files in data_dir."
    ),
    row!(
        "store_endpoint",
        store_endpoint,
        |t| read::base_url(t).map(Some),
        "Where that S3 answers: https://s3.example.org. Not set: Amazon's."
    ),
    row!("store_region", store_region, read::prefix, "The region of the bucket."),
    row!(
        "store_access_key",
        store_access_key,
        |t| read::line(t, 256).map(Some),
        "Who we are to S3. Not set: where AWS's own tools look."
    ),
    row!(
        "store_secret_key",
        store_secret_key,
        |t| read::secret(t, 8).map(Some),
        "What proves it to S3.",
        true
    ),
    row!(
        "storage_quota",
        storage_quota,
        |t| read::bytes(t, 1_048_576..=1 << 50),
        "Bytes that one member may store, such as 500MB or 1GB."
    ),
    row!(
        "file_bytes",
        file_bytes,
        |t| read::bytes(t, 1_048_576..=1 << 40),
        "Bytes of the largest file."
    ),
    row!(
        "upload_life",
        upload_life,
        |t| read::duration(t, MINUTE..=30 * DAY),
        "How long an upload waits for more bytes before it is thrown away."
    ),
    row!(
        "smtp_url",
        smtp_url,
        |t| read::smtp_url(t).map(Some),
        "smtp://user:password@host:587 (STARTTLS) or smtps://… (TLS). Not set: mails are kept, not sent.",
        true
    ),
    row!(
        "smtp_ca_file",
        smtp_ca_file,
        |t| read::path(t).map(Some),
        "A PEM file of authorities that the mail server's certificate may be of, besides the usual."
    ),
    row!(
        "mail_from",
        mail_from,
        |t| read::mailbox(t).map(Some),
        "Who mails are from: Guildhall <mail@example.org>."
    ),
    row!(
        "work",
        work,
        read::flag,
        "Whether serve does background work too, as guildhall work does."
    ),
    row!(
        "secret",
        secret,
        |t| read::secret(t, LEAST_SECRET).map(Some),
        "What keys are sealed with and links are signed with. In development one is made in data_dir.",
        true
    ),
    row!("log", log, read::log, "What to log: info, debug, or a filter: guildhall=debug,warn."),
    row!("log_format", log_format, read::named, "text for eyes, json for programs."),
    row!("name", name, |t| read::line(t, 80), "The community's name."),
    row!(
        "tagline",
        tagline,
        |t| read::line(t, 200).map(Some),
        "The community's line below its name."
    ),
    row!(
        "registration",
        registration,
        read::named,
        "How one becomes a member: open, invite_only or closed."
    ),
    row!("playground", playground, read::flag, "Whether a browser at /graphql gets GraphiQL."),
    row!(
        "introspection",
        introspection,
        read::named,
        "Who may read the schema from the server: everyone, members or off."
    ),
    row!(
        "cors_origins",
        cors_origins,
        read::origins,
        "Origins whose pages may call the server with credentials: https://app.example.org"
    ),
    row!(
        "trusted_proxies",
        trusted_proxies,
        read::networks,
        "Proxies whose X-Forwarded-For is believed: 10.0.0.0/8"
    ),
    row!(
        "documents",
        documents,
        |t| read::path(t).map(Some),
        "A JSON file of trusted documents: an object from SHA-256 (hex) to document."
    ),
    row!(
        "documents_only",
        documents_only,
        read::flag,
        "Whether only the documents of that file run."
    ),
    row!(
        "metrics_token",
        metrics_token,
        |t| read::secret(t, 16).map(Some),
        "The bearer token that a caller of /metrics from another machine must send.",
        true
    ),
    row!(
        "operation_timeout",
        operation_timeout,
        |t| read::duration(t, SECOND / 10..=5 * MINUTE),
        "How long an operation may run."
    ),
    row!(
        "access_token_life",
        access_token_life,
        |t| read::duration(t, 10 * SECOND..=HOUR),
        "How long an access token is good for."
    ),
    row!(
        "session_life",
        session_life,
        |t| read::duration(t, 5 * MINUTE..=400 * DAY),
        "How long a session lives without being used."
    ),
    row!(
        "replay_window",
        replay_window,
        |t| read::duration(t, MINUTE..=400 * DAY),
        "How long events are kept for clients that come back after a dropped connection."
    ),
    row!(
        "guest_cost_per_minute",
        guest_cost_per_minute,
        |t| read::number(t, 100..=1_000_000_000),
        "Cost points a minute that one address may spend without signing in."
    ),
    row!(
        "member_cost_per_minute",
        member_cost_per_minute,
        |t| read::number(t, 100..=1_000_000_000),
        "Cost points a minute that one account may spend."
    ),
    row!(
        "sockets",
        sockets,
        |t| read::number(t, 1..=1_000_000),
        "WebSockets and event streams at a time; each takes a file descriptor."
    ),
    row!(
        "sockets_per_member",
        sockets_per_member,
        |t| read::number(t, 1..=10_000),
        "WebSockets and event streams at a time of one account."
    ),
    row!(
        "sockets_per_address",
        sockets_per_address,
        |t| read::number(t, 1..=1_000_000),
        "WebSockets and event streams at a time of one address without signing in."
    ),
    row!(
        "limit_body_bytes",
        limits.body_bytes,
        |t| read::number(t, 1_024..=67_108_864),
        "Bytes of a request's body."
    ),
    row!(
        "limit_document_bytes",
        limits.document_bytes,
        |t| read::number(t, 1_024..=1_048_576),
        "Bytes of a document."
    ),
    row!(
        "currency",
        currency,
        read::currency,
        "The currency in which salaries are compared: an ISO 4217 code."
    ),
    row!(
        "currency_rates",
        currency_rates,
        read::rates,
        "What one of another currency is worth in it: USD=0.92,GBP=1.17. Others are not compared."
    ),
    row!(
        "limit_tokens",
        limits.tokens,
        |t| read::number(t, 100..=20_000),
        "Lexical tokens of a document."
    ),
    row!(
        "limit_depth",
        limits.depth,
        |t| read::number(t, 3..=50),
        "Levels of nesting of a document, fragments included."
    ),
    row!(
        "limit_cost",
        limits.cost,
        |t| read::number(t, 100..=1_000_000),
        "Cost points of an operation."
    ),
    row!(
        "limit_selections",
        limits.selections,
        |t| read::number(t, 100..=1_000_000),
        "Selections of an operation once every fragment is written out."
    ),
    row!(
        "limit_aliases",
        limits.aliases,
        |t| read::number(t, 0..=1_000),
        "Aliases in an operation."
    ),
    row!(
        "limit_root_fields",
        limits.root_fields,
        |t| read::number(t, 1..=1_000),
        "Fields at the root of an operation."
    ),
    row!(
        "limit_directives",
        limits.directives,
        |t| read::number(t, 0..=1_000),
        "Directives in a document."
    ),
    row!(
        "limit_operations",
        limits.operations,
        |t| read::number(t, 1..=100),
        "Operations in a document."
    ),
    row!(
        "limit_variables",
        limits.variables,
        |t| read::number(t, 0..=1_000),
        "Variables of an operation."
    ),
    row!("limit_errors", limits.errors, |t| read::number(t, 1..=1_000), "Errors in an answer."),
];

/// Characters that a secret has at least.
pub(super) const LEAST_SECRET: usize = 32;
