use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, SqlErr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::own;
use crate::{
    Cx, Error, Result,
    check::{self, Check, each_once},
    entity::{
        file_use::Place,
        former_handle,
        profile::{self, Column},
        profile_open_to::{self, OpenTo},
    },
    error::ErrorCode,
    files::service::{self as files, On},
    index, markdown,
    members::policy,
    sql,
};

/// How long a handle that was given up leads to who had it.
const FORMER_HANDLE: TimeDelta = TimeDelta::days(90);
/// Links of a profile.
const LINKS: usize = 10;

/// A link shown on a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it says; 1 to 50 characters.
    pub label: String,
    /// An http(s) URL.
    pub url: String,
}

/// What to change in a profile: `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// A new handle; the old one leads here for 90 days.
    pub handle: Option<String>,
    /// A new name.
    pub name: Option<String>,
    /// New pronouns, or none.
    pub pronouns: Option<Option<String>>,
    /// A new headline, or none.
    pub headline: Option<Option<String>>,
    /// A new bio, in Markdown, or none.
    pub bio: Option<Option<String>>,
    /// A new location, or none.
    pub location: Option<Option<String>>,
    /// A new country, or none.
    pub country: Option<Option<String>>,
    /// A new website, or none.
    pub website: Option<Option<String>>,
    /// All links.
    pub links: Option<Vec<Link>>,
    /// All that the member is open to.
    pub open_to: Option<Vec<OpenTo>>,
    /// A new face, or none; `Some(Some(None))` is an id that names no file.
    pub avatar: Option<Option<Option<Uuid>>>,
    /// A new wide picture on top, or none.
    pub banner: Option<Option<Option<Uuid>>>,
}

/// Changes the actor's own profile.
pub async fn update(cx: Cx<'_>, changes: Changes) -> Result<profile::Model> {
    let me = policy::edit(cx.actor)?.id;
    let mut check = Check::new();
    let mut row = profile::ActiveModel { id: Unchanged(me), ..Default::default() };
    if let Some(name) = &changes.name {
        let name = check.line(&["name"], name, 1..=80);
        row.name_key = Set(name.to_lowercase());
        row.name = Set(name);
    }
    let mut line = |path: &str, text: &Option<Option<String>>, max: usize| {
        let text = text.as_ref()?;
        Some(text.as_ref().and_then(|text| check.optional_line(&[path], text, max)))
    };
    row.pronouns = line("pronouns", &changes.pronouns, 40).map_or(row.pronouns, Set);
    row.headline = line("headline", &changes.headline, 160).map_or(row.headline, Set);
    row.location = line("location", &changes.location, 100).map_or(row.location, Set);
    if let Some(bio) = &changes.bio {
        let bio = check.text(&["bio"], bio.as_deref().unwrap_or_default(), 0..=5_000);
        row.bio_html = Set(markdown::render(&bio).html);
        row.bio_source = Set(bio);
    }
    if let Some(country) = &changes.country {
        let written = country.as_deref().filter(|country| !country.trim().is_empty());
        let country = written.and_then(check::country);
        if written.is_some() && country.is_none() {
            let message = "write an ISO 3166-1 code of two letters: DE, BR, JP";
            check.problem(ErrorCode::Invalid, &["country"], message);
        }
        row.country = Set(country);
    }
    if let Some(website) = &changes.website {
        let url = website.as_ref().filter(|url| !url.trim().is_empty());
        row.website = Set(url.map(|url| check.url(&["website"], url)));
    }
    if let Some(links) = &changes.links {
        let kept = checked_links(&mut check, links);
        row.links = Set(serde_json::to_string(&kept).map_err(Error::internal)?);
    }
    let handle = match changes.handle.as_deref().map(check::handle).transpose() {
        Ok(handle) => handle,
        Err((code, message)) => {
            check.problem(code, &["handle"], message);
            None
        }
    };
    check.done()?;

    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me]).await?;
    if let Some(handle) = handle {
        change_handle(cx, &tx, me, &handle).await?;
        row.handle = Set(handle);
    }
    if let Some(open_to) = changes.open_to {
        set_open_to(&tx, me, open_to).await?;
    }
    let pictures = [
        (changes.avatar, Place::Avatar, &["input", "avatar"]),
        (changes.banner, Place::Banner, &["input", "banner"]),
    ];
    for (picture, place, path) in pictures {
        if let Some(picture) = picture {
            let picture = picture.as_slice();
            files::rehang(cx, &tx, On::Profile(me), place, picture, path).await?;
        }
    }
    let was_changed = row.is_changed();
    if was_changed {
        // Who takes the same handle at the same moment is told so by the database.
        profile::Entity::update(row).exec(&tx).await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
            _ => error.into(),
        })?;
    }
    let row = own(&tx, me).await?;
    if was_changed {
        index::put_profile(&tx, &row).await?;
    }
    tx.commit().await?;
    Ok(row)
}

/// Checks links as they may stand on a profile, or on something that is shown there.
pub fn checked_links(check: &mut Check, links: &[Link]) -> Vec<Link> {
    check.list(&["links"], links, LINKS);
    let mut kept = Vec::with_capacity(LINKS);
    for (at, link) in links.iter().take(LINKS).enumerate() {
        let at = at.to_string();
        kept.push(Link {
            label: check.line(&["links", &at, "label"], &link.label, 1..=50),
            url: check.url(&["links", &at, "url"], &link.url),
        });
    }
    kept
}

/// Frees the old handle for its 90 days and makes sure that the new one is free.
async fn change_handle(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    handle: &str,
) -> Result<()> {
    let old = own(tx, me).await?.handle;
    if old == handle {
        return Ok(());
    }
    let theirs = profile::Entity::find().filter(Column::Handle.eq(handle)).one(tx).await?;
    let kept = former_handle::Entity::find_by_id(handle).one(tx).await?;
    if theirs.is_some()
        || kept.as_ref().is_some_and(|k| k.profile_id != me && k.expires_at > cx.now())
    {
        return Err(taken());
    }
    let names = [handle.to_owned(), old.clone()];
    former_handle::Entity::delete_many()
        .filter(former_handle::Column::Handle.is_in(names))
        .exec(tx)
        .await?;
    let former = former_handle::ActiveModel {
        handle: Set(old),
        profile_id: Set(me),
        expires_at: Set(cx.now() + FORMER_HANDLE),
    };
    former_handle::Entity::insert(former).exec_without_returning(tx).await?;
    Ok(())
}

fn taken() -> Error {
    Error::refused(ErrorCode::Taken, ["input", "handle"], "somebody else has this handle")
}

async fn set_open_to(tx: &impl ConnectionTrait, me: Uuid, open_to: Vec<OpenTo>) -> Result<()> {
    profile_open_to::Entity::delete_many()
        .filter(profile_open_to::Column::ProfileId.eq(me))
        .exec(tx)
        .await?;
    for what in each_once(open_to) {
        let row = profile_open_to::ActiveModel { profile_id: Set(me), open_to: Set(what) };
        profile_open_to::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}
