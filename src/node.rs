//! Anything by its global id: the prefix says which slice to ask.

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;

use crate::{
    Error,
    accounts::{self, Account, Role},
    applications::{self, Application},
    boards::{self, Activity, Board, BoardColumn, TaskLabel},
    bookmarks::{self, Bookmark},
    chat::{self, Conversation, Message, MessagesLoaders},
    comments::{self, Comment},
    contact::{
        self, Form, SubmissionMessage,
        inbox::{self, InternalNote, Submission},
    },
    files::{
        self, File,
        uploads::{self, UploadSession},
    },
    graph::{ContextExt, Result, decode_any},
    jobs::{
        self, HiringStage, Job,
        saved::{SavedJobSearch, SavedLoaders},
    },
    mail::{Email, EmailTemplate, EmailTopic, OutboxLoaders, Suppression, WordsLoaders},
    members::{self, Profile},
    notifications::{self, Notification},
    operations::{self, Work},
    organizations::{self, Organization},
    portfolio::{self, PortfolioItem},
    posts::{self, Post, Revision},
    resumes::{self, ResumeEntry},
    tags::{self, Tag},
    tasks::{self, Task},
};

/// Anything with a global id. Ids look like `post_01j…`: what it is, and a part that sorts by time. Treat
/// them as opaque.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its global id."))]
pub enum Node {
    /// An account: yours, or for an admin anybody's.
    Account(Account),
    /// A role.
    Role(Role),
    /// A member's public face.
    Profile(Profile),
    /// A post.
    Post(Post),
    /// A comment.
    Comment(Comment),
    /// An earlier wording of a post or a message.
    Revision(Revision),
    /// A piece of work on show.
    PortfolioItem(PortfolioItem),
    /// A bookmark of yours.
    Bookmark(Bookmark),
    /// A conversation that you may read.
    Conversation(Conversation),
    /// A message.
    Message(Message),
    /// A file of yours, one for everybody, or one that hangs on something that you see.
    File(File),
    /// An entry of a resume.
    ResumeEntry(ResumeEntry),
    /// A tag.
    Tag(Tag),
    /// A form that anybody may fill in, or that you see to.
    Form(Form),
    /// An upload of yours.
    UploadSession(UploadSession),
    /// A piece of background work, for admins.
    Work(Work),
    /// What came in through a form of yours, or what you sent through one.
    Submission(Submission),
    /// A mail of the talk about it.
    SubmissionMessage(SubmissionMessage),
    /// A note of a team that you are in.
    InternalNote(InternalNote),
    /// A mail template; for admins.
    EmailTemplate(EmailTemplate),
    /// A kind of mail; for admins.
    EmailTopic(EmailTopic),
    /// A mail in the outbox, for admins.
    Email(Email),
    /// An address that gets no mail, for admins.
    Suppression(Suppression),
    /// A notification of yours.
    Notification(Notification),
    /// An organization.
    Organization(Organization),
    /// A posting.
    Job(Job),
    /// A step of hiring of an organization that you hire for.
    HiringStage(HiringStage),
    /// A search for jobs that you keep.
    SavedJobSearch(SavedJobSearch),
    /// An application of yours, or to a job that you see to.
    Application(Application),
    /// A board.
    Board(Board),
    /// A column of a board.
    BoardColumn(BoardColumn),
    /// A label of a board.
    TaskLabel(TaskLabel),
    /// A line of the history of a board.
    Activity(Activity),
    /// A task.
    Task(Task),
}

/// The most ids that `nodes` takes.
const MOST: usize = 100;

/// The roots that reach everything.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "NodeQuery")]
impl Query {
    /// Anything by its global id; null when it does not exist or you may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: ID,
    ) -> Option<Result<Node>> {
        find(ctx, &id).await.map_err(Into::into).transpose()
    }

    /// Many at once, in the order asked, null in the gaps.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST {
            return Err(Error::BadRequest(format!("ask for at most {MOST} ids").into()).into());
        }
        Ok(try_join_all(ids.iter().map(|id| find(ctx, id))).await?)
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> crate::Result<Option<Node>> {
    let Some((kind, key)) = decode_any(id) else { return Ok(None) };
    of(ctx, kind, key).await
}

/// The thing of this kind and key, if the caller may see it.
pub(crate) async fn of(
    ctx: &Context<'_>,
    kind: &str,
    key: uuid::Uuid,
) -> crate::Result<Option<Node>> {
    let loaders = ctx.loaders();
    let posts = || loaders.of::<posts::Loaders>();
    Ok(match kind {
        "account" => {
            let account = loaders.of::<accounts::Loaders>().by_id(key).await?;
            account.map(|row| Node::Account(Account::shown_to(ctx.cx().actor, row)))
        }
        "role" => Role::by_id(key).map(Node::Role),
        "profile" => {
            let profile = loaders.of::<members::Loaders>().by_id(key).await?;
            profile.map(Profile::whole).map(Node::Profile)
        }
        "post" => posts().by_id(key).await?.map(|post| Node::Post(Post::loaded(&post))),
        "comment" => {
            let comment = loaders.of::<comments::Loaders>().by_id(key).await?;
            comment.map(|row| Node::Comment(Comment::loaded(&row, comments::Via::ITSELF)))
        }
        "revision" => posts().revision_by_id(key).await?.map(Revision).map(Node::Revision),
        "bookmark" => {
            let bookmark = loaders.of::<bookmarks::Loaders>().by_id(key).await?;
            bookmark.map(Bookmark).map(Node::Bookmark)
        }
        "portfolio_item" => {
            let item = loaders.of::<portfolio::Loaders>().by_id(key).await?;
            item.map(|item| Node::PortfolioItem(PortfolioItem::loaded(&item)))
        }
        "message" => {
            let message = loaders.of::<MessagesLoaders>().by_id(key).await?;
            message.map(|row| Node::Message(Message::loaded(&row, chat::Via::ITSELF)))
        }
        "file" => loaders.of::<files::Loaders>().by_id(key).await?.map(File).map(Node::File),
        "resume_entry" => {
            let entry = loaders.of::<resumes::Loaders>().entry_by_id(key).await?;
            entry.map(ResumeEntry).map(Node::ResumeEntry)
        }
        "tag" => loaders.of::<tags::Loaders>().by_id(key).await?.map(Tag).map(Node::Tag),
        "upload" => {
            let upload = loaders.of::<uploads::Loaders>().by_id(key).await?;
            upload.map(UploadSession).map(Node::UploadSession)
        }
        "work" => loaders.of::<operations::Loaders>().by_id(key).await?.map(Work).map(Node::Work),
        "form" => loaders.of::<contact::Loaders>().form(key, 0).await?.map(Form).map(Node::Form),
        "submission" => {
            let row = loaders.of::<inbox::Loaders>().by_id(key).await?;
            row.map(Submission).map(Node::Submission)
        }
        "submission_message" => {
            let row = loaders.of::<inbox::Loaders>().message(key).await?;
            row.map(SubmissionMessage).map(Node::SubmissionMessage)
        }
        "internal_note" => {
            let note = loaders.of::<inbox::Loaders>().note(key).await?;
            let note = match note.map(InternalNote::Submission) {
                Some(note) => Some(note),
                None => {
                    let note = loaders.of::<applications::Loaders>().note(key).await?;
                    note.map(InternalNote::Application)
                }
            };
            note.map(Node::InternalNote)
        }
        "email_template" => {
            let template = loaders.of::<WordsLoaders>().template(key).await?;
            template.map(EmailTemplate).map(Node::EmailTemplate)
        }
        "email_topic" => {
            let topic = loaders.of::<WordsLoaders>().topic(key).await?;
            topic.map(|row| Node::EmailTopic(EmailTopic((*row).clone())))
        }
        "email" => loaders.of::<OutboxLoaders>().email(key).await?.map(Email).map(Node::Email),
        "suppression" => {
            let row = loaders.of::<OutboxLoaders>().suppression(key).await?;
            row.map(Suppression).map(Node::Suppression)
        }
        "notification" => {
            let row = loaders.of::<notifications::Loaders>().by_id(key).await?;
            row.map(Notification).map(Node::Notification)
        }
        "conversation" => {
            let row = loaders.of::<chat::Loaders>().by_id(key).await?;
            row.map(Conversation).map(Node::Conversation)
        }
        "organization" => {
            let row = loaders.of::<organizations::Loaders>().by_id(key, 0).await?;
            row.map(Organization).map(Node::Organization)
        }
        "job" => loaders.of::<jobs::Loaders>().by_id(key, 0).await?.map(Job).map(Node::Job),
        "hiring_stage" => {
            let row = loaders.of::<jobs::Loaders>().stage(key, 0).await?;
            row.map(HiringStage).map(Node::HiringStage)
        }
        "job_search" => {
            let row = loaders.of::<SavedLoaders>().by_id(key, 0).await?;
            row.map(SavedJobSearch).map(Node::SavedJobSearch)
        }
        "application" => {
            let row = loaders.of::<applications::Loaders>().by_id(key, 0).await?;
            row.map(Application).map(Node::Application)
        }
        "board" => loaders.of::<boards::Loaders>().by_id(key, 0).await?.map(Board).map(Node::Board),
        "board_column" => {
            let row = loaders.of::<boards::Loaders>().column(key, 0).await?;
            row.map(BoardColumn).map(Node::BoardColumn)
        }
        "task_label" => {
            let row = loaders.of::<boards::Loaders>().label(key, 0).await?;
            row.map(TaskLabel).map(Node::TaskLabel)
        }
        "activity" => {
            let row = loaders.of::<boards::Loaders>().line(key, 0).await?;
            row.map(Activity).map(Node::Activity)
        }
        "task" => loaders.of::<tasks::Loaders>().by_id(key, 0).await?.map(Task).map(Node::Task),
        _ => None,
    })
}
