//! The end of one stream, as this process has read it: each event is read once, and handed to all who follow.

use std::{
    collections::VecDeque,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use futures_util::FutureExt as _;
use tokio::sync::OnceCell;

use super::group::Group;
use crate::{
    Error, Result,
    app::App,
    infra::bus::Passing,
    streams::{self, Event, Found, Stream},
};

/// Events that are kept in memory for those who are a little behind.
const KEPT: usize = 256;

/// The end of a stream.
pub(super) struct Tail {
    pub(super) stream: Stream,
    begun: OnceCell<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the latest event read; `events` ends with it.
    position: i64,
    /// The highest number heard of.
    wanted: i64,
    reading: bool,
    events: VecDeque<Arc<Event>>,
    groups: Vec<Weak<Group>>,
}

/// What follows a place in a stream.
pub(super) enum Read {
    /// The next events; there may be more. Empty at the end.
    Events(Vec<Arc<Event>>),
    /// It can't be told any more.
    TooOld,
    /// The stream has not come that far.
    Ahead,
}

impl Tail {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, begun: OnceCell::new(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out where the stream ends. To be called before anything else, by everybody.
    pub(super) async fn begin(self: &Arc<Self>, app: &Arc<App>) -> Result<()> {
        let begin = async {
            let last = within(app, streams::last_seq(app.db.fresh(), self.stream.id)).await?;
            self.state().position = last;
            Ok::<_, Error>(())
        };
        self.begun.get_or_try_init(|| begin).await?;
        // What was rung before that was known.
        let wanted = self.state().wanted;
        self.ring(app, wanted);
        Ok(())
    }

    /// The number of the latest event read.
    pub(super) fn position(&self) -> i64 {
        self.state().position
    }

    /// Tells a group of everything new from now on.
    pub(super) fn follow(&self, group: &Arc<Group>) {
        let mut state = self.state();
        state.groups.retain(|group| group.strong_count() > 0);
        state.groups.push(Arc::downgrade(group));
    }

    /// The groups that follow.
    pub(super) fn groups(&self) -> Vec<Arc<Group>> {
        self.state().groups.iter().filter_map(Weak::upgrade).collect()
    }

    /// The stream has come to `seq`: reads what is new, unless somebody does already.
    pub(super) fn ring(self: &Arc<Self>, app: &Arc<App>, seq: i64) {
        let mut state = self.state();
        state.wanted = state.wanted.max(seq);
        if state.reading || !self.begun.initialized() || state.wanted <= state.position {
            return;
        }
        state.reading = true;
        drop(state);
        let (tail, app) = (self.clone(), app.clone());
        tokio::spawn(async move {
            if AssertUnwindSafe(tail.read(&app)).catch_unwind().await.is_err() {
                tracing::error!(stream = %tail.stream.id, "reading events panicked");
                // The next ring, or the next look at all streams, tries again.
                tail.state().reading = false;
            }
        });
    }

    /// The database says that the stream has come no further than `seq`, and it was further before: a copy took its
    /// place that did not have everything.
    pub(super) fn is_set_back(&self, seq: i64) {
        let mut state = self.state();
        if state.reading || state.position <= seq {
            return;
        }
        tracing::error!(stream = %self.stream.id, seq, "a stream goes on earlier than it was left");
        (state.position, state.wanted) = (seq, seq);
        state.events.clear();
        drop(state);
        self.wake();
    }

    async fn read(&self, app: &App) {
        loop {
            let position = self.position();
            let read = streams::after(app.db.fresh(), self.stream.id, position);
            match within(app, read).await {
                Ok(Found::Events(events)) => self.take(events),
                // Nobody falls that far behind but by a database that was away for days, or was set back.
                Ok(Found::TooOld | Found::Ahead) => self.skip(app).await,
                Err(error) => {
                    tracing::warn!(%error, stream = %self.stream.id, "events can't be read now");
                    // The next ring, or the next look at all streams, tries again.
                    self.state().reading = false;
                    return;
                }
            }
            let mut state = self.state();
            if state.position == position {
                // Rung, but not there: the ring was wrong.
                state.wanted = position;
            }
            if state.wanted <= state.position {
                state.reading = false;
                return;
            }
        }
    }

    fn take(&self, events: Vec<Event>) {
        let mut state = self.state();
        for event in events {
            state.position = event.seq;
            state.events.push_back(Arc::new(event));
        }
        let spare = state.events.len().saturating_sub(KEPT);
        state.events.drain(..spare);
        drop(state);
        self.wake();
    }

    async fn skip(&self, app: &App) {
        let last = within(app, streams::last_seq(app.db.fresh(), self.stream.id)).await;
        let Ok(last) = last else { return };
        tracing::error!(stream = %self.stream.id, last, "a stream goes on elsewhere than it was left");
        let mut state = self.state();
        (state.position, state.wanted) = (last, last);
        state.events.clear();
        drop(state);
        self.wake();
    }

    fn wake(&self) {
        for group in self.groups() {
            group.wake();
        }
    }

    /// What follows the event `seq` as far as this process has read, from memory where it is there.
    pub(super) async fn after(&self, app: &App, seq: i64) -> Result<Read> {
        if seq == self.position() {
            return Ok(Read::Events(Vec::new()));
        }
        self.all_after(app, seq).await
    }

    /// What follows the event `seq` as far as it was committed, from memory where it is there.
    pub(super) async fn all_after(&self, app: &App, seq: i64) -> Result<Read> {
        {
            let state = self.state();
            let first = state.events.front().map(|event| event.seq);
            if seq < state.position && first.is_some_and(|first| first <= seq + 1) {
                let events = state.events.iter().filter(|event| event.seq > seq);
                return Ok(Read::Events(events.cloned().collect()));
            }
        }
        let read = streams::after(app.db.fresh(), self.stream.id, seq);
        Ok(match within(app, read).await? {
            Found::Events(events) => Read::Events(events.into_iter().map(Arc::new).collect()),
            Found::TooOld => Read::TooOld,
            Found::Ahead => Read::Ahead,
        })
    }

    /// Tells what is passed on the stream.
    pub(super) fn pass(&self, passing: &Passing) {
        for group in self.groups() {
            group.pass(passing.clone());
        }
    }
}

/// What the database answers, while it does so in the time of an operation: a connection whose other end is gone
/// without a word would else hold up all who follow.
pub(super) async fn within<T>(app: &App, asked: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(app.config.operation_timeout, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::Unavailable),
    }
}
