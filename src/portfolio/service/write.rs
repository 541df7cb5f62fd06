use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{
    credits, hung,
    input::{self, Changes},
    locked, slugs, tagged, told, visible,
};
use crate::{
    Cx, Error, Result, client_key,
    entity::{
        file_use::Place,
        portfolio_item::{self, Column},
        post::Visibility,
        profile,
    },
    error::{Detail, ErrorCode, Problem},
    index,
    markdown::Rendered,
    members,
    notice::{self, Notice},
    portfolio::policy,
    sql,
};

/// Items of a member.
const ITEMS: usize = 200;

/// Begins an item, as a draft behind the others. The same `client_key` answers the first item again.
pub async fn create(
    cx: Cx<'_>,
    new: Changes,
    client_key: Option<&str>,
) -> Result<portfolio_item::Model> {
    let me = policy::write(cx.actor)?.id;
    let mut row = portfolio_item::ActiveModel {
        owner_id: Set(me),
        summary: Set(None),
        story_source: Set(String::new()),
        story_html: Set(String::new()),
        mentions: Set(None),
        visibility: Set(Visibility::Members),
        client: Set(None),
        owner_role: Set(None),
        started_on: Set(None),
        finished_on: Set(None),
        links: Set("[]".to_owned()),
        publication: Set(None),
        comment_count: Set(0),
        reaction_count: Set(0),
        reactions: Set("[]".to_owned()),
        version: Set(1),
        edited_at: Set(None),
        ..Default::default()
    };
    let found = input::checked(&new, None, &mut row)?;

    let tx = cx.begin().await?;
    let id = cx.key();
    if let Some(first) = client_key::claim(cx, &tx, client_key, "portfolio_item", id).await? {
        tx.rollback().await?;
        let first = visible(cx).filter(Column::Id.eq(first)).one(cx.db).await?;
        return first.ok_or_else(|| client_key::gone("portfolio item"));
    }
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me]).await?;
    let taken = slugs_of(&tx, me).await?;
    if taken.len() >= ITEMS {
        let message = format!("a portfolio has at most {ITEMS} items");
        return Err(Error::refused(ErrorCode::QuotaExceeded, [""; 0], message));
    }
    row.id = Set(id);
    row.position = Set(i32::try_from(taken.len()).unwrap_or(i32::MAX));
    let title = row.title.try_as_ref().cloned().unwrap_or_default();
    row.slug = Set(free_slug(found.slug.flatten(), &title, &taken)?);
    if let Some(story) = &found.story {
        row.mentions = Set(mentions(cx, &tx, story).await?);
    }
    let item = row.insert(&tx).await?;
    hung::set(cx, &tx, id, Place::Cover, new.cover.as_deref().unwrap_or_default()).await?;
    hung::set(cx, &tx, id, Place::Gallery, new.media.as_deref().unwrap_or_default()).await?;
    tagged::set(cx, &tx, &item, &found.tags.unwrap_or_default()).await?;
    credits::set(cx, &tx, id, &found.credits.unwrap_or_default()).await?;
    tx.commit().await?;
    Ok(item)
}

/// Changes an item. With `expected_version` the change is refused when somebody, on another device perhaps, was
/// faster.
pub async fn update(
    cx: Cx<'_>,
    id: Option<Uuid>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<portfolio_item::Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, profile::Column::Id, &[me]).await?;
    let item = locked(cx, &tx, id).await?.ok_or_else(missing)?;
    policy::edit(cx.actor, &item)?;
    if expected_version.is_some_and(|expected| expected != item.version) {
        let message = "this portfolio item was changed since you read it";
        let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
        return Err(stale.with(Detail::Stale { current: item.version }).into());
    }
    let mut row = item.clone().into_active_model();
    let found = input::checked(&changes, Some(&item), &mut row)?;
    if let Some(slug) = found.slug
        && slug.as_ref() != Some(&item.slug)
    {
        let mut taken = slugs_of(&tx, me).await?;
        taken.remove(&item.slug);
        let title = row.title.try_as_ref().unwrap_or(&item.title);
        let slug = free_slug(slug, title, &taken)?;
        input::set(&mut row.slug, slug);
    }
    if let Some(story) = &found.story {
        let mentions = mentions(cx, &tx, story).await?;
        input::set(&mut row.mentions, mentions);
    }
    let mut changed = row.is_changed();
    for (place, files) in [(Place::Cover, &changes.cover), (Place::Gallery, &changes.media)] {
        if let Some(files) = files {
            changed |= hung::set(cx, &tx, item.id, place, files).await?;
        }
    }
    if let Some(names) = &found.tags {
        changed |= tagged::set(cx, &tx, &item, names).await?;
    }
    let mut left = false;
    if let Some(these) = &found.credits {
        let credited = credits::set(cx, &tx, item.id, these).await?;
        changed |= credited.changed;
        left = credited.left;
    }
    if !changed {
        tx.rollback().await?;
        return Ok(item);
    }
    let story = row.story_html.try_as_ref().unwrap_or(&item.story_html);
    if item.publication.is_some() && !hung::shows_something(&tx, item.id, story).await? {
        let message = "what is published needs a story or a picture";
        return Err(Error::refused(ErrorCode::Required, ["input", "story"], message));
    }
    row.version = Set(item.version + 1);
    if item.publication.is_some() {
        row.edited_at = Set(Some(cx.now()));
    }
    let hides = left || row.visibility.is_set();
    let before = item.mentions.clone();
    let item = row.update(&tx).await?;
    if item.publication.is_some() {
        index::put_portfolio_item(&tx, &item).await?;
    }
    let named = notice::newly_named(before.as_deref(), item.mentions.as_deref());
    if item.publication.is_some() && !named.is_empty() {
        notice::tell(cx, &tx, Notice::PortfolioItemNames(item.id, named)).await?;
    }
    told::tell(cx, tx, item.id, told::ITEM_CHANGED, hides).await?;
    Ok(item)
}

pub(super) fn missing() -> Error {
    Error::not_found("portfolio item")
}

/// The names in addresses of all items of a member, whose profile is locked.
async fn slugs_of(tx: &impl ConnectionTrait, owner: Uuid) -> Result<HashSet<String>> {
    let rows = portfolio_item::Entity::find().select_only().column(Column::Slug);
    let rows = rows.filter(Column::OwnerId.eq(owner)).order_by_asc(Column::Slug);
    Ok(rows.into_tuple::<String>().all(tx).await?.into_iter().collect())
}

fn free_slug(given: Option<String>, title: &str, taken: &HashSet<String>) -> Result<String> {
    match given {
        Some(slug) if taken.contains(&slug) => {
            let message = "another portfolio item of yours has this name";
            Err(Error::refused(ErrorCode::Taken, ["input", "slug"], message))
        }
        Some(slug) => Ok(slug),
        None => Ok(slugs::made(title, taken)),
    }
}

/// The keys of the members that a story names, as they are kept.
async fn mentions(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    story: &Rendered,
) -> Result<Option<String>> {
    let keys = members::service::keys_of(cx, tx, &story.mentions).await?;
    if keys.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&keys).map(Some).map_err(Error::internal)
}
