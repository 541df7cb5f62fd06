use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::{
    Resume, ResumeEntry,
    service::{self, Action, Changes},
};
use crate::{
    entity::{profile, resume_entry::Kind, spoken_language::Level},
    graph::{
        ContextExt, DeletePayload, Json, Locale, Markdown, PartialDate, Result, Url, UserError,
        decode, encode, maybe, payload, settle,
    },
    members::{Profile, ProfilePayload},
};

/// An entry, new or changed: what is left out stays, null clears.
#[derive(Debug, InputObject)]
pub struct ResumeEntryInput {
    /// Which section it stands in; a new one needs it.
    kind: Option<Kind>,
    /// What it was, 1 to 200 characters; a new one needs it.
    title: Option<String>,
    /// Where: an employer, a school, who gave it; at most 200 characters.
    organization: MaybeUndefined<String>,
    /// The place on earth; at most 200 characters.
    location: MaybeUndefined<String>,
    /// Where to read on.
    url: MaybeUndefined<Url>,
    /// When it began, or was.
    starts_on: MaybeUndefined<PartialDate>,
    /// When it ended, not before it began.
    ends_on: MaybeUndefined<PartialDate>,
    /// About it; at most 10,000 characters.
    summary: MaybeUndefined<Markdown>,
    /// What stands out, at most 100 of at most 1,000 characters each.
    highlights: MaybeUndefined<Vec<String>>,
    /// How well: a mark, a degree class; at most 200 characters.
    grade: MaybeUndefined<String>,
    /// What proves it: a number, a code; at most 200 characters.
    credential: MaybeUndefined<String>,
}

/// A language and how well it is spoken.
#[derive(Debug, InputObject)]
pub struct SpokenLanguageInput {
    /// Which.
    language: Locale,
    /// How well.
    level: Level,
}

payload!(
    /// Answer about an entry of a resume.
    ResumeEntryPayload {
        /// The entry as it is now; null when nothing was done.
        entry: ResumeEntry
    }
);

/// What an import does with something in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImportAction {
    /// It is new here.
    Add,
    /// It is here, and is changed.
    Change,
    /// It is here already.
    Keep,
    /// It has no place here: it is kept for your JSON Resume alone, and written over nothing.
    Skip,
}

/// What an import does with one thing in the document.
#[derive(Debug, SimpleObject)]
pub struct ImportRow {
    /// Where it stands in the document: `work.2`.
    path: String,
    /// The section that it comes to stand in; null for what is no entry.
    kind: Option<Kind>,
    /// What it is called.
    title: Option<String>,
    /// What becomes of it.
    action: ImportAction,
    /// More about that, for people.
    message: Option<String>,
}

/// Answer about an import.
#[derive(SimpleObject)]
pub struct ResumeImportPayload {
    /// How many things were added, or would be.
    created: i32,
    /// How many things were changed, or would be.
    updated: i32,
    /// How many things are here already.
    unchanged: i32,
    /// All of them one by one, and what is kept for your JSON Resume alone.
    rows: Vec<ImportRow>,
    /// Your resume as it is now.
    resume: Option<Resume>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The resumes' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

async fn profile(ctx: &Context<'_>, row: crate::Result<profile::Model>) -> Result<ProfilePayload> {
    ProfilePayload::settle(ctx, row.map(|row| Profile::whole(row.into()))).await
}

#[Object(name = "ResumeMutation")]
impl Mutation {
    /// Change the summary and the languages of your resume: what is left out stays, null clears.
    async fn resume_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About you; at most 10,000 characters.")] summary: MaybeUndefined<
            Markdown,
        >,
        #[graphql(desc = "All of them, in order; at most 50.")] languages: MaybeUndefined<
            Vec<SpokenLanguageInput>,
        >,
    ) -> Result<ProfilePayload> {
        let summary = maybe(summary).map(|summary| summary.map(|summary| summary.0));
        let pair = |it: SpokenLanguageInput| (it.language.0, it.level);
        let languages =
            maybe(languages).map(|list| list.map(|list| list.into_iter().map(pair).collect()));
        let row = Box::pin(service::update(ctx.cx(), summary, languages)).await;
        profile(ctx, row).await
    }

    /// Add an entry to your resume, as the last of its section, or change one. A resume has at most 500.
    async fn resume_entry_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one to change; a new one if left out.")] id: Option<ID>,
        #[graphql(desc = "What it says.")] input: ResumeEntryInput,
    ) -> Result<ResumeEntryPayload> {
        let id = id.map(|id| decode("resume_entry", &id));
        let row = Box::pin(service::save(ctx.cx(), id, input.into())).await;
        ResumeEntryPayload::settle(ctx, row.map(|row| ResumeEntry(row.into()))).await
    }

    /// Remove an entry from your resume.
    async fn resume_entry_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let gone = Box::pin(service::delete(ctx.cx(), decode("resume_entry", &id))).await;
        DeletePayload::settle(ctx, gone.map(|id| vec![encode("resume_entry", id)])).await
    }

    /// Order a section of your resume.
    async fn resume_entries_reorder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which section.")] kind: Kind,
        #[graphql(desc = "Its entries as they are to stand; those left out follow as they stood.")]
        ids: Vec<ID>,
    ) -> Result<ProfilePayload> {
        let ids = ids.iter().map(|id| decode("resume_entry", id)).collect();
        let row = Box::pin(service::reorder(ctx.cx(), kind, ids)).await;
        profile(ctx, row).await
    }

    /// Read a JSON Resume 1.0 into your resume, all of it or nothing. Entries of a section with the same title,
    /// organization and beginning are the same: they become what the document says. Others are added, and what the
    /// document does not name stays. What has no place here is kept for your own JSON Resume; your name, headline,
    /// location and links stay as they are. A token needs WRITE_PROFILE as well if the document changes your skills.
    async fn resume_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document: at most 256 KB, with at most 500 entries.")]
        json_resume: Json,
        #[graphql(default = true, desc = "Only tell what would be done.")] dry_run: bool,
    ) -> Result<ResumeImportPayload> {
        let done = Box::pin(service::import(ctx.cx(), json_resume.0, dry_run)).await;
        let (done, user_errors) = settle(ctx, done).await?;
        let count = |action| done.as_ref().map_or(0, |done| done.count(action));
        Ok(ResumeImportPayload {
            created: count(Action::Add),
            updated: count(Action::Change),
            unchanged: count(Action::Keep),
            rows: done.iter().flat_map(|done| done.rows.iter().cloned().map(Into::into)).collect(),
            resume: done.and_then(|done| done.resume).map(|row| Resume(row.into())),
            user_errors,
        })
    }
}

impl From<service::Row> for ImportRow {
    fn from(row: service::Row) -> Self {
        let service::Row { path, kind, title, action, message } = row;
        let action = match action {
            Action::Add => ImportAction::Add,
            Action::Change => ImportAction::Change,
            Action::Keep => ImportAction::Keep,
            Action::Skip => ImportAction::Skip,
        };
        Self { path, kind, title, action, message }
    }
}

impl From<ResumeEntryInput> for Changes {
    fn from(input: ResumeEntryInput) -> Self {
        Self {
            kind: input.kind,
            title: input.title,
            organization: maybe(input.organization),
            location: maybe(input.location),
            url: maybe(input.url).map(|url| url.map(|url| url.0)),
            starts_on: maybe(input.starts_on).map(|date| date.map(|date| date.0)),
            ends_on: maybe(input.ends_on).map(|date| date.map(|date| date.0)),
            summary: maybe(input.summary).map(|summary| summary.map(|summary| summary.0)),
            highlights: maybe(input.highlights),
            grade: maybe(input.grade),
            credential: maybe(input.credential),
        }
    }
}
