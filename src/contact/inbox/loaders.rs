//! What pages ask of submissions, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QueryResult, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, JoinType},
};
use uuid::Uuid;

use crate::{
    Result,
    contact::service::{
        inbox::{self, Filter, policy},
        visible_submissions,
    },
    entity::{
        email, form,
        profile::{self, Face},
        submission, submission_label, submission_message, submission_note,
    },
    graph::{
        Batch, Batched, Execution, Lanes, Loader, LoaderSet, alike, answer, ask, fail, loader,
        many, one,
    },
    members,
    page::{Ask, Page},
    sql::{self, OfEach},
};

type Row<M> = Option<Arc<M>>;
type Listed = (Uuid, (Filter, Ask));
type Submissions = Arc<Page<Arc<submission::Model>>>;
type Notes = Arc<Vec<Arc<submission_note::Model>>>;

/// What is asked of submissions that stand in one place of the answer.
struct At {
    by_id: Loader<Uuid, Batched<Row<submission::Model>>, Batch<ById>>,
    message: Loader<Uuid, Batched<Row<submission_message::Model>>, Batch<MessageById>>,
    note: Loader<Uuid, Batched<Row<submission_note::Model>>, Batch<NoteById>>,
    form: Loader<Uuid, Batched<Row<form::Model>>, Batch<FormOf>>,
    face: Loader<Uuid, Batched<Row<Face>>, Batch<Faces>>,
    labels: Loader<Uuid, Batched<Arc<Vec<String>>>, Batch<LabelsOf>>,
    notes: Loader<Uuid, Batched<Notes>, Batch<NotesOf>>,
    sent: Loader<Uuid, Batched<Option<email::State>>, Batch<SentBy>>,
    through: Loader<Listed, Batched<Submissions>, Batch<Through>>,
}

/// The loaders of submissions; each place of the answer (`lane`) has its own.
pub struct Loaders(Lanes<At>);

impl LoaderSet for Loaders {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for At {
    fn new(execution: &Arc<Execution>) -> Self {
        Self {
            by_id: loader(execution, ById),
            message: loader(execution, MessageById),
            note: loader(execution, NoteById),
            form: loader(execution, FormOf),
            face: loader(execution, Faces),
            labels: loader(execution, LabelsOf),
            notes: loader(execution, NotesOf),
            sent: loader(execution, SentBy),
            through: loader(execution, Through),
        }
    }
}

impl Loaders {
    /// The submission of this key, if the actor may see it.
    pub async fn by_id(&self, id: Uuid) -> Result<Row<submission::Model>> {
        let at = self.0.at(0);
        Box::pin(ask(&at.by_id, id)).await
    }

    /// The mail of a talk of this key, if the actor may see what it is about.
    pub async fn message(&self, id: Uuid) -> Result<Row<submission_message::Model>> {
        let at = self.0.at(0);
        Box::pin(ask(&at.message, id)).await
    }

    /// The note of this key, if the actor answers for what it is on.
    pub async fn note(&self, id: Uuid) -> Result<Row<submission_note::Model>> {
        let at = self.0.at(0);
        Box::pin(ask(&at.note, id)).await
    }

    /// The form that something came through, whoever sees it otherwise.
    pub async fn form(&self, id: Uuid, lane: u64) -> Result<Row<form::Model>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.form, id)).await
    }

    /// The head of a member, if the actor may see them.
    pub async fn face(&self, id: Uuid, lane: u64) -> Result<Row<Face>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.face, id)).await
    }

    /// The labels of a submission, in alphabetical order.
    pub async fn labels(&self, id: Uuid, lane: u64) -> Result<Arc<Vec<String>>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.labels, id)).await
    }

    /// The notes on a submission, the oldest first, whoever may read them.
    pub async fn notes(&self, id: Uuid, lane: u64) -> Result<Notes> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.notes, id)).await
    }

    /// Where the mail stands that carried a message of a talk; nothing unless the actor answers for what it is about.
    pub async fn sent(&self, message: Uuid, lane: u64) -> Result<Option<email::State>> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.sent, message)).await
    }

    /// A page of what came in through a form that the actor answers for, the latest first.
    pub async fn through(
        &self,
        form: Uuid,
        filter: Filter,
        page: Ask,
        lane: u64,
    ) -> Result<Submissions> {
        let at = self.0.at(lane);
        Box::pin(ask(&at.through, (form, (filter, page)))).await
    }
}

struct ById;

impl BatchFn<Uuid, Batched<Row<submission::Model>>> for Batch<ById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<submission::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), submission::Column::Id, ids);
        let rows = sql::shaped(cx.db, visible_submissions(cx).filter(these)).await;
        one(ids, rows, |row: &submission::Model| row.id)
    }
}

struct MessageById;

impl BatchFn<Uuid, Batched<Row<submission_message::Model>>> for Batch<MessageById> {
    async fn load(
        &mut self,
        ids: &[Uuid],
    ) -> HashMap<Uuid, Batched<Row<submission_message::Model>>> {
        use submission_message::Column::{Id, SubmissionId};
        let cx = self.execution.cx();
        let seen =
            visible_submissions(cx).select_only().column(submission::Column::Id).into_query();
        let rows = submission_message::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(SubmissionId.in_subquery(seen))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct NoteById;

impl BatchFn<Uuid, Batched<Row<submission_note::Model>>> for Batch<NoteById> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<submission_note::Model>>> {
        use submission_note::Column::{Id, SubmissionId};
        let cx = self.execution.cx();
        let seen = submission::Entity::find()
            .select_only()
            .column(submission::Column::Id)
            .filter(policy::answered_by(cx.actor, submission::Column::FormId))
            .into_query();
        let rows = submission_note::Entity::find()
            .filter(sql::key_in(cx.backend(), Id, ids))
            .filter(SubmissionId.in_subquery(seen))
            .all(cx.db)
            .await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct FormOf;

impl BatchFn<Uuid, Batched<Row<form::Model>>> for Batch<FormOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<form::Model>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), form::Column::Id, ids);
        let rows = form::Entity::find().filter(these).all(cx.db).await;
        one(ids, rows.map_err(Into::into), |row| row.id)
    }
}

struct Faces;

impl BatchFn<Uuid, Batched<Row<Face>>> for Batch<Faces> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Row<Face>>> {
        let cx = self.execution.cx();
        let these = sql::key_in(cx.backend(), profile::Column::Id, ids);
        let rows = sql::shaped::<Face>(cx.db, members::service::visible(cx).filter(these)).await;
        one(ids, rows, |face| face.id)
    }
}

struct LabelsOf;

impl BatchFn<Uuid, Batched<Arc<Vec<String>>>> for Batch<LabelsOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<String>>>> {
        use submission_label::Column::{Name, SubmissionId};
        let cx = self.execution.cx();
        let rows = submission_label::Entity::find()
            .filter(sql::key_in(cx.backend(), SubmissionId, ids))
            .order_by_asc(Name)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.submission_id, row.name))
    }
}

struct NotesOf;

impl BatchFn<Uuid, Batched<Notes>> for Batch<NotesOf> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Notes>> {
        use submission_note::Column::{Id, SubmissionId};
        let cx = self.execution.cx();
        let rows = submission_note::Entity::find()
            .filter(sql::key_in(cx.backend(), SubmissionId, ids))
            .order_by_asc(Id)
            .all(cx.db)
            .await;
        many(ids, rows.map_err(Into::into), |row| (row.submission_id, Arc::new(row)))
    }
}

struct SentBy;

impl BatchFn<Uuid, Batched<Option<email::State>>> for Batch<SentBy> {
    async fn load(&mut self, ids: &[Uuid]) -> HashMap<Uuid, Batched<Option<email::State>>> {
        match sent(&self.execution, ids).await {
            Err(error) => fail(ids, &error),
            Ok(found) => ids.iter().map(|id| (*id, Ok(found.get(id).copied()))).collect(),
        }
    }
}

async fn sent(execution: &Execution, ids: &[Uuid]) -> Result<HashMap<Uuid, email::State>> {
    use submission_message::Column::{EmailId, Id, SubmissionId};
    let cx = execution.cx();
    let answered = submission::Entity::find()
        .select_only()
        .column(submission::Column::Id)
        .filter(policy::answered_by(cx.actor, submission::Column::FormId));
    let mut rows = submission_message::Entity::find()
        .select_only()
        .column(Id)
        .filter(sql::key_in(cx.backend(), Id, ids))
        .filter(SubmissionId.in_subquery(answered.into_query()))
        .into_query();
    let its_mail =
        Expr::col((email::Entity, email::Column::Id)).equals((submission_message::Entity, EmailId));
    rows.expr(Expr::col((email::Entity, email::Column::State)));
    rows.join(JoinType::InnerJoin, email::Entity, its_mail);
    let rows = Box::pin(cx.db.query_all(&rows)).await?;
    let read = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

struct Through;

impl BatchFn<Listed, Batched<Submissions>> for Batch<Through> {
    async fn load(&mut self, keys: &[Listed]) -> HashMap<Listed, Batched<Submissions>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for (asked, forms) in alike(keys) {
            let found = through(&self.execution, &forms, &asked.0, &asked.1).await;
            answer(&mut answers, &asked, &forms, found);
        }
        answers
    }
}

async fn through(
    execution: &Execution,
    forms: &[Uuid],
    filter: &Filter,
    ask: &Ask,
) -> Result<Vec<(Uuid, Submissions)>> {
    use submission::Column::{FormId, Id};
    let cx = execution.cx();
    let Some(fits) = filter.condition(cx.backend())? else {
        return Ok(forms.iter().map(|form| (*form, Arc::new(Page::empty()))).collect());
    };
    let rows = submission::Entity::find().filter(policy::answered_by(cx.actor, FormId));
    let (rows, by) = (rows.filter(fits), inbox::by());
    let rows = OfEach { rows, parent: FormId, parents: forms, key: Id, by: &by, ask };
    let rows = rows.all::<submission::Model>(cx.db).await?;
    let pages = Page::of_each(forms, rows, ask, |row| row.form_id, inbox::place);
    Ok(pages.into_iter().map(|(form, page)| (form, Arc::new(page.map(Arc::new)))).collect())
}
