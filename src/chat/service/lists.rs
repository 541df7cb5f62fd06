use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DbBackend, EntityTrait as _,
    QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use super::{people_key, visible};
use crate::{
    Cx, Result,
    chat::policy,
    entity::{
        conversation::{self, Column, Kind},
        conversation_member::{self, Column as In},
    },
    page::{Ask, By, Page, Place},
    sql,
};

/// How to name one conversation.
#[derive(Clone, Debug)]
pub enum Which {
    /// By its key.
    Id(Option<Uuid>),
    /// By a channel's name.
    Channel(String),
    /// The direct talk of the actor with this profile.
    With(Option<Uuid>),
}

/// One conversation, if there is one that the actor may read.
pub async fn one(cx: Cx<'_>, which: Which) -> Result<Option<conversation::Model>> {
    let this = match which {
        Which::Id(Some(id)) => Column::Id.eq(id),
        Which::Channel(slug) if !slug.contains('\0') => {
            Column::Slug.eq(slug.trim().trim_start_matches('#').to_lowercase())
        }
        Which::With(Some(them)) => match cx.actor.id() {
            Some(me) if me != them => Column::People.eq(people_key(&[me, them])),
            _ => return Ok(None),
        },
        Which::Id(None) | Which::With(None) | Which::Channel(_) => return Ok(None),
    };
    Ok(visible(cx).filter(this).one(cx.db).await?)
}

/// Narrows the actor's conversations; all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these kinds; none is all.
    pub kinds: Vec<Kind>,
    /// With something unread.
    pub unread_only: bool,
}

/// The conversations that the actor is in, each with what they are there, newest activity first.
///
/// A direct talk stands in the list of who opened it first; in that of the other once something was said.
pub async fn mine(
    cx: Cx<'_>,
    filter: Filter,
    ask: &Ask,
) -> Result<Page<(conversation_member::Model, conversation::Model)>> {
    let me = policy::read(cx.actor)?.id;
    let mut rows =
        conversation_member::Entity::find().filter(In::ProfileId.eq(me)).filter(listed());
    if !filter.kinds.is_empty() {
        rows = rows.filter(Column::Kind.is_in(filter.kinds));
    }
    if filter.unread_only {
        rows = rows.filter(is_unread());
    }
    let rows = By::newest(Column::Latest).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<conversation_member::Model, conversation::Model>(
        rows,
        In::ConversationId,
        Column::Id,
    );
    let found = sql::pairs(cx.db, &rows).await?;
    Ok(Page::new(found, ask, |(_, row): &(_, conversation::Model)| Place::key(row.latest)))
}

/// What stands in the list of the member whose row it is: who opened a direct talk came into it with its own key.
pub fn listed() -> Condition {
    Condition::any()
        .add(Column::Kind.ne(Kind::Direct))
        .add(Column::LastPosition.gt(0))
        .add(Expr::col(In::Id.as_column_ref()).equals(Column::Id.as_column_ref()))
}

/// The same as [`listed`], of rows at hand.
pub fn is_listed(row: &conversation::Model, own: &conversation_member::Model) -> bool {
    row.kind != Kind::Direct || row.last_position > 0 || own.id == row.id
}

fn is_unread() -> SimpleExpr {
    let read = Expr::col(In::ReadNumber.as_column_ref());
    Expr::col(Column::LastNumber.as_column_ref()).gt(read)
}

/// What a member has not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Conversations with news.
    pub conversations: i64,
    /// Messages that name the member.
    pub mentions: i64,
}

/// What the actor has not read, in all their conversations.
pub async fn unread(cx: Cx<'_>) -> Result<Unread> {
    let me = policy::read(cx.actor)?.id;
    let text = "SELECT \
        COALESCE(SUM(CASE WHEN c.last_number > m.read_number THEN 1 ELSE 0 END), 0), \
        COALESCE(SUM(m.mention_count), 0) \
        FROM conversation_member m JOIN conversation c ON c.id = m.conversation_id \
        WHERE m.profile_id = $1";
    let row = cx.db.query_one_raw(sql::statement(cx.backend(), text, [me.into()])).await?;
    let row = row.ok_or_else(|| crate::Error::bug("a sum has no row"))?;
    Ok(Unread { conversations: row.try_get_by_index(0)?, mentions: row.try_get_by_index(1)? })
}

/// The open channels that the actor may read, newest activity first; with `text`, those that have it in their
/// name or title.
pub async fn channels(
    cx: Cx<'_>,
    text: Option<&str>,
    ask: &Ask,
) -> Result<Page<conversation::Model>> {
    let mut rows =
        visible(cx).filter(Column::Kind.eq(Kind::Channel)).filter(Column::ArchivedAt.is_null());
    let text = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    if let Some(text) = text {
        // PostgreSQL can't be asked for text with NUL; no channel has one.
        if text.contains('\0') {
            return Ok(Page::empty());
        }
        let has = match cx.backend() {
            DbBackend::Postgres => "strpos",
            _ => "instr",
        };
        let holds = format!("({has}(slug, $1) > 0 OR {has}(LOWER(title), $1) > 0)");
        let text = text.trim_start_matches('#');
        rows = rows.filter(sql::custom(cx.backend(), &holds, &[text.into()]));
    }
    By::newest(Column::Latest).page(cx.db, rows, ask, |row| Place::key(row.latest)).await
}
