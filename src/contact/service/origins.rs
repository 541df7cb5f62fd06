//! Whose pages may send a form from another site.

use std::collections::HashSet;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use crate::{
    Error, Result,
    app::App,
    entity::form::{self, Column, State},
    error::ErrorCode,
};

/// How long it takes at most until another server knows of a change.
const FRESH: TimeDelta = TimeDelta::seconds(30);

/// The page that a browser says it sends from.
#[derive(Clone, Debug)]
pub struct SentFrom {
    /// Its origin.
    pub origin: String,
    /// Whether it is one of the server's own, or of those that the operator allows.
    pub is_known: bool,
}

/// Whether pages of this origin may call without credentials: some open form allows it.
pub async fn may_send_from(app: &App, origin: &str) -> Result<bool> {
    let now = app.clock.now();
    if let Some(known) = app.origins.has(origin, now) {
        return Ok(known);
    }
    let lists: Vec<String> = form::Entity::find()
        .select_only()
        .column(Column::AllowedOrigins)
        .filter(Column::State.eq(State::Open))
        .filter(Column::AllowedOrigins.ne("[]"))
        .into_tuple()
        .all(&app.db.read)
        .await?;
    let mut origins = HashSet::new();
    for list in lists {
        origins.extend(serde_json::from_str::<Vec<String>>(&list).map_err(Error::internal)?);
    }
    let may = origins.contains(origin);
    app.origins.keep(origins, now + FRESH);
    Ok(may)
}

/// The page to note for a submission: what the browser says counts, what the caller claims only fills it in. Refuses a
/// page of a site that the form does not allow.
pub(super) fn allowed(
    form: &form::Model,
    from: Option<&SentFrom>,
    claimed: Option<&str>,
) -> Result<Option<String>> {
    let claimed = claimed.map(str::trim).filter(|url| !url.is_empty());
    let of = |url: &str| url::Url::parse(url).ok().map(|url| url.origin().ascii_serialization());
    let Some(from) = from else { return Ok(claimed.map(str::to_owned)) };
    let listed: Vec<String> =
        serde_json::from_str(&form.allowed_origins).map_err(Error::internal)?;
    if !from.is_known && !listed.contains(&from.origin) {
        let message = "this form is not sent from pages of that site";
        return Err(Error::refused(ErrorCode::Forbidden, ["input", "origin"], message));
    }
    let page = claimed.filter(|url| of(url).as_ref() == Some(&from.origin));
    Ok(Some(page.map_or_else(|| from.origin.clone(), str::to_owned)))
}
