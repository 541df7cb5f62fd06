use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::OutboxLoaders;
use crate::{
    clock::made_at,
    entity::{
        email::{self, Priority, State},
        email_attempt,
        file_use::Place,
        suppression::{self, Reason},
    },
    files::{self, File},
    graph::{
        ContextExt, DateTime, Duration, EmailAddress, Html, Locale, Result, connection, encode,
        lane,
    },
    mail::policy,
    members::{self, Profile},
};

/// A mail in the outbox, with what became of it.
#[derive(Clone, Debug)]
pub struct Email(pub Arc<email::Model>);

impl From<email::Model> for Email {
    fn from(row: email::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A mail in the outbox, with what became of it.
#[Object]
impl Email {
    /// The id.
    pub(crate) async fn id(&self) -> ID {
        encode("email", self.0.id)
    }

    /// Where it stands.
    async fn email_state(&self) -> State {
        self.0.state
    }

    /// Who it is from, as in its header.
    async fn from(&self) -> &str {
        &self.0.sender_line
    }

    /// Where it goes: one address.
    async fn to(&self) -> [EmailAddress; 1] {
        [EmailAddress(self.0.to_email.clone())]
    }

    /// Where answers go, if not to the sender.
    async fn reply_to(&self) -> Option<EmailAddress> {
        self.0.reply_to.clone().map(EmailAddress)
    }

    /// The subject.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// What it looks like. Null of a secret one, which only its reader may read.
    async fn html(&self) -> Option<Html> {
        self.0.html.clone().filter(|_| !self.is_closed()).map(Html)
    }

    /// The same as plain text. Null of a secret one.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref().filter(|_| !self.is_closed())
    }

    /// Whether it holds what only its reader may know, such as a link to sign in with.
    async fn is_secret(&self) -> bool {
        self.is_closed()
    }

    /// The files that come with it, in their order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        let on = files::service::On::Email(self.0.id);
        let files = ctx.loaders().of::<files::Loaders>();
        let hung = files.hung_on(on, Place::Attachment, lane(ctx)).await?;
        Ok(hung.iter().cloned().map(File).collect())
    }

    /// Words to find it by.
    async fn tags(&self) -> Vec<String> {
        serde_json::from_str(&self.0.tags).unwrap_or_default()
    }

    /// The key of the template that it was made from; null of words of somebody's own.
    async fn template_key(&self) -> Option<&str> {
        self.0.template_key.as_deref()
    }

    /// Its language.
    async fn locale(&self) -> Locale {
        Locale(self.0.locale.clone())
    }

    /// Which queue it waits in.
    async fn priority(&self) -> Priority {
        self.0.priority
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(made_at(self.0.id))
    }

    /// When it is to be sent, if that is later on.
    async fn scheduled_for(&self) -> Option<DateTime> {
        (self.0.state == State::Scheduled).then_some(DateTime(self.0.run_at))
    }

    /// When a mail server took it.
    async fn sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(DateTime)
    }

    /// Every try to send it, the first first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<EmailAttempt>> {
        let rows = ctx.loaders().of::<OutboxLoaders>().attempts(self.0.id).await?;
        Ok(rows.iter().cloned().map(EmailAttempt).collect())
    }

    /// When it is tried next; null when it is not.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        policy::is_stoppable(self.0.state).then_some(DateTime(self.0.run_at))
    }

    /// Its Message-ID, without the angle brackets: the same at every try.
    async fn message_id(&self) -> Option<&str> {
        Some(&self.0.message_ref)
    }

    /// The member it goes to, if it is one.
    async fn recipient(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let recipient = async {
            let Some(id) = self.0.recipient_id else { return Ok(None) };
            let found = ctx.loaders().of::<members::Loaders>().by_id(id).await?;
            Ok(found.map(Profile::whole))
        };
        recipient.await.transpose()
    }
}

impl Email {
    fn is_closed(&self) -> bool {
        self.0.is_secret != 0
    }
}

connection!(
    /// A page of mails.
    EmailConnection,
    /// One of the mails on a page.
    EmailEdge of Email
);

/// One try to hand a mail to a mail server, with its answer.
#[derive(Clone, Debug)]
pub struct EmailAttempt(pub email_attempt::Model);

/// One try to hand a mail to a mail server, with its answer.
#[Object]
impl EmailAttempt {
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(made_at(self.0.id))
    }

    /// The mail server, as host and port; `capture` when there is none, and mails are kept.
    async fn relay(&self) -> &str {
        &self.0.relay
    }

    /// The SMTP reply code; null when there was no reply.
    async fn code(&self) -> Option<i32> {
        self.0.code
    }

    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    async fn enhanced_code(&self) -> Option<&str> {
        self.0.enhanced_code.as_deref()
    }

    /// What the server said, in its own words, or what broke; at most 1,000 characters.
    async fn response(&self) -> &str {
        &self.0.response
    }

    /// How long it took, rounded up to seconds.
    async fn took(&self) -> Duration {
        let millis = u64::try_from(self.0.took_ms).unwrap_or_default();
        std::time::Duration::from_millis(millis).into()
    }

    /// Whether the connection was encrypted.
    async fn tls(&self) -> bool {
        self.0.tls != 0
    }
}

/// An address that gets no mail.
#[derive(Clone, Debug)]
pub struct Suppression(pub Arc<suppression::Model>);

impl From<suppression::Model> for Suppression {
    fn from(row: suppression::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// An address that gets no mail.
#[Object]
impl Suppression {
    /// The id.
    pub(crate) async fn id(&self) -> ID {
        encode("suppression", self.0.id)
    }

    /// The address.
    async fn email(&self) -> EmailAddress {
        EmailAddress(self.0.email.clone())
    }

    /// Why it gets none.
    async fn reason(&self) -> Reason {
        self.0.reason
    }

    /// Since when.
    async fn created_at(&self) -> DateTime {
        DateTime(made_at(self.0.id))
    }

    /// What else is known: the words of its mail server, or of staff.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }
}

connection!(
    /// A page of addresses that get no mail.
    SuppressionConnection,
    /// One of the addresses on a page.
    SuppressionEdge of Suppression
);
