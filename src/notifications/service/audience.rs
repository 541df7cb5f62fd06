//! Who, of those whom news may concern, hears of it: found out for all of them at once.

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{
    On,
    news::{News, Told},
    watch::levels,
};
use crate::{
    Actor, Cx, Result, chat,
    cx::{Means, Member},
    entity::{
        account::Role,
        notification::Kind,
        notification_setting::{self, Column},
        watch::Level,
    },
    notifications::policy,
    portfolio, posts,
    scope::Scope,
    sql, tasks,
};

/// Of those in `told`, who hears of the news: each once, by the strongest kind that they want. At most eight
/// statements, however many they are.
pub(super) async fn hear(cx: Cx<'_>, news: &News, told: &[Told]) -> Result<Vec<Told>> {
    let mut people: Vec<Uuid> = told.iter().map(|told| told.who).collect();
    people.sort_unstable();
    people.dedup();
    let roles = open_to(cx, news.actor, &people).await?;
    if roles.is_empty() {
        return Ok(Vec::new());
    }
    let off = switched_off(cx, &people).await?;
    let levels: HashMap<Uuid, Level> = match news.place {
        Some(on) => levels(cx.db, on, &people).await?.into_iter().collect(),
        None => HashMap::new(),
    };
    let mut known = HashSet::new();
    let mut hear: Vec<Told> = Vec::new();
    for one in told {
        let wanted = roles.contains_key(&one.who)
            && !off.contains(&(one.who, one.kind))
            && policy::wants(levels.get(&one.who).copied(), one.kind);
        if wanted && known.insert(one.who) {
            hear.push(*one);
        }
    }
    let Some(place) = news.place else { return Ok(hear) };
    let scopes = [Scope::ReadPublic, Scope::ReadPrivate, Scope::ReadChat];
    let means = Means::Token(scopes.into_iter().collect());
    let actor = |one: &Told| {
        let role = roles.get(&one.who).copied().unwrap_or(Role::Member);
        Actor::Member(Member { id: one.who, role, means })
    };
    let actors: Vec<Actor> = hear.iter().map(actor).collect();
    let see: BoxFuture<'_, Result<Vec<bool>>> = match place {
        On::Post(id) => Box::pin(posts::service::hears(cx.app, id, &actors)),
        On::PortfolioItem(id) => Box::pin(portfolio::service::hears(cx.app, id, &actors)),
        On::Task(id) => Box::pin(tasks::service::hears(cx.app, id, &actors)),
        On::Conversation(id) => chat::service::hears_conversation(cx.app, id, &actors),
    };
    let see = see.await?;
    Ok(hear.into_iter().zip(see).filter(|(_, sees)| *sees).map(|(one, _)| one).collect())
}

/// Those of `people` who are active and not the actor, and between whom and the actor stand no block and no mute.
async fn open_to(cx: Cx<'_>, actor: Option<Uuid>, people: &[Uuid]) -> Result<HashMap<Uuid, Role>> {
    let backend = cx.backend();
    let text = format!(
        "SELECT a.id, a.role FROM account a WHERE {} AND a.state = 'active' AND a.id <> $1 \
         AND NOT EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = $1 AND b.blocked_id = a.id) \
         AND NOT EXISTS (SELECT 1 FROM block b WHERE b.blocker_id = a.id AND b.blocked_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM mute m WHERE m.muter_id = a.id AND m.muted_id = $1 \
         AND (m.until IS NULL OR m.until > $3))",
        sql::among(backend, "a.id", 2)
    );
    // Nobody is blocked by the guest who has no key.
    let actor = actor.unwrap_or_default();
    let values = [actor.into(), sql::keys(backend, people), cx.now().into()];
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let role = |row: sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    rows.into_iter().map(role).collect()
}

/// What kinds these people switched off.
async fn switched_off(cx: Cx<'_>, people: &[Uuid]) -> Result<HashSet<(Uuid, Kind)>> {
    let rows = notification_setting::Entity::find()
        .filter(sql::key_in(cx.backend(), Column::ProfileId, people))
        .filter(Column::InApp.eq(0))
        .all(cx.db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.profile_id, row.kind)).collect())
}
