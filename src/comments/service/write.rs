use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{
    On, locked,
    on::{count_down, count_up, lock, open},
    told, visible,
};
use crate::{
    Cx, Error, Result,
    check::Check,
    client_key,
    comments::policy,
    entity::{
        comment::{self, Column},
        file_use::Place,
        profile::Face,
    },
    error::ErrorCode,
    files::service as files,
    members,
    notice::{self, Notice},
    posts::service::mentions,
    reactions::service::{self as reactions, Kind, Subject},
    streams::{self, NewEvent, Stream},
};

/// Characters of a comment.
const LONGEST: usize = 5_000;
/// How deep answers may stand.
const DEEPEST: i32 = 20;

/// A comment to write.
#[derive(Clone, Debug)]
pub struct NewComment {
    /// What it is about.
    pub on: Option<On>,
    /// The comment that it answers; `Some(None)` is an id that names no comment.
    pub parent: Option<Option<Uuid>>,
    /// Markdown.
    pub body: String,
    /// What hangs on it; `None` is an id that names no file.
    pub attachments: Vec<Option<Uuid>>,
    /// What the client calls this call.
    pub client_key: Option<String>,
}

/// The comment of this key, if the actor may read it.
async fn found(cx: Cx<'_>, db: &impl ConnectionTrait, id: Uuid) -> Result<Option<comment::Model>> {
    Ok(visible(cx).filter(Column::Id.eq(id)).one(db).await?)
}

fn no_comment() -> Error {
    Error::not_found("comment")
}

/// Comments on something, or answers a comment; answers it with its author. The same `client_key` answers the
/// first comment again.
pub async fn create(cx: Cx<'_>, new: NewComment) -> Result<(comment::Model, Face)> {
    let author = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let (body_source, rendered) = check.markdown(&["body"], &new.body, LONGEST);
    check.done()?;

    let tx = cx.begin().await?;
    let id = cx.key();
    let first = client_key::claim(cx, &tx, new.client_key.as_deref(), "comment", id).await?;
    if let Some(first) = first {
        tx.rollback().await?;
        let first = found(cx, cx.db, first).await?.ok_or_else(|| client_key::gone("comment"))?;
        return Ok((first, members::service::face(cx.db, author).await?));
    }
    let gone = |path: &'static str, what| {
        Error::refused(ErrorCode::NotFound, ["input", path], format!("there is no such {what}"))
    };
    let missing = |on: Option<On>| gone("subject", on.map_or("post", On::name));
    let on = new.on.ok_or_else(|| missing(None))?;
    // Counted first: it locks what is discussed, and tells whether there is one that may be.
    if !count_up(cx, &tx, on).await? {
        open(cx, &tx, on, &["input", "subject"]).await?;
        return Err(missing(Some(on)));
    }
    let depth = match new.parent {
        None => 0,
        Some(parent) => {
            let no_comment = || gone("parent", "comment here");
            let parent = locked(cx, &tx, parent).await?;
            let parent = parent.filter(|parent| On::of(parent).is_ok_and(|of| of == on));
            let parent = parent.ok_or_else(no_comment)?;
            policy::join(cx.actor, &parent).map_err(|_| no_comment())?;
            Ord::min(parent.depth + 1, DEEPEST)
        }
    };
    let parent = new.parent.flatten();
    let only = |other: fn(Uuid) -> On| Set((other(on.key()) == on).then_some(on.key()));
    let comment = comment::ActiveModel {
        id: Set(id),
        post_id: only(On::Post),
        portfolio_item_id: only(On::PortfolioItem),
        task_id: only(On::Task),
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
    let path = ["input", "attachments"];
    let hung = files::On::Comment(id);
    files::hang(cx, &tx, hung, Place::Attachment, &new.attachments, &path).await?;
    count_on_parent(&tx, parent, 1).await?;
    notice::tell(cx, &tx, Notice::CommentAdded(id)).await?;
    let face = members::service::face(&tx, author).await?;
    let added = told::Added { client_key: new.client_key };
    let event = NewEvent::new(told::ADDED, id).with(&added)?;
    streams::tell(cx, tx, Stream::discussion(on.key()), [on.event(event)]).await?;
    Ok((comment, face))
}

/// Changes the text of a comment and, unless they are `None`, what hangs on it.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    text: &str,
    attachments: Option<Vec<Option<Uuid>>>,
) -> Result<comment::Model> {
    policy::write(cx.actor)?;
    let tx = cx.begin().await?;
    let comment = locked(cx, &tx, id).await?.ok_or_else(no_comment)?;
    policy::edit(cx.actor, &comment)?;
    let mut check = Check::new();
    let (source, rendered) = check.markdown(&["body"], text, LONGEST);
    check.done().map_err(Error::outside_input)?;
    let before = comment.mentions.clone();
    let row = comment::ActiveModel {
        id: Unchanged(comment.id),
        mentions: Set(mentions(cx, &tx, &rendered).await?),
        body_source: Set(source),
        body_html: Set(rendered.html),
        edited_at: Set(Some(cx.now())),
        ..Default::default()
    };
    let comment = row.update(&tx).await?;
    let named = notice::newly_named(before.as_deref(), comment.mentions.as_deref());
    if !named.is_empty() {
        notice::tell(cx, &tx, Notice::CommentNames(comment.id, named)).await?;
    }
    if let Some(these) = &attachments {
        let hung = files::On::Comment(comment.id);
        files::rehang(cx, &tx, hung, Place::Attachment, these, &["attachments"]).await?;
    }
    let on = On::of(&comment)?;
    let event = on.event(NewEvent::new(told::CHANGED, comment.id));
    streams::tell(cx, tx, Stream::discussion(on.key()), [event]).await?;
    Ok(comment)
}

/// Deletes a comment. Where it was answered its place stays, without text, author and attachments, until the
/// last answer goes.
pub async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<comment::Model> {
    cx.actor.member()?;
    let tx = cx.begin().await?;
    let there = found(cx, &tx, id.ok_or_else(no_comment)?).await?.ok_or_else(no_comment)?;
    let on = On::of(&there)?;
    lock(cx, &tx, on).await?;
    let comment = locked(cx, &tx, id).await?.ok_or_else(no_comment)?;
    policy::delete(cx.actor, &comment)?;
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
        let hung = files::On::Comment(comment.id);
        files::rehang(cx, &tx, hung, Place::Attachment, &[], &[]).await?;
        reactions::clear(&tx, Subject { kind: Kind::Comment, key: comment.id }).await?;
        vec![comment.id]
    } else {
        remove(&tx, &comment).await?
    };
    count_down(&tx, on).await?;
    let events = gone.into_iter().map(|id| on.event(NewEvent::new(told::REMOVED, id)));
    streams::tell(cx, tx, Stream::discussion(on.key()), events).await?;
    Ok(emptied)
}

/// Removes a comment without answers, and the empty places above that had no other; answers their keys. What
/// they stand on is locked.
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

async fn count_on_parent(tx: &impl ConnectionTrait, parent: Option<Uuid>, by: i32) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    comment::Entity::update_many()
        .col_expr(Column::ReplyCount, Expr::col(Column::ReplyCount).add(by))
        .filter(Column::Id.eq(parent))
        .exec(tx)
        .await?;
    Ok(())
}
