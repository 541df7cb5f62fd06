use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, EnumIter, Iterable as _, QueryFilter as _,
    QuerySelect as _,
    sea_query::{ExprTrait as _, SimpleExpr},
};
use uuid::Uuid;

use super::policy;
use crate::{
    Cx, Error, Result,
    check::Check,
    comments,
    entity::{
        bookmark::{self, Column},
        comment, job, portfolio_item, post,
    },
    jobs,
    page::{Ask, By, Page, Place},
    portfolio, posts, sql,
};

/// Something that members keep, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum On {
    /// A post.
    Post(Uuid),
    /// A comment.
    Comment(Uuid),
    /// A portfolio item.
    PortfolioItem(Uuid),
    /// A posting.
    Job(Uuid),
}

impl On {
    /// What a bookmark stands on.
    pub fn of(bookmark: &bookmark::Model) -> Result<Self> {
        let on = Self::iter().find_map(|kind| kind.named_by(bookmark));
        on.ok_or_else(|| Error::bug("a bookmark stands on nothing"))
    }

    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Post(key) | Self::Comment(key) | Self::PortfolioItem(key) | Self::Job(key) => key,
        }
    }

    /// The column of a bookmark that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Post(_) => Column::PostId,
            Self::Comment(_) => Column::CommentId,
            Self::PortfolioItem(_) => Column::PortfolioItemId,
            Self::Job(_) => Column::JobId,
        }
    }

    fn named_by(self, bookmark: &bookmark::Model) -> Option<Self> {
        match self {
            Self::Post(_) => bookmark.post_id.map(Self::Post),
            Self::Comment(_) => bookmark.comment_id.map(Self::Comment),
            Self::PortfolioItem(_) => bookmark.portfolio_item_id.map(Self::PortfolioItem),
            Self::Job(_) => bookmark.job_id.map(Self::Job),
        }
    }

    fn kept_by(self, member: Uuid) -> SimpleExpr {
        self.column().eq(self.key()).and(Column::ProfileId.eq(member))
    }
}

/// Whether there is such a thing that the actor may see; if so it is locked against a deletion at the same moment.
async fn stands(cx: Cx<'_>, tx: &impl ConnectionTrait, on: On) -> Result<bool> {
    Ok(match on {
        On::Post(id) => {
            let row = posts::service::visible(cx).filter(post::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::Comment(id) => {
            let row = comments::service::visible(cx).filter(comment::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::PortfolioItem(id) => {
            let row = portfolio::service::visible(cx).filter(portfolio_item::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
        On::Job(id) => {
            let row = jobs::service::visible(cx).filter(job::Column::Id.eq(id));
            row.lock_shared().one(tx).await?.is_some()
        }
    })
}

/// Keeps something for later; keeping it twice changes the note.
pub async fn add(cx: Cx<'_>, on: Option<On>, note: Option<&str>) -> Result<bookmark::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("post, comment, portfolio item or job");
    let on = on.ok_or_else(missing)?;
    let mut check = Check::new();
    let note = note.and_then(|note| check.optional_line(&["note"], note, 500));
    check.done().map_err(Error::outside_input)?;

    let tx = cx.begin().await?;
    if !stands(cx, &tx, on).await? {
        return Err(missing());
    }
    let only = |other: fn(Uuid) -> On| Set((other(on.key()) == on).then_some(on.key()));
    let new = bookmark::ActiveModel {
        id: Set(cx.key()),
        profile_id: Set(me),
        note: Set(note.clone()),
        post_id: only(On::Post),
        comment_id: only(On::Comment),
        portfolio_item_id: only(On::PortfolioItem),
        job_id: only(On::Job),
    };
    let is_new = sql::insert_new(&tx, new).await?;
    let kept = bookmark::Entity::find().filter(on.kept_by(me)).lock_exclusive().one(&tx).await?;
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
    On(On),
}

/// Keeps something no longer; answers the bookmark that is gone.
pub async fn remove(cx: Cx<'_>, id: Option<Kept>) -> Result<bookmark::Model> {
    let me = policy::write(cx.actor)?.id;
    let missing = || Error::not_found("bookmark");
    let which = match id.ok_or_else(missing)? {
        Kept::Bookmark(id) => Column::Id.eq(id).and(Column::ProfileId.eq(me)),
        Kept::On(on) => on.kept_by(me),
    };
    let tx = cx.begin().await?;
    let row = bookmark::Entity::find().filter(which).one(&tx).await?.ok_or_else(missing)?;
    bookmark::Entity::delete_by_id(row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// What the actor keeps, latest first.
pub async fn own(cx: Cx<'_>, ask: &Ask) -> Result<Page<bookmark::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = bookmark::Entity::find().filter(Column::ProfileId.eq(me));
    By::newest(Column::Id).page(cx.db, rows, ask, |row| Place::key(row.id)).await
}
