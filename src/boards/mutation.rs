use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    Board,
    service::{self, Changes, ColumnChanges, Label, NewBoard, NewColumn},
};
use crate::{
    Error,
    entity::{
        board::{self, Visibility},
        board_column::Category,
        board_member::Role,
    },
    error::ErrorCode,
    graph::{
        ContextExt, DeletePayload, Markdown, Result, UserError, decode, encode, maybe, settle,
    },
};

/// A new board.
#[derive(Debug, InputObject)]
pub struct BoardCreateInput {
    /// What it is called; 1 to 100 characters.
    name: String,
    /// What its tasks' keys begin with: 2 to 10 letters and digits, a letter first; unique, and for ever. Without one it
    /// is made from the name.
    key: Option<String>,
    /// Markdown; at most 10,000 characters.
    description: Option<Markdown>,
    /// Who sees it.
    #[graphql(default_with = "Visibility::Private")]
    visibility: Visibility,
    /// A colour to draw it in, as #rrggbb.
    color: Option<String>,
    /// Its columns, in order, 1 to 30; without them Backlog, To do, Doing, Review and Done.
    columns: Option<Vec<BoardColumnInput>>,
    /// Your name for this call: the same one within 24 hours answers the first board again.
    client_key: Option<String>,
}

/// Changes to a board: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct BoardUpdateInput {
    /// What it is called; 1 to 100 characters.
    name: Option<String>,
    /// Markdown; at most 10,000 characters.
    description: MaybeUndefined<Markdown>,
    /// Who sees it from now on.
    visibility: Option<Visibility>,
    /// A colour to draw it in, as #rrggbb.
    color: MaybeUndefined<String>,
}

/// A column, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct BoardColumnInput {
    /// What it is called; 1 to 100 characters. A new column needs one.
    name: Option<String>,
    /// What it means; a new column needs one. Tasks of a column that comes to mean something else are done, or not, from
    /// then on.
    category: Option<Category>,
    /// A colour to draw it in, as #rrggbb.
    color: MaybeUndefined<String>,
    /// How many tasks are to stand there at most; 1 to 10,000.
    limit: MaybeUndefined<i32>,
    /// The column behind which it stands, null for the first place; a new one stands at the end. Not for the columns that
    /// a board is made with: they stand in the order of their list.
    after: MaybeUndefined<ID>,
}

impl BoardColumnInput {
    /// A column to make a board with, of which `at` says which it is.
    fn checked(self, at: usize) -> crate::Result<NewColumn> {
        let refused = |field: &'static str, code, message: &str| {
            let path = ["input", "columns", &at.to_string(), field].map(str::to_owned);
            Error::refused(code, path, message)
        };
        if !self.after.is_undefined() {
            let message = "these columns stand in the order of their list";
            return Err(refused("after", ErrorCode::Invalid, message));
        }
        let category = self
            .category
            .ok_or_else(|| refused("category", ErrorCode::Required, "say what the column means"))?;
        Ok(NewColumn {
            name: self.name.unwrap_or_default(),
            category,
            color: maybe(self.color).flatten(),
            limit: maybe(self.limit).flatten(),
        })
    }
}

impl From<BoardColumnInput> for ColumnChanges {
    fn from(input: BoardColumnInput) -> Self {
        Self {
            name: input.name,
            category: input.category,
            color: maybe(input.color),
            limit: maybe(input.limit),
            after: maybe(input.after).map(|id| id.map(|id| decode("board_column", &id))),
        }
    }
}

/// Answer about a board.
#[derive(SimpleObject)]
pub struct BoardPayload {
    /// The board as it is now; null when nothing was done, and once you left one that only its members see.
    pub board: Option<Board>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    pub user_errors: Vec<UserError>,
}

impl BoardPayload {
    /// The payload of what a service answered.
    async fn settle(ctx: &Context<'_>, result: crate::Result<board::Model>) -> Result<Self> {
        Self::settle_left(ctx, result.map(Some)).await
    }

    /// The same where one may not see the board any more.
    async fn settle_left(
        ctx: &Context<'_>,
        result: crate::Result<Option<board::Model>>,
    ) -> Result<Self> {
        let (row, user_errors) = settle(ctx, result).await?;
        Ok(Self { board: row.flatten().map(Board::from), user_errors })
    }
}

/// The boards' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "BoardMutation")]
impl Mutation {
    /// Start a board, whose admin you are; nobody makes more than 100.
    async fn board_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The board.")] input: BoardCreateInput,
    ) -> Result<BoardPayload> {
        let made = async {
            let columns = input.columns.map(|columns| {
                columns.into_iter().enumerate().map(|(at, column)| column.checked(at)).collect()
            });
            let new = NewBoard {
                name: input.name,
                key: input.key,
                description: input.description.map(|text| text.0),
                visibility: input.visibility,
                color: input.color,
                columns: columns.transpose()?,
                client_key: input.client_key,
            };
            Box::pin(service::create(ctx.cx(), new)).await
        };
        BoardPayload::settle(ctx, made.await).await
    }

    /// Change a board that you are an admin of. Its key stays for ever.
    async fn board_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "What to change.")] input: BoardUpdateInput,
        #[graphql(desc = "The version that you read; another one is STALE_VERSION.")]
        expected_version: Option<i32>,
    ) -> Result<BoardPayload> {
        let changes = Changes {
            name: input.name,
            description: maybe(input.description).map(|text| text.map(|text| text.0)),
            visibility: input.visibility,
            color: maybe(input.color),
        };
        let id = decode("board", &id);
        let changed = service::update(ctx.cx(), id, changes, expected_version).await;
        BoardPayload::settle(ctx, changed).await
    }

    /// Put a board that you are an admin of away, where it can be read and not changed, or take it out again.
    async fn board_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(default = true, desc = "Whether it is put away.")] archived: bool,
    ) -> Result<BoardPayload> {
        let changed = service::archive(ctx.cx(), decode("board", &id), archived).await;
        BoardPayload::settle(ctx, changed).await
    }

    /// Delete a board that you are an admin of and that was put away, with all its tasks, for good.
    async fn board_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete(ctx.cx(), decode("board", &id)).await;
        DeletePayload::settle(ctx, gone.map(|board| vec![encode("board", board.id)])).await
    }

    /// Add somebody to a board that you are an admin of, give them another role, or remove them. Everybody may remove
    /// themselves; the last admin stays. A board has at most 500 members.
    async fn board_member_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which board.")] id: ID,
        #[graphql(desc = "Who.")] profile: ID,
        #[graphql(desc = "What they are from now on; null removes them.")] role: Option<Role>,
    ) -> Result<BoardPayload> {
        let (id, profile) = (decode("board", &id), decode("profile", &profile));
        let set = service::set_member(ctx.cx(), id, profile, role).await;
        BoardPayload::settle_left(ctx, set).await
    }

    /// Add a column to a board that you are an admin of, or change or move one; at most 30.
    async fn board_column_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which board.")] board: ID,
        #[graphql(desc = "Which column; without it a new one is made.")] id: Option<ID>,
        #[graphql(desc = "What to write.")] input: BoardColumnInput,
    ) -> Result<BoardPayload> {
        let board = decode("board", &board);
        let id = id.map(|id| decode("board_column", &id));
        let saved = Box::pin(service::save_column(ctx.cx(), board, id, input.into())).await;
        BoardPayload::settle(ctx, saved).await
    }

    /// Delete a column of a board that you are an admin of. Its tasks move to the end of another one.
    async fn board_column_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The column that its tasks move to, whatever its limit.")] move_to: ID,
    ) -> Result<BoardPayload> {
        let (id, to) = (decode("board_column", &id), decode("board_column", &move_to));
        let deleted = Box::pin(service::delete_column(ctx.cx(), id, to)).await;
        BoardPayload::settle(ctx, deleted).await
    }

    /// Add a label to a board that you are an admin of, or change one; at most 100.
    async fn task_label_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which board.")] board: ID,
        #[graphql(desc = "Which label; without it a new one is made.")] id: Option<ID>,
        #[graphql(desc = "The word, 1 to 100 characters; one of its kind on its board.")]
        name: String,
        #[graphql(desc = "A colour to draw it in, as #rrggbb.")] color: String,
        #[graphql(
            desc = "What it is for, at most 500 characters; left out it stays, null clears."
        )]
        description: MaybeUndefined<String>,
    ) -> Result<BoardPayload> {
        let label = Label { name, color, description: maybe(description) };
        let (board, id) = (decode("board", &board), id.map(|id| decode("task_label", &id)));
        let saved = service::save_label(ctx.cx(), board, id, label).await;
        BoardPayload::settle(ctx, saved).await
    }

    /// Delete a label of a board that you are an admin of; it is taken off all tasks.
    async fn task_label_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = service::delete_label(ctx.cx(), decode("task_label", &id)).await;
        DeletePayload::settle(ctx, gone.map(|row| vec![encode("task_label", row.id)])).await
    }
}
