//! What the operator's monitoring sees, in the text format of Prometheus.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use anyhow::Context as _;
use async_graphql::parser::types::OperationType;
use metrics::{Counter, Gauge, Histogram, Unit, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sea_orm::DatabaseConnection;

use crate::{
    engine::{Answer, Engine},
    infra::db::OnStatement,
};

/// Names of operations that are counted apart; clients choose names, and each takes memory.
const NAMES: usize = 200;

/// Bounds of the histograms, in seconds.
const BUCKETS: [f64; 13] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// `metrics` has one recorder for the whole process, whoever counts; it is set at the first need.
fn recorder() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let make = || {
        let handle =
            PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.install_recorder().ok()?;
        for (name, text) in [
            ("guildhall_requests_total", "Operations that were answered, by name."),
            ("guildhall_refused_total", "Operations that were refused, by code."),
            ("guildhall_documents_total", "Documents asked for, known or not."),
            ("guildhall_statements_total", "Statements that the database was sent."),
            ("guildhall_live_messages_total", "Messages sent over connections that stay open."),
            (
                "guildhall_live_closed_total",
                "Connections that stayed open and were closed, by code.",
            ),
            ("guildhall_work_total", "Background work that was run, by kind and outcome."),
        ] {
            metrics::describe_counter!(name, text);
        }
        metrics::describe_histogram!("guildhall_request_seconds", Unit::Seconds, "Time to answer.");
        metrics::describe_histogram!(
            "guildhall_work_seconds",
            Unit::Seconds,
            "Time of a run of background work."
        );
        metrics::describe_histogram!(
            "guildhall_statement_seconds",
            Unit::Seconds,
            "Time of a statement."
        );
        for (name, text) in [
            ("guildhall_connections", "Connections to the database."),
            ("guildhall_bus_whole", "1 while other servers are heard, 0 while not."),
            ("guildhall_live_connections", "WebSockets and event streams that are open."),
            ("guildhall_live_operations", "Operations that run over them."),
            (
                "guildhall_work_waiting",
                "Background work that is due and waits, by queue; to 10000.",
            ),
            ("guildhall_work_oldest_seconds", "For how long the first of it has waited."),
        ] {
            metrics::describe_gauge!(name, text);
        }
        Some(handle)
    };
    RECORDER.get_or_init(make).clone().context("another recorder of metrics is in place")
}

/// Counts the statements that the database is sent; for [`crate::infra::db::Db::connect`].
pub fn on_statement() -> OnStatement {
    // Without a recorder nothing is counted; `serve` then says why.
    let _ = recorder();
    let (all, failed) = (
        counter!("guildhall_statements_total", "outcome" => "ok"),
        counter!("guildhall_statements_total", "outcome" => "failed"),
    );
    let seconds = histogram!("guildhall_statement_seconds");
    Arc::new(move |info| {
        if info.failed { &failed } else { &all }.increment(1);
        seconds.record(info.elapsed);
    })
}

/// The counters of the doors.
#[derive(Clone)]
pub(super) struct Metrics {
    handle: PrometheusHandle,
    queries: Histogram,
    changes: Histogram,
    known: Counter,
    unknown: Counter,
    names: Arc<RwLock<HashMap<String, Counter>>>,
}

impl Metrics {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            handle: recorder()?,
            queries: histogram!("guildhall_request_seconds", "kind" => "query"),
            changes: histogram!("guildhall_request_seconds", "kind" => "mutation"),
            known: counter!("guildhall_documents_total", "known" => "yes"),
            unknown: counter!("guildhall_documents_total", "known" => "no"),
            names: Arc::default(),
        })
    }

    /// Counts an operation.
    pub(super) fn answered(&self, answer: &Answer, took: Duration) {
        if answer.known { &self.known } else { &self.unknown }.increment(1);
        if answer.refused.is_some() {
            let code = answer.error_code().unwrap_or("INTERNAL").to_owned();
            counter!("guildhall_refused_total", "code" => code).increment(1);
        }
        let kind = answer.kind.unwrap_or(OperationType::Query);
        let seconds = if kind == OperationType::Mutation { &self.changes } else { &self.queries };
        seconds.record(took);
        // Whoever is refused has not shown that the name belongs to a document of this community.
        let name = answer.operation_name().filter(|_| answer.refused.is_none());
        self.count(name.unwrap_or("anonymous"));
    }

    fn count(&self, name: &str) {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = names.get(name) {
            return counter.increment(1);
        }
        drop(names);
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        let name = if names.len() < NAMES { name } else { "other" };
        names
            .entry(name.to_owned())
            .or_insert_with(|| counter!("guildhall_requests_total", "operation" => name.to_owned()))
            .increment(1);
    }

    /// Tidies what the histograms have gathered.
    pub(super) fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// The text that is served.
    pub(super) fn render(&self, engine: &Engine) -> String {
        let db = &engine.app.db;
        for (pool, connection) in [("read", &db.read), ("write", &db.write)] {
            let (open, idle) = connections(connection);
            gauge!("guildhall_connections", "pool" => pool, "state" => "open").set(open);
            gauge!("guildhall_connections", "pool" => pool, "state" => "idle").set(idle);
        }
        gauge!("guildhall_bus_whole").set(u8::from(engine.app.bus.is_whole()));
        self.handle.render()
    }
}

/// A connection that stays open, counted for as long as it does.
pub(super) struct LiveConnection {
    transport: &'static str,
    open: Gauge,
    messages: Counter,
    /// Messages that were sent over it.
    pub(super) sent: u64,
}

impl LiveConnection {
    pub(super) fn new(transport: &'static str) -> Self {
        let open = gauge!("guildhall_live_connections", "transport" => transport);
        open.increment(1.0);
        let messages = counter!("guildhall_live_messages_total", "transport" => transport);
        Self { transport, open, messages, sent: 0 }
    }

    /// Counts a message.
    pub(super) fn count(&mut self) {
        self.sent += 1;
        self.messages.increment(1);
    }

    /// Counts its end; clients choose codes too, and only those of the protocols are counted apart.
    pub(super) fn closed(&self, code: u16) {
        let code = match code {
            1000..=1014 | 4400..=4429 | 4500 => code.to_string(),
            _ => "other".to_owned(),
        };
        let transport = self.transport;
        counter!("guildhall_live_closed_total", "transport" => transport, "code" => code)
            .increment(1);
    }
}

impl Drop for LiveConnection {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}

/// An operation that runs over a connection that stays open, counted for as long as it does.
pub(super) struct LiveOperation(Gauge);

impl LiveOperation {
    pub(super) fn new(transport: &'static str) -> Self {
        let running = gauge!("guildhall_live_operations", "transport" => transport);
        running.increment(1.0);
        Self(running)
    }
}

impl Drop for LiveOperation {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// How many connections are open, and how many of them are idle.
fn connections(connection: &DatabaseConnection) -> (u32, u32) {
    let idle = |idle: usize| u32::try_from(idle).unwrap_or(u32::MAX);
    match connection.get_database_backend() {
        sea_orm::DbBackend::Postgres => {
            let pool = connection.get_postgres_connection_pool();
            (pool.size(), idle(pool.num_idle()))
        }
        _ => {
            let pool = connection.get_sqlite_connection_pool();
            (pool.size(), idle(pool.num_idle()))
        }
    }
}
