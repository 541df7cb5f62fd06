//! Who somebody is, by what they sent.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{JoinType, QuerySelect as _, RelationDef, prelude::*};
use uuid::Uuid;

use super::{Entry, Pass, keys};
use crate::{
    Actor, Error, Result,
    app::App,
    cx::{Means, Member},
    entity::{
        account::{self, State},
        api_token, session,
    },
    infra::{
        passes::{Account, ApiToken, Session, Verified},
        secrets,
    },
    scope::Scopes,
};

/// What every API token begins with.
pub(super) const API_TOKEN: &str = "gh_";

/// Bytes of the longest credential.
const LONGEST: usize = 4_096;

/// How exactly it is known when an account or a token was last used.
const SEEN: TimeDelta = TimeDelta::minutes(5);

/// The member whom a credential stands for: an access token, or an API token. One that is not good is
/// [`Error::Unauthenticated`]. Asks the database only what it has not known for five seconds.
pub async fn authenticate(app: &App, credential: &str) -> Result<Actor> {
    enter(app, credential).await.map(|entry| Actor::Member(entry.member))
}

/// [`authenticate`], with what the member came in by, and until when it is good.
pub async fn enter(app: &App, credential: &str) -> Result<Entry> {
    let entry = match () {
        () if credential.len() > LONGEST => None,
        () if credential.starts_with(API_TOKEN) => by_api_token(app, credential).await?,
        () => by_access_token(app, credential).await?,
    };
    entry.ok_or(Error::Unauthenticated)
}

async fn by_access_token(app: &App, token: &str) -> Result<Option<Entry>> {
    let now = app.clock.now();
    let hash = secrets::hash(token);
    let verified = match app.passes.verified(&hash, now) {
        Some(verified) => verified,
        None => {
            let verified = verify(app, token).await?;
            app.passes.remember(hash, verified);
            verified
        }
    };
    let Verified { account: id, session: session_id, expires_at } = verified;
    let session = app.passes.sessions.get(&session_id, now);
    let account = app.passes.accounts.get(&id, now);
    let found = match session.zip(account) {
        Some(found) => Some(found),
        None => read_session(app, session_id, now).await?,
    };
    let good = found.filter(|(session, _)| session.account == id && now < session.expires_at);
    Ok(good.and_then(|(session, account)| {
        let means = Means::Session { id: session_id, proved_at: session.proved_at };
        let pass = Pass::Session(session_id);
        member(id, account, means).map(|member| Entry { member, pass, until: Some(expires_at) })
    }))
}

async fn by_api_token(app: &App, token: &str) -> Result<Option<Entry>> {
    let now = app.clock.now();
    let hash = secrets::hash(token);
    let known = app.passes.api_tokens.get(&hash, now);
    let account = known.as_ref().and_then(|known| app.passes.accounts.get(&known.account, now));
    let found = match known.zip(account) {
        Some(found) => Some(found),
        None => read_api_token(app, hash, now).await?,
    };
    let good = found.filter(|(token, _)| token.expires_at.is_none_or(|end| now < end));
    Ok(good.and_then(|(token, account)| {
        let (pass, until) = (Pass::ApiToken(token.id), token.expires_at);
        let means = Means::Token(Scopes::parse(&token.scopes));
        member(token.account, account, means).map(|member| Entry { member, pass, until })
    }))
}

fn member(id: Uuid, account: Account, means: Means) -> Option<Member> {
    (account.state == State::Active).then_some(Member { id, role: account.role, means })
}

async fn verify(app: &App, token: &str) -> Result<Verified> {
    let claims = keys::verify(app, token).await?;
    let (account, session) = keys::named(&claims).ok_or(Error::Unauthenticated)?;
    let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Error::Unauthenticated)?;
    Ok(Verified { account, session, expires_at })
}

/// What is read of an account beside its session or token.
type AccountFacts = (account::Role, State, DateTime<Utc>);

async fn read_session(
    app: &App,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<(Session, Account)>> {
    let (reading, account_reading) =
        (app.passes.sessions.reading(now), app.passes.accounts.reading(now));
    let of: RelationDef = session::Entity::belongs_to(account::Entity)
        .from(session::Column::AccountId)
        .to(account::Column::Id)
        .into();
    let row = session::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, of)
        .select_only()
        .columns([
            session::Column::AccountId,
            session::Column::ProvedAt,
            session::Column::ExpiresAt,
        ])
        .columns([account::Column::Role, account::Column::State, account::Column::LastSeenAt])
        .into_tuple::<(Uuid, DateTime<Utc>, DateTime<Utc>, account::Role, State, DateTime<Utc>)>()
        .one(app.db.fresh())
        .await?;
    let Some((account, proved_at, expires_at, role, state, seen_at)) = row else {
        return Ok(None);
    };
    let session = Session { account, proved_at, expires_at };
    app.passes.sessions.put(id, session, reading);
    let facts = Account { role, state };
    app.passes.accounts.put(account, facts, account_reading);
    if now - seen_at >= SEEN {
        seen(app, account, None, now);
    }
    Ok(Some((session, facts)))
}

async fn read_api_token(
    app: &App,
    hash: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Option<(ApiToken, Account)>> {
    let (reading, account_reading) =
        (app.passes.api_tokens.reading(now), app.passes.accounts.reading(now));
    let found = api_token::Entity::find()
        .filter(api_token::Column::TokenHash.eq(hash.clone()))
        .one(app.db.fresh())
        .await?;
    let Some(token) = found else { return Ok(None) };
    let account: Option<AccountFacts> = account::Entity::find_by_id(token.account_id)
        .select_only()
        .columns([account::Column::Role, account::Column::State, account::Column::LastSeenAt])
        .into_tuple()
        .one(app.db.fresh())
        .await?;
    let Some((role, state, seen_at)) = account else { return Ok(None) };
    let (id, account) = (token.id, token.account_id);
    let used_at = token.last_used_at;
    let token = ApiToken { id, account, scopes: token.scopes, expires_at: token.expires_at };
    app.passes.api_tokens.put(hash, token.clone(), reading);
    let facts = Account { role, state };
    app.passes.accounts.put(account, facts, account_reading);
    if now - seen_at >= SEEN || used_at.is_none_or(|used_at| now - used_at >= SEEN) {
        seen(app, account, Some(id), now);
    }
    Ok(Some((token, facts)))
}

/// Notes that an account, and a token, were used. No answer waits for it.
fn seen(app: &App, account: Uuid, token: Option<Uuid>, now: DateTime<Utc>) {
    let db = app.db.clone();
    app.tasks.spawn(async move {
        if let Err(error) = note_seen(&db.write, account, token, now).await {
            tracing::warn!(%error, "can't note when an account was last used");
        }
    });
}

async fn note_seen(
    db: &impl ConnectionTrait,
    account: Uuid,
    token: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    account::Entity::update_many()
        .col_expr(account::Column::LastSeenAt, Expr::value(now))
        .filter(account::Column::Id.eq(account))
        .filter(account::Column::LastSeenAt.lte(now - SEEN))
        .exec(db)
        .await?;
    if let Some(token) = token {
        api_token::Entity::update_many()
            .col_expr(api_token::Column::LastUsedAt, Expr::value(now))
            .filter(api_token::Column::Id.eq(token))
            .exec(db)
            .await?;
    }
    Ok(())
}
