use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use dataloader::BatchFn;
use sea_orm::{QueryOrder as _, prelude::*};
use uuid::Uuid;

use super::policy;
use crate::{
    Result,
    entity::{
        account,
        account_token::{self, Purpose},
        api_token, invitation, session,
    },
    graph::{Batch, Batched, Execution, Loader, LoaderSet, ask, loader, many, one},
    sql,
};

type One<M> = Batched<Option<Arc<M>>>;
type Many<M> = Batched<Arc<Vec<M>>>;

/// Accounts by what other types know of them.
pub struct Loaders {
    by_id: Loader<Uuid, One<account::Model>, Batch<ById>>,
    sessions: Loader<Uuid, Many<session::Model>, Batch<SessionsOf>>,
    api_tokens: Loader<Uuid, Many<api_token::Model>, Batch<ApiTokensOf>>,
    invitations: Loader<Uuid, One<invitation::Model>, Batch<Invitations>>,
    pending_emails: Loader<Uuid, One<account_token::Model>, Batch<PendingEmails>>,
}

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            sessions: loader(execution, SessionsOf),
            api_tokens: loader(execution, ApiTokensOf),
            invitations: loader(execution, Invitations),
            pending_emails: loader(execution, PendingEmails),
        }
    }
}

impl Loaders {
    /// An account; `None` if there is none that the actor may see.
    pub async fn by_id(&self, id: Uuid) -> Result<Option<Arc<account::Model>>> {
        Box::pin(ask(&self.by_id, id)).await
    }

    /// The sessions of an account that was shown: the rule about accounts is theirs too. Whoever
    /// signs in by this very operation sees theirs, though it began as a guest's.
    pub async fn sessions(&self, account: Uuid) -> Result<Arc<Vec<session::Model>>> {
        Box::pin(ask(&self.sessions, account)).await
    }

    /// The API tokens of an account that was shown.
    pub async fn api_tokens(&self, account: Uuid) -> Result<Arc<Vec<api_token::Model>>> {
        Box::pin(ask(&self.api_tokens, account)).await
    }

    /// The invitation that an account which was shown was made with.
    pub async fn invitation(&self, id: Uuid) -> Result<Option<Arc<invitation::Model>>> {
        Box::pin(ask(&self.invitations, id)).await
    }

    /// What proves the next address of an account that was shown, if one waits for that.
    pub async fn pending_email(&self, account: Uuid) -> Result<Option<Arc<account_token::Model>>> {
        Box::pin(ask(&self.pending_emails, account)).await
    }
}

impl std::fmt::Debug for Loaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaders").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct ById;

impl BatchFn<Uuid, One<account::Model>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<account::Model>> {
        let cx = self.execution.cx();
        let rows = account::Entity::find()
            .filter(sql::key_in(cx.backend(), account::Column::Id, ids))
            .filter(policy::accounts_visible_to(cx.actor))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |account| account.id)
    }
}

#[derive(Debug)]
struct SessionsOf;

impl BatchFn<Uuid, Many<session::Model>> for Batch<SessionsOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Many<session::Model>> {
        let cx = self.execution.cx();
        let now: DateTime<Utc> = cx.now();
        let rows = session::Entity::find()
            .filter(sql::key_in(cx.backend(), session::Column::AccountId, ids))
            .filter(session::Column::ExpiresAt.gt(now))
            .order_by_desc(session::Column::Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |session| (session.account_id, session))
    }
}

#[derive(Debug)]
struct ApiTokensOf;

impl BatchFn<Uuid, Many<api_token::Model>> for Batch<ApiTokensOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Many<api_token::Model>> {
        let cx = self.execution.cx();
        let rows = api_token::Entity::find()
            .filter(sql::key_in(cx.backend(), api_token::Column::AccountId, ids))
            .order_by_desc(api_token::Column::Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |token| (token.account_id, token))
    }
}

#[derive(Debug)]
struct Invitations;

impl BatchFn<Uuid, One<invitation::Model>> for Batch<Invitations> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<invitation::Model>> {
        let cx = self.execution.cx();
        let rows = invitation::Entity::find()
            .filter(sql::key_in(cx.backend(), invitation::Column::Id, ids))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |invitation| invitation.id)
    }
}

#[derive(Debug)]
struct PendingEmails;

impl BatchFn<Uuid, One<account_token::Model>> for Batch<PendingEmails> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, One<account_token::Model>> {
        let cx = self.execution.cx();
        let rows = account_token::Entity::find()
            .filter(sql::key_in(cx.backend(), account_token::Column::AccountId, ids))
            .filter(account_token::Column::Purpose.eq(Purpose::Change))
            .filter(account_token::Column::ExpiresAt.gt(cx.now()))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |token| token.account_id)
    }
}
