use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use super::{Subject, visible, visible_comments};
use crate::{
    Cx, Error, Result,
    check::Check,
    entity::{
        bookmark::{self, Column},
        comment, post,
    },
    page::{Ask, By, Page, Place},
    posts::policy,
    sql,
};

/// Keeps something for later; keeping it twice changes the note.
pub async fn bookmark(
    cx: Cx<'_>,
    id: Option<Subject>,
    note: Option<&str>,
) -> Result<bookmark::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("post or comment");
    let subject = id.ok_or_else(missing)?;
    let mut check = Check::new();
    let note = note.and_then(|note| check.optional_line(&["note"], note, 500));
    check.done().map_err(Error::outside_input)?;

    let tx = cx.begin().await?;
    // Locked against a deletion at the same moment.
    let (post, comment) = match subject {
        Subject::Post(id) => {
            let row = visible(cx).filter(post::Column::Id.eq(id)).lock_shared().one(&tx).await?;
            (Some(row.ok_or_else(missing)?.id), None)
        }
        Subject::Comment(id) => {
            let row = visible_comments(cx).filter(comment::Column::Id.eq(id)).lock_shared();
            (None, Some(row.one(&tx).await?.ok_or_else(missing)?.id))
        }
    };
    let new = bookmark::ActiveModel {
        id: Set(cx.key()),
        profile_id: Set(me),
        note: Set(note.clone()),
        post_id: Set(post),
        comment_id: Set(comment),
        portfolio_item_id: Set(None),
    };
    let is_new = sql::insert_new(&tx, new).await?;
    let kept = bookmark::Entity::find().filter(of(me, subject)).lock_exclusive().one(&tx).await?;
    // Gone already, by another hand of theirs.
    let mut row = kept.ok_or_else(missing)?;
    if !is_new {
        let change =
            bookmark::ActiveModel { id: Unchanged(row.id), note: Set(note), ..Default::default() };
        row = change.update(&tx).await?;
    }
    tx.commit().await?;
    Ok(row)
}

/// What to let go of.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// A bookmark.
    Bookmark(Uuid),
    /// What it stands on.
    Subject(Subject),
}

/// Keeps something no longer; answers the bookmark that is gone.
pub async fn unbookmark(cx: Cx<'_>, id: Option<Kept>) -> Result<bookmark::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("bookmark");
    let which = match id.ok_or_else(missing)? {
        Kept::Bookmark(id) => Column::Id.eq(id).and(Column::ProfileId.eq(me)),
        Kept::Subject(subject) => of(me, subject),
    };
    let tx = cx.begin().await?;
    let row = bookmark::Entity::find().filter(which).one(&tx).await?.ok_or_else(missing)?;
    bookmark::Entity::delete_by_id(row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

fn of(me: Uuid, subject: Subject) -> SimpleExpr {
    let on = match subject {
        Subject::Post(id) => Column::PostId.eq(id),
        Subject::Comment(id) => Column::CommentId.eq(id),
    };
    on.and(Column::ProfileId.eq(me))
}

/// What the actor keeps, latest first.
pub async fn bookmarks(cx: Cx<'_>, ask: &Ask) -> Result<Page<bookmark::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = bookmark::Entity::find().filter(Column::ProfileId.eq(me));
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}
