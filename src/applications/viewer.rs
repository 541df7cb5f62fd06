use async_graphql::{Context, Object};

use super::{Application, ApplicationConnection, service};
use crate::{
    Actor, Cx,
    cx::Member,
    entity::application::State,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The applications' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationsViewer(pub Member);

#[Object]
impl ApplicationsViewer {
    /// Your applications, those that you sent last first. A token needs READ_PRIVATE.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In these states; left out or empty, in any.")] states: Option<Vec<State>>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<ApplicationConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let page = service::mine(cx, &states.unwrap_or_default(), &ask).await?;
        Ok(ApplicationConnection(page.map(Application::from)))
    }
}
