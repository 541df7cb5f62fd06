use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Activity, ActivityConnection, BoardColumn, TaskLabel};
use crate::{
    boards::{Loaders, policy},
    clock::made_at,
    entity::{
        board::{self, Visibility},
        board_member::{self, Role},
        profile::Face,
    },
    graph::{
        ContextExt, DateTime, EventCursor, PageInfo, Result, Url, connection, encode, lane,
        lane_above,
    },
    members::{Profile, RichText},
    page::{Ask, Page, Place},
    streams::{Cursor, Stream},
    tasks::find::{self, TaskConnection, TaskFilter, TaskOrder},
};

/// A board: columns, labels and tasks.
#[derive(Clone, Debug)]
pub struct Board(pub Arc<board::Model>);

impl From<board::Model> for Board {
    fn from(row: board::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A board: columns, labels and tasks.
#[Object]
impl Board {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("board", self.0.id)
    }

    /// What its tasks' keys begin with: GLD in GLD-42. It stays for ever.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is about.
    async fn description(&self) -> RichText {
        RichText::Board(self.0.clone())
    }

    /// Who sees it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility
    }

    /// A colour to draw it in, as #rrggbb.
    async fn color(&self) -> Option<&str> {
        self.0.color.as_deref()
    }

    /// When it was put away, if it was: it can be read, not changed.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(Into::into)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// Its page.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(format!("{}/boards/{}", ctx.cx().app.config.front_url(), self.0.key))
    }

    /// Its columns, in their order; at most 30.
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<BoardColumn>> {
        let rows = ctx.loaders().of::<Loaders>().columns(self.0.id, lane(ctx)).await?;
        Ok(rows.iter().cloned().map(BoardColumn).collect())
    }

    /// Its labels, by name; at most 100.
    async fn labels(&self, ctx: &Context<'_>) -> Result<Vec<TaskLabel>> {
        let rows = ctx.loaders().of::<Loaders>().labels(self.0.id, lane(ctx)).await?;
        Ok(rows.iter().cloned().map(TaskLabel).collect())
    }

    /// Who works on it, in the order in which they joined the community.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<BoardMemberConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().members(self.0.id, ask, lane(ctx)).await?;
        Ok(BoardMemberConnection(page))
    }

    /// Tasks on it, not counting archived ones.
    async fn task_count(&self) -> i32 {
        self.0.task_count
    }

    /// Of these, those that were done or given up.
    async fn done_count(&self) -> i32 {
        self.0.done_count
    }

    /// What happened on it, the latest first.
    async fn activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ActivityConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let page = ctx.loaders().of::<Loaders>().activity(self.0.id, ask, lane(ctx)).await?;
        Ok(ActivityConnection(Page::clone(&page).map(Activity)))
    }

    /// Where `boardEvents` goes on from what this query shows: all of it is read at one moment.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Result<EventCursor> {
        let seq = ctx.loaders().of::<Loaders>().last_seq(self.0.id, lane(ctx)).await?;
        Ok(EventCursor(Cursor { seq }.encode(Stream::board(self.0.id))))
    }

    /// What to send as `expectedVersion`; grows by one with each change of the board itself, not of what is on it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Its tasks, as they stand on it if nothing else is said.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; without it, all that are not put away.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "In which order.")] order_by: Option<TaskOrder>,
        #[graphql(default = 100, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<TaskConnection>> {
        Some(find::of_board(ctx, self.0.id, filter, order_by, first, after).await)
    }

    /// You and this board; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<BoardViewer>> {
        ctx.cx().actor.id()?;
        let own = ctx.loaders().of::<Loaders>().own_role(self.0.id, lane_above(ctx)).await;
        let viewer = |own: Option<Arc<board_member::Model>>| BoardViewer {
            board: self.0.clone(),
            role: own.map(|own| own.role),
        };
        Some(own.map(viewer).map_err(Into::into))
    }
}

/// You and a board: what you are there, what you may do.
#[derive(Clone, Debug)]
pub struct BoardViewer {
    board: Arc<board::Model>,
    role: Option<Role>,
}

impl BoardViewer {
    fn may(&self, ctx: &Context<'_>, least: Role) -> bool {
        policy::act(ctx.cx().actor, &self.board, self.role, least).is_ok()
    }
}

/// You and a board: what you are there, what you may do.
#[Object]
impl BoardViewer {
    /// What you are there; null when you are not its member.
    async fn role(&self) -> Option<Role> {
        self.role
    }

    /// Whether you may comment on its tasks.
    async fn can_comment(&self, ctx: &Context<'_>) -> bool {
        self.may(ctx, Role::Commenter)
    }

    /// Whether you may make, change and move tasks.
    async fn can_add_tasks(&self, ctx: &Context<'_>) -> bool {
        self.may(ctx, Role::Editor)
    }

    /// Whether you may change the board, its columns and its labels.
    async fn can_edit(&self, ctx: &Context<'_>) -> bool {
        self.may(ctx, Role::Admin)
    }

    /// Whether `boardMemberSet` would let you add and remove others.
    async fn can_manage_members(&self, ctx: &Context<'_>) -> bool {
        self.may(ctx, Role::Admin)
    }
}

connection!(
    /// A page of boards.
    BoardConnection,
    /// One of the boards on a page.
    BoardEdge of Board,
);

/// What a member of a board is there, with who it is.
pub type Present = (Arc<board_member::Model>, Arc<Face>);

/// A page of those who work on a board.
#[derive(Debug)]
pub struct BoardMemberConnection(pub Arc<Page<Present>>);

/// A page of those who work on a board.
#[Object]
impl BoardMemberConnection {
    /// The members on the page, each with its cursor.
    async fn edges(&self) -> Vec<BoardMemberEdge<'_>> {
        let items = self.0.items.iter();
        items.map(|(place, present)| BoardMemberEdge { place, present }).collect()
    }

    /// The members on the page.
    async fn nodes(&self) -> Vec<Profile> {
        self.0.items.iter().map(|(_, (_, face))| Profile::face(face.clone())).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        self.0.as_ref().into()
    }
}

/// One of those who work on a board.
#[derive(Debug)]
pub struct BoardMemberEdge<'a> {
    place: &'a Place,
    present: &'a Present,
}

/// One of those who work on a board.
#[Object]
impl BoardMemberEdge<'_> {
    /// Their place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// Who it is.
    async fn node(&self) -> Profile {
        Profile::face(self.present.1.clone())
    }

    /// What they may do there.
    async fn role(&self) -> Role {
        self.present.0.role
    }

    /// Since when they work on it.
    async fn since(&self) -> DateTime {
        self.present.0.since.into()
    }
}
