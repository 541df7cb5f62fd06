use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Order, SelectStatement, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::policy;
use crate::{
    Cx, Error, Result,
    check::{self, Check},
    entity::{
        block, follow, former_handle, mute,
        profile::{self, Column},
        profile_open_to::{self, OpenTo},
        profile_skill::{self, Level},
    },
    error::ErrorCode,
    markdown,
    page::{Ask, By, Page, Place, Rank},
    sql, tags,
};

/// How long a handle that was given up leads to who had it.
const FORMER_HANDLE: TimeDelta = TimeDelta::days(90);

impl sql::Joined for profile::Entity {
    /// Bios are long and seldom asked for beside what somebody wrote.
    fn read(column: Column) -> SimpleExpr {
        match column {
            Column::BioSource | Column::BioHtml => Expr::value(""),
            _ => Expr::col((profile::Entity, column)),
        }
    }
}

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
}

/// A skill that somebody claims.
#[derive(Clone, Debug)]
pub struct Skill {
    /// What it is called.
    pub name: String,
    /// How well.
    pub level: Option<Level>,
    /// For how many years.
    pub years: Option<i32>,
}

/// Narrows the directory; all conditions hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The handle or the name begins so.
    pub text: Option<String>,
    /// Has all of these skills (keys of tags).
    pub skills: Vec<Uuid>,
    /// Is open to any of these.
    pub open_to: Vec<OpenTo>,
    /// Is in this country.
    pub country: Option<String>,
}

/// What the directory can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// The name, without regard to case.
    Name,
    /// When they joined.
    Joined,
    /// How many follow them.
    Followers,
}

/// The profiles that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<profile::Entity> {
    profile::Entity::find().filter(policy::visible_to(cx.actor))
}

/// The profile that has this handle, or had it up to 90 days ago.
pub async fn by_handle(cx: Cx<'_>, handle: &str) -> Result<Option<profile::Model>> {
    let handle = handle.trim().trim_start_matches('@').to_lowercase();
    let now = visible(cx).filter(Column::Handle.eq(handle.as_str())).one(cx.db).await?;
    if now.is_some() {
        return Ok(now);
    }
    let former = former_handle::Entity::find_by_id(handle).one(cx.db).await?;
    match former.filter(|former| former.expires_at > cx.now()) {
        Some(former) => Ok(visible(cx).filter(Column::Id.eq(former.profile_id)).one(cx.db).await?),
        None => Ok(None),
    }
}

/// The keys of the visible profiles that have these handles, in the order asked.
pub async fn keys_of(
    cx: Cx<'_>,
    db: &impl ConnectionTrait,
    handles: &[String],
) -> Result<Vec<Uuid>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let rows = visible(cx)
        .select_only()
        .columns([Column::Handle, Column::Id])
        .filter(Column::Handle.is_in(handles.iter().map(String::as_str)))
        .into_tuple::<(String, Uuid)>()
        .all(db)
        .await?;
    let key = |handle: &String| rows.iter().find(|(found, _)| found == handle).map(|(_, id)| *id);
    Ok(handles.iter().filter_map(key).collect())
}

/// The keys of those whom a member follows.
pub fn followed_by(member: Uuid) -> SelectStatement {
    let rows = follow::Entity::find().select_only().column(follow::Column::FollowedId);
    rows.filter(follow::Column::FollowerId.eq(member)).into_query()
}

/// A page of the directory.
pub async fn directory(
    cx: Cx<'_>,
    filter: Filter,
    order_by: OrderBy,
    order: Order,
    ask: &Ask,
) -> Result<Page<profile::Model>> {
    let mut rows = visible(cx).filter(Column::Kind.eq(profile::Kind::Person));
    if let Some(text) = filter.text.map(|text| text.trim().to_lowercase()).filter(|t| !t.is_empty())
    {
        let end = format!("{text}\u{10ffff}");
        let begins = |column: Column, text: &str| {
            Condition::all().add(column.gte(text)).add(column.lt(end.as_str()))
        };
        let handle = begins(Column::Handle, text.trim_start_matches('@'));
        rows = rows.filter(Condition::any().add(handle).add(begins(Column::NameKey, &text)));
    }
    for skill in filter.skills {
        let with = profile_skill::Entity::find()
            .select_only()
            .column(profile_skill::Column::ProfileId)
            .filter(profile_skill::Column::TagId.eq(skill));
        rows = rows.filter(Column::Id.in_subquery(with.into_query()));
    }
    if !filter.open_to.is_empty() {
        let open = profile_open_to::Entity::find()
            .select_only()
            .column(profile_open_to::Column::ProfileId)
            .filter(profile_open_to::Column::OpenTo.is_in(filter.open_to));
        rows = rows.filter(Column::Id.in_subquery(open.into_query()));
    }
    if let Some(country) = filter.country {
        rows = rows.filter(Column::Country.eq(country.to_uppercase()));
    }
    let by = match order_by {
        OrderBy::Joined if order == Order::Asc => By::oldest(Column::Id),
        OrderBy::Joined => By::newest(Column::Id),
        OrderBy::Name => By::ranked(Column::NameKey, Column::Id, order),
        OrderBy::Followers => By::ranked(Column::FollowerCount, Column::Id, order),
    };
    let place = |row: &profile::Model| Place {
        rank: match order_by {
            OrderBy::Joined => None,
            OrderBy::Name => Some(Rank::Text(row.name_key.clone())),
            OrderBy::Followers => Some(Rank::Number(row.follower_count)),
        },
        id: row.id,
    };
    by.page(cx.db, rows, ask, place).await
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
        let country = country.as_ref().map(|country| country.trim().to_uppercase());
        if country.as_deref().is_some_and(|code| rust_iso3166::from_alpha2(code).is_none()) {
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
        check.list(&["links"], links, 10);
        let mut kept = Vec::with_capacity(links.len());
        for (at, link) in links.iter().enumerate() {
            let at = at.to_string();
            kept.push(Link {
                label: check.line(&["links", &at, "label"], &link.label, 1..=50),
                url: check.url(&["links", &at, "url"], &link.url),
            });
        }
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
    if let Some(handle) = handle {
        change_handle(cx, &tx, me, &handle).await?;
        row.handle = Set(handle);
    }
    if let Some(open_to) = &changes.open_to {
        set_open_to(&tx, me, open_to).await?;
    }
    if sea_orm::ActiveModelTrait::is_changed(&row) {
        profile::Entity::update(row).exec(&tx).await?;
    }
    let row = own(&tx, me).await?;
    tx.commit().await?;
    Ok(row)
}

async fn own(tx: &impl ConnectionTrait, me: Uuid) -> Result<profile::Model> {
    let row = profile::Entity::find_by_id(me).one(tx).await?;
    row.ok_or_else(|| Error::bug("a member has no profile"))
}

/// Frees the old handle for its 90 days and makes sure that the new one is free.
async fn change_handle(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    me: Uuid,
    handle: &str,
) -> Result<()> {
    sql::lock::<profile::Entity>(tx, Column::Id, &[me]).await?;
    let old = own(tx, me).await?.handle;
    if old == handle {
        return Ok(());
    }
    let taken =
        || Error::refused(ErrorCode::Taken, ["input", "handle"], "somebody else has this handle");
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

async fn set_open_to(tx: &impl ConnectionTrait, me: Uuid, open_to: &[OpenTo]) -> Result<()> {
    profile_open_to::Entity::delete_many()
        .filter(profile_open_to::Column::ProfileId.eq(me))
        .exec(tx)
        .await?;
    for (at, what) in open_to.iter().enumerate() {
        if open_to.iter().take(at).all(|before| before != what) {
            let row = profile_open_to::ActiveModel { profile_id: Set(me), open_to: Set(*what) };
            profile_open_to::Entity::insert(row).exec_without_returning(tx).await?;
        }
    }
    Ok(())
}

/// Sets the whole list of the actor's skills, in order.
pub async fn set_skills(cx: Cx<'_>, skills: Vec<Skill>) -> Result<profile::Model> {
    let me = policy::edit(cx.actor)?.id;
    let mut problems = Vec::new();
    if skills.len() > 50 {
        problems.push(problem(ErrorCode::TooLong, &[], "name at most 50 skills"));
    }
    let mut names: Vec<tags::service::Name> = Vec::with_capacity(skills.len());
    for (at, skill) in skills.iter().enumerate() {
        let at = at.to_string();
        match tags::service::name(&skill.name) {
            None => problems.push(problem(
                ErrorCode::Invalid,
                &[&at, "skill"],
                "write 1 to 50 letters, digits or _ - + # .",
            )),
            Some(name) if names.iter().any(|other| other.name == name.name) => problems
                .push(problem(ErrorCode::Duplicate, &[&at, "skill"], "this skill is named twice")),
            Some(name) => names.push(name),
        }
        if skill.years.is_some_and(|years| !(0..=80).contains(&years)) {
            problems.push(problem(ErrorCode::OutOfRange, &[&at, "years"], "write 0 to 80 years"));
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me]).await?;
    let mine = || profile_skill::Column::ProfileId.eq(me);
    let before: Vec<Uuid> = profile_skill::Entity::find()
        .select_only()
        .column(profile_skill::Column::TagId)
        .filter(mine())
        .into_tuple()
        .all(&tx)
        .await?;
    let after = tags::service::ensure(cx, &tx, &names).await?;
    profile_skill::Entity::delete_many().filter(mine()).exec(&tx).await?;
    let rows = after.iter().zip(&skills).enumerate().map(|(at, (tag, skill))| {
        profile_skill::ActiveModel {
            profile_id: Set(me),
            tag_id: Set(*tag),
            position: Set(i32::try_from(at).unwrap_or(i32::MAX)),
            level: Set(skill.level),
            years: Set(skill.years),
        }
    });
    if !after.is_empty() {
        profile_skill::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    }
    let gone: Vec<Uuid> = before.iter().filter(|tag| !after.contains(tag)).copied().collect();
    let new: Vec<Uuid> = after.iter().filter(|tag| !before.contains(tag)).copied().collect();
    tags::service::count(&tx, &gone, -1).await?;
    tags::service::count(&tx, &new, 1).await?;
    let row = own(&tx, me).await?;
    tx.commit().await?;
    Ok(row)
}

fn problem(code: ErrorCode, below: &[&str], message: &str) -> crate::error::Problem {
    let path = std::iter::once("skills").chain(below.iter().copied()).map(str::to_owned);
    crate::error::Problem::at(code, path, message)
}

/// Whom an act is about: a profile that the actor may see.
async fn other(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    policy::relate_at_all(cx.actor)?;
    let missing = || Error::not_found("profile");
    let id = id.ok_or_else(missing)?;
    policy::relate(cx.actor, id)?;
    visible(cx).filter(Column::Id.eq(id)).one(cx.db).await?.ok_or_else(missing)
}

/// Follows somebody; doing it twice is doing it once.
pub async fn follow(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    if block::Entity::find().filter(is_block(me, them)).one(&tx).await?.is_some() {
        let message = "you blocked them: unblock them first";
        return Err(Error::refused(ErrorCode::Blocked, ["id"], message));
    }
    let row =
        follow::ActiveModel { follower_id: Set(me), followed_id: Set(them), id: Set(cx.key()) };
    if sql::insert_new(&tx, row).await? {
        count_follow(&tx, me, them, 1).await?;
    }
    let row = own(&tx, them).await?;
    tx.commit().await?;
    Ok(row)
}

/// Follows somebody no more.
pub async fn unfollow(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    end_follow(&tx, me, them).await?;
    let row = own(&tx, them).await?;
    tx.commit().await?;
    Ok(row)
}

async fn end_follow(tx: &impl ConnectionTrait, follower: Uuid, followed: Uuid) -> Result<()> {
    let gone = follow::Entity::delete_many()
        .filter(follow::Column::FollowerId.eq(follower))
        .filter(follow::Column::FollowedId.eq(followed))
        .exec(tx)
        .await?;
    if gone.rows_affected > 0 {
        count_follow(tx, follower, followed, -1).await?;
    }
    Ok(())
}

async fn count_follow(
    tx: &impl ConnectionTrait,
    follower: Uuid,
    followed: Uuid,
    by: i32,
) -> Result<()> {
    for (id, column) in [(follower, Column::FollowingCount), (followed, Column::FollowerCount)] {
        profile::Entity::update_many()
            .col_expr(column, Expr::col(column).add(by))
            .filter(Column::Id.eq(id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Blocks somebody: neither sees what the other writes, they do not see the actor, and follows end both
/// ways.
pub async fn block(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?.id;
    let me = cx.actor.member()?.id;
    let tx = cx.begin().await?;
    sql::lock::<profile::Entity>(&tx, Column::Id, &[me, them]).await?;
    let row = block::ActiveModel { blocker_id: Set(me), blocked_id: Set(them), id: Set(cx.key()) };
    sql::insert_new(&tx, row).await?;
    end_follow(&tx, me, them).await?;
    end_follow(&tx, them, me).await?;
    let row = own(&tx, them).await?;
    tx.commit().await?;
    Ok(row)
}

fn is_block(me: Uuid, them: Uuid) -> Condition {
    let mine = Condition::all().add(block::Column::BlockerId.eq(me));
    mine.add(block::Column::BlockedId.eq(them))
}

fn is_mute(me: Uuid, them: Uuid) -> Condition {
    Condition::all().add(mute::Column::MuterId.eq(me)).add(mute::Column::MutedId.eq(them))
}

/// Undoes a block; follows stay ended. It works on those who blocked the actor too, whom they do not
/// see otherwise.
pub async fn unblock(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let me = policy::relate_at_all(cx.actor)?.id;
    if let Some(them) = id {
        let gone =
            block::Entity::delete_many().filter(is_block(me, them)).exec(&cx.app.db.write).await?;
        if gone.rows_affected > 0 {
            return own(&cx.app.db.write, them).await;
        }
    }
    other(cx, id).await
}

/// Hears no more of somebody, until a moment or for good; they do not notice.
pub async fn mute(
    cx: Cx<'_>,
    id: Option<Uuid>,
    until: Option<DateTime<Utc>>,
) -> Result<profile::Model> {
    let them = other(cx, id).await?;
    let me = cx.actor.member()?.id;
    if until.is_some_and(|until| until <= cx.now()) {
        return Err(Error::refused(ErrorCode::OutOfRange, ["until"], "this moment has passed"));
    }
    let tx = cx.begin().await?;
    mute::Entity::delete_many().filter(is_mute(me, them.id)).exec(&tx).await?;
    let row = mute::ActiveModel {
        muter_id: Set(me),
        muted_id: Set(them.id),
        id: Set(cx.key()),
        until: Set(until),
    };
    mute::Entity::insert(row).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(them)
}

/// Hears of somebody again.
pub async fn unmute(cx: Cx<'_>, id: Option<Uuid>) -> Result<profile::Model> {
    let them = other(cx, id).await?;
    let me = cx.actor.member()?.id;
    let mute = mute::Entity::delete_many().filter(is_mute(me, them.id));
    mute.exec(&cx.app.db.write).await?;
    Ok(them)
}

/// Those whom the actor blocked, latest first.
pub async fn blocked(cx: Cx<'_>, ask: &Ask) -> Result<Page<profile::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let rows = block::Entity::find().filter(block::Column::BlockerId.eq(me));
    let rows = By::newest(block::Column::Id).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<_, profile::Entity>(rows, block::Column::BlockedId, Column::Id);
    let pairs = sql::pairs::<block::Entity, profile::Entity>(cx.db, &rows).await?;
    Ok(Page::new(pairs, ask, |(block, _)| Place::key(block.id)).map(|(_, profile)| profile))
}

/// Those whom the actor muted and still mutes, latest first.
pub async fn muted(cx: Cx<'_>, ask: &Ask) -> Result<Page<profile::Model>> {
    let me = policy::read_own(cx.actor)?.id;
    let lasting =
        Condition::any().add(mute::Column::Until.is_null()).add(mute::Column::Until.gt(cx.now()));
    let rows = mute::Entity::find().filter(mute::Column::MuterId.eq(me)).filter(lasting);
    let rows = By::newest(mute::Column::Id).cut(rows, ask.after.as_ref(), ask.limit())?;
    let rows = sql::with_one::<_, profile::Entity>(rows, mute::Column::MutedId, Column::Id);
    let pairs = sql::pairs::<mute::Entity, profile::Entity>(cx.db, &rows).await?;
    Ok(Page::new(pairs, ask, |(mute, _)| Place::key(mute.id)).map(|(_, profile)| profile))
}
