use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::{
    applications::Loaders,
    clock::made_at,
    entity::{application::State, application_event},
    graph::{ContextExt, DateTime, Result, lane},
    members::{Profile, RichText},
};

/// A step that the applicant was told of, or took.
#[derive(Clone, Debug)]
pub struct ApplicationEvent(pub Arc<application_event::Model>);

/// A step that the applicant was told of, or took.
#[Object]
impl ApplicationEvent {
    /// When.
    async fn at(&self) -> DateTime {
        made_at(self.0.id).into()
    }

    /// Where it stood from then on.
    async fn application_state(&self) -> State {
        self.0.state
    }

    /// What the team wrote to the applicant.
    async fn message(&self) -> Option<RichText> {
        self.0.message_html.is_some().then(|| RichText::ApplicationEvent(self.0.clone()))
    }

    /// Who did it; null when their account is gone, or you may not see them.
    async fn by(&self, ctx: &Context<'_>) -> Option<Result<Profile>> {
        let face = ctx.loaders().of::<Loaders>().face(self.0.by_id?, lane(ctx)).await;
        face.map(|face| face.map(Profile::face)).map_err(Into::into).transpose()
    }
}
