//! Which files somebody may see: their own, those for everybody or for members, and what hangs on something that
//! they see. It knows the rules of all slices, so no rule may call it: loaders and types do.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};

use crate::{
    Cx, applications, chat, comments, contact,
    entity::{
        application, comment, file,
        file::Visibility,
        file_use::{self, Column},
        message, organization, portfolio_item, post, profile, submission, submission_message, task,
    },
    members, organizations, portfolio, posts, tasks,
};

/// The files that the actor may see.
pub fn visible(cx: Cx<'_>) -> Select<file::Entity> {
    let mut seen = Condition::any().add(file::Column::Visibility.eq(Visibility::Public));
    if let Some(member) = cx.actor.reader() {
        seen = seen
            .add(file::Column::OwnerId.eq(member.id))
            .add(file::Column::Visibility.eq(Visibility::Members));
    }
    let hangs = [
        on_profile(cx),
        on_post(cx),
        on_comment(cx),
        on_message(cx),
        on_item(cx),
        on_submission(cx),
        on_talk(cx),
        on_task(cx),
        on_organization(cx),
        on_application(cx),
    ];
    let seen = hangs.into_iter().fold(seen, |seen, uses| seen.add(Expr::exists(uses)));
    file::Entity::find().filter(seen)
}

/// The uses of the file at hand.
fn uses() -> Select<file_use::Entity> {
    let this = Expr::col(Column::FileId.as_column_ref()).equals(file::Column::Id.as_column_ref());
    file_use::Entity::find().select_only().column(Column::Id).filter(this)
}

/// Those on rows of a table that fit `rows`: joined by the key, so that only these rows are looked at.
fn on(
    column: Column,
    rows: SelectStatement,
    key: impl sea_orm::sea_query::IntoColumnRef,
) -> SelectStatement {
    let mut rows = rows;
    rows.and_where(Expr::col(key).equals(column.as_column_ref()));
    uses().filter(Expr::exists(rows)).into_query()
}

fn on_profile(cx: Cx<'_>) -> SelectStatement {
    let rows = profile::Entity::find().select_only().column(profile::Column::Id);
    let rows = rows.filter(members::policy::visible_to(cx.actor)).into_query();
    on(Column::ProfileId, rows, profile::Column::Id.as_column_ref())
}

fn on_post(cx: Cx<'_>) -> SelectStatement {
    let rows = posts::service::visible(cx).select_only().column(post::Column::Id).into_query();
    on(Column::PostId, rows, post::Column::Id.as_column_ref())
}

fn on_comment(cx: Cx<'_>) -> SelectStatement {
    let rows = comments::service::visible(cx);
    let rows = rows.select_only().column(comment::Column::Id).into_query();
    on(Column::CommentId, rows, comment::Column::Id.as_column_ref())
}

fn on_message(cx: Cx<'_>) -> SelectStatement {
    let rows = chat::service::visible_messages(cx).select_only().column(message::Column::Id);
    let rows = rows.into_query();
    on(Column::MessageId, rows, message::Column::Id.as_column_ref())
}

fn on_item(cx: Cx<'_>) -> SelectStatement {
    let rows = portfolio::service::visible(cx).select_only().column(portfolio_item::Column::Id);
    on(Column::PortfolioItemId, rows.into_query(), portfolio_item::Column::Id.as_column_ref())
}

fn on_submission(cx: Cx<'_>) -> SelectStatement {
    let rows = contact::service::visible_submissions(cx);
    let rows = rows.select_only().column(submission::Column::Id);
    on(Column::SubmissionId, rows.into_query(), submission::Column::Id.as_column_ref())
}

fn on_organization(cx: Cx<'_>) -> SelectStatement {
    let rows = organizations::service::visible(cx).select_only().column(organization::Column::Id);
    on(Column::OrganizationId, rows.into_query(), organization::Column::Id.as_column_ref())
}

fn on_talk(cx: Cx<'_>) -> SelectStatement {
    let seen = contact::service::visible_submissions(cx);
    let seen = seen.select_only().column(submission::Column::Id).into_query();
    let rows = submission_message::Entity::find()
        .select_only()
        .column(submission_message::Column::Id)
        .filter(submission_message::Column::SubmissionId.in_subquery(seen))
        .into_query();
    on(Column::SubmissionMessageId, rows, submission_message::Column::Id.as_column_ref())
}

fn on_task(cx: Cx<'_>) -> SelectStatement {
    let rows = tasks::service::visible(cx).select_only().column(task::Column::Id);
    on(Column::TaskId, rows.into_query(), task::Column::Id.as_column_ref())
}

fn on_application(cx: Cx<'_>) -> SelectStatement {
    let rows = applications::service::visible(cx).select_only().column(application::Column::Id);
    on(Column::ApplicationId, rows.into_query(), application::Column::Id.as_column_ref())
}
