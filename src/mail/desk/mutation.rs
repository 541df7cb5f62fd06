use async_graphql::{Context, ID, Object, SimpleObject};

use super::{Email, Suppression};
use crate::{
    graph::{
        ContextExt, DeletePayload, EmailAddress, Result, UserError, decode, encode, keys, payload,
        settle,
    },
    mail::service,
};

/// Answer about mails.
#[derive(SimpleObject)]
pub struct EmailsPayload {
    /// The mails as they are now; none when nothing was done.
    pub emails: Vec<Email>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

payload!(
    /// Answer about an address that gets no mail.
    SuppressionPayload {
        /// It as it is now; null when nothing was done.
        suppression: Suppression
    }
);

/// The outbox's part of the root.
#[derive(Debug, Default)]
pub struct OutboxMutation;

#[Object]
impl OutboxMutation {
    /// Stop mails that were not sent yet, all or none; one on its way is STATE_NOT_ALLOWED. For admins; a token needs
    /// SEND_EMAIL.
    async fn emails_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; at most 100.")] ids: Vec<ID>,
    ) -> Result<EmailsPayload> {
        let mails = service::cancel(ctx.cx(), &keys("email", ids)).await;
        let (mails, user_errors) = settle(ctx, mails).await?;
        let emails = mails.unwrap_or_default().into_iter().map(Email::from).collect();
        Ok(EmailsPayload { emails, user_errors })
    }

    /// Try mails now that failed, or wait for another try; all or none. They keep their Message-ID. For admins; a token
    /// needs SEND_EMAIL.
    async fn emails_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; at most 100.")] ids: Vec<ID>,
    ) -> Result<EmailsPayload> {
        let mails = service::retry(ctx.cx(), &keys("email", ids)).await;
        let (mails, user_errors) = settle(ctx, mails).await?;
        let emails = mails.unwrap_or_default().into_iter().map(Email::from).collect();
        Ok(EmailsPayload { emails, user_errors })
    }

    /// No mail to this address from now on. One that gets none already keeps its reason. For admins.
    async fn suppression_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] email: EmailAddress,
        #[graphql(desc = "Why, for staff; at most 500 characters.")] detail: Option<String>,
    ) -> Result<SuppressionPayload> {
        let row = service::suppress(ctx.cx(), &email.0, detail.as_deref()).await;
        SuppressionPayload::settle(ctx, row.map(Suppression::from)).await
    }

    /// Mail to this address again. One whose reader asked for no mail is STATE_NOT_ALLOWED. For admins.
    async fn suppression_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::lift(ctx.cx(), decode("suppression", &id)).await;
        let gone = gone.map(|key| vec![encode("suppression", key)]);
        DeletePayload::settle(ctx, gone).await
    }
}
