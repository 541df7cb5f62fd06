use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, EnumIter, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};
use uuid::Uuid;

use crate::{
    Cx, Error, Result,
    entity::{
        comment::{self, Column},
        portfolio_item, post, task,
    },
    portfolio, posts,
    streams::NewEvent,
    tasks,
};

/// Something that takes comments, by its key. Whoever may see it reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum On {
    /// A post.
    Post(Uuid),
    /// A portfolio item; a draft takes none.
    PortfolioItem(Uuid),
    /// A task; those who may comment on its board write them.
    Task(Uuid),
}

impl On {
    /// What a comment stands on.
    pub fn of(comment: &comment::Model) -> Result<Self> {
        let on = <Self as sea_orm::Iterable>::iter().find_map(|kind| kind.named_by(comment));
        on.ok_or_else(|| Error::bug("a comment stands on nothing"))
    }

    /// Its key.
    pub fn key(self) -> Uuid {
        match self {
            Self::Post(key) | Self::PortfolioItem(key) | Self::Task(key) => key,
        }
    }

    /// The column of a comment that names it.
    pub fn column(self) -> Column {
        match self {
            Self::Post(_) => Column::PostId,
            Self::PortfolioItem(_) => Column::PortfolioItemId,
            Self::Task(_) => Column::TaskId,
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post(_) => "post",
            Self::PortfolioItem(_) => "portfolio item",
            Self::Task(_) => "task",
        }
    }

    /// An event of its discussion. Who sees a task hangs on its board, which tells those who follow the discussion
    /// nothing: they are asked again before each event.
    pub(super) fn event(self, event: NewEvent) -> NewEvent {
        match self {
            Self::Task(_) => event.changes_access(),
            Self::Post(_) | Self::PortfolioItem(_) => event,
        }
    }

    fn named_by(self, comment: &comment::Model) -> Option<Self> {
        match self {
            Self::Post(_) => comment.post_id.map(Self::Post),
            Self::PortfolioItem(_) => comment.portfolio_item_id.map(Self::PortfolioItem),
            Self::Task(_) => comment.task_id.map(Self::Task),
        }
    }

    /// Of all things of its kind that the actor may see, the one that a comment stands on.
    fn seen(self, cx: Cx<'_>) -> SelectStatement {
        match self {
            Self::Post(_) => {
                let seen = posts::service::visible(cx).select_only().column(post::Column::Id);
                seen.filter(self.names(post::Column::Id)).into_query()
            }
            Self::PortfolioItem(_) => {
                use portfolio_item::Column::Id;
                let seen = portfolio::service::visible(cx).select_only().column(Id);
                seen.filter(self.names(Id)).into_query()
            }
            Self::Task(_) => {
                let seen = tasks::service::visible(cx).select_only().column(task::Column::Id);
                seen.filter(self.names(task::Column::Id)).into_query()
            }
        }
    }

    fn names(self, key: impl ColumnTrait) -> Expr {
        Expr::col(key.as_column_ref()).equals(self.column().as_column_ref())
    }
}

/// Whether a comment stands on something that the actor may see.
pub(super) fn stands_on_visible(cx: Cx<'_>) -> Condition {
    let kinds = <On as sea_orm::Iterable>::iter();
    kinds.fold(Condition::any(), |any, kind| any.add(Expr::exists(kind.seen(cx))))
}

/// Something whose discussion the actor may follow: what they may see.
pub async fn heard(cx: Cx<'_>, on: Option<On>) -> Result<On> {
    let on = on.ok_or_else(|| Error::not_found("post"))?;
    let _ = match on {
        On::Post(id) => posts::service::heard(cx, Some(id)).await?,
        On::PortfolioItem(id) => portfolio::service::heard(cx, Some(id)).await?,
        On::Task(id) => tasks::service::heard(cx, Some(id)).await?,
    };
    Ok(on)
}

/// Refuses to join the discussion of something that takes part in none now, as a draft, or not by the actor; `path` is
/// the argument that named it. What the actor may not see is refused as not there.
pub(super) async fn open(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    on: On,
    path: &[&'static str],
) -> Result<()> {
    match on {
        On::Post(_) => Ok(()),
        On::PortfolioItem(id) => {
            use portfolio_item::Column::{Id, Publication};
            let row = portfolio::service::visible(cx).filter(Id.eq(id)).select_only();
            let found: Option<Option<Uuid>> = row.column(Publication).into_tuple().one(db).await?;
            match found {
                Some(None) => Err(portfolio::policy::draft(path.iter().copied())),
                _ => Ok(()),
            }
        }
        On::Task(id) => match tasks::service::joined(cx, db, id).await {
            Err(Error::Refused(mut problems)) => {
                for problem in &mut problems {
                    problem.path = path.iter().copied().map(Into::into).collect();
                }
                Err(Error::Refused(problems))
            }
            other => other,
        },
    }
}

/// Locks what a comment stands on, if the actor may see it.
pub(super) async fn lock(cx: Cx<'_>, tx: &impl ConnectionTrait, on: On) -> Result<()> {
    match on {
        On::Post(id) => drop(posts::service::locked(cx, tx, Some(id)).await?),
        On::PortfolioItem(id) => drop(portfolio::service::locked(cx, tx, Some(id)).await?),
        On::Task(id) => drop(tasks::service::locked(cx, tx, Some(id)).await?),
    }
    Ok(())
}

/// Counts a comment that comes, where the actor may write one; answers whether that is so. The row is locked
/// from here to the commit.
pub(super) async fn count_up(cx: Cx<'_>, tx: &impl ConnectionTrait, on: On) -> Result<bool> {
    let open = match on {
        On::Post(_) => posts::policy::visible_to(cx.actor),
        On::PortfolioItem(_) => portfolio::policy::published_to(cx.actor),
        On::Task(id) => return tasks::service::commented(cx, tx, id).await,
    };
    Ok(count(tx, on, 1, open).await? > 0)
}

/// Counts a comment that goes.
pub(super) async fn count_down(tx: &impl ConnectionTrait, on: On) -> Result<()> {
    count(tx, on, -1, Condition::all()).await?;
    Ok(())
}

/// Counts on what it is, if that fits; answers how many rows that were.
async fn count(tx: &impl ConnectionTrait, on: On, by: i32, fits: Condition) -> Result<u64> {
    let these = Condition::all().add(fits);
    match on {
        On::Post(id) => {
            use post::Column::{CommentCount, Id};
            add::<post::Entity>(tx, CommentCount, by, these.add(Id.eq(id))).await
        }
        On::PortfolioItem(id) => {
            use portfolio_item::Column::{CommentCount, Id};
            add::<portfolio_item::Entity>(tx, CommentCount, by, these.add(Id.eq(id))).await
        }
        On::Task(id) => {
            use task::Column::{CommentCount, Id};
            add::<task::Entity>(tx, CommentCount, by, these.add(Id.eq(id))).await
        }
    }
}

async fn add<E: EntityTrait>(
    tx: &impl ConnectionTrait,
    count: E::Column,
    by: i32,
    these: Condition,
) -> Result<u64> {
    let counted = E::update_many().col_expr(count, Expr::col(count).add(by)).filter(these);
    Ok(counted.exec(tx).await?.rows_affected)
}
