use async_graphql::{Context, Object};

use super::{
    Notification, NotificationConnection, NotificationFilter,
    service::{self, Filter},
};
use crate::{
    Actor, Cx,
    cx::Member,
    graph::{ContextExt, Result},
    page::Ask,
};

/// The notifications' part of what belongs to the person asking.
#[derive(Clone, Copy, Debug)]
pub struct NotificationsViewer(pub Member);

#[Object]
impl NotificationsViewer {
    /// News for you, latest first.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to list.")] filter: Option<NotificationFilter>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> Result<NotificationConnection> {
        let actor = Actor::Member(self.0);
        let cx = Cx { actor: &actor, ..ctx.cx() };
        let ask = Ask::new(first, after.as_deref())?;
        let NotificationFilter { kinds, unread_only, since } = filter.unwrap_or_default();
        let kinds = kinds.unwrap_or_default();
        let filter = Filter { kinds, unread_only, since: since.map(|since| since.0) };
        let page = service::mine(cx, filter, &ask).await?;
        Ok(NotificationConnection(page.map(Notification::from), self.0))
    }
}
