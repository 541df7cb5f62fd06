use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use crate::{Cx, Result, entity::tag, index, markdown::is_of_word, sql};

/// A tag as it is kept: its name, to compare, and its label, to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// In lower case.
    pub name: String,
    /// As it was written.
    pub label: String,
}

/// Reads a tag as somebody typed it, with or without `#`: 1 to 50 letters, marks and digits of any script,
/// and `_ - + # .` within; white space becomes a hyphen.
pub fn name(text: &str) -> Option<Name> {
    let label =
        text.trim().trim_start_matches('#').split_whitespace().collect::<Vec<_>>().join("-");
    let good = (1..=50).contains(&label.chars().count())
        && label.chars().all(|c| is_of_word(c) || matches!(c, '-' | '+' | '#' | '.'))
        && label.chars().any(char::is_alphanumeric);
    good.then(|| Name { name: label.to_lowercase(), label })
}

/// The keys of tags, which are made where they are new; in the order asked, each once.
pub async fn ensure(cx: Cx<'_>, tx: &impl ConnectionTrait, names: &[Name]) -> Result<Vec<Uuid>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = by_names(tx, names).await?;
    if names.iter().any(|name| !known.contains_key(&name.name)) {
        let mut fresh: Vec<&Name> =
            names.iter().filter(|name| !known.contains_key(&name.name)).collect();
        fresh.sort_by(|a, b| a.name.cmp(&b.name));
        let mut made = Vec::with_capacity(fresh.len());
        for new in fresh {
            let (name, label) = (new.name.clone(), new.label.clone());
            let row = tag::Model { id: cx.key(), name, label, use_count: 0 };
            // Who makes the same tag at the same moment writes its document too.
            let found = index::of_tag(&row);
            if sql::insert_new(tx, row.into_active_model()).await? {
                made.push(found);
            }
        }
        known = by_names(tx, names).await?;
        index::put_written(tx, &made).await?;
    }
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        if let Some(key) = known.get(&name.name)
            && !keys.contains(key)
        {
            keys.push(*key);
        }
    }
    Ok(keys)
}

async fn by_names(tx: &impl ConnectionTrait, names: &[Name]) -> Result<HashMap<String, Uuid>> {
    let names = names.iter().map(|name| name.name.as_str());
    let rows = tag::Entity::find().filter(tag::Column::Name.is_in(names)).all(tx).await?;
    Ok(rows.into_iter().map(|tag| (tag.name, tag.id)).collect())
}

/// Counts one use less of each tag that is only in `before`, one more of each only in `after`. Call it
/// before the tags are linked anew: the locks are taken in one order, so that two changes never wait
/// for each other.
pub async fn recount(tx: &impl ConnectionTrait, before: &[Uuid], after: &[Uuid]) -> Result<()> {
    let gone = without(before, after);
    let new = without(after, before);
    let all: Vec<Uuid> = gone.iter().chain(&new).copied().collect();
    sql::lock::<tag::Entity>(tx, tag::Column::Id, &all).await?;
    count(tx, &gone, -1).await?;
    count(tx, &new, 1).await
}

/// The tags of `these` that are not among `those`.
pub fn without(these: &[Uuid], those: &[Uuid]) -> Vec<Uuid> {
    these.iter().filter(|tag| !those.contains(tag)).copied().collect()
}

async fn count(tx: &impl ConnectionTrait, tags: &[Uuid], by: i32) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    tag::Entity::update_many()
        .col_expr(tag::Column::UseCount, Expr::col(tag::Column::UseCount).add(by))
        .filter(sql::key_in(tx.get_database_backend(), tag::Column::Id, tags))
        .exec(tx)
        .await?;
    Ok(())
}

/// The tag of this name, if it was ever used.
pub async fn by_name(cx: Cx<'_>, text: &str) -> Result<Option<tag::Model>> {
    let Some(Name { name, .. }) = name(text) else { return Ok(None) };
    Ok(tag::Entity::find().filter(tag::Column::Name.eq(name)).one(cx.db).await?)
}

/// The most used tags, or those that begin with `text`, at most `first`.
pub async fn most_used(cx: Cx<'_>, text: Option<&str>, first: u64) -> Result<Vec<tag::Model>> {
    let mut rows = tag::Entity::find().filter(tag::Column::UseCount.gt(0));
    if let Some(text) = text {
        let Some(Name { name, .. }) = name(text) else { return Ok(Vec::new()) };
        rows = rows
            .filter(tag::Column::Name.gte(name.as_str()))
            .filter(tag::Column::Name.lt(format!("{name}\u{10ffff}")));
    }
    let rows = rows.order_by_desc(tag::Column::UseCount).order_by_desc(tag::Column::Id);
    Ok(rows.limit(first).all(cx.db).await?)
}
