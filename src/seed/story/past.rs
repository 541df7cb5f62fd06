//! A community's past: what its members did, done by the services on the day on which they did it.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use uuid::Uuid;

use crate::{
    Actor, Cx,
    app::App,
    clock::Clock,
    cx::{Means, Member},
    entity::{account::Role, email, job, task, work_item},
    infra::reader::Reader,
    queue::Queue,
    seed::{Community, dice::Dice},
};

/// A server whose clock shows a time that is over, and goes on to today.
pub(super) struct Past<'a> {
    pub(super) app: App,
    community: &'a Community,
    reads: Reader,
}

impl<'a> Past<'a> {
    /// Goes back so many days from what the clock of `app` shows.
    pub(super) fn begin(app: &App, community: &'a Community, days: i64) -> Result<Self> {
        let clock = Clock::held(app.clock.now() - TimeDelta::days(days));
        let reads = Reader::Pool(app.db.fresh().clone());
        Ok(Self { app: app.at(clock)?, community, reads })
    }

    /// Goes on to a later time.
    pub(super) fn until(&self, at: DateTime<Utc>) {
        self.app.clock.advance((at - self.app.clock.now()).max(TimeDelta::zero()));
    }

    /// The key of a member, by handle.
    pub(super) fn id(&self, handle: &str) -> Result<Uuid> {
        self.member(handle).map(|member| member.id)
    }

    /// The member of this handle, who signed in just now.
    pub(super) fn actor(&self, handle: &str) -> Result<Actor> {
        let member = self.member(handle)?;
        let means = Means::Session { id: Uuid::nil(), proved_at: self.app.clock.now() };
        Ok(Actor::Member(Member { id: member.id, role: member.role, means }))
    }

    /// Who runs the community.
    pub(super) fn staff(&self) -> Result<Actor> {
        let found = self.community.members.iter().find(|member| member.role >= Role::Moderator);
        self.actor(&found.context("nobody runs the demo")?.handle)
    }

    /// Who posted a job.
    pub(super) async fn hires(&self, job: Uuid) -> Result<Actor> {
        let row = job::Entity::find_by_id(job).one(self.app.db.fresh()).await?;
        let by = row.and_then(|row| row.posted_by_id);
        let mut members = self.community.members.iter();
        let found = members.find(|member| Some(member.id) == by).context("nobody posted it")?;
        self.actor(&found.handle)
    }

    /// What services are given for somebody.
    pub(super) fn cx<'b>(&'b self, actor: &'b Actor) -> Cx<'b> {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Cx { app: &self.app, actor, address, db: &self.reads }
    }

    fn member(&self, handle: &str) -> Result<&crate::seed::community::Member> {
        let found = self.community.member(handle);
        let found = found.and_then(|place| self.community.members.get(place));
        found.with_context(|| format!("nobody of the demo is called {handle}"))
    }
}

/// What happens when, in the order in which it was noted until it is told in the order of time.
pub(super) struct Story<T> {
    today: DateTime<Utc>,
    dice: Dice,
    acts: Vec<(DateTime<Utc>, T)>,
}

impl<T> Story<T> {
    pub(super) fn new(today: DateTime<Utc>, seed: u64) -> Self {
        Self { today, dice: Dice::new(seed), acts: Vec::new() }
    }

    /// Some moment of the six hours that begin so many days ago.
    pub(super) fn day(&mut self, ago: i64) -> DateTime<Utc> {
        let minutes = i64::try_from(self.dice.below(360)).unwrap_or_default();
        self.today - TimeDelta::days(ago) + TimeDelta::minutes(minutes)
    }

    /// So many hundredths of the way from `begin` to today.
    pub(super) fn along(&self, begin: DateTime<Utc>, hundredths: i32) -> DateTime<Utc> {
        begin + (self.today - begin) / 100 * hundredths
    }

    pub(super) fn note(&mut self, at: DateTime<Utc>, act: T) {
        self.acts.push((at, act));
    }

    /// All of it, the earliest first; of what happens at one moment, what was noted first.
    pub(super) fn told(mut self) -> Vec<(DateTime<Utc>, T)> {
        self.acts.sort_by_key(|(at, _)| *at);
        self.acts
    }
}

/// Nobody is written to, or told, about what is made up: takes away what waits for that.
pub(super) async fn hush(app: &App) -> Result<()> {
    let db = &app.db.write;
    let queues = [Queue::Mail, Queue::BulkMail, Queue::News].map(Queue::name);
    let asked = work_item::Entity::delete_many();
    asked.filter(work_item::Column::Queue.is_in(queues)).exec(db).await?;
    let about = ["application_received", "application_update", "job_alert"];
    let mails = email::Entity::delete_many();
    mails.filter(email::Column::TemplateKey.is_in(about)).exec(db).await?;
    // Those whose time comes within a day were told of it as far as anybody knows.
    let soon = app.clock.now() + TimeDelta::days(1);
    task::Entity::update_many()
        .col_expr(task::Column::DueToldAt, Expr::col(task::Column::DueAt))
        .filter(task::Column::DueAt.lte(soon))
        .exec(db)
        .await?;
    Ok(())
}
