//! Messages, told once for all that is said in a minute.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{News, On, Subject, watch::watchers};
use crate::{
    Cx, Result,
    entity::{
        conversation::{self, Kind as Talk},
        conversation_member::{self as member, Column as Member},
        message::{self, Column},
        notification::Kind,
    },
    sql,
};

/// The most people whose messages of one minute are told of, those who wrote last.
const AUTHORS: usize = 3;
/// The most messages that are looked at for them.
const MESSAGES: u64 = 100;

/// What was said in a conversation since this message: of each who wrote, the last, told to those who are away and
/// have not read it. In channels only who wants to hear everything is told.
pub(super) async fn said_since(cx: Cx<'_>, first: Uuid) -> Result<Vec<News>> {
    let Some(first) = message::Entity::find_by_id(first).one(cx.db).await? else {
        return Ok(Vec::new());
    };
    let id = first.conversation_id;
    let room = conversation::Entity::find_by_id(id).one(cx.db).await?;
    let Some(room) = room else { return Ok(Vec::new()) };
    let rows = message::Entity::find()
        .filter(Column::ConversationId.eq(id))
        .filter(Column::Position.gte(first.position))
        .filter(Column::Kind.eq(message::Kind::Text))
        .filter(Column::RootId.is_null())
        .filter(Column::DeletedAt.is_null())
        .order_by_desc(Column::Position)
        .limit(MESSAGES);
    let mut last: Vec<message::Model> = Vec::new();
    for row in rows.all(cx.db).await? {
        if last.len() < AUTHORS && last.iter().all(|known| known.author_id != row.author_id) {
            last.push(row);
        }
    }
    let Some(newest) = last.first() else { return Ok(Vec::new()) };
    let mut people = member::Entity::find()
        .select_only()
        .columns([Member::ProfileId])
        .column(Member::ReadNumber)
        .filter(Member::ConversationId.eq(id))
        .filter(Member::ReadNumber.lt(newest.number));
    if room.kind == Talk::Channel {
        let all = watchers(cx.db, On::Conversation(id)).await?;
        people = people.filter(sql::key_in(cx.backend(), Member::ProfileId, &all));
    }
    let people: Vec<(Uuid, i32)> = people.into_tuple().all(cx.db).await?;
    let keys: Vec<Uuid> = people.iter().map(|(key, _)| *key).collect();
    let online = cx.app.presence.online(&keys).await;
    let away = people.iter().zip(online).filter(|(_, online)| !online);
    let away: Vec<(Uuid, i32)> = away.map(|(person, _)| *person).collect();
    // The newest last: what it says stays.
    let news = last.iter().rev().map(|message| {
        let unread = away.iter().filter(|(_, read)| *read < message.number).map(|(key, _)| *key);
        let news = News::of(message.id, message.author_id).text(&message.body_html);
        let about = Subject::Conversation(id);
        news.at(On::Conversation(id)).tell(unread, Kind::Message, about)
    });
    Ok(news.collect())
}
