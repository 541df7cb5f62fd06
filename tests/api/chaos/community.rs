//! A community whose servers run in processes of their own, and die.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::kit::{SECRET, TestApp};

const PASSWORD: &str = "four-walnut-trees";
/// Members of the demo, who share the password.
const MEMBERS: [&str; 10] =
    ["ada", "ben", "chiara", "diego", "elif", "farah", "goran", "hana", "ines", "jonas"];
/// How long a server may take to start.
const STARTS: Duration = Duration::from_secs(15);

/// The demo's members, on a database of their own: SQLite, or PostgreSQL where the tests have one.
pub struct Community {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    /// Holds the database, and takes it away in the end.
    _app: Option<TestApp>,
    pub tokens: Vec<String>,
    /// A public channel.
    pub room: String,
}

impl Community {
    /// Makes it, with the first of its servers.
    pub async fn found(redis: Option<String>) -> (Self, Server) {
        Self::with(redis, Vec::new()).await
    }

    /// The same with something set otherwise.
    pub async fn with(
        redis: Option<String>,
        others: Vec<(&'static str, String)>,
    ) -> (Self, Server) {
        let folder = TempDir::new().unwrap();
        let mut settings = vec![
            ("GUILDHALL_DATA_DIR", folder.path().to_str().unwrap().to_owned()),
            ("GUILDHALL_BASE_URL", "http://guildhall.localhost".to_owned()),
            ("GUILDHALL_SECRET", SECRET.to_owned()),
            ("GUILDHALL_DEMO_PASSWORD", PASSWORD.to_owned()),
            // Chaos is about what is lost; how much may be asked for is another test's.
            ("GUILDHALL_MEMBER_COST_PER_MINUTE", "1000000000".to_owned()),
        ];
        let mut app = None;
        if std::env::var("GUILDHALL_TEST_DATABASE_URL").is_ok() {
            let postgres = TestApp::new().await;
            let url = postgres.app.config.database_url.clone().unwrap();
            settings.push(("GUILDHALL_DATABASE_URL", url));
            app = Some(postgres);
        }
        settings.extend(others);
        if let Some(url) = redis {
            settings.push(("GUILDHALL_REDIS_URL", url));
            let prefix = format!("test_{}", Uuid::now_v7().simple());
            settings.push(("GUILDHALL_REDIS_PREFIX", prefix));
        }
        let tokens = Vec::new();
        let mut community = Self { folder, settings, _app: app, tokens, room: String::new() };
        let server = community.server();
        for login in MEMBERS {
            let password = json!({ "login": login, "password": PASSWORD });
            let answer = server.ask("", SIGN_IN, json!({ "password": password })).await;
            let token = answer["sessionCreate"]["session"]["accessToken"].as_str();
            community.tokens.push(token.unwrap_or_else(|| panic!("{answer}")).to_owned());
        }
        let input = json!({ "slug": "chaos", "title": "Chaos" });
        let answer = server.ask(&community.tokens[0], CREATE, json!({ "input": input })).await;
        let room = answer["channelCreate"]["conversation"]["id"].as_str();
        community.room = room.unwrap_or_else(|| panic!("{answer}")).to_owned();
        for token in &community.tokens[1..] {
            let answer = server.ask(token, JOIN, json!({ "id": community.room })).await;
            assert_eq!(answer["conversationJoin"]["userErrors"], json!([]));
        }
        (community, server)
    }

    /// Another server, on a port of its own.
    pub fn server(&self) -> Server {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let log = self.folder.path().join(format!("{}.log", address.port()));
        let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
        command
            .args(["serve", "--demo"])
            .current_dir(self.folder.path())
            .env_clear()
            .env("GUILDHALL_LISTEN", address.to_string())
            .envs(self.settings.iter().map(|(name, value)| (*name, value.as_str())))
            .stderr(Stdio::from(File::create(&log).unwrap()));
        let process = command.spawn().unwrap();
        let mut server = Server { command, process, address };
        server.ready(&fs::read_to_string(log).unwrap_or_default());
        server
    }

    /// Where its rows are; none is SQLite, in its folder.
    pub fn database(&self) -> Option<String> {
        let found = self.settings.iter().find(|(name, _)| *name == "GUILDHALL_DATABASE_URL");
        found.map(|(_, url)| url.clone())
    }

    /// Where its servers keep what they keep.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The place in the room's stream where it stands now.
    pub async fn cursor(&self, server: &Server) -> String {
        let answer = server.ask(&self.tokens[0], CURSOR, json!({ "id": self.room })).await;
        let cursor = answer["conversation"]["eventCursor"].as_str();
        cursor.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// A server in a process of its own, which ends with the test.
pub struct Server {
    command: Command,
    process: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) {
        self.process = self.command.spawn().unwrap();
        self.ready("it did not come back");
    }

    fn ready(&mut self, log: &str) {
        let since = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert_eq!(self.process.try_wait().unwrap(), None, "{log}");
            assert!(since.elapsed() < STARTS, "{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub async fn ask(&self, token: &str, query: &str, variables: Value) -> Value {
        let request = reqwest::Client::new().post(format!("http://{}/graphql", self.address));
        let request = request.json(&json!({ "query": query, "variables": variables }));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"].clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const SIGN_IN: &str = "mutation($password: PasswordSignIn!) { sessionCreate(input: { password: \
                       $password }) { session { accessToken } userErrors { message } } }";
const CREATE: &str = "mutation($input: ChannelCreateInput!) { channelCreate(input: $input) { \
                      conversation { id } userErrors { code message } } }";
const JOIN: &str = "mutation($id: ID!) { conversationJoin(id: $id) { userErrors { message } } }";
const CURSOR: &str = "query($id: ID!) { conversation(by: { id: $id }) { eventCursor } }";
