//! One subscriber.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use super::{
    group::Group,
    outbox::{Outbox, Sent, Told},
    run::Run,
};
use crate::{
    Actor, cx,
    entity::account::Role,
    graph::{Happening, Held, StreamResetReason, What},
    infra::bus::Passing,
    streams::Stream,
};

/// One subscriber: what they asked for, and where the results go.
pub(super) struct Member {
    run: Mutex<Arc<Run>>,
    outbox: Outbox,
    operation: u64,
    /// The number of the event told last.
    last: AtomicI64,
    home: Mutex<Home>,
}

#[derive(Default)]
struct Home {
    group: Option<Arc<Group>>,
    /// What is held for as long as it hears what it hears now.
    held: Option<Held>,
    has_ended: bool,
    /// Whether a task looks for its place; there is never more than one.
    is_moving: bool,
    /// Whether what it may hear or follow may have changed since it was opened.
    is_doubted: bool,
    /// What to tell once there is a group.
    waiting: Vec<Passing>,
}

impl Member {
    /// A subscriber that is being opened, and looks for its place after that.
    pub(super) fn new(run: Run, outbox: Outbox, operation: u64) -> Arc<Self> {
        let home = Mutex::new(Home { is_moving: true, ..Home::default() });
        let (run, last) = (Mutex::new(Arc::new(run)), AtomicI64::new(0));
        Arc::new(Self { run, outbox, operation, last, home })
    }

    fn home(&self) -> MutexGuard<'_, Home> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What runs for it.
    pub(super) fn run(&self) -> Arc<Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// As whom it hears.
    pub(super) fn actor(&self) -> Actor {
        self.run().caller.actor
    }

    /// Has another role from now on.
    pub(super) fn set_role(&self, role: Role) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Actor::Member(member) = run.caller.actor
            && member.role != role
        {
            let mut changed = Run::clone(&run);
            changed.caller.actor = Actor::Member(cx::Member { role, ..member });
            *run = Arc::new(changed);
        }
    }

    pub(super) fn last_heard(&self) -> i64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Notes that everything up to `seq` was told.
    pub(super) fn heard(&self, seq: i64) {
        self.last.store(seq, Ordering::Relaxed);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.home().has_ended
    }

    /// Puts something into the outbox without waiting; answers whether the connection still stands.
    pub(super) fn push(&self, told: &Arc<Told>) -> bool {
        self.outbox.push(self.next(told.clone()))
    }

    /// Puts something into the outbox once there is room.
    pub(super) async fn send(&self, told: Arc<Told>) -> bool {
        self.outbox.send(self.next(told)).await
    }

    fn next(&self, told: Arc<Told>) -> Sent {
        Sent::Next { operation: self.operation, told }
    }

    /// Takes a place in a group that has heard no more than `seq`; answers whether it was taken, or is not
    /// wanted any more.
    pub(super) fn settle(self: &Arc<Self>, group: &Arc<Group>, seq: i64) -> bool {
        let mut home = self.home();
        if home.has_ended {
            return true;
        }
        let settled = group.attach(self, seq);
        if settled {
            home.group = Some(group.clone());
            let waiting = std::mem::take(&mut home.waiting);
            drop(home);
            for passing in waiting {
                self.pass(passing);
            }
        }
        settled
    }

    /// Holds what its topic wants to be held, until it ends or is opened anew.
    pub(super) fn hold(&self, held: Option<Held>) {
        let mut home = self.home();
        if !home.has_ended {
            home.held = held;
        }
    }

    /// Leaves its group; answers it, with the number of the event that was told last.
    pub(super) fn leave(&self) -> Option<(Arc<Group>, i64)> {
        let group = self.home().group.take()?;
        let last = group.detach(self);
        Some((group, last))
    }

    /// Ends: nothing is told any more.
    pub(super) fn end(&self) {
        let mut home = self.home();
        home.has_ended = true;
        let _held = home.held.take();
        drop(home);
        self.leave();
    }

    /// Tells something to this subscriber alone.
    pub(super) async fn tell_alone(&self, stream: Stream, what: What) {
        let run = self.run();
        let at = run.engine.app.clock.now();
        let happening = Happening { stream, cursor: None, at, what };
        if let Some(payload) = run.tell(happening).await
            && !self.has_ended()
        {
            self.send(Arc::new(Told { payload, cursor: None })).await;
        }
    }

    /// Tells something passing to this subscriber alone.
    pub(super) fn pass(self: &Arc<Self>, passing: Passing) {
        let mut home = self.home();
        let Some(group) = home.group.clone() else { return home.waiting.push(passing) };
        drop(home);
        let member = self.clone();
        tokio::spawn(async move {
            member.tell_alone(group.tail.stream, What::Passing(passing)).await;
        });
    }

    /// May not hear the stream any more: is told so, and ends.
    pub(super) async fn lost(&self, stream: Stream) {
        self.tell_alone(stream, What::Reset(StreamResetReason::AccessChanged)).await;
        if !self.has_ended() {
            self.outbox.send(Sent::Complete { operation: self.operation }).await;
        }
        self.end();
    }

    /// Nothing can be told to it any more, and it is not known why: its connection is closed with a code at which
    /// clients come back.
    pub(super) fn cut(&self) {
        self.outbox.cut();
        self.end();
    }

    /// What it may hear or follow may have changed: looks for its place anew, once it has found the one that it is
    /// looking for.
    pub(super) fn reopen(self: &Arc<Self>) {
        let mut home = self.home();
        home.is_doubted = true;
        if home.is_moving || home.has_ended {
            return;
        }
        home.is_moving = true;
        drop(home);
        tokio::spawn(super::join::move_on(self.clone()));
    }

    /// Whether there is a reason to look for its place anew, now that it has been found; else it stays there.
    pub(super) fn is_to_move(&self) -> bool {
        let mut home = self.home();
        home.is_moving = std::mem::take(&mut home.is_doubted) && !home.has_ended;
        home.is_moving
    }
}
