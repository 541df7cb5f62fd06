//! Who hears what happens.

use std::collections::HashSet;

use futures_util::future::{BoxFuture, FutureExt as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    Actor, Cx, Result,
    app::App,
    chat::policy,
    entity::{
        conversation::{self, Visibility},
        conversation_member::{self, Column},
    },
    sql,
};

/// How many conversations of a member are followed at once.
const FOLLOWED: u64 = 2_000;

/// Which of these actors may hear what happens in the conversation of this key; one statement for all of them.
pub fn hears_conversation<'a>(
    app: &'a App,
    id: Uuid,
    actors: &'a [Actor],
) -> BoxFuture<'a, Result<Vec<bool>>> {
    conversation_heard(app, id, actors).boxed()
}

async fn conversation_heard(app: &App, id: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let keys: Vec<Uuid> = actors.iter().filter_map(Actor::id).collect();
    let backend = app.db.backend();
    let among = sql::among(backend, "m.profile_id", 2);
    let text = format!(
        "SELECT c.visibility, m.profile_id FROM conversation c \
         LEFT JOIN conversation_member m ON m.conversation_id = c.id AND {among} WHERE c.id = $1"
    );
    // What has just changed is not on every replica yet.
    let db = app.db.fresh();
    let values = [id.into(), sql::keys(backend, &keys)];
    let rows = db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut is_public = false;
    let mut people = HashSet::with_capacity(rows.len());
    for row in rows {
        is_public = row.try_get_by_index::<Visibility>(0)? == Visibility::Public;
        people.extend(row.try_get_by_index::<Option<Uuid>>(1)?);
    }
    let hears = |actor: &Actor| {
        let reader = policy::read(actor).ok();
        reader.is_some_and(|member| is_public || people.contains(&member.id))
    };
    Ok(actors.iter().map(hears).collect())
}

/// Which of these actors may hear what concerns the member of this key: that member.
pub fn hears_viewer<'a>(
    _app: &'a App,
    id: Uuid,
    actors: &'a [Actor],
) -> BoxFuture<'a, Result<Vec<bool>>> {
    let hears = |actor: &Actor| policy::read(actor).is_ok_and(|member| member.id == id);
    let heard = actors.iter().map(hears).collect();
    async move { Ok(heard) }.boxed()
}

/// The keys of the actor's conversations with the newest activity, at most 2,000.
pub async fn most_recent(cx: Cx<'_>) -> Result<Vec<Uuid>> {
    let me = policy::read(cx.actor)?.id;
    let of_mine = conversation_member::Entity::belongs_to(conversation::Entity)
        .from(Column::ConversationId)
        .to(conversation::Column::Id);
    let rows = conversation_member::Entity::find()
        .join(JoinType::InnerJoin, of_mine.into())
        .select_only()
        .column(Column::ConversationId)
        .filter(Column::ProfileId.eq(me))
        .order_by_desc(conversation::Column::Latest)
        .limit(FOLLOWED)
        .into_tuple();
    Ok(rows.all(cx.db).await?)
}
