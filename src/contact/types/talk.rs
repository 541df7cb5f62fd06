use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::{
    clock::made_at,
    contact::{Loaders, inbox},
    entity::{
        email::State as EmailState,
        file_use::Place,
        submission::{self, State},
        submission_message,
    },
    files::{File, service::On},
    graph::{ContextExt, DateTime, Result, Url, encode, lane},
    members::{self, Profile, RichText},
};

/// One mail of the talk.
#[derive(Clone, Debug)]
pub struct SubmissionMessage(pub Arc<submission_message::Model>);

impl SubmissionMessage {
    /// The talk about a submission that the caller may read, oldest first.
    pub async fn of(ctx: &Context<'_>, submission: uuid::Uuid) -> Result<Vec<Self>> {
        let rows = ctx.loaders().of::<Loaders>().messages(submission, lane(ctx)).await?;
        Ok(rows.iter().cloned().map(Self).collect())
    }
}

/// One mail of the talk.
#[Object]
impl SubmissionMessage {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("submission_message", self.0.id)
    }

    /// Whether the team wrote it; otherwise the sender did.
    async fn from_team(&self) -> bool {
        self.0.from_team != 0
    }

    /// The member who wrote it; null for a sender without an account, and when you may not see them.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let author = ctx.loaders().of::<members::Loaders>().by_id(self.0.author_id?).await;
        author.map(|author| author.map(Profile::whole)).map_err(Into::into).transpose()
    }

    /// What it says.
    async fn body(&self) -> RichText {
        RichText::SubmissionMessage(self.0.clone())
    }

    /// The files that came with it, in their order.
    async fn files(&self, ctx: &Context<'_>) -> Result<Vec<File>> {
        File::hung(ctx, On::SubmissionMessage(self.0.id), Place::Attachment).await
    }

    /// Where the mail stands that carried it. For the team; null for others, and when no mail did.
    async fn email_state(&self, ctx: &Context<'_>) -> Option<Result<EmailState>> {
        self.0.email_id?;
        let state = ctx.loaders().of::<inbox::Loaders>().sent(self.0.id, lane(ctx)).await;
        state.map_err(Into::into).transpose()
    }

    /// When it was written.
    async fn at(&self) -> DateTime {
        made_at(self.0.id).into()
    }
}

/// What the sender keeps.
#[derive(Clone, Debug)]
pub struct SubmissionReceipt {
    /// What was sent.
    pub row: Arc<submission::Model>,
    /// The token by which it is followed; only its hash is kept.
    pub token: String,
    /// Where the form sends the browser.
    pub redirect_url: Option<String>,
}

/// What the sender keeps.
#[Object]
impl SubmissionReceipt {
    /// Its number within the form, from 1.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// Lets the sender look up progress without an account. Who has it reads the talk: keep it secret.
    async fn token(&self) -> &str {
        &self.token
    }

    /// Where it stands.
    async fn submission_state(&self) -> State {
        // Whoever is taken for a sender of spam is not told.
        if self.row.state == State::Spam { State::New } else { self.row.state }
    }

    /// When it came.
    async fn submitted_at(&self) -> DateTime {
        made_at(self.row.id).into()
    }

    /// Where to send the browser now.
    async fn redirect_url(&self) -> Option<Url> {
        self.redirect_url.clone().map(Url)
    }

    /// Mails of the team, and what the sender wrote since, oldest first.
    async fn thread(&self, ctx: &Context<'_>) -> Result<Vec<SubmissionMessage>> {
        SubmissionMessage::of(ctx, self.row.id).await
    }
}
