use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result, chat,
    entity::{
        conversation, portfolio_item, post, task,
        watch::{self, Column, Level},
    },
    notifications::policy,
    portfolio, posts, sql, tasks,
};

/// Something of which people say how much they want to hear, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum On {
    /// A post, with what stands under it.
    Post(Uuid),
    /// A portfolio item, with what stands under it.
    PortfolioItem(Uuid),
    /// A conversation.
    Conversation(Uuid),
    /// A task, with what stands under it.
    Task(Uuid),
}

impl On {
    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Post(key)
            | Self::PortfolioItem(key)
            | Self::Conversation(key)
            | Self::Task(key) => key,
        }
    }

    /// The column of a watch that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Post(_) => Column::PostId,
            Self::PortfolioItem(_) => Column::PortfolioItemId,
            Self::Conversation(_) => Column::ConversationId,
            Self::Task(_) => Column::TaskId,
        }
    }
}

/// Whether there is such a thing that the actor may see; if so it is locked against a deletion at the same moment.
async fn stands(cx: Cx<'_>, tx: &impl ConnectionTrait, on: On) -> Result<bool> {
    Ok(match on {
        On::Post(id) => {
            let row = posts::service::visible(cx).filter(post::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::PortfolioItem(id) => {
            let row = portfolio::service::visible(cx).filter(portfolio_item::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::Conversation(id) => {
            let row = chat::service::visible(cx).filter(conversation::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::Task(id) => {
            let row = tasks::service::visible(cx).filter(task::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
    })
}

/// Says how much the actor wants to hear of something that they may see.
pub async fn watch(cx: Cx<'_>, on: Option<On>, level: Level) -> Result<On> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("post, portfolio item, conversation or task");
    let on = on.ok_or_else(missing)?;
    let tx = cx.begin().await?;
    if !stands(cx, &tx, on).await? {
        return Err(missing());
    }
    let only = |other: fn(Uuid) -> On| Set((other(on.key()) == on).then_some(on.key()));
    let row = watch::ActiveModel {
        id: Set(cx.key()),
        profile_id: Set(me),
        level: Set(level),
        post_id: only(On::Post),
        portfolio_item_id: only(On::PortfolioItem),
        conversation_id: only(On::Conversation),
        submission_id: Set(None),
        task_id: only(On::Task),
    };
    let mut same = OnConflict::columns([on.column(), Column::ProfileId]);
    same.target_and_where(Expr::col(on.column()).is_not_null()).update_column(Column::Level);
    watch::Entity::insert(row).on_conflict(same).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(on)
}

/// What a member said about each of these things of one kind; of some they said nothing.
pub async fn watched(
    cx: Cx<'_>,
    me: Uuid,
    on: Column,
    keys: &[Uuid],
) -> Result<Vec<(Uuid, Level)>> {
    let rows = watch::Entity::find()
        .select_only()
        .columns([on, Column::Level])
        .filter(Column::ProfileId.eq(me))
        .filter(sql::key_in(cx.backend(), on, keys));
    Ok(rows.into_tuple().all(cx.db).await?)
}

/// Those who want to hear everything of something, by key.
pub(super) async fn watchers(db: &impl ConnectionTrait, on: On) -> Result<Vec<Uuid>> {
    let rows = watch::Entity::find()
        .select_only()
        .column(Column::ProfileId)
        .filter(on.column().eq(on.key()))
        .filter(Column::Level.eq(Level::All))
        .order_by_asc(Column::ProfileId);
    Ok(rows.into_tuple().all(db).await?)
}

/// What each of these people said about something.
pub(super) async fn levels(
    db: &impl ConnectionTrait,
    on: On,
    people: &[Uuid],
) -> Result<Vec<(Uuid, Level)>> {
    let rows = watch::Entity::find()
        .select_only()
        .columns([Column::ProfileId, Column::Level])
        .filter(on.column().eq(on.key()))
        .filter(sql::key_in(db.get_database_backend(), Column::ProfileId, people));
    Ok(rows.into_tuple().all(db).await?)
}
