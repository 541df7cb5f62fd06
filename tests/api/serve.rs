//! The running server, as an operator starts and stops it.

#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
};

use guildhall::infra::{db::Db, migrations};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::TestApp;

/// A server in a process of its own, which ends with the test.
struct Server {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
    said: Vec<String>,
    url: String,
}

impl Server {
    /// Starts in `folder` and waits until it says where it is.
    fn start(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_guildhall"))
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("GUILDHALL_LISTEN", "127.0.0.1:0")
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let url = loop {
            let line = lines.next().unwrap_or_else(|| panic!("{said:#?}")).unwrap();
            said.push(line.clone());
            if let Some((_, url)) = line.split_once("Try it in a browser: ") {
                break url.to_owned();
            }
        };
        Self { process, lines, said, url }
    }

    async fn ask(&self, query: &str) -> Value {
        let body = json!({ "query": query });
        let answer = reqwest::Client::new().post(&self.url).json(&body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Asks it to end, and answers how it did; what it said meanwhile is in `said`.
    fn stop(&mut self) -> ExitStatus {
        let kill = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.said.extend(self.lines.by_ref().map(Result::unwrap));
        self.process.wait().unwrap()
    }

    fn has_said(&self, words: &str) -> bool {
        self.said.iter().any(|line| line.contains(words))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn the_demo_is_served_and_ends_in_order_when_asked_to() {
    let folder = TempDir::new().unwrap();
    let password = [("GUILDHALL_DEMO_PASSWORD", "four-walnut-trees")];
    let mut server = Server::start(folder.path(), &["serve", "--demo"], &password);
    let answer = server.ask("{ profile(by: { handle: \"ada\" }) { name postCount } }").await;
    assert_eq!(answer, json!({ "data": { "profile": { "name": "Ada Okafor", "postCount": 4 } } }));
    assert_eq!(server.stop().code(), Some(0));
    assert!(server.has_said("Sign in as ada with the password of GUILDHALL_DEMO_PASSWORD"));
    assert!(!server.has_said("four-walnut-trees"));
    assert!(!server.has_said("Nobody runs the community yet"));

    let mut again = Server::start(folder.path(), &["serve", "--demo"], &[]);
    assert_eq!(again.stop().code(), Some(0));
    assert!(again.has_said("This database has members already"));
}

#[tokio::test]
async fn without_a_command_it_serves_and_says_how_to_begin() {
    let folder = TempDir::new().unwrap();
    let mut server = Server::start(folder.path(), &[], &[]);
    let answer = server.ask("{ server { name } }").await;
    assert_eq!(answer, json!({ "data": { "server": { "name": "Guildhall" } } }));
    assert_eq!(server.stop().code(), Some(0));
    assert!(server.has_said("guildhall admin create --email you@example.org --handle you"));
}

#[tokio::test]
async fn instances_that_start_together_migrate_once() {
    let app = TestApp::new().await;
    let one = &app.app.db;
    let two = Db::connect_beside(&app.app.config).await.unwrap();
    let all = migrations::down(one, u32::MAX).await.unwrap().len();
    let (first, second) = tokio::join!(migrations::up(one), migrations::up(&two));
    let mut done = [first.unwrap().len(), second.unwrap().len()];
    done.sort_unstable();
    assert_eq!(done, [0, all]);
}
