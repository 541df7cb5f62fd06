//! Workers as an operator starts and stops them.

#![cfg(unix)]

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use guildhall::{
    app::App,
    config::Config,
    cx::Hand,
    entity::{email, timer},
    infra::db::Db,
    mail::service::{NewMail, To, put},
};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::kit::until;
use crate::{
    kit::{SECRET, TestApp},
    serve::Server,
};

/// `guildhall work` in a process of its own, which ends with the test.
pub struct Process(Child);

impl Process {
    /// Starts a worker on the database of `app`; what it says goes to `log` in the folder.
    pub fn start(app: &TestApp, folder: &Path, log: &str) -> Self {
        let config = &app.app.config;
        let redis = config.redis_url.as_ref().map(|url| ("GUILDHALL_REDIS_URL", url.0.clone()));
        let mut command = command(folder);
        command
            .env("GUILDHALL_DATABASE_URL", config.database_url.clone().unwrap())
            .env("GUILDHALL_REDIS_PREFIX", &config.redis_prefix)
            .env("GUILDHALL_SECRET", SECRET)
            .env("GUILDHALL_DATABASE_CONNECTIONS", "5")
            .envs(redis)
            .stderr(Stdio::from(fs::File::create(folder.join(log)).unwrap()));
        Self(command.spawn().unwrap())
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end; answers how it did.
    fn stop(mut self) -> Option<i32> {
        let kill = Command::new("kill").arg(self.0.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command.arg("work").current_dir(folder).env_clear();
    command
}

/// Writes a mail into the outbox.
pub async fn write_mail(app: &App, tx: &impl ConnectionTrait) -> Uuid {
    let to = To {
        email: "ada@example.org".to_owned(),
        name: None,
        profile: None,
        locale: "en".to_owned(),
    };
    let hand = Hand::of_server(app);
    let blanks = json!({ "inviter": "Bo", "note": "", "link": "https://a.example/join" });
    put(hand.cx(app), tx, NewMail::of(to, "invitation", blanks)).await.unwrap().id
}

#[test]
fn on_sqlite_the_server_works_and_nobody_beside_it() {
    let folder = TempDir::new().unwrap();
    let refused = command(folder.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = "guildhall: on SQLite the server does all background work itself, because only one process may use \
                the file: run `guildhall serve`, or set GUILDHALL_DATABASE_URL to postgres://…\n";
    assert_eq!(std::str::from_utf8(&refused.stderr).unwrap(), said);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "it leaves nothing behind");
}

#[tokio::test]
async fn a_worker_alone_does_the_work_and_ends_in_order_when_asked_to() {
    let (app, folder) = (TestApp::new().await, TempDir::new().unwrap());
    if !app.is_postgres() {
        return;
    }
    let tx = app.app.db.begin().await.unwrap();
    let mail = write_mail(&app.app, &tx).await;
    tx.commit().await.unwrap();
    let worker = Process::start(&app, folder.path(), "log");
    until(async || {
        let mail = email::Entity::find_by_id(mail).one(&app.app.db.write).await.unwrap();
        mail.unwrap().state == email::State::Sent
    })
    .await;
    let log = || fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(worker.stop(), Some(0), "{}", log());
    for words in ["working: ", "stopping: ", "stopped"] {
        assert!(log().contains(words), "{words} is missing: {}", log());
    }
}

#[tokio::test]
async fn a_server_that_is_not_to_work_serves_only_and_one_that_does_shows_it_to_monitoring() {
    let folder = TempDir::new().unwrap();
    let config = Config { data_dir: folder.path().join("data"), ..Config::default() };
    let server = Server::start(folder.path(), &["serve"], &[("GUILDHALL_WORK", "false")]);
    let db = Db::connect_beside(&config).await.unwrap();
    let fired = async || timer::Entity::find().all(&db.read).await.unwrap().len();
    // A worker fires the timers at its start.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(fired().await, 0);
    drop(server);
    let server = Server::start(folder.path(), &["serve"], &[]);
    until(async || fired().await > 0).await;
    let seen = server.url.replace("/graphql", "/metrics");
    until(async || {
        let text = reqwest::get(&seen).await.unwrap().text().await.unwrap();
        let sees = |line: &str| text.lines().any(|one| one.starts_with(line));
        sees("guildhall_work_total{kind=\"accounts.prune\",outcome=\"done\"} 1")
            && sees("guildhall_work_seconds_count{kind=\"accounts.prune\"} 1")
            && sees("guildhall_work_waiting{queue=\"mail\"} 0")
            && sees("guildhall_work_oldest_seconds{queue=\"mail\"} 0")
    })
    .await;
}
