use async_graphql::{Context, Object};

use super::{Account, Role, service};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    scope::Scope,
};

/// The accounts' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct AccountsViewer(pub Member);

#[Object]
impl AccountsViewer {
    /// How you sign in. A token needs READ_PRIVATE.
    async fn account(&self, ctx: &Context<'_>) -> Result<Account> {
        let actor = Actor::Member(self.0);
        actor.allows(Scope::ReadPrivate)?;
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let row = service::own_account(cx, self.0).await?;
        Ok(Account::shown_to(&actor, row.into()))
    }

    /// What you are in the community.
    async fn roles(&self) -> [Role; 1] {
        [Role(self.0.role)]
    }
}
