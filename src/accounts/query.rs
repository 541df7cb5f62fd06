use async_graphql::{Context, InputObject, Object};

use super::{
    Account, Invitation, Role, policy, service,
    types::{AccountConnection, InvitationConnection},
};
use crate::{
    admin::Admin,
    entity::account::{Role as BuiltIn, State},
    error::Problem,
    graph::{ContextExt, Result, UserError},
    page::Ask,
    viewer::Viewer,
};

/// The accounts' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "AccountsQuery")]
impl Query {
    /// You. Null when signed out.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        ctx.cx().actor.member().ok().map(Viewer::of)
    }

    /// For sign-up forms: null means free, otherwise why not.
    async fn handle_problem(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The handle that somebody would like to have.")] handle: String,
    ) -> Option<Result<UserError>> {
        let cx = ctx.cx();
        let problem = service::handle_problem(cx.db, &handle, cx.now()).await;
        let shown = |(code, message)| Problem::at(code, ["handle"], message).into();
        problem.map(|problem| problem.map(shown)).map_err(Into::into).transpose()
    }

    /// What an invitation link leads to.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last part of the link.")] token: String,
    ) -> Option<Result<Invitation>> {
        let found = service::by_token(ctx.cx(), &token).await;
        found.map(|found| found.map(Invitation)).map_err(Into::into).transpose()
    }

    /// Staff desk; null for others. A token needs ADMIN.
    async fn admin(&self, ctx: &Context<'_>) -> Option<Result<Admin>> {
        let has_desk = policy::has_desk(ctx.cx().actor).map_err(Into::into);
        has_desk.map(|has_desk| has_desk.then(Admin::default)).transpose()
    }
}

/// The accounts' part of the staff desk.
#[derive(Debug, Default)]
pub struct AccountsDesk;

#[Object]
impl AccountsDesk {
    /// All accounts, latest first. For admins.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all conditions hold.")] filter: Option<MemberFilter>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<AccountConnection>> {
        let cx = ctx.cx();
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let page = service::members(cx, filter.unwrap_or_default().into(), &ask).await?;
            Ok(AccountConnection(page.map(|row| Account::shown_to(cx.actor, row.into()))))
        };
        Some(page.await)
    }

    /// All roles, from the least to the most.
    async fn roles(&self) -> [Role; 3] {
        Role::ALL
    }

    /// All invitations, latest first.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<InvitationConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let page = service::invitations(ctx.cx(), &ask).await?;
            Ok(InvitationConnection(page.map(Invitation)))
        };
        Some(page.await)
    }
}

/// Narrows the list of accounts.
#[derive(Debug, Default, InputObject)]
pub struct MemberFilter {
    /// Found in the handle, the name or the address, without regard to case.
    text: Option<String>,
    /// Any of these roles.
    roles: Option<Vec<BuiltIn>>,
    /// Any of these states.
    states: Option<Vec<State>>,
}

impl From<MemberFilter> for service::Filter {
    fn from(filter: MemberFilter) -> Self {
        Self { text: filter.text, roles: filter.roles, states: filter.states }
    }
}
