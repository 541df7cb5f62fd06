use std::{collections::HashMap, sync::Arc};

use sea_orm::{EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::Hit;
use crate::{
    Cx, Result, chat,
    entity::{
        file, job, organization, portfolio_item, post,
        profile::{self, Face},
        tag, task,
    },
    files,
    index::Kind,
    jobs, members, organizations, portfolio, posts, sql, tasks,
};

/// Something that was found.
#[derive(Clone, Debug)]
pub enum Thing {
    /// A member.
    Profile(Arc<profile::Model>),
    /// A post with its author.
    Post((Arc<post::Model>, Arc<Face>)),
    /// A tag.
    Tag(Arc<tag::Model>),
    /// A posting.
    Job(Arc<job::Model>),
    /// An organization.
    Organization(Arc<organization::Model>),
    /// A piece of work on show, with whose it is.
    PortfolioItem((Arc<portfolio_item::Model>, Arc<Face>)),
    /// A task.
    Task(Arc<task::Model>),
    /// A message with who wrote it.
    Message((Arc<crate::entity::message::Model>, Arc<Face>)),
    /// A file.
    File(Arc<file::Model>),
}

/// The things of hits that the actor still may see: one statement for each kind.
pub async fn load(cx: Cx<'_>, hits: &[Hit]) -> Result<HashMap<Uuid, Thing>> {
    let mut things = HashMap::with_capacity(hits.len());
    for kind in Kind::ALL {
        let these = hits.iter().filter(|hit| hit.kind == kind);
        let keys: Vec<Uuid> = these.map(|hit| hit.subject).collect();
        if !keys.is_empty() {
            of_kind(cx, kind, &keys, &mut things).await?;
        }
    }
    Ok(things)
}

async fn of_kind(
    cx: Cx<'_>,
    kind: Kind,
    keys: &[Uuid],
    things: &mut HashMap<Uuid, Thing>,
) -> Result<()> {
    let backend = cx.backend();
    match kind {
        Kind::Profile => {
            let these = sql::key_in(backend, profile::Column::Id, keys);
            let rows = members::service::visible(cx).filter(these).all(cx.db).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::Profile(row.into()))));
        }
        Kind::Post => {
            let these = sql::key_in(backend, post::Column::Id, keys);
            let rows = posts::service::visible(cx).filter(these);
            let (to, key) = (post::Column::AuthorId, profile::Column::Id);
            let rows = sql::with_one::<post::Model, Face>(rows, to, key);
            let rows = sql::pairs::<post::Model, Face>(cx.db, &rows).await?;
            let rows = posts::service::share_all(rows);
            things.extend(rows.into_iter().map(|row| (row.0.id, Thing::Post(row))));
        }
        Kind::Tag => {
            let these = sql::key_in(backend, tag::Column::Id, keys);
            let rows = tag::Entity::find().filter(these).all(cx.db).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::Tag(row.into()))));
        }
        Kind::Job => {
            let these = sql::key_in(backend, job::Column::Id, keys);
            let rows = jobs::service::visible(cx).filter(these).all(cx.db).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::Job(row.into()))));
        }
        Kind::Organization => {
            let these = sql::key_in(backend, organization::Column::Id, keys);
            let rows = organizations::service::visible(cx).filter(these).all(cx.db).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::Organization(row.into()))));
        }
        Kind::PortfolioItem => {
            let these = sql::key_in(backend, portfolio_item::Column::Id, keys);
            let rows = portfolio::service::visible(cx).filter(these);
            let (to, key) = (portfolio_item::Column::OwnerId, profile::Column::Id);
            let rows = sql::with_one::<portfolio_item::Model, Face>(rows, to, key);
            for (row, owner) in sql::pairs::<portfolio_item::Model, Face>(cx.db, &rows).await? {
                things.insert(row.id, Thing::PortfolioItem((row.into(), owner.into())));
            }
        }
        Kind::Task => {
            let these = sql::key_in(backend, task::Column::Id, keys);
            let rows = tasks::service::visible(cx).filter(these).all(cx.db).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::Task(row.into()))));
        }
        Kind::Message => {
            let rows = chat::service::messages_by_id(cx, keys).await?;
            things.extend(rows.into_iter().map(|row| (row.0.id, Thing::Message(row))));
        }
        Kind::File => {
            let these = sql::key_in(backend, file::Column::Id, keys);
            let rows = sql::shaped::<file::Model>(cx.db, files::visible(cx).filter(these)).await?;
            things.extend(rows.into_iter().map(|row| (row.id, Thing::File(row.into()))));
        }
    }
    Ok(())
}
