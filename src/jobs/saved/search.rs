use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::kept;
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    entity::{
        account, job,
        saved_search::{Alert, Column, Entity, Model},
    },
    error::{ErrorCode, Problem},
    jobs::find::{Filter, JobFilter},
    organizations::policy,
};

/// Searches that one member keeps at most.
const MOST: usize = 50;

/// A search to keep.
#[derive(Clone, Debug)]
pub struct New {
    /// What its owner calls it; 1 to 100 characters.
    pub name: String,
    /// What it looks for.
    pub filter: JobFilter,
    /// How often it tells of what is new.
    pub alert: Alert,
}

/// The actor's searches, the oldest first.
pub(super) async fn own(cx: Cx<'_>) -> Result<Vec<Model>> {
    let me = policy::read(cx.actor)?.id;
    let rows = Entity::find().filter(Column::ProfileId.eq(me)).order_by_asc(Column::Id);
    Ok(rows.all(cx.db).await?)
}

/// Keeps a search, or what is said of it now; what was published since is new. `Some(None)` names none.
pub async fn save(cx: Cx<'_>, id: Option<Option<Uuid>>, new: New) -> Result<Model> {
    let me = policy::write(cx.actor)?.id;
    let mut check = Check::new();
    let name = check.line(&["name"], &new.name, 1..=100);
    let filter = kept::write(&new.filter)?;
    match new.filter.read() {
        Ok(filter) => {
            if let Err(Error::BadRequest(message)) = filter.is_good(cx) {
                check.problem(ErrorCode::Invalid, &["filter"], message);
            }
        }
        Err(Error::BadRequest(message)) => {
            check.problem(ErrorCode::Invalid, &["filter"], message);
        }
        Err(other) => return Err(other),
    }
    check.done()?;
    let tx = cx.begin().await?;
    // Two calls at once are counted one after the other.
    account::Entity::find_by_id(me).lock_exclusive().one(&tx).await?;
    let now = cx.now();
    let row = match id {
        None => {
            let rows = Entity::find().filter(Column::ProfileId.eq(me)).select_only();
            let rows = rows.column(Column::Id).into_tuple::<Uuid>().all(&tx).await?;
            if rows.len() >= MOST {
                let message = format!("you keep {MOST} searches, and no more fit: delete one");
                let problem = Problem::at(ErrorCode::QuotaExceeded, [""; 0], message);
                return Err(problem.with(check::limit(&(0..=MOST), rows.len() + 1)).into());
            }
            let row = Model {
                id: cx.key(),
                profile_id: me,
                name,
                filter,
                alert: new.alert,
                looked_at: now,
                sent_at: None,
            };
            Entity::insert(row.clone().into_active_model()).exec_without_returning(&tx).await?;
            row
        }
        Some(id) => {
            let found = mine(&tx, me, id).await?;
            let mut row = found.into_active_model();
            (row.name, row.filter) = (Set(name), Set(filter));
            (row.alert, row.looked_at) = (Set(new.alert), Set(now));
            row.update(&tx).await?
        }
    };
    tx.commit().await?;
    Ok(row)
}

/// Counts what is new in a search from now on.
pub(super) async fn seen(cx: Cx<'_>, id: Option<Uuid>) -> Result<Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    let mut row = mine(&tx, me, id).await?.into_active_model();
    row.looked_at = Set(cx.now());
    let row = row.update(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// Forgets a search, and what it told of.
pub(super) async fn delete(cx: Cx<'_>, id: Option<Uuid>) -> Result<Uuid> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    let row = mine(&tx, me, id).await?;
    Entity::delete_by_id(row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(row.id)
}

async fn mine(tx: &sea_orm::DatabaseTransaction, me: Uuid, id: Option<Uuid>) -> Result<Model> {
    let id = id.ok_or_else(|| Error::not_found("search"))?;
    let rows = Entity::find_by_id(id).filter(Column::ProfileId.eq(me));
    rows.one(tx).await?.ok_or_else(|| Error::not_found("search"))
}

/// What is new since somebody looked.
pub(super) fn since(looked_at: DateTime<Utc>) -> Condition {
    Condition::all().add(job::Column::PublishedAt.gte(looked_at))
}

/// The filter of a search, if this server understands it.
pub(super) fn filter_of(row: &Model) -> Option<Filter> {
    kept::read(&row.filter)
}
