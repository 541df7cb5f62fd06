use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{
    EmailChoices, EmailSendInput, EmailTemplate, EmailTemplateInput, EmailTopic, TopicChoiceInput,
};
use crate::{
    graph::{ContextExt, Result, decode, payload, settle},
    mail::{
        Email, EmailsPayload,
        service::{self, NewTopic},
    },
};

payload!(
    /// Answer about a mail template.
    EmailTemplatePayload {
        /// It as it is now; null when nothing was done.
        template: EmailTemplate
    }
);

payload!(
    /// Answer about a kind of mail.
    EmailTopicPayload {
        /// It as it is now; null when nothing was done.
        topic: EmailTopic
    }
);

payload!(
    /// Answer about mail choices.
    EmailChoicesPayload {
        /// They as they are now; null when nothing was done.
        choices: EmailChoices
    }
);

/// The words' part of the root.
#[derive(Debug, Default)]
pub struct WordsMutation;

#[Object]
impl WordsMutation {
    /// Write mails in the community's name, one for each recipient; all or none. Who wants none gets none, and a mail that
    /// is SUPPRESSED. At most 1,000 within 24 hours. For admins; a token needs SEND_EMAIL.
    async fn email_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send, and to whom.")] input: EmailSendInput,
    ) -> Result<EmailsPayload> {
        let mails = service::compose(ctx.cx(), input.into()).await;
        let (mails, user_errors) = settle(ctx, mails).await?;
        let emails = mails.unwrap_or_default().into_iter().map(Email::from).collect();
        Ok(EmailsPayload { emails, user_errors })
    }

    /// Make a mail template, or (`id`) change one. Of the server's own the words can be changed, and put back by an
    /// empty list of translations. For admins, in a session.
    async fn email_template_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one; without it a new one is made.")] id: Option<ID>,
        #[graphql(desc = "What it is to be.")] input: EmailTemplateInput,
        #[graphql(desc = "The version that you read; refused when somebody was faster.")]
        expected_version: Option<i32>,
    ) -> Result<EmailTemplatePayload> {
        let id = id.map(|id| decode("email_template", &id));
        let saved = service::save(ctx.cx(), id, input.into(), expected_version).await;
        let saved = saved.map(|template| EmailTemplate(Arc::new(template)));
        EmailTemplatePayload::settle(ctx, saved).await
    }

    /// Make a kind of mail, or (`id`) change one. For admins, in a session.
    async fn email_topic_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one; without it a new one is made.")] id: Option<ID>,
        #[graphql(desc = "What programs call it; it stays as it was made.")] key: String,
        #[graphql(desc = "What people call it; at most 100 characters.")] name: String,
        #[graphql(desc = "What comes under it; at most 500 characters.")] description: Option<
            String,
        >,
        #[graphql(default, desc = "Whether whoever said nothing gets it.")] default_on: bool,
    ) -> Result<EmailTopicPayload> {
        let id = id.map(|id| decode("email_topic", &id));
        let new = NewTopic { key, name, description, default_on };
        let saved = service::save_topic(ctx.cx(), id, new).await;
        EmailTopicPayload::settle(ctx, saved.map(EmailTopic)).await
    }

    /// Choose what you get mail about, by the token at the foot of one. Needs no sign-in.
    async fn email_choices_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last part of the link.")] token: String,
        #[graphql(desc = "What to change; the others stay.")] topics: Option<Vec<TopicChoiceInput>>,
        #[graphql(desc = "True: nothing comes any more but what you ask for yourself; false: \
            again what you chose.")]
        stop_all: Option<bool>,
    ) -> Result<EmailChoicesPayload> {
        let topics = topics.unwrap_or_default().into_iter();
        let topics: Vec<_> =
            topics.map(|one| (decode("email_topic", &one.topic), one.subscribed)).collect();
        let choices = service::change_choices(ctx.cx(), &token, &topics, stop_all).await;
        EmailChoicesPayload::settle(ctx, choices.map(EmailChoices::from)).await
    }
}
