use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;

use super::{Loaders, policy, service};
use crate::{
    Error,
    entity::{
        resume,
        resume_entry::{self, Kind},
        spoken_language::{self, Level},
    },
    graph::{ContextExt, DateTime, Json, Locale, PartialDate, Result, Url, encode},
    members::{self, RichText},
    tags,
};

/// What somebody has done, learned and speaks.
#[derive(Clone, Debug)]
pub struct Resume(pub Arc<resume::Model>);

/// What somebody has done, learned and speaks.
#[Object]
impl Resume {
    /// About the person; null if they wrote nothing.
    async fn summary(&self) -> Option<RichText> {
        (!self.0.summary_html.is_empty()).then(|| RichText::Resume(self.0.clone()))
    }

    /// Its entries, section by section, each in the order that its owner gave them.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of these sections, in their order.")] kinds: Option<Vec<Kind>>,
    ) -> Result<Vec<ResumeEntry>> {
        let owner = self.0.profile_id;
        let entries = ctx.loaders().of::<Loaders>().entries(ctx.depth(), owner).await?;
        Ok(in_sections(&entries, kinds).map(ResumeEntry).collect())
    }

    /// The languages that they speak, in their order.
    async fn languages(&self, ctx: &Context<'_>) -> Result<Vec<SpokenLanguage>> {
        let owner = self.0.profile_id;
        let rows = ctx.loaders().of::<Loaders>().languages(ctx.depth(), owner).await?;
        Ok(rows.iter().cloned().map(SpokenLanguage).collect())
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// The whole as a JSON Resume 1.0 document, without e-mail address, telephone number, street and postal code.
    async fn json_resume(&self, ctx: &Context<'_>) -> Result<Json> {
        Ok(Json(service::for_everybody(document(ctx, &self.0).await?)))
    }

    /// You and your resume; null if it is not yours.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<ResumeViewer>> {
        let owner = self.0.profile_id;
        let may = ctx.cx().actor.is(owner).then(|| policy::read_whole(ctx.cx().actor, owner))?;
        Some(may.map(|()| ResumeViewer(self.0.clone())).map_err(Into::into))
    }
}

/// The entries of the sections asked for, in that order; or all.
fn in_sections(
    entries: &[Arc<resume_entry::Model>],
    kinds: Option<Vec<Kind>>,
) -> impl Iterator<Item = Arc<resume_entry::Model>> {
    use sea_orm::Iterable as _;
    let kinds = kinds.map_or_else(|| Kind::iter().collect(), crate::check::each_once);
    kinds
        .into_iter()
        .flat_map(move |kind| entries.iter().filter(move |row| row.kind == kind).cloned())
}

/// The JSON Resume of a resume, whole.
async fn document(ctx: &Context<'_>, resume: &resume::Model) -> Result<serde_json::Value> {
    let (owner, depth) = (resume.profile_id, ctx.depth());
    let gone = || Error::bug("a resume went away while it was read");
    let loaders = ctx.loaders();
    let resumes = loaders.of::<Loaders>();
    let members = loaders.of::<members::Loaders>();
    let (resume, entries, languages, profile, skills) = futures_util::try_join!(
        Box::pin(resumes.whole(depth, owner)),
        Box::pin(resumes.whole_entries(depth, owner)),
        Box::pin(resumes.languages(depth, owner)),
        Box::pin(members.by_id(owner)),
        Box::pin(members.skills(owner)),
    )?;
    let tags = loaders.of::<tags::Loaders>();
    let tagged = skills.iter().map(async |skill| {
        let tag = tags.by_id(skill.tag_id).await?;
        Ok((skill.clone(), tag.ok_or_else(|| Error::bug("a skill has no tag"))?))
    });
    let skills = try_join_all(tagged).await.map_err(|error: Error| error)?;
    let parts = service::Parts {
        profile: &*profile.ok_or_else(gone)?,
        resume: &*resume.ok_or_else(gone)?,
        entries: &entries,
        languages: &languages,
        skills: &skills,
    };
    Ok(service::document(&parts)?)
}

/// One station of a career.
#[derive(Clone, Debug)]
pub struct ResumeEntry(pub Arc<resume_entry::Model>);

/// One station of a career.
#[Object]
impl ResumeEntry {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode("resume_entry", self.0.id)
    }

    /// Which section it stands in.
    async fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What it was: a position, a degree, the name of an award.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Where: an employer, a school, who gave it.
    async fn organization(&self) -> Option<&str> {
        self.0.organization.as_deref()
    }

    /// The place on earth.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Where to read on.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// When it began, or was.
    async fn starts_on(&self) -> Option<PartialDate> {
        self.0.starts_on.clone().map(PartialDate)
    }

    /// When it ended.
    async fn ends_on(&self) -> Option<PartialDate> {
        self.0.ends_on.clone().map(PartialDate)
    }

    /// Whether it goes on today: it is of a kind that lasts, has begun, and has not ended.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        service::is_current(&self.0, ctx.cx().now().date_naive())
    }

    /// About it; null if nothing is written.
    async fn summary(&self) -> Option<RichText> {
        (!self.0.summary_html.is_empty()).then(|| RichText::ResumeEntry(self.0.clone()))
    }

    /// What stands out, in its owner's order.
    async fn highlights(&self) -> Result<Vec<String>> {
        Ok(service::highlights(&self.0)?)
    }

    /// How well: a mark, a degree class.
    async fn grade(&self) -> Option<&str> {
        self.0.grade.as_deref()
    }

    /// What proves it: a number, a code.
    async fn credential(&self) -> Option<&str> {
        self.0.credential.as_deref()
    }
}

/// A language and how well it is spoken.
#[derive(Debug)]
pub struct SpokenLanguage(pub spoken_language::Model);

/// A language and how well it is spoken.
#[Object]
impl SpokenLanguage {
    /// Which.
    async fn language(&self) -> Locale {
        Locale(self.0.language.clone())
    }

    /// How well.
    async fn level(&self) -> Level {
        self.0.level
    }
}

/// You and your resume.
#[derive(Debug)]
pub struct ResumeViewer(Arc<resume::Model>);

/// You and your resume.
#[Object]
impl ResumeViewer {
    /// The whole as a JSON Resume 1.0 document, with all that was read into it.
    async fn json_resume(&self, ctx: &Context<'_>) -> Result<Json> {
        Ok(Json(document(ctx, &self.0).await?))
    }
}
