use std::sync::Arc;

use async_graphql::{Context, Object};

use super::{EmailChoices, EmailTemplate, EmailTopic};
use crate::{
    graph::{ContextExt, Result},
    mail::service,
};

/// The mail choices' part of the root.
#[derive(Debug, Default)]
pub struct WordsQuery;

#[Object]
impl WordsQuery {
    /// What the reader of a mail wants, by the token at its foot; null for another.
    async fn email_choices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last part of the link.")] token: String,
    ) -> Option<Result<EmailChoices>> {
        let choices = service::choices(ctx.cx(), &token).await;
        choices.map(|found| found.map(EmailChoices::from)).map_err(Into::into).transpose()
    }
}

/// What mails say, on the staff desk.
#[derive(Debug, Default)]
pub struct WordsDesk;

#[Object]
impl WordsDesk {
    /// All mail templates, by their keys: the server's and the community's. For admins.
    async fn email_templates(&self, ctx: &Context<'_>) -> Option<Result<Vec<EmailTemplate>>> {
        let templates = service::templates(ctx.cx()).await;
        let shown = |one| EmailTemplate(Arc::new(one));
        Some(templates.map(|all| all.into_iter().map(shown).collect()).map_err(Into::into))
    }

    /// All kinds of mail that people can leave, by their keys. For admins.
    async fn email_topics(&self, ctx: &Context<'_>) -> Option<Result<Vec<EmailTopic>>> {
        let topics = service::desk_topics(ctx.cx()).await;
        Some(topics.map(|all| all.into_iter().map(EmailTopic).collect()).map_err(Into::into))
    }
}
