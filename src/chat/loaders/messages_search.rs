use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{ConnectionTrait as _, DbBackend};
use uuid::Uuid;

use super::{
    messages::Messages,
    messages_window::{columns, join, keys, read},
};
use crate::{
    Result,
    graph::{Batch, Batched, Execution, alike, answer},
    page::{Ask, Page, Place},
    sql, words,
};

/// Messages of conversations that hold all words of a text; the last word may go on.
pub(super) struct Search;

/// A conversation, what is looked for there, and which page of it.
pub(super) type Searched = (Uuid, (String, Ask));

impl BatchFn<Searched, Batched<Messages>> for Batch<Search> {
    async fn load(&mut self, keys: &[Searched]) -> HashMap<Searched, Batched<Messages>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (asked, conversations) in alike(keys) {
            let (text, ask) = &asked;
            let found = search(&self.execution, &conversations, text, ask).await;
            answer(&mut answers, &asked, &conversations, found);
        }
        answers
    }
}

async fn search(
    execution: &Execution,
    conversations: &[Uuid],
    text: &str,
    ask: &Ask,
) -> Result<Vec<(Uuid, Messages)>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let asked = words::asked(backend, text)?;
    let below = ask.below()?;
    let Some(words) = asked else {
        return Ok(conversations.iter().map(|id| (*id, Arc::new(Page::empty()))).collect());
    };
    let (list, key) = keys(backend);
    let newest = "m.position < $3 ORDER BY m.position DESC LIMIT $4";
    let of = match backend {
        // As the index says it.
        DbBackend::Postgres => format!(
            "FROM message m WHERE m.conversation_id = {key} AND m.kind = 'text' AND m.deleted_at IS NULL \
             AND {} @@ to_tsquery('simple', $2) AND {newest}",
            migration::message_search::words("m.body_source")
        ),
        // The index holds whole conversations apart, so that a frequent word elsewhere costs nothing.
        _ => format!(
            "FROM message_search f JOIN message_search_row r ON r.id = f.rowid \
             JOIN message m ON m.id = r.message_id \
             WHERE f.message_search MATCH 'conversation : \"' || k.value || '\" AND body : (' || $2 || ')' \
             AND m.conversation_id = {key} AND m.deleted_at IS NULL AND {newest}"
        ),
    };
    let text = format!("SELECT {} FROM {list} {}", columns(backend), join(backend, &of));
    let limit = i64::try_from(ask.limit()).unwrap_or(101);
    let values = [sql::keys(backend, conversations), words.into(), below.into(), limit.into()];
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut rows = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|(row, _)| std::cmp::Reverse(row.position));
    let place =
        |(row, _): &(Arc<crate::entity::message::Model>, _)| Place::at(row.position, row.id);
    let pages = Page::of_each(conversations, rows, ask, |(row, _)| row.conversation_id, place);
    Ok(pages.into_iter().map(|(id, page)| (id, Arc::new(page))).collect())
}
