//! How a subscriber comes to hear a stream: it is told what it missed, then takes its place among those who
//! follow, with nothing left out in between and nothing told twice.

use std::sync::{Arc, atomic::Ordering};

use super::{
    group::{Group, Told},
    hub::Key,
    member::Member,
    run::Run,
    tail::{Read, Tail},
};
use sea_orm::EntityTrait as _;

use crate::{
    Actor, Result,
    cx::Means,
    entity::account,
    graph::{Live, Opened, Opening, StreamResetReason, Topic, What},
    members,
    streams::{self, Cursor, Event},
};

/// Missed events that are told at once.
const AT_ONCE: usize = 32;

/// Where a subscriber begins to hear.
pub(super) enum Start {
    /// With what happens from now on.
    Now,
    /// After the event that a cursor names.
    After(String),
    /// After the event of this number, which it was told; it heard that the stream stands.
    At(i64),
}

/// Joins a stream; what goes wrong ends the subscription.
pub(super) async fn join(member: Arc<Member>, topic: Topic, start: Start) {
    let stream = topic.stream;
    if let Err(error) = try_to_join(&member, topic, start).await {
        tracing::warn!(%error, "a subscription can't be told what it missed");
        member.lost(stream).await;
    }
}

/// What a member may hear or follow has changed: it is opened anew, and goes on where it was.
pub(super) async fn move_on(member: &Arc<Member>) {
    if member.is_moving.swap(true, Ordering::SeqCst) {
        return;
    }
    if let Some(last) = member.leave() {
        let opening = Arc::<Opening>::default();
        let here = renew(member).await;
        let failed = member.run().once(Live::Opening(opening.clone())).await;
        match opening.take() {
            Some(Opened { topic, .. }) if failed.is_none() && here => {
                // What changed once more from here on is looked at once more.
                member.is_moving.store(false, Ordering::SeqCst);
                return join(member.clone(), topic, Start::At(last)).await;
            }
            _ => member.lost(streams::Stream::feed()).await,
        }
    }
    member.is_moving.store(false, Ordering::SeqCst);
}

/// Looks up what the one who hears is in the community; answers whether they still may be here.
async fn renew(member: &Member) -> bool {
    let Some(id) = member.actor().id() else { return true };
    match account::Entity::find_by_id(id).one(member.run().engine.app.db.fresh()).await {
        Ok(Some(account)) if account.state == account::State::Active => {
            member.set_role(account.role);
            true
        }
        Ok(_) => false,
        // Whoever ends the session ends the connection, too.
        Err(_) => true,
    }
}

async fn try_to_join(member: &Arc<Member>, topic: Topic, start: Start) -> Result<()> {
    let run = member.run();
    let engine = &run.engine;
    let tail = engine.hub.tail(topic.stream);
    tail.begin(&engine.app).await?;
    let group = group(member, &tail, &topic).await?;
    let mut is_ready = matches!(start, Start::At(_));
    let mut at = match start {
        Start::Now => tail.position(),
        Start::At(seq) => seq,
        Start::After(text) => match Cursor::decode(topic.stream, &text) {
            Some(cursor) => cursor.seq,
            None => reset(member, &tail, &group, StreamResetReason::CursorUnknown).await?,
        },
    };
    let mut replayed = 0;
    loop {
        if member.has_ended() {
            return Ok(());
        }
        let read = match is_ready {
            true => tail.after(&engine.app, at).await?,
            false => tail.all_after(&engine.app, at).await?,
        };
        match read {
            Read::TooOld => {
                at = reset(member, &tail, &group, StreamResetReason::CursorTooOld).await?;
            }
            Read::Ahead => {
                at = reset(member, &tail, &group, StreamResetReason::ServerRestored).await?;
            }
            Read::Events(events) if !events.is_empty() => {
                for events in events.chunks(AT_ONCE) {
                    if !replay(member, &group, events).await {
                        return Ok(());
                    }
                }
                at = events.last().map_or(at, |event| event.seq);
                if !is_ready {
                    replayed += i32::try_from(events.len()).unwrap_or(i32::MAX);
                }
            }
            Read::Events(_) if !is_ready => {
                is_ready = true;
                tell(member, &group, Some(at), What::Ready { replayed }).await;
            }
            Read::Events(_) if member.settle(&group, at) => break,
            // The others have heard more meanwhile.
            Read::Events(_) => {}
        }
    }
    // What took the right to hear away before the place was taken was told to nobody.
    if !may_hear(member, &group).await {
        member.leave();
        member.lost(topic.stream).await;
        return Ok(());
    }
    engine.hub.connect(&group, &topic);
    member.hold(topic.held);
    for passing in topic.first {
        tell(member, &group, None, What::Passing(passing)).await;
    }
    Ok(())
}

/// Tells what was missed; answers whether to go on.
async fn replay(member: &Arc<Member>, group: &Arc<Group>, events: &[Arc<Event>]) -> bool {
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        all.extend(group.tell(event).await);
    }
    // It shows what there is by now: to those who may hear it by now.
    if !may_hear(member, group).await {
        member.lost(group.tail.stream).await;
        return false;
    }
    for told in all {
        if member.has_ended() || !member.send(told).await {
            return false;
        }
    }
    true
}

async fn may_hear(member: &Member, group: &Group) -> bool {
    group.hear(&[member.actor()]).await.first().copied().unwrap_or_default()
}

/// The group to join: the one that is there for all who asked alike, or one of its own.
async fn group(member: &Arc<Member>, tail: &Arc<Tail>, topic: &Topic) -> Result<Arc<Group>> {
    let run = member.run();
    let hub = &run.engine.hub;
    let operation = run.document.operation(run.name.as_deref());
    let same = operation.as_ref().is_ok_and(|operation| operation.is_same_for_all);
    if !same || topic.each || differs(&run).await? {
        return Ok(Group::new(tail.clone(), topic.hears, Run::clone(&run), false));
    }
    let mut variables = run.variables.clone();
    if let Some(begins_at) = operation.ok().and_then(|operation| operation.begins_at.as_ref()) {
        variables.remove(begins_at);
    }
    let key = Key::new(topic.stream.id, &run.document, run.name.as_deref(), &variables)?;
    Ok(hub.shared(key, || {
        let mut run = Run::clone(&run);
        run.caller.actor = Actor::Audience;
        Group::new(tail.clone(), topic.hears, run, true)
    }))
}

/// Whether the caller may see less, or more, of what an event leads to than others who hear it.
async fn differs(run: &Run) -> Result<bool> {
    let app = &run.engine.app;
    match run.caller.actor {
        Actor::Member(member) if matches!(member.means, Means::Token(_)) => Ok(true),
        Actor::Member(member) => members::service::has_blocks(app.db.fresh(), member.id).await,
        Actor::Guest | Actor::Audience => Ok(false),
    }
}

/// Tells that what was missed can't be told; answers where the stream goes on.
async fn reset(
    member: &Arc<Member>,
    tail: &Arc<Tail>,
    group: &Arc<Group>,
    reason: StreamResetReason,
) -> Result<i64> {
    let last = streams::last_seq(member.run().engine.app.db.fresh(), tail.stream.id).await?;
    tell(member, group, Some(last), What::Reset(reason)).await;
    Ok(last)
}

async fn tell(member: &Arc<Member>, group: &Arc<Group>, seq: Option<i64>, what: What) {
    let happening = group.happening(seq, what);
    if let Some(payload) = member.run().tell(happening).await {
        let cursor = seq.map(|seq| Cursor { seq }.encode(group.tail.stream).into());
        member.send(Told { payload, cursor }).await;
    }
}
