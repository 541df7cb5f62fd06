//! What people heard, as the rows say.

use chrono::TimeDelta;
use guildhall::{
    Actor,
    cx::Hand,
    entity::{
        account, event,
        notification::{self, Kind},
        notification_actor, notification_setting, profile, watch, work_item,
    },
    notice::{self, Notice},
    queue::{self, NewItem},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use crate::kit::{TestApp, key};

impl TestApp {
    /// The notifications of somebody, the oldest first.
    pub async fn inbox(&self, whose: &Actor) -> Vec<notification::Model> {
        let rows = notification::Entity::find()
            .filter(notification::Column::ProfileId.eq(whose.id().unwrap()))
            .order_by_asc(notification::Column::Id);
        rows.all(&self.app.db.write).await.unwrap()
    }

    /// The same in words: `Reply comment by ada, ben (2): what was said`, those who caused it in the order of what
    /// they did.
    pub async fn heard(&self, whose: &Actor) -> Vec<String> {
        let mut heard = Vec::new();
        for row in self.inbox(whose).await {
            let actors = notification_actor::Entity::find()
                .filter(notification_actor::Column::NotificationId.eq(row.id))
                .order_by_asc(notification_actor::Column::ActedAt)
                .order_by_asc(notification_actor::Column::ActorId);
            let mut names = Vec::new();
            for actor in actors.all(&self.app.db.write).await.unwrap() {
                let who = profile::Entity::find_by_id(actor.actor_id).one(&self.app.db.write).await;
                names.push(who.unwrap().unwrap().handle);
            }
            let excerpt = row.excerpt.clone().unwrap_or_default();
            let (what, _) = about(&row);
            heard.push(format!(
                "{:?} {what} by {} ({}): {excerpt}",
                row.kind,
                names.join(", "),
                row.actor_count
            ));
        }
        heard
    }

    /// What nobody but the queue knows of: all notifications with those who caused them, and what was told.
    pub async fn told_so_far(&self) -> String {
        let db = &self.app.db.write;
        let order = notification::Column::Id;
        let rows = notification::Entity::find().order_by_asc(order).all(db).await.unwrap();
        let (first, second) =
            (notification_actor::Column::NotificationId, notification_actor::Column::ActorId);
        let actors = notification_actor::Entity::find().order_by_asc(first).order_by_asc(second);
        let actors = actors.all(db).await.unwrap();
        let events = event::Entity::find().filter(event::Column::Kind.eq("notification_added"));
        let events = events.order_by_asc(event::Column::StreamId).order_by_asc(event::Column::Seq);
        format!("{rows:#?} {actors:#?} {:#?}", events.all(db).await.unwrap())
    }

    /// How many notifications there are of anybody.
    pub async fn notifications(&self) -> u64 {
        self.count::<notification::Entity>(notification::Column::Id.is_not_null()).await
    }

    /// How many notices wait to be told.
    pub async fn notices(&self) -> u64 {
        self.count::<work_item::Entity>(work_item::Column::Kind.eq(notice::NOTICE.name)).await
    }

    /// Writes a notice again, as if its first telling had been forgotten.
    pub async fn tell_again(&self, notice: Notice) {
        let hand = Hand::of_server(&self.app);
        let cx = hand.cx(&self.app);
        let item = NewItem::new(&notice::NOTICE, &notice).unwrap();
        queue::add(cx, &self.app.db.write, item).await.unwrap();
        self.work().await;
    }

    /// Works, lets two minutes pass, and works again.
    pub async fn two_minutes(&self) {
        self.work().await;
        self.app.clock.advance(TimeDelta::minutes(2));
        self.work().await;
    }

    /// Somebody read all that came to them.
    pub async fn reads_all(&self, whose: &Actor) {
        for row in self.inbox(whose).await {
            let mut row = row.into_active_model();
            row.read_at = Set(Some(self.app.clock.now()));
            row.update(&self.app.db.write).await.unwrap();
        }
    }

    /// Somebody switches a kind of news off.
    pub async fn switch_off(&self, whose: &Actor, kind: Kind) {
        let profile_id = Set(whose.id().unwrap());
        let row = notification_setting::ActiveModel { profile_id, kind: Set(kind), in_app: Set(0) };
        row.insert(&self.app.db.write).await.unwrap();
    }

    /// Somebody says how much they want to hear of a post, a portfolio item, a conversation or a task.
    pub async fn watches(&self, who: &Actor, id: &str, level: watch::Level) {
        let is = |kind: &str| id.starts_with(&format!("{kind}_")).then(|| key(kind, id));
        let row = watch::ActiveModel {
            id: Set(self.app.clock.key()),
            profile_id: Set(who.id().unwrap()),
            level: Set(level),
            post_id: Set(is("post")),
            portfolio_item_id: Set(is("portfolio_item")),
            conversation_id: Set(is("conversation")),
            submission_id: Set(None),
            task_id: Set(is("task")),
        };
        row.insert(&self.app.db.write).await.unwrap();
    }

    /// Changes an account.
    pub async fn set_account(&self, whose: &Actor, change: account::ActiveModel) {
        let row = account::ActiveModel { id: Unchanged(whose.id().unwrap()), ..change };
        row.update(&self.app.db.write).await.unwrap();
    }
}

/// What a notification is about: the kind of thing and its key.
pub fn about(row: &notification::Model) -> (&'static str, Uuid) {
    let all = [
        ("post", row.post_id),
        ("comment", row.comment_id),
        ("message", row.message_id),
        ("conversation", row.conversation_id),
        ("member", row.member_id),
        ("portfolio item", row.portfolio_item_id),
        ("submission", row.submission_id),
        ("task", row.task_id),
        ("application", row.application_id),
    ];
    let mut set = all.into_iter().filter_map(|(what, key)| key.map(|key| (what, key)));
    let (one, none) = (set.next(), set.next());
    assert_eq!(none, None, "about two things");
    one.unwrap()
}
