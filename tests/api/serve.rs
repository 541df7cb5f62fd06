//! The running server, as an operator starts and stops it.

#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio},
};

use guildhall::infra::{db::Db, migrations};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::TestApp;

/// A server in a process of its own, which ends with the test.
pub struct Server {
    pub process: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
    said: Vec<String>,
    pub url: String,
}

impl Server {
    /// Starts in `folder` and waits until it says where it is.
    pub fn start(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
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
            if let Some((_, address)) = line.split_once("listening listen=") {
                let address = address.split_whitespace().next().unwrap();
                break format!("http://{address}/graphql");
            }
        };
        Self { process, lines, said, url }
    }

    async fn ask(&self, query: &str) -> Value {
        self.ask_as("", query).await
    }

    /// Asks with an access token, if there is one.
    async fn ask_as(&self, token: &str, query: &str) -> Value {
        let request = reqwest::Client::new().post(&self.url).json(&json!({ "query": query }));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Signs in, and answers the access token.
    pub async fn sign_in(&self, login: &str, password: &str) -> String {
        let query = format!(
            "mutation {{ sessionCreate(input: {{ password: {{ login: \"{login}\", password: \
             \"{password}\" }} }}) {{ session {{ accessToken }} userErrors {{ message }} }} }}"
        );
        let answer = self.ask(&query).await;
        let token = answer["data"]["sessionCreate"]["session"]["accessToken"].as_str();
        token.unwrap_or_else(|| panic!("{answer}")).to_owned()
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
    let ada = server.sign_in("ada", "four-walnut-trees").await;
    let answer = server.ask_as(&ada, "{ viewer { profile { handle } } }").await;
    assert_eq!(answer, json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } }));
    let answer = server.ask("{ board(by: { key: \"SITE\" }) { name taskCount } }").await;
    let site = json!({ "data": { "board": { "name": "Our website", "taskCount": 6 } } });
    assert_eq!(answer, site);
    let answer = server.ask("{ form(by: { slug: \"hello\" }) { title formState } }").await;
    assert_eq!(answer["data"]["form"], json!({ "title": "Say hello", "formState": "OPEN" }));
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

/// Runs a command in `folder` that reads `input`.
fn command(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who needs no input may have ended already.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    process.wait_with_output().unwrap()
}

#[tokio::test]
async fn an_administrator_is_made_beside_the_running_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &["serve"], &[]);
    let create = ["admin", "create", "--email", "Noor@example.org", "--handle", "noor"];
    let made = command(
        folder.path(),
        &[&create[..], &["--name", "Noor Haddad", "--password-stdin"]].concat(),
        "eleven green kettles\n",
    );
    assert_eq!(std::str::from_utf8(&made.stdout), Ok("Noor@example.org runs the community now.\n"));
    assert_eq!(made.status.code(), Some(0));
    let noor = server.sign_in("noor", "eleven green kettles").await;
    let answer = server.ask_as(&noor, "{ viewer { account { roles { name } } } }").await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");

    let again = command(folder.path(), &create, "");
    assert_eq!(again.status.code(), Some(2));
    let error = std::str::from_utf8(&again.stderr).unwrap();
    assert!(error.starts_with("guildhall: nobody was made:\n  - "), "{error}");

    let create = ["admin", "create", "--email", "ida@example.org", "--handle", "ida"];
    let made = command(folder.path(), &create, "");
    let said = std::str::from_utf8(&made.stdout).unwrap();
    let (_, password) = said.trim_end().split_once("Password, shown this once: ").unwrap();
    server.sign_in("ida@example.org", password).await;
}

#[tokio::test]
async fn a_new_key_signs_and_tokens_of_the_old_one_stay_good() {
    let folder = TempDir::new().unwrap();
    // Tokens are for the server of this name: it stays, while the port is another at each start.
    let name = ("GUILDHALL_BASE_URL", "http://localhost:8000");
    let variables = [name, ("GUILDHALL_DEMO_PASSWORD", "four-walnut-trees")];
    let mut server = Server::start(folder.path(), &["serve", "--demo"], &variables);
    let before = server.sign_in("ada", "four-walnut-trees").await;
    let rotated = command(folder.path(), &["keys", "rotate"], "");
    assert_eq!(rotated.status.code(), Some(0), "{rotated:?}");
    assert_eq!(server.stop().code(), Some(0));
    let server = Server::start(folder.path(), &["serve"], &[name]);
    let me = "{ viewer { profile { handle } } }";
    let ada = json!({ "data": { "viewer": { "profile": { "handle": "ada" } } } });
    assert_eq!(server.ask_as(&before, me).await, ada);
    let after = server.sign_in("ada", "four-walnut-trees").await;
    assert_eq!(server.ask_as(&after, me).await, ada);
    let key = |token: &str| token.split('.').next().unwrap_or_default().to_owned();
    assert_ne!(key(&before), key(&after), "the header names another key");
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
