use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use redis::{FromRedisValue, Pipeline};
use uuid::Uuid;

use super::LEASE;
use crate::infra::bus::Redis;

/// How long a reader waits for Redis.
const PATIENCE: Duration = Duration::from_millis(200);
/// Members that are said to be around at once.
const BATCH: usize = 1_000;

/// Where servers tell each other who is around, and who types.
#[derive(Debug)]
pub(super) enum Store {
    /// There are no others.
    Memory,
    /// A sorted set for each member, of the servers that say so, and for each conversation, of those who type; the
    /// scores are the moments at which it ends, in milliseconds since 1970.
    Redis(Arc<Redis>),
}

impl Store {
    pub(super) fn of(redis: Option<&Arc<Redis>>) -> Self {
        redis.cloned().map_or(Self::Memory, Self::Redis)
    }

    /// Says that these members are connected to this server, for so long; answers which of them were around
    /// already, if that can be found out.
    pub(super) async fn say(
        &self,
        members: &[Uuid],
        now: DateTime<Utc>,
        long: TimeDelta,
    ) -> Option<Vec<bool>> {
        let Self::Redis(redis) = self else { return Some(vec![false; members.len()]) };
        let (instance, now, until) = (name(redis.instance()), millis(now), millis(now + long));
        let mut found = Vec::with_capacity(members.len());
        for members in members.chunks(BATCH) {
            let mut pipeline = Pipeline::new();
            for member in members {
                let key = presence_key(redis, *member);
                pipeline.cmd("ZREMRANGEBYSCORE").arg(&key).arg("-inf").arg(now).ignore();
                pipeline.cmd("ZCARD").arg(&key);
                pipeline.cmd("ZADD").arg(&key).arg(until).arg(&instance).ignore();
                // The same set holds what other servers say.
                pipeline.cmd("PEXPIRE").arg(&key).arg(LEASE.num_milliseconds()).ignore();
            }
            let counts: Vec<u64> = run(redis, &pipeline).await?;
            found.extend(counts.into_iter().map(|count| count > 0));
        }
        Some(found)
    }

    /// Says that these members are not connected to this server any more; answers which of them are to another.
    pub(super) async fn unsay(&self, members: &[Uuid], now: DateTime<Utc>) -> Option<Vec<bool>> {
        let Self::Redis(redis) = self else { return Some(vec![false; members.len()]) };
        let instance = name(redis.instance());
        let mut found = Vec::with_capacity(members.len());
        for members in members.chunks(BATCH) {
            let mut pipeline = Pipeline::new();
            for member in members {
                let key = presence_key(redis, *member);
                pipeline.cmd("ZREM").arg(&key).arg(&instance).ignore();
                pipeline.cmd("ZCOUNT").arg(&key).arg(after(now)).arg("+inf");
            }
            let counts: Vec<u64> = run(redis, &pipeline).await?;
            found.extend(counts.into_iter().map(|count| count > 0));
        }
        Some(found)
    }

    /// Whether any server says that each of these is around; `None` when that can't be found out.
    pub(super) async fn online(&self, members: &[Uuid], now: DateTime<Utc>) -> Option<Vec<bool>> {
        let Self::Redis(redis) = self else { return Some(vec![false; members.len()]) };
        let mut pipeline = Pipeline::new();
        for member in members {
            pipeline.cmd("ZCOUNT").arg(presence_key(redis, *member)).arg(after(now)).arg("+inf");
        }
        let counts: Vec<u64> = read(redis, &pipeline).await?;
        Some(counts.into_iter().map(|count| count > 0).collect())
    }

    /// Notes that somebody types, for so long.
    pub(super) async fn typing(
        &self,
        conversation: Uuid,
        profile: Uuid,
        now: DateTime<Utc>,
        long: TimeDelta,
    ) {
        let Self::Redis(redis) = self else { return };
        let key = typing_key(redis, conversation);
        let mut pipeline = Pipeline::new();
        pipeline.cmd("ZREMRANGEBYSCORE").arg(&key).arg("-inf").arg(millis(now)).ignore();
        pipeline.cmd("ZADD").arg(&key).arg(millis(now + long)).arg(name(profile)).ignore();
        pipeline.cmd("PEXPIRE").arg(&key).arg(long.num_milliseconds()).ignore();
        read::<()>(redis, &pipeline).await;
    }

    /// Notes that somebody types no more.
    pub(super) async fn typed(&self, conversation: Uuid, profile: Uuid) {
        let Self::Redis(redis) = self else { return };
        let mut pipeline = Pipeline::new();
        pipeline.cmd("ZREM").arg(typing_key(redis, conversation)).arg(name(profile)).ignore();
        read::<()>(redis, &pipeline).await;
    }

    /// Who types in each of these conversations; `None` when this process knows no less.
    pub(super) async fn typing_in(
        &self,
        conversations: &[Uuid],
        now: DateTime<Utc>,
    ) -> Option<Vec<Vec<Uuid>>> {
        let Self::Redis(redis) = self else { return None };
        let mut pipeline = Pipeline::new();
        for conversation in conversations {
            let key = typing_key(redis, *conversation);
            pipeline.cmd("ZRANGEBYSCORE").arg(key).arg(after(now)).arg("+inf");
        }
        let found: Vec<Vec<String>> = read(redis, &pipeline).await?;
        let keys = |names: Vec<String>| names.iter().filter_map(|name| name.parse().ok()).collect();
        Some(found.into_iter().map(keys).collect())
    }
}

fn presence_key(redis: &Redis, member: Uuid) -> String {
    redis.name(&format!("presence:{}", name(member)))
}

fn typing_key(redis: &Redis, conversation: Uuid) -> String {
    redis.name(&format!("typing:{}", name(conversation)))
}

fn name(key: Uuid) -> String {
    key.simple().to_string()
}

fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// Scores later than a moment.
fn after(at: DateTime<Utc>) -> String {
    format!("({}", millis(at))
}

/// Runs a pipeline of which a reader waits.
async fn read<T: FromRedisValue>(redis: &Redis, pipeline: &Pipeline) -> Option<T> {
    tokio::time::timeout(PATIENCE, run(redis, pipeline)).await.ok().flatten()
}

async fn run<T: FromRedisValue>(redis: &Redis, pipeline: &Pipeline) -> Option<T> {
    let mut connection = redis.connection()?;
    match pipeline.query_async(&mut connection).await {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::debug!(%error, "Redis does not tell who is around");
            None
        }
    }
}
