use chrono::Datelike as _;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _, SqlErr,
};
use uuid::Uuid;

use super::{hung, locked, role_in};
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    entity::{
        account,
        file_use::Place,
        organization::{self, Column, Size},
        organization_member::{self, Role},
    },
    error::{Detail, ErrorCode, Problem},
    index, markdown,
    organizations::{policy, work::RENAMED},
    queue::{self, NewItem},
    slug,
};

/// Characters of a name in addresses.
const SLUG: usize = 80;
/// Organizations of which one member is an owner.
const OWNED: usize = 20;

/// An organization, new or changed: `None` stays, `Some(None)` clears.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What it is called.
    pub name: Option<String>,
    /// Its name in addresses, or one made from its name.
    pub slug: Option<Option<String>>,
    /// About it, in Markdown.
    pub about: Option<Option<String>>,
    /// The file of its sign: one, or none.
    pub logo: Option<Vec<Option<Uuid>>>,
    /// The file of the wide picture on top: one, or none.
    pub banner: Option<Vec<Option<Uuid>>>,
    /// Its own site.
    pub website: Option<Option<String>>,
    /// Where it sits, in words.
    pub location: Option<Option<String>>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<Option<String>>,
    /// Head count.
    pub size: Option<Option<Size>>,
    /// What it does.
    pub industry: Option<Option<String>>,
    /// Since when it exists.
    pub founded_year: Option<Option<i32>>,
}

/// Makes an organization (`id` is left out), whose owner the actor becomes, or changes one. With `expected_version` a
/// change is refused when somebody was faster.
pub async fn save(
    cx: Cx<'_>,
    id: Option<Option<Uuid>>,
    changes: Changes,
    expected_version: Option<i32>,
) -> Result<organization::Model> {
    let me = policy::write(cx.actor)?.id;
    let tx = cx.begin().await?;
    let old = match id {
        None => None,
        Some(id) => {
            let old = locked(cx, &tx, id).await?;
            policy::edit(cx.actor, role_in(cx, &tx, old.id).await?)?;
            if expected_version.is_some_and(|expected| expected != old.version) {
                let message = "this organization was changed since you read it";
                let stale = Problem::at(ErrorCode::StaleVersion, ["expectedVersion"], message);
                return Err(stale.with(Detail::Stale { current: old.version }).into());
            }
            Some(old)
        }
    };
    let mut row = old.clone().unwrap_or_else(|| empty(cx.key()));
    let mut check = Check::new();
    apply(cx, &mut check, &mut row, &changes);
    let given = changes.slug.as_ref().and_then(Option::as_deref);
    let given = given.map(|text| slug::chosen(&mut check, &["slug"], text, SLUG));
    check.done()?;
    if old.is_none() || changes.slug.is_some() {
        row.slug = free_slug(&tx, given, &row).await?;
    }
    let mut row = match &old {
        None => insert(cx, &tx, me, row).await?,
        Some(_) => row,
    };
    // What the staff found was true of what it was called, and of the site that it named.
    if old.as_ref().is_some_and(|old| (&old.name, &old.website) != (&row.name, &row.website)) {
        row.verified_at = None;
    }
    let mut changed = old.as_ref() != Some(&row);
    for (place, files) in [(Place::Logo, &changes.logo), (Place::Banner, &changes.banner)] {
        if let Some(files) = files {
            changed |= hung::set(cx, &tx, row.id, place, files).await?;
        }
    }
    if let Some(old) = &old {
        if !changed {
            return Ok(row);
        }
        row.version = old.version + 1;
        let change = row.into_active_model().reset_all();
        row = change.update(&tx).await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => taken(),
            _ => error.into(),
        })?;
        if old.name != row.name {
            queue::add(cx, &tx, NewItem::new(&RENAMED, &row.id)?).await?;
        }
    }
    index::put_organization(&tx, &row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn insert(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    row: organization::Model,
) -> Result<organization::Model> {
    owns_one_more(tx, me, &[]).await?;
    if !crate::sql::insert_new(tx, row.clone().into_active_model()).await? {
        return Err(taken());
    }
    let owner = organization_member::ActiveModel {
        organization_id: Set(row.id),
        profile_id: Set(me),
        role: Set(Role::Owner),
        since: Set(cx.now()),
    };
    organization_member::Entity::insert(owner).exec_without_returning(tx).await?;
    Ok(row)
}

/// Whether somebody may own one more organization; refused at `path` otherwise. Who makes several at once comes here one
/// after the other.
pub(super) async fn owns_one_more(
    tx: &impl ConnectionTrait,
    who: Uuid,
    path: &'static [&'static str],
) -> Result<()> {
    account::Entity::find_by_id(who).lock_exclusive().one(tx).await?;
    let owned = organization_member::Entity::find()
        .select_only()
        .column(organization_member::Column::OrganizationId)
        .filter(organization_member::Column::ProfileId.eq(who))
        .filter(organization_member::Column::Role.eq(Role::Owner));
    if owned.into_tuple::<Uuid>().all(tx).await?.len() < OWNED {
        return Ok(());
    }
    let message = format!("nobody owns more than {OWNED} organizations");
    Err(Error::refused(ErrorCode::QuotaExceeded, path.iter().copied(), message))
}

fn empty(id: Uuid) -> organization::Model {
    organization::Model {
        id,
        slug: String::new(),
        name: String::new(),
        name_key: String::new(),
        about_source: String::new(),
        about_html: String::new(),
        website: None,
        location: None,
        country: None,
        size: None,
        industry: None,
        founded_year: None,
        verified_at: None,
        open_job_count: 0,
        version: 1,
    }
}

/// Everything that needs no look at the database.
fn apply(cx: Cx<'_>, check: &mut Check, row: &mut organization::Model, changes: &Changes) {
    if changes.name.is_some() || row.name.is_empty() {
        row.name = check.line(&["name"], changes.name.as_deref().unwrap_or_default(), 1..=100);
        row.name_key = row.name.to_lowercase();
    }
    if let Some(about) = &changes.about {
        let source = check.text(&["about"], about.as_deref().unwrap_or_default(), 0..=20_000);
        row.about_html = markdown::render(&source).html;
        row.about_source = source;
    }
    if let Some(website) = &changes.website {
        row.website = website.as_deref().map(|url| check.url(&["website"], url));
    }
    let mut line = |name: &str, text: &Option<String>| {
        text.as_deref().and_then(|text| check.optional_line(&[name], text, 100))
    };
    if let Some(location) = &changes.location {
        row.location = line("location", location);
    }
    if let Some(industry) = &changes.industry {
        row.industry = line("industry", industry);
    }
    if let Some(country) = &changes.country {
        row.country = country.as_deref().and_then(|text| {
            let code = check::country(text);
            if code.is_none() {
                check.problem(ErrorCode::Invalid, &["country"], "write an ISO 3166-1 code: DE");
            }
            code
        });
    }
    row.size = changes.size.unwrap_or(row.size);
    if let Some(year) = changes.founded_year {
        if year.is_some_and(|year| !(1..=cx.now().year()).contains(&year)) {
            let message = "write the year in which it was founded";
            check.problem(ErrorCode::OutOfRange, &["foundedYear"], message);
        }
        row.founded_year = year;
    }
}

fn taken() -> Error {
    Error::refused(ErrorCode::Taken, ["input", "slug"], "another organization has this name")
}

async fn free_slug(
    tx: &impl ConnectionTrait,
    given: Option<String>,
    row: &organization::Model,
) -> Result<String> {
    let names = match &given {
        Some(slug) => vec![slug.clone()],
        None => slug::candidates(&row.name, SLUG, "organization", row.id),
    };
    let others = organization::Entity::find()
        .select_only()
        .column(Column::Slug)
        .filter(Column::Slug.is_in(names.iter().map(String::as_str)))
        .filter(Column::Id.ne(row.id));
    let others: Vec<String> = others.into_tuple().all(tx).await?;
    names.into_iter().find(|name| !others.contains(name)).ok_or_else(taken)
}
