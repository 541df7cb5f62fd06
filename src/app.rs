//! What a running Guildhall is made of, built once and handed to whoever works with it.

use tokio_util::task::TaskTracker;

use crate::{
    Result,
    clock::Clock,
    config::Config,
    infra::{
        bus::Bus,
        db::Db,
        mailer::Mailer,
        passes::Passes,
        passwords::Passwords,
        pictures::Pictures,
        presence::Presence,
        secrets::Vault,
        store::Store,
        throttle::Throttle,
        tokens::Tokens,
        windows::{Origins, Windows},
    },
    queue::Bell,
};

/// A running Guildhall, without its doors.
#[derive(Debug)]
pub struct App {
    /// What the operator set.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Tells what happened, to this process and to others.
    pub bus: Bus,
    /// Wakes who does background work.
    pub bell: Bell,
    /// Hands mails to a mail server.
    pub mailer: Mailer,
    /// Time and new keys.
    pub clock: Clock,
    /// Keys of the server's own.
    pub vault: Vault,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Slows down guessing.
    pub throttle: Throttle,
    /// Counts what may happen so often within a while.
    pub windows: Windows,
    /// Sites whose pages may send forms.
    pub origins: Origins,
    /// Keeps the bytes of files.
    pub store: Store,
    /// Reads and writes pictures.
    pub pictures: Pictures,
    /// Signs and verifies access tokens.
    pub tokens: Tokens,
    /// What is remembered of credentials.
    pub passes: Passes,
    /// Who is around, and who types.
    pub presence: Presence,
    /// Small writes that no answer waits for; the server waits for them before it ends.
    pub tasks: TaskTracker,
}

impl App {
    /// Puts the parts together; `secret` is at least 32 characters. With a Redis it is called within tokio's
    /// runtime.
    pub fn new(config: Config, db: Db, clock: Clock, secret: &str) -> Result<Self> {
        let bus = Bus::open(&config)?;
        let bell = Bell::new(bus.clone());
        let mailer = Mailer::open(&config)?;
        let store = Store::open(&config)?;
        let tasks = TaskTracker::new();
        let presence = Presence::new(bus.clone(), clock.clone(), tasks.clone());
        Ok(Self {
            config,
            bus,
            bell,
            mailer,
            db,
            clock,
            vault: Vault::new(secret)?,
            passwords: Passwords::new()?,
            throttle: Throttle::new(),
            windows: Windows::new(),
            origins: Origins::default(),
            store,
            pictures: Pictures::new(),
            tokens: Tokens::new(),
            passes: Passes::new(),
            presence,
            tasks,
        })
    }

    /// The same server by another clock: what is done with it happens then, in the same database and store. What it
    /// remembers of callers is its own.
    pub fn at(&self, clock: Clock) -> Result<Self> {
        let presence = Presence::new(self.bus.clone(), clock.clone(), self.tasks.clone());
        Ok(Self {
            config: self.config.clone(),
            bus: self.bus.clone(),
            bell: self.bell.clone(),
            mailer: Mailer::open(&self.config)?,
            db: self.db.clone(),
            clock,
            vault: self.vault.clone(),
            passwords: self.passwords.clone(),
            throttle: Throttle::new(),
            windows: Windows::new(),
            origins: Origins::default(),
            store: self.store.clone(),
            pictures: self.pictures.clone(),
            tokens: Tokens::new(),
            passes: Passes::new(),
            presence,
            tasks: self.tasks.clone(),
        })
    }
}
