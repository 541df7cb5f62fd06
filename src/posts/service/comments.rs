use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, Select,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{Subject, body, locked, locked_comment, mentions, told, visible_comments};
use crate::{
    Cx, Error, Result,
    check::Check,
    client_key,
    entity::{
        comment::{self, Column},
        post,
        profile::Face,
    },
    error::ErrorCode,
    members,
    posts::policy,
    reactions::service as reactions,
    streams::NewEvent,
};

/// Characters of a comment.
const LONGEST: usize = 5_000;
/// How deep answers may stand.
const DEEPEST: i32 = 20;

/// A comment to write.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// What it is about.
    pub post: Option<Uuid>,
    /// The comment that it answers; `Some(None)` is an id that names no comment.
    pub parent: Option<Option<Uuid>>,
    /// Markdown.
    pub body: String,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// Comments right under posts that the actor may read; not yet cut to a post.
pub fn comments_of(cx: Cx<'_>) -> Select<comment::Entity> {
    let rows = comment::Entity::find().filter(Column::ParentId.is_null());
    rows.filter(policy::comments_visible_to(cx.actor))
}

/// Answers to comments that the actor may read; not yet cut to a comment.
pub fn replies_of(cx: Cx<'_>) -> Select<comment::Entity> {
    comment::Entity::find().filter(policy::comments_visible_to(cx.actor))
}

/// The comment of this key, if the actor may read it.
pub async fn comment(cx: Cx<'_>, id: Uuid) -> Result<Option<comment::Model>> {
    comment_in(cx, cx.db, id).await
}

async fn comment_in(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<comment::Model>> {
    Ok(visible_comments(cx).filter(Column::Id.eq(id)).one(db).await?)
}

fn no_comment() -> Error {
    Error::not_found("comment")
}

/// Comments on a post, or answers a comment; answers it with its author. The same `client_key` answers the
/// first comment again.
pub async fn create_comment(cx: Cx<'_>, new: NewComment) -> Result<(comment::Model, Face)> {
    let author = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let (body_source, rendered) = body(&mut check, &new.body, LONGEST);
    check.done()?;

    let tx = cx.begin().await?;
    let id = cx.key();
    let first = client_key::claim(cx, &tx, new.client_key.as_deref(), "comment", id).await?;
    if let Some(first) = first {
        tx.rollback().await?;
        let first = comment(cx, first).await?.ok_or_else(|| client_key::gone("comment"))?;
        return Ok((first, members::service::face(cx.db, author).await?));
    }
    let gone = |path: &'static str, what| {
        Error::refused(ErrorCode::NotFound, ["input", path], format!("there is no such {what}"))
    };
    let no_post = || gone("subject", "post");
    let post = new.post.ok_or_else(no_post)?;
    // Counted first: it locks the post, and tells whether there is one that may be read.
    if count_on_post(&tx, post, 1, policy::visible_to(cx.actor)).await? == 0 {
        return Err(no_post());
    }
    let depth = match new.parent {
        None => 0,
        Some(parent) => {
            let no_comment = || gone("parent", "comment under this post");
            let parent = locked_comment(cx, &tx, parent).await?;
            let parent =
                parent.filter(|parent| parent.post_id == Some(post)).ok_or_else(no_comment)?;
            policy::join_comment(cx.actor, &parent).map_err(|_| no_comment())?;
            Ord::min(parent.depth + 1, DEEPEST)
        }
    };
    let parent = new.parent.flatten();
    let comment = comment::ActiveModel {
        id: Set(id),
        post_id: Set(Some(post)),
        portfolio_item_id: Set(None),
        parent_id: Set(parent),
        author_id: Set(author),
        depth: Set(depth),
        mentions: Set(mentions(cx, &tx, &rendered).await?),
        body_source: Set(body_source),
        body_html: Set(rendered.html),
        reply_count: Set(0),
        reaction_count: Set(0),
        reactions: Set("[]".to_owned()),
        edited_at: Set(None),
        deleted_at: Set(None),
    };
    let comment = comment.insert(&tx).await?;
    count_on_parent(&tx, parent, 1).await?;
    let face = members::service::face(&tx, author).await?;
    let added = told::Added { client_key: new.client_key };
    told::tell(cx, tx, post, [NewEvent::new(told::COMMENT_ADDED, id).with(&added)?]).await?;
    Ok((comment, face))
}

/// Changes the text of a comment.
pub async fn change_comment(cx: Cx<'_>, id: Option<Uuid>, text: &str) -> Result<comment::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let comment = locked_comment(cx, &tx, id).await?.ok_or_else(no_comment)?;
    policy::edit_comment(cx.actor, &comment)?;
    let mut check = Check::new();
    let (source, rendered) = body(&mut check, text, LONGEST);
    check.done().map_err(Error::outside_input)?;
    let row = comment::ActiveModel {
        id: Unchanged(comment.id),
        mentions: Set(mentions(cx, &tx, &rendered).await?),
        body_source: Set(source),
        body_html: Set(rendered.html),
        edited_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let comment = row.update(&tx).await?;
    let event = NewEvent::new(told::COMMENT_CHANGED, comment.id);
    told::tell(cx, tx, comment.post_id.unwrap_or_default(), [event]).await?;
    Ok(comment)
}

/// Deletes a comment. Where it was answered its place stays, without text and author, until the last
/// answer goes.
pub async fn delete_comment(cx: Cx<'_>, id: Option<Uuid>) -> Result<comment::Model> {
    cx.actor.member()?;
    let tx = cx.begin().await?;
    let found = comment_in(cx, &tx, id.ok_or_else(no_comment)?).await?.ok_or_else(no_comment)?;
    locked(cx, &tx, found.post_id).await?;
    let comment = locked_comment(cx, &tx, id).await?.ok_or_else(no_comment)?;
    policy::delete_comment(cx.actor, &comment)?;
    let empty = comment::ActiveModel {
        id: Unchanged(comment.id),
        body_source: Set(String::new()),
        body_html: Set(String::new()),
        mentions: Set(None),
        reaction_count: Set(0),
        reactions: Set("[]".to_owned()),
        deleted_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let emptied = empty.update(&tx).await?;
    let gone = if comment.reply_count > 0 {
        reactions::clear(&tx, Subject::Comment(comment.id).into()).await?;
        vec![comment.id]
    } else {
        remove(&tx, &comment).await?
    };
    count_on_post(&tx, comment.post_id.unwrap_or_default(), -1, Condition::all()).await?;
    let events = gone.into_iter().map(|id| NewEvent::new(told::COMMENT_REMOVED, id));
    told::tell(cx, tx, comment.post_id.unwrap_or_default(), events).await?;
    Ok(emptied)
}

/// Removes a comment without answers, and the empty places above that had no other; answers their keys. Their
/// post is locked.
async fn remove(tx: &impl ConnectionTrait, comment: &comment::Model) -> Result<Vec<Uuid>> {
    let (mut id, mut above) = (comment.id, comment.parent_id);
    let mut gone = Vec::new();
    loop {
        gone.push(id);
        comment::Entity::delete_by_id(id).exec(tx).await?;
        count_on_parent(tx, above, -1).await?;
        let Some(parent) = above else { return Ok(gone) };
        let empty = Column::DeletedAt.is_not_null().and(Column::ReplyCount.eq(0));
        let empty = comment::Entity::find_by_id(parent).filter(empty).one(tx).await?;
        let Some(empty) = empty else { return Ok(gone) };
        (id, above) = (empty.id, empty.parent_id);
    }
}

/// Counts on the post, if it fits; answers how many posts that were.
async fn count_on_post(
    tx: &impl ConnectionTrait,
    post: Uuid,
    by: i32,
    fits: Condition,
) -> Result<u64> {
    let counted = post::Entity::update_many()
        .col_expr(post::Column::CommentCount, Expr::col(post::Column::CommentCount).add(by))
        .filter(post::Column::Id.eq(post))
        .filter(fits)
        .exec(tx)
        .await?;
    Ok(counted.rows_affected)
}

async fn count_on_parent(tx: &impl ConnectionTrait, parent: Option<Uuid>, by: i32) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    comment::Entity::update_many()
        .col_expr(Column::ReplyCount, Expr::col(Column::ReplyCount).add(by))
        .filter(Column::Id.eq(parent))
        .exec(tx)
        .await?;
    Ok(())
}
