use std::borrow::Cow;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use uuid::Uuid;

use super::{locked, stand};
use crate::{
    Cx, Error, Result,
    check::{Check, each_once, limit},
    contact::policy,
    entity::{
        account::{self, Role},
        form_member,
        submission::{self, Column, State},
        submission_label,
    },
    error::{ErrorCode, Problem},
    sql,
};

/// Submissions that are changed at once.
const MOST: usize = 100;
/// Labels of a submission.
const MOST_LABELS: usize = 10;
/// Characters of a label.
const LABEL: usize = 40;

/// What to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Where they stand.
    pub state: Option<State>,
    /// Who sees to them; `Some(None)` is nobody.
    pub assignee: Option<Option<Uuid>>,
    /// Labels in place of those that are there.
    pub labels: Option<Vec<String>>,
}

/// Changes submissions, all or none of them; answers them in the order named, each once.
pub async fn update(
    cx: Cx<'_>,
    ids: Vec<Option<Uuid>>,
    changes: Changes,
) -> Result<Vec<submission::Model>> {
    policy::answer(cx.actor)?;
    let labels = checked(&ids, changes.labels)?;
    let keys: Vec<Uuid> = each_once(ids.iter().flatten().copied().collect());
    let tx = cx.begin().await?;
    let found = locked(cx, &tx, &keys).await?;
    let (mut rows, mut problems) = (Vec::<submission::Model>::with_capacity(ids.len()), Vec::new());
    for (at, id) in ids.iter().enumerate() {
        let path = || [Cow::Borrowed("ids"), Cow::Owned(at.to_string())];
        match id.and_then(|id| found.get(&id)) {
            Some((row, true)) if rows.contains(row) => {}
            Some((row, true)) => rows.push(row.clone()),
            Some((_, false)) => {
                let message = "this is for the team of the form";
                problems.push(Problem::at(ErrorCode::Forbidden, path(), message));
            }
            None => {
                let message = "there is no such submission";
                problems.push(Problem::at(ErrorCode::NotFound, path(), message));
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    if let Some(Some(assignee)) = changes.assignee {
        answers_for(cx, &tx, assignee, &rows).await?;
    }
    if let Some(state) = changes.state {
        stand::count(&tx, &rows, state).await?;
    }
    let mut write = submission::Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(sql::key_in(cx.backend(), Column::Id, &keys));
    if let Some(state) = changes.state {
        write = write.col_expr(Column::State, Expr::value(state));
    }
    if let Some(assignee) = changes.assignee {
        write = write.col_expr(Column::AssigneeId, Expr::value(assignee));
    }
    write.exec(&tx).await?;
    if let Some(labels) = labels {
        relabel(cx, &tx, &keys, &labels).await?;
    }
    tx.commit().await?;
    for row in &mut rows {
        row.version += 1;
        row.state = changes.state.unwrap_or(row.state);
        row.assignee_id = changes.assignee.unwrap_or(row.assignee_id);
    }
    Ok(rows)
}

/// The labels as they are kept, each once.
fn checked(ids: &[Option<Uuid>], labels: Option<Vec<String>>) -> Result<Option<Vec<String>>> {
    let mut check = Check::new();
    if ids.is_empty() {
        check.push(Problem::at(ErrorCode::Required, ["ids"], "name at least one submission"));
    } else if ids.len() > MOST {
        let message = format!("name at most {MOST} submissions");
        let problem = Problem::at(ErrorCode::TooLong, ["ids"], message);
        check.push(problem.with(limit(&(1..=MOST), ids.len())));
    }
    let labels = labels.map(|labels| {
        check.list(&["labels"], &labels, MOST_LABELS);
        let line = |(at, label): (usize, &String)| {
            check.line(&["labels", &at.to_string()], label, 1..=LABEL)
        };
        // What is too long a list is refused without a look at each.
        each_once(labels.iter().take(MOST_LABELS).enumerate().map(line).collect())
    });
    check.done()?;
    Ok(labels)
}

/// Checks that somebody answers for the forms of all these: a member of their teams, or staff.
async fn answers_for(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    assignee: Uuid,
    rows: &[submission::Model],
) -> Result<()> {
    let refused = || {
        let message = "this has to be somebody of the form's team";
        Error::refused(ErrorCode::Invalid, ["input", "assignee"], message)
    };
    let account = account::Entity::find_by_id(assignee).one(tx).await?;
    let account = account.filter(|account| account.state == account::State::Active);
    if account.ok_or_else(refused)?.role >= Role::Moderator {
        return Ok(());
    }
    let forms = each_once(rows.iter().map(|row| row.form_id).collect());
    let team = form_member::Entity::find()
        .select_only()
        .column(form_member::Column::FormId)
        .filter(form_member::Column::ProfileId.eq(assignee))
        .filter(sql::key_in(cx.backend(), form_member::Column::FormId, &forms));
    let team: Vec<Uuid> = team.into_tuple().all(tx).await?;
    if team.len() == forms.len() { Ok(()) } else { Err(refused()) }
}

async fn relabel(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    keys: &[Uuid],
    labels: &[String],
) -> Result<()> {
    use submission_label::Column::SubmissionId;
    let old = submission_label::Entity::delete_many();
    old.filter(sql::key_in(cx.backend(), SubmissionId, keys)).exec(tx).await?;
    if labels.is_empty() {
        return Ok(());
    }
    let rows = keys.iter().flat_map(|key| {
        labels.iter().map(|label| submission_label::ActiveModel {
            submission_id: Set(*key),
            name: Set(label.clone()),
        })
    });
    submission_label::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
