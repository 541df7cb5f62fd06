//! How a subscriber comes to hear a stream: it is told what it missed, then takes its place among those who
//! follow, with nothing left out in between and nothing told twice.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::Variables;
use futures_util::FutureExt as _;
use sea_orm::EntityTrait as _;

use super::{
    group::{BREATH, Group, LONGEST},
    hub::Key,
    member::Member,
    outbox::Told,
    run::{Run, is_passing},
    tail::{Read, Tail, within},
};
use crate::{
    Actor, Error, Result,
    cx::Means,
    entity::account,
    graph::{Live, Opened, Opening, StreamResetReason, Topic, What},
    members,
    streams::{self, Cursor, Event},
};

/// Missed events that are told at once.
const AT_ONCE: usize = 32;

/// Missed events that are told at all: beyond, to load again is quicker for everybody.
const MOST: i64 = 10_000;

/// Where a subscriber begins to hear.
pub(super) enum Start {
    /// With what happens from now on.
    Now,
    /// After the event that a cursor names.
    After(String),
    /// After the event of this number, which it was told; it heard that the stream stands.
    At(i64),
}

/// How far a subscriber has come on its way to a place.
struct Way {
    topic: Topic,
    start: Start,
    /// Whether it was told that the stream stands.
    is_ready: bool,
    replayed: i32,
    /// The group that it was in last: it may know of news that nobody was told of.
    before: Option<Arc<Group>>,
}

/// Joins a stream.
pub(super) async fn join(member: Arc<Member>, topic: Topic, start: Start) {
    let way = Way { topic, start, is_ready: false, replayed: 0, before: None };
    find_places(&member, Some(way)).await;
}

/// What a member may hear or follow has changed: it is opened anew, and goes on where it was.
pub(super) async fn move_on(member: Arc<Member>) {
    find_places(&member, None).await;
}

/// Finds a place, and another for as long as something has changed meanwhile.
async fn find_places(member: &Arc<Member>, first: Option<Way>) {
    let finding = async {
        let mut way = first;
        loop {
            if let Some(way) = way {
                go(member, way).await;
            }
            if !member.is_to_move() {
                return;
            }
            way = open_anew(member).await;
        }
    };
    if AssertUnwindSafe(finding).catch_unwind().await.is_err() {
        tracing::error!("finding a place for a subscription panicked");
        member.cut();
    }
}

/// Goes on until there is a place, or the subscription ends: the database may be away for a while.
async fn go(member: &Arc<Member>, mut way: Way) {
    let mut wait = BREATH;
    while let Err(error) = try_to_join(member, &mut way).await {
        tracing::warn!(%error, "a subscription can't be told what it missed");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST);
    }
}

/// Opens a subscription anew that has a place, which it leaves; `None` when it has none, or ends.
async fn open_anew(member: &Arc<Member>) -> Option<Way> {
    let (mut left, mut wait) = (None, BREATH);
    while !member.has_ended() {
        let run = member.run();
        let turn = run.engine.hub.opening().await;
        let (group, last) = match left.take() {
            Some(left) => left,
            None => member.leave()?,
        };
        match try_to_open(member).await {
            Ok(Some(topic)) => {
                let start = Start::At(last);
                return Some(Way {
                    topic,
                    start,
                    is_ready: true,
                    replayed: 0,
                    before: Some(group),
                });
            }
            Ok(None) => {
                member.lost(group.tail.stream).await;
                return None;
            }
            Err(error) => tracing::warn!(%error, "a subscription can't be opened anew"),
        }
        drop(turn);
        left = Some((group, last));
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST);
    }
    None
}

/// What a subscription follows by now; `None` when it may not any more.
async fn try_to_open(member: &Member) -> Result<Option<Topic>> {
    if !renew(member).await? {
        return Ok(None);
    }
    let run = member.run();
    let opening = Arc::<Opening>::default();
    let opened = async { Ok(run.once(Live::Opening(opening.clone())).await) };
    if let Some(response) = within(&run.engine.app, opened).await? {
        return if is_passing(&response) { Err(Error::Unavailable) } else { Ok(None) };
    }
    Ok(opening.take().map(|Opened { topic, .. }| topic))
}

/// Looks up what the one who hears is in the community; answers whether they still may be here.
async fn renew(member: &Member) -> Result<bool> {
    let Some(id) = member.actor().id() else { return Ok(true) };
    let app = &member.run().engine.app;
    let account = async { Ok(account::Entity::find_by_id(id).one(app.db.fresh()).await?) };
    match within(app, account).await? {
        Some(account) if account.state == account::State::Active => {
            member.set_role(account.role);
            Ok(true)
        }
        _ => Ok(false),
    }
}

async fn try_to_join(member: &Arc<Member>, way: &mut Way) -> Result<()> {
    let run = member.run();
    let (app, hub, stream) = (&run.engine.app, &run.engine.hub, way.topic.stream);
    let tail = hub.tail(stream);
    tail.begin(app).await?;
    let group = group(member, &tail, &way.topic).await?;
    // Before the stream is said to stand: what is new from then on is told.
    hub.connect(&group, &way.topic);
    for conversation in way.before.replace(group.clone()).iter().flat_map(|group| group.untold()) {
        group.bump(conversation);
    }
    let mut at = match &way.start {
        Start::Now => tail.position(),
        Start::At(seq) => *seq,
        Start::After(text) => match Cursor::decode(stream, text) {
            Some(cursor) if tail.position() - cursor.seq > MOST => {
                reset(member, &tail, &group, StreamResetReason::CursorTooOld).await?
            }
            Some(cursor) => cursor.seq,
            None => reset(member, &tail, &group, StreamResetReason::CursorUnknown).await?,
        },
    };
    loop {
        if member.has_ended() {
            return Ok(());
        }
        way.start = Start::At(at);
        let read = match way.is_ready {
            true => tail.after(app, at).await?,
            false => tail.all_after(app, at).await?,
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
                    if !replay(member, &group, events).await? {
                        return Ok(());
                    }
                    at = events.last().map_or(at, |event| event.seq);
                    way.start = Start::At(at);
                    if !way.is_ready {
                        way.replayed += i32::try_from(events.len()).unwrap_or(i32::MAX);
                    }
                }
            }
            Read::Events(_) if !way.is_ready => {
                way.is_ready = true;
                tell(member, &group, Some(at), What::Ready { replayed: way.replayed }).await;
            }
            // What took the right to hear away before the place was taken was told to nobody.
            Read::Events(_) if member.settle(&group, at) => break,
            // The others have heard more meanwhile.
            Read::Events(_) => tokio::task::yield_now().await,
        }
    }
    match may_hear(member, &group).await {
        Ok(true) => {}
        Ok(false) => {
            member.leave();
            member.lost(stream).await;
            return Ok(());
        }
        Err(error) => {
            // The place is taken again once that can be found out.
            if let Some((_, last)) = member.leave() {
                way.start = Start::At(last);
            }
            return Err(error);
        }
    }
    member.hold(way.topic.held.take());
    for passing in std::mem::take(&mut way.topic.first) {
        tell(member, &group, None, What::Passing(passing)).await;
    }
    Ok(())
}

/// Tells what was missed; answers whether to go on.
async fn replay(member: &Arc<Member>, group: &Arc<Group>, events: &[Arc<Event>]) -> Result<bool> {
    let mut all = Vec::with_capacity(events.len());
    for event in events {
        all.extend(group.tell(event).await);
    }
    // It shows what there is by now: to those who may hear it by now.
    if !may_hear(member, group).await? {
        member.lost(group.tail.stream).await;
        return Ok(false);
    }
    for told in all {
        if member.has_ended() || !member.send(told).await {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn may_hear(member: &Member, group: &Group) -> Result<bool> {
    let hear = group.try_to_hear(&[member.actor()]).await?;
    Ok(hear.first().copied().unwrap_or_default())
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
    let mut variables: Variables = serde_json::from_str(&run.variables).map_err(Error::internal)?;
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
    let app = &member.run().engine.app;
    let last = within(app, streams::last_seq(app.db.fresh(), tail.stream.id)).await?;
    tell(member, group, Some(last), What::Reset(reason)).await;
    Ok(last)
}

async fn tell(member: &Arc<Member>, group: &Arc<Group>, seq: Option<i64>, what: What) {
    let happening = group.happening(seq, what);
    if let Some(payload) = member.run().tell(happening).await {
        let cursor = seq.map(|seq| Cursor { seq }.encode(group.tail.stream).into());
        member.send(Arc::new(Told { payload, cursor })).await;
    }
}
