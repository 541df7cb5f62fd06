//! The Redis of the tests, and one of a test's own that it may kill.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The Redis that all tests share, if there is one.
pub fn url() -> Option<String> {
    std::env::var("GUILDHALL_TEST_REDIS_URL").ok()
}

/// Whether the tests have a Redis; says so when one is passed over for want of it.
pub fn is_there(test: &str) -> bool {
    if url().is_none() {
        eprintln!("{test} is passed over: GUILDHALL_TEST_REDIS_URL is not set");
    }
    url().is_some()
}

/// A Redis that only one test knows.
pub struct Server {
    port: u16,
    process: Child,
}

impl Server {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        Self { port, process: run(port) }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again where it was, empty.
    pub fn restart(&mut self) {
        self.process = run(self.port);
    }

    /// Holds it still: its port still takes connections, and nothing answers.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(port: u16) -> Child {
    let process = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
    process
}
