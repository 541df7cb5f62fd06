use std::collections::HashSet;

use uuid::Uuid;

use super::policy;
use crate::{Actor, Cx, Error, Result, infra::presence::Watch, members};

/// Members that can be watched at once.
const WATCHED: usize = 100;

/// A member as the actor may know of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether they are around.
    pub is_online: bool,
    /// Whether one of the two blocked the other: then they are away for the actor, and nothing is told of them.
    pub is_hidden: bool,
}

/// Whether each of these members is around, in their order, as the actor may know it. `None` is for those who may not
/// know it of anybody.
pub async fn seen(cx: Cx<'_>, profiles: &[Uuid]) -> Result<Option<Vec<Seen>>> {
    let Ok(me) = policy::read(cx.actor) else { return Ok(None) };
    let apart = members::service::apart_from(cx.db, me.id, profiles);
    let (apart, online) = tokio::join!(apart, cx.app.presence.online(profiles));
    let apart = apart?;
    let seen = |(profile, online)| {
        let is_hidden = apart.contains(profile);
        Seen { is_online: online && !is_hidden, is_hidden }
    };
    Ok(Some(profiles.iter().zip(online).map(seen).collect()))
}

/// Members that the actor watches; ends when it is dropped.
#[derive(Debug)]
pub struct Watching {
    /// Who watches.
    pub watcher: Uuid,
    /// Who is watched, each once.
    pub profiles: Vec<Uuid>,
    /// Sees to it that the watcher is told.
    pub watch: Watch,
}

/// Watches members; at most 100.
pub async fn watch(cx: Cx<'_>, mut profiles: Vec<Uuid>) -> Result<Watching> {
    let watcher = policy::read(cx.actor)?.id;
    if profiles.len() > WATCHED {
        return Err(Error::BadRequest("at most 100 profiles can be followed at once".into()));
    }
    let mut seen = HashSet::new();
    profiles.retain(|profile| seen.insert(*profile));
    let watch = cx.app.presence.watch(profiles.clone()).await;
    Ok(Watching { watcher, profiles, watch })
}

/// Which of these may watch others, in their order.
pub fn hear(actors: &[Actor]) -> Vec<bool> {
    actors.iter().map(|actor| policy::read(actor).is_ok()).collect()
}
