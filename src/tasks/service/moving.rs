use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{
    desk::{Desk, save},
    locked, stands,
};
use crate::{
    Cx, Error, Result,
    boards::service::{rank, told},
    entity::{
        board_member::Role,
        task::{self, Column},
    },
    queue::{self, NewItem},
    scope::Scope,
    streams::NewEvent,
    tasks::work::RESPACE,
};

/// Bytes of a rank beyond which its column is spaced anew.
pub(super) const LONGEST: usize = 50;
/// Bytes of a rank that no index takes any more: who moves on and on where nobody spaces the column waits for that.
const TOO_LONG: usize = 1_000;

/// Moves a task to a place in a column: between two neighbours as the actor saw them. One that does not stand there any
/// more is passed over; if they do not stand next to each other, it comes right behind `after`; without either, to the
/// foot.
pub async fn relocate(
    cx: Cx<'_>,
    id: Option<Uuid>,
    column: Option<Uuid>,
    after: Option<Uuid>,
    before: Option<Uuid>,
) -> Result<task::Model> {
    cx.actor.member()?;
    cx.actor.allows(Scope::WriteTasks)?;
    let tx = cx.begin().await?;
    let (task, standing) = locked(cx, &tx, id).await?;
    standing.act(cx.actor, Role::Editor)?;
    stands(&task)?;
    let mut desk = Desk::open(&tx, standing).await?;
    let column = desk.column(column, &["column"])?.clone();
    let place = Place::find(&tx, task.id, column.id, after, before).await?;
    let mut moved = task.clone();
    let came = desk.put_into(cx, &mut moved, &column);
    if !came && place.holds(&task.rank) {
        tx.rollback().await?;
        return Ok(task);
    }
    moved.rank = place.rank();
    if moved.rank.len() > TOO_LONG {
        return Err(Error::Unavailable);
    }
    if came {
        moved.updated_at = cx.now();
        desk.counts.note(Some(&task), Some(&moved));
        desk.has_room(column.id, &["column"])?;
    }
    save(&tx, std::slice::from_ref(&task), std::slice::from_ref(&moved)).await?;
    space_later(cx, &tx, &[&moved]).await?;
    desk.tell(
        NewEvent::new(told::TASK_MOVED, task.id)
            .with(&told::Moved { from_column: task.column_id })?,
    );
    desk.finish(cx, tx).await?;
    Ok(moved)
}

/// Asks for a column to be spaced anew, if ranks there grew too long.
pub(super) async fn space_later(
    cx: Cx<'_>,
    tx: &DatabaseTransaction,
    tasks: &[&task::Model],
) -> Result<()> {
    let long = tasks.iter().filter(|task| task.rank.len() > LONGEST);
    let mut columns: Vec<Uuid> = long.map(|task| task.column_id).collect();
    columns.sort_unstable();
    columns.dedup();
    for column in columns {
        let item = NewItem::new(&RESPACE, &column)?.once(format!("respace {}", column.simple()));
        queue::add(cx, tx, item).await?;
    }
    Ok(())
}

/// `n` ranks at the foot of a column, behind all that stand there but for these.
pub(super) async fn foot(tx: &impl ConnectionTrait, column: Uuid, n: usize) -> Result<Vec<String>> {
    let last: Option<String> = in_column(column)
        .order_by_desc(Column::Rank)
        .order_by_desc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(rank::spread(last.as_deref(), None, n))
}

/// The ranks of what stands in a column.
fn in_column(column: Uuid) -> sea_orm::Select<task::Entity> {
    task::Entity::find()
        .select_only()
        .column(Column::Rank)
        .filter(Column::ColumnId.eq(column))
        .filter(Column::ArchivedAt.is_null())
}

/// A place between two ranks.
struct Place {
    low: Option<String>,
    high: Option<String>,
}

impl Place {
    async fn find(
        tx: &impl ConnectionTrait,
        task: Uuid,
        column: Uuid,
        after: Option<Uuid>,
        before: Option<Uuid>,
    ) -> Result<Self> {
        let others = || in_column(column).filter(Column::Id.ne(task));
        let named = [after, before].into_iter().flatten();
        let mut found: Vec<(String, Uuid)> = Vec::new();
        if after.or(before).is_some() {
            let rows = others().column(Column::Id).filter(Column::Id.is_in(named));
            found = rows.into_tuple().all(tx).await?;
        }
        let rank_of = |id: Option<Uuid>| {
            let row = found.iter().find(|(_, found)| Some(*found) == id);
            row.map(|(rank, _)| rank.clone())
        };
        let (low, high) = (rank_of(after), rank_of(before));
        if let Some(low) = low {
            let next = others().filter(Column::Rank.gt(low.as_str())).order_by_asc(Column::Rank);
            let high = next.limit(1).into_tuple().one(tx).await?;
            return Ok(Self { low: Some(low), high });
        }
        let previous = match &high {
            Some(high) => others().filter(Column::Rank.lt(high.as_str())),
            None => others(),
        };
        let low = previous.order_by_desc(Column::Rank).limit(1).into_tuple().one(tx).await?;
        Ok(Self { low, high })
    }

    /// Whether a rank is there already.
    fn holds(&self, rank: &str) -> bool {
        self.low.as_deref().is_none_or(|low| low < rank)
            && self.high.as_deref().is_none_or(|high| rank < high)
    }

    fn rank(&self) -> String {
        rank::between(self.low.as_deref(), self.high.as_deref())
    }
}
