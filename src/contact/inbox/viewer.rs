use async_graphql::{Context, Object};

use super::{Submission, SubmissionConnection};
use crate::{
    Actor, Cx,
    contact::{Form, service::inbox},
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The inbox's part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct InboxViewer(pub Member);

#[Object]
impl InboxViewer {
    /// The forms in whose team you are, by title; at most 100. `submissions` of each is its inbox.
    async fn forms(&self, ctx: &Context<'_>) -> Result<Vec<Form>> {
        let actor = Actor::Member(self.0);
        let forms = inbox::forms_of(Cx { actor: &actor, ..ctx.cx() }).await?;
        Ok(forms.into_iter().map(|form| Form(form.into())).collect())
    }

    /// What you sent through forms while signed in, the latest first.
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<SubmissionConnection> {
        let ask = Ask::new(first, after.as_deref())?;
        let actor = Actor::Member(self.0);
        let page = inbox::sent(Cx { actor: &actor, ..ctx.cx() }, &ask).await?;
        Ok(SubmissionConnection(page.map(Submission::from)))
    }
}
