//! Notifications as the graph shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Interface, Object, SimpleObject, Union};

use super::{
    Loaders, policy,
    service::{self, Change, On, Setting, Subject},
};
use crate::{
    Actor, Cx,
    applications::{self, Application},
    chat::{self, Conversation, Message, MessagesLoaders},
    comments::{self, Comment},
    contact::inbox::{self, Submission},
    cx::Member,
    entity::{
        notification::{self, Kind},
        watch::Level,
    },
    graph::{ContextExt, DateTime, Result, Url, connection, decode_any, encode, lane_above},
    members::{self, Profile},
    portfolio::{self, PortfolioItem},
    posts::{self, Post},
    tasks::{self, Task},
};

/// What a notification is about.
#[derive(Debug, Union)]
pub enum NotificationSubject {
    /// A post.
    Post(Post),
    /// A comment.
    Comment(Comment),
    /// A message.
    Message(Message),
    /// A conversation.
    Conversation(Conversation),
    /// A member.
    Profile(Profile),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// What came in through a form.
    Submission(Submission),
    /// Something to do.
    Task(Task),
    /// An application to a job.
    Application(Application),
}

/// News for one person. Alike events about one thing within a day share one notification.
#[derive(Clone, Debug)]
pub struct Notification(pub Arc<notification::Model>);

impl From<notification::Model> for Notification {
    fn from(row: notification::Model) -> Self {
        Self(Arc::new(row))
    }
}

impl Notification {
    /// What it is about, as it is now; `None` if the caller may not see it any more.
    async fn subject_now(&self, ctx: &Context<'_>) -> crate::Result<Option<NotificationSubject>> {
        use NotificationSubject as Shown;
        let loaders = ctx.loaders();
        Ok(match Subject::of(&self.0)? {
            Subject::Post(id) => {
                let post = loaders.of::<posts::Loaders>().by_id(id).await?;
                post.map(|post| Shown::Post(Post::loaded(&post)))
            }
            Subject::Comment(id) => {
                let comment = loaders.of::<comments::Loaders>().by_id(id).await?;
                comment.map(|row| Shown::Comment(Comment::loaded(&row, comments::Via::ITSELF)))
            }
            Subject::Message(id) => {
                let message = loaders.of::<MessagesLoaders>().by_id(id).await?;
                message.map(|row| Shown::Message(Message::loaded(&row, chat::Via::ITSELF)))
            }
            Subject::Conversation(id) => {
                let row = loaders.of::<chat::Loaders>().by_id(id).await?;
                row.map(|row| Shown::Conversation(Conversation(row)))
            }
            Subject::Member(id) => {
                let row = loaders.of::<members::Loaders>().by_id(id).await?;
                row.map(|row| Shown::Profile(Profile::whole(row)))
            }
            Subject::PortfolioItem(id) => {
                let item = loaders.of::<portfolio::Loaders>().by_id(id).await?;
                let item = item.map(|item| PortfolioItem::loaded(&item));
                let reached = portfolio::Via::NOTIFIED;
                item.map(|item| Shown::PortfolioItem(item.reached(reached)))
            }
            Subject::Submission(id) => {
                let row = loaders.of::<inbox::Loaders>().by_id(id).await?;
                row.map(|row| Shown::Submission(Submission(row)))
            }
            Subject::Task(id) => {
                let row = loaders.of::<tasks::Loaders>().by_id(id, lane_above(ctx)).await?;
                row.map(|row| Shown::Task(Task(row)))
            }
            Subject::Application(id) => {
                let row = loaders.of::<applications::Loaders>().by_id(id, lane_above(ctx)).await?;
                row.map(|row| Shown::Application(Application(row)))
            }
        })
    }
}

/// News for one person. Alike events about one thing within a day share one notification.
#[Object]
impl Notification {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("notification", self.0.id)
    }

    /// What happened.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// When something happened last.
    async fn at(&self) -> DateTime {
        self.0.news_at.into()
    }

    /// When you read it; null while you have not.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(Into::into)
    }

    /// Who caused it, latest first: at most the last three, without whom you may not see.
    async fn actors(&self, ctx: &Context<'_>) -> Result<Vec<Profile>> {
        let actors = ctx.loaders().of::<Loaders>().actors(self.0.id).await?;
        Ok(actors.iter().cloned().map(Profile::face).collect())
    }

    /// How many different people caused it; 0 when it was a guest.
    async fn actor_count(&self) -> i32 {
        self.0.actor_count
    }

    /// What it is about; null when you may not see it any more.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<NotificationSubject>> {
        Box::pin(self.subject_now(ctx)).await.map_err(Into::into).transpose()
    }

    /// The beginning of what was written last; null when nothing was, or you may not see the subject any more.
    async fn excerpt(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let excerpt = self.0.excerpt.clone()?;
        let subject = Box::pin(self.subject_now(ctx)).await;
        subject.map(|subject| subject.map(|_| excerpt)).map_err(Into::into).transpose()
    }

    /// Where a front end shows it.
    async fn url(&self, ctx: &Context<'_>) -> Result<Url> {
        let subject = Subject::of(&self.0)?;
        Ok(Url(service::url(&ctx.cx().app.config, self.0.kind, subject)))
    }

    /// All of it in one line, in the language of your account; English where the server does not speak it.
    async fn summary(&self, ctx: &Context<'_>) -> Result<String> {
        let loaders = ctx.loaders().of::<Loaders>();
        let (locale, actors) =
            futures_util::try_join!(loaders.locale(self.0.profile_id), loaders.actors(self.0.id))?;
        let names: Vec<&str> = actors.iter().map(|face| face.name.as_str()).collect();
        let locale = locale.as_ref().map_or("en", |row| row.1.as_str());
        let subject = Subject::of(&self.0)?;
        Ok(service::summary(locale, self.0.kind, subject, &names, self.0.actor_count))
    }
}

connection!(
    /// A page of notifications.
    NotificationConnection with Member {
        /// How many you have not read, whatever the page shows; 1000 is as many or more.
        async fn unread_count(&self, ctx: &Context<'_>) -> Result<i32> {
            Ok(unread(ctx, self.1).await?)
        }
    },
    /// One of the notifications on a page.
    NotificationEdge of Notification,
);

/// How many notifications a member who asks has not read; 1,000 is as many or more.
pub(crate) async fn unread(ctx: &Context<'_>, me: Member) -> crate::Result<i32> {
    let actor = Actor::Member(me);
    service::unread(Cx { actor: &actor, ..ctx.cx() }).await
}

/// Narrows notifications.
#[derive(Clone, Debug, Default, InputObject)]
pub struct NotificationFilter {
    /// Only these kinds; empty is all.
    pub kinds: Option<Vec<Kind>>,
    /// Only what you have not read.
    #[graphql(default)]
    pub unread_only: bool,
    /// Only what had news since then.
    pub since: Option<DateTime>,
}

/// When mail comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum EmailDelivery {
    /// Never.
    Off,
    /// Soon after it happened, unless you read it by then or are here.
    Instant,
}

impl From<bool> for EmailDelivery {
    fn from(on: bool) -> Self {
        if on { Self::Instant } else { Self::Off }
    }
}

/// How you hear of one kind of news.
#[derive(Debug, SimpleObject)]
pub struct NotificationSetting {
    /// What kind.
    kind: Kind,
    /// Whether it comes into the inbox.
    in_app: bool,
    /// When a mail tells of it. Both kinds about contact forms share this.
    email: EmailDelivery,
    /// Whether it can't be kept out of the inbox.
    locked: bool,
}

impl From<Setting> for NotificationSetting {
    fn from(Setting { kind, in_app, email }: Setting) -> Self {
        Self { kind, in_app, email: email.into(), locked: policy::is_locked(kind) }
    }
}

/// How to hear of one kind of news; what is left out stays.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct NotificationSettingInput {
    /// What kind.
    kind: Kind,
    /// Whether it is to come into the inbox.
    in_app: Option<bool>,
    /// When a mail is to tell of it.
    email: Option<EmailDelivery>,
}

impl From<NotificationSettingInput> for Change {
    fn from(NotificationSettingInput { kind, in_app, email }: NotificationSettingInput) -> Self {
        Self { kind, in_app, email: email.map(|email| email == EmailDelivery::Instant) }
    }
}

/// Something of which you say how much you want to hear.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
pub enum Watchable {
    /// A post, with what stands under it.
    Post(Post),
    /// A piece of work on show, with what stands under it.
    PortfolioItem(PortfolioItem),
    /// A conversation.
    Conversation(Conversation),
    /// Something to do, with what stands under it.
    Task(Task),
}

impl Watchable {
    /// What this is, if it is there and the caller may see it.
    pub(super) async fn find(ctx: &Context<'_>, on: On) -> crate::Result<Option<Self>> {
        let loaders = ctx.loaders();
        Ok(match on {
            On::Post(id) => {
                let post = loaders.of::<posts::Loaders>().by_id(id).await?;
                post.map(|post| Self::Post(Post::loaded(&post)))
            }
            On::PortfolioItem(id) => {
                let item = loaders.of::<portfolio::Loaders>().by_id(id).await?;
                item.map(|item| Self::PortfolioItem(PortfolioItem::loaded(&item)))
            }
            On::Conversation(id) => {
                let row = loaders.of::<chat::Loaders>().by_id(id).await?;
                row.map(|row| Self::Conversation(Conversation(row)))
            }
            On::Task(id) => {
                let row = loaders.of::<tasks::Loaders>().by_id(id, lane_above(ctx)).await?;
                row.map(|row| Self::Task(Task(row)))
            }
        })
    }
}

impl On {
    /// What an id names, of what can be watched.
    pub(super) fn decode(id: &str) -> Option<Self> {
        match decode_any(id)? {
            ("post", key) => Some(Self::Post(key)),
            ("portfolio_item", key) => Some(Self::PortfolioItem(key)),
            ("conversation", key) => Some(Self::Conversation(key)),
            ("task", key) => Some(Self::Task(key)),
            _ => None,
        }
    }

    /// The field `watching` of the viewers of what can be watched; `lane` says where in the answer it stands.
    pub(crate) async fn watching(self, ctx: &Context<'_>, lane: u64) -> Option<Result<Level>> {
        let level = ctx.loaders().of::<Loaders>().watching(self, lane).await;
        level.map_err(Into::into).transpose()
    }
}
