use async_graphql::{Context, ID, InputObject, Object};

use super::{Application, ApplicationConnection, Loaders, service};
use crate::{
    entity::application::State,
    graph::{ContextExt, DateTimeRange, Result, decode},
};

/// Narrows applications; all conditions hold, a list means any of.
#[derive(Debug, Default, InputObject)]
pub struct ApplicationFilter {
    /// In these states.
    pub states: Option<Vec<State>>,
    /// In this stage of the team's.
    pub stage: Option<ID>,
    /// The name has all of these words in it, up to 10 in up to 200 characters.
    pub text: Option<String>,
    /// Rated so, or better.
    pub min_rating: Option<i32>,
    /// When they applied last.
    pub submitted: Option<DateTimeRange>,
}

impl From<ApplicationFilter> for service::Filter {
    fn from(filter: ApplicationFilter) -> Self {
        let submitted = filter.submitted.unwrap_or_default();
        Self {
            states: filter.states.unwrap_or_default(),
            // An id that names no stage is one in which nothing stands.
            stage: filter.stage.map(|id| decode("hiring_stage", &id).unwrap_or_default()),
            text: filter.text,
            min_rating: filter.min_rating,
            from: submitted.from.map(|at| at.0),
            to: submitted.to.map(|at| at.0),
        }
    }
}

/// The applications' part of the root.
#[derive(Debug, Default)]
pub struct Query;

#[Object(name = "ApplicationsQuery")]
impl Query {
    /// One application: yours, or one to a job that you hire for; null if there is none that you may see.
    async fn application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Option<Result<Application>> {
        let id = decode("application", &id)?;
        let row = ctx.loaders().of::<Loaders>().by_id(id, 0).await;
        row.map(|row| row.map(Application)).map_err(Into::into).transpose()
    }

    /// Applications to a job, those that came last first. For those who hire for the organization; null for others.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which job.")] job: ID,
        #[graphql(desc = "Which ones.")] filter: Option<ApplicationFilter>,
        #[graphql(default = 30, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Option<Result<ApplicationConnection>> {
        Application::of_job(ctx, decode("job", &job)?, filter, (first, after)).await
    }
}
