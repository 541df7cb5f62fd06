//! Subscribers of one stream who are told the same: what happens is resolved and written once for all of them.

use std::{
    collections::VecDeque,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use super::{
    member::Member,
    outbox::Told,
    run::Run,
    tail::{Read, Tail, within},
};
use crate::{
    Actor, Result,
    graph::{Happening, Hears, StreamResetReason, What},
    infra::bus::Passing,
    streams::{self, Cursor, Event},
};

/// Results kept for subscribers who come back a little later, and bytes of them.
const KEPT: usize = 128;
const KEPT_BYTES: usize = 256 * 1024;
/// Passing things that wait; older ones give way.
const PASSING: usize = 256;
/// How often at most it is told that there is news elsewhere.
const BUMPS: Duration = Duration::from_secs(1);
/// How long to wait when the database does not answer.
pub(super) const BREATH: Duration = Duration::from_millis(250);
/// How long to wait at most before it is asked once more.
pub(super) const LONGEST: Duration = Duration::from_secs(5);

/// Subscribers of one stream who are told the same.
pub(super) struct Group {
    pub(super) tail: Arc<Tail>,
    /// Whether it serves everybody who asked alike, or one alone.
    pub(super) is_shared: bool,
    hears: Hears,
    run: Run,
    state: Mutex<State>,
    woken: Notify,
}

struct State {
    /// The number of the event told last.
    position: i64,
    members: Vec<Arc<Member>>,
    passing: VecDeque<Passing>,
    /// Where there is news that was not told yet, and of which it is being told.
    bumped: Vec<Uuid>,
    bumping: Vec<Uuid>,
    next_bump: Instant,
    recent: VecDeque<(i64, Option<Arc<Told>>)>,
    recent_bytes: usize,
    working: bool,
}

impl State {
    fn forget(&mut self) {
        self.recent.clear();
        self.recent_bytes = 0;
    }
}

enum Job {
    Events(i64),
    Pass(Passing),
    Bumps(Vec<Uuid>),
    Wait(Instant),
    Rest,
}

impl Group {
    /// A group without members, at the place where the stream's tail is.
    pub(super) fn new(tail: Arc<Tail>, hears: Hears, run: Run, is_shared: bool) -> Arc<Self> {
        let state = State {
            position: tail.position(),
            members: Vec::new(),
            passing: VecDeque::new(),
            bumped: Vec::new(),
            bumping: Vec::new(),
            next_bump: Instant::now(),
            recent: VecDeque::new(),
            recent_bytes: 0,
            working: false,
        };
        let group =
            Self { tail, is_shared, hears, run, state: Mutex::new(state), woken: Notify::new() };
        let group = Arc::new(group);
        group.tail.follow(&group);
        group
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a member in who has heard everything up to `seq`; refuses when others have heard more by now.
    pub(super) fn attach(self: &Arc<Self>, member: &Arc<Member>, seq: i64) -> bool {
        let mut state = self.state();
        if state.position > seq {
            if state.working || !state.members.is_empty() {
                return false;
            }
            // Nobody is left of those who heard more: of a stream that was set back meanwhile, maybe.
            state.position = seq;
            state.forget();
        }
        member.heard(seq);
        state.members.push(member.clone());
        drop(state);
        // There may be news between the two places.
        self.wake();
        true
    }

    /// Lets a member go; answers the number of the event that it was told last.
    pub(super) fn detach(&self, member: &Member) -> i64 {
        let mut state = self.state();
        state.members.retain(|other| !std::ptr::eq(&**other, member));
        member.last_heard().max(state.position)
    }

    pub(super) fn pass(self: &Arc<Self>, passing: Passing) {
        let mut state = self.state();
        if state.members.is_empty() {
            return;
        }
        // The same once more: only the latest of them matters, where it came.
        state.passing.retain(|waiting| *waiting != passing);
        if state.passing.len() >= PASSING {
            state.passing.pop_front();
        }
        state.passing.push_back(passing);
        drop(state);
        self.wake();
    }

    /// There is news in a conversation; it is kept for the first member while there is none.
    pub(super) fn bump(self: &Arc<Self>, conversation: Uuid) {
        let mut state = self.state();
        if !state.bumped.contains(&conversation) {
            state.bumped.push(conversation);
        }
        drop(state);
        self.wake();
    }

    /// Where there is news that nobody was told of.
    pub(super) fn untold(&self) -> Vec<Uuid> {
        let state = self.state();
        state.bumping.iter().chain(&state.bumped).copied().collect()
    }

    /// Sees to it that what there is to tell is told.
    pub(super) fn wake(self: &Arc<Self>) {
        let mut state = self.state();
        if state.working {
            drop(state);
            self.woken.notify_one();
            return;
        }
        state.working = true;
        drop(state);
        let group = self.clone();
        tokio::spawn(async move {
            // Whatever happens to it, the work is taken up again: nobody else would.
            while AssertUnwindSafe(group.work()).catch_unwind().await.is_err() {
                tracing::error!(stream = %group.tail.stream.id, "telling what happens panicked");
                tokio::time::sleep(BREATH).await;
            }
        });
    }

    async fn work(&self) {
        loop {
            match self.next() {
                Job::Rest => return,
                Job::Events(after) => self.tell_events(after).await,
                Job::Pass(passing) => {
                    let told = self.tell_passing(passing).await;
                    self.deliver(None, told);
                }
                Job::Bumps(conversations) => {
                    for conversation in conversations {
                        // However many wait for such news, it takes no more than its share of the server.
                        let _turn = self.run.engine.hub.bumps().await;
                        let told = self.tell_passing(Passing::Bumped { conversation }).await;
                        self.deliver(None, told);
                        self.has_bumped(conversation);
                    }
                }
                Job::Wait(until) => {
                    let _ = tokio::time::timeout_at(until, self.woken.notified()).await;
                }
            }
        }
    }

    fn next(&self) -> Job {
        let mut state = self.state();
        if state.members.is_empty() {
            state.working = false;
            state.passing.clear();
            return Job::Rest;
        }
        // A stream that was set back is told of, too.
        if self.tail.position() != state.position {
            return Job::Events(state.position);
        }
        if let Some(passing) = state.passing.pop_front() {
            return Job::Pass(passing);
        }
        if !state.bumped.is_empty() {
            let now = Instant::now();
            if now < state.next_bump {
                return Job::Wait(state.next_bump);
            }
            state.next_bump = now + BUMPS;
            let mut bumped = std::mem::take(&mut state.bumped);
            bumped.append(&mut state.bumping);
            state.bumping.clone_from(&bumped);
            return Job::Bumps(bumped);
        }
        state.working = false;
        Job::Rest
    }

    /// Those who have left meanwhile take the news with them.
    fn has_bumped(&self, conversation: Uuid) {
        let mut state = self.state();
        if !state.members.is_empty() {
            state.bumping.retain(|bumping| *bumping != conversation);
        }
    }

    async fn tell_events(&self, after: i64) {
        let app = &self.run.engine.app;
        match self.tail.after(app, after).await {
            Ok(Read::Events(events)) if events.is_empty() => self.reset(after).await,
            Ok(Read::Events(events)) => {
                for event in events {
                    if event.access {
                        self.ask_again(&event).await;
                    }
                    let told = self.tell(&event).await;
                    // It shows what there is by now: to those who may hear it by now.
                    if self.is_shared && told.is_some() && self.has_changed_since(&event).await {
                        self.ask_again(&event).await;
                    }
                    self.deliver(Some(event.seq), told);
                }
            }
            Ok(Read::TooOld | Read::Ahead) => self.reset(after).await,
            Err(error) => {
                tracing::warn!(%error, "events wait for the database");
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    /// The stream does not go on where it was left: its followers have to load again.
    async fn reset(&self, after: i64) {
        let position = self.tail.position();
        let reason = match position < after {
            true => StreamResetReason::ServerRestored,
            false => StreamResetReason::CursorTooOld,
        };
        let told = self.run.tell(self.happening(Some(position), What::Reset(reason))).await;
        let told = told.map(|payload| self.told(payload, Some(position)));
        let mut state = self.state();
        state.position = position;
        state.forget();
        for member in &state.members {
            member.heard(position);
            if let Some(told) = &told {
                member.push(told);
            }
        }
    }

    /// What tells an event to the members.
    pub(super) async fn tell(&self, event: &Arc<Event>) -> Option<Arc<Told>> {
        if let Some(told) = self.recent(event.seq) {
            return told;
        }
        let seq = event.seq;
        let happening =
            Happening { at: event.at, ..self.happening(Some(seq), What::Event(event.clone())) };
        let payload = self.run.tell(happening).await;
        payload.map(|payload| self.told(payload, Some(seq)))
    }

    async fn tell_passing(&self, passing: Passing) -> Option<Arc<Told>> {
        let payload = self.run.tell(self.happening(None, What::Passing(passing))).await;
        payload.map(|payload| self.told(payload, None))
    }

    fn recent(&self, seq: i64) -> Option<Option<Arc<Told>>> {
        let state = self.state();
        let found = state.recent.iter().rev().find(|(kept, _)| *kept == seq);
        found.map(|(_, told)| told.clone())
    }

    pub(super) fn happening(&self, seq: Option<i64>, what: What) -> Happening {
        let (stream, cursor) = (self.tail.stream, seq.map(|seq| Cursor { seq }));
        Happening { stream, cursor, at: self.run.engine.app.clock.now(), what }
    }

    fn told(&self, payload: Bytes, seq: Option<i64>) -> Arc<Told> {
        let cursor = seq.map(|seq| Cursor { seq }.encode(self.tail.stream).into());
        Arc::new(Told { payload, cursor })
    }

    /// Hands something to every member who has not heard it.
    fn deliver(&self, seq: Option<i64>, told: Option<Arc<Told>>) {
        let mut state = self.state();
        if let Some(told) = &told {
            state.members.retain(|member| {
                let has_heard = seq.is_some_and(|seq| member.last_heard() >= seq);
                has_heard || member.push(told)
            });
        }
        if let Some(seq) = seq {
            state.position = seq;
            if self.is_shared {
                state.recent_bytes += told.as_ref().map_or(0, |told| told.payload.len());
                state.recent.push_back((seq, told));
                while state.recent.len() > KEPT || state.recent_bytes > KEPT_BYTES {
                    let Some((_, old)) = state.recent.pop_front() else { break };
                    state.recent_bytes -= old.map_or(0, |old| old.payload.len());
                }
            }
        }
    }

    /// Whether a later event may have changed who hears the stream, before this one was read to be told.
    async fn has_changed_since(&self, event: &Event) -> bool {
        let db = self.run.engine.app.db.fresh();
        // Those who are asked once too often lose nothing.
        streams::changes_access_after(db, self.tail.stream.id, event.seq).await.unwrap_or(true)
    }

    /// Asks who may still hear the stream, and ends the subscriptions of the others.
    async fn ask_again(&self, event: &Event) {
        let members = {
            let mut state = self.state();
            // Told to those who could hear it then.
            state.forget();
            state.members.clone()
        };
        let members: Vec<_> =
            members.into_iter().filter(|member| member.last_heard() < event.seq).collect();
        let actors: Vec<Actor> = members.iter().map(|member| member.actor()).collect();
        let hear = self.hear(&actors).await;
        for (member, hears) in members.iter().zip(hear) {
            if !hears {
                self.detach(member);
                // They may read slowly: the others don't wait for that.
                let (member, stream) = (member.clone(), self.tail.stream);
                tokio::spawn(async move { member.lost(stream).await });
            } else if !self.is_shared {
                member.reopen();
            }
        }
    }

    /// Which of these may hear the stream now. While it can't be found out nothing is told, and nobody sent away.
    async fn hear(&self, actors: &[Actor]) -> Vec<bool> {
        let mut wait = BREATH;
        loop {
            match self.try_to_hear(actors).await {
                Ok(hear) => return hear,
                Err(error) => tracing::warn!(%error, "can't find out who may hear a stream"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST);
        }
    }

    /// Which of these may hear the stream now.
    pub(super) async fn try_to_hear(&self, actors: &[Actor]) -> Result<Vec<bool>> {
        let app = &self.run.engine.app;
        within(app, (self.hears)(app, self.tail.stream.id, actors)).await
    }
}
