use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{Cx, Result, sql};

/// Where files are used, in words; what is used nowhere is left out.
pub(super) async fn of(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    files: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>> {
    let backend = cx.backend();
    let among = sql::among(backend, "file_id", 1);
    let text = format!(
        "SELECT file_id, place, COUNT(*) AS times, \
         CASE WHEN profile_id IS NOT NULL THEN 'profile' WHEN post_id IS NOT NULL THEN 'post' \
         WHEN comment_id IS NOT NULL THEN 'comment' WHEN message_id IS NOT NULL THEN 'message' \
         WHEN task_id IS NOT NULL THEN 'task' WHEN organization_id IS NOT NULL THEN 'organization' \
         WHEN application_id IS NOT NULL THEN 'application' \
         ELSE 'portfolio item' END AS thing \
         FROM file_use WHERE {among} GROUP BY 1, 2, 4 ORDER BY 1, 2, 4"
    );
    let statement = sql::statement(backend, text, [sql::keys(backend, files)]);
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        let place: String = row.try_get("", "place")?;
        let thing: String = row.try_get("", "thing")?;
        let words = words(&place, &thing, row.try_get("", "times")?);
        found.entry(row.try_get("", "file_id")?).or_default().push(words);
    }
    Ok(found)
}

fn words(place: &str, thing: &str, times: i64) -> String {
    let a = if thing.starts_with(['a', 'o']) { "an" } else { "a" };
    let things = if times == 1 { format!("{a} {thing}") } else { format!("{times} {thing}s") };
    match place {
        "attachment" => format!("attached to {things}"),
        "gallery" => format!("in the gallery of {things}"),
        _ => format!("the {place} of {things}"),
    }
}
