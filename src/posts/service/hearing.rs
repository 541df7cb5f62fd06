use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::visible;
use crate::{
    Actor, Cx, Error, Result,
    app::App,
    entity::post::{self, Column, Visibility},
    members,
    posts::policy::{self, Readers},
};

/// The key of a post whose discussion the actor may follow: one that they may read.
pub async fn heard(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let missing = || Error::not_found("post");
    let rows =
        visible(cx).select_only().column(Column::Id).filter(Column::Id.eq(id.ok_or_else(missing)?));
    rows.into_tuple().one(cx.db).await?.ok_or_else(missing)
}

/// Which of these actors may read a post now, in their order: at most three statements, however many they are.
pub async fn hears(app: &App, post: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let db = app.db.fresh();
    let row: Option<(Uuid, Visibility)> = post::Entity::find_by_id(post)
        .select_only()
        .columns([Column::AuthorId, Column::Visibility])
        .into_tuple()
        .one(db)
        .await?;
    let Some((author, visibility)) = row else { return Ok(vec![false; actors.len()]) };
    let members: Vec<Uuid> = actors.iter().filter_map(Actor::id).collect();
    let (apart, followers) = Default::default();
    let mut readers = Readers { author, visibility, apart, followers };
    if !members.is_empty() {
        readers.apart = members::service::apart_from(db, author, &members).await?;
        if visibility == Visibility::Followers {
            readers.followers = members::service::followers_among(db, author, &members).await?;
        }
    }
    Ok(actors.iter().map(|actor| policy::reads(actor, &readers)).collect())
}
