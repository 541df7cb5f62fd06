//! The way to the other processes: one channel of Redis, over one connection that is made again whenever it is
//! lost. Nobody waits for it: what can't be sent is dropped, and the others are told that they missed something.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue as _, IntoConnectionInfo as _, Pipeline,
    ProtocolVersion, PushInfo, PushKind, RedisError, RedisResult, aio::MultiplexedConnection,
};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{Heard, Note};
use crate::{Error, Result, config::Secret};

/// Notes that wait to be sent; what comes on top is dropped.
const QUEUE: usize = 8_192;
/// Notes that are sent at once.
const BATCH: usize = 512;
/// How long an answer may take before the connection counts as dead.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a try to connect may take.
const OPENING: Duration = Duration::from_secs(3);
/// How often the connection is tried when nothing else shows that it lives.
const PING: Duration = Duration::from_secs(2);
/// The shortest and the longest wait before the next try to connect.
const WAITS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// What is said on the channel: who says it, and what; `None` is that something could not be said.
type Envelope = (Uuid, Option<Note>);

/// A Redis that processes share.
#[derive(Debug)]
pub struct Redis {
    prefix: String,
    queue: mpsc::Sender<Out>,
    tried: watch::Receiver<bool>,
    link: Arc<Link>,
    _keeper: AbortOnDropHandle<()>,
}

/// Something for the task that sends.
#[derive(Debug)]
enum Out {
    Note(String),
    Flush(oneshot::Sender<()>),
}

/// What the tasks of the connection share.
#[derive(Debug)]
struct Link {
    /// Who this process is among those on the channel.
    instance: Uuid,
    channel: String,
    local: broadcast::Sender<Heard>,
    /// The connection, while it stands and the channel is heard.
    connection: ArcSwapOption<MultiplexedConnection>,
    /// Rings when the others have missed something.
    behind: Notify,
}

impl Redis {
    /// Begins to reach for the Redis at `url`.
    pub(super) fn open(
        url: &Secret,
        prefix: &str,
        local: broadcast::Sender<Heard>,
    ) -> Result<Self> {
        let client = client(&url.0).map_err(|error| {
            Error::bug(format!("GUILDHALL_REDIS_URL is no address of a Redis: {error}"))
        })?;
        let link = Arc::new(Link {
            instance: Uuid::now_v7(),
            channel: format!("{prefix}:bus"),
            local,
            connection: ArcSwapOption::empty(),
            behind: Notify::new(),
        });
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (first, tried) = watch::channel(false);
        let keeper = tokio::spawn(keep(link.clone(), client, waiting, first));
        let prefix = prefix.to_owned();
        Ok(Self { prefix, queue, tried, link, _keeper: AbortOnDropHandle::new(keeper) })
    }

    /// Waits for the end of the first try to connect.
    pub(super) async fn tried(&self) {
        // The sender is gone only when the task is, which ends with this.
        let _ = self.tried.clone().wait_for(|tried| *tried).await;
    }

    /// Waits until what is in the queue was sent or dropped.
    pub(super) async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.is_connected() && self.queue.send(Out::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
    }

    /// Sends a note on its way.
    pub(super) fn publish(&self, note: &Note) {
        let sent = self.is_connected()
            && self
                .link
                .envelope(Some(note))
                .is_some_and(|text| self.queue.try_send(Out::Note(text)).is_ok());
        if !sent && !note.is_passing() {
            self.link.behind.notify_one();
        }
    }

    /// Whether the connection stands and the other processes are heard.
    pub fn is_connected(&self) -> bool {
        self.link.connection.load().is_some()
    }

    /// The connection for other commands; `None` while there is none. An answer may take 2 s before it
    /// fails: who can't wait so long sets a limit of their own.
    pub fn connection(&self) -> Option<MultiplexedConnection> {
        self.link.connection.load().as_deref().cloned()
    }

    /// The full name of something kept in this Redis.
    pub fn name(&self, rest: &str) -> String {
        format!("{}:{rest}", self.prefix)
    }

    /// Who this process is among those that share the Redis.
    pub fn instance(&self) -> Uuid {
        self.link.instance
    }
}

/// A client of the Redis at `url`, which is told of what happens without asking.
fn client(url: &str) -> RedisResult<Client> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

/// Keeps a connection, for ever.
async fn keep(
    link: Arc<Link>,
    client: Client,
    mut queue: mpsc::Receiver<Out>,
    tried: watch::Sender<bool>,
) {
    let [shortest, longest] = WAITS;
    let mut wait = shortest;
    let mut down: Option<Instant> = None;
    loop {
        let opened = match tokio::time::timeout(OPENING, link.connect(&client)).await {
            Ok(opened) => opened,
            Err(_) => Err(timed_out("no answer")),
        };
        let error = match opened {
            Ok((connection, gone)) => {
                wait = shortest;
                if let Some(since) = down.take() {
                    let seconds = since.elapsed().as_secs();
                    tracing::info!(seconds, "Redis answers again: other servers are heard");
                }
                // What still waits is of the time before: those who listen are told to look for themselves.
                while queue.try_recv().is_ok() {}
                link.connection.store(Some(Arc::new(connection.clone())));
                link.lost();
                tried.send_replace(true);
                let error = tokio::select! {
                    () = gone.notified() => timed_out("the connection was closed"),
                    error = link.send(connection.clone(), &mut queue) => error,
                    error = ping(connection) => error,
                };
                link.connection.store(None);
                link.behind.notify_one();
                link.lost();
                error
            }
            Err(error) => error,
        };
        if down.is_none() {
            down = Some(Instant::now());
            tracing::warn!(
                %error,
                "the Redis of GUILDHALL_REDIS_URL can't be reached: other servers are not heard, and every one looks \
                 at the database instead; it is tried again until it answers"
            );
        }
        tried.send_replace(true);
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(longest);
    }
}

impl Link {
    /// Connects and listens; what is answered last rings when the connection is gone.
    async fn connect(
        self: &Arc<Self>,
        client: &Client,
    ) -> RedisResult<(MultiplexedConnection, Arc<Notify>)> {
        let gone = Arc::<Notify>::default();
        let (link, bell) = (self.clone(), gone.clone());
        let hear = move |push: PushInfo| -> std::result::Result<(), redis::aio::SendError> {
            match push.kind {
                PushKind::Message => link.hear(&push),
                PushKind::Disconnection => bell.notify_one(),
                _ => {}
            }
            Ok(())
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(hear);
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        connection.subscribe(&self.channel).await?;
        Ok((connection, gone))
    }

    /// Hears what another process says; this one has heard itself already.
    fn hear(&self, push: &PushInfo) {
        let [_channel, payload] = push.data.as_slice() else { return };
        let said = match Vec::<u8>::from_redis_value_ref(payload) {
            Ok(bytes) => serde_json::from_slice::<Envelope>(&bytes).ok(),
            Err(_) => None,
        };
        let heard = match said {
            Some((from, _)) if from == self.instance => return,
            Some((_, Some(note))) => Heard::Note(note),
            // Another version of this program may say what this one does not know.
            Some((_, None)) | None => Heard::Lost,
        };
        // Nobody may listen.
        let _ = self.local.send(heard);
    }

    /// Tells those who listen here that something was lost.
    fn lost(&self) {
        let _ = self.local.send(Heard::Lost);
    }

    fn envelope(&self, note: Option<&Note>) -> Option<String> {
        serde_json::to_string(&(self.instance, note)).ok()
    }

    /// Sends what is in the queue until that fails.
    async fn send(
        &self,
        mut connection: MultiplexedConnection,
        queue: &mut mpsc::Receiver<Out>,
    ) -> RedisError {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            batch.clear();
            tokio::select! {
                biased;
                () = self.behind.notified() => batch.extend(self.envelope(None).map(Out::Note)),
                count = queue.recv_many(&mut batch, BATCH) => if count == 0 {
                    // Nobody can publish any more: this task is about to be ended.
                    return std::future::pending().await;
                }
            }
            let mut pipeline = Pipeline::with_capacity(batch.len());
            let mut flushed = Vec::new();
            for out in batch.drain(..) {
                match out {
                    Out::Note(text) => {
                        pipeline.publish(&self.channel, text).ignore();
                    }
                    Out::Flush(done) => flushed.push(done),
                }
            }
            if !pipeline.is_empty()
                && let Err(error) = pipeline.exec_async(&mut connection).await
            {
                return error;
            }
            for done in flushed {
                // Nobody may wait any more.
                let _ = done.send(());
            }
        }
    }
}

/// Tries the connection now and then, until it does not answer.
async fn ping(mut connection: MultiplexedConnection) -> RedisError {
    loop {
        tokio::time::sleep(PING).await;
        let answer: RedisResult<()> = redis::cmd("PING").query_async(&mut connection).await;
        if let Err(error) = answer {
            return error;
        }
    }
}

fn timed_out(what: &'static str) -> RedisError {
    RedisError::from((redis::ErrorKind::Io, what))
}
