//! Passwords: Argon2id, off the async threads, a few at a time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{Error, Result};

/// Hashes and checks passwords (Argon2id, m = 19 MiB, t = 2, p = 1: the OWASP minimum), so many at a
/// time as there are cores, so that a rush of sign-ins leaves the queries their threads.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// The hash that is checked when there is no account, so that the answer takes as long.
    dummy: Arc<str>,
    checks: Arc<AtomicU64>,
}

impl Passwords {
    /// Readies the hasher.
    pub fn new() -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let dummy = hash_now(&super::secrets::token())?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(cores)),
            dummy: dummy.into(),
            checks: Arc::default(),
        })
    }

    /// The PHC string of `password`.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || hash_now(&password)).await?
    }

    /// Whether `password` is the one of `phc`; with no hash the same work is done, and it is not.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let known = phc.is_some();
        let phc = phc.unwrap_or(&self.dummy).to_owned();
        let password = password.to_owned();
        let fits = move || Argon2::default().verify_password(password.as_bytes(), &*phc).is_ok();
        Ok(self.run(fits).await? && known)
    }

    /// How many passwords were checked since the start, right, wrong and of nobody.
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// Whether `phc` was made with other parameters than those of today.
    pub fn is_outdated(&self, phc: &str) -> bool {
        fn parameters(phc: &str) -> impl Iterator<Item = &str> {
            phc.split('$').take(4)
        }
        !parameters(phc).eq(parameters(&self.dummy))
    }

    /// Does other slow work about passwords, in turn with the hashing.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        spawn_blocking(work).await.map_err(Error::internal)
    }
}

fn hash_now(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::bug(format!("argon2: {error}")))
}
