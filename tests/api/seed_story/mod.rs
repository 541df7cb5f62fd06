//! What the demo's members did beside talking: they hired, and they planned.

mod boards;
mod hiring;
mod order;

use guildhall::{
    Actor,
    cx::{Means, Member},
    entity::{account, profile},
    seed,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{kit::TestApp, seed::write};

/// The demo with its story.
async fn demo() -> TestApp {
    let app = TestApp::new().await;
    let community = seed::demo(app.app.clock.now()).unwrap();
    write(&app, &community).await;
    seed::tell_story(&app.app, &community).await.unwrap();
    app
}

/// A member of the demo, who signed in just now.
async fn actor(app: &TestApp, handle: &str) -> Actor {
    let found = profile::Entity::find().filter(profile::Column::Handle.eq(handle));
    let id = found.one(&app.app.db.write).await.unwrap().unwrap().id;
    let account = account::Entity::find_by_id(id).one(&app.app.db.write).await.unwrap().unwrap();
    let means = Means::Session { id: Uuid::nil(), proved_at: app.app.clock.now() };
    Actor::Member(Member { id, role: account.role, means })
}
