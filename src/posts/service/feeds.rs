use std::sync::Arc;

use sea_orm::{
    ColumnTrait as _, Condition, DbBackend, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{BinOper, Expr, ExprTrait as _, Order, SimpleExpr},
};
use uuid::Uuid;

use super::visible;
use crate::{
    Cx, Error, Result,
    check::each_once,
    entity::{
        mute,
        post::{self, Column, Kind},
        post_tag, profile, tag,
    },
    page::{Ask, By, Page, Place, Rank},
    posts::policy,
    sql, tags,
};

/// A post with who wrote it, read in one statement.
pub type Written = (Arc<post::Model>, Arc<profile::Face>);

/// How to order a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    Newest,
    /// What has most reactions first.
    Top,
}

/// Narrows a feed; all conditions hold, a list means any of.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// These kinds.
    pub kinds: Vec<Kind>,
    /// With any of these tags.
    pub tags: Vec<String>,
    /// By this member.
    pub author: Option<Uuid>,
}

/// The post of this key with who wrote it, if the actor may read it.
pub async fn one(cx: Cx<'_>, id: Uuid) -> Result<Option<Written>> {
    first(cx, visible(cx).filter(Column::Id.eq(id))).await
}

async fn first(cx: Cx<'_>, rows: Select<post::Entity>) -> Result<Option<Written>> {
    let rows =
        sql::with_one::<post::Model, profile::Face>(rows, Column::AuthorId, profile::Column::Id);
    let found = sql::pairs(cx.db, &rows).await?;
    Ok(found.into_iter().next().map(share))
}

/// The most tags that a feed can be narrowed by.
const MOST_TAGS: usize = 20;

/// The community's feed: all that the actor may read, without those whom they muted.
pub async fn community(cx: Cx<'_>, filter: Filter, sort: Sort, ask: &Ask) -> Result<Page<Written>> {
    if filter.tags.len() > MOST_TAGS {
        return Err(Error::BadRequest(format!("ask for at most {MOST_TAGS} tags").into()));
    }
    let mut rows = unmuted(cx);
    if !filter.kinds.is_empty() {
        rows = rows.filter(Column::Kind.is_in(each_once(filter.kinds)));
    }
    if let Some(author) = filter.author {
        rows = rows.filter(Column::AuthorId.eq(author));
    }
    if !filter.tags.is_empty() {
        let names = filter.tags.iter().filter_map(|text| tags::service::name(text));
        let tags = tag::Entity::find()
            .select_only()
            .column(tag::Column::Id)
            .filter(tag::Column::Name.is_in(names.map(|name| name.name)));
        let tagged = post_tag::Entity::find()
            .select_only()
            .column(post_tag::Column::PostId)
            .filter(post_tag::Column::TagId.in_subquery(tags.into_query()));
        rows = rows.filter(Column::Id.in_subquery(tagged.into_query()));
    }
    page(cx, rows, sort, ask).await
}

/// The post of this key with who wrote it, if it stands in the community's feed as the actor sees it.
pub async fn in_feed(cx: Cx<'_>, id: Uuid) -> Result<Option<Written>> {
    first(cx, unmuted(cx).filter(Column::Id.eq(id))).await
}

fn unmuted(cx: Cx<'_>) -> Select<post::Entity> {
    match cx.actor.id() {
        Some(me) => {
            visible(cx).filter(Column::AuthorId.not_in_subquery(muted_by(cx, me).into_query()))
        }
        None => visible(cx),
    }
}

/// The actor's home feed: their own posts and those of whom they follow, without whom they muted; the
/// newest first.
pub async fn home(cx: Cx<'_>, ask: &Ask) -> Result<Page<Written>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = visible(cx).filter(
        Expr::col((post::Entity, Column::Id)).binary(BinOper::In, newest_of_followed(cx, me, ask)?),
    );
    page(cx, rows, Sort::Newest, ask).await
}

/// The keys of the newest posts of each author that `me` follows: as many of each as the page has, so
/// that the work depends on whom one follows, never on how many posts there are.
fn newest_of_followed(cx: Cx<'_>, me: Uuid, ask: &Ask) -> Result<SimpleExpr> {
    let authors = "SELECT f.followed_id AS author_id FROM follow f WHERE f.follower_id = $1 \
                   AND f.followed_id NOT IN (SELECT m.muted_id FROM mute m \
                   WHERE m.muter_id = $1 AND (m.until IS NULL OR m.until > $4)) \
                   UNION ALL SELECT $1";
    let newest = "SELECT n.id FROM post n WHERE n.author_id = a.author_id AND n.id < $2 \
                  ORDER BY n.id DESC LIMIT $3";
    let text = match cx.backend() {
        DbBackend::Postgres => {
            format!(
                "(SELECT r.id FROM ({authors}) a CROSS JOIN LATERAL ({newest}) r ORDER BY r.id DESC LIMIT $3)"
            )
        }
        _ => format!(
            "(SELECT r.id FROM ({authors}) a JOIN post r ON r.id IN ({newest}) ORDER BY r.id DESC LIMIT $3)"
        ),
    };
    let limit = i64::from(ask.first) + 1;
    let values = [me.into(), ask.before()?.into(), limit.into(), cx.now().into()];
    Ok(sql::custom(cx.backend(), &text, &values))
}

fn muted_by(cx: Cx<'_>, me: Uuid) -> Select<mute::Entity> {
    let lasting =
        Condition::any().add(mute::Column::Until.is_null()).add(mute::Column::Until.gt(cx.now()));
    mute::Entity::find()
        .select_only()
        .column(mute::Column::MutedId)
        .filter(mute::Column::MuterId.eq(me))
        .filter(lasting)
}

async fn page(
    cx: Cx<'_>,
    rows: Select<post::Entity>,
    sort: Sort,
    ask: &Ask,
) -> Result<Page<Written>> {
    let by = match sort {
        Sort::Newest => By::newest(Column::Id),
        Sort::Top => By::ranked(Column::ReactionCount, Column::Id, Order::Desc),
    };
    let rows = by.cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows =
        sql::with_one::<post::Model, profile::Face>(rows, Column::AuthorId, profile::Column::Id);
    let found = sql::pairs(cx.db, &rows).await?;
    let place = |(row, _): &(post::Model, profile::Face)| Place {
        rank: (sort == Sort::Top).then_some(Rank::Number(row.reaction_count)),
        id: row.id,
    };
    Ok(Page::new(found, ask, place).map(share))
}

fn share((post, author): (post::Model, profile::Face)) -> Written {
    (Arc::new(post), Arc::new(author))
}

/// Makes rows that are handed around cheap to hand around.
pub fn share_all<A, B>(rows: Vec<(A, B)>) -> Vec<(Arc<A>, Arc<B>)> {
    rows.into_iter().map(|(a, b)| (Arc::new(a), Arc::new(b))).collect()
}
