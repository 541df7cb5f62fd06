//! Notifications as they are once they were told, for the tests of what is shown of them.

use guildhall::{
    Actor,
    entity::{
        notification::{self, Kind},
        notification_actor,
    },
    graph::{decode_any, encode},
};
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use crate::kit::TestApp;

/// Writes an unread notification for `to` about what `subject` names, caused by these; answers its id.
pub async fn told(app: &TestApp, to: &Actor, by: &[&Actor], kind: Kind, subject: &str) -> String {
    let id = app.app.clock.key();
    let (what, key) = decode_any(subject).unwrap();
    let only = |name: &str| Set((what == name).then_some(key));
    let row = notification::ActiveModel {
        id: Set(id),
        profile_id: Set(to.id().unwrap()),
        kind: Set(kind),
        post_id: only("post"),
        comment_id: only("comment"),
        message_id: only("message"),
        conversation_id: only("conversation"),
        member_id: only("profile"),
        portfolio_item_id: only("portfolio_item"),
        submission_id: only("submission"),
        task_id: Set(None),
        application_id: Set(None),
        excerpt: Set(Some("the beginning".to_owned())),
        news_at: Set(app.app.clock.now()),
        read_at: Set(None),
        mailed_at: Set(None),
        actor_count: Set(i32::try_from(by.len()).unwrap()),
    };
    notification::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    for (at, actor) in (0..).zip(by) {
        let row = notification_actor::ActiveModel {
            notification_id: Set(id),
            actor_id: Set(actor.id().unwrap()),
            acted_at: Set(app.app.clock.now() + chrono::TimeDelta::seconds(at)),
        };
        notification_actor::Entity::insert(row).exec(&app.app.db.write).await.unwrap();
    }
    encode("notification", id).to_string()
}
