use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::visible;
use crate::{
    Actor, Cx, Error, Result,
    app::App,
    entity::{
        collaborator,
        portfolio_item::{self, Column},
        post::Visibility,
    },
    members,
    portfolio::policy::{self, Readers},
    sql,
};

/// The key of an item whose discussion the actor may follow: one that they may see.
pub async fn heard(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let missing = || Error::not_found("portfolio item");
    let rows =
        visible(cx).select_only().column(Column::Id).filter(Column::Id.eq(id.ok_or_else(missing)?));
    rows.into_tuple().one(cx.db).await?.ok_or_else(missing)
}

/// Which of these actors may see an item now, in their order: at most four statements, however many they are.
pub async fn hears(app: &App, item: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let db = app.db.fresh();
    let row: Option<(Uuid, Visibility, Option<Uuid>)> = portfolio_item::Entity::find_by_id(item)
        .select_only()
        .columns([Column::OwnerId, Column::Visibility, Column::Publication])
        .into_tuple()
        .one(db)
        .await?;
    let Some((owner, visibility, publication)) = row else { return Ok(vec![false; actors.len()]) };
    let members: Vec<Uuid> = actors.iter().filter_map(Actor::id).collect();
    let (apart, followers, credited) = Default::default();
    let published = publication.is_some();
    let mut readers = Readers { owner, visibility, published, apart, followers, credited };
    if !members.is_empty() {
        readers.apart = members::service::apart_from(db, owner, &members).await?;
        if published && visibility == Visibility::Followers {
            readers.followers = members::service::followers_among(db, owner, &members).await?;
        }
        if !published || visibility == Visibility::Followers {
            let credited: Vec<Uuid> = collaborator::Entity::find()
                .select_only()
                .column(collaborator::Column::ProfileId)
                .filter(collaborator::Column::PortfolioItemId.eq(item))
                .filter(collaborator::Column::State.ne(collaborator::State::Refused))
                .filter(sql::key_in(app.db.backend(), collaborator::Column::ProfileId, &members))
                .into_tuple()
                .all(db)
                .await?;
            readers.credited = credited.into_iter().collect();
        }
    }
    Ok(actors.iter().map(|actor| policy::reads(actor, &readers)).collect())
}
