use sea_orm::{
    EntityTrait, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, SelectStatement, SimpleExpr, SubQueryStatement},
};

use crate::{
    Cx, chat,
    entity::{file, job, message, organization, portfolio_item, post, profile, tag, task},
    files,
    index::Kind,
    jobs, members, organizations, portfolio, posts, tasks,
};

/// The kinds that the actor could see any of.
pub(super) fn kinds(cx: Cx<'_>, asked: &[Kind]) -> Vec<Kind> {
    let all = Kind::ALL.into_iter().filter(|kind| asked.is_empty() || asked.contains(kind));
    // Others would look through all messages to find none.
    let chats = chat::policy::read(cx.actor).is_ok();
    all.filter(|kind| *kind != Kind::Message || chats).collect()
}

/// Whether the actor may see the thing of this kind that the document `d` is about: the rule of its slice.
pub(super) fn sees(cx: Cx<'_>, kind: Kind) -> SimpleExpr {
    match kind {
        Kind::Profile => one::<profile::Entity>(members::service::visible(cx), profile::Column::Id),
        Kind::Post => one::<post::Entity>(posts::service::visible(cx), post::Column::Id),
        Kind::Tag => one::<tag::Entity>(tag::Entity::find(), tag::Column::Id),
        Kind::Job => one::<job::Entity>(jobs::service::visible(cx), job::Column::Id),
        Kind::Organization => one::<organization::Entity>(
            organizations::service::visible(cx),
            organization::Column::Id,
        ),
        Kind::PortfolioItem => one::<portfolio_item::Entity>(
            portfolio::service::visible(cx),
            portfolio_item::Column::Id,
        ),
        Kind::Task => one::<task::Entity>(tasks::service::visible(cx), task::Column::Id),
        Kind::Message => {
            one::<message::Entity>(chat::service::visible_messages(cx), message::Column::Id)
        }
        Kind::File => one::<file::Entity>(files::visible(cx), file::Column::Id),
    }
}

/// Asked of one document after the other, by key: as a value, which is never made a set of all rows first.
fn one<E: EntityTrait>(rows: Select<E>, key: E::Column) -> SimpleExpr {
    use sea_orm::IntoSimpleExpr as _;
    let mut rows: SelectStatement = rows.select_only().column(key).into_query();
    rows.and_where(key.into_simple_expr().eq(Expr::cust("d.subject")));
    let rows = SubQueryStatement::SelectStatement(rows);
    SimpleExpr::SubQuery(None, Box::new(rows)).is_not_null()
}
