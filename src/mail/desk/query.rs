use async_graphql::{Context, InputObject, Object};

use super::{EmailConnection, Suppression, SuppressionConnection, types::Email};
use crate::{
    entity::email::State,
    graph::{ContextExt, DateTime, Result},
    mail::service,
    page::Ask,
};

/// The outbox's part of the staff desk.
#[derive(Debug, Default)]
pub struct OutboxDesk;

#[Object]
impl OutboxDesk {
    /// All mails, latest first. For admins.
    async fn emails(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all conditions hold.")] filter: Option<EmailFilter>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<EmailConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let filter = filter.unwrap_or_default().into();
            let page = service::emails(ctx.cx(), filter, &ask).await?;
            Ok(EmailConnection(page.map(Email::from)))
        };
        Some(page.await)
    }

    /// The addresses that get no mail, latest first. For admins.
    async fn suppressions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the address begins with, without regard to case.")] email: Option<
            String,
        >,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<SuppressionConnection>> {
        let page = async {
            let ask = Ask::new(first, after.as_deref())?;
            let page = service::suppressions(ctx.cx(), email.as_deref(), &ask).await?;
            Ok(SuppressionConnection(page.map(Suppression::from)))
        };
        Some(page.await)
    }
}

/// Narrows the outbox. What has no index (`text`, `tag`) is looked for from the latest mail on: beside it, say since
/// when.
#[derive(Debug, Default, InputObject)]
pub struct EmailFilter {
    /// Any of these states.
    states: Option<Vec<State>>,
    /// What the address begins with, without regard to case.
    to: Option<String>,
    /// The key of its template.
    template: Option<String>,
    /// One of its tags.
    tag: Option<String>,
    /// Found in the subject, without regard to case.
    text: Option<String>,
    /// Written then or later.
    created_from: Option<DateTime>,
    /// Written before then.
    created_until: Option<DateTime>,
}

impl From<EmailFilter> for service::Filter {
    fn from(filter: EmailFilter) -> Self {
        Self {
            states: filter.states,
            to: filter.to,
            template: filter.template,
            tag: filter.tag,
            text: filter.text,
            from: filter.created_from.map(|at| at.0),
            until: filter.created_until.map(|at| at.0),
        }
    }
}
