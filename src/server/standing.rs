//! Whether those whose connections stay open may still be here: what ended their session in whatever process
//! ends their connections within a second, and what renewed it prolongs them.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, MissedTickBehavior, interval},
};
use uuid::Uuid;

use super::Patience;
use crate::{
    Result,
    accounts::{self, Entry, Pass},
    app::App,
    cx::Member,
    infra::{
        bus::{Heard, Listener, Note},
        presence::Presence,
    },
};

/// How long before it ends a connection is told at most.
const NOTICE: TimeDelta = TimeDelta::seconds(60);

/// How long before it ends a connection is told: a minute, or a quarter of a token's life where that is shorter,
/// so that whoever renews it is not told again at once.
fn notice(app: &App) -> TimeDelta {
    let life = TimeDelta::from_std(app.config.access_token_life).unwrap_or(TimeDelta::MAX);
    NOTICE.min(life / 4)
}

/// Everybody whose connection stays open, by what they came in by.
#[derive(Debug, Default)]
pub(super) struct Standings {
    groups: Mutex<Groups>,
    /// There is something to look at.
    due: Notify,
    /// Moves on with each note that may have ended somebody's stay.
    heard: AtomicU64,
}

#[derive(Debug, Default)]
struct Groups {
    by_pass: HashMap<Pass, Group>,
    by_member: HashMap<Uuid, HashSet<Pass>>,
    /// Of whom to ask the database.
    doubtful: HashSet<Pass>,
    /// How many groups there ever were.
    made: u64,
}

/// The connections that rest on the same session or token.
#[derive(Debug)]
struct Group {
    number: u64,
    seats: usize,
    standing: watch::Sender<Standing>,
}

/// How somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// As whom, with their rights of now.
    pub(super) member: Member,
    /// Until when.
    pub(super) until: Option<DateTime<Utc>>,
    /// Whether that is soon.
    pub(super) is_expiring: bool,
    /// Whether it is over.
    pub(super) has_ended: bool,
}

impl Standing {
    fn of(app: &App, entry: Entry, now: DateTime<Utc>) -> Self {
        let notice = notice(app);
        let Entry { member, until, .. } = entry;
        let is_expiring = until.is_some_and(|until| until - now <= notice);
        Self { member, until, is_expiring, has_ended: until.is_some_and(|until| until <= now) }
    }
}

/// The part of one connection in all this; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    standings: Arc<Standings>,
    pass: Pass,
    group: u64,
    standing: watch::Receiver<Standing>,
    _around: Around,
}

/// A member is around for as long as a connection of theirs is open.
#[derive(Debug)]
struct Around(Presence, Uuid);

impl Around {
    fn new(presence: &Presence, member: Uuid) -> Self {
        presence.arrive(member);
        Self(presence.clone(), member)
    }
}

impl Drop for Around {
    fn drop(&mut self) {
        self.0.depart(self.1);
    }
}

impl Seat {
    /// How its member stands now.
    pub(super) fn now(&self) -> Standing {
        *self.standing.borrow()
    }

    /// Tells of changes from now on.
    pub(super) fn watch(&self) -> Watched {
        Watched(self.standing.clone())
    }

    /// Waits until its member may not stay. Cancel safe.
    pub(super) async fn ended(&self) {
        // Fails when the group is gone, which has then ended.
        let _ = self.standing.clone().wait_for(|standing| standing.has_ended).await;
    }
}

/// Tells how a member stands.
#[derive(Debug)]
pub(super) struct Watched(watch::Receiver<Standing>);

impl Watched {
    /// How the member stands, once that has changed. Cancel safe.
    pub(super) async fn changed(&mut self) -> Standing {
        match self.0.changed().await {
            Ok(()) => *self.0.borrow_and_update(),
            // The group is taken apart after it has ended, and not before.
            Err(_) => Standing { has_ended: true, ..*self.0.borrow() },
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut groups = self.standings.lock();
        let Some(group) = groups.by_pass.get_mut(&self.pass) else { return };
        if group.number != self.group {
            return;
        }
        group.seats -= 1;
        if group.seats == 0 {
            groups.remove(self.pass);
        }
    }
}

impl Groups {
    fn remove(&mut self, pass: Pass) {
        let Some(group) = self.by_pass.remove(&pass) else { return };
        let member = group.standing.borrow().member.id;
        if let Some(passes) = self.by_member.get_mut(&member) {
            passes.remove(&pass);
            if passes.is_empty() {
                self.by_member.remove(&member);
            }
        }
    }
}

impl Standings {
    /// To be called before a credential is looked at, and handed to [`Standings::seat`].
    pub(super) fn mark(&self) -> u64 {
        self.heard.load(Ordering::SeqCst)
    }

    /// Watches over somebody who has just come in.
    pub(super) fn seat(self: &Arc<Self>, app: &App, entry: Entry, mark: u64) -> Seat {
        let now = app.clock.now();
        let mut guard = self.lock();
        let groups = &mut *guard;
        let fresh = Standing::of(app, entry, now);
        let pass = entry.pass;
        groups.by_member.entry(entry.member.id).or_default().insert(pass);
        let group = groups.by_pass.entry(pass).or_insert_with(|| {
            groups.made += 1;
            Group { number: groups.made, seats: 0, standing: watch::Sender::new(fresh) }
        });
        group.seats += 1;
        // An older access token of a session that was renewed since takes nothing away.
        group.standing.send_if_modified(|standing| {
            let later = fresh.until.zip(standing.until).is_some_and(|(new, old)| new > old);
            if later {
                *standing = fresh;
            }
            later
        });
        let (standing, number) = (group.standing.subscribe(), group.number);
        // What was said while the credential was looked at may have been about it.
        if self.mark() != mark {
            groups.doubtful.insert(pass);
            self.due.notify_one();
        }
        drop(guard);
        let _around = Around::new(&app.presence, entry.member.id);
        Seat { standings: self.clone(), pass, group: number, standing, _around }
    }

    /// Listens to what changes somebody's rights, for as long as it runs: forgets what this process believes of
    /// them, and has a look at those who are here.
    pub(super) async fn listen(&self, app: &App, mut listener: Listener) {
        while let Some(heard) = listener.next().await {
            match heard {
                Heard::Note(Note::Session { session }) => {
                    app.passes.sessions.forget(&session);
                    self.doubt(|_| [Pass::Session(session)]);
                }
                Heard::Note(Note::Rights { member }) => {
                    app.passes.forget_member(&member);
                    self.doubt(|groups| groups.by_member.get(&member).cloned().unwrap_or_default());
                }
                Heard::Lost => {
                    app.passes.forget_all();
                    self.doubt_all();
                }
                Heard::Note(_) => {}
            }
        }
    }

    /// Ends and prolongs stays, for as long as it runs.
    pub(super) async fn watch(&self, app: &App, patience: &Patience) {
        let mut ticks = interval(patience.look);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut all_seen = Instant::now();
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    if !app.bus.is_whole() || all_seen.elapsed() >= patience.look_at_all {
                        all_seen = Instant::now();
                        self.doubt_all();
                    }
                    self.tick(app);
                }
                () = self.due.notified() => {}
            }
            let doubtful = std::mem::take(&mut self.lock().doubtful);
            let passes: Vec<Pass> = doubtful.into_iter().collect();
            if passes.is_empty() {
                continue;
            }
            let found = accounts::standing(app, &passes).await;
            self.settle(app, &passes, found);
        }
    }

    /// Tells those whose time is nearly over, and doubts those whose time is.
    fn tick(&self, app: &App) {
        let (now, notice) = (app.clock.now(), notice(app));
        let mut guard = self.lock();
        let groups = &mut *guard;
        for (pass, group) in &groups.by_pass {
            let Some(until) = group.standing.borrow().until else { continue };
            if until <= now {
                groups.doubtful.insert(*pass);
            }
            group.standing.send_if_modified(|standing| {
                let tell = !standing.is_expiring && until - now <= notice;
                standing.is_expiring |= tell;
                tell
            });
        }
    }

    /// Takes in what the database said.
    fn settle(&self, app: &App, passes: &[Pass], found: Result<HashMap<Pass, Entry>>) {
        let now = app.clock.now();
        let mut guard = self.lock();
        let groups = &mut *guard;
        let found = found
            .inspect_err(|error| tracing::warn!(%error, "can't see who may still be here"))
            .ok();
        for pass in passes.iter().copied() {
            let Some(group) = groups.by_pass.get(&pass) else { continue };
            let before = *group.standing.borrow();
            let after = match &found {
                Some(found) => found.get(&pass).map(|entry| Standing::of(app, *entry, now)),
                // While the database is away everybody stays for as long as they were told.
                None => {
                    groups.doubtful.insert(pass);
                    Some(before).filter(|standing| standing.until.is_none_or(|until| now < until))
                }
            };
            let after = after.unwrap_or(Standing { has_ended: true, ..before });
            group.standing.send_if_modified(|standing| {
                let differs = *standing != after;
                *standing = after;
                differs
            });
            if after.has_ended {
                groups.doubtful.remove(&pass);
                groups.remove(pass);
            }
        }
    }

    fn doubt<P: IntoIterator<Item = Pass>>(&self, which: impl FnOnce(&Groups) -> P) {
        self.heard.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock();
        let groups = &mut *guard;
        let which: Vec<_> =
            which(groups).into_iter().filter(|pass| groups.by_pass.contains_key(pass)).collect();
        if !which.is_empty() {
            groups.doubtful.extend(which);
            self.due.notify_one();
        }
    }

    fn doubt_all(&self) {
        self.doubt(|groups| groups.by_pass.keys().copied().collect::<Vec<_>>());
    }

    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
