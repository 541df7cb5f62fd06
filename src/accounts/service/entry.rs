//! What somebody came in by: what a connection that stays open rests on, and has to end with.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{JoinType, QuerySelect as _, RelationDef, prelude::*};
use uuid::Uuid;

use super::keys;
use crate::{
    Result,
    app::App,
    cx::{Means, Member},
    entity::{
        account::{self, Role, State},
        api_token, session,
    },
    scope::Scopes,
    sql::key_in,
};

/// What somebody came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// A session, by its key.
    Session(Uuid),
    /// An API token, by its key.
    ApiToken(Uuid),
}

/// Somebody who came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As whom, and with what rights.
    pub member: Member,
    /// By what.
    pub pass: Pass,
    /// Until when they may stay: an access token's end, an API token's. `None` is for good.
    pub until: Option<DateTime<Utc>>,
}

/// Which of these still stand, and as whom: what is missing in the answer was ended, or belongs to an account
/// that may not be here. A session stands until the end of its newest access token. One statement for all
/// sessions, one for all API tokens.
pub async fn standing(app: &App, passes: &[Pass]) -> Result<HashMap<Pass, Entry>> {
    let sessions: Vec<_> = passes.iter().filter_map(|pass| pass.session()).collect();
    let tokens: Vec<_> = passes.iter().filter_map(|pass| pass.api_token()).collect();
    let mut entries = Vec::with_capacity(passes.len());
    if !sessions.is_empty() {
        entries.extend(read_sessions(app, &sessions).await?);
    }
    if !tokens.is_empty() {
        entries.extend(read_api_tokens(app, &tokens).await?);
    }
    Ok(entries.into_iter().map(|entry| (entry.pass, entry)).collect())
}

impl Pass {
    fn session(self) -> Option<Uuid> {
        match self {
            Self::Session(id) => Some(id),
            Self::ApiToken(_) => None,
        }
    }

    fn api_token(self) -> Option<Uuid> {
        match self {
            Self::ApiToken(id) => Some(id),
            Self::Session(_) => None,
        }
    }
}

async fn read_sessions(app: &App, keys: &[Uuid]) -> Result<Vec<Entry>> {
    use session::Column::{AccountId, ExpiresAt, Id, LastUsedAt, ProvedAt};
    let of: RelationDef =
        session::Entity::belongs_to(account::Entity).from(AccountId).to(account::Column::Id).into();
    let rows = session::Entity::find()
        .join(JoinType::InnerJoin, of)
        .filter(key_in(app.db.backend(), Id, keys))
        .filter(account::Column::State.eq(State::Active))
        .select_only()
        .columns([Id, AccountId, ProvedAt, LastUsedAt, ExpiresAt])
        .column(account::Column::Role)
        .into_tuple::<(Uuid, Uuid, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>, Role)>()
        .all(app.db.fresh())
        .await?;
    let life = keys::life(app);
    let entry = |(id, account, proved_at, used_at, expires_at, role): (_, _, _, _, _, Role)| {
        let means = Means::Session { id, proved_at };
        // A token is made whenever the session is used, for as long as tokens live.
        let until = Some(Ord::min(expires_at, used_at + life));
        Entry { member: Member { id: account, role, means }, pass: Pass::Session(id), until }
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn read_api_tokens(app: &App, keys: &[Uuid]) -> Result<Vec<Entry>> {
    use api_token::Column::{AccountId, ExpiresAt, Id, Scopes as Names};
    let of: RelationDef = api_token::Entity::belongs_to(account::Entity)
        .from(AccountId)
        .to(account::Column::Id)
        .into();
    let rows = api_token::Entity::find()
        .join(JoinType::InnerJoin, of)
        .filter(key_in(app.db.backend(), Id, keys))
        .filter(account::Column::State.eq(State::Active))
        .select_only()
        .columns([Id, AccountId, Names, ExpiresAt])
        .column(account::Column::Role)
        .into_tuple::<(Uuid, Uuid, String, Option<DateTime<Utc>>, Role)>()
        .all(app.db.fresh())
        .await?;
    let entry = |(id, account, scopes, until, role): (_, _, String, _, Role)| {
        let means = Means::Token(Scopes::parse(&scopes));
        Entry { member: Member { id: account, role, means }, pass: Pass::ApiToken(id), until }
    };
    Ok(rows.into_iter().map(entry).collect())
}
