use std::collections::HashSet;

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::{Actor, Result, app::App, boards::policy, entity::board::Visibility, sql};

/// Which of these actors may hear what happens on the board of this key; one statement for all of them.
pub async fn hears(app: &App, id: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    hear(app, "$1", id, actors).await
}

/// The same of the board that `board` says in SQL, for what stands on it and has the key `id`, bound as `$1`.
pub async fn hear(app: &App, board: &str, id: Uuid, actors: &[Actor]) -> Result<Vec<bool>> {
    let keys: Vec<Uuid> = actors.iter().filter_map(Actor::id).collect();
    let backend = app.db.backend();
    let among = sql::among(backend, "m.profile_id", 2);
    let text = format!(
        "SELECT b.visibility, m.profile_id FROM board b \
         LEFT JOIN board_member m ON m.board_id = b.id AND {among} WHERE b.id = ({board})"
    );
    // What has just changed is not on every replica yet.
    let db = app.db.fresh();
    let values = [id.into(), sql::keys(backend, &keys)];
    let rows = db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut visibility = None;
    let mut people = HashSet::with_capacity(rows.len());
    for row in rows {
        visibility = Some(row.try_get_by_index::<Visibility>(0)?);
        people.extend(row.try_get_by_index::<Option<Uuid>>(1)?);
    }
    let hears = |actor: &Actor| {
        let is_member = actor.id().is_some_and(|id| people.contains(&id));
        visibility.is_some_and(|visibility| policy::hears(actor, visibility, is_member))
    };
    Ok(actors.iter().map(hears).collect())
}
